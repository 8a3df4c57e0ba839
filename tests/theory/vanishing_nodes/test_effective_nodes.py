from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes import effective_nodes as en

TENTH, HALF = Fraction(1, 10), Fraction(1, 2)


def test_ties_count_as_effective():
    assert en.count((2, 1, 1, 0), HALF) == 3
    assert en.count((0, 1, 2), HALF) == 2  # in any order


def test_numbers_keep_their_value():
    assert en.rational(0.1) == Fraction(0.1) != TENTH
    assert en.rational(sp.Rational(1, 10)) == TENTH


@pytest.mark.parametrize("threshold", [Fraction(1, 100), TENTH, Fraction(1, 3), Fraction(9, 10)])
def test_the_peak_is_where_it_is_looked_for(threshold):
    for size in range(1, 60):
        by_hand = max(en.two_level(size, k, threshold) for k in range(1, size + 1))
        assert en.largest(size, threshold) == by_hand


def test_most_effective_nodes_by_linear_search():
    for nodes, vni, threshold in ((50, Fraction(1, 3), TENTH), (37, 0.07, 0.3), (9, 1, HALF)):
        fits = [k for k in range(1, nodes + 1) if en.largest(k, threshold) >= Fraction(vni)]
        assert en.most(nodes, vni, threshold) == max(fits)
