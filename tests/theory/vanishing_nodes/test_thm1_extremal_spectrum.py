from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_nodes import effective_nodes as en
from theory.vanishing_nodes.thm1_extremal_spectrum import best_vertex, envelope, most, one_large

TENTH, HALF = Fraction(1, 10), Fraction(1, 2)


@pytest.mark.parametrize(
    ("threshold", "first"),
    [(TENTH, 16), (Fraction(1, 4), 8), (HALF, 5), (Fraction(3, 4), 4), (Fraction(9, 10), 4)],
)
def test_smallest_number_of_nodes_where_two_large_ones_win(threshold, first):
    wins = [
        size for size in range(2, 30) if en.largest(size, threshold) > one_large(size, threshold)
    ]
    assert wins[0] == first


def test_sixteen_nodes_by_hand():
    assert one_large(16, TENTH) == Fraction(23, 125)
    assert en.largest(16, TENTH) == Fraction(107, 578) == best_vertex(16, TENTH)


def test_printed_spectrum_loses_half_of_the_nodes():
    assert most(500, Fraction(1, 100), TENTH) == 302
    by_print = max(n for n in range(1, 501) if one_large(n, TENTH) >= Fraction(1, 100))
    assert by_print == 148


def test_all_nodes_are_effective_at_the_smallest_vni():
    assert most(37, Fraction(1, 37), Fraction(3, 10)) == 37
    assert most(37, 1, 0.3) == 1


def test_envelope_is_attained():
    assert envelope(Fraction(11, 40), TENTH).high == 11
    assert envelope(Fraction(11, 80), TENTH).high == 22


def test_a_vni_below_the_range_is_refused():
    with pytest.raises(ValueError, match="at least 1/N"):
        claim("vn.thm1.sharp").evaluate(nodes=5, vni=0.1, epsilon=0.5)


def test_a_symbolic_vni_is_named():
    with pytest.raises(ClaimError, match="argument 'vni' must be a plain number"):
        claim("vn.thm1.sharp").evaluate(nodes=5, vni=sp.sqrt(2) / 2, epsilon=Fraction(1, 10))
