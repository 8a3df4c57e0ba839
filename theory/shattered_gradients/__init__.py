"""The Shattered Gradients Problem: If resnets are the answer, then what is the question? (2017).

Gradients of a rectifier network at two inputs decorrelate with depth: exponentially in feedforward
networks, more slowly with skip connections; theorems for networks whose activations are idealised.
"""

from theory.schema import Document

PAPER = Document(
    key="shattered_gradients",
    prefix="sg",
    title="The Shattered Gradients Problem: If resnets are the answer, then what is the question?",
    authors="Balduzzi, Frean, Leary, Lewis, Ma, McWilliams",
    year=2017,
    bibtex="""@inproceedings{balduzzi2017shattered,
  author = {Balduzzi, David and Frean, Marcus and Leary, Lennox and Lewis, JP
            and Ma, Kurt Wan-Duo and McWilliams, Brian},
  title = {The Shattered Gradients Problem: If resnets are the answer, then what is the question?},
  booktitle = {International Conference on Machine Learning},
  year = {2017},
}""",
)
