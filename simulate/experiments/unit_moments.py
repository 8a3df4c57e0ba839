"""Second, fourth and pair moments of the units of the last layer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import networks
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup


@experiment("unit_moments", columns=("mean_sq", "mean_fourth", "mean_pair_sq"))
def unit_moments(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over the units of the last layer of y_i^2, y_i^4 and y_i^2 y_j^2 (i != j).

    One network, with its own input(s), is one replicate; units of one layer are exchangeable, so
    their mean has the expectation of one unit and less variance. Values at true scale.
    """
    layer = networks.last(setup, stream, replicates)
    scale_sq = torch.exp(2 * layer.log_scale)
    return {
        "mean_sq": moments.mean_sq(layer.out) * scale_sq,
        "mean_fourth": moments.mean_fourth(layer.out) * scale_sq.square(),
        "mean_pair_sq": moments.mean_pair_sq(layer.out) * scale_sq.square(),
    }
