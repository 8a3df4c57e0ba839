"""Weight laws, named with their variance and kurtosis; never a framework's default initialiser."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from simulate.seeds import Stream
from simulate.setup import Setup

DRAWN_TOGETHER = 1 << 16  # numbers; half a megabyte


def kurtosis(setup: Setup) -> float:
    """E w^4 / (E w^2)^2 of one weight (non-excess); for haar that of one entry is not iid: nan."""
    table = {"gaussian": 3.0, "uniform": 9 / 5, "rademacher": 1.0, "haar": math.nan}
    return table.get(setup.weights, setup.weight_kurtosis)


def standard(setup: Setup, stream: Stream, *shape: int) -> Tensor:
    """Iid entries of variance 1 of the set-up's weight law (not for haar), in memory of their own.

    What is drawn is shaped in place: fresh memory costs as much as the arithmetic.
    """
    if setup.weights == "gaussian":
        return stream.normal(*shape)
    if setup.weights == "uniform":
        return stream.uniform(*shape).mul_(2).sub_(1).mul_(math.sqrt(3))
    if setup.weights == "rademacher":
        return stream.signs(*shape)
    if setup.weights == "three_point":
        # +-sqrt(k) with probability 1/(2k) each, else 0: variance 1, kurtosis k
        u = stream.uniform(*shape)
        k = setup.weight_kurtosis
        low, high = (u < 1 / (2 * k)).to(u.dtype), (u > 1 - 1 / (2 * k)).to(u.dtype)
        return low.sub_(high).mul_(math.sqrt(k))
    raise ValueError(f"weights {setup.weights!r} are not iid")


def haar(stream: Stream, replicates: int, rows: int, columns: int) -> Tensor:
    """(R, rows, columns) semi-orthogonal, Haar: QR of a Gaussian, signs of diag(R) fixed."""
    big, small = max(rows, columns), min(rows, columns)
    q, r = torch.linalg.qr(stream.normal(replicates, big, small))
    tall: Tensor = q * torch.sign(torch.diagonal(r, dim1=-2, dim2=-1)).unsqueeze(-2)
    return tall if rows >= columns else tall.transpose(-1, -2)


def all_weights(setup: Setup, stream: Stream, replicates: int) -> Iterator[Tensor]:
    """The (R, n_l, n_{l-1}) weights of layers l = 1..L in turn, as `weights` has them.

    Equal layers of a small network are drawn together: at width 10 the calls cost more than the
    numbers.
    """
    layer = 1
    while layer <= setup.depth:
        shape = setup.widths[layer - 1 : layer + 1]
        most = max(1, DRAWN_TOGETHER // (replicates * shape[0] * shape[1]))
        run = 1
        while (
            run < most
            and layer + run <= setup.depth
            and setup.widths[layer + run - 1 : layer + run + 1] == shape
        ):
            run += 1
        if setup.weights == "haar" or run == 1:
            yield weights(setup, stream, replicates, layer)
            layer += 1
            continue
        scale = math.sqrt(setup.weight_variance(layer))
        yield from standard(setup, stream, run, replicates, shape[1], shape[0]).mul_(scale)
        layer += run


def weights(setup: Setup, stream: Stream, replicates: int, layer: int) -> Tensor:
    """(R, n_l, n_{l-1}) weights of layer l = 1..L, entry variance setup.weight_variance(l)."""
    n_in, n_out = setup.widths[layer - 1], setup.widths[layer]
    variance = setup.weight_variance(layer)
    if setup.weights == "haar":
        scale = math.sqrt(variance * max(n_in, n_out))
        return haar(stream, replicates, n_out, n_in).mul_(scale)
    return standard(setup, stream, replicates, n_out, n_in).mul_(math.sqrt(variance))
