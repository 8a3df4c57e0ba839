"""Constant or falling variance vanishes, otherwise it explodes: not up to a gain above 1.

    vev.hyp.dichotomy   typical change of log S^2 per layer: log g + E log T, zero at g* > 1

Multiply every He variance by g: the theoretical variance is g^d. Of a network that is alive, the
logarithm of the empirical one falls while log g < -E log T: between 1 and g* the first explodes and
the second vanishes. And whatever g is, a share 2^-w of the networks dies in every layer of width w:
at constant width S^2 -> 0 in probability at every gain, though at width 10 only beyond depth 1000.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import log_factors, prove
from theory.schema import (
    LATER,
    Bounds,
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
)
from theory.symbols import WIDTH, by_unit, d, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.propB_dirac_limit import ALIVE, alive_setup, by_sign_patterns

g = sp.Symbol("g", positive=True)
GAIN = Parameter(
    "gain", Reals(0, open_low=True), "g: the theoretical variance is multiplied by g per layer", g
)
EXPLODING = Parameter(
    "gain", Reals(1, open_low=True), "g > 1: the theoretical variance explodes", g
)


def slope(width: int, gain: Any) -> sp.Expr:
    """E log of the factor of one layer: log g + E[log T | T > 0]. Exact."""
    return sp.log(sp.nsimplify(gain, rational=True)) + init.he_drift(width)


def by_sign(width: int, gain: Any) -> Bounds:
    """What the hypothesis says: rises if g > 1, falls if g <= 1."""
    return Bounds(0, sp.oo) if gain > 1 else Bounds(-sp.oo, 0)


def critical_gain(width: int) -> sp.Expr:
    """g* = exp(-E log T): the gain that keeps the typical scale.

    >>> sp.N(critical_gain(10), 6), critical_gain(1)
    (1.35997, exp(EulerGamma))
    """
    return sp.exp(-sp.expand_log(init.he_drift(width), force=True))


def alive(width: int, gain: Any, depth: int) -> sp.Rational:
    """P(y^(d) != 0) = (1 - 2^-w)^d, whatever the gain; symmetric inputs, activated. Exact.

    >>> alive(1, 6, 5)
    1/32
    """
    return (1 - sp.Rational(1, 2**width)) ** depth


SIX_FIFTHS = sp.Rational(6, 5)
POINTS = (
    *((width, SIX_FIFTHS) for width in (1, 2, 10)),
    *((10, sp.Integer(gain)) for gain in (1, 3)),
    (2, sp.Integer(9)),
    (3, sp.Rational(1, 2)),
)


def smallest_counterexample(law: Any) -> Finding:
    """w = 1 and 2, g = 6/5: log(6/5) < 1/5 < 1/2 < gamma. Then other gains, w = 10."""
    rows: list[tuple[str, bool | None]] = []
    for width, gain in POINTS:
        found = sp.log(gain) + _drift(width)
        value = law(width=width, gain=gain)
        inside = value.low <= found <= value.high
        rows.append((f"w = {width}, g = {gain}: {sp.N(found, 6)}", bool(inside)))
    return prove.truth(rows, predicted="the sign of log g", found="log g + E log T")


def _drift(width: int) -> sp.Expr:
    return log_factors.mixture(width, 0)[0]


def by_density(law: Any) -> Finding:
    """log g + E log T, E log chi^2_k from its density."""
    return prove.cases(
        (
            (f"w = {width}, g = {gain}", law(width=width, gain=gain), sp.log(gain) + _drift(width))
            for width in init.SIZES
            for gain in (SIX_FIFTHS, sp.Integer(1), sp.Integer(3))
        ),
        "digamma sums",
    )


def critical_by_density(law: Any) -> Finding:
    """log g* + E log T = 0."""
    return prove.cases(
        (
            (f"w = {width}", sp.log(law(width=width)) + _drift(width), sp.Integer(0))
            for width in init.SIZES
        ),
        "the typical slope is zero there",
    )


def by_signs(law: Any) -> Finding:
    """Width 1: every network of weights +-r, g = r^2/2. Widths 2 and 3: every sign pattern."""
    rows = []
    for r, depth in itertools.product((1, 2, 5), (1, 2, 4)):
        weights = {Fraction(r): en.HALF, Fraction(-r): en.HALF}
        out = en.network(en.iid(en.SIGN, 1), (1,) * depth, weights, en.leaky(Fraction(0)))
        found = 1 - out.get((Fraction(0),), Fraction(0))
        gain = sp.Rational(r**2, 2)
        rows.append(
            (f"w = 1, g = {gain}, d = {depth}", law(width=1, gain=gain, depth=depth), found)
        )
    for width, depth in ((2, 1), (2, 3), (3, 2), (3, 4)):
        predicted = law(width=width, gain=sp.Integer(3), depth=depth)
        rows.append((f"w = {width}, d = {depth}", predicted, by_sign_patterns((width,) * depth)))
    return prove.cases(rows, "literal networks of one unit; sign patterns of the layers read")


def in_the_limit(law: Any) -> Finding:
    """d -> infinity at constant width: (1 - 2^-w)^d, 1 - 2^-w from the 2^w sign patterns."""
    depth = sp.Symbol("d", positive=True)
    return prove.cases(
        (
            f"w = {width}, g = {gain}",
            law(width=width, gain=sp.Integer(gain)),
            sp.limit(prove.exact(by_sign_patterns((width,))) ** depth, depth, sp.oo),
        )
        for width, gain in ((1, 3), (1, 100), (2, 9), (5, 2))
    )


def _probe(gain: Any, laws: tuple[str, ...], why: str, **more: Any) -> Probe:
    return Probe(
        name=f"w = 10, g = {gain}",
        experiment="norm_steps",
        setup=init.setup("he", (10,) * 9, activate_input=True) | {"gain": float(2 * gain)},
        at={"width": 10, "gain": gain},
        estimand=init.LOG_STEP,
        laws=laws,
        why=why,
        curve="gain",
        x=float(gain),
        **more,
    )


CLAIM = Claim(
    id="vev.hyp.dichotomy",
    title="constant or falling variance: vanishes, otherwise explodes; false up to a gain above 1",
    source=PAPER.at(
        "Section 6",
        "if the theoretical variance is kept constant or decreases, the empirical variance "
        "vanishes, otherwise it explodes",
    ),
    kind="hypothesis",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("sign")(sp.Symbol("drift")), sp.Function("sign")(sp.log(g))),
            parameters=(by_unit(WIDTH), GAIN),
            words=(
                "typical change of log S^2 per layer, given that the network is alive: positive if "
                "g > 1, else negative"
            ),
            evaluate=by_sign,
            mutants=(
                Mutant(
                    "the other way round", lambda width, gain: by_sign(width, 1 / sp.sympify(gain))
                ),
            ),
        ),
        Law(
            role="stated",
            name="in the limit",
            formula=sp.Eq(sp.Symbol("lim P(S^2 > 0)"), 1),
            parameters=(WIDTH, EXPLODING),
            words="an empirical variance that explodes is not 0: constant width, depth growing",
            evaluate=lambda width, gain: sp.Integer(1),
            mutants=(Mutant("half of them", lambda width, gain: sp.Rational(1, 2)),),
        ),
        Law(
            role="corrected",
            name="alive",
            formula=sp.Eq(sp.Symbol("P(alive)"), (1 - 2**-w) ** d),
            parameters=(
                replace(WIDTH, domain=Integers(1, 100)),
                GAIN,
                Parameter("depth", Integers(0), "layers d", d),
            ),
            words=(
                "P(y != 0) of one input after d layers, at any gain (of n inputs that one is not "
                "0: n times as much at most, so S^2 -> 0 in probability)"
            ),
            evaluate=alive,
            mutants=(
                Mutant(
                    "one layer fewer",
                    lambda width, gain, depth: alive(width, gain, max(depth - 1, 0)),
                ),
                Mutant("none dies if g > 1", lambda width, gain, depth: sp.Integer(1)),
                Mutant(
                    "2^-w survive", lambda width, gain, depth: sp.Rational(1, 2**width) ** depth
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(init.DRIFT, sp.log(g) + sp.Symbol("drift_He")),
            parameters=(by_unit(WIDTH), GAIN),
            words=(
                "typical change of log S^2 per layer given that the network is alive, ReLU, "
                "Gaussian weights of variance 2g/w"
            ),
            evaluate=slope,
            mutants=(
                Mutant("without log g", lambda width, gain: init.he_drift(width)),
                Mutant(
                    "leading order",
                    lambda width, gain: sp.log(sp.nsimplify(gain)) - sp.Rational(5, 2 * width),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="critical gain",
            formula=sp.Eq(sp.Symbol("g^*"), sp.exp(-sp.Symbol("drift_He"))),
            parameters=(by_unit(WIDTH),),
            words=(
                "below it the empirical variance of networks that are alive vanishes, above it "
                "explodes; 1.36 at width 10"
            ),
            evaluate=critical_gain,
            mutants=(
                Mutant("leading order", lambda width: sp.exp(sp.Rational(5, 2 * width))),
                Mutant("of the second moment", lambda width: 1 + 5 / sp.sympify(width)),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
    ),
    expected="false-as-stated",
    because=(
        f"For 1 < g < g* = exp(-E log T) ({math.exp(-init.he_drift(10)):.2f} at width 10) the "
        "theoretical variance explodes while that of nearly every network vanishes: mean and "
        "typical value part. Above g* as well every network of constant width dies in the end, a "
        "share 2^-w a layer."
    ),
    proofs=(
        Proof(
            "smallest counterexample",
            "exact",
            "w = 1, g = 6/5: the theoretical variance grows, the typical one falls",
            smallest_counterexample,
        ),
        Proof(
            "dead networks",
            "exact",
            "smallest: w = 1, a network in two dies in every layer, at every gain",
            in_the_limit,
            law="in the limit",
        ),
        Proof(
            "signs",
            "exact",
            "every network of one unit; every sign pattern of two and three",
            by_signs,
            law="alive",
        ),
        Proof(
            "density",
            "exact",
            "E log chi^2_k over the number of active units",
            by_density,
            law="corrected",
        ),
        Proof(
            "zero of the slope",
            "exact",
            "log g* + E log T = 0",
            critical_by_density,
            law="critical gain",
        ),
    ),
    probes=(
        _probe(SIX_FIFTHS, ("stated", "corrected"), "the mean grows, nearly every network falls"),
        _probe(sp.Integer(1), ("stated", "corrected"), "constant theoretical variance"),
        _probe(sp.Rational(3, 2), ("stated", "corrected"), "above the critical gain", tiers=LATER),
        Probe(
            name="alive, w = 3, g = 3, d = 7",
            experiment="alive",
            setup=alive_setup((3,) * 8, "gaussian", "gaussian", gain=6.0),
            at={"width": 3, "gain": sp.Integer(3), "depth": 7},
            estimand=ALIVE,
            laws=("alive",),
            why="above the critical gain, where networks die all the same",
        ),
    ),
    curves=(
        Curve(
            "gain",
            "Typical change of log S^2 per layer, ReLU, width 10",
            "gain g: growth of the theoretical variance per layer",
            "natural log per layer",
            tuple(sp.Rational(i, 10) for i in range(8, 21)),
            lambda x: {"width": 10, "gain": x},
            laws=("corrected",),
        ),
    ),
    remark=(
        "g* keeps the typical scale, not the mean. With +-1 weights sums cancel and more networks "
        "die (vev.propB.2). That a constant variance vanishes is false as well for some weights "
        "(vev.hyp.offdiag)."
    ),
    see=("vev.hyp.offdiag", "vev.quenched.drift", "vev.propB.2"),
)
