"""How fast kurtosis must grow, and exactly when it grows without bound: Theorem 4.7 sharpened.

    vev.thm4.7.sharp   two-sided bounds; kappa_d -> infinity iff sum 1/w_l = infinity

After every layer rho = kappa/m is a weighted mean of kappa_w and 3, so k_- <= rho <= k_+ with
k_- = min(kappa_w, 3) and k_+ = max(kappa_w, 3); and each layer multiplies m by
1 + (r rho - 1)/w_l. Neither an upper bound on the widths nor w >= 2 is needed.
"""

from __future__ import annotations

import functools
import random
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Bounds,
    Claim,
    Curve,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    stated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, WIDTH, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.lem45_eigenvalue import r
from theory.vanishing_variance.probes import (
    INPUT_EXISTS,
    INPUT_KURTOSIS,
    INPUT_PAIR,
    SIGN_SYMMETRIC,
    WIDTHS_READ,
    kurtosis_probe,
)
from theory.vanishing_variance.ratio_map import next_ratio
from theory.vanishing_variance.recursion import anisotropy, step
from theory.vanishing_variance.width_sequences import (
    FIRST,
    POWER,
    comparison,
    diverges,
    first_pair,
    l_index,
    linear,
    linear_widths,
    squares,
    squares_limit,
)

rho = sp.Symbol("rho", positive=True)
m_1, low_k, high_k = sp.symbols("m_1 k_- k_+", positive=True)
depth = sp.Symbol("d", integer=True)
LIMIT = sp.Limit(sp.Function("kappa")(depth), depth, sp.oo)


def _bounds(low: Any, high: Any, lag: int, widths: Any, slope: Any, **inputs: Any) -> Bounds:
    aniso, start = anisotropy(slope), first_pair(widths[0], slope, **inputs)

    def product(k: Any) -> Any:
        return k * start * sp.prod([1 + (aniso * k - lag) / sp.Integer(n) for n in widths[1:]])

    return Bounds(product(low), product(high))


def between(weight_kurtosis: Any, **v: Any) -> Bounds:
    """k_- m_1 prod (1 + (r k_- - 1)/w_l) <= kappa_d <= the same with k_+; l = 1..d-1. Exact.

    >>> between(3, widths=(5, 5), slope=0, input_kurtosis=3, input_pair=1)
    Bounds(low=12, high=12)
    """
    kw, three = sp.sympify(weight_kurtosis), sp.Integer(3)
    return _bounds(min(kw, three), max(kw, three), 1, **v)


def ratio_between(width: Any, slope: Any, weight_kurtosis: Any) -> Bounds:
    """Bounds of kappa_l/m_l, l >= 2, after a layer that reads `width` units; exact.

    kappa_w <= 3: from 3 - 3r(3 - kappa_w)/(3r + w - 1) to 3; kappa_w >= 3: from 3 to
    3 + (kappa_w - 3) r kappa_w/(r kappa_w + w - 1). The far ends are reached from rho = k_+.

    >>> ratio_between(2, 1, 1)
    Bounds(low=3/2, high=3)
    """
    kw, three = sp.sympify(weight_kurtosis), sp.Integer(3)
    image = next_ratio(max(kw, three), sp.sympify(width), anisotropy(slope), kw)
    return Bounds(min(image, three), max(image, three))


# --- proofs: the bounds ----------------------------------------------------------------------


@functools.cache
def trajectories() -> tuple[tuple[dict[str, Any], tuple[Fraction, ...], tuple[Fraction, ...]], ...]:
    """300 random width sequences: (arguments, kappa_l, rho_l for l = 0..d), in fractions.

    The recursion is written out once more, so that a slip in one copy shows.
    """
    draw = random.Random(47)
    found = []
    for _ in range(300):
        widths = tuple(draw.randint(1, 15) for _ in range(draw.randint(1, 8)))
        slope = draw.choice([Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(3)])
        kw = draw.choice([Fraction(1), Fraction(9, 5), Fraction(3), Fraction(7)])
        kurt, pair = 1 + Fraction(draw.randint(0, 20), 4), Fraction(draw.randint(1, 12), 4)
        point = {
            "widths": widths,
            "slope": slope,
            "weight_kurtosis": kw,
            "input_kurtosis": kurt,
            "input_pair": pair,
        }
        aniso = 2 * (slope**4 + 1) / (slope**2 + 1) ** 2
        kurtoses, ratios = [kurt], [kurt / pair]
        for n in widths:
            p, q = aniso * kurt / n, (1 - Fraction(1, n)) * pair
            kurt, pair = kw * p + 3 * q, p + q
            kurtoses.append(kurt)
            ratios.append(kurt / pair)
        found.append((point, tuple(kurtoses), tuple(ratios)))
    return tuple(found)


def _inside(bounds: Bounds, value: Any) -> bool:
    exact = sp.sympify(value)
    return bool(bounds.low <= exact) and bool(exact <= bounds.high)


def random_trajectories(law: Evaluate) -> Finding:
    """300 exact trajectories stay inside; at kappa_w = 3 both bounds are the value."""
    facts = []
    for point, kurtoses, _ in trajectories():
        bounds, label = law(**point), f"widths {point['widths']}, a = {point['slope']}"
        facts.append(
            (
                f"{label}, kappa_w = {point['weight_kurtosis']}: inside",
                _inside(bounds, kurtoses[-1]),
            )
        )
        if point["weight_kurtosis"] == 3:
            tight = bounds.low == bounds.high == sp.sympify(kurtoses[-1])
            facts.append((f"{label}, kappa_w = 3: no slack", bool(tight)))
    return prove.truth(
        facts, predicted="low <= kappa_d <= high", found="300 exact rational trajectories"
    )  # fmt: skip


def ratios_inside(law: Evaluate) -> Finding:
    """rho_l of the same trajectories for l >= 2, and the bound reached from rho = k_+."""
    facts = []
    for point, _, ratios in trajectories():
        slope, kw = point["slope"], point["weight_kurtosis"]
        for width, ratio in zip(point["widths"][1:], ratios[2:], strict=True):
            bounds = law(width=width, slope=slope, weight_kurtosis=kw)
            facts.append((f"w = {width}, a = {slope}, kappa_w = {kw}", _inside(bounds, ratio)))
    for width, slope, kw in ((2, 0, 1), (9, 1, 1), (4, Fraction(1, 2), 7)):
        start = max(kw, 3)  # rho_0 = k_+
        kurt, pair = step((start, 1), sp.Integer(width), anisotropy(slope), sp.sympify(kw))
        bounds = law(width=width, slope=slope, weight_kurtosis=kw)
        reached = kurt / pair == (bounds.low if kw < 3 else bounds.high)
        facts.append((f"reached at w = {width}, a = {slope}, kappa_w = {kw}", bool(reached)))
    return prove.truth(facts, predicted="low <= rho_l <= high", found="exact rational trajectories")


def weighted_mean(law: Evaluate) -> Finding:
    """The map in sympy: where rho' lies, how it depends on rho, and what m is multiplied by."""
    pair = step((rho, sp.Integer(1)), w, r, kappa_w)[1]
    image = next_ratio(rho, w, r, kappa_w)
    lone = image.subs({r: 1, kappa_w: 1})
    at = {"slope": sp.Rational(1, 2), "input_kurtosis": 5, "input_pair": 2}
    aniso = anisotropy(at["slope"])
    start = first_pair(4, **at)
    bounds = law(widths=(4, 7), weight_kurtosis=8, **at)
    share = r * rho / (r * rho + w - 1)  # in [0, 1]
    differences = (
        ("rho' = share kappa_w + (1 - share) 3", image - share * kappa_w - (1 - share) * 3),
        ("rho' - kappa_w", image - kappa_w - (3 - kappa_w) * (w - 1) / (r * rho + w - 1)),
        ("d rho'/d rho has the sign of kappa_w - 3",
         sp.diff(image, rho) - (kappa_w - 3) * r * (w - 1) / (r * rho + w - 1) ** 2),
        ("m'/m", pair - 1 - (r * rho - 1) / w),
        ("r = 1, kappa_w = 1: rho' - 1", lone - 1 - 2 * (w - 1) / (w + rho - 1)),
        ("the law's low end at widths (4, 7), kappa_w = 8",
         bounds.low - 3 * start * (1 + (3 * aniso - 1) / 7)),
        ("its high end", bounds.high - 8 * start * (1 + (8 * aniso - 1) / 7)),
    )  # fmt: skip
    return prove.identities(
        [(name, sp.cancel(sp.together(difference))) for name, difference in differences],
        predicted="k_- <= rho_l <= k_+ for l >= 1, and m' = m (1 + (r rho - 1)/w)",
        found="the recursion, for all r, kappa_w, rho, w",
    )


# --- the claim -------------------------------------------------------------------------------


def _growing(size: Any) -> tuple[int, ...]:
    """Widths 48, 56, 64, ...: sum 1/w_l diverges slowly."""
    return tuple(48 + 8 * i for i in range(int(size)))


CLAIM = Claim(
    id="vev.thm4.7.sharp",
    title="kurtosis grows without bound iff sum 1/w_l does; two-sided bounds at every depth",
    source=PAPER.at(
        "sharpens Theorem 4.7",
        "not in the document: two-sided bounds, and the condition that is necessary as well",
    ),
    kind="bound",
    laws=(
        Law(
            role="sharper",
            name="bounds",
            formula=sp.Ge(
                sp.Symbol("kappa_d"),
                low_k
                * m_1
                * sp.Product(
                    1 + (r * low_k - 1) / sp.IndexedBase("w")[l_index], (l_index, 1, depth - 1)
                ),
            ),
            parameters=(WIDTHS_READ, SLOPE, WEIGHT_KURTOSIS, INPUT_KURTOSIS, INPUT_PAIR),
            words="and at most the same with k_+; k_- = min(kappa_w, 3), k_+ = max(kappa_w, 3)",
            evaluate=between,
            mutants=(
                Mutant(
                    "k_- and k_+ swapped",
                    lambda **v: Bounds(between(**v).high, between(**v).low),
                ),
                Mutant(
                    "r k for r k - 1",
                    lambda weight_kurtosis, **v: _bounds(
                        min(sp.sympify(weight_kurtosis), sp.Integer(3)),
                        max(sp.sympify(weight_kurtosis), sp.Integer(3)),
                        0,
                        **v,
                    ),
                ),
                Mutant("no bound at all", lambda **v: Bounds(0, sp.oo)),
            ),
        ),
        Law(
            role="sharper",
            name="ratio",
            formula=sp.Ge(
                sp.Symbol("rho_l"),
                3 - 3 * r * (3 - kappa_w) / (3 * r + sp.Symbol("w_{l-1}") - 1),
            ),
            parameters=(WIDTH, SLOPE, WEIGHT_KURTOSIS),
            words="for l >= 2 and kappa_w <= 3 (then rho_l <= 3); kappa_w >= 3 mirrors it",
            evaluate=ratio_between,
            mutants=(
                Mutant(
                    "r for 3r",
                    lambda width, slope, weight_kurtosis: Bounds(
                        3
                        - anisotropy(slope)
                        * (3 - sp.sympify(weight_kurtosis))
                        / (anisotropy(slope) + width - 1),
                        ratio_between(width, slope, weight_kurtosis).high,
                    ),
                ),
                Mutant(
                    "w for w - 1",
                    lambda width, slope, weight_kurtosis: ratio_between(
                        width + 1, slope, weight_kurtosis
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="criterion",
            formula=sp.Equivalent(
                sp.Eq(LIMIT, sp.oo, evaluate=False),
                sp.Eq(
                    sp.Sum(1 / sp.IndexedBase("w")[l_index], (l_index, 1, sp.oo)),
                    sp.oo,
                    evaluate=False,
                ),
            ),
            parameters=(POWER, SLOPE, WEIGHT_KURTOSIS),
            words="1 if kurtosis diverges along widths l^p, 0 if it has a finite limit",
            evaluate=diverges,
            mutants=(
                Mutant("always", lambda power, slope, weight_kurtosis: 1),
                Mutant(
                    "bounded widths only", lambda power, slope, weight_kurtosis: int(power == 0)
                ),
                Mutant(
                    "width 1 no exception", lambda power, slope, weight_kurtosis: int(power <= 1)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="widths l^2",
            formula=sp.Eq(
                LIMIT,
                3 * m_1 * sp.sinh(sp.pi * sp.sqrt(3 * r - 1)) / (sp.pi * sp.sqrt(3 * r - 1)),
            ),
            parameters=(FIRST, SLOPE, INPUT_KURTOSIS, INPUT_PAIR),
            words="a finite limit at kappa_w = 3: widths w_0, 1, 4, 9, ...",
            evaluate=squares_limit,
            mutants=(
                Mutant(
                    "3r for 3r - 1",
                    lambda first_width, slope, **v: (
                        3
                        * first_pair(first_width, slope, **v)
                        * sp.sinh(sp.pi * sp.sqrt(3 * anisotropy(slope)))
                        / (sp.pi * sp.sqrt(3 * anisotropy(slope)))
                    ),
                ),
                Mutant("infinite", lambda **v: sp.oo),
            ),
        ),
        Law(
            role="sharper",
            name="widths l",
            formula=sp.Eq(
                sp.Symbol("kappa_d"),
                3 * m_1 * sp.gamma(depth + 3 * r - 1) / (sp.gamma(depth) * sp.gamma(3 * r)),
            ),
            parameters=(
                Parameter("layers", Integers(1), "d, number of layers"),
                FIRST,
                SLOPE,
                INPUT_KURTOSIS,
                INPUT_PAIR,
            ),
            words="polynomial growth d^(3r - 1) at kappa_w = 3: widths w_0, 1, 2, ..., d - 1",
            evaluate=linear_widths,
            mutants=(
                Mutant(
                    "one layer more",
                    lambda layers, **v: linear_widths(layers + 1, **v),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("weights iid and symmetric, kappa_w finite", lambda p: p.get("weights") != "haar"),
        INPUT_EXISTS,
        SIGN_SYMMETRIC,
    ),
    expected="holds",
    because=(
        "rho = kappa/m is a weighted mean of kappa_w and 3, so every layer multiplies m by a "
        "factor between 1 + (r k_- - 1)/w and 1 + (r k_+ - 1)/w: the products diverge with "
        "sum 1/w_l."
    ),
    proofs=(
        Proof("weighted mean", "symbolic", "the cone in sympy", weighted_mean, law="bounds"),
        Proof(
            "trajectories",
            "exact",
            "300 random exact trajectories, widths down to 1",
            random_trajectories,
            law="bounds",
        ),
        Proof(
            "ratios",
            "exact",
            "rho_l of 300 random exact trajectories, and where the bound is reached",
            ratios_inside,
            law="ratio",
        ),
        Proof(
            "comparison",
            "numeric",
            "convergence of sum l^-p, against the recursion over 8000 layers",
            comparison,
            law="criterion",
        ),
        Proof("Euler product", "numeric", "mpmath and the recursion", squares, law="widths l^2"),
        Proof("Gamma ratio", "exact", "the recursion in rationals", linear, law="widths l"),
    ),
    probes=(
        *(
            kurtosis_probe(
                f"depth {d}",
                _growing(d),
                0,
                ("uniform", sp.Rational(9, 5)),
                laws=("bounds",),
                why="growing widths, weights of kurtosis 9/5",
                curve="growing",
                x=d,
                tiers=TIERS if d < 2 else LATER,
            )
            for d in (1, 2)
        ),
        kurtosis_probe(
            "sparse weights",
            (32,),
            0,
            ("three_point", 4),
            laws=("bounds",),
            why="kappa_w above 3",
        ),
    ),
    curves=(
        Curve(
            "growing",
            "Bounds of the kurtosis, He-ReLU, uniform weights, widths 48, 56, 64, ...",
            "depth",
            "kurtosis",
            range(1, 11),
            lambda x: {
                "widths": _growing(x),
                "slope": 0,
                "weight_kurtosis": sp.Rational(9, 5),
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            laws=("bounds",),
            log_y=True,
        ),
    ),
    remark=(
        "Each factor exceeds 1 unless |a| = 1 and kappa_w = 1. There rho' - 1 = "
        "2 (w - 1)/(w + rho - 1), so rho >= 3/2 from layer 2 on at widths >= 2, and in general "
        "the criterion is sum (1 - 1/w_{l-1})/w_l = infinity: only widths 1 add nothing."
    ),
    see=("vev.thm4.7", "vev.ratio_map", "vev.closed_gauss"),
)
