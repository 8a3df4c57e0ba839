from fractions import Fraction

from theory.shattered_gradients.thm1a_variance import DEEPEST, every_small_net


def test_variance_is_one_in_every_small_net():
    assert {found for *_, found in every_small_net()} == {Fraction(1)}


def test_width_of_the_rows_over_depth_is_what_eight_layers_need():
    assert DEEPEST == 40
