"""Figure 5 at the first step: gradients of the bottleneck initialiser against Gaussian ones.

    vn.fig5   the gradients of both networks have similar scales

Backwards a vector g passes V^T, which leaves |V^T g|^2 = |g|^2 chi^2_{N_b}, then U^T and its
chi^2_N; a Gaussian layer has the chi^2_N alone. So for linear networks of equal widths the
logarithm of the ratio of squared input gradients has

    mean L (psi(N_b/2) - log(N_b/2)),   variance L (psi'(N_b/2) + 2 psi'(N/2))

both exact, while the means of the two squares are equal. Slopes stand before V^T and are the same
for both: ReLU networks that are alive have the same mean (vn.masklaw). The document puts no number
to "similar": it is a parameter here, and the law `turns` says from which factor on it is true.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration, log_factors, prove
from theory.schema import (
    Bounds,
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
    Reals,
    as_float,
    stated,
    unstated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.sec4_conditions import UNITS
from theory.vanishing_nodes.sec51_initialiser import RANK, N_b, bottleneck

E, Var, psi = sp.Function("E"), sp.Function("Var"), sp.Function("psi")
ratio, f = sp.symbols("r f")
DEPTH = Parameter("depth", Integers(0), "L, number of layers", L)
FACTOR = Parameter(
    "factor", Reals(1, open_low=True), "gradients (not squared) within it are called similar", f
)


def similar(rank: Any, depth: Any, factor: Any) -> Bounds:
    """|E log ratio| <= 2 log(factor): the ratio is that of squared gradients."""
    most = 2 * sp.log(sp.sympify(prove.exact(factor)))
    return Bounds(-most, most)


def typical(rank: Any, depth: Any) -> sp.Expr:
    """E log of |dC/dx_0|^2, bottleneck over Gaussian: L (psi(N_b/2) - log(N_b/2)). Exact.

    >>> typical(2, 3), typical(1, 1)
    (-3*EulerGamma, -log(2) - EulerGamma)
    """
    lost = log_factors.log_mean(int(rank), all_active=True) - sp.log(sp.Rational(int(rank), 2))
    return sp.expand(int(depth) * sp.expand(lost))


def spread(width: Any, rank: Any, depth: Any) -> sp.Expr:
    """Variance of that logarithm over pairs of networks. Exact.

    >>> spread(2, 2, 1)
    pi**2/2
    """
    of_rank, of_width = (log_factors.log_variance(int(n), all_active=True) for n in (rank, width))
    return sp.expand(int(depth) * (of_rank + 2 * of_width))


def turns(rank: Any, depth: Any) -> sp.Expr:
    """The factor by which the typical gradient is smaller: e^(-E log r/2). Exact.

    >>> round(float(turns(30, 50)), 3), round(float(turns(6, 50)), 1)
    (2.322, 81.1)
    """
    return sp.exp(-typical(rank, depth) / 2)


def in_reach(point: Any) -> bool:
    """Whether the factor of a point is at least `turns`; true where it names no factor."""
    if "factor" not in point or "rank" not in point:
        return True
    return bool(as_float(turns(point["rank"], point.get("depth", 0))) <= float(point["factor"]))


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def mean_log(degrees: int) -> Any:
    """E log(chi^2_k/k) from the Gamma integral of its density."""
    return log_factors.mixture(degrees, 1)[0]


def their_sizes(*factors: int) -> Any:
    """A check at N_b = 30, L = 50, from the density: gradients within each of these factors."""

    def check(law: Any) -> Finding:
        found = 50 * mean_log(30)

        def facts() -> Iterator[tuple[str, bool]]:
            for factor in factors:
                bounds = law(rank=30, depth=50, factor=factor)
                inside = bool(bounds.low <= found <= bounds.high)
                yield f"within {factor}: E log ratio = {float(found):.4f}", inside

        return prove.truth(
            facts(),
            predicted=f"within a factor of {min(factors)}",
            found=f"smaller by a factor of {float(sp.exp(-found / 2)):.3f}",
        )

    return check


def narrower(law: Any) -> Finding:
    """N_b = 6 and 1 at L = 50."""

    def facts() -> Iterator[tuple[str, bool]]:
        for rank in (6, 1):
            found, bounds = 50 * mean_log(rank), law(rank=rank, depth=50, factor=10)
            yield (
                f"N_b = {rank}: E log ratio = {float(found):.2f}",
                bool(bounds.low <= found <= bounds.high),
            )

    return prove.truth(
        facts(), predicted="within a factor of 10", found="factors of e^4.4 and e^32"
    )


def turns_by_density(law: Any) -> Finding:
    """At the factor itself the mean logarithm from the density is the end of the bounds."""

    def facts() -> Iterator[tuple[str, bool]]:
        for rank, depth in ((1, 1), (2, 3), (6, 50), (30, 50)):
            rest = sp.log(law(rank=rank, depth=depth)) * 2 + depth * mean_log(rank)
            close = abs(sp.N(rest, 40)) < sp.Rational(1, 10**30)
            yield f"N_b = {rank}, L = {depth}: 2 log f = -E log ratio", bool(close)

    return prove.truth(facts(), predicted="the factor", found="from the density of chi^2")


@functools.cache
def vector_moments(rank: int) -> tuple[Fraction, Fraction]:
    """E s and E s^2, s = |U^T V^T g|^2 over its mean, every U and V of kurtosis 3, N = 2."""
    law, g = enumeration.GAUSS_LIKE, (1, 2)
    unit = 1 / (enumeration.moment(law, 2) ** 2 * rank * 2 * 5)
    first = second = Fraction(0)
    for entries, p in enumeration.iid(law, 4 * rank).items():
        v, u = entries[: 2 * rank], entries[2 * rank :]
        inner = [g[0] * v[k] + g[1] * v[rank + k] for k in range(rank)]
        s = sum(sum(inner[k] * u[2 * k + j] for k in range(rank)) ** 2 for j in (0, 1)) * unit
        first, second = first + p * s, second + p * s * s
    return first, second


def by_density(law: Any) -> Finding:
    """A chi^2 of N_b and one of N a layer: moments by enumeration, the logarithm by density."""

    def facts() -> Iterator[tuple[str, bool]]:
        found = vector_moments(1)
        yield f"N_b = 1, N = 2: E s = {found[0]}, E s^2 = {found[1]}", found[0] == 1
        yield "E s^2 = (1 + 2/N_b)(1 + 2/N)", found[1] == (1 + 2) * (1 + 1)
        for rank, depth in ((1, 1), (2, 3), (5, 2), (30, 50)):
            value = depth * mean_log(rank)
            rest = sp.expand_log(law(rank=rank, depth=depth) - value, factor=True)
            yield f"N_b = {rank}, L = {depth}: {float(value):.5f}", sp.expand(rest) == 0

    return prove.truth(
        facts(), predicted="L (psi(N_b/2) - log(N_b/2))", found="the density of chi^2"
    )


def spread_by_density(law: Any) -> Finding:
    """The same for the variance: independent factors, N_b once and N twice."""
    return prove.cases(
        (
            f"N = {width}, N_b = {rank}, L = {depth}",
            law(width=width, rank=rank, depth=depth),
            sp.expand(depth * (log_factors.mixture(rank, 1)[1]
                               + 2 * log_factors.mixture(width, 1)[1])),
        )
        for width, rank, depth in ((2, 1, 1), (4, 3, 2), (7, 2, 5))
    )  # fmt: skip


# --- the claim -------------------------------------------------------------------------------


def _probe(width: int, rank: int, depth: int, law: str, why: str) -> Probe:
    within = {"factor": 10} if law == "stated" else {}
    return Probe(
        name=f"linear N={width} N_b={rank} L={depth}" + (", within 10" if within else ""),
        experiment="gradient_ratio",
        setup=bottleneck((width,) * (depth + 1), rank),
        at={"rank": rank, "depth": depth, **within},
        estimand=Estimand(
            "mean", ("log_ratio",), over="pairs of networks; mean of the log, not log of the mean"
        ),
        laws=(law,),
        why=why,
    )


CLAIM = Claim(
    id="vn.fig5",
    title="gradients of the bottleneck and of the Gaussian initialiser have similar scales",
    source=PAPER.at(
        "Figure 5 and Section 5.2",
        "N = 500, L = 50, N_b = 30: the input gradients of the network with initial VNI 1 and of "
        "the scaled-Gaussian one have similar scales, so gradients do not vanish",
    ),
    kind="empirical figure",
    laws=(
        Law(
            role="stated",
            formula=sp.Le(sp.Abs(E(sp.log(ratio))), 2 * sp.log(f)),
            parameters=(RANK, DEPTH, FACTOR),
            words="r: squared input gradients, bottleneck over Gaussian, at the first step; "
            "similar: gradients within a factor f",
            evaluate=similar,
            mutants=(
                Mutant("larger", lambda rank, depth, factor: Bounds(
                    0, similar(rank, depth, factor).high)),
                Mutant("equal", lambda rank, depth, factor: Bounds(0, 0)),
            ),
        ),
        Law(
            role="sharper",
            name="typical",
            formula=sp.Eq(E(sp.log(ratio)), L * (psi(N_b / 2) - sp.log(N_b / 2))),
            parameters=(RANK, DEPTH),
            words="linear networks of equal widths, normal U and V; any width",
            evaluate=typical,
            mutants=(
                Mutant("the ratio of means", lambda rank, depth: sp.Integer(0)),
                Mutant("-L/(2 N_b)", lambda rank, depth: -sp.Rational(int(depth), 2 * int(rank))),
                Mutant("psi(N_b) - log(N_b)", lambda rank, depth: typical(2 * int(rank), depth)),
            ),
        ),
        Law(
            role="sharper",
            name="turns",
            formula=sp.Eq(f, sp.exp(L * (sp.log(N_b / 2) - psi(N_b / 2)) / 2)),
            parameters=(RANK, DEPTH),
            words="the factor from which on 'similar' is true of typical linear networks",
            evaluate=turns,
            mutants=(
                Mutant("of the square", lambda rank, depth: turns(rank, 2 * int(depth))),
                Mutant("e^(L/(2 N_b))", lambda rank, depth: sp.exp(
                    sp.Rational(int(depth), 2 * int(rank)))),
            ),
        ),
        Law(
            role="sharper",
            name="spread",
            formula=sp.Eq(
                Var(sp.log(ratio)),
                L * (sp.Function("psi'")(N_b / 2) + 2 * sp.Function("psi'")(N / 2)),
            ),
            parameters=(UNITS, RANK, DEPTH),
            words="variance of the logarithm over pairs of networks",
            evaluate=spread,
            mutants=(
                Mutant("N once", lambda width, rank, depth: (
                    spread(width, rank, depth) + spread(rank, rank, depth) / 3) / 2),
                Mutant("one network", lambda width, rank, depth: spread(rank, rank, depth) / 3),
            ),
        ),
    ),
    assumptions=(
        stated("normal U and V", lambda p: p.get("weights", "bottleneck") == "bottleneck"),
        stated("all layers have the same width", lambda p: len(set(p.get("widths", (1,)))) == 1),
        unstated(
            "what is called similar is at least the factor of the law `turns`: 2.32 at theirs",
            in_reach,
        ),
    ),
    expected="holds-if",
    because=(
        "At their N_b = 30, L = 50 the typical gradient of a linear network is 2.32 times smaller "
        "than the Gaussian one (5.4 times in the square): similar for who calls a factor of 2.32 "
        "or more similar, not at 2. The square falls by e^(-1/N_b) or more a layer: N_b = 6 loses "
        "a factor of 81 in the gradient, N_b = 1 e^32, though the means of the squares stay equal."
    ),
    proofs=(
        Proof("their sizes, within 3 or 10", "exact", "N_b = 30, L = 50", their_sizes(3, 10),
              point={"rank": 30, "depth": 50, "factor": 3}),
        Proof("their sizes, within 2", "exact", "N_b = 30, L = 50", their_sizes(2),
              point={"rank": 30, "depth": 50, "factor": 2}),
        Proof("narrower, within 10", "exact", "N_b = 6 and 1, L = 50", narrower,
              point={"rank": 6, "depth": 50, "factor": 10}),
        Proof("turns", "exact", "the density of chi^2", turns_by_density, law="turns"),
        Proof("density", "exact", "the density of chi^2, and every U and V", by_density,
              law="typical"),
        Proof("spread", "exact", "the density of chi^2", spread_by_density, law="spread"),
    ),
    probes=(
        _probe(6, 3, 5, "typical", "rank and depth a tenth of theirs"),
        _probe(12, 2, 8, "typical", "L/N_b = 4"),
        _probe(6, 3, 5, "stated", "rank and depth a tenth of theirs"),
        _probe(12, 1, 8, "stated", "L/N_b = 8"),
        Probe(
            name="tanh N=500 N_b=30 L=50",
            experiment="gradient_ratio",
            setup={**bottleneck((500,) * 51, 30), "activation": "tanh"},
            at={"rank": 30, "depth": 50, "factor": 10},
            estimand=Estimand("mean", ("log_ratio",), over="pairs of networks, one input each"),
            why="their network, inputs of variance 1",
            tiers=("paper",),
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Mean log-ratio of squared input gradients, N_b = 30",
            "depth L",
            "E log ratio",
            range(0, 101, 10),
            lambda x: {"rank": 30, "depth": int(x)},
            laws=("typical",),
        ),
        Curve(
            "turns",
            "Factor from which on gradients are called similar, N_b = 30",
            "depth L",
            "factor",
            range(0, 101, 10),
            lambda x: {"rank": 30, "depth": int(x)},
            laws=("turns",),
        ),
    ),
    remark=(
        "At the first step only: nothing is trained here. For tanh there is no law, and a row at "
        "the paper tier. One pair of their networks has a standard deviation of 2.0 in the log: "
        "ratios of means over 20 runs are decided by one run."
    ),
    see=("vn.init", "vn.init.nb1", "vn.sec4.iff", "vn.walkingdead", "vn.table1"),
)  # fmt: skip
