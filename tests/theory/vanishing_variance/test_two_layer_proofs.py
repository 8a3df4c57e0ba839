"""Literal layers by hand, and what the proofs must tell apart."""

from fractions import Fraction

import mpmath
import pytest

from theory.maths import enumeration as en
from theory.vanishing_variance.two_layer_proofs import above, literal_root, share_of, spreads
from theory.vanishing_variance.two_layers import two_sign_layers


def test_one_literal_layer():
    """+-1 weights on (1, 2): 3 or 1 in size."""
    law = above(en.SIGN, (1, 2), 1)
    assert {abs(y[0]) for y in law} == {1, 3}
    assert sum(law.values()) == 1
    assert share_of((1, 2)) == Fraction(17, 25)


def test_two_literal_layers_are_the_sum_of_roots():
    with mpmath.workdps(25):
        assert float(literal_root(en.SIGN, (1, 0), (2, 2))) == pytest.approx(
            float(two_sign_layers(0))
        )
        assert literal_root(en.SIGN, (1,), (1, 1, 1)) == 1


def test_the_absolute_value_has_the_law_of_the_linear_network():
    with mpmath.workdps(20):
        for weights in (en.SIGN, en.THREE_POINT):
            linear, absolute = (literal_root(weights, (1, 2), (2, 2), s) for s in (1, -1))
            assert mpmath.almosteq(linear, absolute)


def test_a_layer_is_constant_in_two_ways_only():
    constant = [at for _, at, _, one_value in spreads() if one_value]
    assert constant
    assert all(at["weight_kurtosis"] == 1 and at["share"] == 1 for at in constant)
