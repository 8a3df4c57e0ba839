"""Logarithm of a layer factor: elementary cases, the definition, and the interval."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from theory.maths.log_factors import (
    frullani,
    frullani_enclosed,
    log_mean,
    log_variance,
    mean_enclosed,
)


@pytest.mark.parametrize("k", [1, 2, 3, 8, 9, 40])
def test_digamma_of_half_of_a_whole_number(k: int) -> None:
    half = mpmath.mpf(k) / 2
    assert float(log_mean(k, all_active=True)) == pytest.approx(float(mpmath.digamma(half)))
    assert float(log_variance(k, all_active=True)) == pytest.approx(float(mpmath.psi(1, half)))


def test_two_coins_by_hand() -> None:
    # K = 1, 1, 2 given K >= 1: psi(1/2) = -gamma - 2 log 2, psi(1) = -gamma
    assert log_mean(2, all_active=False) == -sp.EulerGamma - sp.Rational(4, 3) * sp.log(2)
    spread = sp.Rational(2, 9) * (2 * sp.log(2)) ** 2
    assert (
        sp.expand(log_variance(2, all_active=False) - spread - sp.pi**2 * sp.Rational(7, 18)) == 0
    )


@pytest.mark.parametrize("slope", ["1/4", "-1/2", "2"])
def test_one_unit_of_every_slope(slope: str) -> None:
    """T = 2/(1+a^2) g^2 or a^2 times it, so that log a^2 is added half of the time."""
    a = abs(sp.Rational(slope))
    exact = sp.log(2 / (1 + a**2)) - sp.EulerGamma - sp.log(2) + sp.log(a)
    found = mean_enclosed(1, Fraction(slope))
    assert float(found.a) - 1e-15 < float(exact) < float(found.b) + 1e-15


def test_two_units_of_every_slope() -> None:
    """E log(p g^2 + q g'^2) = E log chi^2_2 + 2 log((sqrt p + sqrt q)/2)."""
    a = sp.Rational(1, 4)
    exact = (
        sp.log(1 / (1 + a**2)) + sp.log(2) - sp.EulerGamma + sp.log(a**2) / 4 + sp.log((1 + a) / 2)
    )
    found = mean_enclosed(2, Fraction(1, 4))
    assert float(found.a) - 1e-15 < float(exact) < float(found.b) + 1e-15


@pytest.mark.parametrize(("width", "sq"), [(1, "1/100"), (3, "1/4"), (30, "1"), (1000, "1/2")])
def test_the_number_lies_in_the_interval(width: int, sq: str) -> None:
    found = frullani_enclosed(width, Fraction(sq))
    assert found.delta < 2e-12
    number = frullani(width, mpmath.mpf(Fraction(sq).numerator) / Fraction(sq).denominator)
    assert float(found.a) - 1e-11 < float(number) < float(found.b) + 1e-11
