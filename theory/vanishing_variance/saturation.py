"""Networks of tanh or sigmoid with Gaussian weights: the scale of a layer is a Markov chain.

Given all layers below, the units of layer l are iid N(0, q_l), and the next scale is the mean of w
independent copies of g phi^2(sqrt(q_l) z), z standard normal, g = w Var W:

    q_{l+1} = (g/w) sum_i phi^2(sqrt(q_l) z_i),    kappa_l = 3 E q_l^2/(E q_l)^2,    q_0 = 1.

F(q) = g E phi^2(sqrt(q) z) is its mean, V(q) and K(q) are the variance and the third cumulant of
one copy. All of them, and their derivatives in q, are combinations of M_k(q) = E tanh^{2k}: by the
heat equation dM_k/dq is half the mean of the second derivative of tanh^{2k}, a polynomial in tanh.
A sigmoid is (1 + tanh(x/2))/2.

* `two_terms`: E q_l^2/(E q_l)^2 up to w^-2, from Taylor's theorem along m_{l+1} = F(m_l).
* `Chain`: the same moments without an expansion: the mean of a polynomial of q_{l+1}, given q_l,
  follows from the moments of one copy; it is interpolated as a polynomial of q_l.
* `enclosed_powers`: M_k in ball arithmetic.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import sympy as sp
from mpmath import iv

from theory.maths import enclosure
from theory.schema import as_mpf

Polynomial = dict[int, Fraction]  # power k of tanh^2 -> coefficient


def powers(q: Any, most: int) -> list[Any]:
    """M_0..M_most at q >= 0, mpfs at the current precision.

    The trapezoidal rule: |tanh| <= 1 where |Im| <= pi/4, so with step h the error is at most
    2 exp(y^2/2 - 2 pi y/h), y = pi/(4 max(1, sqrt q)).

    >>> [mpmath.nstr(m, 12) for m in powers(mpmath.mpf(1), 2)]
    ['1.0', '0.394294490398', '0.252991883244']
    """
    digits = (mpmath.mp.dps + 3) * mpmath.log(10)
    root = mpmath.sqrt(q)
    y = mpmath.pi / 4 / max(1, root)
    step = 2 * mpmath.pi * y / (digits + y**2 / 2)
    total = [mpmath.mpf(0)] * (most + 1)
    for j in range(int(mpmath.ceil(mpmath.sqrt(2 * digits) / step)) + 1):
        z = j * step
        term, square = (2 if j else 1) * mpmath.exp(-(z**2) / 2), mpmath.tanh(root * z) ** 2
        for k in range(most + 1):
            total[k] += term
            term *= square
    return [step / mpmath.sqrt(2 * mpmath.pi) * t for t in total]


def slope(polynomial: Polynomial) -> Polynomial:
    """d/dq of sum_k c_k M_k: M_k' = k(2k-1) M_{k-1} - 4k^2 M_k + k(2k+1) M_{k+1}."""
    found: Polynomial = {}
    for k, c in polynomial.items():
        for power, factor in ((k - 1, k * (2 * k - 1)), (k, -4 * k * k), (k + 1, k * (2 * k + 1))):
            if factor:
                found[power] = found.get(power, Fraction(0)) + c * factor
    return found


def even_power(activation: str, power: int) -> tuple[Polynomial, Fraction]:
    """E phi^{2 power}(sqrt(q) z) as a combination of M_k(c q), and c."""
    if activation == "tanh":
        return {power: Fraction(1)}, Fraction(1)
    terms = {j: Fraction(math.comb(2 * power, 2 * j), 4**power) for j in range(power + 1)}
    return terms, Fraction(1, 4)


class Jet(NamedTuple):
    """F, F', F'', F'''; V, V', V''; K at one scale."""

    mean: tuple[Any, Any, Any, Any]
    variance: tuple[Any, Any, Any]
    third: Any


def jet(activation: str, gain: Any, q: Any) -> Jet:
    """The maps of one layer at the scale q."""
    c = even_power(activation, 1)[1]
    at = powers(q * as_mpf(c), 5)

    def derivatives(power: int, most: int) -> list[Any]:
        polynomial, found = even_power(activation, power)[0], []
        for order in range(most + 1):
            value = sum((as_mpf(v) * at[k] for k, v in polynomial.items()), mpmath.mpf(0))
            found.append(value * as_mpf(c**order))
            polynomial = slope(polynomial)
        return found

    first, second = derivatives(1, 3), derivatives(2, 2)
    third = derivatives(3, 0)[0]
    variance = (
        second[0] - first[0] ** 2,
        second[1] - 2 * first[0] * first[1],
        second[2] - 2 * first[1] ** 2 - 2 * first[0] * first[2],
    )
    skew = third - 3 * second[0] * first[0] + 2 * first[0] ** 3
    return Jet(
        (gain * first[0], gain * first[1], gain * first[2], gain * first[3]),
        (gain**2 * variance[0], gain**2 * variance[1], gain**2 * variance[2]),
        gain**3 * skew,
    )


# --- the expansion in 1/w --------------------------------------------------------------------


class Moments(NamedTuple):
    """q = mean + d with E d = a1/w, E d^2 = b1/w + b2/w^2, E d^3 = c2/w^2, up to w^-2."""

    mean: Any
    a1: Any
    b1: Any
    b2: Any
    c2: Any


def one_layer(at: Moments, maps: Jet) -> Moments:
    """d' = F(m + d) - F(m) + noise, whose cumulants given d are V/w, K/w^2, O(w^-3).

    E d^4 = 3 b1^2/w^2. (a2 would enter E d^2 and the square of E d at w^-3 only.)
    """
    (f, f1, f2, f3), (v, v1, v2), k = maps.mean, maps.variance, maps.third
    _, a1, b1, b2, c2 = at
    fourth = 3 * b1**2
    return Moments(
        mean=f,
        a1=f1 * a1 + f2 * b1 / 2,
        b1=f1**2 * b1 + v,
        b2=f1**2 * b2 + f1 * f2 * c2 + (f2**2 / 4 + f1 * f3 / 3) * fourth + v1 * a1 + v2 * b1 / 2,
        c2=f1**3 * c2
        + 3 * f1**2 * f2 * fourth / 2
        + 3 * (f1 * v * a1 + (f2 * v / 2 + f1 * v1) * b1)
        + k,
    )


def ratio(at: Moments) -> tuple[Any, Any]:
    """(r1, r2) of E q^2/(E q)^2 = 1 + r1/w + r2/w^2 + O(w^-3)."""
    m, a1, b1, b2, _ = at
    return b1 / m**2, (b2 - a1**2) / m**2 - 2 * a1 * b1 / m**3


@functools.lru_cache(maxsize=4096)
def _moments(activation: str, gain: Any, depth: int, precision: int) -> Moments:
    at = Moments(*(mpmath.mpf(x) for x in (1, 0, 0, 0, 0)))
    for _ in range(depth):
        at = one_layer(at, jet(activation, as_mpf(gain), at.mean))
    return at


def two_terms(activation: str, gain: Any, depth: int) -> tuple[Any, Any, Any]:
    """(m_d, r1, r2) after `depth` layers from q_0 = 1, mpfs.

    >>> [mpmath.nstr(t, 6) for t in two_terms("tanh", 1, 1)]
    ['0.394294', '0.627291', '0.0']
    """
    at = _moments(activation, gain, depth, mpmath.mp.prec)
    return (at.mean, *ratio(at))


def fixed_point(activation: str, gain: Any) -> Any:
    """q* > 0 with F(q*) = q*, an mpf; for tanh it exists where gain > 1.

    F is concave and F(gain) < gain, so Newton's steps from there fall to q* and stay above it. Near
    gain 1 the curve touches the diagonal, and half of the digits are lost: they are there to lose.
    """
    gain = as_mpf(sp.sympify(gain) if isinstance(gain, int) else gain)
    enough = mpmath.mpf(10) ** (3 - mpmath.mp.dps)
    with mpmath.workdps(2 * mpmath.mp.dps):
        q = step = gain
        while abs(step) > abs(q) * enough:
            maps = jet(activation, gain, q)
            step = (maps.mean[0] - q) / (1 - maps.mean[1])
            q += step
    return +q


# --- without an expansion --------------------------------------------------------------------


class Chain:
    """E q_d and E q_d^2 at one width, by polynomials of q of degree `degree`.

    E (sum of w copies)^k follows from (sum_j mu_j t^j/j!)^w, mu_j = E phi^{2j}. The error is that
    of interpolating smooth functions on [0, max(1, gain)].
    """

    def __init__(self, activation: str, width: int, gain: Any, degree: int = 18) -> None:
        self.activation, self.width = activation, width
        self.gain, self.degree = as_mpf(gain), degree
        top = max(mpmath.mpf(1), self.gain)
        angle = mpmath.pi / (2 * degree + 2)
        self.nodes = [top * (1 - mpmath.cos(angle * (2 * j + 1))) / 2 for j in range(degree + 1)]
        of_powers = mpmath.matrix([[q**k for k in range(degree + 1)] for q in self.nodes]) ** -1
        self.layer = mpmath.matrix([self.moments(q) for q in self.nodes]) * of_powers
        self.first = mpmath.matrix([self.moments(mpmath.mpf(1))]) * of_powers

    def moments(self, q: Any) -> list[Any]:
        """E q'^k given q, k = 0..degree."""
        n, w = self.degree, self.width
        at = powers(q * as_mpf(even_power(self.activation, 1)[1]), n)
        of_one = [
            sum(as_mpf(c) * at[k] for k, c in even_power(self.activation, j)[0].items())
            / mpmath.factorial(j)
            for j in range(n + 1)
        ]
        total = [mpmath.mpf(1)]
        for k in range(1, n + 1):  # coefficients of a power of a series that begins with 1
            terms = ((w * j - k + j) * of_one[j] * total[k - j] for j in range(1, k + 1))
            total.append(sum(terms, mpmath.mpf(0)) / k)
        return [t * mpmath.factorial(k) * (self.gain / w) ** k for k, t in enumerate(total)]

    def at(self, depth: int) -> tuple[Any, Any]:
        """(E q_d, E q_d^2), depth >= 1."""
        found = []
        for power in (1, 2):
            values = mpmath.matrix([q**power for q in self.nodes])
            for _ in range(depth - 1):
                values = self.layer * values
            found.append((self.first * values)[0])
        return found[0], found[1]


@functools.cache
def chain(activation: str, width: int, gain: Fraction) -> Chain:
    """A chain at 30 digits, kept."""
    with mpmath.workdps(30):
        return Chain(activation, width, gain)


# --- in balls --------------------------------------------------------------------------------


def enclosed_powers(q: Any, most: int) -> list[Any]:
    """M_0..M_most at an interval of scales inside [0, 3/2], as intervals.

    z = u/2: on |Im u| <= 5/4 the argument of tanh has an imaginary part below pi/4 up to q = 1.57,
    so |tanh| <= 1 there, and the density integrates to exp(y^2/8) on Im u = y.
    """
    assert iv.mpf(q).b <= 1.5
    root = iv.sqrt(iv.mpf(q))

    def integrand(k: int) -> Any:
        def at(u: Any) -> Any:
            z = u / 2
            grown = iv.exp(2 * root * abs(z))
            return ((grown - 1) / (grown + 1)) ** (2 * k) * iv.exp(-(z**2) / 2)

        return at

    end = iv.mpf(20 + enclosure.STEP)
    tail = iv.exp(-(end**2) / 8), iv.exp(-end * enclosure.STEP / 4)
    mass = iv.sqrt(8 * iv.pi) * iv.exp(iv.mpf(enclosure.STRIP) ** 2 / 8)
    return [
        enclosure.line_integral(
            integrand(k), low=-20, high=20, mass=mass, left=tail, right=tail
        ) / iv.sqrt(8 * iv.pi)
        for k in range(most + 1)
    ]  # fmt: skip


def enclosed_plateau(gain: Fraction, near: Any) -> tuple[Any, Any]:
    """(q*, r1) of tanh as intervals; q* lies within 1e-10 of `near` by a change of sign of F - q.

    F is concave, so there is no other fixed point above 0.
    """
    g, middle, reach = iv.mpf(gain.numerator) / gain.denominator, iv.mpf(near), iv.mpf("1e-10")
    below, above = middle - reach, middle + reach
    if not (g * enclosed_powers(below, 1)[1] > below and g * enclosed_powers(above, 1)[1] < above):
        raise ArithmeticError("no change of sign around the fixed point")
    q = iv.mpf([below.a, above.b])
    m = enclosed_powers(q, 2)
    f1 = g * (1 - 4 * m[1] + 3 * m[2])
    return q, g**2 * (m[2] - m[1] ** 2) / (1 - f1**2) / q**2
