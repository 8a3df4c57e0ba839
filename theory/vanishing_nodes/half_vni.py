"""The VNI of linear Gaussian networks, and the depth at which it passes a level; three proofs.

Exact, by the recursion of the two traces (vn.rec). No claim is made here (see sec4_conditions.py).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import Finding
from theory.vanishing_nodes import rec_finite_width as rec

HALF = sp.Rational(1, 2)  # our reading of "evident"; see passing_depth for others


def linear_vni(width: Any, depth: Any) -> Any:
    """Annealed VNI of a square linear Gaussian network, exact: X = ((N-1)/(N+2))^(L+1)."""
    return rec.annealed((int(width),) * (int(depth) + 1), 1)


def passing_depth(width: Any, level: Any = HALF) -> int:
    """The least L with R >= level: ((N-1)/(N+2))^(L+1) <= X(level), X(1/2) = 1/4.

    About N log(1/X(level))/3: 0.46 N for one half, 0.10 N for 1/10, 0.99 N for 0.9.

    >>> passing_depth(1), passing_depth(2), passing_depth(500)
    (0, 0, 231)
    >>> passing_depth(500, sp.Rational(1, 10)), passing_depth(500, sp.Rational(9, 10))
    (47, 555)
    """
    n = int(width)
    if n == 1:
        return 0
    least = sp.Rational(rec.to_x(sp.nsimplify(prove.exact(level), rational=True)))
    start = mpmath.log(mpmath.mpf(least.q) / least.p) / (mpmath.log(n + 2) - mpmath.log(n - 1))
    power = max(1, int(start) - 1)
    while least.q * (n - 1) ** power > least.p * (n + 2) ** power:
        power += 1
    return power - 1


@functools.cache
def _by_traces(width: int, depth: int) -> Any:
    """The recursion of the two traces, layer by layer (its Wick proof is in vn.rec)."""
    sum_sq, sq_trace = rec.expected_traces((width,) * (depth + 1), 1)
    return sum_sq / sq_trace


POINTS = ((2, 1), (3, 2), (500, 1), (20, 9), (20, 12))


def at_once(law: Any) -> Finding:
    """Linear networks have q - 1 - s_1 = 1 at every depth and width; their VNI by recursion."""
    return prove.truth(
        (
            (f"N = {n}, L = {depth}: R = {_by_traces(n, depth)} inside", bool(
                law(width=n, depth=depth).low <= _by_traces(n, depth)
                <= law(width=n, depth=depth).high))
            for n, depth in POINTS
        ),
        predicted="at least 1/2",
        found=f"{_by_traces(500, 1)} at N = 500, L = 1",
    )  # fmt: skip


def one_layer_by_wick(law: Any) -> Finding:
    """The exact value: every product of two Gaussian weights, and the recursion."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n in (2, 3):
            sum_sq, sq_trace, c = rec.wick_moments(n, n)
            ratio = (sum_sq / sq_trace).subs(dict.fromkeys(c, 1)).subs(sp.Symbol("q"), 1)
            yield f"N = {n}, L = 1, Wick", law(width=n, depth=1), sp.cancel(ratio)
        for n, depth in POINTS:
            yield f"N = {n}, L = {depth}", law(width=n, depth=depth), _by_traces(n, depth)

    return prove.cases(rows())


def crossing(law: Any) -> Finding:
    """R below the level one layer earlier, at least it there, by the recursion of the traces."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n in (2, 3, 5, 11, 40):
            for level in (sp.Rational(1, 10), HALF, sp.Rational(9, 10)):
                depth = int(law(width=n, level=level))
                there = _by_traces(n, depth) >= level
                yield f"N = {n}: R >= {level} at L = {depth}", bool(there)
                before = depth == 0 or bool(_by_traces(n, depth - 1) < level)
                yield f"N = {n}: R < {level} before", before

    return prove.truth(
        facts(), predicted="the depth where R passes the level", found="N log(1/X(level))/3, about"
    )
