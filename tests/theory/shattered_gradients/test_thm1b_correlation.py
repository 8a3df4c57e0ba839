from fractions import Fraction

import pytest
import sympy as sp

from theory.shattered_gradients.thm1b_correlation import (
    coins_plain,
    path_weights,
    two_to_the_minus,
)


def test_two_to_the_minus_depth():
    assert two_to_the_minus(5, 3, 0) == Fraction(1, 8)


def test_coins_of_two_layers():
    assert set(coins_plain(2)) == {Fraction(1, 4)}


def test_path_weights_are_not_orthogonal_where_both_inputs_are_on():
    square, cross = path_weights()
    assert cross == 1 / (2 * sp.pi)
    assert float(square) == pytest.approx(float(0.25 + 1 / (2 * sp.pi)))
