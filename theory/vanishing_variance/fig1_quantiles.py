"""The exact quantiles behind Figure 1 at width 10: two protocols, crossings, and their proofs.

The claim and its measurements stand in fig1.py, the transforms in scale_quantiles.py. Section 3
activates the input; the networks of the figure, as their code is described, do not.
"""

from __future__ import annotations

import functools
import itertools
import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from theory.maths import prove
from theory.schema import Bounds, Choice, Finding, Integers, Parameter, Reals
from theory.vanishing_variance import scale_quantiles as scales
from theory.vanishing_variance.input_pairs import scale
from theory.vanishing_variance.norm_distribution import norm_distribution

WIDTH = 10
PUBLISHED = {"he": 51, "glorot": 11, "orthogonal": 76, "gsm": 67}
"""Layer after which the 0.9 quantile of S^2 stays below 1/1000, read off the printed plots.

The plots count from 0, the first linear layer: 51 there is the 52nd. The document has no table.
"""
NETWORKS = 10_000  # behind each curve of the figure
PROTOCOLS = ("input activated", "raw input")

NAME = Parameter("initialiser", Choice(scales.INITIALISERS), "initialiser of the weights")
d = sp.Symbol("d", integer=True, positive=True)
DEPTH = Parameter("depth", Integers(1, 300), "linear layers", d)
LATE = Parameter("depth", Integers(80, 300), "linear layers, 80 at least", d)
AFTER = Parameter("depth", Integers(40, 300), "linear layers, 40 at least", d)
LEVEL = Parameter("level", Reals(0.01, 0.999), "of the quantile", sp.Symbol("p", real=True))
PROTOCOL = Parameter("protocol", Choice(PROTOCOLS), "Section 3, or the figure's networks")
Q = sp.Function("q")


def quantile(initialiser: str, depth: int, level: Any, protocol: str = PROTOCOLS[0]) -> float:
    """log10 of the quantile of the mean square at layer d: one input, dead networks counted."""
    return scales.quantile(initialiser, WIDTH, int(depth), float(level), protocol == PROTOCOLS[1])


def quantile_digits(initialiser: str, depth: int, level: Any, protocol: str) -> int:
    """How many digits of `quantile` are known.

    >>> quantile_digits("he", 100, 0.9, PROTOCOLS[0])
    4
    """
    return scales.certain(lambda p: quantile(initialiser, depth, p, protocol), float(level))


def crossing(initialiser: str, protocol: str = PROTOCOLS[0]) -> sp.Integer:
    """First layer at which the 0.9 quantile is below 1/1000."""
    return sp.Integer(scales.crossing(initialiser, WIDTH, 0.9, -3.0, protocol == PROTOCOLS[1]))


def printed_band(initialiser: str) -> Bounds:
    """log10 of the 0.9 quantile where a printed curve is first below 1/1000: what it may be.

    For data of mean square one, at layer PUBLISHED + 1, before anything is sampled. Crossing: at
    its first layer below, a curve is less than one step below -3. Data: theirs may be larger, one
    by Section 6, 1.507 at most by the pair (0.71, 3.95) of vev.appE.inputs, if that is CIFAR10's.
    Noise: the 0.9 quantile of 10,000 networks lies between those at 0.9 +- 3.29 sqrt(0.9 0.1/10^4)
    with probability 0.999. Reading: one layer, either way. Steps and noise are those of the scale
    of one input; what the shape of the data does to S^2 is not in it.
    """
    layer, raw = PUBLISHED[initialiser] + 1, PROTOCOLS[1]
    off = 3.29 * math.sqrt(0.9 * 0.1 / NETWORKS)
    high, low = (quantile(initialiser, layer, 0.9 + s * off, raw) for s in (1, -1))
    noise = (high - low) / 2
    step = quantile(initialiser, layer - 1, 0.9, raw) - quantile(initialiser, layer, 0.9, raw)
    data = math.log10(scale(Fraction(715, 1000), Fraction(3945, 1000)))
    return Bounds(-3 - step - data - noise - step, -3 + noise + step)


def shifted(decades: int) -> Any:
    """That band moved."""

    def evaluate(initialiser: str) -> Bounds:
        true = printed_band(initialiser)
        return Bounds(true.low + decades, true.high + decades)

    return evaluate


def peak(initialiser: str, level: Any) -> sp.Integer:
    """Layer at which the quantile is largest."""
    return sp.Integer(scales.peak(initialiser, WIDTH, float(level)))


# --- proofs ------------------------------------------------------------------------------------

LEVELS = (0.9, 0.99, 0.999)
LAYERS = range(40, 101)


@functools.cache
def at_depth(name: str, depth: int, level: float, protocol: str = PROTOCOLS[0]) -> float:
    """The quantile, remembered."""
    if name == "gsm":  # of both protocols
        protocol = PROTOCOLS[0]
    return quantile(name, depth, level, protocol)


def by_steps(law: Any) -> Finding:
    """Every step of the exact quantiles from layer 40 to 101, three levels, both protocols."""
    facts = []
    for name, protocol, level in itertools.product(scales.INITIALISERS, PROTOCOLS, LEVELS):
        for depth in LAYERS:
            bound = law(initialiser=name, depth=depth, level=level)
            above, below = (at_depth(name, k, level, protocol) for k in (depth, depth + 1))
            inside = bool(bound.low <= below - above <= bound.high)
            facts.append((f"{name}, {protocol}, {depth}, {level}: {below - above:.4f}", inside))
    return prove.truth(facts, predicted="every step falls", found="Gil-Pelaez inversion")


def _by_other_road(name: str, depth: int, level: float) -> Any:
    """He and GSM by the integral transform of vev.law.product; orthogonal, 1 layer, by chi^2."""
    if name == "gsm":  # ||y||^2 = 2 ||u||^2, u of a linear network of half the width
        law = norm_distribution((WIDTH // 2,) * depth, 1.0, WIDTH // 2)
        shift, wanted = mpmath.log(2), level
    else:
        law = norm_distribution((WIDTH,) * depth, 0.0, WIDTH)
        shift, wanted = mpmath.mpf(0), 1 - (1 - level) / scales.alive(name, WIDTH, depth)
    root = mpmath.findroot(
        lambda x: float(law(float(x))) - wanted, (law.mean - 3, law.mean + 3), solver="anderson",
        tol=1e-9,
    )  # fmt: skip
    return (root + shift - mpmath.log(WIDTH)) / mpmath.log(10)


def point(name: str, depth: int, level: float, protocol: str) -> dict[str, Any]:
    """The arguments of the law of the quantile."""
    return {"initialiser": name, "depth": depth, "level": level, "protocol": protocol}


def _raw_by_mixing(depth: int, level: float) -> Any:
    """He: the law with an activated input, one layer fewer, mixed over 2 chi^2_10/10."""
    law = norm_distribution((WIDTH,) * (depth - 1), 0.0, WIDTH)
    nodes, weights = np.polynomial.legendre.leggauss(80)
    u = 2.5 * nodes + 1.5  # log chi^2_10 from -1 to 4: P(outside) < 1e-8
    mass = 2.5 * weights * np.exp(WIDTH / 2 * u - np.exp(u) / 2) / (2**5 * math.factorial(4))
    shift = u + math.log(2 / WIDTH)
    wanted = 1 - (1 - level) / scales.alive("he", WIDTH, depth - 1)

    def excess(x: Any) -> Any:
        return sum(m * float(law(float(x) - s)) for m, s in zip(mass, shift, strict=True)) - wanted

    root = mpmath.findroot(excess, (law.mean - 3, law.mean + 9), solver="anderson", tol=1e-9)
    return (root - mpmath.log(WIDTH)) / mpmath.log(10)


@functools.cache
def second_roads() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """(label, arguments, quantile) that share no transform with scale_quantiles.py."""
    rows = []
    for name, depth, level in (("he", 30, 0.9), ("he", 100, 0.99), ("gsm", 60, 0.9)):
        arguments = point(name, depth, level, PROTOCOLS[0])
        rows.append((f"{name}, layer {depth}", arguments, _by_other_road(name, depth, level)))
    # a raw input: the squares of one linear layer, chi^2_10, mixed over what the others do
    arguments = point("he", 30, 0.9, PROTOCOLS[1])
    rows.append(("he, layer 30, raw input", arguments, _raw_by_mixing(30, 0.9)))
    root = mpmath.findroot(
        lambda x: mpmath.gammainc(WIDTH / 2, 0, x / 4, regularized=True) - 0.9, (10, 40),
        solver="anderson",
    )  # fmt: skip
    arguments = point("orthogonal", 1, 0.9, PROTOCOLS[1])
    rows.append(("orthogonal, layer 1, raw input", arguments, mpmath.log10(root / WIDTH)))
    # orthogonal, one layer: ||y||^2 = 2 chi^2_K, K ~ Bin(10, 1/2)
    for level in (0.5, 0.9):

        def below(x: Any, level: float = level) -> Any:
            return (
                sum(
                    mpmath.binomial(WIDTH, k)
                    / 2**WIDTH
                    * mpmath.gammainc(k / 2, 0, x / 4, regularized=True)
                    for k in range(1, WIDTH + 1)
                )
                + mpmath.mpf(2) ** -WIDTH
                - level
            )

        root = mpmath.findroot(below, (5, 20), solver="anderson")
        arguments = point("orthogonal", 1, level, PROTOCOLS[0])
        rows.append((f"orthogonal, layer 1, {level}", arguments, mpmath.log10(root / WIDTH)))
    return tuple(rows)


def by_second_roads(law: Any) -> Finding:
    """Other transforms, and a mixture of chi-squares for one orthogonal layer, to 4 digits."""
    return prove.close(
        ((label, law(**arguments), found) for label, arguments, found in second_roads()),
        digits=4,
        detail="independent transforms",
    )


def by_neighbours(law: Any) -> Finding:
    """The quantile is above 1/1000 one layer before the crossing and below it at the crossing."""
    facts = []
    for name, protocol in itertools.product(scales.INITIALISERS, PROTOCOLS):
        layer = int(law(initialiser=name, protocol=protocol))
        before, at = (at_depth(name, k, 0.9, protocol) for k in (max(layer - 1, 1), layer))
        label = f"{name}, {protocol}, layer {layer}: {before:.3f}, {at:.3f}"
        facts.append((label, before >= -3 > at))
    return prove.truth(facts, predicted="the crossing", found="quantiles on both sides of it")


def by_comparison(law: Any) -> Finding:
    """The exact 0.999 quantile at every fourth layer up to 45, then at all near the highest."""
    facts = []
    for name in scales.INITIALISERS:
        curve = {k: at_depth(name, k, 0.999) for k in range(1, 46, 4)}
        near = max(curve, key=lambda k: curve[k])
        curve |= {k: at_depth(name, k, 0.999) for k in range(max(near - 3, 1), near + 4)}
        highest = max(curve, key=lambda k: curve[k])
        claimed = int(law(initialiser=name, level=0.999))
        facts.append((f"{name}: layer {highest}", claimed == highest))
    return prove.truth(facts, predicted="the peak", found="layers compared")
