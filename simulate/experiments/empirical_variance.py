"""Empirical variance over data of every layer: what one network shows on its inputs."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import networks
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup


def log_variances(setup: Setup, stream: Stream, replicates: int) -> Tensor:  # -> (L, R)
    """Natural log of S^2, the mean over units of the unbiased variance over inputs, per layer.

    -inf where all inputs are mapped to one point (a dead network).
    """
    variances, scales = [], []
    for layer in networks.forward(setup, stream, replicates, overwrite=True):
        variances.append(moments.variance_over_inputs(layer.out))
        scales.append(layer.log_scale)
    mean = torch.stack([v.mean(1) for v in variances])
    return mean.log() + 2 * torch.stack(scales)


@experiment("empirical_variance", columns=("log_variance", "alive"))
def empirical_variance(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Log empirical variance of the last layer over the inputs of one network, and alive flags."""
    last = log_variances(setup, stream, replicates)[-1]
    alive = torch.isfinite(last)
    return {"log_variance": last, "alive": alive.to(last.dtype)}
