from fractions import Fraction

import pytest

from theory import claim
from theory.maths import enumeration as en
from theory.vanishing_variance.lem41_42_leaky_moments import aligned_pair, lopsided_pair


def relu_pair(pair):
    return en.expect(pair, lambda y: max(y[0], Fraction(0)) ** 2 * max(y[1], Fraction(0)) ** 2)


@pytest.mark.parametrize(("pair", "truth"), [(aligned_pair, Fraction(8, 5)), (lopsided_pair, 1)])
def test_counterexamples_by_hand(pair, truth):
    joint = pair()
    assert en.expect(joint, lambda y: y[0] * y[1]) == 0
    assert all(en.expect(joint, lambda y, i=i: y[i]) == 0 for i in (0, 1))
    assert relu_pair(joint) == truth


def test_the_lemma_predicts_something_else():
    stated = claim("vev.lemma4.2").law("stated")
    for proof in claim("vev.lemma4.2").proofs:
        if proof.law == "stated" and "pair" in proof.name and "symmetric" not in proof.name:
            assert proof.check(stated).agrees is False


def test_fourth_moment_of_a_gaussian_through_a_relu():
    values = {"slope": 0, "variance": 1, "kurtosis": 3}
    law = claim("vev.lemma4.1").laws[0]
    names = [p.name for p in law.parameters]
    chosen = {n: next(v for k, v in values.items() if k in n) for n in names}
    assert law(**chosen) == Fraction(3, 2)
