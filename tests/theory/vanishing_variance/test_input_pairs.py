"""The formulas behind Appendix E's pairs."""

import pytest
import sympy as sp

from theory.vanishing_variance.input_pairs import (
    PRINTED,
    at_depth,
    kurtosis,
    overestimate,
    pair,
    scale,
)
from theory.vanishing_variance.recursion import trajectory


def test_scale_undoes_the_pair():
    kurt = kurtosis(sp.Rational(9, 4), sp.Rational(5, 2), 3, sp.Rational(1, 7))
    assert kurt == 3 * pair(sp.Rational(9, 4), sp.Rational(5, 2))
    assert scale(sp.Rational(9, 4), kurt) == sp.Rational(5, 2)


def test_depth_is_free_of_scale():
    at = {"widths": (5, 7), "slope": 0, "weight_kurtosis": 1, "input_kurtosis": 4}
    assert at_depth(covariance=1, variance=2, **at) == at_depth(covariance=9, variance=6, **at)
    assert at_depth(covariance=0, variance=2, **at) == trajectory((5, 7), 0, 1, 4, 1)[-1][0]


def test_reading_c_0_as_if_sigma_were_one_overestimates():
    """Over the grid of Appendix E, from the pair (0.71, 3.95): factors 1.12 to 1.27."""
    kurt, c = (sp.sympify(v) for v in PRINTED["MNIST"])
    factors = []
    for width in range(5, 51, 5):
        for weights in (1, sp.Rational(9, 5), 3):
            wrong = trajectory((width,) * 50, 0, weights, kurt, 1 + c)
            right = trajectory((width,) * 50, 0, weights, kurt, kurt / 3)
            factors += [float(wrong[d][0] / right[d][0]) for d in range(5, 51, 5)]
    assert min(factors) == pytest.approx(float(overestimate(5, 5, 3)))
    assert max(factors) == pytest.approx(float(overestimate(50, 5, 1)))
