from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from theory.schema import Bounds
from theory.vanishing_nodes.mean_bounds import bounds, ends, gap, one_layer


def test_one_layer_is_exact():
    assert one_layer(7, 4, 1) == Fraction(2, 5)
    assert float(one_layer(7, 4, 0)) == pytest.approx(0.670870, abs=1e-6)
    assert float(one_layer(10, 10, 0)) == pytest.approx(0.334327, abs=1e-6)


def test_one_relu_unit_is_one_node():
    assert one_layer(9, 1, 0) == 1


def test_gap_of_one_layer_has_either_sign_never_for_linear():
    assert gap(7, 4, 1) == 0
    assert gap(7, 4, 0) == one_layer(7, 4, 0) - sp.Rational(7, 13)


def test_bounds_hold_the_measured_table():
    # 1500 linear networks each: (N, L) = (64, 8) 0.1453(5), (32, 8) 0.2811(15)
    for widths, measured, error in (((64,) * 9, 0.1453, 0.0005), ((32,) * 9, 0.2811, 0.0015)):
        found = bounds(widths, 1)
        assert found.low - 4 * error < measured < found.high + 4 * error


def test_ends_are_the_fractions_that_they_are():
    assert ends(Bounds(mpmath.mpf(1) / 4, 0.5)) == (Fraction(1, 4), Fraction(1, 2))
    low, high = ends(bounds((24, 24), 1))
    assert low <= one_layer(24, 24, 1) <= high
    assert 0 < high - low < Fraction(1, 10**12)
