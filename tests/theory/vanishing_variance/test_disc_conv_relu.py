"""ReLU convolutions against dense He units."""

from __future__ import annotations

import math

import pytest
import sympy as sp

from theory import claim
from theory.maths.gaussian import leaky_pair_quadrature
from theory.vanishing_variance.disc_conv_relu import MEASURED
from theory.vanishing_variance.probes import MOST_LOG_VARIANCE, SPREAD_OF_A_UNIT

CONV = claim("vev.disc.conv.relu")


def test_values() -> None:
    assert CONV.exact(kernel=2, channels=1, depth=2).low == sp.Rational(147, 4)
    assert CONV.exact("two pixels", depth=1) == sp.Rational(21, 2)
    assert CONV.evaluate("many channels", kernel=1) == 10
    assert CONV.evaluate("many channels", kernel=2) == pytest.approx(4.8885, abs=1e-4)


def test_pairs_of_one_channel_by_quadrature() -> None:
    """k = 3: 5/3 + (2/3)(4 K2(1/pi) - 1) + 5 * 19/81."""
    pair = 4 * float(leaky_pair_quadrature(0, 1 / sp.pi, 2)) - 1
    expected = 5 / 3 + 2 / 3 * pair + 95 / 81
    assert CONV.evaluate("many channels", kernel=3) == pytest.approx(expected, rel=1e-9)


def test_one_tap_is_dense() -> None:
    ends = CONV.exact("second layer", kernel=1, channels=4)
    assert ends.low == ends.high == 3 * sp.Rational(9, 4) ** 2


def test_the_measured_channels_are_the_fewest_that_the_rule_allows() -> None:
    def log_variance(channels: int) -> float:
        high = CONV.evaluate("second layer", kernel=3, channels=channels)[1]
        return 4 * math.log(high / 3) + math.log1p(SPREAD_OF_A_UNIT[2] / channels)

    assert log_variance(MEASURED) <= MOST_LOG_VARIANCE < log_variance(MEASURED - 8)
