"""Fourth moment of a unit of a network of circular convolutions."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import representable, rescale
from simulate.quantities import moments
from simulate.registry import CACHE_BYTES, MOST_PER_BLOCK, experiment
from simulate.seeds import Stream
from simulate.setup import IID, ONE_LAW, Setup, SetupError, check_size


def taps(setup: Setup) -> int:
    """extra["kernel"]: how many neighbouring pixels a unit reads, at most all of them."""
    return setup.extra_whole("kernel", 1, 1, setup.n_inputs)


def _cost(setup: Setup) -> int:
    """Kernels drawn, and the products in units of one draw."""
    per_weight = taps(setup) * max(1, setup.n_inputs // 16)
    return setup.n_weights * per_weight + setup.widths[0] * setup.n_inputs


def _block(setup: Setup) -> int:
    """Networks per block: kernel and unfolded input of one layer stay in cache."""
    most = max(setup.widths)
    fit = max(1, CACHE_BYTES // (8 * most * taps(setup) * max(most, setup.n_inputs)))
    return int(min(MOST_PER_BLOCK, 1 << (fit.bit_length() - 1)))


def circular(x: Tensor, kernel: Tensor) -> Tensor:  # (R, C, n), (R, D, C, k) -> (R, D, n)
    """out_d(a) = sum_{c, m} kernel_{dcm} x_c(a + m), positions modulo n."""
    shifted = torch.stack([x.roll(-m, 2) for m in range(kernel.shape[3])], dim=2)  # (R, C, k, n)
    return torch.bmm(kernel.flatten(2), shifted.flatten(1, 2))


@experiment("convolution", columns=("mean_sq", "mean_fourth"), cost=_cost, replicates=_block)
def convolution(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over channels and pixels of the last layer of y^2 and y^4.

    widths are numbers of channels, n_inputs is the number of pixels on the circle, extra["kernel"]
    (1 unless set) the number of taps; y_l = K_l * phi(y_{l-1}), entries of K_l of variance gain
    over kernel times channels read. One network, with its own input, is one replicate. True scale.
    """
    setup.require("convolution", block="plain", norm="none", masks="own", fan="in", **ONE_LAW)
    if setup.weights not in IID:
        raise SetupError(f"convolution: weights must be one of {IID}; got {setup.weights!r}")
    k, most = taps(setup), max(setup.widths)
    check_size(replicates, most, k, max(most, setup.n_inputs))
    y = inputs.draw(setup, stream, replicates)
    log_scale = y.new_zeros(replicates)
    for layer in range(1, setup.depth + 1):
        if layer > 1 or setup.activate_input:
            y = activations.apply(setup, y)
        read, width = setup.widths[layer - 1 : layer + 1]
        std = math.sqrt(setup.weight_variance(layer) / k)
        y = circular(y, laws.iid(setup, stream, replicates, width, read, k, std=std))
        if activations.is_homogeneous(setup):
            y, log_scale = rescale(y, log_scale)
    scale_sq = torch.exp(2 * log_scale)
    second, fourth = moments.mean_sq(y), moments.mean_fourth(y)
    return {
        "mean_sq": representable(second * scale_sq, second),
        "mean_fourth": representable(fourth * scale_sq.square(), fourth),
    }
