"""Values of laws as numbers."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp

from theory.schema import Bounds, ClaimError, as_float, as_mpf, plain_number


def test_bounds_are_pairs() -> None:
    assert as_float(Bounds(Fraction(1, 4), sp.oo)) == (0.25, math.inf)
    assert as_mpf(Bounds(-sp.oo, 1)) == (-mpmath.inf, 1)


@pytest.mark.parametrize("value", [2, Fraction(1, 3), sp.Rational(1, 3), 0.1, mpmath.mpf(1) / 3])
def test_numbers(value: Any) -> None:
    with mpmath.workdps(50):
        exact = as_mpf(value)
    assert float(exact) == pytest.approx(float(value), rel=1e-15)


def test_a_complex_value_is_refused() -> None:
    with pytest.raises(ClaimError, match="no real number"):
        as_mpf(sp.sqrt(-2))


def test_truth_values_stay_truth_values() -> None:
    assert as_float(sp.true) is True
    assert as_mpf(sp.false) is False


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (0.1, Fraction(3602879701896397, 2**55)),  # the float's own value, not a tenth
        (mpmath.mpf(-3) / 4, Fraction(-3, 4)),
        (sp.Float("0.5"), Fraction(1, 2)),
        (sp.Rational(1, 3), Fraction(1, 3)),
        (sp.Integer(7), 7),
        (np.int64(7), 7),
        (Decimal("0.1"), Fraction(1, 10)),
        ([1, 0.5], (1, Fraction(1, 2))),
        ("relu", "relu"),
        (True, True),
    ],
)
def test_plain_numbers_keep_their_value(value: Any, plain: Any) -> None:
    found = plain_number(value)
    assert (found, type(found)) == (plain, type(plain))


def test_digits_beyond_the_working_precision_are_kept() -> None:
    with mpmath.workdps(60):
        third = mpmath.mpf(1) / 3
    assert abs(plain_number(third) - Fraction(1, 3)) < Fraction(1, 10**59)
