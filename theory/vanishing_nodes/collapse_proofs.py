"""What the proofs about a VNI of 1 compute: counts of eigenvalues, two nodes, thresholds, shares.

Everything is exact: eigenvalues are counted by signs of characteristic polynomials, two nodes are
written out input by input, spectra are taken from a grid of fractions. No claim is made here (see
thm1_network_collapse.py).
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
from theory.schema import Finding
from theory.vanishing_nodes import effective_nodes as en
from theory.vanishing_nodes.eq03_vni import by_pairs, covariance

THRESHOLDS = tuple(Fraction(*pair) for pair in ((1, 100), (1, 10), (1, 2), (9, 10)))


def collapsed(epsilon: Any, nodes: Any) -> int:
    """N_e of every spectrum with R_sq = 1."""
    return 1


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


def rational_root(v: Fraction) -> Fraction:
    """Square root of the square of a fraction."""
    root = sp.sqrt(en.as_sympy(v))
    return Fraction(int(root.p), int(root.q))


@functools.cache
def nodes_of(first: Fraction, second: Fraction, r: Fraction) -> tuple[Fraction, ...]:
    """Values of two nodes over four equally likely inputs (z_1, z_2) of fair signs."""
    rest = rational_root(1 - r**2)
    return tuple(
        value
        for z_1, z_2 in itertools.product((-1, 1), repeat=2)
        for value in (rational_root(first) * z_1, rational_root(second) * (r * z_1 + rest * z_2))
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
