"""From columns to an interval: value, standard error, and two-sided interval at level 1 - alpha.

Intervals, and where each is valid (looks are paid for by the caller, who divides alpha):

* `probability`: Clopper and Pearson (1934), exact at every n;
* `distribution`: the Dvoretzky-Kiefer-Wolfowitz band with Massart's constant (1990), every n;
* `quantile`: order statistics with binomial ranks, every n and every distribution;
* `mean` of a column with known bounds: the empirical Bernstein bound of Maurer and Pontil (2009,
  theorem 4), every n and every distribution, beside the normal interval at half the level each;
* `ratio`: the set of Fieller (1954), which is unbounded when the denominator may be zero;
* every other smooth function of means: the delta method, widened to
  the values that the function takes at the ends of the confidence ellipsoid along its gradient.

The last two rest on the central limit theorem. What skewness does to it at n draws is bounded by
the first Edgeworth term (Hall 1992, section 2.4): it multiplies the tail probability by at most
`skew_factor`; a factor up to SKEW_FACTOR is paid for here, a larger one is refused by `trust`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from theory.schema import Estimand

Array = NDArray[np.float64]
Bounded = Mapping[str, tuple[float, float]]

SKEW_FACTOR = 10.0  # skewness may inflate the tail probability by this; alpha is divided by it


@dataclass(frozen=True)
class Estimate:
    """value, se (nan where there is none), interval, and the method it comes from.

    influence: per-replicate contribution to the error of the estimate (mean zero, (R,)), what tail
        diagnostics look at; empty where the interval holds without conditions.
    skew_factor: exp(|skewness| z^3 / (6 sqrt n)), the relative inflation of the tail probability.
    curvature: how far the interval's ends lie from the linear ones, in half-widths.
    sure: for a bounded mean, the interval that holds for every distribution.
    half_at: number of replicates -> the half-width that this interval would have had there.
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    method: str
    influence: Array
    half_at: Callable[[int], float] = field(compare=False)
    skew_factor: float = 1.0
    curvature: float = 0.0
    sure: Estimate | None = None


def estimate(
    estimand: Estimand,
    columns: Mapping[str, Array],
    alpha: float,
    cdf: Callable[[Array], Array] | None = None,
    bounds: Bounded | None = None,
) -> Estimate:
    """The estimate of `estimand` from (R,) columns, with an interval that misses at most alpha.

    cdf: for `distribution` only, the law's distribution function. bounds: intervals that columns
    are known to lie in. Raises ValueError for an unknown kind of estimand.
    """
    data = np.stack([np.asarray(columns[name], dtype=np.float64) for name in estimand.columns])
    if estimand.kind == "probability":
        return _probability(data[0], alpha)
    if estimand.kind == "quantile":
        return _quantile(data[0], estimand.level, alpha)
    if estimand.kind == "distribution":
        assert cdf is not None
        return _distribution(data[0], cdf, alpha)
    if estimand.kind == "mean" and estimand.columns[0] in (bounds or {}):
        return _bounded_mean(data[0], (bounds or {})[estimand.columns[0]], alpha)
    return _delta(data, _function(estimand), alpha, fieller=estimand.kind == "ratio")


def _function(estimand: Estimand) -> Callable[[Array], float]:
    functions: dict[str, Callable[[Array], float]] = {
        "mean": lambda m: float(m[0]),
        "ratio": lambda m: float(m[0] / m[1]),
        "ratio_to_square": lambda m: float(m[0] / m[1] ** 2),
        "normalised": lambda m: float(m[0] / np.sqrt(m[1] * m[2])),
        "root_ratio": lambda m: float(np.sqrt(m[0] * m[1] / (m[2] * m[3]))),
    }
    if estimand.kind == "smooth":
        if estimand.function is None:
            raise ValueError("estimand 'smooth' needs a function of the means")
        return estimand.function
    if estimand.kind not in functions:
        raise ValueError(f"unknown estimand kind {estimand.kind!r}")
    return functions[estimand.kind]


# --- smooth functions of means ---------------------------------------------------------------


def _delta(
    data: Array, function: Callable[[Array], float], alpha: float, *, fieller: bool = False
) -> Estimate:
    n = data.shape[1]
    z = float(stats.norm.isf(alpha / SKEW_FACTOR / 2))
    means = data.mean(1)
    with np.errstate(all="ignore"):
        value = function(means)
        gradient = np.array([_partial(function, means, i) for i in range(len(means))])
        influence = gradient @ (data - means[:, None])
        spread = _spread(influence)
        se = spread / math.sqrt(n)
        if fieller:
            low, high = _fieller(data, z)
        else:
            low, high = _bent(data, function, influence, z)
        # moments of the standardised draws: cubes of the draws themselves may overflow
        skew = float(np.mean((influence / spread) ** 3)) if 0 < spread < math.inf else 0.0
    half = z * se
    linear = value - half, value + half
    curvature = max(abs(low - linear[0]), abs(high - linear[1])) / half if half > 0 else 0.0
    return Estimate(
        value=value,
        se=se,
        low=low if fieller else min(low, linear[0]),
        high=high if fieller else max(high, linear[1]),
        n=n,
        method=f"{'Fieller' if fieller else 'delta'}, z = {z:.2f}",
        influence=influence,
        half_at=lambda draws: half * math.sqrt(n / draws),
        skew_factor=math.exp(min(700.0, abs(skew) * z**3 / (6 * math.sqrt(n)))),
        curvature=math.inf if math.isnan(curvature) else curvature,
    )


def _spread(values: Array) -> float:
    """Standard deviation; scaled first, because the squares of huge draws overflow."""
    scale = float(np.abs(values).max(initial=0.0))
    if len(values) < 2 or not math.isfinite(scale):
        return math.inf
    return scale * float((values / scale).std(ddof=1)) if scale > 0 else 0.0


def _fieller(data: Array, z: float) -> tuple[float, float]:
    """All t for which the mean of a - t b may be zero: a quadratic in t."""
    a, b = data.mean(1)
    (aa, ab), (_, bb) = z * z * np.cov(data) / data.shape[1]
    lead = b * b - bb
    if not lead > 0:  # the denominator may be zero
        return -math.inf, math.inf
    middle = (a * b - ab) / lead
    root = math.sqrt(max(0.0, middle**2 - (a * a - aa) / lead))
    return middle - root, middle + root


def _bent(
    data: Array, function: Callable[[Array], float], influence: Array, z: float
) -> tuple[float, float]:
    """The function at the two ends of the confidence ellipsoid along its gradient."""
    n = data.shape[1]
    means = data.mean(1)
    spread = _spread(influence)
    if not 0 < spread < math.inf:
        value = function(means)
        return value, value
    step = z / math.sqrt(n) * (data - means[:, None]) @ (influence / spread) / n
    ends = function(means - step), function(means + step)
    return min(ends), max(ends)


def _partial(function: Callable[[Array], float], at: Array, index: int) -> float:
    step = max(abs(at[index]), 1e-300) * 1e-5
    up, down = at.copy(), at.copy()
    up[index] += step
    down[index] -= step
    return float((function(up) - function(down)) / (2 * step))


# --- intervals that hold for every distribution ----------------------------------------------


def _bounded_mean(values: Array, bounds: tuple[float, float], alpha: float) -> Estimate:
    """Half of alpha for the empirical Bernstein bound, half for the normal interval."""
    n = len(values)
    reach = (bounds[1] - bounds[0]) * 7 * math.log(8 / alpha) / 3
    variance = float(values.var(ddof=1)) if n > 1 else math.inf
    mean = float(values.mean())

    def half_at(draws: int) -> float:
        spread = math.sqrt(2 * variance * math.log(8 / alpha) / draws)
        return spread + reach / max(1, draws - 1)

    half = half_at(n)
    normal = _delta(values[None], lambda m: float(m[0]), alpha / 2)
    sure = Estimate(
        value=mean,
        se=normal.se,
        low=mean - half,
        high=mean + half,
        n=n,
        method=f"empirical Bernstein on [{bounds[0]:.4g}, {bounds[1]:.4g}]",
        influence=np.empty(0),
        half_at=half_at,
    )
    return Estimate(
        value=mean,
        se=normal.se,
        low=max(normal.low, sure.low),
        high=min(normal.high, sure.high),
        n=n,
        method=f"{normal.method}, within {sure.method}",
        influence=normal.influence,
        half_at=lambda draws: min(normal.half_at(draws), half_at(draws)),
        skew_factor=normal.skew_factor,
        sure=sure,
    )


def _probability(flags: Array, alpha: float) -> Estimate:
    n, p = len(flags), float(flags.mean())

    def interval(k: int, draws: int) -> tuple[float, float]:
        low = float(stats.beta.ppf(alpha / 2, k, draws - k + 1)) if k > 0 else 0.0
        high = float(stats.beta.isf(alpha / 2, k + 1, draws - k)) if k < draws else 1.0
        return low, high

    def half_at(draws: int) -> float:
        low, high = interval(round(p * draws), draws)
        return max(high - p, p - low)

    low, high = interval(int(flags.sum()), n)
    likely = max(p, 1 / n) if p < 0.5 else min(p, 1 - 1 / n)  # the spread if one more had differed
    se = math.sqrt(likely * (1 - likely) / n) if n > 1 else math.inf
    return Estimate(p, se, low, high, n, "Clopper-Pearson", np.empty(0), half_at)


def _quantile(values: Array, level: float, alpha: float) -> Estimate:
    x, n = np.sort(values), len(values)
    below = int(stats.binom.ppf(alpha / 2, n, level))  # P(Bin < below) <= alpha / 2
    above = int(stats.binom.isf(alpha / 2, n, level)) + 1
    low = float(x[below - 1]) if below >= 1 else -math.inf
    high = float(x[above - 1]) if above <= n else math.inf
    value = float(np.quantile(x, level))
    half = max(high - value, value - low)
    se = half / float(stats.norm.isf(alpha / 2))
    return Estimate(
        value, se, low, high, n, f"order statistics {below} and {above}", np.empty(0),
        lambda draws: half * math.sqrt(n / draws),
    )  # fmt: skip


def _distribution(values: Array, cdf: Callable[[Array], Array], alpha: float) -> Estimate:
    x = np.sort(values)
    n = len(x)
    u = np.asarray(cdf(x), dtype=np.float64)
    ranks = np.arange(1, n + 1)
    distance = float(max(np.max(ranks / n - u), np.max(u - (ranks - 1) / n)))

    def half_at(draws: int) -> float:
        return math.sqrt(math.log(2 / alpha) / (2 * draws))

    band = half_at(n)
    return Estimate(
        distance,
        math.nan,
        max(0.0, distance - band),
        distance + band,
        n,
        f"Dvoretzky-Kiefer-Wolfowitz, +-{band:.4f}",
        np.empty(0),
        half_at,
    )
