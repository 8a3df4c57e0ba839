"""The VNI as two traces of the covariance of the nodes, and what leaves it unchanged.

    vn.eq4   R = tr(C C^T)/(tr C)^2 equals the weighted mean (3) of squared correlations

R is that of k Q C Q^T for every scale k and rotation Q: an isometric readout of the nodes has the
same VNI. It is not that of nodes rescaled one by one.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    ClaimError,
    Finding,
    Law,
    Mutant,
    Parameter,
    Proof,
    Reals,
    Tuples,
    as_mpf,
    stated,
)
from theory.symbols import N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.eq03_vni import R, index, tr
from theory.vanishing_nodes.rec_finite_width import same

FACTOR = Parameter(
    "factor",
    Tuples(Reals(), min_size=6, draw_to=6),
    "lower triangle of T, row by row; C = T T^T is any covariance of N nodes",
)
SCALE = Parameter("scale", Reals(0, open_low=True), "k, all nodes multiplied by sqrt(k)")
TURN = Parameter(
    "turn", Reals(), "t, tangent of half the angle by which the first two nodes are rotated"
)
STRETCH = Parameter("stretch", Reals(0, open_low=True), "factor of the first node alone")


def covariance(factor: Any) -> sp.Matrix:
    """C = T T^T from the N(N+1)/2 entries of a lower triangle, row by row.

    >>> covariance((1, 1, 1))
    Matrix([
    [1, 1],
    [1, 2]])
    """
    nodes = (math.isqrt(8 * len(factor) + 1) - 1) // 2
    if nodes * (nodes + 1) // 2 != len(factor):
        raise ClaimError(
            f"vn.eq4: a triangle of N rows has N (N+1)/2 entries; got {len(factor)} in 'factor'"
        )
    entries = iter(factor)
    rows = [
        [sp.sympify(prove.exact(next(entries))) if j <= i else sp.Integer(0) for j in range(nodes)]
        for i in range(nodes)
    ]
    lower = sp.Matrix(rows)
    return lower * lower.T


def vni(cov: Any) -> Any:
    """tr(C C^T)/(tr C)^2: the squared Frobenius norm over the squared trace."""
    return sum(v**2 for v in cov) / cov.trace() ** 2


def from_factor(factor: Any) -> Any:
    """R of C = T T^T; rational in, rational out.

    >>> from_factor((1, 0, 1)), from_factor((1, 1, 0))
    (1/2, 1)
    """
    return vni(covariance(factor))


def rotated(factor: Any, scale: Any, turn: Any) -> sp.Matrix:
    """k Q C Q^T, Q the rotation of the first two nodes with tan(angle/2) = t."""
    cov = covariance(factor)
    t, k = (sp.sympify(prove.exact(v)) for v in (turn, scale))
    q = sp.eye(cov.rows)
    c, s = (1 - t**2) / (1 + t**2), 2 * t / (1 + t**2)
    q[0, 0], q[0, 1], q[1, 0], q[1, 1] = c, -s, s, c
    return k * q * cov * q.T


def stretched(factor: Any, stretch: Any) -> Any:
    """R after the first node is multiplied by a number: D C D with D = diag(stretch, 1, ..., 1)."""
    cov = covariance(factor)
    d = sp.eye(cov.rows)
    d[0, 0] = sp.sympify(prove.exact(stretch))
    return vni(d * cov * d)


def _of_correlations(cov: Any) -> Any:
    return (
        sum(
            cov[i, j] ** 2 / (cov[i, i] * cov[j, j])
            for i, j in itertools.product(range(cov.rows), repeat=2)
        )
        / cov.rows**2
    )


def _operator_norm(factor: Any) -> Any:
    cov = covariance(factor)
    entries = mpmath.matrix([[as_mpf(v) for v in cov.row(i)] for i in range(cov.rows)])
    return max(mpmath.eigsy(entries, eigvals_only=True)) ** 2 / as_mpf(cov.trace()) ** 2


# --- proofs ----------------------------------------------------------------------------------

TRIANGLE = sp.symbols("t1:7", real=True)
EXAMPLES = ((2, 1, 3, -1, 4, 5), (1, 2, 2, 0, 1, 3, 1, -1, 2, 4), (3, 1, 1, 5, 0, 2))


@functools.cache
def double_sum(factor: tuple[Any, ...]) -> Any:
    """Eq. (3) as printed: sum rho_ij^2 s_i^2 s_j^2 over sum s_i^2 s_j^2, C from inner products."""
    rows: list[list[Any]] = []
    entries = iter(factor)
    while sum(map(len, rows)) < len(factor):
        rows.append([sp.sympify(next(entries)) for _ in range(len(rows) + 1)])
    top = bottom = sp.Integer(0)
    for first, second in itertools.product(rows, repeat=2):
        inner = sum(u * v for u, v in zip(first, second, strict=False))
        weight = sum(u * u for u in first) * sum(v * v for v in second)
        top += inner**2 / weight * weight
        bottom += weight
    return top / bottom


def for_three_nodes(law: Any) -> Finding:
    """Every covariance of three nodes: C = T T^T with six free entries."""
    return prove.truth(
        [("three nodes, every C", same(law(factor=TRIANGLE), double_sum(TRIANGLE)))],
        predicted="tr(C C^T)/(tr C)^2",
        found="the double sum of eq. (3), for every T",
    )


def for_integers(law: Any) -> Finding:
    """Three and four nodes with integer entries."""
    return prove.cases((f"T = {t}", law(factor=t), double_sum(t)) for t in EXAMPLES)


def isometries(law: Any) -> Finding:
    """k Q C Q^T for every scale and angle; rotations of two nodes generate all the others."""
    k, t = sp.Symbol("k", positive=True), sp.Symbol("t", real=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for factor in EXAMPLES[:1]:
            moved = vni(rotated(factor, k, t))
            yield f"T = {factor}", same(law(factor=factor, scale=k, turn=t), moved)
        moved = vni(rotated(TRIANGLE[:3], k, t))
        yield "two nodes, every C", same(law(factor=TRIANGLE[:3], scale=k, turn=t), moved)

    return prove.truth(facts(), predicted="R of C", found="R of k Q C Q^T, every scale and angle")


def one_stretched(law: Any) -> Finding:
    """Two independent nodes of equal variance, one of them stretched: R leaves 1/2."""
    f = sp.Symbol("f", positive=True)
    by_hand = (f**4 + 1) / (f**2 + 1) ** 2  # uncorrelated nodes of variances f^2 and 1 (vn.eq3)
    fixed = [
        (
            f"T = {t}, factor {c}",
            same(law(factor=t, stretch=c), double_sum((c * t[0], *t[1:]))),
        )
        for t, c in ((EXAMPLES[0], 10), (EXAMPLES[2], sp.Rational(1, 3)))
    ]
    return prove.truth(
        [("two equal nodes", same(law(factor=(1, 0, 1), stretch=f), by_hand)), *fixed],
        predicted="R of D C D",
        found="eq. (3) of the rescaled nodes",
        detail="from 1/2 at f = 1 towards 1: no invariance",
    )


# --- the claim -------------------------------------------------------------------------------

C, Q, D = sp.symbols("C Q D")
k = sp.Symbol("k")
c_ij, jndex = sp.IndexedBase("C"), sp.Symbol("j", integer=True)
pairs = ((index, 1, N), (jndex, 1, N))
R_of = sp.Function("R_sq")

CLAIM = Claim(
    id="vn.eq4",
    title="VNI = tr(C C^T)/(tr C)^2, for every covariance of the nodes",
    source=PAPER.at("eq. (4)", "R_sq = sum C_ij^2/sum C_ii C_jj = tr(C C^T)/tr(C)^2"),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                R,
                sp.Sum(c_ij[index, jndex] ** 2, *pairs)
                / sp.Sum(c_ij[index, index] * c_ij[jndex, jndex], *pairs),
            ),
            parameters=(FACTOR,),
            words="VNI of nodes of covariance C = T T^T: tr(C C^T)/(tr C)^2",
            evaluate=from_factor,
            mutants=(
                Mutant(
                    "N tr(C^2) below",
                    lambda factor: 1 / sp.Integer(covariance(factor).rows),
                ),
                Mutant("operator norm above", _operator_norm),
                Mutant(
                    "T in place of C",
                    lambda factor: (
                        sum(sp.sympify(v) ** 2 for v in factor)
                        / sum(sp.sympify(v) for v in factor) ** 2
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="isometric readout",
            formula=sp.Eq(R_of(k * Q * C * Q ** (-1)), R_of(C)),
            parameters=(FACTOR, SCALE, TURN),
            words="a common scale and a rotation Q of the nodes leave the VNI as it is",
            evaluate=lambda factor, scale, turn: from_factor(factor),
            mutants=(
                Mutant(
                    "proportional to the scale",
                    lambda factor, scale, turn: scale * from_factor(factor),
                ),
                Mutant(
                    "correlations in place of covariances",
                    lambda factor, scale, turn: _of_correlations(rotated(factor, scale, turn)),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="one node stretched",
            formula=sp.Eq(R, tr((D * C * D) ** 2) / tr(D * C * D) ** 2),
            parameters=(FACTOR, STRETCH),
            words="rescaling one node changes the VNI: that of D C D, D = diag(f, 1, ..., 1)",
            evaluate=stretched,
            mutants=(
                Mutant("no change", lambda factor, stretch: from_factor(factor)),
                Mutant(
                    "the square root of the factor",
                    lambda factor, stretch: stretched(factor, sp.sqrt(stretch)),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "at least one node varies: tr C > 0",
            lambda p: any(bool(v != 0) for v in p.get("factor", (1,))),
        ),
    ),
    expected="holds",
    because=(
        "It is eq. (3) with C_ij = rho_ij s_i s_j inserted, for every covariance. The value stays "
        "under a common scale and under rotations of the nodes, not if single nodes are rescaled."
    ),
    proofs=(
        Proof("three nodes", "symbolic", "all covariances of three nodes", for_three_nodes),
        Proof("integers", "exact", "three and four nodes with integer entries", for_integers),
        Proof(
            "isometries",
            "symbolic",
            "every rotation of two nodes and every common scale",
            isometries,
            law="isometric readout",
        ),
        Proof(
            "one stretched",
            "symbolic",
            "eq. (3) for nodes of which one is rescaled",
            one_stretched,
            law="one node stretched",
        ),
    ),
    remark="So R depends on the units in which the nodes are read, if they are not the same.",
    see=("vn.eq3", "vn.eq5", "vn.thm1.wlog"),
)
