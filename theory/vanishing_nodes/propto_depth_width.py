"""Depth over width: the VNI is a function of qL/N, linear in it only while it is small.

    vn.propto   "proportional to depth, inversely proportional to width"

At fixed tau = qL/N and N -> infinity the annealed VNI is (1 - e^(-3 tau))/(1 + 2 e^(-3 tau)). So
twice the depth at twice the width is the same VNI, but twice the depth alone is not twice the VNI:
already eq. (6) is affine, (1 + qL)/N, not proportional.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.maths import prove
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
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import ANNEALED, network, with_remainder

tau, q = sp.Symbol("tau"), sp.Symbol("q", positive=True)
PARAMETERS = (
    Parameter("width", Integers(2), "N, width of every layer", N),
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


def never_above_one(law: Any) -> Finding:
    """Twenty layers of ten units: no VNI exceeds 1."""
    value = law(width=10, depth=20, spread=1)
    return prove.truth(
        [(f"N = 10, L = 20: {value} <= 1", bool(value <= 1))],
        predicted="proportional to L/N",
        found="at most 1 (vn.eq3)",
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

CLAIM = Claim(
    id="vn.propto",
    title="the VNI is proportional to the depth and inversely proportional to the width",
    source=PAPER.at(
        "abstract, Section 3.1 after eq. (6), conclusion",
        "the VNI is shown to be proportional to the depth and inversely proportional to the width",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(R_A, q * L / N),
            parameters=PARAMETERS,
            words="proportional to L and to 1/N, with the slope of eq. (6), iid weights",
            evaluate=relative_depth,
            mutants=(
                Mutant("L/N^2", lambda width, depth, spread: (
                    relative_depth(width, depth, spread) / width)),
                Mutant("q left out", lambda width, depth, spread: relative_depth(width, depth, 1)
                       / 2),
            ),
            error="relative 1/(qL) + qL/(2N)",
        ),
        Law(
            role="corrected",
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
    ),
    expected="false-as-stated",
    because=(
        "It is a function of qL/N alone when both are large, but not a linear one: it saturates at "
        "1, which proportionality would pass. For small qL/N it is affine, (1 + qL)/N."
    ),
    proofs=(
        Proof(
            "above one",
            "exact",
            "twenty layers of ten units would have VNI 2",
            never_above_one,
            point={"width": 10, "depth": 20, "spread": 1},
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
        *(
            _probe(
                width, depth, law, why, curve="depth over width", x=depth / width, tiers=tiers
            )
            for width, depth, why, tiers in (
                (16, 4, "qL/N = 1/4", TIERS),
                (32, 8, "the same qL/N at twice the width: the error of the limit halves", LATER),
            )
            for law in ("stated", "scaling limit")
        ),
    ),
    curves=(
        Curve(
            "depth over width",
            "Annealed VNI against L/N, linear networks",
            "L/N",
            "VNI",
            tuple(j / 32 for j in range(2, 65, 2)),
            lambda x: {"width": 32, "depth": round(32 * x), "spread": 1},
            laws=("stated", "scaling limit"),
        ),
    ),
    remark="The mean VNI of single networks (vn.quenched) is another function of qL/N.",
    see=("vn.eq6", "vn.rec", "vn.quenched"),
)  # fmt: skip
