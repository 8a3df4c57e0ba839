"""Products of Householder reflections along directions uniform on the sphere."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown


def product(stream: Stream, replicates: int, size: int) -> Tensor:
    """(R, n, n) H_n ... H_1 with H_i = I - 2 v v^T/|v|^2, v standard normal in n dimensions."""
    unit = torch.eye(size, dtype=stream.dtype, device=stream.device)
    w = unit.repeat(replicates, 1, 1)
    for _ in range(size):
        v = stream.normal(replicates, size, 1)
        v = v / torch.linalg.vector_norm(v, dim=1, keepdim=True)
        w = torch.baddbmm(w, v, v.transpose(1, 2) @ w, alpha=-2)
    return w


def cost(setup: Setup) -> int:
    """n directions of n numbers, and the n products with an n x n matrix."""
    return setup.widths[0] ** 2 * (1 + setup.widths[0] // 4)


@experiment(
    "householder",
    columns=("diagonal", "diagonal_sq"),
    cost=cost,
    bounds=lambda setup: {"diagonal": (-1.0 - 1e-9, 1.0 + 1e-9), "diagonal_sq": (0.0, 1.0 + 1e-9)},
)
def householder(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Mean diagonal entry of W, and mean square of one, W a product of n reflections of n units.

    Reads the width only: the matrix is that of one square layer of unit gain.
    """
    if setup.depth != 1 or setup.widths[0] != setup.widths[1] or setup.weights != "haar":
        raise SetupError(f"reflections need one square orthogonal layer; got {shown(setup.widths)}")
    setup.require("reflections", gain=1.0, activation="linear", block="plain", norm="none")
    entries = torch.diagonal(product(stream, replicates, setup.widths[0]), dim1=1, dim2=2)
    return {"diagonal": entries.mean(1), "diagonal_sq": entries.square().mean(1)}
