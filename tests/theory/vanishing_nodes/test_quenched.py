from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes.quenched import annealed, coefficient, gap, mean_vni, one_layer
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


def test_mean_is_close_to_a_measured_table():
    # 1500 linear networks of width 64: 0.2663(15) at L = 16, 0.453(3) at L = 32
    assert float(mean_vni(64, 16, 1)) == pytest.approx(0.2663, abs=5 * 0.0015)
    assert float(mean_vni(64, 32, 1)) == pytest.approx(0.453, abs=5 * 0.003)


def test_quenched_and_annealed_part_at_depth_over_width_one_half():
    gap_deep = float(annealed(64, 32, 1)) - float(mean_vni(64, 32, 1))
    assert gap_deep > 0.03
