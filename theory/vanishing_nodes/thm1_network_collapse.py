"""Theorem 1: a VNI of 1 leaves one effective node; and how near to 1 is near enough.

    vn.thm1           R_sq = 1 implies N_e = 1 for every threshold ratio epsilon
    vn.thm1.wlog      eqs. (7)-(9): unit variances "without loss of generality"
    vn.thm1.converse  N_e = 1 is forced exactly for R_sq > (1 + epsilon^2)/(1 + epsilon)^2

One line proves the theorem: (sum l)^2 - sum l^2 = 2 sum_{i<j} l_i l_j is 0 for R_sq = 1, and with
l >= 0 only one eigenvalue can then differ from 0. The document's own proof takes a detour over a
spectrum that is not extremal (vn.thm1.ext) and variances that are not free (vn.thm1.wlog).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.schema import (
    Claim,
    Curve,
    Law,
    Mutant,
    Parameter,
    Proof,
    Reals,
    stated,
)
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import effective_nodes as en
from theory.vanishing_nodes.collapse_proofs import (
    collapsed,
    counted,
    forced,
    least_share,
    power_sum,
    rational_root,
    rest_is_zero,
    share,
    threshold,
    two_node_vni,
    two_nodes,
    unit_vni,
)

N_e = sp.Function("N_e")
lam, t = sp.IndexedBase("lambda"), sp.Symbol("t", integer=True)
N_eff = sp.Symbol("N_e")

# --- vn.thm1 ---------------------------------------------------------------------------------


def _above_only(spectrum: Any, epsilon: Any) -> int:
    values = [en.rational(value) for value in spectrum]
    return sum(value > en.rational(epsilon) * max(values) for value in values)


def _of_the_trace(spectrum: Any, epsilon: Any) -> int:
    values = [en.rational(value) for value in spectrum]
    return sum(value >= en.rational(epsilon) * sum(values) for value in values)


THEOREM = Claim(
    id="vn.thm1",
    title="a VNI of 1 leaves exactly one effective node",
    source=PAPER.at(
        "Theorem 1 with eq. (10)",
        "the effective number of nodes becomes 1 when the VNI is 1, for every epsilon in (0, 1)",
    ),
    kind="theorem",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(N_e(en.epsilon), 1),
            parameters=(en.EPSILON, en.NODES),
            words="effective nodes of N nodes with R_sq = 1",
            evaluate=collapsed,
            mutants=(
                Mutant("every node stays", lambda epsilon, nodes: int(nodes)),
                Mutant("none is left", lambda epsilon, nodes: 0),
            ),
        ),
        Law(
            role="stated",
            name="effective number",
            formula=sp.Eq(
                N_e(en.epsilon),
                sp.Function("max")(sp.Ge(lam[t], en.epsilon * lam[1], evaluate=False)),
            ),
            parameters=(en.SPECTRUM, en.EPSILON),
            words="N_e: the largest t with lambda_t >= epsilon lambda_1",
            evaluate=lambda spectrum, epsilon: en.count(spectrum, epsilon),
            mutants=(
                Mutant("ties left out", _above_only),
                Mutant("relative to the trace", _of_the_trace),
            ),
        ),
    ),
    assumptions=(
        stated(
            "the covariance is not zero",
            lambda p: any(bool(value != 0) for value in p.get("spectrum", (1,))),
        ),
    ),
    expected="holds",
    because=(
        "R_sq = 1 means sum of l_i l_j over i < j is 0; eigenvalues are not negative, so all but "
        "one are 0. The document's own proof has two invalid steps (vn.thm1.wlog, vn.thm1.ext)."
    ),
    proofs=(
        Proof(
            "one eigenvalue",
            "symbolic",
            "R_sq = 1 leaves one eigenvalue that is not 0, and one effective node",
            rest_is_zero,
        ),
        Proof(
            "count",
            "exact",
            "eq. (10) counts what the inertia of C - epsilon l_1 I counts",
            counted,
            law="effective number",
        ),
    ),
    remark=(
        "N_e = 1 does not give R_sq = 1: one eigenvalue 1 and N - 1 eigenvalues epsilon/2 have one "
        "effective node and a VNI that falls to 0 as N grows."
    ),
    see=("vn.thm1.wlog", "vn.thm1.ext", "vn.thm1.sharp", "vn.thm1.converse", "vn.collapse.repr"),
)

# --- vn.thm1.wlog ----------------------------------------------------------------------------

v_1, v_2 = sp.symbols("v_1 v_2", positive=True)
rho = sp.Symbol("rho", real=True)
PAIR = (
    Parameter("v_1", Reals(0, open_low=True), "variance of the first node", v_1),
    Parameter("v_2", Reals(0, open_low=True), "variance of the second node", v_2),
    Parameter("rho", Reals(-1, 1), "correlation of the two nodes", rho),
)
UNIT = (1 + rho**2) / 2
TRUE = (v_1**2 + v_2**2 + 2 * rho**2 * v_1 * v_2) / (v_1 + v_2) ** 2


def _sum_of_squares(v_1: Any, v_2: Any, rho: Any) -> Fraction:
    return (en.rational(v_1) + en.rational(v_2)) ** 2 * two_node_vni(v_1, v_2, rho)


WLOG = Claim(
    id="vn.thm1.wlog",
    title="the nodes may be taken to have unit variance without loss of generality",
    source=PAPER.at(
        "proof of Theorem 1, eqs. (7)-(9)",
        "w.l.o.g. X_i ~ N(0, 1), so that R_sq = tr C^2/N^2, sum l = N, sum l^2 = N^2 R_sq",
    ),
    kind="proof step",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(en.R_sq, UNIT),
            parameters=PAIR,
            words="VNI of two nodes from their correlation alone",
            evaluate=unit_vni,
            mutants=(
                Mutant(
                    "|rho| in place of rho^2",
                    lambda v_1, v_2, rho: (1 + abs(en.rational(rho))) / 2,
                ),
            ),
        ),
        Law(
            role="stated",
            name="eq. (9)",
            formula=sp.Eq(lam[1] ** 2 + lam[2] ** 2, 4 * TRUE),
            parameters=PAIR,
            words="sum of the squared eigenvalues, N^2 R_sq with N = 2",
            evaluate=lambda v_1, v_2, rho: 4 * two_node_vni(v_1, v_2, rho),
            mutants=(Mutant("N R_sq", lambda v_1, v_2, rho: 2 * two_node_vni(v_1, v_2, rho)),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(en.R_sq, TRUE),
            parameters=PAIR,
            words="VNI of two nodes of any variances",
            evaluate=two_node_vni,
            mutants=(
                Mutant("unit variances", unit_vni),
                Mutant(
                    "standard deviations in place of variances",
                    lambda v_1, v_2, rho: two_node_vni(rational_root(v_1), rational_root(v_2), rho),
                ),
            ),
        ),
        Law(
            role="corrected",
            name="power sums",
            formula=sp.Eq(lam[1] ** 2 + lam[2] ** 2, (v_1 + v_2) ** 2 * TRUE),
            parameters=PAIR,
            words="sum of the squared eigenvalues, (tr C)^2 R_sq",
            evaluate=_sum_of_squares,
            mutants=(
                Mutant("N^2 R_sq kept", lambda v_1, v_2, rho: 4 * two_node_vni(v_1, v_2, rho)),
            ),
        ),
    ),
    assumptions=(),
    expected="false-as-stated",
    because=(
        "Rescaling single nodes changes R_sq and the spectrum: independent nodes of variances 1 "
        "and 1/100 have R_sq = 10001/10201, their correlation matrix 1/2. With T = tr C in place "
        "of N, sum l = T and sum l^2 = T^2 R_sq, the proof goes on; normality is never used."
    ),
    proofs=(
        Proof("two nodes", "exact", "eq. (3) over every input of two nodes", two_nodes),
        Proof("eq. (9)", "exact", "sum of squared eigenvalues", power_sum, law="eq. (9)"),
        Proof("any variances", "exact", "eq. (3) over every input", two_nodes, law="corrected"),
        Proof("T^2 R", "exact", "sum of squared eigenvalues", power_sum, law="power sums"),
    ),
    curves=(
        Curve(
            "variance ratio",
            "VNI of two independent nodes and of their correlation matrix",
            "ratio of their variances",
            "VNI",
            (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
            lambda x: {"v_1": 1, "v_2": x, "rho": 0},
            laws=("stated", "corrected"),
            log_x=True,
        ),
    ),
    see=("vn.thm1", "vn.eq3"),
)  # fmt: skip


# --- vn.thm1.converse ------------------------------------------------------------------------


def _shown_share() -> sp.Expr:
    m = sp.Symbol("m", integer=True, positive=True)
    return (m + sp.sqrt(m * ((m + 1) * en.R_sq - 1))) / (m * (m + 1))


CONVERSE = Claim(
    id="vn.thm1.converse",
    title="how close to 1 the VNI must be before one effective node is left",
    source=PAPER.at(
        "sec. 3.2, the sentence after the proof of Theorem 1",
        "not in the document as a formula: as the VNI approaches 1, the network degrades to a "
        "single perceptron",
    ),
    kind="bound",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(en.R_sq, (1 + en.epsilon**2) / (1 + en.epsilon) ** 2),
            parameters=(en.EPSILON,),
            words="the VNI above which N_e = 1 is forced, and not below",
            evaluate=threshold,
            mutants=(
                Mutant("1/(1 + e^2)", lambda epsilon: 1 / (1 + en.rational(epsilon) ** 2)),
                Mutant("1 + e^2", lambda epsilon: 1 + en.rational(epsilon) ** 2),
                Mutant("1/(1 + e)^2", lambda epsilon: 1 / (1 + en.rational(epsilon)) ** 2),
            ),
        ),
        Law(
            role="sharper",
            name="largest share",
            formula=sp.Ge(lam[1] / sp.Function("tr")(sp.Symbol("C")), _shown_share()),
            parameters=(en.VNI,),
            words="least share of the variance in the first component, m = floor(1/R_sq)",
            evaluate=share,
            mutants=(
                Mutant("sqrt R", lambda vni: sp.sqrt(en.as_sympy(en.rational(vni)))),
                Mutant("one share always", lambda vni: en.as_sympy(en.rational(vni))),
            ),
        ),
    ),
    assumptions=(),
    expected="holds",
    because=(
        "(1, epsilon) has two effective nodes and R_sq = (1 + e^2)/(1 + e)^2, the largest there is "
        "with two; so R_sq must pass 0.9804 for epsilon = 1/100 and 5/9 for 1/2."
    ),
    proofs=(
        Proof(
            "forced above",
            "exact",
            "all spectra of a grid on both sides of it",
            forced,
            law="sharper",
        ),
        Proof(
            "share",
            "exact",
            "attained, and never undercut on a grid",
            least_share,
            law="largest share",
        ),
    ),
    curves=(
        Curve(
            "threshold",
            "VNI above which a single effective node is left",
            "threshold ratio epsilon",
            "VNI",
            tuple(k / 40 for k in range(1, 40)),
            lambda x: {"epsilon": x},
            laws=("sharper",),
        ),
    ),
    remark=(
        "One effective node is not one perceptron: what it computes is free (vn.collapse.repr)."
    ),
    see=("vn.thm1", "vn.thm1.sharp", "vn.collapse.repr"),
)
