"""The two pairs that break Lemma 4.2, by hand."""

from fractions import Fraction

import pytest

from theory.maths import enumeration as en
from theory.vanishing_variance.uncorrelated_pairs import aligned_pair, lopsided_pair


def relu_pair(pair):
    return en.expect(pair, lambda y: max(y[0], Fraction(0)) ** 2 * max(y[1], Fraction(0)) ** 2)


@pytest.mark.parametrize(("pair", "truth"), [(aligned_pair, Fraction(8, 5)), (lopsided_pair, 1)])
def test_counterexamples_by_hand(pair, truth):
    joint = pair()
    assert en.expect(joint, lambda y: y[0] * y[1]) == 0
    assert all(en.expect(joint, lambda y, i=i: y[i]) == 0 for i in (0, 1))
    assert relu_pair(joint) == truth
