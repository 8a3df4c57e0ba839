"""W x for an input that has none of the properties of a He vector."""

from fractions import Fraction

import pytest

from theory import ClaimError, claim
from theory.maths import enumeration as en
from theory.vanishing_variance.probes import UNCENTRED_PAIR
from theory.vanishing_variance.prop33_he_vector import (
    LINEAR,
    entry_kurtosis,
    entry_variance,
    moments_of,
    norms_of,
    pair_moment,
)


def test_the_uncentred_pair_by_hand():
    assert moments_of(UNCENTRED_PAIR) == {
        "means": (2, Fraction(1, 2)),
        "variances": (1, Fraction(9, 4)),
    }
    # norms 5 and 10; fourth powers 1 + 16 and 81 + 1
    assert norms_of(UNCENTRED_PAIR) == {
        "norm_fourth": Fraction(125, 2),
        "fourth_sum": Fraction(99, 2),
        "norm_sq": Fraction(15, 2),
    }


def test_three_point_weights():
    half = en.moment(en.THREE_POINT, 2)
    assert entry_variance(half, **moments_of(UNCENTRED_PAIR)) == Fraction(15, 4)
    assert entry_kurtosis(2, **norms_of(UNCENTRED_PAIR)) == Fraction(184, 75)
    z = en.network(UNCENTRED_PAIR, (2,), en.THREE_POINT, LINEAR)
    assert en.pair_moment(z) == pair_moment(Fraction(125, 2), Fraction(15, 2)) == Fraction(10, 9)


def test_a_fixed_norm_leaves_gaussian_entries_independent():
    assert pair_moment(49, 7) == 1
    assert entry_kurtosis(3, 49, 20, 7) == 3


def test_sums_that_no_vector_has_are_refused():
    with pytest.raises(ClaimError, match="some x has these sums"):
        claim("vev.prop3.3").evaluate("pairs", norm_fourth=1, norm_sq=2)
    with pytest.raises(ClaimError, match="as many means"):
        claim("vev.prop3.3").evaluate("variance", weight_variance=1, means=(0,), variances=(1, 1))
