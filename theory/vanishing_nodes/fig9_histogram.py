"""Fig. 9: the VNI of failed and successful runs, and a standard deviation that no data can have.

    vn.fig9   failed runs: R_sq in [0.9029, 1.0000], mean 0.9949, standard deviation 0.0481

For values in [m, M] with mean mu, E (M - x)(x - m) >= 0 gives Var x <= (M - mu)(mu - m) (Bhatia and
Davis, 2000), attained by values at the two ends only. Printed numbers are rounded: each stands for
an interval of half a unit of its last digit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import sympy as sp
from mpmath import iv

from theory.maths import enclosure, prove
from theory.schema import Bounds, Choice, Claim, Finding, Law, Mutant, Parameter, Proof
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.effective_nodes import as_sympy


class Summary(NamedTuple):
    """What sec. 6.1 prints about one group of runs, digit by digit."""

    low: str
    high: str
    mean: str
    deviation: str


GROUPS = {
    "failed": Summary("0.9029", "1.0000", "0.9949", "0.0481"),
    "successful": Summary("0.1224", "0.9865", "0.3207", "0.1690"),
}
ULP = Fraction(1, 10**4)
GROUP = Parameter("group", Choice(("failed", "successful")), "which runs of Fig. 9")
sd, mean, low, high = sp.symbols("sigma mu m M", positive=True)


def number(text: str) -> Fraction:
    """A printed decimal as a fraction."""
    return Fraction(Decimal(text))


def square_bound(group: str, slack: Fraction = ULP / 2) -> Fraction:
    """The largest variance that agrees with the printed range and mean, rounding allowed for.

    (M - mu)(mu - m) grows with M and falls with m; over the interval of mu it is largest at the
    middle of [m, M], or at the end next to it. No VNI exceeds 1.
    """
    s = GROUPS[group]
    m, top = number(s.low) - slack, min(Fraction(1), number(s.high) + slack)
    centre = number(s.mean)
    mu = min(max((m + top) / 2, centre - slack), centre + slack)
    return (top - mu) * (mu - m)


def possible(group: Any) -> Bounds:
    """0 <= standard deviation <= sqrt((M - mu)(mu - m)), with rounding.

    >>> round(float(possible("failed").high), 5), round(float(possible("successful").high), 4)
    (0.02177, 0.3634)
    """
    return Bounds(sp.Integer(0), sp.sqrt(as_sympy(square_bound(group))))


def _upwards(value: Any, digits: int) -> str:
    """A bound as a decimal, rounded up."""
    return f"{float(sp.ceiling(value * 10**digits)) / 10**digits:.{digits}f}"


MOST_OF_FAILED = _upwards(possible("failed").high, 4)


def _half_range(group: Any) -> Bounds:
    s = GROUPS[group]
    return Bounds(sp.Integer(0), as_sympy((number(s.high) - number(s.low)) / 2))


def feasible(law: Any) -> Finding:
    """The printed deviations, less half a unit of the last digit, against the bound."""

    def facts() -> Iterator[tuple[str, bool | None]]:
        for group in GROUPS:
            least = law(group=group) - ULP / 2
            with enclosure.precision(120):
                square = square_bound(group)
                most = iv.sqrt(iv.mpf(square.numerator) / square.denominator)
                claimed = iv.mpf(least.numerator) / least.denominator
                fits = claimed.b < most.a
                decided = fits or claimed.a > most.b
            yield (
                f"{group}: {float(least):.5f} <= {float(most.b):.5f}",
                (bool(fits) if decided else None),
            )

    return prove.truth(
        facts(),
        predicted=f"{GROUPS['failed'].deviation} for the failed runs",
        found=f"at most {MOST_OF_FAILED} with that mean",
    )


def box_values(group: str) -> dict[tuple[sp.Rational, ...], sp.Rational]:
    """(M - mu)(mu - m) at each (m, M, mu) where it can be largest over the rounding intervals.

    Linear in m and in M: the ends of their intervals. In mu a parabola, by its derivative: the ends
    and the vertex, where the interval holds it.
    """
    s, half = GROUPS[group], sp.Rational(1, 2 * 10**4)
    variance = (high - mean) * (mean - low)
    (vertex,) = sp.solve(sp.diff(variance, mean), mean)
    ends = {
        letter: [sp.Rational(text) + sign * half for sign in (-1, 1)]
        for letter, text in ((low, s.low), (high, s.high), (mean, s.mean))
    }
    values = {}
    for bottom, top in itertools.product(ends[low], ends[high]):
        sides = {low: bottom, high: min(top, sp.Integer(1))}
        at_vertex = vertex.subs(sides)
        inside = [at_vertex] if ends[mean][0] <= at_vertex <= ends[mean][1] else []
        for mu in (*ends[mean], *inside):
            values[sides[low], sides[high], mu] = variance.subs({**sides, mean: mu})
    return values


def two_values(bottom: sp.Rational, top: sp.Rational, mu: sp.Rational) -> sp.Rational:
    """Variance of a sample that takes two values and has mean mu."""
    share = (mu - bottom) / (top - bottom)
    return share * top**2 + (1 - share) * bottom**2 - mu**2


def attained(law: Any) -> Finding:
    """The inequality for every x in [m, M], and two values at the ends that reach it."""

    def facts() -> Iterator[tuple[str, bool]]:
        x, p = sp.symbols("x p")
        gap = (high - x) * (x - low) - ((high + low) * x - x**2 - high * low)
        yield "(M - x)(x - m) = (M + m) x - x^2 - M m", sp.expand(gap) == 0
        at_ends = p * high + (1 - p) * low
        variance = p * high**2 + (1 - p) * low**2 - at_ends**2
        reach = sp.expand(variance - (high - at_ends) * (at_ends - low))
        yield "values at the ends attain (M - mu)(mu - m)", reach == 0
        for group in GROUPS:
            claimed = sp.sympify(law(group=group).high) ** 2
            values = box_values(group)
            most = max(values, key=values.__getitem__)
            yield f"{group}: no rounding allows more", bool(values[most] <= claimed)
            yield f"{group}: {two_values(*most)} reaches it", two_values(*most) == claimed

    return prove.truth(
        facts(), predicted="sqrt((M - mu)(mu - m))", found="the largest deviation there is"
    )


def overlap(law: Any) -> Finding:
    """The printed ranges of both groups: the part they share."""
    lowest_failed, highest_good = GROUPS["failed"].low, GROUPS["successful"].high
    return prove.cases(
        [("width of the common part", law(), number(highest_good) - number(lowest_failed))]
    )


CLAIM = Claim(
    id="vn.fig9",
    title="the VNI of failed runs has mean 0.9949 and standard deviation 0.0481",
    source=PAPER.at(
        "sec. 6.1, summary of Fig. 9",
        "failed models: R_sq from 0.9029 to 1.0000, mean 0.9949, standard deviation 0.0481; "
        "successful ones: 0.1224 to 0.9865, mean 0.3207, standard deviation 0.1690",
    ),
    kind="numerical statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sd, sp.Rational(481, 10000)),
            parameters=(GROUP,),
            words="standard deviation as printed: 0.0481 (failed), 0.1690 (successful)",
            evaluate=lambda group: number(GROUPS[group].deviation),
            mutants=(
                Mutant("the larger of the two", lambda group: number("0.1690")),
                Mutant("ten times", lambda group: 10 * number(GROUPS[group].deviation)),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Le(sd, sp.sqrt((high - mean) * (mean - low))),
            parameters=(GROUP,),
            words="standard deviations that agree with the printed range and mean",
            evaluate=possible,
            mutants=(
                Mutant("half of the range (Popoviciu)", _half_range),
                Mutant(
                    "M - m in place of M - mu",
                    lambda group: Bounds(
                        sp.Integer(0),
                        sp.sqrt(as_sympy(number(GROUPS[group].high) - number(GROUPS[group].low))),
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="overlap",
            formula=sp.Eq(sp.Symbol("delta"), sp.Rational(836, 10000)),
            parameters=(),
            words="width of the interval of VNIs in which there are failed and successful runs",
            evaluate=lambda: Fraction(836, 10000),
            mutants=(Mutant("none", lambda: Fraction(0)),),
        ),
    ),
    assumptions=(),
    expected="false-as-stated",
    because=(
        f"Values in [0.9029, 1] with mean 0.9949 have a standard deviation of at most "
        f"{MOST_OF_FAILED}, whatever they are and however they were rounded; 0.0481 is impossible "
        "(0.00481 would not be). The numbers of the successful runs are possible."
    ),
    proofs=(
        Proof("impossible", "rigorous", "the largest deviation in interval arithmetic", feasible),
        Proof("Bhatia-Davis", "symbolic", "(M - x)(x - m) >= 0, and when it is attained", attained,
              law="corrected"),
        Proof("overlap", "exact", "the two printed ranges", overlap, law="overlap"),
    ),
    remark=(
        "Half of the range, 0.0486, would not have shown it: the mean must be used. The two ranges "
        "overlap from 0.9029 to 0.9865, so a VNI near 1 does not separate the two groups."
    ),
    see=("vn.table2", "vn.fig6"),
)  # fmt: skip
