"""The factor by which one Gaussian layer multiplies the squared scale: T_w.

T_w = c ||phi_a(g)||^2, g ~ N(0, I_w), c = 2/((1+a^2) w), is c (chi^2_K + a^2 chi^2_{w-K}) with
K ~ Bin(w, 1/2) units on the positive side. Its moments exactly, its Mellin transform by one
integral for every slope, and by a Gamma sum for the ReLU.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove

Transform = Callable[[complex], complex]


def factor_moment(width: int, slope: Any, order: int, coins: int | None = None) -> sp.Rational:
    """E T_w^p, p a whole number: chi^2_K + a^2 chi^2_{w-K}, K ~ Bin(w, 1/2). Exact.

    >>> factor_moment(10, 0, 1), factor_moment(10, 0, 2), factor_moment(10, 1, 2)
    (1, 3/2, 6/5)
    """
    sq = sp.sympify(prove.exact(slope)) ** 2
    n = width if coins is None else coins
    total = sum(
        sp.binomial(n, k)
        * sum(
            sp.binomial(order, j)
            * sq ** (order - j)
            * chi2_moment(k, j)
            * chi2_moment(n - k, order - j)
            for j in range(order + 1)
        )
        for k in range(n + 1)
    )
    return sp.cancel((2 / ((1 + sq) * width)) ** order * total / sp.Integer(2) ** n)


def chi2_moment(degrees: int, order: int) -> int:
    """E (chi^2_k)^p = k (k+2) ... (k+2p-2).

    >>> [chi2_moment(1, p) for p in range(5)]
    [1, 1, 3, 15, 105]
    """
    return math.prod(degrees + 2 * i for i in range(order))


def mellin(width: int, slope: float, coins: int | None = None) -> Transform:
    """z -> E[T_w^z; T_w > 0] for Re z < 1, by one integral of the Laplace transform M of T_w.

    E T^z = Gamma(1-z)^{-1} int_0^inf t^{-z} (-M'(t)) dt, M(t) = h(t)^w,
    h(t) = ((1+2ct)^{-1/2} + (1+2a^2ct)^{-1/2})/2, c = 2/((1+a^2)w). Trapezoidal rule in log t along
    a ray turned by -0.45 pi, where the integrand does not oscillate the answer away. Absolute
    error 1e-10 on the imaginary axis; 1e-3 for real z, which only serves bounds.
    coins: number of units, where a mutant wants another one than the scale 1/w says.
    """
    n, turn = width if coins is None else coins, -0.45 * math.pi
    sq = slope * slope if abs(slope) <= 1 else 1 / slope / slope  # T_w is the same for a and 1/a
    step = 2 * math.pi / (15 + 4.5 * math.sqrt(width))  # as far as the transform is ever needed
    c = 2 / ((1 + sq) * width)
    reach = min(690.0, 150 - (math.log(sq) if sq else 0))
    nodes: list[tuple[complex, complex]] = []
    for j in range(int(-50 / step), int(reach / step)):
        u = complex(j * step, turn)
        t = cmath.exp(u)
        p, q = 1 + 2 * c * t, 1 + 2 * sq * c * t
        h = (p**-0.5 + q**-0.5) / 2
        falling = (p**-1.5 + sq * q**-1.5) * c / 2  # -h'
        value = n * h ** (n - 1) * falling * t * step
        if abs(value) > 1e-17:
            nodes.append((u, value))

    def transform(z: complex) -> complex:
        gamma = complex(mpmath.loggamma(1 - z))
        # e^{-zu} and 1/Gamma are huge and tiny for large Im z: joined before they are exponentiated
        return sum(value * cmath.exp(-z * u - gamma) for u, value in nodes)

    return transform


def mellin_gamma(width: int, z: Any) -> Any:
    """E[T^z; T > 0] of the ReLU by its Gamma sum, at mpmath precision: the second road."""
    scale = mpmath.power(mpmath.mpf(4) / width, z)
    return scale * mpmath.fsum(
        mpmath.binomial(width, k)
        / 2**width
        * mpmath.gammaprod([mpmath.mpf(k) / 2 + z], [mpmath.mpf(k) / 2])
        for k in range(1, width + 1)
    )


def chi2_mellin(degrees: int, z: Any) -> Any:
    """E (chi^2_k)^z."""
    return mpmath.power(2, z) * mpmath.gammaprod([mpmath.mpf(degrees) / 2 + z], [degrees / 2])
