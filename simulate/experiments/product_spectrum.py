"""Products of weight matrices of linear networks: spectrum, moments, and growth of frames."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import laws, networks
from simulate.logscale import representable
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import ONE_LAW, Setup, SetupError, check_size, shown


def product(setup: Setup, stream: Stream, replicates: int) -> tuple[Tensor, Tensor]:
    """(R, n_L, n_0) end-to-end matrix P of linear networks, and its log scale (R,).

    P is what the literal network makes of the n_0 unit vectors; the truth is P exp(log_scale).
    """
    if setup.activation != "linear" or setup.block != "plain":
        raise SetupError(
            f"a product of weights needs a plain linear network; got {setup.activation!r},"
            f" {setup.block!r}"
        )
    check_size(replicates, setup.widths[0], setup.widths[0])
    unit = torch.eye(setup.widths[0], dtype=stream.dtype, device=stream.device)
    layer = networks.last(setup, stream, replicates, x=unit.expand(replicates, -1, -1))
    return layer.out, layer.log_scale


def _product_cost(setup: Setup) -> int:
    """Weights, and the product of each layer with an n_0-column matrix."""
    return setup.n_weights * (3 + setup.widths[0] // 64)


def _spectrum_cost(setup: Setup) -> int:
    n = setup.widths[-1]
    return _product_cost(setup) + 2 * n**2 * (10 + n // 16)


@experiment(
    "product_spectrum",
    columns=("fraction_below", "mean_singular", "mean_sq"),
    cost=_spectrum_cost,
    bounds=lambda setup: {"fraction_below": (0.0, 1.0)},  # k/n, rounded once
)
def product_spectrum(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Fraction of the singular values of P below extra["threshold"], their mean and mean square.

    Singular values carry an absolute error near 1e-16 sigma_max sqrt(L): thresholds far above that
    are safe at any depth, logarithms of the smallest values are not (use product_frames).
    """
    threshold = setup.extra_number("threshold", 1.0, 0.0, 1e300)
    matrix, log_scale = product(setup, stream, replicates)
    singular = torch.linalg.svdvals(matrix) * log_scale.exp().unsqueeze(1)  # (R, n)
    return {
        "fraction_below": (singular < threshold).to(singular.dtype).mean(1),
        "mean_singular": singular.mean(1),
        "mean_sq": singular.square().mean(1),
    }


@experiment(
    "product_moments", columns=("mean_sq", "mean_sq_squared", "mean_fourth"), cost=_product_cost
)
def product_moments(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """tr S/n, its square, and tr S^2/n for S = P P^T and n the output width; no spectrum needed.

    tr S^2 is the squared Frobenius norm of the smaller Gram matrix.
    """
    matrix, log_scale = product(setup, stream, replicates)
    n = matrix.shape[1]
    gram = matrix.transpose(1, 2) @ matrix
    scale_sq = torch.exp(2 * log_scale)
    second, fourth = matrix.square().flatten(1).sum(1), gram.square().flatten(1).sum(1)
    mean_sq = representable(second * scale_sq / n, second)
    return {
        "mean_sq": mean_sq,
        "mean_sq_squared": representable(mean_sq.square(), second),
        "mean_fourth": representable(fourth * scale_sq.square() / n, fourth),
    }


@experiment(
    "layer_moments",
    columns=("sum_fourth", "sq_sum_sq", "vector_fourth"),
    sampler="layer factors: one literal layer; the estimate multiplies the layers",
)
def layer_moments(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """tr S^2 and (tr S)^2 of one layer's S = W W^T, and |w|^4 of one column (mean of the columns).

    For one square linear layer. What it does to S = 1 and to S = e_1 e_1^T: where the law of W is
    rotation invariant, (E tr S^2, E (tr S)^2) is mapped linearly, and these two images determine
    the map, whose powers are deep products that no direct average reaches.
    """
    if setup.depth != 1 or setup.widths[0] != setup.widths[1] or setup.weights != "gaussian":
        raise SetupError(f"layer moments need one square Gaussian layer; got {shown(setup.widths)}")
    fields = {"activation": "linear", "block": "plain", "norm": "none", "masks": "own"}
    setup.require("layer moments", **fields, **ONE_LAW)
    weights = laws.weights(setup, stream, replicates, 1)
    gram = weights.transpose(1, 2) @ weights
    columns = torch.diagonal(gram, dim1=1, dim2=2)  # |w_j|^2
    return {
        "sum_fourth": gram.square().flatten(1).sum(1),
        "sq_sum_sq": columns.sum(1).square(),
        "vector_fourth": columns.square().mean(1),
    }


def _index(setup: Setup) -> int:
    """The direction whose growth is measured: extra["index"], 1 unless set."""
    return setup.extra_whole("index", 1, 1, min(setup.widths))


def _frames_cost(setup: Setup) -> int:
    """Weights, products with the frame, and one QR a layer."""
    k = _index(setup)
    return setup.n_weights + setup.depth * setup.widths[0] * k * (2 + k // 4)


@experiment(
    "product_frames", columns=("log_growth", "log_growth_sq", "log_volume"), cost=_frames_cost
)
def product_frames(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Log growth of a k-frame pushed through the layers, by QR accumulation; k = extra["index"].

    log_growth: sum over layers of log |R_kk|, the growth of the k-th direction orthogonal to the
    k - 1 before it. log_volume: the sum over directions 1..k, log of the k-volume; log |det P| at
    k = n, log ||P e_1|| at k = 1. Natural logs; nothing under- or overflows at any depth.
    """
    setup.require("product frames", activation="linear", block="plain", norm="none", masks="own")
    k = _index(setup)
    eye = torch.eye(setup.widths[0], k, dtype=stream.dtype, device=stream.device)
    frame = eye.expand(replicates, -1, -1)
    logs = torch.zeros(replicates, k, dtype=stream.dtype, device=stream.device)
    for layer in range(1, setup.depth + 1):
        frame, grown = orthonormalise(laws.weights(setup, stream, replicates, layer) @ frame)
        logs = logs + grown.log()
    growth = logs[:, -1]
    return {"log_growth": growth, "log_growth_sq": growth.square(), "log_volume": logs.sum(1)}


def orthonormalise(frame: Tensor) -> tuple[Tensor, Tensor]:
    """(R, n, k) frame -> orthonormal frame of the same flag, and |diag R| (R, k).

    For k = 1 a norm; else Householder QR.
    """
    if frame.shape[2] == 1:
        length = torch.linalg.vector_norm(frame, dim=1)  # (R, 1)
        return frame / length.unsqueeze(1), length
    q, r = torch.linalg.qr(frame)
    return q, torch.diagonal(r, dim1=-2, dim2=-1).abs()
