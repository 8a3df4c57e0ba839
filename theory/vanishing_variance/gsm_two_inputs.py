"""Figure 1's own quantity with an exact law: two inputs, GSM weights. Law and rows of vev.fig1.

A GSM network is a linear one of half the width (vev.init.gsm). For two inputs N(0, I) the unbiased
variance of unit 0 is (y_a - y_b)^2/2, the square of that unit at (x_a - x_b)/sqrt 2, an input
N(0, I) again. Hence S^2 = chi^2_1 times d factors chi^2_h/h, h = w/2 = 5. One unit, and n - 1 in
the denominator: rows that only say "below 1/1000" would notice neither.

The size rule. The interval of a quantile at level p from n networks has half-width about
z sqrt(p(1-p)/n)/f, f the density of log10 S^2 there; at depth 5 f = 0.37 a decade at the median:
26,000 networks for the margin of the quick tier at z = 5, evaluated from the law alone.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp
from mpmath import iv

from theory.maths import enclosure, prove
from theory.schema import (
    LATER,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    absolute,
)
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance import scale_quantiles as scales

WIDTH = 10
HALF = WIDTH // 2
d = sp.Symbol("d", integer=True, positive=True)
LEVEL = Parameter("level", Reals(0.01, 0.999), "of the quantile", sp.Symbol("p", real=True))
DEPTH = Parameter("depth", Integers(1, 300), "linear layers", d)
DECADES = absolute(
    math.log10(1.03), quick=math.log10(1.1), paper=math.log10(1.01),
    why="exact law: the usual precision of the quantile itself, in decades",
)  # fmt: skip


def variance_quantile(depth: int, level: Any, units: int = 1) -> float:
    """log10 of the quantile of S^2 over networks and pairs of inputs; of the mean of `units`."""
    return scales.linear_quantile(HALF, int(depth), units, float(level))


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def above(depth: int, x: float) -> Any:
    """P(S^2 > 10^x) by the Mellin inversion int M(s) 10^{-xs} ds/(2 pi i s) on Re s = 1."""
    with mpmath.workdps(20):
        z = mpmath.mpf(10) ** x

        def integrand(t: Any) -> Any:
            s = mpmath.mpc(1, t)
            unit = mpmath.gamma(s + mpmath.mpf(1) / 2) / mpmath.sqrt(mpmath.pi)
            layer = mpmath.gamma(s + mpmath.mpf(HALF) / 2) / mpmath.gamma(mpmath.mpf(HALF) / 2)
            scale = 2 * (mpmath.mpf(2) / HALF) ** depth / z
            return mpmath.re(unit * layer**depth * scale**s / s)

        step = mpmath.mpf(1) / 16  # the integrand is analytic for |Im t| < 1: e^{-2 pi 16}
        nodes = (integrand(j * step) for j in range(1, 16 * 16))
        return step * (integrand(mpmath.mpf(0)) / 2 + mpmath.fsum(nodes)) / mpmath.pi


def by_contour(law: Any) -> Finding:
    """The share above a thousandth of a decade below and above the quantile, on another line."""

    def facts() -> Iterator[tuple[str, bool]]:  # one by one: the first that fails is enough
        for depth, level in ((1, 0.5), (5, 0.5), (5, 0.9), (20, 0.5), (80, 0.9)):
            x = float(law(depth=depth, level=level))
            low, high = above(depth, x + 1e-3), above(depth, x - 1e-3)
            yield f"layer {depth}, {level}: {x:.4f}", bool(low < 1 - level < high)

    return prove.truth(facts(), predicted="the quantile", found="a contour right of the poles")


def by_one_layer(law: Any) -> Finding:
    """One layer: P(chi^2_1 chi^2_5 <= 5 S^2) in intervals."""

    def facts() -> Iterator[tuple[str, bool]]:
        for level in (0.25, 0.5, 0.9):
            x = float(law(depth=1, level=level))
            low, high = (
                enclosure.chi2_product_below(1, HALF, HALF * iv.mpf(10) ** iv.mpf(x + shift))
                for shift in (-1e-3, 1e-3)
            )
            yield f"level {level}: {x:.4f}", bool(low.b < level < high.a)

    return prove.truth(facts(), predicted="the quantile", found="both sides of it, in balls")


# --- what stands in the claim ----------------------------------------------------------------

LAW = Law(
    role="sharper",
    name="two inputs",
    formula=sp.Eq(sp.Function("Q")(LEVEL.symbol, d), sp.Function("F_d^{-1}")(LEVEL.symbol)),
    parameters=(DEPTH, LEVEL),
    words=(
        "log10 of the quantile of the unbiased variance of unit 0 over two inputs N(0, I), GSM; "
        "F_d: the distribution function of log10 S^2, S^2 = chi^2_1 times d factors chi^2_5/5"
    ),
    evaluate=variance_quantile,
    error=f"{scales.TABLE:.0e} in the level, that of the tabulated distribution function",
    digits=lambda depth, level: scales.certain(lambda p: variance_quantile(depth, p), float(level)),
    mutants=(
        Mutant("mean over the units", lambda depth, level: variance_quantile(depth, level, HALF)),
        Mutant(
            "n for n - 1",
            lambda depth, level: variance_quantile(depth, level) - math.log10(2),
        ),
        Mutant(
            "gain 1",
            lambda depth, level: variance_quantile(depth, level) - int(depth) * math.log10(2),
        ),
        Mutant("one layer more", lambda depth, level: variance_quantile(depth + 1, level)),
    ),
)

PROOFS = (
    Proof("contour", "numeric", "another inversion, five depths and levels", by_contour,
          law="two inputs", tiers=LATER),
    Proof("one layer in balls", "rigorous", "a product of two chi-squares", by_one_layer,
          law="two inputs"),
)  # fmt: skip


def _probe(depth: int, level: float, **more: Any) -> Probe:
    return Probe(
        name=f"gsm, layer {depth}, variance over two inputs, {level} quantile",
        experiment="variance_at_depth",
        setup=init.setup(
            "gsm", (WIDTH,) * (depth + 1), activate_input=True, inputs="mirrored", first_gain=2.0,
            n_inputs=2,
        ),
        at={"depth": depth, "level": level},
        estimand=Estimand(
            "quantile", ("log10_variance",), level=level,
            over="networks and pairs of inputs: a quantile over networks",
        ),
        margin=DECADES,
        laws=("two inputs",),
        why="unit 0, unbiased: what the figure plots, where its law is exact",
        **more,
    )  # fmt: skip


PROBES = (_probe(5, 0.5), _probe(20, 0.5, tiers=LATER), _probe(5, 0.9, tiers=LATER))
