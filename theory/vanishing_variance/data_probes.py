"""What the claims on the empirical variance share: parameters, estimands, and the size rule.

    SAMPLES, VARIANCE ..   letters and averages of S^2, the unbiased variance of a unit over data
    log_variance           the size rule of probes that average (S^2)^2 over networks directly

The size rule. Given the covariance of the data, (S^2)^2 of one unit is the square of the product of
the layers' chi-square factors (linear) or factors T_w (ReLU), times what the unit adds. The log of
the square has variance 4 sum log(1 + (3r-1)/w_l), exact for a log-normal of the same two moments;
the unit adds a relative variance of at most 32/3 (that of g^4: one input), divided by the number of
units that are averaged. Direct averages keep the sum <= 1, evaluated without sampling.
"""

from __future__ import annotations

import math
from typing import Any

import sympy as sp

from theory.schema import Estimand, Integers, Parameter
from theory.vanishing_variance.probes import SPREAD_OF_A_UNIT
from theory.vanishing_variance.recursion import anisotropy

n = sp.Symbol("n", positive=True)
SAMPLES = Parameter("samples", Integers(2, 10**6), "sample size n", n)

MEAN_VARIANCE = Estimand(
    "mean", ("variance",), over="networks and data; annealed: E S^2, where E y^2 = 1"
)
VARIANCE_SHARE = Estimand(
    "ratio", ("variance", "mean_sq"), over="networks and data; annealed: E S^2 over E y^2"
)
VARIANCE_OF_VARIANCE = Estimand(
    "smooth",
    ("variance_sq", "variance"),
    over="networks and data; Var S^2 = E (S^2)^2 - (E S^2)^2, where E y^2 = 1",
    function=lambda m: float(m[0] - m[1] ** 2),
)
SECOND_MOMENT = Estimand(
    "ratio_to_square",
    ("variance_sq", "variance"),
    over="networks; annealed: E (S^2)^2 over (E S^2)^2",
)
SCALES = Estimand(
    "ratio_to_square", ("pair", "scale"), over="networks; annealed: E R_a R_b over (E R)^2"
)
COVARIANCE_OF_SCALES = Estimand(
    "smooth",
    ("pair", "scale"),
    over="networks; annealed: E R_a R_b/(E R)^2 - 1",
    function=lambda m: float(m[0] / m[1] ** 2 - 1),
)
ABOVE = Estimand("probability", ("above",), over="networks and data: P(S^2 > threshold), one unit")


def log_variance(read: tuple[int, ...], units: int, slope: Any) -> float:
    """Variance of the log of (S^2)^2, averaged over `units` units; `read` are the hidden widths.

    >>> round(log_variance((48, 48), 48, 1), 2)
    0.53
    """
    growth = 3 * anisotropy(sp.nsimplify(slope)) - 1
    layers = sum(4 * math.log1p(float(growth) / width) for width in read)
    return layers + math.log1p(float(SPREAD_OF_A_UNIT[2]) / units)
