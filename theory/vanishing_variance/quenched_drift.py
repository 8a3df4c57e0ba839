"""Typical decay of a Gaussian network: the mean of the logarithm, not the log of the mean.

    vev.quenched.drift   log ||y||^2 falls by -E log T per layer, about (3r-1)/(2w)

R_d = R_0 prod T_w (vev.law.product), so log R_d / d -> E[log T | T > 0] by the law of large
numbers while E R_d stays constant: the scale of nearly every network decays although its mean does
not. T_w = 2/((1+a^2) w) (chi^2_K + a^2 chi^2_{w-K}), K ~ Bin(w, 1/2).
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    Choice,
    Claim,
    Curve,
    Estimand,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    relative,
    unstated,
)
from theory.symbols import SLOPE, WIDTH, a, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.prop43_kurtosis import anisotropy

PARAMETERS = (WIDTH, SLOPE)
ENDS = Parameter("slope", Choice((0, 1, -1)), "negative slope a: ReLU, linear or absolute value")


def _active(width: int) -> list[tuple[int, Any]]:
    """(k, P(K = k | K >= 1)) for K ~ Bin(w, 1/2)."""
    return [
        (k, mpmath.binomial(width, k) / (mpmath.mpf(2) ** width - 1)) for k in range(1, width + 1)
    ]


def _half(k: int) -> Any:
    return mpmath.mpf(k) / 2


def drift(width: int, slope: Any) -> Any:
    """E[log T_w | T_w > 0], natural log per layer; exact, at the current mpmath precision.

    |a| = 1: psi(w/2) - log(w/2). ReLU, given an active unit: log(4/w) + E[psi(K/2) | K >= 1].
    Otherwise the Frullani integral. Not continuous at a = 0: units that are merely small for
    a -> 0 are left out for a = 0.

    >>> mpmath.nstr(drift(10, 1), 6), mpmath.nstr(drift(10, 0), 6)
    ('-0.10332', '-0.307461')
    """
    slope = abs(_number(slope))
    if slope == 1:
        return mpmath.digamma(_half(width)) - mpmath.log(_half(width))
    if slope == 0:
        mean = mpmath.fsum(p * mpmath.digamma(_half(k)) for k, p in _active(width))
        return mpmath.log(mpmath.mpf(4) / width) + mean
    slope = min(slope, 1 / slope)  # T_w is the same for a and 1/a
    return mpmath.log(2 / ((1 + slope**2) * width)) + frullani(width, slope)


def frullani(width: int, slope: Any) -> Any:
    """E log S, S = sum_i phi_a(g_i)^2, 0 < |a| <= 1: int_0^inf (e^-t - E e^{-tS}) dt/t."""
    sq = slope**2

    def integrand(u: Any) -> Any:  # t = e^u
        t = mpmath.exp(u)
        laplace = ((1 + 2 * t) ** -0.5 + (1 + 2 * sq * t) ** -0.5) / 2
        return mpmath.exp(-t) - laplace**width

    reach = 40 + 2 * mpmath.log(1 + 1 / sq)
    return mpmath.quad(integrand, [-reach, -4, 0, 4, reach * 2 / width + 40 / width, 2 * reach])


def log_variance(width: int, slope: Any) -> Any:
    """Var[log T_w | T_w > 0] for |a| in {0, 1}; exact.

    |a| = 1: psi'(w/2). ReLU: E[psi'(K/2)] + Var[psi(K/2)], given K >= 1.
    """
    if _number(slope) != 0:
        return mpmath.psi(1, _half(width))
    active = _active(width)
    mean = mpmath.fsum(p * mpmath.digamma(_half(k)) for k, p in active)
    square = mpmath.fsum(p * mpmath.digamma(_half(k)) ** 2 for k, p in active)
    return mpmath.fsum(p * mpmath.psi(1, _half(k)) for k, p in active) + square - mean**2


def leading_drift(width: int, slope: Any) -> sp.Expr:
    """-(3r-1)/(2w): E log T = -Var T/2 + O(w^-2). Error term at ReLU about 2/w relative."""
    return -(3 * anisotropy(slope) - 1) / (2 * sp.Integer(width))


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
    dead = mpmath.mpf(2) ** -width if _number(slope) == 0 else 0
    return drift(width, slope) * (1 - dead)


def _whole_count(width: int, slope: Any) -> Any:
    if _number(slope) != 0:
        return mpmath.digamma(width) - mpmath.log(width)
    mean = mpmath.fsum(p * mpmath.digamma(k) for k, p in _active(width)) / 2
    return mpmath.log(mpmath.mpf(4) / width) + mean


def _without_count_spread(width: int, slope: Any) -> Any:
    if _number(slope) != 0:
        return log_variance(width, slope) / 2
    return mpmath.fsum(p * mpmath.psi(1, _half(k)) for k, p in _active(width))


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def log_chi2(k: int) -> tuple[Any, Any]:
    """(E log chi^2_k, E log^2 chi^2_k) from the density, by the trapezoidal rule in log t."""
    step, half = mpmath.mpf(1) / 8, _half(k)
    points = [j * step for j in range(-640, 44)]
    density = [
        step * mpmath.exp(half * (u - mpmath.log(2)) - mpmath.exp(u) / 2) / mpmath.gamma(half)
        for u in points
    ]
    return (
        mpmath.fdot(density, points),
        mpmath.fdot(density, [u * u for u in points]),
    )


def integrated(width: int, slope: Any) -> tuple[Any, Any]:
    """(E log T, Var log T) given T > 0, |a| = 0 or 1: integrals over densities, no digamma."""
    log_c = mpmath.log(mpmath.mpf(2) / ((1 + _number(slope) ** 2) * width))
    weights = _active(width) if slope == 0 else [(width, mpmath.mpf(1))]
    first = mpmath.fsum(p * log_chi2(k)[0] for k, p in weights)
    second = mpmath.fsum(p * log_chi2(k)[1] for k, p in weights)
    return log_c + first, second - first**2


GRID = tuple((n, sp.Integer(s)) for n in (1, 2, 3, 10) for s in (0, 1))


def by_quadrature(law: Any) -> Finding:
    """Digamma sums against integrals of log t over the chi-square densities."""
    return prove.close(
        ((f"w = {n}, a = {s}", law(width=n, slope=s), integrated(n, s)[0]) for n, s in GRID),
        digits=12,
        detail="quadrature",
    )


def variance_by_quadrature(law: Any) -> Finding:
    """Trigamma sums against integrals of log^2 t."""
    return prove.close(
        ((f"w = {n}, a = {s}", law(width=n, slope=s), integrated(n, s)[1]) for n, s in GRID),
        digits=12,
        detail="quadrature",
    )


def one_unit(law: Any) -> Finding:
    """One unit, any slope: T = 2/(1+a^2) g^2 or a^2 times it, so E log T is elementary.

    E log g^2 = psi(1/2) + log 2, and log a^2 is added half of the time.
    """
    rows = []
    for slope in (sp.Rational(1, 4), sp.Rational(-1, 2), sp.Integer(2)):
        exact = (
            sp.log(2 / (1 + slope**2)) + sp.digamma(sp.Rational(1, 2)) + sp.log(2)
            + sp.log(abs(slope))
        )  # fmt: skip
        rows.append((f"w = 1, a = {slope}", law(width=1, slope=slope), exact))
    # two units, by the pattern of signs: S = chi^2_2, a^2 chi^2_2, or g^2 + a^2 g'^2 half of the
    # time, and E log(p g^2 + q g'^2) = E log chi^2_2 + 2 log((sqrt p + sqrt q)/2)
    slope = sp.Rational(1, 4)
    chi = sp.digamma(1) + sp.log(2)
    two = sp.log(1 / (1 + slope**2)) + chi + sp.log(slope**2) / 4 + sp.log((1 + slope) / 2)
    rows.append(("w = 2, a = 1/4", law(width=2, slope=slope), two))
    return prove.close(rows, digits=12, detail="elementary cases of every slope")


def expansion(law: Any) -> Finding:
    """E log(1 + delta) = -E delta^2/2 + E delta^3/3 - E delta^4/4: orders w^-1 and w^-2.

    T is the mean of w copies of u = 2 phi^2/(1+a^2), so E delta^2 = V/w, E delta^3 = mu_3/w^2 and
    E delta^4 = 3 V^2/w^2 + O(w^-3), V and mu_3 the central moments of u.
    """
    raw = [
        (2 / (1 + a**2)) ** j * sp.factorial2(2 * j - 1) * (1 + a ** (2 * j)) / 2 for j in (1, 2, 3)
    ]
    spread, third = raw[1] - 1, raw[2] - 3 * raw[1] + 2
    next_order = third / 3 - 3 * spread**2 / 4
    rows: list[tuple[str, bool | None]] = [
        ("E u = 1", prove.is_zero(raw[0] - 1)),
        ("V = 3r - 1", prove.is_zero(spread - (3 * anisotropy(a) - 1))),
    ]
    for slope in (sp.Integer(0), sp.Integer(1), sp.Rational(1, 2)):
        first, second = (-spread / 2).subs(a, slope), next_order.subs(a, slope)
        rows.append((f"a = {slope}: the law is -V/(2w)", law(width=7, slope=slope) == first / 7))
        left = [
            abs(drift(n, slope) - _number(first) / n - _number(second) / n**2) for n in (100, 200)
        ]
        order = mpmath.log(left[0] / left[1], 2)
        rows.append(
            (
                f"a = {slope}: remainder falls by 2^{mpmath.nstr(order, 3)} as w doubles",
                bool(order > 2.5),
            )
        )
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
        setup={
            "widths": (width,) * (depth + 1),
            "weights": "gaussian",
            "gain": 2 / (1 + slope**2),
            "activation": "leaky_relu",
            "slope": slope,
            "activate_input": True,
        },
        at={"width": width, "slope": int(slope) if slope == int(slope) else slope},
        estimand=more.pop("estimand", DRIFT),
        laws=more.pop("laws", ("drift",)),
        **more,
    )


def _leading_probe(width: int) -> Probe:
    return _probe(
        f"leading order, w = {width}",
        width,
        0.0,
        8,
        why="the discrepancy halves as the width doubles",
        laws=("leading order",),
        margin=relative(3 / width, why="O(1/w) relative: three times 1/w covers it for the ReLU"),
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
            parameters=(WIDTH, ENDS),
            words=(
                "Var[log T | T > 0] of one layer for |a| = 1 (shown) and for the ReLU, where it is "
                "E psi'(K/2) + Var psi(K/2) given K >= 1"
            ),
            evaluate=log_variance,
            mutants=(Mutant("spread of the count left out", _without_count_spread),),
        ),
    ),
    assumptions=(
        unstated(
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
            "rigorous",
            "the sums equal integrals of log t to 12 digits",
            by_quadrature,
            law="drift",
        ),
        Proof(
            "every slope",
            "rigorous",
            "the integral is elementary for one and two units",
            one_unit,
            law="drift",
        ),
        Proof(
            "leading order",
            "symbolic",
            "minus half of Var T = (3r-1)/w; remainder O(w^-2)",
            expansion,
            law="leading order",
        ),
        Proof(
            "trigamma sums",
            "rigorous",
            "the sums equal integrals of log^2 t to 12 digits",
            variance_by_quadrature,
            law="variance",
        ),
    ),
    probes=(
        *(
            _probe(f"ReLU, w = {n}", n, 0.0, 8, why="drift over width", curve="width", x=n)
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
        _leading_probe(20),
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
)
