import math
from fractions import Fraction

import pytest

from theory.vanishing_nodes.scales import kept, log_variance, signal_setup, slope_sq, sums


def test_one_layer_by_hand():
    # 3 -> 1: E h^2 = |x|^2, divided by the fan-in 3 and by x^2 = 3/3
    assert sums((3, 1), True).out_sq == 1
    assert sums((3, 1), False).out_sq == slope_sq(False) == Fraction(5, 9)


def test_input_gradient_of_one_linear_layer():
    # dy/dx is the row of weights: sum of squares 3, over 3 inputs, over the fan-in 3
    assert sums((3, 1), True).input_grad_sq == Fraction(1, 3)


@pytest.mark.parametrize("widths", [(3, 1, 3), (5, 1, 3, 1)])
def test_signal_keeps_one_factor_a_layer(widths):
    assert sums(widths, False).out_sq == kept(1, slope_sq(False), len(widths) - 1)


def test_size_rule_by_hand():
    # linear 4 -> 4: two ends of 1 + 2/4, one layer of 1 + 2/4
    assert log_variance(signal_setup((4, 4), 1)) == pytest.approx(3 * math.log(1.5))
    # rectified: 3q - 1 = 5
    found = log_variance(signal_setup((4, 4), 0))
    assert found == pytest.approx(2 * math.log(1.5) + math.log(1 + 5 / 4))
