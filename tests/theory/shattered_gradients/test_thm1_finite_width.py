import mpmath
import pytest
import sympy as sp

from theory.shattered_gradients.thm1_finite_width import by_all_entries, first_order, quadrant
from theory.shattered_gradients.thm1_real import pair_correlation


def test_wide_nets_reach_the_limit():
    assert float(first_order(10**9, 5, 0)) == pytest.approx(float(pair_correlation(5, 0)), rel=1e-7)


def test_the_measured_excess_of_the_catalogue():
    """Measured at N = 37: 0.011 at L = 2 and 0.033 at L = 5, to two digits."""
    for depth, measured in ((2, 0.011), (5, 0.033)):
        excess = first_order(37, depth, 0) - pair_correlation(depth, 0)
        assert float(excess) == pytest.approx(measured, abs=0.0015)


def test_second_road_at_three_layers():
    with mpmath.workdps(40):
        one, other = by_all_entries(3, sp.Rational(1, 4)), first_order(1, 3, sp.Rational(1, 4))
        assert float(other - pair_correlation(3, sp.Rational(1, 4))) == pytest.approx(float(one))


def test_quarter_of_the_plane():
    theta = next(iter(quadrant(0, 0).free_symbols))
    assert quadrant(0, 0).subs(theta, sp.pi / 2) == sp.Rational(1, 4)
