"""Gaussian submatrix: values by hand, and the layer that every matrix of is visited."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.maths import enumeration as en
from theory.vanishing_variance.init_gsm import mirrored_layer

GSM = claim("vev.init.gsm")


def test_values() -> None:
    assert GSM.exact("variance", n_in=30, n_out=10) == 1
    assert GSM.exact("fourth moment", half_width=5) == sp.Rational(7, 5)
    assert GSM.evaluate("drift", half_width=5) == pytest.approx(-0.2131, abs=1e-4)


@pytest.mark.parametrize("widths", [(3, 4), (4, 3), (1, 1)])
def test_units_come_in_pairs(widths: tuple[int, int]) -> None:
    with pytest.raises(ClaimError, match="must be an even integer >= 2"):
        GSM.exact("variance", n_in=widths[0], n_out=widths[1])


def test_a_layer_of_one_pair() -> None:
    # y = (s, -s): relu gives (1, 0) or (0, 1), the difference is s again
    past = {(Fraction(3), Fraction(-3)): Fraction(1)}
    assert mirrored_layer(past, 1, en.SIGN) == {
        (Fraction(3), Fraction(-3)): Fraction(1, 2),
        (Fraction(-3), Fraction(3)): Fraction(1, 2),
    }
