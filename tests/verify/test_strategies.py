"""Strategies stay inside the domains, satisfy the assumptions, and break exactly one rule."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from theory import ClaimError, claim
from theory.schema import Choice, Claim, Domain, Integers, Law, Parameter, Reals, Tuples, stated
from verify import strategies

DOMAINS: tuple[Domain, ...] = (
    Integers(0),
    Integers(5, 7),
    Integers(60),
    Integers(-3, 3, draw_to=2),
    Integers(2, step=2),
    Integers(59, step=2),
    Integers(-3, 4, step=3),
    Reals(),
    Reals(0, 1),
    Reals(0, 1, open_low=True, open_high=True),
    Reals(0.1, 0.30001),
    Reals(1),
    Reals(high=-200),
    Reals(2, 2),
    Reals(1e6, open_low=True),
    Choice(("relu", 1)),
    Tuples(Integers(1)),
    Tuples(Reals(0), min_size=3, draw_to=2),
)
KURTOSIS = claim("vev.prop4.3")


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
@given(data=st.data())
def test_members_are_members(domain: Domain, data: st.DataObject) -> None:
    assert domain.contains(data.draw(strategies.domain(domain)))


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
@given(data=st.data())
def test_non_members_are_not(domain: Domain, data: st.DataObject) -> None:
    assert not domain.contains(data.draw(strategies.non_members(domain)))


@pytest.mark.parametrize("kind", [int, float, Fraction])
def test_reals_come_in_several_types(kind: type) -> None:
    assert isinstance(find(strategies.domain(Reals(0, 9)), lambda x: type(x) is kind), kind)


def test_integers_stop_where_the_domain_says() -> None:
    with pytest.raises(NoSuchExample):
        find(strategies.domain(Integers(0, draw_to=8)), lambda n: n > 8)


def test_odd_numbers_are_among_the_wrong_ones_where_even_is_asked() -> None:
    assert find(strategies.domain(Integers(2, step=2)), lambda n: n > 6) == 8
    wrong = strategies.non_members(Integers(2, step=2))
    assert find(wrong, lambda v: isinstance(v, int) and v > 2) == 3


@given(point=strategies.points(KURTOSIS))
def test_points_satisfy_the_assumptions(point: dict[str, object]) -> None:
    assert KURTOSIS.admits(point) == "needed"
    assert KURTOSIS.evaluate(**point) > 0


def hard(*, with_probe: bool) -> Claim:
    """A claim whose assumption chance does not meet: n = 12345 only."""
    law = Law(
        "stated", sp.Symbol("y"), (Parameter("n", Integers(1, 10**6), "n"),), "w", lambda n: n
    )
    probes = (replace(KURTOSIS.probes[0], at={"n": 12345}, laws=("stated",), curve="", x=None),)
    return replace(
        KURTOSIS, laws=(law,), proofs=(), curves=(), probes=probes if with_probe else (),
        assumptions=(stated("n = 12345", lambda p: p.get("n", 12345) == 12345),),
    )  # fmt: skip


@given(strategies.impossible(KURTOSIS))
def test_impossible_arguments_are_each_in_their_domain_and_refused(
    point: dict[str, object],
) -> None:
    assert all(p.domain.contains(point[p.name]) for p in KURTOSIS.parameters)
    with pytest.raises(ClaimError, match="the law assumes some input has these moments"):
        KURTOSIS.evaluate(**point)


def test_rare_points_are_taken_from_the_checks() -> None:
    assert find(strategies.points(hard(with_probe=True)), lambda p: True) == {"n": 12345}


def test_without_any_point_nothing_is_made_up() -> None:
    quiet = settings(max_examples=20, suppress_health_check=list(HealthCheck))
    with pytest.raises(Unsatisfiable):
        find(strategies.points(hard(with_probe=False)), lambda p: True, settings=quiet)


@given(wrong=strategies.outside(KURTOSIS))
def test_outside_breaks_one_rule_and_the_error_names_it(wrong: strategies.Outside) -> None:
    names = {p.name for p in KURTOSIS.parameters}
    bad = {
        p.name
        for p in KURTOSIS.parameters
        if p.name not in wrong.arguments or not p.domain.contains(wrong.arguments[p.name])
    }
    assert bad | (set(wrong.arguments) - names) == {wrong.broken}
    with pytest.raises(ClaimError, match=wrong.broken):
        KURTOSIS.exact(**wrong.arguments)


def test_outside_breaks_rules_of_every_kind() -> None:
    seen = set()

    @given(wrong=strategies.outside(KURTOSIS))
    def look(wrong: strategies.Outside) -> None:
        known = wrong.broken in {p.name for p in KURTOSIS.parameters}
        value = "value" if wrong.broken in wrong.arguments else "missing"
        seen.add(value if known else "unknown")

    look()
    assert seen == {"value", "missing", "unknown"}


def test_a_nan_is_among_the_wrong_numbers() -> None:
    wrong = strategies.non_members(Reals())
    assert math.isnan(find(wrong, lambda v: isinstance(v, float) and math.isnan(v)))
