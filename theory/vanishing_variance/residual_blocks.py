"""Linear residual blocks y' = sqrt(1-e) y + sqrt(e) W y: their moments by two roads.

Given y, the new y' is Gaussian around sqrt(1-e) y with variance e |y|^2/w per unit, so
|y'|^2/|y|^2 = (e/w) times a noncentral chi-square of w degrees and noncentrality w (1-e)/e: mean 1,
variance 2e(2-e)/w, whatever y is. No claim is made here (see disc_skip.py).
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
from theory.symbols import w

e = sp.Symbol("e", nonnegative=True)


def excess(share: Any, width: Any) -> Any:
    """Var(|y'|^2/|y|^2) of one block.

    >>> excess(1, 10), excess(sp.Rational(1, 2), 10)
    (1/5, 3/20)
    """
    share = sp.sympify(share)
    return 2 * share * (2 - share) / sp.sympify(width)


def kurtosis(width: Any, shares: Sequence[Any]) -> Any:
    """kappa_d of a unit, N(0, I) inputs: 3 prod (1 + 2 e_l (2 - e_l)/w)."""
    return 3 * sp.prod([1 + excess(prove.exact(share), width) for share in shares])


def noncentral(width: Any) -> tuple[Any, Any]:
    """(E T, E T^2), T = |sqrt(1-e) u + sqrt(e/w) g|^2 with |u| = 1, from the moments of g alone.

    T = 1-e + 2 sqrt(e(1-e)/w) z + (e/w)(z^2 + r): z = u.g standard normal, r the square of the rest
    of g, a chi-square of w - 1 degrees independent of z.
    """
    z, rest = sp.symbols("z r")
    root = sp.sqrt(e * (1 - e) / width)
    ratio = 1 - e + 2 * root * z + e / width * (z**2 + rest)
    of_rest = (sp.Integer(1), width - 1, (width - 1) * (width + 1))

    def mean(power: int) -> Any:
        terms = sp.Poly(sp.expand(ratio**power), z, rest).terms()
        return sp.expand(
            sum(
                coefficient * sp.factorial2(i - 1) * of_rest[j]
                for (i, j), coefficient in terms
                if i % 2 == 0
            )
        )

    return mean(1), mean(2)


def by_moments(law: Any) -> Finding:
    """E T^2 of one block for every share and width, and products of two and three blocks."""
    first, second = noncentral(w)
    return prove.identities(
        [("E T = 1", first - 1)]
        + [(f"{k} blocks", law(width=w, shares=(e,) * k) - 3 * second**k) for k in (1, 2, 3)],
        predicted="3 prod (1 + 2e(2-e)/w)",
        found="moments of a normal and of a chi-square, for all e and w",
    )


def block(past: en.Joint, skip: int) -> en.Joint:
    """Law of skip y + W y, W of iid entries of kurtosis 3 on {-1, 0, 1}: every matrix visited."""
    size = len(next(iter(past)))
    rows = en.iid(en.GAUSS_LIKE, size)
    result: en.Joint = defaultdict(Fraction)
    for y, p in past.items():
        branch: en.Law = defaultdict(Fraction)
        for row, q in rows.items():
            branch[sum((r * v for r, v in zip(row, y, strict=True)), Fraction(0))] += q
        for members in itertools.product(branch.items(), repeat=size):
            out = tuple(skip * v + m for v, (m, _) in zip(y, members, strict=True))
            result[out] += functools.reduce(lambda a, m: a * m[1], members, p)
    return dict(result)


@functools.cache
def enumerated() -> tuple[tuple[int, tuple[Fraction, ...], Fraction], ...]:
    """(width, shares, kurtosis of a unit) of small literal residual networks, in fractions.

    The variance of one weight is 1/3, so a block skip y + W y has e = (w/3)/(skip^2 + w/3). Inputs
    and weights have the first four moments of a Gaussian up to scale; no more enters.
    """
    found = []
    for width, skips in ((1, (1, 2, 1)), (2, (1, 2)), (2, (0, 1)), (3, (1,))):
        joint = en.iid(en.GAUSS_LIKE, width)
        for skip in skips:
            joint = block(joint, skip)
        shares = tuple(Fraction(width, 3 * skip**2 + width) for skip in skips)
        found.append((width, shares, en.unit_kurtosis(joint)))
    return tuple(found)


def by_enumeration(law: Any) -> Finding:
    """Every weight matrix of small residual networks, in fractions."""
    return prove.cases(
        (
            f"width {width}, shares {', '.join(map(str, shares))}",
            law(width=width, shares=shares),
            found,
        )
        for width, shares, found in enumerated()
    )
