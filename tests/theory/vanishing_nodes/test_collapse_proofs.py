"""Counts, two nodes, thresholds and shares: by hand and against eq. (10)."""

from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes import effective_nodes as en
from theory.vanishing_nodes.collapse_proofs import (
    by_inertia,
    share,
    threshold,
    two_node_vni,
    unit_vni,
)

HALF = Fraction(1, 2)


def test_inertia_counts_ties():
    assert by_inertia((Fraction(4), Fraction(2), Fraction(2), Fraction(1)), HALF) == 3
    assert by_inertia((Fraction(4), Fraction(2), Fraction(1)), Fraction(51, 100)) == 1


def test_scaling_one_node_changes_the_vni():
    assert two_node_vni(1, Fraction(1, 100), 0) == Fraction(10001, 10201)
    assert unit_vni(1, Fraction(1, 100), 0) == HALF
    assert two_node_vni(3, 3, 0.5) == unit_vni(3, 3, 0.5) == Fraction(5, 8)


def test_copies_have_a_vni_of_one_at_any_variance():
    assert two_node_vni(7, Fraction(1, 9), -1) == 1


@pytest.mark.parametrize("e", [Fraction(1, 100), Fraction(1, 10), HALF])
def test_threshold_is_the_largest_vni_of_two_effective_nodes(e):
    assert threshold(e) == en.largest(2, e)
    assert en.most(10**4, threshold(e), e) == 2
    assert en.most(10**4, threshold(e) + Fraction(1, 10**9), e) == 1


def test_largest_share_is_continuous_between_whole_reciprocals():
    assert share(HALF) == HALF
    assert share(Fraction(1, 7)) == sp.Rational(1, 7)
    assert float(share(0.50001)) == pytest.approx(0.5, abs=3e-3)
    assert float(share(0.49999)) == pytest.approx(0.5, abs=3e-5)
