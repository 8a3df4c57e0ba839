"""The VNI of networks of the bottleneck initialiser: each layer is two Gaussian ones.

    vn.init.vni   rank N_b = 30 at width 500, depth 50 tweaks the initial VNI to "nearly 1"

"Nearly 1" is read as a mean VNI of at least `level`, 0.95 in the rows that decide. The level at
which the statement turns is the mean itself, and rows measure it; no formula for it is known at
this depth over N_b. What is exact is the other average, the ratio of means.

W = V U/sqrt(N_b N) with normal U, V is a linear Gaussian layer N -> N_b and then one N_b -> N, so
vn.rec applies to the widths N, N_b, N, ..., N with slopes of spread q behind every second one: in
each layer X = (1-R)/(1+2R) is multiplied by (N_b - 1)/(N_b + 2) and by (N-1)/(N-1+3q).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Bounds,
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
    absolute,
    stated,
)
from theory.symbols import SLOPE, L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import ANNEALED, QUENCHED, network
from theory.vanishing_nodes.sec51_initialiser import RANK, N_b, bottleneck

q, R_sq, R_A = sp.Symbol("q", positive=True), rec.R_sq, rec.R_A
nearly = sp.Symbol("r")
LEVEL = Parameter("level", Reals(0, 1), "r, the VNI that is called nearly 1", nearly)
PARAMETERS = (
    Parameter("width", Integers(1), "N, width of every layer", N),
    RANK,
    Parameter("depth", Integers(0), "L, number of layers", L),
    SLOPE,
)


def power_law(width: Any, rank: Any, depth: Any, spread: Any) -> Any:
    """R_A from X = (N-1)/(N+2) ((N_b-1)/(N_b+2) (N-1)/(N-1+3q))^L; symbols or numbers."""
    n, b = sp.sympify(width), sp.sympify(rank)
    layer = rec.layer_factor(b, 1) * rec.layer_factor(n, spread)
    return rec.from_x(rec.to_x(1 / n) * layer ** sp.sympify(depth))


def annealed(width: Any, rank: Any, depth: Any, slope: Any) -> Any:
    """E tr C^2/E (tr C)^2. Exact; rational in, rational out.

    >>> annealed(2, 2, 1, 1), annealed(5, 1, 1, 0)
    (21/22, 1)
    """
    return power_law(width, rank, depth, rec.spread(slope))


def nearly_one(width: Any, rank: Any, depth: Any, slope: Any, level: Any) -> Bounds:
    """The mean VNI lies between the level and 1."""
    return Bounds(sp.sympify(prove.exact(level)), sp.Integer(1))


def first_order(width: Any, rank: Any, depth: Any, slope: Any) -> Any:
    """(1 + q L)/N + L/N_b."""
    n, b = sp.sympify(width), sp.sympify(rank)
    return (1 + rec.spread(slope) * depth) / n + depth / b


def _mutated(change: str) -> Any:
    def evaluate(width: Any, rank: Any, depth: Any, slope: Any) -> Any:
        n, b, spread = sp.sympify(width), sp.sympify(rank), rec.spread(slope)
        at_rank, at_width = rec.layer_factor(b, 1), rec.layer_factor(n, spread)
        layer = {
            "slopes at the bottleneck": rec.layer_factor(b, spread) * at_width,
            "one factor a layer": at_rank,
            "Gaussian weights of full rank": at_width,
            "q = 1 for every activation": at_rank * rec.layer_factor(n, 1),
            "R = 1": 0 if depth else 1,
        }[change]
        return rec.from_x(rec.to_x(1 / n) * layer**depth)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def by_traces(width: Any, rank: Any, depth: int, spread: Any) -> Any:
    """The two traces through N -> N_b -> N, layer by layer (Wick proof: vn.rec)."""
    traces = sp.Matrix([width, width**2])
    for _ in range(depth):
        traces = rec.one_layer(rank, width, 1) * traces
        traces = rec.one_layer(width, rank, spread) * traces
    return traces[0] / traces[1]


THEIRS = {"width": 500, "rank": 30, "depth": 50, "slope": 1}  # sec. 5.1; tanh, taken as linear


def of_rank_one(law: Any) -> Finding:
    """N_b = 1: both traces are equal after one layer, so R = 1 for every network alive."""

    def facts() -> Iterator[tuple[str, bool]]:
        for depth in (1, 3):
            found = by_traces(sp.Integer(7), sp.Integer(1), depth, sp.Integer(1))
            bounds = law(width=7, rank=1, depth=depth, slope=1, level=1)
            yield f"N_b = 1, L = {depth}: R = {found}", bool(bounds.low <= found <= bounds.high)

    return prove.truth(facts(), predicted="nearly 1, at any level", found="R = 1")


def at_their_sizes(law: Any) -> Finding:
    """N = 500, L = 50 by the recursion of the two traces, N_b = 30, N and 1."""

    def facts() -> Iterator[tuple[str, bool]]:
        for rank in (30, 500, 1):
            at = {**THEIRS, "rank": rank}
            found = by_traces(sp.Integer(500), sp.Integer(rank), 50, sp.Integer(1))
            yield f"N_b = {rank}: R_A = {float(found):.6g}", bool(law(**at) == found)

    return prove.truth(
        facts(), predicted="the law", found="R_A = 0.984 at N_b = 30, 0.217 at 500, 1 at 1"
    )


def by_recursion(law: Any) -> Finding:
    """Two traces, every width and rank: one and two layers as rational functions."""
    n, b = sp.symbols("n b", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for slope, depth in ((0, 1), (1, 1), (1, 2)):
            found = by_traces(n, b, depth, rec.spread(slope))
            value = law(width=n, rank=b, depth=depth, slope=slope)
            yield f"N -> N_b -> N, L = {depth}, a = {slope}", rec.same(value, found)

    return prove.truth(
        facts(), predicted="two factors a layer", found="the recursion of the two traces"
    )


def by_enumeration(law: Any) -> Finding:
    """Every U and V with entries -1, 0, 1 of kurtosis 3."""
    shapes = ((2, 1, 2), (1, 2, 1), (2, 2, 2), (2, 1, 2, 1, 2))
    return prove.cases(
        (
            f"widths {widths}",
            law(width=widths[0], rank=widths[1], depth=len(widths) // 2, slope=1),
            rec.ratio_of_means(widths, sp.Integer(1)),
        )
        for widths in shapes
    )


def small_growth(law: Any) -> Finding:
    """Derivative of the exact law at 1/N = 0, at fixed N/N_b, depth and q."""
    e, ratio = sp.symbols("epsilon r", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (sp.Integer(1), sp.Integer(0)):
            at = {"width": 1 / e, "rank": ratio / e, "depth": L}
            exact = sp.diff(power_law(**at, spread=rec.spread(slope)), e).subs(e, 0)
            claimed = sp.diff(law(**at, slope=slope), e).subs(e, 0)
            yield f"a = {slope}: {sp.simplify(exact)}", sp.simplify(exact - claimed) == 0

    return prove.truth(facts(), predicted="1 + q L + L N/N_b", found="first order in 1/N")


# --- the claim -------------------------------------------------------------------------------


def _annealed(n: int, b: int, depth: int, slope: int, why: str, **more: Any) -> Probe:
    gain = {} if slope == 1 else {"gain": 2.0, "activation": "leaky_relu", "slope": 0.0}
    return Probe(
        name=f"{'linear' if slope else 'relu'} N={n} N_b={b} L={depth}, annealed",
        experiment="node_correlation",
        setup={**bottleneck((n,) * (depth + 1), b), **gain},
        at={"width": n, "rank": b, "depth": depth, "slope": slope},
        estimand=ANNEALED,
        laws=("corrected",),
        why=why,
        **more,
    )


OF_READING = absolute(0.01, "'nearly 1' is a reading: a hundredth of VNI decides nothing")


def _each_network(divisor: int, level: Any, why: str, kind: str = "linear", **more: Any) -> Probe:
    """E of the VNI of one network: width, rank and depth divided alike keep L/N_b + L/N = 1.77.

    V and U as two layers: the product of matrices is the same, and less work. kind: tanh, with the
    initialiser itself; or two inputs, such as the bits of sec. 5.1 (R_0 = 1/2).
    """
    n, b, depth = (THEIRS[key] // divisor for key in ("width", "rank", "depth"))
    n_in = 2 if kind == "two inputs" else n
    setup = network((n_in, *(b, n) * depth), 1)
    if kind == "tanh":
        setup = {**bottleneck((n,) * (depth + 1), b), "activation": "tanh"}
    return Probe(
        name=f"{kind} N={n} N_b={b} L={depth}, at least {level}",
        experiment="node_correlation",
        setup=setup,
        at={"width": n, "rank": b, "depth": depth, "slope": 1, "level": sp.Rational(level)},
        estimand=QUENCHED,
        margin=OF_READING,
        why=why,
        **more,
    )


CLAIM = Claim(
    id="vn.init.vni",
    title="the bottleneck initialiser tweaks the initial VNI to nearly 1",
    source=PAPER.at(
        "Section 5.1",
        "an initialiser that can help to tweak the initial VNI to nearly 1; with N_b = 1 it will "
        "tend to 1; at N = 500, L = 50, N_b = 30 it is tweaked to 1 (sec. 5.2: close to 1)",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.And(sp.Le(nearly, rec.E(R_sq)), sp.Le(rec.E(R_sq), 1)),
            parameters=(*PARAMETERS, LEVEL),
            words="mean VNI over networks of this initialiser; nearly 1: at least r",
            evaluate=nearly_one,
            mutants=(
                Mutant("at most 1/N_b", lambda width, rank, depth, slope, level: Bounds(
                    sp.Integer(0), sp.Rational(1, int(rank) + 1))),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(
                (1 - R_A) / (1 + 2 * R_A),
                (N - 1) / (N + 2)
                * ((N_b - 1) / (N_b + 2) * (N - 1) / (N - 1 + 3 * q)) ** L,
            ),
            parameters=PARAMETERS,
            words="annealed VNI, normal U and V, linear or leaky ReLU; exact at every size",
            evaluate=annealed,
            mutants=tuple(
                Mutant(name, _mutated(name))
                for name in (
                    "slopes at the bottleneck",
                    "one factor a layer",
                    "Gaussian weights of full rank",
                    "q = 1 for every activation",
                    "R = 1",
                )
            ),
        ),
        Law(
            role="sharper",
            name="first order",
            formula=sp.Eq(R_A, (1 + q * L) / N + L / N_b),
            parameters=PARAMETERS,
            words="eq. (6) of this initialiser",
            evaluate=first_order,
            mutants=(
                Mutant("L/N_b alone", lambda width, rank, depth, slope: depth / sp.sympify(rank)),
                Mutant("q on the bottleneck", lambda width, rank, depth, slope: (
                    1 + rec.spread(slope) * depth) / sp.sympify(width)
                    + rec.spread(slope) * depth / sp.sympify(rank)),
            ),
            error="relative O(L/N_b): for L much smaller than N_b",
        ),
    ),
    assumptions=(
        stated("normal U and V", lambda p: p.get("weights", "gaussian") in (
            "gaussian", "bottleneck")),
        stated(
            "the input features are iid, one for each node (sec. 3.1)",
            lambda p: "width" not in p or p.get("widths", (p["width"],))[0] == p["width"],
        ),
    ),
    expected="false-as-stated",
    because=(
        "The mean over networks is well below 0.95 at their L/N_b + L/N = 1.77: the rows measure "
        "it at a fifth of width, rank and depth and, at the paper tier, at their sizes; it is the "
        "level up to which 'nearly 1' is true. What the formulas give there, 0.984, is the ratio "
        "of means, which few networks of large scale decide. N_b = 1 has 1 exactly."
    ),
    proofs=(
        Proof("rank one", "exact", "the two traces after a layer of rank one", of_rank_one,
              point={"width": 7, "rank": 1, "depth": 1, "slope": 1, "level": 1}),
        Proof("their sizes", "exact", "the recursion at N = 500, L = 50", at_their_sizes,
              law="corrected"),
        Proof("two traces", "symbolic", "every width and rank, one and two layers", by_recursion,
              law="corrected"),
        Proof("enumeration", "exact", "every U and V of small networks", by_enumeration,
              law="corrected"),
        Proof("first order", "symbolic", "every depth and N/N_b, linear and ReLU", small_growth,
              law="first order"),
    ),
    probes=(
        _annealed(24, 8, 2, 1, "two layers of a rank a third of N", tiers=LATER),
        _annealed(24, 6, 1, 0, "ReLU, its own activation pattern"),
        _each_network(5, "0.95", "a fifth of their sizes"),
        _each_network(5, "0.9", "the same networks, a lower level", tiers=LATER),
        _each_network(5, "0.8", "and one at which it is true", tiers=LATER),
        _each_network(5, "0.95", "their activation", kind="tanh", tiers=LATER),
        _each_network(5, "0.95", "over two bits R_0 = 1/2: shown, not counted",
                      kind="two inputs", tiers=LATER),
        _each_network(1, "0.95", "their sizes", tiers=("paper",)),
        _each_network(1, "0.95", "their sizes and activation", kind="tanh", tiers=("paper",)),
    ),
    curves=(
        Curve(
            "depth",
            "Annealed VNI of linear networks, N = 500, N_b = 30, and its first order",
            "depth L",
            "VNI",
            (1, 2, 5, 10, 15, 20, 30),
            lambda x: {"width": 500, "rank": 30, "depth": int(x), "slope": 1},
            laws=("corrected", "first order"),
        ),
    ),
    remark=(
        "Over the two bits of their tasks a network starts from R_0 = 1/2 and not from 1/500, and "
        "its VNI is higher: a row shows it beside the others. "
        "N_b nodes are a bound from the rank: at L = 50 far fewer are effective. N_b = N is not "
        "the Gaussian initialiser: it has twice as many Gaussian factors, R_A = 0.217, not 0.107."
    ),
    see=("vn.rec", "vn.init", "vn.init.nb1", "vn.quenched", "vn.table1"),
)  # fmt: skip
