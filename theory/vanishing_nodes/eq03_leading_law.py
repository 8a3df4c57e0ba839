"""The VNI of definition (3), C over the inputs of one network, for rectifiers and for tanh.

    vn.eq3.law   one ReLU layer exactly; deeper to leading order in 1/N: not the law of J J^T

One ReLU layer n -> m, standard normal inputs and Gaussian weights: C_ij = |w_i||w_j| v(rho_ij) with
v(rho) = (kappa_1(rho) - 1/pi)/2 and rho the cosine of two rows. With |w|^2 of mean 1,

    E tr C^2/E (tr C)^2 = [(1 + 2/n) v(1)^2 + (m-1) E v(rho)^2]/[(m + 2/n) v(1)^2]

so N R -> 1 + pi^2/(4 (pi-1)^2) = 1.538 for n = m = N, against 3 from eqs. (5) and (6). To leading
order in 1/N at fixed depth, only the part of phi that is linear in h carries covariance between
nodes on: a factor r_l^2 for odd phi, r_l the share of the linear Hermite mode in E phi^2. Deeper
laws are compared with the Gram matrix of four inputs (four_inputs.py) and with networks of width N
and 2N.
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
from theory.schema import (
    LATER,
    Choice,
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
    as_mpf,
    stated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import (
    PAPER,
    four_inputs,
    layer_slopes,
    layer_wise,
    rec_haar_weights,
)
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import OF_COVARIANCE, doubling, over_inputs
from theory.vanishing_nodes.tanh_orthogonal import layer_means

n, m, r_l, rho_l, d_l = sp.symbols("n m r rho d")
R_3, v = sp.Symbol("R_sq"), sp.Function("v")
ONE_LAYER = (
    Parameter("inputs", Integers(2, 1000), "n, width of the input"),
    Parameter("units", Integers(1), "m, units of the layer"),
)
RELU = (Parameter("depth", Integers(1, 10), "L, number of layers", L),)
ODD = (
    Parameter("weights", Choice(("iid", "orthogonal")), "law of the weights"),
    Parameter("depth", Integers(1, 40), "L, number of layers"),
    Parameter("variance", Reals(0, 4, open_low=True), "variance of the first preactivations"),
)


def centred(cosine: Any) -> Any:
    """v = Cov(relu(h), relu(h')) for standard normal h, h' of that correlation, an mpf."""
    theta = mpmath.acos(cosine)
    kappa = (mpmath.sin(theta) + (mpmath.pi - theta) * cosine) / mpmath.pi
    return (kappa - 1 / mpmath.pi) / 2


@functools.lru_cache(maxsize=256)
def _mean_square(inputs: int, digits: int) -> Any:
    """E v(rho)^2, rho the cosine of two independent directions of R^n: density sin^(n-2)."""
    with mpmath.workdps(digits + 5):
        # the density has width 1/sqrt(n) about the right angle; the integrand is smooth
        near = min(mpmath.pi / 2, 9 / mpmath.sqrt(inputs))
        points = [0, mpmath.pi / 2 - near, mpmath.pi / 2, mpmath.pi / 2 + near, mpmath.pi]
        top, bottom = (
            mpmath.quad(lambda t, f=f: mpmath.sin(t) ** (inputs - 2) * f(mpmath.cos(t)), points)
            for f in (lambda c: centred(c) ** 2, lambda c: mpmath.mpf(1))
        )
        return top / bottom


def one_relu_layer(inputs: Any, units: Any) -> Any:
    """E tr C^2/E (tr C)^2 of one He-ReLU layer, an mpf. Exact at every width."""
    one, size, count = centred(mpmath.mpf(1)), mpmath.mpf(int(inputs)), int(units)
    between = (count - 1) * _mean_square(int(inputs), mpmath.mp.dps)
    return ((1 + 2 / size) * one**2 + between) / ((count + 2 / size) * one**2)


def relu_leading(depth: Any, power: int = 2, frozen_from: int = 99) -> Any:
    """lim N R of He-ReLU networks at fixed depth: d2/d^2 with

    d2' = chi^2 d2 + E V(u)^2, d' = E V(u) = 1 - c', chi = kappa_0(c), c' = kappa_1(c); V(u) is the
    variance of sqrt(2) relu(sqrt(c) u + sqrt(1-c) e) over e. Exact for one layer, else an mpf.
    power: of chi, 2 in the law. frozen_from: the layer from which c stays as it is, none.

    >>> relu_leading(1)
    pi**2/(4*(-1 + pi)**2) + 1
    """
    if int(depth) == 1 and power == 2:
        return 1 + sp.pi**2 / (4 * (sp.pi - 1) ** 2)
    with mpmath.workdps(mpmath.mp.dps + 5):
        c, second = mpmath.mpf(0), mpmath.mpf(1)
        for layer in range(1, int(depth) + 1):
            second = (1 - mpmath.acos(c) / mpmath.pi) ** power * second
            second += _variance_squared(c, mpmath.mp.prec)
            if layer < frozen_from:
                c = 2 * centred(c) + 1 / mpmath.pi
        value = second / (1 - c) ** 2
    return +value


@functools.cache
def _variance_squared(c: Any, prec: int) -> Any:
    """E V(u)^2 at the working precision `prec`."""

    def variance(u: Any) -> Any:
        mean, dev = mpmath.sqrt(c) * u, mpmath.sqrt(1 - c)
        t = mean / dev
        below, density = mpmath.ncdf(t), mpmath.npdf(t)
        first = mean * below + dev * density
        return 2 * ((mean**2 + dev**2) * below + mean * dev * density - first**2)

    if c == 0:
        return variance(mpmath.mpf(0)) ** 2
    return gaussian.expect(lambda u: variance(u) ** 2, kinks=(-3, 0, 3))


def odd_leading(
    weights: str, depth: Any, variance: Any, power: int = 2, frozen: bool = False
) -> Any:
    """lim N R of tanh networks: rho' = r^2 rho + 1 (iid) or r^2 rho + 1 - r^2 (orthogonal).

    r = (E phi')^2 v/E phi^2 in (0, 1). Orthogonal weights keep rho = 1 at every depth.
    power: of r, 2 in the law. frozen: every layer at the variance of the first, not the law.
    """
    v, rho = as_mpf(sp.sympify(prove.exact(variance))), mpmath.mpf(1)
    for _ in range(int(depth)):
        square, _, _ = layer_means(v)
        r = (1 - square) ** 2 * v / square
        rho = r**power * rho + (1 if weights == "iid" else 1 - r**power)
        v = v if frozen else square
    return rho


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def by_kernel_quadrature() -> Any:
    """E v(rho)^2 for n = 3, rho uniform on [-1, 1]: the kernel itself integrated numerically."""
    with mpmath.workdps(15):

        def square(c: Any) -> Any:
            return ((gaussian.kappa1_quadrature(sp.Float(c, 15)) - 1 / mpmath.pi) / 2) ** 2

        nodes = mpmath.calculus.quadrature.GaussLegendre(mpmath.mp).calc_nodes(3, 60)
        # rho = sin(t): the square root at the ends goes away
        half = mpmath.pi / 2
        return sum(w * square(mpmath.sin(half * t)) * mpmath.cos(half * t) for t, w in nodes) * (
            half / 2
        )


def layer_by_quadrature(law: Any) -> Finding:
    """n = 3: Archimedes' uniform cosine, the kernel from the density; one unit has R = 1."""
    with mpmath.workdps(15):
        one = (1 - 1 / mpmath.pi) / 2
        third, square = mpmath.mpf(2) / 3, by_kernel_quadrature()
        rows = [
            (
                f"3 -> {count}",
                law(inputs=3, units=count),
                ((1 + third) * one**2 + (count - 1) * square) / ((count + third) * one**2),
            )
            for count in (1, 3, 5)
        ]
        return prove.close(rows, digits=6, detail="moments of |w|^2: E = 1, E square = 1 + 2/n")


def layer_limit(law: Any) -> Finding:
    """v(rho) = rho/4 + O(rho^2): N R -> 1 + (1/16)/v(1)^2, v(1) = (1 - 1/pi)/2."""
    c = sp.Symbol("c")
    kernel = (sp.sqrt(1 - c**2) + c * (sp.pi - sp.acos(c))) / sp.pi
    slope = sp.diff((kernel - 1 / sp.pi) / 2, c).subs(c, 0)
    limit = 1 + slope**2 / ((1 - 1 / sp.pi) / 2) ** 2
    return prove.identities(
        [("one layer", sp.simplify(law(depth=1) - limit))],
        predicted="1 + pi^2/(4 (pi-1)^2)",
        found="the derivative of the kernel at right angles",
    )


def _rectified(mean: Any, dev: Any, power: int, e: Any) -> Any:
    return max(mean + dev * e, 0) ** power


@functools.cache
def two_layers() -> Any:
    """d2/d^2 after two layers: V(u) by quadrature over e, kappa_0 and kappa_1 from the density."""
    with mpmath.workdps(15):
        c = 1 / mpmath.pi
        first = (1 - c) ** 2 + mpmath.mpf(1) / 4

        def variance(u: Any) -> Any:
            mean, dev = mpmath.sqrt(c) * u, mpmath.sqrt(1 - c)
            kink = (float(-mean / dev),)
            one, two = (
                gaussian.expect(functools.partial(_rectified, mean, dev, p), kinks=kink)
                for p in (1, 2)
            )
            return 2 * (two - one**2)

        nodes = [mpmath.mpf(3 * j) / 4 for j in range(-9, 10)]  # trapezoidal
        spread = sum(variance(u) ** 2 * mpmath.npdf(u) for u in nodes) * 3 / 4
        chi = gaussian.kappa0_quadrature(sp.Float(c, 15))
        correlation = gaussian.kappa1_quadrature(sp.Float(c, 15))
        return (chi**2 * first + spread) / (1 - correlation) ** 2


def deeper(law: Any) -> Finding:
    """Two layers, every part by quadrature."""
    with mpmath.workdps(15):
        return prove.close([("two layers", law(depth=2), two_layers())], digits=7)


def hermite(law: Any) -> Finding:
    """r from E z phi(sqrt(v) z), by quadrature; nearly linear networks have L + 1 and 1."""
    with mpmath.workdps(15):
        linear = gaussian.expect(lambda z: z * mpmath.tanh(z))
        square = gaussian.expect(lambda z: mpmath.tanh(z) ** 2)
        r = linear**2 / square
        tiny = sp.Rational(1, 10**20)
        return prove.close(
            [
                ("iid, v = 1", law(weights="iid", depth=1, variance=1), 1 + r**2),
                ("orthogonal", law(weights="orthogonal", depth=3, variance=1), mpmath.mpf(1)),
                ("linear, iid", law(weights="iid", depth=5, variance=tiny), mpmath.mpf(6)),
            ],
            digits=10,
        )


# --- the claim -------------------------------------------------------------------------------


def _probe(inputs: int, units: int, why: str, **more: Any) -> Probe:
    return Probe(
        name=f"relu layer {inputs}-{units}",
        experiment="input_covariance",
        setup=over_inputs((inputs, units), 0, 32),
        at={"inputs": inputs, "units": units},
        estimand=OF_COVARIANCE,
        laws=("one layer",),
        why=why,
        **more,
    )


DEEP = 3  # layers of the sampled networks


def _tanh(weights: str, exact: Any, **more: Any) -> Probe:
    """tanh networks at v_1 = 1; the remainder is that of an exact law with the same spreads."""
    spreads = layer_slopes.spreads("tanh", 0, sp.Integer(1), DEEP)
    law = {"iid": "gaussian", "orthogonal": "haar"}[weights]

    def setup(width: int) -> dict[str, Any]:
        return {
            "widths": (width,) * (DEEP + 1),
            "weights": law,
            "gain": 1.0,
            "activation": "tanh",
            "n_inputs": 32,
        }

    return doubling(
        f"tanh, {weights} weights, three layers,",
        lambda width: exact((width,) * (DEEP + 1), spreads),
        setup,
        at={"weights": weights, "depth": DEEP, "variance": sp.Integer(1)},
        laws=("tanh",),
        **more,
    )


CLAIM = Claim(
    id="vn.eq3.law",
    title="the VNI over inputs has a law of its own: one ReLU layer gives N R = 1.54, not 3",
    source=PAPER.at(
        "beside eqs. (3) and (6)",
        "not in the document: it takes eq. (6), derived from J J^T, for the law of definition (3)",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(
                R_3,
                ((1 + 2 / n) * v(1) ** 2 + (m - 1) * rec.E(v(rho_l) ** 2))
                / ((m + 2 / n) * v(1) ** 2),
            ),
            parameters=ONE_LAYER,
            words="annealed VNI over inputs of one He-ReLU layer, exact at every width",
            evaluate=one_relu_layer,
            mutants=(
                Mutant(
                    "the law of J J^T",
                    lambda inputs, units: rec.annealed((inputs, units), 0),
                ),
                Mutant("one input more", lambda inputs, units: one_relu_layer(inputs + 1, units)),
                Mutant("one unit more", lambda inputs, units: one_relu_layer(inputs, units + 1)),
            ),
        ),
        Law(
            role="sharper",
            name="ReLU",
            formula=sp.Eq(N * R_3, sp.Symbol("d_2") / d_l**2),
            parameters=RELU,
            words="N times the VNI over inputs of He-ReLU networks, leading order in 1/N",
            evaluate=relu_leading,
            mutants=(
                Mutant("eq. (6)", lambda depth: sp.Integer(1 + 2 * int(depth))),
                Mutant("one layer more", lambda depth: relu_leading(depth + 1)),
                Mutant("chi for chi^2", lambda depth: relu_leading(depth, power=1)),
                Mutant("c frozen from layer 3 on", functools.partial(relu_leading, frozen_from=3)),
            ),
            error="relative O(1/N) at fixed depth; fails where 1 - c_L is as small as fluctuations",
        ),
        Law(
            role="sharper",
            name="tanh",
            formula=sp.Eq(N * R_3, r_l**2 * rho_l + 1),
            parameters=ODD,
            words="the same for tanh, layer by layer (shown for iid weights; orthogonal: 1)",
            evaluate=odd_leading,
            mutants=(
                Mutant("linear", lambda weights, depth, variance: sp.Integer(
                    depth + 1 if weights == "iid" else 1)),
                Mutant("always 1", lambda weights, depth, variance: sp.Integer(1)),
                Mutant("r for r^2", functools.partial(odd_leading, power=1)),
                Mutant("variance frozen", functools.partial(odd_leading, frozen=True)),
            ),
            error="relative O(1/N) at fixed depth",
        ),
    ),
    assumptions=(
        stated("standard normal inputs", lambda p: p.get("inputs", "gaussian") != "rademacher"),
        stated("zero biases", lambda p: p.get("biases", "none") == "none"),
    ),
    expected="holds",
    because=(
        "One ReLU layer is an average over the angle of two rows, exact at every width, and "
        "sampled networks agree. Deeper laws agree with a second derivation and with networks "
        "of three layers. The first layer adds 0.54/N, each of the next five 0.84/N to 0.9/N; eq. "
        "(6) has 2/N."
    ),
    proofs=(
        Proof(
            "three inputs",
            "numeric",
            "the angle average for n = 3, the kernel from the density",
            layer_by_quadrature,
            law="one layer",
        ),
        Proof("wide layer", "symbolic", "the limit of one layer", layer_limit, law="ReLU"),
        Proof("two layers", "numeric", "every part by quadrature", deeper, law="ReLU", tiers=LATER),
        Proof("linear mode", "numeric", "r by Stein's identity, and limits", hermite, law="tanh"),
        Proof(
            "four inputs, ReLU",
            "numeric",
            "covariance of the Gram matrix of four inputs, layer by layer, to three layers",
            four_inputs.of_relu,
            law="ReLU",
        ),
        Proof(
            "four inputs, tanh",
            "numeric",
            "the same for tanh, iid and orthogonal weights, to four layers",
            four_inputs.of_tanh,
            law="tanh",
        ),
    ),
    probes=(
        _probe(8, 8, "narrow"),
        _probe(16, 16, "wider"),
        _probe(6, 12, "unequal widths"),
        doubling(
            "relu, three layers,",
            lambda width: rec.annealed((width,) * (DEEP + 1), 0),
            lambda width: over_inputs((width,) * (DEEP + 1), 0, 32),
            at={"depth": DEEP},
            laws=("ReLU",),
            why="the recursion beyond the layers that quadrature reaches",
            tiers=LATER,
        ),
        _tanh("iid", layer_wise.annealed, why="the variance falls from layer to layer",
              tiers=LATER),
        _tanh("orthogonal", rec_haar_weights.of_spreads, why="no growth with depth at all"),
    ),
    curves=(
        Curve(
            "depth",
            "N times the VNI over inputs of wide ReLU networks",
            "depth L",
            "N R",
            range(1, 7),
            lambda x: {"depth": int(x)},
            laws=("ReLU",),
        ),
    ),
    remark=(
        "Of deeper networks only lim N R is a law: rows measure it at widths N and 2N, where the "
        "term of order 1/N cancels. For tanh with orthogonal weights N R = 1 to leading order at "
        "every depth."
    ),
    see=("vn.eq2", "vn.eq3.estimator", "vn.tanhorth"),
)  # fmt: skip
