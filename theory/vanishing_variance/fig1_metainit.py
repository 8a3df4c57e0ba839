"""Figure 1, MetaInit: the empirical variance over depth of networks whose norms were learned.

    vev.fig1.metainit   it grows far inside the network and falls again before the output

There is no theory of which norms 500 steps learn (init_metainit.py has what is known without), so
this is a measurement of literal networks. Explosion is read as the mirror image of what the
document says of the other methods: S^2 is as large at the output as it got, up to the thousand
that it uses as its level.
"""

from __future__ import annotations

import sympy as sp

from theory.schema import (
    LATER,
    TIERS,
    Bounds,
    Choice,
    Claim,
    Estimand,
    Law,
    Mutant,
    Parameter,
    Probe,
    stated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init

WIDTH = 10
STEPS = {10: 70, 100: 500}  # of MetaInit, by depth; the second pair is the document's
d = sp.Symbol("d", integer=True, positive=True)
DEPTH = Parameter(
    "depth", Choice(tuple(STEPS)), "d, layers that are measured, 100 the document's", d
)
HALF = sp.Rational(1, 2)
MOST, FEW = Bounds(HALF, sp.Integer(1)), Bounds(sp.Integer(0), HALF)
P, S_SQ, largest = sp.Function("P"), sp.Function("S^2"), sp.Function("max")
FALLS = P(S_SQ(d) < largest(S_SQ(sp.Symbol("l"))) / 1000)


def _probe(depth: int, column: str, tiers: tuple[str, ...], why: str) -> Probe:
    return Probe(
        name=f"depth {depth}, {STEPS[depth]} steps, {column.replace('_', ' ')}",
        experiment="variance_profile",
        setup=init.setup("metainit", (WIDTH,) * (depth + 1), n_inputs=32)
        | {"tuning": STEPS[depth]},
        at={"depth": depth},
        estimand=Estimand("probability", (column,), over="networks, inputs and labels"),
        laws=("stated", "corrected"),
        tiers=tiers,
        why=why,
    )


CLAIM = Claim(
    id="vev.fig1.metainit",
    title="MetaInit: empirical variances explode inside the network, not at its output",
    source=PAPER.at(
        "Figure 1, Section 6.1",
        "quantiles of the output empirical variance distribution; for MetaInit, empirical "
        "variances explode",
    ),
    kind="empirical figure",
    laws=(
        Law(
            role="stated",
            name="stated",
            formula=sp.Le(FALLS, HALF),
            parameters=(DEPTH,),
            words=(
                "probability over networks that S^2 of the output is more than a thousand times "
                "below its largest layer: less than 1/2 if S^2 explodes"
            ),
            evaluate=lambda depth: FEW,
            mutants=(Mutant("at most a quarter", lambda depth: Bounds(0, sp.Rational(1, 4))),),
        ),
        Law(
            role="corrected",
            name="corrected",
            formula=sp.Ge(FALLS, HALF),
            parameters=(DEPTH,),
            words=(
                "probability that S^2 of the output is more than a thousand times below its "
                "largest layer; at depth 100 that this layer is also a thousand times above the "
                "first"
            ),
            evaluate=lambda depth: MOST,
            mutants=(
                Mutant("S^2 is largest at the output", lambda depth: FEW),
                Mutant("a third of the networks", lambda depth: Bounds(0, sp.Rational(1, 3))),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("width 10", lambda p: set(p.get("widths", (WIDTH,))) == {WIDTH}),
        stated("biases are 0", lambda p: p.get("biases", 0) == 0),
    ),
    expected="false-as-stated",
    because=(
        "In most networks S^2 falls by more than a thousand from its largest layer to the output; "
        "at depth 100 it has risen by more than a thousand before: what explodes is the inside."
    ),
    probes=(
        _probe(10, "falls", TIERS, "small networks: the output lies far below the first layers"),
        _probe(
            100,
            "rises_and_falls",
            LATER,
            "the document's depth and steps; Gaussian data of ten coordinates for CIFAR10. A "
            "network counts if it does both, so the share of those that fall is no smaller",
        ),
    ),
    remark=(
        "Of the 0.9 quantile, the lowest that the figure draws, so few networks say nothing. The "
        "gradient quotient counts the gradients of the biases, which are 0 and stay 0."
    ),
    see=("vev.fig1", "vev.init.metainit"),
)
