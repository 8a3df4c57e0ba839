import sympy as sp

from theory import claim
from theory.vanishing_variance.sec5_fixed_network import over_all_inputs, over_samples


def test_one_and_many_inputs():
    """One input: y^4/(y^2)^2 = 1."""
    assert over_samples((3,), 1) == 1
    assert sp.limit(over_samples((3,), sp.Symbol("n")), sp.Symbol("n"), sp.oo) == 3


def test_depth_does_not_matter():
    assert over_samples((10,), 32) == over_samples((10,) * 30, 32)


def test_two_signs_by_hand():
    """y = v_1 x_1 + v_2 x_2: kurtosis 3 - 2 (v_1^4 + v_2^4)/|v|^4, and E (cos^4 + sin^4) = 3/4."""
    assert over_all_inputs(2, 1) == sp.Rational(3, 2)
    assert over_all_inputs(2, 3) == 3


def test_the_claim_evaluates():
    assert claim("vev.sec5.fixed_net").evaluate(widths=(4, 4), samples=4) == 2
