"""Sigmoid and tanh: what they do to variance and kurtosis."""

import mpmath
import pytest
import sympy as sp

from theory import claim
from theory.maths.gaussian import expect
from theory.schema import ClaimError
from theory.vanishing_variance.bounded_activations import WORST
from theory.vanishing_variance.probes import log_variance, sigmoid_scale_moment

BOUNDED = claim("vev.disc.bounded")


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


@pytest.mark.parametrize("size", [0.1, 1, 5])
def test_gaussian_inputs_keep_every_bound(size: float) -> None:
    second, fourth = (expect(lambda z, p=p: sigmoid(size * z) ** p) for p in (2, 4))
    _, high = BOUNDED.evaluate("slope", activation="sigmoid", variance=size**2)
    assert 0 < second - mpmath.mpf("0.25") < high
    assert 1 < fourth / second**2 < mpmath.mpf(49) / 24
    low, high = BOUNDED.evaluate("next layer", gain=1)
    assert low < second < high
    spread = expect(lambda z: mpmath.tanh(size * z) ** 2)
    assert spread < BOUNDED.evaluate(activation="tanh", variance=size**2)[1]


def test_values() -> None:
    assert BOUNDED.evaluate("sigmoid kurtosis", weight_kurtosis=3) == (3, 6.125)
    assert BOUNDED.evaluate("sigmoid kurtosis", weight_kurtosis=1) == (1, 6.125)
    assert BOUNDED.evaluate("kurtosis by variance", gain=2, out_variance=1, weight_kurtosis=3) == (
        3,
        6,
    )


def test_a_variance_above_the_gain_is_refused() -> None:
    with pytest.raises(ClaimError, match="Var y <= g"):
        BOUNDED.evaluate("kurtosis by variance", gain=1, out_variance=2, weight_kurtosis=3)


def test_the_rule_for_direct_averages_of_sigmoids() -> None:
    """A large gain: nothing is known beyond E S^2/(E S)^2 <= 49/24, which the rule may exceed."""
    assert sigmoid_scale_moment(10**6, 1) == pytest.approx(sp.Rational(81, 80), rel=1e-5)
    setup = {"widths": (16,) * 9, "gain": 1.0, "activation": "sigmoid", "slope": 0}
    assert log_variance(setup, ("mean_fourth",)) == pytest.approx(0.813, abs=2e-3)
    assert sp.Rational(25, 24) == WORST - 1
