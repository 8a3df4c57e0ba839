import mpmath
import pytest
import sympy as sp

from theory.vanishing_variance.recursion import trajectory
from theory.vanishing_variance.thm47_sharp_bounds import (
    between,
    diverges,
    linear_widths,
    ratio_between,
    squares_limit,
)

POINT = {"slope": 0, "input_kurtosis": 3, "input_pair": 1}


@pytest.mark.parametrize("weight_kurtosis", [1, sp.Rational(9, 5), 3, 6])
def test_bounds_hold_along_an_alternating_sequence(weight_kurtosis):
    point = {**POINT, "weight_kurtosis": weight_kurtosis, "widths": (2, 3, 2, 3, 9)}
    bounds = between(**point)
    assert bounds.low <= trajectory(**point)[-1][0] <= bounds.high
    assert (bounds.low == bounds.high) == (weight_kurtosis == 3)


def test_bounds_by_hand():
    # m_1 = 2 * 3/2 + 1/2 = 7/2; k = 1: 7/2 (1 + 1/2); k = 3: 3 * 7/2 (1 + 5/2)
    bounds = between(weight_kurtosis=1, widths=(2, 2), **POINT)
    assert (bounds.low, bounds.high) == (sp.Rational(21, 4), sp.Rational(147, 4))


def test_ratio_of_sign_weights_without_kink():
    assert ratio_between(2, 1, 1).low == sp.Rational(3, 2)
    assert ratio_between(10**9, 1, 1).low == pytest.approx(3, abs=1e-6)
    assert ratio_between(5, 0, 3) == ratio_between(7, 1, 3)


def test_widths_squared_have_a_finite_limit():
    limit = squares_limit(1, **POINT)
    with mpmath.workdps(20):
        by_product = 18 * mpmath.nprod(lambda n: 1 + 5 / n**2, [1, mpmath.inf])
    assert float(limit) == pytest.approx(float(by_product), rel=1e-12)
    reached = trajectory((1, *(n * n for n in range(1, 60))), 0, 3, 3, 1)[-1][0]
    assert 0.9 * float(limit) < float(reached) < float(limit)


def test_linear_widths_grow_like_a_power():
    assert linear_widths(1, 1, **POINT) == 18
    assert float(linear_widths(2000, 1, **POINT) / linear_widths(1000, 1, **POINT)) == (
        pytest.approx(2**5, rel=0.02)
    )


def test_criterion():
    assert [diverges(p, 0, 1) for p in (0, 1, 1.5)] == [1, 1, 0]
    assert diverges(0, 1, 1) == 0
