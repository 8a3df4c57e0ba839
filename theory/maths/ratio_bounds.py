"""The mean VNI of one network at finite width, between two numbers that are proved.

With p = tr C, R = tr C^2/p^2 in [0, 1]: let V >= 0 on [0, inf) be a polynomial with V(0) = 1 and
V'(0) = 0. Then A(p) = (1 - V(p))/p^2 is a polynomial, and

    E R = E[tr C^2 A(p)] + E[R V(p)],   0 <= E[R V] <= E V

whatever V is: both sides are moments that `zonal` gives exactly. The choice V = S^2 + p T^2 with
the least E V makes the bounds narrow while p fluctuates little. Interval arithmetic throughout; a
badly chosen V makes them wide, never wrong.

R does not depend on scale, so a ReLU layer with r active units is taken as a Gaussian layer of r
units at its own scale. Layers with less than a sixth of their units active spoil the moments and
are left out: R is in [0, 1] there too.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import mpmath
from mpmath.ctx_iv import MPIntervalContext

from theory.maths import zonal

HALF_DEGREE = 8  # V has degree 16; E R to 1e-6 at qL/N = 1/8, to 1 % at 9/32
DIGITS = 120
FRACTION_BITS = 500
iv = MPIntervalContext()
iv.dps = DIGITS


def mean_ratio(
    widths: Sequence[int], relu: bool, half_degree: int = HALF_DEGREE
) -> tuple[Any, Any]:
    """(low, high): E R given J != 0 lies between, for Gaussian weights, linear or ReLU.

    A statement about every width and depth; deep networks (qL/N > 1/2) get wide bounds.

    >>> low, high = mean_ratio((24, 24), False)  # exact: 49/578
    >>> bool(low <= mpmath.mpf(49) / 578 <= high), bool(high - low < 1e-12)
    (True, True)
    """
    least, most = mpmath.mpf(1) / min(widths), mpmath.mpf(1)
    if min(widths) == 1:
        return most, most
    if len(widths) == 1:
        return least, least
    with mpmath.workdps(DIGITS):
        enough = kept(tuple(widths[1:])) if relu else iv.mpf(1)
        low, high = _enclosure(*_moments(tuple(widths), relu, half_degree))
        low, high = iv.mpf(low) * enough, iv.mpf(high) * enough + (1 - enough)
        # mpf() of an end rounds to nearest: DIGITS digits on both sides of 1e-100
        slack = mpmath.mpf(10) ** (20 - DIGITS)
        return max(least, mpmath.mpf(low.a) - slack), min(most, mpmath.mpf(high.b) + slack)


def fewest(units: int) -> int:
    """Layers with fewer active units are bounded by R <= 1 only."""
    return units // 6 + 1


def kept(units: tuple[int, ...]) -> Any:
    """Probability that every layer has at least `fewest` active units, given one in each."""
    enough = iv.mpf(1)
    for m in units:
        many = sum(math.comb(m, r) for r in range(fewest(m), m + 1))
        enough *= iv.mpf(many) / iv.mpf(2**m - 1)
    return enough


@functools.lru_cache(maxsize=64)
def _moments(widths: tuple[int, ...], relu: bool, half: int) -> tuple[list[Any], list[Any]]:
    """Intervals for E p^k and E tr C^2 p^(k-2), k = 0..2 half (the latter from k = 2)."""
    of_trace, with_ratio = [], []
    for degree in range(2 * half + 1):
        total = mixed = iv.mpf(0)
        for shape in zonal.shapes(degree):
            boxes = zonal.contents(shape)
            term = network_factor(shape, widths, relu)
            total += term
            mixed += term * sum(boxes)
        of_trace.append(total)
        with_ratio.append(mixed / max(1, degree * (degree - 1)))
    return of_trace, with_ratio


def network_factor(shape: zonal.Shape, widths: tuple[int, ...], relu: bool) -> Any:
    """An interval for E Z_kappa of a network: its start weight and a factor for every layer."""
    boxes, weight = zonal.contents(shape), zonal.start_weight(shape)
    up, down = _linear(boxes, widths[0])
    term = iv.mpf(weight.numerator * up) / iv.mpf(weight.denominator * down)
    for m in set(widths[1:]):
        term *= _factor(boxes, m, relu) ** widths[1:].count(m)
    return term


def _linear(boxes: tuple[int, ...], units: int) -> tuple[int, int]:
    """Numerator and denominator of prod (1 + c/units)."""
    return math.prod(units + c for c in boxes), units ** len(boxes)


def _factor(boxes: tuple[int, ...], units: int, relu: bool) -> Any:
    """E prod (1 + c/r): r = units, or binomial given r >= fewest(units)."""
    if not relu:
        up, down = _linear(boxes, units)
        return iv.mpf(up) / iv.mpf(down)
    count, terms = _binomial(units, len(boxes))
    total = sum(
        (ways * product << FRACTION_BITS) // power
        for (ways, power), product in zip(terms, _products(boxes, units), strict=True)
    )
    # every term was rounded down by less than one unit
    return iv.mpf([total, total + len(terms)]) / iv.mpf(count << FRACTION_BITS)


@functools.lru_cache(maxsize=256)
def _binomial(units: int, boxes: int) -> tuple[int, list[tuple[int, int]]]:
    """Ways to have at least `fewest` units active; for each number r, its ways and r^boxes."""
    terms = [(math.comb(units, r), r**boxes) for r in range(fewest(units), units + 1)]
    return sum(ways for ways, _ in terms), terms


@functools.lru_cache(maxsize=1 << 13)
def _products(boxes: tuple[int, ...], units: int) -> list[int]:
    """prod (r + c) for every r >= fewest(units); without its last box a shape is a shape."""
    actives = range(fewest(units), units + 1)
    if not boxes:
        return [1] * len(actives)
    last = boxes[-1]
    before = _products(boxes[:-1], units)
    return [product * (r + last) for r, product in zip(actives, before, strict=True)]


def _enclosure(of_trace: list[Any], with_ratio: list[Any]) -> tuple[Any, Any]:
    """Ends of an interval for E R, from V = S^2 + p T^2 with coefficients near the best ones."""
    half = len(of_trace) // 2
    chosen = _polynomials([moment.mid for moment in of_trace], half)
    if chosen is None:
        return 0, 1
    s, t = ([iv.mpf(mpmath.mpf(c)) for c in part] for part in chosen)
    s[0], s[1] = iv.mpf(1), -(t[0] ** 2) / 2  # V(0) = 1, V'(0) = 2 S'(0) + T(0)^2 = 0
    v = [iv.mpf(0)] * (2 * half + 1)
    for shift, part in ((0, s), (1, t)):
        for i, a in enumerate(part):
            for j, b in enumerate(part):
                v[i + j + shift] += a * b
    v[0], v[1] = iv.mpf(1), iv.mpf(0)
    known = -sum((c * m for c, m in zip(v[2:], with_ratio[2:], strict=True)), iv.mpf(0))
    rest = sum((c * m for c, m in zip(v, of_trace, strict=True)), iv.mpf(0))
    return known.a, (known + rest).b


def _polynomials(moments: list[Any], half: int) -> tuple[list[Any], list[Any]] | None:
    """Coefficients of S and T with nearly the least E[S^2 + p T^2]; None if ill-conditioned.

    With S(0) = 1, S'(0) = -s and T(0)^2 = 2s the minimum is a quadratic function of s: the inverses
    of the Hankel matrices of E p^k and E p^(k+1) give it (Christoffel functions at 0).
    """
    try:
        first = hankel_inverse(moments, half, 0)
        second = hankel_inverse(moments, half - 1, 1)
        corner = first[:2, :2] ** -1
    except ZeroDivisionError:
        return None
    slope = best_slope(corner, second)
    y = corner * mpmath.matrix([1, -slope])
    s = [first[i, 0] * y[0] + first[i, 1] * y[1] for i in range(half + 1)]
    t = [mpmath.sqrt(2 * slope) * second[i, 0] / second[0, 0] for i in range(half)]
    return s, t


def best_slope(corner: Any, second: Any) -> Any:
    """-S'(0) of the best V."""
    return max(mpmath.mpf(0), (corner[0, 1] - 1 / second[0, 0]) / corner[1, 1])


def hankel_inverse(moments: list[Any], half: int, shift: int) -> Any:
    """The inverse of the matrix of E p^(i+j+shift), i, j = 0..half."""
    entries = [[moments[i + j + shift] for j in range(half + 1)] for i in range(half + 1)]
    return mpmath.matrix(entries) ** -1
