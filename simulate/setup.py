"""Setup: which network is sampled. Plain data, checked when built; no default hides a scale."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACTIVATIONS = ("linear", "relu", "leaky_relu", "abs", "tanh", "hard_tanh", "sigmoid")
HOMOGENEOUS = ("linear", "relu", "leaky_relu", "abs")
IID = ("gaussian", "uniform", "rademacher", "three_point")
WEIGHTS = (*IID, "haar", "mirrored", "zero", "bottleneck", "spiked")
FANS = ("in", "out", "mean", "max")
NUMBERS = ("gain", "first_gain", "slope", "weight_kurtosis", "spike", "skip", "branch")
ONE_LAW: dict[str, Any] = {"first_weights": "", "first_gain": 0.0, "tuning": 0}  # in every layer
EXTRAS = (
    "correlation", "directions", "draws", "drift", "index", "kernel", "lag", "literal", "offset",
    "particles", "readout", "readouts", "residual", "scale", "scales", "skip_matrix", "standardise",
    "threshold",
)  # fmt: skip
MOST_WIDTH = MOST_INPUTS = 10**6
MOST_DEPTH = 10**5
MOST_NUMBERS = 2**28  # two gigabytes
LEAST_SCALE, MOST_SCALE = 1e-30, 1e30  # one layer stays within a float; see networks.forward
MOST_TUNING = 10**4
MOST_KURTOSIS = 1e6  # beyond, a block would hardly ever see a weight that is not zero


class SetupError(ValueError):
    """A field of a set-up breaks a rule; the message names field, rule and value."""


@dataclass(frozen=True)
class Setup:
    """One random network, as data.

    widths: (n_0, ..., n_L): input width, then the width of each of the L weight layers.
    weights: law of one weight: gaussian, uniform, rademacher, three_point (then
        `weight_kurtosis` sets it); or of a matrix (see simulate/laws.py): haar (semi-orthogonal,
        scaled to the same entry variance), mirrored (Gaussian blocks [[W, -W], [-W, W]]; even
        widths), bottleneck (a Gaussian product of inner dimension `rank`, which has no default),
        zero (ZerO: nothing is random, the entries of a partial identity are sqrt(gain) whatever
        `fan` says), spiked (Gaussian, and `spike` u v^T with u = v = (1, 1, ..) of length 1, the
        same in all layers).
    gain: entry variance of layer l is gain / fan, fan = n_{l-1} (`fan="in"`), n_l (`"out"`), their
        mean (`"mean"`) or the larger one (`"max"`); of spiked weights, that without the spike.
    first_weights, first_gain: law and gain of layer 1 where they are others than those of the rest.
    tuning: steps of MetaInit that set the norms of the drawn matrices (simulate/metainit.py).
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
    rank: int = 0
    spike: float = 0.0
    first_weights: str = ""
    first_gain: float = 0.0
    tuning: int = 0
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
            value = getattr(self, name)
            try:
                if isinstance(value, str):  # a tuple of letters would be made of it
                    raise TypeError
                object.__setattr__(self, name, make(value))
            except (TypeError, ValueError):
                kind = "sequence of integers" if make is tuple else "mapping"
                raise SetupError(f"{name} must be a {kind}; got {shown(value)}") from None
        if not 2 <= len(self.widths) <= MOST_DEPTH + 1:
            raise SetupError(
                f"widths must hold an input width and 1 to {MOST_DEPTH} layers; got"
                f" {shown(self.widths)}"
            )
        for width in self.widths:
            if not is_whole(width, 1, MOST_WIDTH):
                raise SetupError(
                    f"widths must be integers >= 1 and <= {MOST_WIDTH}; got {shown(width)} in"
                    f" {shown(self.widths)}"
                )
        _one_of("weights", self.weights, WEIGHTS)
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("first_weights", self.first_weights, ("", *WEIGHTS))
        _one_of("fan", self.fan, FANS)
        _one_of("block", self.block, ("plain", "residual"))
        _one_of("masks", self.masks, ("own", "independent"))
        for name in ("inputs", "norm"):
            if not isinstance(getattr(self, name), str):
                raise SetupError(f"{name} must be a name; got {shown(getattr(self, name))}")
        if not isinstance(self.activate_input, bool):
            raise SetupError(f"activate_input must be a bool; got {shown(self.activate_input)}")
        for name in NUMBERS:
            self._check_number(name, getattr(self, name))
        if self.gain <= 0:
            raise SetupError(f"gain must be > 0; got {self.gain!r}")
        if self.first_gain < 0:
            raise SetupError(
                f"first_gain must be >= 0 (0: that of the rest); got {self.first_gain!r}"
            )
        for name, low, high in (("rank", 0, MOST_WIDTH), ("tuning", 0, MOST_TUNING)):
            if not is_whole(getattr(self, name), low, high):
                raise SetupError(
                    f"{name} must be an integer in {low}..{high}; got {shown(getattr(self, name))}"
                )
        self._check_shapes()
        if not 1 <= self.weight_kurtosis <= MOST_KURTOSIS:
            raise SetupError(
                f"weight_kurtosis must be >= 1 and <= {MOST_KURTOSIS}; got {self.weight_kurtosis!r}"
            )
        if not is_whole(self.n_inputs, 1, MOST_INPUTS):
            raise SetupError(
                f"n_inputs must be an integer >= 1 and <= {MOST_INPUTS}; got {shown(self.n_inputs)}"
            )
        for key in self.extra:  # a misspelt name would be read by nobody
            if key not in EXTRAS:
                raise SetupError(f"extra may hold {', '.join(EXTRAS)}; got {shown(key)}")

    def _check_shapes(self) -> None:
        """What a law of whole matrices asks of rank and widths."""
        laws = [self.law_of(1), *([self.weights] if self.depth > 1 else [])]
        if "bottleneck" in laws and self.rank < 1:
            raise SetupError(
                "rank must be given, >= 1, where weights or first_weights are 'bottleneck'; got"
                f" {self.rank}"
            )
        paired = self.widths if laws[-1] == "mirrored" else self.widths[:2]
        paired = paired if laws[0] == "mirrored" else paired[1:]
        if "mirrored" in laws and any(width % 2 for width in paired):
            raise SetupError(
                "widths must be even where weights or first_weights are 'mirrored'; got"
                f" {shown(self.widths)}"
            )

    @staticmethod
    def _check_number(name: str, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SetupError(f"{name} must be a number; got {shown(value)}")
        if not abs(value) < math.inf:
            raise SetupError(f"{name} must be finite; got {shown(value)}")
        if value != 0 and not LEAST_SCALE <= abs(value) <= MOST_SCALE:
            raise SetupError(
                f"{name} must be 0 or of absolute value in [{LEAST_SCALE}, {MOST_SCALE}]; got"
                f" {shown(value)}"
            )

    @property
    def depth(self) -> int:
        """L, the number of weight layers."""
        return len(self.widths) - 1

    @property
    def n_weights(self) -> int:
        """Weights drawn for one network: the unit in which sampling budgets are counted."""
        return sum(m * n for n, m in zip(self.widths[:-1], self.widths[1:], strict=True))

    def law_of(self, layer: int) -> str:
        """Weight law of layer `layer` (1..L)."""
        return self.first_weights if layer == 1 and self.first_weights else self.weights

    def gain_of(self, layer: int) -> float:
        """Gain of layer `layer` (1..L)."""
        return self.first_gain if layer == 1 and self.first_gain else self.gain

    def weight_variance(self, layer: int) -> float:
        """Entry variance of weight layer `layer` (1..L)."""
        n_in, n_out = self.widths[layer - 1 : layer + 1]
        fans = {"in": n_in, "out": n_out, "mean": (n_in + n_out) / 2, "max": max(n_in, n_out)}
        return self.gain_of(layer) / fans[self.fan]

    def require(self, what: str, **fields: object) -> None:
        """Raise SetupError where a field differs from what `what` builds: nothing is ignored."""
        for name, needed in fields.items():
            if getattr(self, name) != needed:
                raise SetupError(
                    f"{what}: {name} must be {needed!r}; got {shown(getattr(self, name))}"
                )

    def extra_whole(self, name: str, default: int, low: int, high: int) -> int:
        """extra[name], an integer in [low, high]; `default` where it is not set."""
        value = self.extra.get(name, default)
        if not is_whole(value, low, high):
            raise SetupError(
                f"extra[{name!r}] must be an integer in {low}..{high}; got {shown(value)}"
            )
        return int(value)

    def extra_number(self, name: str, default: float | None, low: float, high: float) -> float:
        """extra[name], a number in [low, high]; `default` where it is not set and may be unset."""
        value = self.extra.get(name, default)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not low <= value <= high:
            raise SetupError(
                f"extra[{name!r}] must be a number in [{low}, {high}]; got {shown(value)}"
            )
        return float(value)

    def extra_word(self, name: str, *options: str) -> str:
        """extra[name], one of the options; the first where it is not set."""
        value = self.extra.get(name, options[0])
        if not isinstance(value, str) or value not in options:
            raise SetupError(f"extra[{name!r}] must be {' or '.join(options)}; got {shown(value)}")
        return value

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a record."""
        return dataclasses.asdict(self)


def _one_of(name: str, value: object, options: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in options:
        raise SetupError(f"{name} must be one of {', '.join(options)}; got {shown(value)}")


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether a value is an int (no bool, no float) in [low, high]."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def check_size(*shape: int) -> None:
    """Raise SetupError if a tensor of this shape would not fit in memory beside a few others."""
    numbers = math.prod(shape)
    if numbers > MOST_NUMBERS:
        raise SetupError(
            f"widths, n_inputs and depth must keep every tensor of a block within {MOST_NUMBERS}"
            f" numbers; got {shown(numbers)} in one of shape {shape}"
        )


def shown(value: object, most: int = 100) -> str:
    """A value for a message: short, on one line, and no failure whatever the value is."""
    try:
        if isinstance(value, list | tuple) and len(value) > 20:
            return f"{type(value).__name__} of {len(value)} beginning with {shown(value[0], 40)}"
        text = " ".join(repr(value).split())
    except Exception:  # a number of more digits than Python writes, or a repr of its own that fails
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= most else text[: most - 3] + "..."
