"""One network as a picture: squared correlations between the nodes of its last layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from simulate import jacobians
from simulate.quantities import correlation
from simulate.registry import check_arguments
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, is_whole, shown

MOST_NODES = 40


@dataclass(frozen=True)
class NodeMap:
    """vni: tr C^2/(tr C)^2 over all nodes. rho_sq: (k, k), rho_ij^2 of the first k of them."""

    vni: float
    rho_sq: np.ndarray


def check_nodes(setup: Setup) -> None:
    """Raise SetupError unless there are two nodes of which none can be dead."""
    n = setup.widths[-1]
    if n < 2 or setup.activation not in ("linear", "leaky_relu", "tanh"):
        raise SetupError(
            f"a map needs two nodes that are alive; got {n} of {shown(setup.activation)}"
        )


def node_map(
    setup: Setup,
    *,
    seed: int,
    check: str,
    nodes: int = MOST_NODES,
    device: str = "cpu",
    dtype: str = "float64",
) -> NodeMap:
    """The map of one literal network, C = J J^T at one input, of its first `nodes` nodes at most.

    Of a linear network C is the covariance over any isotropic input. The result depends on the
    arguments only. Raises SetupError for one that breaks a rule.
    """
    check_arguments(setup, seed, check, device, dtype)
    check_nodes(setup)
    if not is_whole(nodes, 2, MOST_NODES):
        raise SetupError(f"nodes must be an integer in 2..{MOST_NODES}; got {shown(nodes)}")
    stream = Stream(seed, check, 0, device=device, dtype=getattr(torch, dtype))
    with torch.inference_mode():
        jacobian = jacobians.end_to_end(setup, stream, 1).matrix[0]  # (n_L, n_0)
        seen = jacobian[:nodes]
        rho = correlation.coefficients(seen @ seen.T)
        vni = correlation.vni(correlation.gram(jacobian))
    rho_sq = rho.square().clamp(max=1).to("cpu", torch.float64).numpy().copy()
    return NodeMap(float(vni), rho_sq)
