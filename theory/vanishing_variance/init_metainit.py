"""MetaInit: He matrices whose norms are learned. What follows without any training theory.

    vev.init.metainit   directions kept, a norm moves by at most k - 9(1 - 0.9^k) in k steps, and
                        the network is the He network times the product of the norm ratios

The gradient quotient of one example, one linear layer and two classes in closed form.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Bounds,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Margin,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    absolute,
    stated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init

k = sp.Symbol("k", integer=True, positive=True)
x, z = sp.symbols("x z", real=True)
STEPS = Parameter("steps", Integers(1, 1000), "steps k of MetaInit", k)
RATIOS = Parameter(
    "ratios", Tuples(Reals(0, open_low=True)), "tuned norm over drawn norm, layer by layer"
)
INPUT = Parameter("x", Reals(), "the input, a number", x)
LOGIT = Parameter("logit", Reals(-50, 50), "difference of the two outputs", z)


def reach(steps: int) -> sp.Rational:
    """k - 9 (1 - (9/10)^k): every step of one sign, m_j = 0.9 m_{j-1} + 0.1.

    >>> [reach(k) for k in (1, 2, 3)]
    [1/10, 29/100, 561/1000]
    """
    return sp.Integer(steps) - 9 * (1 - sp.Rational(9, 10) ** steps)


def product(ratios: Sequence[Any]) -> Any:
    """Factor by which every output is multiplied: the ReLU is homogeneous, biases are 0."""
    return sp.prod([sp.sympify(ratio) for ratio in ratios])


def quotient(x: Any, logit: Any) -> Any:
    """2 (x^2 + 1) p (1 - p), p = 1/(1 + e^z), as eps -> 0; the label does not matter."""
    return (sp.sympify(x) ** 2 + 1) / (1 + sp.cosh(sp.sympify(logit)))


# --- proofs ------------------------------------------------------------------------------------


def by_momentum(law: Any) -> Finding:
    """The recursion in fractions over every sequence of signs: the farthest that a norm gets."""

    def farthest(steps: int) -> Fraction:
        places = []
        for signs in itertools.product((1, -1), repeat=steps):
            place, m = Fraction(0), Fraction(0)
            for sign in signs:
                m = Fraction(9, 10) * m - Fraction(sign, 10)
                place += m
            places.append(abs(place))
        return max(places)

    return prove.cases(
        (f"{steps} steps", law(steps=steps).high, farthest(steps)) for steps in (1, 2, 3, 7)
    )


def by_homogeneity(law: Any) -> Finding:
    """Literal ReLU networks of rational weights, matrices rescaled."""

    def output(scales: Sequence[Fraction]) -> list[Fraction]:
        y = [Fraction(2), Fraction(-1), Fraction(1, 3)]
        for layer, scale in enumerate(scales):
            w = [[Fraction((i * j + layer + i - 2 * j) % 7 - 2, 3) for j in range(3)]
                 for i in range(3)]  # fmt: skip
            active = y if layer == 0 else [max(v, Fraction(0)) for v in y]
            y = [scale * sum(a * b for a, b in zip(row, active, strict=True)) for row in w]
        return y

    rows = []
    for scales in ((Fraction(1, 2), Fraction(3)), (Fraction(2), Fraction(5, 7), Fraction(3, 4))):
        drawn, tuned = output([Fraction(1)] * len(scales)), output(scales)
        unit = next(i for i, value in enumerate(drawn) if value)
        shapes = [t * drawn[unit] == tuned[unit] * v for t, v in zip(tuned, drawn, strict=True)]
        if not all(shapes):
            return Finding(False, "one factor", "units change by different factors")
        rows.append((f"ratios {scales}", law(ratios=scales), tuned[unit] / drawn[unit]))
    return prove.cases(rows)


def by_differentiation(law: Any) -> Finding:
    """Gradient and Hessian of the cross-entropy in weights and biases; every entry of it."""
    a, b, f, g = sp.symbols("a b f g", real=True)
    t = sp.Symbol("t", positive=True)  # e^z; the loss depends on (a - b) x + f - g only
    at = {b: sp.Integer(0), f: sp.Integer(0), g: sp.Integer(0), a: sp.log(t) / x}
    value = sp.sympify(law(x=x, logit=z)).rewrite(sp.exp).subs(z, sp.log(t))
    own = (a * x + f, b * x + g)
    differences = []
    for label in (0, 1):
        loss = sp.log(sp.exp(own[0]) + sp.exp(own[1])) - own[label]
        slopes = [sp.diff(loss, v) for v in (a, b, f, g)]
        h = [[sp.diff(slope, v).subs(at) for v in (a, b, f, g)] for slope in slopes]
        slopes = [slope.subs(at) for slope in slopes]
        for i, slope in enumerate(slopes):
            product_i = sum(hij * sj for hij, sj in zip(h[i], slopes, strict=True))
            entry = sp.cancel(1 - (slope - product_i) / slope)  # positive
            differences.append((f"label {label + 1}, entry {i + 1}", sp.cancel(entry - value)))
    return prove.identities(
        differences, predicted="(x^2 + 1)/(1 + cosh z)", found="|(g - Hg)/g - 1|, z = (a - b) x"
    )


# --- the claim ---------------------------------------------------------------------------------

ALIGNED = absolute(1e-6, why="equal up to rounding: directions are multiplied by a number")


def _probe(name: str, column: str, law: str, steps: int, margin: Margin, why: str) -> Probe:
    return Probe(
        name=name,
        experiment="metainit_steps",
        setup=init.setup("metainit", (6, 6, 4)) | {"tuning": steps},
        at={"steps": steps},
        estimand=Estimand("mean", (column,), over="networks, inputs and labels"),
        laws=(law,),
        margin=margin,
        why=why,
    )


CLAIM = Claim(
    id="vev.init.metainit",
    title="MetaInit rescales He matrices: every network keeps its shape, only its scale is learned",
    source=PAPER.at(
        "Section 6.1",
        "MetaInit (Dauphin and Schoenholz 2019) is one of the random methods compared",
    ),
    kind="algorithm",
    laws=(
        Law(
            role="sharper",
            name="scale",
            formula=sp.Eq(
                sp.Symbol("y_MetaInit") / sp.Symbol("y_He"),
                sp.Product(sp.Indexed("rho", sp.Symbol("l")), (sp.Symbol("l"), 1, sp.Symbol("d"))),
            ),
            parameters=(RATIOS,),
            words="output over that of the He network that it started from, for every input",
            evaluate=product,
            mutants=(
                Mutant("squares", lambda ratios: product(ratios) ** 2),
                Mutant("sum", lambda ratios: sum(sp.sympify(ratio) for ratio in ratios)),
                Mutant("last layer only", lambda ratios: sp.sympify(ratios[-1])),
            ),
        ),
        Law(
            role="sharper",
            name="reach",
            formula=sp.Le(sp.Symbol("moved"), k - 9 * (1 - sp.Rational(9, 10) ** k)),
            parameters=(STEPS,),
            words="a norm has moved by this much at most; by exactly 1/10 after one step",
            evaluate=lambda steps: Bounds(
                sp.Rational(1, 10) if steps == 1 else sp.Integer(0), reach(steps)
            ),
            mutants=(
                Mutant("without momentum", lambda steps: Bounds(0, sp.Rational(steps, 10))),
                Mutant("k", lambda steps: Bounds(0, sp.Integer(steps))),
            ),
        ),
        Law(
            role="sharper",
            name="direction",
            formula=sp.Eq(sp.Abs(sp.Symbol("cos")), 1),
            parameters=(STEPS,),
            words="cosine of a tuned matrix with the drawn one; the sign flips if a norm passes 0",
            evaluate=lambda steps: sp.Integer(1),
            mutants=(Mutant("turned a little", lambda steps: 1 - sp.Rational(1, 1000)),),
        ),
        Law(
            role="sharper",
            name="quotient",
            formula=sp.Eq(sp.Symbol("GQ"), (x**2 + 1) / (1 + sp.cosh(z))),
            parameters=(INPUT, LOGIT),
            words=(
                "gradient quotient of one example, one linear layer with biases 0 and two "
                "classes, eps -> 0"
            ),
            evaluate=quotient,
            mutants=(
                Mutant("weights alone", lambda x, logit: x**2 / (1 + sp.cosh(logit))),
                Mutant("x for x^2", lambda x, logit: (x + 1) / (1 + sp.cosh(logit))),
                Mutant("p(1 - p)", lambda x, logit: quotient(x, logit) / 2),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("biases are 0", lambda p: p.get("biases", 0) == 0),
    ),
    expected="holds",
    because=(
        "MetaInit learns one number a layer; a ReLU network without biases is homogeneous, so all "
        "outputs, and S itself, are those of the He network times one product of norm ratios."
    ),
    proofs=(
        Proof(
            "homogeneity",
            "exact",
            "literal ReLU networks of rational weights, matrices rescaled",
            by_homogeneity,
            law="scale",
        ),
        Proof(
            "every sequence of signs",
            "exact",
            "the momentum recursion in fractions",
            by_momentum,
            law="reach",
        ),
        Proof(
            "differentiation",
            "symbolic",
            "gradient and Hessian of the cross-entropy",
            by_differentiation,
            law="quotient",
        ),
    ),
    probes=(
        _probe("one step", "moved", "reach", 1, ALIGNED, "every norm moves by 0.1"),
        _probe("ten steps", "moved", "reach", 10, ALIGNED, "within the reach of momentum"),
        _probe("directions", "kept", "direction", 10, ALIGNED, "matrices only change in norm"),
    ),
    curves=(
        Curve(
            "reach",
            "How far MetaInit can move a norm",
            "steps",
            "distance",
            (1, 2, 5, 10, 20, 50, 100, 200, 500),
            lambda at: {"steps": int(at)},
            laws=("reach",),
            log_x=True,
            log_y=True,
        ),
    ),
    remark=(
        "Which norms it learns, hence the kurtosis over networks, has no theory here; what they do "
        "to S^2 over depth is measured (vev.fig1.metainit)."
    ),
    see=("vev.init.he", "vev.fig1", "vev.fig1.metainit"),
)
