"""Correlation of the nodes of the last layer, from the Jacobian at one input."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import jacobians
from simulate.logscale import representable
from simulate.quantities import correlation
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup


def product_cost(setup: Setup) -> int:
    """Weights drawn, and the product with an n_0-column matrix in units of one draw."""
    per_weight = 1 + setup.widths[0] / 64
    if setup.weights == "haar":  # one QR a layer
        per_weight += 2
    return round(setup.n_weights * per_weight)


@experiment(
    "node_correlation",
    columns=("sum_sq_cov", "sq_trace", "vni", "vni_sq", "trace", "log_trace", "alive"),
    cost=product_cost,
    bounds=lambda setup: {
        "vni": (0.0, 1.0 + correlation.ROUNDING),
        "vni_sq": (0.0, (1.0 + correlation.ROUNDING) ** 2),
        "alive": (0.0, 1.0),
    },
)
def node_correlation(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """tr C^2, (tr C)^2 and their ratio for C = J J^T, J the end-to-end Jacobian of one network.

    `sum_sq_cov`, `sq_trace` and `trace` are at true scale, so that means over networks are annealed
    means; they are nan (never a silent zero) where a living network leaves the range of floats.
    `vni` is the ratio of one network, free of scale: its mean is the quenched mean; `vni_sq` its
    square. A dead network
    (J = 0) has alive = 0, vni = 0 and log_trace = -inf, so that E vni / E alive is the mean given
    J != 0.
    """
    jacobian = jacobians.end_to_end(setup, stream, replicates)
    cov = correlation.gram(jacobian.matrix)
    total = correlation.trace(cov)
    alive = (total > 0).to(cov.dtype)
    log_trace = total.log() + 2 * jacobian.log_scale
    trace = representable(torch.exp(log_trace), alive)
    sq_trace = representable(torch.exp(2 * log_trace), alive)
    vni = correlation.vni(cov)
    return {
        "sum_sq_cov": vni * sq_trace,
        "sq_trace": sq_trace,
        "vni": vni,
        "vni_sq": vni.square(),
        "trace": trace,
        "log_trace": log_trace,
        "alive": alive,
    }
