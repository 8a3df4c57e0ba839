"""The variance of a weight gradient, eq. (16), and the factor mu_1 that it lacks.

    vn.eq16   Var[dCost/dW_l] = sigma_x^2 sigma_y^2 (sigma_w^2 mu_1)^(L-1)

dCost/dW_l is the outer product of dCost/dh_l and x_{l-1}. Below layer l there are l - 1 factors
sigma_w^2 mu_1, above it L - l; and dCost/dh_l = D_l dCost/dx_l has one slope more, E D_l^2 = mu_1.
Given |x_{l-1}| the slopes of layer l are fair coins, so the two sides multiply exactly.

Eqs. (2) and (14) are true of every linear network, phi(h) = c h with any c. This one is not: a
single linear unit of slope 2 has four times the printed variance. No hypothesis that its derivation
uses repairs it, so it is false as stated, where those two hold under one that is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Tuples,
    stated,
)
from theory.symbols import L
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.effective_nodes import rational
from theory.vanishing_nodes.scales import (
    GAIN,
    INPUT,
    MU_1,
    OUTPUT,
    WEIGHT_GRAD,
    kept,
    mu_1,
    sigma_w,
    sigma_x,
    sigma_y,
    signal_setup,
    slope_sq,
    sums,
)

Var = sp.Function("Var")
grad, own, last = sp.symbols("G_l n_l n_L")
DEPTH = Parameter("depth", Integers(1), "L, number of layers", L)
WIDTHS = Parameter("widths", Tuples(Integers(1), min_size=2), "all widths n_0, n_1, ..., n_L")
LAYER = Parameter("layer", Integers(1), "l, the layer of the weights, 1..L")
PARAMETERS = (INPUT, OUTPUT, GAIN, MU_1, DEPTH)
PRINTED = sigma_x**2 * sigma_y**2 * (sigma_w**2 * mu_1) ** (L - 1)


def printed(
    input_variance: Any, gradient_variance: Any, gain: Any, mu_1: Any, depth: Any
) -> Fraction:
    """Eq. (16) as printed.

    >>> printed(1, 1, 2, Fraction(1, 2), 5)
    Fraction(1, 1)
    """
    ends = rational(input_variance) * rational(gradient_variance)
    return ends * kept(gain, mu_1, int(depth) - 1)


def corrected(
    input_variance: Any, gradient_variance: Any, gain: Any, mu_1: Any, depth: Any
) -> Fraction:
    """Eq. (16) with the slope of the layer itself: mu_1 times as much. Exact at equal widths.

    >>> corrected(1, 1, 2, Fraction(1, 2), 5)
    Fraction(1, 2)
    """
    return rational(mu_1) * printed(input_variance, gradient_variance, gain, mu_1, depth)


def any_widths(
    input_variance: Any, gradient_variance: Any, gain: Any, mu_1: Any, widths: Any, layer: Any
) -> Fraction:
    """The same times n_L/n_l: widths n_0..n_L at fan-in scaling, layer l. Exact.

    >>> any_widths(1, 1, 1, Fraction(5, 9), (3, 1, 3), 1)
    Fraction(25, 27)
    """
    square = corrected(input_variance, gradient_variance, gain, mu_1, len(widths) - 1)
    return square * Fraction(int(widths[-1]), int(widths[min(int(layer), len(widths) - 1)]))


def _mutated(change: str) -> Any:
    def evaluate(depth: Any, mu_1: Any, **more: Any) -> Fraction:
        if change == "exponent L":
            return corrected(depth=int(depth) + 1, mu_1=mu_1, **more)
        if change == "two slopes more":
            return rational(mu_1) * corrected(depth=depth, mu_1=mu_1, **more)
        return printed(depth=depth, mu_1=mu_1, **more)

    return evaluate


def _mutated_widths(change: str) -> Any:
    def evaluate(widths: Any, layer: Any, gain: Any, mu_1: Any, **more: Any) -> Fraction:
        at = {"gain": gain, "mu_1": mu_1, **more}
        if change == "(sigma_w^2 mu_1)^(L-l)":
            return any_widths(widths=widths, layer=layer, **at) / kept(gain, mu_1, int(layer) - 1)
        return any_widths(widths=tuple(reversed(widths)), layer=len(widths) - 1 - layer, **at)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------

SQUARE = ((1, 1, 1, 1), (3, 3), (3, 3, 3))
OTHERS = ((3, 1, 3), (3, 3, 1), (3, 1, 1, 3), (5, 1, 3, 1))
GAINS = (Fraction(1), Fraction(5, 2))


def all_networks(law: Any) -> Finding:
    """Every network of +-1 weights of equal widths, own pattern; every layer; sigma_w^2 put in.

    A factor sigma_w^2 for each of the L - 1 other layers.
    """
    return prove.cases(
        (
            f"widths {widths}, layer {layer}, sigma_w^2 = {gain}",
            law(input_variance=2, gradient_variance=3, gain=gain, mu_1=slope_sq(False),
                depth=len(widths) - 1),
            6 * gain ** (len(widths) - 2) * found,
        )
        for widths in SQUARE
        for gain in GAINS
        for layer, found in enumerate(sums(widths, False).weight_grad_sq, start=1)
    )  # fmt: skip


def one_linear_unit(law: Any) -> Finding:
    """x_1 = c w x_0: dCost/dw = c x_0 dCost/dx_1, every sign of input and gradient listed."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for c in (Fraction(1), Fraction(2), Fraction(1, 3)):
            pairs = list(itertools.product((-1, 1), repeat=2))
            found = sum((c * x * g) ** 2 for x, g in pairs) / Fraction(len(pairs))
            value = law(input_variance=1, gradient_variance=1, gain=1, mu_1=c**2, depth=1)
            yield f"phi(h) = {c} h, N = L = 1", value, found

    return prove.cases(rows())


def unequal(law: Any) -> Finding:
    """The same at unequal widths, linear and rectified."""
    return prove.cases(
        (
            f"widths {widths}, layer {layer}, linear {linear}",
            law(input_variance=1, gradient_variance=1, gain=gain, mu_1=slope_sq(linear),
                widths=widths, layer=layer),
            gain ** (len(widths) - 2) * found,
        )
        for widths in (*SQUARE[:2], *OTHERS)
        for linear in (True, False)
        for gain in GAINS
        for layer, found in enumerate(sums(widths, linear).weight_grad_sq, start=1)
    )  # fmt: skip


# --- the claim -------------------------------------------------------------------------------

BOTH = ("stated", "corrected")


def _probe(name: str, widths: tuple[int, ...], layer: int, slope: float, **more: Any) -> Probe:
    square = (1 + rational(str(slope)) ** 2) / 2
    at = {"input_variance": 1, "gradient_variance": 1, "gain": 1 / square, "mu_1": square}
    shape: dict[str, Any] = (
        {"widths": widths, "layer": layer}
        if "any widths" in more["laws"]
        else {"depth": len(widths) - 1}
    )
    setup = signal_setup(widths, slope, extra={"index": layer})
    by = more.pop("by", "signal_scales")
    return Probe(
        name=name,
        experiment=by,
        setup=setup | {"n_inputs": 1} if by == "radial_scales" else setup,
        at={**at, **shape},
        estimand=WEIGHT_GRAD,
        **more,
    )


CLAIM = Claim(
    id="vn.eq16",
    title="the variance of a weight gradient is sigma_x^2 sigma_y^2 (sigma_w^2 mu_1)^(L-1)",
    source=PAPER.at(
        "eq. (16)",
        "Var[dCost/dW_l] = Var[x_{l-1}] Var[dCost/dh_l] ~ sigma_x^2 sigma_y^2 "
        "(sigma_w^2 mu_1)^(L-1)",
    ),
    kind="exact in mean",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(Var(grad), PRINTED),
            parameters=PARAMETERS,
            words="variance of one entry of dCost/dW_l, equal widths, any layer l",
            evaluate=printed,
            mutants=(
                Mutant(
                    "exponent L", lambda depth, **more: printed(depth=int(depth) + 1, **more)
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(Var(grad), PRINTED * mu_1),
            parameters=PARAMETERS,
            words="the same with E D_l^2 = mu_1 of the layer itself",
            evaluate=corrected,
            mutants=tuple(
                Mutant(name, _mutated(name))
                for name in ("exponent L", "two slopes more", "printed")
            ),
        ),
        Law(
            role="sharper",
            name="any widths",
            formula=sp.Eq(Var(grad), PRINTED * mu_1 * last / own),
            parameters=(INPUT, OUTPUT, GAIN, MU_1, WIDTHS, LAYER),
            words="the same at any widths n_0..n_L and fan-in scaling, layer l",
            evaluate=any_widths,
            mutants=tuple(
                Mutant(name, _mutated_widths(name))
                for name in ("(sigma_w^2 mu_1)^(L-l)", "layers counted from the top")
            ),
        ),
    ),
    assumptions=(
        stated(
            "the layer is one of the network",
            lambda p: p.get("layer", 1) < len(p.get("widths", (1,) * 10**4)),
        ),
        stated(
            "dCost/dx_L is zero-mean, iid and independent of the network",
            lambda p: p.get("output_gradient", "independent") == "independent",
        ),
    ),
    expected="false-as-stated",
    because=(
        "dCost/dh_l is D_l dCost/dx_l: the slope of layer l itself is left out, a factor mu_1, 1/2 "
        "for ReLU, 4 for one linear unit of slope 2. With it the law is exact at every width and "
        "the same for every layer. It does not change the conclusion: L enters through "
        "(sigma_w^2 mu_1)^(L-1) alone."
    ),
    proofs=(
        Proof("one linear unit", "exact", "phi(h) = c h, every sign", one_linear_unit),
        Proof("one linear unit, corrected", "exact", "the same", one_linear_unit,
              law="corrected"),
        Proof("all networks", "exact", "every network of +-1 weights, own pattern, every layer",
              all_networks),
        Proof("all networks, corrected", "exact", "the same networks", all_networks,
              law="corrected"),
        Proof("unequal widths", "exact", "every network of +-1 weights, six shapes", unequal,
              law="any widths"),
    ),
    probes=(
        *(
            _probe(f"relu N=24 L=3 l={layer}", (24,) * 4, layer, 0, laws=BOTH,
                   why="half of the printed value, in every layer")
            for layer in (1, 2, 3)
        ),
        _probe("relu N=24 L=1", (24, 24), 1, 0, laws=BOTH, why="one layer", curve="depth", x=1),
        _probe("relu N=24 L=2", (24,) * 3, 2, 0, laws=BOTH, why="two", curve="depth", x=2),
        _probe("linear N=20 L=3 l=2", (20,) * 4, 2, 1, laws=BOTH,
               why="mu_1 = 1: nothing to leave out"),
        _probe("relu 12-24-36 l=1", (12, 24, 36), 1, 0, laws=("any widths",),
               why="n_L/n_l = 3/2"),
        _probe("leaky 30-10-20 l=1", (30, 10, 20), 1, 0.3, laws=("any widths",), why="n_L/n_l = 2"),
        _probe("relu N=1000 L=100 l=50, radial", (1000,) * 101, 50, 0, laws=("corrected",),
               by="radial_scales", why="a tenth as deep as wide, by the norms of both passes"),
    ),
    curves=(
        Curve(
            "depth",
            "Variance of the weight gradients of He-ReLU networks",
            "depth L",
            "Var dCost/dW_l",
            range(1, 11),
            lambda x: {"input_variance": 1, "gradient_variance": 1, "gain": 2,
                       "mu_1": Fraction(1, 2), "depth": int(x)},
            laws=BOTH,
        ),
    ),
    remark=(
        "What layer l reads is not zero-mean in a ReLU network: second moments stand where the "
        "document writes variances. Entries of one gradient are not independent of each other. "
        "Unlike eqs. (2) and (14) it fails for linear networks too, but for slopes of 1 or -1."
    ),
    see=("vn.eq14", "vn.eq15", "vn.sec4.iff"),
)  # fmt: skip
