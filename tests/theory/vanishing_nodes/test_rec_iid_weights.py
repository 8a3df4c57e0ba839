from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.eq06_vni_depth_width import stated_law
from theory.vanishing_nodes.rec_iid_weights import annealed, statistics


def test_one_row_of_signs_by_hand():
    # n = 2, m = 1, entries +-1: C = w w^T sums to 2 always, R = 1
    assert annealed((2, 1), 1, 1) == 1
    # 2 -> 2: C = [[2, x], [x, 2]], x in {-2, 0, 0, 2}: tr C^2 = 8 + 2 x^2, mean 12; 16
    assert annealed((2, 2), 1, 1) == sp.Rational(12, 16)


def test_statistics_of_two_layers_of_signs():
    a, b, c = statistics((2, 2, 2), 1, 1)
    assert (a * 4 / b, c / b) == (sp.Rational(9, 10) * 4, sp.Rational(48, 80))


def test_masks_and_signs():
    assert annealed((3, 2, 2), 0, 1) == sp.Rational(29, 31)
    assert annealed((2, 2, 2), 0, 2) == sp.Rational(39, 40)
    assert annealed((2,) * 4, 1, 1) == sp.Rational(25, 26)


def test_kurtosis_three_is_the_gaussian_law():
    assert annealed((5, 3, 4), Fraction(1, 3), 3) == rec.annealed((5, 3, 4), Fraction(1, 3))


def test_kurtosis_moves_the_second_order_only():
    wide = 10**4
    for kurtosis in (1, 9):
        value = annealed((wide,) * 4, 0, kurtosis)
        first = stated_law(wide, 3, sp.Rational(1, 2), sp.Rational(1, 2), -1)
        assert float(value / first) == pytest.approx(1, abs=30 / wide)
