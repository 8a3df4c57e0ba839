"""The formula of the second layer, and proofs that must fail."""

import sympy as sp

from theory.schema import Bounds
from theory.vanishing_variance.convolution import fully_connected
from theory.vanishing_variance.convolution_proofs import SECOND_LAYER, C, k, one_channel


def test_two_taps_and_two_channels_are_level() -> None:
    gap = SECOND_LAYER - fully_connected(k * C, 2)
    at = [sp.sign(gap.subs({k: 2, C: channels})) for channels in (1, 2, 3)]
    assert at == [1, 0, -1]


def test_a_bound_that_is_not_reached_is_refused() -> None:
    assert one_channel(lambda **at: Bounds(1, sp.oo)).agrees is False
