import pytest
import sympy as sp

from theory.shattered_gradients.thm3_model import correlation, covariance, variance


def test_gamma_ratio_at_known_points():
    assert float(covariance(99, 1)) == pytest.approx(11.2696958019, abs=1e-9)
    assert float(correlation(99, 1)) == pytest.approx(0.112696958, abs=1e-9)
    assert float(correlation(100, sp.Rational(1, 10))) == pytest.approx(0.707548858, abs=1e-9)


def test_no_block_and_one_block_by_hand():
    assert covariance(0, 1) == variance(0, 1) == 1
    assert variance(1, 1) == 2
    assert sp.simplify(covariance(1, 1) - sp.Rational(3, 2)) == 0
