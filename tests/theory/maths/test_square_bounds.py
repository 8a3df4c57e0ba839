"""Bounds of E R^2: exact values of one layer, a second road to two layers, and their limits."""

import mpmath
import pytest

from theory.maths import ratio_bounds
from theory.maths.square_bounds import mean_square, variance


def one_layer(n, m):
    """E R^2 and Var R of a linear layer."""
    d = mpmath.mpf(m * n)
    spread = 4 * (m - 1) * (m + 2) * (n - 1) * (n + 2) / ((d + 2) ** 2 * (d + 4) * (d + 6))
    return ((m + n + 1) / (d + 2)) ** 2 + spread, spread


@pytest.mark.parametrize("widths", [(24, 24), (7, 40), (3, 2), (2, 2)])
def test_one_linear_layer_is_inside(widths):
    low, high = mean_square(widths, False)
    assert low <= one_layer(*widths)[0] <= high


def test_variance_of_one_linear_layer_is_inside():
    low, high = variance((24, 24), False)
    assert low <= one_layer(24, 24)[1] <= high < low * (1 + 1e-6)


def test_two_layers_by_quadrature():
    """n -> 2 -> n at every angle, R = 1 - 2 det/(x cos^2 + y sin^2)^2; see test_ratio_bounds."""
    n = 41

    def density(u):
        return (2 * u - 1) * (u * (1 - u)) ** ((n - 3) / 2)

    def value(u, v):
        x = u * v + (1 - u) * (1 - v)
        y, det = 1 - x, u * (1 - u) * v * (1 - v)
        # the mean of t^-k over the angle is P_{k-1}(z)/(xy)^(k/2), z = (x+y)/(2 sqrt(xy))
        square = (x + y) / (2 * (x * y) ** 1.5)
        fourth = (x + y) * (5 * (x + y) ** 2 - 12 * x * y) / (16 * (x * y) ** 3.5)
        return density(u) * density(v) * (1 - 4 * det * square + 4 * det**2 * fourth)

    with mpmath.workdps(20):
        ends = [mpmath.mpf("0.5"), mpmath.mpf("0.75"), 1]
        found = mpmath.quad(value, ends, ends) / mpmath.quad(density, ends) ** 2
    low, high = mean_square((n, 2, n), False)
    assert low <= found <= high < low + 2e-4


def test_relu_layer_is_inside():
    with mpmath.workdps(30):
        ways = [mpmath.binomial(64, r) for r in range(1, 65)]
        exact = mpmath.fdot(ways, [one_layer(64, r)[0] for r in range(1, 65)]) / mpmath.fsum(ways)
    low, high = mean_square((64, 64), True)
    assert low <= exact <= high < low * (1 + 1e-4)


def test_squares_are_above_the_square_of_the_mean():
    widths = (32,) * 5
    low, high = mean_square(widths, False)
    mean = ratio_bounds.mean_ratio(widths, False)
    assert mean[1] ** 2 < low <= high < low + 2e-6


def test_special_cases():
    assert mean_square((9,), True) == (mpmath.mpf(1) / 81,) * 2
    assert mean_square((9, 1, 9), False) == (1, 1)
    low, high = mean_square((4,) * 40, False)
    assert mpmath.mpf(1) / 16 <= low < high <= 1
