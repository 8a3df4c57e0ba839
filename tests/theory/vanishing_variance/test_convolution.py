"""Moments of convolutions: three roads, and the symmetries they must have."""

from fractions import Fraction

import numpy as np
import pytest

from theory.vanishing_variance.convolution import (
    by_frequency,
    classes,
    convolved,
    enumerated,
    fully_connected,
    kurtosis,
    pair_sums,
)


@pytest.mark.parametrize("pixels", [1, 2, 3, 4, 5])
def test_quadruples_of_frequencies(pixels: int) -> None:
    """At depth 0 the sum is the kurtosis of an input, 3, so the counts weigh 3 n^2."""
    assert sum(q * count for q, count in classes(pixels)) == 3 * pixels**2
    assert by_frequency(pixels, 3) == kurtosis(pixels, pixels, 1, 3)


def test_a_convolution_by_hand() -> None:
    one, two, ten = Fraction(1), Fraction(2), Fraction(10)
    assert convolved((one, two, ten), (one, ten)) == (21, 102, 20)


def test_two_roads_to_a_local_kernel() -> None:
    assert kurtosis(4, 2, 1, 2) == enumerated(4, 2, 2) == Fraction(51, 4)


def test_positions_of_a_pair_may_change_places() -> None:
    """H(0b|cd) = H(0b|dc), and by a reflection of the circle H(0, b|c, d) = H(0, -b|-c, -d)."""
    numbers, _ = pair_sums(5, 3, 2, 4)
    back = -np.arange(5) % 5
    assert np.array_equal(numbers, numbers.transpose(0, 2, 1))
    assert np.array_equal(numbers, numbers[np.ix_(back, back, back)])


def test_many_channels_are_fully_connected() -> None:
    """At C -> infinity with depth fixed both tend to 3; the gap is of order 1/C."""
    gaps = [abs(kurtosis(5, 3, c, 3) - fully_connected(3 * c, 3)) for c in (100, 200)]
    assert gaps[0] / gaps[1] == pytest.approx(2, rel=0.05)
