from math import comb

import mpmath
import pytest

from theory.maths.ratio_bounds import fewest, mean_ratio


def one_layer(n, m):
    return mpmath.mpf(m + n + 1) / (m * n + 2)


@pytest.mark.parametrize("widths", [(24, 24), (7, 40), (40, 7), (2, 2), (3, 2)])
def test_one_linear_layer_is_inside(widths):
    low, high = mean_ratio(widths, False)
    assert low <= one_layer(*widths) <= high


def test_narrow_where_the_trace_hardly_fluctuates():
    low, high = mean_ratio((24, 24), False)
    assert high - low < 1e-12
    low, high = mean_ratio((32,) * 5, False)
    assert high - low < 1e-6


def test_one_relu_layer_is_inside():
    exact = sum(comb(24, r) * one_layer(24, r) for r in range(1, 25)) / mpmath.mpf(2**24 - 1)
    low, high = mean_ratio((24, 24), True)
    assert low <= exact <= high < low + 1e-3


def test_order_of_linear_layers_does_not_matter():
    assert mean_ratio((20, 30, 40), False)[0] == pytest.approx(mean_ratio((40, 20, 30), False)[0])


def test_special_cases():
    assert mean_ratio((9,), True) == (mpmath.mpf(1) / 9,) * 2
    assert mean_ratio((9, 1, 9), False) == (1, 1)


def test_deep_networks_get_wide_bounds_inside_the_range():
    low, high = mean_ratio((4,) * 40, False)
    assert mpmath.mpf(1) / 4 <= low < high <= 1


def test_few_active_units_are_left_out():
    assert [fewest(m) for m in (5, 6, 32)] == [1, 2, 6]


def test_two_layers_by_quadrature():
    """n -> 2 -> n: shapes diag(u, 1-u) of Wishart density, every angle between them.

    With t = tr, R = 1 - 2 det/t^2, and the mean of 1/(x cos^2 + y sin^2)^2 over the angle is
    (x + y)/(2 (x y)^(3/2)), x = uv + (1-u)(1-v), y = 1 - x.
    """
    n = 41

    def density(u):
        return (2 * u - 1) * (u * (1 - u)) ** ((n - 3) / 2)

    def value(u, v):
        x = u * v + (1 - u) * (1 - v)
        det = u * (1 - u) * v * (1 - v)
        return density(u) * density(v) * (1 - det / (x * (1 - x)) ** 1.5)

    with mpmath.workdps(20):
        ends = [mpmath.mpf("0.5"), mpmath.mpf("0.75"), 1]
        found = mpmath.quad(value, ends, ends) / mpmath.quad(density, ends) ** 2
    low, high = mean_ratio((n, 2, n), False)
    assert low <= found <= high < low + 1e-4
