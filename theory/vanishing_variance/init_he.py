"""He initialisation: what one ReLU layer does to variance, fourth moment and logarithm.

vev.init.he   N(0, 2/fan_in): 1, 1 + 5/w, log(4/w) + E[psi(K/2) | K >= 1]
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


def literal_layers(law: Any) -> Finding:
    """Weights of variance 2/n."""
    return init.literal_variance(law, lambda n_in, n_out: sp.Rational(2, n_in))


def against_recursion(law: Any) -> Finding:
    """One step of Proposition 4.3 from a Gaussian layer (kappa = 3 m)."""
    return prove.cases(
        (f"w = {size}", law(width=size), sp.cancel(trajectory((size,), 0, 3, 3, 1)[1][0] / 3))
        for size in init.SIZES
    )


def by_unit_moments(law: Any) -> Finding:
    """E T^2 from E phi(g)^4 = 3/2 and E phi(g)^2 = 1/2, w symbolic."""
    half = sp.Rational(1, 2)
    square = (2 / w) ** 2 * init.squares_of_units(half**2, 3 * half, w)
    return prove.identity(
        law(width=w) - square, predicted="1 + 5/w", found="(2/w)^2 (3w/2 + w(w-1)/4)"
    )


CLAIM = Claim(
    id="vev.init.he",
    title="He initialisation: variance kept, fourth moment times 1 + 5/w, logarithm falling",
    source=PAPER.at(
        "Section 6",
        "He initialisation (He et al. 2015) is one of the methods compared; it keeps the variance "
        "of every unit",
    ),
    kind="algorithm",
    laws=(
        Law(
            role="stated",
            name="variance",
            formula=sp.Eq(init.VARIANCE_RATIO, 1),
            parameters=(init.N_IN, init.N_OUT),
            words="mean square of a unit over that of a unit of the layer that it reads",
            evaluate=lambda n_in, n_out: sp.Integer(1),
            mutants=(
                Mutant("fan-out", lambda n_in, n_out: sp.sympify(n_in) / n_out),
                Mutant("gain 1", lambda n_in, n_out: sp.Rational(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="fourth moment",
            formula=sp.Eq(init.FOURTH_RATIO, 1 + 5 / w),
            parameters=(WIDTH,),
            words="growth of the fourth moment, hence of the kurtosis, per layer; Gaussian weights",
            mutants=(
                Mutant("5 becomes 6", lambda width: 1 + 6 / sp.sympify(width)),
                Mutant(
                    "(w + 5)/(w + 2), the orthogonal one",
                    lambda width: sp.sympify(width + 5) / (width + 2),
                ),
            ),
        ),
        init.drift_law(
            sp.log(4 / w) + init.LOG_OF_ACTIVE,
            lambda width: init.he_drift(width),
            (
                Mutant("leading order", lambda width: -sp.Rational(5, 2 * width)),
                Mutant("of the Glorot law", lambda width: init.he_drift(width) - sp.log(2)),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        stated("fan-in variance", lambda p: p.get("fan", "in") == "in"),
    ),
    expected="holds",
    because=(
        "A ReLU keeps half of the mean square and the weights double it; what grows and what falls "
        "is the spread of that half from network to network."
    ),
    proofs=(
        Proof(
            "every matrix",
            "exact",
            "literal ReLU layers of +-1 weights, rescaled to the variance 2/n",
            literal_layers,
            law="variance",
        ),
        Proof(
            "unit moments",
            "symbolic",
            "E T^2 = 1 + 5/w for every w",
            by_unit_moments,
            law="fourth moment",
        ),
        Proof(
            "recursion",
            "exact",
            "one step of Proposition 4.3",
            against_recursion,
            law="fourth moment",
        ),
        Proof(
            "density",
            "exact",
            "E log chi^2_k over the number of active units",
            lambda law: init.drift_by_density(law, "he"),
            law="drift",
        ),
    ),
    probes=(
        init.variance_probe(
            "he", {"n_in": 30, "n_out": 10}, (20, 30, 10), "unequal widths show the fan"
        ),
        init.fourth_probe("he", {"width": 48}, 48),
        *(init.drift_probe("he", {"width": size}, size) for size in (6, 10, 20)),
    ),
    curves=(init.drift_curve("He"),),
    remark=(
        "The companion code offers the same variance with +-1 and uniform weights; their kurtosis "
        "grows at the same leading rate 5/w (vev.lambda)."
    ),
    see=("vev.prop3.2", "vev.closed_gauss", "vev.quenched.drift"),
)
