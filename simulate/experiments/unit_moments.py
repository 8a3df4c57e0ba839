"""Second, fourth and pair moments of the units of the last layer."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import networks
from simulate.logscale import representable
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup


@experiment("unit_moments", columns=("mean_sq", "mean_fourth", "mean_pair_sq"))
def unit_moments(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over the units of the last layer of y_i^2, y_i^4 and y_i^2 y_j^2 (i != j).

    One network, with its own input(s), is one replicate; units of one layer are exchangeable, so
    their mean has the expectation of one unit and less variance. Values at true scale, nan where
    that leaves the range of floats.
    """
    layer = networks.last(setup, stream, replicates)
    scale_sq = torch.exp(2 * layer.log_scale)
    second, fourth, pair = (
        moment(layer.out) for moment in (moments.mean_sq, moments.mean_fourth, moments.mean_pair_sq)
    )
    return {
        "mean_sq": representable(second * scale_sq, second),
        "mean_fourth": representable(fourth * scale_sq.square(), fourth),
        "mean_pair_sq": representable(pair * scale_sq.square(), pair),
    }
