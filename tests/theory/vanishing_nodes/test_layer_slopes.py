import mpmath
import pytest
import sympy as sp

from theory.maths import gaussian
from theory.vanishing_nodes.layer_slopes import second_moment, spreads, variances
from theory.vanishing_nodes.tanh_orthogonal import excess

PHI = {
    "leaky_relu": lambda h: h if h > 0 else h / 4,
    "hard_tanh": lambda h: max(-1, min(1, h)),
    "erf": lambda h: mpmath.erf(mpmath.sqrt(mpmath.pi) * h / 2),
    "tanh": mpmath.tanh,
}


@pytest.mark.parametrize("name", list(PHI))
@pytest.mark.parametrize("variance", [0.1, 1, 3])
def test_second_moment_is_the_integral(name, variance):
    root = mpmath.sqrt(variance)
    kinks = (-1 / root, 0, 1 / root) if name == "hard_tanh" else (0,)
    found = gaussian.expect(lambda z: PHI[name](root * z) ** 2, kinks=kinks)
    law = second_moment(name, sp.Rational(1, 4), variance)
    assert float(law) == pytest.approx(float(found), rel=1e-10)


def test_homogeneous_layers_keep_their_spread():
    assert variances("leaky_relu", 0, 1, 3, gain=2) == [1, 1, 1]
    assert variances("leaky_relu", 0, 1, 3) == [1, 0.5, 0.25]
    assert spreads("leaky_relu", 0, 1, 3) == [2, 2, 2]


def test_spreads_of_tanh_are_those_of_the_orthogonal_law():
    found = spreads("tanh", 0, sp.Integer(1), 6)
    assert float(sum(found) - 6) == pytest.approx(float(excess(6, sp.Integer(1))), rel=1e-12)


def test_small_variances_are_linear():
    assert float(spreads("hard_tanh", 0, sp.Rational(1, 50), 2)[1]) == pytest.approx(1, abs=1e-9)
