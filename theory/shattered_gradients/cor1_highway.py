"""Highway nets with scalar gates: Corollary 1.

    sg.hw.map     they are residual nets with alpha = gamma_1, beta = gamma_2/gamma_1
    sg.cor1       variance 1, correlation (gamma_1^2 + gamma_2^2/2)^L
    sg.cor1.lim   gamma_2^2 = 1/L: the correlation tends to exp(-1/2)
    sg.cor1.real  the same limit for networks with their own masks

x_l = gamma_1 x_{l-1} + gamma_2 W_l relu(x_{l-1}), gamma_1^2 + gamma_2^2 = 1.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
from theory.schema import (
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
    as_mpf,
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
    direct_width,
    highway_net,
    residual_width,
    wide,
)
from theory.shattered_gradients.sec33_rescaling import block_factors
from theory.shattered_gradients.thm1_real import by_quadrature, pair_correlation, second_road
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
        why="a real net" if times == 1 else "twice the width",
        **more,
    )


_REAL_FORMULA = sp.Eq(
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
            formula=_REAL_FORMULA,
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
                Proof(
                    f"gates: {law}",
                    "symbolic",
                    "Theorem 2's block at alpha^2 (1 + beta^2) = 1",
                    gates(which),
                    law=law,
                    point={"masks": "fixed"},
                ),
                Proof(
                    f"fixed masks: {law}",
                    "exact",
                    "masks fixed in advance, mean over units",
                    fixed_masks(which),
                    law=law,
                    point={"masks": "fixed"},
                ),
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
        *(_own(d, 0.5, curve="depth", x=d) for d in (2, 5, 8)),
        _own(5, 0.5, times=2),
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

# --- sg.cor1.lim -----------------------------------------------------------------------------


def finite_depth(depth: Any) -> Any:
    """(1 - 1/(2L))^L: the law "correlation" of sg.cor1 at gamma_2^2 = 1/L. Exact for coins.

    >>> finite_depth(2)
    9/16
    """
    return mask_correlation(depth, 1 / _exact(depth))


def next_term_law(depth: Any) -> Any:
    """exp(-1/2) (1 - 1/(8L)); too large, by a relative error of at most `remainder_bound`."""
    return sp.exp(-sp.Rational(1, 2)) * (1 - sp.Integer(1) / (8 * _exact(depth)))


def remainder_bound(depth: Any) -> Any:
    """1/(12 L (2L - 1)) >= 1 - 1/(8L) - e^(1/2) (1 - 1/(2L))^L > 0 for every L >= 1.

    With x = 1/L the value is e^(-1/2) e^(-u), u = sum_{k >= 2} x^(k-1)/(k 2^k), a series of
    positive terms whose ratio is below x/2. So x^2/24 <= u - x/8 <= (x^2/24)/(1 - x/2) <= x^2/12,
    hence u <= 5x/24, and 0 <= e^(-u) - 1 + u <= u^2/2 <= 25 x^2/1152 < x^2/24. The error of the
    law is (u - x/8) - (e^(-u) - 1 + u): at most (x^2/24)/(1 - x/2), at least 23 x^2/1152 > 0.

    >>> remainder_bound(2)
    1/72
    """
    return 1 / (12 * _exact(depth) * (2 * _exact(depth) - 1))


@functools.cache
def expansion() -> tuple[sp.Expr, tuple[sp.Expr, ...]]:
    """(limit, coefficients of 1/L, 1/L^2, 1/L^3 relative to it) of (1 - 1/(2L))^L."""
    small = sp.Symbol("epsilon", positive=True)  # 1/L
    value = sp.exp(sp.log(1 - small / 2) / small)
    limit = sp.limit((1 - 1 / (2 * L)) ** L, L, sp.oo)
    series = sp.expand(sp.series(value, small, 0, 4).removeO())
    constant = series.coeff(small, 0)
    terms = tuple(sp.simplify(series.coeff(small, k) / constant) for k in (1, 2, 3))
    return (limit, terms) if constant == limit else (sp.nan, terms)


def limit_value(law: Any) -> Finding:
    """The limit of sg.cor1's own law at gamma_2^2 = 1/L, by sympy and by extrapolation."""
    limit = sp.limit(CLAIM.law("correlation")(depth=L, gate_sq=1 / L, correlation=0), L, sp.oo)
    with mpmath.workdps(30):
        numeric = mpmath.limit(lambda depth: (1 - mpmath.mpf(1) / (2 * depth)) ** depth, mpmath.inf)
        if abs(numeric - as_mpf(limit)) > 1e-12:
            return Finding(None, "", "", f"limit {limit}, extrapolated {numeric}")
    predicted = law()
    return prove.identity(
        predicted - limit,
        predicted=str(predicted),
        found=str(limit),
        detail=f"extrapolated from the sequence: {mpmath.nstr(numeric, 12)}",
    )


def own_masks_limit(law: Any) -> Finding:
    """The layer recursion of real nets at gamma_2^2 = 1/L, orthogonal inputs, extrapolated."""
    with mpmath.workdps(25):
        return prove.close(
            [("orthogonal inputs", law(), recursion_values(sp.Integer(0)))],
            digits=9,
            detail="N -> inf, then L -> inf: sg.cor1.real",
        )


def same_as_corollary(law: Any) -> Finding:
    """The law at L is sg.cor1's at gamma_2^2 = 1/L, for every L."""
    corollary = CLAIM.law("correlation")(depth=L, gate_sq=1 / L, correlation=0)
    return prove.identity(
        law(depth=L) - corollary, predicted=str(law(depth=L)), found=f"{corollary} (sg.cor1)"
    )


def fixed_masks_at_inverse_depth(law: Any) -> Finding:
    """Masks fixed as Assumption 1 asks, gamma_2^2 = 1/L, width 8, mean over units, in fractions."""
    return prove.cases(
        (
            f"L = {d}",
            law(depth=d),
            of_three(
                mm.variance_and_covariance(
                    8, d, skip_sq=1 - sp.Rational(1, d), branch_sq=sp.Rational(1, d)
                ),
                2,
            ),
        )
        for d in (1, 2, 3, 7)
    )


def next_term(law: Any) -> Finding:
    """The coefficient of 1/L; what is left, inside its proved bound and a quarter at twice L."""
    limit, (first, second, third) = expansion()
    predicted = sp.sympify(law(depth=L))
    steps, errors = [], []
    with mpmath.workdps(40):
        for depth in (1, 2, 4, 8, 16, 1024, 2048):
            exact_value, bound = as_mpf(finite_depth(depth)), as_mpf(remainder_bound(depth))
            error = (as_mpf(law(depth=depth)) - exact_value) * mpmath.exp(0.5)
            inside = 0 < error <= bound
            errors.append((float(depth), float(error)))
            steps.append(
                f"L = {depth}: relative error {mpmath.nstr(error, 6)}, bound "
                f"{mpmath.nstr(bound, 6)}"
            )
            if not inside:
                return Finding(False, str(predicted), steps[-1], "outside the proved bound")
    halved = errors[-2][1] / errors[-1][1]
    finding = prove.identity(
        sp.expand(predicted - limit * (1 + first / L)),
        predicted=str(predicted),
        found=str(limit * (1 + first / L)),
        detail=f"next terms {second}/L^2, {third}/L^3; twice L divides the error by {halved:.4f}",
    )
    ok = finding.agrees and abs(halved - 4) < 0.01
    return Finding(ok, finding.predicted, finding.found, finding.detail, tuple(steps))


def _limit_probe(depth: int) -> Probe:
    """Coins at gamma_2^2 = 1/L, against the exact value at that L.

    The expansion is not sampled: its error is known (`remainder_bound`), and below what sampling
    resolves from L = 5 on. A margin equal to that error would put the true value on its edge.
    """
    return Probe(
        name=f"coins, gamma_2^2 = 1/L, L = {depth}",
        experiment="gradient_pairs",
        setup=highway_net(direct_width([1 / depth] * depth), depth, 1 / depth, "independent"),
        at={"depth": depth},
        estimand=CORRELATION_OF_GRADIENTS,
        laws=("finite L",),
        why="no decay with depth",
        curve="depth",
        x=depth,
    )


LIMIT = Claim(
    id="sg.cor1.lim",
    title="with gamma_2^2 = 1/L the correlation tends to exp(-1/2): no decay with depth",
    source=PAPER.at("Corollary 1", "gamma_2 = sqrt(1/L): lim R = 1/sqrt e"),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                sp.Limit((1 - 1 / (2 * L)) ** L, L, sp.oo, "-"), sp.exp(-sp.Rational(1, 2))
            ),
            parameters=(),
            words="limit of (gamma_1^2 + gamma_2^2/2)^L",
            evaluate=lambda: sp.exp(-sp.Rational(1, 2)),
            mutants=(
                Mutant("1/e", lambda: sp.exp(-1)),
                Mutant("exp(-1/4)", lambda: sp.exp(-sp.Rational(1, 4))),
            ),
        ),
        Law(
            role="sharper",
            name="finite L",
            formula=sp.Eq(sp.Function("R")(L), (1 - 1 / (2 * L)) ** L),
            parameters=(DEPTH,),
            words="Corollary 1 at gamma_2^2 = 1/L; exact, and increasing to the limit",
            evaluate=finite_depth,
            mutants=(
                Mutant("1 - gamma_2^2", lambda depth: (1 - 1 / _exact(depth)) ** _exact(depth)),
                Mutant("the limit itself", lambda depth: sp.exp(-sp.Rational(1, 2))),
                Mutant(
                    "one layer fewer",
                    lambda depth: mask_correlation(_exact(depth) - 1, 1 / _exact(depth)),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="next term",
            formula=sp.Eq(sp.Function("R")(L), sp.exp(-sp.Rational(1, 2)) * (1 - 1 / (8 * L))),
            parameters=(DEPTH,),
            words="approached from below",
            evaluate=next_term_law,
            mutants=(
                Mutant(
                    "from above",
                    lambda depth: (
                        sp.exp(-sp.Rational(1, 2)) * (1 + sp.Integer(1) / (8 * _exact(depth)))
                    ),
                ),
                Mutant(
                    "1/(4L)",
                    lambda depth: (
                        sp.exp(-sp.Rational(1, 2)) * (1 - sp.Integer(1) / (4 * _exact(depth)))
                    ),
                ),
            ),
            error="too large, by less than 1/(12 L (2L - 1)) of the limit",
        ),
    ),
    assumptions=(TYPICAL, MASKS, MEAN),
    expected="holds-if",
    because=(
        "It is the limit of Corollary 1's formula and rests on what that needs: masks independent "
        "of the weights. With own masks the limit is 0.634 (sg.cor1.real). It speaks of a family "
        "of nets, one for each depth: in one net the correlation does decay."
    ),
    proofs=(
        Proof("limit", "symbolic", "limit of sg.cor1's law at gamma_2^2 = 1/L", limit_value),
        Proof(
            "own masks",
            "numeric",
            "the limit in real nets, extrapolated from L = 32, 64, ..., 512",
            own_masks_limit,
            point={"masks": "own", "correlation": 0},
        ),
        Proof(
            "Corollary 1",
            "symbolic",
            "the value at finite L is sg.cor1's, for every L",
            same_as_corollary,
            law="finite L",
            point={"masks": "fixed"},
        ),
        Proof(
            "fixed masks",
            "exact",
            "masks fixed in advance, mean over units",
            fixed_masks_at_inverse_depth,
            law="finite L",
            point={"masks": "fixed"},
        ),
        Proof(
            "next term",
            "symbolic",
            "series in 1/L; the rest within a proved bound, of order 1/L^2",
            next_term,
            law="next term",
        ),
    ),
    probes=tuple(_limit_probe(depth) for depth in (2, 5, 10, 20)),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients in highway nets with gamma_2^2 = 1/L, coins as masks",
            "layers L",
            "correlation",
            range(2, 31),
            lambda x: {"depth": int(x)},
            laws=("finite L", "next term"),
        ),
    ),
    see=("sg.cor1", "sg.cor1.real"),
)

# --- sg.cor1.real ----------------------------------------------------------------------------


def real_limit(correlation: Any) -> Any:
    """exp(-(1/pi) int_0^1 theta(s) ds), cos theta = rho, d rho/ds = kappa1(rho) - rho; an mpf.

    N -> inf, then L -> inf; s = l/L. With kappa1 - rho = (sin t - t cos t)/pi the time spent at
    angle t is pi sin t/(sin t - t cos t) dt, so a root gives the last angle: no time stepping.

    >>> mpmath.nstr(real_limit(0), 9)
    '0.633637768'
    """
    start = mpmath.acos(as_mpf(_exact(correlation)))

    def pace(t: Any) -> Any:
        return mpmath.pi * mpmath.sin(t) / (mpmath.sin(t) - t * mpmath.cos(t))

    def late(end: Any) -> Any:
        return mpmath.quad(pace, [end, start]) - 1

    # halving the angle takes longer than 1: 3 pi/start for small angles, about 2.5 from pi
    end = mpmath.findroot(late, (start / 2, start), solver="anderson")
    return mpmath.exp(-mpmath.quad(lambda t: t * pace(t), [end, start]) / mpmath.pi)


def real_finite_depth(depth: Any, correlation: Any) -> Any:
    """`real_correlation` at gamma_2^2 = 1/L; an mpf."""
    return real_correlation(depth, 1 / _exact(depth), correlation)


def by_recursion(law: Any) -> Finding:
    """Richardson extrapolation in 1/L of the layer recursion against the integral."""
    with mpmath.workdps(25):
        rows = []
        for r in (sp.Integer(0), sp.Rational(1, 2)):
            values = recursion_values(r)
            rows.append((f"cosine {r}", as_mpf(law(correlation=r)), values))
        return prove.close(rows, digits=9, detail="extrapolated from L = 32, 64, ..., 512")


def integrated_layers(law: Any) -> Finding:
    """gamma_2^2 = 1/L at L = 2 and 3: orthant probabilities and rectified moments integrated."""
    with mpmath.workdps(30):
        return prove.close(
            (
                (f"L = {d}, cosine {r}", law(depth=d, correlation=r),
                 by_quadrature(r, sp.Rational(1, d))[d - 1])
                for d in (2, 3)
                for r in (sp.Integer(0), sp.Rational(-1, 2))
            ),
            digits=14,
        )  # fmt: skip


@functools.cache
def recursion_values(r: Any) -> Any:
    """R_L at gamma_2^2 = 1/L for L = 32..512, extrapolated to L -> inf."""
    with mpmath.workdps(25):
        row = [real_correlation(d, sp.Rational(1, d), r) for d in (32, 64, 128, 256, 512)]
        for k in range(1, len(row)):
            row = [(2**k * b - a) / (2**k - 1) for a, b in itertools.pairwise(row)]
    return row[0]


REAL = Claim(
    id="sg.cor1.real",
    title="real highway nets with gamma_2^2 = 1/L: the limit is 0.634, not exp(-1/2) = 0.607",
    source=PAPER.at("Corollary 1, for networks with their own masks", "not in the document"),
    kind="asymptotic (N -> inf, then L -> inf)",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Symbol("R"),
                sp.exp(
                    -sp.Integral(sp.Function("theta")(sp.Symbol("s")), (sp.Symbol("s"), 0, 1))
                    / sp.pi
                ),
            ),
            parameters=(
                Parameter(
                    "correlation", Reals(-1, 1, open_high=True), "cosine of the two inputs", rho
                ),
            ),
            words="cos theta = rho, d rho/ds = kappa1(rho) - rho: the angle closes as s grows",
            evaluate=real_limit,
            mutants=(
                Mutant("exp(-1/2)", lambda correlation: sp.exp(-sp.Rational(1, 2))),
                Mutant("theta/(2 pi)", lambda correlation: mpmath.sqrt(real_limit(correlation))),
            ),
            error="a limit: N -> inf, then L -> inf",
        ),
        Law(
            role="sharper",
            name="finite L",
            formula=_REAL_FORMULA.subs(g, 1 / L),
            parameters=(DEPTH, CORRELATION),
            words="sg.cor1's law of real nets at gamma_2^2 = 1/L, N -> inf; tends to the limit",
            evaluate=real_finite_depth,
            mutants=(
                Mutant(
                    "(1 - 1/(2L))^L",
                    lambda depth, correlation: finite_depth(depth),
                ),
                Mutant(
                    "one layer fewer",
                    lambda depth, correlation: real_correlation(
                        depth - 1, 1 / _exact(depth), correlation
                    ),
                ),
            ),
            error="O(1/N) at fixed L",
        ),
    ),
    assumptions=(stated("no batch norm", lambda p: p.get("norm", "none") == "none"),),
    expected="holds",
    because="The inputs grow more alike on the way, by an amount that depends on the data.",
    proofs=(
        Proof(
            "recursion",
            "numeric",
            "the layer recursion, extrapolated to L -> inf",
            by_recursion,
            law="sharper",
        ),
        Proof(
            "quadrature",
            "numeric",
            "two and three layers, with kernels integrated from the Gaussian density",
            integrated_layers,
            law="finite L",
        ),
    ),
    probes=tuple(
        Probe(
            name=f"own masks, N = {times * width}, L = {depth}",
            experiment="tangent_pairs",
            setup=wide(highway_net(times * width, depth, 1 / depth, "own")),
            at={"depth": depth, "correlation": 0},
            estimand=CORRELATION_OF_GRADIENTS,
            laws=("finite L",),
            why="a real net" if times == 1 else "twice the width",
        )
        for depth in (5, 12)
        for width in (residual_width([1 / depth] * depth),)
        for times in (1, 2)
    ),
    see=("sg.cor1.lim",),
)
