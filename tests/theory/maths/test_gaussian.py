"""Arc-cosine kernels against hand values, quadrature and the polar-coordinate integral."""

import mpmath
import pytest
import sympy as sp

from theory.maths import gaussian


def test_hand_values():
    assert gaussian.kappa0(0) == sp.Rational(1, 2)
    assert gaussian.kappa1(0) == 1 / sp.pi
    assert gaussian.kappa0(-1) == 0
    half = gaussian.kappa1(sp.Rational(1, 2)) - sp.sqrt(3) / (2 * sp.pi) - sp.Rational(1, 3)
    assert sp.expand(half) == 0


@pytest.mark.parametrize("correlation", ["-9/10", "-1/31", "0", "37/100", "99/100"])
def test_quadrature_agrees(correlation):
    r = sp.Rational(correlation)
    with mpmath.workdps(25):
        assert abs(gaussian.kappa0_quadrature(r) - sp.N(gaussian.kappa0(r), 25)) < 1e-20
        assert abs(gaussian.kappa1_quadrature(r) - sp.N(gaussian.kappa1(r), 25)) < 1e-20


def test_derivative_of_kappa1_is_kappa0():
    difference = sp.diff(gaussian.KAPPA1, gaussian.rho) - gaussian.KAPPA0
    assert sp.simplify(difference) == 0


def test_angle_map_is_the_kernel_and_keeps_digits_at_small_angles():
    with mpmath.workdps(30):
        theta = mpmath.mpf(2) / 5
        direct = mpmath.acos(
            (mpmath.sin(theta) + (mpmath.pi - theta) * mpmath.cos(theta)) / mpmath.pi
        )
        assert abs(gaussian.next_angle(theta) - direct) < 1e-28
        tiny = mpmath.mpf(10) ** -12
        assert abs(gaussian.next_angle(tiny) - (tiny - tiny**2 / (3 * mpmath.pi))) < 1e-37


def test_inverse_chi_square():
    assert gaussian.inverse_chi2(2) == sp.oo
    with mpmath.workdps(20):
        for degrees in (3, 4, 7):
            found = gaussian.inverse_chi2_quadrature(degrees)
            assert abs(found - mpmath.mpf(1) / (degrees - 2)) < 1e-15


def test_expectation_of_polynomials():
    assert abs(gaussian.expect(lambda z: z**4) - 3) < 1e-12
    assert abs(gaussian.expect(lambda z: abs(z)) - mpmath.sqrt(2 / mpmath.pi)) < 1e-12
