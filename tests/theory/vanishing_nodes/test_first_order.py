"""The domain of eq. (6): its error term from three expansions, one predicate for three claims."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_nodes import eq06_vni_depth_width as eq06
from theory.vanishing_nodes.first_order import (
    ANNEALED_LIMIT,
    EDGE,
    HAAR,
    IID,
    LEVEL,
    expansions,
    growth,
    is_shallow,
    t,
)


def test_three_averages_have_the_same_first_error_term():
    assert {tuple(c[:3]) for c in expansions().values()} == {(0, 1, sp.Rational(1, 2))}
    assert EDGE / 2 == LEVEL


@pytest.mark.parametrize(("q", "s"), [(1, IID), (2, IID), (2, HAAR), (5, HAAR)])
def test_the_limit_is_that_of_the_exact_law(q, s):
    n = 4000
    layers = round(0.3 * n / (q - 1 - s))
    exact = eq06.annealed(n, layers, 1, q, s)
    assert float(exact) == pytest.approx(float(ANNEALED_LIMIT.subs(t, 0.3)), rel=2e-3)


def test_at_the_edge_the_exact_law_is_off_by_the_level():
    # linear, N = 20 L: t = 1/20 and eq. (6) is low by LEVEL, up to the next order
    n = 20_000
    off = 1 - eq06.stated_law(n, n // 20, 1, 1, IID) / eq06.annealed(n, n // 20, 1, 1, IID)
    assert float(off) == pytest.approx(float(LEVEL), rel=0.1)


def test_growth_by_hand():
    at = {"width": 40, "depth": 2, "mu_1": 1, "mu_2": 2}
    assert growth({**at, "s_1": IID}) == sp.Rational(1, 10)
    assert growth({**at, "s_1": HAAR}) == EDGE
    assert growth({"widths": (5, 20, 10), "slope": 1}) == sp.Rational(3, 20)
    assert growth({"width": 7, "depth": 3, "spread": Fraction(3, 2)}) == sp.Rational(9, 14)
    assert growth({"depth": 3}) == growth({}) == 0


def test_three_claims_ask_the_same():
    for layers in (2, 3):
        moments = {"width": 40, "depth": layers, "mu_1": 1, "mu_2": 1, "s_1": IID}
        found = {
            claim("vn.eq6").admits(moments),
            claim("vn.m1m2").admits(moments),
            claim("vn.eq5").admits({"widths": (40,) * (layers + 1), "slope": 1}),
        }
        assert found == {"needed" if is_shallow(moments) else "stated"}
