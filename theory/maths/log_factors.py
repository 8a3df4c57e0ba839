"""The logarithm of the layer factor T_w: its mean and variance, given that the layer is alive.

log T_w = log(2/((1+a^2) w)) + log S, S = chi^2_K + a^2 chi^2_{w-K}, K ~ Bin(w, 1/2). For |a| in
{0, 1} both are exact: E log chi^2_k = psi(k/2) + log 2 and Var log chi^2_k = psi'(k/2), and psi and
psi' at half of a whole number are rational up to gamma, log 2 and pi^2. For every other slope the
mean is one integral, as a number and inside an interval.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp
from mpmath import iv

from theory.maths import enclosure

# --- |a| = 0 or 1: exact ---------------------------------------------------------------------


@functools.cache
def digamma_rationals(most: int) -> tuple[int, tuple[int, ...]]:
    """(D, r_0..r_most): psi(k/2) = -gamma - 2 log 2 [k odd] + r_k/D, whole numbers.

    psi(x + 1) = psi(x) + 1/x from psi(1/2) and psi(1); r_0 is not used.

    >>> digamma_rationals(4)
    (12, (0, 0, 0, 24, 12))
    """
    common = math.lcm(*range(1, most + 1))
    r = [0, 0, 0]
    for k in range(3, most + 1):
        r.append(r[k - 2] + 2 * common // (k - 2))
    return common, tuple(r[: most + 1])


def log_mean(width: int, *, all_active: bool) -> sp.Expr:
    """E log chi^2_K - log 2: K = width, or K ~ Bin(width, 1/2) given K >= 1. Exact.

    >>> log_mean(1, all_active=True), log_mean(2, all_active=False)
    (-2*log(2) - EulerGamma, -4*log(2)/3 - EulerGamma)
    """
    weights = _weights(width, all_active)
    common, r = digamma_rationals(width)
    total = sum(weights.values())
    odd = sum(n for k, n in weights.items() if k % 2)
    rest = Fraction(sum(n * r[k] for k, n in weights.items()), total * common)
    return _number(rest) - sp.EulerGamma - 2 * sp.log(2) * sp.Rational(odd, total)


def log_variance(width: int, *, all_active: bool) -> sp.Expr:
    """Var log chi^2_K: E psi'(K/2) + Var psi(K/2), K as in `log_mean`. Exact.

    psi'(k/2) = pi^2/6, or pi^2/2 for odd k, minus the sum of 4/j^2 over j = k-2, k-4, ...

    >>> log_variance(2, all_active=True), log_variance(1, all_active=False)
    (pi**2/6, pi**2/2)
    """
    weights = _weights(width, all_active)
    total = sum(weights.values())
    common, r = digamma_rationals(width)
    odd = sp.Rational(sum(n for k, n in weights.items() if k % 2), total)
    # psi(K/2) = -gamma + rational part + odd part; variances and covariance of the last two
    mean = Fraction(sum(n * r[k] for k, n in weights.items()), total * common)
    square = Fraction(sum(n * r[k] ** 2 for k, n in weights.items()), total * common**2)
    mixed = Fraction(sum(n * r[k] for k, n in weights.items() if k % 2), total * common)
    log_part = -2 * sp.log(2)
    spread = (
        _number(square - mean**2)
        + log_part**2 * odd * (1 - odd)
        + 2 * log_part * (_number(mixed) - odd * _number(mean))
    )
    sums = [0, 0, 0]  # of 4 D^2/j^2
    for k in range(3, width + 1):
        sums.append(sums[k - 2] + 4 * common**2 // (k - 2) ** 2)
    less = Fraction(sum(n * sums[k] for k, n in weights.items()), total * common**2)
    return sp.pi**2 * (odd / 2 + (1 - odd) / 6) - _number(less) + sp.expand(spread)


def _weights(width: int, all_active: bool) -> dict[int, int]:
    """Count K -> its weight, in whole numbers."""
    return {width: 1} if all_active else {k: math.comb(width, k) for k in range(1, width + 1)}


def _number(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


# --- |a| = 0 or 1: the second road, from the density -------------------------------------------


def active(width: int) -> list[tuple[int, sp.Rational]]:
    """(k, P(K = k | K >= 1)) for K ~ Bin(w, 1/2)."""
    return [(k, sp.binomial(width, k) / (sp.Integer(2) ** width - 1)) for k in range(1, width + 1)]


@functools.cache
def log_chi2() -> tuple[sp.Expr, sp.Expr]:
    """(E log chi^2_k, E log^2 chi^2_k) in the symbol k: derivatives of E (chi^2_k)^s at s = 0.

    The transform is the Gamma integral of the density t^{k/2-1} e^{-t/2}.
    """
    k, s, t = sp.symbols("k s t", positive=True)
    mellin, total = (
        sp.integrate(t ** (power + k / 2 - 1) * sp.exp(-t / 2), (t, 0, sp.oo)) for power in (s, 0)
    )
    first, second = (sp.diff(mellin / total, s, order).subs(s, 0) for order in (1, 2))
    return sp.simplify(first), sp.simplify(second)


def reduced(order: Any, x: Any) -> sp.Expr:
    """psi or psi' at half of a whole number, by psi(x) = psi(x-1) + 1/(x-1), from 1/2 or 1."""
    if x <= 1:
        return sp.polygamma(order, x)
    return reduced(order, x - 1) + (-1) ** order / (x - 1) ** (order + 1)


@functools.cache
def mixture(width: int, slope: int) -> tuple[sp.Expr, sp.Expr]:
    """(E log T, Var log T) given T > 0, |a| = 0 or 1, over the number of active units. Exact."""
    weights = active(width) if slope == 0 else [(width, sp.Integer(1))]
    k = sp.Symbol("k", positive=True)
    first, second = (
        sp.expand(sum(p * m.subs(k, count).replace(sp.polygamma, reduced) for count, p in weights))
        for m in log_chi2()
    )
    log_c = sp.log(sp.Rational(2, (1 + slope**2) * width))
    return log_c + first, sp.expand(second - first**2)


# --- every other slope: Frullani's integral --------------------------------------------------


def frullani(width: int, sq_slope: Any) -> Any:
    """E log S, 0 < a^2 <= 1: int_0^inf (e^-t - E e^{-tS}) dt/t, an mpf; see `frullani_enclosed`.

    log s = int (e^-t - e^{-ts}) dt/t for every s > 0, and E e^{-tS} = h(t)^w with
    h(t) = ((1+2t)^{-1/2} + (1+2a^2t)^{-1/2})/2.
    """

    def integrand(u: Any) -> Any:  # t = e^u
        t = mpmath.exp(u)
        laplace = ((1 + 2 * t) ** -0.5 + (1 + 2 * sq_slope * t) ** -0.5) / 2
        return mpmath.exp(-t) - laplace**width

    reach = 40 + 2 * mpmath.log(1 + 1 / sq_slope)
    return mpmath.quad(integrand, [-reach, -4, 0, 4, reach * 2 / width + 40 / width, 2 * reach])


def frullani_enclosed(width: int, sq_slope: Fraction) -> Any:
    """An interval that holds E log S, 0 < a^2 <= 1; radius below 1e-12.

    With t = e^u, tau = |t|, |arg t| <= d < pi/2: |1 - (1+z)^{-1/2}| <= |z|/2 where Re z >= 0, so
    |f| <= A tau, A = 1 + w(1+a^2)/2; and |1+z| >= max(1, |z|) there, so |f| <= 2 and
    |f| <= e^{-tau cos d} + min(1, C^2/tau)^{w/2}, C = (1 + 1/|a|)/(2 sqrt 2). Integrated over tau:
    the first to 2/A gives 2, the second from there to 1 gives 2 log(A/2), the third
    e^{-cos d}/cos d + log max(1, C^2) + 2/w.
    """
    with enclosure.precision(140):
        sq, w, d = _interval(sq_slope), iv.mpf(width), iv.mpf(enclosure.STRIP)
        a_bound = 1 + w * (1 + sq) / 2
        c_bound = (1 + 1 / iv.sqrt(sq)) / (2 * iv.sqrt(iv.mpf(2)))

        def integrand(u: Any) -> Any:
            t = iv.exp(u)
            return iv.exp(-t) - ((1 / iv.sqrt(1 + 2 * t) + 1 / iv.sqrt(1 + 2 * sq * t)) / 2) ** w

        low = -36 - math.ceil(math.log(width))
        high = math.ceil(
            max(4 + 64 / width, math.log(2 * width)) + 2 * math.log(1 + float(c_bound.b))
        )
        before, after = iv.mpf(low - enclosure.STEP), iv.mpf(high + enclosure.STEP)
        tau = iv.exp(after)
        step = iv.mpf(enclosure.STEP)
        return enclosure.line_integral(
            integrand,
            low=low,
            high=high,
            mass=2
            + 2 * iv.log(1 + a_bound)
            + iv.exp(-iv.cos(d)) / iv.cos(d)
            + 2 * iv.log(1 + c_bound)
            + 2 / w,
            left=(a_bound * iv.exp(before), iv.exp(-step)),
            # tau >= 2w: from here on e^-tau falls faster than the power
            right=(iv.exp(-tau) + c_bound**w * tau ** (-w / 2), iv.exp(-w * step / 2)),
        )


def mean_enclosed(width: int, slope: Fraction) -> Any:
    """An interval that holds E log T_w for a slope with 0 < |a| < 1 or |a| > 1 (or 1)."""
    sq = Fraction(slope) ** 2
    sq = min(sq, 1 / sq)  # T_w is the same for a and 1/a
    with enclosure.precision(140):
        return iv.log(2 / ((1 + _interval(sq)) * width)) + frullani_enclosed(width, sq)


def _interval(value: Fraction) -> Any:
    return iv.mpf(value.numerator) / value.denominator
