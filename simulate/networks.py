"""Batched literal networks: R networks at once, every weight drawn, layer by layer.

Axis letters: R networks, B inputs, N width. Activations are (R, N, B).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import rescale
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown


@dataclass
class Layer:
    """One layer of R networks: its weights (R, m, n), what they produced, and the scale.

    The true values are `out * exp(log_scale)`; log_scale is (R,), natural log.
    """

    index: int
    weights: Tensor
    out: Tensor  # (R, m, B): pre-activation h_l of a plain net, x_l of a residual one
    log_scale: Tensor


def forward(
    setup: Setup,
    stream: Stream,
    replicates: int,
    *,
    x: Tensor | None = None,
    rescale_every: int | None = None,
    overwrite: bool = False,
) -> Iterator[Layer]:
    """Yield the layers 1..L of `replicates` fresh networks.

    plain: h_1 = W_1 x (or W_1 phi(x) if activate_input), h_l = W_l phi(h_{l-1}).
    residual: x_l = skip x_{l-1} + branch W_l phi(x_{l-1}), equal widths.
    x: (R, n_0, B) inputs; drawn from the set-up's law if None. Networks of a homogeneous
    activation are rescaled by powers of two every few layers (exact; as often as the scales of the
    set-up ask for if `rescale_every` is None), others never.
    overwrite: two pieces of memory take turns as `out`, so a layer is gone once the next one is
    asked for (faster; equal numbers; only for a consumer that keeps none). `x` is left alone.
    """
    _check(setup)
    h = inputs.draw(setup, stream, replicates) if x is None else x
    log_scale = torch.zeros(replicates, dtype=h.dtype, device=h.device)
    homogeneous = activations.is_homogeneous(setup)
    equal_widths = len(set(setup.widths[1:])) == 1
    spare: Tensor | None = None  # the layer before the last one yielded: nobody reads it any more
    every = rescale_every or _rescale_every(setup)
    for layer, w in enumerate(laws.all_weights(setup, stream, replicates), start=1):
        ours = overwrite and equal_widths and layer > 1  # h is a layer, not the caller's x
        if setup.block == "residual":
            h = setup.skip * h + setup.branch * (w @ activations.apply(setup, h))
        elif layer > 1 or setup.activate_input:
            read = activations.apply(setup, h, overwrite=ours)
            h, spare = torch.bmm(w, read, out=spare), h if ours else None
        else:
            h = w @ h
        if homogeneous and (layer % every == 0 or layer == setup.depth):
            h, log_scale = rescale(h, log_scale)
        yield Layer(layer, w, h, log_scale)


def _rescale_every(setup: Setup) -> int:
    """Layers until a rescaling is due: 16, fewer where one layer alone changes the scale much."""
    factors = [setup.slope] if setup.activation == "leaky_relu" else []
    factors += [setup.skip, setup.branch] if setup.block == "residual" else []
    gains = (setup.gain, setup.gain_of(1))
    decades = max(abs(math.log10(gain)) for gain in gains) / 2 + sum(
        abs(math.log10(abs(factor))) for factor in factors if factor
    )
    return max(1, min(16, int(100 / max(decades, 1.0))))


def _check(setup: Setup) -> None:
    """Refuse what this file does not build, instead of building something else."""
    if setup.norm != "none" or setup.masks != "own":
        raise SetupError(
            "a forward pass knows norm 'none' and masks 'own'; got norm"
            f" {shown(setup.norm)}, masks {setup.masks!r}"
        )
    if setup.block == "residual" and len(set(setup.widths)) > 1:
        raise SetupError(f"a residual block needs equal widths; got {shown(setup.widths)}")


def last(setup: Setup, stream: Stream, replicates: int, *, x: Tensor | None = None) -> Layer:
    """The last layer only."""
    return deque(forward(setup, stream, replicates, x=x), maxlen=1).pop()
