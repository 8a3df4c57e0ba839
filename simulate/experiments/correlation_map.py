"""Correlation coefficients between the nodes of the last layer, and how the VNI grows to it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import jacobians
from simulate.experiments.node_correlation import product_cost
from simulate.maps import check_nodes
from simulate.quantities import correlation
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup


@experiment(
    "correlation_map",
    columns=("rho_sq", "rho_abs", "growth"),
    cost=product_cost,
    bounds=lambda setup: {
        "rho_sq": (0.0, 1.0 + correlation.ROUNDING),
        "rho_abs": (0.0, 1.0 + correlation.ROUNDING),
        "growth": (-1.0, 1.0 + correlation.ROUNDING),
    },
)
def correlation_map(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over pairs of nodes of rho_ij^2 and |rho_ij|, C = J J^T; VNI less that at depth L/2.

    One network at one input, at least two nodes; no node may be dead (linear, leaky ReLU). L/2 is
    rounded down; depth 0 is the input, whose VNI is 1/n_0.
    """
    check_nodes(setup)
    half = torch.full((replicates,), 1 / setup.widths[0], dtype=stream.dtype, device=stream.device)
    for jacobian in jacobians.cumulative(setup, stream, replicates):
        if jacobian.layer == setup.depth // 2:
            half = correlation.vni(correlation.gram(jacobian.matrix))
    cov = jacobian.matrix @ jacobian.matrix.transpose(-1, -2)  # (R, n, n)
    rho = correlation.coefficients(cov)
    off = rho - torch.diag_embed(torch.diagonal(rho, dim1=-2, dim2=-1))
    pairs = setup.widths[-1] * (setup.widths[-1] - 1)
    return {
        "rho_sq": off.square().sum((-1, -2)) / pairs,
        "rho_abs": off.abs().sum((-1, -2)) / pairs,
        "growth": correlation.vni(cov) - half,
    }
