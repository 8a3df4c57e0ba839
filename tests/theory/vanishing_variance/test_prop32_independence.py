"""What two units of one layer share."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.prop32_independence import (
    dependence,
    first_covariance,
    limit_correlation,
    square_correlation,
)


def test_by_hand():
    # linear, one unit read, Gaussian: y_i = W_i x, Cov(y_1^2, y_2^2) = Var x^2 = 2
    assert first_covariance(1, 1, 3) == 2
    assert square_correlation((1,), 1, 3, 3) == Fraction(2, 8)


def test_the_first_layer_is_one_step_of_the_recursion():
    c = first_covariance(5, Fraction(1, 2), 3)
    assert square_correlation((5,), Fraction(1, 2), 3, 3) == c / (2 + 3 * c)


def test_signs_through_a_modulus_stay_independent_for_one_layer():
    rows = {label: (apart, no_covariance) for label, apart, no_covariance in dependence()}
    one = "widths (2, 2), a = -1, kappa_w = 1, kappa_0 = 1"
    two = "widths (2, 2, 2), a = -1, kappa_w = 1, kappa_0 = 1"
    assert rows[one] == (True, True)
    assert rows[two] == (False, False)


def test_the_limit_is_approached():
    for kw in (1, 3, 6):
        near = square_correlation((4,) * 60, 0, kw, 3)
        assert float(near) == pytest.approx(float(limit_correlation(4, 0, kw)), rel=1e-6)
    assert sp.simplify(limit_correlation(4, 0, 3)) == sp.Rational(1, 3)


def test_where_nothing_varies_there_is_no_correlation():
    at = {"slope": 1, "weight_kurtosis": 1, "input_kurtosis": 1}
    with pytest.raises(ClaimError, match="vary"):
        claim("vev.indep").evaluate("correlation of squares", widths=(1, 1), **at)
