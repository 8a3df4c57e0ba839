from fractions import Fraction

import pytest

from theory import ClaimError, claim
from theory.vanishing_nodes.mean_expansion import (
    annealed,
    coefficient,
    mean_digits,
    mean_vni,
    relative_remainder,
    remainder,
    remainder_coefficient,
)
from theory.vanishing_nodes.rec_finite_width import annealed as any_widths


def test_series_coefficients():
    expected = [1, Fraction(1, 2), Fraction(-11, 6), Fraction(-71, 24)]
    assert [coefficient(k) for k in (1, 2, 3, 4)] == expected


def test_annealed_is_the_law_of_equal_widths():
    assert annealed(6, 3, 0) == any_widths((6,) * 4, 0)


def test_mean_depends_on_relative_depth_only():
    assert float(mean_vni(64, 17, 1)) == pytest.approx(float(mean_vni(32, 8, 1)), rel=1e-12)


def test_next_order_by_hand():
    # linear: one layer has 2/N + 1/N^2, so 4 f_2 + 2 g_1 = 1
    assert remainder_coefficient(1, 1) == -Fraction(1, 2)
    assert remainder_coefficient(1, 0) == 0


def test_remainder_halves_as_the_width_doubles():
    assert float(remainder(64, 7, 1) / remainder(128, 15, 1)) == pytest.approx(2)


def test_declared_error_halves_for_relu_too():
    small, large = (relative_remainder(n, n // 8, 0) for n in (64, 128))
    assert 1.8 < small / large < 2.3  # tau moves from 17/64 to 33/128


@pytest.mark.parametrize(
    ("width", "depth", "slope"), [(10, 10**4, 1), (32, 100, 1), (1, 0, 1), (32, 9, 1), (10, 2, 0)]
)
def test_mean_is_refused_where_the_sum_is_checked_by_nothing(width, depth, slope):
    at = {"width": width, "depth": depth, "slope": slope}
    with pytest.raises(ClaimError, match=rf"vn.quenched: .*'depth'.* <= 3/10.*depth = {depth},"):
        claim("vn.quenched").evaluate("mean", **at)
    assert 0 < claim("vn.quenched").evaluate("annealed", **at) <= 1  # exact at every size


def test_mean_gives_the_digits_that_approximants_agree_on():
    quenched, at = claim("vn.quenched"), {"width": 32, "depth": 8, "slope": 1}
    assert mean_digits(**at) == 2
    assert float(quenched.evaluate("mean", digits=2, **at)) == pytest.approx(0.28, abs=5e-3)
    with pytest.raises(ClaimError, match=r"'digits' must be at most 2.*got 30"):
        quenched.evaluate("mean", digits=30, **at)
    small = {"width": 10**4, "depth": 0, "slope": 1}
    found = float(quenched.evaluate("mean", digits=15, **small))
    # tau = 1e-4: tau + tau^2/2 - 11 tau^3/6
    assert found == pytest.approx(1e-4 + 5e-9 - 11e-12 / 6, rel=1e-10)
