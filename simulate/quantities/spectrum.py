"""Singular values of a Jacobian, and what is read off them."""

from __future__ import annotations

import torch
from torch import Tensor


def singular_values(jacobian: Tensor) -> Tensor:  # (..., m, n) -> (..., min(m, n))
    """Singular values, largest first."""
    values: Tensor = torch.linalg.svdvals(jacobian)
    return values


def eigenvalue_moment(singular: Tensor, order: int) -> Tensor:  # (..., k) -> (...)
    """m_order: mean over the k eigenvalues s^2 of their power `order`; not centred."""
    return singular.square().pow(order).mean(-1)


def participation_ratio(singular: Tensor) -> Tensor:  # (..., k) -> (...)
    """(sum s^2)^2 / sum s^4: how many directions carry the variance; 1/VNI, at most the rank."""
    sq = singular.square()
    return sq.sum(-1).square() / sq.square().sum(-1)


def effective_rank(singular: Tensor, threshold: float) -> Tensor:  # (..., k) -> (...)
    """How many singular values exceed `threshold` times the largest one."""
    return (singular > threshold * singular.amax(-1, keepdim=True)).sum(-1).to(singular.dtype)


def qm_norm(singular: Tensor) -> Tensor:  # (..., k) -> (...)
    """Quadratic mean of the singular values: root of m_1."""
    return singular.square().mean(-1).sqrt()
