import sympy as sp

from theory import claim
from theory.vanishing_variance.closed_forms import gaussian_kurtosis
from theory.vanishing_variance.recursion import trajectory


def test_relu_and_linear_by_hand():
    assert gaussian_kurtosis((10,) * 3, 0, 3, 1) == 3 * sp.Rational(3, 2) ** 3
    assert gaussian_kurtosis((20,) * 2, 1, 3, 1) == 3 * sp.Rational(11, 10) ** 2


def test_equals_the_recursion_at_unequal_widths_and_any_start():
    point = {"widths": (3, 1, 7), "slope": sp.Rational(1, 3), "input_kurtosis": 5, "input_pair": 2}
    assert gaussian_kurtosis(**point) == trajectory(weight_kurtosis=3, **point)[-1][0]


def test_the_claim_evaluates():
    at = {"widths": (10,) * 100, "slope": 0, "input_kurtosis": 3, "input_pair": 1}
    assert claim("vev.closed_gauss").evaluate(**at) == float(3 * sp.Rational(3, 2) ** 100)
