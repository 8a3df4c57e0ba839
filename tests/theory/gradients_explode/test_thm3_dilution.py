"""Theorem 3: hand-computed rates, limits, and the numbers of the literal blocks."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from theory.gradients_explode import thm3_dilution as thm3
from theory.maths import gaussian

CLAIM = thm3.CLAIM


def test_by_hand() -> None:
    assert CLAIM.exact("exact", r=7, k=1) == 5  # sqrt((1 + 49)/2)
    assert CLAIM.exact(r=7, k=1) == 4  # 1 + 6/2
    assert CLAIM.exact("second order", r=7, k=1) == sp.Rational(17, 2)  # 4 + 36/8


def test_rate_one_stays_one_whatever_the_dilution() -> None:
    for law in ("stated", "exact", "second order"):
        assert CLAIM.exact(law, r=1, k=sp.Rational(2, 7)) == 1


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9, 1.1, 2.0, 30.0])
@pytest.mark.parametrize("k", [0.1, 1.0, 6.0])
def test_one_sided_error(rate: float, k: float) -> None:
    gap = CLAIM.evaluate("exact", r=rate, k=k) - CLAIM.evaluate(r=rate, k=k)
    bound = thm3.remainder(rate, k) if rate >= 1 else (rate - 1) ** 2 / (2 * (k**2 + 1))
    assert -1e-12 <= gap <= bound + 1e-12


def test_limits_of_dilution() -> None:
    assert CLAIM.evaluate("exact", r=3, k=1e-6) == pytest.approx(3)
    assert CLAIM.evaluate("exact", r=3, k=1e6) == pytest.approx(1)


def test_assumptions() -> None:
    assert CLAIM.admits({}) == "needed"
    assert CLAIM.admits({"backward_correlation": 0.1}) == "outside"
    assert CLAIM.admits(thm3.Block(k=1, n=50, n_out=20, skip="gaussian").facts) == "outside"
    assert CLAIM.admits(thm3.Block(k=1, kind="skew").facts) == "needed"


@pytest.mark.parametrize(("scale", "offset"), [(16.0, 0.0), (0.5, 1.0)])
def test_gaussian_moments_by_quadrature(scale: float, offset: float) -> None:
    found = thm3.unit_moments("tanh", scale, offset)
    kink = (-offset / scale,)
    with mpmath.workdps(20):
        value_sq = gaussian.expect(lambda z: mpmath.tanh(scale * z + offset) ** 2, kinks=kink)
        slope_sq = gaussian.expect(
            lambda z: (scale / mpmath.cosh(scale * z + offset) ** 2) ** 2, kinks=kink
        )
    assert found[:2] == pytest.approx((float(value_sq), float(slope_sq)), rel=1e-10)


def test_slope_is_the_hermite_coefficient() -> None:
    """Stein: E phi' = E z phi."""
    slope = thm3.unit_moments("tanh", 3.0, 0.0)[2]
    hermite = thm3.trapezoid([z * math.tanh(3 * z) for z in thm3.NODES])
    assert slope == pytest.approx(hermite, rel=1e-12)


def test_relu_neither_grows_nor_shrinks() -> None:
    assert thm3.Block(k=2.0, activation="relu", scale=1.0).numbers["r"] == 1
    two = thm3.Block(k=2.0, kind="two_layers", activation="relu", scale=1.0)
    assert two.numbers["r"] == pytest.approx(1)
