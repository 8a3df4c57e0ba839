"""Weight laws, named with their variance and kurtosis; never a framework's default initialiser."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from simulate import metainit
from simulate.seeds import Stream
from simulate.setup import IID, Setup, SetupError

DRAWN_TOGETHER = 1 << 16  # numbers; half a megabyte


def kurtosis(setup: Setup) -> float:
    """E w^4 / (E w^2)^2 of one weight (non-excess); nan for haar, spiked and zero: no one law.

    Entries of a bottleneck are sums of `rank` products of two independent normals.
    """
    if setup.weights == "bottleneck":
        return 3 * (1 + 2 / setup.rank)
    table = {
        "gaussian": 3.0, "uniform": 9 / 5, "rademacher": 1.0, "haar": math.nan, "zero": math.nan,
        "spiked": math.nan, "mirrored": 3.0,
    }  # fmt: skip
    return table.get(setup.weights, setup.weight_kurtosis)


def iid(setup: Setup, stream: Stream, *shape: int, law: str = "", std: float = 1.0) -> Tensor:
    """Iid entries of variance std^2 of the set-up's weight law (or `law`), in memory of their own.

    What is drawn is shaped in place: fresh memory costs as much as the arithmetic.
    """
    law = law or setup.weights
    if law == "gaussian":
        return stream.normal(*shape, std=std)
    if law == "uniform":
        return stream.uniform(*shape).sub_(1 / 2).mul_(math.sqrt(12) * std)
    if law == "rademacher":
        return stream.signs(*shape).mul_(std)
    if law == "three_point":
        # +-sqrt(k) std with probability 1/(2k) each, else 0: kurtosis k
        k = setup.weight_kurtosis
        edge = max((1 - 1 / k) / 2, 1e-300)  # of what becomes 0, from the middle
        u = stream.uniform(*shape).sub_(1 / 2).div_(edge).trunc_().clamp_(-1, 1)
        return u.mul_(math.sqrt(k) * std)
    raise ValueError(f"weights {law!r} are not iid")


# --- laws of a whole matrix ------------------------------------------------------------------


def haar(stream: Stream, replicates: int, rows: int, columns: int) -> Tensor:
    """(R, rows, columns) semi-orthogonal, Haar: QR of a Gaussian, signs of diag(R) fixed."""
    big, small = max(rows, columns), min(rows, columns)
    q, r = torch.linalg.qr(stream.normal(replicates, big, small))
    tall: Tensor = q * torch.sign(torch.diagonal(r, dim1=-2, dim2=-1)).unsqueeze(-2)
    return tall if rows >= columns else tall.transpose(-1, -2)


def mirrored(stream: Stream, replicates: int, rows: int, columns: int) -> Tensor:
    """(R, rows, columns) [[W, -W], [-W, W]] with W iid standard normal; even sizes.

    relu(u) - relu(-u) = u: a ReLU network of such layers is a linear one of half the width.
    """
    if rows % 2 or columns % 2:
        raise SetupError(f"widths must be even for mirrored weights; got {columns} -> {rows}")
    block = stream.normal(replicates, rows // 2, columns // 2)
    right = torch.cat([block, -block], dim=2)
    return torch.cat([right, -right], dim=1)


def bottleneck(stream: Stream, replicates: int, rows: int, columns: int, rank: int) -> Tensor:
    """(R, rows, columns) V U/sqrt(rank), U and V iid standard normal: entry variance 1."""
    u = stream.normal(replicates, rank, columns)
    return (stream.normal(replicates, rows, rank) @ u).mul_(1 / math.sqrt(rank))


def add_spike(w: Tensor, size: float) -> Tensor:
    """(R, m, n) W + size u v^T in place, u and v of length 1 with equal entries.

    As good as any other directions where the law of W knows no direction.
    """
    return w.add_(size / math.sqrt(w.shape[-2] * w.shape[-1]))


def zero(rows: int, columns: int) -> Tensor:
    """(rows, columns) of ZerO: ones on the diagonal if rows <= columns, else a Hadamard block.

    The block is the corner of the Hadamard matrix of order 2^k, k = ceil(log2 rows), divided by
    2^{k/2}: orthonormal columns where rows = 2^k.
    """
    if rows <= columns:
        return torch.eye(rows, columns, dtype=torch.float64)
    h = torch.ones(1, 1, dtype=torch.float64)
    while len(h) < rows:
        h = torch.cat([torch.cat([h, h], 1), torch.cat([h, -h], 1)], 0)
    return h[:rows, :columns] / math.sqrt(len(h))


# --- layers ----------------------------------------------------------------------------------


def all_weights(setup: Setup, stream: Stream, replicates: int) -> Iterator[Tensor]:
    """The (R, n_l, n_{l-1}) weights of layers l = 1..L in turn, as `weights` has them.

    Tuned by MetaInit where the set-up says so. Equal layers of a small network are drawn together:
    at width 10 the calls cost more than the numbers.
    """
    before = drawn(setup, stream, replicates)
    yield from metainit.tuned(setup, stream, list(before)) if setup.tuning else before


def drawn(setup: Setup, stream: Stream, replicates: int) -> Iterator[Tensor]:
    """All layers in turn as they are before any tuning."""
    layer = 1
    while layer <= setup.depth:
        shape = setup.widths[layer - 1 : layer + 1]
        most = max(1, DRAWN_TOGETHER // (replicates * shape[0] * shape[1]))
        kind = setup.law_of(layer), setup.gain_of(layer)
        run = 1
        while (
            run < most
            and layer + run <= setup.depth
            and setup.widths[layer + run - 1 : layer + run + 1] == shape
            and (setup.law_of(layer + run), setup.gain_of(layer + run)) == kind
        ):
            run += 1
        if kind[0] not in IID or run == 1:
            yield _layer(setup, stream, replicates, layer)
            layer += 1
            continue
        std = math.sqrt(setup.weight_variance(layer))
        yield from iid(setup, stream, run, replicates, *reversed(shape), law=kind[0], std=std)
        layer += run


def weights(setup: Setup, stream: Stream, replicates: int, layer: int) -> Tensor:
    """(R, n_l, n_{l-1}) weights of layer l = 1..L, entry variance setup.weight_variance(l)."""
    if setup.tuning:
        raise SetupError(f"tuning must be 0 where layers are drawn one by one; got {setup.tuning}")
    return _layer(setup, stream, replicates, layer)


def _layer(setup: Setup, stream: Stream, replicates: int, layer: int) -> Tensor:
    n_in, n_out = setup.widths[layer - 1], setup.widths[layer]
    std, law = math.sqrt(setup.weight_variance(layer)), setup.law_of(layer)
    if law in IID:
        return iid(setup, stream, replicates, n_out, n_in, law=law, std=std)
    if law == "haar":
        scale = std * math.sqrt(max(n_in, n_out))
        return haar(stream, replicates, n_out, n_in).mul_(scale)
    if law == "zero":
        entries = zero(n_out, n_in).to(stream.device, stream.dtype)
        return entries.mul_(math.sqrt(setup.gain_of(layer))).repeat(replicates, 1, 1)
    if law == "mirrored":
        return mirrored(stream, replicates, n_out, n_in).mul_(std)
    if law == "spiked":
        w = iid(setup, stream, replicates, n_out, n_in, law="gaussian", std=std)
        return add_spike(w, setup.spike)
    if law == "bottleneck":
        return bottleneck(stream, replicates, n_out, n_in, setup.rank).mul_(std)
    raise ValueError(f"weights {law!r} have no sampler")
