"""Layers of width 1 in the kurtosis recursion."""

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.recursion import trajectory
from theory.vanishing_variance.thm47_width_one import growth, limit

SIGNS = {"slope": 1, "weight_kurtosis": 1, "input_kurtosis": 3, "input_pair": 1}


def test_by_hand():
    # linear, +-1 weights: (kappa, m) -> (kappa, kappa) at width 1, then (2 kappa, kappa) at width 2
    assert trajectory((1, 2), **SIGNS) == [(3, 1), (3, 3), (6, 3)]
    assert limit((1,), (1,), **SIGNS) == 3
    assert limit((1, 2), (1,), **SIGNS) == 6


def test_growth_is_that_of_the_recursion():
    states = trajectory((1, 2) * 20, **SIGNS)
    assert states[40][0] / states[38][0] == growth((1, 2), 1, 1) == 2


def test_any_other_law_diverges():
    for slope, kw in ((0, 1), (1, 3), (sp.Rational(1, 2), 1)):
        at = {"slope": slope, "weight_kurtosis": kw, "input_kurtosis": 3, "input_pair": 1}
        assert limit((), (1,), **at) == sp.oo
        assert trajectory((1,) * 40, **at)[-1][0] > 1000


def test_the_remark_is_asked_within_its_assumption_only():
    with pytest.raises(ClaimError, match="no width is 1"):
        claim("vev.thm4.7.w1").evaluate(first=(), pattern=(1,), **SIGNS)
    assert claim("vev.thm4.7.w1").evaluate("limit", first=(4,), repeated=(1,), **SIGNS) == 3.0
