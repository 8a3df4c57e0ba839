"""Pairings by hand, against known moments of one Gaussian and of one Gaussian matrix."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from theory.maths import products


def test_loops_by_hand() -> None:
    crossing = (2, 3, 0, 1)
    assert products.inner(2) == (1, 0, 3, 2)
    assert products.outer((2,)) == (3, 2, 1, 0)
    assert products.outer((1, 1)) == products.inner(2)
    assert products.loops(products.inner(2), products.inner(2)) == 2
    assert products.loops(products.inner(2), crossing) == 1


def test_one_unit_is_a_normal_number() -> None:
    """n = 1: E w^2k = (2k - 1)!!, and layers multiply."""
    assert [products.moment((k,), 1, 1) for k in (1, 2, 3, 4)] == [1, 3, 15, 105]
    assert products.moment((1, 2), 1, 3) == 15**3


def test_one_matrix() -> None:
    """E tr (W W^T)^2 = 2n + 1, E (tr W W^T)^2 = n^2 + 2, entries of variance 1/n."""
    for n in (2, 3, 10):
        assert products.moment((2,), n, 1) == 2 * n + 1
        assert products.moment((1, 1), n, 1) == n**2 + 2


def test_the_mean_square_never_changes() -> None:
    assert products.moment((1,), 7, 30) == Fraction(7)


@pytest.mark.parametrize("k", [2, 3])
def test_planar_pairings_are_the_wide_limit(k: int) -> None:
    n = 10**7
    assert float(products.moment((k,), n, 3) / n) == pytest.approx(
        products.planar_count(k, 3), rel=1e-5
    )
    assert products.planar_count(k, 3) == products.fuss_catalan(3, k)


def test_fuss_catalan_through_logarithms() -> None:
    for depth, order in ((3, 2), (10, mpmath.mpf("0.5"))):
        exact = float(products.fuss_catalan(depth, float(order)))
        assert float(products.fuss_catalan_number(depth, order)) == pytest.approx(exact)
