"""The factor of one Gaussian layer: moments by hand, and two roads to its transform."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from theory.maths.layer_factors import (
    chi2_mellin,
    chi2_moment,
    factor_moment,
    mellin,
    mellin_gamma,
)


def test_moments_by_hand() -> None:
    assert [chi2_moment(2, p) for p in (0, 1, 2, 3)] == [1, 2, 8, 48]
    assert factor_moment(1, 0, 2) == 6  # T = 2 g^2 or 0: E T^2 = 4 * 3 / 2
    assert factor_moment(1, 1, 2) == 3
    assert factor_moment(4, sp.Rational(1, 3), 1) == 1


@pytest.mark.parametrize("slope", [sp.Rational(1, 4), sp.Integer(3)])
def test_a_and_one_over_a_are_one_factor(slope: sp.Rational) -> None:
    assert factor_moment(5, slope, 3) == factor_moment(5, -1 / slope, 3)
    here, there = mellin(5, float(slope)), mellin(5, 1 / float(slope))
    assert here(0.5j) == pytest.approx(there(0.5j), abs=1e-12)


@pytest.mark.parametrize("width", [1, 4, 40])
@pytest.mark.parametrize("z", [0, -0.25, 0.75, 1j, 6j])
def test_integral_equals_gamma_sum(width: int, z: complex) -> None:
    assert mellin(width, 0.0)(z) == pytest.approx(
        complex(mellin_gamma(width, z)), abs=1e-10 if isinstance(z, complex) else 1e-3
    )


@pytest.mark.parametrize("z", [0, 2j, 12j])
def test_linear_factor_is_a_chi_square(z: complex) -> None:
    expected = complex(chi2_mellin(7, z) / mpmath.power(7, z))
    assert mellin(7, 1.0)(z) == pytest.approx(expected, abs=1e-10)


def test_mass_of_dead_layers_is_left_out() -> None:
    assert mellin(3, 0.0)(0).real == pytest.approx(1 - 1 / 8, abs=1e-12)
    assert mellin(3, 0.01)(0).real == pytest.approx(1, abs=1e-12)
