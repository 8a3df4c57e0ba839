from fractions import Fraction

from theory import claim
from theory.vanishing_nodes import effective_nodes as en

HALF = Fraction(1, 2)


def test_theorem_is_the_end_of_the_converse():
    assert claim("vn.thm1").exact(epsilon=0.3, nodes=9) == 1 == en.most(9, 1, 0.3)
