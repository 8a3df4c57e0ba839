"""The vanishing node indicator: its definition, its range, and when the ends are reached.

    vn.eq3   R = sum rho_ij^2 s_i^2 s_j^2 / sum s_i^2 s_j^2 lies in [1/N, 1]

C is the covariance of the N nodes over inputs, s_i^2 = C_ii, rho_ij their correlation; written with
C alone, R = tr C^2/(tr C)^2, which also makes sense when a node is constant.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Bounds,
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
    Tuples,
    stated,
    unstated,
)
from theory.symbols import N
from theory.vanishing_nodes import PAPER

R, C, tr = sp.Symbol("R_sq"), sp.Symbol("C"), sp.Function("tr")
s, index = sp.IndexedBase("s"), sp.Symbol("i", integer=True)
rank = sp.Symbol("r", integer=True, positive=True)
NODES = Parameter("nodes", Integers(1), "N, the number of nodes", N)
VARIANCES = Parameter("variances", Tuples(Reals(0)), "variances s_i^2 of uncorrelated nodes")
VALUES = Parameter(
    "values", Tuples(Reals(), min_size=2), "node values, input by input (equally likely inputs)"
)


def _exact(values: Any) -> list[Any]:
    return [sp.sympify(prove.exact(v)) for v in values]


def uncorrelated(variances: Any) -> Any:
    """R of uncorrelated nodes: sum s^4/(sum s^2)^2; 1/N only if the variances are equal.

    >>> uncorrelated((1, 1, 1)), uncorrelated((1, sp.Rational(1, 100)))
    (1/3, 10001/10201)
    """
    exact = _exact(variances)
    return sum(v**2 for v in exact) / sum(exact) ** 2


def covariance(values: Any, nodes: int) -> sp.Matrix:
    """Centred covariance over equally likely inputs; `values` lists the nodes input by input."""
    y = sp.Matrix(len(values) // nodes, nodes, _exact(values))
    mean = sp.ones(1, y.rows) * y / y.rows
    centred = y - sp.ones(y.rows, 1) * mean
    return centred.T * centred / y.rows


def from_values(values: Any, nodes: Any) -> Any:
    """R of the nodes as tr C^2/(tr C)^2. Exact; rational in, rational out.

    >>> from_values((1, 0, -1, 0, 0, 1, 0, -1), 2)
    1/2
    """
    cov = covariance(values, int(nodes))
    return (cov * cov).trace() / cov.trace() ** 2


def _mutated_definition(change: str) -> Any:
    def evaluate(values: Any, nodes: Any) -> Any:
        n = int(nodes)
        cov = covariance(values, n)
        if change == "not centred":
            y = sp.Matrix(len(values) // n, n, _exact(values))
            cov = y.T * y / y.rows
        pairs = [(i, j) for i in range(n) for j in range(n)]
        rho_sq = {(i, j): cov[i, j] ** 2 / (cov[i, i] * cov[j, j]) for i, j in pairs}
        weight = {(i, j): cov[i, i] * cov[j, j] for i, j in pairs}
        if change == "unweighted mean of rho^2":
            weight = dict.fromkeys(pairs, sp.Integer(1))
        if change == "|rho| in place of rho^2":
            rho_sq = {pair: sp.sqrt(value) for pair, value in rho_sq.items()}
        if change == "without the diagonal":
            pairs = [(i, j) for i, j in pairs if i != j]
        return sum(rho_sq[p] * weight[p] for p in pairs) / sum(weight[p] for p in pairs)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------

SAMPLES = (  # node values of three inputs with two nodes, four inputs with three nodes
    (2, (1, 2, -1, 0, 3, 1)),
    (2, (5, 1, -5, 1, 0, -2)),
    (3, (1, 0, 2, -1, 1, 0, 0, 3, 1, 2, -2, 4)),
)


def in_range(law: Any) -> Finding:
    """Cauchy-Schwarz for the eigenvalues, both ends attained, for every N (shown at N = 3)."""
    x = sp.symbols("x1:4", nonnegative=True)  # eigenvalues of C
    first, second = sum(x), sum(v**2 for v in x)
    low_gap = sp.expand(
        3 * second - first**2 - sum((u - v) ** 2 for u, v in itertools.combinations(x, 2))
    )
    high_gap = sp.expand(
        first**2 - second - 2 * sum(u * v for u, v in itertools.combinations(x, 2))
    )

    def facts() -> Any:
        yield "N tr C^2 - (tr C)^2 = sum of (x_i - x_j)^2 >= 0", low_gap == 0
        yield "(tr C)^2 - tr C^2 = 2 sum of x_i x_j >= 0", high_gap == 0
        for n in (1, 2, 3, 7):
            bounds = law(nodes=n)
            least, most = uncorrelated((1,) * n), uncorrelated((1,) + (0,) * (n - 1))
            yield f"N = {n}: C = I attains the lower end", bool(bounds.low == least)
            yield f"N = {n}: rank one attains the upper end", bool(bounds.high == most)
        for n, values in SAMPLES:
            bounds, found = law(nodes=n), by_pairs(values, n)
            yield f"nodes {values}: R = {found} inside", bool(bounds.low <= found <= bounds.high)

    return prove.truth(
        facts(), predicted="[1/N, 1]", found="attained at C = I and at rank one, never left"
    )


@functools.cache
def by_pairs(values: tuple[int, ...], nodes: int) -> sp.Rational:
    """Eq. (3) as printed: the double sum over pairs with rho_ij^2 written out."""
    inputs = len(values) // nodes
    y = [[sp.Integer(values[b * nodes + i]) for b in range(inputs)] for i in range(nodes)]
    mean = [sum(row) / inputs for row in y]

    def cov(i: int, j: int) -> Any:
        return sum((u - mean[i]) * (v - mean[j]) for u, v in zip(y[i], y[j], strict=True)) / inputs

    top = bottom = sp.Integer(0)
    for i, j in itertools.product(range(nodes), repeat=2):
        weight = cov(i, i) * cov(j, j)
        top += cov(i, j) ** 2 / weight * weight
        bottom += weight
    return top / bottom


def definition_by_pairs(law: Any) -> Finding:
    """tr C^2/(tr C)^2 equals the printed double sum of weighted squared correlations."""
    return prove.cases(
        (f"{n} nodes, values {values}", law(values=values, nodes=n), by_pairs(values, n))
        for n, values in SAMPLES
    )


def _independent(law: Any, variances: tuple[Any, ...]) -> Finding:
    """Nodes sqrt(v_i) e_i with independent fair signs e_i: every one of the 2^N inputs listed."""
    n, scaled = len(variances), [sp.sqrt(sp.sympify(v)) for v in variances]
    values = tuple(
        scale * sign
        for signs in itertools.product((-1, 1), repeat=n)
        for scale, sign in zip(scaled, signs, strict=True)
    )
    return prove.cases(
        [(f"independent nodes, variances {variances}", law(variances=variances),
          sp.nsimplify(from_values(values, n)))]
    )  # fmt: skip


def equal_variances(law: Any) -> Finding:
    """Independent nodes of equal variance: the minimum is reached."""
    return _independent(law, (sp.Integer(4),) * 3)


def unequal_variances(law: Any) -> Finding:
    """Two independent nodes, one ten times as wide as the other: R is nearly 1."""
    return _independent(law, (sp.Integer(1), sp.Rational(1, 100)))


def rank_bound(law: Any) -> Finding:
    """Cauchy-Schwarz on the r nonzero eigenvalues; nodes y = A z with z in R^r attain it."""

    def facts() -> Any:
        for nodes, r in ((4, 1), (4, 2), (6, 3)):
            bounds = law(rank=r)
            least = uncorrelated((1,) * r + (0,) * (nodes - r))
            yield f"{nodes} nodes, rank {r}: R = 1/{r} attained", bool(bounds.low == least)
            most = uncorrelated((1,) + (0,) * (nodes - 1))
            yield f"{nodes} nodes: R = 1 is the largest", bool(bounds.high == most)

    return prove.truth(facts(), predicted="[1/rank C, 1]", found="attained at every rank")


# --- the claim -------------------------------------------------------------------------------

LAWS = (
    Law(
        role="stated",
        formula=sp.And(sp.Le(1 / N, R), sp.Le(R, 1)),
        parameters=(NODES,),
        words="range of the VNI of N nodes",
        evaluate=lambda nodes: Bounds(1 / sp.sympify(nodes), sp.Integer(1)),
        mutants=(
            Mutant("upper end N", lambda nodes: Bounds(1 / sp.sympify(nodes), sp.sympify(nodes))),
            Mutant("lower end 0", lambda nodes: Bounds(sp.Integer(0), sp.Integer(1))),
            Mutant("lower end 1/N^2", lambda nodes: Bounds(sp.sympify(nodes) ** -2, sp.Integer(1))),
            Mutant("lower end 2/N", lambda nodes: Bounds(2 / sp.sympify(nodes), sp.Integer(1))),
        ),
    ),
    Law(
        role="stated",
        name="independent nodes",
        formula=sp.Eq(R, 1 / N),
        parameters=(VARIANCES,),
        words="VNI of independent nodes, said to be the minimum",
        evaluate=lambda variances: sp.Rational(1, len(variances)),
        mutants=(
            Mutant("independent nodes give 0", lambda variances: sp.Integer(0)),
            Mutant("1/(N-1)", lambda variances: sp.Rational(1, max(1, len(variances) - 1))),
        ),
    ),
    Law(
        role="sharper",
        name="definition",
        formula=sp.Eq(R, tr(C**2) / tr(C) ** 2),
        parameters=(VALUES, NODES),
        words="VNI of given node values, from the covariance over the inputs",
        evaluate=from_values,
        mutants=tuple(
            Mutant(name, _mutated_definition(name))
            for name in (
                "unweighted mean of rho^2",
                "|rho| in place of rho^2",
                "without the diagonal",
                "not centred",
            )
        ),
    ),
    Law(
        role="sharper",
        name="uncorrelated nodes",
        formula=sp.Eq(
            R, sp.Sum(s[index] ** 4, (index, 1, N)) / sp.Sum(s[index] ** 2, (index, 1, N)) ** 2
        ),
        parameters=(VARIANCES,),
        words="VNI of uncorrelated nodes of any variances",
        evaluate=uncorrelated,
        mutants=(
            Mutant("equal variances assumed", lambda variances: sp.Rational(1, len(variances))),
            Mutant(
                "standard deviations as weights",
                lambda variances: uncorrelated([sp.sqrt(v) for v in _exact(variances)]),
            ),
        ),
    ),
    Law(
        role="sharper",
        name="rank",
        formula=sp.And(sp.Le(1 / rank, R), sp.Le(R, 1)),
        parameters=(Parameter("rank", Integers(1), "rank of C, at most the smallest width", rank),),
        words="range of the VNI when the covariance has rank r; R = 1 if and only if r = 1",
        evaluate=lambda rank: Bounds(1 / sp.sympify(rank), sp.Integer(1)),
        mutants=(
            Mutant("1/r^2", lambda rank: Bounds(sp.sympify(rank) ** -2, sp.Integer(1))),
            Mutant("1/(r+1)", lambda rank: Bounds(1 / (sp.sympify(rank) + 1), sp.Integer(1))),
        ),
    ),
)


def _bottleneck(narrow: int) -> Probe:
    widths = (6, narrow, 6)
    return Probe(
        name=f"bottleneck of {narrow}",
        experiment="node_correlation",
        setup={"widths": widths, "weights": "gaussian", "gain": 1.0, "activation": "linear"},
        at={"rank": narrow},
        estimand=Estimand("mean", ("vni",), over="networks; quenched: ratio per network"),
        laws=("rank",),
        why="a narrow layer bounds the VNI of every later one from below",
    )


CLAIM = Claim(
    id="vn.eq3",
    title="the VNI lies between 1/N and 1; independent nodes give 1/N",
    source=PAPER.at(
        "eq. (3) and the paragraph after it",
        "R_sq ranges from 1/N to 1; if all nodes are independent it takes on its minimum 1/N",
    ),
    kind="definition + bound",
    laws=LAWS,
    assumptions=(
        stated(
            "at least one node varies",
            lambda p: any(bool(v != 0) for v in p.get("variances", (1,))),
        ),
        stated(
            "every input has a value of every node: as many values as a multiple of the nodes",
            lambda p: len(p.get("values", ())) % int(p.get("nodes", 1)) == 0,
        ),
        unstated(
            "for the statement about independent nodes: all nodes have the same variance",
            lambda p: len(set(p.get("variances", (1,)))) == 1,
        ),
    ),
    expected="holds-if",
    because=(
        "The range [1/N, 1] always holds. Independence alone does not give 1/N: the variances must "
        "also be equal; two independent nodes with variances 1 and 1/100 have R = 10001/10201."
    ),
    proofs=(
        Proof("range", "symbolic", "Cauchy-Schwarz, with both ends attained", in_range),
        Proof(
            "equal variances",
            "exact",
            "independent nodes of equal variance have R = 1/N",
            equal_variances,
            law="independent nodes",
            point={"variances": (4, 4, 4)},
        ),
        Proof(
            "variances 1 and 1/100",
            "exact",
            "two independent nodes of unequal variance are far above 1/N",
            unequal_variances,
            law="independent nodes",
            point={"variances": (1, sp.Rational(1, 100))},
        ),
        Proof(
            "double sum",
            "exact",
            "the printed double sum over pairs equals tr C^2/(tr C)^2",
            definition_by_pairs,
            law="definition",
        ),
        Proof(
            "uncorrelated, unequal",
            "exact",
            "every input of independent signs of unequal size, listed",
            unequal_variances,
            law="uncorrelated nodes",
        ),
        Proof(
            "rank",
            "exact",
            "r equal eigenvalues attain 1/r",
            rank_bound,
            law="rank",
        ),
    ),
    probes=(_bottleneck(2), _bottleneck(3)),
    curves=(
        Curve(
            "variance ratio",
            "VNI of two independent nodes",
            "ratio of their variances",
            "VNI",
            (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
            lambda x: {"variances": (1, x)},
            laws=("independent nodes", "uncorrelated nodes"),
            log_x=True,
        ),
    ),
    remark=(
        "R = 1/N if and only if C is a multiple of the identity; R = 1 if and only if C has rank "
        "one, for which all rho^2 = 1 is sufficient and not necessary (constant nodes have no rho)."
    ),
    see=("vn.eq5",),
)
