"""Literal networks: the layers against a loop in numpy, the scale, and the blocks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from simulate import Setup, activations, networks
from simulate.networks import Layer
from simulate.seeds import Stream
from simulate.setup import ACTIVATIONS

WIDTHS = (3, 4, 2, 5)


def make(**fields: Any) -> Setup:
    given = {"widths": WIDTHS, "weights": "gaussian", "gain": 2.0, "activation": "leaky_relu"}
    return Setup(**{**given, "slope": 0.3, "n_inputs": 2, **fields})


def run(setup: Setup, replicates: int = 3, **more: Any) -> list[Layer]:
    return list(networks.forward(setup, Stream(0, "a", 0), replicates, **more))


def value(layer: Layer) -> np.ndarray:
    return (layer.out * torch.exp(layer.log_scale).view(-1, 1, 1)).numpy()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("activate_input", [False, True])
def test_plain_layers_are_the_loop(activation: str, activate_input: bool) -> None:
    """h_1 = W_1 x or W_1 phi(x), then h_l = W_l phi(h_{l-1}), one network at a time."""
    setup = make(activation=activation, activate_input=activate_input)
    x = Stream(1, "x", 0).normal(3, 3, 2)
    layers = run(setup, x=x, rescale_every=1)
    for r in range(3):
        h = x[r]
        for number, layer in enumerate(layers, 1):
            active = activations.apply(setup, h) if number > 1 or activate_input else h
            h = layer.weights[r] @ active
            assert np.allclose(value(layer)[r], h.numpy())


def test_residual_layers_are_the_loop() -> None:
    setup = make(widths=(3, 3, 3), block="residual", skip=0.8, branch=0.6)
    x = Stream(1, "x", 0).normal(3, 3, 2)
    h = x
    for layer in run(setup, x=x):
        h = 0.8 * h + 0.6 * layer.weights @ activations.apply(setup, h)
        assert np.allclose(value(layer), h.numpy())


@pytest.mark.parametrize("activation", ["relu", "abs", "linear"])
def test_rescaling_changes_no_value(activation: str) -> None:
    setup = make(activation=activation)
    often, never = (run(setup, rescale_every=n)[-1] for n in (1, 10**9))
    assert np.allclose(value(often), value(never), rtol=1e-14)


def test_tanh_is_never_rescaled() -> None:
    assert all((layer.log_scale == 0).all() for layer in run(make(activation="tanh")))


def test_shapes_and_indices() -> None:
    layers = run(make())
    assert [layer.index for layer in layers] == [1, 2, 3]
    assert [tuple(layer.weights.shape) for layer in layers] == [(3, 4, 3), (3, 2, 4), (3, 5, 2)]
    assert [tuple(layer.out.shape) for layer in layers] == [(3, 4, 2), (3, 2, 2), (3, 5, 2)]


def test_last_is_the_last() -> None:
    setup = make()
    last = networks.last(setup, Stream(0, "a", 0), 3)
    assert torch.equal(last.out, run(setup)[-1].out)
    assert last.index == 3


def test_replicates_are_different_networks() -> None:
    weights = run(make())[0].weights
    assert not torch.isclose(weights[0], weights[1]).any()


def test_a_thousand_layers_neither_overflow_nor_vanish() -> None:
    """Depth 2000 at gain 8: the norm grows by about a thousand decades."""
    layer = networks.last(make(widths=(4,) * 2001, gain=8.0), Stream(0, "a", 0), 5)
    assert torch.isfinite(layer.out).all()
    assert (layer.out.abs().flatten(1).amax(1) >= 0.5).all()
    assert (layer.log_scale > math.log(1e300)).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("block", ["plain", "residual"])
@pytest.mark.parametrize("widths", [(3, 3, 3, 3, 3), (5, 3, 3, 3), (3, 4, 3)])
def test_overwriting_changes_no_number(
    activation: str, block: str, widths: tuple[int, ...], device: str
) -> None:
    """Layers read one at a time are equal bit by bit, and the caller's input is left alone."""
    if block == "residual" and len(set(widths)) > 1:
        return
    setup = make(activation=activation, block=block, widths=widths, activate_input=True)
    x = Stream(1, "x", 0, device=device).normal(3, widths[0], 2)
    given = x.clone()
    outs = []
    for overwrite in (False, True):
        layers = networks.forward(
            setup, Stream(0, "a", 0, device=device), 3, x=x, rescale_every=2, overwrite=overwrite
        )
        outs.append([(layer.out.clone(), layer.log_scale.clone()) for layer in layers])
    assert torch.equal(x, given)
    for (kept, scale), (recycled, same_scale) in zip(*outs, strict=True):
        assert torch.equal(kept, recycled)
        assert torch.equal(scale, same_scale)


def test_overwriting_uses_two_pieces_of_memory() -> None:
    setup = make(widths=(3,) * 9, activation="relu")
    layers = networks.forward(setup, Stream(0, "a", 0), 3, overwrite=True)
    assert len({layer.out.data_ptr() for layer in layers if layer.index < 8}) == 2


def test_dead_relu_networks_stay_exactly_zero() -> None:
    layer = networks.last(make(widths=(1,) * 60, activation="relu"), Stream(0, "a", 0), 200)
    assert (layer.out == 0).all()
