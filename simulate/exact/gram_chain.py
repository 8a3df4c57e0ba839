"""Several inputs of one network and their gradients, without weights: what n vectors can see of W.

Exact in law at every width, for plain layers, Gaussian weights and an activation of the ReLU
family; a layer of N units costs O(N (B + M)^2) for B inputs and M gradients instead of N^2 weights.

Letters: h_l = W_l x_{l-1}, x_l = phi(h_l); the entries of W_l are N(0, v_l). X is the matrix of
what layer l reads, one column an input, X = Q C with orthonormal columns in Q (thin QR; a column of
X that adds no direction gives a zero column of Q).

Forward. W Q = sqrt(v) G, and the entries of G are iid N(0, 1) whatever X is, for Q is a function of
the layers below only. So h = sqrt(v) G C: N normals an input, exact for joint angles as for norms.

Backward. Given the forward pass, W = sqrt(v) (G Q^T + V (1 - Q Q^T)): the pass has fixed W on the
span of Q, and on the complement V is a Gaussian matrix independent of the pass and of the layers
above. The gradients D at the layer above are a function of those, so for D = P S (thin QR again)
V^T D = F S with iid N(0, 1) entries in F, and

    W^T D = sqrt(v) (Q G^T D + (1 - Q Q^T) F S).

The first term pulls back along what the forward pass has seen: without it x_l.d_l would not be the
output (Euler), and a network's gradients would not know its activations. Then D_l = diag phi'(h_l)
acts. The state is the pair (h_l, Q_l) of vectors, not the two Gram matrices: the forward Gram
matrix alone is a Markov chain, the joint process needs the masks.

The Gram matrix is never factored: where inputs become parallel it is singular to rounding long
before X is. Gram-Schmidt, twice, keeps directions down to a few units of rounding.

Vectors are rows here, (R, B, N), R networks: for a pair that is faster than columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from simulate import activations, inputs
from simulate.logscale import rescale
from simulate.seeds import Stream
from simulate.setup import HOMOGENEOUS, ONE_LAW, Setup, SetupError, check_size

UNITS_OF_ROUNDING = 4  # a remainder below this, relative to the vector, is no direction


@dataclass(frozen=True)
class Layer:
    """h_l of R networks at B inputs, l = 0 being the inputs, and what W_l was asked for.

    out: (R, B, n_l); the true values are `out * exp(log_scale)`, log_scale (R,).
    frame: (R, B, n_{l-1}), Q of what the layer reads; image: (R, B, n_l), G. None at l = 0.
    """

    index: int
    out: Tensor
    log_scale: Tensor
    frame: Tensor | None = None
    image: Tensor | None = None


@dataclass(frozen=True)
class Gradient:
    """df/dh_l at B inputs for K readouts, (R, B, K, n_l): `vectors * exp(log_scale)`."""

    index: int
    vectors: Tensor
    log_scale: Tensor


def forward(setup: Setup, stream: Stream, replicates: int) -> Iterator[Layer]:
    """Yield the inputs and the layers 1..L of `replicates` networks.

    Raises SetupError where the sampler is not equal in law.
    """
    _check(setup)
    check_size(replicates, setup.n_inputs, max(setup.widths), 3 * setup.depth)
    h = inputs.draw(setup, stream, replicates).transpose(1, 2).contiguous()
    log_scale = torch.zeros(replicates, dtype=h.dtype, device=h.device)
    yield Layer(0, h, log_scale)
    for index, width in enumerate(setup.widths[1:], start=1):
        q, c = orthogonal(activations.apply(setup, h) if index > 1 or setup.activate_input else h)
        g = stream.normal(replicates, setup.n_inputs, width)
        c, log_scale = rescale(c, log_scale + 0.5 * math.log(setup.weight_variance(index)))
        h = c @ g
        yield Layer(index, h, log_scale, q, g)


def backward(
    setup: Setup, stream: Stream, layers: list[Layer], readouts: int = 1
) -> Iterator[Gradient]:
    """Yield the gradients at l = L, ..., 0 of the networks whose `layers` 0..L are given.

    f = r.phi(h_L) for each of `readouts` vectors r ~ N(0, I), shared by the inputs; with
    extra["readout"] = "pre", r.h_L.
    """
    post = setup.extra_word("readout", "post", "pre") == "post"
    top = layers[-1]
    size, batch, width = top.out.shape
    d = stream.normal(size, 1, readouts, width).expand(-1, batch, -1, -1)
    if post:
        d = d * activations.derivative(setup, top.out).unsqueeze(2)
    log_scale = torch.zeros_like(top.log_scale)
    yield Gradient(top.index, d, log_scale)
    for above, layer in zip(reversed(layers[1:]), reversed(layers[:-1]), strict=True):
        assert above.frame is not None
        assert above.image is not None
        p, s = orthogonal(d.reshape(size, batch * readouts, -1))
        variance = setup.weight_variance(above.index)
        s, log_scale = rescale(s, log_scale + 0.5 * math.log(variance))
        fresh = s @ stream.normal(size, batch * readouts, layer.out.shape[2])
        along = _seen(s, p, above.image) - _overlap(fresh, above.frame)
        d = torch.baddbmm(fresh, along, above.frame).view(size, batch, readouts, -1)
        if layer.index or setup.activate_input:
            d = d * activations.derivative(setup, layer.out).unsqueeze(2)
        yield Gradient(layer.index, d, log_scale)


def orthogonal(x: Tensor) -> tuple[Tensor, Tensor]:  # (R, M, N) -> (R, M, N), (R, M, M)
    """(q, c) with x = c q, c lower triangular, rows of q orthonormal or zero: Gram-Schmidt, twice.

    A row that adds no direction to those before it, to `UNITS_OF_ROUNDING`, gives a zero row.
    """
    least = UNITS_OF_ROUNDING * torch.finfo(x.dtype).eps
    q, c = torch.empty_like(x), x.new_zeros(x.shape[0], x.shape[1], x.shape[1])
    for j in range(x.shape[1]):
        v = x[:, j : j + 1]
        size = left = _length(v)
        for _ in range(2 if j else 0):
            on = v @ q[:, :j].transpose(1, 2)  # (R, 1, j)
            if j == 1:  # a pair: one pass, where a product of matrices takes several
                v = torch.addcmul(v, on, q[:, :1], value=-1)
            else:
                v = torch.baddbmm(v, on, q[:, :j], alpha=-1)
            c[:, j : j + 1, :j] += on
        if j:
            left = _length(v)
        left = torch.where(left > least * size, left, 0.0)
        c[:, j : j + 1, j : j + 1] = left
        torch.mul(v, torch.where(left > 0, 1 / left, 0.0), out=q[:, j : j + 1])
    return q, c


def _length(v: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(v, dim=2, keepdim=True)
    return length


def _seen(s: Tensor, p: Tensor, image: Tensor) -> Tensor:
    """(R, M, B) rows of D^T G, D^T = s p: what the gradients see of W Q."""
    return s @ (p @ image.transpose(1, 2))


def _overlap(fresh: Tensor, frame: Tensor) -> Tensor:
    """(R, M, B) components along Q that the fresh part must not have."""
    return fresh @ frame.transpose(1, 2)


def _check(setup: Setup) -> None:
    what = "the Gram chain"
    if setup.activation not in HOMOGENEOUS:
        raise SetupError(f"{what} needs a ReLU-like activation; got {setup.activation!r}")
    setup.require(what, weights="gaussian", block="plain", norm="none", masks="own", **ONE_LAW)
