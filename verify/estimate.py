"""From columns to an interval: value, standard error, and two-sided interval at level 1 - alpha.

Intervals and where they are valid:
* smooth functions of means (mean, ratios, log products): delta method with normal quantiles, as
  a first-order Edgeworth expansion allows: the result carries the factor by which skewness can
  inflate the tail probability, and `trust` refuses it beyond a fixed factor;
* probabilities: Clopper-Pearson, exact at every n;
* distributions: Dvoretzky-Kiefer-Wolfowitz band, exact at every n.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from theory.schema import Estimand

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """value, se (nan where the interval does not come from one), interval, and its method.

    influence: per-replicate contribution to the error of the estimate (mean zero, (R,)), the one
    thing that tail diagnostics look at; empty where the interval holds without conditions.
    skew_factor: exp(|skewness| z^3 / (6 sqrt n)), the relative inflation of the tail probability.
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    method: str
    influence: Array
    skew_factor: float = 1.0


def estimate(
    estimand: Estimand,
    columns: Mapping[str, Array],
    alpha: float,
    cdf: Callable[[Array], Array] | None = None,
) -> Estimate:
    """The estimate of `estimand` from (R,) columns, with an interval that misses at most alpha.

    cdf: for `distribution` only, the law's distribution function.
    """
    data = np.stack([np.asarray(columns[name], dtype=np.float64) for name in estimand.columns])
    if estimand.kind == "probability":
        return _probability(data[0], alpha)
    if estimand.kind == "distribution":
        assert cdf is not None
        return _distribution(data[0], cdf, alpha)
    return _delta(data, _function(estimand), alpha)


def _function(estimand: Estimand) -> Callable[[Array], float]:
    functions: dict[str, Callable[[Array], float]] = {
        "mean": lambda m: float(m[0]),
        "ratio": lambda m: float(m[0] / m[1]),
        "ratio_to_square": lambda m: float(m[0] / m[1] ** 2),
        "normalised": lambda m: float(m[0] / np.sqrt(m[1] * m[2])),
        "root_ratio": lambda m: float(np.sqrt(m[0] * m[1] / (m[2] * m[3]))),
        "log_product": lambda m: float(np.log(m).sum()),
    }
    if estimand.kind == "smooth":
        if estimand.function is None:
            raise ValueError("estimand 'smooth' needs a function of the means")
        return estimand.function
    if estimand.kind not in functions:
        raise ValueError(f"unknown estimand kind {estimand.kind!r}")
    return functions[estimand.kind]


def _delta(data: Array, function: Callable[[Array], float], alpha: float) -> Estimate:
    n = data.shape[1]
    z = float(stats.norm.isf(alpha / 2))
    means = data.mean(1)
    with np.errstate(all="ignore"):
        value = function(means)
        gradient = np.array([_partial(function, means, i) for i in range(len(means))])
        influence = gradient @ (data - means[:, None])
        se = float(influence.std(ddof=1) / math.sqrt(n)) if n > 1 else math.inf
    spread = se * math.sqrt(n)
    skew = float(np.mean(influence**3) / spread**3) if 0 < spread < math.inf else 0.0
    factor = math.exp(min(700.0, abs(skew) * z**3 / (6 * math.sqrt(n))))
    return Estimate(
        value, se, value - z * se, value + z * se, n, f"delta, z = {z:.2f}", influence, factor
    )


def _partial(function: Callable[[Array], float], at: Array, index: int) -> float:
    step = max(abs(at[index]), 1e-300) * 1e-5
    up, down = at.copy(), at.copy()
    up[index] += step
    down[index] -= step
    return float((function(up) - function(down)) / (2 * step))


def _probability(flags: Array, alpha: float) -> Estimate:
    n, k = len(flags), int(flags.sum())
    low = float(stats.beta.ppf(alpha / 2, k, n - k + 1)) if k > 0 else 0.0
    high = float(stats.beta.isf(alpha / 2, k + 1, n - k)) if k < n else 1.0
    p = k / n
    se = math.sqrt(p * (1 - p) / n)
    return Estimate(p, se, low, high, n, "Clopper-Pearson", np.empty(0))


def _distribution(values: Array, cdf: Callable[[Array], Array], alpha: float) -> Estimate:
    x = np.sort(values)
    n = len(x)
    u = np.asarray(cdf(x), dtype=np.float64)
    ranks = np.arange(1, n + 1)
    distance = float(max(np.max(ranks / n - u), np.max(u - (ranks - 1) / n)))
    band = math.sqrt(math.log(2 / alpha) / (2 * n))
    return Estimate(
        distance,
        math.nan,
        max(0.0, distance - band),
        distance + band,
        n,
        f"Dvoretzky-Kiefer-Wolfowitz, +-{band:.4f}",
        np.empty(0),
    )
