"""gradient_pairs against automatic differentiation, hand-computed cases and refused set-ups."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from simulate import Setup, SetupError, activations, inputs, laws, run
from simulate.experiments import gradient_pairs as gp
from simulate.seeds import Stream

WIDTH, DEPTH = 5, 3


def setup_of(**changed: Any) -> Setup:
    base: dict[str, Any] = {
        "widths": (WIDTH,) * (DEPTH + 1),
        "weights": "gaussian",
        "gain": 2.0,
        "activation": "relu",
        "inputs": "pair",
        "n_inputs": 2,
        "extra": {"correlation": 0.3, "readouts": 2},
    }
    return Setup(**{**base, **changed})


def by_autograd(setup: Setup, seed: int, replicates: int) -> dict[str, Tensor]:
    """The same columns from torch's own derivative of the network written as one expression."""
    stream = Stream(seed, "interactive", 0)
    x_0 = inputs.draw(setup, stream, replicates).requires_grad_()
    statistics_of = {
        "none": lambda x, layer: (0.0, 1.0),
        "given": lambda x, layer: (0.0, setup.extra["scales"][layer - 1]),
        "centre_frozen": lambda x, layer: (x.detach().mean(2, keepdim=True), 1.0),
        "batch_frozen": lambda x, layer: (
            x.detach().mean(2, keepdim=True),
            x.detach().std(2, keepdim=True, correction=0),
        ),
    }[setup.norm]
    x = x_0
    for layer in range(1, setup.depth + 1):
        w = laws.weights(setup, stream, replicates, layer)
        before = setup.block == "residual" or setup.activate_input
        h = x if before else w @ x
        mean, deviation = statistics_of(h, layer)
        active = activations.apply(setup, (h - mean) / deviation)
        if not before:
            x = active
        else:
            branch = w @ active
            x = branch if setup.block == "plain" else setup.skip * x + setup.branch * branch
    r = stream.normal(replicates, WIDTH, 1, gp.readouts(setup))
    gradients = []
    for k in range(gp.readouts(setup)):
        (g,) = torch.autograd.grad((x * r[..., k]).sum(), x_0, retain_graph=True)
        gradients.append(g)
    g = torch.stack(gradients, dim=3)  # (R, N, B, K)
    batch = setup.n_inputs
    pairs = [(a, b) for a in range(batch) for b in range(batch) if a != b]
    return {
        "grad_sq_i": (g[:, :, 0] if batch == 2 else g).square().flatten(1).mean(1),
        "grad_sq_j": (g[:, :, 1] if batch == 2 else g).square().flatten(1).mean(1),
        "grad_dot": torch.stack([(g[:, :, a] * g[:, :, b]).mean((1, 2)) for a, b in pairs]).mean(0),
    }


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"activate_input": True},
        {"weights": "rademacher"},
        {"block": "residual", "skip": 0.7, "branch": 0.4},
        {"norm": "given", "block": "residual",
         "extra": {"correlation": 0.3, "readouts": 2, "scales": [1.0, 1.5, 0.5]}},
        {"norm": "centre_frozen", "inputs": "gaussian", "n_inputs": 4},
        {"norm": "batch_frozen", "inputs": "gaussian", "n_inputs": 4, "activate_input": True},
        {"norm": "batch_frozen", "inputs": "gaussian", "n_inputs": 4, "block": "residual"},
    ],
    ids=str,
)  # fmt: skip
def test_equals_automatic_differentiation(changed: dict[str, Any], seed: int) -> None:
    setup = setup_of(**changed)
    replicates = gp.block(setup)  # one block, so that both read one stream
    found = run("gradient_pairs", setup, replicates=replicates, seed=seed)
    for name, expected in by_autograd(setup, seed, replicates).items():
        np.testing.assert_allclose(found[name], expected.numpy(), rtol=1e-9, atol=1e-12)


def near(values: np.ndarray, expected: float) -> bool:
    return abs(values.mean() - expected) < 5 * values.std() / math.sqrt(len(values))


def test_linear_nets_have_one_gradient(seed: int) -> None:
    """No masks: the gradient is W_1^T ... W_L^T r at every input, E g^2 = gain^L."""
    found = run("gradient_pairs", setup_of(activation="linear", gain=1.0), replicates=9000,
                seed=seed)  # fmt: skip
    np.testing.assert_allclose(found["grad_dot"], found["grad_sq_i"], rtol=1e-12)
    assert near(found["grad_sq_i"], 1)


def test_coins_halve_and_quarter(seed: int) -> None:
    """One layer of the mask model: E g_i^2 = 2 (1/2), E g_i g_j = 2 (1/4)."""
    setup = setup_of(widths=(4, 4), masks="independent")
    found = run("gradient_pairs", setup, replicates=20_000, seed=seed)
    assert near(found["grad_sq_i"], 1)
    assert near(found["grad_sq_j"], 1)
    assert near(found["grad_dot"], 0.5)


def test_a_dead_net_counts_as_zero(seed: int) -> None:
    """Width 1, one layer: the unit is on for half of the nets and g^2 = w^2 r^2, else 0."""
    setup = setup_of(widths=(1, 1), inputs="sphere", extra={"readouts": 1})
    found = run("gradient_pairs", setup, replicates=20_000, seed=seed)
    dead = found["grad_sq_i"] == 0
    assert near(dead.astype(float), 0.5)
    assert near(found["grad_sq_i"], 1)


def test_the_derivative_in_one_block_of_frozen_batch_norm(seed: int) -> None:
    """Two inputs: BN gives +-1, so exactly one of them is active and g_i g_j has no branch^2."""
    setup = setup_of(widths=(6, 6), block="residual", norm="batch_frozen", inputs="gaussian",
                     branch=1e3, extra={"readouts": 1})  # fmt: skip
    found = run("gradient_pairs", setup, replicates=200, seed=seed)
    assert np.abs(found["grad_dot"]).max() < 1e-2 * found["grad_sq_i"].max()


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"norm": "layer"}, "norm"),
        ({"n_inputs": 1, "inputs": "gaussian"}, "n_inputs"),
        ({"masks": "independent", "norm": "batch_frozen"}, "masks"),
        ({"block": "residual", "widths": (5, 5, 4)}, "widths"),
        ({"extra": {"correlation": 0.3, "readouts": 0}}, "readouts"),
        ({"norm": "given", "extra": {"correlation": 0.3, "scales": [1.0]}}, "scales"),
        ({"extra": {"correlation": 1.5}}, "correlation"),
        ({"inputs": "pair", "n_inputs": 3}, "pair"),
        ({"masks": "independent", "activation": "tanh"}, "one kink"),
    ],
)
def test_refuses(changed: dict[str, Any], word: str) -> None:
    with pytest.raises(SetupError, match=word):
        run("gradient_pairs", setup_of(**changed), replicates=2, seed=1)


def test_pair_has_the_cosine_it_says(seed: int) -> None:
    x = inputs.draw(setup_of(), Stream(seed, "pair", 0), 50)
    norm = torch.linalg.vector_norm(x, dim=1)
    torch.testing.assert_close(norm, torch.full_like(norm, math.sqrt(WIDTH)))
    cosine = (x[..., 0] * x[..., 1]).sum(1) / WIDTH
    torch.testing.assert_close(cosine, torch.full_like(cosine, 0.3))
