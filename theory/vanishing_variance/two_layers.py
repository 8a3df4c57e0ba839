"""At |a| = 1 one layer of +-1 weights may keep ||y||; two layers contract. Laws of vev.conv_prob.

Three layers of widths w_0, w_1, w_2; N_l = ||y^(l)||^2/w_l, u = y^(0)/||y^(0)||, q = sum u_j^4,
rows s of weights divided by their deviation. At |a| = 1 N_1/N_0 is the mean over w_1 rows of
(s.u)^2, of mean 1, whatever the signs in phi(y) (symmetric weights), and

    Var(N_1/N_0 | u) = ((kappa_w - 1) q + 2 (1 - q))/w_1

has two terms >= 0: N_1/N_0 is constant only for +-1 weights and u = +-e_k, and the layer after it
reads +-1s, whose q is 1/w_1. In numbers, for |s| <= B: X = N_2/N_1 <= B^2 w_1, so 1 - E sqrt X =
E (1-X)^2/(2 (1+sqrt X)^2) >= (1 - q_1)/(w_2 (1 + B sqrt w_1)^2), q_1 that of y^(1); and with
Y = N_1/N_0 <= B^2 w_0, sqrt Y >= Y^2/(B^2 w_0)^{3/2} and E Y^2 (1 - q_1) =
E sum_{i!=j} (s_i.u)^2 (s_j.u)^2/w_1^2 = 1 - 1/w_1:

    E (N_2/N_0)^{1/2} <= 1 - (1 - 1/w_1)/(w_2 (B^2 w_0)^{3/2} (1 + B sqrt w_1)^2).

The largest value over all u, that of a norm on the sphere, is enclosed for three finite laws.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove, symmetric_norms
from theory.schema import (
    Bounds,
    Choice,
    Estimand,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Reals,
)
from theory.symbols import WEIGHT_KURTOSIS, kappa_w
from theory.vanishing_variance.gaussian_probes import gaussian_setup

q, x = sp.Symbol("q", positive=True), sp.Symbol("x", nonnegative=True)
w_0, w_1, w_2 = sp.symbols("w_0 w_1 w_2", integer=True, positive=True)
B = sp.Symbol("B", positive=True)
depth = sp.Symbol("d", integer=True, positive=True)

SHARE = Parameter(
    "share", Reals(0, 1, open_low=True), "q = sum u_j^4 of the direction u that is read", q
)
ROWS = Parameter("units", Integers(1), "units w_1 of the layer", w_1)
CASES: dict[str, tuple[dict[int, int], int, int]] = {
    "signs, width 2": ({-1: 1, 1: 1}, 2, 32),
    "signs, width 3": ({-1: 1, 1: 1}, 3, 16),
    "three-point, width 2": ({-1: 1, 0: 2, 1: 1}, 2, 32),
}
"""Weights, in equal parts; the constant width; in how many pieces the sphere is cut."""


# --- laws ------------------------------------------------------------------------------------


def spread(weight_kurtosis: Any, share: Any, units: Any) -> Any:
    """Var(N_1/N_0 | u) = ((kappa_w - 1) q + 2 (1 - q))/w_1. Exact.

    >>> spread(1, 1, 5), spread(3, 1, 1)
    (0, 2)
    """
    kw, part = (sp.sympify(prove.exact(v)) for v in (weight_kurtosis, share))
    return ((kw - 1) * part + 2 * (1 - part)) / sp.sympify(units)


def two_layers(reads: int, middle: int, units: int, largest: Any) -> Bounds:
    """0 <= E (N_2/N_0)^{1/2} <= 1 - (1 - 1/w_1)/(w_2 (B^2 w_0)^{3/2} (1 + B sqrt w_1)^2).

    reads, middle, units: w_0, w_1, w_2; largest: B >= |W_ij|/std. One unit in the middle: 1.

    >>> two_layers(1, 1, 1, 1).high, two_layers(1, 4, 1, 1).high
    (1, 11/12)
    """
    most = sp.sympify(prove.exact(largest))
    wide = (most**2 * reads) ** sp.Rational(3, 2) * (1 + most * sp.sqrt(middle)) ** 2
    return Bounds(sp.Integer(0), 1 - (1 - sp.Rational(1, middle)) / (units * wide))


def two_sign_layers(mixing: Any) -> sp.Expr:
    """E (N_2/N_0)^{1/2} for +-1 weights, all widths 2, u = (cos t, sin t), x = |sin 2t|. Exact.

    (s.u)^2 is 1 + x, 1 - x with probability 1/2 each. Two equal ones: magnitudes are equal above,
    ratio (2 + sqrt 2)/4. Unequal ones: the next x is sqrt(1 - x^2), ratio 1/2 + sqrt(2 + 2x)/4.

    >>> two_sign_layers(0), sp.N(two_sign_layers(1), 5)
    (sqrt(2)/4 + 1/2, 0.80178)
    """
    v = sp.sympify(prove.exact(mixing))
    root = sp.sqrt(2)
    return sp.expand(
        sp.Rational(1, 4) + (2 + 3 * root) / 16 * sp.sqrt(1 + v) + (2 + root) / 16 * sp.sqrt(1 - v)
    )


SIGNS = sp.Rational(1, 4) + sp.sqrt(14 + 8 * sp.sqrt(2)) / 8
"""The largest value of two_sign_layers, by Cauchy and Schwarz, 0.878909."""


@functools.cache
def enclosed(layer: str) -> tuple[Fraction, Fraction, tuple[int, ...]]:
    """(low, high, direction of low) of sup_u E (N_2/N_0)^{1/2}, all widths equal."""
    weights, width, pieces = CASES[layer]
    return symmetric_norms.largest(
        functools.partial(_two_layer_norm, weights, width), width, pieces
    )


def contraction(layer: str) -> Any:
    """sup_u E (N_2/N_0)^{1/2}: closed form for +-1, width 2; else rounded up to six places."""
    if layer == "signs, width 2":
        return SIGNS
    return sp.Rational(math.ceil(enclosed(layer)[1] * 10**6), 10**6)


def after_layers(layer: str, depth: int) -> Bounds:
    """0 <= E N_d^{1/2}/E N_1^{1/2} <= sup^{floor((d-1)/2)}, constant width, |a| = 1."""
    return Bounds(sp.Integer(0), contraction(layer) ** ((depth - 1) // 2))


def _two_layer_norm(
    weights: dict[int, int], width: int, v: tuple[int, ...]
) -> tuple[Fraction, Fraction]:
    """E ||S' S v||/width, entries of S and S' of variance 1; a norm of v, in whole numbers."""
    total, bits = sum(weights.values()), symmetric_norms.BITS
    roots = 0
    for y, first in _units(_sizes(weights, v), width):
        for z, second in _units(_sizes(weights, y), width):
            roots += first * second * math.isqrt(sum(t * t for t in z) << 2 * bits)
    networks = total ** (2 * width**2)
    variance = Fraction(sum(c * s * s for s, c in weights.items()), total)
    low = Fraction(roots, networks << bits) / (variance * width)
    return low, low + Fraction(1, 1 << bits) / (variance * width)


def _sizes(weights: dict[int, int], v: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """(|s.v|, count) over every row s of weights."""
    law = {0: 1}
    for entry in v:
        after: dict[int, int] = {}
        for at, count in law.items():
            for s, times in weights.items():
                after[at + s * entry] = after.get(at + s * entry, 0) + count * times
        law = after
    sizes: dict[int, int] = {}
    for at, count in law.items():
        sizes[abs(at)] = sizes.get(abs(at), 0) + count
    return tuple(sizes.items())


def _units(law: tuple[tuple[int, int], ...], n: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """(values, count) of n independent units, order aside."""
    for members in itertools.combinations_with_replacement(law, n):
        orders = math.factorial(n)
        for member in set(members):
            orders //= math.factorial(members.count(member))
        yield tuple(v for v, _ in members), orders * math.prod(c for _, c in members)


# --- what stands in the claim ----------------------------------------------------------------


def _exponent(layer: str, depth: int) -> Bounds:
    return Bounds(sp.Integer(0), contraction(layer) ** (depth - 1))


LAWS = (
    Law(
        role="sharper",
        name="spread of a layer",
        formula=sp.Eq(
            sp.Function("Var")(sp.Symbol("N_1") / sp.Symbol("N_0")),
            ((kappa_w - 1) * q + 2 * (1 - q)) / w_1,
        ),
        parameters=(WEIGHT_KURTOSIS, SHARE, ROWS),
        words="|a| = 1, over the weights: 0, one value only, for +-1 weights that read one unit",
        evaluate=spread,
        mutants=(
            Mutant(
                "3 (1 - q)",
                lambda weight_kurtosis, share, units: (
                    spread(weight_kurtosis, share, units) + (1 - share) / sp.sympify(units)
                ),
            ),
            Mutant(
                "kappa_w for kappa_w - 1",
                lambda weight_kurtosis, share, units: spread(weight_kurtosis + 1, share, units),
            ),
            Mutant(
                "one unit whatever the width",
                lambda weight_kurtosis, share, units: spread(weight_kurtosis, share, 1),
            ),
        ),
    ),
    Law(
        role="sharper",
        name="two layers",
        formula=sp.Le(
            sp.Symbol("M_2"),
            1
            - (1 - 1 / w_1)
            / (w_2 * (B**2 * w_0) ** sp.Rational(3, 2) * (1 + B * sp.sqrt(w_1)) ** 2),
        ),
        parameters=(
            Parameter("reads", Integers(1), "width w_0 that the first of the two layers reads"),
            Parameter("middle", Integers(1), "width w_1 between them"),
            Parameter("units", Integers(1), "width w_2 of the second"),
            Parameter("largest", Reals(1, 1000), "B, the largest weight over its deviation", B),
        ),
        words="|a| = 1, bounded weights: E (N_2/N_0)^{1/2} whatever was read; below 1 if w_1 > 1",
        evaluate=two_layers,
        mutants=(
            Mutant(
                "one unit contracts too",
                lambda reads, middle, units, largest: two_layers(reads, 10**9, units, largest),
            ),
            Mutant(
                "as for +-1 weights",
                lambda reads, middle, units, largest: two_layers(reads, middle, units, 1),
            ),
            Mutant(
                "no last width",
                lambda reads, middle, units, largest: two_layers(reads, middle, 1, largest),
            ),
            Mutant(
                "no contraction",
                lambda reads, middle, units, largest: Bounds(sp.Integer(0), sp.Integer(1)),
            ),
        ),
    ),
    Law(
        role="sharper",
        name="two layers of signs",
        formula=sp.Eq(sp.Symbol("M_2"), two_sign_layers(x)),
        parameters=(Parameter("mixing", Reals(0, 1), "|sin 2t|, u = (cos t, sin t)", x),),
        words="|a| = 1, +-1 weights, widths 2: E (N_2/N_0)^{1/2} of the direction u that is read",
        evaluate=two_sign_layers,
        mutants=(
            Mutant(
                "the first layer alone",
                lambda mixing: (
                    (sp.sqrt(1 + prove.exact(mixing)) + sp.sqrt(1 - prove.exact(mixing))) / 4
                    + sp.Rational(1, 2)
                ),
            ),
            Mutant("x and -x swapped", lambda mixing: two_sign_layers(-mixing)),
        ),
    ),
    Law(
        role="sharper",
        name="layers of signs",
        formula=sp.Le(
            sp.Symbol("M_d"), sp.Symbol("s") ** sp.floor((depth - 1) / 2)
        ),
        parameters=(
            Parameter("layer", Choice(tuple(CASES)), "weights and constant width"),
            Parameter("depth", Integers(1), "linear layers", depth),
        ),
        words=(
            "|a| = 1: E N_d^{1/2}/E N_1^{1/2}; s the largest E (N_2/N_0)^{1/2} of two layers over "
            "all directions, 1/4 + sqrt(14 + 8 sqrt 2)/8 for +-1 weights and width 2"
        ),
        evaluate=after_layers,
        mutants=(
            Mutant("every layer contracts so", _exponent),
            Mutant("no contraction", lambda layer, depth: Bounds(sp.Integer(0), sp.Integer(1))),
        ),
    ),
)  # fmt: skip

ROOT = Estimand(
    "mean", ("root_mean_sq",), over="networks and inputs: E N_d^{1/2}, N_d = ||y^(d)||^2/w_d"
)


def _probe(layer: str, depth: int, slope: int) -> Probe:
    """E N_1^{1/2} is at most 1, the root of the variance of the input."""
    weights = {"signs": "rademacher", "three-point": "three_point"}[layer.split(",")[0]]
    law = (
        {"weights": weights, "weight_kurtosis": 2.0}
        if weights == "three_point"
        else {"weights": weights}
    )
    return Probe(
        name=f"{layer}, a = {slope}, depth {depth}",
        experiment="root_scale",
        setup={**gaussian_setup((CASES[layer][1],) * (depth + 1), float(slope)), **law},
        at={"layer": layer, "depth": depth},
        estimand=ROOT,
        laws=("layers of signs",),
        why="at |a| = 1 one layer need not contract: the scale falls all the same",
    )  # fmt: skip


def log_variance(layer: str, depth: int) -> float:
    """Variance of log N_d^{1/2}: a quarter of the sum of log(1 + Var) over layers and the input.

    As of a log-normal of the same two moments; a layer's Var is largest at q = 1/w. The rule of
    direct averages (probes.py) keeps it <= 1.

    >>> round(log_variance("signs, width 2", 7), 2)
    0.88
    """
    weights, width, _ = CASES[layer]
    second, fourth = (sum(c * s**k for s, c in weights.items()) for k in (2, 4))
    kurt = Fraction(fourth * sum(weights.values()), second**2)
    most = float(spread(kurt, sp.Rational(1, width), width))
    return (depth * math.log1p(most) + math.log1p(2 / width)) / 4


PROBES = (
    _probe("signs, width 2", 3, -1),
    _probe("signs, width 2", 7, 1),
    _probe("signs, width 3", 9, -1),
    _probe("three-point, width 2", 5, 1),
)
