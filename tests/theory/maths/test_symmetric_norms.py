"""Largest values on the sphere of norms that are known."""

import math
from fractions import Fraction

import pytest

from theory.maths.symmetric_norms import largest, near_the_sphere, root, simplices, stretch_sq


def exactly(value):
    return Fraction(value), Fraction(value)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_the_sum_is_largest_on_the_diagonal(size):
    low, high, at = largest(lambda v: exactly(sum(v)), size, 4)
    assert set(at) == {4}
    assert low <= Fraction(math.sqrt(size)) * (1 + Fraction(1, 10**9))
    assert float(low) == pytest.approx(math.sqrt(size))
    assert math.sqrt(size) <= high < 1.05 * math.sqrt(size)


def test_the_largest_entry_is_largest_at_a_pole():
    low, high, at = largest(lambda v: exactly(max(v)), 3, 8)
    assert at == (8, 0, 0)
    assert float(low) == pytest.approx(1)
    assert 1 <= high < 1.01


def test_the_euclidean_norm_is_one_and_the_excess_is_of_second_order():
    excess = [float(largest(lambda v: root(Fraction(sum(x * x for x in v))), 2, n)[1]) - 1
              for n in (8, 16)]  # fmt: skip
    assert all(x > 0 for x in excess)
    assert 3.5 < excess[0] / excess[1] < 4.5


@pytest.mark.parametrize(("size", "pieces"), [(2, 5), (3, 3), (4, 2)])
def test_the_parts_fill_the_cone_once(size, pieces):
    """Kuhn simplices have one volume, 1/(w-1)!: the cone's section holds pieces^(w-1) of them."""
    parts = list(simplices(size, pieces))
    assert len(parts) == pieces ** (size - 1)
    assert len({frozenset(part) for part in parts}) == len(parts)


def test_stretch_by_hand():
    """On the line through (1, 0) and (0, 2): n = (1, 1/2)."""
    assert stretch_sq(((1, 0), (0, 2))) == Fraction(5, 4)
    assert near_the_sphere((3, 4)) == (3 * 209715, 4 * 209715)
