"""Hypothesis strategies made from what the claims say about their arguments.

>>> from hypothesis import given
>>> from theory import claim
>>> from verify import strategies
>>> @given(strategies.points(claim("vev.prop4.3")))
... def test_kurtosis_is_positive(point):
...     assert claim("vev.prop4.3").evaluate(**point) > 0

Nothing else in the package imports this module: only tests need hypothesis.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import sympy as sp
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.display import plain_member
from theory.schema import Choice, Claim, Domain, Integers, Law, Reals

REACH = 100  # unbounded reals are drawn between -REACH and REACH
TRIES = 20
NO_NUMBERS: tuple[object, ...] = (
    None, True, False, math.nan, math.inf, -math.inf, np.float64("nan"), 1j, "3", b"3", (), [], {},
    sp.nan, sp.zoo, sp.oo, sp.I, sp.Symbol("x"), np.array([1.0, 2.0]), np.bool_(True), object,
)  # fmt: skip
"""Values that no integer or real argument may take."""


class Outside(NamedTuple):
    """Arguments of which exactly one, `broken`, is outside its domain or missing."""

    arguments: dict[str, Any]
    broken: str


def domain(d: Domain) -> SearchStrategy[Any]:
    """Members of a domain: numbers of several types, exact ones included.

    Integers stop at the domain's `draw_to`, unbounded reals at 100, sequences at their `draw_to`.
    """
    if isinstance(d, Choice):
        return st.sampled_from(d.options)
    if isinstance(d, Integers):
        high = max(d.low + d.step - 1, d.draw_to)
        high = high if d.high is None else min(d.high, high)
        return st.integers(-(-d.low // d.step), high // d.step).map(lambda k: k * d.step)
    if isinstance(d, Reals):
        return _reals(d)
    return st.lists(domain(d.each), min_size=d.min_size, max_size=max(d.min_size, d.draw_to)).map(
        tuple
    )


def _reals(d: Reals) -> SearchStrategy[Any]:
    low = d.low if math.isfinite(d.low) else min(-REACH, d.high - REACH)
    high = d.high if math.isfinite(d.high) else max(REACH, low + REACH)
    ends = (Fraction(end).limit_denominator(32) for end in (low, high))
    exact = st.fractions(*ends, max_denominator=32).filter(d.contains)
    floats = st.floats(
        low, high, exclude_min=d.open_low, exclude_max=d.open_high, allow_subnormal=False
    ).filter(d.contains)
    whole = st.integers(math.ceil(low), math.floor(high)).filter(d.contains)
    return st.one_of(
        *([whole] if any(map(d.contains, range(math.ceil(low), math.floor(high) + 1))) else []),
        exact,
        floats,
    )


def arguments(law: Law) -> SearchStrategy[dict[str, Any]]:
    """Arguments of a law, each in its domain; assumptions are not looked at."""
    return st.fixed_dictionaries({p.name: domain(p.domain) for p in law.parameters})


@st.composite
def points(draw: DrawFn, claim: Claim, law: str | None = None) -> dict[str, Any]:
    """Arguments of a law (the first if None) that satisfy every assumption of the claim.

    Drawn from the domains; where an assumption is hard to meet by chance, the arguments of the
    claim's own checks are drawn instead.
    """
    chosen = claim.law(law) if law else claim.laws[0]
    for _ in range(TRIES):
        found = draw(arguments(chosen))
        if satisfies(claim, found):
            return found
    known = [dict(p.at) for p in claim.probes if chosen.name in p.laws and satisfies(claim, p.at)]
    return draw(st.sampled_from(known)) if known else reject()


def satisfies(claim: Claim, point: Mapping[str, Any]) -> bool:
    """Whether all needed assumptions hold at a point."""
    return claim.admits(point) == "needed"


@st.composite
def impossible(draw: DrawFn, claim: Claim, law: str | None = None) -> dict[str, Any]:
    """Arguments of a law, each in its domain, that together break a stated assumption.

    Such as moments that no input has. Rejected where none is found by chance.
    """
    chosen = claim.law(law) if law else claim.laws[0]
    for _ in range(TRIES):
        found = draw(arguments(chosen))
        if claim.admits(found) == "outside":
            return found
    return reject()


@st.composite
def outside(draw: DrawFn, claim: Claim, law: str | None = None) -> Outside:
    """Arguments that break one rule: a value outside its domain, one missing, or one unknown."""
    chosen = claim.law(law) if law else claim.laws[0]
    found = draw(arguments(chosen))
    names = list(found)
    how = draw(st.sampled_from(("value", "missing", "unknown") if names else ("unknown",)))
    if how == "unknown":
        name = draw(st.sampled_from(("no_such_argument", "self", "digit", "Widths")))
        return Outside({**found, name: 1}, name)
    name = draw(st.sampled_from(names))
    if how == "missing":
        return Outside({k: v for k, v in found.items() if k != name}, name)
    parameter = next(p for p in chosen.parameters if p.name == name)
    return Outside({**found, name: draw(non_members(parameter.domain))}, name)


def non_members(d: Domain) -> SearchStrategy[Any]:
    """Values outside a domain: of the wrong type, not finite, or just beyond an end."""
    return st.sampled_from([value for value in _candidates(d) if not d.contains(value)])


def _candidates(d: Domain) -> list[object]:
    """Values worth trying; some are members."""
    found = list(NO_NUMBERS)
    if isinstance(d, Choice):
        return [*found, *(f"{option}?" for option in d.options), 10**9]
    if isinstance(d, Integers):
        beyond = [] if d.high is None else [d.high + 1]
        between = [d.low, d.low + 1]  # of which one is odd
        return [*found, d.low - 1, d.low + 0.5, -(10**30), *between, *beyond]
    if isinstance(d, Reals):
        ends = [end for end in (d.low, d.high) if math.isfinite(end)]
        return [*found, *ends, *(e - 1e-9 for e in ends), *(e + 1e-9 for e in ends)]
    good = plain_member(d)
    short = good[: d.min_size - 1] if d.min_size else "12"
    return [*found, short, "12", {1: 2}, *((*good, bad) for bad in _candidates(d.each))]
