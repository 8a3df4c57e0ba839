"""(prediction, interval, margin, doubts) -> outcome: pure, and the only owner of a tolerance."""

from __future__ import annotations

import math
from collections.abc import Sequence


def decide(
    predicted: tuple[float, float],
    low: float,
    high: float,
    margin: float,
    doubts: Sequence[str] = (),
) -> tuple[str, str]:
    """(outcome, reason).

    predicted: (low, high) of the law's value; equal for an equation, a range for a bound.
    `agrees` when the whole interval lies inside prediction +- margin, `differs` when it lies wholly
    outside, else `undecided`. A doubt mutes both.
    """
    if doubts:
        return "undecided", "; ".join(doubts)
    if not (math.isfinite(low) and math.isfinite(high)) or any(math.isnan(p) for p in predicted):
        return "undecided", "the interval or the prediction is not finite"
    floor, ceiling = predicted[0] - margin, predicted[1] + margin
    if low >= floor and high <= ceiling:
        return "agrees", ""
    if high < floor or low > ceiling:
        return "differs", ""
    return "undecided", "budget spent: the interval still crosses the edge of the margin"
