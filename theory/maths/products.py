"""Moments of products of square Gaussian matrices, by counting pairings (Wick's theorem).

S = P P^T with P = W_L ... W_1, entries of each W iid N(0, 1/n). In the trace of S^k every W_l
occurs 2k times; the Gaussian mean sums over the pairings p_l of these occurrences, layer by layer,
and each free index is a loop of two neighbouring pairings. So the mean is an element of a power:

    E tr S^k = n^(-L k) (T^(L + 1))_(inner, outer),   T_pq = n^loops(p, q).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

Pairing = tuple[int, ...]  # partner of each of the 2k points


@functools.cache
def pairings(points: int) -> tuple[Pairing, ...]:
    """All perfect matchings of `points` points, as partner tuples: (points - 1)!! of them.

    >>> [len(pairings(2 * k)) for k in (1, 2, 3, 4)]
    [1, 3, 15, 105]
    """

    def build(free: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
        if not free:
            yield []
            return
        first, rest = free[0], free[1:]
        for i, partner in enumerate(rest):
            for others in build(rest[:i] + rest[i + 1 :]):
                yield [(first, partner), *others]

    found = []
    for pairs in build(tuple(range(points))):
        partner = [0] * points
        for i, j in pairs:
            partner[i], partner[j] = j, i
        found.append(tuple(partner))
    return tuple(found)


def loops(p: Pairing, q: Pairing) -> int:
    """Closed loops of the union of two matchings: the free indices between two layers."""
    seen: set[int] = set()
    count = 0
    for start in range(len(p)):
        if start in seen:
            continue
        count += 1
        point = start
        while point not in seen:
            seen.add(point)
            seen.add(p[point])
            point = q[p[point]]
    return count


def inner(k: int) -> Pairing:
    """W_1 beside its own transpose: points (1 2)(3 4)..."""
    return tuple(i + 1 if i % 2 == 0 else i - 1 for i in range(2 * k))


def outer(blocks: Sequence[int]) -> Pairing:
    """The traces close: W_L^T of one factor S meets W_L of the next, cyclically in each block."""
    partner = [0] * (2 * sum(blocks))
    start = 0
    for k in blocks:
        for j in range(k):
            i, after = start + 2 * j + 1, start + (2 * j + 2) % (2 * k)
            partner[i], partner[after] = after, i
        start += 2 * k
    return tuple(partner)


@functools.cache
def _loop_table(k: int) -> tuple[tuple[int, ...], ...]:
    every = pairings(2 * k)
    return tuple(tuple(loops(p, q) for q in every) for p in every)


def moment(blocks: tuple[int, ...], width: int, depth: int) -> Fraction:
    """E of the product over blocks of tr S^k, exactly, at finite width.

    >>> moment((1,), 5, 3), moment((2,), 2, 1)
    (Fraction(5, 1), Fraction(5, 1))
    """
    k = sum(blocks)
    every, table = pairings(2 * k), _loop_table(k)
    power = [width**j for j in range(k + 1)]
    state = [int(p == inner(k)) for p in every]
    for _ in range(depth + 1):
        state = [
            sum(s * power[row[q]] for s, row in zip(state, table, strict=True) if s)
            for q in range(len(every))
        ]
    return Fraction(state[every.index(outer(blocks))], width ** (depth * k))


def planar_count(k: int, depth: int) -> int:
    """Number of ways to pair all layers with the most free indices: lim E tr S^k / n.

    >>> [planar_count(2, depth) for depth in (1, 2, 3)]
    [2, 3, 4]
    """
    every, table = pairings(2 * k), _loop_table(k)
    state = {every.index(inner(k)): (0, 1)}  # pairing -> (most loops so far, number of ways)
    for _ in range(depth + 1):
        following: dict[int, tuple[int, int]] = {}
        for p, (exponent, ways) in state.items():
            for q, extra in enumerate(table[p]):
                best, number = following.get(q, (-1, 0))
                total = exponent + extra
                if total > best:
                    following[q] = (total, ways)
                elif total == best:
                    following[q] = (best, number + ways)
        state = following
    return state[every.index(outer((k,)))][1]


def fuss_catalan(depth: Any, order: Any) -> Any:
    """E X^s of the Fuss-Catalan law: Gamma((L+1)s + 1) / (Gamma(s + 1) Gamma(L s + 2)), any s >= 0.

    At whole s = k it is binom((L+1)k, k)/(L k + 1). In sympy's Gamma: exact at whole and half s;
    see fuss_catalan_number for depths in the thousands.

    >>> [fuss_catalan(2, k) for k in range(5)], fuss_catalan(1, sp.Rational(1, 2))
    ([1, 1, 3, 12, 55], 8/(3*pi))
    """
    depth, order = sp.sympify(depth), sp.sympify(order)
    return sp.gamma((depth + 1) * order + 1) / (sp.gamma(order + 1) * sp.gamma(depth * order + 2))


def fuss_catalan_number(depth: Any, order: Any) -> Any:
    """The same at any depth, as an mpf at the working precision (through log Gamma).

    >>> mpmath.nstr(fuss_catalan_number(10**6, mpmath.mpf(1) / 2), 6)
    '0.00159577'
    """
    depth, order = mpmath.mpf(depth), mpmath.mpf(order)
    return mpmath.exp(
        mpmath.loggamma((depth + 1) * order + 1)
        - mpmath.loggamma(order + 1)
        - mpmath.loggamma(depth * order + 2)
    )
