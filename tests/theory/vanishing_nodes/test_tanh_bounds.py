import math

import pytest
import sympy as sp

from theory.vanishing_nodes.tanh_bounds import enclosed, mean, of_squares
from theory.vanishing_nodes.tanh_orthogonal import gradient_scale


def test_bounds_of_the_square_of_tanh():
    low, high = (sp.lambdify(sp.Symbol("h", positive=True), f) for f in of_squares())
    for h in (0.1, 0.5, 1.0, 2.0, 5.0):
        assert low(h) < math.tanh(h) ** 2 < high(h)
    v = sp.Symbol("v", positive=True)
    assert mean(of_squares()[0]) == v - 2 * v**2


def test_an_interval_holds_the_product_and_no_wrong_one():
    value = gradient_scale(20, sp.Rational(1, 40))
    found = enclosed(20, sp.Rational(1, 40))
    assert value in found
    assert found.delta < 0.02
    assert gradient_scale(19, sp.Rational(1, 40)) not in found
    with pytest.raises(ArithmeticError, match="rise"):
        enclosed(1, sp.Rational(1, 5))
