"""Where must the doubts of `trust` begin? Draws with known means and ever heavier tails.

Log-normal draws, whose log-variance is what depth/width means for a product of layers, and Pareto
draws, whose shape is known exactly. Of each sample the interval is computed as in any row; counted
are the intervals that miss, with and without a doubt, and how the misses depend on each
diagnostic. A threshold is right if intervals without a doubt miss no more often than they promise,
and useful if it does not mute the light tails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.schema import Estimand
from verify.estimate import SKEW_FACTOR, estimate
from verify.trust import LARGEST_SHARE, TAIL_INDEX, trusted

SIZES = (1024, 16384)
LEVEL = 0.01
MEAN = Estimand("mean", ("draw",), "independent draws")
SHAPE_EDGES = (-1.0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0, 9.0)
SHARE_EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.01)
SKEW_EDGES = (1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 1e4, 1e305)


@dataclass(frozen=True)
class Family:
    """Draws of mean 1. parameter: log-variance, or Pareto shape (1/shape moments are finite)."""

    name: str
    parameter: float
    draw: Callable[[np.random.Generator, int], NDArray[np.float64]]


def log_normal(variance: float) -> Family:
    """exp of a normal of that variance, mean 1."""
    return Family(
        "log-normal",
        variance,
        lambda rng, n: np.exp(np.sqrt(variance) * rng.standard_normal(n) - variance / 2),
    )


def pareto(shape: float) -> Family:
    """1 + Pareto of tail index 1/shape, scaled to mean 1."""
    mean = 1 / (1 - shape)
    return Family("Pareto", shape, lambda rng, n: (1 + rng.pareto(1 / shape, n)) / mean)


FAMILIES = (
    *(log_normal(v) for v in (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 50.0)),
    *(pareto(s) for s in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)),
)


def run_family(index: int, size: int, runs: int, seed: int) -> dict[str, Any]:
    """`runs` samples of one family: how many intervals miss, with and without a doubt.

    by_shape, by_share, by_skew: Counter of (bin, missed) over the samples that the two other
    diagnostics believe: what a threshold adds to the others.
    """
    family = FAMILIES[index]
    rng = np.random.default_rng([seed, index, size])
    counts: Counter[str] = Counter()
    by: dict[str, Counter[Any]] = {"shape": Counter(), "share": Counter(), "skew": Counter()}
    for _ in range(runs):
        columns = {"draw": family.draw(rng, size)}
        found, tails, doubts = trusted(estimate(MEAN, columns, LEVEL), columns)
        missed = not found.low <= 1.0 <= found.high
        counts["missed"] += missed
        counts["trusted"] += not doubts
        counts["trusted and missed"] += missed and not doubts
        seen = (
            ("shape", tails.pareto_shape, SHAPE_EDGES, TAIL_INDEX),
            ("share", tails.largest_share, SHARE_EDGES, LARGEST_SHARE),
            ("skew", tails.skew_factor, SKEW_EDGES, SKEW_FACTOR),
        )
        for key, value, edges, _ in seen:
            if all(v <= limit for k, v, _, limit in seen if k != key):
                by[key][int(np.searchsorted(edges, value, side="right")) - 1, missed] += 1
    return {
        "family": family.name,
        "parameter": family.parameter,
        "size": size,
        "runs": runs,
        **{key: counts[key] for key in ("missed", "trusted", "trusted and missed")},
        **{f"by_{key}": counter for key, counter in by.items()},
    }
