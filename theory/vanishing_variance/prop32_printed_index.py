"""What the printed He variance gives: Proposition 3.2 with the index as printed.

    vev.prop3.2.index   2/(w_l (a^2 + 1)) for W^(l) turns sigma^2 into sigma^2 w_0/w_d

One unit of layer l sums w_{l-1} terms, so each layer multiplies the variance by w_{l-1}/w_l.
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
    title="the printed He variance 2/(w_l (a^2 + 1)) keeps the variance",
    source=PAPER.at(
        "Proposition 3.2, the variance as printed",
        "W^(l), of w_l rows and w_{l-1} columns, has entry variance 2/(w_l (a^2 + 1)), and the "
        "output variance is sigma^2",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(VARIANCE_OUT, sigma_sq),
            parameters=PARAMETERS,
            words="variance of one unit of the last layer under the printed weight variance",
            evaluate=preserved,
            mutants=(
                Mutant(
                    "halved per layer",
                    lambda widths, slope, input_variance: (
                        sp.sympify(input_variance) / 2 ** (len(widths) - 1)
                    ),
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(VARIANCE_OUT, sigma_sq * w_in / w_out),
            parameters=PARAMETERS,
            words="each layer multiplies by w_{l-1}/w_l; the product telescopes to w_0/w_d",
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
    expected="false-as-stated",
    because=(
        "A unit of layer l sums w_{l-1} terms of variance proportional to 1/w_l, so the variance "
        "is multiplied by w_{l-1}/w_l per layer and by w_0/w_d in all."
    ),
    proofs=(
        Proof(
            "enumeration, as stated",
            "exact",
            "variance from every weight matrix of small networks, unequal widths",
            with_printed_index,
        ),
        Proof(
            "enumeration, corrected",
            "exact",
            "variance from every weight matrix of small networks, unequal widths",
            with_printed_index,
            law="corrected",
        ),
    ),
    probes=(
        *(
            variance_probe(
                f"12 -> 24 -> {last}",
                (12, 24, last),
                ZERO,
                fan="out",
                laws=("stated", "corrected"),
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
            laws=("stated", "corrected"),
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
            laws=("stated", "corrected"),
            log_x=True,
            log_y=True,
        ),
    ),
    remark="Invisible at constant width or when w_d = w_0; kurtosis is scale-free.",
    see=("vev.prop3.2", "vev.setup"),
)
