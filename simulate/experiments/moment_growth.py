"""Growth of the fourth moment of a unit over the last layers of one network."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import inputs, networks
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError


@experiment("moment_growth", columns=("sq_before", "fourth_before", "sq_after", "fourth_after"))
def moment_growth(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over units of y_i^2 and y_i^4, `extra["lag"]` layers before the last, and at the last.

    One network is one replicate: both layers belong to it, so a ratio of their expectations has
    little variance. A lag equal to the depth compares with the input. Values at true scale.
    """
    lag = setup.extra.get("lag", 1)
    if isinstance(lag, bool) or not isinstance(lag, int) or not 1 <= lag <= setup.depth:
        raise SetupError(f"extra['lag'] must be an integer in 1..{setup.depth}; got {lag!r}")
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
                columns[f"sq_{name}"] = moments.mean_sq(y) * scale_sq
                columns[f"fourth_{name}"] = moments.mean_fourth(y) * scale_sq.square()
    return columns
