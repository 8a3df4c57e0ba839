"""Perron's theorem as Appendix D quotes it, on 2 x 2 matrices.

    vev.appD   six items for irreducible nonnegative matrices; two of them need more

Items 1 to 4 hold. Item 5 (every other eigenvalue is smaller in modulus) and item 6 (the scaled
powers converge) need a primitive matrix, for 2 x 2 ones: a diagonal that is not all zero. And with
x and y both adding up to 1, as items 3 and 4 have them, the limit of item 6 is x y^T/(y^T x).
Two matrices show it: [[0, 1], [1, 0]] and [[2, 1], [1, 2]].
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
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
    unstated,
)
from theory.vanishing_variance import PAPER

TOP, RIGHT, LEFT, LOW = sp.symbols("a_11 a_12 a_21 a_22", nonnegative=True)
MATRIX = (
    Parameter("a11", Reals(0), "upper entry of the diagonal", TOP),
    Parameter("a12", Reals(0), "upper entry beside it; irreducible: > 0", RIGHT),
    Parameter("a21", Reals(0), "lower entry beside it; irreducible: > 0", LEFT),
    Parameter("a22", Reals(0), "lower entry of the diagonal", LOW),
)
PLACE = (
    Parameter("row", Integers(1, 2), "row of the entry"),
    Parameter("column", Integers(1, 2), "column of the entry"),
)
A = sp.Symbol("A", commutative=False)
m = sp.Symbol("m", integer=True, positive=True)
rho = sp.Symbol("rho", positive=True)
x, y = sp.symbols("x y^T", commutative=False)


def rational(value: Any) -> sp.Expr:
    """A number without rounding; letters stay letters."""
    found = sp.sympify(value)
    return sp.Rational(found) if found.is_Float else found


def matrix(a11: Any, a12: Any, a21: Any, a22: Any) -> sp.Matrix:
    """The matrix, exactly."""
    return sp.Matrix([[rational(a11), rational(a12)], [rational(a21), rational(a22)]])


def roots(two: sp.Matrix) -> tuple[sp.Expr, sp.Expr]:
    """(rho, the other eigenvalue). (a_11 - a_22)^2 + 4 a_12 a_21 is the discriminant."""
    gap = sp.sqrt((two[0, 0] - two[1, 1]) ** 2 + 4 * two[0, 1] * two[1, 0])
    return (two.trace() + gap) / 2, (two.trace() - gap) / 2


def vectors(two: sp.Matrix) -> tuple[sp.Matrix, sp.Matrix]:
    """Right and left eigenvectors x, y of rho, the entries of each adding up to 1. Exact.

    >>> vectors(sp.Matrix([[1, 2], [3, 2]]))[0].T
    Matrix([[2/5, 3/5]])
    """
    largest, _ = roots(two)
    right = sp.Matrix([two[0, 1], largest - two[0, 0]])
    left = sp.Matrix([two[1, 0], largest - two[0, 0]])
    return right / sum(right), left / sum(left)


def printed_limit(a11: Any, a12: Any, a21: Any, a22: Any, row: int, column: int) -> sp.Expr:
    """One entry of x y^T, both adding up to 1: the limit as item 6 has it.

    >>> printed_limit(2, 1, 1, 2, row=1, column=2)
    1/4
    """
    right, left = vectors(matrix(a11, a12, a21, a22))
    return right[row - 1] * left[column - 1]


def true_limit(a11: Any, a12: Any, a21: Any, a22: Any, row: int, column: int) -> sp.Expr:
    """One entry of x y^T/(y^T x): the limit of (A/rho)^m, or of its means over m if it has none.

    >>> true_limit(2, 1, 1, 2, row=1, column=2), true_limit(0, 1, 1, 0, row=1, column=2)
    (1/2, 1/2)
    """
    right, left = vectors(matrix(a11, a12, a21, a22))
    return right[row - 1] * left[column - 1] / right.dot(left)


def dominance(a11: Any, a12: Any, a21: Any, a22: Any) -> sp.Integer:
    """sign(rho - |other eigenvalue|): 0 if both entries of the diagonal are 0, else 1. Exact.

    rho and the other are (tr +- gap)/2 with gap > 0, so rho - |other| = min(gap, tr).
    """
    return sp.Integer(int(bool(rational(a11) + rational(a22) > 0)))


# --- proofs ----------------------------------------------------------------------------------

PERIODIC = {"a11": 0, "a12": 1, "a21": 1, "a22": 0}
EQUAL = {"a11": 2, "a12": 1, "a21": 1, "a22": 2}
PRIMITIVE: tuple[dict[str, Any], ...] = (
    EQUAL,
    {"a11": 1, "a12": 2, "a21": 3, "a22": 2},
    {"a11": 0, "a12": 2, "a21": 1, "a22": 1},
    {"a11": 5, "a12": Fraction(1, 2), "a21": 7, "a22": 0},
    {"a11": 1, "a12": 1, "a21": 1, "a22": 0},  # golden ratio
)
IMPRIMITIVE: tuple[dict[str, Any], ...] = (
    PERIODIC,
    {"a11": 0, "a12": 9, "a21": Fraction(1, 4), "a22": 0},
)
PLACES = ((1, 1), (1, 2), (2, 1), (2, 2))


def four_items(law: Evaluate) -> Finding:
    """rho > 0, simple, with one right and one left eigenvector of sum 1, which is positive.

    With a_12, a_21 > 0 the discriminant exceeds (a_11 - a_22)^2, so gap > |a_11 - a_22|: the roots
    differ (simple; the eigenvector is unique up to its length) and rho - a_11 =
    (a_22 - a_11 + gap)/2 > 0, as is rho > a_11 >= 0.
    """
    top, low = sp.symbols("a_11 a_22", nonnegative=True)
    right, left = sp.symbols("a_12 a_21", positive=True)
    two = matrix(top, right, left, low)
    largest, other = roots(two)
    xs, ys = vectors(two)
    zero = [two * xs - largest * xs, two.T * ys - largest * ys]
    gap_sq = sp.expand((largest - other) ** 2 - (top - low) ** 2)
    return prove.truth(
        [
            ("A x = rho x and y^T A = rho y^T",
             all(prove.is_zero(e) is True for e in (*zero[0], *zero[1]))),
            ("x and y add up to 1",
             all(prove.is_zero(sum(v) - 1) is True for v in (xs, ys))),
            ("(rho - other)^2 - (a_11 - a_22)^2 = 4 a_12 a_21 > 0",
             prove.is_zero(gap_sq - 4 * right * left)),
            *((f"{entries}: items 1 to 4, by eigenvalues and kernels in exact numbers",
               bool(law(**entries) == _items_hold(entries)))
              for entries in (*PRIMITIVE, *IMPRIMITIVE)),
        ],
        predicted="items 1 to 4",
        found="the roots and vectors of every 2 x 2 matrix with a_12, a_21 > 0",
    )  # fmt: skip


@functools.cache
def _spectrum(entries: tuple[tuple[str, Any], ...]) -> list[tuple[Any, int, list[Any]]]:
    return [tuple(e) for e in matrix(**dict(entries)).eigenvects()]


def _items_hold(entries: dict[str, Any]) -> int:
    """1 if the largest eigenvalue is > 0, simple, and its vector has entries of one sign."""
    spectrum = _spectrum(tuple(entries.items()))
    largest, multiplicity, kernel = max(spectrum, key=lambda e: sp.N(e[0]))
    one_sign = len(kernel) == 1 and bool(kernel[0][0] * kernel[0][1] > 0)
    return int(bool(largest > 0) and multiplicity == 1 and one_sign)


def moduli(cases: tuple[dict[str, Any], ...]) -> Callable[[Evaluate], Finding]:
    """A check of sign(rho - |other eigenvalue|) on explicit matrices, eigenvalues in radicals."""

    def check(law: Evaluate) -> Finding:
        rows = []
        for entries in cases:
            values = sorted((e[0] for e in _spectrum(tuple(entries.items()))), key=sp.N)
            found = sp.sign(sp.simplify(values[-1] - sp.Abs(values[0])))
            rows.append((f"{matrix(**entries).tolist()}", law(**entries), found))
        return prove.cases(rows)

    return check


def moduli_by_letters(law: Evaluate) -> Finding:
    """rho - |other| is min(gap, tr): rho - other = gap and rho + other = tr, for all entries."""
    two = matrix(TOP, RIGHT, LEFT, LOW)
    largest, other = roots(two)
    if prove.is_zero(largest + other - two.trace()) is not True:
        return Finding(None, "", "", "rho + other = tr could not be reduced")
    return moduli((*PRIMITIVE, *IMPRIMITIVE))(law)


@functools.cache
def limit_of(entries: tuple[tuple[str, Any], ...]) -> tuple[sp.Matrix, bool]:
    """(P, whether (A/rho)^m converges to it) by exact powers.

    A^m = rho^m P + other^m (I - P) with P = (A - other I)/(rho - other); checked for m = 1, 2, 3.
    """
    two = matrix(**dict(entries))
    largest, other = roots(two)
    p = ((two - other * sp.eye(2)) / (largest - other)).applyfunc(sp.radsimp)
    for power in (1, 2, 3):
        built = largest**power * p + other**power * (sp.eye(2) - p)
        assert (two**power - built).applyfunc(sp.simplify) == sp.zeros(2)
    return p, bool(sp.Abs(other) < largest)


def powers(cases: tuple[dict[str, Any], ...]) -> Callable[[Evaluate], Finding]:
    """A check of the limit of (A/rho)^m on explicit matrices."""

    def check(law: Evaluate) -> Finding:
        return prove.cases(
            (
                f"{matrix(**entries).tolist()}: entry {row}, {column}",
                law(row=row, column=column, **entries),
                limit_of(tuple(entries.items()))[0][row - 1, column - 1],
            )
            for entries in cases
            for row, column in PLACES
        )

    return check


def no_limit(law: Evaluate) -> Finding:
    """[[0, 1], [1, 0]]: rho = 1, odd powers are A and even ones I, which differ."""
    two = matrix(**PERIODIC)
    even, odd = two**2, two**3
    value = law(row=1, column=1, **PERIODIC)
    return Finding(
        agrees=bool(even[0, 0] == odd[0, 0] == value),
        predicted=f"A^m -> {value} at 1, 1",
        found=f"A^(2k) has {even[0, 0]}, A^(2k + 1) has {odd[0, 0]}: no limit",
        detail="[[0, 1], [1, 0]] is irreducible and not primitive",
    )


def by_letters(law: Evaluate) -> Finding:
    """x y^T/(y^T x) is the projection (A - other I)/(rho - other), for all entries.

    Then A^m = rho^m P + other^m (I - P): the powers converge if |other| < rho, and if other = -rho
    their means do. y scaled to y^T x = 1 makes item 6 right as it stands.
    """
    top, low = sp.symbols("a_11 a_22", nonnegative=True)
    gap, right = sp.symbols("g a_12", positive=True)  # gap^2 = (a_11 - a_22)^2 + 4 a_12 a_21
    left = (gap**2 - (top - low) ** 2) / (4 * right)
    two = sp.Matrix([[top, right], [left, low]])
    largest, other = (two.trace() + gap) / 2, (two.trace() - gap) / 2
    xs, ys = sp.Matrix([right, largest - top]), sp.Matrix([left, largest - top])
    outer = xs * ys.T / xs.dot(ys)
    if (outer - (two - other * sp.eye(2)) / gap).applyfunc(sp.cancel) != sp.zeros(2):
        return Finding(None, "", "", "x y^T/(y^T x) = P could not be reduced")
    return powers((*PRIMITIVE, *IMPRIMITIVE))(law)


# --- the claim -------------------------------------------------------------------------------

LIMIT = sp.Limit((A / rho) ** m, m, sp.oo)

CLAIM = Claim(
    id="vev.appD",
    title="Perron's theorem, six items, for irreducible nonnegative matrices",
    source=PAPER.at(
        "Appendix D, Theorem (Perron)",
        "A irreducible and nonnegative, n >= 2: (1) rho > 0, (2) simple, (3, 4) unique right and "
        "left vectors x, y of sum 1, positive, (5) |lambda| < rho for every other eigenvalue, "
        "(6) (A/rho)^m -> x y^T",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            name="items 1 to 4",
            formula=sp.And(sp.Gt(rho, 0), sp.Eq(A * x, rho * x), sp.Eq(y * A, rho * y)),
            parameters=MATRIX,
            words="1 where rho > 0, simple, with positive right and left vectors, unique at sum 1",
            evaluate=lambda a11, a12, a21, a22: sp.Integer(1),
            mutants=(
                Mutant("for primitive matrices only", dominance),
                Mutant(
                    "for positive matrices only",
                    lambda a11, a12, a21, a22: sp.Integer(int(min(a11, a12, a21, a22) > 0)),
                ),
            ),
        ),
        Law(
            role="stated",
            name="item 5",
            formula=sp.Lt(sp.Abs(sp.Symbol("lambda")), rho),
            parameters=MATRIX,
            words="sign of rho - |lambda| for the other eigenvalue, always 1 as it is quoted",
            evaluate=lambda a11, a12, a21, a22: sp.Integer(1),
            mutants=(Mutant("equal moduli", lambda a11, a12, a21, a22: sp.Integer(0)),),
        ),
        Law(
            role="stated",
            name="item 6",
            formula=sp.Eq(LIMIT, x * y, evaluate=False),
            parameters=(*MATRIX, *PLACE),
            words="one entry of the limit, x and y of sum 1 as items 3 and 4 have them",
            evaluate=printed_limit,
            mutants=(
                Mutant(
                    "y x^T",
                    lambda row, column, **entries: printed_limit(row=column, column=row, **entries),
                ),
            ),
        ),
        Law(
            role="corrected",
            name="item 5, corrected",
            formula=sp.Equivalent(
                sp.Lt(sp.Abs(sp.Symbol("lambda")), rho), sp.Gt(TOP + LOW, 0), evaluate=False
            ),
            parameters=MATRIX,
            words="the sign is 1 for a primitive matrix (its diagonal is not all zero), else 0",
            evaluate=dominance,
            mutants=(
                Mutant(
                    "both entries of the diagonal > 0",
                    lambda a11, a12, a21, a22: sp.Integer(int(min(a11, a22) > 0)),
                ),
                Mutant("always 1", lambda a11, a12, a21, a22: sp.Integer(1)),
            ),
        ),
        Law(
            role="corrected",
            name="item 6, corrected",
            formula=sp.Eq(LIMIT, x * y / sp.Symbol("y^T x"), evaluate=False),
            parameters=(*MATRIX, *PLACE),
            words="the same divided by y^T x; for a matrix that is not primitive it is the limit "
            "of the means over m, the powers having none",
            evaluate=true_limit,
            mutants=(
                Mutant("not divided by y^T x", printed_limit),
                Mutant(
                    "vectors exchanged",
                    lambda row, column, **entries: true_limit(row=column, column=row, **entries),
                ),
                Mutant(
                    "y of length 1",
                    lambda **at: (
                        printed_limit(**at)
                        / sp.sqrt(
                            sum(
                                v**2
                                for v in vectors(
                                    matrix(*(at[k] for k in ("a11", "a12", "a21", "a22")))
                                )[1]
                            )
                        )
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "irreducible: a_12 > 0 and a_21 > 0",
            lambda p: p.get("a12", 1) > 0 and p.get("a21", 1) > 0,
        ),
        unstated(
            "primitive: the diagonal is not all zero",
            lambda p: p.get("a11", 1) + p.get("a22", 1) > 0,
        ),
    ),
    expected="false-as-stated",
    because=(
        "[[0, 1], [1, 0]] has the eigenvalues 1 and -1 and its powers do not converge; for "
        "[[2, 1], [1, 2]] x y^T has the entries 1/4 and the limit 1/2. Irreducible is not enough "
        "for items 5 and 6, and item 6 lacks the factor 1/(y^T x)."
    ),
    proofs=(
        Proof(
            "items 1 to 4",
            "symbolic",
            "roots and vectors in letters, and exact spectra of seven matrices",
            four_items,
            law="items 1 to 4",
        ),
        Proof(
            "item 5, primitive",
            "exact",
            "eigenvalues in radicals",
            moduli(PRIMITIVE),
            law="item 5",
        ),
        Proof(
            "item 5, [[0, 1], [1, 0]]",
            "exact",
            "eigenvalues 1 and -1",
            moduli(IMPRIMITIVE),
            law="item 5",
            point=PERIODIC,
        ),
        Proof(
            "item 6, [[2, 1], [1, 2]]",
            "exact",
            "A^m = (3^m + 1)/2 on the diagonal, (3^m - 1)/2 beside it",
            powers((EQUAL,)),
            law="item 6",
            point=EQUAL,
        ),
        Proof(
            "item 6, [[0, 1], [1, 0]]",
            "exact",
            "powers that alternate",
            no_limit,
            law="item 6",
            point=PERIODIC,
        ),
        Proof(
            "moduli",
            "symbolic",
            "rho + lambda = tr and rho - lambda > 0, so |lambda| < rho iff tr > 0",
            moduli_by_letters,
            law="item 5, corrected",
        ),
        Proof(
            "limit",
            "symbolic",
            "x y^T/(y^T x) is the projection that the scaled powers, or their means, tend to",
            by_letters,
            law="item 6, corrected",
        ),
    ),
    remark=(
        "No effect on Lemma 4.5 for w >= 2: there the block is positive, hence primitive, and only "
        "items 1 to 5 are used. In the source that is cited, item 6 has y scaled to y^T x = 1, "
        "which makes it right for primitive matrices. Two by two is enough to refute."
    ),
    see=("vev.lemma4.5", "vev.lemma4.6"),
)
