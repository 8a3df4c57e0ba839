import sympy as sp

from theory.vanishing_variance.ratio_map import fixed_ratio, next_ratio
from theory.vanishing_variance.recursion import trajectory


def test_a_weighted_mean_of_the_weight_kurtosis_and_three():
    assert next_ratio(sp.Integer(3), 4, 2, 3) == 3
    assert next_ratio(sp.Integer(2), 1, 2, 5) == 5  # one unit is read: all weight on kappa_w


def test_equals_the_recursion():
    states = trajectory((4, 7), 0, sp.Rational(9, 5), 3, 1)
    ratios = [k / m for k, m in states]
    for ratio, following, width in zip(ratios, ratios[1:], (4, 7), strict=False):
        assert next_ratio(ratio, width, 2, sp.Rational(9, 5)) == following


def test_fixed_point_is_one():
    ratio = fixed_ratio(10, 0, 1)
    assert sp.simplify(next_ratio(ratio, 10, 2, 1) - ratio) == 0
    assert fixed_ratio(10, 0, 3) == 3
