"""The VNI of linear Gaussian networks, and the depth at which it passes one half; three proofs.

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

HALF = sp.Rational(1, 2)  # what "evident" is taken to mean


def linear_vni(width: Any, depth: Any) -> Any:
    """Annealed VNI of a square linear Gaussian network, exact: X = ((N-1)/(N+2))^(L+1)."""
    return rec.annealed((int(width),) * (int(depth) + 1), 1)


def half_depth(width: Any) -> int:
    """The least L with R >= 1/2: ((N-1)/(N+2))^(L+1) <= 1/4, X(1/2) = 1/4. About 0.46 N.

    >>> half_depth(1), half_depth(2), half_depth(500)
    (0, 0, 231)
    """
    n = int(width)
    if n == 1:
        return 0
    start = mpmath.log(4) / (mpmath.log(n + 2) - mpmath.log(n - 1))
    power = max(1, int(start) - 1)
    while 4 * (n - 1) ** power > (n + 2) ** power:
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
    """R below 1/2 one layer earlier, at least 1/2 there, by the recursion of the traces."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n in (2, 3, 5, 11, 40):
            depth = law(width=n)
            yield f"N = {n}: R >= 1/2 at L = {depth}", bool(_by_traces(n, int(depth)) >= HALF)
            before = depth == 0 or bool(_by_traces(n, int(depth) - 1) < HALF)
            yield f"N = {n}: R < 1/2 before", before

    return prove.truth(facts(), predicted="the depth where R passes 1/2", found="about 0.46 N")
