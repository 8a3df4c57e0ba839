"""ZerO*: a random first layer of variance 1/w_0, then ZerO.

    vev.init.zerostar   over networks: E y^2 = 1, then 1/2; kurtosis 3(1 + 2/w_0), then twice that

One Gaussian layer, one ReLU, then identities: nothing grows with depth.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
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
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.init_zero import DEPTH, d
from theory.vanishing_variance.probes import KURTOSIS
from theory.vanishing_variance.recursion import trajectory

w_0 = sp.Symbol("w_0", integer=True, positive=True)
FIRST_WIDTH = Parameter("first_width", Integers(1), "number w_0 of input coordinates", w_0)


def mean_square(depth: Any) -> sp.Rational:
    """E y^2 of a unit of linear layer d, over networks and N(0, I) inputs.

    >>> mean_square(1), mean_square(9)
    (1, 1/2)
    """
    return sp.Integer(1) if depth == 1 else sp.Rational(1, 2)


def kurtosis(first_width: Any, depth: Any) -> Any:
    """E y^4/(E y^2)^2: 3(1 + 2/w_0) of the first layer, twice that of relu of it.

    >>> kurtosis(2, 1), kurtosis(2, 9)
    (6, 12)
    """
    return 3 * (1 + 2 / sp.sympify(first_width)) * (1 if depth == 1 else 2)


def literal_networks(law: Any) -> Finding:
    """Every +-1 first layer, rescaled to variance 1/w_0, then relu and identity matrices."""
    rows = []
    for width in (1, 2, 3):
        inputs = en.iid(en.THREE_POINT, width)
        y = en.network(inputs, (width,), en.SIGN, lambda x: x)
        for depth in range(1, 5):
            if depth > 1:
                y = _relu_of(y)
            gain = sp.sympify(en.second_moment(y, width - 1) / en.second_moment(inputs)) / width
            rows.append((f"w_0 = {width}, layer {depth}", law(depth=depth), gain))
    return prove.cases(rows, "every +-1 matrix, rescaled")


def _relu_of(y: en.Joint) -> en.Joint:
    """Law of I relu(y)."""
    result: en.Joint = defaultdict(Fraction)
    for values, p in y.items():
        result[tuple(max(v, Fraction(0)) for v in values)] += p
    return dict(result)


def by_recursion(law: Any) -> Finding:
    """First layer: Proposition 4.3 at a = 1. Then E relu^4/(E relu^2)^2 = (k/2)/(1/4)."""
    rows = []
    for width in (1, 2, 7, 48):
        first = trajectory((width,), 1, 3, 3, 1)[1][0]
        after = (first / 2) / sp.Rational(1, 4)
        for depth, found in ((1, first), (2, after), (30, after)):
            rows.append(
                (f"w_0 = {width}, layer {depth}", law(first_width=width, depth=depth), found)
            )
    return prove.cases(rows)


def _probe(first: int, depth: int, **more: Any) -> Probe:
    return Probe(
        name=f"w_0 = {first}, layer {depth}",
        experiment="unit_moments",
        setup=init.setup("zerostar", (first, *(first,) * depth)),
        at={"first_width": first, "depth": depth},
        estimand=KURTOSIS,
        laws=("kurtosis",),
        why="doubled by the first ReLU, constant after it",
        **more,
    )


CLAIM = Claim(
    id="vev.init.zerostar",
    title="ZerO*: one Gaussian layer, then identities; kurtosis doubles once and stays",
    source=PAPER.at(
        "Chapter 3, Appendix A",
        "ZerO* samples the first layer iid with variance 1/w_0 and initialises all others as ZerO",
    ),
    kind="algorithm",
    laws=(
        Law(
            role="sharper",
            name="mean square",
            formula=sp.Eq(
                sp.Function("E y^2")(d),
                sp.Piecewise((1, sp.Eq(d, 1)), (sp.Rational(1, 2), True)),
            ),
            parameters=(DEPTH,),
            words="mean square of a unit of linear layer d over that of an input coordinate",
            evaluate=mean_square,
            mutants=(
                Mutant("halved by every ReLU", lambda depth: sp.Rational(1, 2 ** (depth - 1))),
                Mutant("variance 2/w_0", lambda depth: 2 * mean_square(depth)),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(
                sp.Symbol("kappa_d"),
                3 * (1 + 2 / w_0) * sp.Piecewise((1, sp.Eq(d, 1)), (2, True)),
            ),
            parameters=(FIRST_WIDTH, DEPTH),
            words="E y^4/(E y^2)^2 over networks and N(0, I) inputs, Gaussian first layer",
            evaluate=kurtosis,
            mutants=(
                Mutant(
                    "doubled by every ReLU",
                    lambda first_width, depth: kurtosis(first_width, 1) * 2 ** (depth - 1),
                ),
                Mutant("never doubled", lambda first_width, depth: kurtosis(first_width, 1)),
                Mutant(
                    "independent inputs",
                    lambda first_width, depth: sp.Integer(3 if depth == 1 else 6),
                ),
            ),
        ),
    ),
    assumptions=(init.RELU,),
    expected="holds",
    because=(
        "Only the first layer is random and only the first ReLU changes anything: from the second "
        "linear layer on every moment stays as it is."
    ),
    proofs=(
        Proof(
            "every matrix",
            "exact",
            "literal networks with +-1 weights in the first layer, rescaled to variance 1/w_0",
            literal_networks,
            law="mean square",
        ),
        Proof(
            "recursion",
            "exact",
            "Proposition 4.3 for the first layer, Lemma 4.1 for the first ReLU",
            by_recursion,
            law="kurtosis",
        ),
    ),
    probes=(_probe(48, 1), _probe(48, 2), _probe(96, 3, tiers=LATER)),
    curves=(
        Curve(
            "depth",
            "Kurtosis of one unit, ZerO*, w_0 = 10",
            "linear layer",
            "kurtosis",
            (1, 2, 3, 5, 10, 20, 40),
            lambda x: {"first_width": 10, "depth": int(x)},
            laws=("kurtosis",),
            log_x=True,
        ),
    ),
    see=("vev.zerostar", "vev.init.zero"),
)
