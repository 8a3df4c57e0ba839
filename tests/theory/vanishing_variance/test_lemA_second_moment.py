"""Second moment of the leaky ReLU by hand."""

from fractions import Fraction

import pytest

from theory import ClaimError, claim
from theory.vanishing_variance.lemA_second_moment import (
    LOPSIDED,
    second_moment,
    second_moment_of_any,
    summed,
)


def test_relu_halves_and_modulus_keeps():
    assert second_moment(0, 2) == 1
    assert second_moment(-1, 2) == second_moment(1, 2) == 2


def test_a_centred_lopsided_variable():
    # -1 with 2/3, 2 with 1/3: variance 2, E relu^2 = 4/3 where the lemma would say 1
    assert summed(LOPSIDED[0], Fraction(0)) == Fraction(4, 3)
    assert second_moment_of_any(0, 2, Fraction(4, 3) - Fraction(2, 3)) == Fraction(4, 3)


def test_the_odd_part_is_no_larger_than_the_moment():
    with pytest.raises(ClaimError, match="some x has these moments"):
        claim("vev.lemmaA").evaluate("any x", slope=0, second=1, odd=2)
