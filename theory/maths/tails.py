"""Upper tails to a relative precision: the Mellin transform along a line right of its pole.

    P(X > x) = (1/2 pi i) int E e^{zX} e^{-zx} dz/z over Re z = c, for every c > 0

No difference from 1 is taken, so that a probability of 10^-100 has as many digits as one of 1/2.
Near the saddle point of K(z) - zx - 4 log z, K = log E e^{zX}, the integrand neither oscillates nor
cancels. A tail is computed on two lines, and only the digits that both share are right.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from scipy import optimize, special

Cumulants = Callable[[Any], Any]
"""Array of z, all of one positive real part -> log E e^{zX}, up to multiples of 2 pi i."""

MOST_DIGITS = 8  # sums of a thousand layers in double precision
LINES = (1e-5, 600.0)  # real parts between which a line is looked for


def upper_tail(cumulants: Cumulants, x: float) -> tuple[Any, int]:
    """P(X > x), an mpf, and how many of its digits are right (at least 3).

    Raises ArithmeticError where no line is found or the two lines share fewer digits.

    >>> value, digits = upper_tail(lambda z: z * z / 2, 10.0)  # the normal law
    >>> mpmath.nstr(value, 8), mpmath.nstr(mpmath.ncdf(-10), 8), digits
    ('7.619853e-24', '7.619853e-24', 8)
    """

    def real(c: float) -> float:
        return float(np.real(cumulants(np.array([complex(c)]))[0]))

    ends = tuple(math.log(c) for c in LINES)
    found = optimize.minimize_scalar(
        lambda u: real(math.exp(u)) - math.exp(u) * x - 4 * u,
        bounds=ends, method="bounded", options={"xatol": 1e-2},
    )  # fmt: skip
    if not ends[0] + 0.05 < found.x < ends[1] - 0.3:
        line = math.exp(found.x)
        bound = mpmath.nstr(mpmath.exp(min(0.0, real(line) - line * x)), 3)
        raise ArithmeticError(f"a tail of at most {bound} at {x:.6g} is out of reach")
    line = math.exp(found.x)
    first, second = (_along(cumulants, real, x, c) for c in (line, 1.2 * line))
    apart = abs(first - second) / abs(second) if second else mpmath.inf
    digits = min(MOST_DIGITS, int(mpmath.floor(-mpmath.log10(apart + mpmath.mpf("1e-20")))) - 1)
    if digits < 3 or first <= 0:
        raise ArithmeticError(f"two lines of integration share no three digits of the tail at {x}")
    return min(first, mpmath.mpf(1)), digits


def _along(cumulants: Cumulants, real: Callable[[float], float], x: float, c: float) -> Any:
    """The integral over Re z = c by the trapezoidal rule.

    A step h adds sum_{m != 0} e^{2 pi m c/h} P(X > x + 2 pi m/h): for m < 0 at most e^{-2 pi c/h},
    for m > 0 Chernoff's bound a deviation of the tilted law further right.
    """
    near = 0.05 * c
    at = real(c)
    curvature = (real(c + near) - 2 * at + real(c - near)) / near**2
    lost = c * x - at
    step = 2 * math.pi * min(c / (36 + max(lost, 0.0)), 1 / (40 * math.sqrt(max(curvature, 1e-12))))
    total, block, start = 0.0, 24, 0
    while True:
        s = (start + np.arange(block)) * step
        z = c + 1j * s
        with np.errstate(over="ignore", invalid="ignore"):
            terms = np.exp(cumulants(z) - at - 1j * s * x) / z
        if start == 0:
            terms[0] /= 2
        if not np.all(np.isfinite(terms)):
            raise ArithmeticError(f"rounding errors swamp the transform for the tail at {x}")
        total += float(np.sum(terms.real))
        start += block
        if np.max(np.abs(terms[-8:])) * c < 1e-11:
            break
        if start > 40_000:
            raise ArithmeticError(f"the transform falls too slowly for the tail at {x}")
    return mpmath.exp(mpmath.mpf(at) - mpmath.mpf(c) * x) * total * step / math.pi


# --- transforms right of the imaginary axis --------------------------------------------------


def log_chi2_mellin(degrees: int, z: Any) -> Any:
    """log E (chi^2_k)^z for an array of z; from 200 degrees on without the difference of loggammas.

    >>> complex(np.exp(log_chi2_mellin(1000, np.array([2 + 0j])))[0]).real / (1000 * 1002)
    1.0...
    """
    a = degrees / 2
    if degrees < 200:
        return z * math.log(2) + special.loggamma(a + z) - special.loggamma(a)
    stirling = sum(
        r * ((a + z) ** -p - a**-p) for r, p in ((1 / 12, 1), (-1 / 360, 3), (1 / 1260, 5))
    )
    return z * math.log(degrees) + (a - 0.5 + z) * np.log1p(z / a) - z + stirling


def log_mellin(width: int, slope: float, z: Any, coins: int | None = None) -> Any:
    """log E[T_w^z; T_w > 0] for an array of z with one real part c > 0 (layer_factors.py).

    E T^z = Gamma(1+z) (1/2 pi i) int t^{-z-1} E e^{tT} dt over Re t = g between 0 and 1/(2c'),
    E e^{tT} = h(t)^w, h(t) = ((1-2c't)^{-1/2} + (1-2a^2c't)^{-1/2})/2, c' = 2/((1+a^2) w); the line
    through the saddle point, t = g + i e sinh v, trapezoidal rule in v.
    """
    n = width if coins is None else coins
    sq = slope * slope if abs(slope) <= 1 else 1 / slope / slope
    if sq == 1:
        return log_chi2_mellin(n, z) - z * math.log(width)
    if sq == 0:  # a mixture over the number k of active units
        k = np.arange(1, n + 1)[None, :]
        logs = special.loggamma(n + 1) - special.loggamma(k + 1) - special.loggamma(n - k + 1)
        logs = logs + special.loggamma(k / 2 + z[:, None]) - special.loggamma(k / 2)
        top = float(np.max(logs.real))
        mixed = np.log(np.exp(logs - top).sum(axis=1)) + top
        return mixed - n * math.log(2) + z * math.log(4 / width)
    return _log_mellin_by_line(n, sq, width, z)


def _log_mellin_by_line(n: int, sq: float, width: int, z: Any) -> Any:
    """The integral over t; for Im z beyond about Re z its rounding errors grow."""
    c, spread = float(z[0].real), float(np.max(np.abs(z.imag)))
    unit = (1 + sq) * width / 4  # t in units of 1/(2c'): the first singularity is at 1

    def log_h(t: Any) -> Any:
        return np.log(((1 - t) ** -0.5 + (1 - sq * t) ** -0.5) / 2)

    def slope_at(t: float) -> float:
        p, q = 1 - t, 1 - sq * t
        return float(n * (p**-1.5 + sq * q**-1.5) / (p**-0.5 + q**-0.5) / 2 - (c + 1) / t)

    g = float(optimize.brentq(slope_at, 1e-12, 1 - 1e-12))
    e = min(g, 1 - g)
    # turned by y, both powers grow by up to e^{(c + 1 + n/2) y^2/2}: what e^{-2 pi y/h} has to beat
    step = min(0.55 / math.sqrt(c + 1 + n / 2), 2 * math.pi / (30 + 2 * spread))
    rate = c + (n if sq else 1) / 2
    reach = 50 / rate + math.log(1 / e) + (-math.log(sq) if sq else 0) + 5
    v = np.arange(-int(reach / step), int(reach / step) + 1) * step
    t = g + 1j * e * np.sinh(v)
    of_t = n * log_h(t)
    if sq == 0:  # without the atom at 0
        of_t = of_t + np.log1p(-np.exp(-n * math.log(2) - of_t))
    log_t = np.log(t)
    weights = of_t - log_t + np.log(e * np.cosh(v) * step / (2 * math.pi))
    size = (weights - c * log_t).real
    keep = size > np.max(size) - 50
    weights, log_t, top = weights[keep], log_t[keep], float(np.max(size))
    gamma = special.loggamma(1 + z)
    with np.errstate(over="ignore", invalid="ignore"):  # seen by the caller as not finite
        turned = (gamma - gamma[0])[:, None] - z[:, None] * log_t[None, :]
        terms = np.exp(weights[None, :] - top + turned)
        return np.log(terms.sum(axis=1)) + top + gamma[0] - z * math.log(unit)
