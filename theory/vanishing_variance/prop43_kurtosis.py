"""Kurtosis and covariance of squares, layer to layer: Proposition 4.3.

    vev.prop4.3   (kappa, c, 1) follows a linear recursion

The homogeneous form used here: m = 1 + c/sigma^4, P = r kappa/w, Q = (1 - 1/w) m, and then
kappa' = kappa_w P + 3 Q, m' = P + Q, with w the width that is read. The width of the last layer
never enters.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    stated,
    unstated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, a, kappa_w, w
from theory.vanishing_variance import PAPER

kappa, c, sigma4 = sp.symbols("kappa_l c_l sigma^4", positive=True)

PARAMETERS = (
    Parameter(
        "widths", Tuples(Integers(1)), "widths that are read: w_0, ..., w_{d-1}; the last is not"
    ),
    SLOPE,
    WEIGHT_KURTOSIS,
    Parameter("input_kurtosis", Reals(1), "kappa_0 of the input entries"),
    Parameter("input_pair", Reals(0), "m_0 = 1 + c_0/sigma^4 = E x_i^2 x_j^2 / sigma^4, i != j"),
)


def anisotropy(slope: Any) -> sp.Expr:
    """r = 2 (a^4 + 1)/(a^2 + 1)^2, between 1 (|a| = 1) and 2 (ReLU).

    >>> anisotropy(0), anisotropy(-1)
    (2, 1)
    """
    slope = sp.sympify(prove.exact(slope))
    return 2 * (slope**4 + 1) / (slope**2 + 1) ** 2


def step(state: Any, width: Any, r: Any, weight_kurtosis: Any) -> tuple[Any, Any]:
    """(kappa, m) -> (kappa', m') through one layer that reads `width` units. Exact."""
    kurt, pair = state
    p, q = r * kurt / width, (1 - sp.Rational(1) / width) * pair
    return weight_kurtosis * p + 3 * q, p + q


def trajectory(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, input_pair: Any
) -> list[tuple[Any, Any]]:
    """(kappa_l, m_l) for l = 0..d; rational in, rational out.

    >>> trajectory((2, 3), 0, 1, 1, 1)
    [(1, 1), (5/2, 3/2), (14/3, 8/3)]
    """
    r, kw = anisotropy(slope), sp.sympify(prove.exact(weight_kurtosis))
    state = (sp.sympify(prove.exact(input_kurtosis)), sp.sympify(prove.exact(input_pair)))
    states = [state]
    for width in widths:
        state = step(state, sp.Integer(width), r, kw)
        states.append(state)
    return states


def output_kurtosis(**v: Any) -> Any:
    """kappa_d. Scale-free: no sigma."""
    return trajectory(**v)[-1][0]


# --- mutants: what a sound check must reject -------------------------------------------------


def _mutated(change: str) -> Any:
    def evaluate(**v: Any) -> Any:
        widths = tuple(v["widths"])
        r, kw = anisotropy(v["slope"]), sp.sympify(prove.exact(v["weight_kurtosis"]))
        kurt = sp.sympify(prove.exact(v["input_kurtosis"]))
        pair = sp.sympify(prove.exact(v["input_pair"]))
        if change == "reads the next width":
            widths = (*widths[1:], widths[-1] + 1)
        if change == "one layer fewer":
            widths = widths[:-1]
        for width in widths:
            n = sp.Integer(width)
            p, q = r * kurt / n, (1 - 1 / n) * pair
            if change == "r = 2 always":
                p = 2 * kurt / n
            if change == "no weight kurtosis":
                kurt = p + 3 * q
            elif change == "3(w-1)/w becomes 3":
                kurt = kw * p + 3 * pair
            else:
                kurt = kw * p + 3 * q
            pair = p + q + (1 / n if change == "-sigma^4/w forgotten" else 0)
        return kurt

    return evaluate


MUTANTS = tuple(
    Mutant(name, _mutated(name))
    for name in (
        "reads the next width",
        "one layer fewer",
        "r = 2 always",
        "no weight kurtosis",
        "3(w-1)/w becomes 3",
        "-sigma^4/w forgotten",
    )
)

# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def enumerated() -> tuple[tuple[tuple[int, ...], Fraction, Fraction, Fraction], ...]:
    """(widths, slope, weight kurtosis, output kurtosis) of small literal networks, in fractions."""
    slopes = (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(-3, 10), Fraction(2))
    grid = [(en.SIGN, widths) for widths in ((2, 3, 2), (3, 2), (2, 1, 2))]
    grid += [(en.THREE_POINT, widths) for widths in ((2, 2), (3, 2), (2, 1, 2))]
    return tuple(
        (
            widths,
            slope,
            en.kurtosis(weights),
            en.unit_kurtosis(
                en.network(en.iid(en.SIGN, widths[0]), widths[1:], weights, en.leaky(slope))
            ),
        )
        for weights, widths in grid
        for slope in slopes
    )


def by_enumeration(law: Any) -> Finding:
    """Every weight matrix of small literal networks, in fractions."""
    return prove.cases(
        (
            (
                f"widths {widths}, a = {slope}, kappa_w = {kw}",
                law(
                    widths=widths[:-1],
                    slope=slope,
                    weight_kurtosis=kw,
                    input_kurtosis=1,
                    input_pair=1,
                ),
                found,
            )
            for widths, slope, kw, found in enumerated()
        ),
        "exhaustive enumeration of literal networks",
    )


def he_only_input(law: Any) -> Finding:
    """First step from the pair of vev.lemma4.2: symmetric, uncorrelated, not jointly symmetric."""
    pair = {(Fraction(2 * s), Fraction(2 * s)): Fraction(1, 10) for s in (1, -1)} | {
        (Fraction(s), Fraction(-s)): Fraction(2, 5) for s in (1, -1)
    }
    out = en.network(pair, (2,), en.SIGN, en.leaky(Fraction(0)))
    predicted = law(
        widths=(2,),
        slope=0,
        weight_kurtosis=1,
        input_kurtosis=en.unit_kurtosis(pair),
        input_pair=en.pair_moment(pair),
    )
    return prove.cases([("ReLU, w_0 = 2, +-1 weights", predicted, en.unit_kurtosis(out))])


def expansion(law: Any) -> Finding:
    """E (sum_j W_j f_j)^4 expanded for three units: only even powers of each weight survive."""
    n, width = 3, sp.Integer(3)
    f = sp.symbols("f1:4")
    weights = sp.symbols("W1:4")
    quartic = sp.Poly(sum(x * y for x, y in zip(weights, f, strict=True)) ** 4, *weights, *f)
    weight_moment = {0: sp.Integer(1), 2: 1 / width, 4: kappa_w / width**2}  # variance 1/w
    r, m = sp.symbols("r m", positive=True)
    unit_moment = {(4,): r * kappa, (2, 2): m}  # in units where E f^2 = 1
    value = sp.Integer(0)
    for powers, coefficient in quartic.terms():
        of_weights, of_units = powers[:n], tuple(sorted((k for k in powers[n:] if k), reverse=True))
        if all(power % 2 == 0 for power in of_weights):
            factor = sp.prod([weight_moment[power] for power in of_weights])
            value += coefficient * factor * unit_moment[of_units]
    predicted, _ = step((kappa, m), width, r, kappa_w)
    fixed = law(
        widths=(3,), slope=0, weight_kurtosis=2, input_kurtosis=5, input_pair=sp.Rational(7, 2)
    )
    found = value.subs({r: 2, kappa_w: 2, kappa: 5, m: sp.Rational(7, 2)})
    return prove.identities(
        [("E y^4 / sigma^4 at w = 3", predicted - value), ("the law at one point", fixed - found)],
        predicted="kappa_w r kappa/w + 3 (1 - 1/w) m",
        found="the multinomial expansion",
    )


# --- the claim -------------------------------------------------------------------------------

KURTOSIS = Estimand(
    "ratio_to_square",
    ("mean_fourth", "mean_sq"),
    over="networks and inputs; annealed: E y^4 over (E y^2)^2",
)


def _probe(
    name: str, widths: tuple[int, ...], slope: float, weights: str, kw: Any, **more: Any
) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            "widths": (*widths, widths[-1]),
            "weights": weights,
            "gain": 2 / (1 + slope**2),
            "activation": "leaky_relu",
            "slope": slope,
            "activate_input": True,
            "inputs": more.pop("inputs", "gaussian"),
        },
        at={
            "widths": widths,
            "slope": slope,
            "weight_kurtosis": kw,
            "input_kurtosis": more.pop("input_kurtosis", 3),
            "input_pair": more.pop("input_pair", 1),
        },
        estimand=KURTOSIS,
        **more,
    )


CLAIM = Claim(
    id="vev.prop4.3",
    title="kurtosis recursion: (kappa, c, 1) is a linear function of the layer below",
    source=PAPER.at(
        "Proposition 4.3",
        "k^(l+1) = A^(l) k^(l) with k^(l) = [kappa_l, c_l, 1]^T, for any He random input",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                sp.Symbol("kappa_{l+1}"),
                anisotropy(a) * kappa_w * kappa / w + 3 * (1 - 1 / w) * (1 + c / sigma4),
            ),
            parameters=PARAMETERS,
            words="kurtosis of one unit after the layers that read the given widths",
            evaluate=output_kurtosis,
            mutants=MUTANTS,
        ),
    ),
    assumptions=(
        stated(
            "weights iid and symmetric, fan-in He variance", lambda p: p.get("fan", "in") == "in"
        ),
        unstated(
            "the input is jointly sign-symmetric, or |a| = 1 (its definition asks only that each "
            "entry is symmetric and the entries uncorrelated)",
            lambda p: (
                p.get("inputs") not in ("correlated_pair", "sign_product")
                or abs(p.get("slope", 0)) == 1
            ),
        ),
    ),
    expected="holds-if",
    because=(
        "The recursion is exact when the input is jointly sign-symmetric; for inputs that are only "
        "symmetric and uncorrelated, as the document allows, the first step is wrong. From layer 1 "
        "on it is exact whatever the input was."
    ),
    proofs=(
        Proof(
            "expansion",
            "symbolic",
            "the multinomial expansion of E(sum W f)^4 gives the recursion",
            expansion,
        ),
        Proof(
            "enumeration",
            "exact",
            "kurtosis of every small literal network equals the recursion as a fraction",
            by_enumeration,
        ),
        Proof(
            "he-only input",
            "exact",
            "a He input that is not jointly sign-symmetric breaks the first step",
            he_only_input,
            point={"inputs": "correlated_pair", "slope": 0},
        ),
    ),
    probes=(
        _probe(
            "uniform d=5", (37,) * 5, 0.25, "uniform", sp.Rational(9, 5), why="non-Gaussian weights"
        ),
        _probe("signs d=4", (23,) * 4, 0.0, "rademacher", 1, why="+-1 weights, ReLU"),
        *(
            _probe(
                f"depth {depth}",
                (20,) * depth,
                0.0,
                "gaussian",
                3,
                why="growth with depth",
                curve="depth",
                x=depth,
            )
            for depth in (1, 2, 4, 6)
        ),
        _probe(
            "correlated pair",
            (2,),
            0.0,
            "gaussian",
            3,
            why="He input, not jointly symmetric",
            inputs="correlated_pair",
            input_kurtosis=sp.Rational(25, 16),
            input_pair=sp.Rational(25, 16),
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis of one unit, He-ReLU, width 20",
            "depth",
            "kurtosis",
            range(1, 11),
            lambda x: {
                "widths": (20,) * int(x),
                "slope": 0,
                "weight_kurtosis": 3,
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            log_y=True,
        ),
    ),
    remark="The printed He variance carries the wrong index (vev.prop3.2.index); kurtosis is scale-free.",
)
