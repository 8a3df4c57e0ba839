"""The largest eigenvalue of one layer's matrix: Lemma 4.5.

    vev.lemma4.5   lambda_max(A^(l)) > 1 for w >= 2, and at w = 1 unless |a| = kappa_w = 1

In the coordinates (kappa, m) the matrix is the 2 x 2 block [[r kappa_w/w, 3(1 - 1/w)],
[r/w, 1 - 1/w]] and nothing else (the 3 x 3 one adds the eigenvalue 1 of the constant). One line
proves the lemma: its characteristic polynomial p is negative at 1, so it has a root above 1.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Evaluate,
    Finding,
    Law,
    Mutant,
    Proof,
    stated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, WIDTH, a, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.recursion import anisotropy

r = sp.Symbol("r", positive=True)
LAMBDA_MAX = sp.Symbol("lambda_max", positive=True)
PARAMETERS = (WIDTH, SLOPE, WEIGHT_KURTOSIS)


def block(width: Any, aniso: Any, kw: Any) -> sp.Matrix:
    """The 2 x 2 matrix of one layer in the coordinates (kappa, m); exact.

    >>> block(2, 2, 1)
    Matrix([
    [1, 3/2],
    [1, 1/2]])
    """
    n = sp.sympify(width)
    return sp.Matrix([[aniso * kw / n, 3 * (1 - 1 / n)], [aniso / n, 1 - 1 / n]])


def printed(width: Any, aniso: Any, kw: Any, sigma4: Any) -> sp.Matrix:
    """A^(l) as the document has it, 3 x 3, acting on (kappa_l, c_l, 1)."""
    n = sp.sympify(width)
    return sp.Matrix(
        [
            [aniso * kw / n, 3 * (n - 1) / (n * sigma4), 3 * (n - 1) / n],
            [aniso * sigma4 / n, (n - 1) / n, -sigma4 / n],
            [0, 0, 1],
        ]
    )


# --- proofs: Lemma 4.5 -----------------------------------------------------------------------

WIDE = tuple(
    (n, slope, kw)
    for n in (2, 3, 10, 100)
    for slope in (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(3))
    for kw in (Fraction(1), Fraction(2), Fraction(3), Fraction(10))
)


@functools.cache
def true_sign(width: int, slope: Fraction, kw: Fraction) -> int:
    """sign(lambda_max - 1) from the roots of the characteristic polynomial, exactly."""
    roots = block(width, anisotropy(slope), sp.sympify(kw)).eigenvals(multiple=True)
    return int(sp.sign(max(roots, key=lambda value: sp.N(value, 30)) - 1))


def below_zero_at_one(law: Evaluate) -> Finding:
    """-w^2 p(1) = r(3w - 3 + kappa_w) - w with w = 2 + u, r = 1 + s, kappa_w = 1 + t is > 0."""
    u, s, t = sp.symbols("u s t", nonnegative=True)
    at_one = sp.cancel(-(w**2) * (block(w, r, kappa_w) - sp.eye(2)).det())
    shifted = sp.Poly(sp.expand(at_one.subs({w: 2 + u, r: 1 + s, kappa_w: 1 + t})), u, s, t)
    terms = dict(shifted.terms())
    return prove.truth(
        [
            ("r - 1 = ((a^2 - 1)/(a^2 + 1))^2 >= 0",
             prove.is_zero(anisotropy(a) - 1 - ((a**2 - 1) / (a**2 + 1)) ** 2)),
            (f"coefficients of {shifted.as_expr()} are >= 0", all(k >= 0 for k in terms.values())),
            ("its constant term is > 0: p(1) < 0, a root exceeds 1", bool(terms[(0, 0, 0)] > 0)),
            *(
                (f"w = {n}, a = {slope}, kappa_w = {kw}: the law says above 1",
                 law(width=n, slope=slope, weight_kurtosis=kw) == 1)
                for n, slope, kw in WIDE
            ),
        ],
        predicted="lambda_max > 1",
        found="p(1) < 0 for all w >= 2, r >= 1, kappa_w >= 1",
    )  # fmt: skip


def exact_roots(law: Evaluate) -> Finding:
    """sign(lambda_max - 1) from exact roots, widths 2 to 100."""
    return prove.cases(
        (
            f"w = {n}, a = {slope}, kappa_w = {kw}",
            law(width=n, slope=slope, weight_kurtosis=kw),
            true_sign(n, slope, kw),
        )
        for n, slope, kw in WIDE
    )


def at_every_width(law: Evaluate) -> Finding:
    """The same from width 1 on, the exception |a| = 1, kappa_w = 1 among the points."""
    points = WIDE + tuple((1, slope, kw) for n, slope, kw in WIDE if n == 2)
    return prove.cases(
        (
            f"w = {n}, a = {slope}, kappa_w = {kw}",
            law(width=n, slope=slope, weight_kurtosis=kw),
            true_sign(n, slope, kw),
        )
        for n, slope, kw in points
    )


def width_one(law: Evaluate) -> Finding:
    """w = 1: the eigenvalues are r kappa_w and 0, and r kappa_w > 1 unless both are 1."""
    values = block(1, r, kappa_w).eigenvals(multiple=True)
    if set(values) != {r * kappa_w, 0}:
        return Finding(None, "", "", f"eigenvalues at w = 1: {values}")
    return prove.cases(
        (
            f"w = 1, a = {slope}, kappa_w = {kw}",
            law(width=1, slope=slope, weight_kurtosis=kw),
            true_sign(1, slope, kw),
        )
        for slope, kw in (
            (Fraction(0), Fraction(1)),
            (Fraction(99, 100), Fraction(1)),
            (Fraction(1), Fraction(101, 100)),
            (Fraction(-1), Fraction(3)),
        )
    )


def width_one_alone(law: Evaluate) -> Finding:
    """w = 1, |a| = 1, kappa_w = 1: the eigenvalues are 1 and 0."""
    return prove.cases(
        [
            (
                "w = 1, |a| = 1, kappa_w = 1",
                law(width=1, slope=1, weight_kurtosis=1),
                true_sign(1, Fraction(1), Fraction(1)),
            )
        ]
    )


def polynomial_at_one(law: Evaluate) -> Finding:
    """det(A - I) of the block, and of the printed matrix with the constant's row removed."""
    found = (block(w, anisotropy(a), kappa_w) - sp.eye(2)).det()
    minor = (printed(w, anisotropy(a), kappa_w, sp.Symbol("s", positive=True)) - sp.eye(3))[:2, :2]
    predicted = law(width=w, slope=a, weight_kurtosis=kappa_w)
    return prove.identities(
        [
            ("p(1)", sp.cancel(sp.together(predicted - found))),
            ("the printed matrix has the same", sp.cancel(sp.together(minor.det() - found))),
        ],
        predicted=str(predicted),
        found="the determinant, for all w, a, kappa_w",
    )


def chain(points: tuple[Fraction, ...]) -> Any:
    """A check of the first inequality of the kappa_w >= 3 chain, by the sign of its difference."""

    def check(law: Evaluate) -> Finding:
        rows = []
        for n in (2, 3, 10):
            for kw in points:
                aniso = sp.Integer(2)
                gap = aniso * (kw - 3) / n - block(n, aniso, kw).det()
                rows.append(
                    (
                        f"w = {n}, a = 0, kappa_w = {kw}",
                        law(width=n, slope=0, weight_kurtosis=kw),
                        sp.sign(gap),
                    )
                )
        return prove.cases(rows)

    return check


# --- the claim -------------------------------------------------------------------------------

LEMMA_45 = Claim(
    id="vev.lemma4.5",
    title="the largest eigenvalue of one layer's matrix exceeds 1",
    source=PAPER.at(
        "Lemma 4.5",
        "the largest eigenvalue of any matrix A^(l) of Proposition 4.3 is larger than 1; after "
        "Theorem 4.7: the width was set to w > 1, and w = 1 requires |a| != 1 or kappa_w != 1",
    ),
    kind="bound",
    laws=(
        Law(
            role="stated",
            formula=sp.Gt(LAMBDA_MAX, 1),
            parameters=PARAMETERS,
            words="sign of lambda_max - 1, which the lemma says is always +1",
            evaluate=lambda width, slope, weight_kurtosis: sp.Integer(1),
            mutants=(
                Mutant(
                    "not for kappa_w < 3",
                    lambda width, slope, weight_kurtosis: -1 if weight_kurtosis < 3 else 1,
                ),
                Mutant(
                    "only where the trace exceeds 2",
                    lambda width, slope, weight_kurtosis: sp.sign(
                        block(width, anisotropy(slope), weight_kurtosis).trace() - 2
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Symbol("p(1)"), -(r * (3 * w - 3 + kappa_w) - w) / w**2, evaluate=False
            ),
            parameters=PARAMETERS,
            words="characteristic polynomial of the block at 1: negative means a root above 1",
            evaluate=lambda width, slope, weight_kurtosis: (
                -(anisotropy(slope) * (3 * width - 3 + sp.sympify(weight_kurtosis)) - width)
                / sp.sympify(width) ** 2
            ),
            mutants=(
                Mutant(
                    "3 w for 3 w - 3",
                    lambda width, slope, weight_kurtosis: (
                        -(anisotropy(slope) * (3 * width + sp.sympify(weight_kurtosis)) - width)
                        / sp.sympify(width) ** 2
                    ),
                ),
                Mutant(
                    "r = 2 always",
                    lambda width, slope, weight_kurtosis: (
                        -(2 * (3 * width - 3 + sp.sympify(weight_kurtosis)) - width)
                        / sp.sympify(width) ** 2
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="every width",
            formula=sp.Eq(
                sp.Symbol("sign"),
                sp.Piecewise((0, sp.Eq(w, 1) & sp.Eq(sp.Abs(a), 1) & sp.Eq(kappa_w, 1)), (1, True)),
            ),
            parameters=PARAMETERS,
            words="sign of lambda_max - 1 at any width: 0 at w = 1, |a| = 1, kappa_w = 1 alone",
            evaluate=lambda width, slope, weight_kurtosis: sp.Integer(
                not (width == 1 and abs(slope) == 1 and weight_kurtosis == 1)
            ),
            mutants=(
                Mutant("above 1 at w = 1 too", lambda width, slope, weight_kurtosis: sp.Integer(1)),
                Mutant(
                    "never above 1 at w = 1",
                    lambda width, slope, weight_kurtosis: sp.Integer(width > 1),
                ),
            ),
        ),
        Law(
            role="proof-step",
            formula=sp.Lt(sp.Function("det")(sp.Symbol("A")), r * (kappa_w - 3) / w),
            parameters=PARAMETERS,
            words="first inequality of the kappa_w >= 3 case, as the sign of right minus left",
            evaluate=lambda width, slope, weight_kurtosis: sp.Integer(1),
            mutants=(Mutant("reversed", lambda width, slope, weight_kurtosis: sp.Integer(-1)),),
        ),
    ),
    assumptions=(
        stated(
            "w >= 2, or |a| != 1, or kappa_w != 1 (said after Theorem 4.7, for all of Section 4)",
            lambda p: (
                p.get("width", 2) >= 2
                or abs(p.get("slope", 0)) != 1
                or p.get("weight_kurtosis", 3) != 1
            ),
        ),
    ),
    expected="holds",
    because=(
        "p(1) = -(r(3w - 3 + kappa_w) - w)/w^2 is negative for every w >= 2; at w = 1, |a| = 1, "
        "kappa_w = 1 the largest eigenvalue is exactly 1."
    ),
    proofs=(
        Proof(
            "p(1) < 0",
            "symbolic",
            "the characteristic polynomial is negative at 1 on the whole domain w >= 2",
            below_zero_at_one,
        ),
        Proof("exact roots", "exact", "sign(lambda_max - 1) from roots in radicals", exact_roots),
        Proof(
            "width 1",
            "exact",
            "at width 1 the eigenvalues are r kappa_w and 0: above 1 with the assumption",
            width_one,
        ),
        Proof(
            "width 1, |a| = kappa_w = 1",
            "exact",
            "the only layer without a growing direction: what the assumption is for",
            width_one_alone,
            point={"width": 1, "slope": 1, "weight_kurtosis": 1},
        ),
        Proof(
            "value at 1",
            "symbolic",
            "the determinant of the block minus identity",
            polynomial_at_one,
            law="sharper",
        ),
        Proof(
            "roots from width 1 on",
            "exact",
            "sign(lambda_max - 1) from roots in radicals",
            at_every_width,
            law="every width",
        ),
        Proof(
            "chain at kappa_w = 3",
            "exact",
            "the strict inequality at kappa_w = 3",
            chain((Fraction(3),)),
            law="proof-step",
            point={"weight_kurtosis": 3},
        ),
        Proof(
            "chain above 3",
            "exact",
            "the strict inequality at kappa_w > 3",
            chain((Fraction(4), Fraction(10))),
            law="proof-step",
        ),
    ),
    remark=(
        "The assumption stands neither in the lemma nor in its proof; Lemma 4.4 and the remark "
        "after Theorem 4.7 have it. The chain det < r(kappa_w - 3)/w is an "
        "equality (0 = 0) at kappa_w = 3: '<=' repairs it, the next inequality being strict. That "
        "the two cases tr >= 2 and 1 <= tr < 2 are all there are holds because "
        "tr = 1 + (r kappa_w - 1)/w >= 1. At w = 1 the block has zeros, so Perron's theorem for "
        "positive matrices does not apply."
    ),
    see=("vev.lambda", "vev.thm4.7"),
)
