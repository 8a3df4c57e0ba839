"""Quantiles over networks of the mean square at a layer, for four initialisers, by inversion.

One input x ~ N(0, I_w), ReLU, constant width w; dead networks counted. If the input is activated,
||y||^2 of d layers is a start times d independent factors T: chi^2_w for He (of the last layer) and
for orthogonal weights (of the input), 2 chi^2_h for GSM (h = w/2). If it is `raw`, the first layer
has no rectifier: its factor is 2 chi^2_w/w for He and 2 for orthogonal weights (GSM: no difference,
its first layer reads x_a - x_b of the halves either way). Glorot is He with every factor halved. No
claim is made here: the laws are those of fig1.py.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np
from scipy import optimize, special

from theory.maths.inversion import Distribution

INITIALISERS = ("he", "glorot", "orthogonal", "gsm")
MOST_DIGITS = 1000
TABLE = 2e-6  # error in the level: that of the tabulated distribution function


def _log_gamma_ratio(a: float, z: complex) -> complex:
    """log Gamma(a + z)/Gamma(a)."""
    return complex(special.loggamma(a + z) - special.loggamma(a))


def chi2(degrees: int, z: complex) -> complex:
    """E (chi^2_k)^z."""
    return complex(np.exp(z * math.log(2) + _log_gamma_ratio(degrees / 2, z)))


def factor(name: str, width: int, z: complex) -> complex:
    """E[T^z | T > 0] of one layer."""
    if name == "gsm":
        return chi2(width // 2, z) * complex(width // 2) ** -z
    k = np.arange(1, width + 1)
    weights = special.comb(width, k) / (2.0**width - 1)
    logs = special.loggamma(k / 2 + z) - special.loggamma(k / 2)
    if name == "he":
        return complex((weights * np.exp(logs)).sum() * complex(4 / width) ** z)
    return complex((weights * np.exp(logs - _log_gamma_ratio(width / 2, z))).sum() * 2.0**z)


def start(name: str, width: int, z: complex) -> complex:
    """E of the z-th power of ||x||^2; of chi^2_w, which a Gaussian last layer adds, for He."""
    return chi2(width // 2, z) * 2.0**z if name == "gsm" else chi2(width, z)


def raw_factor(name: str, width: int, z: complex) -> complex:
    """E of the z-th power of the first layer's factor if the input is not activated."""
    if name == "gsm":
        return factor(name, width, z)
    return 2.0**z * (chi2(width, z) * complex(width) ** -z if name == "he" else 1.0)


def alive(name: str, width: int, depth: int, raw: bool = False) -> float:
    """P(y != 0) before the last layer."""
    return 1.0 if name == "gsm" else (1 - 2.0**-width) ** (depth - raw)


@functools.cache
def distribution(name: str, width: int, depth: int, raw: bool = False) -> Distribution:
    """Distribution function of log ||y^(d)||^2, natural log, over networks that are alive."""

    def transform(z: complex) -> complex:
        first = raw_factor(name, width, z) if raw else factor(name, width, z)
        return start(name, width, z) * first * factor(name, width, z) ** (depth - 1)

    return Distribution(transform)


@functools.cache
def quantile(name: str, width: int, depth: int, level: float, raw: bool = False) -> float:
    """log10 of the level-quantile of the mean of y_i^2 over the units; -inf if mostly dead.

    Absolute error about 1e-5 at level 0.9, where the density of the logarithm is 0.05 or more.
    """
    living = alive(name, width, depth, raw)
    wanted = 1 - (1 - level) / living
    if wanted <= 0:
        return -math.inf
    if level - (1 - living) < TABLE:
        raise ArithmeticError(f"the dead networks end within {TABLE:.0e} of that level")
    halved = depth * math.log10(2) if name == "glorot" else 0.0
    law = distribution("he" if name == "glorot" else name, width, depth, raw)
    return (_root(law, wanted) - math.log(width)) / math.log(10) - halved


def linear_quantile(width: int, depth: int, units: int, level: float) -> float:
    """log10 of the level-quantile of chi^2_units/units times `depth` factors chi^2_w/w."""
    return (_root(linear(width, depth, units), level) - math.log(units)) / math.log(10)


@functools.cache
def linear(width: int, depth: int, units: int) -> Distribution:
    """Distribution function of the log of chi^2_units times `depth` factors chi^2_w/w."""
    return Distribution(lambda z: chi2(units, z) * (chi2(width, z) * complex(width) ** -z) ** depth)


def _root(law: Distribution, wanted: float) -> float:
    """Where the distribution function takes the value `wanted`."""

    def off(x: float) -> float:
        return float(law(x)) - wanted

    guess = law.mean + law.deviation * float(special.ndtri(wanted))
    for reach in (0.3, 2.0, 20.0):  # the logarithm is nearly normal at depth
        low, high = guess - reach * law.deviation, guess + reach * law.deviation
        if off(low) < 0 < off(high):
            break
    return float(optimize.brentq(off, low, high, xtol=1e-11))


@functools.cache
def peak(name: str, width: int, level: float) -> int:
    """Depth at which the level-quantile is largest; at most 1000.

    It rises to one peak, if at all, and falls from there on: bisection on the sign of its step.
    """
    rising, falling = 0, 1000
    while falling - rising > 1:
        middle = (rising + falling) // 2
        step = quantile(name, width, middle + 1, level) - quantile(name, width, middle, level)
        rising, falling = (middle, falling) if step > 0 else (rising, middle)
    return falling


def crossing(name: str, width: int, level: float, log10_threshold: float, raw: bool = False) -> int:
    """First depth at which the level-quantile lies below 10^log10_threshold; at most 1000.

    By bisection: a quantile rises to one peak, if at all, and falls from there on.
    """
    above, below = 0, 1000
    while below - above > 1:
        middle = (above + below) // 2
        if quantile(name, width, middle, level, raw) < log10_threshold:
            below = middle
        else:
            above = middle
    return below


def certain(quantile_at: Callable[[float], float], level: float) -> int:
    """Digits of a quantile that TABLE leaves certain: those that level +- TABLE agree on."""
    low, high = (quantile_at(level + end) for end in (-TABLE, TABLE))
    if low == high:  # both -inf: dead networks
        return MOST_DIGITS
    if math.isinf(low):
        return 0
    return max(0, math.floor(math.log10(max(abs(low), abs(high)) / (high - low))))
