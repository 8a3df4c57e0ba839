"""Inverse moments by hand, and the moment that the rule for direct averages uses."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from theory.symbols import w
from theory.vanishing_variance.saturation import chain, two_terms
from theory.vanishing_variance.saturation_proofs import (
    SATURATING,
    drawn_scale_moment,
    inverse_step,
    phi,
)


def test_phi() -> None:
    assert phi("sigmoid", 0) == 0.5
    assert phi("tanh", mpmath.mpf(1)) == pytest.approx(0.761594155955765)


def test_inverse_moments_of_three_units() -> None:
    """w = 3: E 1/chi^2_3 = 1, so E 1/t = 3; E k/t^2 = 9/5."""
    assert [sp.simplify(x.subs(w, 3)) for x in inverse_step(w)] == [3, sp.Rational(9, 5)]


def test_the_rule_is_above_the_chain() -> None:
    activation, gain = SATURATING[0]
    first, second = chain(activation, 16, gain).at(3)
    above = drawn_scale_moment(16, gain, 3)
    assert float(second / first**2) < above
    _, r1, _ = two_terms(activation, gain, 3)
    assert above == pytest.approx(float(1 + r1 / 16), rel=5e-3)
