from fractions import Fraction

import pytest

from theory.vanishing_variance.lem45_eigenvalue import block, true_sign


@pytest.mark.parametrize("width", [2, 3, 17])
@pytest.mark.parametrize("kurtosis", [Fraction(1), Fraction(3), Fraction(9)])
def test_above_one_from_width_two_on(width, kurtosis):
    assert true_sign(width, Fraction(0), kurtosis) > 0
    assert true_sign(width, Fraction(1), kurtosis) > 0


def test_width_one_is_the_exception():
    assert true_sign(1, Fraction(1), Fraction(1)) == 0
    assert true_sign(1, Fraction(0), Fraction(1)) > 0


def test_trace_and_determinant_of_the_document():
    m = block(2, 2, 1)
    assert m.trace() == Fraction(3, 2)
    assert m.det() == -1
