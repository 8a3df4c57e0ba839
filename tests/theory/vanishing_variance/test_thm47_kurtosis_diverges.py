from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.lem45_eigenvalue import block
from theory.vanishing_variance.recursion import trajectory
from theory.vanishing_variance.thm47_kurtosis_diverges import CLAIM, growth, reordered, true_limit


def test_order_of_four_factors_matters_and_of_three_does_not():
    a, b, c = block(2, 2, 1), block(3, 2, 1), block(7, 2, 1)
    assert (a * b * a * b).trace() == sp.Rational(128, 9)
    assert (a * a * b * b).trace() == sp.Rational(122, 9)
    assert (a * b * c).trace() == (a * c * b).trace()


def test_one_width_grows_by_its_own_eigenvalue():
    assert growth((2,), 0, 1) == 2
    assert growth((5,), 0, 3) == 2
    assert growth((2, 2), 1, 1) == sp.expand(((1 + sp.sqrt(3)) / 2) ** 2)


def test_the_rearranged_product_is_smaller_for_sign_weights_and_equal_for_gaussian():
    assert float(growth((2, 3, 2, 3), 0, 1)) == pytest.approx(14.1664, abs=1e-4)
    assert float(reordered((2, 3, 2, 3), 0, 1)) == pytest.approx(13.4970, abs=1e-4)
    assert growth((2, 3, 2, 3), 0, 3) == reordered((2, 3, 2, 3), 0, 3)


def test_growth_is_what_the_recursion_does_at_depth():
    states = trajectory((2, 3) * 12, 0, 1, 3, 1)
    assert float(states[-1][0] / states[-3][0]) == pytest.approx(float(growth((2, 3), 0, 1)))


def test_kurtosis_diverges_even_where_the_simple_lower_bound_is_constant():
    # |a| = 1 and +-1 weights: r k_- = 1, the hardest case
    assert true_limit((2, 12), Fraction(1), Fraction(1)) == sp.oo
    assert trajectory((2, 12) * 40, 1, 1, 1, 1)[-1][0] > 10**6


def test_width_one_is_outside_the_theorem():
    assert true_limit((1,), Fraction(1), Fraction(1)) == 1
    with pytest.raises(ClaimError, match="at least 2"):
        CLAIM.exact(pattern=(1, 2), slope=1, weight_kurtosis=1, input_kurtosis=1)


def test_the_proof_step_is_shown_to_fail_and_does_not_decide():
    step = next(p for p in CLAIM.proofs if p.name == "four factors")
    assert step.check(CLAIM.law("reordered")).agrees is False
    assert step.check(growth).agrees is True
    assert claim("vev.thm4.7").expected == "holds"
