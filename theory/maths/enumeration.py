"""Exact enumeration of small literal networks in rational arithmetic.

The second road to every finite-width law: every weight matrix and every input of a discrete law is
visited, the network is run as written, and moments are sums of fractions. Nothing here knows a
formula of any document.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

Vector = tuple[Fraction, ...]
Law = dict[Fraction, Fraction]  # value -> probability
Joint = dict[Vector, Fraction]  # vector -> probability

HALF = Fraction(1, 2)
SIGN: Law = {Fraction(-1): HALF, Fraction(1): HALF}
"""Rademacher: variance 1, kurtosis 1."""
THREE_POINT: Law = {Fraction(-1): Fraction(1, 4), Fraction(0): HALF, Fraction(1): Fraction(1, 4)}
"""{-1, 0, 1} with probabilities 1/4, 1/2, 1/4: variance 1/2, kurtosis 2."""
GAUSS_LIKE: Law = {
    Fraction(-1): Fraction(1, 6),
    Fraction(0): Fraction(2, 3),
    Fraction(1): Fraction(1, 6),
}
"""{-1, 0, 1} with probabilities 1/6, 2/3, 1/6: variance 1/3, kurtosis 3 as a Gaussian has."""


def moment(law: Law, power: int) -> Fraction:
    """E w^power."""
    return sum((p * value**power for value, p in law.items()), Fraction(0))


def kurtosis(law: Law) -> Fraction:
    """E w^4 / (E w^2)^2 of a symmetric law (non-excess: 3 for a Gaussian)."""
    return moment(law, 4) / moment(law, 2) ** 2


def iid(law: Law, size: int) -> Joint:
    """The joint law of `size` independent copies."""
    joint: Joint = defaultdict(Fraction)
    for members in itertools.product(law.items(), repeat=size):
        probability = Fraction(1)
        for _, p in members:
            probability *= p
        joint[tuple(value for value, _ in members)] += probability
    return dict(joint)


def leaky(slope: Fraction) -> Callable[[Fraction], Fraction]:
    """phi_a: x for x >= 0, a x for x < 0."""
    return lambda x: x if x >= 0 else slope * x


def next_layer(
    past: Joint, width: int, weights: Law, activation: Callable[[Fraction], Fraction]
) -> Joint:
    """Law of y' = W phi(y), W of `width` iid rows: given y they are iid, so one row suffices."""
    size = len(next(iter(past)))
    rows = iid(weights, size)
    result: Joint = defaultdict(Fraction)
    for y, p_y in past.items():
        active = tuple(activation(component) for component in y)
        unit: Law = defaultdict(Fraction)
        for row, p_row in rows.items():
            unit[sum((w * f for w, f in zip(row, active, strict=True)), Fraction(0))] += p_row
        for out, p_out in iid(dict(unit), width).items():
            result[out] += p_y * p_out
    return dict(result)


def network(
    inputs: Joint,
    widths: Sequence[int],
    weights: Law,
    activation: Callable[[Fraction], Fraction],
) -> Joint:
    """Joint law of the last layer; `widths` are those of the layers above the input.

    Weights are the raw law (not rescaled): divide moments by the powers of the variance you mean.
    """
    law = inputs
    for width in widths:
        law = next_layer(law, width, weights, activation)
    return law


def expect(joint: Joint, function: Callable[[Vector], Fraction]) -> Fraction:
    """E function(y), exactly."""
    return sum((p * function(y) for y, p in joint.items()), Fraction(0))


def second_moment(joint: Joint, unit: int = 0) -> Fraction:
    """E y_unit^2."""
    return expect(joint, lambda y: y[unit] ** 2)


def unit_kurtosis(joint: Joint, unit: int = 0) -> Fraction:
    """E y^4 / (E y^2)^2 of one unit."""
    return expect(joint, lambda y: y[unit] ** 4) / second_moment(joint, unit) ** 2


def pair_moment(joint: Joint, i: int = 0, j: int = 1) -> Fraction:
    """m = E y_i^2 y_j^2 / (E y_i^2 E y_j^2)."""
    both = expect(joint, lambda y: y[i] ** 2 * y[j] ** 2)
    return both / (second_moment(joint, i) * second_moment(joint, j))


def matrices(rows: int, columns: int, law: Law) -> Iterator[tuple[tuple[Vector, ...], Fraction]]:
    """Every rows x columns matrix of iid entries, with its probability."""
    for entries, p in iid(law, rows * columns).items():
        yield tuple(entries[i * columns : (i + 1) * columns] for i in range(rows)), p
