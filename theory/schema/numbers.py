"""Values of laws as numbers: exact ones as mpmath numbers and floats, and arguments made exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

import mpmath
import sympy as sp

from theory.schema.laws import Bounds
from theory.schema.messages import ClaimError


def as_mpf(value: Any) -> Any:
    """An exact or floating value as an mpf at the current precision; Bounds as a pair."""
    if isinstance(value, Bounds):
        return (as_mpf(value.low), as_mpf(value.high))
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    if isinstance(value, bool | sp.logic.boolalg.BooleanAtom):
        return bool(value)
    if isinstance(value, sp.Basic):
        evaluated = sp.N(value, mpmath.mp.dps)
        if evaluated is sp.oo or evaluated is -sp.oo:
            return mpmath.inf if evaluated is sp.oo else -mpmath.inf
        if not evaluated.is_real:
            raise ClaimError(f"law evaluates to {value}, which is no real number")
        return mpmath.mpf(evaluated._to_mpmath(mpmath.mp.prec))
    return mpmath.mpf(value)


def as_float(value: Any) -> Any:
    """An exact or high-precision value as a float; Bounds as a pair of floats."""
    if isinstance(value, Bounds):
        return (as_float(value.low), as_float(value.high))
    if isinstance(value, bool | sp.logic.boolalg.BooleanAtom):
        return bool(value)
    with mpmath.workdps(30):
        return float(as_mpf(value))


def plain_number(value: Any) -> Any:
    """A number as an int or a Fraction, without a change of value; others as they are.

    Laws know these two and what sympy makes of them, not every type there is. A float too becomes
    the fraction it is: what a law does with it then is exact, and nothing cancels unseen. So 0.1
    stands for its 55 binary places, not for 1/10: the shortest decimal of a computed number would
    be another number. Who means 1/10 gives Fraction(1, 10).

    >>> plain_number(0.25), plain_number(0.1) == Fraction(1, 10)
    (Fraction(1, 4), False)
    """
    if isinstance(value, list | tuple):
        return tuple(plain_number(member) for member in value)
    if isinstance(value, bool | int | Fraction | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, sp.Rational):
        return int(value) if value.q == 1 else Fraction(value.p, value.q)
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, mpmath.mpf | sp.Float):
        number = value if isinstance(value, mpmath.mpf) else value._to_mpmath(value._prec)
        sign, mantissa, exponent, _ = number._mpf_
        return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent
    return Fraction(float(value)) if isinstance(value, Real) else value
