"""Depth over width: what twice the depth, and twice the width, do to the VNI.

    vn.propto   "proportional to depth, inversely proportional to width"

Both are said of eq. (6), for N >> L. That law is (1 + qL)/N: inversely proportional to N, and in L
affine, not proportional: twice the depth is (1 + 2qL)/(1 + qL) times the VNI, 3/2 from one linear
layer to two, at any width. It is within LEVEL of twice from qL = 19 on. At fixed tau = qL/N and
N -> infinity the annealed VNI is (1 - e^(-3 tau))/(1 + 2 e^(-3 tau)), which saturates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
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
    unstated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.first_order import LEVEL, SHALLOW
from theory.vanishing_nodes.probes import ANNEALED, network, with_remainder

tau, q = sp.Symbol("tau"), sp.Symbol("q", positive=True)
PARAMETERS = (
    Parameter("width", Integers(2, draw_to=10**4), "N, width of every layer", N),
    Parameter("depth", Integers(1, 1000), "L, number of layers", L),
    Parameter("spread", Reals(1, 100), "q = mu_2/mu_1^2 of the slopes", q),
)


def relative_depth(width: Any, depth: Any, spread: Any) -> Any:
    """tau = qL/N."""
    return sp.sympify(prove.exact(spread)) * depth / sp.sympify(width)


def saturating(width: Any, depth: Any, spread: Any) -> Any:
    """(1 - e^(-3 tau))/(1 + 2 e^(-3 tau)), the limit at fixed tau = qL/N.

    >>> saturating(10, 0, 1)
    0
    """
    return rec.from_x(sp.exp(-3 * relative_depth(width, depth, spread)))


def doubled(width: Any, depth: Any, spread: Any) -> Any:
    """(1 + 2qL)/(1 + qL): VNI at twice the depth over VNI, N -> infinity at fixed L.

    >>> doubled(10**4, 1, 1), doubled(10**4, 19, 1)
    (3/2, 39/20)
    """
    layers = sp.sympify(prove.exact(spread)) * depth
    return (1 + 2 * layers) / (1 + layers)


def least_depth(level: Any = LEVEL) -> Any:
    """The least qL from which twice the depth is twice the VNI up to `level`: 1/(2 level) - 1.

    >>> least_depth(), least_depth(sp.Rational(1, 10))
    (19, 4)
    """
    return 1 / (2 * sp.sympify(level)) - 1


def deep_enough(point: Any) -> bool:
    """Whether qL is at least `least_depth`; true where a point names no depth."""
    if "depth" not in point:
        return True
    return bool(sp.sympify(prove.exact(point.get("spread", 1))) * point["depth"] >= least_depth())


def finite(width: Any, depth: Any, spread: Any) -> Any:
    """The annealed VNI of vn.rec at equal widths. Exact."""
    n = sp.sympify(width)
    q_ = sp.sympify(prove.exact(spread))
    return rec.from_x(rec.to_x(1 / n) * rec.layer_factor(n, q_) ** sp.sympify(depth))


def remainder(width: int, depth: int, spread: Any) -> Any:
    """Relative difference between the limit and the exact law at that size."""
    exact = finite(width, depth, spread)
    return abs(saturating(width, depth, spread) - exact) / saturating(width, depth, spread)


# --- proofs ----------------------------------------------------------------------------------


def double_scaling(law: Any) -> Finding:
    """log X = log((N-1)/(N+2)) + L log((N-1)/(N-1+3q)): its limit at L = tau N/q."""
    n, t = sp.Symbol("n", positive=True), sp.Symbol("tau", positive=True)
    log_x = sp.log((n - 1) / (n + 2)) + t * n / q * sp.log((n - 1) / (n - 1 + 3 * q))
    limit = sp.limit(log_x, n, sp.oo)

    def facts() -> Iterator[tuple[str, bool]]:
        yield f"log X -> {limit}", sp.simplify(limit + 3 * t) == 0
        for width, depth, spread in ((10, 3, 1), (7, 20, 2), (100, 50, sp.Rational(3, 2))):
            value = law(width=width, depth=depth, spread=spread)
            at = rec.from_x(sp.exp(limit.subs(t, relative_depth(width, depth, spread))))
            yield (
                f"N = {width}, L = {depth}, q = {spread}",
                bool(abs(sp.N(value - at, 30)) < sp.Rational(1, 10**25)),
            )

    return prove.truth(
        facts(), predicted="X = e^(-3 qL/N)", found="the limit of the exact law at fixed qL/N"
    )


def by_traces(width: Any, depth: int, spread: Any) -> Any:
    """The annealed VNI by the recursion of the two traces (Wick proof: vn.rec)."""
    n = sp.sympify(width)
    step = rec.one_layer(n, n, sp.sympify(spread))
    traces = sp.Matrix([n, n**2])
    for _ in range(depth):
        traces = (step * traces).applyfunc(sp.cancel)
    return sp.cancel(traces[0] / traces[1])


def from_one_layer(law: Any) -> Finding:
    """One layer to two, N -> infinity: far inside N >> L."""

    def facts() -> Iterator[tuple[str, bool]]:
        for spread in (1, 2):
            ratio = sp.limit(by_traces(N, 2, spread) / by_traces(N, 1, spread), N, sp.oo)
            value = law(width=10**4, depth=1, spread=spread)
            close = abs(ratio / value - 1) <= LEVEL
            yield f"q = {spread}: {ratio} within {LEVEL} of {value}", bool(close)

    return prove.truth(facts(), predicted="twice", found="3/2 for q = 1, 5/3 for q = 2")


INSIDE = ((380, 19, 1), (4000, 19, 1), (1000, 50, 1), (400, 10, 2))  # 19 <= qL <= N/20


def in_between(law: Any) -> Finding:
    """1 << qL << N: exact ratios at both ends of the domain."""

    def facts() -> Iterator[tuple[str, bool]]:
        for width, depth, spread in INSIDE:
            ratio = by_traces(width, 2 * depth, spread) / by_traces(width, depth, spread)
            value = law(width=width, depth=depth, spread=spread)
            close = abs(ratio / value - 1) <= LEVEL
            yield f"N = {width}, L = {depth}, q = {spread}: {float(ratio):.4f}", bool(close)

    return prove.truth(facts(), predicted="twice, up to 1/40", found="the recursion, 4 sizes")


def twice_as_wide(law: Any) -> Finding:
    """The limit N -> infinity for one to three layers, every q; and exact ratios inside."""
    spread = sp.Symbol("q", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for depth in (1, 2, 3):
            at = by_traces(N, depth, spread)
            limit = sp.limit(sp.cancel(at.subs(N, 2 * N) / at), N, sp.oo)
            value = law(width=10**4, depth=depth, spread=1)
            yield f"L = {depth}, every q: {limit}", sp.simplify(limit - value) == 0
        for width, depth, q_ in INSIDE:
            ratio = by_traces(2 * width, depth, q_) / by_traces(width, depth, q_)
            value = law(width=width, depth=depth, spread=q_)
            close = abs(ratio / value - 1) <= LEVEL
            yield f"N = {width}, L = {depth}, q = {q_}: {float(ratio):.4f}", bool(close)

    return prove.truth(facts(), predicted="half, up to 1/40", found="1/2 in the limit")


def doubling_limit(law: Any) -> Finding:
    """N -> infinity of the exact law (vn.rec) at depths L and 2L, every L and q."""
    e = sp.Symbol("epsilon", positive=True)

    def first(depth: Any) -> Any:
        x = rec.to_x(e) * rec.layer_factor(1 / e, q) ** depth
        return sp.diff(rec.from_x(x), e).subs(e, 0)

    ratio = first(2 * L) / first(L)
    return prove.identities(
        [("R(2L)/R(L)", sp.simplify(ratio - law(width=N, depth=L, spread=q)))],
        predicted="(1 + 2qL)/(1 + qL)",
        found="derivatives of the exact law at 1/N = 0",
    )


# --- the claim -------------------------------------------------------------------------------


def _probe(width: int, depth: int, law: str, why: str, **more: Any) -> Probe:
    if law == "scaling limit":
        more["margin"] = with_remainder(
            sp.N(remainder(width, depth, sp.Integer(1))), "exact law against its limit at this size"
        )
    return Probe(
        name=f"{law}, N={width} L={depth}",
        experiment="node_correlation",
        setup=network((width,) * (depth + 1), 1),
        at={"width": width, "depth": depth, "spread": sp.Integer(1)},
        estimand=ANNEALED,
        laws=(law,),
        why=why,
        **more,
    )


R_A = rec.R_A

R_at = sp.Function("R_A")  # of (N, L)
RATIO, HALVED = R_at(N, 2 * L) / R_at(N, L), R_at(2 * N, L) / R_at(N, L)
OF_LEVEL = "1/40: what '~' is taken to mean for eq. (6); at level e from qL = 1/(2e) - 1 on"

CLAIM = Claim(
    id="vn.propto",
    title="the VNI is proportional to the depth and inversely proportional to the width",
    source=PAPER.at(
        "abstract, Section 3.1 after eq. (6), conclusion",
        "eq. (6) is more accurate when N >> L; moreover the correlation is inversely proportional "
        "to the width N and proportional to the depth L",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            name="twice the depth",
            formula=sp.Eq(RATIO, 2),
            parameters=PARAMETERS,
            words="annealed VNI at twice the depth, over the VNI; iid weights",
            evaluate=lambda width, depth, spread: sp.Integer(2),
            mutants=(
                Mutant("the same", lambda width, depth, spread: sp.Integer(1)),
                Mutant("the square", lambda width, depth, spread: sp.Integer(4)),
            ),
            error=OF_LEVEL,
        ),
        Law(
            role="stated",
            name="twice the width",
            formula=sp.Eq(HALVED, sp.Rational(1, 2)),
            parameters=PARAMETERS,
            words="annealed VNI at twice the width, over the VNI; iid weights",
            evaluate=lambda width, depth, spread: sp.Rational(1, 2),
            mutants=(
                Mutant("1/N^2", lambda width, depth, spread: sp.Rational(1, 4)),
                Mutant("1/sqrt(N)", lambda width, depth, spread: 1 / sp.sqrt(2)),
            ),
            error="1/40; exact in the limit N -> infinity at fixed L",
        ),
        Law(
            role="sharper",
            name="affine",
            formula=sp.Eq(RATIO, (1 + 2 * q * L) / (1 + q * L)),
            parameters=PARAMETERS,
            words="the same at twice the depth, N -> infinity at fixed L: eq. (6) is affine in L",
            evaluate=doubled,
            mutants=(
                Mutant("2", lambda width, depth, spread: sp.Integer(2)),
                Mutant("(1 + L)", lambda width, depth, spread: doubled(width, depth, 1)),
            ),
            error="O(1/N) at fixed L",
        ),
        Law(
            role="sharper",
            name="scaling limit",
            formula=sp.Eq(R_A, (1 - sp.exp(-3 * q * L / N)) / (1 + 2 * sp.exp(-3 * q * L / N))),
            parameters=PARAMETERS,
            words="annealed VNI at fixed qL/N, N -> infinity: it saturates at 1",
            evaluate=saturating,
            mutants=(
                Mutant("linear", relative_depth),
                Mutant("e^(-2 tau)", lambda width, depth, spread: rec.from_x(
                    sp.exp(-2 * relative_depth(width, depth, spread)))),
                Mutant("L/N^2", lambda width, depth, spread: saturating(
                    sp.sympify(width) ** 2, depth, spread)),
            ),
            error="O(1/N) at fixed qL/N",
        ),
    ),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        SHALLOW,
        unstated("for the depth: qL >= 19, where 1/(1 + qL) is at most 1/20", deep_enough),
    ),
    expected="holds-if",
    because=(
        "Eq. (6) is (1 + qL)/N: inversely proportional to N, affine in L. From one linear layer to "
        "two the VNI grows by 3/2, not 2, however wide the network is. It is proportional to the "
        "depth, within 1/40, for 19 <= qL <= N/20; beyond, it saturates at 1."
    ),
    proofs=(
        Proof(
            "in between",
            "exact",
            "the recursion of the traces at L and 2L, both ends of 19 <= qL <= N/20",
            in_between,
            law="twice the depth",
            point={"width": 1000, "depth": 50, "spread": 1},
        ),
        Proof(
            "from one layer",
            "symbolic",
            "one layer to two, N -> infinity",
            from_one_layer,
            law="twice the depth",
            point={"width": 10**4, "depth": 1, "spread": 1},
        ),
        Proof(
            "twice as wide",
            "symbolic",
            "the recursion at N and 2N, its limit for every q",
            twice_as_wide,
            law="twice the width",
            point={"regime": "N -> infinity"},
        ),
        Proof(
            "doubling",
            "symbolic",
            "derivatives of the exact law at 1/N = 0, every L and q",
            doubling_limit,
            law="affine",
        ),
        Proof(
            "double scaling",
            "symbolic",
            "the limit of the exact law (vn.rec) at fixed qL/N, for every q",
            double_scaling,
            law="scaling limit",
        ),
    ),
    probes=(
        _probe(16, 4, "scaling limit", "qL/N = 1/4", curve="depth over width", x=1 / 4),
        _probe(
            32, 8, "scaling limit", "the same qL/N at twice the width: the error halves",
            curve="depth over width", x=1 / 4, tiers=LATER,
        ),
    ),
    curves=(
        Curve(
            "depth",
            "VNI at twice the depth over the VNI, wide linear networks",
            "depth L",
            "ratio",
            (1, 2, 3, 5, 8, 12, 19, 30, 40, 50, 60, 80, 100),
            lambda x: {"width": 10**4, "depth": int(x), "spread": 1},
            laws=("twice the depth", "affine"),
            log_x=True,
        ),
        Curve(
            "depth over width",
            "Annealed VNI against L/N, linear networks",
            "L/N",
            "VNI",
            tuple(j / 32 for j in range(2, 65, 2)),
            lambda x: {"width": 32, "depth": round(32 * x), "spread": 1},
            laws=("scaling limit",),
        ),
    ),
    remark="The mean VNI of single networks (vn.quenched) is another function of qL/N.",
    see=("vn.eq6", "vn.rec", "vn.quenched"),
)  # fmt: skip
