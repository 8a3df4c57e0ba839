from fractions import Fraction

from theory.vanishing_variance.setup_network import he_variance, keeping, leaky


def test_he_variance_and_the_leaky_relu_by_hand():
    assert he_variance(8, 0) == Fraction(1, 4)
    assert he_variance(4, 1) == Fraction(1, 4)
    assert leaky(-2, Fraction(1, 2)) == -1
    assert leaky(3, 0) == 3
    assert leaky(-3, -1) == 3


def test_enumerated_layers_keep_the_variance_with_the_width_that_is_read():
    assert len(keeping()) >= 3
