"""What vev.disc.bounded.tanh rests on: its laws against roads that share no formula with them.

No claim is made here; saturation.py has the chain of scales, disc_bounded_tanh.py the laws.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enclosure, prove
from theory.maths.gaussian import expect, inverse_chi2
from theory.schema import Finding, as_mpf
from theory.symbols import w
from theory.vanishing_variance.saturation import (
    chain,
    enclosed_plateau,
    fixed_point,
    two_terms,
)

NARROW, WIDE = 8, 16
PRECISE = mpmath.mpf("1e-12")  # of the moments of a chain after one layer, where bounds are met
SATURATING = (("tanh", Fraction(9, 4)), ("sigmoid", Fraction(4)))


def phi(activation: str, x: Any) -> Any:
    """The activation function as it is written."""
    return mpmath.tanh(x) if activation == "tanh" else 1 / (1 + mpmath.exp(-x))


def moment(activation: str, power: int, scale: Any = 1) -> Any:
    """E phi^power(sqrt(scale) z) by quadrature of the function as it is written."""
    root = mpmath.sqrt(scale)
    return expect(lambda z: phi(activation, root * z) ** power, kinks=(-3, 0, 3))


def one_layer(law: Any) -> Finding:
    """After one layer the scale is a mean of iid terms: 3 (1 + Var f/(w (E f)^2)), f = phi^2(z)."""
    with mpmath.workdps(35):
        rows = []
        for activation in ("tanh", "sigmoid"):
            second, fourth = (moment(activation, power) for power in (2, 4))
            rows += [
                (
                    f"{activation}, width {width}, gain {gain}",
                    law(activation=activation, width=width, gain=gain, depth=1),
                    3 * (1 + (fourth / second**2 - 1) / width),
                )
                for width, gain in ((1, Fraction(1, 2)), (20, Fraction(9, 4)))
            ]
        return prove.close(rows, digits=20, detail="two moments of phi(z) by quadrature")


def without_expansion(law: Any) -> Finding:
    """The moments of the chain itself: what is left falls as w^-3 from width 8 to 16.

    As w^-p with p between 2.7 and 3.3, and at width 16 it is smaller than the term in w^-2.
    """
    facts = []
    with mpmath.workdps(30):
        for activation, gain in SATURATING:
            for depth in (2, 3):
                left = []
                for width in (NARROW, WIDE):
                    first, second = chain(activation, width, gain).at(depth)
                    at = {"activation": activation, "width": width, "gain": gain, "depth": depth}
                    left.append(second / first**2 - as_mpf(sp.sympify(law(**at))) / 3)
                order = mpmath.log(abs(left[0] / left[1])) / mpmath.log(WIDE / NARROW)
                term = two_terms(activation, gain, depth)[2] / WIDE**2
                label = f"{activation}, gain {gain}, {depth} layers: {mpmath.nstr(left[1], 4)}"
                facts += [
                    (f"{label}, order {mpmath.nstr(order, 4)}", bool(abs(order - 3) < 0.3)),
                    (f"{label} below {mpmath.nstr(term, 4)}", bool(abs(left[1]) < abs(term))),
                ]
    return prove.truth(
        facts,
        predicted="E q^2/(E q)^2 up to O(w^-3)",
        found="moments of the chain, layer by layer, of polynomials of degree 18",
    )


def of_deep_layers(law: Any) -> Finding:
    """The term in 1/w of a deep network, by its recursion: forty layers from q = 1.

    Stationary within chi^40 < 1e-11.
    """
    with mpmath.workdps(20):
        rows = []
        for activation, gain in SATURATING:
            first = two_terms(activation, gain, 40)[1]
            rows += [
                (
                    f"{activation}, gain {gain}, width {width}",
                    law(activation=activation, width=width, gain=gain),
                    3 * (1 + first / width),
                )
                for width in (1, 30)
            ]
        return prove.close(rows, digits=10, detail="the recursion of the variance, 40 layers")


def in_balls(law: Any) -> Finding:
    """q* by a change of sign of F - q, then F'(q*), V(q*) and the law, all in ball arithmetic."""
    rows = []
    for gain in (Fraction(5, 4), Fraction(9, 4)):
        with mpmath.workdps(25):
            near = mpmath.nstr(fixed_point("tanh", gain), 20)
        with enclosure.precision(90):
            _, first = enclosed_plateau(gain, near)
            rows += [
                (
                    f"gain {gain}, width {width}",
                    law(activation="tanh", width=width, gain=gain),
                    3 * (1 + first / width),
                )
                for width in (1, 20)
            ]
    return enclosure.inside(rows, tolerance=1e-6)


# --- where it does not saturate ----------------------------------------------------------------


def falls_to_zero(law: Any) -> Finding:
    """log q' <= log q + log g + log(chi^2_w/w): a sum of iid terms of mean log(g/g_*).

    Below g_* it goes to -oo by the law of large numbers; E q goes to 0 too, as q <= g.
    """
    u = sp.Symbol("u", positive=True)
    facts: list[tuple[str, bool | None]] = [
        (
            "u - tanh u is 0 at 0 and rises: its slope is tanh^2",
            prove.is_zero(sp.diff(u - sp.tanh(u), u) - sp.tanh(u) ** 2),
        ),
    ]
    with mpmath.workdps(25):
        for width in (1, 2, 5, 16):
            half = mpmath.mpf(width) / 2

            def density(y: Any, half: Any = half) -> Any:  # of y = log(chi^2_w/2)
                return mpmath.exp(half * y - mpmath.exp(y)) / mpmath.gamma(half)

            middle = mpmath.log(half)
            ends = [middle + shift for shift in (-160 / half, -20, -4, 0, 2, 6)]
            mean = mpmath.quad(lambda y: y * density(y), ends) - middle
            off = mpmath.log(as_mpf(law(width=width))) + mean
            facts.append((f"width {width}: E log(chi^2/w) = {mpmath.nstr(mean, 12)}",
                          bool(abs(off) < 1e-15)))  # fmt: skip
    return prove.truth(
        facts, predicted="g_* = exp(-E log(chi^2_w/w))", found="quadrature of log chi^2_w"
    )


# --- bounds at every depth -------------------------------------------------------------------


def inverse_step(width: Any) -> tuple[Any, Any]:
    """(A, B) of E 1/q' <= (A E 1/q + B)/g: A = E w/R^2, B = w^2 E u^4 of Gaussian vectors R u.

    With t = R^2/w and k = sum z^4/w = w t^2 sum u^4: 1/q' <= (1/(q t) + k/t^2)/g.
    """
    of_direction = 3 / (width * (width + 2))  # E u_i^4 = 3/(E R^4), as E z^4 = 3
    return width * inverse_chi2(width), width**2 * of_direction


def inverse_moments(law: Any) -> Finding:
    """The steps, and that the law's high end is 3 g times the largest of R_0 = 1, R_1, R_2, ..."""
    u, q, t, k, g = sp.symbols("u q t k g", positive=True)
    gap = sp.tanh(u) ** 2 - u**2 / (1 + u**2)
    a, b = inverse_step(w)
    facts: list[tuple[str, bool | None]] = [
        (
            "tanh^2 - u^2/(1 + u^2) = (sinh^2 - u^2)/((1 + u^2) cosh^2)",
            prove.is_zero(
                (gap * (1 + u**2) * sp.cosh(u) ** 2 - (sp.sinh(u) ** 2 - u**2)).rewrite(sp.exp)
            ),
        ),
        (
            "sinh^2 = u^2 + a series of positive terms",
            prove.is_zero((sp.sinh(u) ** 2 - (sp.cosh(2 * u) - 1) / 2).rewrite(sp.exp)),
        ),
        (
            "sum z^2/(1 + q z^2) >= w t^2/(t + q k) (Cauchy-Schwarz): 1/q' <= (1/(q t) + k/t^2)/g",
            prove.is_zero((t + q * k) / (g * q * t**2) - (1 / (q * t) + k / t**2) / g),
        ),
        ("E 1/t = w/(w - 2)", prove.is_zero(a - w / (w - 2))),
        ("E k/t^2 = 3w/(w + 2)", prove.is_zero(b - 3 * w / (w + 2))),
    ]
    for width, gain in ((3, 4), (10, Fraction(9, 4)), (10, 20), (100, Fraction(11, 10))):
        found = prove.exact(law(width=width, gain=gain).high)
        factor, shift = (prove.exact(x.subs(w, width)) / prove.exact(gain) for x in (a, b))
        r = largest = sp.Integer(1)
        for _ in range(4):
            r = factor * r + shift
            largest = max(largest, r)
        rest = shift / (1 - factor) if r > 1 else r  # monotone: it rises to its limit or falls
        facts.append(
            (f"width {width}, gain {gain}: {found}", found == 3 * gain * max(largest, rest))
        )
    return prove.truth(
        facts + _inside(law, lambda first, second: 3 * second / first**2, with_depth=False),
        predicted="kappa <= 3 g max(1, R)",
        found="E 1/q layer by layer, q <= g and Jensen: 3 E q^2/(E q)^2 <= 3 g E 1/q",
    )


def of_the_variance(law: Any) -> Finding:
    """E q <= F(E q) as F is concave; E q >= 1/E(1/q)."""
    u, t = sp.symbols("u t", positive=True)  # t = tanh u, t' = 1 - t^2
    of_square = t * (1 - t**2) / u  # d tanh^2(sqrt x)/dx at x = u^2
    change = sp.diff(of_square, t) * (1 - t**2) + sp.diff(of_square, u)
    facts: list[tuple[str, bool | None]] = [
        (
            "the slope of tanh^2(sqrt x) changes with the sign of (1 - 3t^2) u - t, t = tanh u",
            prove.is_zero(change * u**2 / (1 - t**2) - (1 - 3 * t**2) * u + t),
        ),
        (
            "which is below (1 - t^2) u - t = (1 - t^2)(u - t/(1 - t^2)); t/(1 - t^2) = sinh(2u)/2",
            prove.is_zero((1 - t**2) * (u - t / (1 - t**2)) - (1 - t**2) * u + t),
        ),
        (
            "and that is above u: its series has positive terms and begins with u",
            sp.series(sp.sinh(2 * u) / 2, u, 0, 3).removeO() == u,
        ),
    ]
    with mpmath.workdps(30):
        for gain in (Fraction(1, 2), Fraction(9, 4)):
            m = mpmath.mpf(1)
            for depth in (1, 2):
                m = as_mpf(gain) * moment("tanh", 2, m)
                high = as_mpf(law(width=9, gain=gain, depth=depth).high)
                facts.append(
                    (
                        f"gain {gain}: m_{depth} = {mpmath.nstr(m, 8)}",
                        bool(abs(high / m - 1) < 1e-20),
                    )
                )
    a, b = (x.subs(w, 9) for x in inverse_step(w))
    for gain in (Fraction(1, 2), Fraction(9, 4)):
        g = prove.exact(gain)
        twice = (a * (a + b) / g + b) / g
        facts.append(
            (f"gain {gain}: 1/R_2", prove.exact(law(width=9, gain=gain, depth=2).low) == 1 / twice)
        )
    return prove.truth(
        facts + _inside(law, lambda first, second: first, with_depth=True),
        predicted="1/R_d <= E y_d^2 <= m_d",
        found="F is concave; moments of the chain lie between",
    )


def _inside(law: Any, quantity: Any, *, with_depth: bool) -> list[tuple[str, bool | None]]:
    """Whether what the chain itself does lies between the ends of a law of tanh, gain 9/4."""
    gain = Fraction(9, 4)
    facts: list[tuple[str, bool | None]] = []
    for width in (NARROW, WIDE):
        for depth in (1, 2, 3):
            at = {"width": width, "gain": gain, **({"depth": depth} if with_depth else {})}
            with mpmath.workdps(30):
                value = quantity(*chain("tanh", width, gain).at(depth))
                ends = law(**at)
                low, high = (as_mpf(prove.exact(end)) for end in (ends.low, ends.high))
                inside = bool(low <= value * (1 + PRECISE) and value <= high * (1 + PRECISE))
            facts.append((f"width {width}, {depth} layers: {mpmath.nstr(value, 8)}", inside))
    return facts


def drawn_scale_moment(width: int, gain: Any, depth: int) -> float:
    """E q^2/(E q)^2 for the rule of probes.py: two terms, the second one twice for what follows.

    >>> round(drawn_scale_moment(16, 1, 1), 4)
    1.0392
    """
    with mpmath.workdps(15):
        _, first, second = two_terms("tanh", gain, depth)
        value = float(1 + first / width + 2 * abs(second) / width**2)
    assert math.isfinite(value)
    return value
