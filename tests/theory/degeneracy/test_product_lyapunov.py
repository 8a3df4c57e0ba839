"""Lyapunov exponents: Euler's constant by hand, the determinant, and the wide limit."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from theory.degeneracy.product_lyapunov import CLAIM, exponent
from theory.schema import ClaimError


def test_one_unit() -> None:
    """E log |N(0,1)| = -(gamma + ln 2)/2."""
    value = CLAIM.exact("mean", width=1, depth=1, index=1)
    assert sp.simplify(value + (sp.EulerGamma + sp.log(2)) / 2) == 0
    variance = CLAIM.exact("variance", width=1, depth=1, index=1)
    assert sp.simplify(variance - sp.pi**2 / 8) == 0


def test_all_exponents_are_negative_and_decrease() -> None:
    values = [float(exponent(12, k)) for k in range(1, 13)]
    assert values == sorted(values, reverse=True)
    assert values[0] < 0


def test_volume_is_the_sum() -> None:
    volume = CLAIM.evaluate("volume", width=6, depth=3, index=6)
    assert volume == pytest.approx(3 * sum(float(exponent(6, k)) for k in range(1, 7)))


def test_fastest_direction_of_a_wide_layer() -> None:
    assert float(exponent(1000, 1)) == pytest.approx(-1 / 2000, rel=2e-3)


def test_triangle_law() -> None:
    """exp(lambda_k)^2 -> 1 - k/n."""
    n = 4000
    assert math.exp(2 * float(exponent(n, n // 4))) == pytest.approx(0.75, abs=1e-3)


def test_no_more_directions_than_units() -> None:
    with pytest.raises(ClaimError, match="index"):
        CLAIM.exact("mean", width=3, depth=1, index=4)


def test_log_chi_square_by_quadrature() -> None:
    """Third road: E log chi^2_5 from the density itself."""
    with mpmath.workdps(20):
        constant = 2 ** mpmath.mpf("2.5") * mpmath.gamma(mpmath.mpf("2.5"))
        mean = mpmath.quad(
            lambda x: mpmath.log(x) * x ** mpmath.mpf("1.5") * mpmath.exp(-x / 2) / constant,
            [0, 1, 10, 60, 200],
        )
    assert float(exponent(7, 3)) == pytest.approx(float((mean - mpmath.log(7)) / 2), abs=1e-10)
