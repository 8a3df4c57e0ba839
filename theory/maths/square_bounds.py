"""The mean of the squared VNI of one network at finite width, between two numbers that are proved.

As in `ratio_bounds`, with R = p_2/p^2, p = tr C: let U >= 0 on [0, inf) be a polynomial with
U(0) = 1, U' = U'' = U''' = 0 there. Then A(p) = (1 - U(p))/p^4 is a polynomial, and

    E R^2 = E[p_2^2 A(p)] + E[R^2 U(p)],   0 <= E[R^2 U] <= E U

whatever U is. U = S^2 + p T^2 with nearly the least E U is chosen by descent in the three lowest
coefficients of T: they fix those of S, and the others follow from Hankel matrices. Interval
arithmetic throughout; a badly chosen U makes the bounds wide, never wrong.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

import mpmath

from theory.maths import ratio_bounds, zonal
from theory.maths.ratio_bounds import DIGITS, iv

HALF_DEGREE = 10  # U has degree 20; E R^2 to 1e-6 at qL/N = 1/8


def mean_square(
    widths: Sequence[int], relu: bool, half_degree: int = HALF_DEGREE
) -> tuple[Any, Any]:
    """(low, high): E R^2 given J != 0 lies between, for Gaussian weights, linear or ReLU.

    >>> low, high = mean_square((24, 24), False)
    >>> mpmath.nstr(low, 8), bool(high - low < 1e-9)
    ('0.0071994993', True)
    """
    if min(widths) == 1:
        return mpmath.mpf(1), mpmath.mpf(1)
    least = mpmath.mpf(1) / min(widths) ** 2
    if len(widths) == 1:
        return least, least
    with mpmath.workdps(DIGITS):
        kept = ratio_bounds.kept(tuple(widths[1:])) if relu else iv.mpf(1)
        low, high = _enclosure(tuple(widths), relu, half_degree)
        low, high = iv.mpf(low) * kept, iv.mpf(high) * kept + (1 - kept)
        slack = mpmath.mpf(10) ** (20 - DIGITS)  # mpf() of an end rounds to nearest
        return max(least, mpmath.mpf(low.a) - slack), min(1, mpmath.mpf(high.b) + slack)


def variance(widths: Sequence[int], relu: bool) -> tuple[Any, Any]:
    """(low, high) of Var R given J != 0, from the bounds of E R^2 and of E R."""
    first = ratio_bounds.mean_ratio(widths, relu)
    second = mean_square(widths, relu)
    with mpmath.workdps(DIGITS):
        slack = mpmath.mpf(10) ** (20 - DIGITS)
        low, high = second[0] - first[1] ** 2 - slack, second[1] - first[0] ** 2 + slack
        return max(mpmath.mpf(0), low), high


def _moments(widths: tuple[int, ...], relu: bool, half: int) -> tuple[list[Any], list[Any]]:
    """Intervals for E p^k and E p_2^2 p^(k-4), k = 0..2 half (the latter from k = 4)."""
    of_trace, with_square = [], []
    for degree in range(2 * half + 1):
        total = mixed = iv.mpf(0)
        for shape in zonal.shapes(degree):
            boxes = zonal.contents(shape)
            term = ratio_bounds.network_factor(shape, widths, relu)
            total += term
            if degree >= 4:
                share = zonal.square_share(degree, sum(boxes), sum(c * c for c in boxes))
                mixed += term * iv.mpf(share.numerator) / iv.mpf(share.denominator)
        of_trace.append(total)
        with_square.append(mixed)
    return of_trace, with_square


@functools.lru_cache(maxsize=64)
def _enclosure(widths: tuple[int, ...], relu: bool, half: int) -> tuple[Any, Any]:
    """Ends of an interval for E R^2, from U = S^2 + p T^2 with coefficients near the best ones.

    At DIGITS digits, in which `mean_square` works.
    """
    of_trace, with_square = _moments(widths, relu, half)
    chosen = _polynomials([moment.mid for moment in of_trace], half)
    if chosen is None:
        return 0, 1
    s, t = ([iv.mpf(mpmath.mpf(c)) for c in part] for part in chosen)
    s[:4] = _flat(t, iv.mpf(1))
    u = [iv.mpf(0)] * len(of_trace)
    for shift, part in ((0, s), (1, t)):
        for i, a in enumerate(part):
            for j, b in enumerate(part):
                u[i + j + shift] += a * b
    u[:4] = [iv.mpf(1), iv.mpf(0), iv.mpf(0), iv.mpf(0)]  # by the choice of s
    known = -sum((c * m for c, m in zip(u[4:], with_square[4:], strict=True)), iv.mpf(0))
    rest = sum((c * m for c, m in zip(u, of_trace, strict=True)), iv.mpf(0))
    return known.a, (known + rest).b


def _flat(t: Sequence[Any], one: Any) -> list[Any]:
    """The coefficients 0..3 of S for which S^2 + p T^2 = 1 + O(p^4)."""
    first = -(t[0] ** 2) / 2
    second = -(first**2 + 2 * t[0] * t[1]) / 2
    return [one, first, second, -(2 * first * second + t[1] ** 2 + 2 * t[0] * t[2]) / 2]


def _polynomials(moments: list[Any], half: int) -> tuple[list[Any], list[Any]] | None:
    """Coefficients of S and T with nearly the least E U; None if ill-conditioned.

    Given its lowest coefficients y, min E S^2 = y' P y, P the inverse of a corner of the inverse
    Hankel matrix (Christoffel); z' Q z for T likewise.
    """
    try:
        of_s = ratio_bounds.hankel_inverse(moments, half, 0)
        of_t = ratio_bounds.hankel_inverse(moments, half - 1, 1)
        p, q = of_s[:4, :4] ** -1, of_t[:3, :3] ** -1
        slope = ratio_bounds.best_slope(of_s[:2, :2] ** -1, of_t)
        best = _least(p, q, [mpmath.sqrt(2 * slope), mpmath.mpf(0), mpmath.mpf(0)])
    except ZeroDivisionError:
        return None
    y, z = p * mpmath.matrix(_flat(best, mpmath.mpf(1))), q * mpmath.matrix(best)
    s = of_s[:, :4] * y
    t = of_t[:, :3] * z
    return list(s), list(t)


def _least(p: Any, q: Any, start: list[Any]) -> list[Any]:
    """The lowest coefficients z of T with nearly the least y' P y + z' Q z: damped Newton steps."""

    def size(z: Sequence[Any]) -> Any:
        y, column = mpmath.matrix(_flat(z, mpmath.mpf(1))), mpmath.matrix(z)
        return (y.T * p * y + column.T * q * column)[0]

    def moved(*shifts: tuple[int, int]) -> Any:
        z = list(best)
        for i, times in shifts:
            z[i] += times * small
        return size(z)

    best, least, damping = start, size(start), mpmath.mpf(1)
    small = mpmath.mpf(10) ** (-DIGITS // 4)
    for _ in range(100):
        gradient = mpmath.matrix([(moved((i, 1)) - moved((i, -1))) / (2 * small) for i in range(3)])
        curvature = mpmath.matrix(3, 3)
        for i, j in itertools.product(range(3), repeat=2):
            ahead = moved((i, 1), (j, 1)) + moved((i, -1), (j, -1))
            across = moved((i, 1), (j, -1)) + moved((i, -1), (j, 1))
            curvature[i, j] = (ahead - across) / (4 * small**2)
        for _ in range(40):
            damped = curvature + damping * mpmath.diag([abs(curvature[i, i]) for i in range(3)])
            trial = [a + b for a, b in zip(best, mpmath.lu_solve(damped, -gradient), strict=True)]
            if size(trial) < least:
                break
            damping *= 4
        else:
            return best
        gained, best, least = least - size(trial), trial, size(trial)
        if gained < least / 10**6:
            break
        damping /= 5
    return best
