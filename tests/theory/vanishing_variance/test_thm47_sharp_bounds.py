import pytest
import sympy as sp

from theory.vanishing_variance.recursion import trajectory
from theory.vanishing_variance.thm47_sharp_bounds import (
    between,
    ratio_between,
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
