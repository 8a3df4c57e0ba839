"""Correlated skips: special cases by hand, and the numbers of the correlated blocks."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.gradients_explode.thm3_dilution import CLAIM as THEOREM
from theory.gradients_explode.thm3_general import CLAIM
from theory.schema import EXACT_MARGIN


def test_theorem_3_is_the_uncorrelated_case() -> None:
    general = CLAIM.exact(r=7, k=1, a=0, b=0, kappa=1)
    assert general == THEOREM.exact("exact", r=7, k=1) == 5


def test_a_residual_along_the_skip_is_no_residual() -> None:
    """rho = c S: a = b = 1 and r = kappa, so the rate is kappa whatever k."""
    assert sp.simplify(CLAIM.exact(r=3, k=2, a=1, b=1, kappa=3)) == 3


def test_opposing_skip_of_equal_length() -> None:
    """f = u - rho with a = -1/2, b = -1/2, k = r = 1: numerator and denominator are both 1."""
    half = sp.Rational(1, 2)
    assert CLAIM.exact(r=1, k=1, a=-half, b=-half, kappa=1) == 1


def test_rows_are_as_precise_as_any_exact_law_about_the_growth() -> None:
    for row in CLAIM.probes:
        rate = CLAIM.evaluate(**row.at)
        assert row.margin.standard == pytest.approx(EXACT_MARGIN.standard * abs(rate - 1))
