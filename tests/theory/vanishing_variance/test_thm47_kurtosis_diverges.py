import pytest
import sympy as sp

from theory.vanishing_variance.prop43_kurtosis import trajectory
from theory.vanishing_variance.thm47_kurtosis_diverges import (
    SHARP,
    THM47,
    block,
    cone,
    largest_eigenvalue,
)

POINT = {"slope": 0, "weight_kurtosis": 1, "input_kurtosis": 3, "input_pair": 1}


def test_order_of_four_factors_matters_and_of_three_does_not():
    a, b, c = block(2, 2, 1), block(3, 2, 1), block(7, 2, 1)
    assert (a * b * a * b).trace() == sp.Rational(128, 9)
    assert (a * a * b * b).trace() == sp.Rational(122, 9)
    assert (a * b * c).trace() == (a * c * b).trace()
    assert float(largest_eigenvalue(a)) == pytest.approx(2)


@pytest.mark.parametrize("kurtosis", [1, sp.Rational(9, 5), 3, 6])
def test_bounds_hold_along_an_alternating_sequence(kurtosis):
    point = {**POINT, "weight_kurtosis": kurtosis, "widths": (2, 3, 2, 3, 9)}
    bounds = cone(**point)
    assert bounds.low <= trajectory(**point)[-1][0] <= bounds.high


def test_gaussian_bounds_are_the_value():
    point = {**POINT, "weight_kurtosis": 3, "widths": (5, 4, 3)}
    assert cone(**point).low == cone(**point).high == trajectory(**point)[-1][0]


def test_the_proof_step_is_shown_and_does_not_decide():
    step = next(p for p in THM47.proofs if p.law == "proof-step")
    assert step.check(THM47.law("proof-step")).agrees is False
    assert SHARP.expected == THM47.expected == "holds"
