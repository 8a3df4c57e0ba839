from fractions import Fraction

import pytest

from theory.vanishing_nodes.mean_expansion import (
    annealed,
    coefficient,
    mean_vni,
    relative_remainder,
    remainder,
    remainder_coefficient,
)
from theory.vanishing_nodes.rec_finite_width import annealed as any_widths


def test_series_coefficients():
    expected = [1, Fraction(1, 2), Fraction(-11, 6), Fraction(-71, 24)]
    assert [coefficient(k) for k in (1, 2, 3, 4)] == expected


def test_annealed_is_the_law_of_equal_widths():
    assert annealed(6, 3, 0) == any_widths((6,) * 4, 0)


def test_mean_depends_on_relative_depth_only():
    assert float(mean_vni(64, 17, 1)) == pytest.approx(float(mean_vni(32, 8, 1)), rel=1e-12)


def test_next_order_by_hand():
    # linear: one layer has 2/N + 1/N^2, so 4 f_2 + 2 g_1 = 1
    assert remainder_coefficient(1, 1) == -Fraction(1, 2)
    assert remainder_coefficient(1, 0) == 0


def test_remainder_halves_as_the_width_doubles():
    assert float(remainder(64, 7, 1) / remainder(128, 15, 1)) == pytest.approx(2)


def test_declared_error_halves_for_relu_too():
    small, large = (relative_remainder(n, n // 8, 0) for n in (64, 128))
    assert 1.8 < small / large < 2.3  # tau moves from 17/64 to 33/128
