"""The covariance of the nodes over inputs against that of the linearised network.

    vn.eq2   C ~ sigma_x^2 J J^T: exact for linear networks, false at leading order for rectifiers

A rectifier has a mean: half of what J J^T counts is the same at every input, and C is centred. With
phi_a(x) = x for x > 0, a x below, a gain 2/(1+a^2) that keeps E |x|^2, and standard normal inputs,

    tr C / tr J J^T = 1 - c_L,   c_0 = 0,   c_{l+1} = f_a(c_l),
    f_a(c) = kappa_1(c) - 2a/(1+a^2) kappa_1(-c)

c_l is the correlation of x_l at two independent inputs and f_a the arc-cosine kernel of phi_a. For
one layer this is exact at every width: 1 - (1-a)^2/(pi (1+a^2)); deeper, for N -> infinity.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
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
    as_mpf,
    stated,
    unstated,
)
from theory.symbols import SLOPE, L, a
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.probes import over_inputs
from theory.vanishing_nodes.rec_finite_width import tr

DEPTH = Parameter("depth", Integers(1), "L, number of layers", L)
OF_TRACES = Estimand(
    "ratio", ("trace", "tangent_sq"), over="networks and their inputs; E tr C over E tr J J^T"
)


def first_overlap(slope: Any) -> Any:
    """c_1 = (E phi)^2/E phi^2 = (1-a)^2/(pi (1+a^2)): exact at every width.

    >>> first_overlap(0), first_overlap(1)
    (1/pi, 0)
    """
    slope = sp.sympify(prove.exact(slope))
    return (1 - slope) ** 2 / (sp.pi * (1 + slope**2))


def kernel(c: Any, slope: Any) -> Any:
    """f_a(c) of the leaky rectifier, an mpf: ((1+a)^2 c + (1-a)^2 m(c))/(2(1+a^2)).

    m(c) = (2/pi)(sqrt(1-c^2) + c asin c) = E |x||y|, since phi_a(x) = (1+a)/2 x + (1-a)/2 |x|.
    """
    odd, even = (1 + slope) ** 2, (1 - slope) ** 2
    m = 2 / mpmath.pi * (mpmath.sqrt(max(0, 1 - c * c)) + c * mpmath.asin(c))
    return min(mpmath.mpf(1), (odd * c + even * m) / (2 * (1 + slope**2)))


def overlap(slope: Any, depth: Any) -> Any:
    """c_L: exact for one layer, else an mpf; the limit N -> infinity for L > 1.

    >>> mpmath.nstr(overlap(0, 2), 8)
    '0.49373109'
    """
    depth = int(depth)
    first = first_overlap(slope)
    if depth == 0 or first == 0:
        return sp.Integer(0)
    if depth == 1:
        return first
    with mpmath.workdps(mpmath.mp.dps + 10):
        c, number = as_mpf(first), as_mpf(sp.sympify(prove.exact(slope)))
        for _ in range(depth - 1):
            c = kernel(c, number)
    return +c


def kept(slope: Any, depth: Any) -> Any:
    """tr C/tr J J^T = 1 - c_L.

    >>> kept(0, 1), kept(1, 30)
    (1 - 1/pi, 1)
    """
    return 1 - overlap(slope, depth)


# --- proofs ----------------------------------------------------------------------------------


def linear_networks(law: Any) -> Finding:
    """x_L = J x: E J x x^T J^T over all sign inputs is J J^T, for every weight; L = 1, 2."""
    signs = [sp.Matrix(s) for s in itertools.product((-1, 1), repeat=2)]

    def facts() -> Iterator[tuple[str, bool]]:
        jacobian = sp.eye(2)
        for depth in (1, 2):
            jacobian = sp.Matrix(2, 2, sp.symbols(f"w{depth}_1:5")) * jacobian
            cov = sum((jacobian * x * x.T * jacobian.T for x in signs), sp.zeros(2)) / 4
            excess = (cov - law(slope=1, depth=depth) * jacobian * jacobian.T).expand()
            yield f"L = {depth}: C = J J^T, for every weight", excess == sp.zeros(2)

    return prove.truth(facts(), predicted="C = J J^T", found="the covariance over all inputs")


def one_rectifier(law: Any) -> Finding:
    """x_1 = max(x_0, 0), x_0 standard normal: the smallest counterexample, by integration."""
    variance, slope_sq = integrals()
    at_zero = {a: 0}
    return prove.cases(
        [("one unit", law(slope=0, depth=1), variance.subs(at_zero) / slope_sq.subs(at_zero))]
    )


@functools.cache
def integrals() -> tuple[Any, Any]:
    """(Var phi_a(z), E phi_a'(z)^2), z standard normal, integrated by sympy for every a."""
    z = sp.Symbol("z", positive=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    first, second, half = (sp.integrate(z**k * density, (z, 0, sp.oo)) for k in (1, 2, 0))
    mean = first - a * first
    return (1 + a**2) * second - mean**2, (1 + a**2) * half


def _power(slope: float, power: int, z: Any) -> Any:
    return (z if z > 0 else slope * z) ** power


def one_layer(law: Any) -> Finding:
    """One unit is the whole layer: every unit has this ratio whatever its weights are."""
    variance, slope_sq = integrals()
    with mpmath.workdps(25):
        for value in (0.0, -1.0, 0.5):
            by_quad = gaussian.expect(functools.partial(_power, value, 2))
            by_quad -= gaussian.expect(functools.partial(_power, value, 1)) ** 2
            integral = as_mpf(variance.subs(a, sp.nsimplify(value)))
            if abs(by_quad - integral) > mpmath.mpf(10) ** -18:
                raise ArithmeticError(f"sympy and quadrature disagree at a = {value}")
    return prove.identities(
        [("one layer, every slope", sp.simplify(law(slope=a, depth=1) - variance / slope_sq))],
        predicted="1 - (1-a)^2/(pi (1+a^2))",
        found="Var phi_a(z)/E phi_a'(z)^2, integrated, for every a",
        detail="h_i = |w_i| z, and phi_a is homogeneous: the ratio is that of every unit",
    )


@functools.cache
def by_quadrature(slope: Any, depth: int) -> Any:
    """1 - c_L with the kernel integrated numerically at every layer."""
    with mpmath.workdps(25):
        s, c = as_mpf(slope), mpmath.mpf(0)
        for _ in range(depth):
            negative = gaussian.kappa1_quadrature(sp.Float(-c, 25)) if s else 0
            c = gaussian.kappa1_quadrature(sp.Float(c, 25)) - 2 * s / (1 + s**2) * negative
        return 1 - c


def deeper(law: Any) -> Finding:
    """phi_a(x) = relu(x) - a relu(-x): products of two give kappa_1(c) and kappa_1(-c)."""
    tenth = sp.Rational(-1, 10)
    with mpmath.workdps(25):
        return prove.close(
            [
                (f"a = {s}, L = {depth}", law(slope=s, depth=depth), by_quadrature(s, depth))
                for s, depth in ((sp.Integer(0), 3), (tenth, 2))
            ],
            digits=14,
            detail="the kernel integrated from the density",
        )


# --- the claim -------------------------------------------------------------------------------


def _probe(width: int, depth: int, slope: Any, laws: tuple[str, ...], why: str) -> Probe:
    kind = {1: "linear", 0: "relu"}.get(slope, f"leaky {slope}")
    return Probe(
        name=f"{kind} N={width} L={depth}",
        experiment="input_covariance",
        setup=over_inputs((width,) * (depth + 1), slope, 8),
        at={"slope": slope, "depth": depth},
        estimand=OF_TRACES,
        laws=laws,
        why=why,
        budget=0.2,
    )


BOTH = ("stated", "rectifier")
J, C, sigma_x = sp.symbols("J C sigma_x")
OVERLAP = sp.Symbol("c_L")

CLAIM = Claim(
    id="vn.eq2",
    title="the covariance of the nodes over inputs is sigma_x^2 J J^T",
    source=PAPER.at("eq. (2)", "C = E (x_L - mean)(x_L - mean)^T ~ sigma_x^2 J J^T"),
    kind="approximation",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(tr(C), sigma_x**2 * tr(J * J ** sp.Symbol("T"))),
            parameters=(SLOPE, DEPTH),
            words="total variance of the nodes over that of the linearised network",
            evaluate=lambda slope, depth: sp.Integer(1),
            mutants=(
                Mutant("half of it", lambda slope, depth: sp.Rational(1, 2)),
                Mutant("a factor L", lambda slope, depth: sp.Integer(depth)),
            ),
            error="none is given; 1 - c_L for rectifiers, 9 pi^2/(2 L^2) at large depth",
        ),
        Law(
            role="sharper",
            name="rectifier",
            formula=sp.Eq(tr(C) / (sigma_x**2 * tr(J * J ** sp.Symbol("T"))), 1 - OVERLAP),
            parameters=(SLOPE, DEPTH),
            words="the same ratio: c_L is the correlation of the outputs at two independent inputs",
            evaluate=kept,
            mutants=(
                Mutant("not centred", lambda slope, depth: sp.Integer(1)),
                Mutant("one layer less", lambda slope, depth: kept(slope, depth - 1)),
                Mutant("powers of the first layer", lambda slope, depth: kept(slope, 1) ** depth),
                Mutant("slope ignored", lambda slope, depth: kept(0, depth)),
            ),
            error="exact for one layer and for a = 1; else the limit N -> infinity at fixed L",
        ),
    ),
    assumptions=(
        stated("iid zero-mean inputs", lambda p: p.get("inputs", "gaussian") == "gaussian"),
        unstated(
            "the network is linear: J does not depend on the input",
            lambda p: bool(p.get("slope", 1) == 1),
        ),
    ),
    expected="holds-if",
    because=(
        "It is an identity for linear networks. A rectifier has a mean that J J^T counts and C "
        "does not: one ReLU layer keeps 1 - 1/pi = 0.68 of it at every width, ten layers 0.13."
    ),
    proofs=(
        Proof(
            "linear networks",
            "symbolic",
            "every input listed, for all weights of one and two layers",
            linear_networks,
            point={"slope": 1},
        ),
        Proof(
            "one ReLU unit",
            "symbolic",
            "max(z, 0) has variance 1/2 - 1/(2 pi), and E J^2 = 1/2",
            one_rectifier,
            point={"slope": 0, "depth": 1},
        ),
        Proof(
            "one layer",
            "symbolic",
            "mean and variance of phi_a(z) integrated for every slope a",
            one_layer,
            law="rectifier",
        ),
        Proof(
            "deeper",
            "numeric",
            "the kernel integrated from the density, two and three layers",
            deeper,
            law="rectifier",
        ),
    ),
    probes=(
        _probe(20, 3, 1, BOTH, "linear networks: C is J J^T"),
        _probe(20, 1, 0, BOTH, "one ReLU layer: exact at every width"),
        _probe(5, 1, sp.Rational(3, 10), BOTH, "a leaky one, at small width"),
        _probe(20, 4, 0, ("stated",), "deep ReLU networks keep little of it"),
    ),
    curves=(
        Curve(
            "depth",
            "Total variance of the nodes over that of the linearised ReLU network",
            "depth L",
            "tr C / tr J J^T",
            range(1, 21),
            lambda x: {"slope": 0, "depth": int(x)},
            laws=BOTH,
        ),
    ),
    remark=(
        "No row compares the limit 1 - c_L with networks of two or more layers: its error at "
        "finite width is not known here. Without centring the trace would be right and C would be "
        "dominated by one direction, the mean."
    ),
    see=("vn.eq3.law", "vn.eq5"),
)
