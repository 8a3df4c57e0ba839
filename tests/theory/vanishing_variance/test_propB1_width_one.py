"""Width 1: halving by hand, and what zeros do."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory import claim
from theory.vanishing_variance.propB1_width_one import (
    chain_of_width_one,
    width_one,
    width_one_with_atoms,
)


def test_three_layers_by_hand() -> None:
    assert width_one(3, 0, 0) == width_one_with_atoms(3, 0, 0) == Fraction(1, 8)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_weights_that_are_zero_half_of_the_time(depth: int) -> None:
    assert chain_of_width_one("signs", "with zeros", depth) == Fraction(1, 4**depth)
    assert width_one_with_atoms(depth, 0, Fraction(1, 2)) == Fraction(1, 4**depth)


def test_an_input_that_may_be_zero_costs_one_factor() -> None:
    assert width_one_with_atoms(4, Fraction(1, 2), 0) == Fraction(1, 32)


def test_points_with_atoms_are_not_what_the_document_means() -> None:
    assert claim("vev.propB.1").admits({"weight_zero": Fraction(1, 2)}) == "stated"
    assert claim("vev.propB.1").admits({"widths": (1, 1, 1)}) == "needed"
