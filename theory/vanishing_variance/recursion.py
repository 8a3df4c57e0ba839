"""The recursion of Proposition 4.3 as functions, and which inputs it can start from.

The homogeneous form: m = 1 + c/sigma^4, P = r kappa/w, Q = (1 - 1/w) m, and then
kappa' = kappa_w P + 3 Q, m' = P + Q, with w the width that is read. No claim stands here; the
derivations are in the claims vev.prop4.3 (the recursion) and below (which moments exist).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en


def anisotropy(slope: Any) -> sp.Expr:
    """r = 2 (a^4 + 1)/(a^2 + 1)^2, between 1 (|a| = 1) and 2 (ReLU).

    >>> anisotropy(0), anisotropy(-1)
    (2, 1)
    """
    slope = sp.sympify(slope)
    return 2 * (slope**4 + 1) / (slope**2 + 1) ** 2


def step(state: Any, width: Any, r: Any, weight_kurtosis: Any) -> tuple[Any, Any]:
    """(kappa, m) -> (kappa', m') through one layer that reads `width` units. Exact."""
    kurt, pair = state
    p, q = r * kurt / width, (1 - sp.Rational(1) / width) * pair
    return weight_kurtosis * p + 3 * q, p + q


def trajectory(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, input_pair: Any
) -> list[tuple[Any, Any]]:
    """(kappa_l, m_l) for l = 0..d; rational in, rational out.

    >>> trajectory((2, 3), 0, 1, 1, 1)
    [(1, 1), (5/2, 3/2), (14/3, 8/3)]
    """
    r, kw = anisotropy(slope), sp.sympify(weight_kurtosis)
    state = (sp.sympify(input_kurtosis), sp.sympify(input_pair))
    states = [state]
    for width in widths:
        state = step(state, sp.Integer(width), r, kw)
        states.append(state)
    return states


def last_state(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, input_pair: Any
) -> tuple[Any, Any]:
    """(kappa_d, m_d) alone: the end of the trajectory, at any depth and with any rational slope.

    A slope given as a float has a denominator of 2^55, and reducing the fractions of every layer
    takes seconds at 300 layers. Here both numbers are kept over one denominator in whole numbers,
    which is reduced once. With r = P/Q and kappa_w = U/V a layer multiplies it by V Q w.

    >>> last_state((2, 3), 0, 1, 1, 1)
    (14/3, 8/3)
    """
    given = [
        sp.sympify(v) for v in (anisotropy(slope), weight_kurtosis, input_kurtosis, input_pair)
    ]
    if not all(isinstance(v, sp.Rational) for v in (*given, *map(sp.sympify, widths))):
        return trajectory(widths, slope, weight_kurtosis, input_kurtosis, input_pair)[-1]
    (p, q), (u, v), (kurt, below), (pair, beside) = ((int(x.p), int(x.q)) for x in given)
    kurt, pair, scale = kurt * beside, pair * below, below * beside
    for width in map(int, widths):
        one, two = p * kurt, q * (width - 1) * pair
        kurt, pair, scale = u * one + 3 * v * two, v * (one + two), v * q * width * scale
    return sp.Rational(kurt, scale), sp.Rational(pair, scale)


def first_step(
    weight_kurtosis: Any, square_sum_sq: Any, fourth_sum: Any, square_sum: Any
) -> sp.Expr:
    """kappa_1 = (3 E S_2^2 + (kappa_w - 3) E S_4)/(E S_2)^2, S_k = sum_j |phi_a(x_j)|^k: any input.

    Exact, scale-free, and the input may be dependent, asymmetric, of unequal entries.

    >>> first_step(3, 1, 1, 1)
    3
    """
    kw, s2_sq, s4, s2 = (
        sp.sympify(v) for v in (weight_kurtosis, square_sum_sq, fourth_sum, square_sum)
    )
    return (3 * s2_sq + (kw - 3) * s4) / s2**2


def power_sums(inputs: en.Joint, slope: Fraction) -> dict[str, Fraction]:
    """E S_2^2, E S_4 and E S_2 of an input law, exactly: the arguments of the first step."""
    phi = en.leaky(slope)

    def total(y: en.Vector, power: int) -> Fraction:
        return sum((phi(v) ** power for v in y), Fraction(0))

    return {
        "square_sum_sq": en.expect(inputs, lambda y: total(y, 2) ** 2),
        "fourth_sum": en.expect(inputs, lambda y: total(y, 4)),
        "square_sum": en.expect(inputs, lambda y: total(y, 2)),
    }


# --- which inputs exist ----------------------------------------------------------------------

ROUNDING = 1e-12  # moments given as floats may miss a boundary by this much of their size


def input_exists(width: Any, kurtosis: Any, pair: Any) -> bool:
    """Whether some input of `width` entries has kappa_0 = `kurtosis` and m_0 = `pair`.

    With u_i = x_i^2/sigma^2: E u_i = 1, E u_i^2 = kappa, E u_i u_j = m. Necessary are m >= 0;
    m <= kappa, by Cauchy-Schwarz; kappa + (w - 1) m >= w, because Var(sum u_i) =
    w (kappa + (w - 1) m - w) >= 0. (They imply kappa >= 1.) Together they suffice: the region is
    spanned by the laws "all u_i equal" (m = kappa >= 1) and "one u_i alone not 0" (m = 0,
    kappa >= w), mixtures of laws mix moments, and independent fair signs make the input
    jointly sign-symmetric. A single entry has no pair: there kappa >= 1 is all.

    >>> input_exists(2, 3, 1), input_exists(2, 1, 0), input_exists(2, 2, 0), input_exists(9, 1, 2)
    (True, False, True, False)
    """
    slack = ROUNDING * float(width) * max(1.0, float(kurtosis))
    if width == 1:
        return bool(kurtosis >= 1 - slack)
    return bool(
        pair >= 0 and kurtosis - pair >= -slack and kurtosis + (width - 1) * pair - width >= -slack
    )


def power_sums_exist(square_sum_sq: Any, fourth_sum: Any, square_sum: Any) -> bool:
    """Whether some input has these sums: (E S_2)^2 <= E S_2^2 and 0 < E S_4 <= E S_2^2.

    Jensen's inequality, and 0 < S_4 <= S_2^2 for every vector but zero. They suffice: S_2 may have
    any law, and given S_2 = s the ratio S_4/s^2 any law on 1/n, ..., 1, n entries being equal.

    >>> power_sums_exist(2, 1, 1), power_sums_exist(1, 2, 1), power_sums_exist(1, 1, 2)
    (True, False, False)
    """
    slack = ROUNDING * float(square_sum_sq)
    return bool(
        square_sum_sq - square_sum**2 >= -slack
        and fourth_sum > 0
        and square_sum_sq - fourth_sum >= -slack
    )
