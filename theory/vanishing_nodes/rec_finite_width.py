"""The annealed VNI of a random network at every width and depth, exactly.

    vn.rec   E tr C^2 / E (tr C)^2 multiplies, layer by layer, in the coordinate X = (1-R)/(1+2R)

C = J J^T, J = D_L W_L ... D_1 W_1, weights iid Gaussian, slopes D iid and independent of the
weights (exact for ReLU networks, see vn.masklaw). With a = E tr C^2, b = E (tr C)^2 and m units in
the layer: a' = s [(m-1+2q) a + q b], b' = s [2q a + (m-1+q) b]. The left eigenvectors are (1, -1)
and (2, 1).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Choice,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    stated,
)
from theory.symbols import SLOPE, L, a
from theory.vanishing_nodes import PAPER, layer_wise
from theory.vanishing_nodes import two_traces as two
from theory.vanishing_nodes.probes import ANNEALED, network
from theory.vanishing_nodes.two_traces import from_x as from_x
from theory.vanishing_nodes.two_traces import layer_factor as layer_factor
from theory.vanishing_nodes.two_traces import one_layer as one_layer
from theory.vanishing_nodes.two_traces import same as same
from theory.vanishing_nodes.two_traces import to_x as to_x
from theory.vanishing_nodes.two_traces import wick_moments as wick_moments

E, tr = sp.Function("E"), sp.Function("tr")  # for display only
C, R_sq, R_A = sp.symbols("C R_sq R_A")
LAYERS = layer_wise.LAYERS
READOUT = Parameter(
    "readout", Choice(("post", "pre")), "whether the slope of the last layer is part of J"
)


def spread(slope: Any) -> sp.Expr:
    """q = mu_2/mu_1^2 = 2 (1 + a^4)/(1 + a^2)^2 of a leaky ReLU: 1 (linear) to 2 (ReLU).

    >>> spread(1), spread(0), spread(sp.Rational(1, 2))
    (1, 2, 34/25)
    """
    slope = sp.sympify(prove.exact(slope))
    return 2 * (1 + slope**4) / (1 + slope**2) ** 2


def layer_spreads(widths: Any, slope: Any, readout: str) -> list[Any]:
    """q of the layers 1..L; a pre-activation readout has no slope in the last layer, so q = 1."""
    spreads = [spread(slope)] * (len(widths) - 1)
    return [*spreads[:-1], sp.Integer(1)] if readout == "pre" else spreads


def annealed(widths: Any, slope: Any, readout: str = "post") -> Any:
    """E tr C^2 / E (tr C)^2 for widths n_0..n_L. Exact; rational in, rational out.

    Scale-free. Not the mean of the ratio over networks (vn.quenched).

    >>> annealed((7, 4), 1), annealed((2, 2), 0), annealed((64, 37, 23, 10), 0)
    (2/5, 9/10, 43/124)
    """
    x = to_x(1 / sp.sympify(widths[0]))
    for width, q in zip(widths[1:], layer_spreads(widths, slope, readout), strict=True):
        x *= layer_factor(sp.sympify(width), q)
    return from_x(x)


def expected_traces(widths: Any, slope: Any) -> tuple[Any, Any]:
    """(E tr C^2, E (tr C)^2) at weight variance 1/(n_{l-1} mu_1), so that E |x|^2 per unit is kept.

    >>> expected_traces((2, 2), 1)
    (5, 6)
    """
    q, n = spread(slope), sp.sympify(widths[0])
    traces = sp.Matrix([n, n**2])
    for width in map(sp.sympify, widths[1:]):
        traces = one_layer(width, n, q) * traces
        n = width
    return traces[0], traces[1]


# --- mutants ---------------------------------------------------------------------------------


def _mutated(change: str) -> Any:
    def evaluate(widths: Any, slope: Any, readout: str = "post") -> Any:
        x = to_x(1 / sp.sympify(widths[0]))
        spreads = layer_spreads(widths, slope, readout)
        if change == "q also at the last layer of a pre-activation readout":
            spreads = layer_spreads(widths, slope, "post")
        if change == "q = 1 for every activation":
            spreads = layer_spreads(widths, 1, readout)
        for below, width, q in zip(widths[:-1], widths[1:], spreads, strict=True):
            m = sp.sympify(below if change == "the width that is read" else width)
            if change == "2q in place of 3q":
                x *= (m - 1) / (m - 1 + 2 * q)
            elif change == "m-2 in the numerator":
                x *= (m - 2) / (m - 1 + 3 * q)
            else:
                x *= layer_factor(m, q)
        return from_x(x)

    return evaluate


MUTANTS = tuple(
    Mutant(name, _mutated(name))
    for name in (
        "2q in place of 3q",
        "the width that is read",
        "m-2 in the numerator",
        "q = 1 for every activation",
        "q also at the last layer of a pre-activation readout",
    )
)

# --- proofs ----------------------------------------------------------------------------------


def by_wick(law: Any) -> Finding:
    """One layer, every product of weights multiplied out; C diagonal without loss of generality.

    The law of W is invariant under rotations from the right, so C may be diagonalised.
    """
    q = sp.Symbol("q")

    def facts() -> Iterator[tuple[str, bool]]:
        for m, n in ((2, 2), (2, 3), (3, 2)):
            sum_sq, sq_trace, c = wick_moments(m, n)
            isotropic = (sum_sq / sq_trace).subs(dict.fromkeys(c, 1)).subs(q, spread(a))
            predicted = law(widths=(n, m), slope=a, readout="post")
            yield f"{n} -> {m}: R from C = I, for every slope", same(predicted, isotropic)
            start = sp.Matrix([sum(x**2 for x in c), sum(c) ** 2])
            step = one_layer(m, n, q) * n**2 * start  # standard normal entries: variance 1
            yield f"{n} -> {m}: E tr C^2, for every C", sp.expand(step[0] - sum_sq) == 0
            yield f"{n} -> {m}: E (tr C)^2, for every C", sp.expand(step[1] - sq_trace) == 0

    return prove.truth(
        facts(),
        predicted="the recursion for (E tr C^2, E (tr C)^2)",
        found="the multinomial expansion with Gaussian moments",
    )


def by_eigenvectors(law: Any) -> Finding:
    """(1, -1) and (2, 1) are left eigenvectors, so X = (b-a)/(b+2a) multiplies at every layer."""
    n, m, k, q = sp.symbols("n m k q", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (sp.Integer(1), sp.Integer(0), sp.Rational(1, 2)):
            for readout, last in (("post", spread(slope)), ("pre", sp.Integer(1))):
                start = one_layer(m, n, spread(slope)) * sp.Matrix([n, n**2])
                sum_sq, sq_trace = one_layer(k, m, last) * start
                predicted = law(widths=(n, m, k), slope=slope, readout=readout)
                yield (
                    f"n -> m -> k, a = {slope}, readout {readout}",
                    same(predicted, sum_sq / sq_trace),
                )
        for vector, value in (((1, -1), m - 1), ((2, 1), m - 1 + 3 * q)):
            row = sp.Matrix([vector])
            rest = row * one_layer(m, n, q) - m / n**2 * value * row
            yield f"{vector} M = s ({value}) {vector}", rest.expand() == sp.zeros(1, 2)

    return prove.truth(
        facts(),
        predicted="X_L = X_0 prod (n_l - 1)/(n_l - 1 + 3 q_l)",
        found="the eigen-decomposition, for all widths",
        detail="eigenvalues s (m-1) and s (m-1+3q), s = m/n^2",
    )


@functools.cache
def enumerated() -> tuple[tuple[tuple[int, ...], sp.Rational, str, sp.Rational], ...]:
    """(widths, slope, readout, ratio): every weight in {-1,0,1} (kurtosis 3) and every mask."""
    half = sp.Rational(1, 2)
    grid: list[tuple[tuple[int, ...], Any, str]]
    grid = [((2, 2), s, "post") for s in (sp.Integer(1), sp.Integer(0), half)]
    grid += [((3, 2), sp.Integer(0), "post"), ((2, 3), sp.Integer(0), "post")]
    grid += [((2, 2, 2), s, r) for s, r in ((1, "post"), (0, "post"), (half, "post"), (0, "pre"))]
    grid += [((2, 1, 2), sp.Integer(0), "post")]
    return tuple((w, sp.sympify(s), r, ratio_of_means(w, sp.sympify(s), r)) for w, s, r in grid)


def ratio_of_means(
    widths: tuple[int, ...], slope: sp.Rational, readout: str = "post", zeros: int = 4
) -> sp.Rational:
    """E tr C^2 / E (tr C)^2, every weight and mask listed; one slope in all layers."""
    slopes = [slope] * (len(widths) - 1)
    if readout == "pre":
        slopes[-1] = sp.Integer(1)
    return two.ratio_of_means(widths, slopes, zeros)


def by_enumeration(law: Any) -> Finding:
    """The same fraction for weights in {-1, 0, 1} whose kurtosis is that of a Gaussian."""
    return prove.cases(
        (
            (f"widths {w}, a = {s}, {r}", law(widths=w, slope=s, readout=r), found)
            for w, s, r, found in enumerated()
        ),
        "only the second and fourth moments of the weights enter, so kurtosis 3 suffices",
    )


def by_signs(law: Any) -> Finding:
    """The same enumeration for +-1 weights, of kurtosis 1: what the Gaussian law is for."""
    widths, linear = (2, 2, 2), sp.Integer(1)
    return prove.cases(
        [
            (
                "+-1 weights 2 -> 2 -> 2",
                law(widths=widths, slope=linear, readout="post"),
                ratio_of_means(widths, linear, zeros=0),
            )
        ],
        "the law for any kurtosis is vn.rec.iid",
    )


# --- the claim -------------------------------------------------------------------------------


def _probe(name: str, widths: tuple[int, ...], slope: Any, why: str, **more: Any) -> Probe:
    readout = more.pop("readout", "post")
    return Probe(
        name=name,
        experiment="node_correlation",
        setup=network(widths, slope, extra={"readout": readout}),
        at={"widths": widths, "slope": slope, "readout": readout},
        estimand=ANNEALED,
        laws=("sharper",),
        why=why,
        **more,
    )


n_l, q_l = sp.IndexedBase("n"), sp.Symbol("q")
R_L, index = sp.Symbol("R_L"), sp.Symbol("l", integer=True)

CLAIM = Claim(
    id="vn.rec",
    title="exact annealed VNI at every width and depth: one factor per layer",
    source=PAPER.at(
        "beside eqs. (5) and (6)",
        "not in the document: the exact finite-width form of what (6) approximates",
    ),
    kind="exact",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                (1 - R_L) / (1 + 2 * R_L),
                to_x(1 / n_l[0])
                * sp.Product((n_l[index] - 1) / (n_l[index] - 1 + 3 * q_l), (index, 1, L)),
            ),
            parameters=(LAYERS, SLOPE, READOUT),
            words="E tr C^2 / E (tr C)^2 of the end-to-end Jacobian, Gaussian weights, any widths",
            evaluate=annealed,
            mutants=MUTANTS,
        ),
        layer_wise.LAW,
    ),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        stated(
            "phi is piecewise linear with one kink at 0 (linear, leaky ReLU)",
            lambda p: p.get("activation") != "tanh",
        ),
        layer_wise.ONE_A_LAYER,
    ),
    expected="holds",
    because=(
        "Two traces obey a closed 2 x 2 recursion with a common eigenbasis; every small case "
        "agrees as a fraction, and sampled networks with their own activation patterns agree too."
    ),
    proofs=(
        Proof(
            "one layer by Wick",
            "symbolic",
            "multiplying out one layer gives the 2 x 2 recursion",
            by_wick,
            law="sharper",
        ),
        Proof(
            "eigenvectors",
            "symbolic",
            "the recursion has the eigenvectors (1,-1) and (2,1) at every layer, so X multiplies",
            by_eigenvectors,
            law="sharper",
            tiers=LATER,
        ),
        Proof(
            "enumeration",
            "exact",
            "every weight matrix and mask of small networks gives the same fraction",
            by_enumeration,
            law="sharper",
        ),
        Proof(
            "+-1 weights",
            "exact",
            "weights of kurtosis 1 give another fraction: 9/10 in place of 21/22",
            by_signs,
            law="sharper",
            point={"weights": "rademacher"},
        ),
        *layer_wise.PROOFS,
    ),
    probes=(
        *(
            _probe(
                f"linear depth {depth}",
                (20,) * (depth + 1),
                sp.Integer(1),
                "growth with depth",
                curve="depth",
                x=depth,
            )
            for depth in (1, 2, 4, 6)
        ),
        _probe("relu depth 4", (32,) * 5, sp.Integer(0), "ReLU with its own activation pattern"),
        _probe("leaky depth 3", (20,) * 4, sp.Rational(3, 10), "a spread between 1 and 2"),
        _probe("rectangular linear", (7, 11, 5, 13), sp.Integer(1), "every width enters once"),
        _probe(
            "pre-activation readout",
            (12, 8, 12),
            sp.Integer(0),
            "no slope at the last layer",
            readout="pre",
        ),
        Probe(
            name="spreads 2 and 1",
            experiment="node_correlation",
            setup=network((12, 8, 12), 0, extra={"readout": "pre"}),
            at={"widths": (12, 8, 12), "spreads": (2, 1)},
            estimand=ANNEALED,
            laws=("layer-wise",),
            why="ReLU, then a layer without slopes",
            budget=0.3,
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Annealed VNI of a linear network, width 20",
            "depth L",
            "E tr C^2 / E (tr C)^2",
            range(1, 13),
            lambda x: {"widths": (20,) * (int(x) + 1), "slope": 1, "readout": "post"},
            laws=("sharper",),
        ),
    ),
    remark=(
        "The weight (tr C)^2 of the annealed average is heavy-tailed: beyond qL/N of about 1/2 a "
        "sample never sees the networks that decide it (sizes: the rule in probes.py). The order "
        "of the layers does not matter. For tanh, hard tanh and erf the layer-wise law is the "
        "first order in 1/N, at the spreads of layer_slopes.spreads (orthogonal: vn.tanhorth)."
    ),
    see=("vn.eq6", "vn.masklaw", "vn.quenched", "vn.rec.iid", "vn.rec.haar"),
)
