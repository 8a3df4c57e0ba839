"""Feedforward nets with their own activations: polynomial decay, not 2^-L.

    sg.thm1.real   R_L = prod kappa0(rho_l), rho_{l+1} = kappa1(rho_l); decays as L^-3

`pair_correlation` also serves residual and highway nets: with branch share p the angle map is
cos theta' = (1 - p) cos theta + p kappa1(cos theta) and the gradient factor 1 - p theta/pi.
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
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
from theory.shattered_gradients import PAPER, finite_width
from theory.shattered_gradients.probes import CORRELATION_OF_GRADIENTS, real_net, wide
from theory.symbols import L, rho

l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741
theta = sp.Symbol("theta", positive=True)
C = sp.Symbol("C", positive=True)

DEPTH = Parameter("depth", Integers(0), "rectifier layers above the neuron", L)
CORRELATION = Parameter("correlation", Reals(-1, 1), "cosine of the two inputs", rho)


def pair_correlation(depth: Any, rho_0: Any, share: Any = 1) -> Any:
    """R_L = E g_i g_j / sqrt(E g_i^2 E g_j^2), annealed, N -> inf at fixed L; an mpf.

    Mean over the units of layer 0, He-ReLU, no bias, no normalisation. share: the branch's share p
    of a layer's second moment (1 plain, beta^2/(1 + beta^2) residual, gamma_2^2 highway). Error of
    order 1/N (plain nets: sg.thm1.fw); at L = 1 exact at every N.

    >>> mpmath.nstr(pair_correlation(1, 0), 12), mpmath.nstr(pair_correlation(10, 0), 9)
    ('0.5', '0.033652151')
    """
    p, angle = as_mpf(sp.sympify(share)), mpmath.acos(as_mpf(sp.sympify(rho_0)))
    result = mpmath.mpf(1)
    for _ in range(int(depth)):
        result *= 1 - p * angle / mpmath.pi
        above = gaussian.next_angle(angle)
        if p != 1:  # 1 - cos is additive: p (1 - cos theta') + (1 - p)(1 - cos theta), half angles
            gap = p * mpmath.sin(above / 2) ** 2 + (1 - p) * mpmath.sin(angle / 2) ** 2
            above = 2 * mpmath.asin(mpmath.sqrt(gap))
        angle = above
    return result


def pair_correlation_law(depth: Any, correlation: Any) -> Any:
    """R_L of a plain net: `pair_correlation` with the parameters of the law."""
    return pair_correlation(depth, correlation)


# --- mutants ---------------------------------------------------------------------------------


MUTANTS = (
    Mutant("2^-L", lambda depth, correlation: mpmath.mpf(2) ** -int(depth)),
    Mutant(
        "kappa0 of the updated angle",
        lambda depth, correlation: (
            pair_correlation(depth + 1, correlation) / pair_correlation(1, correlation)
        ),
    ),
    Mutant("one layer fewer", lambda depth, correlation: pair_correlation(depth - 1, correlation)),
    Mutant("input correlation ignored", lambda depth, correlation: pair_correlation(depth, 0)),
)


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def one_layer() -> sp.Expr:
    """E tr(w w^T 1{w.x > 0} 1{w.y > 0}) N / N for N rows of variance 2/N, by polar coordinates."""
    phi, r = sp.symbols("phi r", positive=True)
    n = sp.Symbol("N", positive=True)
    # in the plane of x and y: w = sigma r (cos phi, sin phi), r e^{-r^2/2} dr dphi/(2 pi);
    # x at angle 0, y at angle theta; both products positive for theta - pi/2 < phi < pi/2
    radial = sp.integrate(r**3 * sp.exp(-(r**2) / 2), (r, 0, sp.oo))
    limits = (phi, theta - sp.pi / 2, sp.pi / 2)
    along = [sp.integrate(f, limits) for f in (sp.cos(phi) ** 2, sp.sin(phi) ** 2)]
    plane = radial * sum(along) / (2 * sp.pi)
    outside = (n - 2) * sp.integrate(1, limits) / (2 * sp.pi)
    # trace over the N columns times 2/N; N rows over N units of layer 0
    return sp.simplify((plane + outside) * 2 / n)


def exact_first_layer(law: Any) -> Finding:
    """At L = 1 the mean over directions is kappa0(rho_0) at every width: N drops out."""
    found = one_layer()
    if prove.is_zero(found - (1 - theta / sp.pi)) is not True:
        return Finding(False, "1 - theta/pi", str(found), "the integral is not kappa0")
    cosines = [sp.Rational(r) for r in ("0", "37/100", "-1/2", "9/10")]
    with mpmath.workdps(40):
        return prove.close(
            (
                (f"rho = {r}", law(depth=1, correlation=r), found.subs(theta, sp.acos(r)))
                for r in cosines
            ),
            detail=f"the polar integral is {found}, free of N",
        )


@functools.cache
def by_quadrature(rho_0: Any, share: Any = 1) -> tuple[Any, ...]:
    """R_1, R_2, R_3 with both kernels integrated from the Gaussian density, to 15 digits."""
    with mpmath.workdps(18):
        r, p, product, found = as_mpf(rho_0), as_mpf(share), mpmath.mpf(1), []
        for _ in range(3):
            product *= 1 - p + p * gaussian.kappa0_quadrature(r)
            r = (1 - p) * r + p * gaussian.kappa1_quadrature(r)
            found.append(product)
    return tuple(found)


def second_road(law: Any, share: Any = 1) -> Finding:
    """Orthant probabilities and rectified moments integrated from the density, layer by layer."""
    with mpmath.workdps(30):
        return prove.close(
            (
                (f"rho_0 = {r}, L = {d}", law(depth=d, correlation=r), found)
                for r in (sp.Rational(0), sp.Rational(-1, 2))
                for d, found in enumerate(by_quadrature(r, share), start=1)
            ),
            digits=14,
        )


@functools.cache
def angle_series() -> tuple[sp.Expr, ...]:
    """(c_2, c_3, c_4): theta' = theta + c_2 theta^2 + c_3 theta^3 + c_4 theta^4 + O(theta^5)."""
    c = sp.symbols("c2:5")
    guess = theta + sum(ck * theta ** (k + 2) for k, ck in enumerate(c))
    kernel = (sp.sin(theta) + (sp.pi - theta) * sp.cos(theta)) / sp.pi
    gap = sp.series(sp.cos(guess) - kernel, theta, 0, 6).removeO()
    equations = [sp.expand(gap).coeff(theta, k) for k in (3, 4, 5)]
    (solution,) = sp.solve(equations, c, dict=True)
    return tuple(sp.simplify(solution[ck]) for ck in c)


def small_angles(law: Any) -> Finding:
    """Two layers at a small angle against the series; the series against the map itself."""
    c2, c3, c4 = angle_series()
    with mpmath.workdps(60):
        eps = mpmath.mpf(10) ** -8
        series = eps + sum(as_mpf(ck) * eps ** (k + 2) for k, ck in enumerate((c2, c3, c4)))
        found = (1 - eps / mpmath.pi) * (1 - series / mpmath.pi)
        return prove.close(
            [
                ("theta' at theta = 1e-8", series, gaussian.next_angle(eps)),
                ("R_2 at theta = 1e-8", law(depth=2, correlation=mpmath.cos(eps)), found),
            ],
            digits=28,
            detail=f"theta' = theta + ({c2}) theta^2 + ({c3}) theta^3 + ({c4}) theta^4 + ...",
        )


@functools.cache
def decay() -> tuple[sp.Expr, sp.Expr, tuple[tuple[int, float, float], ...]]:
    """(exponent, limit of L theta_L, and (L, local exponent, L theta_L) of the recursion)."""
    c2, c3, _ = angle_series()
    step = c2 * theta**2 + c3 * theta**3
    # d log R / d log theta -> exponent, as theta -> 0; and 1/theta' - 1/theta -> 1/(L theta_L)
    exponent = sp.limit(sp.log(1 - theta / sp.pi) / sp.log(1 + step / theta), theta, 0, "+")
    rate = sp.limit(1 / (theta + step) - 1 / theta, theta, 0, "+")
    rows = []
    with mpmath.workdps(25):
        log_r, angle, seen = mpmath.mpf(0), mpmath.pi / 2, {}
        for layer in range(1, 4097):
            log_r += mpmath.log(1 - angle / mpmath.pi)
            angle = gaussian.next_angle(angle)
            if layer & (layer - 1) == 0:
                seen[layer] = (log_r, angle)
        for size in (64, 256, 1024, 2048):
            local = (seen[size][0] - seen[2 * size][0]) / mpmath.log(2)
            rows.append((size, float(local), float(size * seen[size][1])))
    return exponent, 1 / rate, tuple(rows)


def decay_exponent(law: Any) -> Finding:
    """d log R/d log theta -> 3 and theta_L ~ 3 pi/L, so R_L ~ C L^-3; checked on the recursion."""
    exponent, width, rows = decay()
    predicted = sp.sympify(law(correlation=sp.Rational(0)))
    steps = [f"L theta_L -> {width}, so log R falls by {exponent} log L"]
    steps += [f"L = {n}: local exponent {e:.4f}, L theta_L = {a:.4f}" for n, e, a in rows]
    limit_ok = prove.is_zero(predicted - exponent)
    # theta_L = 3 pi/(L + 1.5 ln L + c): both approach with an error of order ln L / L
    close = all(abs(e - float(predicted)) <= 6 * float(mpmath.log(n)) / n for n, e, _ in rows)
    return Finding(limit_ok and close, str(predicted), str(exponent), "", tuple(steps))


def angle_law(law: Any) -> Finding:
    """L theta_L -> 3 pi: the increment of 1/theta tends to 1/(3 pi)."""
    _, width, rows = decay()
    predicted = sp.sympify(law(correlation=sp.Rational(0)))
    steps = tuple(f"L = {n}: L theta_L = {a:.4f}" for n, _, a in rows)
    close = all(
        abs(a / float(predicted) - 1) <= 3 * float(mpmath.log(n)) / n + 5 / n for n, _, a in rows
    )
    return Finding(
        prove.is_zero(predicted - width) and close, str(predicted), str(width), "", steps
    )


# --- the claim -------------------------------------------------------------------------------


def _probe(depth: int, rho_0: float, why: str, *, width: int = 0, **more: Any) -> Probe:
    """At `margin_width` unless told; literal weights up to three layers, deeper none are drawn."""
    width = width or finite_width.margin_width(depth, rho_0)
    net = real_net(width, depth, rho_0)
    by = more.pop("by", "gradient_pairs" if depth <= 3 else "tangent_pairs")
    words = ", Gram chain" if by == "chain_pairs" else ""
    return Probe(
        name=f"N = {width}, L = {depth}, cosine {rho_0:g}{words}",
        experiment=by,
        setup=wide(net) if by == "tangent_pairs" else net,
        at={"depth": depth, "correlation": rho_0},
        estimand=CORRELATION_OF_GRADIENTS,
        margin=finite_width.margin(depth, width, rho_0),
        laws=("sharper",),
        why=why,
        **more,
    )


FIVE = finite_width.margin_width(5)

CLAIM = Claim(
    id="sg.thm1.real",
    title="without batch norm, gradient correlations decay as 1/L^3, not as 2^-L",
    source=PAPER.at(
        "Theorem 1(b) and section 1.1, for networks with their own activations",
        "not in the document: it says 1/2^L; this is the law of the network itself",
    ),
    kind="asymptotic (N -> inf, first term of the error known: sg.thm1.fw)",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Function("R")(L),
                sp.Product(1 - sp.acos(sp.IndexedBase("rho")[l]) / sp.pi, (l, 0, L - 1)),
            ),
            parameters=(DEPTH, CORRELATION),
            words="product of kappa0 over the layers; rho_{l+1} = kappa1(rho_l)",
            evaluate=pair_correlation_law,
            mutants=MUTANTS,
            error="c_L/N at width N, c_L of sg.thm1.fw; exact at L = 1",
        ),
        Law(
            role="sharper",
            name="exponent",
            formula=sp.Eq(-sp.log(sp.Function("R")(L)) / sp.log(L), 3),
            parameters=(CORRELATION,),
            words="R_L ~ C(rho_0) L^-3 for every rho_0 < 1",
            evaluate=lambda correlation: sp.Integer(3),
            mutants=tuple(
                Mutant(f"exponent {k}", lambda correlation, k=k: sp.Integer(k)) for k in (1, 2, 4)
            ),
        ),
        Law(
            role="sharper",
            name="angle",
            formula=sp.Eq(sp.Limit(L * sp.Function("theta")(L), L, sp.oo), 3 * sp.pi),
            parameters=(CORRELATION,),
            words="the angle between two inputs closes as 3 pi/L",
            evaluate=lambda correlation: 3 * sp.pi,
            mutants=(
                Mutant("theta ~ pi/L", lambda correlation: sp.pi),
                Mutant("theta ~ 2 pi/L", lambda correlation: 2 * sp.pi),
            ),
        ),
    ),
    assumptions=(
        stated(
            "He variance 2/N, no bias, no batch normalisation",
            lambda p: p.get("gain", 2.0) == 2.0 and p.get("norm", "none") == "none",
        ),
    ),
    expected="holds",
    because=(
        "Without batch normalisation two inputs become parallel with depth, so they share more and "
        "more active units: each layer costs less correlation than the one before."
    ),
    proofs=(
        Proof(
            "one layer",
            "symbolic",
            "at L = 1 the polar integral gives kappa0 at every width",
            exact_first_layer,
            law="sharper",
        ),
        Proof(
            "quadrature",
            "numeric",
            "the product equals the one integrated from the Gaussian density, to 14 digits",
            second_road,
            law="sharper",
        ),
        Proof(
            "small angles",
            "symbolic",
            "the series of the angle map, to fourth order",
            small_angles,
            law="sharper",
        ),
        Proof(
            "decay",
            "symbolic",
            "d log R/d log L -> -3 from the series of the angle map",
            decay_exponent,
            law="exponent",
        ),
        Proof("angle", "symbolic", "L theta_L -> 3 pi", angle_law, law="angle"),
    ),
    probes=(
        _probe(1, 0.0, "one layer is exact at every width", width=8, curve="depth", x=1),
        _probe(1, 0.37, "one layer, another cosine", width=8),
        _probe(2, 0.0, "2^-2 = 0.25 is off by a fifth", curve="depth", x=2),
        _probe(3, 0.0, "the gap to 2^-3 grows", curve="depth", x=3, tiers=LATER),
        _probe(3, 0.0, "the same networks in law, no weight drawn", by="chain_pairs"),
        _probe(5, 0.0, "the first size", width=FIVE // 2),
        _probe(5, 0.0, "twice as wide: half the first term", width=FIVE, curve="depth", x=5),
        _probe(5, 0.0, "four times as wide: a quarter", width=2 * FIVE, budget=2),
        _probe(8, 0.0, "thirteen times 2^-8", curve="depth", x=8, budget=2),
        _probe(2, 0.37, "inputs that are already close"),
        _probe(3, -0.5, "inputs on opposite sides"),
    ),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients at two orthogonal inputs, He-ReLU without batch norm",
            "rectifier layers above the neuron",
            "correlation",
            range(1, 31),
            lambda x: {"depth": int(x), "correlation": 0},
            laws=("sharper",),
            log_y=True,
            log_x=True,
        ),
    ),
    see=("sg.thm1b", "sg.thm1.fw"),
)
