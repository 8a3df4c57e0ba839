"""ZerO on data whose first coordinates are constant: the network sees nothing else.

    vev.zero_mnist   a ZerO network is a function of the first min(widths) coordinates

The document offers this as its hypothesis of why ZerO fails on MNIST when very deep. Here is what
it says of networks at initialisation; the failure is an item of its own (vev.zero_mnist.failure).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    EXACT_MARGIN,
    Claim,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Tuples,
    absolute,
    stated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.init_zero import output

WIDTHS = Parameter("widths", Tuples(Integers(1), 2), "widths w_0, ..., w_d, none above w_0")
BLANK = Parameter("blank", Integers(0), "leading coordinates that are constant over the data")
NOT_WIDENING = stated(
    "no layer widens (no Hadamard block)",
    lambda p: all(
        b <= a for a, b in zip(p.get("widths", ()), p.get("widths", ())[1:], strict=False)
    ),
)


def seen(widths: Sequence[int]) -> sp.Integer:
    """Input coordinates on which the output depends: the first min(widths).

    >>> seen((784, 10, 10))
    10
    """
    return sp.Integer(min(widths))


def varies(widths: Sequence[int], blank: int) -> sp.Integer:
    """P(S^2 of unit 0 > 0): unit 0 reads coordinate 0 alone, so 0 as soon as that is blank.

    >>> varies((784, 10, 10), 12), varies((784, 10, 10), 0)
    (0, 1)
    """
    return sp.Integer(int(blank == 0))


def by_moving_one_coordinate(law: Any) -> Finding:
    """Literal networks: which coordinates of a positive input change the output when moved."""

    def count(widths: Sequence[int]) -> sp.Integer:
        x = [Fraction(i + 2, 3) for i in range(widths[0])]
        still = output(x, widths[1:])
        moved = [[v + (i == j) for j, v in enumerate(x)] for i in range(widths[0])]
        return sp.Integer(sum(output(y, widths[1:]) != still for y in moved))

    grid = [(4, 2), (5, 3, 3), (6, 4, 2, 2), (3, 3, 3), (7, 1)]
    return prove.cases((f"widths {widths}", law(widths=widths), count(widths)) for widths in grid)


def by_two_inputs(law: Any) -> Finding:
    """The smallest counterexample: two inputs that differ, one unit, equal outputs."""

    def different(widths: Sequence[int], blank: int) -> sp.Integer:
        pair = [[Fraction(0)] * blank + [Fraction(s)] * (widths[0] - blank) for s in (1, 2)]
        first, second = (output(x, widths[1:])[0] for x in pair)
        return sp.Integer(int(first != second))

    grid = [
        ((2, 1), 1),
        ((2, 1), 0),
        ((6, 3, 3), 3),
        ((6, 3, 3), 0),
        ((6, 3, 3), 2),
        ((9, 4, 2), 5),
    ]
    return prove.cases(
        (
            f"widths {widths}, {blank} blank",
            law(widths=widths, blank=blank),
            different(widths, blank),
        )
        for widths, blank in grid
    )


def _probe(name: str, inputs: str, blank: int, widths: tuple[int, ...]) -> Probe:
    return Probe(
        name=name,
        experiment="variance_at_depth",
        setup=init.setup("zero", widths, inputs=inputs, n_inputs=32),
        at={"widths": widths, "blank": blank},
        estimand=Estimand("probability", ("varies",), over="data sets of 32 inputs"),
        laws=("varies",),
        margin=absolute(
            EXACT_MARGIN.standard,
            quick=EXACT_MARGIN.quick,
            paper=EXACT_MARGIN.paper,
            why="exact law: the precision asked for, absolute because one prediction is 0",
        ),
        why="whether unit 0 varies over the data at all",
    )


CLAIM = Claim(
    id="vev.zero_mnist",
    title="ZerO hands on the first w coordinates only; where these are constant, nothing varies",
    source=PAPER.at(
        "Chapter 3, Appendix A",
        "ZerO initialises dimension-decreasing layers to truncated identities, so it does not "
        "propagate all meaningful information of the MNIST input at initialisation (given there as "
        "the hypothesis of why it fails in very deep networks)",
    ),
    kind="algorithm",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                sp.Symbol("seen"), sp.Function("min")(sp.Symbol("w_0"), sp.Symbol("w_d"))
            ),
            parameters=(WIDTHS,),
            words="number of input coordinates on which the output depends",
            evaluate=seen,
            mutants=(
                Mutant("all of them", lambda widths: sp.Integer(widths[0])),
                Mutant("one more", lambda widths: sp.Integer(min(widths) + 1)),
            ),
        ),
        Law(
            role="sharper",
            name="varies",
            formula=sp.Eq(sp.Symbol("P(S^2 > 0)"), sp.Symbol(r"1\{blank = 0\}")),
            parameters=(WIDTHS, BLANK),
            words="unit 0 reads coordinate 0 alone: constant over data whose first is constant",
            evaluate=varies,
            mutants=(
                Mutant("ZerO keeps the variance", lambda widths, blank: sp.Integer(1)),
                Mutant(
                    "constant only if all that is seen is",
                    lambda widths, blank: sp.Integer(int(blank < min(widths))),
                ),
            ),
        ),
    ),
    assumptions=(init.RELU, NOT_WIDENING),
    expected="holds",
    because=(
        "A product of partial identities is a partial identity: coordinates beyond the first w "
        "never reach the output, whatever the depth."
    ),
    proofs=(
        Proof(
            "one coordinate moved",
            "exact",
            "literal ZerO networks at rational inputs",
            by_moving_one_coordinate,
        ),
        Proof(
            "two inputs",
            "exact",
            "inputs that differ outside the first coordinates only; smallest: widths 2, 1",
            by_two_inputs,
            law="varies",
        ),
    ),
    probes=(
        _probe("first half blank", "blank_half", 10, (20, 10, 10, 10)),
        _probe("nothing blank", "gaussian", 0, (20, 10, 10, 10)),
        _probe("digits", "digits", 1, (64, 10, 10, 10)),
    ),
    remark=(
        "Not tested: that ZerO fails on MNIST when very deep, and that this is the reason. What is "
        "lost here is lost at the first layer, at depth 1 as at depth 100, so by itself it does "
        "not explain a failure of deep networks only. Section 6 says that ZerO does not suffer "
        "from problems with empirical variance: where leading coordinates are constant it is "
        "exactly 0, as on scikit-learn's digits, whose first pixel is 0 in all 1,797 images."
    ),
    see=("vev.zero_mnist.failure", "vev.zerostar", "vev.init.zero"),
)
