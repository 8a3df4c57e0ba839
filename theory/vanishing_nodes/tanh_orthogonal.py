"""tanh with orthogonal weights: the excess of the VNI over 1/N is small, and not zero.

    vn.tanhorth   R = 1/N for every depth: false; to first order N R = 1 + sum_l (q_l - 1)

The document evaluates mu_k at q* = 0, the fixed point of the variance, which no layer has: q_l, the
spread of the slopes of layer l, belongs to the variance v_l of its preactivations, v_1 that of the
input and v_{l+1} = E tanh(sqrt(v_l) z)^2. As v_l ~ 1/(2l) and q_l - 1 ~ 8 v_l^2 ~ 2/l^2, the sum
converges: the excess is bounded in depth, so the conclusion survives where the formula does not.

Two readings of "the VNI". By eq. (5), C = J J^T at one input, the law above. By definition (3), C
over many inputs of one network, N R = 1 to leading order at every depth (vn.eq3.law).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
from theory.schema import (
    LATER,
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
    unstated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import (
    PAPER,
    four_inputs,
    layer_slopes,
    rec_haar_weights,
    tanh_bounds,
    tanh_layer,
)
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.eq06_vni_depth_width import haar_factor
from theory.vanishing_nodes.probes import ANNEALED, doubling
from theory.vanishing_nodes.slope_moments import tanh_series

DEEPEST = 40
BLOCK = 5  # layers computed together and remembered
PARAMETERS = (
    Parameter("width", Integers(1), "N, width of every layer", N),
    Parameter("depth", Integers(0, DEEPEST), "L, number of layers", L),
    Parameter("variance", Reals(0, 4, open_low=True), "v_1, variance of the first preactivations"),
)


def layer_means(variance: Any) -> tuple[Any, Any, Any]:
    """(E tanh^2, mu_1, mu_2) at h = sqrt(v) z, v <= 4, mpfs.

    One trapezoidal sum over the line: the integrand is analytic up to the poles of sech at distance
    pi/(2 sqrt(v)), so a step h errs by e^(-pi^2/(sqrt(v) h)).
    """
    digits = mpmath.mp.dps + 5
    root = mpmath.sqrt(variance)
    step = mpmath.mpf(9) / (4 * digits) / max(1, root)
    reach = int(mpmath.sqrt(2 * mpmath.log(10) * digits) / step) + 1
    square, first, second = mpmath.mpf(0), mpmath.mpf(0), mpmath.mpf(0)
    for j in range(reach + 1):
        x = j * step
        weight = mpmath.exp(-x * x / 2) * (1 if j else mpmath.mpf(1) / 2)
        value = mpmath.tanh(root * x) ** 2
        slope = 1 - value
        square += weight * value
        first += weight * slope**2
        second += weight * slope**4
    scale = 2 * step / mpmath.sqrt(2 * mpmath.pi)
    return scale * square, scale * first, scale * second


@functools.lru_cache(maxsize=64)
def _excesses(variance: Any, layers: int, bits: int) -> tuple[Any, ...]:
    """q_l - 1 of the first layers, N -> infinity, at that working precision."""
    found, v = [], variance
    with mpmath.workprec(bits):
        for _ in range(layers):
            square, first, second = layer_means(v)
            found.append(second / first**2 - 1)
            v = square
    return tuple(found)


def excess(depth: Any, variance: Any) -> Any:
    """sum over l of (q_l - 1), an mpf.

    >>> mpmath.nstr(excess(10, sp.Rational(1, 10)), 4)
    '0.1839'
    """
    number = as_mpf(sp.sympify(prove.exact(variance)))
    layers = -(-int(depth) // BLOCK) * BLOCK
    return sum(_excesses(number, layers, mpmath.mp.prec)[: int(depth)], mpmath.mpf(0))


def layer_wise(width: Any, depth: Any, variance: Any) -> Any:
    """R ~ (1 + sum (q_l - 1))/N, the first order in 1/N at fixed depth."""
    return (1 + excess(depth, variance)) / sp.Integer(width)


def gradient_scale(depth: Any, variance: Any) -> Any:
    """prod over l of mu_1(v_l), N -> infinity: E tr J J^T/N at sigma_w = 1. Falls like 1/L.

    >>> mpmath.nstr(gradient_scale(1, sp.Rational(1, 10)), 4)
    '0.8492'
    """
    v, product = as_mpf(sp.sympify(prove.exact(variance))), mpmath.mpf(1)
    for _ in range(int(depth)):
        v, first, _ = layer_means(v)
        product *= first
    return product


# --- proofs ----------------------------------------------------------------------------------


def one_network(law: Any) -> Finding:
    """N = 2, L = 1, W = I (orthogonal), x = (1, 0): h = (1, 0), slopes 1 - tanh(1)^2 and 1."""
    d = 1 - sp.tanh(1) ** 2
    found = (1 + d**4) / (1 + d**2) ** 2
    return prove.cases(
        [("one network", law(width=2, depth=1, variance=sp.Rational(1, 2)), found)],
        "the VNI is 1/N only if all slopes are equal (Cauchy-Schwarz, vn.eq3)",
    )


def _slope_power(root: Any, power: int, z: Any) -> Any:
    return (1 - mpmath.tanh(root * z) ** 2) ** power


def _square(root: Any, z: Any) -> Any:
    return mpmath.tanh(root * z) ** 2


@functools.cache
def by_quadrature(variance: Any, depth: int) -> tuple[Any, ...]:
    """q_l of each layer, by quadrature of phi and phi'."""
    with mpmath.workdps(20):
        v, found = as_mpf(variance), []
        for _ in range(depth):
            root = mpmath.sqrt(v)
            mu_1, mu_2 = (gaussian.expect(functools.partial(_slope_power, root, p)) for p in (2, 4))
            found.append(mu_2 / mu_1**2)
            v = gaussian.expect(functools.partial(_square, root))
    return tuple(found)


def by_four_inputs(law: Any) -> Finding:
    """The Gram matrix of four inputs, which orthogonal weights hand on without noise."""
    with mpmath.workdps(15):
        return prove.close(
            (
                (
                    f"v_1 = {variance}, L = {depth}",
                    law(width=1, depth=depth, variance=variance),
                    four_inputs.leading("tanh", "orthogonal", depth, float(variance)),
                )
                for variance in (sp.Integer(1), sp.Rational(1, 10))
                for depth in (1, 2, 5)
            ),
            digits=10,
            detail="N R, N -> infinity",
        )


def first_order(law: Any) -> Finding:
    """d R/d(1/N) at 0 of the exact product of Haar factors (vn.rec.haar) with those spreads."""
    e = sp.Symbol("epsilon")

    def cases() -> Iterator[tuple[str, Any, Any]]:
        for variance, depth in ((sp.Integer(1), 2), (sp.Rational(1, 10), 1)):
            spreads = sp.symbols(f"q1:{depth + 1}")
            x = rec.to_x(e)
            for q in spreads:
                x *= haar_factor(1 / e, q)
            slope = sp.diff(rec.from_x(x), e).subs(e, 0)
            values = by_quadrature(variance, depth)
            number = sp.lambdify(spreads, slope, "mpmath")(*values)
            claimed = law(width=1, depth=depth, variance=variance)
            yield f"v_1 = {variance}, L = {depth}", claimed, number

    with mpmath.workdps(20):
        return prove.close(cases(), digits=14, detail="the first order in 1/N")


def by_series(depth: int, variance: Any, terms: int) -> Any:
    """sum of (q_l - 1) by the expansions of v' and of q in v, terms v^0 .. v^(terms-1)."""
    h = sp.Symbol("h")
    square = sp.series(sp.tanh(h) ** 2, h, 0, 2 * terms).removeO()
    step = [square.coeff(h, 2 * j) * sp.factorial2(2 * j - 1) for j in range(terms)]
    v, total = mpmath.mpf(variance), mpmath.mpf(0)
    spread = tanh_series(terms)
    for _ in range(depth):
        total += sum(as_mpf(c) * v**j for j, c in enumerate(spread)) - 1
        v = sum(as_mpf(c) * v**j for j, c in enumerate(step))
    return total


def bounded(law: Any) -> Finding:
    """v' = v - 2 v^2 + ..., q - 1 = 8 v^2 + ...: v_l ~ 1/(2l), and the terms fall like 2/l^2.

    The law at v_1 = 10^-4, 40 layers, by both expansions, to the size of the last term kept.
    """
    h, v = sp.symbols("h v")
    square = sp.series(sp.tanh(h) ** 2, h, 0, 6).removeO()
    step = sum(square.coeff(h, 2 * j) * sp.factorial2(2 * j - 1) * v**j for j in range(1, 3))
    small = sp.Rational(1, 10**4)

    def facts() -> Iterator[tuple[str, bool]]:
        yield "v' = v - 2 v^2 + O(v^3)", sp.expand(step - (v - 2 * v**2)) == 0
        yield "1/v' - 1/v -> 2", sp.limit(1 / step - 1 / v, v, 0) == 2
        yield "q - 1 = 8 v^2 + O(v^3)", tanh_series(3) == (1, 0, 8)
        for depth in (1, DEEPEST):
            found = by_series(depth, small, 6)
            last = by_series(depth, small, 5)  # the next term is some 10^-3 of the last one kept
            near = abs(as_mpf(law(width=1, depth=depth, variance=small)) - 1 - found)
            yield f"v_1 = 10^-4, L = {depth}: {mpmath.nstr(found, 12)}", near < abs(found - last)

    with mpmath.workdps(30):
        return prove.truth(facts(), predicted="1 + sum (q_l - 1), a convergent sum", found="2/l^2")


def shrinking(law: Any) -> Finding:
    """Two layers by quadrature of phi and phi'."""

    def cases() -> Iterator[tuple[str, Any, Any]]:
        number, found = mpmath.mpf(1), mpmath.mpf(1)
        for depth in (1, 2):
            root = mpmath.sqrt(number)
            found *= gaussian.expect(functools.partial(_slope_power, root, 2))
            number = gaussian.expect(functools.partial(_square, root))
            yield f"v_1 = 1, L = {depth}", law(depth=depth, variance=sp.Integer(1)), found

    with mpmath.workdps(20):
        return prove.close(cases(), digits=14)


# --- the claim -------------------------------------------------------------------------------


def _mutated(change: str) -> Any:
    def evaluate(width: Any, depth: Any, variance: Any) -> Any:
        if change == "every layer at the input variance":
            return (1 + depth * excess(1, variance)) / sp.Integer(width)
        if change == "mu_2 in place of mu_2/mu_1^2":
            v, total = as_mpf(sp.sympify(prove.exact(variance))), mpmath.mpf(1)
            for _ in range(int(depth)):
                v, _, second = layer_means(v)
                total += second - 1
            return total / sp.Integer(width)
        return (1 + excess(depth + 1, variance) - excess(1, variance)) / sp.Integer(width)

    return evaluate


def _setup(width: int, depth: int, **inputs: Any) -> dict[str, Any]:
    return {
        "widths": (width,) * (depth + 1),
        "weights": "haar",
        "gain": 1.0,
        "activation": "tanh",
        **inputs,
    }


def _wide(depth: int, laws: tuple[str, ...], why: str, **inputs: Any) -> Probe:
    """lim N R at v_1 = 1: the laws at width 1."""
    spreads = layer_slopes.spreads("tanh", 0, sp.Integer(1), depth)
    reading = "eq. (5)" if inputs.get("n_inputs", 1) == 1 else "definition (3)"
    return doubling(
        f"{reading}, L={depth},",
        lambda width: rec_haar_weights.of_spreads((width,) * (depth + 1), spreads),
        lambda width: _setup(width, depth, **inputs),
        at={"width": 1, "depth": depth, "variance": sp.Integer(1)},
        laws=laws,
        why=why,
    )


def _probe(width: int, depth: int, variance: Any, why: str) -> Probe:
    return Probe(
        name=f"tanh haar N={width} L={depth}",
        experiment="node_correlation",
        setup=_setup(width, depth, inputs="sphere"),
        at={"width": width, "depth": depth, "variance": variance},
        estimand=ANNEALED,
        laws=("stated",),
        why=why,
        budget=0.2,
    )


q_l, index = sp.IndexedBase("q"), sp.Symbol("l", integer=True)

CLAIM = Claim(
    id="vn.tanhorth",
    title="tanh networks with orthogonal weights have the smallest VNI, 1/N, at every depth",
    source=PAPER.at(
        "Section 6, on Figure 6",
        "with tanh and orthogonal weights mu_2/mu_1^2 - 1 - s_1 = 0, so R_sq is the minimum 1/N "
        "and does not depend on the depth",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(rec.R_sq, 1 / N),
            parameters=PARAMETERS,
            words="VNI of a tanh network with orthogonal weights",
            evaluate=lambda width, depth, variance: sp.Rational(1, int(width)),
            mutants=(
                Mutant("1/N^2", lambda width, depth, variance: sp.Rational(1, int(width) ** 2)),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(rec.R_sq, (1 + sp.Sum(q_l[index] - 1, (index, 1, L))) / N),
            parameters=PARAMETERS,
            words="first order in 1/N; q_l is the spread of the slopes at the variance of layer l",
            evaluate=layer_wise,
            mutants=(
                Mutant(
                    "every layer at the input variance",
                    _mutated("every layer at the input variance"),
                ),
                Mutant("the first layer left out", _mutated("the first layer left out")),
                Mutant("mu_2 in place of mu_2/mu_1^2", _mutated("mu_2 in place of mu_2/mu_1^2")),
                Mutant("1/N", lambda width, depth, variance: sp.Rational(1, int(width))),
            ),
            error="relative O(1/N) at fixed depth",
        ),
        Law(
            role="sharper",
            name="definition (3)",
            formula=sp.Eq(sp.Symbol("R_sq^(3)"), 1 / N),
            parameters=PARAMETERS,
            words="the other reading, C over many inputs of one network: leading order in 1/N",
            evaluate=lambda width, depth, variance: sp.Rational(1, int(width)),
            mutants=(
                Mutant("the law of J J^T", layer_wise),
                Mutant(
                    "iid weights",
                    lambda width, depth, variance: sp.Rational(int(depth) + 1, int(width)),
                ),
            ),
            error="relative O(1/N) at fixed depth",
        ),
        Law(
            role="sharper",
            name="gradients",
            formula=sp.Eq(
                sp.Function("E")(sp.Symbol("tr(J J^T)")) / N,
                sp.Product(sp.IndexedBase("mu_1")[index], (index, 1, L)),
            ),
            parameters=PARAMETERS[1:],
            words="mean squared singular value at sigma_w = 1, limit N -> infinity: like 1/L",
            evaluate=gradient_scale,
            mutants=(
                Mutant("kept", lambda depth, variance: mpmath.mpf(1)),
                Mutant(
                    "every layer at the input variance",
                    lambda depth, variance: gradient_scale(1, variance) ** int(depth),
                ),
            ),
            error="relative O(1/N) at fixed depth",
        ),
    ),
    assumptions=(
        stated("orthogonal weights", lambda p: p.get("weights", "haar") == "haar"),
        stated("tanh", lambda p: p.get("activation", "tanh") == "tanh"),
        unstated("sigma_w = 1, no biases", lambda p: p.get("gain", 1) == 1),
        unstated("equal widths", lambda p: len(set(p.get("widths", (1,)))) == 1),
        unstated(
            "the VNI is that of eq. (5), C = J J^T at one input",
            lambda p: p.get("n_inputs", 1) == 1,
        ),
        unstated(
            "that input has the length sqrt(N v_1), so that layer 1 has the variance v_1",
            lambda p: p.get("inputs", "sphere") in ("sphere", "rademacher"),
        ),
        unstated(
            "N is large against L: the slopes of a layer are not independent of its weights",
            lambda p: p.get("width", 10**9) == 1 or p.get("depth", 0) < p.get("width", 10**9),
        ),
    ),
    expected="false-as-stated",
    because=(
        "It takes the slopes at variance 0, where tanh is linear. At a finite input variance R "
        "exceeds 1/N from the first layer on; the excess stays bounded: to first order N R rises "
        "to about 1.31 for input variance 0.1 and 2.4 for 1, however deep the network is. What is "
        "false is that the term is 0; by definition (3), C over many inputs, 1/N is right to "
        "leading order."
    ),
    proofs=(
        Proof(
            "one network",
            "exact",
            "two units, one layer, W = I: the VNI is above 1/2",
            one_network,
            point={"width": 2, "depth": 1},
        ),
        Proof(
            "first order",
            "numeric",
            "the exact product of Haar factors, spreads by quadrature",
            first_order,
            law="corrected",
        ),
        Proof(
            "first layer",
            "numeric",
            "literal slopes of one layer, integrated over the sphere: off by order 1/N",
            tanh_layer.first_layer,
            law="corrected",
        ),
        Proof(
            "four inputs",
            "numeric",
            "the Gram matrix of four inputs to first order, up to five layers",
            by_four_inputs,
            law="definition (3)",
        ),
        Proof(
            "bounded",
            "numeric",
            "the expansions of the variance and of the spread, over 40 layers",
            bounded,
            law="corrected",
            tiers=LATER,
        ),
        Proof(
            "shrinking",
            "numeric",
            "the slopes of two layers by quadrature",
            shrinking,
            law="gradients",
        ),
        Proof(
            "like 1/L",
            "rigorous",
            "bounds of tanh^2 by its equation, 40 layers in interval arithmetic",
            tanh_bounds.like_one_over_l,
            law="gradients",
        ),
    ),
    probes=(
        _probe(16, 1, sp.Integer(1), "one layer already"),
        _probe(16, 4, sp.Integer(1), "a few layers"),
        _wide(1, ("stated", "corrected"), "N R at once: the first layer", inputs="sphere"),
        _wide(4, ("stated", "corrected"), "slopes that know the weights", inputs="sphere"),
        _wide(4, ("definition (3)",), "the other reading of the same networks", n_inputs=32),
    ),
    curves=(
        Curve(
            "depth",
            "VNI of tanh networks with orthogonal weights, N = 200, input variance 1",
            "depth L",
            "VNI",
            range(1, 41),
            lambda x: {"width": 200, "depth": int(x), "variance": 1},
            laws=("stated", "corrected"),
        ),
    ),
    remark=(
        "The factors of vn.rec.haar are for slopes independent of the weights, and those of tanh "
        "are not. The first layer is integrated exactly, deeper ones are measured at widths N and "
        "2N, where a term of order 1/N cancels: their rows are N R, the laws at width 1. False is "
        "eq. (5) at one input; of C over many inputs, definition (3), N R = 1 to leading order."
    ),
    see=("vn.eq6", "vn.rec.haar", "vn.table.mu", "vn.eq3.law"),
)
