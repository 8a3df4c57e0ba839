from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.sec5_variance_of_s2 import (
    SHARED,
    sample_variance,
    shared_weights,
    variance_of_s2,
)


def test_gaussian_samples_have_a_chi_square():
    """(n-1) S^2 ~ chi^2_{n-1}: variance 2/(n-1)."""
    assert all(variance_of_s2(n, 3, 1) == sp.Rational(2, n - 1) for n in (2, 3, 10))


def test_two_signs_by_hand():
    """S_2^2 is 0 or 2."""
    assert variance_of_s2(2, 1, 1) == 1
    assert sample_variance((Fraction(1), Fraction(-1))) == 2


def test_it_falls_like_one_over_n_and_a_network_does_not():
    assert (
        sp.limit(sp.Symbol("n") * variance_of_s2(sp.Symbol("n"), 5, 1), sp.Symbol("n"), sp.oo) == 4
    )
    at, found = shared_weights()
    assert prove_larger(at, found)
    assert claim("vev.sec5.var_s2").admits({"sampled_over": SHARED}) == "stated"


def prove_larger(at, found):
    return found > variance_of_s2(**at)


def test_one_sample_has_no_variance():
    with pytest.raises(ClaimError, match="samples"):
        claim("vev.sec5.var_s2").evaluate(samples=1, kurtosis=3, variance=1)
