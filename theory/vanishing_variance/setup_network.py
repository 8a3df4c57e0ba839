"""The network of the document: leaky ReLU, and which width the He variance divides by.

    vev.setup   He variance is printed with the width w_l of the layer above; it must be w_{l-1}

y^(l) = W^(l) phi_a(y^(l-1)) with W^(l) of w_l rows and w_{l-1} columns, so one unit of layer l is a
sum of w_{l-1} terms. "Weight matrices are i.i.d." has to be read: entries iid within a matrix,
matrices independent of each other (matrices of different shapes have no common law).
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
    Estimand,
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
from theory.symbols import SLOPE, a
from theory.vanishing_variance import PAPER

x = sp.Symbol("x", real=True)
fan_in, fan_out = sp.symbols("w_{l-1} w_l", positive=True, integer=True)

PARAMETERS = (
    Parameter("fan_in", Integers(1), "width w_{l-1} of the layer that is read", fan_in),
    Parameter("fan_out", Integers(1), "width w_l of the layer that is written", fan_out),
    SLOPE,
)


def he_variance(width: Any, slope: Any) -> Any:
    """2/(width (1 + a^2)): He variance of one weight, per weight; exact.

    >>> he_variance(8, 0), he_variance(8, -1)
    (1/4, 1/8)
    """
    return sp.Integer(2) / (sp.sympify(width) * (1 + sp.sympify(slope) ** 2))


def leaky(value: Any, slope: Any) -> Any:
    """phi_a(x): a x for x < 0 and x otherwise, for any real a.

    >>> leaky(-3, -1), leaky(-3, sp.Rational(1, 2)), leaky(2, 5)
    (3, -3/2, 2)
    """
    value, slope = sp.sympify(value), sp.sympify(slope)
    return value if value >= 0 else slope * value


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def keeping() -> tuple[tuple[str, int, int, Fraction, Fraction], ...]:
    """(label, fan_in, fan_out, slope, variance of one weight that keeps the units' variance).

    One literal layer with weights of variance V0 is enumerated; Var y is proportional to the
    variance of a weight, so the one that keeps Var y = Var x is V0 Var x / Var y.
    """
    rows = []
    for raw in (en.SIGN, en.THREE_POINT):
        for n_in, n_out in ((2, 3), (3, 2), (4, 1)):
            for slope in (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(2)):
                inputs = en.iid(en.THREE_POINT, n_in)
                out = en.network(inputs, (n_out,), raw, en.leaky(slope))
                kept = en.moment(raw, 2) * en.second_moment(inputs) / en.second_moment(out)
                rows.append((f"{n_in} -> {n_out}, a = {slope}", n_in, n_out, slope, kept))
    return tuple(rows)


def by_enumeration(law: Any) -> Finding:
    """The variance of a weight that keeps the variance of the units, network by network."""
    return prove.cases(
        (label, law(fan_in=n_in, fan_out=n_out, slope=slope), kept)
        for label, n_in, n_out, slope, kept in keeping()
    )


def activation_cases(law: Any) -> Finding:
    """phi_a at rational points, by its two-sided formula ((1 + a) x + (1 - a) |x|)/2."""
    points = [Fraction(n, 2) for n in (-3, -1, 0, 1, 4)]
    slopes = [Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(1), Fraction(3)]
    return prove.cases(
        (
            f"phi({value}), a = {slope}",
            law(value=value, slope=slope),
            ((1 + slope) * value + (1 - slope) * abs(value)) / 2,
        )
        for value in points
        for slope in slopes
    )


# --- the claim -------------------------------------------------------------------------------


def inverse(means: Any) -> float:
    """1/E y^2: with unit-variance weights and inputs, the variance that would keep E y^2 = 1."""
    return float(1 / means[0])


def _probe(n_in: int, n_out: int, slope: sp.Rational) -> Probe:
    return Probe(
        name=f"{n_in} -> {n_out}, a = {slope}",
        experiment="unit_moments",
        setup={
            "widths": (n_in, n_out),
            "weights": "gaussian",
            "gain": n_in,  # weights of variance 1
            "activation": "leaky_relu",
            "slope": float(slope),
            "activate_input": True,
        },
        at={"fan_in": n_in, "fan_out": n_out, "slope": slope},
        estimand=Estimand(
            "smooth", ("mean_sq",), over="networks and inputs; annealed", function=inverse
        ),
        laws=("stated", "corrected"),
        why="unequal widths tell the two indices apart",
    )


CLAIM = Claim(
    id="vev.setup",
    title="He variance divides by the width of the layer above (printed index)",
    source=PAPER.at(
        "Section 3 (display and text below it)",
        "entries of W^(l) are iid symmetric with variance 2/(w_l (a^2 + 1)), which keeps the "
        "variance of the units; phi_a(x) = a x for x < 0, x otherwise",
    ),
    kind="definition",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("Var")(sp.Symbol("W_l")), he_variance(fan_out, a)),
            parameters=PARAMETERS,
            words="variance of one weight of layer l with which the units keep their variance",
            evaluate=lambda fan_in, fan_out, slope: he_variance(fan_out, slope),
            mutants=(
                Mutant("1 + a^2 dropped", lambda fan_in, fan_out, slope: sp.Rational(2, fan_out)),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(sp.Function("Var")(sp.Symbol("W_l")), he_variance(fan_in, a)),
            parameters=PARAMETERS,
            words="the same, dividing by the number of terms that a unit sums",
            evaluate=lambda fan_in, fan_out, slope: he_variance(fan_in, slope),
            mutants=(
                Mutant(
                    "fan-out variance",
                    lambda fan_in, fan_out, slope: he_variance(fan_out, slope),
                ),
                Mutant("variance 1/w", lambda fan_in, fan_out, slope: sp.Rational(1, fan_in)),
                Mutant("1 + a^2 dropped", lambda fan_in, fan_out, slope: sp.Rational(2, fan_in)),
            ),
        ),
        Law(
            role="stated",
            name="activation",
            formula=sp.Eq(
                sp.Function("phi_a")(x), sp.Piecewise((a * x, x < 0), (x, True)), evaluate=False
            ),
            parameters=(Parameter("value", Reals(), "pre-activation x", x), SLOPE),
            words="the leaky ReLU: a = 0 is the ReLU, a = 1 the identity, a = -1 the modulus",
            evaluate=lambda value, slope: leaky(value, slope),
            mutants=(
                Mutant(
                    "a |x| below zero",
                    lambda value, slope: abs(value) * slope if value < 0 else value,
                ),
                Mutant("max(x, a x)", lambda value, slope: max(value, slope * value)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "weights iid, symmetric, with a finite variance", lambda p: p.get("weights") != "haar"
        ),
        stated("the input is a He random vector", lambda p: p.get("he_input", True)),
    ),
    expected="false-as-stated",
    because=(
        "A unit of layer l sums w_{l-1} terms, so keeping its variance needs "
        "2/(w_{l-1}(1 + a^2)); the printed w_l is a slip of the index, invisible at constant width."
    ),
    proofs=(
        Proof(
            "enumeration, printed index",
            "exact",
            "the variance that keeps Var y, from every weight matrix of one literal layer",
            by_enumeration,
        ),
        Proof(
            "enumeration, width read",
            "exact",
            "the variance that keeps Var y, from every weight matrix of one literal layer",
            by_enumeration,
            law="corrected",
        ),
        Proof(
            "leaky ReLU",
            "exact",
            "phi_a(x) = ((1 + a) x + (1 - a)|x|)/2 at rational points, for any real a",
            activation_cases,
            law="activation",
        ),
    ),
    probes=(_probe(8, 24, sp.Integer(0)), _probe(20, 5, sp.Rational(1, 2))),
    remark=(
        "The slip is printed in Section 3 and in Proposition 3.2, and is counted here only. The "
        "document's own proofs sum w_l terms of Var W^(l+1) = 2/(w_l (1 + a^2)), which is the "
        "corrected index. Kurtosis is scale-free and does not notice (vev.prop4.3). 'Weight "
        "matrices i.i.d.' is read as: entries iid, matrices independent."
    ),
    see=("vev.prop3.2", "vev.prop3.2.index"),
)
