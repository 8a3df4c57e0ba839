"""Every value is in a domain or out of it; what is out fails with one clear error."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.schema import (
    Bounds,
    Choice,
    ClaimError,
    Domain,
    Integers,
    Parameter,
    Reals,
    Tuples,
)

DOMAINS: tuple[Domain, ...] = (
    Integers(0),
    Integers(-3, 3),
    Integers(2, step=2),
    Reals(),
    Reals(0, 1, open_low=True, open_high=True),
    Choice(("relu", "tanh", 1)),
    Tuples(Integers(1)),
    Tuples(Reals(0), min_size=2),
)
ODDITIES: tuple[object, ...] = (
    sp.oo, sp.zoo, sp.nan, sp.I, sp.Symbol("x"), sp.pi, sp.Rational(1, 3), sp.true,
    mpmath.mpf("0.5"), mpmath.inf, mpmath.mpc(1, 1),
    np.float64("nan"), np.int64(3), np.bool_(True), np.array([1.0]), np.array([1.0, 2.0]),
    "relu", object(), int, Bounds(0, 1), range(3), {1}, Decimal("sNaN"),
)  # fmt: skip
SHORT = {"max_size": 3}
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.fractions(), st.decimals(),
    st.complex_numbers(), st.text(**SHORT), st.binary(**SHORT), st.lists(st.integers(), **SHORT),
    st.tuples(st.floats(), st.floats()), st.dictionaries(st.text(), st.integers(), max_size=1),
    st.sampled_from(ODDITIES),
)  # fmt: skip
NO_NUMBERS = st.one_of(
    st.none(), st.booleans(), st.text(**SHORT), st.complex_numbers(), st.just(math.nan)
)


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
@given(value=ANYTHING)
def test_every_value_is_in_or_out(domain: Domain, value: object) -> None:
    """No domain raises, whatever it is asked; the error names argument, rule and value."""
    inside = domain.contains(value)
    assert inside in (True, False)
    parameter = Parameter("letter", domain, "a letter")
    if inside:
        parameter.check("toy.1", value)
        return
    with pytest.raises(ClaimError) as caught:
        parameter.check("toy.1", value)
    for part in ("toy.1", "'letter'", "a letter", str(domain), repr(value)):
        assert part in str(caught.value)


@given(NO_NUMBERS)
def test_no_number_is_in_no_numeric_domain(value: object) -> None:
    assert not any(d.contains(value) for d in DOMAINS if not isinstance(d, Choice))


@given(st.integers(-10, 10))
def test_integers_by_comparison(value: int) -> None:
    assert Integers(-3, 3).contains(value) == (-3 <= value <= 3)
    assert Integers(-3, 3).contains(sp.Integer(value)) == (-3 <= value <= 3)
    assert not Integers(-3, 3).contains(float(value))


@given(st.floats(-2, 2).filter(lambda x: x == 0 or abs(x) > 1e-12))
def test_reals_by_comparison(value: float) -> None:
    for exact in (value, Fraction(value), mpmath.mpf(value), sp.Rational(value), np.float64(value)):
        assert Reals(0, 1).contains(exact) == (0 <= value <= 1)
        assert Reals(0, 1, open_low=True, open_high=True).contains(exact) == (0 < value < 1)


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (Integers(0), "an integer >= 0"),
        (Integers(1, 4), "an integer >= 1 and <= 4"),
        (Integers(2, step=2), "an even integer >= 2"),
        (Integers(3, 9, step=3), "a multiple of 3 >= 3 and <= 9"),
        (Reals(), "a real number in (-inf, inf)"),
        (Reals(0, 1, open_high=True), "a real number in [0, 1)"),
        (Choice(("a", "b")), "one of 'a', 'b'"),
        (Tuples(Integers(1), min_size=2), "a sequence of at least 2, each an integer >= 1"),
    ],
)
def test_domains_in_words(domain: Domain, words: str) -> None:
    assert str(domain) == words


@given(st.integers(-20, 20))
def test_even_integers_by_halves(value: int) -> None:
    assert Integers(-6, 6, step=2).contains(value) == (value in {-6, -4, -2, 0, 2, 4, 6})
    assert Integers(-6, 6, step=2).contains(sp.Integer(value)) == (value in range(-6, 7, 2))
    assert not Integers(0, step=2).contains(float(value))


def test_limits_say_what_the_words_leave_out() -> None:
    assert Reals().limits == ", 0 or of magnitude 1e-25 to 1e+25"
    assert Reals(0, open_low=True).limits == ", of magnitude 1e-25 to 1e+25"
    assert Reals(1, 2).limits == ""
    assert Tuples(Integers(1, 9)).limits == "; at most 1000 of them"


def test_an_odd_number_is_refused_by_name() -> None:
    with pytest.raises(ClaimError, match=r"'n' \(units\) must be an even integer >= 2.*; got 7"):
        Parameter("n", Integers(2, step=2), "units").check("toy.1", 7)


def test_members_of_sequences() -> None:
    assert Tuples(Integers(1)).contains([1, 2])
    assert not Tuples(Integers(1)).contains([1, 0])
    assert not Tuples(Integers(1)).contains(())
    assert Choice(("relu", 1)).contains("relu")
    assert not Choice(("relu", 1)).contains(True)


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert Integers(1).contains(np.int64(3))
    assert not Integers(1).contains(np.int64(0))
    assert not Integers(2, step=2).contains(np.int8(3))
    assert not Integers(0).contains(np.bool_(True))
