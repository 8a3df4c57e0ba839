"""Scales of one network's signal, of its input gradient and of the gradient of one layer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import representable, rescale
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError


def cost(setup: Setup) -> int:
    """Weights drawn, and the passes forward and backward in units of one draw."""
    return int(setup.n_weights * (1 + setup.n_inputs / 16)) + sum(setup.widths)


@experiment(
    "signal_scales",
    columns=("out_sq", "out_variance", "input_grad_sq", "weight_grad_sq"),
    cost=cost,
)
def signal_scales(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over entries of x_L^2, of its variance over inputs, of (dC/dx_0)^2, of (dC/dW_l)^2.

    x_l = phi(W_l x_{l-1}). The cost has the gradient dC/dx_L ~ N(0, I), independent of the network.
    out_variance is the sample variance of every node over the inputs (n_inputs >= 2), unbiased;
    both gradients are those at the first input. l is extra["index"], 1 unless set. At true scale,
    nan where that leaves the range of floats.
    """
    setup.require("signal scales", block="plain", norm="none", masks="own", activate_input=False)
    if setup.n_inputs < 2:
        raise SetupError(f"n_inputs must be at least 2 for a variance; got {setup.n_inputs!r}")
    wanted = setup.extra_whole("index", 1, 1, setup.depth)
    x = inputs.draw(setup, stream, replicates)  # (R, N, B)
    weights: list[Tensor] = []
    slopes: list[Tensor] = []  # (R, m, 1) at the first input
    read, log_x, log_read = x, x.new_zeros(replicates), x.new_zeros(replicates)
    for layer in range(1, setup.depth + 1):
        if layer == wanted:
            read, log_read = x[:, :, :1], log_x
        weights.append(laws.weights(setup, stream, replicates, layer))
        h = weights[-1] @ x
        slopes.append(activations.derivative(setup, h[:, :, :1]))
        x = activations.apply(setup, h)
        if activations.is_homogeneous(setup):
            x, log_x = rescale(x, log_x)
    g, log_g = stream.normal(replicates, setup.widths[-1], 1), x.new_zeros(replicates)
    weight_grad_sq = log_g
    for layer in range(setup.depth, 0, -1):
        g, log_g = rescale(slopes[layer - 1] * g, log_g)  # dC/dh_l
        if layer == wanted:  # dC/dW_l is the outer product of this and of what the layer reads
            product = g.square().mean((1, 2)) * read.square().mean((1, 2))
            weight_grad_sq = _true_scale(product, log_g + log_read)
        g = weights[layer - 1].transpose(1, 2) @ g
    return {
        "out_sq": _true_scale(x.square().mean((1, 2)), log_x),
        "out_variance": _true_scale(x.var(2).mean(1), log_x),
        "input_grad_sq": _true_scale(g.square().mean((1, 2)), log_g),
        "weight_grad_sq": weight_grad_sq,
    }


def _true_scale(square: Tensor, log_scale: Tensor) -> Tensor:
    """A square of scaled values at true scale; nan where that leaves the range of floats."""
    return representable(square * torch.exp(2 * log_scale), square)
