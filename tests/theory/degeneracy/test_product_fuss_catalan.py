"""The Fuss-Catalan law: quarter circle, edges, moments, and rows known from elsewhere."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from theory.degeneracy.product_fuss_catalan import CLAIM, fraction_below, moment_of_square


def test_one_matrix_is_the_quarter_circle() -> None:
    for c in (0.1, 1.0, 1.9):
        area = (c * math.sqrt(4 - c * c) / 2 + 2 * math.asin(c / 2)) / math.pi
        assert float(fraction_below(threshold=c, depth=1)) == pytest.approx(area, abs=1e-14)


@pytest.mark.parametrize("depth", [1, 2, 10, 100])
def test_edges(depth: int) -> None:
    edge = math.sqrt((depth + 1) ** (depth + 1) / depth**depth)
    assert fraction_below(threshold=1.001 * edge, depth=depth) == 1
    assert 0.999 < fraction_below(threshold=0.999 * edge, depth=depth) < 1
    tiny, small = (fraction_below(threshold=c, depth=depth) for c in (1e-300, 1e-3))
    assert 0 < tiny < small / 2


def test_increasing_in_the_threshold() -> None:
    values = [fraction_below(threshold=c, depth=7) for c in (1e-6, 0.01, 0.5, 1, 2, 4)]
    assert values == sorted(values)


def test_mean_square_is_one_by_integrating_the_distribution() -> None:
    """E sigma^2 = integral of 2 c Pr(sigma > c)."""
    depth = 3
    edge = mpmath.sqrt(mpmath.mpf((depth + 1) ** (depth + 1)) / depth**depth)
    total = mpmath.quad(
        lambda c: 2 * c * (1 - fraction_below(threshold=c, depth=depth)), [0, 0.1, 1, edge]
    )
    assert float(total) == pytest.approx(1, abs=1e-6)


def test_moments() -> None:
    assert [moment_of_square(depth=1, order=j) for j in range(5)] == [1, 1, 2, 5, 14]  # Catalan
    assert moment_of_square(depth=2, order=3) == 12
    assert moment_of_square(depth=1, order=sp.Rational(1, 2)) == 8 / (3 * sp.pi)
    assert float(moment_of_square(depth=10**6, order=1)) == pytest.approx(1)


def test_vanishing_fraction_against_its_scaling() -> None:
    """L Pr(X > L (sin t/t) e^{t cot t}) -> t (1 - t cot t)/pi, t = 2."""
    depth, t = 3000, 2.0
    square = depth * math.sin(t) / t * math.exp(t / math.tan(t))
    tail = depth * float(1 - fraction_below(threshold=math.sqrt(square), depth=depth))
    assert tail == pytest.approx(t * (1 - t / math.tan(t)) / math.pi, rel=2e-3)


def test_digits() -> None:
    text = mpmath.nstr(CLAIM.evaluate("fraction below", digits=40, threshold=1, depth=1), 40)
    with mpmath.workdps(50):
        area = (mpmath.sqrt(3) / 2 + mpmath.pi / 3) / mpmath.pi
        assert text == mpmath.nstr(area, 40)
