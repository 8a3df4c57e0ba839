"""How the variance of the nodes and of the input gradient goes through the layers: eqs. (14), (15).

    vn.eq14   Var[x_L] = sigma_x^2 (sigma_w^2 mu_1)^L
    vn.eq15   Var[dCost/dx_0] = sigma_y^2 (sigma_w^2 mu_1)^L

W has entries of variance sigma_w^2 over its fan-in, so E (W C W^T)_ii = sigma_w^2 tr C/n for every
C, and independent slopes multiply by mu_1: one layer is one factor, exactly, at any widths.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
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
    stated,
    unstated,
)
from theory.symbols import SLOPE, L, N, a
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.effective_nodes import as_sympy, rational
from theory.vanishing_nodes.scales import (
    DEPTH,
    GAIN,
    INPUT,
    INPUT_GRAD,
    MU_1,
    OUT_SQ,
    OUT_VARIANCE,
    OUTPUT,
    kept,
    mu_1,
    sigma_w,
    sigma_x,
    sigma_y,
    signal_setup,
    slope_sq,
    sums,
)

Var, E = sp.Function("Var"), sp.Function("E")
node, grad = sp.symbols("x_L g_0")
n_in, n_out = sp.symbols("n_0 n_L", integer=True, positive=True)
WIDTH = Parameter("width", Integers(1), "N, units of a layer; n_0 where widths differ", N)
FORWARD = (INPUT, GAIN, MU_1, DEPTH, WIDTH)
BACKWARD = (OUTPUT, GAIN, MU_1, DEPTH)
FACTOR = (sigma_w**2 * mu_1) ** L
SQUARE = ((1, 1, 1, 1), (3, 3), (3, 3, 3))
OTHERS = ((3, 1), (3, 1, 3), (3, 3, 1), (5, 1, 3, 1), (3, 1, 1, 3))


def forward(input_variance: Any, gain: Any, mu_1: Any, depth: Any, width: Any) -> Fraction:
    """sigma_x^2 (sigma_w^2 mu_1)^L, whatever N: the sum over N inputs takes the 1/N of W back.

    >>> forward(2, 3, Fraction(1, 2), 2, 5)
    Fraction(9, 2)
    """
    return rational(input_variance) * kept(gain, mu_1, depth)


def backward(gradient_variance: Any, gain: Any, mu_1: Any, depth: Any) -> Fraction:
    """sigma_y^2 (sigma_w^2 mu_1)^L, for equal widths."""
    return rational(gradient_variance) * kept(gain, mu_1, depth)


def rectangular(
    gradient_variance: Any, gain: Any, mu_1: Any, depth: Any, width_in: Any, width_out: Any
) -> Fraction:
    """sigma_y^2 (sigma_w^2 mu_1)^L n_L/n_0, for any widths at fan-in scaling."""
    ratio = Fraction(int(width_out), int(width_in))
    return backward(gradient_variance, gain, mu_1, depth) * ratio


def one_layer(input_variance: Any, gain: Any, slope: Any) -> sp.Expr:
    """Variance of a node of one leaky-ReLU layer over Gaussian inputs, averaged over weights.

    Given w, h ~ N(0, s^2): E phi(h)^2 = s^2 (1 + a^2)/2 and E phi(h) = s (1 - a)/sqrt(2 pi), with
    E s^2 = sigma_w^2 sigma_x^2: exact at every width.

    >>> one_layer(1, 2, 0)
    1 - 1/pi
    """
    t = as_sympy(rational(slope))
    scale = as_sympy(rational(input_variance) * rational(gain))
    return sp.expand(scale * ((1 + t**2) / 2 - (1 - t) ** 2 / (2 * sp.pi)))


def _mutated(change: str) -> Any:
    def evaluate(gain: Any, mu_1: Any, depth: Any, **scale: Any) -> Any:
        (variance,) = (value for name, value in scale.items() if "variance" in name)
        first = rational(variance)
        if change == "L-1 layers":
            return first * kept(gain, mu_1, abs(int(depth) - 1))
        if change == "sigma_w^2/N":
            return first * kept(rational(gain) / int(scale["width"]), mu_1, depth)
        if change == "without mu_1":
            return first * kept(gain, 1, depth)
        return first * kept(gain, mu_1, 2 * int(depth))  # "(sigma_w^2 mu_1)^(2L)"

    return evaluate


MUTANTS = tuple(
    Mutant(name, _mutated(name)) for name in ("L-1 layers", "without mu_1", "(sigma_w^2 mu_1)^(2L)")
)

FORWARD_MUTANTS = (*MUTANTS, Mutant("sigma_w^2/N", _mutated("sigma_w^2/N")))

# --- proofs ----------------------------------------------------------------------------------


def _grid() -> Iterator[tuple[Any, Any]]:
    return itertools.product((Fraction(1), Fraction(1, 3)), (Fraction(1), Fraction(5, 2)))


def linear_variance(law: Any) -> Finding:
    """Linear networks of +-1 weights, all of them: Var over inputs = sigma_x^2 tr(J J^T)/n_L."""
    return prove.cases(
        (
            f"widths {widths}, sigma_x^2 = {variance}, sigma_w^2 = {gain}",
            law(input_variance=variance, gain=gain, mu_1=1, depth=len(widths) - 1, width=widths[0]),
            variance * gain ** (len(widths) - 1)
            * sums(widths, True).input_grad_sq * Fraction(widths[0], widths[-1]),
        )
        for widths in (*SQUARE[:2], *OTHERS)
        for variance, gain in _grid()
    )  # fmt: skip


def one_unit(law: Any) -> Finding:
    """One ReLU unit with weight +-1 and input +-1: it is 0 at one input, 1 at the other."""
    found = sum(
        Fraction(sum(v**2 for v in values), 2) - Fraction(sum(values), 2) ** 2
        for w in (-1, 1)
        for values in [[max(w * x, 0) for x in (-1, 1)]]
    ) / 2  # fmt: skip
    return prove.cases(
        [
            (
                "N = L = 1, ReLU, +-1",
                law(input_variance=1, gain=1, mu_1=Fraction(1, 2), depth=1, width=1),
                found,
            )
        ]
    )


def second_moment(law: Any) -> Finding:
    """All networks of +-1 weights with their own pattern of active units, at one input."""
    return prove.cases(
        (
            f"widths {widths}, sigma_x^2 = {variance}, sigma_w^2 = {gain}",
            law(
                input_variance=variance,
                gain=gain,
                mu_1=slope_sq(False),
                depth=len(widths) - 1,
                width=widths[0],
            ),
            variance * gain ** (len(widths) - 1) * sums(widths, False).out_sq,
        )
        for widths in (*SQUARE, *OTHERS)
        for variance, gain in _grid()
    )


@functools.cache
def rectified_normal() -> tuple[sp.Expr, sp.Expr]:
    """(E phi(z), E phi(z)^2) for z ~ N(0, 1) and slope a, by integration."""
    z = sp.Symbol("z", positive=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    half = [sp.integrate(z**power * density, (z, 0, sp.oo)) for power in (1, 2)]
    return half[0] * (1 - a), half[1] * (1 + a**2)


def integrated(law: Any) -> Finding:
    """Mean and square of one rectified normal, for every slope."""
    first, second = rectified_normal()
    return prove.cases(
        (f"a = {s}", law(input_variance=1, gain=Fraction(3, 2), slope=s),
         sp.Rational(3, 2) * (second - first**2).subs(a, as_sympy(Fraction(s))))
        for s in (Fraction(0), Fraction(1, 3), Fraction(1), Fraction(-1))
    )  # fmt: skip


def input_gradient(law: Any) -> Finding:
    """All networks of +-1 weights and equal widths, own pattern, independent output gradient."""
    return prove.cases(
        (
            f"widths {widths}, sigma_y^2 = {variance}, sigma_w^2 = {gain}",
            law(gradient_variance=variance, gain=gain, mu_1=slope_sq(False), depth=len(widths) - 1),
            variance * gain ** (len(widths) - 1) * sums(widths, False).input_grad_sq,
        )
        for widths in SQUARE
        for variance, gain in _grid()
    )


def any_widths(law: Any) -> Finding:
    """The same at unequal widths."""
    return prove.cases(
        (
            f"widths {widths}, linear {linear}",
            law(gradient_variance=1, gain=1, mu_1=slope_sq(linear), depth=len(widths) - 1,
                width_in=widths[0], width_out=widths[-1]),
            sums(widths, linear).input_grad_sq,
        )
        for widths in (*SQUARE[:2], *OTHERS)
        for linear in (True, False)
    )  # fmt: skip


def own_loss(law: Any) -> Finding:
    """Cost x_L^2/2 of one linear Gaussian unit: dC/dx_L = w x_0 depends on w, dC/dx_0 = w^2 x_0.

    dC/dx_L has mean 0 and variance E w^2 = 1; E (w^2 x_0)^2 = E w^4 = 3.
    """
    fourth = sp.factorial2(3)
    return prove.cases(
        [("N = L = 1, cost x_L^2/2", law(gradient_variance=1, gain=1, mu_1=1, depth=1), fourth)]
    )


# --- the claims ------------------------------------------------------------------------------


def _probe(
    name: str, widths: tuple[int, ...], slope: float, estimand: Estimand, why: str, **more: Any
) -> Probe:
    at = {"gain": 2 / (1 + rational(str(slope)) ** 2), "mu_1": (1 + rational(str(slope)) ** 2) / 2,
          "depth": len(widths) - 1, **more.pop("ends")}  # fmt: skip
    if "input_variance" in at:
        at["width"] = widths[0]
    if more.pop("by_slope", False):
        at = {"gain": at["gain"], "input_variance": 1, "slope": rational(str(slope))}
    return Probe(
        name=name,
        experiment="signal_scales",
        setup=signal_setup(widths, slope),
        at=at,
        estimand=estimand,
        why=why,
        **more,
    )


X, Y = {"input_variance": 1}, {"gradient_variance": 1}
CENTRED_INPUTS = stated(
    "the input features are iid of mean zero",
    lambda p: p.get("inputs", "gaussian") in ("gaussian", "rademacher"),
)

FORWARD_CLAIM = Claim(
    id="vn.eq14",
    title="each layer multiplies the variance of the nodes by sigma_w^2 mu_1",
    source=PAPER.at(
        "eq. (14) and the text after eq. (15)", "Var[x_L] = sigma_x^2 (sigma_w^2 mu_1)^L"
    ),
    kind="exact in mean",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(Var(node), sigma_x**2 * FACTOR),
            parameters=FORWARD,
            words="variance of an output node over inputs, averaged over nodes and networks",
            evaluate=forward,
            mutants=FORWARD_MUTANTS,
        ),
        Law(
            role="sharper",
            name="second moment",
            formula=sp.Eq(E(node**2), sigma_x**2 * FACTOR),
            parameters=FORWARD,
            words="second moment of an output node of a ReLU or leaky-ReLU network, any widths",
            evaluate=forward,
            mutants=FORWARD_MUTANTS,
        ),
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(
                Var(node),
                sigma_x**2 * sigma_w**2 * ((1 + a**2) / 2 - (1 - a) ** 2 / (2 * sp.pi)),
            ),
            parameters=(INPUT, GAIN, SLOPE),
            words="variance over Gaussian inputs of a node of one leaky-ReLU layer, any widths",
            evaluate=one_layer,
            mutants=(
                Mutant(
                    "not centred",
                    lambda input_variance, gain, slope: forward(
                        input_variance, gain, (1 + rational(slope) ** 2) / 2, 1, 1
                    ),
                ),
                Mutant(
                    "(1 - a)^2/pi",
                    lambda input_variance, gain, slope: 2 * one_layer(input_variance, gain, slope)
                    - as_sympy(forward(input_variance, gain, (1 + rational(slope) ** 2) / 2, 1, 1)),
                ),
            ),
        ),
    ),
    assumptions=(
        CENTRED_INPUTS,
        unstated(
            "the network is linear: its Jacobian is the same at every input",
            lambda p: p.get("activation", "linear") == "linear",
        ),
    ),
    expected="holds-if",
    because=(
        "Exact at every width and depth for linear networks. A rectified node has a mean, which "
        "the variance leaves out: one He-ReLU layer keeps 1 - 1/pi of it. What a ReLU network "
        "keeps exactly is the second moment E x_L^2. So nodes of mean zero are left out as an "
        "assumption; the formula itself lacks nothing, as that of vn.eq16 does."
    ),
    proofs=(
        Proof("linear networks", "exact", "every network of +-1 weights, seven shapes",
              linear_variance),
        Proof("one ReLU unit", "exact", "all weights and inputs", one_unit,
              point={"activation": "relu"}),
        Proof("own patterns", "exact", "every network of +-1 weights, eight shapes", second_moment,
              law="second moment"),
        Proof("one layer", "symbolic", "the mean of a rectified normal", integrated,
              law="one layer"),
    ),
    probes=(
        _probe("linear N=20 L=3", (20,) * 4, 1, OUT_VARIANCE, "linear: exact", ends=X),
        _probe("linear 12-24-8", (12, 24, 8), 1, OUT_VARIANCE, "unequal widths", ends=X),
        *(
            _probe(
                f"relu N=24 L={depth}, variance", (24,) * (depth + 1), 0, OUT_VARIANCE,
                "the mean of the nodes is left out", ends=X, curve="depth", x=depth,
            )
            for depth in (1, 2, 3)
        ),
        _probe("relu N=24 L=3, second moment", (24,) * 4, 0, OUT_SQ,
               "what ReLU networks keep", ends=X, laws=("second moment",)),
        _probe("leaky 30-10-20, second moment", (30, 10, 20), 0.3, OUT_SQ,
               "leaky ReLU, unequal widths", ends=X, laws=("second moment",)),
        _probe("relu N=20 L=1, one layer", (20, 20), 0, OUT_VARIANCE,
               "1 - 1/pi", ends=X, laws=("one layer",), by_slope=True),
        _probe("leaky 10-30 L=1, one layer", (10, 30), 0.3, OUT_VARIANCE,
               "a smaller mean", ends=X, laws=("one layer",), by_slope=True),
    ),
    curves=(
        Curve(
            "depth",
            "Variance of the nodes of He-ReLU networks over inputs",
            "depth L",
            "Var x_L",
            range(1, 11),
            lambda x: {"input_variance": 1, "gain": 2, "mu_1": Fraction(1, 2), "depth": int(x),
                       "width": 24},
        ),
    ),
    remark=(
        "The displayed trace lacks the covariance of x_0, which is sigma_x^2 I by assumption. For "
        "tanh neither side is the other: the Jacobian keeps the product of sigma_w^2 mu_1 at the "
        "variance of each layer, and Var x_L is that variance itself."
    ),
    see=("vn.eq2", "vn.eq15", "vn.sec4.iff"),
)  # fmt: skip

WIDTH_IN = Parameter("width_in", Integers(1), "n_0, number of input features", n_in)
WIDTH_OUT = Parameter("width_out", Integers(1), "n_L, number of output nodes", n_out)

BACKWARD_CLAIM = Claim(
    id="vn.eq15",
    title="each layer multiplies the variance of the input gradient by sigma_w^2 mu_1",
    source=PAPER.at(
        "eq. (15) and the text after it", "Var[dCost/dx_0] = sigma_y^2 (sigma_w^2 mu_1)^L"
    ),
    kind="exact in mean",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(Var(grad), sigma_y**2 * FACTOR),
            parameters=BACKWARD,
            words="variance of one entry of dCost/dx_0, equal widths",
            evaluate=backward,
            mutants=MUTANTS,
        ),
        Law(
            role="sharper",
            name="unequal widths",
            formula=sp.Eq(Var(grad), sigma_y**2 * FACTOR * n_out / n_in),
            parameters=(*BACKWARD, WIDTH_IN, WIDTH_OUT),
            words="variance of one entry of dCost/dx_0 at fan-in scaling, any widths",
            evaluate=rectangular,
            mutants=(
                Mutant(
                    "n_0/n_L",
                    lambda width_in, width_out, **more: rectangular(
                        width_in=width_out, width_out=width_in, **more
                    ),
                ),
                Mutant("as at equal widths", lambda width_in, width_out, **more: backward(**more)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "the entries of dCost/dx_L are uncorrelated, of mean zero",
            lambda p: bool(p.get("uncorrelated", True)),
        ),
        unstated(
            "dCost/dx_L is independent of the network (false for a loss of its output)",
            lambda p: p.get("output_gradient", "independent") == "independent",
        ),
    ),
    expected="holds-if",
    because=(
        "Exact at every width for linear and ReLU-like networks if dCost/dx_L is independent of "
        "the network. Zero mean is not enough: with the cost x_L^2/2 of one linear Gaussian unit "
        "the variance is 3, not 1."
    ),
    proofs=(
        Proof("all networks", "exact", "every network of +-1 weights, own pattern",
              input_gradient),
        Proof("cost x_L^2/2", "exact", "an output gradient of mean zero that knows the weight",
              own_loss, point={"output_gradient": "of the cost x_L^2/2"}),
        Proof("unequal widths", "exact", "every network of +-1 weights, seven shapes", any_widths,
              law="unequal widths"),
    ),
    probes=(
        *(
            _probe(
                f"relu N=24 L={depth}", (24,) * (depth + 1), 0, INPUT_GRAD,
                "ReLU, own pattern", ends=Y, curve="depth", x=depth,
            )
            for depth in (1, 3)
        ),
        _probe("linear N=20 L=3", (20,) * 4, 1, INPUT_GRAD, "linear", ends=Y),
        _probe(
            "relu 12-24-36", (12, 24, 36), 0, INPUT_GRAD, "fan-in scaling, n_L = 3 n_0",
            ends={**Y, "width_in": 12, "width_out": 36}, laws=("unequal widths",),
        ),
        _probe(
            "leaky 30-10-20", (30, 10, 20), 0.3, INPUT_GRAD, "a bottleneck",
            ends={**Y, "width_in": 30, "width_out": 20}, laws=("unequal widths",),
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Variance of the input gradient of He-ReLU networks of equal widths",
            "depth L",
            "Var dCost/dx_0",
            range(1, 11),
            lambda x: {"gradient_variance": 1, "gain": 2, "mu_1": Fraction(1, 2), "depth": int(x)},
        ),
    ),
    remark="The mean that the displayed formula subtracts is 0.",
    see=("vn.eq14", "vn.eq16", "vn.sec4.iff"),
)  # fmt: skip
