from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_nodes.eq03_estimator import all_samples, plugin, population


def test_figure_one_sizes():
    assert float(200 * plugin(sp.Rational(1, 200), 1000)) == pytest.approx(1.201, abs=5e-4)


def test_one_direction_has_no_bias():
    assert plugin(1, 5) == 1


def test_two_inputs_span_one_direction():
    assert plugin(sp.Rational(1, 7), 2) == 1


def test_population_by_hand():
    # (0,0), (3,0), (0,3): variances 2, covariance -1
    assert population((0, 0, 3, 0, 0, 3)) == (Fraction(4 + 4 + 2), Fraction(4))


def test_last_mean_matters():
    points = (0, 1, 2, -1, 3, 5)
    full, cut = all_samples(points, 4)
    assert full == population(points)[0] != cut


def test_no_bias_takes_four_inputs():
    with pytest.raises(ClaimError, match=r"'inputs' .* an integer >= 4.*; got 3"):
        claim("vn.eq3.estimator").evaluate("ratio of unbiased means", ratio=0.1, inputs=3)
