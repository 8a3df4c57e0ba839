"""Empirical variance of very deep networks, as logarithms: the quantity of Figure 1."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import networks
from simulate.logscale import representable
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup

LOWEST = -1e6  # stands for log10 of 0: below every value, and no infinity


@experiment(
    "variance_at_depth",
    columns=("variance", "log10_variance", "varies", "log10_scale"),
    bounds=lambda setup: {"varies": (0.0, 1.0)},
)
def variance_at_depth(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Unbiased variance over the inputs of unit 0 of the last layer, and the mean square of all.

    One network with its own data is one replicate. `log10_variance` and `log10_scale` (of the mean
    over units and inputs of y^2) are carried as logarithms, so that no depth underflows; a constant
    or dead network has -10^6 there. `varies` says whether the variance is not 0. A variance that
    is rounding alone (below 10^-24 of the mean square) counts as 0.
    """
    last = networks.last(setup, stream, replicates)
    square, variance = moments.mean_sq(last.out), unit_variance(last)
    return {
        "variance": representable(variance * torch.exp(2 * last.log_scale), variance),
        "log10_variance": log10(variance, last.log_scale),
        "varies": (variance > 0).to(variance.dtype),
        "log10_scale": log10(square, last.log_scale),
    }


def unit_variance(layer: networks.Layer) -> Tensor:
    """(R,) unbiased variance over the inputs of unit 0 of `layer.out`; 0 where it is rounding."""
    square = moments.mean_sq(layer.out)
    if layer.out.shape[-1] == 1:
        return torch.zeros_like(square)
    variance = moments.variance_of_first_unit(layer.out)
    return torch.where(variance > 1e-24 * square, variance, torch.zeros_like(variance))


def log10(value: Tensor, log_scale: Tensor) -> Tensor:
    """log10 of value exp(2 log_scale); LOWEST for 0."""
    logs = value.log10() + 2 * log_scale / math.log(10)
    return torch.where(value > 0, logs, torch.full_like(logs, LOWEST))
