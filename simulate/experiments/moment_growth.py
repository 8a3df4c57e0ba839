"""Growth of the fourth moment of a unit over the last layers of one network."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import inputs, networks
from simulate.logscale import representable
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup


@experiment("moment_growth", columns=("sq_before", "fourth_before", "sq_after", "fourth_after"))
def moment_growth(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over units of y_i^2 and y_i^4, `extra["lag"]` layers before the last, and at the last.

    One network is one replicate: both layers belong to it, so a ratio of their expectations has
    little variance. A lag equal to the depth compares with the input. Values at true scale.
    """
    lag = setup.extra_whole("lag", 1, 1, setup.depth)
    x = inputs.draw(setup, stream, replicates)
    before, log_scale = x, torch.zeros(replicates, dtype=x.dtype, device=x.device)
    columns: dict[str, Tensor] = {}
    for layer in networks.forward(setup, stream, replicates, x=x):
        if layer.index == setup.depth - lag:
            before, log_scale = layer.out, layer.log_scale
        if layer.index == setup.depth:
            for name, y, log in (
                ("before", before, log_scale),
                ("after", layer.out, layer.log_scale),
            ):
                scale_sq = torch.exp(2 * log)
                second, fourth = moments.mean_sq(y), moments.mean_fourth(y)
                columns[f"sq_{name}"] = representable(second * scale_sq, second)
                columns[f"fourth_{name}"] = representable(fourth * scale_sq.square(), fourth)
    return columns
