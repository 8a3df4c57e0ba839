"""What He initialisation preserves: Proposition 3.2.

    vev.prop3.2         every layer is a He random vector of the input's variance
    vev.prop3.2.index   what the printed variance 2/(w_l (a^2 + 1)) of W^(l) gives instead

One line of algebra for both: cross terms vanish because weights are uncorrelated and centred, so
Var y_k^(l) = Var W^(l) * sum_i E phi_a(y_i^(l-1))^2 = Var W^(l) * w_{l-1} (1 + a^2)/2 * sigma^2.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Estimand,
    Evaluate,
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
)
from theory.symbols import SLOPE, a
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.uncorrelated_pairs import aligned_pair

sigma_sq = sp.Symbol("sigma^2", nonnegative=True)
Var, E = sp.Function("Var"), sp.Function("E")
VARIANCE_OUT = Var(sp.Symbol("y_d"))
unit = sp.Symbol("i", integer=True)
w_in, w_out = sp.symbols("w_0 w_d", positive=True, integer=True)

ALL_WIDTHS = Parameter(
    "widths", Tuples(Integers(1), min_size=2), "all widths w_0, ..., w_d, the last one included"
)
VARIANCE = Parameter("input_variance", Reals(0), "sigma^2 of an input entry", sigma_sq)
PARAMETERS = (ALL_WIDTHS, SLOPE, VARIANCE)


def preserved(widths: Any, slope: Any, input_variance: Any) -> sp.Expr:
    """Var y_i^(d) = sigma^2: exact with fan-in variance, whatever widths and slope."""
    return sp.sympify(input_variance)


def literal_variance(widths: Any, slope: Any, input_variance: Any) -> sp.Expr:
    """Var y_i^(d) = sigma^2 w_0/w_d under the printed 2/(w_l (1 + a^2)) for W^(l): exact.

    Layer by layer the factor is w_{l-1}/w_l; the product telescopes.

    >>> literal_variance((2, 5, 3), 0, 1)
    2/3
    """
    return sp.sympify(input_variance) * sp.Rational(widths[0], widths[-1])


# --- literal networks, enumerated ------------------------------------------------------------

NETWORKS = (
    (en.SIGN, (2, 3)),
    (en.SIGN, (2, 3, 2)),
    (en.SIGN, (3, 2, 1)),
    (en.THREE_POINT, (2, 1, 2, 2)),
    (en.THREE_POINT, (3, 2)),
)
SLOPES = (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(-3, 10), Fraction(2))
PAIR = aligned_pair()  # a He vector that is not jointly sign-symmetric


def he_scale(widths: tuple[int, ...], slope: Fraction, raw: en.Law, read: bool) -> Fraction:
    """Product over layers of He variance / raw weight variance; `read`: fan-in, else printed."""
    scale = Fraction(1)
    for below, above in itertools.pairwise(widths):
        scale *= Fraction(2) / ((below if read else above) * (1 + slope**2) * en.moment(raw, 2))
    return scale


@functools.cache
def outputs() -> tuple[tuple[tuple[int, ...], Fraction, en.Law, en.Joint, en.Joint], ...]:
    """(widths, slope, weight law, joint law of the input, of the output at raw weight scale)."""
    rows = []
    for (raw, widths), slope in itertools.product(NETWORKS, SLOPES):
        starts = [en.iid(en.SIGN, widths[0])] + ([PAIR] if widths[0] == 2 else [])
        for start in starts:
            out = en.network(start, widths[1:], raw, en.leaky(slope))
            rows.append((widths, slope, raw, start, out))
    return tuple(rows)


@functools.cache
def variances(read: bool) -> tuple[tuple[str, Mapping[str, Any], Fraction], ...]:
    """(label, arguments of the law, exact Var y) with the fan-in or the printed He variance."""
    return tuple(
        (
            f"widths {widths}, a = {slope}",
            {"widths": widths, "slope": slope, "input_variance": en.second_moment(start)},
            en.second_moment(out) * he_scale(widths, slope, raw, read),
        )
        for widths, slope, raw, start, out in outputs()
    )


def with_fan_in(law: Evaluate) -> Finding:
    """Var y^(d) of small networks, He variance divided by the width that is read."""
    return prove.cases((label, law(**at), found) for label, at, found in variances(True))


def with_printed_index(law: Evaluate) -> Finding:
    """Var y^(d) of small networks, He variance divided by the width that is written, as printed."""
    return prove.cases((label, law(**at), found) for label, at, found in variances(False))


@functools.cache
def he_properties() -> tuple[tuple[str, bool], ...]:
    """Zero mean, zero covariance, and invariance of the joint law under every flip of signs."""
    facts = []
    for widths, slope, _, _, out in outputs():
        size, label = widths[-1], f"widths {widths}, a = {slope}"
        means = [en.expect(out, lambda y, i=i: y[i]) for i in range(size)]  # type: ignore[misc]
        covariances = [
            en.expect(out, lambda y, i=i, j=j: y[i] * y[j])  # type: ignore[misc]
            for i, j in itertools.combinations(range(size), 2)
        ]
        flips = all(
            out.get(tuple(s * v for s, v in zip(signs, y, strict=True))) == p
            for signs in itertools.product((1, -1), repeat=size)
            for y, p in out.items()
        )
        facts.append((f"{label}: centred and uncorrelated", not any(means + covariances)))
        facts.append((f"{label}: jointly sign-symmetric", flips))
    return tuple(facts)


def he_vector(law: Evaluate) -> Finding:
    """The output is a He vector of variance law(...), and more: jointly sign-symmetric."""
    own = [
        (f"{label}: variance", sp.sympify(law(**at)) == sp.sympify(found))
        for label, at, found in variances(True)
    ]
    return prove.truth(
        [*own, *he_properties()],
        predicted="a He random vector of the input's variance",
        found="exact joint laws of small networks",
    )


def one_layer(law: Evaluate) -> Finding:
    """E (sum_i W_i phi(x_i))^2 expanded: cross terms vanish, then phi_a^2 by the sign identity."""
    width, sign = 3, sp.Symbol("s", real=True)  # s = sgn x, E x^2 s = 0 for a symmetric x
    weights, f = sp.symbols("W1:4"), sp.symbols("f1:4")
    square = sp.Poly(sum(u * v for u, v in zip(weights, f, strict=True)) ** 2, *weights)
    he = sp.Integer(2) / (width * (1 + a**2))
    moment = {(2, 0, 0): he, (0, 2, 0): he, (0, 0, 2): he}  # E W_i W_j = 0 otherwise
    of_units = sum(c * moment.get(powers, 0) for powers, c in square.terms())
    phi_sq = sp.expand(sigma_sq * ((1 + a**2) + (1 - a**2) * sign) / 2).subs(sign, 0)
    found = of_units.subs({f_i: sp.sqrt(phi_sq) for f_i in f})
    predicted = law(widths=(3, 5), slope=a, input_variance=sigma_sq)
    return prove.identity(
        predicted - found, predicted=str(predicted), found="the expansion, 3 units read, 5 written"
    )


def unequal_input(law: Evaluate) -> Finding:
    """Inputs that are correlated and of unequal variance: still Var y = average variance."""
    one, three = Fraction(1), Fraction(3)
    start: en.Joint = {(s * one, s * three): Fraction(1, 2) for s in (one, -one)}
    return prove.cases(
        (
            f"(x, 3x), x a fair sign, widths (2, {', '.join(map(str, above))}), a = {slope}",
            law(input_variances=(1, 9)),
            en.second_moment(en.network(start, above, en.SIGN, en.leaky(slope)))
            * he_scale((2, *above), slope, en.SIGN, True),
        )
        for above in ((1,), (3,), (3, 2))
        for slope in (Fraction(0), Fraction(1, 2), Fraction(-1))
    )


def third_moment_of_sum(law: Evaluate) -> Finding:
    """X = +-2 when Y = 1, X = +-1 when Y = -1: symmetric, uncorrelated, E (X + Y)^3 not 0."""
    quarter = Fraction(1, 4)
    joint: en.Joint = {
        (Fraction(x), Fraction(y)): quarter for x, y in ((2, 1), (-2, 1), (1, -1), (-1, -1))
    }
    found = en.expect(joint, lambda v: (v[0] + v[1]) ** 3)
    return prove.cases([("E (X + Y)^3", law(power=3), found)])


def third_moment_given_layer(law: Evaluate) -> Finding:
    """The repair: given y the terms W_i phi(y_i) are independent and symmetric."""
    return prove.cases(
        (
            f"widths {widths}, a = {slope}: E (y_1)^{power}",
            law(power=power),
            en.expect(out, lambda y, k=power: y[0] ** k),  # type: ignore[misc]
        )
        for widths, slope, _, _, out in outputs()[:12]
        for power in (1, 3, 5)
    )


# --- probes ----------------------------------------------------------------------------------


def variance_probe(
    name: str,
    widths: tuple[int, ...],
    slope: sp.Rational,
    *,
    fan: str = "in",
    weights: str = "gaussian",
    inputs: str = "gaussian",
    variance: Any = 1,
    **more: Any,
) -> Probe:
    """A measurement of E y^2 of the last layer, averaged over its units."""
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            "widths": widths,
            "weights": weights,
            "gain": float(2 / (1 + slope**2)),
            "fan": fan,
            "activation": "leaky_relu",
            "slope": float(slope),
            "activate_input": True,
            "inputs": inputs,
        },
        at={"widths": widths, "slope": slope, "input_variance": variance},
        estimand=Estimand("mean", ("mean_sq",), over="networks and inputs; annealed: E y^2"),
        **more,
    )


ZERO, HALF = sp.Integer(0), sp.Rational(1, 2)

HOLDS = Claim(
    id="vev.prop3.2",
    title="He initialisation keeps the variance: every layer is a He vector of variance sigma^2",
    source=PAPER.at(
        "Proposition 3.2",
        "in a He-initialised network the output of a He random vector of variance sigma^2 is a He "
        "random vector of variance sigma^2, at every depth; its proof sums w_l terms of variance "
        "2/(w_l (a^2 + 1)), the width that is read",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(VARIANCE_OUT, sigma_sq),
            parameters=PARAMETERS,
            words="variance of one unit of the last layer",
            evaluate=preserved,
            mutants=(
                Mutant("w_0/w_d of the printed index", literal_variance),
                Mutant(
                    "1 + a^2 dropped from the weights",
                    lambda widths, slope, input_variance: (
                        input_variance * (1 + sp.sympify(slope) ** 2) ** (len(widths) - 1)
                    ),
                ),
                Mutant(
                    "a instead of a^2",
                    lambda widths, slope, input_variance: (
                        input_variance
                        * (1 + sp.sympify(slope) ** 2) ** (len(widths) - 1)
                        / (1 + sp.Abs(sp.sympify(slope))) ** (len(widths) - 1)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            formula=sp.Eq(
                VARIANCE_OUT,
                sp.Sum(Var(sp.Indexed("x", unit)), (unit, 1, w_in)) / w_in,
            ),
            parameters=(
                Parameter("input_variances", Tuples(Reals(0)), "variance of each input entry"),
            ),
            words="for correlated inputs of unequal variances: the average input variance",
            evaluate=lambda input_variances: (
                sum(map(sp.sympify, input_variances), sp.Integer(0)) / len(input_variances)
            ),
            mutants=(
                Mutant("sum of the variances", lambda input_variances: sum(input_variances)),
                Mutant("variance of one entry", lambda input_variances: input_variances[0]),
            ),
        ),
        Law(
            role="proof-step",
            formula=sp.Eq(E((sp.Symbol("X") + sp.Symbol("Y")) ** 3), 0),
            parameters=(Parameter("power", Integers(1), "odd power of the sum"),),
            words="a sum of symmetric variables is symmetric: its odd moments vanish",
            evaluate=lambda power: sp.Integer(0),
            mutants=(Mutant("odd moments are 1", lambda power: sp.Integer(1)),),
        ),
    ),
    assumptions=(
        stated("each input entry is symmetric", lambda p: p.get("symmetric_inputs", True)),
        stated("weights iid, centred, symmetric", lambda p: p.get("weights") != "haar"),
        stated(
            "He variance with the index that the proof uses: that of W^(l) divides by the width "
            "w_{l-1} that is read (the printed w_l is the slip of vev.setup)",
            lambda p: (
                p.get("fan", "in") == "in" or p.get("widths", (1,))[0] == p.get("widths", (1,))[-1]
            ),
        ),
    ),
    expected="holds",
    because=(
        "Cross terms vanish because weights are centred and independent, and a unit sums w_{l-1} "
        "terms of variance sigma^2/w_{l-1} each. The index of the printed variance is a slip, "
        "counted once (vev.setup); what it would give is vev.prop3.2.index."
    ),
    proofs=(
        Proof("one layer", "symbolic", "E (sum W phi)^2 expanded, for every slope a", one_layer),
        Proof(
            "enumeration",
            "exact",
            "variance from every weight matrix of small networks, unequal widths",
            with_fan_in,
        ),
        Proof(
            "He vector",
            "exact",
            "outputs are centred, uncorrelated, and jointly sign-symmetric: more than is claimed",
            he_vector,
        ),
        Proof(
            "printed index",
            "exact",
            "the same networks with the variance as printed",
            with_printed_index,
            point={"fan": "out", "widths": (2, 3)},
        ),
        Proof(
            "correlated unequal inputs",
            "exact",
            "neither uncorrelated nor equal-variance inputs are needed",
            unequal_input,
            law="sharper",
        ),
        Proof(
            "sum of symmetric variables",
            "exact",
            "symmetric uncorrelated variables with a skewed sum",
            third_moment_of_sum,
            law="proof-step",
        ),
        Proof(
            "sum given the layer below",
            "exact",
            "the step repaired: condition on the layer below",
            third_moment_given_layer,
            law="proof-step",
        ),
    ),
    probes=(
        *(
            variance_probe(
                f"zigzag depth {depth}",
                ((20, 40) * 4)[: depth + 1],
                ZERO,
                why="unequal widths, fan-in",
                curve="depth",
                x=depth,
                tiers=TIERS if depth < 5 else LATER,
            )
            for depth in (1, 3, 5)
        ),
        variance_probe(
            "uniform weights", (8, 30, 5), HALF, weights="uniform", why="other law and slope"
        ),
        variance_probe(
            "correlated pair",
            (2, 24, 24),
            HALF,
            inputs="correlated_pair",
            variance=sp.Rational(8, 5),
            why="He input that is not jointly sign-symmetric: the variance does not mind",
        ),
        variance_probe(
            "faint input",
            (20, 20, 20),
            ZERO,
            inputs="faint",
            variance=sp.Rational(1, 2**80),
            why="sigma^2 = 2^-80: the law has no scale, and neither may the arithmetic",
        ),
        variance_probe(
            "printed index 8 -> 24",
            (8, 16, 24),
            ZERO,
            fan="out",
            why="the variance as printed, w_d = 3 w_0",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Variance of a unit, He-ReLU, widths 20, 40, 20, 40, ...",
            "depth",
            "variance / input variance",
            range(1, 8),
            lambda x: {"widths": ((20, 40) * 5)[: int(x) + 1], "slope": 0, "input_variance": 1},
        ),
    ),
    remark=(
        "Proof gap: a sum of symmetric variables need not be symmetric (X = +-2 if Y = 1, +-1 if "
        "Y = -1: E (X + Y)^3 = 9/2). Given the layer below the terms are independent, which "
        "repairs it and gives more: layers l >= 1 are jointly sign-symmetric and exchangeable. "
        "Uncorrelated inputs of equal variance are not needed."
    ),
    see=("vev.setup", "vev.prop3.2.index", "vev.lemmaA", "vev.prop3.3"),
)
