"""The scale of a signal after L layers: its mean over networks, and the drift of one network's.

A layer of N units multiplies the squared scale by sigma_w^2 mu_1 T, E T = 1: T is chi^2_N/N
(linear) or 2 chi^2_K/N with K ~ Bin(N, 1/2) active units (ReLU). In the room: (sigma_w^2 mu_1)^L,
L E log(sigma_w^2 mu_1 T), and the proofs of both. No claim is made here (see sec4_conditions.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration, log_factors, prove
from theory.schema import Finding
from theory.vanishing_nodes.effective_nodes import as_sympy, rational
from theory.vanishing_nodes.scales import kept, slope_sq, sums


def mean_scale(gain: Any, mu_1: Any, depth: Any) -> Fraction:
    """E of the squared scale over networks, from 1: (sigma_w^2 mu_1)^L."""
    return kept(gain, mu_1, depth)


def _log_gain(gain: Any, slope: int) -> sp.Expr:
    return sp.log(as_sympy(rational(gain)) * (1 if slope == 1 else sp.Rational(1, 2)))


def unbiased(width: Any, depth: Any, gain: Any, slope: Any) -> sp.Expr:
    """L log(sigma_w^2 mu_1): the log-scale if every network followed the mean."""
    return int(depth) * _log_gain(gain, slope)


def typical(width: Any, depth: Any, gain: Any, slope: Any) -> sp.Expr:
    """E log of the squared scale after L layers, given that the network is alive. Exact.

    >>> typical(2, 3, 1, 1), typical(1, 1, 2, 0)
    (-3*EulerGamma, -EulerGamma)
    """
    fair = sp.log(sp.Rational(2 if slope == 1 else 4, int(width)))
    drift = fair + log_factors.log_mean(int(width), all_active=slope == 1)
    return sp.expand(int(depth) * (_log_gain(gain, slope) + drift))


def of_trace(units: Any, vni: Any, spread: Any) -> Fraction:
    """Var(tr C'/E tr C') = (2 q R + q - 1)/m of one layer of m units, R the VNI of C. Exact.

    Half of it is the fall of E log tr C in that layer to first order in 1/m, so with tau = q L/N
    d E log tr C = -E R dtau - (q-1)/(2N) dL: the second term is the noise of the masks.

    >>> of_trace(4, 1, 2), of_trace(4, Fraction(1, 2), 1)
    (Fraction(5, 4), Fraction(1, 4))
    """
    q = rational(spread)
    return (2 * q * rational(vni) + q - 1) / int(units)


SLOPES = (  # squares of the slopes of a unit with their chances, of mean 1: q = 1, 2 and 59/32
    {Fraction(1): Fraction(1)},
    {Fraction(0): Fraction(1, 2), Fraction(2): Fraction(1, 2)},
    {Fraction(1, 4): Fraction(3, 5), Fraction(17, 8): Fraction(2, 5)},
)
BELOW = (((1, 2), (3, -1)), ((1, 0), (0, 1)), ((2, 4), (1, 2)))  # Jacobians of what is below


def every_trace(law: Any) -> Finding:
    """All weights of fourth moment 3 and all slopes of one layer: tr(D W C W^T D), C = J J^T."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for j, (units, kind) in itertools.product(BELOW, ((1, 0), (2, 0), (1, 1), (2, 1), (1, 2))):
            slopes = SLOPES[kind]
            spread = sum(p * s**2 for s, p in slopes.items())
            (a, b), (c, d) = j
            cov = ((a * a + b * b, a * c + b * d), (a * c + b * d, c * c + d * d))
            trace = cov[0][0] + cov[1][1]
            vni = Fraction(sum(x * x for row in cov for x in row), trace**2)
            first = second = Fraction(0)
            for w, p in enumeration.matrices(units, 2, enumeration.GAUSS_LIKE):
                grown = [sum(cov[x][y] * row[x] * row[y] for x in (0, 1) for y in (0, 1))
                         for row in w]  # fmt: skip
                for chosen in itertools.product(slopes.items(), repeat=units):
                    chance = p
                    for _, own in chosen:
                        chance *= own
                    t = sum(s * k for (s, _), k in zip(chosen, grown, strict=True))
                    first, second = first + chance * t, second + chance * t**2
            yield (
                f"J = {j}, {units} units, q = {spread}, R = {vni}",
                law(units=units, vni=vni, spread=spread),
                second / first**2 - 1,
            )

    return prove.cases(rows())


def iff(law: Any) -> Finding:
    """(sigma_w^2 mu_1)^L over all networks of +-1 weights; it is 1 for every L only at 1."""

    def facts() -> Iterator[tuple[str, bool]]:
        for widths, gain in itertools.product(
            ((1, 1, 1, 1), (3, 3), (3, 1, 3)), (Fraction(9, 5), Fraction(2), Fraction(1, 3))
        ):
            depth = len(widths) - 1
            found = gain**depth * sums(widths, False).out_sq
            same = law(gain=gain, mu_1=slope_sq(False), depth=depth) == found
            yield f"widths {widths}, sigma_w^2 = {gain}: {found}", same
        for gain in (Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(11, 10), Fraction(2)):
            stays = all(law(gain=gain, mu_1=1, depth=depth) == 1 for depth in (1, 7, 50))
            yield f"sigma_w^2 mu_1 = {gain} keeps the mean: {gain == 1}", stays == (gain == 1)

    return prove.truth(
        facts(), predicted="(sigma_w^2 mu_1)^L", found="all networks, mean over them"
    )


def wide_limit(law: Any) -> Finding:
    """E log(chi^2_N/N) = psi(N/2) - log(N/2) -> 0 for N -> infinity; N E log T -> -5/2, ReLU."""
    half = sp.Symbol("n", positive=True)  # N/2
    linear = sp.limit(sp.digamma(half) - sp.log(half), half, sp.oo)

    def facts() -> Iterator[tuple[str, bool]]:
        for gain in (1, Fraction(3, 2)):
            found = sp.simplify(law(width=10**4, depth=5, gain=gain, slope=1) - 5 * sp.log(
                as_sympy(Fraction(gain))) - 5 * linear)  # fmt: skip
            yield f"linear, sigma_w^2 = {gain}: 5 log sigma_w^2 in the limit", found == 0
        relu = [float(typical(w, 1, 2, 0)) * w for w in (125, 250, 500)]
        yield f"ReLU: N times the drift {relu} -> -5/2", abs(relu[-1] + 2.5) < abs(relu[0] + 2.5)
        yield "ReLU at sigma_w^2 mu_1 = 1: 0", law(width=500, depth=1, gain=2, slope=0) == 0

    return prove.truth(facts(), predicted="L log(sigma_w^2 mu_1)", found="the limit of wide layers")


def two_units(law: Any) -> Finding:
    """Two linear units, sigma_w^2 = 1: T = chi^2_2/2, its E log by the Gamma integral."""
    k = sp.Symbol("k", positive=True)
    found = sp.expand(log_factors.log_chi2()[0].subs(k, 2) - sp.log(2))
    return prove.cases([("N = 2, L = 1", law(width=2, depth=1, gain=1, slope=1), found)])


def by_density(law: Any) -> Finding:
    """The number of active units and the density of chi^2_k, integrated exactly."""
    return prove.cases(
        (
            f"N = {n}, L = {depth}, slope {slope}, sigma_w^2 = {gain}",
            law(width=n, depth=depth, gain=gain, slope=slope),
            depth * (log_factors.mixture(n, slope)[0] + _log_gain(gain, slope)),
        )
        for n, depth, slope, gain in (
            (1, 1, 1, 1), (2, 3, 1, 2), (5, 1, 1, Fraction(1, 2)), (1, 2, 0, 2), (4, 1, 0, 2),
            (7, 5, 0, 3),
        )
    )  # fmt: skip


def leading_drift(width: int, depth: int, slope: int) -> Fraction:
    """L Var T/2 = L (3q - 1)/(2N), q = mu_2/mu_1^2: 1 for linear networks, 2 for ReLU."""
    return Fraction(depth * (2 if slope == 1 else 5), 2 * width)
