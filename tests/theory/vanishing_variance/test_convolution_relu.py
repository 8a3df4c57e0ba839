"""The kernel of a pair of ReLU units, its bound, and the values that rest on it."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from theory.maths.gaussian import leaky_pair_quadrature
from theory.symbols import rho
from theory.vanishing_variance.convolution_relu import (
    K2,
    TWO_PIXELS,
    WIDE,
    k,
    literal_moments,
    second_layer,
    two_taps_by_quadrature,
)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.9])
def test_the_kernel_by_quadrature_and_its_bound(correlation: float) -> None:
    value = float(K2.subs(rho, correlation))
    assert value == pytest.approx(float(leaky_pair_quadrature(0, correlation, 2)), rel=1e-10)
    assert value >= 0.25 + 1.25 * correlation**2


def test_ends_of_the_kernel() -> None:
    assert K2.subs(rho, 0) == sp.Rational(1, 4)
    assert sp.simplify(K2.subs(rho, 1)) == sp.Rational(3, 2)


def test_two_pixels_lie_between_independent_and_equal_ones() -> None:
    assert 3 * 3.5**2 < float(TWO_PIXELS) < 3 * 3.5 * 6
    assert mpmath.nstr(mpmath.mpf(float(TWO_PIXELS)), 6) == "45.1817"


def test_one_tap_is_dense_and_only_two_taps_are_slower() -> None:
    assert WIDE.subs(k, 1) == 10
    slower = [taps for taps in range(1, 30) if WIDE.subs(k, taps) < sp.Rational(10, taps)]
    assert slower == [2]


def test_literal_moments_by_hand() -> None:
    """Two taps, one channel: G(0, 1) = q (p + s), G(0, 0) = p^2 + q^2 of relu."""
    both, shared = literal_moments(2, 1, 1)
    assert both == 3 / sp.Integer(4) + sp.Rational(3, 2)  # 3 pairs of 1/4, E q^4 = 3/2
    assert sp.simplify(shared - sp.Rational(1, 2) * (1 + 1 / sp.pi)) == 0
    assert literal_moments(2, 0, 1)[0] == 1 + sp.Rational(5, 2)


def test_two_taps_lie_between_their_ends() -> None:
    """Beyond a circle of two pixels, pairs share fewer inputs: the value is smaller."""
    ends = second_layer(2, 1)
    assert float(ends.low) < float(two_taps_by_quadrature()) < float(ends.high) < float(TWO_PIXELS)
