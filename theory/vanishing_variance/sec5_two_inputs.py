"""Two inputs in one Gaussian network: the joint second moment of their scales, layer by layer.

    vev.sec5.relu_pair   Cov(R'_a, R'_b) = R_a R_b (4 J_a(c) - 1)/w, c the cosine of the two

R_a is the variance of a unit at input a given the layer below: v ||phi(y_a)||^2. 4 J_a(c) =
4 E phi_a(u)^2 phi_a(v)^2/(1+a^2)^2 for standard normal u, v of correlation c.
"""

from __future__ import annotations

import functools
import itertools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
from theory.schema import (
    LATER,
    TIERS,
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
    Tuples,
    as_mpf,
    stated,
)
from theory.symbols import SLOPE, WIDTH, a, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.data_probes import COVARIANCE_OF_SCALES, SCALES
from theory.vanishing_variance.gaussian_probes import gaussian_setup

c = sp.Symbol("c", real=True)
COSINE = Parameter("cosine", Reals(-1, 1), "cosine c of the pre-activations one layer below", c)
HIDDEN = Parameter("widths", Tuples(Integers(1)), "widths w_1, ..., w_d of the layers passed")
layer, depth = sp.symbols("l d", integer=True, positive=True)


def rectified(cosine: Any) -> sp.Expr:
    """J(c) = E u_+^2 v_+^2 = (3 s c + (pi - theta)(1 + 2c^2))/(2 pi), c = cos theta, s = sin theta.

    >>> rectified(0), rectified(1), rectified(-1)
    (1/4, 3/2, 0)
    """
    rho = sp.sympify(prove.exact(cosine))
    root = sp.sqrt(1 - rho**2)
    return (3 * root * rho + (sp.pi - sp.acos(rho)) * (1 + 2 * rho**2)) / (2 * sp.pi)


def four_j(slope: Any, cosine: Any) -> sp.Expr:
    """4 J_a(c) = 1 + 2c^2 + ((1-a^2)/(1+a^2))^2 (4 J(c) - 1 - 2c^2). Exact.

    >>> four_j(0, 1), four_j(1, 1), four_j(sp.Rational(1, 2), 0)
    (6, 3, 1)
    """
    rho, s = sp.sympify(prove.exact(cosine)), sp.sympify(prove.exact(slope))
    odd = ((1 - s**2) / (1 + s**2)) ** 2
    return 1 + 2 * rho**2 + odd * (4 * rectified(rho) - 1 - 2 * rho**2)


def pair_covariance(slope: Any, cosine: Any, width: Any) -> sp.Expr:
    """Cov(R'_a, R'_b)/(R_a R_b) through one Gaussian layer of `width` units. Exact.

    >>> pair_covariance(0, 1, 10), pair_covariance(0, 0, 10)
    (1/2, 0)
    """
    return (four_j(slope, cosine) - 1) / sp.sympify(width)


def between(widths: Any) -> Bounds:
    """1 <= E R_a R_b/(E R_a E R_b) <= prod (1 + 5/w_l) for a ReLU network above data of c >= 0."""
    return Bounds(sp.Integer(1), sp.prod([1 + sp.Rational(5, int(n)) for n in widths]))


# --- proofs ----------------------------------------------------------------------------------


def by_differentiation(law: Any) -> Finding:
    """d/dc E f(u) g(v) = E f'(u) g'(v), twice: J'' = 4 P(u, v > 0), J'(0) = 2/pi, J(0) = 1/4."""
    g = sp.Symbol("g", real=True)
    density = sp.exp(-(g**2) / 2) / sp.sqrt(2 * sp.pi)
    one, two = (sp.integrate(g**k * density, (g, 0, sp.oo)) for k in (1, 2))
    j = (1 + law(slope=0, cosine=c, width=1)) / 4  # the law's own J
    both_positive = (sp.pi - sp.acos(c)) / (2 * sp.pi)
    mean_square = 1 + 2 * c**2  # E u^2 v^2
    signed = 4 * j - mean_square  # E u^2 v^2 sgn u sgn v: 1{u>0} = (1 + sgn u)/2, odd terms vanish
    general = ((1 + a**2) ** 2 * mean_square + (1 - a**2) ** 2 * signed) / (1 + a**2) ** 2
    return prove.identities(
        [
            ("J''", sp.simplify(sp.diff(j, c, 2)) - 4 * both_positive),
            ("J'(0)", sp.diff(j, c).subs(c, 0) - (2 * one) ** 2),
            ("J(0)", j.subs(c, 0) - two**2),
            ("every slope and width", law(slope=a, cosine=c, width=w) - (general - 1) / w),
        ],
        predicted=f"J = {j}",
        found="the differential equation of J and its start",
        detail="w iid units: (w E + w (w-1))/w^2 with E in units of the squared mean",
    )


@functools.cache
def integrated() -> tuple[tuple[Any, Any, Any], ...]:
    """(slope, cosine, 4 J_a) by quadrature over the angle of (u, v) in the plane."""
    rows = []
    with mpmath.workdps(20):
        for slope, rho in (("0", "1/2"), ("1/4", "-1/3"), ("-2", "4/5"), ("1", "-1/2")):
            s, c_ab = sp.Rational(slope), sp.Rational(rho)
            product = gaussian.leaky_pair_quadrature(s, c_ab, 2)
            rows.append((s, c_ab, as_mpf(4 / (1 + s**2) ** 2) * product))
    return tuple(rows)


def by_quadrature(law: Any) -> Finding:
    """The pair integral over the angle, 15 digits."""
    return prove.close(
        (
            (f"a = {s}, c = {rho}", law(slope=s, cosine=rho, width=7), (found - 1) / 7)
            for s, rho, found in integrated()
        ),
        digits=15,
        detail="polar coordinates",
    )


def from_the_ends(law: Any) -> Finding:
    """J' = 2/pi + int_0^c J'' > 0 on [0, 1], so 4 J - 1 lies between its values 0 and 5 there."""
    rows = []
    for widths in ((7,), (3, 10, 4)):
        found = law(widths=widths)
        for name, end, cosine in (("low", found.low, 0), ("high", found.high, 1)):
            factors = [1 + pair_covariance(0, cosine, n) for n in widths]
            rows.append((f"{name}, widths {widths}", end, sp.prod(factors)))
    return prove.cases(rows, "J'' = 4 P(u, v > 0) >= 0 and J'(0) = 2/pi: see the first law")


def opposite_inputs(law: Any) -> Finding:
    """c = -1: of x and -x each unit passes one only, so E R_a R_b is below that of independence."""
    facts = []
    for width in (1, 4):
        found = 1 + pair_covariance(0, -1, width)
        facts.append((f"w = {width}: {found}", bool(law(widths=(width,)).low <= found)))
    return prove.truth(facts, predicted="at least 1", found="1 - 1/w")


def sign_weights(law: Any) -> Finding:
    """+-1 weights, inputs (1, 1) and (1, -1), c = 0: a unit that sees one does not see the other.

    h_a = w_1 + w_2, h_b = w_1 - w_2, scaled to E h^2 = 1; w units of the layer are iid.
    """
    signs = list(itertools.product((1, -1), repeat=2))
    half, rows = sp.Rational(1, len(signs)), []
    for slope in (sp.Integer(0), sp.Rational(1, 2)):

        def square(h: int, s: sp.Rational = slope) -> sp.Rational:
            return sp.Rational(h * h, 2) * (1 if h > 0 else s**2) / ((1 + s**2) / 2)

        both = sum(half * square(u + v) * square(u - v) for u, v in signs)
        for width in (1, 3):
            predicted = law(slope=slope, cosine=0, width=width)
            rows.append((f"a = {slope}, w = {width}", predicted, (both - 1) / width))
    return prove.cases(rows, "every +-1 weight of a unit")


# --- the claim -------------------------------------------------------------------------------


def _setup(widths: tuple[int, ...], slope: Any, cosine: Any) -> dict[str, Any]:
    return gaussian_setup(
        (4, *widths), float(slope), n_inputs=2, inputs="pair", activate_input=False,
        extra={"correlation": float(cosine)},
    )  # fmt: skip


def _one_layer(slope: Any, cosine: Any, **more: Any) -> Probe:
    return Probe(
        name=f"a = {slope}, c = {cosine}",
        experiment="scale_pairs",
        setup=_setup((24,), slope, cosine),
        at={"slope": slope, "cosine": cosine, "width": 24},
        estimand=COVARIANCE_OF_SCALES,
        laws=("one layer",),
        why="two inputs of a given cosine through one layer",
        curve="cosine" if slope == 0 else "",
        x=float(cosine) if slope == 0 else None,
        **more,
    )


CLAIM = Claim(
    id="vev.sec5.relu_pair",
    title="two inputs of one network: the covariance of their scales grows by (4 J_a(c) - 1)/w",
    source=PAPER.at(
        "Section 5, beside the variance of S_n^2",
        "not in the document: its samples are independent, which would be 0",
    ),
    kind="exact, one step",
    laws=(
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(sp.Symbol("C"), pair_covariance(a, c, w)),
            parameters=(SLOPE, COSINE, WIDTH),
            words="Cov(R'_a, R'_b)/(R_a R_b) given the layer below",
            evaluate=pair_covariance,
            mutants=(
                Mutant(
                    "1 + c^2 for 1 + 2 c^2 in J",
                    lambda slope, cosine, width: (
                        pair_covariance(slope, cosine, width)
                        - 2
                        * (1 - sp.acos(sp.sympify(prove.exact(cosine))) / sp.pi)
                        * sp.sympify(prove.exact(cosine)) ** 2
                        / width
                    ),
                ),
                Mutant(
                    "2 J",
                    lambda slope, cosine, width: (
                        (2 * four_j(slope, cosine) - 1) / sp.sympify(width)
                    ),
                ),
                Mutant("independent", lambda slope, cosine, width: sp.Integer(0)),
                Mutant(
                    "as if equal inputs",
                    lambda slope, cosine, width: pair_covariance(slope, 1, width),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="bounds",
            formula=sp.And(
                sp.Le(1, sp.Symbol("M")),
                sp.Le(
                    sp.Symbol("M"),
                    sp.Product(1 + 5 / sp.IndexedBase("w")[layer], (layer, 1, depth)),
                ),
            ),
            parameters=(HIDDEN,),
            words="E R_a R_b/(E R_a E R_b) after ReLU layers, the first cosine >= 0",
            evaluate=between,
            mutants=(
                Mutant(
                    "at most prod (1 + 2/w)",
                    lambda widths: Bounds(
                        sp.Integer(1), sp.prod([1 + sp.Rational(2, int(n)) for n in widths])
                    ),
                ),
                Mutant(
                    "at least prod (1 + 1/w)",
                    lambda widths: Bounds(
                        sp.prod([1 + sp.Rational(1, int(n)) for n in widths]), between(widths).high
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "Gaussian weights: the pre-activations are jointly normal given the layer below",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
        stated(
            "for the bounds: c >= 0 at the first layer (from then on ReLU layers keep it so)",
            lambda p: "cosine" in p or p.get("extra", {}).get("correlation", 0) >= 0,
        ),
    ),
    expected="holds",
    because=(
        "Two inputs share every weight, so their squared scales are correlated: fully at cosine 1 "
        "(1 + 5/w for ReLU), not at all at cosine 0. Above data of cosines c >= 0 the second "
        "moment over the data lies between that of independent scales and that of one input."
    ),
    proofs=(
        Proof(
            "differential equation", "symbolic", "J'' = 4 P(u, v > 0), then every slope and width",
            by_differentiation, law="one layer",
        ),
        Proof(
            "quadrature", "numeric", "the pair integral in polar coordinates", by_quadrature,
            law="one layer",
        ),
        Proof(
            "monotone in c", "exact", "the bounds are the factors at c = 0 and c = 1",
            from_the_ends, law="bounds",
        ),
        Proof(
            "opposite inputs", "exact", "what c >= 0 is for: x and -x have 1 - 1/w",
            opposite_inputs, law="bounds", point={"extra": {"correlation": -1}},
        ),
        Proof(
            "+-1 weights", "exact", "what Gaussian weights are for: two inputs of cosine 0",
            sign_weights, law="one layer", point={"weights": "rademacher"},
        ),
    ),
    probes=(
        *(
            _one_layer(sp.Integer(0), sp.Rational(k, 2), tiers=LATER if k == -1 else TIERS)
            for k in (-2, -1, 1, 2)
        ),
        _one_layer(sp.Rational(1, 4), sp.Rational(1, 2)),
        _one_layer(sp.Integer(1), sp.Rational(-1, 2)),
        Probe(
            name="two ReLU layers",
            experiment="scale_pairs",
            setup=_setup((64, 64), 0, 0.5),
            at={"widths": (64, 64)},
            estimand=SCALES,
            laws=("bounds",),
            why="the cosine moves on the way: only bounds are known",
        ),
    ),
    curves=(
        Curve(
            "cosine",
            "Covariance of the squared scales of two inputs after one ReLU layer of 24 units",
            "cosine of the two inputs",
            "Cov(R_a, R_b) / (E R)^2",
            [k / 10 for k in range(-10, 11)],
            lambda x: {"slope": 0, "cosine": sp.Rational(round(10 * x), 10), "width": 24},
            laws=("one layer",),
        ),
    ),
    remark="At c = 1 it is the factor 1 + (3r - 1)/w of one input (vev.closed_gauss).",
    see=("vev.sec5.shared", "vev.sec5.mean_s2", "vev.law.product"),
)  # fmt: skip
