"""Kurtosis of networks whose activation function saturates, and of those where it does not."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.saturation import two_terms

TANH = claim("vev.disc.bounded.tanh")


def test_values() -> None:
    assert TANH.evaluate(
        "settled", activation="tanh", width=16, gain=Fraction(9, 4)
    ) == pytest.approx(3 * (1 + 0.9415046603978 / 16), rel=1e-12)
    assert TANH.exact("every depth", width=10, gain=Fraction(9, 4)).high == sp.Rational(135, 8)
    assert TANH.exact("every depth", width=10, gain=Fraction(5, 4)).high == sp.oo  # w/(w-2)
    assert TANH.exact("every depth", width=10, gain=90).high == 270
    assert TANH.exact("variance", width=10, gain=1, depth=1).low == sp.Rational(4, 15)
    at = {"activation": "tanh", "width": 10, "gain": 1}
    assert TANH.evaluate("kurtosis", depth=0, **at) == 3


def test_deep_layers_settle_and_forget_the_input() -> None:
    at = {"activation": "tanh", "width": 50, "gain": Fraction(9, 4)}
    deep, deeper = (TANH.evaluate("kurtosis", depth=depth, **at) for depth in (25, 50))
    assert abs(deep - deeper) < 0.505**25  # chi^25
    settled = TANH.evaluate("settled", **at)
    assert abs(deeper - settled) < 3 * 0.84 / 50**2


@pytest.mark.parametrize(("gain", "per_layer"), [(Fraction(1, 2), 2), (1, Fraction(2, 3))])
def test_without_saturation_it_grows(gain: Fraction, per_layer: Fraction) -> None:
    """r_1 gains 2 a layer at g < 1, as linear networks do, and 2/3 a layer at g = 1."""
    with mpmath.workdps(20):
        early, late = (two_terms("tanh", gain, depth)[1] for depth in (60, 120))
    assert float((late - early) / 60) == pytest.approx(float(per_layer), rel=2e-2)


def test_a_sigmoid_stays_below_the_bound_for_every_unit() -> None:
    bound = claim("vev.disc.bounded").evaluate("sigmoid kurtosis", weight_kurtosis=3)[1]
    for gain in (Fraction(3, 2), 4, 90):
        assert TANH.evaluate("settled", activation="sigmoid", width=2, gain=gain) < bound


def test_a_gain_just_above_one_is_not_enough() -> None:
    """Width 2: chi^2_2/2 is exponential, whose logarithm has the mean -gamma."""
    assert TANH.evaluate("least gain", width=2) == pytest.approx(float(mpmath.exp(mpmath.euler)))
    for width, gain in ((2, Fraction(3, 2)), (16, Fraction(16, 14))):
        with pytest.raises(ClaimError, match=r"g > w/\(w-2\)"):
            TANH.evaluate("settled", activation="tanh", width=width, gain=gain)


def test_an_expansion_is_refused_where_it_does_not_hold() -> None:
    at = {"activation": "tanh", "width": 16, "gain": Fraction(1, 2)}
    assert TANH.evaluate("kurtosis", depth=3, **at) > 3
    with pytest.raises(ClaimError, match="at most a tenth"):
        TANH.evaluate("kurtosis", depth=30, **at)


def test_below_the_least_gain_the_scale_falls() -> None:
    """The chain of scales itself, drawn: width 2, gain 3/2 below 1.78."""
    draws, q = np.random.default_rng(20230117), np.ones(20_000)
    medians = []
    for _ in range(40):
        z = draws.standard_normal((len(q), 2))
        q = 1.5 * (np.tanh(np.sqrt(q)[:, None] * z) ** 2).mean(1)
        medians.append(float(np.median(q)))
    assert medians[39] < medians[19] / 10 < medians[9] / 50
