import pytest

from theory import claim
from theory.schema import as_float
from theory.vanishing_nodes.fig1_mean_vni import (
    eq6,
    is_close,
    mean_linear,
    off_by,
    ratio_of_means,
)


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


def test_the_domain_is_that_of_eq_6():
    found = claim("vn.fig1")
    at = {"width": 200, "slope": 1}
    assert [found.admits({**at, "depth": d}) for d in (10, 11, 100)] == ["needed", *["stated"] * 2]
    assert found.admits({"width": 500, "depth": 10, "slope": 0}) == "stated"


def test_off_by_says_up_to_where_it_is_close():
    assert as_float(off_by(200, 10)) == pytest.approx((0.0201, 0.0201), abs=1e-4)
    low, high = as_float(off_by(200, 60))
    assert -0.05 < low < high < 0.05
    low, high = as_float(off_by(200, 80))
    assert low < -0.05 < 0.05 < high  # not decided


def test_off_by_holds_one_layer_at_every_width():
    found = claim("vn.fig1")
    (proof,) = (p for p in found.proofs if p.law == "off by")
    assert proof.check(found.law("off by")).agrees
