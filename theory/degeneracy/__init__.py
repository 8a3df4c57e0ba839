"""Why is it hard to train deep neural networks? Degeneracy, not vanishing gradients, is the key.

A blog post without displayed formulas: products of random matrices degenerate with depth, a few
singular values carry everything, and that, not the size of gradients, slows learning.
"""

from theory.schema import Document

PAPER = Document(
    key="degeneracy",
    prefix="dg",
    title=(
        "Why is it hard to train deep neural networks? "
        "Degeneracy, not vanishing gradients, is the key"
    ),
    authors="exactnature",
    year=2018,
    bibtex="""@misc{exactnature2018degeneracy,
  author = {exactnature},
  title = {Why is it hard to train deep neural networks?
           Degeneracy, not vanishing gradients, is the key},
  howpublished = {Blog post},
  year = {2018},
}""",
)
