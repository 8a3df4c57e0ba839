"""Second moments of a product of L Gaussian matrices: closed forms, their proofs, and the spread.

S = P P^T, P = W_L ... W_1, entries N(0, 1/n). With a = E tr S^2, b = E (tr S)^2, one layer more:

    a' = (1 + 1/n) a + b/n,   b' = b + (2/n) a,   a_0 = n, b_0 = n^2.

In the room: `M2`, `BETA`, `PARTICIPATION` and `participation`; `wide_error`, the proved error of
n/(L+1); `log_variance`, the spread of the measured columns; checks by pairings, by recursion, by
enumeration and in the wide limit.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import Counter
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import products, prove
from theory.schema import Finding

n = sp.Symbol("n", integer=True, positive=True)
L = sp.Symbol("L", integer=True, nonnegative=True)

UP, DOWN = 1 + 2 / n, 1 - 1 / n  # eigenvalues of the recursion
M2 = ((n + 2) * UP**L - (n - 1) * DOWN**L) / 3
BETA = ((n + 2) * UP**L + 2 * (n - 1) * DOWN**L) / (3 * n)
PARTICIPATION = ((n + 2) * UP**L + 2 * (n - 1) * DOWN**L) / ((n + 2) * UP**L - (n - 1) * DOWN**L)


def participation(*, width: Any, depth: Any) -> Any:
    """E (tr S)^2 / E tr S^2 = (q + 2)/(q - 1) with q = ((n+2)/(n-1))^(L+1).

    Exact; n at L = 0, and 1 (one direction left) as L -> infinity; 1 at n = 1.

    >>> participation(width=7, depth=0), participation(width=1, depth=5)
    (7, 1)
    """
    if width == 1:
        return sp.Integer(1)
    q = ((sp.sympify(width) + 2) / (sp.sympify(width) - 1)) ** (sp.sympify(depth) + 1)
    return (q + 2) / (q - 1)


def wide_error(width: int, depth: int) -> float:
    """L/n: relative error of n/(L+1) against the exact participation, proved for n >= 3, L >= 1.

    PR = 1 + 3/(q - 1) with q = (1 + v)^(L+1), v = 3/(n-1). Above: q - 1 >= (L+1) v (Bernoulli), so
    PR (L+1)/n <= 1 + L/n. Below: 1/(e^y - 1) >= 1/y - 1/2 and 1/ln(1+v) >= 1/v + 1/2 - v/12, so
    PR (L+1)/n >= 1 - L/(2n) - 3/(4 n (n-1)), and 3/(4 (n-1)) <= L/2 once n >= 1 + 3/(2L).

    >>> wide_error(16, 2)
    0.125
    """
    return depth / width


def log_variance(blocks: tuple[int, ...], width: int, depth: int) -> float:
    """ln(E X^2/(E X)^2) of X = product over blocks of tr S^k: its log-variance if X is log-normal.

    From exact moments. A mean of such X is estimated directly only where this is at most 1; beyond,
    layer by layer.

    >>> round(log_variance((2,), 7, 3), 3), round(log_variance((1, 1), 7, 3), 3)
    (1.195, 0.942)
    """
    mean = products.moment(blocks, width, depth)
    return math.log(products.moment((*blocks, *blocks), width, depth) / mean**2)


# --- proofs ----------------------------------------------------------------------------------


def rational(expression: Any) -> Any:
    """Powers base^(c L + k) as base^k times one letter for each factor of the base: rational then.

    (n + 2)^L, (n - 1)^L, ... are independent over the rational functions of n, so the expression is
    zero for all n, L exactly when the result is zero as a rational function of these letters.
    """

    def power(base: Any, exponent: Any) -> Any:
        times = exponent.coeff(L)
        value = base ** (exponent - times * L)
        for part, sign in zip(sp.fraction(sp.together(base)), (1, -1), strict=True):
            constant, factors = sp.factor_list(part)
            assert constant == 1
            for factor, count in factors:
                letter = sp.Symbol(f"({factor})^L", positive=True)
                value *= letter ** (sign * count * times)
        return value

    return sp.together(expression.replace(lambda e: e.is_Pow and e.exp.has(L),
                                          lambda e: power(e.base, e.exp)))  # fmt: skip


def by_pairings(which: str) -> Any:
    """The 3 x 3 matrix of pairings of four weights, diagonalised, for symbolic n and L."""

    def check(law: Any) -> Finding:
        every = products.pairings(4)
        table = sp.Matrix(3, 3, lambda i, j: n ** products.loops(every[i], every[j]) / n**2)
        uniform, other = sp.Matrix([1, 1, 1]), sp.Matrix([1, -1, 0])
        if (table * uniform - UP * uniform).expand() != sp.zeros(3, 1) or (
            table * other - DOWN * other
        ).expand() != sp.zeros(3, 1):
            return Finding(None, "", "", "the eigenvectors are not what is used below")
        # spectral projections: J/3 and 1 - J/3, so element (i, j) of the (L+1)-th power is
        same = (UP ** (L + 1) + 2 * DOWN ** (L + 1)) / 3
        different = (UP ** (L + 1) - DOWN ** (L + 1)) / 3
        inner = every.index(products.inner(2))
        a = n**2 * (same if every.index(products.outer((2,))) == inner else different)
        b = n**2 * (same if every.index(products.outer((1, 1))) == inner else different)
        found = {"m2": a / n, "beta": b / n**2, "ratio": b / a}[which]
        predicted = law(width=n, depth=L)
        difference = sp.expand(sp.numer(rational(predicted - found)))
        return prove.identity(
            difference,
            predicted=str(predicted),
            found=str(found),
            detail="Wick: T_pq = n^loops(p,q); eigenvalues n^2 + 2n and n^2 - n",
        )

    return check


@functools.cache
def one_layer() -> tuple[tuple[int, Any, Any, Any, Any], ...]:
    """(n, E tr S'^2, E (tr S')^2, tr S^2, (tr S)^2), S' = W D W^T, for diagonal D of n symbols."""
    rows = []
    for size in (2, 3):
        spectrum = sp.symbols(f"s1:{size + 1}", positive=True)
        weights = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"w{i}{j}"))
        letters = list(weights)
        gram = weights * sp.diag(*spectrum) * weights.T
        moment = {0: sp.Integer(1), 2: sp.Rational(1, size), 4: sp.Rational(3, size**2)}

        def mean(
            polynomial: Any, letters: Any = letters, spectrum: Any = spectrum, moment: Any = moment
        ) -> Any:
            total = sp.Integer(0)
            for powers, coefficient in sp.Poly(polynomial, *letters).terms():
                if all(power % 2 == 0 for power in powers):
                    total += coefficient * sp.prod([moment[power] for power in powers])
            return sp.expand(total)

        trace_sq = sum((gram[i, j] ** 2 for i in range(size) for j in range(size)), sp.Integer(0))
        rows.append(
            (
                size,
                mean(trace_sq),
                mean(gram.trace() ** 2),
                sum(x**2 for x in spectrum),
                sum(spectrum) ** 2,
            )
        )
    return tuple(rows)


@functools.cache
def is_the_recursion() -> bool:
    """Whether one layer, multiplied out, is the linear map of the module docstring."""
    return all(
        sp.expand(new_a - (1 + sp.Rational(1, size)) * a - b / sp.Integer(size)) == 0
        and sp.expand(new_b - b - sp.Rational(2, size) * a) == 0
        for size, new_a, new_b, a, b in one_layer()
    )


def by_recursion(which: str) -> Any:
    """One layer multiplied out at n = 2, 3; then the recursion in fractions against the law."""

    def check(law: Any) -> Finding:
        if not is_the_recursion():
            return Finding(None, "", "", "one layer multiplied out is not the recursion")
        rows = []
        for width in (1, 2, 7, 50):
            a, b = Fraction(width), Fraction(width**2)
            for depth in range(7):
                found = {"m2": a / width, "beta": b / width**2, "ratio": b / a}[which]
                rows.append((f"n = {width}, L = {depth}", law(width=width, depth=depth), found))
                a, b = (1 + Fraction(1, width)) * a + b / width, b + 2 * a / width
        return prove.cases(rows, "recursion in fractions; one layer multiplied out at n = 2, 3")

    return check


@functools.cache
def enumerated() -> tuple[tuple[int, int, Fraction, Fraction], ...]:
    """(n, L, E tr S^2, E (tr S)^2) of literal products of every matrix of a three-point law.

    Entries -1, 0, 1 with probabilities 1/6, 2/3, 1/6 have the second and fourth moments of a
    Gaussian of variance 1/3; no higher moment of a weight enters.
    """
    rows = []
    for size, deepest in ((2, 3), (3, 1)):
        every = [
            (entries, 4 ** entries.count(0))
            for entries in itertools.product((-1, 0, 1), repeat=size * size)
        ]
        identity = tuple(int(i == j) for i in range(size) for j in range(size))
        law: Counter[tuple[int, ...]] = Counter({identity: 1})
        for depth in range(1, deepest + 1):
            following: Counter[tuple[int, ...]] = Counter()
            for matrix, count in law.items():
                for weights, ways in every:
                    following[_times(weights, matrix, size)] += count * ways
            law = following
            a = b = 0
            for matrix, count in law.items():
                gram = _times(matrix, _transposed(matrix, size), size)
                a += count * sum(x * x for x in gram)
                b += count * sum(gram[:: size + 1]) ** 2
            scale = Fraction(3, size) ** (2 * depth) / 6 ** (size * size * depth)
            rows.append((size, depth, a * scale, b * scale))
    return tuple(rows)


def _times(x: tuple[int, ...], y: tuple[int, ...], size: int) -> tuple[int, ...]:
    return tuple(
        sum(x[i * size + k] * y[k * size + j] for k in range(size))
        for i in range(size)
        for j in range(size)
    )


def _transposed(x: tuple[int, ...], size: int) -> tuple[int, ...]:
    return tuple(x[j * size + i] for i in range(size) for j in range(size))


def by_enumeration(which: str) -> Any:
    """Literal products, every weight matrix visited."""

    def check(law: Any) -> Finding:
        return prove.cases(
            (
                f"n = {size}, L = {depth}",
                law(width=size, depth=depth),
                {"m2": a / size, "beta": b / size**2, "ratio": b / a}[which],
            )
            for size, depth, a, b in enumerated()
        )

    return check


def wide_limit(law: Any) -> Finding:
    """n -> infinity at fixed L: the exact participation over the law is within L/n of 1."""
    v = 3 / (n - 1)
    q = sp.Symbol("q", positive=True)  # (UP/DOWN)^(L+1) = (1 + v)^(L+1)
    exact = ((n + 2) * UP**L + 2 * (n - 1) * DOWN**L) / ((n + 2) * UP**L - (n - 1) * DOWN**L)
    in_q = exact.subs(UP**L, q * DOWN ** (L + 1) / UP)
    if sp.simplify(UP / DOWN - 1 - v) != 0 or sp.simplify(in_q - 1 - 3 / (q - 1)) != 0:
        return Finding(None, "", "", "the participation is not 1 + 3/(q - 1)")
    facts = []
    for depth in (1, 2, 5, 9):
        ratio = sp.limit(
            sp.together(participation(width=n, depth=depth) / law(width=n, depth=depth)), n, sp.oo
        )
        facts.append((f"L = {depth}: limit of the ratio {ratio}", bool(ratio == 1)))
        for width in (3, 16, 64, 10**6):
            far = participation(width=width, depth=depth) / law(width=width, depth=depth)
            inside = abs(far - 1) <= sp.Rational(depth, width)
            facts.append((f"L = {depth}, n = {width}: within L/n", bool(inside)))
    return prove.truth(
        facts,
        predicted="participation ~ law as n -> infinity",
        found="ratio 1, relative error at most L/n",
        detail="PR = 1 + 3/(q-1): Bernoulli above, 1/(e^y-1) >= 1/y - 1/2 below",
    )
