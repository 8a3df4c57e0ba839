"""Empirical variance over depth: whether it falls before the output, whether it rose before."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import networks
from simulate.experiments.variance_at_depth import log10, unit_variance
from simulate.registry import cache_block, experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError

DECADES = 3  # a factor that counts
MOST_PER_BLOCK = 64  # tuned networks are dear; more in a block would be more than a row needs


@experiment(
    "variance_profile",
    columns=("falls", "rises_and_falls"),
    replicates=lambda setup: min(MOST_PER_BLOCK, cache_block(setup)),
    bounds=lambda setup: {"falls": (0.0, 1.0), "rises_and_falls": (0.0, 1.0)},
)
def variance_profile(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Whether S^2 falls by a thousand or more from its largest layer to the output.

    S^2 is the unbiased variance over the inputs of unit 0 of a layer; one network with its own data
    is one replicate. `rises_and_falls` asks too that the largest is a thousand times the first.
    """
    if setup.n_inputs < 2:
        raise SetupError(f"n_inputs must be at least 2 to have a variance; got {setup.n_inputs}")
    layers = networks.forward(setup, stream, replicates)
    over_depth = torch.stack([log10(unit_variance(layer), layer.log_scale) for layer in layers])
    largest = over_depth.amax(0)
    falls = over_depth[-1] < largest - DECADES
    rises = largest > over_depth[0] + DECADES
    return {
        "falls": falls.to(over_depth.dtype),
        "rises_and_falls": (falls & rises).to(over_depth.dtype),
    }
