"""What finite width adds to the correlation of gradients in plain nets, without batch norm.

    sg.thm1.fw   R_L(N) = R_L + c_L/N + O(1/N^2), c_1 = 0, c_2 = 0.377, c_5 = 1.25 (orthogonal)

R_L is the N -> inf value of sg.thm1.real; the derivation is in finite_width.py.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
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
    as_mpf,
    stated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients.finite_width import layers, quadrant_moments, width_for
from theory.shattered_gradients.probes import CORRELATION_OF_GRADIENTS, real_net
from theory.shattered_gradients.thm1_real import pair_correlation
from theory.symbols import L, N, rho

theta = sp.Symbol("theta", positive=True)
WIDTH = Parameter("width", Integers(1), "number N of units in every layer", N)
DEPTH = Parameter("depth", Integers(0), "rectifier layers L above the neuron", L)
CORRELATION = Parameter(
    "correlation", Reals(-1, 1, open_low=True, open_high=True), "cosine of the two inputs", rho
)


def first_order(width: Any, depth: Any, correlation: Any, **without: bool) -> Any:
    """R_L + c_L/N, an mpf; error O(1/N^2). `without` leaves out a part, wrong on purpose.

    >>> mpmath.nstr(first_order(100, 5, 0), 8)
    '0.11705702'
    """
    limit, first = layers(depth, correlation, **without)
    return limit + first / as_mpf(sp.sympify(width))


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def quadrant(m: int, n: int) -> sp.Expr:
    """E[a^m b^n 1{a>0} 1{b>0}] by polar coordinates: a = r cos phi, b = r cos(phi - theta)."""
    phi, r = sp.symbols("phi r", positive=True)
    radial = sp.integrate(r ** (m + n + 1) * sp.exp(-(r**2) / 2), (r, 0, sp.oo))
    trig = sp.expand(sp.expand_trig(sp.cos(phi) ** m * sp.cos(phi - theta) ** n))
    angular = sp.integrate(trig, (phi, theta - sp.pi / 2, sp.pi / 2))
    return sp.simplify(radial * angular / (2 * sp.pi))


def one_layer(law: Any) -> Finding:
    """c_1 = 0 at every cosine: the polar integrals, and the law at L = 1 at two widths."""
    powers = ((1, 1), (2, 0), (2, 2), (3, 1))
    closed = quadrant_moments(theta)
    moments = prove.identities(
        ((f"E a^{m} b^{n}", quadrant(m, n) - f) for (m, n), f in zip(powers, closed, strict=True)),
        predicted="closed forms",
        found="polar integrals",
    )
    if moments.agrees is not True:
        return moments
    with mpmath.workdps(35):
        finding = prove.close(
            (
                (f"N = {n}, cosine {r}", law(width=n, depth=1, correlation=r),
                 quadrant(0, 0).subs(theta, sp.acos(r)) * 2)
                for r in (sp.Integer(0), sp.Rational(37, 100), -sp.Rational(1, 2))
                for n in (1, 10)
            ),
            digits=28,
        )  # fmt: skip
    steps = (*moments.steps, *finding.steps)
    return Finding(finding.agrees, finding.predicted, finding.found, finding.detail, steps)


ENTRIES = ((0, 0), (1, 1), (0, 1), (2, 3), (0, 2), (0, 3), (1, 2), (1, 3))
"""Gram entries that E p.q can depend on; the vectors are x_i, x_j, p, q."""


def layer_mean(gram: tuple[Any, ...]) -> list[Any]:
    """Mean Gram entries one layer up, given these: one row of weights, averaged, times N."""
    xx, yy, xy, pq, xp, xq, yp, yq = gram
    size = mpmath.sqrt(xx * yy)
    angle = mpmath.acos(xy / size)
    j11, j20, *_ = quadrant_moments(angle)
    determinant = xx * yy - xy**2

    def slopes(along_x: Any, along_y: Any) -> tuple[Any, Any]:
        """E[c | a, b] = first a + second b for a row's products a, b, c with x_i, x_j, p."""
        return (
            (yy * along_x - xy * along_y) / determinant,
            (xx * along_y - xy * along_x) / determinant,
        )

    (p_a, p_b), (q_a, q_b) = slopes(xp, yp), slopes(xq, yq)
    squares = {(0, 0): xx * j20, (0, 1): size * j11, (1, 1): yy * j20}  # E[a_k a_m 1_i 1_j]
    rest = pq - (p_a * xq + p_b * yq)  # covariance of the parts outside the plane
    both = rest * (mpmath.pi - angle) / (2 * mpmath.pi)
    both += p_a * q_a * squares[0, 0] + p_b * q_b * squares[1, 1]
    both += (p_a * q_b + p_b * q_a) * squares[0, 1]
    x_q = q_a * squares[0, 0] + q_b * squares[0, 1]  # relu(a) times the masked d
    y_p = p_a * squares[0, 1] + p_b * squares[1, 1]
    return [xx, yy, 2 * size * j11, 2 * both, xp, 2 * x_q, 2 * y_p, yq]


def row_covariance(cosine: Any, tau: Any) -> Any:
    """N times the covariance of the Gram entries, around unit vectors with p, q off the plane."""
    angle = mpmath.acos(cosine)

    @functools.cache
    def angular(m: int, n: int) -> Any:
        """E[a^m b^n 1{a>0} 1{b>0}] by quadrature over the angle."""
        radial = mpmath.mpf(2) ** (mpmath.mpf(m + n) / 2) * mpmath.gamma(mpmath.mpf(m + n) / 2 + 1)
        f = lambda t: mpmath.cos(t) ** m * mpmath.cos(t - angle) ** n  # noqa: E731
        quad = mpmath.quad(f, mpmath.linspace(angle - mpmath.pi / 2, mpmath.pi / 2, 5))
        return radial * quad / (2 * mpmath.pi)

    def moment(vectors: tuple[int, ...]) -> Any:
        """E of the product of the rectified (x) or masked (p, q) row values, variance 2/N out."""
        a, b, c, d = (vectors.count(k) for k in range(4))
        pushed = {(0, 0): mpmath.mpf(1), (1, 1): tau, (2, 2): 1 + 2 * tau**2}.get((c, d))
        pushed = mpmath.mpf(1) if (c, d) in ((2, 0), (0, 2)) else pushed
        if pushed is None:
            return mpmath.mpf(0)
        masks_i, masks_j = a + c > 0, b + d > 0
        if masks_i and masks_j:
            return pushed * angular(a, b)
        k = a + b  # one mask: half of a full moment
        return pushed * (mpmath.fac2(k - 1) if k else 1) / 2

    size = len(ENTRIES)
    found = mpmath.matrix(size, size)
    for s, t in itertools.product(range(size), repeat=2):
        one, other = ENTRIES[s], ENTRIES[t]
        found[s, t] = 4 * (moment(one + other) - moment(one) * moment(other))
    return found


@functools.cache
def by_all_entries(depth: int, rho_0: Any) -> Any:
    """c_L by the delta method on all eight Gram entries, derivatives by differences.

    Nothing of `layers` is used: no cosines, no homogeneity, moments by quadrature.
    """
    size, h = len(ENTRIES), mpmath.mpf(10) ** -8
    cosine, tau = as_mpf(rho_0), mpmath.mpf(1)
    shift = mpmath.matrix(size, 1)
    spread = mpmath.matrix(size, size)
    gram = {(0, 0): 1, (0, 1): cosine, (1, 1): 1}
    for s, t in itertools.product(range(4, size), repeat=2):  # p = q = e: E (e.x)(e.y) = x.y/N
        a, b = sorted((ENTRIES[s][0], ENTRIES[t][0]))
        spread[s, t] = gram[a, b]
    for _ in range(depth):
        at = [mpmath.mpf(1), mpmath.mpf(1), cosine, tau, *([mpmath.mpf(0)] * 4)]

        def moved(*steps: tuple[int, int], at: list[Any] = at) -> Any:
            point = list(at)
            for index, sign in steps:
                point[index] += sign * h
            return mpmath.matrix(layer_mean(tuple(point)))

        middle = moved()
        slope = mpmath.matrix(size, size)
        curved = mpmath.matrix(size, 1)
        for s in range(size):
            column = (moved((s, 1)) - moved((s, -1))) / (2 * h)
            for row in range(size):
                slope[row, s] = column[row]
            for t in range(size):
                second = moved((s, 1), (t, 1)) - moved((s, 1), (t, -1))
                second += moved((s, -1), (t, -1)) - moved((s, -1), (t, 1))
                curved += second * spread[s, t] / (8 * h**2)
        shift = slope * shift + curved
        spread = slope * spread * slope.T + row_covariance(cosine, tau)
        cosine, tau = middle[2], middle[3]
    return shift[3]


def all_entries(law: Any) -> Finding:
    """c_L by the delta method on all Gram entries; R_L from sg.thm1.real; two widths."""
    rows = []
    with mpmath.workdps(40):
        for r in (sp.Integer(0), sp.Rational(-1, 2)):
            for depth in (2, 4):
                for width in (10, 1000):
                    found = pair_correlation(depth, r) + by_all_entries(depth, r) / width
                    label = f"N = {width}, L = {depth}, cosine {r}"
                    rows.append((label, law(width=width, depth=depth, correlation=r), found))
        return prove.close(rows, digits=9, detail="second differences, moments by quadrature")


# --- the claim -------------------------------------------------------------------------------


def _probe(depth: int, times: int, rho_0: float = 0.0, **more: Any) -> Probe:
    """Width at which the first term is a tenth of the value, or `times` that.

    What is left is of second order: about a hundredth, a third of the margin.
    """
    width = times * width_for(depth, 0.1)
    return Probe(
        name=f"N = {width}, L = {depth}, cosine {rho_0:g}",
        experiment="gradient_pairs",
        setup=real_net(width, depth, rho_0),
        at={"width": width, "depth": depth, "correlation": rho_0},
        estimand=CORRELATION_OF_GRADIENTS,
        laws=("sharper",),
        why="the first term is a tenth" if times == 1 else "twice the width, half the term",
        **more,
    )


CLAIM = Claim(
    id="sg.thm1.fw",
    title="finite width raises the correlation of gradients by c_L/N, and c_L is known",
    source=PAPER.at(
        "Theorem 1(b), for networks of finite width with their own activations",
        "not in the document: it says 1/2^L at every width",
    ),
    kind="asymptotic (N -> inf), first order",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Function("R")(L, N), sp.Function("R")(L) + sp.Function("c")(L) / N
            ),
            parameters=(WIDTH, DEPTH, CORRELATION),
            words="R_L of sg.thm1.real; c_L from a recursion of closed forms",
            evaluate=first_order,
            mutants=(
                Mutant(
                    "no first term",
                    lambda width, depth, correlation: pair_correlation(depth, correlation),
                ),
                Mutant(
                    "fresh weights for the gradient",
                    lambda width, depth, correlation: first_order(
                        width, depth, correlation, lean=False
                    ),
                ),
                Mutant(
                    "gradient independent of the angle",
                    lambda width, depth, correlation: first_order(
                        width, depth, correlation, tilt=False
                    ),
                ),
            ),
            error="O(1/N^2) at fixed L",
        ),
    ),
    assumptions=(
        stated(
            "He variance 2/N, Gaussian weights, no bias, no batch normalisation",
            lambda p: p.get("gain", 2.0) == 2.0
            and p.get("norm", "none") == "none"
            and p.get("weights", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "The angle of two inputs fluctuates by 1/sqrt(N) in every layer, and the directions that "
        "the weights pass on lean towards the inputs that set the masks: both add at order 1/N."
    ),
    proofs=(
        Proof("one layer", "symbolic", "no first term at L = 1, and the quadrant moments",
              one_layer, law="sharper"),
        Proof(
            "all entries",
            "numeric",
            "the delta method on all eight Gram entries, by differences and quadrature",
            all_entries,
            law="sharper",
        ),
    ),
    probes=(
        _probe(2, 1),
        _probe(2, 2),
        _probe(3, 1, curve="depth", x=3),
        _probe(3, 2),
        _probe(5, 1, tiers=LATER),
    ),
    curves=(
        Curve(
            "depth",
            f"Correlation of the gradients at width {width_for(3, 0.1)}, orthogonal inputs",
            "rectifier layers above the neuron",
            "correlation",
            range(1, 13),
            lambda x: {"width": width_for(3, 0.1), "depth": int(x), "correlation": 0},
            laws=("sharper",),
            log_y=True,
        ),
    ),
    see=("sg.thm1.real", "sg.thm1b"),
)  # fmt: skip
