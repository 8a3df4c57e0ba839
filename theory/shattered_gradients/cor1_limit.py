"""Highway nets whose gates depend on the depth: the limits of Corollary 1.

    sg.cor1.lim   with masks independent of the weights the correlation tends to exp(-1/2)
    sg.cor1.real  with a network's own masks, to 0.634 for orthogonal inputs

x_l = gamma_1 x_{l-1} + gamma_2 W_l relu(x_{l-1}), gamma_1^2 + gamma_2^2 = 1, gamma_2^2 = 1/L.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    as_mpf,
    stated,
)
from theory.shattered_gradients import PAPER, cor1_highway
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.cor1_highway import (
    CORRELATION,
    DEPTH,
    REAL_FORMULA,
    g,
    mask_correlation,
    real_correlation,
)
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    MASKS,
    MEAN,
    TYPICAL,
    WIDE_MARGIN,
    direct_width,
    fixed_masks_proof,
    highway_net,
    residual_width,
    wide,
)
from theory.shattered_gradients.thm1_real import by_quadrature
from theory.shattered_gradients.thm2_resnet import of_three
from theory.symbols import L, rho


def _exact(value: Any) -> Any:
    return sp.sympify(prove.exact(value))


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
    limit = sp.limit(
        cor1_highway.CLAIM.law("correlation")(depth=L, gate_sq=1 / L, correlation=0), L, sp.oo
    )
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
    corollary = cor1_highway.CLAIM.law("correlation")(depth=L, gate_sq=1 / L, correlation=0)
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
        fixed_masks_proof(
            same_as_corollary,
            "finite L",
            name="Corollary 1",
            kind="symbolic",
            statement="the value at finite L is sg.cor1's, for every L",
        ),
        fixed_masks_proof(fixed_masks_at_inverse_depth, "finite L", name="fixed masks"),
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
            formula=REAL_FORMULA.subs(g, 1 / L),
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
            margin=WIDE_MARGIN,
            why="a real net" if times == 1 else "twice the width",
            tiers=LATER if (depth, times) == (12, 2) else TIERS,
        )
        for depth in (5, 12)
        for width in (residual_width([1 / depth] * depth),)
        for times in (1, 2)
    ),
    see=("sg.cor1.lim",),
)
