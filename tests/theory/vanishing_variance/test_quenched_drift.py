"""Typical decay: elementary values, limits in width and slope, a second road."""

from __future__ import annotations

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.quenched_drift import (
    drift,
    leading_drift,
    leading_error,
    log_variance,
    next_order,
)

DRIFT = claim("vev.quenched.drift")


def test_width_two_linear_by_hand() -> None:
    # T is exponential: E log T = -gamma, Var log T = pi^2/6
    assert drift(2, 1) == -sp.EulerGamma
    assert log_variance(2, 1) == sp.pi**2 / 6


def test_width_one_relu_by_hand() -> None:
    # given active T = 2 chi^2_1 * 2/2: log 2 + E log chi^2_1 = log 2 - gamma - log 2
    assert sp.simplify(drift(1, 0) + sp.EulerGamma) == 0
    assert log_variance(1, 0) == sp.pi**2 / 2


def test_the_integral_meets_the_digamma_at_one() -> None:
    near = drift(7, 1 - sp.Rational(1, 10**9))
    assert float(near) == pytest.approx(float(drift(7, 1)), abs=1e-8)


def test_small_slopes_do_not_tend_to_the_relu() -> None:
    assert drift(2, 1e-6) < drift(2, 1e-3) < drift(2, 0)


def test_a_and_one_over_a() -> None:
    assert drift(5, sp.Rational(-1, 3)) == pytest.approx(drift(5, 3), rel=1e-12)


def test_wide_layers() -> None:
    for slope in (0, 1, sp.Rational(1, 2)):
        ratio = float(drift(400, slope)) / float(leading_drift(400, slope))
        assert ratio == pytest.approx(1, abs=0.006)


def test_decay_is_faster_than_the_leading_order_says() -> None:
    assert drift(10, 0) < leading_drift(10, 0) < 0


@pytest.mark.parametrize("width", [10, 20])
def test_declared_error_covers_the_discrepancy_and_halves(width: int) -> None:
    missing = float(drift(width, 0) / leading_drift(width, 0)) - 1
    next_term = float(next_order(width, 0) / leading_drift(width, 0))
    assert 0 < next_term < missing < 2 * next_term == pytest.approx(leading_error(width, 0))
    assert leading_error(2 * width, 0) == pytest.approx(leading_error(width, 0) / 2)


def test_variance_is_refused_for_other_slopes() -> None:
    with pytest.raises(ClaimError, match="slope"):
        DRIFT.exact("variance", width=4, slope=0.5)
