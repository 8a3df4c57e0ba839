"""Scales of a signal and of its gradients from norms alone, at any width: no weight is drawn.

Every replicate is one network: the law of its norms is that of a literal one, heavy tails and dead
networks included (simulate/exact/radial.py). One input; Gaussian weights.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import torch
from torch import Tensor

from simulate.exact import radial
from simulate.experiments.layer_factors import COST_OF_A_FACTOR
from simulate.logscale import representable
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, check_size

SAMPLER = "radial, exact in law: norms only, a binomial and chi-square draws a layer, no weight"


def _cost(setup: Setup) -> int:
    return COST_OF_A_FACTOR * setup.depth


def _cost_both(setup: Setup) -> int:
    return 2 * _cost(setup)


def _block(setup: Setup) -> int:
    """Networks per block: the norms of all their layers fit in memory."""
    return max(8, 1 << (min(1024, (1 << 22) // setup.depth).bit_length() - 1))


@experiment(
    "radial_moments",
    columns=("mean_sq", "mean_fourth"),
    sampler=SAMPLER,
    cost=_cost,
    replicates=_block,
)
def radial_moments(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Two columns of `unit_moments`, the last layer's weights integrated out: R and 3 R^2.

    R = v_L |x_{L-1}|^2, v the variance of a weight: a unit of the last layer is N(0, R) given the
    layers below. The means of the columns are those of `unit_moments`; values at true scale.
    """
    *_, below = itertools.islice(radial.forward(setup, stream, replicates), setup.depth)
    log_r = below.log_read + math.log(setup.weight_variance(setup.depth))
    return {"mean_sq": _true(log_r), "mean_fourth": 3 * _true(2 * log_r)}


@experiment(
    "radial_scales",
    columns=("out_sq", "input_grad_sq", "weight_grad_sq"),
    sampler=SAMPLER,
    cost=_cost_both,
    replicates=_block,
)
def radial_scales(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """The columns of `signal_scales` that one input has, equal in law to those at one input.

    Means over entries of x_L^2, of (dC/dx_0)^2 and of (dC/dW_l)^2 = (dC/dh_l)^2 (x_{l-1})^2, with
    dC/dx_L ~ N(0, I) independent of the network and l = extra["index"], 1 unless set.
    """
    setup.require("radial scales", activate_input=False)
    wanted = setup.extra_whole("index", 1, 1, setup.depth)
    check_size(replicates, 4, setup.depth + 1)
    layers = list(radial.forward(setup, stream, replicates))
    gradients = list(radial.backward(setup, stream, layers))[::-1]
    widths = [math.log(n) for n in setup.widths]
    return {
        "out_sq": _true(layers[-1].log_read - widths[-1]),
        "input_grad_sq": _true(gradients[0] - widths[0]),
        "weight_grad_sq": _true(
            gradients[wanted] - widths[wanted] + (layers[wanted - 1].log_read - widths[wanted - 1])
        ),
    }


def _true(log: Tensor) -> Tensor:
    """exp(log), 0 for a dead network; nan where it leaves the range of floats."""
    return representable(log.exp(), torch.isfinite(log))
