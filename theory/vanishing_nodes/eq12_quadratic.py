"""Eqs. (11)-(13): the quadratic for the number of effective nodes, and where its root is right.

    vn.eq12   the positive root of R [1 + (n-1) eps]^2 = 1 + (n-1) eps^2; n = 1 at R = 1

The algebra is right. What it solves is the case k = 1 of vn.thm1.sharp, the extremal one only while
n <= (3 eps + sqrt(eps^2 + 8))/(2 eps); beyond, more nodes can be effective than the root says.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Claim, Curve, Finding, Law, Mutant, Proof
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import effective_nodes as en

N_e, n_single = sp.symbols("N_e n_1")
R, e = en.R_sq, en.epsilon
PARAMETERS = (en.VNI, en.EPSILON)
ROOT = 1 + (e - 2 * R + sp.sqrt(e**2 + 4 * R * (1 - e))) / (2 * e * R)
REACH = (3 * e + sp.sqrt(e**2 + 8)) / (2 * e)


def _number(value: Any) -> Any:
    """A number as an exact sympy one, a symbol as it is."""
    return value if isinstance(value, sp.Basic) else en.as_sympy(en.rational(value))


def root(vni: Any, epsilon: Any) -> sp.Expr:
    """The positive root of eq. (12).

    >>> root(1, Fraction(1, 2)), root(Fraction(2, 9), Fraction(1, 2))
    (1, 5)
    """
    r, ratio = _number(vni), _number(epsilon)
    return 1 + (ratio - 2 * r + sp.sqrt(ratio**2 + 4 * r * (1 - ratio))) / (2 * ratio * r)


def reach(epsilon: Any) -> sp.Expr:
    """The largest number of effective nodes up to which one large eigenvalue is extremal.

    >>> reach(Fraction(1, 2))
    3/2 + sqrt(33)/2
    """
    ratio = _number(epsilon)
    return sp.expand((3 * ratio + sp.sqrt(ratio**2 + 8)) / (2 * ratio))


def _mutated_root(change: str) -> Any:
    def evaluate(vni: Any, epsilon: Any) -> Any:
        r, ratio = _number(vni), _number(epsilon)
        sign = -1 if change == "minus the square root" else 1
        inner = 1 + ratio if change == "1 + eps under the root" else 1 - ratio
        n = (ratio - 2 * r + sign * sp.sqrt(ratio**2 + 4 * r * inner)) / (2 * ratio * r)
        return n if change == "n - 1 in place of n" else 1 + n

    return evaluate


def solves(law: Any) -> Finding:
    """Substituted into eq. (12), for all R and eps; the larger of the two roots; n = 1 at R = 1."""
    n = law(vni=R, epsilon=e)
    left, right = R * (1 + (n - 1) * e) ** 2, 1 + (n - 1) * e**2
    m = sp.Symbol("n", positive=True)
    factored = e * (m - 1) * ((m - 2) * e + 2)

    def facts() -> Iterator[tuple[str, bool | None]]:
        yield "R [1 + (n-1) eps]^2 = 1 + (n-1) eps^2", prove.is_zero(left - right)
        difference = (1 + (m - 1) * e) ** 2 - 1 - (m - 1) * e**2
        yield "eq. (13): eps (n-1) [(n-2) eps + 2] at R = 1", sp.expand(difference - factored) == 0
        yield (
            "its other root 2 - 2/eps is negative for eps < 1",
            bool(sp.simplify(2 - 2 / e - 2 * (e - 1) / e) == 0),
        )
        for ratio in (Fraction(1, 100), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)):
            at_one = sp.simplify(law(vni=Fraction(1), epsilon=ratio))
            yield f"R = 1, eps = {ratio}: n = {at_one}", at_one == 1
            for count in (2, 5, 12):
                found = law(vni=en.two_level(count, 1, ratio), epsilon=ratio)
                yield f"R of (1, {ratio} x {count - 1}): n = {count}", sp.simplify(found) == count

    return prove.truth(facts(), predicted="a root, 1 at R = 1", found="the number of nodes")


def where_right(law: Any) -> Finding:
    """R(n, 1) = R(n, 2) at the reach; every n and k up to it, and the first n beyond it."""
    m = sp.Symbol("n", positive=True)

    def level(ones: int) -> Any:
        return (ones + (m - ones) * e**2) / (ones + (m - ones) * e) ** 2

    top = sp.factor(sp.numer(sp.together(level(1) - level(2))))

    def facts() -> Iterator[tuple[str, bool | None]]:
        yield "R(n, 1) = R(n, 2) there", prove.is_zero(top.subs(m, law(epsilon=e)))
        for ratio in (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)):
            last = int(sp.floor(law(epsilon=ratio)))
            inside = all(
                en.two_level(size, 1, ratio) >= en.two_level(size, ones, ratio)
                for size in range(1, last + 1)
                for ones in range(1, size + 1)
            )
            yield f"eps = {ratio}: k = 1 is best up to n = {last}", inside
            after = en.two_level(last + 1, 2, ratio) > en.two_level(last + 1, 1, ratio)
            yield f"eps = {ratio}: k = 2 is better at n = {last + 1}", after
            sizes = [en.two_level(size, 1, ratio) for size in range(1, last + 1)]
            yield (
                f"eps = {ratio}: f falls up to there",
                all(b < a for a, b in itertools.pairwise(sizes)),
            )

    return prove.truth(
        facts(), predicted="k = 1 beats every k up to there", found="and k = 2 wins right after"
    )


CLAIM = Claim(
    id="vn.eq12",
    title="eq. (12) gives the effective nodes as a root of a quadratic, 1 at a VNI of 1",
    source=PAPER.at(
        "eqs. (11)-(13)",
        "[1 + (N_e - 1) eps]^2 = (1 + (N_e - 1) eps^2)/R_sq is solvable; N_e = 1 for R_sq = 1",
    ),
    kind="closed form",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(N_e, ROOT),
            parameters=PARAMETERS,
            words="number of nodes of the spectrum (l, eps l, ..., eps l, 0, ...) with VNI R_sq",
            evaluate=root,
            mutants=tuple(
                Mutant(name, _mutated_root(name))
                for name in (
                    "minus the square root",
                    "1 + eps under the root",
                    "n - 1 in place of n",
                )
            ),
        ),
        Law(
            role="sharper",
            name="reach",
            formula=sp.Eq(n_single, REACH),
            parameters=(en.EPSILON,),
            words="the number of effective nodes up to which eq. (12) is also the largest number",
            evaluate=reach,
            mutants=(
                Mutant("n eps/(1 + eps) = 1", lambda epsilon: 1 + 1 / _number(epsilon)),
                Mutant(
                    "no 3 eps",
                    lambda epsilon: sp.sqrt(_number(epsilon) ** 2 + 8) / (2 * _number(epsilon)),
                ),
            ),
        ),
    ),
    assumptions=(),
    expected="holds",
    because=(
        "The root solves the quadratic for every R_sq and eps, and is 1 at R_sq = 1. As a bound on "
        "the number of effective nodes it is right only up to (3 eps + sqrt(eps^2 + 8))/(2 eps) "
        "nodes: the spectrum it assumes is not extremal beyond (vn.thm1.ext)."
    ),
    proofs=(
        Proof("root", "symbolic", "substituted into eq. (12), for all R and eps", solves),
        Proof("reach", "symbolic", "where two large eigenvalues win", where_right, law="reach"),
    ),
    curves=(
        Curve(
            "vni",
            "Effective nodes by eq. (12), epsilon = 1/10",
            "VNI",
            "effective nodes",
            (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0),
            lambda x: {"vni": x, "epsilon": Fraction(1, 10)},
            log_x=True,
            log_y=True,
        ),
    ),
    see=("vn.thm1.ext", "vn.thm1.sharp"),
)
