"""Setup: which network is sampled. Plain data, checked when built; no default hides a scale."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACTIVATIONS = ("linear", "relu", "leaky_relu", "abs", "tanh")
HOMOGENEOUS = ("linear", "relu", "leaky_relu", "abs")
WEIGHTS = ("gaussian", "uniform", "rademacher", "three_point", "haar")


class SetupError(ValueError):
    """A field of a set-up breaks a rule; the message names field, rule and value."""


@dataclass(frozen=True)
class Setup:
    """One random network, as data.

    widths: (n_0, ..., n_L): input width, then the width of each of the L weight layers.
    weights: law of one weight: gaussian, uniform, rademacher, three_point (then
        `weight_kurtosis` sets it), haar (semi-orthogonal, scaled to the same entry variance).
    gain: entry variance of layer l is gain / fan, fan = n_{l-1} (`fan="in"`) or n_l (`"out"`).
    activation, slope: phi; `slope` is used by leaky_relu only.
    activate_input: whether phi is applied to the network input before the first weights.
    inputs: law of the input vector (see simulate/inputs.py); n_inputs drawn per network.
    block: plain x' = W phi(x), or residual x' = skip x + branch W phi(x).
    masks: own (the network's own activation pattern) or independent (fair coins, the mask model).
    norm: none, or what is normalised and how (an experiment says which it knows).
    extra: further named numbers or words of one experiment (documented there).
    """

    widths: tuple[int, ...]
    weights: str
    gain: float
    activation: str
    fan: str = "in"
    slope: float = 0.0
    weight_kurtosis: float = 3.0
    activate_input: bool = False
    inputs: str = "gaussian"
    n_inputs: int = 1
    block: str = "plain"
    skip: float = 1.0
    branch: float = 1.0
    masks: str = "own"
    norm: str = "none"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, make in (("widths", tuple), ("extra", dict)):
            try:
                object.__setattr__(self, name, make(getattr(self, name)))
            except (TypeError, ValueError):
                kind = "sequence of integers" if make is tuple else "mapping"
                raise SetupError(f"{name} must be a {kind}; got {getattr(self, name)!r}") from None
        if len(self.widths) < 2:
            raise SetupError(f"widths must hold an input width and a layer; got {self.widths!r}")
        for width in self.widths:
            if isinstance(width, bool) or not isinstance(width, int) or width < 1:
                raise SetupError(f"widths must be integers >= 1; got {width!r} in {self.widths!r}")
        _one_of("weights", self.weights, WEIGHTS)
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("fan", self.fan, ("in", "out"))
        _one_of("block", self.block, ("plain", "residual"))
        _one_of("masks", self.masks, ("own", "independent"))
        for name in ("gain", "slope", "weight_kurtosis", "skip", "branch"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise SetupError(f"{name} must be a number; got {value!r}")
            if not math.isfinite(value):
                raise SetupError(f"{name} must be finite; got {value!r}")
        if self.gain <= 0:
            raise SetupError(f"gain must be > 0; got {self.gain!r}")
        if self.weight_kurtosis < 1:
            raise SetupError(f"weight_kurtosis must be >= 1; got {self.weight_kurtosis!r}")
        n_inputs = self.n_inputs
        if isinstance(n_inputs, bool) or not isinstance(n_inputs, int) or n_inputs < 1:
            raise SetupError(f"n_inputs must be an integer >= 1; got {self.n_inputs!r}")

    @property
    def depth(self) -> int:
        """L, the number of weight layers."""
        return len(self.widths) - 1

    @property
    def n_weights(self) -> int:
        """Weights drawn for one network: the unit in which sampling budgets are counted."""
        return sum(m * n for n, m in zip(self.widths[:-1], self.widths[1:], strict=True))

    def weight_variance(self, layer: int) -> float:
        """Entry variance of weight layer `layer` (1..L)."""
        fan = self.widths[layer - 1] if self.fan == "in" else self.widths[layer]
        return self.gain / fan

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a record."""
        return dataclasses.asdict(self)


def _one_of(name: str, value: object, options: tuple[str, ...]) -> None:
    if value not in options:
        raise SetupError(f"{name} must be one of {', '.join(options)}; got {value!r}")
