"""Curves evaluate laws over an axis."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.schema import Curve, Integers, Law, Parameter


def test_a_curve_hands_each_law_the_arguments_it_takes() -> None:
    n, m = (Parameter(name, Integers(1), name) for name in "nm")
    half = Law("stated", sp.Symbol("y"), (n,), "a half", evaluate=lambda n: Fraction(n, 2))
    both = Law("corrected", sp.Symbol("y"), (n, m), "a ratio", evaluate=lambda n, m: Fraction(n, m))
    curve = Curve("c", "t", "x", "y", (1, 2, 3), lambda x: {"n": x, "m": 6})
    assert [curve.value(half, x) for x in curve.xs] == [Fraction(1, 2), 1, Fraction(3, 2)]
    assert [curve.value(both, x) for x in curve.xs] == [
        Fraction(1, 6),
        Fraction(1, 3),
        Fraction(1, 2),
    ]
