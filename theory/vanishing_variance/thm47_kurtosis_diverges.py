"""Kurtosis grows without bound: Theorem 4.7, its invalid proof step, and the sharp criterion.

    vev.thm4.7        kappa_d -> infinity at bounded widths >= 2: true, the printed proof is not
    vev.thm4.7.sharp  two-sided bounds; kappa_d -> infinity iff sum 1/w_l diverges

The printed proof reorders a product of different matrices because lambda_max(AB) = lambda_max(BA).
That allows cyclic shifts only. In (kappa, m) the map of a layer that reads w units is the 2 x 2
block [[r kappa_w/w, 3(1 - 1/w)], [r/w, 1 - 1/w]], and already ABAB and AABB have different
eigenvalues. What repairs the theorem is a cone: rho = kappa/m is a weighted mean of kappa_w and 3
after every layer, so m is multiplied by at least 1 + (r min(kappa_w, 3) - 1)/w.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    Bounds,
    Claim,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    relative,
    stated,
    unstated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.prop43_kurtosis import KURTOSIS, anisotropy, trajectory

r, kw, wa, wb, rho_s = sp.symbols("r kappa_w w_A w_B rho", positive=True)
rho_next, d = sp.Symbol("rho_{l+1}"), sp.Symbol("d", positive=True, integer=True)

PARAMETERS = (
    Parameter(
        "widths", Tuples(Integers(1), 2), "widths that are read: w_0, ..., w_{d-1}; the last is not"
    ),
    SLOPE,
    WEIGHT_KURTOSIS,
    Parameter("input_kurtosis", Reals(1), "kappa_0 of the input entries"),
    Parameter("input_pair", Reals(0), "m_0 = E x_i^2 x_j^2 / sigma^4, i != j"),
)
STEP_PARAMETERS = (
    Parameter("first", Integers(1), "width of layer A", wa),
    Parameter("second", Integers(1), "width of layer B", wb),
    SLOPE,
    WEIGHT_KURTOSIS,
)


def block(width: Any, r_value: Any, weight_kurtosis: Any) -> sp.Matrix:
    """The map (kappa, m) -> (kappa', m') of a layer that reads `width` units.

    >>> block(2, 2, 1)
    Matrix([
    [1, 3/2],
    [1, 1/2]])
    """
    n = sp.sympify(width)
    return sp.Matrix([[r_value * weight_kurtosis / n, 3 * (1 - 1 / n)], [r_value / n, 1 - 1 / n]])


def largest_eigenvalue(matrix: sp.Matrix) -> sp.Expr:
    """Of a 2 x 2 matrix with real eigenvalues."""
    t, det = matrix.trace(), matrix.det()
    return (t + sp.sqrt(t**2 - 4 * det)) / 2


def cone(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, input_pair: Any
) -> Bounds:
    """Lower and upper bound of kappa_d: k m_1 prod_{l=1}^{d-1} (1 + (r k - 1)/w_l) at both k.

    k_- = min(kappa_w, 3) below, k_+ = max(kappa_w, 3) above. Exact inequalities for every d >= 1.

    >>> cone((2, 2), 0, 3, 3, 1)
    Bounds(low=147/4, high=147/4)
    """
    kurt = sp.sympify(prove.exact(weight_kurtosis))
    return _cone(widths, slope, sp.Min(kurt, 3), sp.Max(kurt, 3), input_kurtosis, input_pair)


def _cone(
    widths: Any, slope: Any, low: Any, high: Any, input_kurtosis: Any, input_pair: Any
) -> Bounds:
    r_value = anisotropy(slope)
    first = sp.Integer(widths[0])
    m = r_value * sp.sympify(prove.exact(input_kurtosis)) / first + (1 - 1 / first) * sp.sympify(
        prove.exact(input_pair)
    )
    below = above = m
    for width in widths[1:]:
        below *= 1 + (r_value * low - 1) / sp.Integer(width)
        above *= 1 + (r_value * high - 1) / sp.Integer(width)
    return Bounds(low * below, high * above)


def grown(**v: Any) -> Bounds:
    """What divergence asks of a finite depth: kappa_d at least the lower bound of the cone."""
    return Bounds(cone(**v).low, sp.oo)


def _swapped(**v: Any) -> Bounds:
    kurt = sp.sympify(prove.exact(v["weight_kurtosis"]))
    return _cone(
        v["widths"], v["slope"], sp.Max(kurt, 3), sp.Min(kurt, 3), v["input_kurtosis"],
        v["input_pair"],
    )  # fmt: skip


def _too_fast(**v: Any) -> Bounds:
    return Bounds(cone(**{**v, "weight_kurtosis": sp.sympify(v["weight_kurtosis"]) + 1}).low, sp.oo)


def _no_minus_one(**v: Any) -> Bounds:
    bounds = cone(**v)
    r_value, kurt = anisotropy(v["slope"]), sp.sympify(prove.exact(v["weight_kurtosis"]))
    low, high = bounds.low, bounds.high
    for width in v["widths"][1:]:
        low *= (1 + r_value * sp.Min(kurt, 3) / width) / (
            1 + (r_value * sp.Min(kurt, 3) - 1) / sp.Integer(width)
        )
    return Bounds(low, high)


# --- proofs ----------------------------------------------------------------------------------


def sequences() -> list[dict[str, Any]]:
    """Pre-registered random width sequences, slopes and weight kurtoses, as rationals."""
    source = random.Random(47)
    found = []
    for _ in range(60):
        depth = source.randrange(2, 12)
        found.append(
            {
                "widths": tuple(source.randrange(1, 12) for _ in range(depth)),
                "slope": source.choice([Fraction(0), Fraction(1, 4), Fraction(-1), Fraction(3)]),
                "weight_kurtosis": source.choice([Fraction(1), Fraction(9, 5), Fraction(3), 6]),
                "input_kurtosis": Fraction(source.randrange(2, 9), 2),
                "input_pair": Fraction(source.randrange(0, 5), 2),
            }
        )
    return found


def on_trajectories(law: Any) -> Finding:
    """Exact trajectories stay within the bounds, for widths down to 1 and any order."""
    facts = []
    for point in sequences():
        kappa = trajectory(**point)[-1][0]
        bounds = law(**point)
        inside = bool(bounds.low <= kappa) and bool(kappa <= bounds.high)
        facts.append((f"widths {point['widths']}, kappa_w = {point['weight_kurtosis']}", inside))
    return prove.truth(
        facts, predicted="low <= kappa_d <= high", found="exact rational trajectories"
    )


def invariant_cone(law: Any) -> Finding:
    """rho' is a weighted mean of kappa_w and 3; m'/m = 1 + (r rho - 1)/w; at one layer the law."""
    n = sp.Symbol("w", positive=True)
    m = (block(n, r, kw) * sp.Matrix([rho_s, 1]))[1]
    image = sp.Matrix([kw * r * rho_s / n + 3 * (1 - 1 / n), m])
    weight = (r * rho_s / n) / m
    differences = [
        ("m'/m", m - (1 + (r * rho_s - 1) / n)),
        ("rho' is a weighted mean", image[0] / image[1] - (weight * kw + (1 - weight) * 3)),
    ]
    lone = (image[0] / image[1]).subs({r: 1, kw: 1})  # the one case where the product is constant
    differences.append(("|a| = 1, kappa_w = 1: rho' - 1", lone - 1 - 2 * (n - 1) / (n + rho_s - 1)))
    point = {"slope": 0, "input_kurtosis": 3, "input_pair": 1, "weight_kurtosis": 3}
    for widths in ((4, 7), (3, 5, 2)):  # at kappa_w = 3 both bounds are the value
        value = trajectory(widths=widths, **point)[-1][0]
        differences.append((f"tight below at kappa_w = 3, widths {widths}",
                            law(widths=widths, **point).low - value))  # fmt: skip
    return prove.identities(
        differences,
        predicted="k_- <= rho <= k_+ and m' = m (1 + (r rho - 1)/w)",
        found="the recursion of Proposition 4.3",
        detail=(
            "the weight r rho/(r rho + w - 1) lies in [0, 1], so rho stays between kappa_w and 3;"
            " at |a| = 1 and kappa_w = 1, rho - 1 is positive from layer 1 on at widths >= 2"
        ),
    )


def criterion(law: Any) -> Finding:
    """The product converges iff sum 1/w_l does: w_l = l^2 has a finite limit, w_l = l has not."""
    gauss = {"slope": 0, "weight_kurtosis": 3, "input_kurtosis": 3, "input_pair": 1}

    def kappa(widths: tuple[int, ...]) -> Any:
        return sp.Rational(law(widths=widths, **gauss).low)

    squares = [kappa((1, *(n * n for n in range(1, size)))) for size in (41, 81)]
    limit = 18 * mpmath.sinh(mpmath.pi * mpmath.sqrt(5)) / (mpmath.pi * mpmath.sqrt(5))
    gaps = [1 - mpmath.mpf(sp.N(s, 30)) / limit for s in squares]
    linear = kappa((1, *range(1, 31)))
    gamma = 18 * sp.gamma(31 + 5) / (sp.gamma(31) * sp.gamma(6))
    return prove.truth(
        [
            ("w_l = l^2: below 18 sinh(pi sqrt 5)/(pi sqrt 5)", bool(gaps[0] > gaps[1] > 0)),
            ("w_l = l^2: the gap is halved when the depth doubles",
             bool(abs(gaps[0] / gaps[1] - 2) < mpmath.mpf("0.1"))),
            ("w_l = l: 18 Gamma(d+5)/(Gamma(d) Gamma(6)), no limit",
             bool(sp.simplify(linear - gamma) == 0)),
        ],
        predicted="kappa_d has a finite limit iff sum 1/w_l converges",
        found="Gaussian weights, widths l^2 and l",
        detail="from w_0 = 1, kappa_0 = 3, so that 3 m_1 = 18",
    )  # fmt: skip


def reordering(law: Any) -> Finding:
    """tr(ABAB) - tr(AABB) for symbolic widths, and +-1 weights at widths 2 and 3 in numbers."""
    a, b = block(wa, r, kw), block(wb, r, kw)
    difference = sp.factor(sp.expand((a * b * a * b).trace() - (a * a * b * b).trace()))
    formula = 3 * r**2 * (3 - kw) * (1 / wa - 1 / wb) ** 2
    if prove.is_zero(difference - formula) is not True:
        return Finding(None, "", str(difference), "the trace identity was not reduced")
    two, three = block(2, 2, 1), block(3, 2, 1)
    abab, aabb = two * three * two * three, two * two * three * three
    steps = (
        f"A (width 2) = {two.tolist()}, B (width 3) = {three.tolist()}",
        f"tr ABAB = {abab.trace()}, tr AABB = {aabb.trace()}",
        f"lambda_max(ABAB) = {sp.N(largest_eigenvalue(abab), 8)}",
        f"lambda_max(AABB) = {sp.N(largest_eigenvalue(aabb), 8)}",
        f"for all widths: tr ABAB - tr AABB = {formula}",
    )
    claimed = law(first=2, second=3, slope=0, weight_kurtosis=1)
    found = largest_eigenvalue(abab) - largest_eigenvalue(aabb)
    same = prove.is_zero(claimed - found)
    return Finding(
        same,
        f"{claimed}",
        f"{sp.N(found, 8)}",
        "ReLU, +-1 weights, widths 2 and 3: lambda_max(ABAB) - lambda_max(AABB)",
        steps,
    )


# --- claims ----------------------------------------------------------------------------------

HE_INPUT = stated("He-initialised, independent layers", lambda p: p.get("fan", "in") == "in")
WIDTHS_BOUNDED = stated(
    "widths between 2 and some w_max", lambda p: min(p.get("widths", (2,))) >= 2
)
SYMMETRIC = unstated(
    "the input is jointly sign-symmetric, or one starts at layer 1",
    lambda p: p.get("inputs") not in ("correlated_pair", "sign_product", "negative_sign_product"),
)


def _probe(name: str, widths: tuple[int, ...], weights: str, kurt: Any, law: str) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            "widths": (*widths, widths[-1]),
            "weights": weights,
            "gain": 2.0,
            "activation": "relu",
            "activate_input": True,
        },
        at={
            "widths": widths, "slope": 0, "weight_kurtosis": kurt, "input_kurtosis": 3,
            "input_pair": 1,
        },
        estimand=KURTOSIS,
        laws=(law,),
        margin=relative(0.03, "bounds: the interval may cross them by this", quick=0.1),
        why="the bounds hold for literal networks",
    )  # fmt: skip


PRODUCT_OF_BOUNDS = sp.Ge(
    sp.Symbol("kappa_d"),
    sp.Symbol("k_-")
    * sp.Symbol("m_1")
    * sp.Product(
        1 + (r * sp.Symbol("k_-") - 1) / sp.IndexedBase("w")[sp.Symbol("l")],
        (sp.Symbol("l"), 1, d - 1),
    ),
)

THM47 = Claim(
    id="vev.thm4.7",
    title="the kurtosis of the output grows to infinity with depth at bounded widths",
    source=PAPER.at(
        "Theorem 4.7",
        "for widths between 2 and some w_max the output kurtosis grows to infinity for any input",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=PRODUCT_OF_BOUNDS,
            parameters=PARAMETERS,
            words="kappa_d is at least a product that diverges with depth at bounded widths",
            evaluate=grown,
            mutants=(Mutant("kappa_w + 1 for kappa_w", _too_fast),),
        ),
        Law(
            role="proof-step",
            formula=sp.Eq(sp.Function("lambda_max")(sp.Symbol("ABAB"))
                - sp.Function("lambda_max")(sp.Symbol("AABB")), 0),
            parameters=STEP_PARAMETERS,
            words="the largest eigenvalue of a product does not depend on the order of its factors",
            evaluate=lambda **v: sp.Integer(0),
            mutants=(Mutant("AABB the larger", lambda **v: sp.Integer(-1)),),
        ),
    ),
    assumptions=(HE_INPUT, WIDTHS_BOUNDED),
    expected="holds",
    because=(
        "True: rho = kappa/m is a weighted mean of kappa_w and 3 after every layer, so each layer "
        "multiplies m by at least 1 + (r min(kappa_w, 3) - 1)/w. The printed proof is not valid."
    ),
    proofs=(
        Proof("cone", "symbolic", "the invariant cone of the recursion", invariant_cone),
        Proof(
            "trajectories",
            "exact",
            "60 random exact trajectories stay above the diverging product",
            on_trajectories,
        ),
        Proof("reordering", "exact", "the document's proof reorders a product of matrices",
              reordering, law="proof-step"),
    ),
    probes=(_probe("widths 32, 24", (32, 24), "rademacher", 1, "stated"),),
    remark=(
        "The proof uses lambda_max(M1 M2) = lambda_max(M2 M1) to sort a whole product. That allows "
        "cyclic shifts only: with +-1 weights and widths 2 and 3, ABAB and AABB have different "
        "eigenvalues. At kappa_w = 3 reordering is legitimate. At |a| = 1 and kappa_w = 1 the "
        "product is constant; there rho - 1 = 2 (w - 1)/(w + rho - 1) at the layer below gives "
        "factors 1 + (rho - 1)/w that are bounded away from 1 at widths between 2 and w_max."
    ),
    see=("vev.thm4.7.sharp", "vev.lemma4.5"),
)  # fmt: skip

SHARP = Claim(
    id="vev.thm4.7.sharp",
    title="kurtosis diverges iff sum 1/w_l does: two-sided bounds without bounded widths",
    source=PAPER.at(
        "sharpens Theorem 4.7", "not in the document: two-sided bounds and a necessary condition"
    ),
    kind="bound",
    laws=(
        Law(
            role="sharper",
            formula=PRODUCT_OF_BOUNDS,
            parameters=PARAMETERS,
            words=(
                "k_- m_1 prod (1 + (r k_- - 1)/w_l) <= kappa_d, and <= the same with k_+;"
                " k_- = min(kappa_w, 3), k_+ = max(kappa_w, 3)"
            ),
            evaluate=cone,
            mutants=(
                Mutant("k_- and k_+ swapped", _swapped),
                Mutant("r k for r k - 1 below", _no_minus_one),
            ),
        ),
    ),
    assumptions=(HE_INPUT, SYMMETRIC),
    expected="holds",
    because=(
        "Both bounds are products of 1 + c/w_l with c > 0 unless |a| = 1 and kappa_w = 1, so they "
        "diverge together with sum 1/w_l: bounded widths are sufficient and not needed."
    ),
    proofs=(
        Proof("cone", "symbolic", "rho stays between kappa_w and 3", invariant_cone, law="sharper"),
        Proof("trajectories", "exact", "60 random exact trajectories obey both bounds",
              on_trajectories, law="sharper"),
        Proof("criterion", "exact", "widths l^2 and l: a finite limit and none", criterion,
              law="sharper"),
    ),
    probes=(
        _probe("widths 32, 24", (32, 24), "rademacher", 1, "sharper"),
        _probe("uniform, 24, 48", (24, 48), "uniform", sp.Rational(9, 5), "sharper"),
    ),
)  # fmt: skip
