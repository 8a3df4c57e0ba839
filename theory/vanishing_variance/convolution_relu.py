"""Second moments of He convolutions with a ReLU, Gaussian kernels: pairs of pixels share weights.

y' = K * relu(y) on a circle of n pixels, k <= n taps, C channels, entries of K of variance 2/(kC).
Given y, one channel of y' is a Gaussian field with covariance G(p, p'), not an iid vector: two
pixels are both positive with probability 1/4 + arcsin(rho)/(2 pi), rho = G(p, p')/sqrt(G(p, p)
G(p', p')) >= 0 a function of the magnitudes below. With

    K2(rho) = E relu(x)^2 relu(y)^2 = (3 sin t cos t + (pi - t)(1 + 2 cos^2 t))/(2 pi), t = acos rho

K2 >= 1/4 + 5 rho^2/4 on [0, 1]: equal at both ends, and the difference is concave, as
K2'' = 4 P(both positive) = 1 + 2 arcsin(rho)/pi < 5/2. No claim is made here.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.maths.gaussian import expect, leaky_pair_quadrature
from theory.schema import Bounds, Finding, as_mpf
from theory.symbols import rho

k = sp.Symbol("k", integer=True, positive=True)
C = sp.Symbol("C", integer=True, positive=True)
ANGLE = sp.pi / 2 - sp.asin(rho)
K2 = (3 * sp.sqrt(1 - rho**2) * rho + (sp.pi - ANGLE) * (1 + 2 * rho**2)) / (2 * sp.pi)
TWO_PIXELS = 3 * (sp.Rational(57, 4) + 8 / sp.pi**2)
"""kappa_2 of one channel, two pixels, two taps."""
OF_PAIRS = (k - 1) * (4 * K2.subs(rho, 1 / sp.pi) - 1) / k
"""What pairs of pixels of one channel add."""
WIDE = 5 / k + OF_PAIRS + 5 * (2 * k**2 + 1) / (3 * k**3)
"""C (kappa_2/3 - 1) of many channels, n >= 2k - 1."""


OF_RELU = (1, 1 / sp.sqrt(2 * sp.pi), sp.Rational(1, 2), sp.sqrt(2 / sp.pi), sp.Rational(3, 2))
"""E relu(x)^j, j = 0, .., 4."""


@functools.cache
def _of_one_channel(kernel: int, distance: int) -> Any:
    pairs = itertools.product(range(kernel), repeat=2)
    read = (Counter((m, m + distance, other, other + distance)) for m, other in pairs)
    alike = Counter(tuple(sorted(counts.values())) for counts in read)
    return sp.Add(*(n * sp.prod([OF_RELU[j] for j in powers]) for powers, n in alike.items()))


def same_kernel(kernel: int, distance: int, channels: Any) -> Any:
    """N(r) = E G(0, r)^2 of the first layer, iid N(0, 1) inputs, r > 0; exact.

    Of one channel: every pair of taps, positions counted; of two: E relu = 1/sqrt(2 pi) four times.
    """
    one = _of_one_channel(kernel, distance)
    two = kernel**2 * OF_RELU[1] ** 4
    return 4 * (channels * one + channels * (channels - 1) * two) / (kernel * channels) ** 2


def second_layer(
    kernel: int, channels: Any, *, low: int = 5, high: int = 5, shared: Any = same_kernel
) -> Bounds:
    """kappa_2, n >= 2k - 1: M + 5N <= A <= M + 5 sqrt(M N) for two pixels of one channel.

    K2 is convex, hence below the chord 1/4 + 5 rho/4; Cauchy-Schwarz for E sqrt(GG) G(0, r).
    """
    ends = []
    for upper in (False, True):
        total = sp.Integer(0)
        for r in range(kernel):
            pairs = kernel if r == 0 else 2 * (kernel - r)
            m = 1 + sp.Rational(5 * (kernel - r), kernel**2) / channels
            if r == 0:
                same = 6 * m
            else:
                n = shared(kernel, r, channels)
                same = m + (high * sp.sqrt(m * n) if upper else low * n)
            total += pairs * (channels * same + channels * (channels - 1) * m)
        ends.append(3 * total / (kernel * channels) ** 2)
    return Bounds(*ends)


def of_two_channels(kernel: int, distance: int, channels: Any) -> Any:
    """A wrong N(r), for a mutant: pairs of taps of one channel left out."""
    return (channels - 1) / (2 * sp.pi) ** 2 * sp.Integer(4) / channels


def no_slower(law: Any) -> Finding:
    """One channel. A(r) = 4 E relu(y(0))^2 relu(y(r))^2 of a layer, N(r) = E G(0, r)^2.

    A >= M + 5N with M(r) = E G(0, 0) G(r, r), by the bound of K2. One layer up M'(r) is the mean of
    A(r + m' - m) over pairs of taps, and N'(r) >= A(r)/k as all terms are >= 0. So A >= q^l at
    every distance gives A' >= q^l (1 + 5/k). A(0) = 6 M(0), and k of the k^2 pairs coincide:
    M(0) >= q^l gives M'(0) >= (6k + k^2 - k) q^l/k^2, and kappa = 3 M(0).
    """
    gap = K2 - sp.Rational(1, 4) - 5 * rho**2 / 4
    curvature = sp.diff(gap, rho, 2)
    q, pairs = sp.Symbol("q", positive=True), (6 * k + k**2 - k) / k**2
    ends = [law(kernel=k, channels=1, depth=depth).low for depth in (0, 1, 2)]
    first = 3 * 4 * (k * sp.Rational(3, 2) + k * (k - 1) * sp.Rational(1, 4)) / k**2
    return prove.identities(
        [
            ("K2 at 0", gap.subs(rho, 0)),
            ("K2 at 1", gap.subs(rho, 1)),
            ("concave: 2 arcsin/pi - 3/2 < 0", sp.simplify(curvature) - 2 * sp.asin(rho) / sp.pi
             + sp.Rational(3, 2)),
            ("pairs at a distance", q + 5 * q / k - q * (1 + 5 / k)),
            ("coinciding pairs", pairs - 1 - 5 / k),
            ("no layer", ends[0] - 3),
            ("one layer, equal: moments of relu of iid inputs", ends[1] - first),
            ("each further layer", ends[2] - ends[1] * (1 + 5 / k)),
        ],
        predicted="kappa_d >= 3 (1 + 5/k)^d",
        found="induction over layers, for all n >= k and d",
    )  # fmt: skip


def two_pixels_larger(law: Any) -> Finding:
    """Two pixels, two taps, two layers: the exact value is above the bound."""
    low = law(kernel=2, channels=1, depth=2).low
    return prove.truth(
        [(f"{TWO_PIXELS.evalf(6)} is at least {low}", bool(low <= TWO_PIXELS))],
        predicted=f"kappa_2 >= {low}",
        found="3 (57/4 + 8/pi^2)",
    )


def two_taps_many_channels(law: Any) -> Finding:
    """C (kappa_2/3 - 1) as C grows, two taps: below the law's."""
    needed = sp.limit(C * (law(kernel=2, channels=C, depth=2).low / 3 - 1), C, sp.oo)
    found = WIDE.subs(k, 2)
    return prove.truth(
        [(f"{sp.N(found, 6)} is at least {needed}", bool(found >= needed))],
        predicted=f"C (kappa_2/3 - 1) -> {needed} at least",
        found=f"{sp.N(found, 8)}",
        detail="the second layer of many channels",
    )


def by_quadrature(law: Any) -> Finding:
    """E q^2 (3 + 2 K2(rho)) of two N(0, 1) pixels, K2 by quadrature: q = u^2 + v^2, rho = 2uv/q.

    Both positive: u, v = R (cos t, sin t), E R^4 = 8, rho = sin 2t; one positive: rho = 0.
    """
    with mpmath.workdps(15):
        one = 2 * expect(lambda z: max(z, 0) ** 4) / 2
        none = 3 + 2 * leaky_pair_quadrature(0, 0, 2)

        def both(t: Any) -> Any:
            correlation = min(mpmath.sin(2 * t), 1 - mpmath.mpf("1e-14"))
            return 3 + 2 * leaky_pair_quadrature(0, correlation, 2)

        # symmetric around pi/4
        mean = 2 * mpmath.quad(both, [0, mpmath.pi / 4], maxdegree=4) * 8 / (2 * mpmath.pi)
        return prove.close(
            [("two layers", law(depth=2), 3 * (one * none + mean)),
             ("one layer", law(depth=1), 3 * none)],
            digits=8,
            detail="kernel and angle by quadrature",
        )  # fmt: skip


def in_closed_form(law: Any) -> Finding:
    """The mean of K2(cos t) over t in (0, pi/2) by sympy: 3/4 + 2/pi^2."""
    t = sp.Symbol("t", positive=True)
    kernel = (3 * sp.sin(t) * sp.cos(t) + (sp.pi - t) * (1 + 2 * sp.cos(t) ** 2)) / (2 * sp.pi)
    mean = sp.integrate(sp.expand(kernel), (t, 0, sp.pi / 2)) * 2 / sp.pi
    one = sp.Rational(3, 2) * sp.Rational(7, 2)  # one pixel positive, with probability 1/2
    return prove.identities(
        [
            ("two layers", law(depth=2) - 3 * (one + 2 * (3 + 2 * mean))),
            ("one layer", law(depth=1) - 3 * sp.Rational(7, 2)),
            ("no layer", law(depth=0) - 3),
        ],
        predicted="3 (57/4 + 8/pi^2)",
        found="the integral over the angle",
    )


def over_pairs(law: Any) -> Finding:
    """M_2 = (kC)^-2 sum over pairs of (channel, tap), positions counted, C to infinity.

    First layer: E G(p, p) G(p', p') = 1 + 5 (positions both read)/(k^2 C); the same channel at two
    pixels has 4 K2(rho) in its place, rho -> E relu relu/E relu^2 = 1/pi by the law of large
    numbers; the same unit 6 E G^2.
    """
    facts = []
    for taps in (1, 2, 3, 5):
        total = sp.Integer(0)
        for m in range(taps):
            for other in range(taps):
                shared = len({m + i for i in range(taps)} & {other + i for i in range(taps)})
                pair = 1 + sp.Rational(5 * shared, taps**2) / C
                same = 6 * pair if m == other else 4 * K2.subs(rho, 1 / sp.pi)
                total += C * same + C * (C - 1) * pair
        found = sp.limit(sp.expand(C * (total / (taps * C) ** 2 - 1)), C, sp.oo)
        facts.append((f"{taps} taps", law(kernel=taps) - found))
    return prove.identities(
        facts, predicted="C (kappa_2/3 - 1)", found="every pair of positions, C to infinity"
    )


def between(law: Any) -> Finding:
    """The ends as C grows: 4 K2(rho) - 1 replaced by 5 rho^2 and 5 rho at rho = 1/pi; convexity."""
    second = sp.simplify(sp.diff(K2, rho, 2))
    facts = [("convex: K2'' = 1 + 2 arcsin/pi >= 1", second - 1 - 2 * sp.asin(rho) / sp.pi)]
    for taps in (1, 2, 3):
        ends = law(kernel=taps, channels=C)
        rest = (WIDE - OF_PAIRS).subs(k, taps)
        for end, added in ((ends.low, 5 / sp.pi**2), (ends.high, 5 / sp.pi)):
            found = sp.limit(C * (end / 3 - 1), C, sp.oo)
            facts.append((f"{taps} taps", found - rest - sp.Rational(taps - 1, taps) * added))
    return prove.identities(
        facts, predicted="both ends up to 1/C", found="K2 between a parabola and a chord"
    )


@functools.cache
def literal_moments(taps: int, distance: int, channels: int) -> tuple[Any, Any]:
    """E G(0, 0) G(r, r) and E G(0, r)^2: G written out over its inputs, term by term."""
    relu = sp.symbols(f"x:{channels * (taps + distance)}", nonnegative=True)

    def covariance(a: int, b: int) -> Any:
        return sp.Rational(2, taps * channels) * sp.Add(
            *(
                relu[c * (taps + distance) + a + m] * relu[c * (taps + distance) + b + m]
                for c in range(channels)
                for m in range(taps)
            )
        )

    def half(power: int) -> Any:  # int_0^oo x^j e^(-x^2/2)/sqrt(2 pi), and the atom at 0
        if power == 0:
            return sp.Integer(1)
        return sp.sqrt(2) ** power * sp.gamma(sp.Rational(power + 1, 2)) / sp.sqrt(sp.pi) / 2

    def mean(product: Any) -> Any:
        terms = sp.Poly(product, *relu).terms()
        return sp.Add(*(factor * sp.prod([half(j) for j in powers]) for powers, factor in terms))

    there = covariance(distance, distance)
    return mean(covariance(0, 0) * there), mean(covariance(0, distance) ** 2)


def _of_every_pair(taps: int, channels: int, *, upper: bool) -> Any:
    """3 times the mean over ordered pairs of the kC units that an output reads."""
    units = tuple(itertools.product(range(channels), range(taps)))
    total = sp.Integer(0)
    for (a, m), (b, other) in itertools.product(units, repeat=2):
        both, shared = literal_moments(taps, abs(m - other), channels)
        same = both + 5 * (sp.sqrt(both * shared) if upper else shared)
        total += 6 * both if (a, m) == (b, other) else same if a == b else both
    return 3 * total / len(units) ** 2


@functools.cache
def two_taps_by_quadrature() -> Any:
    """kappa_2 of one channel, two taps, n >= 3: 3 (6 M(0) + A(1))/2, inputs p, q, s of relu.

    G(0, 0) = p^2 + q^2, G(1, 1) = q^2 + s^2, G(0, 1) = q (p + s); which are positive is one of 8
    cases. Given it, E R^4 = 15 (three), 8 (two) or 3, and an average over directions.
    """

    def at(p: Any, q: Any, s: Any) -> Any:
        first, last = p * p + q * q, q * q + s * s
        correlation = min(q * (p + s) / mpmath.sqrt(first * last), mpmath.mpf(1))
        t = mpmath.acos(correlation)
        kernel = 3 * mpmath.sin(t) * correlation + (mpmath.pi - t) * (1 + 2 * correlation**2)
        return 4 * first * last * kernel / (2 * mpmath.pi)

    def octant(z: Any, a: Any) -> Any:
        level = mpmath.sqrt(1 - z * z)
        return at(level * mpmath.cos(a), z, level * mpmath.sin(a))

    with mpmath.workdps(15):
        right = mpmath.pi / 2
        three = 15 * 2 * mpmath.quad(octant, [0, 1], [0, right / 2], maxdegree=2) / right
        two = 8 * mpmath.quad(lambda a: at(mpmath.cos(a), mpmath.sin(a), 0), [0, right]) / right
        pair = three / 8 + 2 * two / 8 + mpmath.mpf(1) / 8  # p, s without q: 4 p^2 s^2/4
        pair += 3 * at(0, 1, 0) / 8  # q alone: E q^4 = 3
        return 3 * (6 * as_mpf(literal_moments(2, 0, 1)[0]) + pair) / 2


def few_channels(law: Any) -> Finding:
    """The ends at one and two channels from literal sums; their order up to 12 taps."""

    def facts() -> Iterator[tuple[str, bool | None]]:
        for taps, channels in ((1, 1), (2, 1), (3, 1), (1, 2), (2, 2)):
            ends = law(kernel=taps, channels=channels)
            for end, upper in ((ends.low, False), (ends.high, True)):
                found = _of_every_pair(taps, channels, upper=upper)
                label = f"{taps} taps, {channels} channels, {'high' if upper else 'low'}"
                yield f"{label} = {sp.N(found, 6)}", prove.is_zero(end - found)
        ends, exact = law(kernel=2, channels=1), two_taps_by_quadrature()
        inside = as_mpf(ends.low) < exact < as_mpf(ends.high)
        yield f"2 taps, 1 channel: {mpmath.nstr(exact, 6)} inside", bool(inside)
        for taps in range(1, 13):
            for channels in (1, 2, 32, 1000):
                ends = law(kernel=taps, channels=channels)
                ordered = as_mpf(ends.low) <= as_mpf(ends.high) * (1 + 4 * mpmath.eps)
                yield f"{taps} taps, {channels} channels: low <= high", bool(ordered)

    return prove.truth(facts(), predicted="both ends", found="literal sums over taps and channels")
