"""Singular values of a product of L random matrices, wide limit: the Fuss-Catalan law.

    dg.product   nearly all singular values of the product go to zero with depth

Squared singular values x of P = W_L ... W_1, entries N(0, 1/n), n -> infinity at fixed L, with an
angle phi in (0, pi/(L + 1)) as parameter:

    x = sin^(L+1)((L+1) phi) / (sin phi sin^L(L phi)),
    Pr(X > x) = [(L+1) phi - L sin phi sin((L+1) phi)/sin(L phi)] / pi.
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.degeneracy import PAPER
from theory.maths import products, prove
from theory.schema import (
    TIERS,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Margin,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    absolute,
    as_mpf,
    relative,
    stated,
)

c = sp.Symbol("c", positive=True)
L = sp.Symbol("L", integer=True, positive=True)
s = sp.Symbol("s", nonnegative=True)
phi = sp.Symbol("phi", positive=True)

DEPTH = Parameter("depth", Integers(1), "number L of matrices in the product", L)
THRESHOLD = Parameter("threshold", Reals(0, open_low=True), "singular value c to compare with", c)
ORDER = Parameter("order", Reals(0), "power s of the SQUARED singular value", s)

TAIL = ((L + 1) * phi - L * sp.sin(phi) * sp.sin((L + 1) * phi) / sp.sin(L * phi)) / sp.pi
SQUARE = sp.sin((L + 1) * phi) ** (L + 1) / (sp.sin(phi) * sp.sin(L * phi) ** L)

# --- the laws --------------------------------------------------------------------------------


def supplement(square: Any, depth: Any) -> Any:
    """e = pi - (L+1) phi of the squared singular value `square`; in (0, pi), pi at the edge.

    Bisection in log e at the working precision: log x is increasing in e. With e as the variable,
    sin((L+1) phi) = sin e and sin(L phi) = sin(e + phi) lose no digits near x = 0.
    """
    depth = mpmath.mpf(depth)
    target = mpmath.log(square)
    if target >= (depth + 1) * mpmath.log(depth + 1) - depth * mpmath.log(depth):
        return +mpmath.pi
    low = (target - 10) / (depth + 1) - mpmath.log(depth + 1)  # x < square there
    high = mpmath.log(mpmath.pi)
    for _ in range(int(mpmath.log(high - low, 2)) + mpmath.mp.prec + 4):
        middle = (low + high) / 2
        e = mpmath.exp(middle)
        angle = (mpmath.pi - e) / (depth + 1)
        if angle <= 0 or _log_square(e, angle, depth) > target:
            high = middle
        else:
            low = middle
    return mpmath.exp((low + high) / 2)


def _log_square(e: Any, angle: Any, depth: Any) -> Any:
    return (
        (depth + 1) * mpmath.log(mpmath.sin(e))
        - mpmath.log(mpmath.sin(angle))
        - depth * mpmath.log(mpmath.sin(e + angle))
    )


def fraction_below(*, threshold: Any, depth: Any) -> Any:
    """Fraction of singular values below c: 1 - Pr(X > c^2). Wide limit; error O(1/n).

    >>> mpmath.nstr(fraction_below(threshold=1, depth=1), 6)
    '0.608998'
    """
    return _below(mpmath.mpf(as_mpf(threshold)) ** 2, int(depth))


def _below(square: Any, depth: int) -> Any:
    e = supplement(square, depth)
    angle = (mpmath.pi - e) / (depth + 1)
    if angle <= 0:
        return mpmath.mpf(1)
    return (e + depth * mpmath.sin(angle) * mpmath.sin(e) / mpmath.sin(e + angle)) / mpmath.pi


def _without_sine(*, threshold: Any, depth: Any) -> Any:
    return supplement(as_mpf(threshold) ** 2, int(depth)) / mpmath.pi


def moment_of_square(*, depth: Any, order: Any) -> Any:
    """E X^s: exact for whole and half s at moderate depth, else an mpf. Wide limit; error O(1/n).

    >>> moment_of_square(depth=10, order=2)
    11
    """
    exact_order = sp.nsimplify(prove.exact(order), rational=True)
    if exact_order.q <= 2 and depth * exact_order < 500:
        return products.fuss_catalan(depth, exact_order)
    return products.fuss_catalan_number(depth, as_mpf(order))


def nearly_all(*, threshold: Any, depth: Any) -> Any:
    """The limit that the document states for every threshold: 1."""
    return sp.Integer(1)


def _around_one(*, threshold: Any, depth: Any) -> Any:
    return sp.Integer(0) if threshold < 1 else sp.Integer(1)


def _catalan(*, depth: Any, order: Any) -> Any:
    return products.fuss_catalan(1, order)


def _undivided(*, depth: Any, order: Any) -> Any:
    return products.fuss_catalan(depth, order) * (sp.sympify(depth) * order + 1)


# --- proofs ----------------------------------------------------------------------------------


def squeeze(law: Any) -> Finding:
    """Markov on the mean singular value, and Gautschi: (1/c)(L/2 + 1)^(-1/2)/Gamma(3/2) -> 0."""
    depth = sp.Symbol("L", positive=True)
    bound = 1 / (sp.sqrt(depth / 2 + 1) * sp.gamma(sp.Rational(3, 2)))  # times 1/c
    if sp.limit(bound, depth, sp.oo) != 0:
        return Finding(None, "", "", "the bound was not shown to vanish")
    facts, half = [], sp.Rational(1, 2)
    with mpmath.workdps(25):
        for size in (1, 10, 1000, 10**6):
            mean = products.fuss_catalan_number(size, as_mpf(half))
            ceiling = as_mpf(bound.subs(depth, size))
            facts.append((f"mean singular value below its bound at L = {size}", mean < ceiling))
            above = 1 - fraction_below(threshold=half, depth=size)
            facts.append((f"tail below the Markov bound at L = {size}", above <= 2 * mean))
            facts.append(
                (
                    f"L = {size}: the law is within the bound",
                    all(
                        abs(as_mpf(law(threshold=at, depth=size)) - 1) <= ceiling / as_mpf(at)
                        for at in (sp.Rational(1, 10), half, sp.Integer(2))
                    ),
                )
            )
    return prove.truth(
        ((label, bool(fact)) for label, fact in facts),
        predicted=f"limit {law(threshold=half, depth=1)} of the fraction below c = 1/2",
        found="1 - O(1/sqrt L) for every c, so the limit is 1",
        detail="the fraction above c is at most (mean singular value)/c",
    )


def _reduced(expression: Any) -> Any:
    """Sines and cosines as exponentials, multiplied out: zero is then visible."""
    return sp.expand(sp.expand(expression).rewrite(sp.exp))


@functools.cache
def derivation() -> tuple[str, ...]:
    """The steps from the moments to the closed form, for symbolic L; empty if one of them fails."""
    t, angle = sp.Symbol("t"), sp.Symbol("A", real=True)  # A = L phi
    for depth in (1, 2, 5):  # B = sum of FC_k t^k solves B = 1 + t B^(L+1)
        series = sum(products.fuss_catalan(depth, k) * t**k for k in range(6))
        rest = sp.Poly(sp.expand(series - 1 - t * series ** (depth + 1)), t)
        if any(power < 6 for (power,) in rest.monoms()):
            return ()
    w = sp.sin(angle + phi) / sp.sin(angle) * sp.exp(sp.I * phi)
    w_minus_1 = sp.sin(phi) / sp.sin(angle) * sp.exp(sp.I * (angle + phi))
    if _reduced((w - 1 - w_minus_1) * sp.sin(angle)) != 0:
        return ()
    # density of log x on the cut is Im w / pi; d tail must be minus that times d log x
    log_x = (
        (L + 1) * sp.log(sp.sin((L + 1) * phi)) - sp.log(sp.sin(phi)) - L * sp.log(sp.sin(L * phi))
    )
    imaginary = sp.sin(angle + phi) * sp.sin(phi) / sp.sin(angle)
    slope = sp.diff(TAIL, phi) + imaginary / sp.pi * sp.diff(log_x, phi)
    slope = slope.subs((L + 1) * phi, angle + phi).subs(L * phi, angle)
    if _reduced(slope * sp.sin(angle) ** 2) != 0:
        return ()
    return (
        "moments: B(t) = sum FC_k t^k solves B = 1 + t B^(L+1) (t^0..t^5 at L = 1, 2, 5)",
        "w(z) = B(1/z) solves z = w^(L+1)/(w - 1)",
        "on the cut w = sin((L+1)phi)/sin(L phi) e^(i phi)",
        "and w - 1 = sin(phi)/sin(L phi) e^(i (L+1) phi)",
        "so z = x(phi) is real and the density of X is Im w/(pi x)",
        "d Pr(X > x)/d phi = (Im w/pi) d(-log x)/d phi: zero difference for all L, phi",
    )


def closed_form(law: Any) -> Finding:
    """The symbolic derivation, then the law at angles where both coordinates are exact numbers."""
    steps = derivation()
    if not steps:
        return Finding(None, "", "", "sympy did not reduce a step of the derivation")
    with mpmath.workdps(40):
        found = prove.close(
            (
                (
                    f"L = {depth}, phi = {share} pi/(L+1)",
                    law(threshold=mpmath.sqrt(as_mpf(SQUARE.subs(at))), depth=depth),
                    1 - as_mpf(TAIL.subs(at)),
                )
                for depth in (1, 2, 10, 100)
                for share in (sp.Rational(1, 5), sp.Rational(2, 3))
                for at in ({L: depth, phi: share * sp.pi / (depth + 1)},)
            ),
            digits=25,
        )
    return Finding(found.agrees, found.predicted, found.found, found.detail, (*steps, *found.steps))


@functools.cache
def resolvent_tails() -> tuple[tuple[int, Any, Any], ...]:
    """(L, c, Pr(sigma < c)) from the roots of w^(L+1) = z(w - 1), integrated from 0 to c^2.

    With x = y^(L+1), w = y v the equation is v^(L+1) - y v + 1 = 0, and density(x) dx is
    (L+1)/pi Im v dy: smooth down to zero.
    """

    def imaginary(y: Any, depth: int) -> Any:
        roots = mpmath.polyroots([1] + [0] * (depth - 1) + [-y, 1], maxsteps=200, extraprec=60)
        # the branch with w -> 1 at infinity reaches the cut with the smallest angle
        return mpmath.im(min((r for r in roots if mpmath.im(r) > 0), key=mpmath.arg))

    table = []
    with mpmath.workdps(18):
        for depth, at in ((1, "0.5"), (2, "0.5"), (2, "1.75"), (4, "1")):
            end = mpmath.mpf(at) ** (mpmath.mpf(2) / (depth + 1))
            area = mpmath.quad(
                lambda y, d=depth: imaginary(y, d), [0, end], method="gauss-legendre"
            )
            table.append((depth, mpmath.mpf(at), (depth + 1) * area / mpmath.pi))
    return tuple(table)


def by_resolvent(law: Any) -> Finding:
    """No angle and no closed form: numerical roots and quadrature; Marchenko-Pastur by hand."""
    with mpmath.workdps(25):
        rows = [
            (f"L = {depth}, c = {at}", law(threshold=at, depth=depth), total)
            for depth, at, total in resolvent_tails()
        ]
        quarter_circle = (mpmath.sqrt(3) / 2 + 2 * mpmath.asin(mpmath.mpf(1) / 2)) / mpmath.pi
        rows.append(("L = 1, c = 1: quarter circle", law(threshold=1, depth=1), quarter_circle))
    return prove.close(rows, digits=13, detail="root of the resolvent equation, integrated")


@functools.cache
def planar() -> tuple[tuple[int, int, int], ...]:
    """(L, k, number of pairings with the most free indices)."""
    return tuple((d, k, products.planar_count(k, d)) for k in (1, 2, 3, 4) for d in (1, 2, 3, 7))


def by_pairings(law: Any) -> Finding:
    """Wick's theorem: every pairing of every layer, those that survive n -> infinity counted."""
    return prove.cases(
        (f"L = {d}, k = {k}", law(depth=d, order=sp.Integer(k)), count) for d, k, count in planar()
    )


@functools.cache
def _integrated(depth: int, order: Any) -> Any:
    def integrand(e: Any) -> Any:  # e = pi - (L+1) phi
        angle = (mpmath.pi - e) / (depth + 1)
        if angle <= 0:
            return mpmath.mpf(0)
        imaginary = mpmath.sin(e) * mpmath.sin(angle) / mpmath.sin(e + angle)
        slope = (
            (depth + 1) ** 2 * mpmath.cot(e) + mpmath.cot(angle) - depth**2 * mpmath.cot(e + angle)
        ) / (depth + 1)
        power = mpmath.exp(as_mpf(order) * _log_square(e, angle, mpmath.mpf(depth)))
        return power * imaginary * slope / mpmath.pi

    with mpmath.workdps(25):
        return mpmath.quad(integrand, [0, mpmath.pi])


def by_quadrature(law: Any) -> Finding:
    """E X^s for whole and broken s, by integrating the density in the angle."""
    with mpmath.workdps(25):
        return prove.close(
            (
                (f"L = {d}, s = {order}", as_mpf(law(depth=d, order=order)), _integrated(d, order))
                for d, order in (
                    (1, sp.Rational(1, 2)),
                    (10, sp.Rational(1, 2)),
                    (3, sp.Rational(3, 2)),
                    (4, sp.Integer(2)),
                )
            ),
            digits=15,
        )


def finite_width(law: Any) -> Finding:
    """Exact moments at finite n differ by O(1/n): order of the difference on n = 512..4096."""
    facts = []
    for k, depth in ((2, 3), (3, 2)):
        limit = sp.sympify(law(depth=depth, order=sp.Integer(k)))
        errors = [
            (float(n), float(products.moment((k,), n, depth) / n - limit))
            for n in (512, 1024, 2048, 4096)
        ]
        order = prove.slope(errors) if all(error for _, error in errors) else 0.0
        facts.append((f"k = {k}, L = {depth}: order {order:.3f}", abs(order + 1) < 0.02))
    return prove.truth(facts, predicted="difference of order -1 in n", found="order -1")


# --- the claim -------------------------------------------------------------------------------

BELOW = Estimand("mean", ("fraction_below",), over="networks: mean fraction of singular values < c")
MEAN = Estimand("mean", ("mean_singular",), over="networks: mean singular value")


def _vanishing(depth: int) -> Margin:
    size = 1.5 * float(mpmath.log(depth)) / depth
    return absolute(
        standard=size,
        why="the vanishing fraction: (ln L)/L to leading order, and half of it for corrections",
    )


def _probe(name: str, width: int, depth: int, at: float, margin: Margin, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="product_spectrum",
        setup={
            "widths": (width,) * (depth + 1),
            "weights": more.pop("weights", "gaussian"),
            "gain": 1.0,
            "activation": "linear",
            "extra": {"threshold": at, "networks": 8},
        },
        at={"threshold": at, "depth": depth},
        estimand=BELOW,
        margin=margin,
        **more,
    )


def _wide(width: int) -> Margin:
    return absolute(
        quick=2 / width,
        standard=1 / width,
        why=f"wide limit: error O(1/n); 1/n at n = {width}, twice that at quick",
    )


CLAIM = Claim(
    id="dg.product",
    title="all but a vanishing fraction of the singular values of the product go to zero",
    source=PAPER.at(
        "figure adapted from Saxe et al. (1, 10, 100 layers)",
        "with depth the singular values of the product matrix become increasingly concentrated "
        "around [0, lost in print], except for a vanishingly small fraction",
    ),
    kind="asymptotic (n -> infinity at fixed L)",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Limit(sp.Function("F")(c, L), L, sp.oo), 1, evaluate=False),
            parameters=(THRESHOLD, DEPTH),
            words="the fraction of singular values below any fixed c tends to 1 with depth",
            evaluate=nearly_all,
            error="none given; (ln L)/L to leading order (derived here)",
            mutants=(
                Mutant("concentrated around 1", _around_one),
                Mutant("half of them stay", lambda threshold, depth: sp.Rational(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="fraction below",
            formula=sp.Tuple(
                sp.Eq(c**2, SQUARE, evaluate=False),
                sp.Eq(sp.Function("F")(c, L), 1 - TAIL, evaluate=False),
            ),
            parameters=(THRESHOLD, DEPTH),
            words="fraction of singular values below c; c^2 fixes the angle phi in (0, pi/(L+1))",
            evaluate=fraction_below,
            error="O(1/n)",
            mutants=(
                Mutant(
                    "L+1 for L",
                    lambda threshold, depth: fraction_below(threshold=threshold, depth=depth + 1),
                ),
                Mutant(
                    "singular for squared singular",
                    lambda threshold, depth: _below(as_mpf(threshold), int(depth)),
                ),
                Mutant("no L sin term", _without_sine),
                Mutant(
                    "tail for fraction below",
                    lambda threshold, depth: 1 - fraction_below(threshold=threshold, depth=depth),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="moments",
            formula=sp.Eq(
                sp.Function("E")(sp.Symbol("X") ** s), products.fuss_catalan(L, s), evaluate=False
            ),
            parameters=(DEPTH, ORDER),
            words="mean s-th power of the squared singular values (s = 1/2: mean singular value)",
            evaluate=moment_of_square,
            error="O(1/n)",
            mutants=(
                Mutant("L for L+1", lambda depth, order: products.fuss_catalan(depth - 1, order)),
                Mutant("Catalan at every depth", _catalan),
                Mutant("factor 1/(Lk+1) forgotten", _undivided),
            ),
        ),
    ),
    assumptions=(
        stated(
            "independent Gaussian entries of variance 1/n (the 'standard' initialisation)",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "The fraction above any c is at most (1/c) times the mean singular value, which falls like "
        "1/sqrt(L). The whole wide-limit spectrum has a closed form; the vanishing fraction is "
        "(ln L)/L to leading order."
    ),
    proofs=(
        Proof(
            "squeeze",
            "symbolic",
            "fraction above c <= (mean singular value)/c -> 0 for every c",
            squeeze,
        ),
        Proof(
            "closed form",
            "symbolic",
            "moments -> resolvent -> density -> tail, for symbolic L",
            closed_form,
            law="fraction below",
        ),
        Proof(
            "resolvent roots",
            "exact",
            "the closed form equals the integrated resolvent to 13 digits",
            by_resolvent,
            law="fraction below",
        ),
        Proof(
            "pairings",
            "exact",
            "moments k = 1..4 by counting the pairings that survive the wide limit",
            by_pairings,
            law="moments",
        ),
        Proof(
            "broken moments",
            "exact",
            "E X^s by quadrature of the density, s = 1/2, 3/2, 2, to 15 digits",
            by_quadrature,
            law="moments",
        ),
        Proof(
            "finite width",
            "exact",
            "exact rational moments at finite n approach the law at order 1/n",
            finite_width,
            law="moments",
        ),
    ),
    probes=(
        *(
            _probe(
                f"nearly all, L={depth}",
                25,
                depth,
                0.5,
                _vanishing(depth),
                why="the fraction that stays away from zero shrinks like (ln L)/L",
                budget=1 if depth == 10 else 2,
                tiers=TIERS if depth <= 30 else TIERS[1:],
            )
            for depth in (10, 30, 100)
        ),
        *(
            _probe(
                f"n={width}",
                width,
                10,
                0.5,
                _wide(width),
                laws=("fraction below",),
                why="the wide limit is approached at order 1/n",
                budget={25: 1, 50: 4, 100: 2}[width],
                tiers=TIERS if width <= 50 else TIERS[1:],
                **({"curve": "depth", "x": 10} if width == 25 else {}),
            )
            for width in (25, 50, 100)
        ),
        *(
            _probe(
                f"L={depth}",
                25,
                depth,
                0.5,
                _wide(25),
                laws=("fraction below",),
                why="over depth",
                curve="depth",
                x=depth,
                budget=2 if depth >= 30 else 0.5 * depth,
                tiers=TIERS if depth <= 30 else TIERS[1:],
            )
            for depth in (1, 3, 30, 100)
        ),
        _probe(
            "orthogonal",
            25,
            10,
            0.9,
            _wide(25),
            budget=0.3,
            weights="haar",
            laws=("fraction below",),
            why="orthogonal factors do not degenerate: every singular value is 1",
        ),
        *(
            Probe(
                name=f"mean singular value, n={width}",
                experiment="product_spectrum",
                setup={
                    "widths": (width,) * 11,
                    "weights": "gaussian",
                    "gain": 1.0,
                    "activation": "linear",
                },
                at={"depth": 10, "order": sp.Rational(1, 2)},
                estimand=MEAN,
                laws=("moments",),
                margin=relative(
                    quick=6 / width,
                    standard=3 / width,
                    why="wide limit: error O(1/n), 3/n relative; twice that at quick",
                ),
                why="falls like 1/sqrt(L) although the mean square stays 1",
                tiers=TIERS if width <= 50 else TIERS[1:],
            )
            for width in (25, 50, 100)
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Singular values below 1/2, product of L Gaussian matrices, n = 25",
            "depth L",
            "fraction below 1/2",
            (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100),
            lambda x: {"threshold": 0.5, "depth": int(x)},
            laws=("stated", "fraction below"),
            log_x=True,
        ),
    ),
    remark=(
        "The value around which they concentrate is lost in print; 0 is the only reading that "
        "holds. For c above 1 the fraction may first fall (at L = 1 all are below 2), then rises."
    ),
    see=("dg.product.large", "dg.product.handful", "dg.product.m2", "dg.product.lyap"),
)
