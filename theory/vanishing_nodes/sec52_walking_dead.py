"""One step along a gradient that does not vanish: how far the cost falls, whatever the VNI.

    vn.walkingdead.step   derived here, beside vn.walkingdead

The document calls a gradient walking dead if it does not vanish and cannot train the network. No
number says what is sufficient, no step size is tied to "cannot", and networks must be trained to
see it: that item, vn.walkingdead, is not tested. What is proved here is how little it can mean. If
the gradient g changes at a rate of at most beta, Taylor's formula along the step gives a fall of
the cost within beta eta^2 |g|^2/2 of eta |g|^2: every gradient that is not 0 lowers the cost for
eta < 2/beta, whatever the VNI, and no gradient keeps its size for ever.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Bounds, Claim, Curve, Finding, Law, Mutant, Parameter, Proof, Reals
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.effective_nodes import as_sympy, rational
from theory.vanishing_nodes.sec32_representation import BITS, XOR, forward, rank_one_xor, vni_of

fall, g_sq, eta, beta, start, least = sp.symbols("Delta g_2 eta beta C_0 epsilon", positive=True)
GRADIENT = Parameter("gradient_sq", Reals(0, open_low=True), "|g|^2, squared gradient", g_sq)
STEP = Parameter("step", Reals(0, open_low=True), "eta, the step size (learning rate)", eta)
CURVATURE = Parameter(
    "curvature", Reals(0, open_low=True), "beta, how fast the gradient changes at most", beta
)
COST = Parameter("cost", Reals(0, open_low=True), "cost at the start, above the least cost", start)
LEVEL = Parameter("level", Reals(0, open_low=True), "epsilon: |g|^2 of at least this size", least)
ONE_STEP = (GRADIENT, STEP, CURVATURE)


def taylor(gradient_sq: Any, step: Any, curvature: Any) -> Bounds:
    """Fall of the cost in one step: (eta -+ beta eta^2/2) |g|^2; both ends are attained.

    >>> taylor(Fraction(1, 2), Fraction(1, 2), 1)
    Bounds(low=Fraction(3, 16), high=Fraction(5, 16))
    """
    g, s, c = rational(gradient_sq), rational(step), rational(curvature)
    return Bounds((s - c * s**2 / 2) * g, (s + c * s**2 / 2) * g)


def most_steps(cost: Any, level: Any, curvature: Any) -> Fraction:
    """2 beta C_0/epsilon: how many steps of size 1/beta may find |g|^2 >= epsilon."""
    return 2 * rational(curvature) * rational(cost) / rational(level)


def _inside(value: Any, found: Fraction) -> bool:
    bounds = value if isinstance(value, Bounds) else Bounds(value, value)
    return bool(bounds.low <= found <= bounds.high)


# --- a network of VNI 1 ------------------------------------------------------------------------


@functools.cache
def collapsed_xor(nodes: int) -> tuple[sp.Expr, tuple[sp.Symbol, ...], Any]:
    """(cost, readout weights, VNI): half of the mean squared error of sum_j a_j h_j on XOR.

    The nodes h_j are the last layer of the rank-one ReLU network of vn.collapse.repr.
    """
    last = forward(BITS, rank_one_xor(nodes))[-1]
    a = sp.symbols(f"a_1:{nodes + 1}")
    errors = [
        sum(w * as_sympy(h) for w, h in zip(a, x, strict=True)) - y
        for x, y in zip(last, XOR, strict=True)
    ]
    return sp.expand(sum(e**2 for e in errors) / 8), a, vni_of(last)


def descent(nodes: int, step: Fraction, steps: int) -> list[tuple[Fraction, Fraction]]:
    """(cost, squared gradient) before each step of gradient descent from weights 0. Exact."""
    cost, a, _ = collapsed_xor(nodes)
    gradient = [sp.diff(cost, w) for w in a]
    at, found = [sp.Integer(0)] * nodes, []
    for _ in range(steps):
        here = dict(zip(a, at, strict=True))
        slope = [g.subs(here) for g in gradient]
        found.append((rational(cost.subs(here)), rational(sum(s**2 for s in slope))))
        at = [w - as_sympy(step) * s for w, s in zip(at, slope, strict=True)]
    return found


def curvature_of(nodes: int) -> Fraction:
    """Largest eigenvalue of the second derivatives of that cost."""
    cost, a, _ = collapsed_xor(nodes)
    return rational(max(sp.hessian(cost, a).eigenvals()))


# --- proofs ----------------------------------------------------------------------------------


def xor_falls(law: Any) -> Finding:
    """XOR at VNI 1: each of 12 steps, for several step sizes, and it is learnt."""

    def facts() -> Iterator[tuple[str, bool]]:
        for nodes in (1, 2, 4):
            rate = curvature_of(nodes)
            yield f"{nodes} nodes: R_sq = 1", collapsed_xor(nodes)[2] == 1
            for part in (Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(3, 2)):
                run = descent(nodes, part / rate, 12)
                for (before, g), (after, _) in itertools.pairwise(run):
                    if g == 0:
                        break
                    value = law(gradient_sq=g, step=part / rate, curvature=rate)
                    yield (
                        f"{nodes} nodes, eta = {part}/beta: {before} -> {after}",
                        _inside(value, before - after),
                    )
            learnt = descent(nodes, 1 / (2 * rate), 12)[-1][0]
            yield (
                f"{nodes} nodes: cost {float(learnt):.1e} after 11 steps",
                learnt < Fraction(1, 10**6),
            )

    return prove.truth(
        facts(),
        predicted="(eta -+ beta eta^2/2)|g|^2",
        found="every step at R_sq = 1 falls within the bounds, and XOR is learnt",
    )


def ends_attained(law: Any) -> Finding:
    """C = +-beta x^2/2 attains the two ends; the remainder of Taylor's formula in between."""

    def facts() -> Iterator[tuple[str, bool]]:
        x, t = sp.symbols("x t", positive=True)
        for sign, name in ((1, "low"), (-1, "high")):
            g = sign * beta * x
            found = sign * beta * (x**2 - (x - eta * g) ** 2) / 2
            end = (eta - sign * beta * eta**2 / 2) * g**2
            yield f"C = {sign} beta x^2/2 falls by the {name} end", sp.expand(found - end) == 0
            for numbers in ((3, Fraction(1, 2), 1), (Fraction(1, 7), 2, Fraction(1, 3))):
                size, s, c = (rational(value) for value in numbers)
                bounds = law(gradient_sq=size, step=s, curvature=c)
                ends = getattr(bounds, name) if isinstance(bounds, Bounds) else bounds
                expected = (s - sign * c * s**2 / 2) * size
                yield f"|g|^2 = {size}, eta = {s}, beta = {c}: {expected}", ends == expected
        remainder = sp.integrate(beta * t * g_sq, (t, 0, eta))
        yield (
            "int of |g(x - t g) - g||g| dt <= beta eta^2 |g|^2/2",
            (sp.expand(remainder - beta * eta**2 * g_sq / 2) == 0),
        )

    return prove.truth(
        facts(), predicted="(eta -+ beta eta^2/2)|g|^2", found="attained by two quadratics"
    )


def stuck(law: Any) -> Finding:
    """One linear unit at eta = 2/beta: x -> -x for ever, a constant gradient, a constant cost."""

    def facts() -> Iterator[tuple[str, bool]]:
        for rate in (Fraction(1, 3), Fraction(1), Fraction(7)):
            limit = law(curvature=rate)
            x = Fraction(5, 2)
            after = x - limit * rate * x
            yield f"beta = {rate}, eta = {limit}: {x} -> {after}, the cost stays", after == -x
            inside = x - limit * Fraction(9, 10) * rate * x
            yield f"beta = {rate}: the cost falls at 0.9 of it", abs(inside) < x

    return prove.truth(facts(), predicted="2/beta", found="the least step that never lowers a cost")


def counted(law: Any) -> Finding:
    """Steps of XOR at VNI 1 with |g|^2 >= epsilon, and a cost that uses all it is allowed.

    At eta = 1/beta each such step lowers the cost by epsilon/(2 beta) or more.
    """

    def facts() -> Iterator[tuple[str, bool]]:
        yield (
            "fall at eta = 1/beta: |g|^2/(2 beta)",
            all(
                taylor(g, 1 / b, b).low == g / (2 * b)
                for g, b in ((Fraction(2), Fraction(3)), (Fraction(1, 5), Fraction(7)))
            ),
        )
        for nodes in (1, 2, 4):
            rate = curvature_of(nodes)
            run = descent(nodes, 1 / rate, 6)
            for level in (run[0][1], run[0][1] / 4):
                steps = sum(g >= level for _, g in run)
                most = law(cost=run[0][0], level=level, curvature=rate)
                yield f"{nodes} nodes, |g|^2 >= {level}: {steps} <= {most}", bool(steps <= most)
        # C = beta x^2/2 from x: one step of |g|^2 = beta^2 x^2 takes all of the cost
        yield "C = x^2/2: one step, and one is allowed", law(cost=2, level=4, curvature=1) == 1

    return prove.truth(facts(), predicted="2 beta C_0/epsilon", found="never passed, attained")


# --- the claim -------------------------------------------------------------------------------

CLAIM = Claim(
    id="vn.walkingdead.step",
    title="every gradient that is not 0 lowers the cost by small steps, at any VNI",
    source=PAPER.at(
        "sec. 5.2",
        "walking: the gradients have a non-vanishing value; dead: they cannot successfully train "
        "the network, because its representation power at VNI 1 is not sufficient",
    ),
    kind="bound",
    laws=(
        Law(
            role="sharper",
            name="one step",
            formula=sp.And(
                sp.Le((eta - beta * eta**2 / 2) * g_sq, fall),
                sp.Le(fall, (eta + beta * eta**2 / 2) * g_sq),
            ),
            parameters=ONE_STEP,
            words="fall of the cost in one step, at any VNI",
            evaluate=taylor,
            mutants=(
                Mutant(
                    "to first order only",
                    lambda gradient_sq, step, curvature: Bounds(
                        *(rational(gradient_sq) * rational(step),) * 2
                    ),
                ),
                Mutant(
                    "beta eta^2",
                    lambda gradient_sq, step, curvature: taylor(
                        gradient_sq, step, 2 * rational(curvature)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="dead step",
            formula=sp.Eq(eta, 2 / beta),
            parameters=(CURVATURE,),
            words="the least step at which a gradient that never vanishes may never lower the cost",
            evaluate=lambda curvature: 2 / rational(curvature),
            mutants=(
                Mutant("1/beta", lambda curvature: 1 / rational(curvature)),
                Mutant("4/beta", lambda curvature: 4 / rational(curvature)),
            ),
        ),
        Law(
            role="sharper",
            name="steps",
            formula=sp.Le(sp.Symbol("n_steps"), 2 * beta * start / least),
            parameters=(COST, LEVEL, CURVATURE),
            words="steps of size 1/beta that can find |g|^2 >= epsilon: no gradient walks for ever",
            evaluate=most_steps,
            mutants=(
                Mutant(
                    "beta C_0/epsilon",
                    lambda cost, level, curvature: most_steps(cost, level, curvature) / 2,
                ),
                Mutant(
                    "4 beta C_0/epsilon",
                    lambda cost, level, curvature: 2 * most_steps(cost, level, curvature),
                ),
            ),
        ),
    ),
    assumptions=(),
    expected="holds",
    because=(
        "Taylor's formula along the step, attained by two quadratics. A gradient that keeps its "
        "size and never lowers the cost is a matter of the step size: one linear unit does it at "
        "2/beta. The XOR network has rank-one ReLU layers, VNI 1, and trains its readout only."
    ),
    proofs=(
        Proof("XOR at VNI 1", "exact", "gradient descent in fractions, every step", xor_falls,
              law="one step"),
        Proof("ends", "symbolic", "two quadratics, and Taylor's formula", ends_attained,
              law="one step"),
        Proof("one unit", "exact", "x -> -x for ever", stuck, law="dead step"),
        Proof("count", "exact", "steps with a gradient of a given size", counted, law="steps"),
    ),
    curves=(
        Curve(
            "step",
            "Fall of a cost of curvature 1 in one step, |g|^2 = 1",
            "step size eta",
            "fall of the cost",
            tuple(k / 10 for k in range(1, 26)),
            lambda x: {"gradient_sq": 1, "step": x, "curvature": 1},
            laws=("one step",),
        ),
    ),
    remark=(
        "This neither confirms nor refutes vn.walkingdead: as printed nothing could contradict it, "
        "for no number says which scale is sufficient, and 'cannot train' names no step size. "
        "Whether the networks of Table 1 fail for their one learning rate is a question of "
        "vn.table1; no network is trained here, and a cost that falls need not reach its least."
    ),
    see=("vn.walkingdead", "vn.table1", "vn.collapse.repr", "vn.fig5"),
)  # fmt: skip
