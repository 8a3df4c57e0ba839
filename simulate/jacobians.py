"""End-to-end Jacobians of batched literal networks, by hand-written products D_l W_l.

One forward pass and one matrix product a layer give the Jacobian at every depth; automatic
differentiation would repeat the whole backward pass for each depth that is reported.

Axis letters: R networks, n_l width of layer l.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import rescale
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError

RESCALE_EVERY = 4


@dataclass
class Jacobian:
    """d x_l / d x_0 of R networks; the true values are `matrix * exp(log_scale)`."""

    layer: int
    matrix: Tensor  # (R, n_l, n_0)
    log_scale: Tensor  # (R,) natural log


def cumulative(
    setup: Setup, stream: Stream, replicates: int, *, x: Tensor | None = None
) -> Iterator[Jacobian]:
    """Yield D_l W_l ... D_1 W_1 for l = 1..L of `replicates` fresh plain networks.

    D_l = diag phi'(h_l) at one input per network: `x` of shape (R, n_0, 1), drawn from the set-up's
    law if None. With `masks="independent"` the slopes are fair coins instead (the mask model) and
    there is no input. `extra["readout"]` "pre" leaves D out of the last layer: d h_L / d x_0.
    """
    readout = _checked(setup)
    own = setup.masks == "own" and setup.activation != "linear"
    if own and x is None:
        x = inputs.draw(setup, stream, replicates)
    product: Tensor | None = None
    log_scale = torch.zeros(replicates, dtype=stream.dtype, device=stream.device)
    for layer in range(1, setup.depth + 1):
        w = laws.weights(setup, stream, replicates, layer)
        if own:
            assert x is not None
            h = w @ x
            x = _next_input(setup, h)
        product = w if product is None else w @ product
        if setup.activation != "linear" and not (readout == "pre" and layer == setup.depth):
            product *= (
                activations.derivative(setup, h)
                if own
                else activations.independent_slopes(
                    setup, stream.coins(replicates, setup.widths[layer], 1)
                )
            )
        if layer % RESCALE_EVERY == 0 or layer == setup.depth:
            product, log_scale = rescale(product, log_scale)
        yield Jacobian(layer, product, log_scale)


def end_to_end(
    setup: Setup, stream: Stream, replicates: int, *, x: Tensor | None = None
) -> Jacobian:
    """The Jacobian of the whole network, d x_L / d x_0."""
    return deque(cumulative(setup, stream, replicates, x=x), maxlen=1).pop()


def _next_input(setup: Setup, h: Tensor) -> Tensor:
    """phi(h); of a homogeneous phi only the direction matters, so its scale is kept near 1."""
    if activations.is_homogeneous(setup):
        h, _ = rescale(h, h.new_zeros(h.shape[0]))
    return activations.apply(setup, h)


def _checked(setup: Setup) -> str:
    """The readout, after refusing what this file does not build."""
    readout = setup.extra_word("readout", "post", "pre")
    if setup.block != "plain" or setup.norm != "none" or setup.activate_input:
        raise SetupError(
            "Jacobians are built for plain blocks without normalisation and activate_input=False; "
            f"got block {setup.block!r}, norm {setup.norm!r}, "
            f"activate_input {setup.activate_input!r}"
        )
    if setup.n_inputs != 1:
        raise SetupError(f"a Jacobian is taken at one input: n_inputs must be 1; got "
                         f"{setup.n_inputs!r}")  # fmt: skip
    if setup.masks == "independent" and not activations.is_homogeneous(setup):
        raise SetupError(
            f"masks 'independent' needs an activation with one kink, at 0; got {setup.activation!r}"
        )
    return readout
