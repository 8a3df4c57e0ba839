"""phi and phi' in torch (written a second time here on purpose: see tests/test_contract.py)."""

from __future__ import annotations

import torch
from torch import Tensor

from simulate.setup import HOMOGENEOUS, Setup


def apply(setup: Setup, x: Tensor, *, overwrite: bool = False) -> Tensor:
    """phi(x), elementwise; `overwrite` allows (and does not promise) to reuse the memory of x."""
    name = setup.activation
    if name == "linear":
        return x
    if name == "relu":
        return x.relu_() if overwrite else x.relu()
    if name == "leaky_relu":
        return torch.where(x >= 0, x, x * setup.slope)
    if name == "abs":
        return x.abs()
    return torch.tanh(x)


def derivative(setup: Setup, x: Tensor) -> Tensor:
    """phi'(x), elementwise; at a kink of the ReLU family the value of x > 0 is False."""
    name = setup.activation
    if name == "linear":
        return torch.ones_like(x)
    if name == "tanh":
        return 1 - torch.tanh(x).square()
    slope = {"relu": 0.0, "leaky_relu": setup.slope, "abs": -1.0}[name]
    # from tensors of x's type: where() of two numbers would round the slope to float32
    return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, slope))


def independent_slopes(setup: Setup, stream_coins: Tensor) -> Tensor:
    """The mask model: fair coins in place of 1{x > 0}, as slopes of the ReLU family."""
    slope = {"linear": 1.0, "relu": 0.0, "leaky_relu": setup.slope, "abs": -1.0}[setup.activation]
    return stream_coins + (1 - stream_coins) * slope


def is_homogeneous(setup: Setup) -> bool:
    """Whether phi(t x) = t phi(x) for t > 0, so that layers may be rescaled."""
    return setup.activation in HOMOGENEOUS
