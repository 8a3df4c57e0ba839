from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_nodes import effective_nodes as en
from theory.vanishing_nodes.eq12_quadratic import reach, root

TENTH = Fraction(1, 10)


def test_five_nodes_by_hand():
    # (1, 1/2, 1/2, 1/2, 1/2): R = 2/9
    assert root(Fraction(2, 9), Fraction(1, 2)) == 5


@pytest.mark.parametrize("ratio", [Fraction(1, 100), TENTH, Fraction(9, 10)])
def test_one_node_at_a_vni_of_one(ratio):
    assert root(1, ratio) == 1


def test_inside_its_reach_it_is_the_largest_number():
    # f(9) at eps = 1/10 is attained by one large eigenvalue
    assert reach(TENTH) > 15
    assert sp.floor(root(Fraction(1, 3), TENTH)) == en.most(50, Fraction(1, 3), TENTH) == 9


def test_beyond_its_reach_it_is_too_small():
    assert float(root(Fraction(1, 100), TENTH)) == pytest.approx(148.238, abs=1e-3)
    assert en.most(500, Fraction(1, 100), TENTH) == 302


def test_digits():
    value = claim("vn.eq12").evaluate(vni=0.03, epsilon=0.1, digits=30)
    assert float(value) == pytest.approx(64.919, abs=1e-3)
