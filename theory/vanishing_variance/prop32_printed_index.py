"""What the printed He variance would give: Proposition 3.2 with the index as printed.

    vev.prop3.2.index   2/(w_l (a^2 + 1)) for W^(l) turns sigma^2 into sigma^2 w_0/w_d

The slip itself is a finding on vev.setup, once; here is its effect, as a law of its own. A unit of
layer l sums w_{l-1} terms, so each layer multiplies the variance by w_{l-1}/w_l.
"""

from __future__ import annotations

import sympy as sp

from theory.schema import Claim, Curve, Law, Mutant, Proof, stated
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.prop32_he_variance import (
    HALF,
    PARAMETERS,
    VARIANCE_OUT,
    ZERO,
    literal_variance,
    preserved,
    sigma_sq,
    variance_probe,
    w_in,
    w_out,
    with_printed_index,
)

INDEX = Claim(
    id="vev.prop3.2.index",
    title="what the printed index of the He variance would give: sigma^2 w_0/w_d",
    source=PAPER.at(
        "Proposition 3.2, the variance as printed",
        "not in the document: the effect of the slip in its printed variance 2/(w_l (a^2 + 1)) of "
        "W^(l), of w_l rows and w_{l-1} columns",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(VARIANCE_OUT, sigma_sq * w_in / w_out),
            parameters=PARAMETERS,
            words=(
                "variance of one unit of the last layer under the printed weight variance: each "
                "layer multiplies by w_{l-1}/w_l, and the product telescopes"
            ),
            evaluate=literal_variance,
            mutants=(
                Mutant(
                    "w_d/w_0",
                    lambda widths, slope, input_variance: (
                        sp.sympify(input_variance) * sp.Rational(widths[-1], widths[0])
                    ),
                ),
                Mutant(
                    "last layer only",
                    lambda widths, slope, input_variance: (
                        sp.sympify(input_variance) * sp.Rational(widths[-2], widths[-1])
                    ),
                ),
                Mutant("preserved", preserved),
            ),
        ),
    ),
    assumptions=(
        stated("each input entry is symmetric", lambda p: p.get("symmetric_inputs", True)),
        stated("the weight variance of W^(l) is 2/(w_l (a^2 + 1))", lambda p: p.get("fan") != "in"),
    ),
    expected="holds",
    because=(
        "A unit of layer l sums w_{l-1} terms of variance proportional to 1/w_l, so the variance "
        "is multiplied by w_{l-1}/w_l per layer and by w_0/w_d in all."
    ),
    proofs=(
        Proof(
            "enumeration",
            "exact",
            "variance from every weight matrix of small networks, unequal widths",
            with_printed_index,
            law="sharper",
        ),
    ),
    probes=(
        *(
            variance_probe(
                f"12 -> 24 -> {last}",
                (12, 24, last),
                ZERO,
                fan="out",
                laws=("sharper",),
                why="w_d/w_0 from 1/2 to 4; equal widths hide the slip",
                curve="last width",
                x=last,
            )
            for last in (6, 12, 24, 48)
        ),
        variance_probe(
            "uniform weights, a = 1/2",
            (30, 12, 6),
            HALF,
            fan="out",
            weights="uniform",
            laws=("sharper",),
            why="other law and slope",
        ),
    ),
    curves=(
        Curve(
            "last width",
            "Variance of a unit under the printed index, widths 12, 24, w_d",
            "width w_d of the last layer",
            "variance / input variance",
            (6, 8, 12, 16, 24, 32, 48),
            lambda x: {"widths": (12, 24, int(x)), "slope": 0, "input_variance": 1},
            laws=("sharper",),
            log_x=True,
            log_y=True,
        ),
    ),
    remark="Invisible at constant width or when w_d = w_0; kurtosis is scale-free.",
    see=("vev.setup", "vev.prop3.2"),
)
