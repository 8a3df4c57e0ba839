"""Theorem 1: a VNI of 1 leaves one effective node; and how near to 1 is near enough.

    vn.thm1           R_sq = 1 implies N_e = 1 for every threshold ratio epsilon
    vn.thm1.wlog      eqs. (7)-(9): unit variances "without loss of generality"
    vn.thm1.converse  N_e = 1 is forced exactly for R_sq > (1 + epsilon^2)/(1 + epsilon)^2

One line proves the theorem: (sum l)^2 - sum l^2 = 2 sum_{i<j} l_i l_j is 0 for R_sq = 1, and with
l >= 0 only one eigenvalue can then differ from 0. The document's own proof takes a detour over a
spectrum that is not extremal (vn.thm1.ext) and variances that are not free (vn.thm1.wlog).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Proof,
    Reals,
    stated,
)
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import effective_nodes as en
from theory.vanishing_nodes.eq03_vni import by_pairs, covariance

N_e = sp.Function("N_e")
lam, t = sp.IndexedBase("lambda"), sp.Symbol("t", integer=True)
N_eff = sp.Symbol("N_e")
THRESHOLDS = tuple(Fraction(*pair) for pair in ((1, 100), (1, 10), (1, 2), (9, 10)))

# --- vn.thm1 ---------------------------------------------------------------------------------


def collapsed(epsilon: Any, nodes: Any) -> int:
    """N_e of every spectrum with R_sq = 1."""
    return 1


def _above_only(spectrum: Any, epsilon: Any) -> int:
    values = [en.rational(value) for value in spectrum]
    return sum(value > en.rational(epsilon) * max(values) for value in values)


def _of_the_trace(spectrum: Any, epsilon: Any) -> int:
    values = [en.rational(value) for value in spectrum]
    return sum(value >= en.rational(epsilon) * sum(values) for value in values)


def rest_is_zero(law: Any) -> Finding:
    """(sum l)^2 - sum l^2 = 2 sum of l_i l_j: with R = 1 and l >= 0 all products vanish."""
    x = sp.symbols("lambda_1:6", nonnegative=True)
    products = sum(u * v for u, v in itertools.combinations(x, 2))

    def facts() -> Iterator[tuple[str, bool]]:
        gap = sp.expand(sum(x) ** 2 - sum(v**2 for v in x) - 2 * products)
        yield "(tr C)^2 - tr C^2 = 2 sum of l_i l_j, a sum of terms >= 0", gap == 0
        for e, nodes in itertools.product(THRESHOLDS, (1, 2, 7)):
            spectrum = (Fraction(5, 3),) + (0,) * (nodes - 1)
            yield f"one eigenvalue of {nodes}: R = 1", en.ratio(spectrum) == 1
            found = en.count(spectrum, e)
            yield f"N = {nodes}, epsilon = {e}: N_e = {found}", law(epsilon=e, nodes=nodes) == found

    return prove.truth(
        facts(),
        predicted="one effective node",
        found="one eigenvalue that is not 0, whatever epsilon",
        detail="the converse is false: (1, e/2, ..., e/2) has N_e = 1 and R as small as 1/N allows",
    )


@functools.cache
def by_inertia(spectrum: tuple[Fraction, ...], threshold: Fraction) -> int:
    """Eigenvalues >= epsilon l_1 of a full matrix with this spectrum, without solving for them.

    C = H diag(l) H with H = I - 2 v v^T/(v.v); det(x + epsilon l_1 - C) is real-rooted, so by
    Descartes its positive roots are the changes of sign of its coefficients.
    """
    size = len(spectrum)
    v = sp.Matrix(range(1, size + 1))
    turn = sp.eye(size) - 2 * v * v.T / (v.T * v)[0]
    cov = turn * sp.diag(*map(en.as_sympy, spectrum)) * turn
    x = sp.Symbol("x")
    level = en.as_sympy(threshold * max(spectrum))
    coefficients = sp.Poly((cov - level * sp.eye(size)).charpoly(x).as_expr(), x).all_coeffs()
    at_level = len(coefficients) - len(_stripped(coefficients))
    signs = [c > 0 for c in coefficients if c != 0]
    return at_level + sum(bool(a != b) for a, b in itertools.pairwise(signs))


def _stripped(coefficients: list[Any]) -> list[Any]:
    last = max(i for i, c in enumerate(coefficients) if c != 0)
    return coefficients[: last + 1]


SPECTRA = (
    (Fraction(4), Fraction(2), Fraction(2), Fraction(1)),  # a tie at epsilon = 1/2
    (Fraction(1), Fraction(1), Fraction(1, 2), Fraction(2, 5), Fraction(0)),
    (Fraction(3), Fraction(0), Fraction(0)),
)


def counted(law: Any) -> Finding:
    """Eq. (10) against signs of characteristic polynomials of full matrices."""
    return prove.cases(
        (f"spectrum {tuple(map(str, s))}, epsilon = {e}", law(spectrum=s, epsilon=e),
         by_inertia(s, e))
        for s in SPECTRA
        for e in (Fraction(1, 2), Fraction(1, 5))
    )  # fmt: skip


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
PAIRS = tuple(  # variances are squares, sqrt(1 - rho^2) is rational
    (Fraction(a) ** 2, Fraction(b) ** 2, Fraction(*r))
    for a, b, r in (
        (1, Fraction(1, 10), (0, 1)),
        (2, 3, (3, 5)),
        (1, 5, (-4, 5)),
        (Fraction(1, 2), Fraction(1, 2), (5, 13)),
    )
)


def two_node_vni(v_1: Any, v_2: Any, rho: Any) -> Fraction:
    """(v_1^2 + v_2^2 + 2 rho^2 v_1 v_2)/(v_1 + v_2)^2.

    >>> two_node_vni(1, Fraction(1, 100), 0)
    Fraction(10001, 10201)
    """
    first, second, r = en.rational(v_1), en.rational(v_2), en.rational(rho)
    return (first**2 + second**2 + 2 * r**2 * first * second) / (first + second) ** 2


def unit_vni(v_1: Any, v_2: Any, rho: Any) -> Fraction:
    """The same after both nodes are scaled to variance 1, as eq. (8) does."""
    return (1 + en.rational(rho) ** 2) / 2


def _sum_of_squares(v_1: Any, v_2: Any, rho: Any) -> Fraction:
    return (en.rational(v_1) + en.rational(v_2)) ** 2 * two_node_vni(v_1, v_2, rho)


def _roots(v: Fraction) -> Fraction:
    root = sp.sqrt(en.as_sympy(v))
    return Fraction(int(root.p), int(root.q))


@functools.cache
def nodes_of(first: Fraction, second: Fraction, r: Fraction) -> tuple[Fraction, ...]:
    """Values of two nodes over four equally likely inputs (z_1, z_2) of fair signs."""
    rest = _roots(1 - r**2)
    return tuple(
        value
        for z_1, z_2 in itertools.product((-1, 1), repeat=2)
        for value in (_roots(first) * z_1, _roots(second) * (r * z_1 + rest * z_2))
    )


def _whole(values: tuple[Fraction, ...]) -> tuple[int, ...]:
    """The nodes in a common unit that makes every value whole: R_sq knows no unit."""
    unit = math.lcm(*(value.denominator for value in values))
    return tuple(int(value * unit) for value in values)


def two_nodes(law: Any) -> Finding:
    """Two nodes written out input by input; the double sum of eq. (3) over them."""
    return prove.cases(
        (f"variances {a}, {b}, correlation {r}", law(v_1=a, v_2=b, rho=r),
         by_pairs(_whole(nodes_of(a, b, r)), 2))
        for a, b, r in PAIRS
    )  # fmt: skip


def power_sum(law: Any) -> Finding:
    """Sum of the squared eigenvalues of the same covariances, from their coefficients."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for a, b, r in PAIRS:
            cov = covariance(nodes_of(a, b, r), 2)
            found = cov.trace() ** 2 - 2 * cov.det()
            yield f"variances {a}, {b}, correlation {r}", law(v_1=a, v_2=b, rho=r), found

    return prove.cases(rows())


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
                    lambda v_1, v_2, rho: two_node_vni(_roots(v_1), _roots(v_2), rho),
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


def threshold(epsilon: Any) -> Fraction:
    """The VNI above which one effective node is left: f(2) = (1 + eps^2)/(1 + eps)^2.

    >>> threshold(Fraction(1, 2))
    Fraction(5, 9)
    """
    e = en.rational(epsilon)
    return (1 + e**2) / (1 + e) ** 2


def share(vni: Any) -> sp.Expr:
    """The least lambda_1/tr C at a given VNI, for any number of nodes.

    With largest share p, sum p_i^2 is at most m p^2 + (1 - m p)^2, m = floor(1/p) (convexity: mass
    moves to the larger share until it is p), which rises with p; the equation for p is quadratic.
    (1 + sqrt(2R - 1))/2 for R >= 1/2.

    >>> share(1), share(Fraction(5, 8)), share(Fraction(1, 3))
    (1, 3/4, 1/3)
    """
    r = en.rational(vni)
    m = r.denominator // r.numerator
    root = sp.sqrt(en.as_sympy(m * ((m + 1) * r - 1)))
    return (m + root) / (m * (m + 1))


def _shown_share() -> sp.Expr:
    m = sp.Symbol("m", integer=True, positive=True)
    return (m + sp.sqrt(m * ((m + 1) * en.R_sq - 1))) / (m * (m + 1))


def _at_least(found: Fraction, bound: Any) -> bool:
    """found >= bound for an algebraic bound (sympy decides), or a fraction."""
    return bool(sp.sympify(en.as_sympy(found)) >= sp.sympify(bound))


def spectra() -> Iterator[tuple[Fraction, ...]]:
    """All spectra of up to five eigenvalues in sixths of the largest, by size."""
    levels = [Fraction(k, 6) for k in range(7)]
    for size in range(2, 6):
        for rest in itertools.combinations_with_replacement(reversed(levels), size - 1):
            yield (Fraction(1), *rest)


def forced(law: Any) -> Finding:
    """Above the threshold no spectrum has two effective nodes; at the threshold one has."""

    def facts() -> Iterator[tuple[str, bool]]:
        for e in (Fraction(1, 6), Fraction(1, 3), Fraction(1, 2), Fraction(5, 6)):
            level = law(epsilon=e)
            pair = (Fraction(1), e)
            yield (
                f"epsilon = {e}: (1, epsilon) has N_e = 2 and R = {level}",
                (en.count(pair, e) == 2 and en.ratio(pair) == level),
            )
            above = [s for s in spectra() if en.ratio(s) > level]
            yield (
                f"{len(above)} spectra with R > {level}: N_e = 1",
                bool(above) and all(en.count(s, e) == 1 for s in above),
            )
        x, e = sp.Symbol("x", positive=True), en.epsilon
        slope = sp.diff((1 + x**2) / (1 + x) ** 2, x)
        yield "(1, x): R falls with x < 1", sp.simplify(slope - 2 * (x - 1) / (1 + x) ** 3) == 0

    return prove.truth(
        facts(),
        predicted="(1 + e^2)/(1 + e)^2",
        found="R of (1, e), the largest with two effective nodes",
        detail="a further eigenvalue y <= x lowers R: vn.thm1.sharp, f falls with n",
    )


def least_share(law: Any) -> Finding:
    """The bound is met by every spectrum, and attained by m equal eigenvalues and a smaller one."""

    def facts() -> Iterator[tuple[str, bool]]:
        for m, p in (
            (1, Fraction(2, 3)),
            (1, Fraction(9, 10)),
            (2, Fraction(2, 5)),
            (3, Fraction(2, 7)),
        ):
            spectrum = (p,) * m + (1 - m * p,)
            r = en.ratio(spectrum)
            yield (
                f"{tuple(map(str, spectrum))}: R = {r}, attained",
                bool(sp.simplify(law(vni=r) - en.as_sympy(p)) == 0),
            )
        for s in list(spectra())[::7]:
            yield f"{tuple(map(str, s))}", _at_least(max(s) / sum(s), law(vni=en.ratio(s)))

    return prove.truth(
        facts(), predicted="(1 + sqrt(2R - 1))/2 for R >= 1/2", found="never undercut, attained"
    )


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
