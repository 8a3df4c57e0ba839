import pytest
import sympy as sp

from theory.vanishing_nodes.rec_finite_width import (
    annealed,
    expected_traces,
    from_x,
    layer_factor,
    spread,
    to_x,
)


@pytest.mark.parametrize(
    ("widths", "slope", "ratio"),
    [
        ((2, 2), 1, (5, 6)),
        ((2, 2), 0, (9, 10)),
        ((3, 2), 0, (11, 13)),
        ((2, 2, 2), 1, (21, 22)),
        ((64, 37, 23, 10), 0, (43, 124)),
    ],
)
def test_known_points(widths, slope, ratio):
    assert annealed(widths, slope) == sp.Rational(*ratio)


def test_a_layer_of_one_unit_leaves_one_node():
    assert annealed((5, 1, 5), 1) == 1
    assert layer_factor(1, 2) == 0


def test_order_of_layers_does_not_matter():
    assert annealed((6, 3, 9), 1) == annealed((6, 9, 3), 1)


def test_pre_activation_readout_has_no_slope_at_the_last_layer():
    assert annealed((5, 4), 0, "pre") == annealed((5, 4), 1)


def test_traces_give_the_ratio():
    sum_sq, sq_trace = expected_traces((7, 11, 5, 13), 0)
    assert sum_sq / sq_trace == annealed((7, 11, 5, 13), 0)


def test_deep_limit_is_one():
    assert float(annealed((4,) * 200, 1)) == pytest.approx(1.0)


def test_coordinate_and_its_inverse():
    assert from_x(to_x(sp.Rational(1, 3))) == sp.Rational(1, 3)
    assert spread(sp.Rational(1, 2)) == sp.Rational(34, 25)
