"""Convolutions with a ReLU between layers: with one channel kurtosis grows no slower than dense.

    vev.disc.conv.relu   He convolutions of Gaussian kernels, inputs activated

Compared with fully connected He units that read as many numbers, 3 (1 + 5/(kC))^d. Derivations are
in convolution_relu.py: pixels that share a kernel are positively correlated given the layer below,
so that signs are not independent of magnitudes, and the pairs of one channel add to the growth.
Outputs of different channels at distant pixels read disjoint inputs, which takes from it.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.schema import (
    LATER,
    Bounds,
    Claim,
    Curve,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    stated,
    unstated,
)
from theory.symbols import d
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.convolution_relu import (
    OF_PAIRS,
    TWO_PIXELS,
    WIDE,
    C,
    between,
    by_quadrature,
    few_channels,
    in_closed_form,
    k,
    no_slower,
    of_two_channels,
    over_pairs,
    second_layer,
    two_pixels_larger,
    two_taps_many_channels,
)
from theory.vanishing_variance.disc_conv import CHANNELS, LAYERS
from theory.vanishing_variance.probes import KURTOSIS

KERNEL = Parameter("kernel", Integers(1, 1000, draw_to=6), "taps k of a kernel", k)
FEW_TAPS = Parameter("kernel", Integers(1, 12, draw_to=6), "taps k of a kernel", k)
SHALLOW = Parameter("depth", Integers(0, 2), "number of weight layers", d)


def at_least_dense(kernel: Any, channels: Any, depth: int, *, gain: int = 5) -> Bounds:
    """kappa_d >= 3 (1 + 5/(kC))^d."""
    return Bounds(3 * (1 + sp.Integer(gain) / (sp.sympify(kernel) * channels)) ** depth, sp.oo)


def two_pixels(depth: int) -> Any:
    """3, 21/2, 3 (57/4 + 8/pi^2)."""
    return (sp.Integer(3), sp.Rational(21, 2), TWO_PIXELS)[int(depth)]


def wide(kernel: Any) -> Any:
    """C (kappa_2/3 - 1) as C grows."""
    return WIDE.subs(k, sp.sympify(kernel))


def too_high(kernel: Any, channels: Any) -> Bounds:
    """A wrong version: the same up to 1/C, and at few channels the low end above the high one."""
    ends = second_layer(kernel, channels)
    return Bounds(ends.low + sp.Integer(50) / sp.sympify(channels) ** 2, ends.high)


MEASURED = 32
"""Channels: the fewest in steps of 8 that the rule of probes.py allows, units of a channel as one.

The second layer lies between its ends; three taps on the smallest circle."""

CLAIM = Claim(
    id="vev.disc.conv.relu",
    title="kurtosis of ReLU convolutions grows at least as fast as dense, with one channel",
    source=PAPER.at(
        "Section 7",
        "convolutional layers induce even more dependence of layer outputs due to parameter "
        "sharing, so the output kurtosis is expected to grow at an even faster pace",
    ),
    kind="hypothesis",
    laws=(
        Law(
            role="stated",
            formula=sp.Ge(sp.Symbol("kappa_d"), 3 * (1 + 5 / (k * C)) ** d),
            parameters=(KERNEL, CHANNELS, LAYERS),
            words="at every depth at least the kurtosis of fully connected units that read as much",
            evaluate=at_least_dense,
            mutants=(
                Mutant("1 + 6/(kC)", lambda **v: at_least_dense(**v, gain=6)),
                Mutant(
                    "one layer more",
                    lambda kernel, channels, depth: at_least_dense(kernel, channels, depth + 1),
                ),
                Mutant("no bound at all", lambda **v: Bounds(-sp.oo, sp.oo)),
            ),
        ),
        Law(
            role="sharper",
            name="two pixels",
            formula=sp.Eq(sp.Symbol("kappa_2"), TWO_PIXELS),
            parameters=(SHALLOW,),
            words="one channel, two pixels, two taps; dense: 147/4",
            evaluate=two_pixels,
            mutants=(
                Mutant("dense", lambda depth: 3 * sp.Rational(7, 2) ** depth),
                Mutant("always correlated", lambda depth: 3 * sp.Integer(6) ** depth),
            ),
        ),
        Law(
            role="sharper",
            name="many channels",
            formula=sp.Eq(sp.Symbol("C") * (sp.Symbol("kappa_2") / 3 - 1), WIDE),
            parameters=(KERNEL,),
            words="as C grows, n >= 2k - 1; dense: 10/k, larger at two taps only",
            evaluate=wide,
            mutants=(
                Mutant("dense", lambda kernel: sp.Integer(10) / kernel),
                Mutant("signs independent", lambda kernel: wide(kernel) - OF_PAIRS.subs(k, kernel)),
            ),
        ),
        Law(
            role="sharper",
            name="second layer",
            formula=sp.Ge(sp.Symbol("A"), sp.Symbol("M") + 5 * sp.Symbol("N")),
            parameters=(FEW_TAPS, CHANNELS),
            words=(
                "and A <= M + 5 sqrt(M N); kappa_2 is 3 times the mean over pairs of units of 6M "
                "(the same unit), A (the same channel) or M, n >= 2k - 1"
            ),
            evaluate=second_layer,
            mutants=(
                Mutant("signs independent", lambda **v: second_layer(**v, low=0, high=0)),
                Mutant("low end 6N", lambda **v: second_layer(**v, low=6)),
                Mutant(
                    "pairs of one channel dropped",
                    lambda **v: second_layer(**v, shared=of_two_channels),
                ),
                Mutant("low end + 50/C^2", too_high),
            ),
        ),
    ),
    assumptions=(
        stated(
            "ReLU, He variances, Gaussian kernels and inputs, circular convolutions",
            lambda p: (
                p.get("activation", "relu") == "relu"
                and p.get("weights", "gaussian") == p.get("inputs", "gaussian") == "gaussian"
            ),
        ),
        unstated(
            "a single channel: outputs of several channels share fewer inputs than fully connected "
            "units do",
            lambda p: p.get("channels", 1) == 1,
        ),
    ),
    expected="holds-if",
    because=(
        "With one channel every pair of pixels is positively correlated given the layer below, and "
        "no depth is slower than 3 (1 + 5/k)^d. With many channels and two taps the second layer "
        "is slower (4.89/C against 5/C); with three taps or more it is faster."
    ),
    proofs=(
        Proof("induction", "symbolic", "all kernels, circles and depths", no_slower),
        Proof("two pixels", "exact", "two layers, exactly", two_pixels_larger),
        Proof(
            "two taps, many channels",
            "symbolic",
            "the second layer as the number of channels grows",
            two_taps_many_channels,
            point={"channels": "many"},
        ),
        Proof(
            "closed form",
            "symbolic",
            "the integral over the angle of two pixels",
            in_closed_form,
            law="two pixels",
        ),
        Proof(
            "quadrature",
            "numeric",
            "the kernel by quadrature over its angle",
            by_quadrature,
            law="two pixels",
            tiers=LATER,
        ),
        Proof(
            "parabola and chord",
            "symbolic",
            "the kernel of a pair between two simpler ones, and the ends of many channels",
            between,
            law="second layer",
        ),
        Proof(
            "few channels",
            "numeric",
            "one and two channels: the ends from literal sums, the exact value of two taps inside",
            few_channels,
            law="second layer",
        ),
        Proof(
            "pairs",
            "symbolic",
            "every pair of positions, one to five taps",
            over_pairs,
            law="many channels",
        ),
    ),
    probes=(
        Probe(
            name="32 channels, two layers",
            experiment="convolution",
            setup={
                "widths": (MEASURED, MEASURED, MEASURED),
                "weights": "gaussian",
                "gain": 2.0,
                "activation": "relu",
                "activate_input": True,
                "n_inputs": 5,
                "extra": {"kernel": 3},
            },
            at={"kernel": 3, "channels": MEASURED},
            estimand=KURTOSIS,
            laws=("second layer",),
            why="literal ReLU convolutions, three taps",
            tiers=LATER,
        ),
    ),
    curves=(
        Curve(
            "one channel",
            "ReLU convolutions, one channel, two taps: no slower than this",
            "depth",
            "kurtosis",
            range(0, 13),
            lambda x: {"kernel": 2, "channels": 1, "depth": int(x)},
            log_y=True,
        ),
        Curve(
            "taps",
            "ReLU convolutions, the second layer of many channels",
            "taps",
            "C (kurtosis/3 - 1)",
            range(1, 10),
            lambda x: {"kernel": int(x)},
            laws=("many channels",),
        ),
    ),
    remark=(
        "One channel is settled by moments only: a direct average over such networks would be "
        "carried by rare ones. What several channels do beyond the second layer is open."
    ),
    see=("vev.disc.conv", "vev.prop4.3"),
)
