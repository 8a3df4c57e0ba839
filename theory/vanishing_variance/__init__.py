"""Vanishing Empirical Variance in Randomly Initialized Networks (Grzejdziak 2023).

He-initialised leaky-ReLU networks keep the variance of every unit at every depth, yet its kurtosis
over random networks grows exponentially and the variance that one network shows on data vanishes.
"""

from theory.schema import Document

PAPER = Document(
    key="vanishing_variance",
    prefix="vev",
    title="Vanishing Empirical Variance in Randomly Initialized Networks",
    authors="Grzejdziak",
    year=2023,
    bibtex="""@mastersthesis{grzejdziak2023vanishing,
  author = {Grzejdziak, Micha{\\l}},
  title = {Vanishing Empirical Variance in Randomly Initialized Networks},
  school = {Delft University of Technology},
  year = {2023},
}""",
)
