"""Figure 1: quantiles over networks of the scale over depth, at width 10, by initialiser.

    vev.fig1   the 0.9 quantile is below 1/1000 after 80 layers; quantiles fall after layer 40

The document measures the variance of unit 0 over CIFAR10. Here the exact quantiles of the mean
square of a layer for one N(0, I) input (scale_quantiles.py), and the variance over Gaussian data of
literal networks. Width 10 throughout. Two protocols: Section 3 activates the input, the networks of
the figure, as their code is described, do not. The curves of the figure are quantiles of 10,000
networks, those of the law are quantiles of all networks: the first need not fall where the second
do. MetaInit is a claim of its own (vev.fig1.metainit), ZerO is vev.init.zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath
import sympy as sp

from theory.schema import (
    LATER,
    TIERS,
    Bounds,
    Claim,
    Estimand,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    stated,
    unstated,
)
from theory.vanishing_variance import PAPER, fig1_figures, gsm_two_inputs
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance import scale_quantiles as scales
from theory.vanishing_variance.fig1_figures import OVER, WORDS, setup
from theory.vanishing_variance.fig1_quantiles import (
    AFTER,
    DEPTH,
    LATE,
    LEVEL,
    NAME,
    NETWORKS,
    PROTOCOL,
    PROTOCOLS,
    PUBLISHED,
    WIDTH,
    Q,
    by_comparison,
    by_neighbours,
    by_second_roads,
    by_steps,
    crossing,
    d,
    peak,
    printed_band,
    quantile,
    quantile_digits,
    shifted,
)

# --- measurements ------------------------------------------------------------------------------


def _data_probe(name: str, depth: int) -> Probe:
    return Probe(
        name=f"{name}, layer {depth}, variance over data",
        experiment="variance_at_depth",
        setup=setup(name, depth, 32, PROTOCOLS[1]),
        at={"initialiser": name, "depth": depth},
        estimand=Estimand("quantile", ("log10_variance",), over=OVER, level=0.9),
        laws=("below",),
        tiers=LATER if (name, depth) == ("orthogonal", 80) else TIERS,
        why="the document's quantity on Gaussian data: unit 0, unbiased, over 32 inputs",
    )


def _published_probe(name: str) -> Probe:
    """The document's quantity at the layer where its curve passes below 1/1000."""
    return Probe(
        name=f"{name}, where the printed curve crosses",
        experiment="variance_at_depth",
        setup=setup(name, PUBLISHED[name] + 1, 32, PROTOCOLS[1]),
        at={"initialiser": name},
        estimand=Estimand("quantile", ("log10_variance",), over=OVER, level=0.9),
        laws=("printed crossing",),
        margin=gsm_two_inputs.DECADES,
        tiers=TIERS if name in ("glorot", "gsm") else LATER,
        why="unit 0, unbiased, over 32 Gaussian inputs that are not activated",
    )


def _curve_probe(depth: int) -> Probe:
    """Samples of 10,000 networks, followed from layer 40 to `depth`; 0.999 is their tenth largest.

    Two blocks of curves in the quick tier: 16 that all rise somewhere put the probability of a
    falling curve below 0.61 at that tier's level, whatever it is.
    """
    return Probe(
        name=f"curves of {NETWORKS} networks, 0.999, to layer {depth}",
        experiment="sample_curves",
        setup=init.setup("he", (WIDTH,) * (depth + 1), activate_input=True)
        | {"extra": {"draws": NETWORKS, "index": 40}},
        at={"networks": NETWORKS, "depth": depth},
        estimand=Estimand("probability", ("falls_999",), over="samples of 10,000 networks"),
        laws=("sample curves",),
        why="the document's curves are quantiles of a sample, over the scale of one input here",
        budget=0.5,
    )


def _named(layers: Mapping[str, Any]) -> str:
    return ", ".join(f"{WORDS[name]} {layer}" for name, layer in layers.items())


CLAIM = Claim(
    id="vev.fig1",
    title="He, Glorot, orthogonal, GSM at width 10: nine in ten below 1/1000 after 80 layers",
    source=PAPER.at(
        "Figure 1, Section 6.1",
        "for all random methods except MetaInit 90% of the networks have an empirical variance "
        "below 10^-3 after 80 layers, and all quantiles, estimated from 10,000 networks, decrease "
        "monotonically after 40 layers",
    ),
    kind="empirical figure",
    laws=(
        Law(
            role="stated",
            name="below",
            formula=sp.Le(Q(sp.Rational(9, 10), d), sp.Integer(-3)),
            parameters=(NAME, LATE),
            words="log10 of the 0.9 quantile of the empirical variance, from layer 80 on",
            evaluate=lambda initialiser, depth: Bounds(-sp.oo, sp.Integer(-3)),
            mutants=(
                Mutant("below 10^-6", lambda initialiser, depth: Bounds(-sp.oo, sp.Integer(-6))),
                Mutant("above 10^-3", lambda initialiser, depth: Bounds(sp.Integer(-3), sp.oo)),
            ),
        ),
        Law(
            role="stated",
            name="falling",
            formula=sp.Le(Q(LEVEL.symbol, d + 1), Q(LEVEL.symbol, d)),
            parameters=(NAME, AFTER, LEVEL),
            words=(
                "change of the log10 quantile from layer d to d + 1, from layer 40 on; read for "
                "the scale of one input"
            ),
            evaluate=lambda initialiser, depth, level: Bounds(-sp.oo, sp.Integer(0)),
            mutants=(
                Mutant("rising", lambda initialiser, depth, level: Bounds(sp.Integer(0), sp.oo)),
                Mutant(
                    "a tenth of a decade a layer",
                    lambda initialiser, depth, level: Bounds(-sp.oo, -sp.Rational(1, 10)),
                ),
            ),
        ),
        Law(
            role="stated",
            name="sample curves",
            formula=sp.Eq(sp.Symbol("P(falls)"), 1),
            parameters=(
                Parameter("networks", Integers(10), "networks behind a curve"),
                Parameter("depth", Integers(41, 300), "last layer of the curve"),
            ),
            words=(
                "probability that the 0.999 quantile of a sample of He networks falls at every "
                "step from layer 40 on; read for the scale of one input"
            ),
            evaluate=lambda networks, depth: sp.Integer(1),
            mutants=(Mutant("nine in ten", lambda networks, depth: sp.Rational(9, 10)),),
        ),
        Law(
            role="sharper",
            name="quantile",
            formula=sp.Eq(sp.Function("F_d")(Q(LEVEL.symbol, d)), LEVEL.symbol),
            parameters=(NAME, DEPTH, LEVEL, PROTOCOL),
            words=(
                "log10 of the quantile over networks of the mean of y^2 over the units of layer d; "
                "one N(0, I) input; F_d its distribution function, dead networks counted"
            ),
            evaluate=quantile,
            error=f"{scales.TABLE:.0e} in the level, that of the tabulated distribution function",
            digits=quantile_digits,
            mutants=(
                Mutant(
                    "one layer more",
                    lambda depth, **at: quantile(depth=depth + 1, **at),
                ),
                Mutant(
                    "that of He",
                    lambda initialiser, **at: quantile(
                        "orthogonal" if initialiser == "he" else "he", **at
                    ),
                ),
                Mutant(
                    "the other protocol",
                    lambda protocol, **at: quantile(
                        protocol=PROTOCOLS[protocol == PROTOCOLS[0]], **at
                    ),
                ),
                Mutant(  # orthogonal: gain 1 for sqrt 2; He: variance 1/w for 2/w
                    "gain 1",
                    lambda depth, **at: (
                        quantile(depth=depth, **at) - int(depth) * float(mpmath.log10(2))
                    ),
                ),
                Mutant(
                    "dead networks left out",
                    lambda initialiser, depth, level, protocol: quantile(
                        initialiser,
                        depth,
                        1 - (1 - float(level)) * scales.alive(initialiser, WIDTH, depth),
                        protocol,
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="crossing",
            formula=sp.Eq(sp.Symbol("d_*"), sp.Function("min")(sp.Symbol("q < -3"))),
            parameters=(NAME, PROTOCOL),
            words="first layer at which the 0.9 quantile is below 1/1000; one input",
            evaluate=crossing,
            mutants=(
                Mutant("one layer later", lambda **at: crossing(**at) + 1),
                Mutant(
                    "the other protocol",
                    lambda initialiser, protocol: crossing(
                        initialiser, PROTOCOLS[protocol == PROTOCOLS[0]]
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="printed crossing",
            formula=sp.Le(Q(sp.Rational(9, 10), sp.Symbol("d_*") + 1), -3 + sp.Symbol("b")),
            parameters=(NAME,),
            words=(
                "a reference: log10 of the 0.9 quantile of S^2 at the layer d_* from which the "
                "printed curve is below 1/1000 (plots count from 0), within what 10,000 networks, "
                "the scale of the data and one layer leave open"
            ),
            evaluate=printed_band,
            mutants=(
                Mutant("a decade higher", shifted(1)),
                Mutant("a decade lower", shifted(-1)),
            ),
        ),
        Law(
            role="sharper",
            name="peak",
            formula=sp.Eq(sp.Symbol("d_p"), sp.Function("argmax")(Q(LEVEL.symbol, d))),
            parameters=(NAME, LEVEL),
            words="layer at which the quantile is largest; it falls from there on; one input",
            evaluate=peak,
            mutants=(
                Mutant("one layer later", lambda initialiser, level: peak(initialiser, level) + 1),
                Mutant("the level left out", lambda initialiser, level: peak(initialiser, 0.9)),
            ),
        ),
        gsm_two_inputs.LAW,
    ),
    assumptions=(
        init.RELU,
        stated("width 10", lambda p: set(p.get("widths", (WIDTH,))) == {WIDTH}),
        unstated(
            "quantiles of all networks, not of a sample of 10,000 (that they decrease)",
            lambda p: "networks" not in p,
        ),
    ),
    expected="holds-if",
    because=(
        "The exact quantiles of the scale of one input fall at every layer from 40 to 101, and the "
        "0.9 quantile is below 1/1000 from layer 80 on or before, with an activated input and with "
        "a raw one. A 0.999 quantile of 10,000 networks is their tenth largest value: its curve "
        "goes up in between."
    ),
    proofs=(
        Proof(
            "steps after layer 40",
            "numeric",
            "exact quantiles at every layer from 40 to 101, three levels, both protocols",
            by_steps,
            law="falling",
        ),
        Proof(
            "second roads",
            "numeric",
            "other transforms, and a mixture of chi-squares",
            by_second_roads,
            law="quantile",
        ),
        Proof(
            "neighbours",
            "numeric",
            "quantiles just before and at the crossing, both protocols",
            by_neighbours,
            law="crossing",
        ),
        Proof(
            "layers compared",
            "numeric",
            "exact quantiles from layer 1 to 45",
            by_comparison,
            law="peak",
        ),
        *gsm_two_inputs.PROOFS,
    ),
    probes=(
        *(_data_probe(name, depth) for name in scales.INITIALISERS for depth in (80, 100)),
        *fig1_figures.PROBES,
        *(_published_probe(name) for name in scales.INITIALISERS),
        _curve_probe(52),
        *gsm_two_inputs.PROBES,
    ),
    curves=fig1_figures.CURVES,
    remark=(
        f"Read off the plots, which count layers from 0: {_named(PUBLISHED)}, on CIFAR10. Section "
        "3 activates the input; the figure's networks, as their code is described, do not. Of one "
        "input the 0.999 quantile peaks before layer 40 (law 'peak'). 'For MetaInit, "
        "empirical variances explode' is vev.fig1.metainit; what is said of ZerO is "
        "vev.init.zero. The band of a printed crossing leaves out the shape of the data. The "
        "figures here draw the scale of one raw input; their crosses are of S^2."
    ),
    see=(
        "vev.init.he",
        "vev.init.glorot",
        "vev.init.orthogonal",
        "vev.init.gsm",
        "vev.init.zero",
        "vev.fig1.metainit",
    ),
)
