"""What a ZerO network sees of its input."""

from theory import claim

ZERO = claim("vev.zero_mnist")


def test_mnist_at_width_ten() -> None:
    widths = (784, *(10,) * 100)
    assert ZERO.exact(widths=widths) == 10
    assert ZERO.exact("varies", widths=widths, blank=12) == 0
    assert ZERO.exact("varies", widths=widths, blank=0) == 1
