"""The grid of Appendix E, counted, and the kurtoses at its corners."""

import pytest

from theory import ClaimError, claim
from theory.vanishing_variance.appE_grid import (
    STARTS,
    WEIGHT_LAWS,
    WIDTHS,
    count,
    grid_kurtosis,
    moments,
)


def test_counts_by_hand():
    assert len(WIDTHS) == 10
    assert count(5, 2) == 10 * 10 * 3 * 2
    assert count(0, 1) == 10 * 11 * 3


def test_gaussian_corner_is_a_power_of_two():
    # width 5, ReLU: 1 + 5/w = 2 per layer, the first one included if kappa_0 = 3 m_0
    assert grid_kurtosis(5, 50, "normal", 3, 1) == 3 * 2**50
    assert grid_kurtosis(5, 0, "normal", 3, 1) == 3


@pytest.mark.parametrize(("start", "largest"), [(STARTS[0], 5.0e15), (STARTS[1], 3.7e15)])
def test_the_largest_kurtosis_is_at_the_narrow_deep_normal_corner(start, largest):
    grid = {
        (w, d, law): float(grid_kurtosis(w, d, law, **moments(start)))
        for w in (5, 25, 50)
        for d in (5, 25, 50)
        for law in WEIGHT_LAWS
    }
    assert max(grid, key=grid.__getitem__) == (5, 50, "normal")
    assert grid[(5, 50, "normal")] == pytest.approx(largest, rel=0.01)


def test_moments_that_no_input_has_are_refused():
    at = {"width": 5, "depth": 1, "weights": "normal"}
    with pytest.raises(ClaimError, match="some input has these moments"):
        claim("vev.appE.grid").evaluate(
            "kurtosis on the grid", input_kurtosis=1, input_pair=2, **at
        )
