"""Bounded activation functions: variance, and what the document leaves open, the kurtosis.

    vev.disc.bounded   Var tanh(x) <= Var x and Var sigmoid(x) <= Var x/16; sigmoid stops the growth

Variance. Var f(x) = E (f(x) - f(x'))^2/2 for two independent copies, so it is at most the square of
the largest slope of f times Var x. But E sigmoid(x)^2 >= 1/4 for symmetric x, because
sigmoid(x)^2 + sigmoid(-x)^2 = 1/2 + 2 (sigmoid(x) - 1/2)^2: with gain g = w Var W the next layer
has a variance of at least g/4, however small the variance of x was.

Kurtosis. y' = W f(y) has kappa' (E S)^2 = 3 E S^2 + (kappa_w - 3) E S_4/w^2, where S is the mean of
f(y_j)^2 and S_4 <= w^2 S^2 the sum of f(y_j)^4: kappa' <= max(3, kappa_w) E S^2/(E S)^2.
With |f| <= 1, S^2 <= S, which leaves max(3, kappa_w)/E S = max(3, kappa_w) g/Var y'. For a sigmoid
and symmetric units let M = E S and u = sigmoid sigmoid(-.): averaged over the sign, its square is
m = (1 - 2u)/2 in [1/4, 1/2] and its fourth power m^2 + m - 1/4, below the chord 7m/4 - 3/8. Hence
E S^2 <= 7M/4 - 3/8 by Cauchy-Schwarz over the units, and E S^2/M^2 <= 49/24, at M = 3/7.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Bounds,
    Choice,
    Claim,
    Curve,
    Estimand,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
)
from theory.symbols import WEIGHT_KURTOSIS, kappa_w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.bounded_activations import (
    WORST,
    chord,
    g,
    literally,
    pairs_of_signs,
    sharp_slopes,
    stated_slopes,
    v,
)
from theory.vanishing_variance.probes import KURTOSIS

ACTIVATION = Parameter("activation", Choice(("tanh", "sigmoid")), "phi")
VARIANCE = Parameter("variance", Reals(0), "variance of x")
GAIN = Parameter("gain", Reals(0, open_low=True), "g = w Var W of the next layer", g)
OUT = Parameter("out_variance", Reals(0, open_low=True), "variance of a unit of the layer", v)


# --- laws ------------------------------------------------------------------------------------


def slope_sq(activation: str) -> sp.Rational:
    """Square of the largest slope of phi, the one at 0."""
    return sp.Integer(1) if activation == "tanh" else sp.Rational(1, 16)


def no_larger(activation: str, variance: Any) -> Bounds:
    """0 <= Var phi(x) <= Var x."""
    return Bounds(0, prove.exact(variance))


def by_slope(activation: str, variance: Any) -> Bounds:
    """0 <= Var phi(x) <= (largest slope)^2 Var x."""
    return Bounds(0, slope_sq(activation) * prove.exact(variance))


def next_variance(gain: Any, *, low: int = 4, high: int = 2) -> Bounds:
    """g/4 <= Var y' <= g/2 for a sigmoid of symmetric units."""
    return Bounds(prove.exact(gain) / sp.Integer(low), prove.exact(gain) / sp.Integer(high))


def sigmoid_kurtosis(weight_kurtosis: Any, *, worst: Any = WORST) -> Bounds:
    """min(3, kappa_w) <= kappa <= 49/24 max(3, kappa_w) at every depth and width."""
    kw = sp.sympify(prove.exact(weight_kurtosis))
    return Bounds(sp.Min(3, kw), worst * sp.Max(3, kw))


def by_variance(gain: Any, out_variance: Any, weight_kurtosis: Any) -> Any:
    """min(3, kappa_w) <= kappa <= max(3, kappa_w) g/Var y for any |phi| <= 1."""
    ratio = prove.exact(gain) / sp.sympify(prove.exact(out_variance))
    return sigmoid_kurtosis(weight_kurtosis, worst=ratio)


# --- the claim -------------------------------------------------------------------------------


def of_sigmoid(means: Any) -> float:
    """Var sigmoid(x) of a symmetric x: E sigmoid(x) = 1/2 exactly."""
    return float(means[0] - 0.25)


def _input_probe(activation: str, **estimand: Any) -> Probe:
    return Probe(
        name=f"{activation} of N(0, 1)",
        experiment="activation_moments",
        setup={
            "widths": (16, 16),
            "weights": "gaussian",
            "gain": 1.0,
            "activation": activation,
            "activate_input": True,
        },
        at={"activation": activation, "variance": 1},
        estimand=Estimand(columns=("mean_act_sq",), over="inputs", **estimand),
        laws=("stated", "slope"),
        why="symmetric inputs, so that E phi(x) is known",
    )


def _sigmoid_probe(name: str, estimand: Estimand, law: str, at: dict[str, Any]) -> Probe:
    """Eight layers: the rule of probes.py holds at every depth, by a bound on E S^2/(E S)^2."""
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            "widths": (16,) * 9,
            "weights": "gaussian",
            "gain": 1.0,
            "activation": "sigmoid",
            "activate_input": True,
        },
        at=at,
        estimand=estimand,
        laws=(law,),
        why="eight layers of sigmoids",
    )


CLAIM = Claim(
    id="vev.disc.bounded",
    title="bounded activation functions reduce the variance of their inputs; kurtosis with sigmoid",
    source=PAPER.at(
        "Section 7",
        "bounded activation functions like tanh or sigmoid reduce the theoretical variance of "
        "their inputs; the impact of these activations on kurtosis is unclear",
    ),
    kind="bound",
    laws=(
        Law(
            role="stated",
            formula=sp.Le(sp.Symbol(r"Var\,\phi(x)"), sp.Symbol(r"Var\,x")),
            parameters=(ACTIVATION, VARIANCE),
            words="variance of phi(x), phi = tanh or sigmoid, for every law of x",
            evaluate=no_larger,
            mutants=(
                Mutant(
                    "half of it",
                    lambda activation, variance: Bounds(0, prove.exact(variance) / sp.Integer(2)),
                ),
                Mutant(
                    "twice as much",
                    lambda activation, variance: Bounds(0, prove.exact(variance) * sp.Integer(2)),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="slope",
            formula=sp.Le(
                sp.Symbol(r"Var\,\phi(x)"), sp.Symbol(r"\max\phi'^2") * sp.Symbol(r"Var\,x")
            ),
            parameters=(ACTIVATION, VARIANCE),
            words="slope squared: 1 for tanh, 1/16 for sigmoid; reached by small x",
            evaluate=by_slope,
            mutants=(
                Mutant(
                    "slope not squared",
                    lambda activation, variance: Bounds(
                        0, sp.sqrt(slope_sq(activation)) * prove.exact(variance)
                    ),
                ),
                Mutant("sigmoid as tanh", lambda activation, variance: by_slope("tanh", variance)),
            ),
        ),
        Law(
            role="sharper",
            name="next layer",
            formula=sp.Ge(sp.Symbol(r"Var\,y'"), g / 4),
            parameters=(GAIN,),
            words="and at most g/2: y' = W sigmoid(x), x symmetric, whatever its variance",
            evaluate=next_variance,
            mutants=(
                Mutant("down to g/16", lambda gain: next_variance(gain, low=16)),
                Mutant("up to g", lambda gain: next_variance(gain, high=1)),
            ),
        ),
        Law(
            role="sharper",
            name="sigmoid kurtosis",
            formula=sp.Le(sp.Symbol("kappa_l"), WORST * sp.Max(3, kappa_w)),
            parameters=(WEIGHT_KURTOSIS,),
            words="at every depth and width, and at least min(3, kappa_w): it does not grow",
            evaluate=sigmoid_kurtosis,
            mutants=(
                Mutant("2 max(3, kappa_w)", lambda **w: sigmoid_kurtosis(**w, worst=2)),
                Mutant("4 max(3, kappa_w)", lambda **w: sigmoid_kurtosis(**w, worst=4)),
                Mutant(
                    "49/8 whatever the weights",
                    lambda weight_kurtosis: sigmoid_kurtosis(3),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis by variance",
            formula=sp.Le(sp.Symbol("kappa_l"), sp.Max(3, kappa_w) * g / v),
            parameters=(GAIN, OUT, WEIGHT_KURTOSIS),
            words="any |phi| <= 1: kurtosis can grow only as the variance of the units vanishes",
            evaluate=by_variance,
            mutants=(
                Mutant(
                    "kappa_w for max(3, kappa_w)",
                    lambda gain, out_variance, weight_kurtosis: Bounds(
                        sp.Min(3, prove.exact(weight_kurtosis)),
                        prove.exact(weight_kurtosis * Fraction(gain) / out_variance),
                    ),
                ),
                Mutant(
                    "twice as much",
                    lambda gain, **w: by_variance(2 * gain, **w),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "weights iid and symmetric; inputs symmetric",
            lambda p: p.get("weights") != "haar" and p.get("inputs") != "uncentred_pair",
        ),
        stated(
            "a variance that |phi| <= 1 leaves: Var y <= g",
            lambda p: "out_variance" not in p or p["out_variance"] <= p.get("gain", 0),
        ),
    ),
    expected="holds",
    because=(
        "The variance of phi(x) is at most the squared slope of phi times that of x, 1 for tanh "
        "and 1/16 for sigmoid. The next layer need not shrink: its variance is at least g/4 with a "
        "sigmoid, and its kurtosis never above 49/8 with Gaussian weights."
    ),
    proofs=(
        Proof("slopes", "symbolic", "derivatives, and small inputs", stated_slopes),
        Proof("sharp slopes", "symbolic", "derivatives, small inputs", sharp_slopes, law="slope"),
        Proof("pairs of signs", "symbolic", "x and -x together", pairs_of_signs, law="next layer"),
        Proof(
            "chord",
            "symbolic",
            "the fourth power of a sigmoid against its square",
            chord,
            law="sigmoid kurtosis",
        ),
        Proof(
            "enumeration",
            "exact",
            "every weight matrix of small networks with |phi| <= 1",
            literally,
            law="kurtosis by variance",
        ),
    ),
    probes=(
        _input_probe("tanh", kind="mean"),
        _input_probe("sigmoid", kind="smooth", function=of_sigmoid),
        _sigmoid_probe(
            "variance, eight layers",
            Estimand("mean", ("mean_sq",), over="networks and inputs"),
            "next layer",
            {"gain": 1},
        ),
        _sigmoid_probe(
            "kurtosis, eight layers", KURTOSIS, "sigmoid kurtosis", {"weight_kurtosis": 3}
        ),
    ),
    curves=(
        Curve(
            "weights",
            "Bounds of the kurtosis of a unit, sigmoid networks of every depth and width",
            "kurtosis of a weight",
            "kurtosis",
            tuple(sp.Rational(i, 2) for i in range(2, 13)),
            lambda k: {"weight_kurtosis": k},
            laws=("sigmoid kurtosis",),
        ),
    ),
    remark=(
        "For tanh, E tanh(x)^2 has no lower bound that holds for all units; with Gaussian weights "
        "and a gain above w/(w-2) it has one at every depth (vev.disc.bounded.tanh). The bound for "
        "a sigmoid is the supremum over symmetric units, which are 0 with probability 2/7 and else "
        "large without bound."
    ),
    see=("vev.disc.bounded.tanh", "vev.prop4.3", "vev.disc.skip"),
)
