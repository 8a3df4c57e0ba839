from fractions import Fraction

from theory.shattered_gradients.thm1_feedforward import every_small_net, two_to_the_minus


def test_two_to_the_minus_depth():
    assert two_to_the_minus(5, 3, 0) == Fraction(1, 8)


def test_variance_is_one_in_every_small_net():
    assert {found for *_, found in every_small_net()} == {Fraction(1)}
