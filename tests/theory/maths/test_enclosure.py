"""Intervals hold the numbers they should, and are narrow."""

from __future__ import annotations

import mpmath
import pytest
from mpmath import iv

from theory.maths.enclosure import (
    chi2_below,
    chi2_product_below,
    gamma_of_half,
    inside,
    line_integral,
    precision,
)


def holds(interval, value, width: float) -> bool:
    """`value`, a float or an mpf with a little error of its own, lies in a narrow interval."""
    near = mpmath.mpf(10) ** -13
    low, high = mpmath.mpf(interval.a), mpmath.mpf(interval.b)
    return bool(low - near <= value <= high + near and high - low < width)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7])
def test_gamma_by_its_functional_equation(k: int) -> None:
    assert (gamma_of_half(k) * k / 2).delta < 1e-12
    assert holds(gamma_of_half(k), mpmath.gamma(mpmath.mpf(k) / 2), 1e-12)


@pytest.mark.parametrize(("k", "z"), [(1, 0.3), (3, 2.0), (4, 0.001), (5, 90.0), (2, 300.0)])
def test_chi_square(k: int, z: float) -> None:
    exact = mpmath.gammainc(mpmath.mpf(k) / 2, 0, mpmath.mpf(z) / 2, regularized=True)
    assert holds(chi2_below(k, iv.mpf(z)), exact, 1e-12)


@pytest.mark.parametrize("z", [0.2, 3.0])
def test_product_of_two_exponentials(z: float) -> None:
    """chi^2_2 chi^2_2 = 4 E E' and P(E E' > y) = 2 sqrt y K_1(2 sqrt y)."""
    root = mpmath.sqrt(z)
    assert holds(chi2_product_below(2, 2, iv.mpf(z)), 1 - root * mpmath.besselk(1, root), 1e-8)


def test_order_of_the_factors_does_not_matter() -> None:
    one, other = chi2_product_below(1, 3, iv.mpf(2)), chi2_product_below(3, 1, iv.mpf(2))
    assert one.a <= other.b
    assert other.a <= one.b


def test_precision_is_given_back() -> None:
    before = iv.prec
    with precision(200):
        assert iv.prec == 200
        assert (iv.mpf(1) / 3).delta < 1e-55
    assert iv.prec == before


def test_a_bound_that_is_too_large_only_widens() -> None:
    """int e^{u - e^u} du = 1, with honest and with generous bounds."""

    def integral(mass: float):
        ends = {"left": (iv.exp(-40.25), iv.exp(-0.25)), "right": (iv.exp(-140), iv.mpf(0.5))}
        return line_integral(
            lambda u: iv.exp(u - iv.exp(u)), low=-40, high=5, mass=iv.mpf(mass), **ends
        )

    assert holds(integral(3.2), 1, 1e-11)
    assert integral(1e9).delta > 1e-6


def test_findings() -> None:
    third = iv.mpf(1) / 3
    assert inside([("in", mpmath.mpf(1) / 3, third)], tolerance=1e-12).agrees
    assert inside([("out", 0.3334, third)], tolerance=1e-12).agrees is False
    assert inside([("wide", 0.5, iv.mpf([0, 1]))], tolerance=1e-12).agrees is None
    assert inside([], tolerance=1).agrees is None
