"""The roads to the two traces E tr C^2 and E (tr C)^2 of random layers: no law and no Claim here.

to_x, from_x     the coordinate X = (1-R)/(1+2R) in which layers multiply
one_layer        the 2 x 2 recursion of a Gaussian layer
wick_moments     one layer, every product of weights multiplied out
ratio_of_means   small networks, every weight and mask counted out, each layer with its slopes
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sympy as sp

Matrix = tuple[tuple[int, ...], ...]


def to_x(ratio: Any) -> Any:
    """X = (1-R)/(1+2R), the coordinate in which layers multiply; 1 at R = 0, 0 at R = 1."""
    return (1 - ratio) / (1 + 2 * ratio)


def from_x(x: Any) -> Any:
    """R = (1-X)/(1+2X): the map to X is its own inverse."""
    return (1 - x) / (1 + 2 * x)


def layer_factor(width: Any, q: Any) -> Any:
    """Factor of X of one Gaussian layer with `width` units whose slopes have spread q."""
    return (1 - 1 / width) / (1 + (3 * q - 1) / width)  # (m-1)/(m-1+3q), regular at 1/m = 0


def one_layer(m: Any, n: Any, q: Any) -> sp.Matrix:
    """(a, b) -> (a', b') of one layer n -> m at weight variance 1/(n mu_1)."""
    return sp.Matrix([[m - 1 + 2 * q, q], [2 * q, m - 1 + q]]) * m / n**2


@functools.cache
def wick_moments(m: int, n: int) -> tuple[sp.Expr, sp.Expr, tuple[sp.Symbol, ...]]:
    """(E tr C'^2, E (tr C')^2, c) for C' = D W diag(c) W^T D: all entries of W multiplied out.

    Entries of W are standard normal; E D_i^2 = 1 and E D_i^4 = q.
    """
    c = sp.symbols(f"c1:{n + 1}")
    entries, d = sp.symbols(f"w1:{m * n + 1}"), sp.symbols(f"d1:{m + 1}")
    w = sp.Matrix(m, n, entries)
    cov = w * sp.diag(*c) * w.T
    squares = sum(cov[i, j] ** 2 * d[i] * d[j] for i in range(m) for j in range(m))
    trace = sum(cov[i, i] * d[i] for i in range(m))
    return _gauss(squares, entries, d), _gauss(trace**2, entries, d), c


def _gauss(expression: Any, entries: Any, d: Any) -> Any:
    q, value = sp.Symbol("q"), sp.Integer(0)
    slope_moment = {0: 1, 1: 1, 2: q}  # of D^2
    for powers, coefficient in sp.Poly(expression, *entries, *d).terms():
        of_weights, of_slopes = powers[: len(entries)], powers[len(entries) :]
        if all(power % 2 == 0 for power in of_weights):
            value += (
                coefficient
                * sp.prod([sp.factorial2(power - 1) for power in of_weights if power])
                * sp.prod([slope_moment[power] for power in of_slopes])
            )
    return sp.expand(value)


def same(left: Any, right: Any) -> bool:
    """Whether two rational functions are equal: cancel() is canonical for them, so this decides."""
    return bool(sp.cancel(sp.together(left - right)) == 0)


def ratio_of_means(widths: tuple[int, ...], slopes: Sequence[Any], zeros: int = 4) -> sp.Rational:
    """E tr C^2 / E (tr C)^2 in integers: every weight and every fair mask, as slopes 1 or a.

    slopes: a of each layer. Weights -1, 0, 1 in the proportion 1 : zeros : 1, of kurtosis
    1 + zeros/2.
    """
    n = widths[0]
    law: dict[Matrix, int] = {tuple(tuple(int(i == j) for j in range(n)) for i in range(n)): 1}
    for m, slope in zip(widths[1:], map(sp.Rational, slopes), strict=True):
        pair = (int(slope.q), int(slope.p))  # as p and p a: whole numbers
        rows = list(itertools.product((-1, 0, 1) if zeros else (-1, 1), repeat=n))
        after: dict[Matrix, int] = defaultdict(int)
        for cov, count in law.items():
            form = {
                (r, s): sum(r[i] * cov[i][j] * s[j] for i in range(n) for j in range(n))
                for r in rows
                for s in rows
            }
            for w in itertools.product(rows, repeat=m):
                weight = count * zeros ** sum(row.count(0) for row in w)
                for d in itertools.product(pair, repeat=m):
                    scaled = tuple(
                        tuple(d[i] * d[j] * form[w[i], w[j]] for j in range(m)) for i in range(m)
                    )
                    after[scaled] += weight
        law, n = after, m
    sum_sq = sum(p * sum(x * x for row in cov for x in row) for cov, p in law.items())
    sq_trace = sum(p * sum(cov[i][i] for i in range(n)) ** 2 for cov, p in law.items())
    return sp.Rational(sum_sq, sq_trace)
