"""Householder weights: orthogonal at every step, and half of the orthogonal group.

    vn.householder   W = H_n ... H_1, H_i = I - 2 v_i v_i^T, |v_i| = 1

Each reflection has determinant -1, so det W = (-1)^n whatever the v_i are: of the two halves of
O(n) one is reached, all of it. With v_i uniform on the sphere E v v^T = I/n, and a product of
independent matrices has the product of their means: E W = (1 - 2/n)^n I, near e^-2 I, where Haar's
law has 0. W_11^2 starts at 1 and E W_11^2 - 1/n falls by (n-2)/(n+2) with each reflection.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
)
from theory.vanishing_nodes import PAPER

n, i, j = sp.symbols("n i j", integer=True, positive=True)
E, W, v = sp.Function("E"), sp.MatrixSymbol("W", n, n), sp.Symbol("v")
SIZE = Parameter("size", Integers(1), "n, rows of the matrix and number of reflections", n)
ENTRY = (
    SIZE,
    Parameter("row", Integers(1), "i", i),
    Parameter("column", Integers(1), "j", j),
)


def gram_entry(size: Any, row: Any, column: Any) -> int:
    """(W^T W)_ij = 1 for i = j, else 0."""
    return int(row == column)


def mean_diagonal(size: Any) -> sp.Rational:
    """E W_ii for v_i uniform on the sphere: (1 - 2/n)^n. Exact.

    >>> mean_diagonal(4), mean_diagonal(1), mean_diagonal(2)
    (1/16, -1, 0)
    """
    return (1 - sp.Rational(2, int(size))) ** int(size)


def mean_square(size: Any) -> sp.Rational:
    """E W_ii^2: 1/n + (1 - 1/n) ((n-2)/(n+2))^n. Exact; Haar's law has 1/n.

    >>> mean_square(1), mean_square(2), mean_square(3)
    (1, 1/2, 127/375)
    """
    size = int(size)
    rest = sp.Rational(size - 2, size + 2) ** size
    return sp.Rational(1, size) + (1 - sp.Rational(1, size)) * rest


# --- proofs ----------------------------------------------------------------------------------


def reflection(direction: Any) -> sp.Matrix:
    """I - 2 v v^T/|v|^2."""
    column = sp.Matrix(direction)
    return sp.eye(len(column)) - 2 * column * column.T / (column.T * column)[0]


def roots(size: int) -> list[tuple[int, ...]]:
    """e_i and e_i +- e_j: the mirrors of all symmetries of a cube."""
    unit = [tuple(int(k == at) for k in range(size)) for at in range(size)]
    pairs = itertools.combinations(unit, 2)
    both = [tuple(x + s * y for x, y in zip(a, b, strict=True)) for a, b in pairs for s in (1, -1)]
    return unit + both


@functools.cache
def cube_products(size: int) -> tuple[sp.ImmutableMatrix, ...]:
    """All products of `size` mirrors of a cube, with repetitions."""
    mirrors = [sp.ImmutableMatrix(reflection(r)) for r in roots(size)]
    found = [sp.ImmutableMatrix(sp.eye(size))]
    for _ in range(size):
        found = [h * w for w in found for h in mirrors]
    return tuple(found)


def rational_product(size: int) -> sp.Matrix:
    """A product of n reflections along vectors of whole numbers, no symmetry in it."""
    product = sp.eye(size)
    for step in range(size):
        product = reflection([(7 * k + 3 * step) % 11 - 4 for k in range(1, size + 1)]) * product
    return product


def orthogonal(law: Any) -> Finding:
    """W^T W entry by entry: products of rational reflections, and all products of cube mirrors."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for size in (1, 2, 3, 5):
            w = rational_product(size)
            gram = w.T * w
            for r, c in itertools.product(range(size), repeat=2):
                entry = law(size=size, row=r + 1, column=c + 1)
                yield f"n = {size}, entry {r + 1} {c + 1}", entry, gram[r, c]

    return prove.cases(rows())


def not_renormalised(law: Any) -> Finding:
    """I - 2 v v^T of one vector of length 1/2, and I - 2 v v^T/|v| of the same: not orthogonal."""
    half = sp.Matrix([sp.Rational(1, 2), 0])
    outer = half * half.T

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for name, scale in (("", 1), ("/|v|", half.norm())):
            w = sp.eye(2) - 2 * outer / scale
            yield f"I - 2 v v^T{name}", law(size=2, row=1, column=1), (w.T * w)[0, 0]

    return prove.cases(rows())


def of_length(length: Any) -> Any:
    """|Hv|^2/|v|^2 of H = I - 2 v v^T/|v|^2: 1, whatever the length of v."""
    return 1


def any_length(law: Any) -> Finding:
    """Whole-number vectors whose length is whole, and fractions of them."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for direction, length in (((3, 4), 5), ((1, 2, 2), 3), ((2, 3, 6), 7)):
            for scale in (Fraction(1, length), Fraction(1, 2), 1, 2):
                column = sp.Matrix([sp.sympify(prove.exact(scale * x)) for x in direction])
                image = reflection(column) * column
                own = law(length=scale * length)
                label = f"|v| = {scale * length}"
                yield label, own, (image.T * image)[0] / (column.T * column)[0]

    return prove.cases(rows())


def determinant_of(law: Any) -> Finding:
    """det(I - 2 v v^T) by expansion; products of n reflections; which symmetries are reached."""

    def facts() -> Iterator[tuple[str, bool]]:
        for size in (1, 2, 3):
            x = sp.Matrix(sp.symbols(f"v1:{size + 1}"))
            det = sp.expand((sp.eye(size) - 2 * x * x.T).det() - (1 - 2 * (x.T * x)[0]))
            yield f"n = {size}: det H = 1 - 2 |v|^2 = -1", det == 0
        for size in (1, 2, 3, 4, 5):
            sign = law(size=size)
            yield f"n = {size}: det W = {sign}", rational_product(size).det() == sign
        for size in (1, 2, 3):
            symmetries = {
                sp.ImmutableMatrix(size, size, lambda r, c, p=p, s=s: s[r] * int(p[r] == c))
                for p in itertools.permutations(range(size))
                for s in itertools.product((1, -1), repeat=size)
            }
            half = {g for g in symmetries if g.det() == law(size=size)}
            yield (
                f"n = {size}: {len(half)} of {len(symmetries)} symmetries of a cube are reached",
                set(cube_products(size)) == half and 2 * len(half) == len(symmetries),
            )

    return prove.truth(facts(), predicted="(-1)^n", found="every product of n reflections")


@functools.cache
def sphere_moments(size: int) -> tuple[sp.Expr, sp.Expr]:
    """(E v_1^2, E v_1^4) on the sphere, density (1 - t^2)^((n-3)/2) of t = v_1; odd n >= 3."""
    t = sp.Symbol("t")
    density = (1 - t**2) ** ((size - 3) // 2)
    mass, second, fourth = (sp.integrate(t**k * density, (t, -1, 1)) for k in (0, 2, 4))
    return second / mass, fourth / mass


def by_mirrors(law: Any) -> Finding:
    """Means over all products of cube mirrors, whose v v^T has the mean I/n of a uniform v."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for size in (1, 2, 3):
            products = cube_products(size)
            total = sum(w[0, 0] for w in products)
            yield f"n = {size}: {len(products)} products", law(size=size), total / len(products)
        for size in (3, 5, 7):
            second, _ = sphere_moments(size)
            yield f"n = {size}, density on the sphere", law(size=size), (1 - 2 * second) ** size

    return prove.cases(rows(), "E v_i v_j = 0 for i != j by v_i -> -v_i; E W is multilinear")


def by_moments(law: Any) -> Finding:
    """x -> E (Hx)_1^2 is linear in (x_1^2, |x|^2): n steps from x = e_1, moments of the sphere."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        yield "n = 1: W = -1", law(size=1), 1
        t = sp.Symbol("t")
        # n = 2: W is a rotation by twice the difference of two uniform angles
        circle = sp.integrate(sp.cos(2 * t) ** 2, (t, 0, 2 * sp.pi)) / (2 * sp.pi)
        yield "n = 2: a uniform rotation", law(size=2), circle
        for size in (3, 5, 7):
            second, fourth = sphere_moments(size)
            mixed = (second - fourth) / (size - 1)  # E v_1^2 v_2^2, from |v| = 1
            # (x_1 - 2 v_1 v.x)^2 = x_1^2 - 4 x_1 v_1 (v.x) + 4 v_1^2 (v.x)^2
            own, other = 1 - 4 * second + 4 * fourth, 4 * mixed
            square = sp.Integer(1)
            for _ in range(size):
                square = own * square + other * (1 - square)
            yield f"n = {size}, moments of the sphere", law(size=size), square

    return prove.cases(rows())


# --- the claim -------------------------------------------------------------------------------


def _probe(size: int, law: str, column: str, why: str, **more: Any) -> Probe:
    return Probe(
        name=f"{law} n={size}",
        experiment="householder",
        setup={
            "widths": (size, size),
            "weights": "haar",
            "gain": 1.0,
            "activation": "linear",
        },
        at={"size": size},
        estimand=Estimand("mean", (column,), over="matrices: n directions uniform on the sphere"),
        laws=(law,),
        why=why,
        **more,
    )


def _shrunk(size: Any, row: Any, column: Any) -> Any:
    """E of the entry for projections I - v v^T in place of reflections."""
    return gram_entry(size, row, column) * (1 - Fraction(1, int(size))) ** int(size)


CLAIM = Claim(
    id="vn.householder",
    title="Householder weights: a product of n reflections stays orthogonal",
    source=PAPER.at(
        "Section 6.2",
        "an n-dimensional weight matrix is the product H_n H_(n-1) ... H_1 of n orthogonal "
        "matrices H_i = I - 2 v_i v_i^T with unit vectors v_i; so the weights remain orthogonal",
    ),
    kind="definition",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("(W^T W)_ij"), sp.KroneckerDelta(i, j)),
            parameters=ENTRY,
            words="W^T W = I, whatever the unit vectors are",
            evaluate=gram_entry,
            mutants=(
                Mutant("I - v v^T", _shrunk),
                Mutant("0", lambda size, row, column: 0),
            ),
        ),
        Law(
            role="sharper",
            name="length",
            formula=sp.Eq(sp.Symbol("|H v|^2/|v|^2"), 1),
            parameters=(
                Parameter("length", Reals(0, 100, open_low=True), "|v| of H = I - 2 v v^T/|v|^2"),
            ),
            words="what a reflection makes of its own vector, renormalised or not",
            evaluate=of_length,
            mutants=(
                Mutant("I - 2 v v^T/|v|", lambda length: (1 - 2 * length) ** 2),
                Mutant("I - 2 v v^T", lambda length: (1 - 2 * length**2) ** 2),
            ),
        ),
        Law(
            role="sharper",
            name="determinant",
            formula=sp.Eq(sp.Function("det")(W), (-1) ** n),
            parameters=(SIZE,),
            words="one half of O(n) is reached, all of it: where the determinant is (-1)^n",
            evaluate=lambda size: (-1) ** int(size),
            mutants=(
                Mutant("n-1 reflections", lambda size: (-1) ** (int(size) - 1)),
                Mutant("rotations", lambda size: 1),
            ),
        ),
        Law(
            role="sharper",
            name="mean",
            formula=sp.Eq(E(sp.Symbol("W_ii")), (1 - 2 / n) ** n),
            parameters=(SIZE,),
            words="for v_i uniform on the sphere; the rest of E W is 0; Haar's law has E W = 0",
            evaluate=mean_diagonal,
            mutants=(
                Mutant("Haar", lambda size: sp.Integer(0)),
                Mutant(
                    "n-1 reflections",
                    lambda size: (1 - sp.Rational(2, int(size))) ** (int(size) - 1),
                ),
                Mutant("I - v v^T", lambda size: (1 - sp.Rational(1, int(size))) ** int(size)),
            ),
        ),
        Law(
            role="sharper",
            name="square",
            formula=sp.Eq(
                E(sp.Symbol("W_ii") ** 2), 1 / n + (1 - 1 / n) * ((n - 2) / (n + 2)) ** n
            ),
            parameters=(SIZE,),
            words="for v_i uniform on the sphere; Haar's law has 1/n",
            evaluate=mean_square,
            mutants=(
                Mutant("Haar", lambda size: sp.Rational(1, int(size))),
                Mutant(
                    "independent of the mean",
                    lambda size: sp.Rational(1, int(size)) + mean_diagonal(size) ** 2,
                ),
            ),
        ),
    ),
    assumptions=(
        stated("unit vectors v_i", lambda p: p.get("unit", True)),
        stated(
            "the entry is one of the matrix: row and column are at most its size",
            lambda p: max(p.get("row", 1), p.get("column", 1)) <= p.get("size", 10**9),
        ),
    ),
    expected="holds",
    because=(
        "Reflections are orthogonal, and so are their products. Their determinant is (-1)^n, so "
        "half of O(n) is never reached; and uniform v_i do not give Haar's law: E W = (1-2/n)^n I."
    ),
    proofs=(
        Proof("Gram matrix", "exact", "products of rational reflections", orthogonal),
        Proof(
            "vector of length 1/2",
            "exact",
            "what renormalising is for: without it W^T W is not I",
            not_renormalised,
            point={"unit": False},
        ),
        Proof("any length", "exact", "vectors of twelve lengths", any_length, law="length"),
        Proof(
            "determinant",
            "exact",
            "det H by expansion, products, and every symmetry of a cube",
            determinant_of,
            law="determinant",
        ),
        Proof("mirrors", "exact", "all products of cube mirrors", by_mirrors, law="mean"),
        Proof("sphere", "exact", "fourth moments of the sphere", by_moments, law="square"),
    ),
    probes=(
        _probe(4, "mean", "diagonal", "small: far from Haar", curve="size", x=4),
        _probe(12, "mean", "diagonal", "near e^-2", curve="size", x=12),
        _probe(4, "square", "diagonal_sq", "the second moment"),
    ),
    curves=(
        Curve(
            "size",
            "Mean diagonal entry of a product of n uniform reflections",
            "n",
            "mean of the diagonal",
            range(2, 31),
            lambda x: {"size": int(x)},
            laws=("mean",),
        ),
    ),
    remark=(
        "A vector that is not renormalised after an update leaves the group. Haar's law needs v_i "
        "on nested coordinate subspaces (Stewart 1980)."
    ),
    see=("vn.rec.haar", "vn.table3"),
)
