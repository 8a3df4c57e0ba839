from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.schema import as_float
from theory.vanishing_nodes.scales import log_variance
from theory.vanishing_nodes.sec4_conditions import (
    EDGE,
    half_depth,
    leading_drift,
    linear_vni,
    typical,
    unbiased,
)


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


def test_half_depth_by_hand():
    # N = 2: R = 1/2 without any layer; N = 3: X = (2/5)^(L+1) <= 1/4 first at L = 1
    assert half_depth(2) == 0
    assert half_depth(3) == 1
    assert linear_vni(3, 1) == sp.Rational(7, 11)


@pytest.mark.parametrize("n", [2, 3, 17, 500])
def test_half_depth_is_where_the_vni_passes_one_half(n):
    assert linear_vni(n, half_depth(n)) >= sp.Rational(1, 2)
    assert half_depth(n) == 0 or linear_vni(n, half_depth(n) - 1) < sp.Rational(1, 2)


def test_probes_keep_their_rules():
    found = claim("vn.sec4.iff")
    for probe in found.probes:
        if probe.experiment == "signal_scales":
            assert log_variance(probe.setup) <= 1
        if probe.laws == ("each network",) and not probe.curve:
            at = probe.at
            assert leading_drift(at["width"], at["depth"], at["slope"]) <= EDGE
            assert found.admits(probe.point) == "needed"
