"""The spectrum that the proof of Theorem 1 calls extremal, and the one that is.

    vn.thm1.ext    the largest N_e at a given VNI is attained at (l, eps l, ..., eps l, 0, ..., 0)
    vn.thm1.sharp  the exact largest N_e of N nodes with VNI R, and a bound without N

Scale lambda_1 = 1, let n eigenvalues lie in [eps, 1] and the others in [0, eps). With S = sum l and
A = sum l^2, d(A/S^2)/d l_j = 2 (l_j S - A)/S^3: R falls, then rises along each coordinate, so its
maximum over the box is at a vertex: effective ones in {eps, 1}, the others in {0, eps}. One at eps
would count as effective, and f falls with n; so the others are 0, and f(n) = max_k R(n, k) with k
ones: not k = 1 in general, but k next to n eps/(1 + eps).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Bounds, Claim, Curve, Finding, Law, Mutant, Proof, stated
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import effective_nodes as en

k = sp.Symbol("k", integer=True, positive=True)
R_max, n_max = sp.symbols("R_max n_max")
f, Max = sp.Function("f"), sp.Function("max")
RATIO = en.epsilon
TWO_LEVEL = (k + (en.n - k) * RATIO**2) / (k + (en.n - k) * RATIO) ** 2
PARAMETERS = (en.COUNT, en.EPSILON)
GRID = tuple(Fraction(*pair) for pair in ((1, 10), (1, 4), (1, 2), (9, 10)))


def one_large(count: Any, epsilon: Any) -> Fraction:
    """R(n, 1): the VNI of (1, eps, ..., eps, 0, ...), the document's extremal spectrum."""
    return en.two_level(int(count), 1, epsilon)


@functools.cache
def best_vertex(count: int, epsilon: Fraction) -> Fraction:
    """The largest VNI over the vertices {eps, 1}^(n-1) of the box, every one of them."""
    return max(
        en.ratio((Fraction(1), *rest)) for rest in itertools.product((epsilon, Fraction(1)),
                                                                     repeat=count - 1)
    )  # fmt: skip


def vertex_is_largest() -> Iterator[tuple[str, bool]]:
    """The maximum of R over the box is at a vertex: its derivative changes sign once, upwards."""
    x, s, a = sp.symbols("lambda_j S A", positive=True)
    ratio = (a + x**2) / (s + x) ** 2  # S and A without lambda_j
    slope = 2 * (x * (s + x) - (a + x**2)) / (s + x) ** 3
    yield "dR/dl_j = 2 (l_j S - A)/S^3", sp.simplify(sp.diff(ratio, x) - slope) == 0
    yield "l_j S - A rises with l_j", sp.diff(sp.expand(x * (s + x) - (a + x**2)), x) == s


def by_vertices(law: Any) -> Finding:
    """All vertices for n <= 8, and a grid inside the box that never passes the best of them."""

    def facts() -> Iterator[tuple[str, bool]]:
        yield from vertex_is_largest()
        for size, e in itertools.product(range(1, 9), GRID):
            best = best_vertex(size, e)
            yield f"n = {size}, epsilon = {e}: {best}", law(count=size, epsilon=e) == best
        e = Fraction(1, 2)
        levels = [e + (1 - e) * j / 6 for j in range(7)]
        inside = max(
            en.ratio((Fraction(1), *rest))
            for rest in itertools.combinations_with_replacement(levels, 5)
        )
        yield "n = 6: no point of a grid inside is above", law(count=6, epsilon=e) >= inside

    return prove.truth(
        facts(), predicted="one 1 and n - 1 times epsilon", found="the best of all vertices"
    )


def counterexample(law: Any) -> Finding:
    """Six eigenvalues (1, 1, 1/2, 1/2, 1/2, 1/2): a VNI that the printed spectrum cannot reach."""
    e = Fraction(1, 2)
    spectrum = (Fraction(1),) * 2 + (e,) * 4
    return prove.truth(
        [
            ("N_e = 6", en.count(spectrum, e) == 6),
            ("R = 3/16", en.ratio(spectrum) == Fraction(3, 16)),
            (
                "largest VNI with N_e = 6 is at least 3/16",
                law(count=6, epsilon=e) >= Fraction(3, 16),
            ),
        ],
        predicted=f"{one_large(6, e)} at most",
        found="3/16 at (1, 1, 1/2, 1/2, 1/2, 1/2)",
    )


def peak(law: Any) -> Finding:
    """Every k for n up to 120: the largest R(n, k) is where the law looks for it."""
    return prove.truth(
        (
            (
                f"n = {size}, epsilon = {e}",
                law(count=size, epsilon=e)
                == max(en.two_level(size, ones, e) for ones in range(1, size + 1)),
            )
            for e in GRID
            for size in (1, 2, 3, 4, 5, 8, 16, 22, 45, 120)
        ),
        predicted="k next to n eps/(1 + eps)",
        found="the largest of all R(n, k)",
    )


EXT = Claim(
    id="vn.thm1.ext",
    title="one large and otherwise equal eigenvalues leave the most effective nodes",
    source=PAPER.at(
        "proof of Theorem 1, the sentence before eq. (11)",
        "it is intuitive that the maximum is attained with (l_1, eps l_1, ..., eps l_1, 0, ..., 0)",
    ),
    kind="proof step",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(R_max, TWO_LEVEL.subs(k, 1)),
            parameters=PARAMETERS,
            words="the largest VNI of a spectrum with n effective eigenvalues",
            evaluate=one_large,
            mutants=(
                Mutant(
                    "n in place of n - 1",
                    lambda count, epsilon: en.two_level(int(count) + 1, 1, epsilon),
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(R_max, Max(TWO_LEVEL)),
            parameters=PARAMETERS,
            words="the largest VNI, the maximum over k = 1..n ones",
            evaluate=lambda count, epsilon: en.largest(int(count), epsilon),
            mutants=(
                Mutant("k = 1 always", one_large),
                Mutant(
                    "k = n/(1 + eps)",
                    lambda count, epsilon: en.two_level(
                        int(count), max(1, int(count / (1 + en.rational(epsilon)))), epsilon
                    ),
                ),
            ),
        ),
    ),
    assumptions=(),
    expected="false-as-stated",
    because=(
        "Two large eigenvalues beat one as soon as n > (3 eps + sqrt(eps^2 + 8))/(2 eps): at "
        "eps = 1/2 and n = 5, (1, 1, 1/2, 1/2, 1/2) has R = 11/49, (1, 1/2, 1/2, 1/2, 1/2) has 2/9 "
        "and is therefore not the last to keep five effective nodes."
    ),
    proofs=(
        Proof("vertices", "exact", "all vertices of the box, n <= 8", by_vertices),
        Proof("six nodes", "exact", "a spectrum beyond the printed one", counterexample),
        Proof("vertices, corrected", "exact", "all vertices, n <= 8", by_vertices, law="corrected"),
        Proof("every k", "exact", "all numbers of ones, n <= 120", peak, law="corrected"),
    ),
    curves=(
        Curve(
            "count",
            "Largest VNI that leaves n effective nodes, epsilon = 1/10",
            "effective nodes n",
            "VNI",
            (1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
            lambda x: {"count": int(x), "epsilon": Fraction(1, 10)},
            laws=("stated", "corrected"),
            log_x=True,
            log_y=True,
        ),
    ),
    remark="At R_sq = 1 both give n = 1, which is why the theorem is true all the same.",
    see=("vn.thm1", "vn.thm1.sharp", "vn.eq12"),
)

# --- vn.thm1.sharp ---------------------------------------------------------------------------

CASES = tuple(  # (N, R, epsilon)
    (nodes, Fraction(*r), Fraction(*e))
    for nodes, r, e in (
        (100, (3, 100), (1, 10)),
        (500, (1, 100), (1, 10)),
        (200, (1, 10), (1, 10)),
        (20, (1, 10), (1, 2)),
        (500, (1, 4), (1, 100)),
        (50, (1, 3), (1, 10)),
        (37, (7, 100), (3, 10)),
        (2, (7, 10), (9, 10)),
        (12, (1, 1), (1, 4)),
        (20, (9, 40), (1, 2)),  # the bound without N is 5 and not attained
    )
)


def most(nodes: Any, vni: Any, epsilon: Any) -> int:
    """The largest N_e of N nodes with VNI R; `effective_nodes.most`."""
    return en.most(int(nodes), vni, epsilon)


def envelope(vni: Any, epsilon: Any) -> Bounds:
    """1 <= N_e <= (1 + eps)^2/(4 eps R), for any number of nodes (Kantorovich)."""
    e = en.rational(epsilon)
    return Bounds(1, (1 + e) ** 2 / (4 * e * en.rational(vni)))


@functools.cache
def by_search(nodes: int, vni: Fraction, epsilon: Fraction) -> int:
    """max{n <= N: R(n, k) >= R for some k}, every n and k tried."""
    return max(
        size
        for size in range(1, nodes + 1)
        if any(en.two_level(size, ones, epsilon) >= vni for ones in range(1, size + 1))
    )


def searched(law: Any) -> Finding:
    """Every n <= N and every k; N up to 200."""
    return prove.cases(
        (f"N = {nodes}, R = {r}, epsilon = {e}", law(nodes=nodes, vni=r, epsilon=e),
         by_search(nodes, r, e))
        for nodes, r, e in CASES
        if nodes <= 200
    )  # fmt: skip


def _between(low: tuple[Fraction, ...], share: Fraction) -> tuple[Fraction, ...]:
    return tuple(value + share * (1 - value) for value in low)


def extremal(nodes: int, size: int, epsilon: Fraction) -> tuple[Fraction, ...]:
    """The spectrum of N nodes that attains f(n)."""
    ones = max(range(1, size + 1), key=lambda number: en.two_level(size, number, epsilon))
    return (Fraction(1),) * ones + (epsilon,) * (size - ones) + (Fraction(0),) * (nodes - size)


def attained(law: Any) -> Finding:
    """A path of spectra with N_e >= n on which the VNI passes R: from f(n) >= R to 1/N <= R.

    Straight from the extremal spectrum to (1, ..., 1): l_n/l_1 never falls, so N_e never does. One
    more effective node is out of reach, f(n+1) < R.
    """

    def facts() -> Iterator[tuple[str, bool]]:
        for nodes, r, e in CASES:
            size = law(nodes=nodes, vni=r, epsilon=e)
            label = f"N = {nodes}, R = {r}, epsilon = {e}, n = {size}"
            if not 1 <= size <= nodes:
                yield f"{label}: 1 <= n <= N", False
                return
            yield f"{label}: n + 1 out of reach", size == nodes or en.largest(size + 1, e) < r
            if nodes > 50:  # long spectra of fractions are slow, and nothing new
                continue
            start = extremal(nodes, size, e)
            yield f"{label}: starts at R or above", en.ratio(start) >= r
            yield f"{label}: ends at 1/N", Fraction(1, nodes) <= r
            path = [_between(start, Fraction(j, 4)) for j in range(5)]
            yield f"{label}: N_e >= n on the way", all(en.count(s, e) >= size for s in path)
        for e in GRID:
            values = [en.largest(size, e) for size in range(1, 60)]
            yield (
                f"epsilon = {e}: f falls strictly",
                all(after < before for before, after in itertools.pairwise(values)),
            )

    return prove.truth(facts(), predicted="max{n <= N: f(n) >= R}", found="attained, and no more")


def never_beyond(law: Any) -> Finding:
    """No spectrum of a grid has more effective nodes than the law allows at its VNI."""

    def facts() -> Iterator[tuple[str, bool]]:
        for e in (Fraction(1, 6), Fraction(1, 2)):
            levels = [Fraction(j, 6) for j in range(7)]
            for rest in itertools.combinations_with_replacement(levels, 4):
                s = (Fraction(1), *rest)
                yield (
                    f"{tuple(map(str, s))}, epsilon = {e}",
                    (en.count(s, e) <= law(nodes=5, vni=en.ratio(s), epsilon=e)),
                )

    return prove.truth(facts(), predicted="at most n_max", found="every spectrum of a grid")


def kantorovich(law: Any) -> Finding:
    """(l - eps)(1 - l) >= 0 summed: A <= (1+eps) S - n eps; R <= that over S^2, largest in S."""
    s, e, size = sp.symbols("S epsilon n", positive=True)
    bound = ((1 + e) * s - size * e) / s**2
    top = sp.cancel((1 + e) ** 2 / (4 * e * size) - bound)
    square = ((1 + e) * s - 2 * size * e) ** 2 / (4 * e * size * s**2)

    def facts() -> Iterator[tuple[str, bool]]:
        yield "(1+e)^2/(4 e n) - bound is a square", sp.simplify(top - square) == 0
        for count, ratio in ((11, Fraction(1, 10)), (22, Fraction(1, 10)), (3, Fraction(1, 2))):
            bounds = law(vni=en.largest(count, ratio), epsilon=ratio)
            yield f"epsilon = {ratio}, n = {count}: attained", bool(bounds.high == count)
        for nodes, r, ratio in CASES:
            bounds = law(vni=r, epsilon=ratio)
            yield (
                f"N = {nodes}, R = {r}, epsilon = {ratio}: n_max inside",
                bool(bounds.low <= en.most(nodes, r, ratio) <= bounds.high),
            )

    return prove.truth(
        facts(),
        predicted="(1 + eps)^2/(4 eps R)",
        found="attained where n eps/(1 + eps) is a whole number",
    )


SHARP = Claim(
    id="vn.thm1.sharp",
    title="the exact largest number of effective nodes at a given VNI",
    source=PAPER.at(
        "sec. 3.2, in place of eqs. (10)-(13)",
        "not in the document: it solves eq. (12) for a spectrum that is not extremal",
    ),
    kind="bound",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(n_max, Max(sp.Ge(f(en.n), en.R_sq))),
            parameters=(en.NODES, en.VNI, en.EPSILON),
            words="the largest n <= N with f(n) >= R_sq, f(n) = max over k of R(n, k)",
            evaluate=most,
            mutants=(
                Mutant(
                    "floor of eq. (12)",
                    lambda nodes, vni, epsilon: max(
                        size
                        for size in range(1, int(nodes) + 1)
                        if size == 1 or en.two_level(size, 1, epsilon) >= en.rational(vni)
                    ),
                ),
                Mutant(
                    "the bound without N, rounded down",
                    lambda nodes, vni, epsilon: int(envelope(vni, epsilon).high),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="envelope",
            formula=sp.Le(sp.Symbol("N_e"), (1 + RATIO) ** 2 / (4 * RATIO * en.R_sq)),
            parameters=(en.VNI, en.EPSILON),
            words="a bound for any number of nodes, attained for infinitely many VNIs",
            evaluate=envelope,
            mutants=(
                Mutant(
                    "2 eps in place of 4 eps",
                    lambda vni, epsilon: Bounds(1, 2 * envelope(vni, epsilon).high),
                ),
                Mutant("1/R", lambda vni, epsilon: Bounds(1, 1 / en.rational(vni))),
            ),
        ),
    ),
    assumptions=(
        stated(
            "the VNI is one that N nodes can have: at least 1/N",
            lambda p: en.rational(p.get("vni", 1)) * int(p.get("nodes", 10**30)) >= 1,
        ),
    ),
    expected="holds",
    because=(
        "With n effective eigenvalues in [eps, 1] the VNI is largest at a vertex of that box, k "
        "ones and n - k times eps; at N = 500, R = 1/100, eps = 1/10 there are up to 302 effective "
        "nodes, where eq. (12) gives 148."
    ),
    proofs=(
        Proof("search", "exact", "every n and k, N <= 200", searched, law="sharper"),
        Proof("attained", "exact", "a path of spectra through every R", attained, law="sharper"),
        Proof(
            "adversary", "exact", "spectra of a grid never go beyond", never_beyond, law="sharper"
        ),
        Proof(
            "envelope", "symbolic", "a sum of (l - eps)(1 - l) >= 0", kantorovich, law="envelope"
        ),
    ),
    curves=(
        Curve(
            "vni",
            "Largest number of effective nodes of 500 nodes, epsilon = 1/10",
            "VNI",
            "effective nodes",
            (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0),
            lambda x: {"nodes": 500, "vni": x, "epsilon": Fraction(1, 10)},
            laws=("sharper",),
            log_x=True,
            log_y=True,
        ),
    ),
    see=("vn.thm1.ext", "vn.eq12", "vn.thm1.converse"),
)
