"""Input gradient of a network over that of a Gaussian one of the same sizes, as logarithms."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import rescale
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown


def cost(setup: Setup) -> int:
    """Weights of two networks, a forward and a backward pass each."""
    return 2 * setup.n_weights + sum(setup.widths)


@experiment("gradient_ratio", columns=("log_ratio", "log_ratio_sq"), cost=cost)
def gradient_ratio(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """log of |dC/dx_0|^2 of the set-up's network over that of a Gaussian one, and its square.

    Both networks have the same input and the same dC/dx_L ~ N(0, I), independent of them; weights
    of the second are iid normal of the set-up's variances. No unit may be dead. Natural logarithms:
    nothing under- or overflows.
    """
    setup.require("a gradient", block="plain", norm="none", masks="own", activate_input=False)
    if setup.activation == "relu" or setup.n_inputs != 1:
        raise SetupError(
            "a logarithm needs networks that are alive, at one input; got"
            f" {shown(setup.activation)}, n_inputs {setup.n_inputs!r}"
        )
    control = dataclasses.replace(setup, weights="gaussian")
    x = inputs.draw(setup, stream, replicates)
    g = stream.normal(replicates, setup.widths[-1], 1)
    first, second = (_log_gradient(each, stream, x, g) for each in (setup, control))
    return {"log_ratio": first - second, "log_ratio_sq": (first - second).square()}


def _log_gradient(setup: Setup, stream: Stream, x: Tensor, g: Tensor) -> Tensor:
    """(R,) log |dC/dx_0|^2 at the inputs x (R, n_0, 1) for dC/dx_L = g (R, n_L, 1)."""
    passed: list[tuple[Tensor, Tensor]] = []  # weights and slopes
    for w in laws.all_weights(setup, stream, x.shape[0]):
        h = w @ x
        passed.append((w, activations.derivative(setup, h)))
        x = activations.apply(setup, h)
        if activations.is_homogeneous(setup):
            x, _ = rescale(x, x.new_zeros(x.shape[0]))
    log_scale = torch.zeros_like(g[:, 0, 0])
    for w, slopes in reversed(passed):
        g, log_scale = rescale(w.transpose(1, 2) @ (slopes * g), log_scale)
    return moments.log_norm_sq(g, log_scale)
