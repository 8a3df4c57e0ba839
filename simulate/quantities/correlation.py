"""Correlation between the nodes of a layer: the vanishing node indicator and its two traces.

Three quantities carry the same name in the literature; the functions here take what each needs:
a covariance over inputs (`vni` of `covariance_over_inputs`), or a Jacobian (`vni` of `gram`).
"""

from __future__ import annotations

import torch
from torch import Tensor

ROUNDING = 1e-9  # a ratio of two float sums may step over 1 by far less


def gram(jacobian: Tensor) -> Tensor:  # (..., m, n) -> (..., k, k), k = min(m, n)
    """J J^T or J^T J, whichever is smaller: both have the same traces of powers."""
    wide = jacobian.shape[-2] <= jacobian.shape[-1]
    transposed = jacobian.transpose(-1, -2)
    return jacobian @ transposed if wide else transposed @ jacobian


def trace(cov: Tensor) -> Tensor:  # (..., N, N) -> (...)
    """tr C."""
    return torch.diagonal(cov, dim1=-2, dim2=-1).sum(-1)


def sum_sq(cov: Tensor) -> Tensor:  # (..., N, N) -> (...)
    """tr C^2 = sum_ij C_ij^2 of a symmetric C."""
    return cov.square().sum((-1, -2))


def vni(cov: Tensor) -> Tensor:  # (..., N, N) -> (...)
    """tr C^2 / (tr C)^2, in [1/N, 1]; 0 where C = 0, which the caller must count apart."""
    total = trace(cov)
    return torch.where(total > 0, sum_sq(cov) / total.square().clamp_min(1e-300), 0.0)


def coefficients(cov: Tensor) -> Tensor:  # (..., N, N) -> (..., N, N)
    """rho_ij = C_ij / sqrt(C_ii C_jj); nan where a node is dead."""
    scale = torch.diagonal(cov, dim1=-2, dim2=-1).rsqrt()
    return cov * scale.unsqueeze(-1) * scale.unsqueeze(-2)


def covariance_over_inputs(y: Tensor) -> Tensor:  # (R, N, B) -> (R, N, N)
    """Centred sample covariance of the nodes over B inputs; its VNI is biased by about +1/(B-1)."""
    centred = y - y.mean(-1, keepdim=True)
    return centred @ centred.transpose(-1, -2) / (y.shape[-1] - 1)
