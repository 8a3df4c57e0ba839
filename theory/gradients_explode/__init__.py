"""Gradients explode - Deep Networks are shallow - ResNet explained (2018).

The gradient scale coefficient (GSC) measures relative sensitivity and grows with depth whatever the
activations do; skip connections slow it by dilution.
"""

from theory.schema import Document

PAPER = Document(
    key="gradients_explode",
    prefix="ge",
    title="Gradients explode - Deep Networks are shallow - ResNet explained",
    authors="Philipp, Song, Carbonell",
    year=2018,
    bibtex="""@inproceedings{philipp2018gradients,
  author = {Philipp, George and Song, Dawn and Carbonell, Jaime G.},
  title = {Gradients explode - Deep Networks are shallow - {ResNet} explained},
  booktitle = {International Conference on Learning Representations, Workshop Track},
  year = {2018},
}""",
)
