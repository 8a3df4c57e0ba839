"""The wide-limit spectrum of a product of L Gaussian matrices, and how far a finite width is off.

Squared singular values x of P = W_L ... W_1, entries N(0, 1/n), with an angle phi in
(0, pi/(L + 1)) as parameter:

    x = sin^(L+1)((L+1) phi) / (sin phi sin^L(L phi)),
    Pr(X > x) = [(L+1) phi - L sin phi sin((L+1) phi)/sin(L phi)] / pi.

In the room: the law (`fraction_below`, `moment_of_square`), its first correction in 1/n
(`first_order`) and two sizes of it (`largest_first_order`, `transport`), which are the margins of
the measurements; `vanishing_bound`; their proofs are in `spectrum_proofs`.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import mpmath
import sympy as sp

from theory.maths import products, prove
from theory.schema import as_mpf

L = sp.Symbol("L", integer=True, positive=True)
phi = sp.Symbol("phi", positive=True)

TAIL = ((L + 1) * phi - L * sp.sin(phi) * sp.sin((L + 1) * phi) / sp.sin(L * phi)) / sp.pi
SQUARE = sp.sin((L + 1) * phi) ** (L + 1) / (sp.sin(phi) * sp.sin(L * phi) ** L)
MODULUS = sp.sin((L + 1) * phi) / sp.sin(L * phi)  # |w|, w = z G(z) on the cut
CORRECTION = (L * phi - sp.arg(L + 1 - L * MODULUS * sp.exp(-sp.I * phi))) / (2 * sp.pi)

# --- the law ---------------------------------------------------------------------------------


def supplement(square: Any, depth: Any) -> Any:
    """e = pi - (L+1) phi of the squared singular value `square`; in (0, pi), pi at the edge.

    Bisection in log e at the working precision: log x is increasing in e. With e as the variable,
    sin((L+1) phi) = sin e and sin(L phi) = sin(e + phi) lose no digits near x = 0.
    """
    return _supplement(mpmath.mpf(square), int(depth), mpmath.mp.prec)


@functools.lru_cache(maxsize=4096)
def _supplement(square: Any, whole_depth: int, precision: int) -> Any:
    depth = mpmath.mpf(whole_depth)
    target = mpmath.log(square)
    if target >= (depth + 1) * mpmath.log(depth + 1) - depth * mpmath.log(depth):
        return +mpmath.pi
    low = (target - 10) / (depth + 1) - mpmath.log(depth + 1)  # x < square there
    high = mpmath.log(mpmath.pi)
    for _ in range(int(mpmath.log(high - low, 2)) + precision + 4):
        middle = (low + high) / 2
        e = mpmath.exp(middle)
        angle = (mpmath.pi - e) / (depth + 1)
        if angle <= 0 or log_square(e, angle, depth) > target:
            high = middle
        else:
            low = middle
    return mpmath.exp((low + high) / 2)


def log_square(e: Any, angle: Any, depth: Any) -> Any:
    """log x at the angle phi, e = pi - (L+1) phi."""
    return (
        (depth + 1) * mpmath.log(mpmath.sin(e))
        - mpmath.log(mpmath.sin(angle))
        - depth * mpmath.log(mpmath.sin(e + angle))
    )


def fraction_below(*, threshold: Any, depth: Any) -> Any:
    """Fraction of singular values below c: 1 - Pr(X > c^2). Wide limit; error O(1/n).

    >>> mpmath.nstr(fraction_below(threshold=1, depth=1), 6)
    '0.608998'
    """
    return below(mpmath.mpf(as_mpf(threshold)) ** 2, int(depth))


def below(square: Any, depth: int) -> Any:
    """Fraction of the SQUARED singular values below `square`."""
    e = supplement(square, depth)
    angle = (mpmath.pi - e) / (depth + 1)
    if angle <= 0:
        return mpmath.mpf(1)
    return (e + depth * mpmath.sin(angle) * mpmath.sin(e) / mpmath.sin(e + angle)) / mpmath.pi


def moment_of_square(*, depth: Any, order: Any) -> Any:
    """E X^s: exact for whole and half s at moderate depth, else an mpf. Wide limit; error O(1/n).

    >>> moment_of_square(depth=10, order=2)
    11
    """
    exact_order = sp.nsimplify(prove.exact(order), rational=True)
    if exact_order.q <= 2 and depth * exact_order < 500:
        return products.fuss_catalan(depth, exact_order)
    return products.fuss_catalan_number(depth, as_mpf(order))


# --- its first correction in 1/n -------------------------------------------------------------


def first_order(*, threshold: Any, depth: Any) -> Any:
    """Coefficient of 1/n in the fraction below c: [L phi - arg(L + 1 - L |w| e^(-i phi))]/(2 pi).

    Between L/(2(L+1)), its limit at c = 0, and -1/4, its limit at the edge; 0 beyond. For real
    Gaussian entries; derived in `spectrum_proofs.correction_derivation`. The next term, O(1/n^2) at
    fixed L, is about L/n of this one (exactly (L-1)/n in the second moment).

    >>> mpmath.nstr(first_order(threshold=1e-60, depth=3), 4), first_order(threshold=3, depth=1)
    ('0.375', mpf('0.0'))
    """
    depth = int(depth)
    e = supplement(as_mpf(threshold) ** 2, depth)
    angle = (mpmath.pi - e) / (depth + 1)
    if angle <= 0:
        return mpmath.mpf(0)
    modulus = mpmath.sin(e) / mpmath.sin(e + angle)
    rest = depth + 1 - depth * modulus * mpmath.expj(-angle)
    return (depth * angle - mpmath.arg(rest)) / (2 * mpmath.pi)


def corrected_fraction(*, threshold: Any, depth: Any, width: Any) -> Any:
    """Fraction of singular values below c, to first order in 1/n. Error O(1/n^2) at fixed L."""
    first = first_order(threshold=threshold, depth=depth)
    return fraction_below(threshold=threshold, depth=depth) + first / as_mpf(width)


def largest_first_order(depth: int) -> float:
    """sup over c of |`first_order`|: L/(2(L+1)), approached as c -> 0 (1/4 at the edge).

    arg(L + 1 - L w) lies in [0, pi/2], being of a number with positive real part (|w| is at most
    (L+1)/L) and positive imaginary part; L phi in [0, pi L/(L+1)]. So over n it is the distance of
    the two distribution functions at width n, to first order.

    >>> largest_first_order(1), largest_first_order(3)
    (0.25, 0.375)
    """
    return depth / (2 * (depth + 1))


@functools.cache
def transport(depth: int, steps: int = 1000) -> float:
    """Integral over c of |`first_order`|: the transport distance of the two spectra, times n.

    The mean of any function of slope at most 1, such as the singular value itself, is off by at
    most this over n, to first order. By the midpoint rule in phi, as the Stieltjes integral
    sum |first_order| |dc|; error below 1e-5.

    >>> round(transport(1), 4)
    0.2363
    """

    def at(angle: float) -> tuple[float, float, float]:  # angle -> (c, |w|, first order)
        e = math.pi - (depth + 1) * angle
        modulus = math.sin(e) / math.sin(e + angle)
        square = modulus**depth * math.sin(e) / math.sin(angle)
        rest = math.atan2(
            depth * modulus * math.sin(angle), depth + 1 - depth * modulus * math.cos(angle)
        )
        return math.sqrt(square), modulus, (depth * angle - rest) / (2 * math.pi)

    width = math.pi / (depth + 1) / steps
    edge = math.sqrt((depth + 1) ** (depth + 1) / depth**depth)
    ends = [edge, *(at(i * width)[0] for i in range(1, steps)), 0.0]
    middles = [abs(at((i + 0.5) * width)[2]) for i in range(steps)]
    return math.fsum(
        value * (high - low) for value, high, low in zip(middles, ends[:-1], ends[1:], strict=True)
    )


def vanishing_bound(*, threshold: Any, depth: Any) -> Any:
    """[1 + ln((L+1)/c^2) + pi^2 L/(6 (L+1)^2)]/(L+1) >= fraction above c, every L, c^2 <= L + 1.

    With theta = (L+1) phi and u = cot phi - cot theta: sin(L phi) = u sin phi sin theta, hence
    pi Pr = theta - L/u and ln x = ln(sin theta/sin phi) - L ln(u sin phi). As ln z >= 1 - 1/z,
    L/u >= sin phi [L + ln x - ln(sin theta/sin phi)]; sin theta/sin phi <= L + 1; and
    theta - L sin phi <= phi + L phi^3/6 with phi <= pi/(L+1).

    >>> mpmath.nstr(vanishing_bound(threshold=1, depth=100), 3)
    '0.0558'
    """
    depth, square = mpmath.mpf(int(depth)), as_mpf(threshold) ** 2
    return (
        1 + mpmath.log((depth + 1) / square) + mpmath.pi**2 * depth / (6 * (depth + 1) ** 2)
    ) / (depth + 1)
