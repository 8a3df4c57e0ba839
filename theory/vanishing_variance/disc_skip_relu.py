"""Residual networks with a ReLU inside two-layer branches: their kurtosis, exactly.

    vev.disc.skip.relu   y' = sqrt(1-e) y + sqrt(e) W' phi_a(W y): |y'|^2/|y|^2 does not depend on y

Given y, the hidden pre-activations are iid N(0, |y|^2/w) up to the gain, whatever the direction of
y, and the branch is Gaussian with variance tau |y|^2/w per unit, E tau = 1, E tau^2 = 1 + (3r-1)/h
(r = 2 for ReLU, 1 without activation function). So |y'|^2/|y|^2 has mean 1 and a variance that is a
constant of the block, blocks are independent, and kappa_d = 3 prod (1 + variance). The branch
enters at e^2: at shares c/d only the noise of the skip 4e(1-e)/w is left, with or without ReLU.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
)
from theory.symbols import SLOPE, WIDTH, a, d, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.disc_skip import LAYERS, SCALE, SHARES, SHARES_OF, c
from theory.vanishing_variance.probes import KURTOSIS
from theory.vanishing_variance.residual_branches import (
    by_enumeration,
    by_moments,
    excess,
    h,
    kurtosis,
)

HIDDEN = dataclasses.replace(WIDTH, name="hidden", meaning="hidden units of a branch", symbol=h)
SLOPES = Parameter("slope", Reals(-1e6, 1e6), SLOPE.meaning, a)
E_L = SHARES_OF[LAYERS]
R = 2 * (1 + a**4) / (1 + a**2) ** 2
FACTOR = 1 + 4 * E_L * (1 - E_L) / w + E_L**2 * ((1 + (3 * R - 1) / h) * (1 + 2 / w) - 1)


def over_depth(width: Any, hidden: Any, slope: Any, scale: Any, *, rate: Any = 4) -> Any:
    """3 exp(4c/w), whatever the branch."""
    return 3 * sp.exp(rate * sp.sympify(prove.exact(scale)) / sp.sympify(width))


def in_the_limit(law: Any) -> Finding:
    """d log(1 + excess(c/d)) -> 4c/w for all hidden widths and slopes; constant shares diverge."""
    share = sp.Symbol("x", positive=True)
    one = excess(share, w, h, a)
    rate = sp.cancel(one / share).subs(share, 0)
    return prove.identities(
        [
            ("no growth without a branch", one.subs(share, 0)),
            ("growth per share", sp.log(law(width=w, hidden=h, slope=a, scale=c) / 3) - c * rate),
        ],
        predicted="3 exp(4c/w)",
        found="d log(1 + c x/d + O(d^-2)) -> c x, x the derivative of a block's variance at e = 0",
    )


WIDTH_MEASURED, HIDDEN_MEASURED, BLOCKS = 48, 48, 2
"""Two ReLU blocks at the narrowest width in steps of 8 that the rule of probes.py allows."""


def _probe(name: str, skip: float, branch: float, share: Fraction, why: str, **more: Any) -> Probe:
    """Two layers of gain 2 and a ReLU multiply the variance by 2: e = 2 b^2/(s^2 + 2 b^2)."""
    widths = (WIDTH_MEASURED, HIDDEN_MEASURED) * BLOCKS + (WIDTH_MEASURED,)
    return Probe(
        name=name,
        experiment="two_layer_branches",
        setup={
            "widths": widths,
            "weights": "gaussian",
            "gain": 2.0,
            "activation": "relu",
            "block": "residual",
            "skip": skip,
            "branch": branch,
        },
        at={
            "width": WIDTH_MEASURED,
            "hidden": HIDDEN_MEASURED,
            "slope": 0,
            "shares": (share,) * BLOCKS,
        },
        estimand=KURTOSIS,
        laws=("kurtosis",),
        why=why,
        **more,
    )


def _changed(change: Any) -> Any:
    def evaluate(width: Any, hidden: Any, slope: Any, shares: Any) -> Any:
        return 3 * sp.prod([1 + change(width, hidden, slope, s) for s in shares])

    return evaluate


CLAIM = Claim(
    id="vev.disc.skip.relu",
    title="residual networks with ReLU branches: kurtosis at every depth, bounded if scaled",
    source=PAPER.at(
        "Section 7",
        "addition of skip connections cannot stop the growth of kurtosis, because kurtosis "
        "explodes even for the networks with no activation function",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(sp.Symbol("kappa_d"), 3 * sp.Product(FACTOR, (LAYERS, 1, d))),
            parameters=(WIDTH, HIDDEN, SLOPES, SHARES),
            words="branches W' phi_a(W y) of h hidden units, He variances, N(0, I) inputs",
            evaluate=kurtosis,
            mutants=(
                Mutant(
                    "no activation function",
                    lambda width, hidden, slope, shares: kurtosis(width, hidden, 1, shares),
                ),
                Mutant("a branch of one layer", _changed(lambda v, x, s, e: excess(e, v, v, s))),
                Mutant(
                    "e for e^2 in the branch",
                    _changed(lambda v, x, s, e: e * excess(1, v, x, s)),
                ),
                Mutant(
                    "one block fewer",
                    lambda width, hidden, slope, shares: kurtosis(
                        width, hidden, slope, tuple(shares)[1:]
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="limit",
            formula=sp.Eq(sp.Symbol("kappa_infty"), 3 * sp.exp(4 * c / w)),
            parameters=(WIDTH, HIDDEN, SLOPES, SCALE),
            words="at shares c/d of d blocks, d to infinity: as without an activation function",
            evaluate=over_depth,
            mutants=(
                Mutant("exp(2c/w)", lambda **v: over_depth(**v, rate=2)),
                Mutant("infinite", lambda **v: sp.oo),
            ),
        ),
    ),
    assumptions=(
        stated(
            "Gaussian weights and inputs (no moment beyond their fourth enters)",
            lambda p: p.get("weights", "gaussian") == p.get("inputs", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "Given y, the branch W' phi(W y) is Gaussian and depends on y by its length alone. A block "
        "multiplies the second moment of the squared norm by a constant, in which the ReLU enters "
        "at order e^2: with shares c/d the kurtosis tends to 3 exp(4c/w)."
    ),
    proofs=(
        Proof(
            "moments",
            "symbolic",
            "second moment of |y'|^2/|y|^2 for every share, width and slope",
            by_moments,
            law="kurtosis",
        ),
        Proof(
            "enumeration",
            "exact",
            "every matrix of literal residual networks, widths 1 and 2",
            by_enumeration,
            law="kurtosis",
        ),
        Proof("limit", "symbolic", "infinitely many blocks", in_the_limit, law="limit"),
    ),
    probes=(
        _probe(
            "y + W' relu(W y)",
            1.0,
            1.0,
            Fraction(2, 3),
            "the plain skip connection: it grows",
            tiers=LATER,
        ),
        _probe(
            "shares 1/(2d)",
            0.75**0.5,
            0.125**0.5,
            Fraction(1, 4),
            "scaled branches, bounded",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Residual blocks of shares 1/d, ReLU branches, width 10",
            "number of blocks d",
            "kurtosis",
            (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
            lambda x: {
                "width": 10, "hidden": 10, "slope": 0, "scale": 1,
                "shares": (sp.Rational(1, int(x)),) * int(x),
            },
            laws=("kurtosis", "limit"),
        ),
    ),
    remark=(
        "A branch W phi(y) of one layer reads the signs of y itself, so its blocks do not multiply "
        "by a constant: it is not treated here."
    ),
    see=("vev.disc.skip", "vev.prop4.3"),
)  # fmt: skip
