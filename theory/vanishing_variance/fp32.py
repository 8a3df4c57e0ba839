"""Single precision: how deep a network can be before its numbers are exactly 0.

    vev.fp32   P(sum of y^2 != 0) and P(y != 0) in float32, He-ReLU: two-sided bounds

The smallest positive float32 is 2^-149, and what is below 2^-150 is rounded to 0. The sum of the
squares is 0 exactly if the largest y^2 is below 2^-150, and max y^2 lies between ||y||^2/w and
||y||^2, whose law is known (vev.law.product). As long as the values are normal numbers, above
2^-126, rounding changes them by a relative 2^-24 an operation: far less than these bounds differ.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Bounds,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    stated,
)
from theory.symbols import d, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance import scale_quantiles as scales
from theory.vanishing_variance.norm_distribution import norm_distribution

WIDTH = Parameter("width", Integers(2, 200, draw_to=20), "units of every layer", w)
DEPTH = Parameter("depth", Integers(1, 1000), "linear layers; the input is activated", d)
LOST = -150  # log2 of the largest number that is rounded to 0
NORMAL = -126  # log2 of the smallest normal number


def above(width: int, depth: int, log2_square: float) -> float:
    """P(||y||^2 > 2^log2_square) at layer d, dead networks counted."""
    law = scales.distribution("he", width, depth)
    return scales.alive("he", width, depth) * (1 - float(law(log2_square * math.log(2))))


def squares(width: int, depth: int, lost: float = LOST) -> Bounds:
    """P(the sum of the squares is not 0): max y^2 > 2^-150.

    >>> [round(float(end), 3) for end in (squares(10, 300).low, squares(10, 300).high)]
    [0.572, 0.603]
    """
    return Bounds(above(width, depth, lost + math.log2(width)), above(width, depth, lost))


def values(width: int, depth: int) -> Bounds:
    """P(y != 0): at most P(alive); at least that some y is a normal number, |y| > 2^-126.

    The lower end leaves out that a network may fall below 2^-126 and come back: its typical squared
    norm falls by a constant factor a layer.

    >>> [round(float(end), 4) for end in (values(10, 400).low, values(10, 400).high)]
    [0.6739, 0.6765]
    """
    return Bounds(
        above(width, depth, 2 * NORMAL + math.log2(width)), scales.alive("he", width, depth)
    )


def known(bound: Bounds) -> int:
    """Digits of the smaller end that the table leaves certain.

    >>> known(values(10, 400))
    5
    """
    return max(0, math.floor(math.log10(max(float(bound.low), scales.TABLE) / scales.TABLE)))


TYPICAL = float(init.he_drift(10))  # of log ||y||^2, a layer


def _passes(log2_square: float) -> int:
    """Layer at which the typical y^2 at width 10 is 2^log2_square."""
    return round(log2_square * math.log(2) / TYPICAL)


# --- proofs ------------------------------------------------------------------------------------

POINTS = ((10, 300), (6, 80))


def _other(width: int, depth: int, log2_square: float) -> float:
    """The same probability by the integral transform of vev.law.product."""
    law = norm_distribution((width,) * depth, 0.0, width)
    alive = math.prod([1 - 2.0**-width] * depth)
    return alive * (1 - float(law(log2_square * math.log(2))))


def squares_by_other_transform(law: Any) -> Finding:
    """Both ends of the bound from another transform of the same norm."""
    triples = []
    for width, depth in POINTS:
        bound = law(width=width, depth=depth)
        for end, shift in ((bound.low, math.log2(width)), (bound.high, 0.0)):
            found = _other(width, depth, -150 + shift)
            triples.append((f"w = {width}, d = {depth}", end, found))
    return prove.close(triples, digits=6, detail="integral transform in place of the Gamma sum")


def values_by_other_transform(law: Any) -> Finding:
    """Lower end likewise, upper end the product of 1 - 2^-w."""
    triples = []
    for width, depth in (*POINTS, (10, 100)):
        bound = law(width=width, depth=depth)
        low = _other(width, depth, -252 + math.log2(width))
        alive = sp.Rational(2**width - 1, 2**width) ** depth
        triples += [
            (f"w = {width}, d = {depth}, low", bound.low, low),
            (f"w = {width}, d = {depth}, high", bound.high, sp.N(alive, 20)),
        ]
    return prove.close(triples, digits=6, detail="integral transform in place of the Gamma sum")


# --- the claim ---------------------------------------------------------------------------------


def _probe(column: str, law: str, depth: int, **more: Any) -> Probe:
    """Depths at which the probability is above 1/4: the precision is relative to it."""
    return Probe(
        name=f"{column}, depth {depth}",
        experiment="single_precision",
        setup=init.setup("he", (10,) * (depth + 1), activate_input=True),
        at={"width": 10, "depth": depth},
        estimand=Estimand("probability", (column,), over="networks and inputs, dead ones counted"),
        laws=(law,),
        why="literal float32 arithmetic, nothing rescaled",
        curve="depth" if column == "square" else "",
        x=depth if column == "square" else None,
        **more,
    )


CLAIM = Claim(
    id="vev.fp32",
    title="float32 at width 10: squares are lost from depth 250 on, values from 550 on",
    source=PAPER.at(
        "Section 6",
        "not in the document: experiments of depth 500 in single precision measure what is left "
        "of the numbers as well",
    ),
    kind="bound",
    laws=(
        Law(
            role="sharper",
            name="squares",
            formula=sp.Le(
                sp.Function("P")(sp.Symbol("||y||^2 > w 2^{-150}")),
                sp.Function("P")(sp.Symbol("S^2 > 0")),
            ),
            parameters=(WIDTH, DEPTH),
            words="P(sum of y^2 is not 0 in float32), between P(||y||^2 > w t) and P(||y||^2 > t)",
            evaluate=squares,
            error=f"{scales.TABLE:.0e} absolute at both ends: tabulated distribution function",
            digits=lambda width, depth: known(squares(width, depth)),
            mutants=(
                Mutant("no gradual underflow", lambda width, depth: squares(width, depth, NORMAL)),
                Mutant(
                    "the values, not their squares",
                    lambda width, depth: squares(width, depth, 2 * LOST),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="values",
            formula=sp.Le(
                sp.Function("P")(sp.Symbol("||y||^2 > w 2^{-252}")),
                sp.Function("P")(sp.Symbol("y > 0")),
            ),
            parameters=(WIDTH, DEPTH),
            words="P(y is not 0 in float32), between P(||y||^2 > w 2^-252) and P(alive)",
            evaluate=values,
            error=f"{scales.TABLE:.0e} absolute at the lower end: tabulated distribution function",
            digits=lambda width, depth: known(values(width, depth)),
            mutants=(
                Mutant("lost with the squares", squares),
                Mutant(
                    "no network is dead",
                    lambda width, depth: Bounds(values(width, depth).low, sp.Integer(1)),
                ),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("Gaussian He weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
    ),
    expected="holds",
    because=(
        f"The typical squared norm falls by a factor {math.exp(TYPICAL):.3f} a layer at width 10: "
        f"y^2 passes the smallest number of float32 near depth {_passes(LOST)} and y near "
        f"{_passes(2 * LOST)}, where the exact network is still alive."
    ),
    proofs=(
        Proof(
            "other transform, squares",
            "numeric",
            "the law of the norm by another transform",
            squares_by_other_transform,
            law="squares",
        ),
        Proof(
            "other transform, values",
            "numeric",
            "the law of the norm by another transform",
            values_by_other_transform,
            law="values",
        ),
    ),
    probes=(
        *(_probe("square", "squares", depth) for depth in (100, 250)),
        _probe("square", "squares", 300, tiers=LATER),
        _probe("value", "values", 250),
        _probe("value", "values", 400, tiers=LATER),
    ),
    curves=(
        Curve(
            "depth",
            "Networks whose sum of squares is not 0 in float32, He-ReLU, width 10",
            "depth",
            "probability",
            (50, 100, 150, 200, 225, 250, 275, 300, 325, 350, 400, 450),
            lambda x: {"width": 10, "depth": int(x)},
            laws=("squares",),
        ),
    ),
    remark=(
        "Float64 with a power of two taken out of every layer has no such limit; dead then means "
        f"exactly zero. Values below 2^{NORMAL} are rounded more and more coarsely (typically from "
        f"depth {_passes(2 * NORMAL)} on), which has no law here."
    ),
    see=("vev.law.product", "vev.propB.2"),
)
