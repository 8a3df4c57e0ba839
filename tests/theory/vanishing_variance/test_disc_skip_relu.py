"""Residual networks with ReLU branches: values, the limit, and the size that is measured."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.disc_skip_relu import BLOCKS, WIDTH_MEASURED
from theory.vanishing_variance.probes import MOST_LOG_VARIANCE, SPREAD_OF_A_UNIT

RELU = claim("vev.disc.skip.relu")


def test_values() -> None:
    at = {"width": 10, "hidden": 10, "slope": 0}
    assert RELU.exact("kurtosis", shares=(1,), **at) == 3 * sp.Rational(9, 5)
    assert RELU.exact("kurtosis", shares=(0, 0), **at) == 3
    assert RELU.exact("kurtosis", shares=(Fraction(1, 2),), **at) == 3 * (1 + sp.Rational(3, 10))


def test_a_thousand_blocks_are_near_the_limit() -> None:
    at = {"width": 10, "hidden": 2, "slope": 0}
    deep = RELU.evaluate("kurtosis", shares=(Fraction(1, 1000),) * 1000, **at)
    assert deep == pytest.approx(RELU.evaluate("limit", scale=1, **at), rel=5e-3)


def test_the_measured_width_is_the_narrowest_that_the_rule_allows() -> None:
    def log_variance(width: int) -> float:
        """The rule of probes.py for the larger share."""
        shares = (Fraction(2, 3),) * BLOCKS
        m = RELU.evaluate("kurtosis", width=width, hidden=width, slope=0, shares=shares) / 3
        return 4 * math.log(m) + math.log1p(SPREAD_OF_A_UNIT[2] / width)

    assert log_variance(WIDTH_MEASURED) <= MOST_LOG_VARIANCE < log_variance(WIDTH_MEASURED - 8)
