"""Vanishing Nodes: Another Phenomenon That Makes Training Deep Neural Networks Difficult (2019).

The vanishing node indicator (VNI) measures how far the nodes of a layer have become copies of each
other: 1/N for independent nodes of equal variance, 1 when a single effective node is left.
"""

from theory.schema import Document

PAPER = Document(
    key="vanishing_nodes",
    prefix="vn",
    title="Vanishing Nodes: Another Phenomenon That Makes Training Deep Neural Networks Difficult",
    authors="Chang, Lin",
    year=2019,
    bibtex="""@article{chang2019vanishing,
  author = {Chang, Wen-Yu and Lin, Tsung-Nan},
  title = {Vanishing Nodes: Another Phenomenon That Makes Training Deep Neural Networks Difficult},
  journal = {arXiv preprint arXiv:1910.09745},
  year = {2019},
}""",
)
