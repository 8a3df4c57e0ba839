"""The VNI estimated from M inputs: how far the plug-in value is off, and what is unbiased.

    vn.eq3.estimator   tr S^2/(tr S)^2 of the sample covariance S is not tr C^2/(tr C)^2

Gaussian nodes, nu = M - 1 degrees of freedom, R that of C:

    E tr S^2/E (tr S)^2 = [R (1 + 1/nu) + 1/nu]/(1 + 2R/nu) = R + (1 + R - 2R^2)/nu + ...

and S has rank at most M - 1, so its VNI is never below 1/(M - 1). With G = X^T X,
X centred, the means over distinct inputs E[G_12^2] - 2 E[G_12 G_13] + E[G_12 G_34] are unbiased for
tr C^2 whatever the law of the nodes, from M = 4 on.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Bounds,
    Claim,
    ClaimError,
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
)
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import OF_COVARIANCE, over_inputs

R, M, nu = sp.symbols("R_sq M nu", positive=True)
RATIO = Parameter("ratio", Reals(0, 1, open_low=True), "R = tr C^2/(tr C)^2 of the nodes", R)
INPUTS = Parameter("inputs", Integers(2), "M, number of inputs", M)
AT_LEAST_FOUR = Parameter("inputs", Integers(4), "M, number of inputs", M)
ALL_SAMPLES = Parameter("inputs", Integers(4, 6), "M, number of inputs")
POINTS = Parameter(
    "points",
    Tuples(Integers(-99, 99), min_size=6, draw_to=6),
    "three equally likely values of two nodes, input by input",
)
PLUGIN = Estimand(
    "ratio",
    ("sum_sq_plugin", "sq_trace_plugin"),
    over="networks and M inputs of each; E tr S^2 over E (tr S)^2",
)


def plugin(ratio: Any, inputs: Any) -> Any:
    """E tr S^2/E (tr S)^2 for Gaussian nodes. Exact (Wishart moments).

    >>> plugin(sp.Rational(1, 6), 9)
    3/10
    """
    r, freedom = sp.sympify(prove.exact(ratio)), sp.sympify(inputs) - 1
    return (r * (1 + 1 / freedom) + 1 / freedom) / (1 + 2 * r / freedom)


def population(points: Any) -> tuple[Fraction, Fraction]:
    """(tr C^2, tr C) of two nodes with three equally likely values."""
    xs = _rows(points)
    mean = [sum((x[i] for x in xs), Fraction(0)) / 3 for i in range(2)]
    cov = [
        [sum(((x[i] - mean[i]) * (x[j] - mean[j]) for x in xs), Fraction(0)) / 3 for j in range(2)]
        for i in range(2)
    ]
    return sum((v * v for row in cov for v in row), Fraction(0)), cov[0][0] + cov[1][1]


def _rows(points: Any) -> list[tuple[Fraction, Fraction]]:
    if len(points) != 6:
        raise ClaimError(
            f"vn.eq3.estimator: argument 'points' must hold 6 values; got {len(points)}"
        )
    values = [Fraction(int(v)) for v in points]
    return [(values[2 * k], values[2 * k + 1]) for k in range(3)]


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def wishart() -> tuple[Any, Any, Any, Any]:
    """(E tr A^2, E (tr A)^2, tr C^2, tr C) for A = sum over nu of y y^T, y ~ N(0, diag(c)).

    Two independent y of three nodes, multiplied out: E tr A^2 = nu E |y|^4 + nu (nu-1) E (y.y')^2
    and E (tr A)^2 = nu E |y|^4 + nu (nu-1) (E |y|^2)^2.
    """
    c = sp.symbols("c1:4", positive=True)
    y, other = sp.symbols("y1:4"), sp.symbols("x1:4")

    def mean(expression: Any) -> Any:
        total = sp.Integer(0)
        for powers, coefficient in sp.Poly(expression, *y, *other).terms():
            if all(p % 2 == 0 for p in powers):
                total += coefficient * math.prod(
                    sp.factorial2(p - 1) * v ** (p // 2)
                    for p, v in zip(powers, c + c, strict=True)
                    if p
                )
        return sp.expand(total)

    norm = sum(v**2 for v in y)
    fourth = mean(norm**2)
    product = mean(sum(u * v for u, v in zip(y, other, strict=True)) ** 2)
    squares, trace = sum(v**2 for v in c), sum(c)
    of_square = nu * fourth + nu * (nu - 1) * product
    of_trace = nu * fourth + nu * (nu - 1) * mean(norm) ** 2
    return of_square, of_trace, squares, trace


def by_wishart(law: Any) -> Finding:
    """Three Gaussian nodes of any variances, any number of inputs."""
    of_square, of_trace, squares, trace = wishart()

    def facts() -> Iterator[tuple[str, bool]]:
        claimed = law(ratio=squares / trace**2, inputs=nu + 1)
        yield "three nodes, every C and M", rec.same(claimed, of_square / of_trace)

    return prove.truth(
        facts(),
        predicted="[R (1 + 1/nu) + 1/nu]/(1 + 2R/nu)",
        found="the products of two independent inputs, multiplied out",
        detail="the centred sum of squares of M inputs is that of M - 1 independent ones",
    )


def few_inputs(law: Any) -> Finding:
    """N = 200 independent nodes of equal variance, M = 1000: E is 20 % above R."""
    at = sp.Rational(1, 200)
    return prove.cases([("N = 200, M = 1000", law(ratio=at, inputs=1000), plugin(at, 1000))])


@functools.cache
def all_samples(points: tuple[int, ...], inputs: int) -> tuple[Fraction, Fraction]:
    """E over all 3^M samples of (unbiased estimate of tr C^2, the same without its last mean)."""
    xs = _rows(points)
    full, cut = Fraction(0), Fraction(0)
    dots = [[u[0] * v[0] + u[1] * v[1] for v in xs] for u in xs]
    for sample in itertools.product(range(3), repeat=inputs):
        # inner products after centring by the sample mean
        g = [[dots[i][j] for j in sample] for i in sample]
        rows = [sum(r, Fraction(0)) / inputs for r in g]
        total = sum(rows, Fraction(0)) / inputs
        c = [[g[i][j] - rows[i] - rows[j] + total for j in range(inputs)] for i in range(inputs)]
        off = [[c[i][j] if i != j else Fraction(0) for j in range(inputs)] for i in range(inputs)]
        sums = [sum(r, Fraction(0)) for r in off]
        s_1 = sum((v * v for r in off for v in r), Fraction(0))
        r_2, t = sum((v * v for v in sums), Fraction(0)), sum(sums, Fraction(0))
        m = inputs
        pairs, triples = m * (m - 1), m * (m - 1) * (m - 2)
        one, two = s_1 / pairs, (r_2 - s_1) / triples
        three = (t * t - 4 * r_2 + 2 * s_1) / (triples * (m - 3))
        full += one - 2 * two + three
        cut += one - 2 * two
    count = 3**inputs
    return full / count, cut / count


def by_samples(law: Any) -> Finding:
    """Every sample of four and five inputs from a law with three values."""
    return prove.cases(
        (f"values {p}, M = {count}", law(points=p, inputs=count), all_samples(p, count)[0])
        for p, count in (
            ((0, 1, 2, -1, 3, 5), 4),
            ((1, 0, -2, 3, 4, 1), 4),
            ((0, 1, 2, -1, 3, 5), 5),
        )
    )


def rank(law: Any) -> Finding:
    """Centred inputs span M - 1 dimensions; the corners of a simplex attain 1/(M-1)."""

    def facts() -> Iterator[tuple[str, bool]]:
        for count in (2, 3, 4, 7):
            bounds = law(inputs=count)
            centred = sp.eye(count) - sp.ones(count) / count
            attained = (centred * centred).trace() / centred.trace() ** 2
            yield f"M = {count}: 1/{count - 1} attained", bool(bounds.low == attained)
            yield f"M = {count}: one direction gives 1", bool(bounds.high == 1)

    return prove.truth(facts(), predicted="[1/(M-1), 1]", found="simplex corners, one direction")


# --- the claim -------------------------------------------------------------------------------


def _probe(units: int, inputs: int, laws: tuple[str, ...], estimand: Estimand, why: str) -> Probe:
    name = "plug-in" if estimand is PLUGIN else "unbiased"
    ratio = rec.annealed((units, units), 1)
    return Probe(
        name=f"{name} N={units} M={inputs}",
        experiment="input_covariance",
        setup=over_inputs((units, units), 1, inputs),
        at={"ratio": prove.exact(ratio), "inputs": inputs},
        estimand=estimand,
        laws=laws,
        facts={"estimate": name},
        why=why,
        budget=0.5,
    )


BOTH = ("stated", "plug-in")

CLAIM = Claim(
    id="vn.eq3.estimator",
    title="the VNI of M inputs, from their sample covariance, is that of the nodes",
    source=PAPER.at(
        "eq. (3) as used in Figures 1, 3 and 9",
        "R_sq is calculated from eq. (3) over the data points (1000 in Figure 1)",
    ),
    kind="pitfall",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                rec.E(rec.tr(sp.Symbol("S") ** 2)) / rec.E(rec.tr(sp.Symbol("S")) ** 2), R
            ),
            parameters=(RATIO, INPUTS),
            words="plug-in VNI of M inputs, taken for that of the nodes",
            evaluate=lambda ratio, inputs: sp.sympify(prove.exact(ratio)),
            mutants=(Mutant("twice it", lambda ratio, inputs: 2 * sp.sympify(prove.exact(ratio))),),
            error="(1 + R - 2 R^2)/(M - 1) to first order",
        ),
        Law(
            role="corrected",
            name="plug-in",
            formula=sp.Eq(
                rec.E(rec.tr(sp.Symbol("S") ** 2)) / rec.E(rec.tr(sp.Symbol("S")) ** 2),
                (R * (1 + 1 / (M - 1)) + 1 / (M - 1)) / (1 + 2 * R / (M - 1)),
            ),
            parameters=(RATIO, INPUTS),
            words="ratio of means of the plug-in VNI, Gaussian nodes",
            evaluate=plugin,
            mutants=(
                Mutant("M for M - 1", lambda ratio, inputs: plugin(ratio, inputs + 1)),
                Mutant(
                    "only (1 - 1/M)^2",
                    lambda ratio, inputs: (
                        sp.sympify(prove.exact(ratio)) / (1 - 1 / sp.sympify(inputs)) ** 2
                    ),
                ),
                Mutant(
                    "R + 1/nu",
                    lambda ratio, inputs: (
                        sp.sympify(prove.exact(ratio)) + 1 / (sp.sympify(inputs) - 1)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="unbiased",
            formula=sp.Eq(
                rec.E(sp.Symbol("Y_1") - 2 * sp.Symbol("Y_2") + sp.Symbol("Y_3")),
                rec.tr(rec.C**2),
            ),
            parameters=(POINTS, ALL_SAMPLES),
            words="means over distinct inputs are unbiased for tr C^2, for every law of the nodes",
            evaluate=lambda points, inputs: population(points)[0],
            mutants=(
                Mutant(
                    "without Y_3",
                    lambda points, inputs: all_samples(tuple(points), int(inputs))[1],
                ),
                Mutant(
                    "(1 - 1/M)^2 of it",
                    lambda points, inputs: population(points)[0] * (1 - Fraction(1, inputs)) ** 2,
                ),
            ),
        ),
        Law(
            role="sharper",
            name="ratio of unbiased means",
            formula=sp.Eq(
                rec.E(sp.Symbol("Y_1") - 2 * sp.Symbol("Y_2") + sp.Symbol("Y_3"))
                / rec.E(sp.Symbol("Z")),
                R,
            ),
            parameters=(RATIO, AT_LEAST_FOUR),
            words="the unbiased numerator over an unbiased Z for (tr C)^2: R for every M >= 4",
            evaluate=lambda ratio, inputs: sp.sympify(prove.exact(ratio)),
            mutants=(Mutant("plug-in", plugin),),
        ),
        Law(
            role="sharper",
            name="rank",
            formula=sp.Le(1 / (M - 1), R),
            parameters=(INPUTS,),
            words="the plug-in VNI of M inputs is never below 1/(M - 1)",
            evaluate=lambda inputs: Bounds(1 / (sp.sympify(inputs) - 1), sp.Integer(1)),
            mutants=(
                Mutant("1/M", lambda inputs: Bounds(1 / sp.sympify(inputs), sp.Integer(1))),
                Mutant("2/M", lambda inputs: Bounds(2 / sp.sympify(inputs), sp.Integer(1))),
            ),
        ),
    ),
    assumptions=(stated("iid inputs", lambda p: p.get("pairs", "iid") == "iid"),),
    expected="false-as-stated",
    because=(
        "The plug-in value is too high by about 1/(M-1): by 20 % for 200 independent nodes and "
        "1000 inputs, and it cannot be below 1/3 for the four inputs of XOR. Means over distinct "
        "inputs have no bias."
    ),
    proofs=(
        Proof(
            "N = 200, M = 1000",
            "exact",
            "the numbers of Figure 1: R = 1/200 against its estimate",
            few_inputs,
            point={"ratio": sp.Rational(1, 200), "inputs": 1000},
        ),
        Proof(
            "Wishart",
            "symbolic",
            "three Gaussian nodes of any variances, any M",
            by_wishart,
            law="plug-in",
        ),
        Proof(
            "all samples",
            "exact",
            "every sample of four and five inputs of a law with three values",
            by_samples,
            law="unbiased",
        ),
        Proof("rank", "exact", "simplex corners attain 1/(M-1)", rank, law="rank"),
    ),
    probes=(
        _probe(16, 9, BOTH, PLUGIN, "few inputs: nearly three times the VNI of the nodes"),
        _probe(16, 64, BOTH, PLUGIN, "more inputs than nodes: still 1/(M-1) too high"),
        _probe(
            16,
            16,
            ("ratio of unbiased means",),
            OF_COVARIANCE,
            "few inputs, estimated without bias",
        ),
    ),
    curves=(
        Curve(
            "inputs",
            "Plug-in VNI of 200 independent nodes",
            "number of inputs M",
            "VNI",
            (10, 20, 50, 100, 200, 500, 1000, 2000),
            lambda x: {"ratio": sp.Rational(1, 200), "inputs": int(x)},
            laws=BOTH,
            log_x=True,
            log_y=True,
        ),
    ),
    remark=(
        "A reading below 1/(M-1) means that the centring has underflowed: rescale every layer or "
        "use double precision."
    ),
    see=("vn.eq3", "vn.fig1"),
)
