"""The statistics of `gradient_pairs` by pushing directions forward, at any width.

A network's inputs and tangents, stacked as the columns of Y, meet fresh Gaussian weights only as
W psi(Y): N independent rows of covariance psi^T psi. So a layer costs N normals a column and no
weight is ever drawn; psi is what the layer does to a column (the rectifier, its mask).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import inputs, laws
from simulate.experiments.gradient_pairs import NORMS
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import ONE_LAW, Setup, SetupError

DIRECTIONS = 4


def directions(setup: Setup) -> int:
    """How many directions one network's statistics are averaged over."""
    return setup.extra_whole("directions", DIRECTIONS, 1, 2**12)


def columns(setup: Setup) -> int:
    """Inputs, and as many tangents for each direction."""
    return setup.n_inputs * (1 + directions(setup))


def cost(setup: Setup) -> int:
    """Normals drawn, plus the Gram matrices and their roots in units of one draw."""
    c = columns(setup)
    return int(sum(setup.widths) * c * (1 + c / 32)) + setup.depth * c**3 // 2


def block(setup: Setup) -> int:
    """Networks per block: one layer of them stays in cache."""
    fit = (1 << 17) // (max(setup.widths) * columns(setup))
    return 1 << (max(1, min(1024, fit)).bit_length() - 1)


@experiment(
    "tangent_pairs",
    columns=("grad_sq_i", "grad_sq_j", "grad_dot"),
    sampler="exact in law: rows of Gaussian weights times what they read, no weight drawn",
    cost=cost,
    replicates=block,
)
def tangent_pairs(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """(J_i e).(J_j e)/N for directions e of length sqrt(N), averaged over e: means as gradients'.

    J_i is the Jacobian of the output at input i. E over e of (J_i e).(J_j e)/N is the mean over the
    units n of layer 0 of g_i[n] g_j[n], averaged over the readout of `gradient_pairs`: the columns
    have the same means as there, not the same laws. Blocks, norms and batches are as there, own
    masks and Gaussian weights only. extra["literal"]: draw the weights all the same.
    """
    _check(setup)
    x = inputs.draw(setup, stream, replicates)  # (R, N, B)
    count = directions(setup)
    e = stream.normal(replicates, setup.widths[0], 1, count)
    e = e * (setup.widths[0] ** 0.5 / torch.linalg.vector_norm(e, dim=1, keepdim=True))
    t = e.expand(-1, -1, setup.n_inputs, -1)  # (R, N, B, K)
    for layer in range(1, setup.depth + 1):
        if setup.block == "plain":
            x, t = _split(_through(setup, stream, layer, _stack(x, t)), setup.n_inputs)
            x, t = _rectify(setup, x, t)
        else:
            up = _through(setup, stream, layer, _stack(*_rectify(setup, x, t)))
            dx, dt = _split(up, setup.n_inputs)
            x = setup.skip * x + setup.branch * dx
            t = setup.skip * t + setup.branch * dt
    return _statistics(t)


def _through(setup: Setup, stream: Stream, layer: int, y: Tensor) -> Tensor:  # (R, N, C)
    """W y with fresh Gaussian weights: rows of covariance weight_variance y^T y."""
    if setup.extra.get("literal", False):
        return laws.weights(setup, stream, y.shape[0], layer) @ y
    scale = float(setup.weight_variance(layer) ** 0.5)
    values, vectors = torch.linalg.eigh(y.transpose(1, 2) @ y)
    root = values.clamp_min(0).sqrt().unsqueeze(-1) * vectors.transpose(1, 2)
    g = stream.normal(y.shape[0], setup.widths[layer], y.shape[2])
    read: Tensor = g @ root
    return read.mul_(scale)


def _rectify(setup: Setup, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """relu(norm(x)) and the tangents behind it, statistics held constant."""
    deviation: Tensor | float = 1.0
    if setup.norm != "none":
        x = x - x.mean(2, keepdim=True)
    if setup.norm == "batch_frozen":
        deviation = x.square().mean(2, keepdim=True).sqrt()
        x = x / deviation
    slope = (x > 0).to(x.dtype) / deviation
    return x.clamp_min(0), t * slope.unsqueeze(-1)


def _statistics(t: Tensor) -> Mapping[str, Tensor]:  # (R, N, B, K) -> (R,) each
    """Means over units and directions, and over inputs or pairs of inputs."""
    batch = t.shape[2]
    sq = t.square().mean((1, 3))
    dot = (t.sum(2).square().mean((1, 2)) - sq.sum(1)) / (batch * (batch - 1))
    if batch == 2:
        return {"grad_sq_i": sq[:, 0], "grad_sq_j": sq[:, 1], "grad_dot": dot}
    return {"grad_sq_i": sq.mean(1), "grad_sq_j": sq.mean(1), "grad_dot": dot}


def _stack(x: Tensor, t: Tensor) -> Tensor:
    return torch.cat([x, t.flatten(2)], dim=2)


def _split(y: Tensor, batch: int) -> tuple[Tensor, Tensor]:
    return y[:, :, :batch], y[:, :, batch:].reshape(*y.shape[:2], batch, -1)


def _check(setup: Setup) -> None:
    allowed = tuple(n for n in NORMS if n != "given")
    if setup.norm not in allowed:
        raise SetupError(f"norm must be one of {', '.join(allowed)}; got {setup.norm!r}")
    for name, want in (("weights", "gaussian"), ("activation", "relu"), ("masks", "own")):
        if getattr(setup, name) != want:
            raise SetupError(f"{name} must be {want!r} here; got {getattr(setup, name)!r}")
    setup.require("tangent pairs", **ONE_LAW)
    if setup.n_inputs < 2:
        raise SetupError(f"n_inputs must be at least 2 for a pair; got {setup.n_inputs!r}")
    if len(set(setup.widths)) > 1:
        raise SetupError(f"widths must be equal here; got {setup.widths!r}")
    if setup.activate_input:
        raise SetupError("activate_input must be False here; got True")
