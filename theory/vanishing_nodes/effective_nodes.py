"""Spectra of a covariance: how many eigenvalues count, and the largest VNI: no Claim in here.

    count         N_e of eq. (10): eigenvalues of at least epsilon times the largest
    ratio         the VNI of a spectrum, sum l^2/(sum l)^2
    two_level     R(n, k): k eigenvalues 1 and n - k eigenvalues epsilon
    largest       f(n): the largest VNI of all spectra with N_e >= n
    most          the largest N_e of all spectra of N nodes with a given VNI

Everything is a fraction; a float is taken at its exact binary value.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.schema import Integers, Parameter, Reals, Tuples
from theory.symbols import N

epsilon = sp.Symbol("epsilon", positive=True)
R_sq = sp.Symbol("R_sq", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
NODES = Parameter("nodes", Integers(1), "N, the number of nodes", N)
COUNT = Parameter("count", Integers(1), "n, the number of effective nodes", n)
EPSILON = Parameter(
    "epsilon", Reals(0, 1, open_low=True, open_high=True), "effective threshold ratio", epsilon
)
VNI = Parameter("vni", Reals(0, 1, open_low=True), "the VNI of the nodes", R_sq)
SPECTRUM = Parameter("spectrum", Tuples(Reals(0)), "eigenvalues of the covariance C")


def rational(value: Any) -> Fraction:
    """A number as a fraction, without a change of value.

    >>> rational(0.5), rational(sp.Rational(1, 3))
    (Fraction(1, 2), Fraction(1, 3))
    """
    return Fraction(int(value.p), int(value.q)) if isinstance(value, sp.Rational) else Fraction(
        value
    )  # fmt: skip


def as_sympy(value: Fraction) -> sp.Rational:
    """A fraction as a sympy number."""
    return sp.Rational(value.numerator, value.denominator)


def count(spectrum: Sequence[Any], threshold: Any) -> int:
    """N_e of eq. (10): how many eigenvalues are at least `threshold` times the largest.

    >>> count((1, Fraction(1, 2), Fraction(1, 3)), Fraction(1, 2))
    2
    """
    values = [rational(value) for value in spectrum]
    return sum(value >= rational(threshold) * max(values) for value in values)


def ratio(spectrum: Sequence[Any]) -> Fraction:
    """The VNI: sum l^2/(sum l)^2.

    >>> ratio((1, 1, Fraction(1, 2), 0))
    Fraction(9, 25)
    """
    values = [rational(value) for value in spectrum]
    return sum((value**2 for value in values), Fraction(0)) / sum(values, Fraction(0)) ** 2


def two_level(size: int, ones: int, threshold: Any) -> Fraction:
    """R(n, k): the VNI of k eigenvalues 1 and n - k eigenvalues epsilon.

    >>> two_level(5, 2, Fraction(1, 2)), two_level(5, 1, Fraction(1, 2))
    (Fraction(11, 49), Fraction(2, 9))
    """
    e = rational(threshold)
    return (ones + (size - ones) * e**2) / (ones + (size - ones) * e) ** 2


def largest(size: int, threshold: Any) -> Fraction:
    """f(n) = max_k R(n, k), the largest VNI with n effective nodes. O(1): R(n, .) has one peak.

    With x = k + (n - k) eps the VNI is ((1 + eps) x - n eps)/x^2, which rises up to
    x = 2 n eps/(1 + eps), that is k = n eps/(1 + eps), and falls after it.

    >>> largest(11, Fraction(1, 10)), largest(22, Fraction(1, 10))
    (Fraction(11, 40), Fraction(11, 80))
    """
    e = rational(threshold)
    below = size * e // (1 + e)
    return max(two_level(size, min(max(k, 1), size), e) for k in (below, below + 1))


def most(nodes: int, vni: Any, threshold: Any) -> int:
    """The largest n <= N with f(n) >= R: f falls strictly, so bisection finds it.

    >>> most(500, Fraction(1, 100), Fraction(1, 10)), most(20, Fraction(1, 10), Fraction(1, 2))
    (302, 11)
    """
    aim, low, high = rational(vni), 1, int(nodes)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if largest(middle, threshold) >= aim else (low, middle - 1)
        )  # fmt: skip
    return low
