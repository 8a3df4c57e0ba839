"""Convolutions against fully connected units that read as much."""

import math

import pytest

from theory import claim
from theory.schema import EXACT_MARGIN
from theory.vanishing_variance.convolution import fully_connected, kurtosis
from theory.vanishing_variance.probes import MOST_LOG_VARIANCE, SPREAD_OF_A_UNIT

CONV = claim("vev.disc.conv")


def test_values() -> None:
    assert CONV.exact("full kernel", pixels=2, depth=1) == 6  # as fully connected: 3 (1 + 2/2)
    assert CONV.exact("full kernel", pixels=2, depth=2) == 15  # fully connected: 12
    assert CONV.exact("second layer", kernel=2, channels=3) == pytest.approx(21 / 4)
    assert CONV.exact("kurtosis", pixels=3, kernel=2, channels=3, depth=2) == 21 / 4


def test_one_or_two_channels_are_never_slower_and_three_are() -> None:
    slower = {
        (pixels, kernel, channels)
        for pixels in range(1, 6)
        for kernel in range(1, pixels + 1)
        for channels in (1, 2, 3)
        for depth in range(5)
        if kurtosis(pixels, kernel, channels, depth) < fully_connected(kernel * channels, depth)
    }
    assert min(slower) == (3, 2, 3)
    assert {channels for _, _, channels in slower} == {3}


def test_the_long_run_overtakes() -> None:
    at = {"pixels": 3, "kernel": 2, "channels": 3}
    late = CONV.evaluate("kurtosis", depth=50, **at)
    assert late > fully_connected(6, 50)
    assert late / CONV.evaluate("kurtosis", depth=49, **at) == pytest.approx(5 / 3, rel=1e-2)


def log_variance(channels: int, depth: int) -> float:
    """The rule of probes.py with the moment of this law; units of one channel count as one."""
    moment = kurtosis(8, 3, channels, depth) / 3
    return 4 * math.log(moment) + math.log1p(SPREAD_OF_A_UNIT[2] / channels)


def first_visible(channels: int) -> int:
    """The first depth at which the bound as stated is off by one and a half standard margins."""
    far = 1 + 1.5 * EXACT_MARGIN.standard
    depths = (
        d for d in range(60) if fully_connected(3 * channels, d) > far * kurtosis(8, 3, channels, d)
    )
    return next(depths, 60)


def test_sizes_follow_from_the_rule() -> None:
    first, second = ((probe.at["channels"], probe.at["depth"]) for probe in CONV.probes)
    assert log_variance(*first) <= MOST_LOG_VARIANCE < log_variance(first[0], first[1] + 1)
    fewest = next(
        c for c in range(2, 40, 2) if log_variance(c, first_visible(c)) <= MOST_LOG_VARIANCE
    )
    assert second == (fewest, first_visible(fewest))
