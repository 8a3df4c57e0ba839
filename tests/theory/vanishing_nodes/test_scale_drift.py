"""The drift of one network: by hand and in the limit of wide layers."""

from fractions import Fraction

import pytest
import sympy as sp

from theory.schema import as_float
from theory.vanishing_nodes.scale_drift import leading_drift, of_trace, typical, unbiased


def test_two_linear_units_lose_gamma_a_layer():
    assert typical(2, 7, 1, 1) == -7 * sp.EulerGamma
    assert unbiased(2, 7, 1, 1) == 0


@pytest.mark.parametrize("slope", [0, 1])
def test_drift_tends_to_its_leading_order(slope):
    gain = 1 if slope == 1 else 2
    drift = as_float(typical(400, 1, gain, slope))
    assert -drift == pytest.approx(float(leading_drift(400, 1, slope)), rel=0.02)


def test_a_larger_gain_adds_its_log():
    more = typical(5, 3, Fraction(7, 2), 0) - typical(5, 3, 2, 0)
    assert as_float(more) == pytest.approx(3 * float(sp.log(sp.Rational(7, 4))))


def test_trace_of_one_direction_drifts_like_a_norm():
    # R = 1: tr C is the squared length of one vector
    assert of_trace(7, 1, 2) / 2 == Fraction(leading_drift(7, 1, 0)).limit_denominator(1000)
    assert of_trace(7, 1, 1) / 2 == Fraction(leading_drift(7, 1, 1)).limit_denominator(1000)


def test_trace_of_many_directions_keeps_the_mask_noise():
    # tr W W^T of N x N: chi^2 of N^2 degrees, relative variance 2/N^2
    assert of_trace(5, Fraction(1, 5), 1) == Fraction(2, 25)
    assert of_trace(10**6, Fraction(1, 10**6), 2) * 10**6 == pytest.approx(1, abs=1e-5)
