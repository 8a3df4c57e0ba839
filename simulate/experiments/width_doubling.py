"""The VNI of networks of one width and of twice that width: what is left without the 1/N term."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from torch import Tensor

from simulate.experiments import input_covariance as over_inputs
from simulate.experiments import node_correlation as at_one_input
from simulate.registry import cache_block, experiment
from simulate.seeds import Stream
from simulate.setup import Setup


def doubled(setup: Setup) -> Setup:
    """The same network with all widths doubled."""
    return dataclasses.replace(setup, widths=tuple(2 * n for n in setup.widths))


def cost(setup: Setup) -> int:
    """Both networks."""
    one = at_one_input.product_cost if setup.n_inputs == 1 else over_inputs.cost
    return one(setup) + one(doubled(setup))


@experiment(
    "width_doubling",
    columns=("sum_sq_narrow", "sq_trace_narrow", "sum_sq_wide", "sq_trace_wide"),
    cost=cost,
    replicates=lambda setup: cache_block(doubled(setup)),
)
def width_doubling(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """tr C^2 and (tr C)^2 of a network, and of an independent one whose widths are all doubled.

    One input: C = J J^T, as in `node_correlation`. Four or more: C over the inputs of the network,
    estimated without bias, as in `input_covariance`. At true scale. If N times the ratio of means
    is c + a/N + O(1/N^2), twice the one at 2N less the one at N is c + O(1/N^2).
    """
    found: dict[str, Tensor] = {}
    for name, sized in (("narrow", setup), ("wide", doubled(setup))):
        if setup.n_inputs == 1:
            columns = at_one_input.node_correlation(sized, stream, replicates)
            pair = (columns["sum_sq_cov"], columns["sq_trace"])
        else:
            columns = over_inputs.input_covariance(sized, stream, replicates)
            pair = (columns["sum_sq_unbiased"], columns["sq_trace_unbiased"])
        found[f"sum_sq_{name}"], found[f"sq_trace_{name}"] = pair
    return found
