"""What one network shows on several inputs: variance over the data, kurtosis, products of scales.

One replicate is one network with its whole data set: outputs of one network share its weights and
are no independent sample.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, networks
from simulate.logscale import representable
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown


def _needs_data(setup: Setup) -> None:
    if setup.n_inputs < 2:
        raise SetupError(f"n_inputs must be >= 2, a data set; got {shown(setup.n_inputs)}")


@experiment(
    "empirical_variance",
    columns=("variance", "variance_sq", "mean_sq", "above"),
    bounds=lambda setup: {"above": (0.0, 1.0)},
)
def empirical_variance(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """S^2, the unbiased variance of a unit over the data: its mean over units, that of its square.

    `mean_sq` is the mean of y^2 over units and inputs, not centred. `above`: whether S^2 of the
    first unit exceeds extra["threshold"], 0 unless set. Values at true scale, nan where that leaves
    the range of floats.
    """
    _needs_data(setup)
    level = torch.tensor(setup.extra_number("threshold", 0.0, 0.0, 1e300)).log()
    layer = networks.last(setup, stream, replicates)
    scale_sq = torch.exp(2 * layer.log_scale)
    of_units = moments.variance_over_inputs(layer.out)  # (R, N)
    mean, mean_of_sq = of_units.mean(1), of_units.square().mean(1)
    uncentred = moments.mean_sq(layer.out)
    return {
        "variance": representable(mean * scale_sq, mean),
        "variance_sq": representable(mean_of_sq * scale_sq.square(), mean_of_sq),
        "mean_sq": representable(uncentred * scale_sq, uncentred),
        "above": (of_units[:, 0].log() + 2 * layer.log_scale > level).to(mean.dtype),
    }


@experiment("variance_over_units", columns=("variance", "variance_sq"))
def variance_over_units(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Unbiased variance over the units of the last layer for one input, and its square.

    Units of one layer have weights of their own: given the layer below they are independent.
    """
    setup.require("variance_over_units", n_inputs=1)
    if setup.widths[-1] < 2:
        raise SetupError(f"widths[-1] must be >= 2, a sample; got {shown(setup.widths)}")
    layer = networks.last(setup, stream, replicates)
    scale_sq = torch.exp(2 * layer.log_scale)
    over_units = moments.variance_over_inputs(layer.out[:, :, 0])
    return {
        "variance": representable(over_units * scale_sq, over_units),
        "variance_sq": representable((over_units * scale_sq).square(), over_units),
    }


@experiment(
    "kurtosis_over_inputs",
    columns=("kurtosis",),
    bounds=lambda setup: {"kurtosis": (1.0, float(setup.n_inputs))},
)
def kurtosis_over_inputs(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """B sum_b y_b^4/(sum_b y_b^2)^2 over the B inputs of one network, mean over its units.

    Around zero, not around the mean. Between 1 and B; nan for a unit that is zero on all inputs.
    """
    _needs_data(setup)
    sq = networks.last(setup, stream, replicates).out.square()  # (R, N, B)
    ratio = setup.n_inputs * sq.square().sum(2) / sq.sum(2).square()
    return {"kurtosis": ratio.clamp(1.0, float(setup.n_inputs)).mean(1)}


@experiment("scale_pairs", columns=("pair", "scale"))
def scale_pairs(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """R_a R_b over pairs of inputs a != b, and R_a: means over the inputs of one network.

    R_a = gain times the mean over the units of the last layer of phi(y_i)^2 at input a: the
    variance of a unit one layer up.
    """
    _needs_data(setup)
    layer = networks.last(setup, stream, replicates)
    sq = activations.apply(setup, layer.out).square().mean(1) * setup.gain  # (R, B)
    total, n = sq.sum(1), setup.n_inputs
    pair = (total.square() - sq.square().sum(1)) / (n * (n - 1))
    scale_sq = torch.exp(2 * layer.log_scale)
    return {
        "pair": representable(pair * scale_sq.square(), pair),
        "scale": representable(total / n * scale_sq, total),
    }


@experiment("root_scale", columns=("root_mean_sq",))
def root_scale(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Root of the mean of y_i^2 over the units of the last layer, mean over the inputs."""
    layer = networks.last(setup, stream, replicates)
    root = layer.out.square().mean(1).sqrt().mean(1)
    return {"root_mean_sq": representable(root * torch.exp(layer.log_scale), root)}
