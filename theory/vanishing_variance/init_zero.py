"""ZerO: partial identities, nothing random; the one place where anything happens is the first ReLU.

    vev.init.zero   S^2 is constant after the first layer; of a N(0, 1) unit: 1, then (1 - 1/pi)/2

Identity layers hand on relu(x), which the next ReLU leaves alone. A layer that widens is a corner
of a Hadamard matrix of order 2^k, divided by 2^{k/2}; widths that do not grow never use it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
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
    stated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init

d, k = sp.symbols("d k", integer=True, positive=True)
DEPTH = Parameter("depth", Integers(1), "index of the linear layer, 1, 2, ...", d)
LATER_DEPTH = Parameter(
    "depth", Integers(2), "index of a linear layer after the first: 2, 3, ...", d
)
S_SQ = sp.Function("S^2")
REST = (1 - 1 / sp.pi) / 2
"""Variance of relu(g), g standard normal: 1/2 - 1/(2 pi)."""


def variance(depth: Any) -> sp.Expr:
    """Variance of unit 0 over data: 1 at the first linear layer, (1 - 1/pi)/2 from the second on.

    >>> variance(1), variance(7)
    (1, 1/2 - 1/(2*pi))
    """
    return sp.Integer(1) if depth == 1 else sp.expand(REST)


def zero_matrix(n_out: int, n_in: int) -> sp.Matrix:
    """A ZerO layer times 2^{k/2}, k = 0 for the partial identity: whole numbers.

    >>> zero_matrix(2, 3), zero_matrix(3, 1)
    (Matrix([
    [1, 0, 0],
    [0, 1, 0]]), Matrix([
    [1],
    [1],
    [1]]))
    """
    if n_out <= n_in:
        return sp.Matrix(n_out, n_in, lambda i, j: int(i == j))
    return sp.Matrix(n_out, n_in, lambda i, j: (-1) ** (int(i) & int(j)).bit_count())


def order(n_out: int) -> int:
    """k = ceil(log2 n_out).

    >>> [order(n) for n in (1, 2, 3, 4, 5)]
    [0, 1, 2, 2, 3]
    """
    return (n_out - 1).bit_length()


def column_norm(n_in: int, n_out: int) -> sp.Rational:
    """Squared norm of a column: 1 if n_out <= n_in (a column that is kept), else n_out/2^k."""
    return sp.Rational(n_out, 2 ** order(n_out)) if n_out > n_in else sp.Integer(1)


def output(x: Sequence[Fraction], widths: Sequence[int], first: Any = None) -> list[Any]:
    """A literal ReLU network of ZerO layers that do not widen; `first`: another first matrix."""
    y: Any = sp.Matrix(x)
    for i, width in enumerate(widths):
        read = y if i == 0 else y.applyfunc(lambda v: max(v, 0))
        y = (zero_matrix(width, len(read)) if i or first is None else first) * read
    return list(y)


def sample_variance(values: Sequence[Any]) -> Any:
    """Unbiased variance.

    >>> sample_variance([1, 2, 3])
    1
    """
    mean = sum(values) / sp.Integer(len(values))
    return sum((v - mean) ** 2 for v in values) / sp.Integer(len(values) - 1)


# --- proofs ------------------------------------------------------------------------------------


def by_gaussian_integrals(law: Any) -> Finding:
    """Var relu(g) from the density; and literal networks hand on relu(x) from layer 2 on."""
    t = sp.Symbol("t", real=True)
    density = sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi)
    first, second = (sp.integrate(t**p * density, (t, 0, sp.oo)) for p in (1, 2))
    x = [Fraction(value, 7) for value in (9, -4, 0, 13, -1)]
    kept = all(
        output(x, (3,) * depth) == [v if depth == 1 else max(v, 0) for v in x[:3]]
        for depth in (1, 2, 3, 9)
    )
    if not kept:
        return Finding(False, "relu(x)", "another output")
    return prove.cases(
        [
            ("layer 1", law(depth=1), sp.Integer(1)),
            *((f"layer {i}", law(depth=i), second - first**2) for i in (2, 3, 50)),
        ],
        "literal networks hand on x, then relu(x); Gaussian integrals",
    )


DATA = tuple(
    tuple(Fraction(v, 3) for v in x)
    for x in ((9, -4, 0), (-1, 2, 5), (4, 7, -8), (-6, -1, 2), (2, -5, -3))
)


def by_literal_data(law: Any) -> Finding:
    """S^2 of every unit over five data points, layer by layer."""
    rows = []
    for depth in (2, 3, 8):
        before, after = ([output(x, (3,) * k) for x in DATA] for k in (depth, depth + 1))
        for unit in range(3):
            then, now = (sample_variance([y[unit] for y in outs]) for outs in (before, after))
            rows.append(
                (f"layer {depth} to {depth + 1}, unit {unit}", law(depth=depth), now / then)
            )
    return prove.cases(rows, "literal networks of partial identities, five data points")


def by_columns(law: Any) -> Finding:
    """Columns of literal matrices, whole numbers before scaling."""
    sizes = [(3, 2), (2, 3), (2, 4), (5, 7), (3, 5), (4, 4), (1, 8), (7, 8)]

    def literal(n_in: int, n_out: int) -> sp.Rational:
        column = zero_matrix(n_out, n_in)[:, 0]
        return sp.Rational(column.dot(column), 2 ** (order(n_out) if n_out > n_in else 0))

    return prove.cases(
        (f"{n_in} -> {n_out}", law(n_in=n_in, n_out=n_out), literal(n_in, n_out))
        for n_in, n_out in sizes
    )


# --- the claim ---------------------------------------------------------------------------------

OVER_DATA = Estimand(
    "mean", ("variance",), over="data sets; the unbiased variance over the inputs of one network"
)


def variance_over_data(name: str, depth: int, **more: Any) -> Probe:
    """E S^2 of unit 0 at linear layer `depth`, 64 Gaussian inputs, width 10."""
    return Probe(
        name=f"layer {depth}",
        experiment="variance_at_depth",
        setup=init.setup(name, (10,) * (depth + 1), n_inputs=64),
        at={"depth": depth},
        estimand=OVER_DATA,
        why="one drop at the first ReLU, none later",
        curve="depth",
        x=depth,
        **more,
    )


CLAIM = Claim(
    id="vev.init.zero",
    title="ZerO: nothing is random, and nothing changes after the first ReLU",
    source=PAPER.at(
        "Section 6.1",
        "ZerO (Zhao et al. 2022) initialises most layers to identities and keeps the empirical "
        "variance constant after the first layer",
    ),
    kind="algorithm",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(S_SQ(d + 1) / S_SQ(d), 1),
            parameters=(LATER_DEPTH,),
            words="S^2 of linear layer d + 1 over that of d, for any data, after the first layer",
            evaluate=lambda depth: sp.Integer(1),
            mutants=(
                Mutant("every ReLU takes its share", lambda depth: sp.expand(REST)),
                Mutant("halved", lambda depth: sp.Rational(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(S_SQ(d), sp.Piecewise((1, sp.Eq(d, 1)), (sp.expand(REST), True))),
            parameters=(DEPTH,),
            words="variance over N(0, I) data of one unit of linear layer d, constant from 2 on",
            evaluate=variance,
            mutants=(
                Mutant("halved once more", lambda depth: variance(depth) / (2 if depth > 2 else 1)),
                Mutant(
                    "mean square in place of the variance",
                    lambda depth: sp.Integer(1) if depth == 1 else sp.Rational(1, 2),
                ),
                Mutant("no drop at the first ReLU", lambda depth: sp.Integer(1)),
            ),
        ),
        Law(
            role="sharper",
            name="column norm",
            formula=sp.Eq(sp.Symbol(r"\left\|w\right\|^2"), init.m / 2**k),
            parameters=(init.N_IN, init.N_OUT),
            words=(
                "squared norm of a column of a widening layer, k = ceil(log2 m): 1 if m = 2^k; "
                "also 1 for a layer that does not widen"
            ),
            evaluate=column_norm,
            mutants=(
                Mutant(
                    "scale 2^{-(k-1)/2}",
                    lambda n_in, n_out: column_norm(n_in, n_out) * (2 if n_out > n_in else 1),
                ),
                Mutant("always 1", lambda n_in, n_out: sp.Integer(1)),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated(
            "widths do not grow where the variance is concerned",
            lambda p: all(m <= n for n, m in itertools.pairwise(p.get("widths", ()))),
        ),
    ),
    expected="holds",
    because=(
        "Identities hand on relu(x), and a ReLU leaves that alone: one drop of the variance at the "
        "first ReLU, then nothing at any depth. 'After the first layer' is true of linear layers "
        "2, 3, ...; if a layer is its matrix and its ReLU, the drop belongs to the first."
    ),
    proofs=(
        Proof(
            "literal data",
            "exact",
            "S^2 of every unit over rational data, layer by layer",
            by_literal_data,
        ),
        Proof(
            "literal networks",
            "exact",
            "networks of partial identities at rational inputs; Gaussian integrals",
            by_gaussian_integrals,
            law="variance",
        ),
        Proof(
            "literal columns",
            "exact",
            "columns of partial identities and Hadamard corners",
            by_columns,
            law="column norm",
        ),
    ),
    probes=tuple(variance_over_data("zero", depth, laws=("variance",)) for depth in (1, 2, 10, 40)),
    curves=(
        Curve(
            "depth",
            "Empirical variance of one unit, ZerO, N(0, I) data",
            "linear layer",
            "variance over data",
            (1, 2, 3, 5, 10, 20, 40),
            lambda x: {"depth": int(x)},
            laws=("variance",),
            log_x=True,
        ),
    ),
    remark=(
        "The authors' notebook and the companion code scale the Hadamard matrix by 2^{-k/2}, the "
        "algorithm as printed by its authors by 2^{-(k-1)/2}. In the document's networks no layer "
        "widens, so the branch is never taken."
    ),
    see=("vev.zerostar", "vev.fig1", "vev.zero_mnist", "vev.init.zerostar"),
)
