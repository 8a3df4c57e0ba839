from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes.quenched import (
    annealed,
    bounds,
    coefficient,
    gap,
    mean_vni,
    one_layer,
    remainder,
    remainder_coefficient,
)
from theory.vanishing_nodes.rec_finite_width import annealed as any_widths


def test_one_layer_is_exact():
    assert one_layer(7, 4, 1) == Fraction(2, 5)
    assert float(one_layer(7, 4, 0)) == pytest.approx(0.670870, abs=1e-6)
    assert float(one_layer(10, 10, 0)) == pytest.approx(0.334327, abs=1e-6)


def test_one_relu_unit_is_one_node():
    assert one_layer(9, 1, 0) == 1


def test_gap_of_one_layer_has_either_sign_never_for_linear():
    assert gap(7, 4, 1) == 0
    assert gap(7, 4, 0) == one_layer(7, 4, 0) - sp.Rational(7, 13)


def test_series_coefficients():
    expected = [1, Fraction(1, 2), Fraction(-11, 6), Fraction(-71, 24)]
    assert [coefficient(k) for k in (1, 2, 3, 4)] == expected


def test_annealed_is_the_law_of_equal_widths():
    assert annealed(6, 3, 0) == any_widths((6,) * 4, 0)


def test_mean_depends_on_relative_depth_only():
    assert float(mean_vni(64, 17, 1)) == pytest.approx(float(mean_vni(32, 8, 1)), rel=1e-12)


def test_numbers_of_the_summary():
    found = bounds((32,) * 9, 1)
    assert (round(float(found.low), 3), round(float(found.high), 3)) == (0.282, 0.284)
    assert round(float(annealed(32, 8, 1)), 3) == 0.302


def test_quenched_and_annealed_part_at_depth_over_width_one_quarter():
    assert bounds((32,) * 9, 1).high < float(annealed(32, 8, 1)) - 0.018


def test_bounds_hold_the_measured_table():
    # 1500 linear networks each: (N, L) = (64, 8) 0.1453(5), (32, 8) 0.2811(15)
    for widths, measured, error in (((64,) * 9, 0.1453, 0.0005), ((32,) * 9, 0.2811, 0.0015)):
        found = bounds(widths, 1)
        assert found.low - 4 * error < measured < found.high + 4 * error


def test_next_order_by_hand():
    # linear: one layer has 2/N + 1/N^2, so 4 f_2 + 2 g_1 = 1
    assert remainder_coefficient(1, 1) == -Fraction(1, 2)
    assert remainder_coefficient(1, 0) == 0


def test_remainder_halves_as_the_width_doubles():
    assert float(remainder(64, 7, 1) / remainder(128, 15, 1)) == pytest.approx(2)
