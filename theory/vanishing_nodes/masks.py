"""Two models of small ReLU networks at one input, both counted out exactly: no Claim in here.

    mask_model   fair independent masks on fixed weights, all of them
    over_signs   the literal network with its own activation pattern, all row and column signs
    survivors    the share of those signs with which a gradient still passes

vn.masklaw says that the first two have the same law.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import ClaimError

Matrix = tuple[tuple[Any, ...], ...]
Distribution = dict[Fraction, Fraction]  # value -> probability
HALF = Fraction(1, 2)
STATISTICS = ("trace", "sum_sq", "vni")
W_1, W_2, INPUT = ((3, -5), (7, 2)), ((1, 4), (-6, 11)), (2, 9)
B_1, B_2 = (4, -3), (5, -13)
ONES = ((1, 1), (1, 1))
NETWORKS: dict[str, tuple[Matrix, Matrix, tuple[int, int]]] = {
    "integers": (W_1, W_2, INPUT),
    "+-1 weights": (ONES, ONES, INPUT),
    "+-1 weights, +-1 input": (ONES, ONES, (1, 1)),
}
SMALL = (  # tie-free literal ReLU networks: weights, input
    ((W_1, W_2), INPUT),
    ((((3, -5), (7, 2), (11, 8)), ((13, 4, 29),)), INPUT),
    ((((3, -5, 17),), ((1,), (6,))), (2, 9, 5)),
)


def statistic_of(jacobian: Matrix, name: str) -> Fraction:
    """tr C, tr C^2 or tr C^2/(tr C)^2 (0 if J = 0) of C = J J^T."""
    cov = [[sum(x * y for x, y in zip(r, s, strict=True)) for s in jacobian] for r in jacobian]
    trace = Fraction(sum(cov[i][i] for i in range(len(cov))))
    sum_sq = Fraction(sum(x * x for row in cov for x in row))
    if name == "vni":
        return sum_sq / trace**2 if trace else Fraction(0)
    return trace if name == "trace" else sum_sq


def layer(slopes: tuple[Any, ...], weights: Matrix, below: Matrix) -> Matrix:
    """diag(slopes) W J."""
    columns = list(zip(*below, strict=True))
    return tuple(
        tuple(d * sum(w * x for w, x in zip(row, column, strict=True)) for column in columns)
        for d, row in zip(slopes, weights, strict=True)
    )


def square(entries: Any) -> Matrix:
    """A 2 x 2 matrix from its four entries, row by row. Raises ClaimError if they are not four."""
    if len(entries) != 4:
        raise ClaimError(f"vn.masklaw: a 2 x 2 matrix must have 4 entries; got {entries!r}")
    a, b, c, d = (int(x) for x in entries)
    return ((a, b), (c, d))


def signs(size: int) -> Iterator[tuple[int, ...]]:
    """All sign vectors."""
    return itertools.product((-1, 1), repeat=size)


def as_fraction(slope: Any) -> Fraction:
    """A slope as a fraction."""
    rational = sp.nsimplify(prove.exact(slope), rational=True)
    return Fraction(int(rational.p), int(rational.q))


def mask_model(
    first: Any,
    second: Any,
    slope: Any,
    statistic: str,
    *,
    active: Fraction = HALF,
    shared: bool = False,
    readout: str = "post",
) -> Distribution:
    """Law of a statistic of D_2 W_2 T D_1 W_1 over 16 masks and the 4 column signs T. Exact.

    Only the column signs of W_2 matter: all others leave J^T J as it is, up to signs. The keywords
    make the mutants: another probability of being active, one mask for both layers, no mask at the
    last layer.
    """
    law: Distribution = {}
    pair = (Fraction(1), as_fraction(slope))
    identity: Matrix = ((1, 0), (0, 1))
    for turn, masks in itertools.product(signs(2), itertools.product((0, 1), repeat=4)):
        lower, upper = masks[:2], masks[2:]
        if shared and lower != upper:
            continue
        coins = lower if shared else masks
        weight = math.prod((1 - active if off else active for off in coins), start=Fraction(1))
        turned = tuple(t * pair[i] for t, i in zip(turn, lower, strict=True))
        below = layer(turned, square(first), identity)
        slopes = (1, 1) if readout == "pre" else tuple(pair[i] for i in upper)
        value = statistic_of(layer(slopes, square(second), below), statistic)
        law[value] = law.get(value, Fraction(0)) + weight / 4
    return law


def literal(
    weights: tuple[Matrix, ...],
    biases: tuple[tuple[int, ...], ...],
    x: tuple[Any, ...],
    slope: Fraction,
    *,
    ties: bool = False,
) -> Matrix:
    """J of h_l = W_l x_{l-1} + b_l, x_l = phi(h_l), run as written, with phi'(0) = slope.

    Raises on a tie h = 0 unless `ties` are allowed.
    """
    jacobian: Matrix = tuple(tuple(int(i == j) for j in range(len(x))) for i in range(len(x)))
    for w, b in zip(weights, biases, strict=True):
        h = [
            sum(u * v for u, v in zip(row, x, strict=True)) + c for row, c in zip(w, b, strict=True)
        ]
        if not ties and any(x) and 0 in h:
            raise ValueError(f"tie: h = {h}")
        slopes = tuple(1 if v > 0 else slope for v in h)
        x = tuple(d * v for d, v in zip(slopes, h, strict=True))
        jacobian = layer(slopes, w, jacobian)
    return jacobian


def flipped(weights: Matrix, rows: tuple[int, ...], columns: tuple[int, ...]) -> Matrix:
    """diag(rows) W diag(columns)."""
    return tuple(
        tuple(r * c * v for c, v in zip(columns, row, strict=True))
        for r, row in zip(rows, weights, strict=True)
    )


@functools.cache
def over_signs(slope: Fraction, biases: str, statistic: str, name: str) -> Distribution:
    """Law of a statistic over all 256 row and column signs of two 2 x 2 layers, at one input.

    biases: `none`, `flipped` with their rows (a symmetric law), or `fixed`.
    """
    first, second, x = NETWORKS[name]
    law: Distribution = {}
    for r_1, c_1, r_2, c_2 in itertools.product(tuple(signs(2)), repeat=4):
        turn = (r_1, r_2) if biases == "flipped" else ((1, 1), (1, 1))
        offsets = tuple(
            tuple(s * b if biases != "none" else 0 for s, b in zip(t, bias, strict=True))
            for t, bias in zip(turn, (B_1, B_2), strict=True)
        )
        weights = (flipped(first, r_1, c_1), flipped(second, r_2, c_2))
        jacobian = literal(weights, offsets, x, slope, ties=name != "integers")
        value = statistic_of(jacobian, statistic)
        law[value] = law.get(value, Fraction(0)) + Fraction(1, 256)
    return law


@functools.cache
def survivors() -> tuple[tuple[tuple[int, ...], Fraction], ...]:
    """(widths, share of sign choices with J != 0) of small literal ReLU networks."""
    found = []
    for weights, x in SMALL:
        widths = (len(x), *(len(w) for w in weights))
        sizes = [s for w in weights for s in (len(w), len(w[0]))]
        none = tuple((0,) * len(w) for w in weights)
        alive = total = 0
        for choice in itertools.product(*(tuple(signs(s)) for s in sizes)):
            turned = tuple(
                flipped(w, choice[2 * i], choice[2 * i + 1]) for i, w in enumerate(weights)
            )
            jacobian = literal(turned, none, x, Fraction(0))
            alive += any(any(row) for row in jacobian)
            total += 1
        found.append((widths, Fraction(alive, total)))
    return tuple(found)
