"""Typical decay: elementary values, limits in width and slope, a second road."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.quenched_drift import drift, frullani, leading_drift, log_variance

DRIFT = claim("vev.quenched.drift")


def test_width_two_linear_by_hand() -> None:
    # T is exponential: E log T = -gamma, Var log T = pi^2/6
    assert drift(2, 1) == pytest.approx(-mpmath.euler)
    assert log_variance(2, 1) == pytest.approx(mpmath.pi**2 / 6)


def test_width_one_relu_by_hand() -> None:
    # given active T = 2 g^2: log 2 + E log g^2 = log 2 - gamma - log 2
    assert drift(1, 0) == pytest.approx(-mpmath.euler)
    assert drift(1, 0) - mpmath.log(2) == pytest.approx(drift(1, 1) + mpmath.log(1))


def test_the_integral_meets_the_digamma_at_one() -> None:
    width = 7
    assert frullani(width, mpmath.mpf(1)) - mpmath.log(width) == pytest.approx(drift(width, 1))


def test_small_slopes_do_not_tend_to_the_relu() -> None:
    assert drift(2, 1e-6) < drift(2, 1e-3) < drift(2, 0)


def test_a_and_one_over_a() -> None:
    assert drift(5, sp.Rational(-1, 3)) == pytest.approx(drift(5, 3), rel=1e-12)


def test_wide_layers() -> None:
    for slope in (0, 1, sp.Rational(1, 2)):
        ratio = drift(400, slope) / mpmath.mpf(leading_drift(400, slope))
        assert ratio == pytest.approx(1, abs=0.006)


def test_decay_is_faster_than_the_leading_order_says() -> None:
    assert drift(10, 0) < leading_drift(10, 0) < 0


def test_variance_is_refused_for_other_slopes() -> None:
    with pytest.raises(ClaimError, match="slope"):
        DRIFT.exact("variance", width=4, slope=0.5)
