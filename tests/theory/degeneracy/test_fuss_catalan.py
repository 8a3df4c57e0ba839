"""The Fuss-Catalan law: quarter circle, edges, moments, and its first correction in 1/n."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from theory.degeneracy.fuss_catalan import (
    first_order,
    fraction_below,
    largest_first_order,
    moment_of_square,
    transport,
    vanishing_bound,
)


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


def test_first_correction_of_one_matrix_is_the_known_one() -> None:
    """Real Wishart, square: (1/4) at each end of [0, 4] minus half an arcsine law."""
    for c in (0.3, 1.0, 1.9):
        arcsine = 2 * math.asin(c / 2) / math.pi
        assert float(first_order(threshold=c, depth=1)) == pytest.approx(0.25 - arcsine / 2)


@pytest.mark.parametrize("depth", [1, 3, 30])
def test_first_correction_stays_within_its_largest_value(depth: int) -> None:
    edge = math.sqrt((depth + 1) ** (depth + 1) / depth**depth)
    values = [float(first_order(threshold=edge * i / 40, depth=depth)) for i in range(1, 40)]
    assert values == sorted(values, reverse=True)
    assert max(map(abs, values)) < largest_first_order(depth)
    assert values[-1] > -0.25


def test_transport_against_the_mean_singular_value_of_one_matrix() -> None:
    """The signed integral is the 1/n-term of the mean; its size is below the transport."""
    signed = -mpmath.quad(lambda c: first_order(threshold=c, depth=1), [0, 1, 2])
    size = mpmath.quad(lambda c: abs(first_order(threshold=c, depth=1)), [0, mpmath.sqrt(2), 2])
    assert float(size) == pytest.approx(transport(1), abs=1e-5)
    assert abs(signed) < size


@pytest.mark.parametrize("depth", [1, 2, 10, 1000])
def test_tail_stays_below_its_bound(depth: int) -> None:
    for c in (1e-3, 0.5, 1.0, math.sqrt(depth + 1)):
        tail = 1 - fraction_below(threshold=c, depth=depth)
        assert tail < vanishing_bound(threshold=c, depth=depth)
