import sympy as sp

from theory import claim
from theory.vanishing_variance.recursion import anisotropy
from theory.vanishing_variance.sec5_two_inputs import (
    between,
    four_j,
    pair_covariance,
    rectified,
)


def test_ends():
    assert (rectified(-1), rectified(0), rectified(1)) == (0, sp.Rational(1, 4), sp.Rational(3, 2))


def test_one_input_gives_the_growth_of_the_kurtosis():
    for slope in (sp.Integer(0), sp.Rational(1, 3), sp.Integer(-1)):
        assert sp.simplify(four_j(slope, 1) - 3 * anisotropy(slope)) == 0


def test_opposite_inputs():
    """v = -u: phi_a(u)^2 phi_a(-u)^2 = a^2 u^4, mean 3 a^2."""
    a = sp.Rational(1, 2)
    assert sp.simplify(four_j(a, -1) - 12 * a**2 / (1 + a**2) ** 2) == 0


def test_absolute_value_and_linear_are_alike():
    assert four_j(-1, sp.Rational(1, 3)) == four_j(1, sp.Rational(1, 3)) == sp.Rational(11, 9)


def test_bounds_and_evaluation():
    assert (between((5, 5)).low, between((5, 5)).high) == (1, 4)
    assert claim("vev.sec5.relu_pair").evaluate(slope=0, cosine=0.0, width=9) == 0
    assert pair_covariance(1, 1, 4) == sp.Rational(1, 2)
