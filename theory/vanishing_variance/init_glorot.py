"""Glorot initialisation: the variance halves with every ReLU layer, which is no matter of kurtosis.

vev.init.glorot   N(0, 2/(fan_in + fan_out)): n/(n + m), (1 + 5/w)/4, He drift - log 2
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Claim, Finding, Law, Mutant, Proof, stated
from theory.symbols import WIDTH, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.recursion import trajectory


def variance_ratio(n_in: Any, n_out: Any) -> sp.Expr:
    """n/(n + m): n terms of variance 2/(n + m), half of the square each.

    >>> variance_ratio(10, 10), variance_ratio(20, 10)
    (1/2, 2/3)
    """
    return sp.sympify(n_in) / (sp.sympify(n_in) + n_out)


def drift(width: int) -> sp.Expr:
    """He's drift minus log 2: at constant width every weight is He's divided by sqrt 2.

    >>> sp.N(drift(10), 5)
    -1.0006
    """
    return init.he_drift(width) - sp.log(2)


def literal_layers(law: Any) -> Finding:
    """Weights of variance 2/(n + m)."""
    return init.literal_variance(law, lambda n_in, n_out: sp.Rational(2, n_in + n_out))


def against_recursion(law: Any) -> Finding:
    """One step of Proposition 4.3; weights divided by sqrt 2 divide the fourth moment by 4."""
    return prove.cases(
        (f"w = {size}", law(width=size), sp.cancel(trajectory((size,), 0, 3, 3, 1)[1][0] / 12))
        for size in init.SIZES
    )


CLAIM = Claim(
    id="vev.init.glorot",
    title="Glorot initialisation: each ReLU layer halves the variance at constant width",
    source=PAPER.at(
        "Section 6.1",
        "Glorot initialisation (Glorot and Bengio 2010) is one of the methods whose empirical "
        "variance vanishes; shown beside methods that keep the theoretical variance",
    ),
    kind="algorithm",
    laws=(
        init.variance_law(
            init.n / (init.n + init.m),
            variance_ratio,
            (
                Mutant("kept", lambda n_in, n_out: sp.Integer(1)),
                Mutant("half whatever the widths", lambda n_in, n_out: sp.Rational(1, 2)),
                Mutant("fans exchanged", lambda n_in, n_out: variance_ratio(n_out, n_in)),
            ),
        ),
        Law(
            role="sharper",
            name="fourth moment",
            formula=sp.Eq(init.FOURTH_RATIO, (1 + 5 / w) / 4),
            parameters=(WIDTH,),
            words="growth of the fourth moment per layer; that of the kurtosis is He's, 1 + 5/w",
            mutants=(
                Mutant("not divided by 4", lambda width: 1 + 5 / sp.sympify(width)),
                Mutant("divided by 2", lambda width: (1 + 5 / sp.sympify(width)) / 2),
            ),
        ),
        init.drift_law(
            sp.Symbol("drift_He") - sp.log(2),
            drift,
            (
                Mutant("that of He", lambda width: init.he_drift(width)),
                Mutant("the mean alone, -log 2", lambda width: -sp.log(2)),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
    ),
    expected="holds",
    because=(
        "Its variance 2/(fan_in + fan_out) is half of He's at constant width, so the mean square "
        "itself falls by 2^-l; the spread between networks is that of He."
    ),
    proofs=(
        Proof(
            "every matrix",
            "exact",
            "literal ReLU layers of +-1 weights, rescaled to the variance 2/(n + m)",
            literal_layers,
            law="variance",
        ),
        Proof(
            "recursion",
            "exact",
            "one step of Proposition 4.3, weights divided by the root of 2",
            against_recursion,
            law="fourth moment",
        ),
        Proof(
            "density",
            "exact",
            "E log chi^2_k over the number of active units",
            lambda law: init.drift_by_density(law, "glorot"),
            law="drift",
        ),
    ),
    probes=(
        init.variance_probe("glorot", {"n_in": 30, "n_out": 10}, (20, 30, 10), "narrowing"),
        init.variance_probe("glorot", {"n_in": 15, "n_out": 45}, (20, 15, 45), "widening"),
        init.fourth_probe("glorot", {"width": 48}, 48),
        *(init.drift_probe("glorot", {"width": size}, size) for size in (6, 10, 20)),
    ),
    curves=(init.drift_curve("Glorot"),),
    remark="Its fall in Figure 1 is a plain shrinking of the mean, not the effect under study.",
    see=("vev.init.he", "vev.fig1"),
)
