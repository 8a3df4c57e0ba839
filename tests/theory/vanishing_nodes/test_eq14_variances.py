from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_nodes.eq14_variances import (
    backward,
    forward,
    one_layer,
    rectangular,
    rectified_normal,
)
from theory.vanishing_nodes.scales import log_variance


def test_no_layer_changes_nothing():
    assert forward(2, 3, 0.5, 0, 7) == 2 == backward(2, 3, 0.5, 0)


def test_one_rectified_layer():
    assert one_layer(1, 2, 0) == 1 - 1 / sp.pi
    assert one_layer(1, 1, 1) == 1  # linear
    assert one_layer(1, 1, -1) == 1 - 2 / sp.pi  # |h|


def test_moments_of_a_rectified_normal():
    first, second = rectified_normal()
    a = sp.Symbol("a", real=True)
    assert sp.simplify(first.subs(a, 0) - 1 / sp.sqrt(2 * sp.pi)) == 0
    assert second.subs(a, 0) == sp.Rational(1, 2)


def test_a_wide_output_feeds_more_gradient_back():
    # one linear layer 1 -> 3: three weights of variance 1 send their gradients to one input
    assert rectangular(1, 1, 1, 1, 1, 3) == 3


@pytest.mark.parametrize("claim_id", ["vn.eq14", "vn.eq15"])
def test_probes_keep_the_size_rule(claim_id):
    assert all(log_variance(p.setup) <= 1 for p in claim(claim_id).probes)


def test_digits_of_a_deep_network():
    value = claim("vn.eq14").evaluate(
        input_variance=0.1, gain=1.1, mu_1=Fraction(1, 2), depth=1000, width=9, digits=20
    )
    assert float(value) == pytest.approx(0.1 * 0.55**1000, rel=1e-9)
