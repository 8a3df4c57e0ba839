"""Second moments of products: the proved error of the wide limit, and the spread, by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy as sp

from theory.degeneracy import second_moments


@pytest.mark.parametrize("width", [3, 4, 10, 100])
@pytest.mark.parametrize("depth", [1, 2, 30, 400])
def test_wide_limit_is_within_its_error(width: int, depth: int) -> None:
    exact = second_moments.participation(width=width, depth=depth)
    relative = exact * (depth + 1) / sp.Integer(width) - 1
    assert abs(relative) <= Fraction(depth, width)
    below = sp.Rational(depth, 2 * width) + sp.Rational(3, 4 * width * (width - 1))
    assert relative >= -below


def test_spread_of_one_scalar_by_hand() -> None:
    """n = 1: S is the square of a product of L normals; E S^4/(E S^2)^2 = (105/9)^L."""
    assert second_moments.log_variance((2,), 1, 3) == pytest.approx(3 * math.log(105 / 9))


def test_letters_for_powers() -> None:
    n, L = second_moments.n, second_moments.L
    same = second_moments.rational(((n + 2) / n) ** L - (1 + 2 / n) ** L)
    assert sp.simplify(same) == 0
