"""The largest value on the unit sphere of a norm that permutations and signs leave alone: enclosed.

Such a norm is known on the cone u_1 >= ... >= u_w >= 0. The cone is cut into simplicial cones with
generators v_1, ..., v_w. A unit vector u = sum c_i v_i, c_i >= 0, has F(u) <= max F(v_i) sum c_i,
and sum c_i = n.u <= |n| where n.v_i = 1 for every i. With generators near the sphere the product
max F(v_i) |n| exceeds the largest value by the square of the mesh. All in whole numbers, every
rounding outward.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction

import sympy as sp

Vector = tuple[int, ...]
Norm = Callable[[Vector], tuple[Fraction, Fraction]]  # a vector -> (low, high) that hold its norm

NEAR = 1 << 20  # length of the generators, about
BITS = 40


def root(x: Fraction, bits: int = BITS) -> tuple[Fraction, Fraction]:
    """(low, high) that hold sqrt(x), x >= 0.

    >>> low, high = root(Fraction(2))
    >>> low**2 < 2 < high**2, high - low < Fraction(1, 10**12)
    (True, True)
    """
    whole = math.isqrt(x.numerator * x.denominator << 2 * bits)
    unit = x.denominator << bits
    return Fraction(whole, unit), Fraction(whole + 1, unit)


def simplices(size: int, pieces: int) -> Iterator[tuple[Vector, ...]]:
    """The cone in pieces^(size-1) parts, each by its generators, on the plane u_1 = pieces.

    Kuhn's triangulation of the grid: its simplices do not cross the planes u_i = u_j.

    >>> list(simplices(2, 2)), len(list(simplices(3, 4)))
    ([((2, 0), (2, 1)), ((2, 1), (2, 2))], 16)
    """
    for corner in itertools.product(range(pieces), repeat=size - 1):
        for order in itertools.permutations(range(size - 1)):
            places = [list(corner)]
            for axis in order:
                step = list(places[-1])
                step[axis] += 1
                places.append(step)
            found = tuple((pieces, *place) for place in places)
            if all(list(v) == sorted(v, reverse=True) for v in found):
                yield found


def near_the_sphere(v: Vector) -> Vector:
    """The whole multiple of v whose length is nearest to NEAR."""
    times = round(NEAR / math.hypot(*v))
    return tuple(times * x for x in v)


def stretch_sq(generators: tuple[Vector, ...]) -> Fraction:
    """|n|^2 of the n with n.v = 1 for every generator v.

    >>> stretch_sq(((1, 0), (0, 1)))
    Fraction(2, 1)
    """
    n = sp.Matrix(generators).LUsolve(sp.ones(len(generators), 1))
    square = sum(x**2 for x in n)
    return Fraction(int(square.p), int(square.q))


def largest(norm: Norm, size: int, pieces: int) -> tuple[Fraction, Fraction, Vector]:
    """(low, high, direction): the largest value on the sphere lies between; `low` is taken there.

    >>> low, high, at = largest(lambda v: (Fraction(sum(v)), Fraction(sum(v))), 2, 8)
    >>> at, low**2 < 2 < high**2, float(high / low - 1) < 0.01
    ((8, 8), True, True)
    """
    low, high, best = Fraction(0), Fraction(0), (1,) + (0,) * (size - 1)
    values: dict[Vector, tuple[Fraction, Fraction]] = {}
    for corners in simplices(size, pieces):
        generators = tuple(near_the_sphere(v) for v in corners)
        for corner, v in zip(corners, generators, strict=True):
            if corner not in values:
                values[corner] = norm(v)
                there = values[corner][0] / root(Fraction(sum(x * x for x in v)))[1]
                if there > low:
                    low, best = there, corner
        most = max(values[corner][1] for corner in corners)
        # |n| is about 1/NEAR: more bits than usual
        high = max(high, most * root(stretch_sq(generators), 2 * BITS)[1])
    return low, high, best
