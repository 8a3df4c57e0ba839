"""mu_k of the activations that the document uses, their spread q, and s_1 of the weights.

    vn.table.mu   mu_k = E phi'(sqrt(q*) z)^(2k), q = mu_2/mu_1^2, and s_1

None of these values is in the document. leaky rectifier of slope a (1: linear, 0: ReLU):
(1 + a^(2k))/2; hard tanh: erf(1/sqrt(2 q*)) for every k; erf(sqrt(pi) h/2): (1 + k pi q*)^(-1/2);
tanh: an integral, 1 + 8 q*^2 + O(q*^3) for its spread. s_1 = -1 for iid weights, 0 for orthogonal.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration, gaussian, prove
from theory.schema import (
    Choice,
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
    as_mpf,
    stated,
)
from theory.symbols import SLOPE
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.rec_finite_width import E

ACTIVATIONS = ("leaky_relu", "hard_tanh", "erf", "tanh")
q_star, k, s_1, z = sp.symbols("q_star k s_1 z")
mu, phi_slope = sp.IndexedBase("mu"), sp.Function("phi'")
ACTIVATION = Parameter("activation", Choice(ACTIVATIONS), "phi; erf means erf(sqrt(pi) h/2)")
SLOPE_OF_LEAKY = Parameter("slope", SLOPE.domain, "slope a of leaky_relu; not used by the others")
VARIANCE = Parameter(
    "variance", Reals(0, 100, open_low=True), "q*, variance of the preactivations h"
)
ORDER = Parameter("order", Integers(1, 8), "k")


def slope_moment(activation: str, slope: Any, variance: Any, order: Any) -> Any:
    """mu_k = E phi'(sqrt(q) z)^(2k). Exact but for tanh, an mpf.

    >>> slope_moment("leaky_relu", 0, 1, 2), slope_moment("erf", 0, 1, 1)
    (1/2, 1/sqrt(1 + pi))
    """
    q, n = sp.sympify(prove.exact(variance)), sp.sympify(order)
    if activation == "leaky_relu":
        return (1 + sp.sympify(prove.exact(slope)) ** (2 * n)) / 2
    if activation == "hard_tanh":
        return sp.erf(1 / sp.sqrt(2 * q))
    if activation == "erf":
        return 1 / sp.sqrt(1 + n * sp.pi * q)
    return of_tanh(q, int(order))


def of_tanh(variance: Any, order: int, weight: int = 0) -> Any:
    """E z^weight sech(sqrt(q) z)^(4k), an mpf.

    >>> mpmath.nstr(of_tanh(sp.Rational(37, 100), 1), 7)
    '0.6481985'
    """
    return _of_tanh(variance, order, weight, mpmath.mp.prec)


@functools.cache
def _of_tanh(variance: Any, order: int, weight: int, prec: int) -> Any:
    """`of_tanh` at the working precision `prec`."""
    with mpmath.workdps(mpmath.mp.dps + 5):
        root = mpmath.sqrt(as_mpf(variance))
        near = 1 / max(1, 2 * root)  # the integrand is as wide as the narrower of its factors
        points = [near * j for j in (0, 1, 2, 4, 8)] + [mpmath.inf]
        value = 2 * mpmath.quad(
            lambda x: x**weight * mpmath.sech(root * x) ** (4 * order) * mpmath.npdf(x), points
        )
    return +value


def spread(activation: str, slope: Any, variance: Any) -> Any:
    """q = mu_2/mu_1^2 >= 1.

    >>> spread("leaky_relu", 0, 1), spread("leaky_relu", 1, 1)
    (2, 1)
    """
    first, second = (slope_moment(activation, slope, variance, n) for n in (1, 2))
    return second / first**2


def one_layer(variance: Any, inputs: Any) -> Any:
    """E tr J J^T/(m sigma_w^2) of a tanh layer at one input of length sqrt(n), Gaussian weights.

    h_i is the part of w_i along x: |w_i|^2 = (h_i^2 + sigma_w^2 chi^2_{n-1})/n. So mu_1 stands
    with weight 1 - 1/n, E z^2 phi'^2 with 1/n. Exact at every width; tends to mu_1.
    """
    n = sp.sympify(inputs)
    return (1 - 1 / n) * of_tanh(variance, 1) + of_tanh(variance, 1, 2) / n


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def integrated(activation: str, order: int) -> Any:
    """E phi'(sqrt(q) z)^(2k) by sympy, for every q."""
    t, q = sp.symbols("t q", positive=True)
    density = sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi)
    if activation == "hard_tanh":
        value = 2 * sp.integrate(density, (t, 0, 1 / sp.sqrt(q)))
    else:
        value = 2 * sp.integrate(sp.exp(-order * sp.pi * q * t**2 / 2) * density, (t, 0, sp.oo))
    return sp.simplify(value).subs(q, sp.Symbol("q", positive=True))


def closed_forms(law: Any) -> Finding:
    """Hard tanh and erf integrated for every q*; the leaky rectifier is two half lines."""
    q, a = sp.Symbol("q", positive=True), sp.Symbol("a", real=True)

    def facts() -> Iterator[tuple[str, Any]]:
        for order in (1, 2):
            for name in ("hard_tanh", "erf"):
                claimed = law(activation=name, slope=a, variance=q, order=order)
                yield f"{name}, k = {order}", sp.simplify(claimed - integrated(name, order))
            claimed = law(activation="leaky_relu", slope=a, variance=q, order=order)
            yield f"leaky, k = {order}", sp.expand(claimed - (sp.Integer(1) + a ** (2 * order)) / 2)

    return prove.identities(
        facts(), predicted="closed forms", found="the integrals, for every q* and a"
    )


@functools.cache
def by_quadrature(activation: str, variance: Any, order: int) -> Any:
    """The same from phi itself, differentiated numerically nowhere: phi' written as it is."""
    with mpmath.workdps(25):
        root = mpmath.sqrt(as_mpf(variance))
        slopes: dict[str, Any] = {
            "tanh": lambda h: 1 - mpmath.tanh(h) ** 2,
            "erf": lambda h: mpmath.exp(-mpmath.pi * h * h / 4),
            "hard_tanh": lambda h: mpmath.mpf(abs(h) < 1),
        }
        kinks = (-1 / root, 0, 1 / root)
        return gaussian.expect(lambda x: slopes[activation](root * x) ** (2 * order), kinks=kinks)


def numerically(law: Any) -> Finding:
    """Quadrature split at the kinks."""
    with mpmath.workdps(25):
        return prove.close(
            [
                (
                    f"{name}, q* = {v}, k = {order}",
                    law(activation=name, slope=0, variance=v, order=order),
                    by_quadrature(name, v, order),
                )
                for name in ("tanh", "erf", "hard_tanh")
                for v, order in ((sp.Rational(37, 100), 1), (sp.Integer(1), 2))
            ],
            digits=15,
        )


@functools.cache
def tanh_series(terms: int) -> tuple[Any, ...]:
    """Coefficients of q^0.. in the spread of tanh, from E z^(2j) = (2j-1)!!."""
    h, q = sp.symbols("h q")

    def mean(order: int) -> Any:
        poly = sp.series(sp.sech(h) ** (4 * order), h, 0, 2 * terms).removeO()
        return sum(poly.coeff(h, 2 * j) * sp.factorial2(2 * j - 1) * q**j for j in range(terms))

    found = sp.series(mean(2) / mean(1) ** 2, q, 0, terms).removeO()
    return tuple(found.coeff(q, j) for j in range(terms))


def small_variance(law: Any) -> Finding:
    """The spread of tanh at q* = 10^-6 against its series 1 + 8 q^2 + ...; the rest is 10^-28."""
    q = sp.Rational(1, 10**6)
    series = sum(c * q**j for j, c in enumerate(tanh_series(5)))
    with mpmath.workdps(35):
        return prove.close(
            [("tanh", law(activation="tanh", slope=0, variance=q), series)],
            digits=25,
            detail=f"1 + {tanh_series(5)[2]} q^2 + {tanh_series(5)[3]} q^3 + ...",
        )


def spreads(law: Any) -> Finding:
    """Quotients of the integrals, for every q*."""
    q, a = sp.Symbol("q", positive=True), sp.Symbol("a", real=True)
    return prove.identities(
        [
            (
                name,
                sp.simplify(
                    law(activation=name, slope=a, variance=q)
                    - integrated(name, 2) / integrated(name, 1) ** 2
                ),
            )
            for name in ("hard_tanh", "erf")
        ],
        predicted="1/mu_1; (1 + pi q)/sqrt(1 + 2 pi q)",
        found="the integrals, for every q*",
    )


@functools.cache
def second_moment(width: int, rademacher: bool) -> Fraction:
    """E tr (W^T W)^2/N, N x N iid weights of variance 1/N: every matrix listed."""
    law = enumeration.SIGN if rademacher else enumeration.GAUSS_LIKE
    total = Fraction(0)
    for rows, p in enumeration.matrices(width, width, law):
        gram = [[sum((x * y for x, y in zip(r, s, strict=True)), Fraction(0)) for s in rows]
                for r in rows]  # fmt: skip
        total += p * sum((v * v for row in gram for v in row), Fraction(0))
    return total / (width * enumeration.moment(law, 2)) ** 2 / width


def s_transform(law: Any) -> Finding:
    """S(t) = 1/m_1 + (m_1^2 - m_2)/m_1^3 t + ...: m_1 = 1, m_2 = (2N - 2 + kurtosis)/N.

    From M(x) = sum m_k x^k and S(t) = (1+t)/t M^(-1)(t). Orthogonal weights: W^T W = I, m_2 = 1.
    """
    n, kurtosis = sp.symbols("N kappa", positive=True)
    m_1, m_2, x, t = sp.symbols("m_1 m_2 x t")
    inverse = t / m_1 - m_2 / m_1**3 * t**2  # of m_1 x + m_2 x^2, to order t^2
    residue = sp.series((m_1 * x + m_2 * x**2).subs(x, inverse) - t, t, 0, 3).removeO()
    first = sp.expand((1 + t) / t * inverse).coeff(t, 1)
    of_iid = (2 * n - 2 + kurtosis) / n

    def facts() -> Iterator[tuple[str, bool]]:
        yield "M^(-1) to second order", sp.expand(residue) == 0
        for width, signs, value in ((2, True, 1), (2, False, 3)):
            listed = prove.exact(second_moment(width, signs))
            closed = of_iid.subs({n: width, kurtosis: value})
            yield f"m_2 at N = {width}, kurtosis {value}: {listed}", bool(listed == closed)
        limit = sp.limit(first.subs({m_1: 1, m_2: of_iid}), n, sp.oo)
        yield f"iid, every kurtosis: s_1 = {limit}", bool(law(weights="iid") == limit)
        flat = first.subs({m_1: 1, m_2: 1})
        yield f"orthogonal: s_1 = {flat}", bool(law(weights="orthogonal") == flat)

    return prove.truth(facts(), predicted="-1 and 0", found="the S-transform, N -> infinity")


def layer_by_integration(law: Any) -> Finding:
    """The mean over (h, chi^2) as a double integral over the plane, n = 2; n = 1: no second part.

    n = 2: w = (h, v) of variance 1/2 after a rotation that puts x along the first axis.
    """
    v = sp.Rational(1, 2)
    with mpmath.workdps(20):
        root = mpmath.sqrt(as_mpf(v))

        def part(power: int) -> Any:
            return gaussian.expect(lambda x: x**power * mpmath.sech(root * x) ** 4)

        # E phi'(h)^2 (h^2 + h'^2)/(2 v), h' independent of h
        plane = (part(2) + part(0) * gaussian.expect(lambda x: x * x)) / 2
        return prove.close(
            [
                ("n = 2", law(variance=v, inputs=2), plane),
                ("n = 1", law(variance=v, inputs=1), part(2)),
            ],
            digits=14,
        )


# --- the claim -------------------------------------------------------------------------------


def _moment_mutant(change: str) -> Any:
    def evaluate(activation: str, slope: Any, variance: Any, order: Any) -> Any:
        if change == "k/2 in place of k for erf":
            halved = sp.sympify(variance) / 2 if activation == "erf" else variance
            return slope_moment(activation, slope, halved, order)
        if change == "square of mu_1":
            return slope_moment(activation, slope, variance, 1) ** order
        return slope_moment(activation, slope, sp.sqrt(sp.sympify(variance)), order)

    return evaluate


def _over(scale: float, means: Any) -> float:
    return float(means[0] / scale)


def _layer(variance: Any, inputs: int, why: str) -> Probe:
    return Probe(
        name=f"tanh layer n={inputs} q*={variance}",
        experiment="node_correlation",
        setup={
            "widths": (inputs, 8),
            "weights": "gaussian",
            "gain": float(variance),
            "activation": "tanh",
            "inputs": "rademacher",
        },
        at={"variance": variance, "inputs": inputs},
        estimand=Estimand(
            "smooth",
            ("trace",),
            over="networks; E tr J J^T/(m sigma_w^2)",
            function=functools.partial(_over, 8 * float(variance)),
        ),
        laws=("one layer",),
        why=why,
        budget=0.1,
    )


CLAIM = Claim(
    id="vn.table.mu",
    title="moments mu_k of the slopes, their spread q and s_1, for each activation and weight law",
    source=PAPER.at(
        "Section 3.1, after eq. (5), and Section 4",
        "mu_k and s_1 are moments of the slopes and of the weights; no values are given",
    ),
    kind="closed forms",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(mu[k], E(phi_slope(sp.sqrt(q_star) * z) ** (2 * k))),
            parameters=(ACTIVATION, SLOPE_OF_LEAKY, VARIANCE, ORDER),
            words="mu_k of the slopes phi'(h), h normal of variance q*",
            evaluate=slope_moment,
            mutants=(
                Mutant("k/2 in place of k for erf", _moment_mutant("k/2 in place of k for erf")),
                Mutant("square of mu_1", _moment_mutant("square of mu_1")),
                Mutant("q* as the deviation", _moment_mutant("deviation")),
            ),
        ),
        Law(
            role="sharper",
            name="spread",
            formula=sp.Eq(sp.Symbol("q"), mu[2] / mu[1] ** 2),
            parameters=(ACTIVATION, SLOPE_OF_LEAKY, VARIANCE),
            words="spread q = mu_2/mu_1^2 of the squared slopes",
            evaluate=spread,
            mutants=(
                Mutant("1 for hard tanh and tanh", lambda activation, slope, variance: 1),
                Mutant(
                    "mu_2/mu_1",
                    lambda activation, slope, variance: (
                        spread(activation, slope, variance)
                        * slope_moment(activation, slope, variance, 1)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="s_1",
            formula=sp.Eq(s_1, sp.Piecewise((-1, sp.Symbol("iid")), (0, True))),
            parameters=(Parameter("weights", Choice(("iid", "orthogonal")), "law of the weights"),),
            words="first coefficient of the S-transform of W^T W: -1 iid, 0 orthogonal weights",
            evaluate=lambda weights: sp.Integer(-1 if weights == "iid" else 0),
            mutants=(
                Mutant("the other sign", lambda weights: sp.Integer(1 if weights == "iid" else 0)),
                Mutant(
                    "1 for orthogonal", lambda weights: sp.Integer(-1 if weights == "iid" else 1)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(
                E(sp.Symbol("tr JJ^T")) / (sp.Symbol("m") * sp.Symbol("sigma_w") ** 2),
                mu[1] + E((z**2 - 1) * phi_slope(sp.sqrt(q_star) * z) ** 2) / sp.Symbol("n"),
            ),
            parameters=(VARIANCE, Parameter("inputs", Integers(1), "n, width of the input")),
            words="a tanh layer of finite width: its slopes are not independent of its weights",
            evaluate=one_layer,
            mutants=(
                Mutant(
                    "slopes independent of weights", lambda variance, inputs: of_tanh(variance, 1)
                ),
                Mutant("mu_2", lambda variance, inputs: of_tanh(variance, 2)),
                Mutant("1/(n+1)", lambda variance, inputs: one_layer(variance, inputs + 1)),
            ),
        ),
    ),
    assumptions=(
        stated("iid weights have a finite fourth moment", lambda p: p.get("heavy", False) is False),
    ),
    expected="holds",
    because=(
        "The integrals are elementary but for tanh. The spread q is 1 for linear, 2 for ReLU, "
        "1/mu_1 for hard tanh and 1 + 8 q*^2 + ... for tanh; it is not 1 at a finite variance q*."
    ),
    proofs=(
        Proof(
            "closed forms",
            "symbolic",
            "integrated for every q*, k = 1, 2",
            closed_forms,
            law="sharper",
        ),
        Proof(
            "quadrature",
            "numeric",
            "tanh, erf and hard tanh by quadrature split at the kinks",
            numerically,
            law="sharper",
        ),
        Proof("spread", "symbolic", "hard tanh and erf, for every q*", spreads, law="spread"),
        Proof(
            "tanh at small variance",
            "numeric",
            "the series 1 + 8 q*^2 + ... to 25 digits",
            small_variance,
            law="spread",
        ),
        Proof(
            "S-transform",
            "symbolic",
            "its first coefficient from two moments, which small matrices confirm",
            s_transform,
            law="s_1",
        ),
        Proof(
            "plane",
            "numeric",
            "one and two inputs, integrated over the weights",
            layer_by_integration,
            law="one layer",
        ),
    ),
    probes=(
        _layer(sp.Integer(1), 4, "few inputs: the slopes know the weights"),
        _layer(sp.Rational(37, 100), 16, "tends to mu_1"),
    ),
    curves=(
        Curve(
            "spread of tanh",
            "Spread of the squared slopes of tanh",
            "variance q* of the preactivations",
            "mu_2/mu_1^2",
            (0.01, 0.05, 0.1, 0.2, 0.37, 0.6, 1.0),
            lambda x: {"activation": "tanh", "slope": 0, "variance": x},
            laws=("spread",),
        ),
    ),
    remark=(
        "At sigma_w = 1 without biases the fixed point of q* is 0 for tanh, erf and hard tanh: "
        "there q = 1, reached only like 1/(2l) by tanh (vn.tanhorth)."
    ),
    see=("vn.eq6", "vn.m1m2", "vn.tanhorth"),
)
