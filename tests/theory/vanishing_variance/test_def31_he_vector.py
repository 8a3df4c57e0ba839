"""Vectors that satisfy Definition 3.1, and what a ReLU leaves of them."""

from fractions import Fraction

import pytest

from theory import claim
from theory.vanishing_variance.def31_he_vector import (
    HE_ONLY,
    after_unequal_entries,
    he_facts,
    left_over,
    product_of_signs,
    something_left_given,
    with_sign_product,
)
from theory.vanishing_variance.recursion import trajectory


@pytest.mark.parametrize(("name", "x"), HE_ONLY, ids=[name for name, _ in HE_ONLY])
def test_the_counterexamples_are_he_vectors(name, x):
    assert sum(x.values()) == 1
    assert all(found for _, found in he_facts(x))
    assert product_of_signs(x) != 0


def test_a_correlated_vector_is_none():
    facts = dict(he_facts(with_sign_product(2, Fraction(1, 2))))
    assert not facts["uncorrelated"]


def test_by_hand():
    # s1 s2 s3 = 1: (+,+,+), (+,-,-), (-,+,-), (-,-,+): one plus at least
    assert left_over(with_sign_product(3, Fraction(1))) == 1 == something_left_given(3, 1)
    # s1 s2 s3 = -1: one of the four has no plus
    assert left_over(with_sign_product(3, Fraction(-1))) == Fraction(3, 4)
    assert something_left_given(3, -1) == Fraction(3, 4)


def test_equal_kurtoses_give_the_recursion():
    at = {"slope": Fraction(1, 3), "weight_kurtosis": Fraction(9, 5)}
    one = trajectory((4,), input_kurtosis=2, input_pair=1, **at)[-1][0]
    assert after_unequal_entries((2,) * 4, **at) == one
    assert after_unequal_entries((1, 3, 2, 2), **at) == one


def test_an_asymmetric_entry_is_no_he_vector():
    with pytest.raises(ValueError, match="symmetric"):
        claim("vev.def3.1").evaluate(width=1, sign_product=1)
