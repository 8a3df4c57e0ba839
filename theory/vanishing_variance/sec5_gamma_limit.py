"""The gamma density at a shape that tends to zero: the last step of Section 5.

    vev.sec5.gamma_limit   f(x; k, 1/k) -> 0 for every x > 0 as k -> 0, like k/x

A density that vanishes everywhere is not yet a law that shrinks to zero; the tail is what the
argument needs: P(Gamma(k, 1/k) > x) = Q(k, kx) = -k (ln(kx) + gamma_E) + O(k^2 ln^2 k).
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import Claim, Finding, Law, Mutant, Parameter, Proof, Reals, as_mpf, stated
from theory.vanishing_variance import PAPER

x, k = sp.symbols("x k", positive=True)
POINT = Parameter("point", Reals(0, open_low=True), "x > 0, where the density is taken", x)
SHAPE = Parameter("shape", Reals(0, 0.1, open_low=True), "shape k of the gamma law", k)
DENSITY = x ** (k - 1) * sp.exp(-k * x) * k**k / sp.gamma(k)


def tail_leading(point: Any, shape: Any) -> sp.Expr:
    """-k (ln(kx) + gamma_E): leading term of Q(k, kx) as k -> 0."""
    of_shape, at = (sp.sympify(prove.exact(v)) for v in (shape, point))
    return -of_shape * (sp.log(of_shape * at) + sp.EulerGamma)


# --- proofs ----------------------------------------------------------------------------------


def limits(law: Any) -> Finding:
    """lim f by sympy, after writing Gamma(k) = Gamma(k+1)/k; and numbers that fall like k."""
    rewritten = DENSITY.subs(sp.gamma(k), sp.gamma(k + 1) / k)
    identity = prove.is_zero(sp.expand_func(DENSITY / rewritten) - 1)
    if identity is not True:
        return Finding(None, "", "", "Gamma(k+1) = k Gamma(k) not recognised")
    return prove.cases(
        (f"x = {at}", law(point=at), sp.limit(rewritten.subs(x, at), k, 0, "+"))
        for at in (sp.Rational(1, 10), sp.Integer(1), sp.Integer(5))
    )


def rate(law: Any) -> Finding:
    """lim f/k = 1/x: f/k = x^(k-1) e^{-kx} k^k/Gamma(k+1)."""
    over_k = x ** (k - 1) * sp.exp(-k * x) * k**k / sp.gamma(k + 1)
    return prove.cases(
        (f"x = {at}", law(point=at), sp.limit(over_k.subs(x, at), k, 0, "+"))
        for at in (sp.Rational(1, 10), sp.Integer(1), sp.Integer(5))
    )


def tail_error(law: Any) -> Finding:
    """Q(k, kx) at 40 digits: the error of the law, over k^2 ln^2 k, stays below a constant."""
    facts = []
    with mpmath.workdps(40):
        for at in ("1/10", "1", "5"):
            point = sp.Rational(at)
            errors = []
            for digits in (8, 16):
                small = sp.Rational(1, 10**digits)
                s, p = as_mpf(small), as_mpf(point)
                exact = mpmath.gammainc(s, s * p, regularized=True)
                error = exact - as_mpf(law(point=point, shape=small))
                errors.append(error / (s * mpmath.log(s)) ** 2)
            facts.append(
                (f"x = {at}: {[mpmath.nstr(e, 4) for e in errors]}", max(map(abs, errors)) < 1)
            )
    return prove.truth(
        facts, predicted="error below k^2 ln^2 k at k = 1e-8 and 1e-16", found="Q(k, kx), 40 digits"
    )


def tail_limit(law: Any) -> Finding:
    """The tail is of the same order as -k ln k, so it vanishes: lim of the law is 0."""
    rows = []
    for at in (sp.Rational(1, 10), sp.Integer(1), sp.Integer(5)):
        value = law(point=at, shape=k)
        rows.append((f"lim, x = {at}", sp.limit(value, k, 0, "+"), 0))
        rows.append((f"d/dx at x = {at}", sp.diff(law(point=x, shape=k), x).subs(x, at), -k / at))
    return prove.cases(rows, "minus the derivative of the tail is the density k/x")


# --- the claim -------------------------------------------------------------------------------

CLAIM = Claim(
    id="vev.sec5.gamma_limit",
    title="the gamma density f(x; k, 1/k) tends to 0 for every x > 0 as k -> 0",
    source=PAPER.at(
        "Section 5, last display",
        "for any x > 0 with k -> 0 the density converges to zero, faster for large x",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Limit(DENSITY, k, 0), 0),
            parameters=(POINT,),
            words="limit of the density at x as the shape tends to 0",
            evaluate=lambda point: sp.Integer(0),
            mutants=(
                Mutant("1/x", lambda point: 1 / sp.sympify(prove.exact(point))),
                Mutant("1", lambda point: sp.Integer(1)),
            ),
        ),
        Law(
            role="sharper",
            name="rate",
            formula=sp.Eq(sp.Limit(DENSITY / k, k, 0), 1 / x),
            parameters=(POINT,),
            words="the density falls like k/x, hence sooner at large x",
            evaluate=lambda point: 1 / sp.sympify(prove.exact(point)),
            mutants=(
                Mutant("k x", lambda point: 2 * sp.sympify(prove.exact(point))),
                Mutant("k", lambda point: sp.Integer(1) / 3),
            ),
        ),
        Law(
            role="sharper",
            name="tail",
            formula=sp.Eq(sp.Function("Q")(k, k * x), -k * (sp.log(k * x) + sp.EulerGamma)),
            parameters=(POINT, SHAPE),
            words="P(Gamma(k, 1/k) > x), what convergence in probability needs",
            evaluate=tail_leading,
            error="O(k^2 ln^2 k)",
            mutants=(
                Mutant(
                    "without the constant",
                    lambda point, shape: (
                        tail_leading(point, shape) + sp.EulerGamma * sp.sympify(prove.exact(shape))
                    ),
                ),
                Mutant(
                    "ln k for ln(kx)",
                    lambda point, shape: tail_leading(1, shape),
                ),
            ),
        ),
    ),
    assumptions=(stated("x > 0", lambda p: p.get("point", 1) > 0),),
    expected="holds",
    because=(
        "The density is k/x to leading order, so it vanishes, sooner for large x; its tail is of "
        "order k ln(1/k). The gamma law itself does not describe a network (vev.sec5.gamma)."
    ),
    proofs=(
        Proof("limits", "symbolic", "the limit of the density at three points", limits),
        Proof("rate", "symbolic", "the limit of density/k at three points", rate, law="rate"),
        Proof("tail, error", "numeric", "Q(k, kx) to 40 digits", tail_error, law="tail"),
        Proof("tail, limit", "symbolic", "the leading term vanishes", tail_limit, law="tail"),
    ),
    see=("vev.sec5.gamma", "vev.conv_prob"),
)
