"""Proofs about the Fuss-Catalan spectrum: derivations, second roads, and the bound of its tail.

In the room: `derivation` (moments -> resolvent -> density -> tail) and `correction_derivation`
(the term of order 1/n), both for symbolic L; oracles that know no closed form (roots of the
resolvent equation, pairings, quadrature, exact moments at finite width); and the checks of
dg.product that compare a law with them.
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.degeneracy.fuss_catalan import (
    SQUARE,
    TAIL,
    L,
    fraction_below,
    log_square,
    phi,
    vanishing_bound,
)
from theory.maths import products, prove
from theory.schema import Finding, as_mpf

# --- derivations -----------------------------------------------------------------------------


def _reduced(expression: Any) -> Any:
    """Sines and cosines as exponentials, multiplied out: zero is then visible."""
    return sp.expand(sp.expand(expression).rewrite(sp.exp))


@functools.cache
def derivation() -> tuple[str, ...]:
    """The steps from the moments to the closed form, for symbolic L; empty if one of them fails."""
    t, angle = sp.Symbol("t"), sp.Symbol("A", real=True)  # A = L phi
    for depth in (1, 2, 5):  # B = sum of FC_k t^k solves B = 1 + t B^(L+1)
        series = sum(products.fuss_catalan(depth, k) * t**k for k in range(6))
        rest = sp.Poly(sp.expand(series - 1 - t * series ** (depth + 1)), t)
        if any(power < 6 for (power,) in rest.monoms()):
            return ()
    w = sp.sin(angle + phi) / sp.sin(angle) * sp.exp(sp.I * phi)
    w_minus_1 = sp.sin(phi) / sp.sin(angle) * sp.exp(sp.I * (angle + phi))
    if _reduced((w - 1 - w_minus_1) * sp.sin(angle)) != 0:
        return ()
    # density of log x on the cut is Im w / pi; d tail must be minus that times d log x
    log_x = (
        (L + 1) * sp.log(sp.sin((L + 1) * phi)) - sp.log(sp.sin(phi)) - L * sp.log(sp.sin(L * phi))
    )
    imaginary = sp.sin(angle + phi) * sp.sin(phi) / sp.sin(angle)
    slope = sp.diff(TAIL, phi) + imaginary / sp.pi * sp.diff(log_x, phi)
    slope = slope.subs((L + 1) * phi, angle + phi).subs(L * phi, angle)
    if _reduced(slope * sp.sin(angle) ** 2) != 0:
        return ()
    return (
        "moments: B(t) = sum FC_k t^k solves B = 1 + t B^(L+1) (t^0..t^5 at L = 1, 2, 5)",
        "w(z) = B(1/z) solves z = w^(L+1)/(w - 1)",
        "on the cut w = sin((L+1)phi)/sin(L phi) e^(i phi)",
        "and w - 1 = sin(phi)/sin(L phi) e^(i (L+1) phi)",
        "so z = x(phi) is real and the density of X is Im w/(pi x)",
        "d Pr(X > x)/d phi = (Im w/pi) d(-log x)/d phi: zero difference for all L, phi",
    )


w = sp.Symbol("w")


def level(depth: Any) -> Any:
    """z = w^(L+1)/(w - 1): the point at which 1 + (sum of moments over powers of z) is w."""
    return w ** (depth + 1) / (w - 1)


@functools.cache
def correction_derivation() -> tuple[str, ...]:
    """The steps to the first correction, for symbolic L; empty if one of them fails."""
    m, t = sp.symbols("m t")
    # one real Gaussian layer in front of a matrix with spectrum H: z = -1/m + int t/(1 + t m) dH,
    # dz/dm = D; its mean correction m^3 int t^2/(1 + t m)^3 dH / (m^2 D)^2 (Bai, Silverstein 2004)
    slope = sp.diff(-1 / m + t / (1 + t * m), m)  # linear in H: one atom t is enough
    source = t**2 / (1 + t * m) ** 3
    if sp.cancel(source + slope + m * sp.diff(slope, m) / 2) != 0:
        return ()
    # so the correction is -(1/D) d/dm log(m sqrt D); as G = g d log z/dw it is d/dw log(m sqrt D)
    z, below = level(L), level(L - 1)  # m = -1/below
    ratio = sp.diff(z, w) / sp.diff(below, w)
    if sp.simplify(below**2 * sp.diff(-1 / below, w) - sp.diff(below, w)) != 0:
        return ()  # D = z'/m' = z' below^2/below', so (m sqrt D)^2 is z'/below'
    # what the layers below left: -(int t/(1 + t m) dh)/D keeps G, so the layers add up
    whole = w**L * (L + 1 - L * w)
    if sp.simplify(sp.diff(level(L), w) / sp.diff(level(0), w) - whole) != 0:
        return ()
    if sp.simplify(ratio - w * (L + 1 - L * w) / (L - (L - 1) * w)) != 0:
        return ()
    g = sp.diff(sp.log(whole), w) / 2 / sp.diff(sp.log(level(L)), w)
    if sp.simplify(g - L * (L + 1) * (w - 1) ** 2 / (2 * (L + 1 - L * w) ** 2)) != 0:
        return ()
    return (
        "one layer adds d/dw log(m sqrt D) = (1/2) d/dw log(z_l'/z_(l-1)') to G = g d log z/dw",
        "the sum over layers telescopes: G = (1/2) d/dw log(z_L'/z_0')",
        "z_L'/z_0' = w^L (L + 1 - L w)",
        "g = sum of (1/n-coefficients of the moments) z^-k = L(L+1)(w-1)^2/(2(L+1-Lw)^2)",
        "mass of the correction above x: Im log[w^L (L+1-Lw)]/(2 pi) on the cut",
    )


# --- proofs ----------------------------------------------------------------------------------


def squeeze(law: Any) -> Finding:
    """Markov on the mean singular value, and Gautschi: (1/c)(L/2 + 1)^(-1/2)/Gamma(3/2) -> 0."""
    depth = sp.Symbol("L", positive=True)
    bound = 1 / (sp.sqrt(depth / 2 + 1) * sp.gamma(sp.Rational(3, 2)))  # times 1/c
    if sp.limit(bound, depth, sp.oo) != 0:
        return Finding(None, "", "", "the bound was not shown to vanish")
    facts, half = [], sp.Rational(1, 2)
    with mpmath.workdps(25):
        for size in (1, 10, 1000, 10**6):
            mean = products.fuss_catalan_number(size, as_mpf(half))
            ceiling = as_mpf(bound.subs(depth, size))
            facts.append((f"mean singular value below its bound at L = {size}", mean < ceiling))
            above = 1 - fraction_below(threshold=half, depth=size)
            facts.append((f"tail below the Markov bound at L = {size}", above <= 2 * mean))
            rate = vanishing_bound(threshold=half, depth=size)
            facts.append((f"tail below [1 + ln((L+1)/c^2) + ..]/(L+1) at L = {size}", above < rate))
            facts.append(
                (
                    f"L = {size}: the law is within the bound",
                    all(
                        abs(as_mpf(law(threshold=at, depth=size)) - 1) <= ceiling / as_mpf(at)
                        for at in (sp.Rational(1, 10), half, sp.Integer(2))
                    ),
                )
            )
    return prove.truth(
        ((label, bool(fact)) for label, fact in facts),
        predicted=f"limit {law(threshold=half, depth=1)} of the fraction below c = 1/2",
        found="1 - O(1/sqrt L) for every c, so the limit is 1",
        detail="the fraction above c is at most (mean singular value)/c; its order is (ln L)/L",
    )


def closed_form(law: Any) -> Finding:
    """The symbolic derivation, then the law at angles where both coordinates are exact numbers."""
    steps = derivation()
    if not steps:
        return Finding(None, "", "", "sympy did not reduce a step of the derivation")
    with mpmath.workdps(40):
        found = prove.close(
            (
                (
                    f"L = {depth}, phi = {share} pi/(L+1)",
                    law(threshold=mpmath.sqrt(as_mpf(SQUARE.subs(at))), depth=depth),
                    1 - as_mpf(TAIL.subs(at)),
                )
                for depth in (1, 2, 10, 100)
                for share in (sp.Rational(1, 5), sp.Rational(2, 3))
                for at in ({L: depth, phi: share * sp.pi / (depth + 1)},)
            ),
            digits=25,
        )
    return Finding(found.agrees, found.predicted, found.found, found.detail, (*steps, *found.steps))


@functools.cache
def resolvent_tails() -> tuple[tuple[int, Any, Any], ...]:
    """(L, c, Pr(sigma < c)) from the roots of w^(L+1) = z(w - 1), integrated from 0 to c^2.

    With x = y^(L+1), w = y v the equation is v^(L+1) - y v + 1 = 0, and density(x) dx is
    (L+1)/pi Im v dy: smooth down to zero.
    """

    def imaginary(y: Any, depth: int) -> Any:
        roots = mpmath.polyroots([1] + [0] * (depth - 1) + [-y, 1], maxsteps=200, extraprec=60)
        # the branch with w -> 1 at infinity reaches the cut with the smallest angle
        return mpmath.im(min((r for r in roots if mpmath.im(r) > 0), key=mpmath.arg))

    table = []
    with mpmath.workdps(18):
        for depth, at in ((1, "0.5"), (2, "0.5"), (2, "1.75"), (4, "1")):
            end = mpmath.mpf(at) ** (mpmath.mpf(2) / (depth + 1))
            area = mpmath.quad(
                lambda y, d=depth: imaginary(y, d), [0, end], method="gauss-legendre"
            )
            table.append((depth, mpmath.mpf(at), (depth + 1) * area / mpmath.pi))
    return tuple(table)


def by_resolvent(law: Any) -> Finding:
    """No angle and no closed form: numerical roots and quadrature; Marchenko-Pastur by hand."""
    with mpmath.workdps(25):
        rows = [
            (f"L = {depth}, c = {at}", law(threshold=at, depth=depth), total)
            for depth, at, total in resolvent_tails()
        ]
        quarter_circle = (mpmath.sqrt(3) / 2 + 2 * mpmath.asin(mpmath.mpf(1) / 2)) / mpmath.pi
        rows.append(("L = 1, c = 1: quarter circle", law(threshold=1, depth=1), quarter_circle))
    return prove.close(rows, digits=13, detail="root of the resolvent equation, integrated")


@functools.cache
def planar() -> tuple[tuple[int, int, int], ...]:
    """(L, k, number of pairings with the most free indices)."""
    return tuple((d, k, products.planar_count(k, d)) for k in (1, 2, 3, 4) for d in (1, 2, 3, 7))


def by_pairings(law: Any) -> Finding:
    """Wick's theorem: every pairing of every layer, those that survive n -> infinity counted."""
    return prove.cases(
        (f"L = {d}, k = {k}", law(depth=d, order=sp.Integer(k)), count) for d, k, count in planar()
    )


@functools.cache
def _integrated(depth: int, order: Any) -> Any:
    def integrand(e: Any) -> Any:  # e = pi - (L+1) phi
        angle = (mpmath.pi - e) / (depth + 1)
        if angle <= 0:
            return mpmath.mpf(0)
        imaginary = mpmath.sin(e) * mpmath.sin(angle) / mpmath.sin(e + angle)
        slope = (
            (depth + 1) ** 2 * mpmath.cot(e) + mpmath.cot(angle) - depth**2 * mpmath.cot(e + angle)
        ) / (depth + 1)
        power = mpmath.exp(as_mpf(order) * log_square(e, angle, mpmath.mpf(depth)))
        return power * imaginary * slope / mpmath.pi

    with mpmath.workdps(25):
        return mpmath.quad(integrand, [0, mpmath.pi])


def by_quadrature(law: Any) -> Finding:
    """E X^s for whole and broken s, by integrating the density in the angle."""
    with mpmath.workdps(25):
        return prove.close(
            (
                (f"L = {d}, s = {order}", as_mpf(law(depth=d, order=order)), _integrated(d, order))
                for d, order in (
                    (1, sp.Rational(1, 2)),
                    (10, sp.Rational(1, 2)),
                    (3, sp.Rational(3, 2)),
                    (4, sp.Integer(2)),
                )
            ),
            digits=15,
        )


def finite_width(law: Any) -> Finding:
    """Exact moments at finite n differ by O(1/n): order of the difference on n = 512..4096."""
    facts = []
    for k, depth in ((2, 3), (3, 2)):
        limit = sp.sympify(law(depth=depth, order=sp.Integer(k)))
        errors = [
            (float(n), float(products.moment((k,), n, depth) / n - limit))
            for n in (512, 1024, 2048, 4096)
        ]
        order = prove.slope(errors) if all(error for _, error in errors) else 0.0
        facts.append((f"k = {k}, L = {depth}: order {order:.3f}", abs(order + 1) < 0.02))
    return prove.truth(facts, predicted="difference of order -1 in n", found="order -1")


@functools.cache
def first_coefficients() -> tuple[tuple[int, int, Any], ...]:
    """(k, L, coefficient of 1/n in E tr S^k/n), from exact rational moments at many widths.

    The moment is a polynomial in 1/n of degree below k (L + 1): interpolated through that many
    widths and one more, which must lie on it.
    """
    rows = []
    y = sp.Symbol("y")
    for k, depth in ((2, 1), (2, 3), (3, 1), (3, 2), (4, 1)):
        points = []
        for width in range(1, k * (depth + 1) + 2):
            value = products.moment((k,), width, depth) / width
            points.append((sp.Rational(1, width), sp.Rational(value.numerator, value.denominator)))
        polynomial = sp.Poly(sp.interpolate(points[:-1], y), y)
        assert polynomial.eval(points[-1][0]) == points[-1][1]
        rows.append((k, depth, polynomial.coeff_monomial(y)))
    return tuple(rows)


def by_first_coefficients(law: Any) -> Finding:
    """Integral of x^k against n (law - wide limit), on Gauss nodes in phi, is the 1/n-moment."""
    steps = correction_derivation()
    if not steps:
        return Finding(None, "", "", "sympy did not reduce a step of the derivation")
    width, rows = 7, []
    with mpmath.workdps(16):
        nodes = mpmath.calculus.quadrature.GaussLegendre(mpmath.mp).calc_nodes(4, 70)
        for k, depth, exact in first_coefficients():
            end = mpmath.pi / (depth + 1)
            total = mpmath.mpf(0)
            for position, weight in nodes:
                angle = (position + 1) / 2 * end
                e = mpmath.pi - (depth + 1) * angle
                square = mpmath.exp(log_square(e, angle, depth))
                slope = (depth + 1) ** 2 * mpmath.cot(-e) - mpmath.cot(angle)
                slope -= depth**2 * mpmath.cot(depth * angle)  # d log x / d phi
                at = {"threshold": mpmath.sqrt(square), "depth": depth}
                excess = width * (law(**at, width=width) - fraction_below(**at))
                # integral of x^k dh = integral of k x^(k-1) h(> x) dx, h(> x) = -excess
                total += weight * end / 2 * k * square**k * slope * excess
            rows.append((f"k = {k}, L = {depth}", total, exact))
        found = prove.close(rows, digits=10, detail="against exact Wick moments at finite n")
    return Finding(found.agrees, found.predicted, found.found, found.detail, (*steps, *found.steps))


def below_one(law: Any) -> Finding:
    """F(c, L + 1) lies in the law's range for c up to 1, L = 1..12."""
    facts = []
    for at in (sp.Rational(1, 10), sp.Rational(1, 2), sp.Integer(1)):
        for depth in range(1, 13):
            value = fraction_below(threshold=at, depth=depth + 1)
            allowed = law(threshold=at, depth=depth)
            inside = allowed.low < value < allowed.high
            facts.append((f"c = {at}, L = {depth}: F rises to {mpmath.nstr(value, 6)}", inside))
    return prove.truth(
        facts, predicted="F(c, L) < F(c, L+1)", found="36 increases", detail="c <= 1"
    )


def beyond_one(law: Any) -> Finding:
    """The smallest counterexample: c = 2, the edge of one matrix, passed by two."""
    edges = [sp.Rational((depth + 1) ** (depth + 1), depth**depth) for depth in (1, 2)]
    one, two = (fraction_below(threshold=2, depth=depth) for depth in (1, 2))
    allowed = law(threshold=2, depth=1)
    if edges != [4, sp.Rational(27, 4)] or one != 1:
        return Finding(None, "", "", "the edges are not 4 and 27/4")
    return Finding(
        bool(allowed.low <= two <= allowed.high),
        f"F(2, 2) between {mpmath.nstr(allowed.low, 6)} and {mpmath.nstr(allowed.high, 6)}",
        f"F(2, 2) = {mpmath.nstr(two, 10)}, below F(2, 1) = 1",
        "all x <= 4 = 2^2 for one matrix; for two the support reaches 27/4, with positive density",
    )
