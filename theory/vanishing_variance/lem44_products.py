"""The form of products of the layers' matrices: Lemma 4.4.

    vev.lemma4.4   any product is [[alpha, beta/s, beta], [gamma s, delta, s(delta - 1)], [0, 0, 1]]

with s = sigma^4. In the coordinates (kappa, m), m = 1 + c/s, the third row and column disappear:
[[alpha, beta], [gamma, delta]] is the product of the 2 x 2 blocks, and the form is nothing but this
change of coordinates written out.
"""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Bounds,
    Claim,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    Reals,
    stated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, a, kappa_w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.lem45_eigenvalue import block, printed
from theory.vanishing_variance.probes import IID_WEIGHTS, WIDTHS_READ
from theory.vanishing_variance.recursion import anisotropy
from theory.vanishing_variance.thm47_kurtosis_diverges import product

alpha, beta, gamma, delta = sp.symbols("alpha beta gamma delta", positive=True)
s = sp.Symbol("s", positive=True)

SIGMA4 = Parameter("sigma4", Reals(0, open_low=True), "s = sigma^4, the variance squared", s)
PRODUCT = (WIDTHS_READ, SLOPE, WEIGHT_KURTOSIS)
PLACE = (
    Parameter("row", Integers(1, 3), "row of the entry"),
    Parameter("column", Integers(1, 3), "column of the entry"),
)


def form(two: sp.Matrix, sigma4: Any) -> sp.Matrix:
    """The 3 x 3 matrix of the lemma from [[alpha, beta], [gamma, delta]] and s = sigma^4.

    >>> form(sp.Matrix([[1, 2], [3, 4]]), 5)
    Matrix([
    [ 1, 2/5,  2],
    [15,   4, 15],
    [ 0,   0,  1]])
    """
    (top, right), (left, low) = two.tolist()
    scale = sp.sympify(sigma4)
    return sp.Matrix(
        [[top, right / scale, right], [left * scale, low, scale * (low - 1)], [0, 0, 1]]
    )


def entry(
    widths: Any, slope: Any, weight_kurtosis: Any, sigma4: Any, row: int, column: int
) -> sp.Expr:
    """Entry of B = A^(d-1) ... A^(0), the widths in the order in which they are read. Exact."""
    two = product(widths, anisotropy(slope), sp.sympify(weight_kurtosis))
    return form(two, sigma4)[row - 1, column - 1]


def row_ratio(widths: Any, slope: Any, weight_kurtosis: Any) -> Bounds:
    """Bounds of alpha/gamma and of beta/delta: min(kappa_w, 3) and max(kappa_w, 3). Attained.

    A column (P, Q) of the layers below, scaled, becomes (kappa_w P + 3 Q, P + Q).
    """
    kw = sp.sympify(weight_kurtosis)
    return Bounds(min(kw, sp.Integer(3)), max(kw, sp.Integer(3)))


# --- mutants ---------------------------------------------------------------------------------


def _entry_mutant(change: str) -> Any:
    def evaluate(
        widths: Any, slope: Any, weight_kurtosis: Any, sigma4: Any, row: int, column: int
    ) -> sp.Expr:
        order = tuple(reversed(widths)) if change == "layers in reverse" else widths
        right = entry(order, slope, weight_kurtosis, sigma4, row, column)
        if change == "s delta for s(delta - 1)" and (row, column) == (2, 3):
            return right + sp.sympify(sigma4)
        if change == "beta s for beta/s" and (row, column) == (1, 2):
            return right * sp.sympify(sigma4) ** 2
        return right

    return evaluate


def _order_mutant(change: str) -> Any:
    def evaluate(widths: Any, slope: Any, weight_kurtosis: Any) -> int:
        (top, right), (left, low) = product(
            widths, anisotropy(slope), sp.sympify(weight_kurtosis)
        ).tolist()
        return int(bool(top > left and right > low if change == "alpha > gamma" else top >= right))

    return evaluate


# --- proofs ----------------------------------------------------------------------------------

WIDTHS = ((2,), (7,), (2, 3), (3, 2), (5, 2, 9), (2, 8, 8, 3), (4, 2, 11, 3, 6))
SLOPES = (Fraction(0), Fraction(1, 2), Fraction(-1))
WEIGHT_KURTOSES = (Fraction(1), Fraction(9, 5), Fraction(3), Fraction(10))
SCALE = Fraction(5, 7)
PLACES = tuple(itertools.product((1, 2, 3), repeat=2))


@functools.cache
def multiplied(widths: tuple[int, ...], slope: Any, kw: Any, sigma4: Any) -> sp.Matrix:
    """The 3 x 3 matrices as printed, multiplied in the order in which the layers come."""
    result = sp.eye(3)
    for n in widths:
        result = printed(n, anisotropy(slope), kw, sigma4) * result
    return result


def closed(law: Evaluate) -> Finding:
    """A matrix of the form times another is of the form; so are A^(l) and the product of two."""
    one, two = (
        sp.Matrix(2, 2, sp.symbols(f"alpha_{k} beta_{k} gamma_{k} delta_{k}", positive=True))
        for k in (1, 2)
    )
    gap = (form(one, s) * form(two, s) - form(one * two, s)).applyfunc(sp.expand)
    if gap != sp.zeros(3):
        return Finding(None, "", "", f"not closed under products: {gap.tolist()}")
    of_two = multiplied((2, 3), a, kappa_w, s)
    at = {"widths": (2, 3), "slope": a, "weight_kurtosis": kappa_w, "sigma4": s}
    return prove.identities(
        (
            (
                f"widths 2, 3: entry {row}, {column}",
                sp.cancel(
                    sp.together(law(row=row, column=column, **at) - of_two[row - 1, column - 1])
                ),
            )
            for row, column in PLACES
        ),
        predicted="the form of the lemma",
        found="A^(1) A^(0) as printed, for all a, kappa_w, sigma; closed in 8 free letters",
    )


def by_products(law: Evaluate) -> Finding:
    """The printed matrices multiplied in fractions, up to five layers."""
    grid = itertools.product(WIDTHS, SLOPES, (Fraction(1), Fraction(10)))
    return prove.cases(
        (
            f"widths {widths}, a = {slope}, kappa_w = {kw}: entry {row}, {column}",
            law(
                widths=widths,
                slope=slope,
                weight_kurtosis=kw,
                sigma4=SCALE,
                row=row,
                column=column,
            ),
            multiplied(widths, slope, sp.sympify(kw), sp.sympify(SCALE))[row - 1, column - 1],
        )
        for widths, slope, kw in grid
        for row, column in PLACES
    )


@functools.cache
def inequalities(widths: tuple[int, ...], slope: Fraction, kw: Fraction) -> int:
    """1 if the four inequalities hold for the product of the printed matrices, else 0."""
    b = multiplied(widths, slope, sp.sympify(kw), sp.Integer(1))
    return int(bool(b[1, 0] > 0 and b[0, 0] >= b[1, 0] and b[1, 1] > 0 and b[0, 1] >= b[1, 1]))


def in_order(widths: tuple[tuple[int, ...], ...]) -> Any:
    """A check of the four inequalities in fractions."""

    def check(law: Evaluate) -> Finding:
        return prove.cases(
            (
                f"widths {pattern}, a = {slope}, kappa_w = {kw}",
                law(widths=pattern, slope=slope, weight_kurtosis=kw),
                inequalities(pattern, slope, kw),
            )
            for pattern, slope, kw in itertools.product(widths, SLOPES, WEIGHT_KURTOSES)
        )

    return check


def inherited(law: Evaluate) -> Finding:
    """Each inequality passes to the product: the differences have no negative coefficient.

    alpha = gamma + u and beta = delta + v with u, v >= 0 and gamma, delta > 0, for either factor.
    """
    letters = sp.symbols("gamma_1 u_1 delta_1 v_1 gamma_2 u_2 delta_2 v_2")
    g_1, u_1, d_1, v_1, g_2, u_2, d_2, v_2 = letters
    one = sp.Matrix([[g_1 + u_1, d_1 + v_1], [g_1, d_1]])
    two = sp.Matrix([[g_2 + u_2, d_2 + v_2], [g_2, d_2]])
    (top, right), (left, low) = (one * two).tolist()

    def positive(expression: Any, *, strictly: Any = None) -> bool:
        terms = sp.Poly(sp.expand(expression), *letters).terms()
        enough = strictly is None or any(sp.Poly(strictly, *letters).monoms()[0] == m
                                         for m, _ in terms)  # fmt: skip
        return all(c > 0 for _, c in terms) and enough

    extra, more, t = sp.symbols("w' r' t", nonnegative=True)
    first = block(2 + extra, 1 + more, 1 + t)  # w >= 2, r >= 1, kappa_w >= 1
    start = [first[1, 0], first[0, 0] - first[1, 0], first[1, 1], first[0, 1] - first[1, 1]]
    return prove.truth(
        [
            ("one layer, w >= 2: gamma > 0 and delta > 0",
             bool(first[1, 0].is_positive and sp.simplify(first[1, 1]).is_positive)),
            ("one layer: alpha - gamma = r (kappa_w - 1)/w >= 0",
             bool(sp.simplify(start[1] - (1 + more) * t / (2 + extra)) == 0)),
            ("one layer: beta - delta = 2 (1 - 1/w) > 0",
             bool(sp.simplify(start[3] - 2 * (1 + extra) / (2 + extra)) == 0)),
            ("product: gamma > 0", positive(left, strictly=g_1 * g_2)),
            ("product: delta > 0", positive(low, strictly=d_1 * d_2)),
            ("product: alpha >= gamma", positive(top - left)),
            ("product: beta >= delta", positive(right - low)),
            *((f"the law at widths {pattern}, kappa_w = 1",
               bool(law(widths=pattern, slope=0, weight_kurtosis=1) == 1)) for pattern in WIDTHS),
        ],
        predicted="gamma > 0, alpha >= gamma, delta > 0, beta >= delta",
        found="by induction over the layers, for all w >= 2, a, kappa_w",
    )  # fmt: skip


def ratios(law: Evaluate) -> Finding:
    """alpha/gamma and beta/delta of products in fractions, and one layer, where both are ends."""
    rows: list[tuple[str, bool | None]] = []
    for widths, slope, kw in itertools.product(WIDTHS, SLOPES, WEIGHT_KURTOSES):
        b = multiplied(widths, slope, sp.sympify(kw), sp.Integer(1))
        quotients = (b[0, 0] / b[1, 0], b[0, 1] / b[1, 1])
        ends = law(widths=widths, slope=slope, weight_kurtosis=kw)
        label = f"widths {widths}, a = {slope}, kappa_w = {kw}"
        rows.append((f"{label}: inside", all(bool(ends.low <= q <= ends.high) for q in quotients)))
        if len(widths) == 1:
            tight = (min(quotients), max(quotients)) == (ends.low, ends.high)
            rows.append((f"{label}: attained", bool(tight)))
    return prove.truth(
        rows, predicted="between kappa_w and 3", found="products of the printed matrices"
    )


# --- the claim -------------------------------------------------------------------------------

CLAIM = Claim(
    id="vev.lemma4.4",
    title="products of the layers' matrices have a form with four positive parameters",
    source=PAPER.at(
        "Lemma 4.4, eq. (1)",
        "with w > 1, any product of matrices A^(l) is [[alpha, beta/s, beta], [gamma s, delta, "
        "s(delta - 1)], [0, 0, 1]], s = sigma^4, with gamma > 0, alpha >= gamma, delta > 0, "
        "beta >= delta",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                sp.MatrixSymbol("B", 3, 3),
                sp.ImmutableMatrix(form(sp.Matrix([[alpha, beta], [gamma, delta]]), s)),
                evaluate=False,
            ),
            parameters=(*PRODUCT, SIGMA4, *PLACE),
            words="one entry of the product; [[alpha, beta], [gamma, delta]] is the product of the "
            "2 x 2 blocks",
            evaluate=entry,
            mutants=tuple(
                Mutant(name, _entry_mutant(name))
                for name in ("s delta for s(delta - 1)", "beta s for beta/s", "layers in reverse")
            ),
        ),
        Law(
            role="stated",
            name="inequalities",
            formula=sp.And(
                sp.Gt(sp.Symbol("gamma"), 0),
                sp.Ge(sp.Symbol("alpha"), sp.Symbol("gamma")),
                sp.Gt(sp.Symbol("delta"), 0),
                sp.Ge(sp.Symbol("beta"), sp.Symbol("delta")),
            ),
            parameters=PRODUCT,
            words="1 where all four inequalities hold, which the lemma says is always",
            evaluate=lambda widths, slope, weight_kurtosis: 1,
            mutants=(
                Mutant("alpha > gamma", _order_mutant("alpha > gamma")),
                Mutant("alpha >= beta", _order_mutant("alpha >= beta")),
            ),
        ),
        Law(
            role="sharper",
            name="row ratio",
            formula=sp.And(
                sp.Le(sp.Min(3, kappa_w), sp.Symbol("alpha") / sp.Symbol("gamma")),
                sp.Le(sp.Symbol("alpha") / sp.Symbol("gamma"), sp.Max(3, kappa_w)),
            ),
            parameters=PRODUCT,
            words="alpha/gamma, and beta/delta too, lie between kappa_w and 3 (the lemma: above 1)",
            evaluate=row_ratio,
            mutants=(
                Mutant(
                    "between 1 and 3",
                    lambda widths, slope, weight_kurtosis: Bounds(sp.Integer(1), sp.Integer(3)),
                ),
                Mutant(
                    "kappa_w alone",
                    lambda widths, slope, weight_kurtosis: Bounds(
                        sp.sympify(weight_kurtosis), sp.sympify(weight_kurtosis)
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("all widths are at least 2", lambda p: min(p.get("widths", (2,))) >= 2),
        IID_WEIGHTS,
    ),
    expected="holds",
    because=(
        "In the coordinates (kappa, 1 + c/sigma^4) a layer is a 2 x 2 matrix without negative "
        "entries, and the form is that matrix written in the document's coordinates."
    ),
    proofs=(
        Proof(
            "closed under products",
            "symbolic",
            "the form times the form is the form, in eight free letters",
            closed,
        ),
        Proof("products", "exact", "printed matrices multiplied in fractions", by_products),
        Proof(
            "induction",
            "symbolic",
            "every inequality passes from the factors to their product",
            inherited,
            law="inequalities",
        ),
        Proof(
            "inequalities in fractions",
            "exact",
            "up to five layers of widths 2 to 11",
            in_order(WIDTHS),
            law="inequalities",
        ),
        Proof(
            "width 1",
            "exact",
            "a first layer that reads one unit leaves beta = delta = 0: what w > 1 is for",
            in_order(((1,), (1, 2))),
            law="inequalities",
            point={"widths": (1, 2)},
        ),
        Proof(
            "row ratio",
            "exact",
            "products in fractions; attained by one layer",
            ratios,
            law="row ratio",
        ),
    ),
    remark=(
        "In the document's induction 'B = A^(l+1) C' should read A^(d+1) C. Equality alpha = gamma "
        "occurs for one layer and +-1 weights only. A layer of width 1 above a wider one does no "
        "harm: delta = 0 only if the lowest width is 1."
    ),
    see=("vev.prop4.3", "vev.lemma4.5", "vev.lemma4.6"),
)
