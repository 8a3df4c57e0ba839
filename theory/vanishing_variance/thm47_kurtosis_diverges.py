"""Kurtosis grows without bound at bounded width: Theorem 4.7, and the step of its proof that fails.

    vev.thm4.7   kappa_d -> infinity for widths between 2 and w_max, any He random input

The statement is true. The document's proof rearranges the product of the layers' matrices, "because
lambda_max(M1 M2) = lambda_max(M2 M1)": that allows cyclic shifts only. What repairs it is a cone:
the ratio rho = kappa/m of every layer l >= 2 is at least rho_low with r rho_low > 1, so that each
layer multiplies m by at least 1 + (r rho_low - 1)/w_max (vev.thm4.7.sharp goes further).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Tuples,
    stated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.lem45_eigenvalue import block, r
from theory.vanishing_variance.probes import GROWTH, IID_WEIGHTS, INPUT_KURTOSIS, he_setup
from theory.vanishing_variance.ratio_map import next_ratio
from theory.vanishing_variance.recursion import anisotropy, trajectory

A, B, C = sp.symbols("A B C", commutative=False)
LARGEST = sp.Function("lambda_max")
PATTERN = Parameter(
    "pattern", Tuples(Integers(1), draw_to=4), "widths of the layers, repeated for ever"
)


def product(pattern: Any, aniso: Any, kw: Any) -> sp.Matrix:
    """The 2 x 2 matrices of the layers multiplied in the order in which they are applied; exact."""
    result = sp.eye(2)
    for width in pattern:
        result = block(width, aniso, kw) * result
    return result


def growth(pattern: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """lambda_max of one pass through the pattern, in order: kappa grows by it per pass. Exact.

    >>> growth((5,), 0, 3), growth((2, 3), 0, 3)
    (2, 28/3)
    """
    one = product(pattern, anisotropy(slope), sp.sympify(weight_kurtosis))
    trace, det = one.trace(), one.det()
    return (trace + sp.sqrt(trace**2 - 4 * det)) / 2


def reordered(pattern: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """lambda_max of the product rearranged by width, as the document's proof has it."""
    return growth(tuple(sorted(pattern)), slope, weight_kurtosis)


# --- the statement ---------------------------------------------------------------------------

SLOPES = (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(3))
WEIGHT_KURTOSES = (Fraction(1), Fraction(9, 5), Fraction(3), Fraction(20))


@functools.cache
def true_limit(pattern: tuple[int, ...], slope: Fraction, kw: Fraction) -> Any:
    """The limit of kappa_d from input (1, 1): infinite if the product's largest root exceeds 1.

    p(1) < 0 for the monic characteristic polynomial p means a root above 1; a block of widths >= 2
    has positive entries, so every starting vector has a part along it (Perron). Where p(1) = 0 the
    limit is read off the stationary trajectory.
    """
    one = product(pattern, anisotropy(slope), sp.sympify(kw))
    at_one = (one - sp.eye(2)).det()
    if at_one < 0:
        return sp.oo
    states = trajectory(pattern * 3, slope, kw, 1, 1)
    return states[-1][0] if at_one == 0 and states[-1] == states[len(pattern)] else None


def repeated_patterns(law: Evaluate) -> Finding:
    """Patterns of one to four widths between 2 and 12, repeated for ever: p(1) < 0, exactly."""
    patterns = [(2,), (12,), (2, 3), (7, 2, 2), (2, 12, 3, 5)]
    return prove.truth(
        (
            (
                f"widths {pattern} repeated, a = {slope}, kappa_w = {kw}",
                law(pattern=pattern, slope=slope, weight_kurtosis=kw, input_kurtosis=k_0)
                == true_limit(pattern, slope, kw),
            )
            for pattern, slope, kw, k_0 in itertools.product(
                patterns, SLOPES, WEIGHT_KURTOSES, (1, 7)
            )
        ),
        predicted="kappa_d -> infinity",
        found="a root of the product's characteristic polynomial above 1",
    )


def cone(law: Evaluate) -> Finding:
    """Any sequence of widths in [2, w_max]: the cone rho >= rho_low, layer after layer.

    kappa_w <= 3: rho_low = 3 - 3r(3 - kappa_w)/(3r + 1), the image of rho = 3 at w = 2.
    kappa_w >= 3: rho_low = 3. Polynomials are shifted to the corner of their domain; where all
    coefficients are >= 0 they are >= 0 on it.
    """
    u, s, t, v = sp.symbols("u s t v", nonnegative=True)
    rho = sp.Symbol("rho", positive=True)
    low = 3 - 3 * r * (3 - kappa_w) / (3 * r + 1)
    light = {w: 2 + u, r: 1 + s, rho: 3 / (1 + v)}  # rho in (0, 3]

    def nonnegative(expression: Any) -> bool:
        top, bottom = sp.fraction(sp.cancel(sp.together(expression)))
        signs = [all(c >= 0 for c in sp.Poly(e, u, s, t, v).coeffs()) for e in (top, bottom)]
        flipped = [all(c <= 0 for c in sp.Poly(e, u, s, t, v).coeffs()) for e in (top, bottom)]
        return all(signs) or all(flipped)

    image = next_ratio(rho, w, r, kappa_w)
    small = {kappa_w: 3 - 2 / (1 + t)}  # kappa_w in [1, 3)
    steps = (
        ("kappa_w <= 3: rho <= 3 is mapped above rho_low",
         nonnegative((image - low).subs(light).subs(small))),
        ("kappa_w <= 3: every rho is mapped to 3 or below",
         nonnegative((3 - image).subs({w: 2 + u, r: 1 + s, rho: v}).subs(small))),
        ("kappa_w <= 3: r rho_low - 1 = (3 r^2 kappa_w - 1)/(3r + 1) > 0",
         prove.is_zero(r * low - 1 - (3 * r**2 * kappa_w - 1) / (3 * r + 1))),
        ("kappa_w >= 3: every rho is mapped to 3 or above",
         nonnegative((image - 3).subs({kappa_w: 3 + t, w: 2 + u, r: 1 + s, rho: v}))),
        ("m' = m (1 + (r rho - 1)/w) grows by 1 + (r rho_low - 1)/w_max or more",
         bool(sp.diff(1 + (r * rho - 1) / w, rho).is_positive)),
        *(
            (f"the law at widths ({n}, 2), a = {slope}, kappa_w = {kw}",
             law(pattern=(n, 2), slope=slope, weight_kurtosis=kw, input_kurtosis=1) == sp.oo)
            for n, slope, kw in ((2, 1, 1), (50, 0, 1), (3, 0, 30))
        ),
    )  # fmt: skip
    return prove.truth(
        steps,
        predicted="kappa_d -> infinity",
        found="m_d >= m_2 (1 + (r rho_low - 1)/w_max)^(d - 2), kappa_d >= rho_low m_d",
    )


def width_one(law: Evaluate) -> Finding:
    """Width 1 throughout, |a| = 1, +-1 weights: |y| never changes, and neither does kurtosis."""
    value = law(pattern=(1,), slope=1, weight_kurtosis=1, input_kurtosis=1)
    found = true_limit((1,), Fraction(1), Fraction(1))
    return Finding(value == found, str(value), str(found), "widths 1, 1, 1, ...")


# --- growth per pass -------------------------------------------------------------------------


@functools.cache
def iterated(pattern: tuple[int, ...], slope: Fraction, kw: Fraction) -> Any:
    """kappa after 41 passes over kappa after 40, from the recursion, to 25 digits."""
    with mpmath.workdps(60):
        aniso = mpmath.mpf(sp.N(anisotropy(slope), 60))
        weight = mpmath.mpf(kw.numerator) / kw.denominator
        kurt, pair, before = mpmath.mpf(3), mpmath.mpf(1), mpmath.mpf(0)
        for _ in range(41):
            before = kurt
            for width in pattern:
                p, q = aniso * kurt / width, (1 - mpmath.mpf(1) / width) * pair
                kurt, pair = weight * p + 3 * q, p + q
        return kurt / before


ORDERS = (
    ((2, 3, 2, 3), Fraction(0), Fraction(1)),
    ((2, 2, 3, 3), Fraction(0), Fraction(1)),
    ((2, 8, 2, 8), Fraction(0), Fraction(1)),
    ((4, 9), Fraction(1, 2), Fraction(6)),
    ((3, 5, 7), Fraction(-1), Fraction(3)),
)


def by_iteration(law: Evaluate) -> Finding:
    """The recursion itself, 41 passes, in the order in which the layers come."""
    return prove.close(
        (
            (
                f"widths {pattern}, a = {slope}, kappa_w = {kw}",
                law(pattern=pattern, slope=slope, weight_kurtosis=kw),
                iterated(pattern, slope, kw),
            )
            for pattern, slope, kw in ORDERS
        ),
        digits=20,
    )


# --- the step of the proof -------------------------------------------------------------------


def _against_order(patterns: Any) -> Callable[[Evaluate], Finding]:
    def check(law: Evaluate) -> Finding:
        return prove.close(
            (
                (
                    f"widths {pattern}, a = {slope}, kappa_w = {kw}",
                    law(pattern=pattern, slope=slope, weight_kurtosis=kw),
                    growth(pattern, slope, kw),
                )
                for pattern, slope, kw in patterns
            ),
            digits=20,
        )

    return check


def four_factors(law: Evaluate) -> Finding:
    """A B A B against A A B B, explicit matrices; and tr ABAB - tr AABB for all parameters."""
    first, second = sp.symbols("w_A w_B", positive=True)
    one, two = block(first, r, kappa_w), block(second, r, kappa_w)
    gap = (one * two * one * two).trace() - (one * one * two * two).trace()
    claimed = 3 * r**2 * (3 - kappa_w) * (1 / first - 1 / second) ** 2
    if prove.is_zero(sp.cancel(sp.together(gap - claimed))) is not True:
        return Finding(None, "", "", "the trace identity could not be reduced")
    narrow, wide = block(2, 2, 1), block(3, 2, 1)  # ReLU, +-1 weights
    in_order, sorted_by_width = narrow * wide * narrow * wide, narrow**2 * wide**2
    value = law(pattern=(3, 2, 3, 2), slope=0, weight_kurtosis=1)
    found = max(in_order.eigenvals(multiple=True), key=sp.N)
    with mpmath.workdps(25):
        return Finding(
            bool(prove.is_zero(value - found)),
            str(sp.N(value, 10)),
            str(sp.N(found, 10)),
            f"traces {in_order.trace()} and {sorted_by_width.trace()}, equal determinants",
            (
                "tr ABAB - tr AABB = 3 r^2 (3 - kappa_w)(1/w_A - 1/w_B)^2 for all r, kappa_w, w",
                f"A = {narrow.tolist()}, B = {wide.tolist()}",
                f"A B A B = {in_order.tolist()}",
                f"A A B B = {sorted_by_width.tolist()}",
            ),
        )


def three_factors(law: Evaluate) -> Finding:
    """tr ABC = tr ACB for all widths: the blocks lie on a line, so three may be rearranged."""
    a_, b_, c_ = (block(n, r, kappa_w) for n in sp.symbols("w_A w_B w_C", positive=True))
    gap = (a_ * b_ * c_ - a_ * c_ * b_).trace()
    if prove.is_zero(sp.cancel(sp.together(gap))) is not True:
        return Finding(None, "", "", "the trace identity could not be reduced")
    cases = [((5, 3, 2), 0, 1), ((7, 2, 4), Fraction(1, 2), 8), ((2, 3, 2), -1, 1)]
    return _against_order(cases)(law)


# --- the claim -------------------------------------------------------------------------------


CLAIM = Claim(
    id="vev.thm4.7",
    title="kurtosis grows to infinity with depth at bounded width",
    source=PAPER.at(
        "Theorem 4.7",
        "in any He-initialised network with widths between 2 and some w_max the kurtosis of the "
        "output grows to infinity with depth, for any He random input",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                sp.Limit(sp.Function("kappa")(sp.Symbol("d")), sp.Symbol("d"), sp.oo),
                sp.oo,
                evaluate=False,
            ),
            parameters=(PATTERN, SLOPE, WEIGHT_KURTOSIS, INPUT_KURTOSIS),
            words="limit of the kurtosis of one unit as the pattern of widths is repeated for ever",
            evaluate=lambda pattern, slope, weight_kurtosis, input_kurtosis: sp.oo,
            mutants=(
                Mutant(
                    "bounded for +-1 weights and |a| = 1",
                    lambda pattern, slope, weight_kurtosis, input_kurtosis: (
                        sp.Integer(3) if weight_kurtosis == 1 and abs(slope) == 1 else sp.oo
                    ),
                ),
                Mutant(
                    "bounded for kappa_w < 3",
                    lambda pattern, slope, weight_kurtosis, input_kurtosis: (
                        sp.oo if weight_kurtosis >= 3 else sp.Integer(3)
                    ),
                ),
                Mutant(
                    "bounded in wide layers",
                    lambda pattern, slope, weight_kurtosis, input_kurtosis: (
                        sp.oo if min(pattern) < 10 else sp.sympify(input_kurtosis)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="growth per pass",
            formula=sp.Eq(
                sp.Limit(
                    sp.Function("kappa")(sp.Symbol("d") + sp.Symbol("p"))
                    / sp.Function("kappa")(sp.Symbol("d")),
                    sp.Symbol("d"),
                    sp.oo,
                ),
                LARGEST(C * B * A),
                evaluate=False,
            ),
            parameters=(PATTERN, SLOPE, WEIGHT_KURTOSIS),
            words="factor of the kurtosis per pass of p layers (here A, B, C), in their order",
            evaluate=growth,
            mutants=(
                Mutant("order of the layers ignored", reordered),
                Mutant(
                    "product of the layers' eigenvalues",
                    lambda pattern, slope, weight_kurtosis: sp.prod(
                        [growth((n,), slope, weight_kurtosis) for n in pattern]
                    ),
                ),
            ),
        ),
        Law(
            role="proof-step",
            name="reordered",
            formula=sp.Eq(LARGEST(A * B * A * B), LARGEST(A**2 * B**2), evaluate=False),
            parameters=(PATTERN, SLOPE, WEIGHT_KURTOSIS),
            words="lambda_max of a product after its factors are sorted by width",
            evaluate=reordered,
            mutants=(
                Mutant(
                    "each width once",
                    lambda pattern, slope, weight_kurtosis: growth(
                        tuple(sorted(set(pattern))), slope, weight_kurtosis
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("all widths are at least 2", lambda p: min(p.get("pattern", (2,))) >= 2),
        IID_WEIGHTS,
    ),
    expected="holds",
    because=(
        "The ratio kappa/m stays in a cone in which every layer multiplies m by at least "
        "1 + (r rho_low - 1)/w_max > 1. The document's own proof is invalid: it rearranges a "
        "product of matrices that do not commute."
    ),
    proofs=(
        Proof("cone", "symbolic", "an invariant cone, for every sequence of widths >= 2", cone),
        Proof(
            "repeated patterns",
            "exact",
            "the characteristic polynomial of a pass is negative at 1, in rationals",
            repeated_patterns,
        ),
        Proof(
            "width 1",
            "exact",
            "widths 1, |a| = 1, +-1 weights: what the assumption w >= 2 excludes",
            width_one,
            point={"pattern": (1,), "slope": 1, "weight_kurtosis": 1},
        ),
        Proof(
            "passes",
            "numeric",
            "the recursion over 41 passes, to 20 digits",
            by_iteration,
            law="growth per pass",
        ),
        Proof(
            "four factors",
            "exact",
            "ReLU, +-1 weights, widths 2 and 3: A B A B and A A B B have different traces",
            four_factors,
            law="reordered",
            point={"pattern": (3, 2, 3, 2), "weight_kurtosis": 1},
        ),
        Proof(
            "three factors",
            "numeric",
            "tr ABC = tr ACB for all widths; rearranged products of three in numbers",
            three_factors,
            law="reordered",
        ),
        Proof(
            "kappa_w = 3",
            "numeric",
            "with Gaussian weights every order gives the same",
            _against_order([((2, 3, 2, 3), 0, 3), ((9, 2, 4, 2, 9), Fraction(1, 2), 3)]),
            law="reordered",
        ),
    ),
    probes=tuple(
        Probe(
            name=f"widths 48, {width}",
            experiment="moment_growth",
            setup=he_setup((48, width, 48), 0, "gaussian", 3, extra={"lag": 2}),
            at={"pattern": (48, width), "slope": 0, "weight_kurtosis": 3},
            estimand=GROWTH,
            laws=("growth per pass", "reordered"),
            why="exact from the first pass on at kappa_w = 3, where the order does not matter",
            curve="second width",
            x=width,
            tiers=TIERS if width < 64 else LATER,
        )
        for width in (48, 64, 96)
    ),
    curves=(
        Curve(
            "second width",
            "Growth of kurtosis over two layers, He-ReLU, Gaussian weights, widths 48, n",
            "width n",
            "kurtosis after / before",
            (24, 32, 40, 48, 56, 64, 80, 96),
            lambda x: {"pattern": (48, int(x)), "slope": 0, "weight_kurtosis": 3},
            laws=("growth per pass",),
        ),
        Curve(
            "orders",
            "Growth of kurtosis over four layers, He-ReLU, +-1 weights, widths 2, n, 2, n",
            "width n",
            "kurtosis after / before",
            (2, 3, 4, 5, 6, 7, 8, 9, 10),
            lambda x: {"pattern": (2, int(x)) * 2, "slope": 0, "weight_kurtosis": 1},
            laws=("growth per pass", "reordered"),
        ),
    ),
    remark=(
        "Proof invalid: lambda_max(M1 M2) = lambda_max(M2 M1) allows cyclic shifts of a product, "
        "not the rearrangement by width that the proof makes. Here three factors may be "
        "rearranged, four may not: tr ABAB - tr AABB = 3 r^2 (3 - kappa_w)(1/w_A - 1/w_B)^2. "
        "Slips: c_0 >= -sigma^4 is written with E[y]^2 for E[y^2]; 'c_1 > ...' should be '>='. "
        "Finite kappa_0 and kappa_w are no loss: otherwise kappa_d is infinite at once."
    ),
    see=("vev.thm4.7.sharp", "vev.lemma4.5", "vev.ratio_map"),
)
