"""What single precision leaves of a deep network: a literal float32 pass that is never rescaled."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError


@experiment(
    "single_precision",
    columns=("value", "square"),
    bounds=lambda setup: {"value": (0.0, 1.0), "square": (0.0, 1.0)},
)
def single_precision(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Whether the last layer, and the sum of its squares, is not exactly 0 in float32.

    Inputs and weights are drawn in the precision of the stream and rounded; every product and sum
    is float32 with gradual underflow, squares are formed unit by unit and then added.
    """
    if setup.block != "plain":
        raise SetupError(f"block must be 'plain' here; got {setup.block!r}")
    setup.require("single precision", norm="none", masks="own")
    h = inputs.draw(setup, stream, replicates).float()
    h = activations.apply(setup, h) if setup.activate_input else h
    for layer, w in enumerate(laws.all_weights(setup, stream, replicates), start=1):
        h = w.float() @ (activations.apply(setup, h) if layer > 1 else h)
    squares = h.square().sum((1, 2))
    return {
        "value": (h != 0).flatten(1).any(1).to(torch.float64),
        "square": (squares != 0).to(torch.float64),
    }
