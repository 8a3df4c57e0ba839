"""Var R: hand-computed coefficients, one layer, and where the bounds are narrow."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes.vni_variance import (
    bounds,
    next_order,
    one_layer,
    second_moment,
    variance,
)


def test_first_coefficients() -> None:
    """By hand: E R = tau + tau^2/2 - (11/6) tau^3, so (E R)^2 = tau^2 + tau^3 - (41/12) tau^4."""
    assert [second_moment(k) for k in range(5)] == [0, 0, 1, 1, Fraction(-25, 12)]
    assert variance(4) == Fraction(-25, 12) + Fraction(41, 12)
    assert not any(variance(k) for k in range(4))


def test_next_order_of_one_square_layer() -> None:
    """E R^2 = 4/N^2 + 4/N^3 + ..: f_2 gives (2/N)^2 + (2/N)^3, g_2/N the rest."""
    n = sp.Symbol("n", positive=True)
    square = one_layer_moment(n)
    third = sp.limit(n**3 * (square - 4 / n**2), n, sp.oo)
    assert third == 8 + 4 * sp.Rational(next_order(2, 1))


def one_layer_moment(n: sp.Symbol) -> sp.Expr:
    spread = 4 * (n - 1) ** 2 * (n + 2) ** 2 / ((n**2 + 2) ** 2 * (n**2 + 4) * (n**2 + 6))
    return ((2 * n + 1) / (n**2 + 2)) ** 2 + spread


def test_one_layer_of_two_units() -> None:
    """2 -> 2: 1 - R = w^2/2 with w uniform on (0, 1), so Var R = (1/5 - 1/9)/4."""
    assert one_layer(2, 2, 1) == (sp.Rational(1, 5) - sp.Rational(1, 9)) / 4


def test_a_single_unit_does_not_vary() -> None:
    assert one_layer(5, 1, 1) == one_layer(1, 5, 1) == one_layer(5, 1, 0) == 0


@pytest.mark.parametrize(("widths", "slope"), [((64,) * 9, 1), ((64,) * 3, 0), ((24,) * 3, 1)])
def test_bounds_are_narrow_where_they_are_measured(widths: tuple[int, ...], slope: int) -> None:
    found = bounds(widths, slope)
    assert 0 < found.low < found.high < 1.01 * found.low


def test_numbers_of_the_remark() -> None:
    found = bounds((64,) * 9, 1)
    assert round(float(found.low) * 1e4, 1) == round(float(found.high) * 1e4, 1) == 3.7
    assert round(4 / 3 * (9 / 64) ** 4 * 1e4, 1) == 5.2


@pytest.mark.parametrize(("widths", "slope"), [((24, 24), 1), ((12, 40), 1), ((64, 64), 0)])
def test_bounds_hold_one_layer(widths: tuple[int, int], slope: int) -> None:
    found, exact = bounds(widths, slope), one_layer(*widths, slope)
    assert found.low <= float(exact) * (1 + 1e-12)
    assert found.high >= float(exact) * (1 - 1e-12)
