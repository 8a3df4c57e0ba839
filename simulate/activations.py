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
        return torch.nn.functional.leaky_relu(x, setup.slope, inplace=overwrite)
    if name == "abs":
        return x.abs_() if overwrite else x.abs()
    if name == "hard_tanh":
        return x.clamp_(-1, 1) if overwrite else x.clamp(-1, 1)
    if name == "sigmoid":
        return x.sigmoid_() if overwrite else x.sigmoid()
    return x.tanh_() if overwrite else x.tanh()


def derivative(setup: Setup, x: Tensor) -> Tensor:
    """phi'(x), elementwise; at a kink of the ReLU family the value of x > 0 is False."""
    name = setup.activation
    if name == "linear":
        return torch.ones_like(x)
    if name == "tanh":
        return 1 - torch.tanh(x).square()
    if name == "hard_tanh":
        return torch.lt(x.abs(), 1, out=torch.empty_like(x))
    if name == "sigmoid":
        return torch.sigmoid(x) * torch.sigmoid(-x)
    # the comparison written as numbers: a mask and where() take ten times as long on a CPU
    return _slopes(setup, torch.gt(x, 0, out=torch.empty_like(x)))


def independent_slopes(setup: Setup, stream_coins: Tensor) -> Tensor:
    """The mask model: fair coins in place of 1{x > 0}, as slopes of the ReLU family."""
    return _slopes(setup, stream_coins)


def negative_slope(setup: Setup) -> float:
    """phi'(x) at x < 0 of an activation of the ReLU family."""
    table = {"linear": 1.0, "relu": 0.0, "leaky_relu": setup.slope, "abs": -1.0}
    return float(table[setup.activation])


def _slopes(setup: Setup, active: Tensor) -> Tensor:
    """1 where `active` is 1, the activation's slope on the other side where it is 0."""
    slope = negative_slope(setup)
    return active if slope == 0 else active + (1 - active) * slope


def is_homogeneous(setup: Setup) -> bool:
    """Whether phi(t x) = t phi(x) for t > 0, so that layers may be rescaled."""
    return setup.activation in HOMOGENEOUS
