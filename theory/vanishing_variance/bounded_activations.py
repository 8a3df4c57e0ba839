"""Tanh and sigmoid: slopes, what a change of sign does, and small networks of a bounded activation.

The proofs of vev.disc.bounded, whose file has the derivations in words. No claim is made here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Finding

x, v, g = sp.symbols("x v g", positive=True)
SIGMOID = 1 / (1 + sp.exp(-x))
WORST = sp.Rational(49, 24)
FUNCTIONS = {"tanh": sp.tanh(x), "sigmoid": SIGMOID}


def slopes(law: Any, *, exactly: bool) -> Finding:
    """phi'(0) is the largest slope, and small inputs reach it: Var phi(tx)/t^2 -> phi'(0)^2 Var x.

    tanh' = 1 - tanh^2; sigmoid' = 1/4 - (sigmoid - 1/2)^2.
    """
    gaps = {"tanh": sp.tanh(x) ** 2, "sigmoid": (SIGMOID - sp.Rational(1, 2)) ** 2}
    facts: list[tuple[str, bool | None]] = []
    for name, function in FUNCTIONS.items():
        largest = sp.diff(function, x).subs(x, 0)
        gap = (largest - sp.diff(function, x) - gaps[name]).rewrite(sp.exp)
        facts.append((f"{name}' = {largest} minus a square", prove.is_zero(gap)))
        for variance in (Fraction(1, 3), 2):
            high, needed = law(activation=name, variance=variance).high, largest**2 * variance
            fits = high == needed if exactly else high >= needed
            facts.append((f"{name}, Var x = {variance}: bound {high}, needed {needed}", bool(fits)))
    facts.append(("reached by tanh", bool(law(activation="tanh", variance=2).high == 2)))
    return prove.truth(
        facts,
        predicted="Var phi(x) <= the law's multiple of Var x",
        found="the largest slope squared: 1 and 1/16, reached by small x",
    )


def stated_slopes(law: Any) -> Finding:
    """The bound of the law is not below (largest slope)^2 Var x."""
    return slopes(law, exactly=False)


def sharp_slopes(law: Any) -> Finding:
    """The bound of the law is (largest slope)^2 Var x."""
    return slopes(law, exactly=True)


def pairs_of_signs(law: Any) -> Finding:
    """sigmoid(x)^2 + sigmoid(-x)^2 = 1/2 + 2 (sigmoid(x) - 1/2)^2 = 1 - 2u: from 1/2 to 1."""
    t = sp.Symbol("t", positive=True)  # e^-x: sigmoid(x) = 1/(1 + t), sigmoid(-x) = t/(1 + t)
    at, opposite = SIGMOID.subs(sp.exp(-x), t), t / (1 + t)
    both, ends = at**2 + opposite**2, law(gain=g)
    half = sp.Rational(1, 2)
    return prove.identities(
        [
            ("1/2 + 2 (sigmoid - 1/2)^2", both - half - 2 * (at - half) ** 2),
            ("1 - 2u, u > 0", both - 1 + 2 * at * opposite),
            ("low end, reached at x = 0", ends.low - g * both.subs(t, 1) / 2),
            ("high end, approached at large x", ends.high - g * sp.limit(both, t, 0) / 2),
        ],
        predicted="g/4 <= Var y' <= g/2",
        found="the mean over a sign, for all x",
    )


def chord(law: Any) -> Finding:
    """The fourth power against the square, and the largest ratio; see the module's docstring.

    The supremum: x = 0 with probability 2/7, else +-infinity; sigmoid is 1/2, 0 or 1 there.
    """
    u, m, mean = sp.symbols("u m M", positive=True)
    of_square = (1 - 2 * u) / 2
    a = sp.Symbol("a")
    fourth = (a**4 + (1 - a) ** 4) / 2
    reached = {sp.Rational(1, 2): sp.Rational(2, 7), sp.Integer(1): sp.Rational(5, 14),
               sp.Integer(0): sp.Rational(5, 14)}  # fmt: skip
    second, of_fourth = (sum(p * s**power for s, p in reached.items()) for power in (2, 4))
    return prove.identities(
        [
            ("fourth power", fourth - (of_square**2 + of_square - sp.Rational(1, 4)).subs(
                u, a * (1 - a))),
            ("below the chord", 7 * m / 4 - sp.Rational(3, 8) - (m**2 + m - sp.Rational(1, 4))
             - (m - sp.Rational(1, 4)) * (sp.Rational(1, 2) - m)),
            ("largest ratio", WORST * mean**2 - (7 * mean / 4 - sp.Rational(3, 8))
             - WORST * (mean - sp.Rational(3, 7)) ** 2),
            *((f"high end, kappa_w = {kw}",
               law(weight_kurtosis=kw).high - max(3, kw) * of_fourth / second**2)
              for kw in (1, 3, 5)),
            *((f"low end, kappa_w = {kw}", law(weight_kurtosis=kw).low - min(3, kw))
              for kw in (1, 3, 5)),
        ],
        predicted="kappa <= 49/24 max(3, kappa_w)",
        found="E S^2/(E S)^2 of a symmetric unit, its supremum",
    )  # fmt: skip


def clipped(value: Fraction) -> Fraction:
    """A bounded activation whose values are fractions: x cut off at -1 and 1."""
    return max(Fraction(-1), min(Fraction(1), value))


SPARSE: en.Law = {Fraction(-1): Fraction(1, 10), Fraction(0): Fraction(4, 5),
                  Fraction(1): Fraction(1, 10)}  # fmt: skip
"""Kurtosis 5."""


def literally(law: Any) -> Finding:
    """Small networks of x cut off at +-1, every weight matrix; equal at width 1, kappa_w >= 3."""
    facts = []
    for weights in (en.SIGN, en.GAUSS_LIKE, SPARSE):
        kw = en.kurtosis(weights)
        for start, widths in ((1, (1,)), (2, (2, 1)), (2, (1, 2, 1))):
            out = en.network(en.iid(en.THREE_POINT, start), widths, weights, clipped)
            read = (start, *widths)[-2]
            at = {
                "gain": read * en.moment(weights, 2),
                "out_variance": en.second_moment(out),
                "weight_kurtosis": kw,
            }
            ends, found = law(**at), prove.exact(en.unit_kurtosis(out))
            one = widths == (1,) and kw >= 3
            inside = bool(ends.low <= found and (found == ends.high if one else found <= ends.high))
            facts.append((f"widths {(start, *widths)}, kappa_w = {kw}: {found}", inside))
    return prove.truth(
        facts,
        predicted="kappa <= max(3, kappa_w) g/Var y",
        found="exhaustive enumeration of literal networks; reached at width 1",
    )
