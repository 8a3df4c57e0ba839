"""What a ZerO network sees of its input."""

from simulate import data
from theory import claim

ZERO = claim("vev.zero_mnist")


def test_mnist_at_width_ten() -> None:
    widths = (784, *(10,) * 100)
    assert ZERO.exact(widths=widths) == 10
    assert ZERO.exact("varies", widths=widths, blank=12) == 0
    assert ZERO.exact("varies", widths=widths, blank=0) == 1


def test_the_first_pixel_of_the_digits_is_blank_and_the_second_is_not() -> None:
    varies = data.digits().images.max(0) != data.digits().images.min(0)
    assert list(varies[:2]) == [False, True]
