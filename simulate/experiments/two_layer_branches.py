"""Moments of the units of a residual network whose branches have two weight layers."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import representable, rescale
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown


@experiment("two_layer_branches", columns=("mean_sq", "mean_fourth"))
def two_layer_branches(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over the units of the last block of y_i^2 and y_i^4; y' = skip y + branch W' phi(W y).

    widths alternate: n, hidden, n, hidden, ..., n; layers 2l - 1 and 2l are W and W' of block l.
    One network, with its own input(s), is one replicate. True scale, nan outside the floats.
    """
    setup.require("two_layer_branches", block="residual", norm="none", masks="own")
    if setup.depth % 2 or len(set(setup.widths[::2])) > 1:
        raise SetupError(
            f"two_layer_branches: widths must be n, hidden, n, ..., n; got {shown(setup.widths)}"
        )
    y = inputs.draw(setup, stream, replicates)
    log_scale = y.new_zeros(replicates)
    for layer in range(1, setup.depth, 2):
        hidden = activations.apply(setup, laws.weights(setup, stream, replicates, layer) @ y)
        out = laws.weights(setup, stream, replicates, layer + 1) @ hidden
        y = setup.skip * y + setup.branch * out
        if activations.is_homogeneous(setup):
            y, log_scale = rescale(y, log_scale)
    scale_sq = torch.exp(2 * log_scale)
    second, fourth = moments.mean_sq(y), moments.mean_fourth(y)
    return {
        "mean_sq": representable(second * scale_sq, second),
        "mean_fourth": representable(fourth * scale_sq.square(), fourth),
    }
