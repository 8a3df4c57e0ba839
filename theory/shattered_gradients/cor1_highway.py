"""Highway nets with scalar gates: Corollary 1.

    sg.hw.map     they are residual nets with alpha = gamma_1, beta = gamma_2/gamma_1
    sg.cor1       variance 1, correlation (gamma_1^2 + gamma_2^2/2)^L

What becomes of it at gamma_2^2 = 1/L: cor1_limit.py.

x_l = gamma_1 x_{l-1} + gamma_2 W_l relu(x_{l-1}), gamma_1^2 + gamma_2^2 = 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
from theory.schema import (
    LATER,
    TIERS,
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
    unstated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    MASKS,
    MEAN,
    TYPICAL,
    VARIANCE,
    WIDE_MARGIN,
    direct_width,
    fixed_masks_proof,
    highway_net,
    residual_width,
    wide,
)
from theory.shattered_gradients.sec33_rescaling import block_factors
from theory.shattered_gradients.thm1_real import pair_correlation, second_road
from theory.shattered_gradients.thm2_resnet import of_three
from theory.symbols import L, rho

gamma_1, gamma_2 = sp.symbols("gamma_1 gamma_2", positive=True)
g = sp.Symbol("g", positive=True)  # gamma_2^2
i, j = sp.symbols("i j")
l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741

DEPTH = Parameter("depth", Integers(1), "layers L above the neuron", L)
GATE_SQ = Parameter(
    "gate_sq", Reals(0, 1, open_low=True, open_high=True), "gamma_2^2 = 1 - gamma_1^2", g
)
CORRELATION = Parameter("correlation", Reals(-1, 1), "cosine of the two inputs", rho)


def _exact(value: Any) -> Any:
    return sp.sympify(prove.exact(value))


def mask_correlation(depth: Any, gate_sq: Any, correlation: Any = 0) -> Any:
    """(gamma_1^2 + gamma_2^2/2)^L = (1 - gamma_2^2/2)^L; the inputs do not enter. Exact.

    >>> mask_correlation(2, sp.Rational(1, 2))
    9/16
    """
    return (1 - _exact(gate_sq) / 2) ** _exact(depth)


def real_correlation(depth: Any, gate_sq: Any, correlation: Any = 0) -> Any:
    """Correlation in a highway net with its own masks, N -> inf; an mpf. Error O(1/N)."""
    return pair_correlation(depth, correlation, gate_sq)


# --- sg.hw.map -------------------------------------------------------------------------------


def same_block(law: Any) -> Finding:
    """alpha (x + beta y) = gamma_1 x + gamma_2 y for all x, y."""
    x, y = sp.symbols("x y", real=True)
    beta = law(gamma_1=gamma_1, gamma_2=gamma_2)
    return prove.identity(
        gamma_1 * (x + beta * y) - (gamma_1 * x + gamma_2 * y),
        predicted=f"alpha = gamma_1, beta = {beta}",
        found="gamma_1 x + gamma_2 y",
    )


MAP = Claim(
    id="sg.hw.map",
    title="a highway layer with scalar gates is a residual block, rescaled",
    source=PAPER.at("Section 3.4", "the module is recovered by choosing alpha and beta in (2)"),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("beta"), gamma_2 / gamma_1),
            parameters=(
                Parameter("gamma_1", Reals(0, open_low=True), "gate of the skip", gamma_1),
                Parameter("gamma_2", Reals(0, open_low=True), "gate of the branch", gamma_2),
            ),
            words="alpha = gamma_1 and beta = gamma_2/gamma_1",
            mutants=(
                Mutant("beta = gamma_2", lambda gamma_1, gamma_2: gamma_2),
                Mutant("beta = gamma_1/gamma_2", lambda gamma_1, gamma_2: gamma_1 / gamma_2),
            ),
        ),
    ),
    assumptions=(
        stated("no batch norm", lambda p: p.get("norm", "none") == "none"),
        unstated("gamma_1 is not 0", lambda p: p.get("gamma_1", 1) != 0),
    ),
    expected="holds",
    because="The two layers are the same linear combination.",
    proofs=(Proof("same block", "symbolic", "the two layers agree for every input", same_block),),
)

# --- sg.cor1: proofs -------------------------------------------------------------------------


def gates(which: int) -> Callable[[Any], Finding]:
    """Theorem 2's block factors at alpha^2 = 1 - g, beta^2 = g/(1 - g), for every g."""

    def check(law: Any) -> Finding:
        factor = sp.simplify(of_three(block_factors(1 - g, g / (1 - g)), which))
        predicted = sp.sympify(law(depth=3, gate_sq=g, correlation=0))
        return prove.identities(
            [("three layers", sp.expand(predicted - factor**3))],
            predicted=str(sp.factor(predicted)),
            found=f"({factor})^3",
        )

    return check


GATES = (sp.Rational(1, 2), sp.Rational(1, 10), sp.Rational(9, 10))


def fixed_masks(which: int) -> Callable[[Any], Finding]:
    """Masks fixed as Assumption 1 asks, width 8, mean over units, in fractions."""
    return lambda law: prove.cases(
        (
            f"gamma_2^2 = {gate}, L = {depth}",
            law(depth=depth, gate_sq=gate, correlation=0),
            of_three(mm.variance_and_covariance(8, depth, skip_sq=1 - gate, branch_sq=gate), which),
        )
        for gate in GATES
        for depth in (1, 2, 7)
    )


def own_masks(law: Any) -> Finding:
    """N -> inf, own masks, gamma_2^2 = 1/2: (1 - theta_0/(2 pi))(1 - theta_1/(2 pi)), exactly."""
    angle = sp.acos(gaussian.kappa1(0) / 2)
    found = sp.Rational(3, 4) * (1 - angle / (2 * sp.pi))
    predicted = law(depth=2, gate_sq=sp.Rational(1, 2), correlation=0)
    with mpmath.workdps(40):
        return prove.close(
            [("L = 2", predicted, found)], detail=f"the second angle is {angle}, not pi/2"
        )


# --- sg.cor1: the claim ----------------------------------------------------------------------


def _coins(depth: int, gate: float, law: str, **more: Any) -> Probe:
    return Probe(
        name=f"coins, gamma_2^2 = {gate:g}, L = {depth}, {law}",
        experiment="gradient_pairs",
        setup=highway_net(direct_width([gate] * depth), depth, gate, "independent"),
        at={"depth": depth, "gate_sq": gate, "correlation": 0},
        estimand=VARIANCE if law == "variance" else CORRELATION_OF_GRADIENTS,
        laws=(law,),
        why="the mask model",
        **more,
    )


def _own(depth: int, gate: float, times: int = 1, **more: Any) -> Probe:
    width = times * residual_width([gate] * depth)
    return Probe(
        name=f"own masks, N = {width}, gamma_2^2 = {gate:g}, L = {depth}",
        experiment="tangent_pairs",
        setup=wide(highway_net(width, depth, gate, "own")),
        at={"depth": depth, "gate_sq": gate, "correlation": 0},
        estimand=CORRELATION_OF_GRADIENTS,
        laws=("correlation", "real net"),
        margin=WIDE_MARGIN,
        why="a real net" if times == 1 else "twice the width",
        **more,
    )


REAL_FORMULA = sp.Eq(
    sp.Function("R")(L),
    sp.Product(1 - g * sp.acos(sp.IndexedBase("rho")[l]) / sp.pi, (l, 0, L - 1)),
)

CLAIM = Claim(
    id="sg.cor1",
    title="highway nets with scalar gates: variance 1, correlation (gamma_1^2 + gamma_2^2/2)^L",
    source=PAPER.at(
        "Corollary 1", "gamma_1^2 + gamma_2^2 = 1: C(i) = 1 and R = (gamma_1^2 + gamma_2^2/2)^L"
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            name="variance",
            formula=sp.Eq(sp.Function("C")(i), 1),
            parameters=(DEPTH, GATE_SQ, CORRELATION),
            words="gamma_1^2 from the skip, gamma_2^2 from the branch",
            evaluate=lambda depth, gate_sq, correlation: sp.Integer(1),
            mutants=(
                Mutant(
                    "gamma_1^2 only",
                    lambda depth, gate_sq, correlation: (1 - _exact(gate_sq)) ** depth,
                ),
                Mutant(
                    "both gates at full size",
                    lambda depth, gate_sq, correlation: (1 + _exact(gate_sq)) ** depth,
                ),
            ),
        ),
        Law(
            role="stated",
            name="correlation",
            formula=sp.Eq(sp.Function("R")(i, j), (gamma_1**2 + gamma_2**2 / 2) ** L),
            parameters=(DEPTH, GATE_SQ, CORRELATION),
            words="the skip keeps all of the covariance, the branch half",
            evaluate=mask_correlation,
            mutants=(
                Mutant(
                    "gamma_2^2/4",
                    lambda depth, gate_sq, correlation: (1 - 3 * _exact(gate_sq) / 4) ** depth,
                ),
                Mutant(
                    "gamma_1 + gamma_2/2",
                    lambda depth, gate_sq, correlation: (
                        (sp.sqrt(1 - _exact(gate_sq)) + sp.sqrt(_exact(gate_sq)) / 2) ** depth
                    ),
                ),
                Mutant(
                    "1 - gamma_2^2",
                    lambda depth, gate_sq, correlation: (1 - _exact(gate_sq)) ** depth,
                ),
            ),
        ),
        Law(
            role="sharper",
            name="real net",
            formula=REAL_FORMULA,
            parameters=(DEPTH, GATE_SQ, CORRELATION),
            words="own masks, N -> inf; rho_{l+1} = gamma_1^2 rho_l + gamma_2^2 kappa1(rho_l)",
            evaluate=real_correlation,
            mutants=(
                Mutant("angles stay right angles", mask_correlation),
                Mutant(
                    "one layer fewer",
                    lambda depth, gate_sq, correlation: real_correlation(
                        depth - 1, gate_sq, correlation
                    ),
                ),
            ),
            error="O(1/N) at fixed L; exact at L = 1",
        ),
    ),
    assumptions=(TYPICAL, MASKS, MEAN),
    expected="holds-if",
    because=(
        "Exact when the on-off patterns are chosen without looking at the weights. A real net "
        "without batch norm makes its inputs more alike and keeps more correlation."
    ),
    proofs=(
        *(
            proof
            for which, law in ((0, "variance"), (2, "correlation"))
            for proof in (
                fixed_masks_proof(
                    gates(which),
                    law,
                    name=f"gates: {law}",
                    kind="symbolic",
                    statement="Theorem 2's block at alpha^2 (1 + beta^2) = 1",
                ),
                fixed_masks_proof(fixed_masks(which), law),
            )
        ),
        Proof(
            "own masks",
            "exact",
            "two layers with own masks, N -> inf",
            own_masks,
            law="correlation",
            point={"masks": "own", "correlation": 0},
        ),
        Proof(
            "real net",
            "numeric",
            "the law of real nets, with kernels integrated from the Gaussian density",
            lambda law: second_road(
                lambda depth, correlation: law(
                    depth=depth, gate_sq=sp.Rational(1, 2), correlation=correlation
                ),
                sp.Rational(1, 2),
            ),
            law="real net",
        ),
    ),
    probes=(
        _coins(10, 0.5, "variance"),
        *(_coins(d, 0.5, "correlation", curve="depth", x=d) for d in (1, 2, 5, 8)),
        _coins(10, 0.1, "correlation"),
        *(_own(d, 0.5, curve="depth", x=d, tiers=TIERS if d < 8 else LATER) for d in (2, 5, 8)),
        _own(5, 0.5, times=2, tiers=LATER),
    ),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients in highway nets, gamma_2^2 = 1/2",
            "layers above the neuron",
            "correlation",
            range(1, 21),
            lambda x: {"depth": int(x), "gate_sq": sp.Rational(1, 2), "correlation": 0},
            laws=("correlation", "real net"),
            log_y=True,
        ),
    ),
    see=("sg.thm2.ab", "sg.cor1.lim", "sg.cor1.real"),
)
