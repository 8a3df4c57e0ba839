"""Covariance of gradients in feedforward rectifier nets: Theorem 1(b).

    sg.thm1b   E g_i g_j = 2^-L where the masks are independent of the weights

g = derivative of r . (output) with respect to the units of a layer, L rectifier layers below the
output; the readout r is independent of the net and E r r^T = I. (The document sums rectified
outputs; then the mean of g is not zero.)
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    EXACT_MARGIN,
    LATER,
    TIERS,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Probe,
    Proof,
)
from theory.shattered_gradients import PAPER, finite_width
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    MASKS,
    TYPICAL,
    direct_width,
    real_net,
    wide,
)
from theory.shattered_gradients.thm1_real import MUTANTS, pair_correlation, second_road
from theory.shattered_gradients.thm1a_variance import (
    CORRELATION,
    DEPTH,
    GAUSSIAN_OR_SYMMETRIC,
    ORTHOGONAL,
    WIDTH,
)
from theory.symbols import L, N

# --- proofs ----------------------------------------------------------------------------------


def two_to_the_minus(width: Any, depth: Any, correlation: Any) -> Any:
    """2^-L; neither width nor inputs enter. Exact in the mask model.

    >>> two_to_the_minus(8, 3, 0)
    1/8
    """
    return sp.Integer(2) ** -sp.sympify(depth)


def one_layer(law: Any) -> Finding:
    """Averaged over its weights, one layer multiplies E g_i g_j by twice the co-active share."""
    averaged, recursion = averaged_step()
    share = sp.Rational(1, 4)
    factor = 2 / N * (N * share)  # (2/N) tr(D_i D_j): N/4 units are active for both
    return prove.identities(
        [
            *((f"E W^T K W, entry {n}", entry) for n, entry in enumerate(averaged - recursion)),
            ("the law at L", law(width=N, depth=L, correlation=0) - factor**L),
        ],
        predicted=str(law(width=N, depth=L, correlation=0)),
        found=f"({factor})^L",
    )


@functools.cache
def averaged_step() -> tuple[Any, Any]:
    """One averaged layer of width 2, and the recursion for it."""
    return mm.averaged_step(2)


def fixed_masks(law: Any) -> Finding:
    """Masks fixed in advance as Assumption 1 asks, mean over weights only: every unit, exactly."""
    return prove.cases(
        (
            (
                f"N = {width}, L = {depth}, unit {n}",
                law(width=width, depth=depth, correlation=0),
                mm.plain(mm.typical_masks(width, depth))[n],
            )
            for width in (4, 8)
            for depth in (1, 2, 7)
            for n in range(width)
        ),
        "recursion K -> (2/N) tr(D_i K D_j) I in fractions",
    )


def coin_masks(law: Any) -> Finding:
    """Masks by independent coins: every weight matrix and every coin of N = 2 is visited."""
    return prove.cases(
        (f"N = 2, L = {depth}, unit {n}", law(width=2, depth=depth, correlation=0), found)
        for depth in (1, 2)
        for n, found in enumerate(coins_plain(depth))
    )


@functools.cache
def coins_plain(depth: int) -> tuple[Fraction, ...]:
    """E g_i[n] g_j[n] in the mask model with coins, N = 2."""
    return tuple(mm.coins(depth, block="plain")[1])


def own_masks(law: Any) -> Finding:
    """Real nets on two orthogonal inputs, mean over units: two layers already differ."""
    rows = []
    for depth in (2, 3):
        _, both = mm.real(*ORTHOGONAL, depth)
        label = f"every +-1 net, N = 2, L = {depth}, mean over units"
        rows.append((label, law(width=2, depth=depth, correlation=0), sum(both) / 2))
    return prove.cases(rows, "each layer of a real net makes the two inputs more alike")


@functools.cache
def path_weights() -> tuple[sp.Expr, sp.Expr]:
    """(E w_1^2, E w_1 w_2) over 1{w.x > 0} 1{w.y > 0}, w ~ N(0, I_2), x and y = (1, +-1)/sqrt 2."""
    phi, r = sp.symbols("phi r", positive=True)
    radial = sp.integrate(r**3 * sp.exp(-(r**2) / 2), (r, 0, sp.oo))
    cone = (phi, -sp.pi / 4, sp.pi / 4)  # where both products are positive
    square = radial * sp.integrate(sp.cos(phi) ** 2, cone) / (2 * sp.pi)
    # the same angle between the inputs e_1, e_2: the cone is 0 < phi < pi/2
    cross = radial * sp.integrate(sp.cos(phi) * sp.sin(phi), (phi, 0, sp.pi / 2)) / (2 * sp.pi)
    return sp.simplify(square), sp.simplify(cross)


def one_unit(law: Any) -> Finding:
    """One Gaussian layer, N = 2: half active, a quarter co-active, yet the two units differ."""
    square, cross = path_weights()
    with mpmath.workdps(20):  # quadrature: E over the angle of cos^2 and of cos sin
        numeric = mpmath.quad(lambda t: mpmath.cos(t) ** 2, [-mpmath.pi / 4, mpmath.pi / 4])
        if abs(numeric / mpmath.pi - mpmath.mpf(sp.N(square, 20))) > 1e-15:
            return Finding(None, "", "", "integral and quadrature disagree")
    found = 2 * square  # N rows of variance 2/N = 1
    return prove.identities(
        [("unit 1", sp.sympify(law(width=2, depth=1, correlation=0)) - found)],
        predicted=str(law(width=2, depth=1, correlation=0)),
        found=str(sp.expand(found)),
        detail=f"distinct path-weights are not orthogonal: E w_1 w_2 1{{..}} = {cross}, not 0",
    )


def real_net_by_quadrature(law: Any) -> Finding:
    """The second road of sg.thm1.real, for the law as it stands here."""
    return second_road(
        lambda depth, correlation: law(width=1, depth=depth, correlation=correlation)
    )


REAL_NET_MUTANTS = tuple(
    Mutant(
        mutant.name,
        lambda width, depth, correlation, f=mutant.evaluate: f(
            depth=depth, correlation=correlation
        ),
    )
    for mutant in MUTANTS
    if mutant.name != "2^-L"  # the stated law stands beside it
)


# --- the claim -------------------------------------------------------------------------------


def _pair_probe(name: str, width: int, depth: int, why: str, **more: Any) -> Probe:
    own = more.get("masks", "own") == "own"
    net = real_net(width, depth, masks=more.get("masks", "own"))
    literal = not own or depth <= 3  # deeper, the sampler that draws no weights
    return Probe(
        name=f"{name}, L = {depth}",
        experiment="gradient_pairs" if literal else "tangent_pairs",
        setup=net if literal else wide(net),
        at={"width": width, "depth": depth, "correlation": 0},
        estimand=CORRELATION_OF_GRADIENTS,
        laws=("stated", "real net") if own else ("stated",),
        margin=finite_width.margin(depth, width) if own else EXACT_MARGIN,
        why=why,
        budget=more.get("budget", 1.0),
        tiers=more.get("tiers", TIERS),
        curve="depth",
        x=depth,
    )


CLAIM = Claim(
    id="sg.thm1b",
    title="gradient correlation halves with every layer: 2^-L (true only for idealised masks)",
    source=PAPER.at("Theorem 1(b)", "the covariance is C(i,j) = 1/2^L"),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("C")(sp.Symbol("i"), sp.Symbol("j")), sp.Integer(2) ** -L),
            parameters=(WIDTH, DEPTH, CORRELATION),
            words="two factors at every layer: the He factor 2 and the co-active quarter",
            evaluate=two_to_the_minus,
            mutants=(
                Mutant("4^-L", lambda width, depth, correlation: sp.Integer(4) ** -depth),
                Mutant(
                    "one layer fewer",
                    lambda width, depth, correlation: sp.Integer(2) ** -(depth - 1),
                ),
                Mutant(
                    "co-active 1/4 + 1/(2N)",
                    lambda width, depth, correlation: (
                        (sp.Rational(1, 2) + sp.Integer(1) / width) ** depth
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="real net",
            formula=sp.Eq(
                sp.Function("R")(L),
                sp.Product(
                    1 - sp.acos(sp.IndexedBase("rho")[sp.Symbol("l")]) / sp.pi,
                    (sp.Symbol("l"), 0, L - 1),
                ),
            ),
            parameters=(WIDTH, DEPTH, CORRELATION),
            words="a network's own masks, N -> inf: product of kappa0 (sg.thm1.real)",
            evaluate=lambda width, depth, correlation: pair_correlation(depth, correlation),
            mutants=REAL_NET_MUTANTS,
            error="c_L/N at width N, c_L of sg.thm1.fw",
        ),
    ),
    assumptions=(
        GAUSSIAN_OR_SYMMETRIC,
        TYPICAL,
        MASKS,
    ),
    expected="holds-if",
    because=(
        "Exact at every width when the on-off patterns are chosen without looking at the weights. "
        "A real net without batch norm makes its inputs more alike layer by layer: its correlation "
        "decays as 1/L^3."
    ),
    proofs=(
        Proof(
            "one layer",
            "symbolic",
            "masks independent of the weights: one half per layer, for all N and L",
            one_layer,
            point={"masks": "fixed"},
        ),
        Proof(
            "fixed masks",
            "exact",
            "masks fixed in advance, every unit",
            fixed_masks,
            point={"masks": "fixed"},
        ),
        Proof(
            "coins",
            "exact",
            "masks by independent coins, exhaustively",
            coin_masks,
            point={"masks": "independent"},
        ),
        Proof(
            "own masks",
            "exact",
            "every real net of width 2",
            own_masks,
            point={"masks": "own", "correlation": 0},
        ),
        Proof(
            "one unit",
            "symbolic",
            "one layer, one unit, own masks: 1/2 + 1/pi, not 1/2",
            one_unit,
            point={"masks": "own", "correlation": 0},
        ),
        Proof(
            "real net",
            "numeric",
            "the law of real nets, with kernels integrated from the Gaussian density",
            real_net_by_quadrature,
            law="real net",
        ),
    ),
    probes=(
        *(
            _pair_probe(
                "masks are coins",
                direct_width([1] * d),
                d,
                "the mask model",
                masks="independent",
                tiers=TIERS if d < 4 else LATER,
            )
            for d in (1, 2, 3, 4)
        ),
        _pair_probe(
            "own masks", direct_width([1]), 1, "one layer: still one half, averaged over the units"
        ),
        *(
            _pair_probe(
                "own masks",
                finite_width.margin_width(d),
                d,
                why,
                budget=budget,
                tiers=LATER if d == 3 else TIERS,
            )
            for d, why, budget in (
                (2, "two layers: one fifth too small", 1.0),
                (3, "three layers", 1.0),
                (5, "five layers: a third of what is measured", 1.0),
                (8, "eight layers: a thirteenth", 4.0),
            )
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients at two inputs: 2^-L, coin masks, and real networks",
            "rectifier layers above the neuron",
            "correlation",
            range(1, 13),
            lambda x: {"width": 16, "depth": int(x), "correlation": 0},
            laws=("stated", "real net"),
            log_y=True,
        ),
    ),
    remark=(
        "The proof calls distinct path-weights orthogonal; that is true of the weights alone and "
        "false once the masks, functions of the same weights, stand in the expectation."
    ),
    see=("sg.thm1.real", "sg.thm1.fw"),
)
