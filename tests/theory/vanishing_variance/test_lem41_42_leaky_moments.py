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


def test_the_lemma_is_true_of_even_quadrants_and_at_slope_minus_one():
    lemma = claim("vev.lemma4.2")
    at = {"slope": 0, "variance": 2, "covariance": 1, "odd_x": 0, "odd_y": 0, "odd_xy": 0}
    assert lemma.admits(at) == "needed"
    assert lemma.exact(**at) == lemma.exact("any pair", **at) == Fraction(5, 4)
    aligned = {**at, "odd_xy": 1}
    assert lemma.admits(aligned) == "stated"
    assert lemma.exact("any pair", **aligned) == Fraction(3, 2)
    assert lemma.admits({**aligned, "slope": -1}) == "needed"
