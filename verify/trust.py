"""May this interval be believed? Doubts that mute an outcome, in words.

A doubt says that the interval is not valid, not that the law is wrong: it turns `agrees` and
`differs` alike into `undecided`. The thresholds are held to an experiment: `depthlaws calibrate`
draws from laws with known means and ever heavier tails, and shows that intervals without a doubt
miss no more often than they promise (reports/calibration).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.estimate import SKEW_FACTOR, Bounded, Estimate

Array = NDArray[np.float64]

TAIL_INDEX = 0.7  # Pareto shape beyond which a sample mean has no useful error bar
LARGEST_SHARE = 0.05  # share of the squared error carried by the single largest draw
CURVATURE = 0.5  # the interval may bend by this share of its half-width
TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Tails:
    """What a sample says about its own tails. nan where the interval needs no such condition.

    pareto_shape: of the largest draws (moments of order >= 1/shape are infinite).
    largest_share: of the squared error, carried by the single largest draw.
    skew_factor, curvature: see Estimate.
    zeros: draws in which a column is exactly 0 (a dead network). subnormal: draws below the
    smallest normal float (underflow). not_finite: draws that are infinite or nan.
    """

    pareto_shape: float = np.nan
    largest_share: float = np.nan
    skew_factor: float = np.nan
    curvature: float = np.nan
    zeros: int = 0
    subnormal: int = 0
    not_finite: int = 0


def trusted(
    estimate: Estimate, columns: Mapping[str, Array], bounds: Bounded | None = None
) -> tuple[Estimate, Tails, list[str]]:
    """The estimate to decide with, its diagnostics, and every reason not to believe it.

    columns: those the estimand uses. A bounded mean whose normal interval is in doubt falls back on
    the interval that holds for every distribution.
    """
    tails = diagnose(estimate, columns, bounds or {})
    found = _broken(estimate, columns, tails, bounds or {})
    if found:
        return estimate, tails, found
    found = _not_normal(estimate, tails)
    if found and estimate.sure is not None:
        return estimate.sure, tails, []
    return estimate, tails, found


def diagnose(estimate: Estimate, columns: Mapping[str, Array], bounds: Bounded) -> Tails:
    """The diagnostics of one estimate."""
    stacked = np.stack(list(columns.values()))
    magnitude = np.abs(stacked)
    counts = Tails(
        zeros=int(np.count_nonzero((stacked == 0).any(0))),
        subnormal=int(np.count_nonzero(((magnitude > 0) & (magnitude < TINY)).any(0))),
        not_finite=int(np.count_nonzero(~np.isfinite(stacked).all(0))),
    )
    influence = np.abs(estimate.influence)
    scale = float(influence.max(initial=0.0))
    if counts.not_finite or not 0 < scale < np.inf:
        return counts
    influence = influence / scale  # squares of the draws themselves may overflow
    bounded = all(name in bounds for name in columns)
    return dataclasses.replace(
        counts,
        pareto_shape=np.nan if bounded else tail_index(influence),
        largest_share=float(1 / np.square(influence).sum()),
        skew_factor=estimate.skew_factor,
        curvature=estimate.curvature,
    )


def _broken(
    estimate: Estimate, columns: Mapping[str, Array], tails: Tails, bounds: Bounded
) -> list[str]:
    """Doubts about the numbers themselves."""
    found: list[str] = []
    for name, column in columns.items():
        bad = int(np.count_nonzero(~np.isfinite(column)))
        if bad:
            found.append(f"{bad} of {len(column)} draws of {name} are not finite")
        low, high = bounds.get(name, (-np.inf, np.inf))
        out = int(np.count_nonzero((column < low) | (column > high)))
        if out:
            found.append(f"{out} of {len(column)} draws of {name} lie outside its declared bounds")
    if tails.subnormal:
        found.append(f"underflow: {tails.subnormal} draws lie below the smallest normal number")
    if not np.isfinite(estimate.value):
        found.append("the estimate is not finite")
    elif not np.isfinite(estimate.influence).all():
        found.append("the spread of the draws overflows")
    return found


def _not_normal(estimate: Estimate, tails: Tails) -> list[str]:
    """Doubts about the central limit theorem at this number of draws."""
    found: list[str] = []
    if tails.largest_share > LARGEST_SHARE:
        share = tails.largest_share
        found.append(f"heavy tail: the largest draw carries {share:.0%} of the squared error")
    if tails.pareto_shape > TAIL_INDEX:
        found.append(f"heavy tail: Pareto shape {tails.pareto_shape:.2f} of the largest draws")
    if tails.skew_factor > SKEW_FACTOR:
        found.append(
            f"skewed: at {estimate.n} draws the tail probability may be off by a factor "
            f"{min(estimate.skew_factor, 9999):.3g}"
        )
    if tails.curvature > CURVATURE:
        found.append(
            f"curved: at {estimate.n} draws the ends of the interval are bent by "
            f"{min(estimate.curvature, 99):.0%} of its half-width"
        )
    return found


def tail_index(values: Array) -> float:
    """Pareto shape of the upper tail of |values|: moments of order >= 1/shape are infinite.

    A generalised Pareto law is fitted to the largest min(n/5, 3 sqrt n) values by
    probability-weighted moments (Hosking and Wallis 1987; valid below shape 1); 0 if too few.
    """
    n = len(values)
    k = int(min(n / 5, 3 * np.sqrt(n)))
    if k < 10:
        return 0.0
    top = np.partition(values, n - k - 1)[n - k - 1 :]
    top.sort()
    return _pareto(top[1:] - top[0])


def _pareto(excess: Array) -> float:
    """Generalised Pareto shape of sorted excesses."""
    n = len(excess)
    mean = float(excess.mean())
    if mean <= 0:
        return 0.0
    weights = (n - np.arange(1, n + 1)) / (n - 1)
    first = float(np.mean(weights * excess))
    if mean - 2 * first <= 0:
        return -1.0
    return 2 - mean / (mean - 2 * first)
