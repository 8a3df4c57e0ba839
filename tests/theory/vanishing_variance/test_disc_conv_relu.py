"""ReLU convolutions against dense He units."""

from __future__ import annotations

import pytest
import sympy as sp

from theory import claim
from theory.maths.gaussian import leaky_pair_quadrature

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
