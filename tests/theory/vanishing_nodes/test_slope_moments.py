import mpmath
import pytest
import sympy as sp

from theory.vanishing_nodes.slope_moments import (
    of_tanh,
    one_layer,
    slope_moment,
    spread,
    tanh_series,
)

Q = sp.Rational(37, 100)


@pytest.mark.parametrize(
    ("activation", "value"), [("tanh", 1.216399), ("erf", 1.185912), ("hard_tanh", 1.111331)]
)
def test_spreads_at_a_finite_variance(activation, value):
    assert float(sp.N(spread(activation, 0, Q))) == pytest.approx(value, abs=5e-7)


def test_tanh_by_monte_carlo_free_values():
    assert float(of_tanh(Q, 1)) == pytest.approx(0.648199, abs=5e-7)
    assert float(of_tanh(Q, 2)) == pytest.approx(0.511084, abs=5e-7)


def test_extremes_of_the_variance():
    assert float(of_tanh(sp.Rational(1, 10**20), 1)) == pytest.approx(1)
    # q large: int sech^4 = 4/3, times the density at 0, over sqrt(q)
    assert float(of_tanh(100, 1)) == pytest.approx(4 / 3 / mpmath.sqrt(200 * mpmath.pi), rel=0.01)


def test_series_of_tanh_starts_with_eight():
    assert tanh_series(4) == (1, 0, 8, -80)


def test_rectifiers():
    assert [slope_moment("leaky_relu", a, 1, 1) for a in (1, 0)] == [1, sp.Rational(1, 2)]
    assert spread("leaky_relu", sp.Rational(1, 2), 3) == sp.Rational(34, 25)


def test_a_wide_layer_forgets_its_width():
    assert float(one_layer(Q, 10**6)) == pytest.approx(float(of_tanh(Q, 1)), rel=1e-5)
