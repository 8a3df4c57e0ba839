"""The network and its Jacobian as an ordered product.

    vn.eq1   dx_L/dx_0 = prod_l D_l W_l, D_l = diag phi'(h_l): true with the last layer on the left

Matrices do not commute, and the document prints the product without an order. Only
D_L W_L ... D_1 W_1 is the Jacobian; for layers of unequal width the other order has no meaning.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Choice,
    Claim,
    ClaimError,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    Reals,
    Tuples,
    stated,
    unstated,
)
from theory.symbols import L
from theory.vanishing_nodes import PAPER, masks

LAST, FIRST = "last layer on the left", "first layer on the left"
UNITS = 2
PARAMETERS = (
    Parameter(
        "weights",
        Tuples(Reals(), min_size=2 * UNITS**2, draw_to=2 * UNITS**2),
        "entries of W_1, ..., W_L (2 x 2), each row by row",
    ),
    Parameter(
        "slopes",
        Tuples(Reals(), min_size=2 * UNITS, draw_to=2 * UNITS),
        "phi'(h_l) of the two units of each layer, layer by layer",
    ),
    Parameter("row", Integers(1, UNITS), "i, the output node"),
    Parameter("column", Integers(1, UNITS), "j, the input node"),
    Parameter("order", Choice((LAST, FIRST)), "how the product is read"),
)


def factors(weights: Any, slopes: Any) -> list[tuple[sp.Matrix, sp.Matrix]]:
    """(D_l, W_l), l = 1..L. Raises ClaimError if the numbers of entries do not fit."""
    layers = len(slopes) // UNITS
    if len(slopes) != layers * UNITS or len(weights) != layers * UNITS**2:
        raise ClaimError(
            f"vn.eq1: L layers of two units have 4 L weights and 2 L slopes; got {len(weights)} "
            f"and {len(slopes)}"
        )
    w = [sp.sympify(prove.exact(v)) for v in weights]
    d = [sp.sympify(prove.exact(v)) for v in slopes]
    size = UNITS**2
    return [
        (
            sp.diag(*d[UNITS * k : UNITS * (k + 1)]),
            sp.Matrix(UNITS, UNITS, w[size * k : size * (k + 1)]),
        )
        for k in range(layers)
    ]


def jacobian_entry(
    weights: Any, slopes: Any, row: Any, column: Any, order: str = LAST, change: str = ""
) -> Any:
    """Entry (i, j) of the product of the D_l W_l in the given order. Exact.

    >>> jacobian_entry((1, 2, 3, 4, 0, 1, 1, 0), (1, 1, 1, 1), 1, 2)
    4
    """
    product = sp.eye(UNITS)
    layers = factors(weights, slopes)
    for index, (d, w) in enumerate(layers, start=1):
        step = w * d if change == "W_l D_l" else d * w
        if change == "no D at the last layer" and index == len(layers):
            step = w
        if change == "W_l transposed":
            step = d * w.T
        product = step * product if order == LAST else product * step
    return product[int(row) - 1, int(column) - 1]


def _mutated(change: str) -> Any:
    def evaluate(weights: Any, slopes: Any, row: Any, column: Any, order: str = LAST) -> Any:
        return jacobian_entry(weights, slopes, row, column, order, change)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


class Slope(sp.Function):  # type: ignore[misc]
    """phi', a function that is only a name."""


class Phi(sp.Function):  # type: ignore[misc]
    """phi, of which nothing is known but that its derivative is phi'."""

    def fdiff(self, argindex: int = 1) -> Any:
        """The derivative."""
        return Slope(self.args[0])


@functools.cache
def differentiated(layers: int) -> tuple[tuple[Any, ...], tuple[Any, ...], sp.Matrix]:
    """(weights, slopes phi'(h_l), matrix of derivatives dx_L/dx_0) of a network with biases."""
    weights = sp.symbols(f"w1:{layers * UNITS**2 + 1}")
    biases = sp.symbols(f"b1:{layers * UNITS + 1}")
    start = sp.symbols(f"x1:{UNITS + 1}")
    x, slopes = list(start), []
    for k in range(layers):
        w = weights[UNITS**2 * k : UNITS**2 * (k + 1)]
        h = [
            w[UNITS * i] * x[0] + w[UNITS * i + 1] * x[1] + biases[UNITS * k + i]
            for i in range(UNITS)
        ]
        slopes += [Slope(v) for v in h]
        x = [Phi(v) for v in h]
    return weights, tuple(slopes), sp.Matrix(x).jacobian(start)


def _differences(law: Any, order: str) -> Iterator[tuple[str, Any]]:
    for layers in (2, 3):
        weights, slopes, jacobian = differentiated(layers)
        names = dict(zip(slopes, sp.symbols(f"s1:{len(slopes) + 1}"), strict=True))
        for i, j in itertools.product(range(UNITS), repeat=2):
            # the outermost slopes first: phi'(h_2) holds phi(h_1) inside
            entry = jacobian[i, j].subs(sorted(names.items(), key=_depth, reverse=True))
            claimed = law(
                weights=weights,
                slopes=tuple(names.values()),
                row=i + 1,
                column=j + 1,
                order=order,
            )
            yield f"L = {layers}, entry ({i + 1}, {j + 1})", sp.expand(entry - claimed)


def _depth(pair: tuple[Any, Any]) -> int:
    return int(sp.count_ops(pair[0]))


def chain_rule(law: Any) -> Finding:
    """The composed network differentiated for a phi that is only a name; L = 2, 3."""
    return prove.identities(
        _differences(law, LAST),
        predicted="D_L W_L ... D_1 W_1",
        found="the derivatives of the composed network, every phi, weight and bias",
    )


def wrong_order(law: Any) -> Finding:
    """The same derivatives against the product read from the first layer on."""
    return prove.identities(
        _differences(law, FIRST),
        predicted="D_1 W_1 ... D_L W_L",
        found="the derivatives of the composed network",
    )


NETWORKS = (  # integer weights, input: no tie h = 0, all slopes constant near the input
    ((masks.W_1, masks.W_2), masks.INPUT),
    ((masks.W_1, masks.W_2, ((2, -1), (5, 3))), (-3, 4)),
)


def by_difference_quotients(law: Any) -> Finding:
    """Leaky ReLU networks with biases: x_L is linear near the input, so quotients are exact."""
    slope, step = Fraction(1, 4), Fraction(1, 10**6)

    def run(weights: Any, x: tuple[Fraction, ...]) -> tuple[list[Fraction], list[Fraction]]:
        slopes: list[Fraction] = []
        values = list(x)
        for w, bias in zip(weights, (masks.B_1, masks.B_2, (1, 2)), strict=False):
            h = [
                sum((Fraction(u) * v for u, v in zip(row, values, strict=True)), Fraction(b))
                for row, b in zip(w, bias, strict=True)
            ]
            slopes += [Fraction(1) if v > 0 else slope for v in h]
            values = [v if v > 0 else slope * v for v in h]
        return values, slopes

    def triples() -> Iterator[tuple[str, Any, Any]]:
        for weights, start in NETWORKS:
            x = tuple(Fraction(v) for v in start)
            here, slopes = run(weights, x)
            entries = [v for w in weights for row in w for v in row]
            for j in range(UNITS):
                there, same = run(weights, tuple(v + step * (k == j) for k, v in enumerate(x)))
                if same != slopes:
                    raise ArithmeticError("the step crosses a kink")
                for i in range(UNITS):
                    quotient = (there[i] - here[i]) / step
                    claimed = law(
                        weights=entries, slopes=slopes, row=i + 1, column=j + 1, order=LAST
                    )
                    yield f"L = {len(weights)}, entry ({i + 1}, {j + 1})", claimed, quotient

    return prove.cases(triples(), "difference quotients of the network run as written")


# --- the claim -------------------------------------------------------------------------------

D, W = sp.IndexedBase("D"), sp.IndexedBase("W")
index = sp.Symbol("l", integer=True)

CLAIM = Claim(
    id="vn.eq1",
    title="the Jacobian of the network is the product of the D_l W_l, last layer on the left",
    source=PAPER.at(
        "eq. (1) and the paragraph before eq. (2)",
        "dx_L/dx_0 = prod_{l=1}^L D_l W_l with D_l = diag(phi'(h_l)); no order is given",
    ),
    kind="definition",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("J"), sp.Product(D[index] * W[index], (index, 1, L))),
            parameters=PARAMETERS,
            words="entry (i, j) of the end-to-end Jacobian of layers of two units",
            evaluate=jacobian_entry,
            mutants=tuple(
                Mutant(name, _mutated(name))
                for name in ("W_l D_l", "no D at the last layer", "W_l transposed")
            ),
        ),
    ),
    assumptions=(
        stated(
            "phi has a derivative at every h_l (for a rectifier: no h_l is 0)",
            lambda p: not p.get("tie", False),
        ),
        unstated(
            "the product is read with the last layer on the left",
            lambda p: p.get("order", LAST) == LAST,
        ),
    ),
    expected="holds-if",
    because=(
        "It is the chain rule if the last layer stands on the left, D_L W_L ... D_1 W_1. Read in "
        "the order of the index it is another matrix; for unequal widths it is no matrix at all."
    ),
    proofs=(
        Proof(
            "chain rule",
            "symbolic",
            "two and three layers differentiated for every phi, with biases",
            chain_rule,
            point={"order": LAST},
        ),
        Proof(
            "difference quotients",
            "exact",
            "leaky ReLU networks run as written at two neighbouring inputs",
            by_difference_quotients,
            point={"order": LAST},
        ),
        Proof(
            "index order",
            "symbolic",
            "the product with the first layer on the left is not the Jacobian",
            wrong_order,
            point={"order": FIRST},
        ),
    ),
    remark=(
        "D_L belongs to J because the output is x_L = phi(h_L); the pre-activation Jacobian leaves "
        "it out. The variance sigma_w^2/N is that of fan-in scaling: n_{l-1} for unequal widths. "
        "The simulated Jacobians of this suite are compared with automatic differentiation."
    ),
    see=("vn.eq2", "vn.eq5"),
)
