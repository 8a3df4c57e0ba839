"""The annealed VNI for Haar orthogonal weights with random slopes, at every width.

    vn.rec.haar   X = (1-R)/(1+2R) times (m-1)(p+2)/((p-1)(m-1+3q)) a layer n -> m, p = max(m, n)

A Haar rotation between the past (ratio R) and a factor A on d nodes, R_A = E tr (A A^T)^2 over
E (tr A A^T)^2, multiplies: X of both is X(R) X(R_A)/X(1/d). Slopes on m of p rotated nodes have
R_A = q/(q + m - 1). No iid structure is needed: A may be fixed.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
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
)
from theory.symbols import SLOPE, L
from theory.vanishing_nodes import PAPER, layer_wise
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import ANNEALED, network

Matrix = tuple[tuple[Fraction, ...], ...]
FACTOR = Parameter(
    "factor",
    Tuples(Reals(0), min_size=2),
    "squared singular values of the fixed factor A, d of them",
)
DEPTH = Parameter("depth", Integers(1), "how many times A stands in A O A O ... A", L)


def layer_factor(m: Any, n: Any, q: Any) -> Any:
    """Factor of X of one Haar layer n -> m with slopes of spread q; 1 node has X = 0 already."""
    p = sp.Max(m, n)
    return sp.Integer(0) if p == 1 else (m - 1) * (p + 2) / ((p - 1) * (m - 1 + 3 * q))


def annealed(widths: Any, slope: Any) -> Any:
    """E tr C^2/E (tr C)^2, semi-orthogonal Haar weights, slopes independent of them. Exact.

    >>> annealed((12,) * 7, 1), annealed((2, 1, 2), 0), annealed((5, 4), 1)
    (1/12, 1, 1/4)
    """
    q, x = rec.spread(slope), rec.to_x(1 / sp.sympify(widths[0]))
    for n, m in itertools.pairwise(map(sp.sympify, widths)):
        x *= layer_factor(m, n, q)
    return rec.from_x(x)


def of_spreads(widths: Any, spreads: Any) -> Any:
    """The same where layer l has slopes of spread q_l, independent of the weights. Exact.

    >>> of_spreads((2, 2), (2,)), of_spreads((12, 12, 12), (1, 1))
    (2/3, 1/12)
    """
    return layer_wise.of_spreads(widths, spreads, layer_factor)


def fixed_factors(factor: Any, depth: Any) -> Any:
    """R of A O A O ... A with `depth` fixed factors A and independent Haar rotations between them.

    >>> fixed_factors((1, 1, 1), 4), fixed_factors((1, 0), 3)
    (1/3, 1)
    """
    values = [sp.sympify(prove.exact(v)) for v in factor]
    d = sp.Integer(len(values))
    own = sum(v**2 for v in values) / sum(values) ** 2
    x, free = rec.to_x(own), rec.to_x(1 / d)
    return rec.from_x(x * (x / free) ** (int(depth) - 1))


def _mutated(change: str) -> Any:
    def evaluate(widths: Any, slope: Any) -> Any:
        q, x = rec.spread(slope), rec.to_x(1 / sp.sympify(widths[0]))
        for n, m in itertools.pairwise(map(sp.sympify, widths)):
            if change == "factor of Gaussian weights":
                x *= rec.layer_factor(m, q)
            elif change == "(N-1)/(N-1+3(q-1))":
                x *= (m - 1) / (m - 1 + 3 * (q - 1))
            else:
                p = sp.Min(m, n)
                x *= (m - 1) * (p + 2) / ((p - 1) * (m - 1 + 3 * q))
        return rec.from_x(x)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def one_layer(m: Any, p: Any, q: Any) -> sp.Matrix:
    """(a, b) -> (a', b'): m of p nodes of O C O^T are kept, with slopes E d^2 = 1, E d^4 = q.

    A row of O is uniform on the sphere: E u_i^4 = 3/(p(p+2)), E u_i^2 u_j^2 a third of it, so E
    K_ii^2 = (2a+b)/(p(p+2)); the traces of K are those of C, which gives E K_ij^2, E K_ii K_jj.
    """
    own = sp.Matrix([[2, 1]]) / (p * (p + 2))
    pairs = (sp.eye(2) - p * sp.Matrix([own, own])) / (p * (p - 1))
    return m * q * sp.Matrix([own, own]) + m * (m - 1) * pairs


def by_rows(law: Any) -> Finding:
    """One and two layers of any width: narrowing, widening, and equal."""
    n, m, q = sp.symbols("n m q", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for vector, value in (((1, -1), m * (m - 1) / (n * (n - 1))),
                              ((2, 1), m * (m - 1 + 3 * q) / (n * (n + 2)))):  # fmt: skip
            row = sp.Matrix([vector])
            rest = (row * one_layer(m, n, q) - value * row).applyfunc(sp.cancel)
            yield f"{vector} is an eigenvector, every m, p, q", rest == sp.zeros(1, 2)
        for widths in ((5, 3), (3, 5), (4, 4), (5, 9, 4), (4, 2, 7), (6, 6, 6, 6)):
            for slope in (sp.Integer(0), sp.Rational(1, 2)):
                traces = sp.Matrix([widths[0], widths[0] ** 2])
                for below, width in itertools.pairwise(widths):
                    step = one_layer(sp.Integer(width), sp.Max(below, width), rec.spread(slope))
                    traces = step * traces
                ratio = traces[0] / traces[1]
                yield (
                    f"widths {widths}, a = {slope}",
                    bool(law(widths=widths, slope=slope) == ratio),
                )

    return prove.truth(
        facts(),
        predicted="X times (m-1)(p+2)/((p-1)(m-1+3q))",
        found="the second moments of a Haar row",
    )


# turns of 0, 45, 90, 135 degrees times sqrt(scale): the means of O C O^T twice are exact,
# since harmonics up to the fourth cancel over eight directions, and -O gives the same as O
TURNS = (((1, 0), (0, 1), 1), ((1, -1), (1, 1), 2), ((0, -1), (1, 0), 1), ((-1, -1), (1, -1), 2))


def _conjugated(rows: Any, cov: Matrix) -> Matrix:
    return tuple(
        tuple(
            sum((u * cov[i][j] * v for i, u in enumerate(r) for j, v in enumerate(s)), Fraction(0))
            for s in rows
        )
        for r in rows
    )


def _turned(cov: Matrix, nodes: int) -> Iterator[Matrix]:
    """O C O^T for the four turns of two nodes, or C itself for one; C is padded with zeros."""
    wide = tuple(
        tuple(cov[i][j] if max(i, j) < len(cov) else Fraction(0) for j in range(nodes))
        for i in range(nodes)
    )
    if nodes == 1:
        yield wide
        return
    for first, second, scale in TURNS:
        turned = _conjugated((first, second), wide)
        yield tuple(tuple(v / scale for v in row) for row in turned)


def _ratio(law: dict[Matrix, Fraction]) -> Fraction:
    above = sum((p * sum(v * v for row in c for v in row) for c, p in law.items()), Fraction(0))
    below = sum((p * sum(c[i][i] for i in range(len(c))) ** 2 for c, p in law.items()), Fraction(0))
    return above / below


def counted(widths: tuple[int, ...], slopes: Sequence[Fraction]) -> Fraction:
    """The ratio of layers of one or two nodes: every mask, rotations averaged; a slope a layer."""
    n = widths[0]
    law: dict[Matrix, Fraction] = {
        tuple(tuple(Fraction(i == j) for j in range(n)) for i in range(n)): Fraction(1)
    }
    for below, m, slope in zip(widths[:-1], widths[1:], slopes, strict=True):
        after: dict[Matrix, Fraction] = defaultdict(Fraction)
        for cov, p in law.items():
            for turned in _turned(cov, max(below, m)):
                for d in itertools.product((Fraction(1), slope), repeat=m):
                    kept = tuple(
                        tuple(d[i] * d[j] * turned[i][j] for j in range(m)) for i in range(m)
                    )
                    after[kept] += p
        law = after
    return _ratio(law)


HALF = Fraction(1, 2)


@functools.cache
def listed() -> tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]:
    """(widths, slope, ratio) of networks with one slope."""
    return tuple(
        (widths, slope, counted(widths, (slope,) * (len(widths) - 1)))
        for widths in ((2, 2), (2, 1), (1, 2), (2, 2, 2), (1, 2, 2), (2, 2, 1, 2))
        for slope in (Fraction(0), HALF)
    )


def by_enumeration(law: Any) -> Finding:
    """Every mask of layers of one or two nodes; eight directions average the rotations exactly."""
    return prove.cases(
        (f"widths {w}, a = {s}", law(widths=w, slope=s), found) for w, s, found in listed()
    )


def own_slopes(law: Any) -> Finding:
    """The same with another slope in every layer."""
    return prove.cases(
        (
            f"widths {w}, slopes {', '.join(map(str, slopes))}",
            law(widths=w, spreads=[layer_wise.spread_of_pair(prove.exact(a)) for a in slopes]),
            counted(w, slopes),
        )
        for w, slopes in (
            ((2, 2, 2), (Fraction(1), Fraction(0))),
            ((2, 2, 2, 2), (Fraction(0), HALF, Fraction(1))),
            ((1, 2, 2), (HALF, Fraction(0))),
        )
    )


def by_rows_of_spreads(law: Any) -> Finding:
    """Two layers of any width by the second moments of a Haar row, for all spreads."""
    q, p = sp.symbols("q p", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for widths in ((4, 4, 4), (5, 3, 4), (3, 5, 2)):
            traces = sp.Matrix([widths[0], widths[0] ** 2])
            for below, width, spread in zip(widths[:-1], widths[1:], (q, p), strict=True):
                step = one_layer(sp.Integer(width), sp.Max(below, width), spread)
                traces = step * traces
            same = rec.same(law(widths=widths, spreads=(q, p)), traces[0] / traces[1])
            yield f"widths {widths}, every q_1 and q_2", same

    return prove.truth(
        facts(), predicted="a factor a layer", found="the second moments of a Haar row"
    )


@functools.cache
def alternated(factor: tuple[int, int], depth: int) -> Fraction:
    """The ratio for A O A ... A on two nodes, A = diag(factor)^(1/2), rotations averaged exactly.

    A C A^T has entries sqrt(f_i f_j) C_ij: factors are squares here.
    """
    root = [int(sp.sqrt(f)) for f in factor]
    law: dict[Matrix, Fraction] = {
        ((Fraction(factor[0]), Fraction(0)), (Fraction(0), Fraction(factor[1]))): Fraction(1)
    }
    for _ in range(depth - 1):
        after: dict[Matrix, Fraction] = defaultdict(Fraction)
        for cov, p in law.items():
            for turned in _turned(cov, 2):
                after[
                    tuple(
                        tuple(root[i] * root[j] * turned[i][j] for j in range(2)) for i in range(2)
                    )
                ] += p
        law = after
    return _ratio(law)


def between_fixed(law: Any) -> Finding:
    """Two nodes, fixed singular values, up to four factors."""
    return prove.cases(
        (f"A A^T = diag{f}, {depth} factors", law(factor=f, depth=depth), alternated(f, depth))
        for f in ((1, 4), (1, 9), (0, 1))
        for depth in (1, 2, 4)
    )


# --- the claim -------------------------------------------------------------------------------


def _probe(widths: tuple[int, ...], slope: Any, why: str, **more: Any) -> Probe:
    kind = {0: "relu", 1: "linear"}.get(slope, f"leaky {slope}")
    return Probe(
        name=f"{kind} {'-'.join(map(str, widths))}",
        experiment="node_correlation",
        setup=network(widths, slope, weights="haar"),
        at={"widths": widths, "slope": slope},
        estimand=ANNEALED,
        laws=("sharper",),
        why=why,
        budget=0.3,
        **more,
    )


R_L, n_l, m_l, p_l, index = rec.R_L, rec.n_l, rec.n_l, sp.IndexedBase("p"), rec.index
d, R_1 = sp.Symbol("d"), sp.Symbol("R_1")

CLAIM = Claim(
    id="vn.rec.haar",
    title="exact annealed VNI for orthogonal weights: one factor per layer, at every width",
    source=PAPER.at(
        "eq. (6) with s_1 = 0, Section 6",
        "not in the document: the exact finite-width form for orthogonal weights",
    ),
    kind="exact",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                rec.to_x(R_L),
                rec.to_x(1 / n_l[0])
                * sp.Product(
                    (n_l[index] - 1)
                    * (p_l[index] + 2)
                    / ((p_l[index] - 1) * (n_l[index] - 1 + 3 * rec.q_l)),
                    (index, 1, L),
                ),
            ),
            parameters=(rec.LAYERS, SLOPE),
            words="E tr C^2/E (tr C)^2 for Haar semi-orthogonal weights, p_l = max(n_l, n_(l-1))",
            evaluate=annealed,
            mutants=tuple(
                Mutant(name, _mutated(name))
                for name in (
                    "factor of Gaussian weights",
                    "(N-1)/(N-1+3(q-1))",
                    "p = min(m, n)",
                )
            ),
        ),
        Law(
            role="sharper",
            name="layer-wise",
            formula=sp.Eq(
                rec.to_x(R_L),
                rec.to_x(1 / n_l[0])
                * sp.Product(
                    (n_l[index] - 1)
                    * (p_l[index] + 2)
                    / ((p_l[index] - 1) * (n_l[index] - 1 + 3 * layer_wise.Q[index])),
                    (index, 1, L),
                ),
            ),
            parameters=(rec.LAYERS, layer_wise.SPREADS),
            words="the same with a spread q_l of its own for every layer",
            evaluate=of_spreads,
            mutants=layer_wise.mutants(of_spreads),
        ),
        Law(
            role="sharper",
            name="fixed factors",
            formula=sp.Eq(
                rec.to_x(R_L), rec.to_x(R_1) ** L / rec.to_x(1 / d) ** (L - 1)
            ),
            parameters=(FACTOR, DEPTH),
            words="the same for A O A O ... A, A fixed, R_1 = tr (A A^T)^2/(tr A A^T)^2",
            evaluate=fixed_factors,
            mutants=(
                Mutant("X(R_1)^L", lambda factor, depth: rec.from_x(
                    rec.to_x(fixed_factors(factor, 1)) ** depth)),
                Mutant(
                    "singular values for their squares",
                    lambda factor, depth: fixed_factors([sp.sqrt(v) for v in factor], depth),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("Haar orthogonal weights", lambda p: p.get("weights", "haar") == "haar"),
        stated(
            "slopes independent of the weights (linear, or vn.masklaw)",
            lambda p: p.get("activation") != "tanh",
        ),
        stated(
            "the fixed factor is not zero", lambda p: any(v != 0 for v in p.get("factor", (1,)))
        ),
        layer_wise.ONE_A_LAYER,
    ),
    expected="holds",
    because=(
        "The second moments of a Haar row give a 2 x 2 recursion with the eigenvectors (1,-1) and "
        "(2,1); small layers with every mask and exact rotations agree, sampled networks too."
    ),
    proofs=(
        Proof(
            "one layer",
            "symbolic",
            "eigenvectors for all widths and spreads; networks of up to three layers",
            by_rows,
            law="sharper",
        ),
        Proof(
            "enumeration",
            "exact",
            "layers of one and two nodes, every mask, rotations averaged exactly",
            by_enumeration,
            law="sharper",
        ),
        Proof(
            "fixed factors",
            "exact",
            "two nodes, rotations averaged exactly, up to four factors",
            between_fixed,
            law="fixed factors",
        ),
        Proof(
            "every spread",
            "symbolic",
            "two layers by the second moments of a Haar row, for all spreads",
            by_rows_of_spreads,
            law="layer-wise",
        ),
        Proof(
            "own slopes counted",
            "exact",
            "small layers, every mask, another slope in every layer",
            own_slopes,
            law="layer-wise",
        ),
    ),
    probes=(
        *(
            _probe((16,) * (depth + 1), sp.Integer(0), "growth with depth, own activation pattern",
                   curve="depth", x=depth, tiers=TIERS if depth < 4 else LATER)
            for depth in (1, 2, 4)
        ),
        _probe((12, 16, 10), sp.Integer(0), "a wider layer, then a narrower one"),
        _probe((12,) * 4, sp.Rational(3, 10), "a spread between 1 and 2"),
    ),
    curves=(
        Curve(
            "depth",
            "Annealed VNI of ReLU networks of width 16, orthogonal weights",
            "depth L",
            "E tr C^2 / E (tr C)^2",
            range(1, 11),
            lambda x: {"widths": (16,) * (int(x) + 1), "slope": 0},
            laws=("sharper",),
        ),
    ),
    remark=(
        "To first order R = 1/N + L (q-1)/N: eq. (6) with s_1 = 0. The QR factor of a Gaussian "
        "matrix is Haar only after its columns are given the signs of diag(R)."
    ),
    see=("vn.rec", "vn.eq6", "vn.masklaw", "vn.tanhorth"),
)  # fmt: skip
