"""A bounded activation in fractions, and the largest ratio of a sigmoid's moments."""

from fractions import Fraction

import sympy as sp

from theory.maths import enumeration as en
from theory.vanishing_variance.bounded_activations import SPARSE, WORST, clipped


def test_clipped() -> None:
    assert [clipped(Fraction(k, 2)) for k in (-3, -1, 0, 2, 5)] == [-1, Fraction(-1, 2), 0, 1, 1]


def test_the_sparse_weights_have_kurtosis_five() -> None:
    assert en.kurtosis(SPARSE) == 5


def test_the_worst_mixture_of_zero_and_large_inputs() -> None:
    """0 with probability 1 - p, else large: (1 + 7p)/(1 + p)^2 is largest at p = 5/7."""
    p = sp.Symbol("p")
    ratio = (1 + 7 * p) / (1 + p) ** 2
    assert sp.solve(sp.diff(ratio, p), p) == [sp.Rational(5, 7)]
    assert ratio.subs(p, sp.Rational(5, 7)) == WORST
