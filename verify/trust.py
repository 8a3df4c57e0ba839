"""May this error bar be believed? Doubts that mute an outcome, in words.

A doubt says that the interval is not valid, not that the law is wrong: it turns `agrees` and
`differs` alike into `undecided`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from verify.estimate import Estimate

Array = NDArray[np.float64]

TAIL_INDEX = 0.7  # Pareto shape beyond which a sample mean has no useful error bar
LARGEST_SHARE = 0.05  # share of the squared error carried by the single largest draw
SKEW_FACTOR = 10.0  # skewness may inflate the tail probability by this; alpha is divided by it


def doubts(estimate: Estimate, columns: Mapping[str, Array]) -> list[str]:
    """Every reason not to believe the interval; empty if it may be believed."""
    found: list[str] = []
    for name, column in columns.items():
        bad = int(np.count_nonzero(~np.isfinite(column)))
        if bad:
            found.append(f"{bad} of {len(column)} draws of {name} are not finite")
    if not np.isfinite(estimate.value):
        found.append("the estimate is not finite")
    if found or estimate.influence.size == 0:
        return found
    influence = np.abs(estimate.influence)
    total = float(np.square(influence).sum())
    if total == 0.0:
        return found
    if not np.all(np.isfinite(influence)) or not np.isfinite(total):
        return [*found, "the spread of the draws overflows"]
    share = float(np.square(influence).max() / total)
    if share > LARGEST_SHARE:
        found.append(f"heavy tail: the largest draw carries {share:.0%} of the squared error")
    shape = tail_index(influence)
    if shape > TAIL_INDEX:
        found.append(f"heavy tail: Pareto shape {shape:.2f} of the largest draws")
    if estimate.skew_factor > SKEW_FACTOR:
        found.append(
            f"skewed: at {estimate.n} draws the tail probability may be off by a factor "
            f"{min(estimate.skew_factor, 9999):.3g}"
        )
    return found


def tail_index(values: Array) -> float:
    """Pareto shape of the upper tail of |values|: moments of order >= 1/shape are infinite.

    A generalised Pareto law is fitted to the largest min(n/5, 3 sqrt n) values; 0 if too few.
    """
    n = len(values)
    k = int(min(n / 5, 3 * np.sqrt(n)))
    if k < 10:
        return 0.0
    top = np.partition(values, n - k - 1)[n - k - 1 :]
    top.sort()
    return _pareto(top[1:] - top[0])


def _pareto(excess: Array) -> float:
    """Generalised Pareto shape by probability-weighted moments (valid below shape 1)."""
    excess = np.sort(excess)
    n = len(excess)
    mean = float(excess.mean())
    if mean <= 0:
        return 0.0
    weights = (n - np.arange(1, n + 1)) / (n - 1)
    first = float(np.mean(weights * excess))
    if mean - 2 * first <= 0:
        return -1.0
    return 2 - mean / (mean - 2 * first)
