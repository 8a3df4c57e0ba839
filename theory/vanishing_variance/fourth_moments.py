"""Powers of the leaky ReLU by the sign of its argument, and three proofs of its fourth moment.

One identity, without densities: with s = sgn x, phi_a(x)^(2j) = x^(2j) [(1 + a^(2j)) +
(1 - a^(2j)) s]/2, also at x = 0. No claim is made here (see lem41_42_leaky_moments.py).
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Evaluate, Finding
from theory.symbols import a

sigma_sq = sp.Symbol("sigma^2", nonnegative=True)
kappa = sp.Symbol("kappa", positive=True)


def even_power(x_power: sp.Expr, sign: sp.Expr, power: int) -> sp.Expr:
    """phi_a(x)^power from x^power and sgn x, power even: exact, no density needed."""
    return x_power * ((1 + a**power) + (1 - a**power) * sign) / 2


ATOMS: tuple[en.Law, ...] = (
    en.SIGN,
    en.THREE_POINT,  # has an atom at 0, so no density
    {Fraction(k): Fraction(p, 12) for k, p in ((-3, 1), (-1, 2), (0, 6), (1, 2), (3, 1))},
)
SLOPES = (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(-3, 10), Fraction(2))


def fourth_by_sign(law: Evaluate) -> Finding:
    """E of the sign identity: E x^4 sgn x = 0 for a symmetric x."""
    x_fourth, sign = sp.symbols("X4 s", real=True)
    found = even_power(x_fourth, sign, 4).subs(sign, 0).subs(x_fourth, sigma_sq**2 * kappa)
    predicted = law(slope=a, variance=sigma_sq, kurtosis=kappa)
    return prove.identity(
        predicted - found, predicted=str(predicted), found=f"E x^4 (1 + a^4)/2 = {found}"
    )


LOPSIDED: en.Law = {Fraction(-1): Fraction(2, 3), Fraction(2): Fraction(1, 3)}
"""Of mean 0 and not symmetric."""


def fourth_by_atoms(law: Evaluate, laws: tuple[en.Law, ...] = ATOMS) -> Finding:
    """Discrete laws of mean 0, summed atom by atom; two of the symmetric ones put mass on 0."""
    return prove.cases(
        (
            f"law {i}, a = {slope}",
            law(slope=slope, variance=en.moment(x, 2), kurtosis=en.kurtosis(x)),
            sum((p * en.leaky(slope)(v) ** 4 for v, p in x.items()), Fraction(0)),
        )
        for i, x in enumerate(laws)
        for slope in SLOPES
    )


def fourth_of_lopsided(law: Evaluate) -> Finding:
    """-1 with probability 2/3, 2 with probability 1/3: what the symmetry is for."""
    return fourth_by_atoms(law, (LOPSIDED,))


@functools.cache
def gaussian_fourth() -> tuple[tuple[sp.Rational, sp.Expr, Any], ...]:
    """(slope, E phi_a^4 of N(0, 1) by sympy's integral, the same by quadrature)."""
    x = sp.Symbol("x", real=True)
    density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    half = sp.integrate(x**4 * density, (x, 0, sp.oo))
    rows = []
    for slope in (sp.Integer(0), sp.Rational(-3, 10)):
        with mpmath.workdps(30):
            numeric = mpmath.quad(
                lambda t, s=slope: (t if t >= 0 else s * t) ** 4 * mpmath.npdf(t),
                [-mpmath.inf, -3, 0, 3, mpmath.inf],
            )
        rows.append((slope, half * (1 + slope**4), numeric))
    return tuple(rows)


def fourth_of_gaussian(law: Evaluate) -> Finding:
    """N(0, 1), kurtosis 3: sympy's half-line integral, cross-checked by quadrature to 20 digits."""
    quadrature = prove.close(
        ((f"a = {slope}", integral, numeric) for slope, integral, numeric in gaussian_fourth()),
        digits=20,
    )
    if quadrature.agrees is not True:
        return quadrature
    return prove.cases(
        (f"a = {slope}", law(slope=slope, variance=1, kurtosis=3), integral)
        for slope, integral, _ in gaussian_fourth()
    )
