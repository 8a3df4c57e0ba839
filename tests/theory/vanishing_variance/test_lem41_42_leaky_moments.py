from fractions import Fraction

from theory import claim


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
