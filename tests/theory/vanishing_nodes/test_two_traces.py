import pytest
import sympy as sp

from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes import two_traces as two


def test_coordinate_is_its_own_inverse():
    r = sp.Symbol("r")
    assert sp.cancel(two.to_x(two.to_x(r)) - r) == 0


def test_one_gaussian_layer_by_hand():
    # E tr (W W^T)^2 = 20, E (tr W W^T)^2 = 24 for standard normal 2 x 2 W
    sum_sq, sq_trace, c = two.wick_moments(2, 2)
    at_one = dict.fromkeys(c, 1) | {sp.Symbol("q"): 1}
    assert (sum_sq.subs(at_one), sq_trace.subs(at_one)) == (20, 24)
    assert two.one_layer(2, 2, 1) * sp.Matrix([2, 4]) * 4 == sp.Matrix([20, 24])


def test_one_slope_in_all_layers_is_the_old_count():
    half = sp.Rational(1, 2)
    assert two.ratio_of_means((2, 2, 2), (half, half)) == rec.annealed((2, 2, 2), half)
    assert two.ratio_of_means((2, 2, 2), (1, 1), zeros=0) == sp.Rational(9, 10)


def test_a_slope_for_each_layer():
    with pytest.raises(ValueError, match="zip"):
        two.ratio_of_means((2, 2, 2), (1,))
