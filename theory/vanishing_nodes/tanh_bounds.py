"""Slopes of wide tanh networks, layer by layer, between proved bounds: no Claim in here.

At sigma_w = 1 the variance of the next layer is v' = E tanh(sqrt(v) z)^2 and each layer multiplies
E tr J J^T/N by mu_1 = E (1 - tanh(sqrt(v) z)^2)^2. Polynomials that bound tanh^2 for every h bound
both for every v.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import sympy as sp
from mpmath import iv

from theory.maths import prove
from theory.schema import Finding

LARGEST = sp.Rational(1, 10)  # the bounds of v' rise up to there
DEPTHS = (1, 10, 20, 40)


def of_squares() -> tuple[sp.Expr, sp.Expr]:
    """(lower, upper) of T = tanh(h)^2, polynomials in h, for every h.

    T'' = 2 - 8T + 6T^2 and T(0) = T'(0) = 0. From 0 <= T <= h^2, T'' >= 2 - 8 h^2 bounds T from
    below; with T^2 <= h^4 that bounds it from above.
    """
    h, x = sp.symbols("h x", positive=True)

    def twice(second: sp.Expr) -> sp.Expr:
        once = sp.integrate(second.subs(h, x), (x, 0, h))
        return sp.expand(sp.integrate(once.subs(h, x), (x, 0, h)))

    low = twice(2 - 8 * h**2)
    return low, twice(2 - 8 * low + 6 * h**4)


def mean(poly: sp.Expr) -> sp.Expr:
    """E of an even polynomial at h = sqrt(v) z: E z^(2j) = (2j-1)!!."""
    h, v = sp.symbols("h v", positive=True)
    return sum(c * sp.factorial2(sum(power) - 1) * v ** (sum(power) // 2)
               for power, c in sp.Poly(poly, h).terms())  # fmt: skip


def enclosed(depth: int, first: sp.Rational) -> Any:
    """prod mu_1(v_l) from v_1 = first <= LARGEST, an interval: bounds of T, layer by layer.

    (1 - T)^2 lies between 1 - 2T + (E T)^2, in the mean, and 1 - 2T + h^4; the bounds of v' rise
    with v while v <= LARGEST, so the ends of v are taken to the next layer.
    """
    h, v = sp.symbols("h v", positive=True)
    low, high = of_squares()
    v_low, v_high = mean(low), mean(high)
    rises = all(sp.Poly(sp.diff(f, v), v).count_roots(0, LARGEST) == 0
                for f in (v_low, v_high))  # fmt: skip
    if not rises or first > LARGEST:
        raise ArithmeticError("the bounds of v' do not rise up to that variance")
    least = sp.lambdify(v, sp.expand(1 - 2 * v_high + v_low**2), iv)
    most = sp.lambdify(v, sp.expand(mean(1 - 2 * low + h**4)), iv)
    next_low, next_high = (sp.lambdify(v, f, iv) for f in (v_low, v_high))
    a = b = iv.mpf(first.p) / first.q
    product = iv.mpf(1)
    for _ in range(depth):
        slopes = iv.mpf([min(least(a).a, least(b).a), max(most(a).b, most(b).b)])
        product *= slopes
        a, b = iv.mpf(next_low(a).a), iv.mpf(next_high(b).b)
    return product


def like_one_over_l(law: Any) -> Finding:
    """From v_1 = 1/40, in intervals; mu_1 v/v' = 1 + (4/3) v^2 + ..: the product is v_{L+1}/v_1."""
    v = sp.Symbol("v", positive=True)

    def series(function: Callable[[Any], Any]) -> sp.Expr:
        h = sp.Symbol("h", positive=True)
        return mean(sp.series(function(h), h, 0, 6).removeO())

    step = series(lambda h: sp.tanh(h) ** 2) + sp.Rational(17, 3) * v**3
    first = series(lambda h: (1 - sp.tanh(h) ** 2) ** 2)
    ratio = sp.series(first * v / step, v, 0, 3).removeO()

    def facts() -> Iterator[tuple[str, bool]]:
        yield "mu_1 v/v' = 1 + 4 v^2/3 + O(v^3)", sp.expand(ratio - 1 - 4 * v**2 / 3) == 0
        start = sp.Rational(1, 40)
        for depth in DEPTHS:
            found = enclosed(depth, start)
            value = law(depth=depth, variance=start)
            words = " to ".join(mpmath.nstr(mpmath.mpf(end), 5) for end in (found.a, found.b))
            yield f"v_1 = 1/40, L = {depth}: in {words}", value in found

    with mpmath.workdps(20):
        return prove.truth(facts(), predicted="prod mu_1(v_l) ~ const/L", found="v_l ~ 1/(2l)")
