"""The mean VNI as an expansion in 1/N at fixed tau = (qL+1)/N: laws and proofs of vn.quenched.

    series       f(tau), the limit of E R: coefficients are proved rational numbers
    next order   g(tau), so E R = f(tau) + g(tau)/N + O(1/N^2); formal in 1/N, checked as N grows
    mean         f summed, with the error g/N
    annealed     the exact ratio of means of the same networks

The coefficients grow, so f and g are summed by Borel's integral of a Pade approximant: no bound on
that sum is proved; it is compared with proved bounds (mean_bounds.py) where those are narrow, and
refused beyond.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import power_sums, prove, ratio_bounds, zonal
from theory.schema import (
    LATER,
    Choice,
    ClaimError,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    shown,
)
from theory.symbols import SLOPE, L, N
from theory.vanishing_nodes import rec_finite_width as rec

tau, q = sp.symbols("tau q", positive=True)
REACH = sp.Rational(3, 10)  # of (qL+1)/N: as far as the proved bounds are narrow
KIND = Parameter("slope", Choice((0, 1)), "1: linear, 0: ReLU (given that J is not 0)")


# --- the laws --------------------------------------------------------------------------------


def coefficient(order: int) -> Any:
    """The coefficient of tau^order in E R. Exact."""
    return power_sums.mean_ratio(int(order))[int(order)]


def start_and_depth(width: Any, depth: Any, slope: Any) -> Any:
    """tau + 1/N = (qL + 1)/N: an isotropic input has R = 1/N, as if 1/q layer had gone before."""
    return (rec.spread(slope) * depth + 1) / sp.sympify(width)


def mean_vni(width: Any, depth: Any, slope: Any) -> Any:
    """f(tau) at tau = (qL+1)/N, leading order of E R; the next one is `remainder`.

    Checked against proved bounds up to tau = 0.3; raises ClaimError beyond.
    """
    time = start_and_depth(width, depth, slope)
    if time > REACH:
        raise ClaimError(
            f"vn.quenched: arguments 'width', 'depth' and 'slope' must keep (qL + 1)/N <= {REACH},"
            f" beyond which the sum of the series is checked by nothing; got {float(time):.4g}"
            f" at width = {shown(width)}, depth = {shown(depth)}, slope = {shown(slope)}"
        )
    return power_sums.summed(time)


def mean_digits(width: Any, depth: Any, slope: Any) -> int:
    """How many digits of f(tau) neighbouring approximants agree on."""
    series = power_sums.mean_ratio(power_sums.ORDER)
    return power_sums.agreed_digits(series, start_and_depth(width, depth, slope))


def remainder_coefficient(order: int, slope: int) -> Any:
    """The coefficient of tau^order in g. Exact; linear (slope 1) or ReLU (slope 0)."""
    return zonal.next_order(int(order), int(slope))[int(order)]


def remainder(width: Any, depth: Any, slope: int) -> Any:
    """g(tau)/N, the next order of E R - f(tau), an mpf; linear or ReLU.

    >>> round(float(remainder(32, 8, 1)), 4), round(float(remainder(64, 8, 0)), 4)
    (0.0039, 0.0072)
    """
    series = zonal.next_order(power_sums.ORDER, slope)
    return power_sums.borel(series, start_and_depth(width, depth, slope)) / width


def relative_remainder(width: Any, depth: Any, slope: int) -> Any:
    """|g(tau)/N| over f(tau): the declared relative error of `mean_vni` at that size."""
    return abs(remainder(width, depth, slope) / mean_vni(width, depth, slope))


def annealed(width: Any, depth: Any, slope: Any) -> Any:
    """E tr C^2/E (tr C)^2 of the same network, exact (vn.rec)."""
    x = rec.to_x(1 / sp.sympify(width))
    return rec.from_x(x * rec.layer_factor(sp.sympify(width), rec.spread(slope)) ** depth)


# --- mutants ---------------------------------------------------------------------------------


def _annealed_coefficient(order: int) -> Any:
    """Coefficient of tau^order in (1 - e^(-3 tau))/(1 + 2 e^(-3 tau))."""
    limit = (1 - sp.exp(-3 * tau)) / (1 + 2 * sp.exp(-3 * tau))
    return sp.diff(limit, tau, int(order)).subs(tau, 0) / sp.factorial(int(order))


def _without(**part: bool) -> Any:
    """Coefficients from a generator that lacks a part."""
    return lambda order: power_sums.mean_ratio(int(order), **part)[int(order)]


def _mutated_mean(change: str) -> Any:
    def evaluate(width: Any, depth: Any, slope: Any) -> Any:
        if change == "the annealed ratio":
            return annealed(width, depth, slope)
        time = start_and_depth(width, depth, slope)
        if change == "tau = L/N for every activation":
            time = start_and_depth(width, depth, 1)
        if change == "start at R = 0":
            time -= 1 / sp.sympify(width)
        if change == "-1/2 tau^3":
            series = power_sums.mean_ratio(power_sums.ORDER)
            return power_sums.borel((*series[:3], Fraction(-1, 2), *series[4:]), time)
        return power_sums.summed(time)

    return evaluate


def _mutated_coefficient(change: str) -> Any:
    def evaluate(order: int, slope: int) -> Any:
        if change == "the linear one for ReLU":
            return remainder_coefficient(order, 1)
        value = remainder_coefficient(order, slope)
        if change == "opposite sign":
            return -value
        if slope == 0:  # without the fluctuating number of active units
            return value - order * coefficient(order)
        return value

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def by_pairings(law: Any) -> Finding:
    """The generator itself, from all pairings of up to eight Gaussian entries, with masks."""
    return prove.cases(
        (
            (f"tau^{k}", law(order=k) * q**k, found)
            for k, found in enumerate(power_sums.wick_series())
        ),
        "masks only enter through q: their common factor acts on the degree, and R has degree 0",
    )


def by_differentiation(law: Any) -> Finding:
    """A second implementation of G; with it d E R/d tau = 1 + E R + 6 E R^2 - 8 E P_3."""
    p_1, p_2, p_3 = power_sums.P[:3]
    r, cubic = p_2 / p_1**2, p_3 / p_1**3
    if sp.expand(power_sums.operator(r) - (1 + r + 6 * r**2 - 8 * cubic)) != 0:
        return Finding(False, "1 + R + 6 R^2 - 8 P_3", str(power_sums.operator(r)))
    return prove.cases(
        (f"tau^{k}", law(order=k), found) for k, found in enumerate(power_sums.differentiated())
    )


def by_shapes(law: Any) -> Finding:
    """The zonal road: eigenvalues of G, weighted as at the start, extrapolated to degree 0."""
    return prove.cases(
        (f"tau^{k}", law(order=k), found) for k, found in enumerate(zonal.mean_ratio(8))
    )


EIGHTH = Fraction(1, 8)  # (qL + 1)/N of the networks below
DOUBLING = {1: ((16, 1), (32, 3), (64, 7)), 0: ((24, 1), (40, 2), (72, 4))}  # (N, L) by slope


@functools.cache
def proved(width: int, depth: int, slope: int) -> tuple[Any, Any]:
    """Bounds of E R from moments up to degree 12: to 1e-6 at tau = 1/8, to 1 % at 9/32."""
    return ratio_bounds.mean_ratio((width,) * (depth + 1), slope == 0, half_degree=6)


def second_order(slope: int, expansion: Any) -> Iterator[tuple[str, bool]]:
    """E R - expansion(N, L) is of order N^-2 at (qL+1)/N = 1/8, wherever E R is in its bounds."""
    for end in (0, 1):
        rest = [
            (n, proved(n, depth, slope)[end] - expansion(n, depth)) for n, depth in DOUBLING[slope]
        ]
        order = prove.slope(rest)
        sizes = ", ".join(f"{mpmath.nstr(r, 3)} (N = {n})" for n, r in rest)
        yield f"a = {slope}: {sizes}: N^{order:.2f}", -2.5 < order < -1.5


def by_proved_bounds(law: Any) -> Finding:
    """E R - f - g/N is of order 1/N^2, g summed from the candidate's coefficients."""

    def facts() -> Iterator[tuple[str, bool]]:
        leading = power_sums.summed(EIGHTH)
        for slope in (1, 0):
            series = tuple(
                Fraction(int(c.p), int(c.q))
                for c in (
                    sp.Rational(prove.exact(law(order=k, slope=slope)))
                    for k in range(power_sums.ORDER + 1)
                )
            )
            correction = power_sums.borel(series, EIGHTH)
            yield from second_order(slope, lambda n, _, g=correction: leading + g / n)

    return prove.truth(
        facts(),
        predicted="E R - f(tau) - g(tau)/N = O(1/N^2)",
        found="proved bounds of E R as N doubles, tau = 1/8",
    )


def mean_by_proved_bounds(law: Any) -> Finding:
    """The error of the law is g/N, and what is left then falls fourfold as N doubles."""

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (1, 0):
            correction = power_sums.borel(zonal.next_order(power_sums.ORDER, slope), EIGHTH)
            yield from second_order(
                slope,
                lambda n, depth, a=slope, g=correction: law(width=n, depth=depth, slope=a) + g / n,
            )
        for width, depth, slope in ((32, 8, 1), (64, 8, 0)):  # the largest tau of the rows
            low, high = proved(width, depth, slope)
            found = law(width=width, depth=depth, slope=slope) + remainder(width, depth, slope)
            label = f"a = {slope}, N = {width}, L = {depth}: f + g/N = {mpmath.nstr(found, 5)}"
            yield f"{label} in its bounds", bool(low <= found <= high)

    return prove.truth(
        facts(),
        predicted="E R - f(tau) = g(tau)/N + O(1/N^2)",
        found="proved bounds of E R as N doubles, tau = 1/8; at 9/32 too",
    )


def small_time(law: Any) -> Finding:
    """At tau of one millionth the sum equals the series: 25 digits."""
    with mpmath.workdps(40):
        rows = []
        for width, depth, slope in ((10**7, 9, 1), (10**7, 5, 0)):
            time = start_and_depth(width, depth, slope)
            series = sum(c * time**k for k, c in enumerate(power_sums.differentiated()))
            predicted = law(width=width, depth=depth, slope=slope)
            rows.append((f"N = {width}, L = {depth}, a = {slope}", predicted, series))
        return prove.close(rows, digits=25)


def double_scaling(law: Any) -> Finding:
    """N -> infinity at fixed tau: one layer multiplies X by 1 - 3q/N + O(1/N^2), so X = e^(-3 tau).

    Also: this limit agrees with the quenched series to tau^2 and differs by (4/3) tau^3.
    """

    e = sp.Symbol("epsilon", positive=True)  # 1/N

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (1, 0):
            start, one, two = (
                sp.cancel(rec.to_x(sp.cancel(law(width=1 / e, depth=k, slope=slope))))
                for k in (0, 1, 2)
            )
            yield "X_0 = (1-e)/(1+2e), e = 1/N", sp.cancel(start - (1 - e) / (1 + 2 * e)) == 0
            rate = -sp.diff(sp.cancel(one / start), e).subs(e, 0)
            yield f"a = {slope}: N (1 - X_1/X_0) -> {rate}", rate == 3 * rec.spread(slope)
            yield f"a = {slope}: X_2 X_0 = X_1^2", sp.cancel(two * start - one**2) == 0
        difference = [coefficient(k) - _annealed_coefficient(k) for k in range(4)]
        yield f"quenched - annealed: {difference}", difference == [0, 0, 0, sp.Rational(-4, 3)]

    return prove.truth(facts(), predicted="X = e^(-3 tau)", found="limit of the exact law")


# --- what the claim takes from here ----------------------------------------------------------

SIZE = (
    Parameter("width", Integers(1), "N, width of every layer", N),
    Parameter("depth", Integers(0), "L, number of layers", L),
    SLOPE,
)
f, g = sp.Function("f"), sp.Function("g")
R_A = rec.R_A
SHOWN = sum(prove.exact(coefficient(k)) * tau**k for k in range(1, 6))

LAWS = (
    Law(
        role="sharper",
        name="series",
        formula=sp.Eq(f(tau), SHOWN + sp.Order(tau**6)),
        parameters=(Parameter("order", Integers(0, 16, draw_to=8), "power of tau = qL/N"),),
        words="coefficient of tau^order in the mean VNI f, N -> infinity at fixed tau = qL/N",
        evaluate=coefficient,
        mutants=(
            Mutant("the annealed series", _annealed_coefficient),
            Mutant("without the fluctuation of the trace", _without(trace_noise=False)),
            Mutant("without the self-interaction", _without(self_term=False)),
        ),
    ),
    Law(
        role="sharper",
        name="mean",
        formula=sp.Eq(rec.E(rec.R_sq), f((q * L + 1) / N)),
        parameters=SIZE,
        words="mean VNI over networks of equal width: the series f summed at tau + 1/N",
        evaluate=mean_vni,
        mutants=tuple(
            Mutant(name, _mutated_mean(name))
            for name in (
                "the annealed ratio",
                "tau = L/N for every activation",
                "start at R = 0",
                "-1/2 tau^3",
            )
        ),
        error="g(tau)/N, of which the coefficients are the next law; refused beyond tau = 0.3",
        digits=mean_digits,
    ),
    Law(
        role="sharper",
        name="next order",
        formula=sp.Eq(rec.E(rec.R_sq), f(tau) + g(tau) / N + sp.Order(N**-2, (N, sp.oo))),
        parameters=(Parameter("order", Integers(0, 16, draw_to=8), "power of tau"), KIND),
        words="coefficient of tau^order in g, the correction of order 1/N at fixed tau",
        evaluate=remainder_coefficient,
        mutants=tuple(
            Mutant(name, _mutated_coefficient(name))
            for name in ("the linear one for ReLU", "opposite sign", "all units active")
        ),
    ),
    Law(
        role="sharper",
        name="annealed",
        formula=sp.Eq(
            (1 - R_A) / (1 + 2 * R_A),
            (N - 1) / (N + 2) * ((N - 1) / (N - 1 + 3 * q)) ** L,
        ),
        parameters=SIZE,
        words="annealed VNI E tr C^2/E (tr C)^2 of the same networks (vn.rec)",
        evaluate=annealed,
        mutants=(
            Mutant(
                "tau = L/N for every activation",
                lambda width, depth, slope: annealed(width, depth, 1),
            ),
            Mutant("one layer more", lambda width, depth, slope: annealed(width, depth + 1, slope)),
        ),
    ),
)

PROOFS = (
    Proof(
        "generator from pairings",
        "exact",
        "drift and covariance of the power sums from all pairings of eight Gaussian entries",
        by_pairings,
        law="series",
    ),
    Proof(
        "differentiation",
        "exact",
        "the same coefficients by symbolic differentiation, to order 5",
        by_differentiation,
        law="series",
    ),
    Proof(
        "eigenvalues",
        "exact",
        "the same coefficients from the zonal polynomials, the eigenvectors of every layer",
        by_shapes,
        law="series",
    ),
    Proof(
        "second order by proved bounds",
        "numeric",
        "what f + g/N leaves of the proved mean VNI falls fourfold as N doubles",
        by_proved_bounds,
        law="next order",
    ),
    Proof(
        "error by proved bounds",
        "numeric",
        "the error is g/N, and what is left then falls fourfold as N doubles",
        mean_by_proved_bounds,
        law="mean",
        tiers=LATER,
    ),
    Proof(
        "small time",
        "numeric",
        "the summed series equals its partial sum at tau = 1e-6, to 25 digits",
        small_time,
        law="mean",
    ),
    Proof(
        "double scaling",
        "symbolic",
        "the exact annealed law tends to X = e^(-3 tau)",
        double_scaling,
        law="annealed",
    ),
)
