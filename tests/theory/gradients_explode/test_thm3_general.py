"""Correlated skips: special cases by hand, and the numbers of the correlated blocks."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from theory.gradients_explode.thm3_dilution import CLAIM as THEOREM
from theory.gradients_explode.thm3_dilution import Block
from theory.gradients_explode.thm3_general import CLAIM


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


def test_gram_block_at_infinite_width() -> None:
    """-C^T C: a -> -(1/sqrt 2) cos(u, phi(u)), -1/2 for ReLU."""
    wide = Block(k=1.0, kind="negative_gram", activation="relu", scale=1.0, n=10**6, n_out=10**6)
    assert wide.numbers["a"] == pytest.approx(-0.5, abs=1e-6)
    assert wide.numbers["b"] == pytest.approx(-0.5, abs=1e-6)


def test_drift_block() -> None:
    numbers = Block(k=1.0, kind="drift", drift=0.6, scale=8.0).numbers
    assert numbers["a"] == 0.6
    assert numbers["b"] * numbers["r"] == pytest.approx(0.6)
    assert Block(k=1.0, n=50, n_out=20).numbers["kappa"] == math.sqrt(2.5)
