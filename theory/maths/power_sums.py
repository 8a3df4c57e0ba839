"""Power sums of products of random matrices when depth and width grow together.

For C = J J^T, J a product of L layers of N units, and N -> infinity at fixed tau = qL/N, the power
sums p_k = tr C^k follow a diffusion with generator

    G = sum_k [(k/2) sum_{a=1}^{k-1} p_a p_{k-a} + k(k-1)/2 p_k] d_k + sum_{k,l} k l p_{k+l} d_k d_l

from p_1 = 1, p_k = 0 (k >= 2). The coefficient of tau^n in the mean of R = p_2/p_1^2 is
(G^n R)/n! at that point: a rational number. Three roads lead to it: an exact ring of monomials,
symbolic differentiation, and all pairings of the entries of W (which derive G itself).
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

Monomial = tuple[int, tuple[int, ...]]  # (e, parts): p_1^e times p_k for k >= 2 in parts
Function = dict[Monomial, Fraction]
RATIO: Function = {(-2, (2,)): Fraction(1)}  # R = p_2/p_1^2
SQUARE: Function = {(-4, (2, 2)): Fraction(1)}  # R^2
ORDER = 12  # coefficients used by `borel`: its [6/6] approximant has no pole on the positive axis
P = sp.symbols("p1:8", positive=True)
q = sp.Symbol("q", positive=True)


# --- the series ------------------------------------------------------------------------------


def generator(function: Function, *, self_term: bool = True, trace_noise: bool = True) -> Function:
    """G applied to a polynomial in p_2, p_3, ... and powers of p_1 of either sign. Exact.

    self_term, trace_noise: leave out k(k-1)/2 p_k d_k, or p_2 d_1 d_1, to see what they do.
    """
    out: Function = defaultdict(Fraction)

    def add(power: int, parts: tuple[int, ...], coefficient: Fraction) -> None:
        ones = parts.count(1)
        out[power + ones, tuple(sorted(k for k in parts if k > 1))] += coefficient

    for (power, parts), c in function.items():
        if trace_noise:
            add(power - 2, (*parts, 2), c * power * (power - 1))  # p_2 d_1 d_1
        for i, k in enumerate(parts):
            rest = parts[:i] + parts[i + 1 :]
            for a in range(1, k):
                add(power, (*rest, a, k - a), c * Fraction(k, 2))
            if self_term:
                add(power, parts, c * Fraction(k * (k - 1), 2))
            add(power - 1, (*rest, k + 1), c * 2 * k * power)  # p_{k+1} d_1 d_k, twice
            for j, other in enumerate(parts):
                if j != i:
                    others = tuple(p for at, p in enumerate(parts) if at not in (i, j))
                    add(power, (*others, k + other), c * k * other)
    return {monomial: c for monomial, c in out.items() if c}


@functools.cache
def mean_ratio(
    order: int, self_term: bool = True, trace_noise: bool = True
) -> tuple[Fraction, ...]:
    """Coefficients of tau^0..tau^order in E R.

    >>> [str(c) for c in mean_ratio(4)]
    ['0', '1', '1/2', '-11/6', '-71/24']
    """
    return _series(RATIO, order, self_term, trace_noise)


@functools.cache
def mean_square(
    order: int, self_term: bool = True, trace_noise: bool = True
) -> tuple[Fraction, ...]:
    """Coefficients of tau^0..tau^order in E R^2.

    >>> [str(c) for c in mean_square(5)]
    ['0', '0', '1', '1', '-25/12', '-193/60']
    """
    return _series(SQUARE, order, self_term, trace_noise)


def product(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Coefficients of the product of two series, to the order of the first."""
    return tuple(
        sum((left[i] * right[n - i] for i in range(n + 1)), Fraction(0)) for n in range(len(left))
    )


def _series(
    function: Function, order: int, self_term: bool, trace_noise: bool
) -> tuple[Fraction, ...]:
    found, factorial = [], 1
    for n in range(order + 1):
        factorial *= max(n, 1)
        # at the start only powers of p_1 = 1 survive
        at_start = sum((c for (_, parts), c in function.items() if not parts), Fraction(0))
        found.append(at_start / factorial)
        if n < order:
            function = generator(function, self_term=self_term, trace_noise=trace_noise)
    return tuple(found)


def borel(series: tuple[Fraction, ...], time: Any) -> Any:
    """Sum of a series with factorially growing coefficients: int e^-t [m/n](t time) dt, an mpf.

    No bound on the error is known: `agreed_digits` says how far neighbouring approximants agree.
    """
    return _borel(series, time, mpmath.mp.prec)


@functools.cache
def _borel(series: tuple[Fraction, ...], time: Any, prec: int) -> Any:
    """`borel` at the working precision `prec`."""
    with mpmath.workdps(max(mpmath.mp.dps, 30)):
        x = mpmath.mpf(sp.N(time, mpmath.mp.dps))
        damped = [
            mpmath.mpf(c.numerator) / c.denominator / mpmath.factorial(k)
            for k, c in enumerate(series)
        ]
        half = (len(damped) - 1) // 2
        above, below = mpmath.pade(damped, len(damped) - 1 - half, half)
        above, below = above[::-1], below[::-1]
        value = mpmath.quad(
            lambda t: mpmath.exp(-t) * mpmath.polyval(above, x * t) / mpmath.polyval(below, x * t),
            [0, 1, 2, 4, 8, 16, 32, mpmath.inf],
        )
    return +value


def agreed_digits(series: tuple[Fraction, ...], time: Any) -> int:
    """Significant digits on which the sums of all, all but one, all but two coefficients agree.

    At most the working precision.

    >>> [agreed_digits(mean_ratio(ORDER), sp.Rational(1, n)) for n in (20, 8, 4)]
    [9, 5, 3]
    """
    value, *shorter = (borel(series[: len(series) - k], time) for k in range(3))
    apart = max(abs(other / value - 1) for other in shorter)
    least = mpmath.mpf(10) ** -mpmath.mp.dps
    return int(mpmath.floor(-mpmath.log10(max(apart, least))))


def summed(time: Any) -> Any:
    """E R at tau = time, an mpf; see `borel` for how far it may be trusted.

    >>> round(float(summed(sp.Rational(1, 8))), 5)
    0.12884
    """
    return borel(mean_ratio(ORDER), time)


# --- the same by symbolic differentiation ----------------------------------------------------


def operator(function: Any) -> Any:
    """G as printed above, by symbolic differentiation, on functions of p_1..p_7."""
    out = sp.Integer(0)
    for k in range(1, len(P) + 1):
        if function.has(P[k - 1]):
            pairs = sum(P[a - 1] * P[k - a - 1] for a in range(1, k))
            drift = sp.Rational(k, 2) * pairs + sp.Rational(k * (k - 1), 2) * P[k - 1]
            out += drift * sp.diff(function, P[k - 1])
            for m in range(1, len(P) + 1 - k):
                if function.has(P[m - 1]):
                    out += k * m * P[k + m - 1] * sp.diff(function, P[k - 1], P[m - 1])
    return sp.expand(out)


@functools.cache
def differentiated(power: int = 1) -> tuple[Any, ...]:
    """Coefficients of tau^0..tau^5 in E R^power, power 1 or 2, by symbolic differentiation."""
    start = {p: int(k == 0) for k, p in enumerate(P)}
    function, found = (P[1] / P[0] ** 2) ** power, []
    for order in range(6):
        found.append(function.subs(start) / sp.factorial(order))
        if order < 5:
            function = operator(function)
    return tuple(found)


# --- the generator itself, from pairings -----------------------------------------------------


def pairings(size: int) -> Iterator[list[tuple[int, int]]]:
    """All ways to join 0..size-1 in pairs."""

    def pair(rest: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
        if not rest:
            yield []
            return
        for i in range(1, len(rest)):
            for others in pair(rest[1:i] + rest[i + 1 :]):
                yield [(rest[0], rest[i]), *others]

    yield from pair(tuple(range(size)))


def cycle_lengths(edges: list[tuple[int, int]]) -> tuple[int, ...]:
    """Sizes (in edges) of the connected components of a graph, smallest first."""
    label = {v: v for edge in edges for v in edge}

    def root(v: int) -> int:
        while label[v] != v:
            v = label[v]
        return v

    for u, v in edges:
        label[root(u)] = root(v)
    sizes: dict[int, int] = defaultdict(int)
    for u, _ in edges:
        sizes[root(u)] += 1
    return tuple(sorted(sizes.values()))


@functools.cache
def wick_step(parts: tuple[int, ...]) -> dict[tuple[int, ...], sp.Expr]:
    """First order in 1/N of E prod_k p_k(D W C W^T D), entries of W of variance 1/N, E D^2 = 1.

    All pairings of the entries of W: pairing j joins rows and columns. Rows: N^(number of loops),
    and a row shared by two factors carries E D^4 = q; columns: the cycle type is a product of p_k.
    Returns cycle type -> coefficient of 1/N.
    """
    degree = sum(parts)
    follows, at = [], 0  # factor j is K_{i_j, i_follows(j)} = W_{i_j a_j} C_{a_j b_j} W_{.. b_j}
    for size in parts:
        follows += [*range(at + 1, at + size), at]
        at += size
    out: dict[tuple[int, ...], sp.Expr] = defaultdict(lambda: sp.Integer(0))
    for pairing in pairings(2 * degree):  # ends 2j: W_{i_j a_j}, 2j+1: W_{i_follows(j) b_j}
        row = [j // 2 if j % 2 == 0 else follows[j // 2] for j in range(2 * degree)]
        rows = cycle_lengths([(row[u], row[v]) for u, v in pairing])
        columns = [(2 * j, 2 * j + 1) for j in range(degree)]  # C_{a_j b_j} joins the two ends
        joined = cycle_lengths(columns + pairing)
        kind = tuple(sorted(size // 2 for size in joined))
        loops = len(rows)
        if loops == degree:  # N(N-1).. distinct rows, or two of them equal: factor q
            pairs = sp.Rational(degree * (degree - 1), 2)
            out[kind] += pairs * (q - 1)
        elif loops == degree - 1:
            out[kind] += q
    return dict(out)


def as_polynomial(step: dict[tuple[int, ...], Any]) -> Any:
    """Cycle types as products of p_k."""
    return sum(c * sp.prod([P[k - 1] for k in kind]) for kind, c in step.items())


@functools.cache
def from_wick() -> tuple[tuple[Any, ...], dict[tuple[int, int], Any]]:
    """Drift of p_1..p_4 and covariance of p_k, p_m (k + m <= 4) per unit of 1/N, from pairings."""
    drift = tuple(as_polynomial(wick_step((k,))) for k in range(1, 5))
    covariance = {}
    for k, m in itertools.product(range(1, 4), repeat=2):
        if k + m <= 4:
            both = as_polynomial(wick_step((k, m)))
            lone = P[k - 1] * drift[m - 1] + P[m - 1] * drift[k - 1]
            covariance[k, m] = sp.expand(both - lone)
    return drift, covariance


def apply_wick(function: Any) -> Any:
    """Drift and half the covariance as a differential operator, on functions of p_1..p_4."""
    drift, covariance = from_wick()
    first = sum(d * sp.diff(function, P[k]) for k, d in enumerate(drift))
    second = sum(c * sp.diff(function, P[k - 1], P[m - 1]) for (k, m), c in covariance.items())
    return sp.expand(first + second / 2)


@functools.cache
def wick_series(power: int = 1) -> tuple[Any, ...]:
    """Coefficients of (L/N)^0..(L/N)^3 in E R^power from the pairings; powers of q, as tau = qL/N.

    p_5 and later are left out: they arise in the second step at the earliest, and do not act on
    the value at the start in the third.
    """
    start = {p: int(k == 0) for k, p in enumerate(P)}
    function, found = (P[1] / P[0] ** 2) ** power, []
    for order in range(4):
        found.append(sp.expand(function.subs(start)) / sp.factorial(order))
        if order < 3:
            function = apply_wick(function)
    return tuple(found)
