"""The root of the squared scale: the mean of N_l^{1/2}, N_l = ||y^(l)||^2/w_l, falls.

With y^(l) jointly sign-symmetric, Jensen's inequality (twice) and Schur-concavity give, for
symmetric weights of finite variance,

    E N_{l+1}^{1/2} <= rho_a(w_l) E N_l^{1/2},  rho_a(w) = E sqrt(2 (K + a^2 (w-K))/((1+a^2) w)),

K ~ Bin(w, 1/2); for Gaussian weights the mean itself is known. In the room: both laws, and the
proofs that test them. No claim is made here (see conv_probability.py).
"""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Bounds, Finding, as_mpf

EXACT_TO = 32  # units; sums of more roots are given as numbers


def contraction(width: Any, slope: Any) -> Any:
    """rho_a(w) = E sqrt(2 (K + a^2 (w-K))/((1+a^2) w)), K ~ Bin(w, 1/2). Exact; an mpf at w > 32.

    >>> contraction(1, 0), contraction(2, 0), contraction(5, -1)
    (sqrt(2)/2, sqrt(2)/4 + 1/2, 1)
    """
    terms = mean_one(int(width), sp.sympify(prove.exact(slope)))
    if width <= EXACT_TO:
        return sp.Add(*(sp.sqrt(x) * p for x, p in terms))
    return mpmath.fsum(mpmath.sqrt(as_mpf(x)) * as_mpf(p) for x, p in terms)


def half_moment_bound(widths: Any, slope: Any) -> Bounds:
    """0 <= E N_d^{1/2}/E N_1^{1/2} <= prod rho_a(w_l) over the widths read above layer 1."""
    return Bounds(sp.Integer(0), sp.prod([contraction(n, slope) for n in widths]))


def gaussian_half_moment(widths: Any, slope: Any, units: int) -> Any:
    """E N_d^{1/2} = E chi_{w_d}/sqrt(w_d) prod E T_w^{1/2}, Gaussian weights, x ~ N(0, I). An mpf.

    T_w = 2/((1+a^2) w) (chi^2_K + a^2 chi^2_{w-K}): |a| = 1 by Gamma functions, the ReLU by their
    binomial mixture, other slopes by E S^{1/2} = int (1 - E e^{-tS}) t^{-3/2} dt/(2 sqrt(pi)).
    """
    s = as_mpf(prove.exact(slope))
    factors = {n: _root_factor(n, s) for n in set(widths)}
    value = chi_mean(units) / mpmath.sqrt(units)
    for n in widths:
        value *= factors[n]
    return value


def _root_factor(n: int, slope: Any) -> Any:
    size = min(abs(slope), 1 / abs(slope)) if slope else mpmath.mpf(0)  # T is the same for 1/a
    sq = size**2
    scale = mpmath.sqrt(2 / ((1 + sq) * n))
    if sq == 1:
        return scale * chi_mean(n)
    if sq == 0:
        return (
            scale
            * mpmath.fsum(mpmath.binomial(n, j) * chi_mean(j) for j in range(1, n + 1))
            / (mpmath.mpf(2) ** n)
        )
    # t = e^{2x}: int gap e^{-x} dx / sqrt(pi), analytic for |Im x| < pi/4, trapezoidal rule
    step = mpmath.mpf(1) / max(6, mpmath.mp.dps // 2)
    reach = int((mpmath.mp.dps + 5) * 2.31 / step)  # both tails fall like e^{-|x|}
    reach += int(mpmath.log(n + 1) / step)
    total = mpmath.fsum(
        _gap(mpmath.exp(2 * j * step), sq, n) * mpmath.exp(-j * step)
        for j in range(-reach, reach + 1)
    )
    return scale * total * step / mpmath.sqrt(mpmath.pi)


def _gap(t: Any, sq: Any, n: int) -> Any:
    """1 - E e^{-tS}, S = chi^2_K + a^2 chi^2_{n-K}, without cancellation at small t."""
    roots = [mpmath.sqrt(1 + 2 * c * t) for c in (1, sq)]
    if t > 1:
        return 1 - ((1 / roots[0] + 1 / roots[1]) / 2) ** n
    missing = t / (roots[0] * (roots[0] + 1)) + sq * t / (roots[1] * (roots[1] + 1))
    return -mpmath.expm1(n * mpmath.log1p(-missing))


def chi_mean(degrees: int) -> Any:
    """E sqrt(chi^2_k) = sqrt(2) Gamma((k+1)/2)/Gamma(k/2), an mpf; 0 for k = 0."""
    if degrees == 0:
        return mpmath.mpf(0)
    half = mpmath.mpf(degrees) / 2
    return mpmath.sqrt(2) * mpmath.gammaprod([half + mpmath.mpf(1) / 2], [half])


def mean_one(n: int, slope: Any) -> list[tuple[Any, Any]]:
    """(value, probability) of X = 2 (K + a^2 (w-K))/((1+a^2) w), K ~ Bin(w, 1/2); E X = 1."""
    sq = slope**2
    return [
        (2 * (j + sq * (n - j)) / ((1 + sq) * n), sp.binomial(n, j) / sp.Integer(2) ** n)
        for j in range(n + 1)
    ]


def from_roots(samples: Any, units: Any) -> Bounds:
    """0 <= E S_n/max_a E N_a^{1/2} <= n sqrt(w/(n-1)), S_n^2 that of one unit over n inputs a.

    S_n^2 <= sum_a y_a^2/(n-1), so S_n <= sum_a |y_a|/sqrt(n-1), and |y_a| <= sqrt(w N_a), an
    equality at w = 1: every width w >= 1 of the last layer, whatever the layers below.

    >>> from_roots(2, 1).high, from_roots(5, 4).high
    (2, 5)
    """
    n = sp.sympify(samples)
    return Bounds(sp.Integer(0), n * sp.sqrt(sp.sympify(units) / (n - 1)))


GRID = (((2,), "1/2"), ((3,), "0"), ((4, 2), "1/4"), ((5, 3, 2), "0"), ((3, 2), "3"))


def at_equal_magnitudes(law: Any) -> Finding:
    """sqrt(v ||phi(s)||^2) over every sign vector s: the worst layer, so the bound is attained."""
    rows = []
    for widths, text in GRID:
        slope = Fraction(text)
        phi, value = en.leaky(slope), sp.Integer(1)
        for n in widths:
            scale = 2 / ((1 + slope**2) * n)
            squares = [
                scale * sum((phi(Fraction(s)) ** 2 for s in signs), Fraction(0))
                for signs in itertools.product((-1, 1), repeat=n)
            ]
            value *= sum(sp.sqrt(prove.exact(q)) for q in squares) / 2**n
        rows.append((f"widths {widths}, a = {text}", law(widths=widths, slope=slope).high, value))
    return prove.cases(rows, "every sign vector")


@functools.cache
def small_networks() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """(label, arguments, E N_2^{1/2}/E N_1^{1/2}) of literal networks, 30 digits."""
    rows = []
    with mpmath.workdps(30):
        for weights, widths, text in (
            (en.SIGN, (2, 2), "0"), (en.SIGN, (2, 2), "1/2"), (en.THREE_POINT, (2, 1), "-3/10"),
        ):  # fmt: skip
            slope = Fraction(text)
            roots = []
            law = en.iid(en.SIGN, 2)
            reads = 2
            for width in widths:
                law = en.next_layer(law, width, weights, en.leaky(slope))
                gain = 2 / ((1 + slope**2) * reads * en.moment(weights, 2))
                roots.append((law, gain, width))
                reads = width
            scale = Fraction(1)
            means = []
            for joint, gain, width in roots:
                scale *= gain
                means.append(
                    mpmath.fsum(
                        as_mpf(p)
                        * mpmath.sqrt(as_mpf(scale * sum((v * v for v in y), Fraction(0)) / width))
                        for y, p in joint.items()
                    )
                )
            at = {"widths": widths[:1], "slope": slope}
            rows.append((f"widths {widths}, a = {text}", at, means[1] / means[0]))
    return tuple(rows)  # fmt: skip


def holds_in_small_networks(law: Any) -> Finding:
    """Every weight of small networks with +-1 and three-point weights: the ratio is below."""
    with mpmath.workdps(30):
        return prove.truth(
            (
                (f"{label}: {mpmath.nstr(ratio, 8)}", ratio <= as_mpf(law(**at).high) + 1e-25)
                for label, at, ratio in small_networks()
            ),
            predicted="at most prod rho_a(w)",
            found="E N_2^{1/2}/E N_1^{1/2} enumerated",
        )


DATA = (((1, 0), (-1, 0)), ((1, 2), (0, 1), (-1, 0)), ((1,), (-1,)), ((1, 0), (0, 1)))


@functools.cache
def small_data() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """(label, arguments, E S_n/max_a E N_a^{1/2}) of one literal layer, +-1 weights."""
    rows = []
    with mpmath.workdps(30):
        for data, width in itertools.product(DATA, (1, 2)):
            n, spread = len(data), mpmath.mpf(0)
            roots = [mpmath.mpf(0)] * n
            for matrix, p in en.matrices(width, len(data[0]), en.SIGN):
                out = [
                    [sum((r * v for r, v in zip(row, x, strict=True)), Fraction(0))
                     for row in matrix] for x in data
                ]  # fmt: skip
                first = [y[0] for y in out]
                mean = sum(first, Fraction(0)) / n
                square = sum(((v - mean) ** 2 for v in first), Fraction(0)) / (n - 1)
                spread += as_mpf(p) * mpmath.sqrt(as_mpf(square))
                for a, y in enumerate(out):
                    norm = sum((v * v for v in y), Fraction(0)) / width
                    roots[a] += as_mpf(p) * mpmath.sqrt(as_mpf(norm))
            at = {"samples": n, "units": width}
            rows.append((f"{n} inputs {data}, w = {width}", at, spread / max(roots)))
    return tuple(rows)


def of_samples(law: Any) -> Finding:
    """Every weight of one layer on a few data sets; x and -x reach sqrt 2."""
    with mpmath.workdps(30):
        return prove.truth(
            (
                (f"{label}: {mpmath.nstr(ratio, 8)}", ratio <= as_mpf(law(**at).high) + 1e-25)
                for label, at, ratio in small_data()
            ),
            predicted="at most n sqrt(w/(n-1))",
            found="E S_n over the largest E N^{1/2}, enumerated",
        )


@functools.cache
def planar() -> tuple[tuple[int, Any, Any], ...]:
    """(w, a, E T_w^{1/2}) for one unit by hand and two units by quadrature over the angle."""
    rows = []
    with mpmath.workdps(30):
        for text in ("0", "1/4", "-1", "-3"):
            s = as_mpf(sp.Rational(text))
            scale = mpmath.sqrt(2 / (1 + s**2))
            half = mpmath.pi / 2

            def size(t: Any, s: Any = s) -> Any:
                x, y = mpmath.cos(t), mpmath.sin(t)
                return mpmath.sqrt((x if x > 0 else s * x) ** 2 + (y if y > 0 else s * y) ** 2)

            angle = mpmath.quad(size, [0, half, 2 * half, 3 * half, 4 * half]) / (4 * half)
            one = scale * (1 + abs(s)) / 2 * mpmath.sqrt(2 / mpmath.pi)
            two = scale / mpmath.sqrt(2) * mpmath.sqrt(mpmath.pi / 2) * angle
            rows += [(1, sp.Rational(text), one), (2, sp.Rational(text), two)]
    return tuple(rows)


def root_of_the_factor(law: Any) -> Finding:
    """One and two units: E|phi(g)| by hand, E sqrt(phi(g)^2 + phi(h)^2) in polar coordinates."""
    with mpmath.workdps(25):
        unit = chi_mean(3) / mpmath.sqrt(3)
        return prove.close(
            (
                (
                    f"widths {(n, n)}, a = {s}",
                    law(widths=(n, n), slope=s, units=3),
                    root**2 * unit,
                )
                for n, s, root in planar()
            ),
            digits=10,
        )
