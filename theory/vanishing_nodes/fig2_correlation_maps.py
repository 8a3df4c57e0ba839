"""Figure 2: maps of the squared correlation coefficients between nodes, by depth and by width.

    vn.fig2   vanishing nodes become evident with depth and are inversely proportional to the width

X = ((N-1)/(N+2))^(L+1) of a linear Gaussian network falls with L and rises with N: the VNI of its
maps grows with depth and shrinks with width, always. It is not proportional to 1/N: no VNI passes
1. The grey value is rho_ij^2; read as |rho_ij| it would be darker: one layer has a mean of rho^2 of
1/N and a mean of |rho| near sqrt(2/(pi N)).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Bounds,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Maps,
    Mutant,
    Panel,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    stated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import ANNEALED, network

R_A, E, rho = rec.R_A, rec.E, sp.Symbol("rho_ij")
more, N_0, i = sp.symbols("K N_0 i", integer=True, positive=True)
WIDTH = Parameter("width", Integers(2), "N, width of every layer", N)
DEPTH = Parameter("depth", Integers(0, 2000), "L, number of layers", L)
ADDED = Parameter("added", Integers(1, 2000), "K, further layers", more)
BESIDE = Parameter("beside", Integers(2), "N_0, width of a network whose VNI is known", N_0)
LOADS = Parameter("loads", Tuples(Reals(-10, 10)), "w: node i is w_i z + z_i, iid z of variance 1")
w = sp.IndexedBase("w")
MAPS = (*((200, depth) for depth in (5, 50, 300, 1000)), (5, 100), (50, 100), (1000, 100))


def vni(width: Any, depth: Any) -> Any:
    """Annealed VNI of a linear network of equal widths, isotropic input. Exact."""
    n = sp.sympify(width)
    return rec.from_x(rec.to_x(1 / n) * rec.layer_factor(n, 1) ** sp.sympify(depth))


def rises(width: Any, depth: Any, added: Any) -> Bounds:
    """VNI at depth L + K less that at depth L: not negative."""
    return Bounds(0, 1)


def by_proportion(width: Any, depth: Any, beside: Any) -> Any:
    """What a VNI inversely proportional to the width is at N, from that at N_0: R(N_0) N_0/N."""
    return vni(beside, depth) * sp.Rational(int(beside), int(width))


def mean_square(width: Any) -> Fraction:
    """E rho_ij^2 of two nodes of one linear Gaussian layer: 1/N. Exact."""
    return Fraction(1, int(width))


def mean_magnitude(width: Any) -> Any:
    """E |rho_ij| of them: Gamma(N/2)/(sqrt(pi) Gamma((N+1)/2)). Exact.

    >>> mean_magnitude(3), mean_magnitude(2)
    (1/2, 2/pi)
    """
    half = sp.Rational(int(width), 2)
    return sp.gamma(half) / (sp.sqrt(sp.pi) * sp.gamma(half + sp.Rational(1, 2)))


def of_loads(loads: Any) -> Any:
    """VNI of nodes w_i z + z_i, whatever their order: C = I + w w^T, W = |w|^2.

    >>> of_loads((1, 2)), of_loads((2, 1))
    (37/49, 37/49)
    """
    total = sum(sp.sympify(prove.exact(load)) ** 2 for load in loads)
    return (len(loads) + 2 * total + total**2) / (len(loads) + total) ** 2


def _near_the_diagonal(loads: Any) -> Any:
    """What neighbours in the map make of it: entries |i - j| <= 1 alone."""
    squares = [sp.sympify(prove.exact(load)) ** 2 for load in loads]
    near = sum((1 + x) ** 2 for x in squares)
    near += 2 * sum(x * y for x, y in itertools.pairwise(squares))
    return near / (len(squares) + sum(squares)) ** 2


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def by_integers(width: int, depth: int) -> Fraction:
    """The recursion of the two traces in whole numbers, scale left out (Wick proof: vn.rec)."""
    a, b = width, width**2
    for _ in range(depth):
        a, b = (width + 1) * a + b, 2 * a + width * b
    return Fraction(a, b)


def always_rises(law: Any) -> Finding:
    """Derivatives of R in X and of log X in L and q; and depths of the figure by recursion."""
    n, x, q = sp.symbols("n x q", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        fall = sp.cancel(sp.diff(rec.from_x(x), x) * (1 + 2 * x) ** 2)
        yield f"dR/dX = {fall}/(1 + 2X)^2 < 0", fall == -3
        below = sp.cancel(1 - rec.layer_factor(n, 1)) * (n + 2)
        yield f"1 - (factor of X of a layer) = {sp.cancel(below)}/(N+2) > 0", sp.cancel(below) == 3
        slope = sp.cancel(sp.diff(rec.layer_factor(n, q), q) * (n - 1 + 3 * q) ** 2)
        yield (
            f"d(factor of X)/dq = {slope}/(N-1+3q)^2 < 0 for N > 1",
            sp.expand(slope + 3 * (n - 1)) == 0,
        )
        for width, depths in ((200, (0, 5, 50, 300, 1000)), (5, (0, 1, 2, 4))):
            for depth, deeper in itertools.pairwise(depths):
                bounds = law(width=width, depth=depth, added=deeper - depth)
                found = by_integers(width, deeper) - by_integers(width, depth)
                yield (
                    f"N = {width}: {depth} to {deeper} layers, {float(found):.3g}",
                    bool(bounds.low <= found <= bounds.high),
                )

    return prove.truth(facts(), predicted="grows with depth", found="the exact law")


def three_widths(law: Any) -> Finding:
    """L = 100: N = 50 from N = 200 would have a VNI above 1; the recursion has 0.9926."""

    def facts() -> Iterator[tuple[str, bool]]:
        value, found = law(width=50, depth=100, beside=200), by_integers(50, 100)
        yield f"{float(value):.4g} = {float(found):.4g}", bool(sp.Rational(found) == value)

    return prove.truth(
        facts(),
        predicted=f"R = {float(law(width=50, depth=100, beside=200)):.4g} at N = 50",
        found=f"R = {float(by_integers(50, 100)):.4g}",
    )


def their_maps(law: Any) -> Finding:
    """The seven sizes of the figure, by recursion; and R falls with N."""
    n = sp.Symbol("n", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for width, depth in MAPS:
            found = by_integers(width, depth)
            equal = law(width=width, depth=depth) == sp.Rational(found)
            yield f"N = {width}, L = {depth}: R = {float(found):.4f}", bool(equal)
        rise = sp.cancel(sp.diff(rec.layer_factor(n, 1), n) * (n + 2) ** 2)
        yield f"d(factor of X)/dN = {rise}/(N+2)^2 > 0", rise == 3

    return prove.truth(
        facts(), predicted="0.030 to 1.000 by depth, 1.000 to 0.106 by width", found="the recursion"
    )


def on_sphere(law: Any, power: int) -> Finding:
    """rho is the first coordinate t of a direction of R^N: density (1 - t^2)^((N-3)/2)."""
    t = sp.Symbol("t", positive=True)

    def rows() -> Iterator[tuple[str, Any, Any]]:
        circle = sp.integrate(sp.cos(t) ** power, (t, 0, sp.pi / 2)) / (sp.pi / 2)
        yield "N = 2", law(width=2), circle
        for width in (3, 5, 7, 9):
            density = (1 - t**2) ** ((width - 3) // 2)
            top, mass = (sp.integrate(t**k * density, (t, 0, 1)) for k in (power, 0))
            yield f"N = {width}", law(width=width), top / mass

    return prove.cases(rows())


def every_order(law: Any) -> Finding:
    """All orders of three and four nodes, against eq. (3) summed over pairs of nodes."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for loads in ((1, 2, Fraction(1, 2)), (1, -2, 3, 0), (Fraction(1, 3), 1, 1, 5)):
            variance = [1 + Fraction(load) ** 2 for load in loads]
            pairs = list(itertools.product(range(len(loads)), repeat=2))
            top = below = Fraction(0)
            for i, j in pairs:
                weight = variance[i] * variance[j]
                rho_sq = Fraction(loads[i] * loads[j]) ** 2 / weight if i != j else Fraction(1)
                top, below = top + rho_sq * weight, below + weight
            for order in itertools.permutations(loads):
                yield f"w = {tuple(map(str, order))}", law(loads=order), top / below

    return prove.cases(rows())


# --- the claim -------------------------------------------------------------------------------


def _map(name: str, width: int, depth: int, law: str, column: str, why: str) -> Probe:
    at = {"width": width}
    if law == "depth":
        at.update(depth=depth // 2, added=depth - depth // 2)
    return Probe(
        name=name,
        experiment="correlation_map",
        setup=network((width,) * (depth + 1), 1),
        at=at,
        estimand=Estimand("mean", (column,), over="networks and pairs of nodes"),
        laws=(law,),
        why=why,
    )


def _panel(width: int, depth: int, **more: Any) -> Panel:
    return Panel(network((width,) * (depth + 1), 1), {"width": width, "depth": depth}, **more)


def _maps(name: str, title: str, *panels: Panel) -> Maps:
    return Maps(
        name,
        title,
        "maps",
        "One linear network of Gaussian weights a map, at most 40 of its nodes, like beside like. "
        "Over it: the VNI of all its nodes, and the exact law, a ratio of means over networks. "
        "Single networks of one size differ widely (vn.quenched).",
        panels,
    )


CLAIM = Claim(
    id="vn.fig2",
    title="correlation maps: more vanishing nodes with depth, inversely proportional to width",
    source=PAPER.at(
        "Figure 2 and its paragraph",
        "maps of rho_ij^2 for N = 200 and L = 5, 50, 300, 1000, and for L = 100 and N = 5, 50, "
        "200, 1000: the phenomenon becomes evident with increasing depth and is inversely "
        "proportional to the width",
    ),
    kind="empirical figure",
    laws=(
        Law(
            role="stated",
            name="depth",
            formula=sp.Ge(sp.Function("R_A")(L + more) - sp.Function("R_A")(L), 0),
            parameters=(WIDTH, DEPTH, ADDED),
            words="the VNI grows with depth, at every width",
            evaluate=rises,
            mutants=(
                Mutant("falls", lambda width, depth, added: Bounds(-1, 0)),
                Mutant("jumps", lambda width, depth, added: Bounds(sp.Rational(1, 2), 1)),
            ),
        ),
        Law(
            role="stated",
            name="width",
            formula=sp.Eq(sp.Function("R_A")(N), sp.Function("R_A")(N_0) * N_0 / N),
            parameters=(WIDTH, DEPTH, BESIDE),
            words="the VNI is inversely proportional to the width",
            evaluate=by_proportion,
            mutants=(
                Mutant(
                    "1/N^2",
                    lambda width, depth, beside: by_proportion(width, depth, beside)
                    * sp.Rational(int(beside), int(width)),
                ),
            ),
        ),
        Law(
            role="corrected",
            name="maps",
            formula=sp.Eq(R_A, rec.from_x(((N - 1) / (N + 2)) ** (L + 1))),
            parameters=(WIDTH, DEPTH),
            words="annealed VNI of linear networks, isotropic input, exact",
            evaluate=vni,
            mutants=(
                Mutant("(1 + L)/N", lambda width, depth: sp.Rational(1 + depth, int(width))),
                Mutant("L layers", lambda width, depth: vni(width, max(0, int(depth) - 1))),
            ),
        ),
        Law(
            role="sharper",
            name="grey",
            formula=sp.Eq(E(rho**2), 1 / N),
            parameters=(WIDTH,),
            words="mean grey value rho_ij^2 of two nodes of one linear layer",
            evaluate=mean_square,
            mutants=(
                Mutant("read as |rho|", mean_magnitude),
                Mutant("1/(N+2)", lambda width: Fraction(1, int(width) + 2)),
            ),
        ),
        Law(
            role="sharper",
            name="magnitude",
            formula=sp.Eq(
                E(sp.Abs(rho)), sp.gamma(N / 2) / (sp.sqrt(sp.pi) * sp.gamma((N + 1) / 2))
            ),
            parameters=(WIDTH,),
            words="mean of |rho_ij| of the same nodes",
            evaluate=mean_magnitude,
            mutants=(
                Mutant("1/sqrt(N)", lambda width: 1 / sp.sqrt(int(width))),
                Mutant("sqrt(2/(pi N))", lambda width: sp.sqrt(2 / (sp.pi * int(width)))),
            ),
        ),
        Law(
            role="sharper",
            name="order",
            formula=sp.Eq(
                rec.R_sq,
                (N + 2 * sp.Sum(w[i] ** 2, (i, 1, N)) + sp.Sum(w[i] ** 2, (i, 1, N)) ** 2)
                / (N + sp.Sum(w[i] ** 2, (i, 1, N))) ** 2,
            ),
            parameters=(LOADS,),
            words="VNI of nodes that share a part: how a map orders them changes nothing",
            evaluate=of_loads,
            mutants=(
                Mutant("neighbours of the map alone", _near_the_diagonal),
                Mutant("the first node alone", lambda loads: of_loads(loads[:1] * len(loads))),
            ),
        ),
    ),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
    ),
    expected="false-as-stated",
    because=(
        "The VNI grows with depth and falls with width at all sizes, by an exact law. Inversely "
        "proportional to the width it is not: at L = 100 it is 0.541 for N = 200 and 0.993 for "
        "N = 50, where proportion would have 2.16."
    ),
    proofs=(
        Proof("rises", "symbolic", "derivatives, and the depths of the figure", always_rises,
              law="depth"),
        Proof("three widths", "exact", "N = 50 from N = 200, L = 100", three_widths, law="width"),
        Proof("their maps", "exact", "seven sizes of the figure", their_maps, law="maps"),
        Proof("sphere", "exact", "density of a coordinate of a direction",
              lambda law: on_sphere(law, 2), law="grey"),
        Proof("sphere, magnitude", "exact", "density of a coordinate of a direction",
              lambda law: on_sphere(law, 1), law="magnitude"),
        Proof("every order", "exact", "all orders of three and four nodes", every_order,
              law="order"),
    ),
    probes=(
        _map("N=12, L=2 to 4", 12, 4, "depth", "growth", "the same networks at two depths"),
        _map("N=12, one layer, squares", 12, 1, "grey", "rho_sq", "what the map shows"),
        _map("N=12, one layer, magnitudes", 12, 1, "magnitude", "rho_abs", "what it does not"),
        Probe(
            name="N=24, L=3",
            experiment="node_correlation",
            setup=network((24,) * 4, 1),
            at={"width": 24, "depth": 3},
            estimand=ANNEALED,
            laws=("maps",),
            why="the VNI of a map",
            tiers=LATER,
        ),
    ),
    curves=(
        Curve(
            "width",
            "VNI at L = 100: inversely proportional to the width, from N = 1000, and exact",
            "width N",
            "VNI",
            (100, 150, 200, 300, 400, 500, 700, 1000),
            lambda x: {"width": int(x), "depth": 100, "beside": 1000},
            laws=("width", "maps"),
        ),
        Curve(
            "depth",
            "Annealed VNI of linear networks, N = 200",
            "depth L",
            "VNI",
            (1, 5, 25, 50, 100, 150, 200, 300, 500, 1000),
            lambda x: {"width": 200, "depth": int(x)},
            laws=("maps",),
            log_x=True,
        ),
    ),
    maps=(
        _maps(
            "maps by depth",
            "Squared correlations of the nodes by depth, N = 200",
            *(_panel(200, depth) for depth in (5, 50, 300, 1000)),
        ),
        _maps(
            "maps by width",
            "Squared correlations of the nodes by width, L = 100",
            *(_panel(width, 100) for width in (5, 50, 200)),
            _panel(1000, 100, tiers=("standard", "paper")),  # 10^8 weights: three seconds
        ),
    ),
    remark=(
        "The document's maps are of MNIST images; activation and weights are not given. One map "
        "shows one network, whose VNI is lower in the middle of the range (vn.quenched). The order "
        "of the nodes changes a map, not its VNI."
    ),
    see=("vn.fig1", "vn.propto", "vn.rec", "vn.quenched", "vn.eq3"),
)  # fmt: skip
