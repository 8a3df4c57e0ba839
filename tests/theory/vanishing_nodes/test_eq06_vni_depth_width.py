import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_nodes.eq06_vni_depth_width import (
    SPARSE,
    annealed,
    first_order_margin,
    second_order,
    stated_law,
)
from theory.vanishing_nodes.first_order import HAAR, IID, growth
from theory.vanishing_nodes.rec_finite_width import annealed as any_widths


def test_stated_law_by_hand_and_past_one():
    assert stated_law(37, 23, 1, 1, -1) == sp.Rational(24, 37)
    assert stated_law(20, 20, 1, 1, -1) > 1 >= annealed(20, 20, 1, 1, -1)


def test_exact_law_at_known_points():
    half = sp.Rational(1, 2)
    assert round(float(annealed(37, 23, 1, 1, -1)), 5) == 0.66017
    assert round(float(annealed(37, 23, half, half, -1)), 5) == 0.92413
    assert round(float(annealed(12, 6, half, half, 0)), 5) == 0.50658
    assert annealed(12, 6, 1, 1, 0) == sp.Rational(1, 12)  # orthogonal and linear: untouched


def test_exact_law_is_that_of_equal_widths():
    half = sp.Rational(1, 2)
    assert annealed(9, 4, half, half, -1) == any_widths((9,) * 5, 0)


def test_error_is_of_second_order():
    def gap(n):
        return annealed(n, 3, 1, 1, -1) - stated_law(n, 3, 1, 1, -1)

    assert abs(float(gap(10**6) * 10**12) - 6) < 1e-3  # L q (L q - 3 q + 4)/2 = 3 * 4/2


def test_second_order_for_weights_that_are_not_gaussian():
    # one layer from C = I: a' = (N-1) N + g, b' = (N-1) N^2 + g, g = N^2 + (kurtosis - 1) N
    n, kurtosis = sp.Symbol("n", positive=True), sp.Rational(9, 5)
    g = n**2 + (kurtosis - 1) * n
    ratio = ((n - 1) * n + g) / ((n - 1) * n**2 + g)
    assert sp.limit(n**2 * (ratio - 2 / n), n, sp.oo) == second_order(1, 1, IID, kurtosis)


def test_margins_are_the_second_order_and_never_more_than_at_the_edge():
    inside = first_order_margin(40, 2, 2, HAAR, "haar")
    assert inside.standard == inside.quick == pytest.approx(3 / 40**2 / (3 / 40) + 0.015)
    assert first_order_margin(32, 20, 1, IID, "gaussian").standard == pytest.approx(0.04)


def test_formula_is_what_is_evaluated():
    law = claim("vn.eq6").law("stated")
    at = {"N": 10, "L": 2, "mu_1": sp.Rational(1, 2), "mu_2": sp.Rational(1, 2), "s_1": 0}
    shown = law.rhs.subs({s: at[s.name] for s in law.rhs.free_symbols})
    assert shown == stated_law(10, 2, at["mu_1"], at["mu_2"], 0) == sp.Rational(3, 10)


def test_assumption_looks_at_growth():
    point = {"width": 40, "depth": 2, "mu_1": 1, "mu_2": 1, "s_1": -1}
    assert growth(point) == sp.Rational(1, 20)
    assert claim("vn.eq6").admits(point) == "needed"
    assert claim("vn.eq6").admits({**point, "depth": 3}) == "stated"
    assert claim("vn.eq6").admits({**point, "activation": "tanh"}) == "stated"


@pytest.mark.parametrize("law", ["stated", "exact"])
def test_moments_that_no_slope_has_are_refused(law):
    with pytest.raises(ClaimError, match="mu_2 >= mu_1"):
        claim("vn.eq6").evaluate(law, width=10, depth=300, mu_1=1, mu_2=0.1, s_1=0)
    least = claim("vn.eq6").evaluate(law, width=10, depth=300, mu_1=0.5, mu_2=0.25, s_1=0)
    assert least == pytest.approx(0.1)


def test_deep_below_the_width_is_not_enough():
    # N = 50 L, one active unit in a hundred
    assert stated_law(1000, 20, SPARSE, SPARSE, IID) == sp.Rational(2001, 1000)
