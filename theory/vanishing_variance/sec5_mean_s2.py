"""The mean of the empirical variance over networks: tacitly constant in Section 5.

    vev.sec5.mean_s2   E S_n^2 = sigma^2 for linear networks; smaller as soon as phi is not linear

S^2 is centred over the data, E S^2 = E y_a^2 - E y_a y_b for two inputs a != b. A rectifier makes
different inputs more and more alike, so the mean of S^2 falls although E y^2 = sigma^2 stays.
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import gaussian, prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    as_mpf,
    stated,
)
from theory.symbols import SLOPE, a
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.data_probes import MEAN_VARIANCE, VARIANCE_SHARE
from theory.vanishing_variance.gaussian_probes import gaussian_setup

c = sp.Symbol("c", real=True)
theta = sp.Symbol("theta", positive=True)
COSINE = Parameter("cosine", Reals(-1, 1), "cosine c of two inputs of equal norm", c)
E = sp.Function("E")
SHARE = E(sp.Symbol("S") ** 2) / sp.Symbol("sigma") ** 2


def alignment(slope: Any) -> sp.Expr:
    """(1-a)^2/(1+a^2): how far phi_a is from linear, 0 at a = 1, 1 for the ReLU, 2 for |x|."""
    s = sp.sympify(prove.exact(slope))
    return (1 - s) ** 2 / (1 + s**2)


def first_layer(slope: Any) -> sp.Expr:
    """E S_n^2/sigma^2 after one layer, x ~ N(0, I): 1 - (1-a)^2/(pi (1+a^2)). Exact, any width.

    E phi_a(g) = (1-a)/sqrt(2 pi), so that v w E phi_a(g) E phi_a(g') is the mean product.

    >>> first_layer(0), first_layer(1)
    (1 - 1/pi, 1)
    """
    return 1 - alignment(slope) / sp.pi


def kernel(slope: Any, cosine: Any) -> sp.Expr:
    """2 E phi_a(u) phi_a(v)/(1+a^2), u and v standard normal of correlation c.

    phi_a(x) = ((1+a) x + (1-a)|x|)/2 and E|u v| = (2/pi)(sqrt(1-c^2) + c asin c).

    >>> kernel(0, 0), kernel(1, sp.Rational(1, 3))
    (1/pi, 1/3)
    """
    rho, eta = sp.sympify(prove.exact(cosine)), alignment(slope)
    absolute_product = 2 / sp.pi * (sp.sqrt(1 - rho**2) + rho * sp.asin(rho))
    return (1 - eta / 2) * rho + eta / 2 * absolute_product


def second_layer(slope: Any, cosine: Any) -> sp.Expr:
    """E S_n^2/sigma^2 two Gaussian layers above data of equal norms and cosines c. Exact."""
    return 1 - kernel(slope, cosine)


def wide_limit(slope: Any) -> sp.Expr:
    """lim l^2 E S_n^2/sigma^2, first width -> infinity, then depth: (3 pi/eta)^2/2.

    Zero alignment (linear): the limit is infinite.

    >>> wide_limit(0), wide_limit(1)
    (9*pi**2/2, oo)
    """
    eta = alignment(slope)
    return sp.oo if eta == 0 else (3 * sp.pi / eta) ** 2 / 2


# --- proofs ----------------------------------------------------------------------------------


def constant_when_linear(law: Any) -> Finding:
    """E S_n^2 of linear networks on signs as data: every weight and every data set."""
    return prove.cases(
        (f"a = 1, widths {widths}", law(slope=1), found) for widths, found in linear_networks()
    )


@functools.cache
def linear_networks() -> tuple[tuple[tuple[int, ...], Any], ...]:
    """(widths, E y_a^2 - E y_a y_b over E y_a^2) with the pair of inputs as one long input."""
    rows = []
    for widths in ((2,), (2, 2)):
        second = cross = sp.Integer(0)
        for weights, p in _networks(widths):
            row = _product(weights)
            # iid signs of mean 0: E y_a y_b = 0 given the weights
            second += sp.Rational(p.numerator, p.denominator) * sum(v * v for v in row)
        rows.append((widths, (second - cross) / second))
    return tuple(rows)


def _networks(widths: tuple[int, ...]) -> Any:
    if len(widths) == 1:
        for rows, p in en.matrices(1, widths[0], en.SIGN):
            yield (rows,), p
        return
    for first, p in en.matrices(widths[1], widths[0], en.SIGN):
        for rest, q in _networks(widths[1:]):
            yield (first, *rest), p * q


def _product(weights: Any) -> list[Any]:
    row = list(weights[-1][0])
    for matrix in reversed(weights[:-1]):
        row = [sum(r * line[j] for r, line in zip(row, matrix, strict=True))
               for j in range(len(matrix[0]))]  # fmt: skip
    return [sp.Rational(v.numerator, v.denominator) for v in row]


def from_the_mean(law: Any) -> Finding:
    """E phi_a(g) and E phi_a(g)^2 by symbolic integration, a symbolic."""
    g = sp.Symbol("g", real=True)
    density = sp.exp(-(g**2) / 2) / sp.sqrt(2 * sp.pi)
    mean, square = (
        sp.integrate(g**k * density, (g, 0, sp.oo))
        + a**k * sp.integrate(g**k * density, (g, -sp.oo, 0))
        for k in (1, 2)
    )
    return prove.identity(
        law(slope=a) - (1 - mean**2 / square),
        predicted=str(law(slope=a)),
        found="1 - (E phi)^2/E phi^2, integrated",
    )


def against_quadrature(law: Any) -> Finding:
    """The kernel by quadrature over the angle of (u, v) in the plane, 12 digits."""
    return prove.close(
        (
            (f"a = {slope}, c = {rho}", law(slope=slope, cosine=rho), found)
            for slope, rho, found in integrated()
        ),
        digits=12,
        detail="(u, v) = R (cos t, cos(t - theta))",
    )


@functools.cache
def integrated() -> tuple[tuple[Any, Any, Any], ...]:
    """(slope, cosine, 1 - 2 E phi_a(u) phi_a(v)/(1+a^2)) by quadrature over the angle."""
    rows = []
    with mpmath.workdps(20):
        for slope, rho in (("0", "1/2"), ("1/4", "-1/3"), ("-1", "4/5"), ("0", "0")):
            s, c_ab = sp.Rational(slope), sp.Rational(rho)
            product = gaussian.leaky_pair_quadrature(s, c_ab, 1)
            rows.append((s, c_ab, 1 - as_mpf(2 / (1 + s**2)) * product))
    return tuple(rows)


def is_the_arc_cosine_kernel(law: Any) -> Finding:
    """At a = 0 and c = cos theta it is kappa_1 of the rectifier."""
    return prove.cases(
        (f"c = {rho}", law(slope=0, cosine=rho), 1 - gaussian.kappa1(rho))
        for rho in (sp.Integer(0), sp.Rational(1, 2), sp.sqrt(3) / 2, sp.Integer(1), -sp.Integer(1))
    )


def sign_weights(law: Any) -> Finding:
    """+-1 weights, inputs (1, 1) and (1, -1): no ReLU passes both, so that E S^2 = E y^2."""
    return prove.cases(
        [("a = 0, c = 0", law(slope=0, cosine=0), sp.Integer(1))],
        "h_a h_b = w_1^2 - w_2^2 = 0 for every +-1 row",
    )


def from_the_angle(law: Any) -> Finding:
    """1 - kernel = theta^2/2 - eta theta^3/(3 pi) + ..., so 1/theta grows by eta/(3 pi) a layer."""
    eta = sp.Symbol("eta", positive=True)
    # asin(cos theta) = pi/2 - theta
    inside = (1 - eta / 2) * sp.cos(theta) + eta / sp.pi * (
        sp.sin(theta) + sp.cos(theta) * (sp.pi / 2 - theta)
    )
    gap = sp.series(1 - inside, theta, 0, 5).removeO()
    angle_sq = 2 * gap + sp.Rational(1, 12) * (2 * gap) ** 2  # theta'^2 = 2(1-cos) + ...
    step = -sp.expand(angle_sq).coeff(theta, 3) / 2
    # theta' = theta - step theta^2 + ..., hence 1/theta' = 1/theta + step + O(theta)
    return prove.identities(
        [
            ("first order", sp.expand(angle_sq).coeff(theta, 2) - 1),
            ("step", step - eta / (3 * sp.pi)),
            *(
                (f"a = {s}", law(slope=s) - (1 / step.subs(eta, alignment(s))) ** 2 / 2)
                for s in (sp.Integer(0), sp.Rational(1, 4), sp.Integer(-1))
            ),
        ],
        predicted=f"l^2 (1 - c_l) -> {law(slope=0)} (ReLU)",
        found="theta_l ~ 1/(l step), 1 - c ~ theta^2/2",
        detail="1/theta' - 1/theta -> step, so theta_l l -> 1/step (Stolz and Cesaro)",
    )


# --- the claim -------------------------------------------------------------------------------


def _first(name: str, slope: Any, laws: tuple[str, ...], why: str, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="empirical_variance",
        setup=gaussian_setup((12, 16), float(slope), n_inputs=12, **more),
        at={"slope": slope},
        estimand=MEAN_VARIANCE,
        laws=laws,
        why=why,
    )


def _second(cosine: Any, slope: Any = 0) -> Probe:
    return Probe(
        name=f"second layer, a = {slope}, c = {cosine}",
        experiment="empirical_variance",
        setup=gaussian_setup(
            (12, 16, 16), float(slope), n_inputs=10, activate_input=False,
            inputs="equicorrelated", extra={"correlation": float(cosine)},
        ),
        at={"slope": slope, "cosine": cosine},
        estimand=VARIANCE_SHARE,
        laws=("second layer",),
        why="fixed data of equal norms and cosines; exact at width 16",
        curve="cosine" if slope == 0 else "",
        x=float(cosine) if slope == 0 else None,
    )  # fmt: skip


CLAIM = Claim(
    id="vev.sec5.mean_s2",
    title="the mean of S_n^2 over networks stays at sigma^2: only for linear networks",
    source=PAPER.at(
        "Section 5",
        "tacit: S_n^2/sigma^2 follows chi^2(DF)/DF, whose mean is 1 at every depth",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(SHARE, 1),
            parameters=(SLOPE,),
            words="mean of the empirical variance over networks and data, over sigma^2",
            evaluate=lambda slope: sp.Integer(1),
            mutants=(Mutant("1 - 1/n", lambda slope: sp.Rational(9, 10)),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(SHARE, 1 - (1 - a) ** 2 / (sp.pi * (1 + a**2))),
            parameters=(SLOPE,),
            words="after one layer, inputs N(0, I), any width and any number of inputs",
            evaluate=first_layer,
            mutants=(
                Mutant("1/(2 pi)", lambda slope: (1 + first_layer(slope)) / 2),
                Mutant(
                    "(1-a)^2 becomes (1-a^2)",
                    lambda slope: (
                        1
                        - (1 - sp.sympify(prove.exact(slope)) ** 2)
                        / (1 + sp.sympify(prove.exact(slope)) ** 2)
                        / sp.pi
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="second layer",
            formula=sp.Eq(SHARE, second_layer(a, c)),
            parameters=(SLOPE, COSINE),
            words="two Gaussian layers above data of equal norms and cosines c; any width",
            evaluate=second_layer,
            mutants=(
                Mutant(
                    "kernel without the root",
                    lambda slope, cosine: (
                        second_layer(slope, cosine)
                        + alignment(slope) / sp.pi * sp.sqrt(1 - prove.exact(cosine) ** 2)
                    ),
                ),
                Mutant(
                    "one layer fewer",
                    lambda slope, cosine: 1 - sp.sympify(prove.exact(cosine)),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="wide limit",
            formula=sp.Eq(
                sp.Symbol("l") ** 2 * SHARE, (3 * sp.pi * (1 + a**2) / (1 - a) ** 2) ** 2 / 2
            ),
            parameters=(SLOPE,),
            words="limit of l^2 E S^2/sigma^2, first infinite width, then depth l",
            evaluate=wide_limit,
            mutants=(
                Mutant("9 pi^2/4", lambda slope: wide_limit(slope) / 2),
                Mutant("3 pi/2 for 3 pi", lambda slope: wide_limit(slope) / 4),
            ),
        ),
    ),
    assumptions=(
        stated("fan-in He variance, symmetric weights", lambda p: p.get("fan", "in") == "in"),
        stated(
            "a kernel of two layers needs Gaussian weights below",
            lambda p: "cosine" not in p or p.get("weights", "gaussian") == "gaussian",
        ),
    ),
    expected="false-as-stated",
    because=(
        "A linear network keeps the mean of S^2. A rectifier aligns the inputs: one ReLU layer "
        "already takes 1/pi of the variance out, and at infinite width E S^2 falls like "
        "9 pi^2/(2 l^2). So S^2 vanishes for two reasons, the typical scale and the alignment."
    ),
    proofs=(
        Proof(
            "linear networks", "exact", "every small linear network of signs", constant_when_linear,
            point={"slope": 1},
        ),
        Proof(
            "mean of phi", "symbolic", "1 - (E phi)^2/E phi^2 for every slope", from_the_mean,
            law="corrected",
        ),
        Proof(
            "stated at every slope", "symbolic", "the same integral under the stated law",
            from_the_mean,
        ),
        Proof(
            "quadrature", "numeric", "the kernel by quadrature over the angle", against_quadrature,
            law="second layer",
        ),
        Proof(
            "arc-cosine kernel", "exact", "the rectifier at cosines with known angles",
            is_the_arc_cosine_kernel, law="second layer",
        ),
        Proof(
            "+-1 weights", "exact", "what Gaussian weights below are for: 1, not 1 - 1/pi",
            sign_weights, law="second layer", point={"weights": "rademacher", "cosine": 0},
        ),
        Proof(
            "angle", "symbolic", "the angle after one layer, to second order", from_the_angle,
            law="wide limit",
        ),
    ),
    probes=(
        _first("linear", 1, ("stated", "corrected"), "a linear network keeps the mean"),
        _first("ReLU", 0, ("stated", "corrected"), "one layer takes 1/pi out"),
        _first(
            "leaky, uniform weights", sp.Rational(1, 4), ("corrected",), "any weights",
            weights="uniform",
        ),
        *(_second(sp.Rational(k, 4)) for k in range(4)),
        _second(sp.Rational(1, 2), sp.Rational(1, 4)),
    ),
    curves=(
        Curve(
            "cosine",
            "Mean empirical variance two Gaussian layers above data of cosine c, ReLU",
            "cosine of the data",
            "E S^2 / sigma^2",
            [k / 20 for k in range(21)],
            lambda x: {"slope": 0, "cosine": sp.Rational(round(20 * x), 20)},
            laws=("second layer",),
        ),
    ),
    remark=(
        "Report S^2 beside the uncentred mean of y^2. From the third layer on the Gram matrix that "
        "is read is random at finite width, and no closed form is known. Of independent samples, "
        "one network each, the mean is sigma^2 (vev.sec5.var_s2 asks for these); the section "
        "speaks of the outputs of one network."
    ),
    see=("vev.sec5.var_s2", "vev.conv_prob", "vev.sec5.relu_pair"),
)  # fmt: skip
