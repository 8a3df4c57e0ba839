"""Kurtosis along sequences of widths that grow: laws and checks of vev.thm4.7.sharp.

At kappa_w = 3 the products over layers are known ones: Euler's product for widths l^2 (a finite
limit), a ratio of Gamma functions for widths l (a power of the depth). For any weights sum 1/w_l
decides. No claim stands here.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import Evaluate, Finding, Integers, Parameter, Reals
from theory.vanishing_variance.ratio_map import next_ratio
from theory.vanishing_variance.recursion import anisotropy, trajectory

l_index = sp.Symbol("l", integer=True, positive=True)
POWER = Parameter(
    "power", Reals(0), "p, with widths w_l = l^p (rounded up), l >= 1", sp.Symbol("p")
)
FIRST = Parameter("first_width", Integers(1), "width w_0 of the input")


def first_pair(first_width: Any, slope: Any, input_kurtosis: Any, input_pair: Any) -> sp.Expr:
    """m_1 = r kappa_0/w_0 + (1 - 1/w_0) m_0; positive."""
    n = sp.sympify(first_width)
    return anisotropy(slope) * sp.sympify(input_kurtosis) / n + (1 - 1 / n) * sp.sympify(input_pair)


def squares_limit(first_width: Any, slope: Any, input_kurtosis: Any, input_pair: Any) -> sp.Expr:
    """Limit of kappa_d for widths w_0, 1, 4, 9, ... and kappa_w = 3: finite. Exact.

    3 m_1 sinh(pi sqrt(c))/(pi sqrt(c)), c = 3r - 1: Euler's product of 1 + c/l^2.
    """
    root = sp.pi * sp.sqrt(3 * anisotropy(slope) - 1)
    return 3 * first_pair(first_width, slope, input_kurtosis, input_pair) * sp.sinh(root) / root


def linear_widths(
    layers: Any, first_width: Any, slope: Any, input_kurtosis: Any, input_pair: Any
) -> sp.Expr:
    """kappa_d for widths w_0, 1, 2, ..., d - 1 and kappa_w = 3: 3 m_1 times a Gamma ratio. Exact.

    Gamma(d + c)/(Gamma(d) Gamma(1 + c)) with c = 3r - 1, so it grows like d^c.

    >>> linear_widths(3, 1, 0, 3, 1)
    378
    """
    c, d = 3 * anisotropy(slope) - 1, sp.Integer(layers)
    start = 3 * first_pair(first_width, slope, input_kurtosis, input_pair)
    return start * sp.rf(1 + c, d - 1) / sp.factorial(d - 1)


def diverges(power: Any, slope: Any, weight_kurtosis: Any) -> int:
    """1 if kappa_d -> infinity along w_l = ceil(l^p), else 0: whether sum 1/w_l diverges.

    At |a| = 1 and kappa_w = 1 the terms are (1 - 1/w_{l-1})/w_l: widths 1 for ever add nothing.

    >>> diverges(1, 0, 3), diverges(2, 0, 3), diverges(0, 1, 1)
    (1, 0, 0)
    """
    if abs(slope) == 1 and weight_kurtosis == 1 and power == 0:
        return 0
    return int(power <= 1)


# --- proofs: the criterion -------------------------------------------------------------------

POWERS = (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2))
REGIMES = ((Fraction(0), Fraction(3)), (Fraction(0), Fraction(1)), (Fraction(-1), Fraction(1)),
           (Fraction(1, 2), Fraction(6)))  # fmt: skip


HALFWAY = 4000


@functools.cache
def doubling(power: Fraction, slope: Fraction, kw: Fraction) -> tuple[float, float, float]:
    """log of kappa_{2D}/kappa_D at D = HALFWAY along w_l = ceil(l^p), and its two bounds.

    The recursion in floats. Bounds: after layer D every rho is between 3 and the image of k_+ at
    w_D, as in `ratio_between`, and a layer multiplies m by 1 + (r rho - 1)/w_l.
    """
    aniso, weight, total, halfway = float(anisotropy(slope)), float(kw), 0.0, 0.0
    kurt, pair, low, high = 3.0, 1.0, 0.0, 0.0
    for layer in range(1, 2 * HALFWAY + 1):
        width = math.ceil(round(layer ** float(power), 9))
        p, q = aniso * kurt / width, (1 - 1 / width) * pair
        kurt, pair = weight * p + 3 * q, p + q
        total += math.log(pair)
        kurt, pair = kurt / pair, 1.0
        if layer == HALFWAY:
            halfway = total + math.log(kurt)
            image = float(next_ratio(max(sp.sympify(kw), sp.Integer(3)), sp.Integer(width),
                                     anisotropy(slope), sp.sympify(kw)))  # fmt: skip
            rhos = sorted((image, 3.0))
            low, high = (math.log(rhos[k] / rhos[1 - k]) for k in (0, 1))
        elif layer > HALFWAY:
            low += math.log1p((aniso * rhos[0] - 1) / width)
            high += math.log1p((aniso * rhos[1] - 1) / width)
    return total + math.log(kurt) - halfway, low, high


def comparison(law: Evaluate) -> Finding:
    """sum l^-p by sympy's test; the recursion over 4000 more layers, between multiples of the sum.

    log kappa_{2D}/kappa_D is between two sums of log(1 + c/w_l) with c > 0, so it stays away from 0
    iff the sum over the layers D..2D does. In the lone case c = 0: kappa gains nothing.
    """
    rounding = 2 * HALFWAY * 2.0**-48
    facts = []
    for power in POWERS:
        terms = sp.Sum(l_index ** -sp.Rational(power), (l_index, 1, sp.oo))
        infinite = not bool(terms.is_convergent())
        for slope, kw in REGIMES:
            lone = abs(slope) == 1 and kw == 1 and power == 0  # width 1, |y| never changes
            expected = int(infinite and not lone)
            gain, low, high = doubling(power, slope, kw)
            label = f"w_l = l^{power}, a = {slope}, kappa_w = {kw}"
            facts += [
                (f"{label}: as the sum", law(power=power, slope=slope, weight_kurtosis=kw)
                 == expected),
                (f"{label}: kappa gains a factor exp({gain:.4g})",
                 abs(gain) < rounding if lone
                 else low - rounding <= gain <= high + rounding and (low > 0 or not expected)),
            ]  # fmt: skip
    return prove.truth(
        facts,
        predicted="kappa_d -> infinity iff sum 1/w_l = infinity",
        found="convergence test for the sum, recursion for kappa_d",
    )


STARTS = ((1, Fraction(0), 3, 1), (5, Fraction(1), 3, 1), (2, Fraction(1, 2), 4, 2))


@functools.cache
def euler_product(slope: Fraction) -> Any:
    """prod_{l >= 1} (1 + (3r - 1)/l^2) by mpmath's extrapolation, 30 digits."""
    with mpmath.workdps(40):
        c = mpmath.mpf(sp.N(3 * anisotropy(slope) - 1, 40))
        return mpmath.nprod(lambda n: 1 + c / n**2, [1, mpmath.inf])


def squares(law: Evaluate) -> Finding:
    """3 m_1 times Euler's product by mpmath; the recursion below it, with a gap of order 1/d."""
    for first, slope, k_0, m_0 in STARTS[:1]:
        limit = law(first_width=first, slope=slope, input_kurtosis=k_0, input_pair=m_0)
        reached = [
            trajectory((first, *(n * n for n in range(1, size))), slope, 3, k_0, m_0)[-1][0]
            for size in (40, 80)
        ]
        gaps = [1 - sp.N(value / limit, 20) for value in reached]
        if not (0 < gaps[1] < gaps[0] and abs(gaps[0] / gaps[1] - 2) < 0.1):
            found = f"{sp.N(reached[1], 8)} at depth 80"
            return Finding(False, str(sp.N(limit, 8)), found, f"gaps {gaps}")
    return prove.close(
        (
            (
                f"w_0 = {first}, a = {slope}, kappa_0 = {k_0}, m_0 = {m_0}",
                law(first_width=first, slope=slope, input_kurtosis=k_0, input_pair=m_0),
                mpmath.mpf(sp.N(3 * first_pair(first, slope, k_0, m_0), 40)) * euler_product(slope),
            )
            for first, slope, k_0, m_0 in STARTS
        ),
        digits=18,
    )


def linear(law: Evaluate) -> Finding:
    """The recursion over widths w_0, 1, ..., d - 1 in rationals."""
    return prove.cases(
        (
            f"w_0 = {first}, a = {slope}, d = {d}",
            law(layers=d, first_width=first, slope=slope, input_kurtosis=k_0, input_pair=m_0),
            trajectory((first, *range(1, d)), slope, 3, k_0, m_0)[-1][0],
        )
        for first, slope, k_0, m_0 in STARTS
        for d in (1, 2, 7, 20)
    )
