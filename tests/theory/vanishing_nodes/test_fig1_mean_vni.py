import pytest

from theory import claim
from theory.schema import as_float
from theory.vanishing_nodes.fig1_mean_vni import eq6, is_close, mean_linear, ratio_of_means


def test_values_of_the_figure():
    assert [float(eq6(200, depth, 1)) for depth in (10, 50, 100)] == [0.055, 0.255, 0.505]
    found = [float(ratio_of_means(200, depth)) for depth in (10, 50, 100)]
    assert found == pytest.approx([0.0563, 0.2762, 0.5408], abs=5e-5)


def test_proved_bounds_at_the_figures_sizes():
    assert as_float(mean_linear(200, 20)) == pytest.approx((0.10813, 0.10813), abs=5e-6)
    low, high = as_float(mean_linear(200, 100))
    assert low < 0.4384 < high  # the sampled mean; the bounds are wide there


def test_close_is_five_percent_of_eq_6():
    assert is_close(1, 1.049)
    assert not is_close(1, 0.949)


def test_their_end_of_the_figure_is_outside():
    found = claim("vn.fig1")
    assert found.admits({"width": 200, "depth": 100, "slope": 1}) == "stated"
    assert found.admits({"width": 200, "depth": 60, "slope": 1}) == "needed"
