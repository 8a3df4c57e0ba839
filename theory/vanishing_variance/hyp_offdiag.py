"""Do all fully random initialisations with off-diagonal entries suffer? Two that do not.

    vev.hyp.offdiag   orthogonal weights at |a| = 1, and mirrored orthogonal blocks with ReLU

What matters is whether the factor T of a layer varies, not whether the matrix has off-diagonal
entries. Orthogonal weights of gain sqrt(2/(1+a^2)): T = 2 ||phi_a(u)||^2/(1+a^2), u uniform on the
sphere, E T^2 = 1 + 3(r-1)/(w+2): it grows unless r = 1, that is |a| = 1, where T = 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Choice,
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    stated,
)
from theory.symbols import DEPTH, MOST_WIDTH, SLOPE, WIDTH, a, d, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.probes import KURTOSIS
from theory.vanishing_variance.recursion import anisotropy

FAMILY = Parameter(
    "family", Choice(("orthogonal", "mirrored orthogonal")), "Haar weights, or [[U, -U], [-U, U]]"
)
EVEN = Integers(2, MOST_WIDTH, step=2)  # widths of mirrored blocks; the others may be odd
ROTATIONS = ((3, 4, 5), (5, 12, 13), (8, 15, 17))
"""Pythagorean triples: rational orthogonal matrices of order 2."""


def factor(width: Any, slope: Any) -> sp.Expr:
    """E T^2 of one orthogonal layer; E T = 1.

    >>> factor(10, 0), factor(10, 1), factor(10, -1)
    (5/4, 1, 1)
    """
    return 1 + 3 * (anisotropy(slope) - 1) / (sp.sympify(width) + 2)


def kurtosis(width: Any, slope: Any, depth: Any) -> sp.Expr:
    """Kurtosis of a unit from N(0, I) inputs: 3 (E T^2)^d."""
    return 3 * factor(width, slope) ** depth


def limit(width: Any, slope: Any, family: str) -> Any:
    """Kurtosis at infinite depth: 3 where the norm is kept, otherwise infinite."""
    if family == "mirrored orthogonal":  # a ReLU network that is linear and orthogonal
        return sp.Integer(3) if slope == 0 else sp.nan
    return sp.Integer(3) if factor(width, slope) == 1 else sp.oo


def rotation(triple: tuple[int, int, int], *, flip: bool) -> list[list[Fraction]]:
    """A rational orthogonal matrix of order 2, determinant +1 or -1."""
    p, q = Fraction(triple[0], triple[2]), Fraction(triple[1], triple[2])
    return [[p, -q], [q, p]] if not flip else [[p, q], [q, -p]]


def times(matrix: Sequence[Sequence[Fraction]], x: Sequence[Fraction]) -> list[Fraction]:
    """W x."""
    return [sum((m * v for m, v in zip(row, x, strict=True)), Fraction(0)) for row in matrix]


def norm_ratios(family: str, slope: Fraction) -> set[Fraction]:
    """||y^(4)||^2/||y^(1)||^2 of literal networks of rational rotations, four layers, all signs."""
    ratios: set[Fraction] = set()
    for turn, flips in itertools.product(range(3), itertools.product((False, True), repeat=4)):
        y = [Fraction(2), Fraction(-3)]
        squares = []
        for layer, flip in enumerate(flips):
            u = rotation(ROTATIONS[(turn + layer) % 3], flip=flip)
            if family == "mirrored orthogonal":
                u = [[*row, *(-v for v in row)] for row in u]
                u = [*u, *([-v for v in row] for row in u)]
                y = [*y, *(-v for v in y)] if layer == 0 else y
            gain = Fraction(2) / (1 + slope**2) if family == "orthogonal" else Fraction(1)
            active = [v if v > 0 else slope * v for v in y]
            y = times(u, active)
            squares.append(sum(v * v for v in y) * gain ** (layer + 1))
        ratios.add(squares[-1] / squares[0])
    return ratios


def literal_networks(law: Any) -> Finding:
    """Rational rotations: every network keeps its norm exactly, so no moment can grow."""
    kept = [("orthogonal", Fraction(1)), ("orthogonal", Fraction(-1)),
            ("mirrored orthogonal", Fraction(0))]  # fmt: skip
    facts = [
        (f"{family}, a = {slope}: every ratio is 1", norm_ratios(family, slope) == {Fraction(1)})
        for family, slope in kept
    ]
    facts.append(
        ("orthogonal, a = 0: ratios vary", len(norm_ratios("orthogonal", Fraction(0))) > 1)
    )
    facts += [
        (
            f"{family}, a = {slope}: the kurtosis stays 3",
            law(width=4, slope=slope, family=family) == 3,
        )
        for family, slope in kept
    ]
    facts.append(("a = 0: infinite", law(width=4, slope=0, family="orthogonal") == sp.oo))
    return prove.truth(facts, predicted="the kurtosis of the law", found="3: every norm is kept")


def by_sphere(law: Any) -> Finding:
    """E u_i^4 = 3/(w(w+2)), E u_i^2 u_j^2 = 1/(w(w+2)); w and a symbolic, three depths."""
    unit = 1 / (w * (w + 2))
    second = (
        init.squares_of_units(unit * ((1 + a**2) / 2) ** 2, 3 * unit * (1 + a**4) / 2, w)
        * (2 / (1 + a**2)) ** 2
    )
    return prove.identities(
        [(f"depth {k}", law(width=w, slope=a, depth=k) - 3 * second**k) for k in (0, 1, 2)],
        predicted="3 (1 + 3(r - 1)/(w + 2))^d",
        found="fourth moments of a uniform direction",
    )


def _probe(name: str, activation: str, slope: float, why: str, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            "widths": (48, 48, 48),
            "weights": "haar",
            "gain": 2 / (1 + slope**2),
            "fan": "max",
            "activation": activation,
            "activate_input": True,
        },
        at={"width": 48, "slope": int(slope), "depth": 2},
        estimand=KURTOSIS,
        laws=("kurtosis",),
        why=why,
        **more,
    )


CLAIM = Claim(
    id="vev.hyp.offdiag",
    title="every fully random initialisation with off-diagonal entries suffers: two that do not",
    source=PAPER.at(
        "Section 6",
        "problems with empirical variance concern all fully random initialisation methods which "
        "initialise weight matrices with off-diagonal entries",
    ),
    kind="hypothesis",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("kappa_infty"), sp.oo),
            parameters=(WIDTH, SLOPE, FAMILY),
            words="kurtosis of a unit as the depth grows, whatever the law of the matrices",
            evaluate=lambda width, slope, family: sp.oo,
            mutants=(Mutant("always 0", lambda width, slope, family: sp.Integer(0)),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(
                sp.Symbol("kappa_infty"), sp.Piecewise((3, sp.Eq(sp.Abs(a), 1)), (sp.oo, True))
            ),
            parameters=(WIDTH, SLOPE, FAMILY),
            words=(
                "orthogonal: infinite unless |a| = 1 (shown); mirrored orthogonal blocks with "
                "ReLU: 3, as the network is linear and orthogonal"
            ),
            evaluate=limit,
            mutants=(
                Mutant("infinite at |a| = 1 too", lambda width, slope, family: sp.oo),
                Mutant("finite for every slope", lambda width, slope, family: sp.Integer(3)),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(sp.Symbol("kappa_d"), 3 * (1 + 3 * (anisotropy(a) - 1) / (w + 2)) ** d),
            parameters=(WIDTH, SLOPE, DEPTH),
            words="orthogonal weights of gain sqrt(2/(1+a^2)), N(0, I) inputs",
            evaluate=kurtosis,
            mutants=(
                Mutant(
                    "1 + 3/(w + 2) at |a| = 1 too",
                    lambda width, slope, depth: 3 * (1 + 3 / (sp.sympify(width) + 2)) ** depth,
                ),
                Mutant(
                    "Gaussian weights",
                    lambda width, slope, depth: (
                        3 * (1 + (3 * anisotropy(slope) - 1) / sp.sympify(width)) ** depth
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "mirrored blocks with ReLU only",
            lambda p: p.get("family") != "mirrored orthogonal" or p.get("slope", 0) == 0,
        ),
        stated(
            f"mirrored blocks need {EVEN}",
            lambda p: p.get("family") != "mirrored orthogonal" or EVEN.contains(p.get("width", 2)),
        ),
    ),
    expected="false-as-stated",
    because=(
        "Haar orthogonal weights with |a| = 1, and ReLU networks of mirrored orthogonal blocks, "
        "keep every norm exactly; off-diagonal they are, and nothing vanishes or explodes."
    ),
    proofs=(
        Proof(
            "rational rotations",
            "exact",
            "literal networks of four layers; smallest: width 2, a = 1, one rotation",
            literal_networks,
        ),
        Proof(
            "rational rotations, corrected",
            "exact",
            "literal networks of four layers",
            literal_networks,
            law="corrected",
        ),
        Proof(
            "sphere",
            "symbolic",
            "E T^2 for every width and slope",
            by_sphere,
            law="kurtosis",
        ),
    ),
    probes=(
        _probe("orthogonal, linear", "linear", 1.0, "kurtosis stays 3"),
        _probe("orthogonal, absolute value", "abs", -1.0, "|a| = 1, and not linear"),
        _probe("orthogonal, ReLU", "relu", 0.0, "the same matrices, and it grows", tiers=LATER),
    ),
    curves=(
        Curve(
            "slope",
            "Kurtosis after 20 layers, orthogonal weights, width 10",
            "negative slope a",
            "kurtosis",
            tuple(sp.Rational(i, 20) for i in range(-20, 21, 2)),
            lambda x: {"width": 10, "slope": x, "depth": 20},
            laws=("kurtosis",),
            log_y=True,
        ),
    ),
    remark=(
        "The sentence names dependence between outputs as the cause. What matters is whether the "
        "share of a random direction that the activation keeps varies from network to network."
    ),
    see=("vev.init.orthogonal", "vev.init.gsm", "vev.hyp.dichotomy"),
)
