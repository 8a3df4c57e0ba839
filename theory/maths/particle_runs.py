"""Particle runs on small +-1 networks, exactly: every input, weight and resampling is visited.

The particle estimate of E y^4 is a random number; here is its expected value, as a fraction.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from fractions import Fraction

from theory.maths import enumeration as en
from theory.maths.sign_networks import Vector, active_part

Cloud = tuple[Vector, ...]


def resampled(potentials: tuple[Fraction, ...]) -> list[tuple[Fraction, tuple[int, ...]]]:
    """Systematic resampling, its offset integrated out: (probability, parents).

    >>> resampled((Fraction(1), Fraction(3)))
    [(Fraction(1, 2), (0, 1)), (Fraction(1, 2), (1, 1))]
    """
    n, total = len(potentials), sum(potentials)
    if total == 0:
        return [(Fraction(1), tuple(range(n)))]
    edges = list(itertools.accumulate(p * n / total for p in potentials))
    cuts = sorted({Fraction(0), Fraction(1), *(edge % 1 for edge in edges)})
    return [
        (
            high - low,
            tuple(
                next(i for i, edge in enumerate(edges) if j + (low + high) / 2 < edge)
                for j in range(n)
            ),
        )
        for low, high in itertools.pairwise(cuts)
    ]


def _active(y: en.Vector) -> Vector:
    """phi_0(y) of whole numbers."""
    return tuple(max(int(value), 0) for value in y)


def _square_norm(f: Vector) -> int:
    return sum(value * value for value in f)


def particle_mean(widths: tuple[int, ...], particles: int) -> Fraction:
    """Expected value of the particle estimate of E y^4, +-1 weights on fair signs, ReLU.

    Every input, weight and resampling is visited. `widths` are those read; one output unit.
    """
    inputs: dict[Vector, Fraction] = defaultdict(Fraction)
    for x, p in en.iid(en.SIGN, widths[0]).items():
        inputs[_active(x)] += p
    first = tuple((f, Fraction(_square_norm(f)) ** 2, p) for f, p in inputs.items())
    clouds: dict[Cloud, Fraction] = defaultdict(Fraction)
    for members in itertools.product(first, repeat=particles):
        _spread_out(clouds, Fraction(1), members)
    for width in widths[1:]:
        before, clouds = clouds, defaultdict(Fraction)
        for cloud, value in before.items():
            for members in itertools.product(*(_children(f, width) for f in cloud)):
                _spread_out(clouds, value, members)
    scale = Fraction(1)
    for width in widths:
        scale *= Fraction(2, width) ** 2  # squared He variance of each weight layer
    return scale * sum(
        value * sum(_last_unit(f) for f in cloud) / particles for cloud, value in clouds.items()
    )


@functools.cache
def _children(f: Vector, width: int) -> tuple[tuple[Vector, Fraction, Fraction], ...]:
    """(phi(W f), potential (||phi(W f)||/||f||)^4, probability); a dead particle stays dead."""
    if not any(f):
        return ((f, Fraction(0), Fraction(1)),)
    joint = en.next_layer({tuple(map(Fraction, f)): Fraction(1)}, width, en.SIGN, lambda v: v)
    law: dict[Vector, Fraction] = defaultdict(Fraction)
    for y, p in joint.items():
        law[_active(y)] += p
    norm = Fraction(_square_norm(f))
    return tuple((g, (_square_norm(g) / norm) ** 2, p) for g, p in law.items())


@functools.cache
def _last_unit(f: Vector) -> Fraction:
    """E (sum_j W_j f_j)^4/||f||^4 over +-1 weights."""
    if not any(f):
        return Fraction(0)
    row = en.next_layer({tuple(map(Fraction, f)): Fraction(1)}, 1, en.SIGN, lambda v: v)
    return en.expect(row, lambda y: y[0] ** 4) / Fraction(_square_norm(f)) ** 2


def _spread_out(
    clouds: dict[Cloud, Fraction],
    value: Fraction,
    members: tuple[tuple[Vector, Fraction, Fraction], ...],
) -> None:
    potentials = tuple(g for _, g, _ in members)
    for _, _, p in members:
        value = value * p
    value = value * sum(potentials) / len(members)
    if value:
        for share, parents in resampled(potentials):
            chosen = sorted(active_part(members[i][0]) for i in parents)
            clouds[tuple(chosen)] += value * share
