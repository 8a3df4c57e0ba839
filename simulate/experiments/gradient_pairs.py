"""Gradients of one network at two or more inputs: their squares and their products."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.registry import cache_block, experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown

NORMS = ("none", "given", "centre_frozen", "batch_frozen")
READOUTS = 16
MOST_READOUTS = 2**12


def readouts(setup: Setup) -> int:
    """How many independent readout vectors one network's statistics are averaged over."""
    return setup.extra_whole("readouts", READOUTS, 1, MOST_READOUTS)


def cost(setup: Setup) -> int:
    """Weights drawn, plus the arithmetic of forward and backward passes in units of one draw."""
    columns = setup.n_inputs * readouts(setup)
    return int(setup.n_weights * (1 + columns / 128)) + setup.widths[-1] * readouts(setup)


def block(setup: Setup) -> int:
    """Networks per block: their gradients and one layer of weights stay in cache."""
    columns = setup.n_inputs * readouts(setup)
    fit = (1 << 17) // (max(setup.widths) * columns)
    return max(1, min(cache_block(setup), 1 << (max(1, fit).bit_length() - 1)))


@experiment(
    "gradient_pairs",
    columns=("grad_sq_i", "grad_sq_j", "grad_dot"),
    sampler="literal; in the mask model, literal weights and fair coins",
    cost=cost,
    replicates=block,
)
def gradient_pairs(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over the units n of layer 0 of g_i^2, g_j^2 and g_i g_j, with g = d(r . output)/d x_0.

    plain: x_l = phi(W_l x_{l-1}), so that L masks lie above layer 0; with `activate_input`
    x_l = W_l phi(x_{l-1}), the L masks then being those of x_0, ..., x_{L-1}.
    residual: x_l = skip x_{l-1} + branch W_l phi(x_{l-1}), masks as the latter.
    r ~ N(0, I) is independent of the network; `extra["readouts"]` of them are drawn and averaged.
    masks="independent": fair coins, fresh for each unit, layer and input, replace phi'.
    norm: what stands inside phi. `batch_frozen`: (x - mean)/deviation of each unit over the inputs
    of this network; `centre_frozen`: x - mean; both with statistics held constant in the
    derivative. `given`: x divided by extra["scales"][l - 1] in layer l.

    Two inputs: i and j. More inputs (a batch): g_i^2 and g_j^2 are both the mean over inputs, and
    g_i g_j is the mean over pairs of distinct inputs. One replicate is one network with its inputs.
    A dead network has gradient zero and counts as that: means are annealed.
    """
    _check(setup)
    before = setup.block == "residual" or setup.activate_input
    own = setup.masks == "own"
    x = inputs.draw(setup, stream, replicates) if own else torch.empty(0)
    weights: list[Tensor] = []
    slopes: list[Tensor] = []  # phi'(normed)/deviation, (R, N, B)
    for layer in range(1, setup.depth + 1):
        w = laws.weights(setup, stream, replicates, layer)
        weights.append(w)
        if not own:
            width = setup.widths[layer - 1 if before else layer]
            coins = stream.coins(replicates, width, setup.n_inputs)
            slope = activations.independent_slopes(setup, coins)
            slopes.append(slope / _given(setup, layer))
            continue
        normed, deviation = _normalise(setup, x if before else w @ x, layer)
        slopes.append(activations.derivative(setup, normed) / deviation)
        active = activations.apply(setup, normed)
        if not before:
            x = active
        elif setup.block == "plain":
            x = w @ active
        else:
            x = setup.skip * x + setup.branch * (w @ active)
    return statistics(_backward(setup, stream, weights, slopes, before))


def _backward(
    setup: Setup, stream: Stream, weights: list[Tensor], slopes: list[Tensor], before: bool
) -> Tensor:  # (R, n_0, B, K)
    """d(r . output)/d x_0 for K readouts and B inputs, one layer at a time."""
    size, count = weights[0].shape[0], readouts(setup)
    r = stream.normal(size, setup.widths[-1], 1, count)
    g = r.expand(-1, -1, setup.n_inputs, -1)
    for w, slope in zip(reversed(weights), reversed(slopes), strict=True):
        masked = g if before else g * slope.unsqueeze(-1)
        down = (w.transpose(1, 2) @ masked.flatten(2)).view(size, -1, setup.n_inputs, count)
        if before:
            down *= slope.unsqueeze(-1)
        g = down if setup.block == "plain" else down.mul_(setup.branch).add_(setup.skip * g)
    return g


def statistics(g: Tensor) -> Mapping[str, Tensor]:  # (R, n_0, B, K) -> (R,) each
    """Means over units and readouts, and over inputs or pairs of inputs."""
    batch = g.shape[2]
    sq = g.square().mean((1, 3))  # (R, B)
    if batch == 2:
        dot = (g[:, :, 0] * g[:, :, 1]).mean((1, 2))
        return {"grad_sq_i": sq[:, 0], "grad_sq_j": sq[:, 1], "grad_dot": dot}
    total = g.sum(2).square().mean((1, 2))  # sum over all ordered pairs, i = j included
    dot = (total - sq.sum(1)) / (batch * (batch - 1))
    return {"grad_sq_i": sq.mean(1), "grad_sq_j": sq.mean(1), "grad_dot": dot}


def _normalise(setup: Setup, x: Tensor, layer: int) -> tuple[Tensor, Tensor | float]:
    """(what phi reads, the constant its derivative is divided by), per unit."""
    if setup.norm in ("none", "given"):
        scale = _given(setup, layer)
        return x / scale, scale
    centred = x - x.mean(2, keepdim=True)
    if setup.norm == "centre_frozen":
        return centred, 1.0
    deviation = centred.square().mean(2, keepdim=True).sqrt()  # population: over M, not M - 1
    return centred / deviation, deviation


def _given(setup: Setup, layer: int) -> float:
    return float(setup.extra["scales"][layer - 1]) if setup.norm == "given" else 1.0


def _check(setup: Setup) -> None:
    if setup.norm not in NORMS:
        raise SetupError(f"norm must be one of {', '.join(NORMS)}; got {setup.norm!r}")
    if setup.n_inputs < 2:
        raise SetupError(f"n_inputs must be at least 2 for a pair; got {setup.n_inputs!r}")
    if setup.masks == "independent" and setup.norm not in ("none", "given"):
        raise SetupError(f"masks 'independent' have no batch to normalise; got norm {setup.norm!r}")
    if setup.masks == "independent" and not activations.is_homogeneous(setup):
        raise SetupError(
            f"masks 'independent' needs an activation with one kink, at 0; got {setup.activation!r}"
        )
    if setup.block == "residual" and len(set(setup.widths)) > 1:
        raise SetupError(f"a residual block needs equal widths; got {shown(setup.widths)}")
    if setup.norm == "given":
        scales = setup.extra.get("scales", ())
        if (
            not isinstance(scales, list | tuple)
            or len(scales) != setup.depth
            or not all(isinstance(s, int | float) and 0 < s < math.inf for s in scales)
        ):
            raise SetupError(
                f"extra['scales'] must hold {setup.depth} positive numbers; got {shown(scales)}"
            )
