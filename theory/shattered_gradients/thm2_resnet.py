"""Residual nets without batch normalisation: Theorem 2.

    sg.thm2   E g_i^2 = 2^L, E g_i g_j = (3/2)^L, correlation (3/4)^L

x_l = alpha (x_{l-1} + beta W_l relu(x_{l-1})); the masks of a block are those of its input.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    EXACT_MARGIN,
    LATER,
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    COVARIANCE,
    MASKS,
    MEAN,
    TYPICAL,
    VARIANCE,
    WIDE_MARGIN,
    direct_width,
    fixed_masks_proof,
    residual_net,
    residual_width,
    wide,
)
from theory.shattered_gradients.thm1_real import pair_correlation, second_road
from theory.symbols import L, N, beta, rho

alpha = sp.Symbol("alpha", positive=True)
i, j = sp.symbols("i j")
l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741

DEPTH = Parameter("depth", Integers(0), "residual blocks L above the neuron", L)
CORRELATION = Parameter("correlation", Reals(-1, 1), "cosine of the two inputs", rho)

# --- the laws of the mask model --------------------------------------------------------------


def power(base: sp.Rational) -> Callable[..., Any]:
    """L -> base^L, whatever the two inputs are."""
    return lambda depth, correlation: base ** sp.sympify(depth)


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def derived_factors() -> tuple[sp.Expr, sp.Expr, tuple[sp.Expr, ...]]:
    """Block factors from the averaged step, and the differences that make it the recursion."""
    averaged, recursion = mm.averaged_step(2)
    s, b, trace = sp.symbols("s b K", positive=True)
    # trace of s^2 K + b^2 (2/N) tr(K) D_i D_j when K is a multiple of I or averaged over coins:
    # tr(D_i D_i) = N/2, tr(D_i D_j) = N/4
    active = {"one input": sp.Rational(1, 2), "two inputs": sp.Rational(1, 4)}
    after = [s**2 * trace + b**2 * (2 / N) * trace * N * share for share in active.values()]
    variance, covariance = (
        sp.expand((value / trace).subs({s: alpha, b: alpha * beta})) for value in after
    )
    return variance, covariance, tuple(averaged - recursion)


def one_block(which: int) -> Callable[[Any], Finding]:
    """One block, averaged over its weights, for all N, alpha, beta; then the law at any L."""

    def check(law: Any) -> Finding:
        variance, covariance, differences = derived_factors()
        values = [f.subs({alpha: 1, beta: 1}) for f in (variance, covariance)]
        factor = (*values, values[1] / values[0])[which]
        predicted = sp.sympify(law(depth=L, correlation=0))
        return prove.identities(
            [
                *((f"averaged block, entry {n}", d) for n, d in enumerate(differences)),
                ("the law at L", predicted - factor**L),
            ],
            predicted=str(predicted),
            found=f"({factor})^L",
            detail=f"per block: variance {variance}, covariance {covariance}",
        )

    return check


def of_three(moments: tuple[Any, Any], which: int) -> Any:
    """Variance, covariance or correlation out of (variance, covariance)."""
    return (*moments, moments[1] / moments[0])[which]


def fixed_masks(which: int) -> Callable[[Any], Finding]:
    """Masks fixed as Assumption 1 asks; the mean over the units, in fractions."""
    return lambda law: prove.cases(
        (
            f"N = {width}, L = {depth}, mean over units",
            law(depth=depth, correlation=0),
            of_three(mm.variance_and_covariance(width, depth), which),
        )
        for width in (4, 8)
        for depth in (1, 2, 7)
    )


@functools.cache
def coins(depth: int) -> tuple[tuple[Any, Any], ...]:
    """(variance, covariance) of each unit of a residual net of width 2 with coins as masks."""
    return tuple(zip(*mm.coins(depth, block="residual"), strict=True))


def coin_masks(which: int) -> Callable[[Any], Finding]:
    """Every weight matrix and every coin at N = 2: exact for each unit."""
    return lambda law: prove.cases(
        (
            f"N = 2, L = {depth}, unit {n}",
            law(depth=depth, correlation=0),
            of_three(moments, which),
        )
        for depth in (1, 2)
        for n, moments in enumerate(coins(depth))
    )


@functools.cache
def units_under_fixed_masks() -> tuple[tuple[Any, Any], ...]:
    """(variance, covariance) of every unit at N = 8, L = 7 under fixed typical masks."""
    pairs = mm.typical_masks(8, 7)
    same = mm.residual([(a, a) for a, _ in pairs])
    return tuple(zip(same, mm.residual(pairs), strict=True))


def one_unit(law: Any) -> Finding:
    """Fixed masks, one unit: a unit that its own masks switch off most gains least."""
    variances = [v for v, _ in units_under_fixed_masks()]
    rows = [(f"N = 8, L = 7, unit {n}", law(depth=7, correlation=0), v)
            for n, v in enumerate(variances)]  # fmt: skip
    low, high = min(variances), max(variances)
    return prove.cases(rows, f"units range from {float(low):.4g} to {float(high):.4g}, mean 128")


@functools.cache
def own() -> tuple[Any, Any]:
    """(variance, covariance), mean over units, of two real blocks of width 8."""
    return mm.real_residual()


def own_masks(which: int) -> Callable[[Any], Finding]:
    """Every real net of two blocks, width 8 and +-1/2 weights, on one typical pair."""
    return lambda law: prove.cases(
        [("N = 8, L = 2", law(depth=2, correlation=0), of_three(own(), which))],
        "a unit of the second block is likelier active where it was active before",
    )


HALF = sp.Rational(1, 2)  # share of the branch in a block's second moment at beta = 1


def real_law(depth: Any, correlation: Any) -> Any:
    """Correlation in a real residual net at beta = 1, N -> inf; alpha drops out. An mpf."""
    return pair_correlation(depth, correlation, HALF)


REAL_MUTANTS = (
    Mutant("share beta^2", lambda depth, correlation: pair_correlation(depth, correlation, 1)),
    Mutant(
        "one block fewer",
        lambda depth, correlation: pair_correlation(depth - 1, correlation, HALF),
    ),
    Mutant("co-activation stays 1/4", power(sp.Rational(3, 4))),
)


# --- sg.thm2: the claim ----------------------------------------------------------------------


ESTIMANDS = {
    "variance": VARIANCE,
    "covariance": COVARIANCE,
    "correlation": CORRELATION_OF_GRADIENTS,
}


def _coins(depth: int, law: str) -> Probe:
    on_curve = law == "correlation"
    return Probe(
        name=f"coins, {law}, L = {depth}",
        experiment="gradient_pairs",
        setup=residual_net(direct_width([0.5] * depth), depth, masks="independent"),
        at={"depth": depth, "correlation": 0},
        estimand=ESTIMANDS[law],
        laws=(law,),
        why="the mask model",
        curve="depth" if on_curve else "",
        x=depth if on_curve else None,
    )


def _own(depth: int, law: str, why: str, times: int = 1, **more: Any) -> Probe:
    """A real net: literal at L = 1, where both laws are exact at every width; else wide."""
    size = direct_width if depth == 1 else residual_width
    width = times * size([0.5] * depth)
    net = residual_net(width, depth)
    on_curve = law == "correlation" and times == 1
    return Probe(
        name=f"own masks, N = {width}, {law}, L = {depth}",
        experiment="gradient_pairs" if depth == 1 else "tangent_pairs",
        setup=net if depth == 1 else wide(net),
        at={"depth": depth, "correlation": 0},
        estimand=ESTIMANDS[law],
        laws=(law, "real net") if law == "correlation" else (law,),
        margin=EXACT_MARGIN if depth == 1 else WIDE_MARGIN,
        why=why,
        curve="depth" if on_curve else "",
        x=depth if on_curve else None,
        **more,
    )


def _law(name: str, base: sp.Rational, formula: sp.Basic, words: str, wrong: list[Mutant]) -> Law:
    return Law(
        role="stated",
        name=name,
        formula=formula,
        parameters=(DEPTH, CORRELATION),
        words=words,
        evaluate=power(base),
        mutants=tuple(wrong),
    )


def _powers(*bases: str) -> list[Mutant]:
    return [Mutant(f"({b})^L", power(sp.Rational(b))) for b in bases]


def _proofs(which: int, law: str) -> tuple[Proof, ...]:
    return (
        fixed_masks_proof(
            one_block(which),
            law,
            name=f"one block: {law}",
            kind="symbolic",
            statement="one averaged block, for all N and L",
        ),
        fixed_masks_proof(fixed_masks(which), law),
        Proof(
            f"coins: {law}",
            "exact",
            "masks by coins, exhaustively, each unit",
            coin_masks(which),
            law=law,
            point={"masks": "independent"},
        ),
        Proof(
            f"own masks: {law}",
            "exact",
            "every real net of two blocks",
            own_masks(which),
            law=law,
            point={"masks": "own", "correlation": 0},
        ),
    )


CLAIM = Claim(
    id="sg.thm2",
    title="residual nets without batch norm: variance 2^L, covariance (3/2)^L, correlation (3/4)^L",
    source=PAPER.at(
        "Theorem 2", "alpha = beta = 1, no batch norm: C(i) = 2^L, C(i,j) = (3/2)^L, R = (3/4)^L"
    ),
    kind="exact identity",
    laws=(
        _law(
            "variance",
            sp.Integer(2),
            sp.Eq(sp.Function("C")(i), 2**L),
            "a block adds what it carries: half of the units at twice the weight",
            _powers("3", "3/2"),
        ),
        _law(
            "covariance",
            sp.Rational(3, 2),
            sp.Eq(sp.Function("C")(i, j), sp.Rational(3, 2) ** L),
            "a block adds half of what it carries: a quarter of the units at twice the weight",
            [
                *_powers("5/4", "2"),
                Mutant("2^(L/2)", lambda depth, correlation: sp.sqrt(2) ** sp.sympify(depth)),
            ],
        ),
        _law(
            "correlation",
            sp.Rational(3, 4),
            sp.Eq(sp.Function("R")(i, j), sp.Rational(3, 4) ** L),
            "the ratio",
            _powers("5/8", "1/2"),
        ),
        Law(
            role="sharper",
            name="real net",
            formula=sp.Eq(
                sp.Function("R")(L),
                sp.Product(1 - sp.acos(sp.IndexedBase("rho")[l]) / (2 * sp.pi), (l, 0, L - 1)),
            ),
            parameters=(DEPTH, CORRELATION),
            words="own masks, N -> inf; rho_{l+1} = (rho_l + kappa1(rho_l))/2; decays as L^-3",
            evaluate=real_law,
            mutants=REAL_MUTANTS,
            error="O(1/N) at fixed L; exact at L = 1",
        ),
    ),
    assumptions=(
        stated(
            "no batch normalisation, weights of variance 2/N",
            lambda p: p.get("norm", "none") == "none" and p.get("gain", 2.0) == 2.0,
        ),
        TYPICAL,
        MASKS,
        MEAN,
    ),
    expected="holds-if",
    because=(
        "Exact when the on-off patterns are chosen without looking at the weights and the units "
        "are averaged. In a real net the inputs become more alike: the correlation decays as 1/L^3."
    ),
    proofs=(
        *(
            proof
            for which, law in enumerate(("variance", "covariance", "correlation"))
            for proof in _proofs(which, law)
        ),
        Proof(
            "real net",
            "numeric",
            "the law of real nets, with kernels integrated from the Gaussian density",
            lambda law: second_road(law, HALF),
            law="real net",
        ),
        Proof(
            "one unit",
            "exact",
            "fixed masks, one unit: not 2^L",
            one_unit,
            law="variance",
            point={"masks": "fixed", "unit": "one"},
        ),
    ),
    probes=(
        *(_coins(d, "correlation") for d in (1, 2, 5, 8)),
        _coins(8, "variance"),
        _coins(5, "covariance"),
        _own(1, "correlation", "one block of a real net"),
        _own(2, "correlation", "two blocks"),
        _own(5, "correlation", "five blocks"),
        _own(5, "correlation", "twice the width", times=2, tiers=LATER),
        _own(8, "correlation", "eight blocks: half of what is measured", tiers=LATER),
        _own(5, "variance", "the variance survives as N grows"),
    ),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients in residual nets without batch norm",
            "residual blocks above the neuron",
            "correlation",
            range(1, 26),
            lambda x: {"depth": int(x), "correlation": 0},
            laws=("correlation", "real net"),
            log_y=True,
        ),
    ),
    see=("sg.thm2.ab", "sg.thm1.real"),
)
