"""The VNI from two moments of the eigenvalues of J J^T, of one network and on average.

    vn.eq5   R = m_2/(N m_1^2): an identity of one network, not of the averaged moments

Three averages over networks are called "the VNI" and differ at finite depth:
    quenched          E [tr C^2/(tr C)^2]        what a simulation averages
    annealed          E tr C^2 / E (tr C)^2      a ratio of means (exact law: vn.rec)
    expected moments  E m_2/(N (E m_1)^2) = E tr C^2/(E tr C)^2, may exceed 1
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Estimand,
    Finding,
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
from theory.symbols import SLOPE, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.first_order import EDGE, WORDS, expansions, is_shallow
from theory.vanishing_nodes.probes import ANNEALED, MOMENTS, QUENCHED, network, with_remainder

m_1, m_2 = sp.symbols("m_1 m_2")
E, tr = rec.E, rec.tr
SINGULAR = Parameter(
    "singular_values", Tuples(Reals(0)), "the n_L singular values of J, zeros included"
)


def from_spectrum(singular_values: Any) -> Any:
    """R = m_2/(N m_1^2) of one network, m_i the mean of lambda^i, lambda = (singular value)^2.

    N is the number of eigenvalues averaged over (n_L, the size of J J^T, if J is not square).

    >>> from_spectrum((1, 2, 0))
    17/25
    """
    eigenvalues = [sp.sympify(prove.exact(s)) ** 2 for s in singular_values]
    n = sp.Integer(len(eigenvalues))
    m_1, m_2 = sum(eigenvalues) / n, sum(v**2 for v in eigenvalues) / n
    return m_2 / (n * m_1**2)


def expected_moments(widths: Any, slope: Any) -> Any:
    """E m_2/(N (E m_1)^2) = E tr C^2/(E tr C)^2. Exact for Gaussian weights; unbounded in depth.

    >>> expected_moments((1, 1), 1), expected_moments((7, 4), 1)
    (3, 3/7)
    """
    sum_sq, _ = rec.expected_traces(widths, slope)
    return sum_sq / sp.sympify(widths[-1]) ** 2  # E tr C = n_L at this scale


# --- proofs ----------------------------------------------------------------------------------

TURN = sp.Matrix([[3, 4], [-4, 3]]) / 5  # rational rotations
ROTATION = sp.Matrix([[1, 2, 2], [2, 1, -2], [2, -2, 1]]) / 3


def of_one_network(law: Any) -> Finding:
    """J with known singular values: U diag(s) V for rational rotations, traces taken of J J^T."""

    def found(jacobian: sp.Matrix) -> Any:
        cov = jacobian * jacobian.T
        return (cov * cov).trace() / cov.trace() ** 2

    x, y, z = sp.symbols("x y z", positive=True)
    spectra = {
        "3 x 3": ((x, y, z), ROTATION * sp.diag(x, y, z) * ROTATION[:, ::-1]),
        "2 x 3": ((x, y), TURN * sp.Matrix([[x, 0, 0], [0, y, 0]]) * ROTATION),
        "3 x 2, N = n_L = 3": ((x, y, 0), ROTATION * sp.Matrix([[x, 0], [0, y], [0, 0]]) * TURN),
    }
    return prove.truth(
        (
            (shape, rec.same(law(singular_values=s), found(jacobian)))
            for shape, (s, jacobian) in spectra.items()
        ),
        predicted="m_2/(N m_1^2)",
        found="tr (J J^T)^2/(tr J J^T)^2 for every set of singular values",
    )


def one_layer_mean(m: Any, n: Any) -> Any:
    """E R of one Gaussian m x n matrix: (m + n + 1)/(mn + 2), proved under vn.quenched."""
    m, n = sp.sympify(m), sp.sympify(n)
    return (m + n + 1) / (m * n + 2)


def wide_limit(law: Any) -> Finding:
    """One square Gaussian layer: the relative gap to E R is 2/N^2, so it closes as N grows."""
    ratio = sp.cancel(law(widths=(N, N), slope=1) / one_layer_mean(N, N))
    return prove.identities(
        [("N^2 (ratio - 1) - 2", N**2 * (ratio - 1) - 2)],
        predicted="E m_2/(N (E m_1)^2)",
        found="E R (1 + 2/N^2) at depth 1",
    )


def one_node(law: Any) -> Finding:
    """N = 1, one layer: R = 1 for every network, whatever its weight."""
    return prove.cases(
        [
            ("one node, one Gaussian weight", law(widths=(1, 1), slope=1), one_layer_mean(1, 1)),
            ("4 <- 7, one linear layer", law(widths=(7, 4), slope=1), sp.Rational(2, 5)),
        ]
    )


def moments_by_wick(law: Any) -> Finding:
    """E tr C^2 and E tr C of one layer from the multiplied-out products of Gaussian weights."""

    def facts() -> Iterator[tuple[str, bool]]:
        q = sp.Symbol("q")
        for m, n in ((2, 2), (3, 2), (2, 3)):
            sum_sq, _, c = rec.wick_moments(m, n)
            isotropic = sum_sq.subs(dict.fromkeys(c, 1))
            for slope in (sp.Integer(1), sp.Integer(0)):
                # standard normal entries and E D^2 = 1: E tr C = m n
                ratio = isotropic.subs(q, rec.spread(slope)) / (m * n) ** 2
                same = sp.simplify(law(widths=(n, m), slope=slope) - ratio) == 0
                yield f"{n} -> {m}, a = {slope}: {ratio}", bool(same)
        for depth in (1, 2, 5):
            for slope in (sp.Integer(1), sp.Integer(0)):
                closed = closed_form(sp.Integer(4), depth, rec.spread(slope))
                same = law(widths=(4,) * (depth + 1), slope=slope) == closed
                yield f"N = 4, L = {depth}, a = {slope}: {closed}", bool(same)

    return prove.truth(
        facts(), predicted="E tr C^2/(E tr C)^2 by recursion", found="Wick, and the closed form"
    )


def closed_form(n: Any, depth: int, q: Any) -> Any:
    """[(N+2)(1+(3q-1)/N)^L - (N-1)(1-1/N)^L]/(3N): the eigenvectors of vn.rec, square layers."""
    return ((n + 2) * (1 + (3 * q - 1) / n) ** depth - (n - 1) * (1 - 1 / n) ** depth) / (3 * n)


def annealed_by_enumeration(law: Any) -> Finding:
    """Every weight in {-1,0,1} and every mask of small networks: the exact ratio of means."""
    return prove.cases(
        (f"widths {w}, a = {s}", law(widths=w, slope=s), found)
        for w, s, readout, found in rec.enumerated()
        if readout == "post"
    )


# --- the claim -------------------------------------------------------------------------------


def lowest_gap() -> Any:
    """Coefficient of tau^3 in (expected moments) - (mean VNI), N -> infinity at fixed tau = qL/N.

    To tau^2 they agree, so the relative gap is this times tau^2.

    >>> lowest_gap()
    7/3
    """
    of = expansions()
    gaps = [m - c for m, c in zip(of["moments"], of["mean"], strict=True)]
    if gaps[:3] != [0, 0, 0]:
        raise ArithmeticError(f"the gap starts below tau^3: {gaps}")
    return gaps[3]


WIDE = with_remainder(
    lowest_gap() * EDGE**2, "relative gap (7/3)(qL/N)^2 at the edge qL/N = 1/20 of the domain"
)


def _probe(name: str, width: int, depth: int, estimand: Estimand, law: str, **more: Any) -> Probe:
    widths = (width,) * (depth + 1)
    return Probe(
        name=name,
        experiment="node_correlation",
        setup=network(widths, sp.Integer(1)),
        at={"widths": widths, "slope": 1},
        estimand=estimand,
        laws=(law,),
        **more,
    )


LAWS = (
    Law(
        role="stated",
        formula=sp.Eq(rec.R_sq, m_2 / (N * m_1**2)),
        parameters=(SINGULAR,),
        words="VNI of one network from the first two moments of the eigenvalues of J J^T",
        evaluate=from_spectrum,
        mutants=(
            Mutant(
                "singular values in place of eigenvalues",
                lambda singular_values: from_spectrum([sp.sqrt(s) for s in singular_values]),
            ),
            Mutant(
                "N forgotten",
                lambda singular_values: from_spectrum(singular_values) * len(singular_values),
            ),
            Mutant(
                "zero eigenvalues left out of N",
                lambda singular_values: (
                    from_spectrum(singular_values)
                    * sp.Rational(len(singular_values), sum(1 for s in singular_values if s != 0))
                ),
            ),
        ),
    ),
    Law(
        role="stated",
        name="expected moments",
        formula=sp.Eq(E(rec.R_sq), E(m_2) / (N * E(m_1) ** 2)),
        parameters=(rec.LAYERS, SLOPE),
        words="mean VNI over networks from the expected moments, as inserted in eq. (6)",
        evaluate=expected_moments,
        mutants=(
            Mutant(
                "leading order of m_2",
                lambda widths, slope: (
                    (1 + rec.spread(slope) * (len(widths) - 1)) / sp.sympify(widths[-1])
                ),
            ),
            Mutant(
                "N forgotten", lambda widths, slope: expected_moments(widths, slope) * widths[-1]
            ),
        ),
        error="relative 2/N^2 at depth 1; grows like (qL/N)^2",
    ),
    Law(
        role="sharper",
        name="ratio of moments",
        formula=sp.Eq(
            E(tr(rec.C**2)) / E(tr(rec.C)) ** 2,
            E(m_2) / (N * E(m_1) ** 2),
        ),
        parameters=(rec.LAYERS, SLOPE),
        words="what the expected moments do give: E tr C^2/(E tr C)^2, which may exceed 1",
        evaluate=expected_moments,
        mutants=(
            Mutant("the annealed ratio", lambda widths, slope: rec.annealed(widths, slope)),
            Mutant("q = 1 for every activation", lambda widths, slope: expected_moments(widths, 1)),
        ),
    ),
    Law(
        role="sharper",
        name="annealed",
        formula=sp.Eq(rec.R_A, E(m_2) / (N * E(m_1**2))),
        parameters=(rec.LAYERS, SLOPE),
        words="annealed VNI E tr C^2/E (tr C)^2 (vn.rec), always in [1/N, 1]",
        evaluate=rec.annealed,
        mutants=(Mutant("(E m_1)^2 in place of E m_1^2", expected_moments),),
    ),
)

CLAIM = Claim(
    id="vn.eq5",
    title="VNI = m_2/(N m_1^2), for one network and with expected moments",
    source=PAPER.at(
        "eq. (5) and the paragraph after it",
        "R_sq = m_2/(N m_1^2), which relates the VNI to the expected moments of the eigenvalues",
    ),
    kind="exact identity / replacement of mean of ratio by ratio of means",
    laws=LAWS,
    assumptions=(
        stated(
            "at least one singular value is not zero",
            lambda p: any(s != 0 for s in p.get("singular_values", (1,))),
        ),
        unstated(
            "the moments are those of the same network; or, if averaged over networks: " + WORDS,
            is_shallow,
        ),
    ),
    expected="holds-if",
    because=(
        "For one network it is an identity. With expected moments it is one only in the limit of "
        "L much smaller than N: at N = L = 20 the expected moments give 2.35, an impossible VNI."
    ),
    proofs=(
        Proof(
            "one network",
            "symbolic",
            "traces of J J^T for every set of singular values, square and rectangular J",
            of_one_network,
        ),
        Proof(
            "wide limit",
            "symbolic",
            "one Gaussian layer: the gap to the mean VNI is exactly 2/N^2, relative",
            wide_limit,
            law="expected moments",
            point={"regime": "N -> infinity"},
        ),
        Proof(
            "one node",
            "exact",
            "with one node the VNI is 1, the expected moments give 3",
            one_node,
            law="expected moments",
            point={"widths": (1, 1), "slope": 1},
        ),
        Proof(
            "moments by Wick",
            "exact",
            "E tr C^2/(E tr C)^2 of small layers, multiplied out, and the closed form in depth",
            moments_by_wick,
            law="ratio of moments",
        ),
        Proof(
            "enumeration",
            "exact",
            "the ratio of means of small networks, every weight and mask visited",
            annealed_by_enumeration,
            law="annealed",
        ),
    ),
    probes=(
        _probe(
            "mean VNI, N=64 L=3", 64, 3, QUENCHED, "expected moments", margin=WIDE,
            why="L much smaller than N", budget=0.2,
        ),
        *(
            _probe(
                f"mean VNI, depth {depth}", 20, depth, QUENCHED, "expected moments", margin=WIDE,
                why="the same networks, read as a mean of ratios", curve="depth", x=depth,
                budget=0.3,
            )
            for depth in (1, 5, 10, 20)
        ),
        _probe(
            "ratio of moments, depth 5", 20, 5, MOMENTS, "ratio of moments",
            why="the expected moments themselves, measured",
        ),
        _probe(
            "annealed, depth 5", 20, 5, ANNEALED, "annealed",
            why="the second average, of the same networks as at depth 5 above",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Mean VNI of linear networks of width 20, and two ratios of means",
            "depth L",
            "VNI",
            range(1, 21),
            lambda x: {"widths": (20,) * (int(x) + 1), "slope": 1},
            laws=("expected moments", "annealed"),
        ),
    ),
    remark="For a rectangular J, N is the number n_L of eigenvalues that m_i averages over.",
    see=("vn.rec", "vn.quenched", "vn.eq6"),
)  # fmt: skip
