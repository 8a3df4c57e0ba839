"""What vev.disc.conv rests on: its laws against exact moments, frequencies and literal networks.

No claim is made here; convolution.py has the three roads that the proofs compare.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Finding
from theory.vanishing_variance.convolution import (
    by_frequency,
    enumerated,
    fully_connected,
    kurtosis,
    pair_sums,
)

n, k, C = sp.symbols("n k C", integer=True, positive=True)

SECOND_LAYER = 3 * (1 + 2 / (k * C)) ** 2 + 2 * (k - 1) * (3 * k - C * (k + 1)) / (k**3 * C**2)

SMALL = tuple(
    (size, taps, depth)
    for size in (1, 2, 3, 5)
    for taps in range(1, size + 1)
    for depth in (0, 1, 2, 5)
)
"""Pixels, taps, layers."""


def one_channel(law: Any) -> Finding:
    """kappa_d is above the law's low end on a grid, and equal to it at d <= 1 and at k = 1."""
    facts = []
    for pixels, kernel, depth in SMALL:
        at = {"pixels": pixels, "kernel": kernel, "channels": 1, "depth": depth}
        low, found = law(**at).low, prove.exact(kurtosis(**at))
        reached = depth <= 1 or kernel == 1
        facts.append((f"{at}: {found}", bool(low == found if reached else low < found)))
    return prove.truth(
        facts,
        predicted="kappa_d >= 3 (1 + 2/k)^d",
        found="exact moments; equal at d <= 1 and at k = 1, above elsewhere",
        detail="by induction for all sizes: see disc_conv.py",
    )


def three_channels(law: Any) -> Finding:
    """Two taps, three channels, three pixels, two layers: 21/4, and fully connected 16/3."""
    at = {"pixels": 3, "kernel": 2, "channels": 3, "depth": 2}
    low, found = law(**at).low, prove.exact(kurtosis(**at))
    return prove.truth(
        [(f"kappa_2 = {found} is at least {low}", bool(found >= low))],
        predicted=f"kappa_2 >= {low}",
        found=f"{found}",
        detail="the smallest counterexample",
    )


def literally(law: Any) -> Finding:
    """Every kernel and input of small networks of one channel."""
    sizes = ((2, 2, 2), (2, 1, 3), (3, 2, 1), (3, 2, 2), (3, 3, 1))
    return prove.cases(
        (
            f"{pixels} pixels, {kernel} taps, {depth} layers",
            law(pixels=pixels, kernel=kernel, channels=1, depth=depth),
            enumerated(pixels, kernel, depth),
        )
        for pixels, kernel, depth in sizes
    )


def one_pixel(law: Any) -> Finding:
    """One tap leaves every pixel a fully connected network of C channels."""
    return prove.cases(
        (
            f"{pixels} pixels, {channels} channels, {depth} layers",
            law(pixels=pixels, kernel=1, channels=channels, depth=depth),
            fully_connected(channels, depth),
        )
        for pixels in (1, 4)
        for channels in (1, 2, 5)
        for depth in (0, 1, 3)
    )


def over_frequencies(law: Any) -> Finding:
    """n^-2 sum over quadruples of frequencies of q^{d+1}, every quadruple visited."""
    return prove.cases(
        (f"{pixels} pixels, {depth} layers", law(pixels=pixels, depth=depth),
         by_frequency(pixels, depth))
        for pixels in range(1, 7)
        for depth in (0, 1, 2, 7)
    )  # fmt: skip


def full_literally(law: Any) -> Finding:
    """Every kernel and input of networks of two and three pixels."""
    return prove.cases(
        (f"{pixels} pixels, {depth} layers", law(pixels=pixels, depth=depth),
         enumerated(pixels, pixels, depth))
        for pixels, depth in ((1, 3), (2, 2), (3, 1))
    )  # fmt: skip


def of_two_layers(law: Any) -> Finding:
    """kappa_2 = 3 E (mean square of what a unit reads)^2, summed over pairs of positions.

    First layer, N = kC: M(0) = 3(1 + 2/N); same channel, r pixels apart: 1 + 2/N + 2C(k-r)/N^2;
    another channel: 1 + 2C(k-r)/N^2, as k - r positions are read by both. No more pixels than
    2k - 1 meet, so the circle is not closed where n >= 2k - 1.
    """
    r, size = sp.Symbol("r", integer=True, positive=True), k * C
    apart = 2 * sp.summation((k - r) ** 2, (r, 1, k - 1))  # sum over i != j of k - |i - j|
    same = C * (k * (k - 1) * (1 + 2 / size) + 2 * C * apart / size**2)
    other = C * (C - 1) * (k**2 + 2 * C * (apart + k**2) / size**2)
    total = 3 * (size * 3 * (1 + 2 / size) + same + other) / size**2
    cases = [
        (f"{taps} taps, {channels} channels, {pixels} pixels",
         law(kernel=taps, channels=channels) - prove.exact(kurtosis(pixels, taps, channels, 2)))
        for taps in (1, 2, 3)
        for channels in (1, 2, 3, 5)
        for pixels in (2 * taps - 1, 2 * taps)
    ]  # fmt: skip
    return prove.identities(
        [("all k and C", law(kernel=k, channels=C) - total), *cases],
        predicted=str(SECOND_LAYER),
        found="sum over pairs for all k and C; Wick's theorem on circles of 2k - 1 and 2k pixels",
    )


def zero_frequency(law: Any) -> Finding:
    """E (sum_a y(a))^4 by summing the exact moments; it is at most n^4 E y^4."""
    facts = []
    for pixels, kernel, channels, depth in (
        (1, 1, 1, 2), (3, 2, 1, 2), (3, 2, 3, 2), (4, 4, 2, 3), (5, 3, 3, 4)
    ):  # fmt: skip
        at = {"pixels": pixels, "kernel": kernel, "channels": channels, "depth": depth}
        numbers, scale = pair_sums(**at)
        of_sum = 3 * prove.exact(scale * int(numbers.sum()) / pixels**3)
        facts += [
            (f"{at}: E (mean of y)^4 = {of_sum}", bool(law(**at).low == of_sum)),
            (f"{at}: not above {kurtosis(**at)}", bool(of_sum <= prove.exact(kurtosis(**at)))),
        ]
    return prove.truth(
        facts,
        predicted="kappa_d >= 3 (1 + 2/C)^d/n^2",
        found="the fourth moment of a channel's mean over pixels, exactly",
    )
