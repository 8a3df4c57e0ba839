"""Two layers at |a| = 1: by hand, by limits, and inside what is proved over the sphere."""

import math

import pytest
import sympy as sp

from theory.vanishing_variance.probes import MOST_LOG_VARIANCE
from theory.vanishing_variance.root_moments import gaussian_half_moment
from theory.vanishing_variance.two_layers import (
    CASES,
    PROBES,
    SIGNS,
    after_layers,
    contraction,
    enclosed,
    log_variance,
    spread,
    two_layers,
    two_sign_layers,
)


def test_spread_by_hand():
    """+-1 weights on (1, 1)/sqrt 2: (s.u)^2 is 0 or 2, of variance 1; a normal's square, of 2."""
    assert spread(1, sp.Rational(1, 2), 1) == 1
    assert spread(3, sp.Rational(1, 3), 1) == 2
    assert spread(1, 1, 4) == 0


def test_wide_directions_spread_like_a_gaussian():
    assert sp.limit(spread(sp.Rational(9, 5), sp.Symbol("q"), 1), sp.Symbol("q"), 0) == 2


def test_signs_by_hand():
    """u = e_1: +-1s above, then |s.u|^2 = 2, 1 or 0 in the mean of two units."""
    assert two_sign_layers(0) == sp.sqrt(2) / 4 + sp.Rational(1, 2)
    assert sp.Rational(1, 4) + sp.sqrt(14 + 8 * sp.sqrt(2)) / 8 == SIGNS


def test_the_largest_value_on_a_fine_grid():
    grid = [float(two_sign_layers(k / 400)) for k in range(401)]
    assert max(grid) == pytest.approx(float(SIGNS), abs=1e-6)
    assert max(grid) <= float(SIGNS)


@pytest.mark.parametrize("layer", CASES)
def test_what_is_enclosed_lies_below_the_bound_for_all_widths(layer):
    low, high, _ = enclosed(layer)
    weights, width, _ = CASES[layer]
    assert 0 < high - low < 1e-3
    largest = math.sqrt(sum(weights.values()) / sum(c * s * s for s, c in weights.items()))
    assert float(contraction(layer)) < float(two_layers(width, width, width, largest).high) < 1


def test_one_unit_in_the_middle_may_keep_the_scale():
    assert two_layers(3, 1, 1, 1).high == 1
    assert two_layers(3, 2, 1, 1).high < 1


def test_a_bound_by_layers():
    assert after_layers("signs, width 2", 1).high == after_layers("signs, width 2", 2).high == 1
    assert after_layers("signs, width 2", 6).high == SIGNS**2


def test_signs_contract_less_than_gaussian_weights():
    """One Gaussian layer of two units: E sqrt(chi^2_2/2) = sqrt(pi)/2."""
    one = gaussian_half_moment((2,), 1, 2) / gaussian_half_moment((), 1, 2)
    assert float(one) == pytest.approx(math.sqrt(math.pi) / 2)
    assert float(one) ** 2 < float(SIGNS)


def test_probes_keep_the_rule_of_direct_averages():
    assert all(log_variance(**probe.at) <= MOST_LOG_VARIANCE for probe in PROBES)
    assert log_variance("three-point, width 2", 6) > MOST_LOG_VARIANCE
