"""Laws from R_0: a hand-computed interval, a limit, a second road."""

import pytest
import sympy as sp

from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.data_start import data_is_close, from_start, on_data, turns


def test_no_layer_by_hand():
    # L = 0: R = R_0, eq. (6) is 1/N
    found = turns(10, 0, sp.Rational(1, 5))
    assert (found.low, found.high) == (sp.Rational(8, 100), sp.Rational(12, 100))


def test_eq_6_is_off_by_the_level_at_the_turns():
    for width, depth in ((200, 10), (500, 25)):
        ends = turns(width, depth, 0.05)
        value = (1 + depth) / width
        assert float(from_start(ends.low, (width,) * depth, 1)) == pytest.approx(0.95 * value)
        assert float(from_start(ends.high, (width,) * depth, 1)) == pytest.approx(1.05 * value)


def test_to_first_order_the_interval_is_around_1_over_n():
    # R = R_0 + L/N: the interval is 1/N -+ level (1 + L)/N
    ends = turns(10**5, 4, sp.Rational(1, 20))
    assert float(10**5 * ends.low) == pytest.approx(0.75, abs=1e-3)
    assert float(10**5 * ends.high) == pytest.approx(1.25, abs=1e-3)


def test_half_as_deep_as_wide_no_data_will_do():
    assert turns(200, 100, sp.Rational(1, 20)).high < 0


def test_white_data_are_the_isotropic_law():
    assert on_data("gaussian", 7, 4, 3) == rec.annealed((7, 4, 4, 4), 1)


def test_a_point_without_data_is_close():
    assert data_is_close({})
    assert data_is_close({"width": 7, "depth": 3})
