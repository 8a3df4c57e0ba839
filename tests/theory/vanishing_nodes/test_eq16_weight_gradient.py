from fractions import Fraction

import pytest

from theory import ClaimError, claim
from theory.vanishing_nodes.eq16_weight_gradient import any_widths, corrected, printed
from theory.vanishing_nodes.scales import log_variance

HALF = Fraction(1, 2)


def test_relu_gradients_have_half_of_the_printed_variance():
    at = {"input_variance": 1, "gradient_variance": 1, "gain": 2, "mu_1": HALF}
    for depth in (1, 2, 9):
        assert corrected(**at, depth=depth) == printed(**at, depth=depth) / 2 == HALF


def test_one_linear_unit_by_hand():
    # dC/dw = g x_0
    assert corrected(2, 3, 5, 1, 1) == 6 == printed(2, 3, 5, 1, 1)


def test_equal_widths_are_a_case_of_any_widths():
    for layer in (1, 2, 3):
        assert any_widths(1, 1, 3, HALF, (7,) * 4, layer) == corrected(1, 1, 3, HALF, 3)


def test_a_layer_that_is_not_there_is_refused():
    with pytest.raises(ClaimError, match="one of the network"):
        claim("vn.eq16").evaluate(
            "any widths", input_variance=1, gradient_variance=1, gain=1, mu_1=1, widths=(2, 2),
            layer=2,
        )  # fmt: skip


def test_probes_keep_the_size_rule():
    assert all(log_variance(p.setup) <= 1 for p in claim("vn.eq16").probes)


def test_a_linear_unit_of_slope_two_by_hand():
    # dC/dw = 2 x_0 g, so its variance is 4; printed: (sigma_w^2 mu_1)^0 = 1
    at = {"input_variance": 1, "gradient_variance": 1, "gain": 1, "mu_1": 4, "depth": 1}
    assert (printed(**at), corrected(**at)) == (1, 4)
