"""ReLU networks of +-1 weights as a finite Markov chain, in fractions.

Whether a network is alive depends on its layers up to order and scale only, so the positive parts,
sorted and without their common divisor, form a chain of few states.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

Vector = tuple[int, ...]


def active_part(y: Sequence[Any]) -> Vector:
    """phi_0(y) up to order and scale: positive parts, sorted, without their common divisor.

    >>> active_part((4, -2, 6)), active_part((-1, 0))
    ((0, 2, 3), (0, 0))
    """
    positive = sorted(int(max(value, 0)) for value in y)
    divisor = math.gcd(*positive) or 1
    return tuple(value // divisor for value in positive)


@functools.cache
def signed_sums(active: Vector) -> tuple[tuple[int, Fraction], ...]:
    """Law of sum_j W_j f_j for fair signs W_j."""
    law: dict[int, Fraction] = defaultdict(Fraction)
    law[0] = Fraction(1)
    for f in active:
        after: dict[int, Fraction] = defaultdict(Fraction)
        for total, p in law.items():
            after[total + f] += p / 2
            after[total - f] += p / 2
        law = after
    return tuple(law.items())


@functools.cache
def next_active(active: Vector, width: int) -> tuple[tuple[Vector, Fraction], ...]:
    """One step of the Markov chain on the active parts, +-1 weights; units are iid given it."""
    unit: dict[int, Fraction] = defaultdict(Fraction)
    for total, p in signed_sums(active):
        unit[max(total, 0)] += p
    law: dict[Vector, Fraction] = defaultdict(Fraction)
    for values in itertools.combinations_with_replacement(sorted(unit), width):
        orders = math.factorial(width)
        for value in set(values):
            orders //= math.factorial(values.count(value))
        law[active_part(values)] += orders * math.prod(unit[value] for value in values)
    return tuple(law.items())
