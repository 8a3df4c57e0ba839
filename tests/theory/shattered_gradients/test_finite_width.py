import mpmath
import pytest
import sympy as sp

from theory.shattered_gradients.finite_width import (
    excess,
    layers,
    margin,
    quadrant_moments,
    width_for,
)


def test_one_layer_has_no_first_term():
    for cosine in (0, sp.Rational(37, 100), sp.Rational(-9, 10)):
        assert abs(excess(1, cosine)) < 1e-14


def test_two_layers_of_orthogonal_inputs_by_hand():
    """rho_0 = 0, tau_1 = 1/2, rho_1 = 1/pi: quadrant moments 1/(2 pi), 1/4, 1/4, 1/pi."""
    c = 1 / sp.pi
    sine = sp.sqrt(1 - c**2)
    k0, k0_1, k0_2 = 1 - sp.acos(c) / sp.pi, 1 / (sp.pi * sine), c / (sp.pi * sine**3)
    noise = 1 - c**2 - 2 * c * (4 / sp.pi - c) + c**2 * 5 / 2  # Cov(A, B) = 0
    bias = -(4 / sp.pi - c) + c * sp.Rational(15, 4)
    tilt = sp.Rational(4) * (c / 2 - c / 4)
    # p.q leans: P = Q = 0 at the start up to 1/N, plus the first layer's rows
    u, v, half = 2 * c / 2, sp.Rational(1, 2), sp.Rational(1, 4)
    start = sp.Matrix([[1, 0], [0, 1]])
    lean = sp.Matrix([[1, 0], [u, v]]) * start * sp.Matrix([[v, u], [0, 1]]).T
    lean += 4 * sp.Matrix([[half, c / 2], [c / 2, half]])
    both = lean[0, 1] + lean[1, 0] - c * (lean[0, 0] + lean[1, 1])
    found = k0_1 * (bias / 2 + tilt) + k0_2 * noise / 4 + k0_1 * both
    assert float(excess(2, 0)) == pytest.approx(float(found), rel=1e-12)
    assert k0 < 1


def test_limit_is_the_product_of_kernels():
    with mpmath.workdps(20):
        assert float(layers(2, 0)[0]) == pytest.approx(0.3015576, abs=1e-7)


def test_quadrant_moments_of_equal_inputs_are_halves_of_full_moments():
    assert quadrant_moments(sp.Integer(0)) == (sp.Rational(1, 2),) * 2 + (sp.Rational(3, 2),) * 2


def test_margin_is_precision_and_first_term():
    found = margin(1, 8)
    assert (found.kind, found.standard) == ("absolute", pytest.approx(0.015))
    wide, narrow = (margin(5, n).standard - 0.03 * 0.1045588 for n in (200, 100))
    assert narrow == pytest.approx(2 * wide, rel=1e-5)


def test_widths_by_rule():
    assert width_for(1) == width_for(2) == 125
    assert width_for(5, 0.1) == 120
