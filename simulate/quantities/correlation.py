"""Correlation between the nodes of a layer: the vanishing node indicator and its two traces.

Three quantities carry the same name in the literature; the functions here take what each needs:
a covariance over inputs (`vni` of `covariance_over_inputs`, or `vni_from_inputs`, without the bias
of few inputs), or a Jacobian (`vni` of `gram`).
"""

from __future__ import annotations

import torch
from torch import Tensor

ROUNDING = 1e-9  # a ratio of two float sums may step over 1 by far less
FEWEST = 4  # four different inputs enter the unbiased estimates


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
    """tr C^2 / (tr C)^2, in [1/N, 1], at any scale of C; 0 where C = 0, to be counted apart."""
    cov = unit_peak(cov)
    total = trace(cov)
    return torch.where(total == 0, 0.0, sum_sq(cov) / total.square())


def unit_peak(matrix: Tensor) -> Tensor:  # (..., m, n) -> (..., m, n)
    """Each matrix times the power of two that brings its largest entry into [1/2, 1). Exact."""
    exponent = torch.frexp(matrix.abs().amax((-2, -1), keepdim=True)).exponent.to(matrix.dtype)
    half = torch.floor(exponent / 2)  # 2^1074 is no float, its root is
    return (matrix * torch.exp2(-half)).mul_(torch.exp2(half - exponent))


def coefficients(cov: Tensor) -> Tensor:  # (..., N, N) -> (..., N, N)
    """rho_ij = C_ij / sqrt(C_ii C_jj); nan where a node is dead."""
    scale = torch.diagonal(cov, dim1=-2, dim2=-1).rsqrt()
    return cov * scale.unsqueeze(-1) * scale.unsqueeze(-2)


def covariance_over_inputs(y: Tensor) -> Tensor:  # (R, N, B) -> (R, N, N)
    """Centred sample covariance of the nodes over B inputs; its VNI is biased by about +1/(B-1)."""
    centred = y - y.mean(-1, keepdim=True)
    return centred @ centred.transpose(-1, -2) / (y.shape[-1] - 1)


def unbiased_traces(y: Tensor) -> tuple[Tensor, Tensor]:  # (..., N, B) -> (...), (...)
    """Unbiased estimates of tr C^2 and (tr C)^2, C the covariance of the nodes, from B iid inputs.

    With g_ij the inner products of centred inputs and d_ij = |y_i - y_j|^2/2, the means over
    distinct inputs of g_12^2 - 2 g_12 g_13 + g_12 g_34 and of d_12 d_34. No bias for any law of the
    nodes that has fourth moments. That of tr C^2 may be negative in one sample. At true scale.
    Raises ValueError for fewer than 4 inputs. Source: derived in theory, claim vn.eq3.estimator.
    """
    if y.shape[-1] < FEWEST:
        raise ValueError(f"inputs: at least {FEWEST} for an estimate without bias; got "
                         f"{y.shape[-1]}")  # fmt: skip
    centred = y - y.mean(-1, keepdim=True)
    inner = centred.transpose(-1, -2) @ centred  # (..., B, B)
    norms = torch.diagonal(inner, dim1=-2, dim2=-1)
    distance = (norms.unsqueeze(-1) + norms.unsqueeze(-2)) / 2 - inner
    single, chain, apart = means_over_distinct(inner)
    return single - 2 * chain + apart, means_over_distinct(distance)[2]


def vni_from_inputs(y: Tensor) -> Tensor:  # (..., N, B) -> (...)
    """VNI tr C^2/(tr C)^2 of the nodes from B >= 4 iid inputs: the ratio of `unbiased_traces`.

    Both traces are free of bias, their ratio to first order in 1/B; the plug-in value (`vni` of
    `covariance_over_inputs`) is about 1/(B-1) too high and never below it. Not confined to
    [1/N, 1]. Free of scale; nan where all inputs are equal.
    """
    sum_of_squares, squared_trace = unbiased_traces(unit_peak(y - y.mean(-1, keepdim=True)))
    return sum_of_squares / squared_trace


def means_over_distinct(pairs: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # (..., B, B) -> (...)
    """Means of g_ij^2, g_ij g_ik and g_ij g_kl over distinct inputs, g symmetric, B >= 4."""
    m = pairs.shape[-1]
    off = pairs - torch.diag_embed(torch.diagonal(pairs, dim1=-2, dim2=-1))
    rows = off.sum(-1)
    squares, of_rows = off.square().sum((-1, -2)), rows.square().sum(-1)
    everything = rows.sum(-1).square()
    triples, fours = m * (m - 1) * (m - 2), m * (m - 1) * (m - 2) * (m - 3)
    return (
        squares / (m * (m - 1)),
        (of_rows - squares) / triples,
        (everything - 4 * of_rows + 2 * squares) / fours,
    )
