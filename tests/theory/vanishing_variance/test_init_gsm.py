"""Gaussian submatrix: values by hand, and the layer that every matrix of is visited."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.maths import enumeration as en
from theory.vanishing_variance.init_gsm import mirrored_layer

GSM = claim("vev.init.gsm")


def test_values() -> None:
    assert GSM.exact("variance", n_in=30, n_out=10) == 1
    assert GSM.exact("fourth moment", half_width=5) == sp.Rational(7, 5)
    assert GSM.evaluate("drift", half_width=5) == pytest.approx(-0.2131, abs=1e-4)


def test_a_layer_of_one_pair() -> None:
    # y = (s, -s): relu gives (1, 0) or (0, 1), the difference is s again
    past = {(Fraction(3), Fraction(-3)): Fraction(1)}
    assert mirrored_layer(past, 1, en.SIGN) == {
        (Fraction(3), Fraction(-3)): Fraction(1, 2),
        (Fraction(-3), Fraction(3)): Fraction(1, 2),
    }
