"""Moments over the units of a layer, and variances over data."""

from __future__ import annotations

import torch
from torch import Tensor


def mean_sq(y: Tensor) -> Tensor:  # (R, N, B) -> (R,)
    """Mean of y_i^2 over units and inputs."""
    return y.square().flatten(1).mean(1)


def mean_fourth(y: Tensor) -> Tensor:  # (R, N, B) -> (R,)
    """Mean of y_i^4 over units and inputs."""
    return y.square().square().flatten(1).mean(1)


def mean_pair_sq(y: Tensor) -> Tensor:  # (R, N, B) -> (R,)
    """Mean of y_i^2 y_j^2 over ordered pairs i != j and inputs; nan for one unit."""
    n = y.shape[1]
    if n < 2:
        return torch.full((y.shape[0],), torch.nan, dtype=y.dtype, device=y.device)
    sq = y.square()
    total = sq.sum(1).square() - sq.square().sum(1)  # (R, B)
    return total.mean(1) / (n * (n - 1))


def log_norm_sq(y: Tensor, log_scale: Tensor) -> Tensor:  # (R, N, B), (R,) -> (R,)
    """Natural log of the squared norm over units and inputs; -inf for a dead network."""
    return y.square().flatten(1).sum(1).log() + 2 * log_scale


def variance_over_inputs(y: Tensor) -> Tensor:  # (..., B) -> (...)
    """Unbiased variance over the last axis, from sums (torch.var is twenty times slower on a CPU).

    Where the mean is so large against the spread that the sums lose six digits or more, the values
    are shifted by the first one beforehand.
    """
    n = float(y.shape[-1])
    total, sq = _sums(y)
    centred = torch.addcmul(sq, total, total, value=-1 / n)
    if bool((centred < 1e-6 * sq).any()):
        total, sq = _sums(y - y[..., :1])
        centred = torch.addcmul(sq, total, total, value=-1 / n)
    return centred / (n - 1)


def variance_of_first_unit(y: Tensor) -> Tensor:  # (R, N, B) -> (R,)
    """S^2: unbiased variance over the inputs of unit 0, no average over units."""
    return variance_over_inputs(y[:, 0])


def _sums(y: Tensor) -> tuple[Tensor, Tensor]:  # (..., B) -> (...) each
    """Sum and sum of squares over the last axis."""
    norm: Tensor = torch.linalg.vector_norm(y, dim=-1)
    return y.sum(-1), norm * norm
