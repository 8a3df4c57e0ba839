"""Gaussian expectations: the arc-cosine kernels of the rectifier, and chi-square inverse moments.

    kappa0(rho) = 2 E[1{x>0} 1{y>0}] = 1 - arccos(rho)/pi
    kappa1(rho) = 2 E[relu(x) relu(y)] = (sqrt(1 - rho^2) + (pi - arccos rho) rho)/pi

for standard normal x, y with correlation rho; both are 1 at rho = 1. The `..._quadrature` functions
compute the same numbers from the density alone: the second road.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.schema import as_mpf
from theory.symbols import rho

KAPPA0 = 1 - sp.acos(rho) / sp.pi
KAPPA1 = (sp.sqrt(1 - rho**2) + (sp.pi - sp.acos(rho)) * rho) / sp.pi


def kappa0(correlation: Any) -> Any:
    """2 P(x > 0, y > 0), exact: the correlation of one layer's gradient factor.

    >>> kappa0(0), kappa0(1), kappa0(sp.Rational(-1, 2))
    (1/2, 1, 1/3)
    """
    return KAPPA0.subs(rho, sp.sympify(correlation))


def kappa1(correlation: Any) -> Any:
    """2 E[relu(x) relu(y)], exact: the correlation of two inputs one He-ReLU layer higher.

    >>> kappa1(0), kappa1(1), kappa1(-1)
    (1/pi, 1, 0)
    """
    return KAPPA1.subs(rho, sp.sympify(correlation))


def next_angle(theta: Any) -> Any:
    """arccos kappa1(cos theta), an mpf: the angle of two inputs one He-ReLU layer up (N -> inf).

    The angle is the good variable near parallel inputs, where 1 - rho loses its digits. For small
    angles cos and arccos cost half of the working digits; ten guard digits and the half-angle form
    sin^2(theta'/2) = (1 - kappa1)/2 pay for that.

    >>> mpmath.nstr(next_angle(mpmath.pi / 2), 12)
    '1.24685021986'
    """
    with mpmath.workdps(mpmath.mp.dps + 10):
        theta = as_mpf(theta)
        # pi (1 - kappa1) = (pi - theta)(1 - cos theta) + theta - sin theta
        gap = (mpmath.pi - theta) * 2 * mpmath.sin(theta / 2) ** 2 + theta - mpmath.sin(theta)
        result = 2 * mpmath.asin(mpmath.sqrt(gap / (2 * mpmath.pi)))
    return +result


def expect(function: Callable[[Any], Any], *, kinks: tuple[float, ...] = (0,)) -> Any:
    """E f(z), z standard normal, by quadrature split at `kinks`; an mpf.

    >>> mpmath.nstr(expect(lambda z: max(z, 0) ** 2), 15)
    '0.5'
    """
    points = [-mpmath.inf, *sorted(kinks), mpmath.inf]
    return mpmath.quad(lambda z: function(z) * mpmath.npdf(z), points)


def kappa0_quadrature(correlation: Any) -> Any:
    """2 P(x > 0, y > 0) as 2 E[1{x>0} Phi(rho x/s)], s = sqrt(1 - rho^2) > 0."""
    r = as_mpf(sp.sympify(correlation))
    s = mpmath.sqrt(1 - r**2)
    return 2 * mpmath.quad(lambda x: mpmath.npdf(x) * mpmath.ncdf(r * x / s), [0, 1, 4, mpmath.inf])


def kappa1_quadrature(correlation: Any) -> Any:
    """2 E[relu(x) relu(y)]: 2 E[relu(x) (m Phi(m/s) + s phi(m/s))], m = rho x, s^2 = 1 - rho^2."""
    r = as_mpf(sp.sympify(correlation))
    s = mpmath.sqrt(1 - r**2)

    def integrand(x: Any) -> Any:
        m = r * x
        return x * mpmath.npdf(x) * (m * mpmath.ncdf(m / s) + s * mpmath.npdf(m / s))

    return 2 * mpmath.quad(integrand, [0, 1, 4, mpmath.inf])


def leaky_pair_quadrature(slope: Any, correlation: Any, power: int) -> Any:
    """E phi_a(u)^p phi_a(v)^p for standard normal u, v, by quadrature over the angle; an mpf.

    (u, v) = R (cos t, cos(t - theta)) with cos theta the correlation, E R^{2p} = 2^p p!.

    >>> mpmath.nstr(leaky_pair_quadrature(0, 0, 2), 12)
    '0.25'
    """
    s, theta = (as_mpf(sp.sympify(v)) for v in (slope, correlation))
    theta, half = mpmath.acos(theta), mpmath.pi / 2

    def phi(x: Any) -> Any:
        return x if x > 0 else s * x

    kinks = sorted({-half, half, theta - half, theta + half, 3 * half})
    total = mpmath.quad(lambda t: (phi(mpmath.cos(t)) * phi(mpmath.cos(t - theta))) ** power, kinks)
    return 2**power * mpmath.factorial(power) * total / (4 * half)


def inverse_chi2(degrees: Any) -> Any:
    """E[1/chi2_k] = 1/(k - 2), k > 2; infinite below.

    >>> inverse_chi2(7)
    1/5
    """
    degrees = sp.sympify(degrees)
    return 1 / (degrees - 2) if degrees.is_Symbol or degrees > 2 else sp.oo


def inverse_chi2_quadrature(degrees: int) -> Any:
    """E[1/chi2_k] from the density x^(k/2-1) e^(-x/2), k >= 3, by the substitution x = t^2."""
    half = mpmath.mpf(degrees) / 2

    def moment(power: int) -> Any:
        exponent = 2 * (half - 1 + power) + 1
        return mpmath.quad(lambda t: t**exponent * mpmath.exp(-(t**2) / 2), [0, 1, 4, mpmath.inf])

    return moment(-1) / moment(0)
