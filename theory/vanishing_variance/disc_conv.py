"""Does the kurtosis of convolutional networks grow faster? With one channel; else in the long run.

    vev.disc.conv   linear circular convolutions of Gaussian kernels, exactly, at every size

The comparison is with a fully connected network whose units read as many numbers, kC for k taps
and C channels: 3 (1 + 2/(kC))^d. See convolution.py for the three roads to the moments.

One channel is never slower, by induction. Let M(r) = E y(0)^2 y(r)^2 after l layers and
q = 1 + 2/k. If M(r) >= q^l for all r and M(0) >= 3 q^l, then, given y, M'(r) = E G(0,0) G(r,r) +
2 E G(0,r)^2 is at least the mean of M over k^2 pairs of pixels, plus 2/k times M(r), as all moments
of four pixels are >= 0: M' >= q^{l+1}. And M'(0) = 3 E G(0,0)^2 is three times a mean of which k
pairs coincide: at least 3 q^l (1 + 2/k).

In the long run no number of channels is slower: the sum over the pixels of every channel is a fully
connected network of width C, whose kurtosis is 3 (1 + 2/C)^d, and a mean of n numbers has a fourth
moment no larger than theirs. But before that, outputs of different channels at distant pixels read
disjoint inputs, which fully connected units never do, and the growth of the first layers is slower.
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
from theory.symbols import DEPTH, d
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.convolution import fully_connected, kurtosis
from theory.vanishing_variance.convolution_proofs import (
    SECOND_LAYER,
    C,
    full_literally,
    k,
    literally,
    n,
    of_two_layers,
    one_channel,
    one_pixel,
    over_frequencies,
    three_channels,
    zero_frequency,
)
from theory.vanishing_variance.probes import KURTOSIS

KAPPA = sp.Symbol("kappa_d")
PIXELS = Parameter("pixels", Integers(1, 12, draw_to=6), "pixels n on the circle", n)
KERNEL = Parameter("kernel", Integers(1, 12, draw_to=6), "taps k of a kernel", k)
CHANNELS = Parameter("channels", Integers(1, 1000, draw_to=6), "channels C of a layer", C)
LAYERS = Parameter("depth", Integers(0, 60, draw_to=8), DEPTH.meaning, d)
SIZES = (PIXELS, KERNEL, CHANNELS, LAYERS)


# --- laws ------------------------------------------------------------------------------------


def at_least_connected(
    pixels: int, kernel: int, channels: int, depth: int, *, gain: int = 2, later: int = 0
) -> Bounds:
    """kappa_d >= 3 (1 + 2/(kC))^d: no slower than fully connected units that read as much."""
    low = 3 * (1 + sp.Rational(gain, kernel * channels)) ** (depth + later)
    return Bounds(low, sp.oo)


def in_the_long_run(pixels: int, kernel: int, channels: int, depth: int, *, read: int = 1) -> Any:
    """kappa_d >= 3 (1 + 2/C)^d/n^2."""
    return Bounds(fully_connected(channels * read, depth) / sp.Integer(pixels) ** 2, sp.oo)


REAL_MODES = 2 - sp.Mod(n, 2)  # frequencies f = -f: 0, and n/2 if n is even
FULL_KERNEL = 3 + (3 * REAL_MODES * (3**d - 1) + 6 * (n - REAL_MODES) * (2**d - 1)) / n**2
"""n^-2 sum q^{d+1}: s modes with q = 3, 3(n-s) quadruples with q = 2, the rest with q = 1."""


def full_kernel(pixels: Any, depth: Any) -> Any:
    """kappa_d of one channel whose kernel covers the circle."""
    return FULL_KERNEL.subs({n: sp.sympify(pixels), d: sp.sympify(depth)})


# --- the claim -------------------------------------------------------------------------------


def _changed(change: str) -> Any:
    def evaluate(pixels: int, kernel: int, channels: int, depth: int) -> Any:
        if change == "one layer fewer":
            return kurtosis(pixels, kernel, channels, max(0, depth - 1))
        if change == "no circle":
            return kurtosis(pixels + 1, kernel, channels, depth)
        return fully_connected(kernel * channels, depth)

    return evaluate


def _probe(name: str, channels: int, depth: int, why: str, **more: Any) -> Probe:
    """Eight pixels, three taps; sizes obey the rule of probes.py, the units of a channel as one."""
    return Probe(
        name=name,
        experiment="convolution",
        setup={
            "widths": (channels,) * (depth + 1),
            "weights": "gaussian",
            "gain": 1.0,
            "activation": "linear",
            "n_inputs": 8,
            "extra": {"kernel": 3},
        },
        at={"pixels": 8, "kernel": 3, "channels": channels, "depth": depth},
        estimand=KURTOSIS,
        laws=more.pop("laws", ("kurtosis",)),
        why=why,
        **more,
    )


CLAIM = Claim(
    id="vev.disc.conv",
    title="kurtosis of convolutional networks grows faster: with one channel, or in the long run",
    source=PAPER.at(
        "Section 7",
        "convolutional layers induce even more dependence of layer outputs due to parameter "
        "sharing, so the output kurtosis is expected to grow at an even faster pace",
    ),
    kind="hypothesis",
    laws=(
        Law(
            role="stated",
            formula=sp.Ge(KAPPA, 3 * (1 + 2 / (k * C)) ** d),
            parameters=SIZES,
            words="at every depth at least the kurtosis of fully connected units that read as much",
            evaluate=at_least_connected,
            mutants=(
                Mutant("1 + 3/(kC)", lambda **v: at_least_connected(**v, gain=3)),
                Mutant("one layer more", lambda **v: at_least_connected(**v, later=1)),
                Mutant("no bound at all", lambda **v: Bounds(-sp.oo, sp.oo)),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(KAPPA, 3 * sp.Function("H_d")(0, 0, 0, 0)),
            parameters=SIZES,
            words=(
                "H'(ab|cd) = (kC)^-2 sum_{m,m'} [C (H(ab|cd) + H(ac|bd) + H(ad|bc)) + "
                "C (C - 1) H(ab|cd)] at a+m, b+m, c+m', d+m'; H_0 = 1 if a = b and c = d, else 0"
            ),
            evaluate=kurtosis,
            mutants=tuple(
                Mutant(name, _changed(name))
                for name in ("one layer fewer", "no circle", "fully connected")
            ),
        ),
        Law(
            role="sharper",
            name="full kernel",
            formula=sp.Eq(KAPPA, FULL_KERNEL),
            parameters=(PIXELS, LAYERS),
            words="one channel, k = n: n^-2 sum over quadruples of frequencies of q^(d+1)",
            mutants=(
                Mutant("q^d", lambda pixels, depth: full_kernel(pixels, sp.Integer(depth) - 1)),
                Mutant("one real mode", lambda pixels, depth: full_kernel(2 * pixels + 1, depth)),
                Mutant("fully connected", lambda pixels, depth: fully_connected(pixels, depth)),
            ),
        ),
        Law(
            role="sharper",
            name="second layer",
            formula=sp.Eq(sp.Symbol("kappa_2"), SECOND_LAYER),
            parameters=(KERNEL, CHANNELS),
            words="n >= 2k - 1: below fully connected units as soon as C (k + 1) > 3k",
            mutants=(
                Mutant(
                    "never slower",
                    lambda kernel, channels: (
                        fully_connected(kernel * channels, 2)
                        + 2 * (kernel - 1) * 3 * kernel / (kernel**3 * channels**2)
                    ),
                ),
                Mutant(
                    "fully connected",
                    lambda kernel, channels: fully_connected(kernel * channels, 2),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="long run",
            formula=sp.Ge(KAPPA, 3 * (1 + 2 / C) ** d / n**2),
            parameters=SIZES,
            words="growth by 1 + 2/C a layer at least, whatever kernel and pixels",
            evaluate=in_the_long_run,
            mutants=(
                Mutant("1 + 1/C", lambda **v: in_the_long_run(**v, read=2)),
                Mutant(
                    "n for n^2",
                    lambda **v: Bounds(in_the_long_run(**v).low * v["pixels"], sp.oo),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "no activation function, circular convolutions",
            lambda p: p.get("activation", "linear") == "linear",
        ),
        stated(
            "a kernel no longer than the circle",
            lambda p: "pixels" not in p or "kernel" not in p or p["kernel"] <= p["pixels"],
        ),
        unstated(
            "a single channel: outputs of several channels share fewer inputs than fully connected "
            "units do",
            lambda p: p.get("channels", 1) == 1,
        ),
    ),
    expected="holds-if",
    because=(
        "With one channel the kurtosis is at least that of fully connected units at every depth, "
        "and above it from the second on, given two taps. With three channels and a local kernel "
        "it is smaller at first (21/4 against 16/3), and larger in the long run, by 1 + 2/C a "
        "layer at least."
    ),
    proofs=(
        Proof("one channel", "exact", "exact moments on a grid of sizes", one_channel),
        Proof(
            "three channels",
            "exact",
            "three channels, two taps, three pixels, two layers",
            three_channels,
            point={"channels": 3},
        ),
        Proof(
            "enumeration",
            "exact",
            "every kernel and input of literal networks, one channel",
            literally,
            law="kurtosis",
        ),
        Proof("one tap", "exact", "fully connected at every pixel", one_pixel, law="kurtosis"),
        Proof(
            "frequencies",
            "exact",
            "every quadruple of Fourier modes",
            over_frequencies,
            law="full kernel",
        ),
        Proof(
            "enumeration, full kernel",
            "exact",
            "every kernel and input of literal networks",
            full_literally,
            law="full kernel",
        ),
        Proof(
            "two layers",
            "symbolic",
            "pairs of positions for all k and C",
            of_two_layers,
            law="second layer",
        ),
        Proof(
            "zero frequency",
            "exact",
            "the mean over pixels is a fully connected network of width C",
            zero_frequency,
            law="long run",
        ),
    ),
    probes=(
        _probe("16 channels", 16, 3, "literal convolutions, as deep as the rule allows"),
        _probe(  # the fewest channels, and the first depth that shows it at 3 %
            "slower at first",
            18,
            5,
            "five layers, and still below fully connected units that read as much",
            laws=("kurtosis", "stated"),
            tiers=LATER,
            curve="depth",
            x=5,
        ),
    ),
    curves=(
        Curve(
            "one channel",
            "Linear convolutions, one channel, 3 taps, 8 pixels, and the bound as stated",
            "depth",
            "kurtosis",
            range(0, 13),
            lambda x: {"pixels": 8, "kernel": 3, "channels": 1, "depth": int(x)},
            laws=("kurtosis", "stated"),
            log_y=True,
        ),
        Curve(
            "depth",
            "Linear convolutions, 18 channels, 3 taps, 8 pixels, and the bound as stated",
            "depth",
            "kurtosis",
            range(0, 61, 5),
            lambda x: {"pixels": 8, "kernel": 3, "channels": 18, "depth": int(x)},
            laws=("kurtosis", "stated"),
            log_y=True,
        ),
    ),
    remark=(
        "The fourth moments of linear networks with Gaussian kernels are settled; for those with a "
        "ReLU see vev.disc.conv.relu. Which fully connected network is meant matters: against "
        "units that read the whole image a local kernel starts faster, 1 + 2/(kC) to 1 + 2/(nC)."
    ),
    see=("vev.disc.conv.relu", "vev.closed_gauss", "vev.thm4.7", "vev.disc.skip"),
)
