from fractions import Fraction

from theory.shattered_gradients.mask_model import coins, plain, typical_masks


def test_typical_masks_give_two_to_the_minus_depth_for_every_unit():
    assert set(plain(typical_masks(8, 3))) == {Fraction(1, 8)}


def test_typical_masks_are_half_and_quarter():
    for first, second in typical_masks(8, 3):
        assert sum(first) == sum(second) == 4
        assert sum(a * b for a, b in zip(first, second, strict=True)) == 2


def test_coins_in_residual_nets():
    variance, covariance = coins(2, block="residual")
    assert set(variance) == {Fraction(4)}
    assert set(covariance) == {Fraction(9, 4)}
