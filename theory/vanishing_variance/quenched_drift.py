"""Typical decay of a Gaussian network: the mean of the logarithm, not the log of the mean.

    vev.quenched.drift   log ||y||^2 falls by -E log T per layer, about (3r-1)/(2w)

R_d = R_0 prod T_w (vev.law.product), so log R_d / d -> E[log T | T > 0] by the law of large
numbers while E R_d stays constant: the scale of nearly every network decays although its mean does
not. T_w = 2/((1+a^2) w) (chi^2_K + a^2 chi^2_{w-K}), K ~ Bin(w, 1/2).
"""

from __future__ import annotations

import dataclasses
import functools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enclosure, log_factors, prove
from theory.schema import (
    LATER,
    TIERS,
    Choice,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    as_mpf,
    relative,
    stated,
)
from theory.symbols import SLOPE, WIDTH, a, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.gaussian_probes import gaussian_setup
from theory.vanishing_variance.prop43_kurtosis import anisotropy

PARAMETERS = (dataclasses.replace(WIDTH, domain=Integers(1, 3000)), SLOPE)  # one term a unit
ENDS = Parameter("slope", Choice((0, 1, -1)), "negative slope a: ReLU, linear or absolute value")


def drift(width: int, slope: Any) -> Any:
    """E[log T_w | T_w > 0], natural log per layer.

    Exact for |a| = 1, psi(w/2) - log(w/2), and for the ReLU, given an active unit,
    log(4/w) + E[psi(K/2) | K >= 1]; otherwise the Frullani integral, an mpf. Not continuous at
    a = 0: units that are merely small for a -> 0 are left out for a = 0.

    >>> drift(2, 1), sp.N(drift(10, 0), 6)
    (-EulerGamma, -0.307461)
    """
    slope = abs(_number(slope))
    if slope in (0, 1):
        mean = log_factors.log_mean(width, all_active=slope == 1)
        return sp.log(sp.Rational(2 if slope == 1 else 4, width)) + mean
    sq = min(slope, 1 / slope) ** 2  # T_w is the same for a and 1/a
    return mpmath.log(2 / ((1 + sq) * width)) + log_factors.frullani(width, sq)


def log_variance(width: int, slope: Any) -> sp.Expr:
    """Var[log T_w | T_w > 0] for |a| in {0, 1}; exact.

    |a| = 1: psi'(w/2). ReLU: E[psi'(K/2)] + Var[psi(K/2)], given K >= 1.

    >>> log_variance(2, 1)
    pi**2/6
    """
    return log_factors.log_variance(width, all_active=_number(slope) != 0)


def leading_drift(width: int, slope: Any) -> sp.Expr:
    """-(3r-1)/(2w): E log T = -Var T/2 + O(w^-2); the error is that of `next_order`."""
    return -(3 * anisotropy(slope) - 1) / (2 * sp.Integer(width))


def next_order(width: int, slope: Any) -> sp.Expr:
    """(mu_3/3 - 3V^2/4)/w^2, the next term of the drift after -V/(2w). Exact.

    E log(1 + delta) = -E delta^2/2 + E delta^3/3 - E delta^4/4 + ...; T = 1 + delta is the mean of
    w copies of u = 2 phi_a(g)^2/(1+a^2), so E delta^2 = V/w, E delta^3 = mu_3/w^2 and
    E delta^4 = 3 V^2/w^2 + O(w^-3), V and mu_3 the central moments of u.

    >>> next_order(1, 0)
    -49/12
    """
    _, spread, third = (moment.subs(a, slope) for moment in unit_moments())
    return (third / 3 - 3 * spread**2 / 4) / sp.Integer(width) ** 2


def unit_moments() -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """(E u, V, mu_3) of u = 2 phi_a(g)^2/(1+a^2), as functions of a."""
    raw = [
        (2 / (1 + a**2)) ** j * sp.factorial2(2 * j - 1) * (1 + a ** (2 * j)) / 2 for j in (1, 2, 3)
    ]
    return raw[0], raw[1] - 1, raw[2] - 3 * raw[1] + 2


def leading_error(width: int, slope: Any) -> float:
    """Declared error of the leading order, relative: twice the next term.

    Once for the next term itself, once for all that follows it; that the rest is no larger than
    the next term from width 10 on is a fact of the proof `leading order`.
    """
    return float(2 * abs(next_order(width, slope) / leading_drift(width, slope)))


def _number(slope: Any) -> Any:
    return (
        mpmath.mpf(slope.numerator) / slope.denominator
        if hasattr(slope, "numerator")
        else (
            mpmath.mpf(sp.N(slope, mpmath.mp.dps))
            if isinstance(slope, sp.Basic)
            else mpmath.mpf(slope)
        )
    )


# --- mutants ---------------------------------------------------------------------------------


def _unconditional(width: int, slope: Any) -> Any:
    # a dead unit counted as log T = 0 instead of being left out
    return drift(width, slope) * (1 - sp.Rational(_number(slope) == 0, 2**width))


def _whole_count(width: int, slope: Any) -> Any:
    if _number(slope) != 0:
        return sp.digamma(width) - sp.log(width)
    mean = sum(p * sp.digamma(k) for k, p in log_factors.active(width)) / 2
    return sp.log(sp.Rational(4, width)) + mean


def _without_count_spread(width: int, slope: Any) -> Any:
    if _number(slope) != 0:
        return log_variance(width, slope) / 2
    return sum(p * sp.polygamma(1, sp.Rational(k, 2)) for k, p in log_factors.active(width))


# --- proofs ----------------------------------------------------------------------------------


GRID = tuple((n, s) for n in (1, 2, 3, 10) for s in (0, 1))


def by_density(law: Any) -> Finding:
    """The law against the number of active units and the density of chi^2_k, exactly."""
    return prove.cases(
        (
            (f"w = {n}, a = {s}", law(width=n, slope=s), log_factors.mixture(n, s)[0])
            for n, s in GRID
        ),
        "E log chi^2_k from the Gamma integral of its density, k a symbol",
    )


def variance_by_density(law: Any) -> Finding:
    """The same for the variance."""
    return prove.cases(
        (
            (f"w = {n}, a = {s}", law(width=n, slope=s), log_factors.mixture(n, s)[1])
            for n, s in GRID
        ),
        "E log^2 chi^2_k from the Gamma integral of its density, k a symbol",
    )


@functools.cache
def enclosed() -> tuple[tuple[int, sp.Rational, Any], ...]:
    """(width, slope, interval that holds E log T): Frullani's integral, every error bounded."""
    grid = ((1, "1/4"), (2, "1/4"), (3, "-1/2"), (5, "3"), (10, "1/4"), (40, "1/10"), (6, "1"))
    return tuple((n, sp.Rational(s), log_factors.mean_enclosed(n, Fraction(s))) for n, s in grid)


def every_slope(law: Any) -> Finding:
    """The law against an interval around E log T; at |a| = 1 the integral meets the digamma."""
    return enclosure.inside(
        ((f"w = {n}, a = {s}", law(width=n, slope=s), interval) for n, s, interval in enclosed()),
        tolerance=1e-11,
        detail="trapezoidal rule with a bound of the integrand in a strip, tails bounded",
    )


def signs_keep_the_norm(law: Any) -> Finding:
    """y' = +-y, linear: log y'^2 - log y^2 = 0, not psi(1/2) - log(1/2)."""
    return prove.cases([("w = 1, a = 1, +-1 weights", law(width=1, slope=1), sp.Integer(0))])


def expansion(law: Any) -> Finding:
    """Orders w^-1 and w^-2 of E log T, and what is left of the exact drift after them."""
    mean, spread, _ = unit_moments()
    rows: list[tuple[str, bool | None]] = [
        ("E u = 1", prove.is_zero(mean - 1)),
        ("V = 3r - 1", prove.is_zero(spread - (3 * anisotropy(a) - 1))),
    ]

    def rest(width: int, slope: sp.Rational) -> Any:
        both = leading_drift(width, slope) + next_order(width, slope)
        return abs(as_mpf(drift(width, slope)) - as_mpf(both))

    for slope in (sp.Integer(0), sp.Integer(1), sp.Rational(1, 2)):
        first = (-spread / 2).subs(a, slope)
        rows.append((f"a = {slope}: the law is -V/(2w)", law(width=7, slope=slope) == first / 7))
        order = mpmath.log(rest(100, slope) / rest(200, slope), 2)
        rows.append(
            (
                f"a = {slope}: remainder falls by 2^{mpmath.nstr(order, 3)} as w doubles",
                bool(order > 2.5),
            )
        )
    small = [n for n in (*range(10, 50), 100) if rest(n, 0) > abs(as_mpf(next_order(n, 0)))]
    rows.append(("a = 0, w = 10 to 49, 100: the rest is below the next term", not small))
    return prove.truth(
        rows, predicted="-(3r-1)/(2w)", found="-V/(2w) + (mu_3/3 - 3V^2/4)/w^2 + O(w^-3)"
    )


# --- the claim -------------------------------------------------------------------------------

DRIFT = Estimand(
    "ratio",
    ("log_step", "alive"),
    over="networks and inputs that are alive; quenched: mean of the logarithm",
)
SPREAD = Estimand(
    "smooth",
    ("log_step_sq", "log_step", "alive"),
    over="networks and inputs that are alive; variance of one step",
    function=lambda m: float(m[0] / m[2] - (m[1] / m[2]) ** 2),
)


def _probe(name: str, width: int, slope: float, depth: int, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="norm_steps",
        setup=gaussian_setup((width,) * (depth + 1), slope),
        at={"width": width, "slope": int(slope) if slope == int(slope) else slope},
        estimand=more.pop("estimand", DRIFT),
        laws=more.pop("laws", ("drift",)),
        **more,
    )


def _leading_probe(width: int, **more: Any) -> Probe:
    return _probe(
        f"leading order, w = {width}",
        width,
        0.0,
        8,
        why="the discrepancy halves as the width doubles",
        laws=("leading order",),
        margin=relative(
            leading_error(width, 0),
            why="twice the next term of the expansion, once for all that follows it",
        ),
        **more,
    )


CLAIM = Claim(
    id="vev.quenched.drift",
    title="log ||y||^2 of a typical network falls by about (3r-1)/(2w) per layer",
    source=PAPER.at(
        "Section 5",
        "not in the document: it says that the empirical variance vanishes, not how fast",
    ),
    kind="exact",
    laws=(
        Law(
            role="sharper",
            name="drift",
            formula=sp.Eq(
                sp.Symbol("drift"),
                sp.log(4 / w)
                + sp.Sum(
                    sp.binomial(w, sp.Symbol("k")) * sp.digamma(sp.Symbol("k") / 2) / (2**w - 1),
                    (sp.Symbol("k"), 1, w),
                ),
            ),
            parameters=PARAMETERS,
            words=(
                "E[log T | T > 0], natural log per layer; the formula shown is that of the ReLU. "
                "|a| = 1: psi(w/2) - log(w/2). Otherwise log(2/((1+a^2) w)) + int_0^oo (exp(-t) - "
                "[((1+2t)^{-1/2} + (1+2a^2t)^{-1/2})/2]^w) dt/t"
            ),
            evaluate=drift,
            mutants=(
                Mutant("leading order only", leading_drift),
                Mutant("dead units counted as no change", _unconditional),
                Mutant("psi(K)/2 for psi(K/2)", _whole_count),
            ),
        ),
        Law(
            role="sharper",
            name="leading order",
            formula=sp.Eq(sp.Symbol("drift"), -(3 * anisotropy(a) - 1) / (2 * w)),
            parameters=PARAMETERS,
            words="the drift for wide layers: minus half the variance of one factor",
            evaluate=leading_drift,
            mutants=(
                Mutant(
                    "3r-1 becomes 3r",
                    lambda **v: leading_drift(**v) - sp.Rational(1, 2 * v["width"]),
                ),
                Mutant("without the half", lambda **v: 2 * leading_drift(**v)),
            ),
            error="O(w^-2)",
        ),
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(sp.Symbol("Var"), sp.polygamma(1, w / 2)),
            parameters=(PARAMETERS[0], ENDS),
            words=(
                "Var[log T | T > 0] of one layer for |a| = 1 (shown) and for the ReLU, where it is "
                "E psi'(K/2) + Var psi(K/2) given K >= 1"
            ),
            evaluate=log_variance,
            mutants=(Mutant("spread of the count left out", _without_count_spread),),
        ),
    ),
    assumptions=(
        stated(
            "Gaussian weights (no closed form is known for others)",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "The layers are independent factors, so the logarithm is a sum of independent terms whose "
        "mean is negative by Jensen's inequality although every factor has mean 1."
    ),
    proofs=(
        Proof(
            "digamma sums",
            "exact",
            "the number of active units, and the density of chi^2_k",
            by_density,
            law="drift",
        ),
        Proof(
            "every slope",
            "rigorous",
            "Frullani's integral inside an interval of width 1e-12, every error bounded",
            every_slope,
            law="drift",
        ),
        Proof(
            "leading order",
            "symbolic",
            "minus half of Var T = (3r-1)/w; the next term, and a rest below it",
            expansion,
            law="leading order",
        ),
        Proof(
            "trigamma sums",
            "exact",
            "the number of active units, and the density of chi^2_k",
            variance_by_density,
            law="variance",
        ),
        Proof(
            "+-1 weights",
            "exact",
            "what Gaussian weights are for: one unit keeps |y| in every layer",
            signs_keep_the_norm,
            law="drift",
            point={"weights": "rademacher", "width": 1, "slope": 1},
        ),
    ),
    probes=(
        *(
            _probe(
                f"ReLU, w = {n}",
                n,
                0.0,
                8,
                why="drift over width",
                curve="width",
                x=n,
                tiers=TIERS if n < 20 else LATER,
            )
            for n in (3, 5, 10, 20, 30)
        ),
        _probe("leaky", 10, 0.25, 8, why="general slope"),
        _probe("linear", 10, 1.0, 8, why="no activation"),
        _probe("deep", 10, 0.0, 60, why="the drift does not depend on depth"),
        _probe(
            "variance of a step",
            10,
            0.0,
            8,
            why="spread of one layer",
            estimand=SPREAD,
            laws=("variance",),
        ),
        _leading_probe(10),
        _leading_probe(20, tiers=LATER),
    ),
    curves=(
        Curve(
            "width",
            "Typical change of log ||y||^2 per layer, He-ReLU",
            "width",
            "natural log per layer",
            (3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50),
            lambda x: {"width": int(x), "slope": 0},
            laws=("drift", "leading order"),
            log_x=True,
        ),
    ),
    remark=(
        "Given that the network is alive, (log R_d - d mu)/(sqrt(d) s) tends to a standard normal "
        "with mu the drift and s^2 the variance of one step. The mean of ||y||^2 is constant, its "
        "second moment grows by 1 + (3r-1)/w per layer, its logarithm falls: three different rates."
    ),
    see=("vev.law.product", "vev.conv_prob", "vev.hyp.dichotomy"),
)
