import sympy as sp

from theory.maths.ratio_bounds import mean_ratio
from theory.vanishing_nodes.eq05_vni_moments import (
    closed_form,
    expected_moments,
    from_spectrum,
    lowest_gap,
)
from theory.vanishing_nodes.rec_finite_width import annealed


def test_from_the_spectrum_by_hand():
    assert from_spectrum((1, 1)) == sp.Rational(1, 2)
    assert from_spectrum((1, 0)) == 1
    assert from_spectrum((1, 2)) == sp.Rational(17, 25)


def test_scale_does_not_matter():
    assert from_spectrum((3, 6, 0)) == from_spectrum((1, 2, 0))


def test_expected_moments_leave_the_range():
    assert expected_moments((2, 2), 1) == sp.Rational(5, 4)
    assert annealed((2, 2), 1) == sp.Rational(5, 6)


def test_closed_form_in_depth():
    # N = 37, L = 23: N times the law is E m_2
    assert round(float(37 * closed_form(sp.Integer(37), 23, 1)), 5) == 37.24047
    assert round(float(37 * expected_moments((37,) * 24, 0)), 5) == 233.51396


def test_gap_to_the_mean_at_small_depth():
    # proved bounds of the mean (theory/maths/ratio_bounds.py) at qL/N = 1/8
    low, high = mean_ratio((64,) * 8, False)
    gap = float(expected_moments((64,) * 8, 1) / low) - 1
    assert high - low < 1e-6
    assert abs(gap / (float(lowest_gap()) / 8**2) - 1) < 0.3  # and terms of order qL/N
