"""Roots of the squared scale: by hand, by limits, and by Gamma functions."""

import mpmath
import pytest
import sympy as sp

from theory.maths.layer_factors import mellin_gamma
from theory.vanishing_variance.root_moments import (
    chi_mean,
    contraction,
    from_roots,
    gaussian_half_moment,
    half_moment_bound,
    small_data,
)


def test_contraction_by_hand():
    assert contraction(1, 0) == 1 / sp.sqrt(2)
    assert contraction(3, 1) == contraction(3, -1) == 1
    assert sp.simplify(contraction(4, 2) - contraction(4, sp.Rational(1, 2))) == 0


def test_wide_layers_contract_by_one_over_eight_w():
    for slope, size in ((sp.Integer(0), 1), (sp.Rational(1, 2), sp.Rational(9, 25))):
        gap = 8 * 200 * (1 - contraction(200, slope)) / size
        assert abs(float(gap) - 1) < 0.01


def test_chi():
    assert chi_mean(0) == 0
    assert mpmath.almosteq(chi_mean(1), mpmath.sqrt(2 / mpmath.pi))


def test_half_moment_by_the_gamma_sum():
    root = mellin_gamma(7, mpmath.mpf(1) / 2)
    unit = chi_mean(4) / 2
    assert mpmath.almosteq(gaussian_half_moment((7, 7), 0, 4), root**2 * unit)


def test_the_bound_is_above_the_gaussian_value():
    for slope in (sp.Integer(0), sp.Rational(1, 4)):
        exact = gaussian_half_moment((6,) * 4, slope, 6)
        assert exact < float(half_moment_bound((6,) * 3, slope).high)


def test_a_general_slope_lies_between_and_is_smooth_at_the_ends():
    near = gaussian_half_moment((5,), sp.Rational(1, 10**12), 5)
    assert abs(near / gaussian_half_moment((5,), 0, 5) - 1) < 1e-3
    near = gaussian_half_moment((5,), sp.Rational(999999, 10**6), 5)
    assert abs(near / gaussian_half_moment((5,), 1, 5) - 1) < 1e-9
    inverse = gaussian_half_moment((5,), sp.Integer(3), 5)
    assert mpmath.almosteq(inverse, gaussian_half_moment((5,), sp.Rational(1, 3), 5))


def test_wide_layers_have_numbers_for_roots():
    exact = sum(sp.sqrt(sp.Rational(2 * k, 40)) * sp.binomial(40, k) for k in range(41))
    assert abs(float(exact / 2**40) - float(contraction(40, 0))) < 1e-12


def test_from_roots_by_hand():
    """x and -x, one unit: S = sqrt(2)|y| and N^{1/2} = |y|, within n sqrt(w/(n-1)) = 2."""
    assert from_roots(2, 1).high == 2
    assert float(small_data()[0][2]) == pytest.approx(2**0.5)
