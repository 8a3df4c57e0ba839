"""Intervals that contain a number for certain: integrals over the line, chi-square probabilities.

Everything is `mpmath.iv` arithmetic with outward rounding, and every truncation is bounded:

* the trapezoidal rule for an integrand analytic in a strip |Im u| <= d with
  int |f(x + iy)| dx <= M on every line of the strip misses by at most 2M/(e^{2 pi d/h} - 1)
  (Trefethen and Weideman, SIAM Review 56 (2014), Theorem 5.1);
* what is cut off on either side is bounded by a geometric series, for which the caller gives the
  first term and the ratio;
* power series of positive terms end where the ratio of terms is below 1 and falling.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import mpmath
import sympy as sp
from mpmath import iv

from theory.maths import prove
from theory.schema import Finding, as_mpf

STEP = 0.25  # a power of two: the nodes are exact
STRIP = 1.25  # half-height of the strip, below pi/2


@contextlib.contextmanager
def precision(bits: int) -> Iterator[None]:
    """Interval arithmetic at `bits` bits inside the block."""
    before = iv.prec
    iv.prec = bits
    try:
        yield
    finally:
        iv.prec = before


def ball(middle: Any, radius: Any) -> Any:
    """[middle - radius, middle + radius] of two intervals."""
    reach = iv.mpf(radius).b
    return middle + iv.mpf([-reach, reach])


def line_integral(
    f: Callable[[Any], Any],
    *,
    low: int,
    high: int,
    mass: Any,
    left: tuple[Any, Any],
    right: tuple[Any, Any],
) -> Any:
    """int f(u) du over the line; nodes low..high, in units of u.

    mass: bounds int |f(x + iy)| dx for every |y| <= STRIP. left, right: (bound of |f| at the first
    node that is left out, bound of the ratio of each further one to it); |f| must fall at least
    geometrically there.
    """
    first, last = round(low / STEP), round(high / STEP)
    total = iv.mpf(0)
    for j in range(first, last + 1):
        total += f(iv.mpf(j * STEP))
    missing = sum((start / (1 - ratio) for start, ratio in (left, right)), iv.mpf(0))
    rule = 2 * iv.mpf(mass) / (iv.exp(2 * iv.pi * STRIP / iv.mpf(STEP)) - 1)
    return ball(total * STEP, missing * STEP + rule)


# --- chi-squares -----------------------------------------------------------------------------


def gamma_of_half(k: int) -> Any:
    """Gamma(k/2) for a whole number k >= 1: a factorial, or sqrt(pi) (k-2)!!/2^((k-1)/2)."""
    if k % 2 == 0:
        return iv.mpf(math.factorial(k // 2 - 1))
    odd = math.prod(range(1, k - 1, 2))
    return iv.sqrt(iv.pi) * odd / 2 ** ((k - 1) // 2)


def chi2_below(k: int, z: Any) -> Any:
    """P(chi^2_k <= z), z >= 0 an interval.

    The series e^-x x^s sum_n x^n/Gamma(s+n+1), s = k/2, x = z/2; from x = 40 + k on the complement,
    Gamma(s, x) <= x^{s-1} e^-x/(1 - s/x).

    >>> chi2_below(2, iv.mpf(2)).delta < 1e-12, 1 - iv.exp(-1) in chi2_below(2, iv.mpf(2))
    (True, True)
    """
    x, s = iv.mpf(z) / 2, iv.mpf(k) / 2
    if x.a > 40 + k:
        above = x ** (s - 1) * iv.exp(-x) / (1 - s / x) / gamma_of_half(k)
        return iv.mpf([(1 - above).a, 1])
    term = total = iv.mpf(1)
    n = 0
    while n < x.b or term.b > mpmath.mpf(2) ** -iv.prec:
        n += 1
        term = term * x / (s + n)
        total += term
    ratio = x / (s + n + 1)  # below 1, and later ratios are smaller
    total += iv.mpf([0, (term * ratio / (1 - ratio)).b])
    return total * x**s * iv.exp(-x) / gamma_of_half(k + 2)


def chi2_product_below(k: int, m: int, z: Any) -> Any:
    """P(chi^2_k chi^2_m <= z) for independent factors, z > 0 an interval.

    int p_k(t) P(chi^2_m <= z/t) dt with t = e^u. At Im u = y both factors grow by no more than a
    power of 1/cos y: |p_k(t) t| integrates to cos(y)^{-k/2}, and |P| <= cos(y)^{-m/2}. On the
    line the integrand is at most c t^{k/2} e^{-t/2}, c = 2^{-k/2}/Gamma(k/2). Radius below 1e-8.
    """
    k, m = max(k, m), min(k, m)  # the larger one falls faster to the left
    half, c = iv.mpf(k) / 2, 1 / (iv.mpf(2) ** (iv.mpf(k) / 2) * gamma_of_half(k))
    low, high = -2 - 38 // k, 5

    def integrand(u: Any) -> Any:
        t = iv.exp(u)
        return c * t**half * iv.exp(-t / 2) * chi2_below(m, z / t)

    before, after = iv.mpf(low - STEP), iv.mpf(high + STEP)
    largest = iv.exp(after)
    return line_integral(
        integrand,
        low=low,
        high=high,
        mass=iv.cos(iv.mpf(STRIP)) ** (-iv.mpf(k + m) / 2),
        left=(c * iv.exp(half * before), iv.exp(-half * STEP)),
        right=(
            c * largest**half * iv.exp(-largest / 2),
            iv.exp(half * STEP - largest * (iv.exp(iv.mpf(STEP)) - 1) / 2),
        ),
    )


# --- findings --------------------------------------------------------------------------------


def inside(rows: Iterable[tuple[str, Any, Any]], *, tolerance: float, detail: str = "") -> Finding:
    """Values of a law lie within `tolerance` of every point of an interval that holds the truth.

    rows: (label, value of the law, interval). Shows the first row that fails, or the last one.
    """
    steps: list[str] = []
    shown = ("", "")
    with mpmath.workdps(40):
        for label, value, interval in rows:
            number = as_mpf(sp.sympify(prove.exact(value)))
            low, high = mpmath.mpf(interval.a), mpmath.mpf(interval.b)
            shown = (mpmath.nstr(number, 17), _text(low, high))
            steps.append(f"{label}: {shown[1]}")
            if max(abs(number - low), abs(number - high)) > tolerance:
                return Finding(
                    False if number + tolerance < low or number - tolerance > high else None,
                    *shown,
                    f"{label}. {detail}",
                    tuple(steps),
                )
    if not steps:
        return Finding(None, "", "", "no case was examined")
    return Finding(True, *shown, f"{len(steps)} cases. {detail}", tuple(steps))


def _text(low: Any, high: Any) -> str:
    """The digits that both ends share, and the width."""
    return f"{mpmath.nstr((low + high) / 2, 17)} within {mpmath.nstr((high - low) / 2, 2)}"
