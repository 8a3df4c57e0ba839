"""Powers of the leaky ReLU by the sign of its argument."""

from fractions import Fraction

import pytest
import sympy as sp

from theory.maths import enumeration as en
from theory.symbols import a
from theory.vanishing_variance.fourth_moments import ATOMS, even_power, gaussian_fourth


@pytest.mark.parametrize("power", [2, 4])
@pytest.mark.parametrize("x", [Fraction(-3, 2), Fraction(0), Fraction(2)])
def test_the_sign_tells_the_power(x: Fraction, power: int) -> None:
    sign = (x > 0) - (x < 0)
    slope = Fraction(1, 3)
    formula = even_power(sp.Rational(x) ** power, sp.Integer(sign), power)
    assert formula.subs(a, sp.Rational(slope)) == en.leaky(slope)(x) ** power


def test_laws_are_symmetric_and_two_have_an_atom_at_zero() -> None:
    assert all(law.get(-x) == p for law in ATOMS for x, p in law.items())
    assert sum(0 in law for law in ATOMS) == 2


def test_gaussian_through_a_relu() -> None:
    slope, integral, _ = gaussian_fourth()[0]
    assert (slope, integral) == (0, sp.Rational(3, 2))
