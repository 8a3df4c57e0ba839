"""Residual blocks y' = sqrt(1-e) y + sqrt(e) W' phi_a(W y) with He variances: moments by two roads.

Given y, W y is Gaussian whatever the direction of y, so W' phi_a(W y) is Gaussian with variance
tau |y|^2/w per unit, tau = 2/((1+a^2) h) sum_j phi_a(g_j)^2 over the h hidden units. No claim is
made here (see disc_skip_relu.py).
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Finding
from theory.symbols import a, w
from theory.vanishing_variance.recursion import anisotropy
from theory.vanishing_variance.residual_blocks import e

h = sp.Symbol("h", integer=True, positive=True)


def excess(share: Any, width: Any, hidden: Any, slope: Any) -> Any:
    """Var(|y'|^2/|y|^2) of one block: 4e(1-e)/w + e^2 ((1 + (3r-1)/h)(1 + 2/w) - 1).

    >>> excess(1, 10, 20, 0), excess(sp.Rational(1, 2), 10, 20, 1)
    (1/2, 9/50)
    """
    share, width, hidden = (sp.sympify(prove.exact(x)) for x in (share, width, hidden))
    r = anisotropy(sp.sympify(prove.exact(slope)))
    of_branch = (1 + (3 * r - 1) / hidden) * (1 + 2 / width) - 1
    return 4 * share * (1 - share) / width + share**2 * of_branch


def kurtosis(width: Any, hidden: Any, slope: Any, shares: Sequence[Any]) -> Any:
    """kappa_d of a unit, N(0, I) inputs: 3 prod (1 + excess)."""
    return 3 * sp.prod([1 + excess(share, width, hidden, slope) for share in shares])


@functools.cache
def moments_of_ratio() -> tuple[Any, Any]:
    """(E T, E T^2), T = |sqrt(1-e) u + sqrt(e tau/w) g|^2 with |u| = 1, from tau, g and phi alone.

    T = 1-e + 2 sqrt(e(1-e) tau/w) z + (e tau/w)(z^2 + R), z = u.g, R a chi-square of w - 1 degrees.
    """
    x, root, z, rest, mixed = sp.symbols("x s z R t")  # s = sqrt(tau), t = sqrt(e(1-e)/w)
    density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    of_phi = [
        (1 + a**p) * sp.integrate(x**p * density, (x, 0, sp.oo)) for p in (2, 4)
    ]  # phi_a is x on one side and a x on the other
    second = (h * of_phi[1] + h * (h - 1) * of_phi[0] ** 2) / (h * of_phi[0]) ** 2
    of_tau = {0: sp.Integer(1), 2: sp.Integer(1), 4: second}
    of_rest = (sp.Integer(1), w - 1, (w - 1) * (w + 1))
    ratio = 1 - e + 2 * mixed * root * z + e / w * root**2 * (z**2 + rest)

    def mean(power: int) -> Any:
        terms = sp.Poly(sp.expand(ratio**power), root, z, rest).terms()
        total = sum(
            c * of_tau[i] * sp.factorial2(j - 1) * of_rest[k]
            for (i, j, k), c in terms
            if j % 2 == 0
        )
        return sp.cancel(total.subs(mixed**2, e * (1 - e) / w))

    return mean(1), mean(2)


def by_moments(law: Any) -> Finding:
    """E T^2 of one block for all shares, widths and slopes, and products of two blocks."""
    first, second = moments_of_ratio()
    at = {"width": w, "hidden": h, "slope": a}
    one, two = (law(**at, shares=(e,) * k) for k in (1, 2))  # rational functions: cancel decides
    return prove.truth(
        [
            ("E T = 1", first == 1),
            ("one block: 3 E T^2", sp.cancel(one - 3 * second) == 0),
            ("two blocks: 3 (E T^2)^2", sp.cancel(two - one**2 / 3) == 0),
        ],
        predicted="3 prod (1 + Var T)",
        found="moments of phi_a(g), of a normal and of a chi-square, for all e, w, h and a",
    )


def block(past: en.Joint, skip: int, hidden: int, slope: Fraction) -> en.Joint:
    """Law of skip y + W' phi(W y), iid entries of kurtosis 3 on {-1, 0, 1}: every matrix visited.

    Given what they read, units of one layer are iid, so one row of each matrix suffices.
    """
    phi = en.leaky(slope)
    result: en.Joint = defaultdict(Fraction)
    for y, p in past.items():
        for active, q in en.next_layer(
            {y: Fraction(1)}, hidden, en.GAUSS_LIKE, lambda v: v
        ).items():
            read = {tuple(phi(v) for v in active): p * q}
            for out, r in en.next_layer(read, len(y), en.GAUSS_LIKE, lambda v: v).items():
                result[tuple(skip * v + m for v, m in zip(y, out, strict=True))] += r
    return dict(result)


@functools.cache
def enumerated() -> tuple[tuple[dict[str, Any], Fraction], ...]:
    """(arguments of the law, kurtosis of a unit) of small literal networks, in fractions.

    A branch multiplies the variance by w h (1 + a^2)/18. Of W, W' and the inputs no moment beyond
    the fourth enters, and signs of hidden units only by symmetry: {-1, 0, 1} stand for Gaussians.
    """
    found = []
    cases = itertools.chain(
        ((1, 1, slope, (1, 2)) for slope in (Fraction(0), Fraction(1, 2))),
        ((2, 1, Fraction(0), (1,)), (2, 2, Fraction(0), (1,)), (1, 2, Fraction(-1, 3), (0, 1))),
    )
    for width, hidden, slope, skips in cases:
        joint = en.iid(en.GAUSS_LIKE, width)
        for skip in skips:
            joint = block(joint, skip, hidden, slope)
        branch = Fraction(width * hidden, 18) * (1 + slope**2)
        shares = tuple(branch / (skip**2 + branch) for skip in skips)
        at = {"width": width, "hidden": hidden, "slope": slope, "shares": shares}
        found.append((at, en.unit_kurtosis(joint)))
    return tuple(found)


def by_enumeration(law: Any) -> Finding:
    """Every weight matrix and input of small residual networks, in fractions."""
    return prove.cases((str(at), law(**at), found) for at, found in enumerated())
