"""Scales of signals and gradients of random networks, counted out exactly: no Claim in here.

    sums           E of x_L^2, (dC/dx_0)^2 and (dC/dW_l)^2 over every network of +-1 weights
    kept           sigma_w^2 mu_1 to the power of a depth, exact
    log_variance   the size rule of the probes: log E s^2/(E s)^2 of a squared scale s
    SIGNALS, ...   what is measured

The enumeration: weights +-1, one input of odd whole numbers, slopes 3 and 1 (a leaky ReLU of slope
1/3, times 3) or 3 and 3 (linear). Rows of odd length keep every preactivation odd, so no network
has a tie, and all numbers are whole.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from theory.schema import Estimand, Integers, Parameter, Reals
from theory.symbols import L
from theory.vanishing_nodes.effective_nodes import rational
from theory.vanishing_nodes.probes import network

sigma_x, sigma_y, sigma_w = sp.symbols("sigma_x sigma_y sigma_w", positive=True)
mu_1 = sp.Symbol("mu_1", positive=True)
INPUT = Parameter("input_variance", Reals(0, open_low=True), "sigma_x^2 of one input feature")
OUTPUT = Parameter(
    "gradient_variance", Reals(0, open_low=True), "sigma_y^2 of one entry of dCost/dx_L"
)
GAIN = Parameter("gain", Reals(0, open_low=True), "sigma_w^2, entry variance of W times its fan-in")
MU_1 = Parameter("mu_1", Reals(0, open_low=True), "E phi'(h)^2 at the preactivation variance")
DEPTH = Parameter("depth", Integers(0), "L, number of layers", L)

OUT_SQ = Estimand("mean", ("out_sq",), over="networks and inputs: E of the mean of x_L^2")
OUT_VARIANCE = Estimand(
    "mean", ("out_variance",), over="networks of the mean variance of a node over inputs"
)
INPUT_GRAD = Estimand("mean", ("input_grad_sq",), over="networks, inputs and output gradients")
WEIGHT_GRAD = Estimand("mean", ("weight_grad_sq",), over="networks, inputs and output gradients")


def kept(gain: Any, slope_sq: Any, layers: int) -> Fraction:
    """(sigma_w^2 mu_1)^layers.

    >>> kept(2, Fraction(1, 2), 7), kept(3, 0.5, 2)
    (Fraction(1, 1), Fraction(9, 4))
    """
    return (rational(gain) * rational(slope_sq)) ** int(layers)


class Sums(NamedTuple):
    """Exact means over all networks, at sigma_w^2 = 1 and sigma_x^2 = sigma_y^2 = 1."""

    out_sq: Fraction
    input_grad_sq: Fraction
    weight_grad_sq: tuple[Fraction, ...]  # of layers 1..L


@functools.cache
def sums(widths: tuple[int, ...], linear: bool) -> Sums:
    """Means over all networks of +-1 weights; widths that are read must be odd.

    E over the output gradient is taken exactly: E (sum_k g_k a_k)^2 = sum_k a_k^2. Weights +-1 have
    sigma_w^2 equal to the fan-in, which is divided out, and so are the slopes' factors of 3.

    >>> sums((3, 1), False).out_sq
    Fraction(5, 9)
    """
    x = np.array([(1, -1, 1, 3, -1)[: widths[0]]], dtype=np.int64)
    scale_x = Fraction(int((x**2).sum()), widths[0])  # divided out: networks are homogeneous
    signals: list[Any] = [x]
    slopes: list[Any] = []
    weights: list[Any] = []
    for n, m in itertools.pairwise(widths):
        matrices = _signs(m * n).reshape(-1, m, n)
        # every network so far, with every matrix: networks on the leading axis
        before = len(signals[-1])
        weights = [np.repeat(w, len(matrices), axis=0) for w in weights]
        weights.append(np.tile(matrices, (before, 1, 1)))
        signals = [np.repeat(s, len(matrices), axis=0) for s in signals]
        slopes = [np.repeat(s, len(matrices), axis=0) for s in slopes]
        h = np.einsum("rij,rj->ri", weights[-1], signals[-1])
        slopes.append(np.where((h > 0) | linear, 3, 1))
        signals.append(h * slopes[-1])
    count, depth = len(signals[-1]), len(widths) - 1
    down = np.broadcast_to(np.eye(widths[-1], dtype=np.int64), (count, widths[-1], widths[-1]))
    of_weights: list[Fraction] = []
    for layer in range(depth, 0, -1):
        down = down * slopes[layer - 1][:, None, :]  # dx_L/dh_l, (networks, n_L, n_l)
        size = widths[layer - 1] * widths[layer]
        read_sq = (signals[layer - 1] ** 2).sum(1)
        total = Fraction(int(((down**2).sum((1, 2)) * read_sq).sum()), count * size)
        fans = math.prod(n for i, n in enumerate(widths[:-1], start=1) if i != layer)
        of_weights.append(total / (fans * 9**depth) / scale_x)
        down = down @ weights[layer - 1]
    fans = math.prod(widths[:-1])
    return Sums(
        out_sq=Fraction(int((signals[-1] ** 2).sum()), count * widths[-1])
        / (fans * 9**depth)
        / scale_x,
        input_grad_sq=Fraction(int((down**2).sum()), count * widths[0]) / (fans * 9**depth),
        weight_grad_sq=tuple(reversed(of_weights)),
    )


def _signs(size: int) -> Any:
    return 1 - 2 * ((np.arange(2**size)[:, None] >> np.arange(size)) & 1)


def slope_sq(linear: bool) -> Fraction:
    """mu_1 of the enumerated networks: 1, or (1 + 1/9)/2."""
    return Fraction(1) if linear else Fraction(5, 9)


def log_variance(setup: Mapping[str, Any]) -> float:
    """log E s^2/(E s)^2 of the product of two squared scales at Gaussian weights; exact.

    A layer of m units multiplies a squared scale by the mean of m copies of u = phi(g)^2/E phi^2,
    E u^2 = 3q; the Gaussian input and output gradient have 1 + 2/n each. All factors count once.
    """
    slope = 1.0 if setup["activation"] == "linear" else float(setup.get("slope", 0.0))
    q = 2 * (1 + slope**4) / (1 + slope**2) ** 2
    widths = setup["widths"]
    ends = math.log(1 + 2 / widths[0]) + math.log(1 + 2 / widths[-1])
    return ends + sum(math.log(1 + (3 * q - 1) / m) for m in widths[1:])


def signal_setup(widths: tuple[int, ...], slope: Any, **more: Any) -> dict[str, Any]:
    """Set-up of `signal_scales`: two inputs, sigma_w^2 mu_1 = 1."""
    return network(widths, slope, n_inputs=2, **more)
