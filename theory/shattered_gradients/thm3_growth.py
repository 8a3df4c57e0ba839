"""What Theorem 3 says of deep nets: powers of L and constants.

    sg.thm3b      E g_i g_j ~ beta sqrt L
    sg.thm3.corr  correlation ~ 1/(beta sqrt L)

In the document's own model, whose exact law is sg.thm3.exact (thm3_model.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Finding,
    Law,
    Mutant,
    Proof,
    as_mpf,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients.thm3_model import (
    BETA,
    DEPTH,
    HALF,
    MODEL,
    a,
    correlation,
    covariance,
    i,
    j,
    n,
)
from theory.symbols import L, beta

# --- sg.thm3b and sg.thm3.corr ---------------------------------------------------------------


def constant(beta: Any) -> Any:
    """K = Gamma(a)/Gamma(a + 1/2), a = 1/beta^2: C_n ~ K sqrt n. Between beta and 1.22 beta.

    >>> constant(1)
    2/sqrt(pi)
    """
    inverse = 1 / sp.sympify(prove.exact(beta)) ** 2
    return sp.gamma(inverse) / sp.gamma(inverse + HALF)


def asymptotic(exact: Callable[..., Any]) -> Callable[[Any], Finding]:
    """law/exact -> 1 as L grows, with an error that shrinks as 1/L."""

    def check(law: Any) -> Finding:
        steps = []
        with mpmath.workdps(40):
            for b in (sp.Integer(1), sp.Rational(3, 10), sp.Rational(1, 10)):
                errors = []
                for depth in (10**6, 10**8):
                    ratio = as_mpf(law(depth=depth, beta=b)) / as_mpf(exact(depth - 1, b))
                    errors.append(abs(ratio - 1))
                    steps.append(f"beta = {b}, L = {depth}: ratio {mpmath.nstr(ratio, 12)}")
                # next term (a - 5/4)/(2 L), so L times the error is bounded by a = 1/beta^2
                if not all(
                    e * d < 1 / as_mpf(b) ** 2 for e, d in zip(errors, (10**6, 10**8), strict=True)
                ):
                    return Finding(False, "ratio -> 1", steps[-1], "", tuple(steps))
        return Finding(True, "ratio -> 1", steps[-1], "error of order 1/L", tuple(steps))

    return check


def squeeze(law: Any) -> Finding:
    """Wendel: sqrt(x/(x + 1/2)) <= Gamma(x + 1/2)/(sqrt(x) Gamma(x)) <= 1, at x = n + a."""
    b, x = 1 / sp.sqrt(a), n + a
    growing = sp.gamma(x + HALF) / sp.gamma(x)  # the only part of C_n that depends on n
    rest = sp.simplify(covariance(n, b) / growing)
    low, high = sp.sqrt(x / (x + HALF)), sp.Integer(1)
    for bound in (low, high):
        if sp.limit(bound * sp.sqrt(x / n), n, sp.oo) != 1:
            return Finding(None, "", "", f"{bound} does not tend to 1")
    with mpmath.workdps(30):  # the inequality itself, at a few points
        for value in (mpmath.mpf(1) / 7, mpmath.mpf(3), mpmath.mpf(10) ** 4):
            ratio = mpmath.gammaprod([value + 0.5], [value]) / mpmath.sqrt(value)
            if not mpmath.sqrt(value / (value + 0.5)) <= ratio <= 1:
                return Finding(None, "", "", f"Wendel's inequality fails at {value}")
    predicted = sp.simplify(law(depth=L, beta=b) / sp.sqrt(L))
    return prove.identity(
        predicted - rest,
        predicted=str(predicted),
        found=f"{rest}, a = 1/beta^2",
        detail="C_n/sqrt n tends to this constant, for every beta",
    )


def exceeds_one(law: Any) -> Finding:
    """A correlation is at most 1."""
    b, depth = sp.Rational(1, 10), 24
    value = as_mpf(law(depth=depth, beta=b))
    found = correlation(depth - 1, b)
    return prove.truth(
        [(f"R <= 1 at beta = 0.1, L = {depth}", bool(value <= 1))],
        predicted=mpmath.nstr(value, 6),
        found=mpmath.nstr(found, 6),
        detail="beta^2 L must be large; at beta = 0.1 that means thousands of layers",
    )


def _asymptotic_claim_laws(
    symbol: sp.Basic, stated_value: sp.Expr, true_value: sp.Expr, wrong: dict[str, sp.Expr]
) -> tuple[Law, ...]:
    def of(value: sp.Expr) -> Callable[..., Any]:
        numeric = sp.lambdify([L, _B], value, "mpmath")

        def evaluate(depth: Any, beta: Any) -> Any:
            length, b = sp.sympify(depth), sp.sympify(prove.exact(beta))
            if b.is_number and abs(b) < SMALL:  # sympy would multiply out Gamma(1/b^2)
                digits = mpmath.mp.dps + 10 + 5 * math.ceil(-mpmath.log10(as_mpf(b)))
                with mpmath.workdps(digits):
                    return numeric(as_mpf(length), as_mpf(b))
            return value.subs({L: length, _B: b}, simultaneous=True)

        return evaluate

    return (
        Law(
            role="stated",
            formula=sp.Eq(symbol, stated_value.subs(_B, beta)),
            parameters=(DEPTH, BETA),
            words="as printed, read as an asymptotic equality",
            evaluate=of(stated_value),
            error="o(1), relative",
            mutants=(Mutant("L for sqrt L", of(stated_value.subs(sp.sqrt(L), L))),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(symbol, true_value.subs(_B, beta)),
            parameters=(DEPTH, BETA),
            words="the same power of L, another constant",
            evaluate=of(true_value),
            error="O(1/(beta^2 L)), relative",
            mutants=tuple(Mutant(name, of(value)) for name, value in wrong.items()),
        ),
    )


SMALL = sp.Rational(1, 20)
_B = beta
_K = constant(beta)

COVARIANCE_GROWTH = Claim(
    id="sg.thm3b",
    title="with batch norm the covariance of gradients grows as beta sqrt(L)",
    source=PAPER.at("Theorem 3(b)", "the covariance is C(i,j) ~ beta sqrt L"),
    kind="asymptotic",
    laws=_asymptotic_claim_laws(
        sp.Function("C")(i, j),
        beta * sp.sqrt(L),
        _K * sp.sqrt(L),
        {"constant beta": beta * sp.sqrt(L), "sqrt(beta L)": sp.sqrt(beta) * sp.sqrt(L)},
    ),
    assumptions=(MODEL,),
    expected="false-as-stated",
    because=(
        "In the document's own model the growth rate sqrt(L) is right and the constant is not: "
        "Gamma(1/beta^2)/Gamma(1/beta^2 + 1/2), 13 % above beta at beta = 1."
    ),
    proofs=(
        Proof(
            "ratio",
            "exact",
            "law over exact covariance at L = 10^6 and 10^8",
            asymptotic(covariance),
        ),
        Proof(
            "ratio, corrected",
            "exact",
            "law over exact covariance at L = 10^6 and 10^8",
            asymptotic(covariance),
            law="corrected",
        ),
        Proof(
            "limit, corrected",
            "symbolic",
            "limit of C_n/sqrt n for every beta",
            squeeze,
            law="corrected",
        ),
    ),
    see=("sg.thm3.exact",),
)

CORRELATION_DECAY = Claim(
    id="sg.thm3.corr",
    title="with batch norm gradient correlations decay as 1/(beta sqrt(L))",
    source=PAPER.at("Theorem 3, last line", "the correlation is R(i,j) ~ 1/(beta sqrt L)"),
    kind="asymptotic",
    laws=_asymptotic_claim_laws(
        sp.Function("R")(i, j),
        1 / (beta * sp.sqrt(L)),
        _K / (beta**2 * sp.sqrt(L)),
        {"constant 1/beta": 1 / (beta * sp.sqrt(L)), "K/beta": _K / (beta * sp.sqrt(L))},
    ),
    assumptions=(MODEL,),
    expected="false-as-stated",
    because=(
        "In the document's model the power of L is right and the constant 13 % larger at beta = 1; "
        "for beta^2 L < 1 the printed correlation exceeds 1. Real batch norm has the power 0.733."
    ),
    proofs=(
        Proof(
            "ratio",
            "exact",
            "law over exact correlation at L = 10^6 and 10^8",
            asymptotic(correlation),
        ),
        Proof("at most one", "exact", "the printed value at beta = 0.1, L = 24", exceeds_one),
        Proof(
            "ratio, corrected",
            "exact",
            "law over exact correlation at L = 10^6 and 10^8",
            asymptotic(correlation),
            law="corrected",
        ),
    ),
    see=("sg.thm3.exact", "sg.thm3.centred"),
)
