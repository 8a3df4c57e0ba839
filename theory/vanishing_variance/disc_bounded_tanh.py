"""Does kurtosis stop growing where a bounded activation function saturates? At gains well above 1.

    vev.disc.bounded.tanh   kappa -> 3 (1 + V/(w q*^2 (1 - chi^2))) for tanh at g = w Var W > 1

The chain of scales, its maps F and V and their numbers are those of saturation.py. F is concave
with F(0) = 0 and F'(0) = g for tanh: for g <= 1 the variance of the units falls to 0; for g > 1
and infinite width there is one fixed point q* > 0 and chi = F'(q*) < F(q*)/q* = 1, so a deviation
of the scale is forgotten at the rate chi a layer. Var q_{l+1} = chi^2 Var q_l + V/w then settles at
V/(w (1 - chi^2)). For a sigmoid F(0) = g/4 > 0, and there is a fixed point at every gain. Further
numbers of tanh, gain 9/4: q* = 0.79335, chi = 0.50468, V = 0.44166, V/(q*^2 (1 - chi^2)) = 0.94150.

At finite width more gain is needed. As tanh^2(u) <= u^2, log q' <= log q + log g + log(chi^2_w/w):
below g_* = exp(log(w/2) - psi(w/2)), about 1 + 1/w, q falls to 0 in almost every network.

Bounded at every depth and finite width. tanh^2(u) >= u^2/(1 + u^2), as sinh^2 >= u^2. With
t = sum z^2/w and k = sum z^4/w, Cauchy-Schwarz gives q' >= g q t^2/(t + q k), that is
1/q' <= (1/(q t) + k/t^2)/g. Hence R' = (R w/(w-2) + 3w/(w+2))/g bounds E 1/q from R_0 = 1, and it
stays finite iff g > w/(w-2). As q <= g, kappa = 3 E q^2/(E q)^2 <= 3 g/E q <= 3 g E 1/q.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Bounds,
    Choice,
    Claim,
    Curve,
    Estimand,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    as_mpf,
    stated,
)
from theory.symbols import DEPTH, WIDTH, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import KURTOSIS, with_remainder
from theory.vanishing_variance.saturation import fixed_point, jet, two_terms
from theory.vanishing_variance.saturation_proofs import (
    falls_to_zero,
    in_balls,
    inverse_moments,
    inverse_step,
    of_deep_layers,
    of_the_variance,
    one_layer,
    without_expansion,
)

g, q, chi, V, R = sp.symbols("g q chi V R", positive=True)
m, q_star = sp.Symbol("m_d", positive=True), sp.Symbol("q_*", positive=True)
r_1, r_2 = sp.symbols("r_1 r_2", real=True)
ACTIVATION = Parameter("activation", Choice(("tanh", "sigmoid")), "phi")
GAIN = Parameter("gain", Reals(0.01, 100), "g = w Var W of every layer", g)
SATURATING_GAIN = dataclasses.replace(GAIN, domain=Reals(1, 100, open_low=True))
LAYERS = dataclasses.replace(DEPTH, domain=Integers(0, 200, draw_to=8))
WIDE_ENOUGH = dataclasses.replace(WIDTH, domain=Integers(3))


# --- laws ------------------------------------------------------------------------------------


def kurtosis(activation: str, width: int, gain: Any, depth: int, *, second: int = 1) -> Any:
    """kappa_d = 3 (1 + r_1/w + r_2/w^2) from N(0, I) inputs that are activated; an mpf."""
    _, r1, r2 = two_terms(activation, gain, depth)
    return 3 * (1 + r1 / width + second * r2 / width**2)


def settled(activation: str, width: int, gain: Any, *, power: int = 2, spread: int = 1) -> Any:
    """3 (1 + V/(w q*^2 (1 - chi^2))), an mpf."""
    gain = as_mpf(sp.sympify(prove.exact(gain)))
    at = fixed_point(activation, gain)
    maps = jet(activation, gain, at)
    return 3 * (1 + spread * maps.variance[0] / (width * at**2 * (1 - maps.mean[1] ** power)))


def inverse_limit(width: Any, gain: Any) -> Any:
    """The largest of R_0 = 1, R_1, ...: R grows to its fixed point or falls; oo at small gains."""
    width, gain = sp.sympify(width), sp.sympify(prove.exact(gain))
    factor, shift = (x.subs(w, width) for x in inverse_step(w))
    return sp.Max(1, shift / (gain - factor)) if gain > factor else sp.oo


def at_every_depth(width: Any, gain: Any, *, times: Any = 1) -> Bounds:
    """3 <= kappa <= 3 g max(1, R)."""
    return Bounds(3, 3 * sp.sympify(prove.exact(gain)) * inverse_limit(width, gain) * times)


def least_gain(width: int, *, half: int = 2) -> sp.Expr:
    """exp(log(w/2) - psi(w/2)) for tanh.

    >>> round(float(least_gain(2)), 4), round(float(least_gain(100)), 4)
    (1.7811, 1.0101)
    """
    of = sp.Rational(int(width), half)
    return sp.exp(sp.log(of) - sp.digamma(of))


def expands(point: Mapping[str, Any]) -> bool:
    """Whether the term in 1/w^2 of `kurtosis` is at most a tenth of the value."""
    if "activation" not in point or "gain" not in point or "depth" not in point:
        return True
    width = point.get("width", math.inf)
    with mpmath.workdps(15):
        _, r1, r2 = two_terms(point["activation"], point["gain"], point["depth"])
        return bool(10 * abs(r2) / width**2 <= 1 + r1 / width)


def saturates(point: Mapping[str, Any]) -> bool:
    """Whether a bound at every depth is proved, of a point that has no depth."""
    if point.get("activation") != "tanh" or "gain" not in point or "depth" in point:
        return True
    width = point.get("width", 10**9)
    return bool(prove.exact(point["gain"]) * (width - 2) > width)


def variance(width: int, gain: Any, depth: int, *, shift: int = 1) -> Bounds:
    """1/R_d <= E y_d^2 <= m_d."""
    factor, more = (x.subs(w, sp.Integer(width)) for x in inverse_step(w))
    r, of_gain = sp.Integer(1), sp.sympify(prove.exact(gain))
    for _ in range(depth):
        r = (factor * r + shift * more) / of_gain
    return Bounds(1 / r, two_terms("tanh", gain, depth)[0])


# --- the claim -------------------------------------------------------------------------------

DEPTHS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
DEPTH_MEASURED = 12
"""chi^24 < 1e-6: the twelfth layer is as good as stationary."""


def _setup(activation: str, width: int, gain: float, depth: int) -> dict[str, Any]:
    return {
        "widths": (width,) * (depth + 1),
        "weights": "gaussian",
        "gain": gain,
        "activation": activation,
        "activate_input": True,
    }


def _remainder(activation: str, width: int, gain: Any, depth: int, *, terms: int) -> Any:
    """What follows the two terms is taken as no more than the second one; see without_expansion."""
    with mpmath.workdps(15):
        second = two_terms(activation, gain, depth)[2]
        return with_remainder(terms * abs(second) / width**2, "the size of the term in 1/w^2")


def _probe(
    name: str, activation: str, width: int, gain: Fraction, depth: int, **more: Any
) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup=_setup(activation, width, float(gain), depth),
        at={"activation": activation, "width": width, "gain": gain, "depth": depth},
        estimand=KURTOSIS,
        laws=("kurtosis",),
        margin=_remainder(activation, width, gain, depth, terms=1),
        **more,
    )


CLAIM = Claim(
    id="vev.disc.bounded.tanh",
    title="saturation stops the growth of kurtosis: tanh at gains above w/(w-2), a sigmoid always",
    source=PAPER.at(
        "Section 7",
        "bounded activation functions like tanh or sigmoid reduce the theoretical variance of "
        "their inputs; the impact of these activations on kurtosis is unclear",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="sharper",
            name="settled",
            formula=sp.Eq(sp.Symbol("kappa_infty"), 3 * (1 + V / (w * q_star**2 * (1 - chi**2)))),
            parameters=(ACTIVATION, WIDTH, SATURATING_GAIN),
            words="q_* = F(q_*), chi = F'(q_*), V the variance of g phi(sqrt(q_*) z)^2",
            evaluate=settled,
            mutants=(
                Mutant("1 - chi", lambda **v: settled(**v, power=1)),
                Mutant("twice the variance", lambda **v: settled(**v, spread=2)),
                Mutant(
                    "the sigmoid as tanh",
                    lambda activation, width, gain: settled("tanh", width, gain),
                ),
            ),
            error="r_2/w^2 and O(w^-3): the next term is that of the law `kurtosis`",
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(sp.Symbol("kappa_d"), 3 * (1 + r_1 / w + r_2 / w**2)),
            parameters=(ACTIVATION, WIDTH, GAIN, LAYERS),
            words=(
                "r_1 = b/m_d^2 with b' = F'(m)^2 b + V(m), m' = F(m) from b = 0, m = 1; r_2 by "
                "the cumulants up to the fourth"
            ),
            evaluate=kurtosis,
            mutants=(
                Mutant("without the second term", lambda **v: kurtosis(**v, second=0)),
                Mutant("second term of the other sign", lambda **v: kurtosis(**v, second=-1)),
                Mutant(
                    "one layer more",
                    lambda activation, width, gain, depth: kurtosis(
                        activation, width, gain, depth + 1
                    ),
                ),
                Mutant("always 3", lambda **v: mpmath.mpf(3)),
            ),
            error=(
                "O(w^-3) at fixed depth; without saturation it grows with depth faster than the "
                "term in w^-2: the law is refused where that is more than a tenth of the value"
            ),
        ),
        Law(
            role="sharper",
            name="least gain",
            formula=sp.Eq(sp.Symbol("g_*"), sp.exp(sp.log(w / 2) - sp.digamma(w / 2))),
            parameters=(WIDTH,),
            words="tanh: below this gain q falls to 0 in almost every network, and E y^2 too",
            evaluate=least_gain,
            mutants=(
                Mutant("1", lambda width: sp.Integer(1)),
                Mutant("1 + 1/w", lambda width: 1 + sp.Rational(1, int(width))),
                Mutant("w for w/2", lambda width: least_gain(width, half=1)),
            ),
        ),
        Law(
            role="sharper",
            name="every depth",
            formula=sp.Le(
                sp.Symbol("kappa_d"),
                3 * g * sp.Max(1, 3 * w / (w + 2) / (g - w / (w - 2))),
            ),
            parameters=(WIDE_ENOUGH, GAIN),
            words="tanh, g > w/(w-2), from unit inputs: no depth exceeds it",
            evaluate=at_every_depth,
            mutants=(
                Mutant("half of it", lambda **v: at_every_depth(**v, times=sp.Rational(1, 2))),
                Mutant("twice as much", lambda **v: at_every_depth(**v, times=2)),
            ),
        ),
        Law(
            role="sharper",
            name="variance",
            formula=sp.Le(sp.Symbol(r"Var\,y_d"), m),
            parameters=(WIDE_ENOUGH, GAIN, LAYERS),
            words=(
                "tanh: m' = F(m), to 0 iff g <= 1; and at least 1/R_d, "
                "R' = (R w/(w-2) + 3w/(w+2))/g"
            ),
            evaluate=variance,
            mutants=(
                Mutant("R' = R w/((w-2) g)", lambda **v: variance(**v, shift=0)),
                Mutant(
                    "no saturation",
                    lambda width, gain, depth: Bounds(
                        variance(width, gain, depth).low, prove.exact(gain) ** depth
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "Gaussian weights, N(0, I) inputs, equal widths",
            lambda p: (
                p.get("weights", "gaussian") == p.get("inputs", "gaussian") == "gaussian"
                and len(set(p.get("widths", (1,)))) == 1
            ),
        ),
        stated("of tanh at all depths: g > w/(w-2)", saturates),
        stated("r_2/w^2 is at most a tenth of 1 + r_1/w", expands),
    ),
    expected="holds",
    because=(
        "Given the layers below, the units of a layer are iid normal and their scale is a Markov "
        "chain. Where tanh saturates (g > w/(w-2)) the chain forgets its deviations and the "
        "kurtosis settles at 3 (1 + O(1/w)); below g_* = exp(log(w/2) - psi(w/2)), which is above "
        "1, the scale falls to 0 and nothing saturates."
    ),
    proofs=(
        Proof(
            "balls",
            "rigorous",
            "q*, chi and V in ball arithmetic",
            in_balls,
            law="settled",
            tiers=LATER,
        ),
        Proof(
            "deep layers",
            "numeric",
            "the recursion of the variance over 40 layers",
            of_deep_layers,
            law="settled",
        ),
        Proof(
            "one layer",
            "numeric",
            "a mean of iid terms, exactly: moments of phi(z) by quadrature",
            one_layer,
            law="kurtosis",
            tiers=LATER,
        ),
        Proof(
            "without expansion",
            "numeric",
            "moments of the chain itself at widths 8 and 16: what is left falls as w^-3",
            without_expansion,
            law="kurtosis",
        ),
        Proof(
            "logarithm",
            "numeric",
            "E log chi^2_w by quadrature; tanh is below its argument",
            falls_to_zero,
            law="least gain",
        ),
        Proof(
            "inverse moments",
            "symbolic",
            "E 1/q layer by layer, and the chain itself inside",
            inverse_moments,
            law="every depth",
        ),
        Proof(
            "concave map",
            "symbolic",
            "Jensen on both sides, and the chain itself inside",
            of_the_variance,
            law="variance",
        ),
    ),
    probes=(
        Probe(
            name="tanh, gain 9/4, stationary",
            experiment="unit_moments",
            setup=_setup("tanh", 16, 2.25, DEPTH_MEASURED),
            at={"activation": "tanh", "width": 16, "gain": Fraction(9, 4)},
            estimand=KURTOSIS,
            laws=("settled",),
            margin=_remainder("tanh", 16, Fraction(9, 4), DEPTH_MEASURED, terms=2),
            why="saturated: kurtosis has stopped to grow",
        ),
        _probe("tanh, gain 1", "tanh", 40, Fraction(1), 8, why="it grows", tiers=LATER),
        _probe("sigmoid, gain 1", "sigmoid", 16, Fraction(1), 8, why="sigmoids", tiers=LATER),
        Probe(
            name="tanh, gain 1, variance",
            experiment="unit_moments",
            setup=_setup("tanh", 16, 1.0, 8),
            at={"width": 16, "gain": 1, "depth": 8},
            estimand=Estimand("mean", ("mean_sq",), over="networks and inputs"),
            laws=("variance",),
            why="the variance falls towards 0",
            tiers=LATER,
        ),
    ),
    curves=(
        Curve(
            "saturated",
            "Kurtosis of tanh networks of width 100, gain 9/4: it settles",
            "depth",
            "kurtosis",
            DEPTHS,
            lambda x: {"activation": "tanh", "width": 100, "gain": 2.25, "depth": int(x)},
            laws=("kurtosis",),
        ),
        Curve(
            "critical",
            "Kurtosis of tanh networks of width 100, gain 1: it grows",
            "depth",
            "kurtosis",
            DEPTHS,
            lambda x: {"activation": "tanh", "width": 100, "gain": 1, "depth": int(x)},
            laws=("kurtosis",),
        ),
    ),
    remark=(
        "At g < 1 the units become small, tanh becomes linear, and r_1 grows by 2 a layer as in "
        "linear networks; at g = 1 by 2/3 a layer. Finite width shifts the threshold: between g_* "
        "and w/(w-2) nothing is proved here."
    ),
    see=("vev.disc.bounded", "vev.closed_gauss"),
)
