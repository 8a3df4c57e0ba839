import time
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

from theory import ClaimError, claim
from theory.maths import enumeration as en
from theory.vanishing_variance.recursion import (
    first_step,
    input_exists,
    last_state,
    power_sums,
    power_sums_exist,
    step,
    trajectory,
)

LAWS = ("vev.prop4.3", "vev.ratio_map", "vev.thm4.7.sharp")
AT = {"widths": (4, 3), "slope": 0, "weight_kurtosis": 3}


def test_one_step_by_hand():
    assert step((3, 1), sp.Integer(2), 2, 1) == (sp.Rational(9, 2), sp.Rational(7, 2))
    assert trajectory((2,), 0, 1, 3, 1)[-1] == (sp.Rational(9, 2), sp.Rational(7, 2))


def test_first_step_is_the_recursion_for_a_symmetric_input():
    sums = power_sums(en.iid(en.SIGN, 3), Fraction(1, 2))
    assert first_step(2, **sums) == trajectory((3,), sp.Rational(1, 2), 2, 1, 1)[-1][0]
    assert power_sums_exist(**sums)


@given(
    st.integers(2, 5),
    st.fractions(1, 9, max_denominator=6),
    st.fractions(0, 4, max_denominator=6),
)
def test_inputs_said_to_exist_are_built(width, kurtosis, pair):
    """Mixture of "all squares equal t" and "one square alone is s": squares with these moments."""
    assume(input_exists(width, kurtosis, pair))
    share = max(Fraction(0), 1 - (kurtosis - pair) / width)  # the least weight of the first law
    share = max(share, min(Fraction(1), pair) / 2) if kurtosis > pair else Fraction(1)
    squares = {}

    def add(vector, p):
        squares[vector] = squares.get(vector, Fraction(0)) + p

    def two_point(mean_sq):  # a law on {0, mean_sq} of mean 1: its second moment is mean_sq
        return ((mean_sq, 1 / mean_sq), (Fraction(0), 1 - 1 / mean_sq))

    if share:
        for value, p in two_point(pair / share):
            add((value,) * width, share * p)
    if share < 1:
        size = (kurtosis - pair) / (1 - share)  # E u_i^2 of the second law, at least w
        for i in range(width):
            for value, p in ((size, 1 / size), (Fraction(0), Fraction(1, width) - 1 / size)):
                add(tuple(value if j == i else Fraction(0) for j in range(width)), (1 - share) * p)
    assert sum(squares.values()) == 1
    assert min(squares.values()) >= 0
    assert en.expect(squares, lambda u: u[0]) == 1
    assert en.expect(squares, lambda u: u[0] ** 2) == kurtosis
    assert en.expect(squares, lambda u: u[0] * u[1]) == pair


@given(st.lists(st.tuples(*[st.fractions(0, 3, max_denominator=4)] * 3), min_size=1, max_size=4))
def test_moments_of_any_law_are_said_to_exist(squares):
    """Exchangeable squares from any vectors, each in all orders, scaled to mean 1."""
    mean = sum(map(sum, squares)) / (3 * len(squares))
    assume(mean > 0)
    kurtosis = sum(v * v for u in squares for v in u) / (3 * len(squares)) / mean**2
    pair = sum(u[i] * u[j] for u in squares for i in range(3) for j in range(3) if i != j)
    assert input_exists(3, kurtosis, pair / (6 * len(squares)) / mean**2)


@pytest.mark.parametrize("claim_id", LAWS)
@pytest.mark.parametrize(("kurtosis", "pair"), [(2, sp.Rational(1, 2)), (1, 2), (1.5, 1.6)])
def test_impossible_inputs_are_refused_with_the_reason(claim_id, kurtosis, pair):
    with pytest.raises(ClaimError, match="some input has these moments"):
        claim(claim_id).evaluate(**AT, input_kurtosis=kurtosis, input_pair=pair)


def test_impossible_inputs_of_other_laws():
    at = {"widths": (4, 3), "slope": 0, "input_kurtosis": 1, "input_pair": 2}
    with pytest.raises(ClaimError, match="some input has these moments"):
        claim("vev.closed_gauss").evaluate(**at)
    with pytest.raises(ClaimError, match="some input has these sums"):
        claim("vev.prop4.3").evaluate(
            "first step", weight_kurtosis=3, square_sum_sq=1, fourth_sum=2, square_sum=1
        )
    with pytest.raises(ClaimError, match="quadrant"):
        claim("vev.lemma4.2").evaluate(
            slope=0, variance=1, covariance=0, odd_x=2, odd_y=0, odd_xy=0
        )
    with pytest.raises(ClaimError, match="three for"):
        claim("vev.propB.2").evaluate(widths=(5, 2), inputs="sign_product", weights="gaussian")


def test_a_single_entry_has_no_pair():
    assert input_exists(1, 1, 9)
    assert claim("vev.prop4.3").evaluate(
        widths=(1,), slope=0, weight_kurtosis=1, input_kurtosis=1, input_pair=5
    ) == 2  # fmt: skip


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=6),
    *(st.fractions(low, 5, max_denominator=7) for low in (-2, 1, 1, 0)),
)
def test_the_last_state_is_the_end_of_the_trajectory(widths, slope, kw, kurtosis, pair):
    assert (
        last_state(widths, slope, kw, kurtosis, pair)
        == trajectory(widths, slope, kw, kurtosis, pair)[-1]
    )


def test_the_last_state_takes_symbols():
    a = sp.Symbol("a", real=True)
    assert last_state((2, 3), a, 3, 3, 1) == trajectory((2, 3), a, 3, 3, 1)[-1]


def test_a_float_slope_is_the_fraction_it_is_and_deep_networks_are_quick():
    """Reducing every layer's fraction took seconds at 300 layers."""
    at = {"widths": (10,) * 300, "weight_kurtosis": 3, "input_kurtosis": 3, "input_pair": 1}
    start = time.process_time()
    value = claim("vev.prop4.3").exact(slope=0.1, **at)
    assert time.process_time() - start < 1
    assert value == claim("vev.closed_gauss").exact(
        slope=Fraction(0.1), **{k: v for k, v in at.items() if k != "weight_kurtosis"}
    )
    assert value != claim("vev.prop4.3").exact(slope=Fraction(1, 10), **at)
