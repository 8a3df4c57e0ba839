"""Moments of activated inputs: phi applied to the input vector, no weights."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from simulate import activations, inputs
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup

COLUMNS = ("mean_act_sq", "mean_act_fourth", "mean_act_pair_sq")
BOUNDED = ("tanh", "sigmoid")
ROUNDING = 1e-9  # a mean of many ones may step over 1 by far less


def bounds(setup: Setup) -> Mapping[str, tuple[float, float]]:
    """Even powers of tanh and sigmoid lie in [0, 1] whatever the input; others are unbounded."""
    if setup.activation not in BOUNDED or setup.widths[0] < 2:  # no pairs in one unit: nan
        return {}
    return dict.fromkeys(COLUMNS, (-ROUNDING, 1.0 + ROUNDING))


@experiment(
    "activation_moments",
    columns=COLUMNS,
    sampler="activated inputs, no weights drawn",
    cost=lambda setup: setup.widths[0] * setup.n_inputs,
    bounds=bounds,
)
def activation_moments(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over the entries of one input of phi(x_i)^2, phi(x_i)^4 and phi(x_i)^2 phi(x_j)^2.

    One replicate is one draw of the input vector(s) of width n_0; pairs are i != j.
    """
    setup.require("activation moments", norm="none", masks="own")
    f = activations.apply(setup, inputs.draw(setup, stream, replicates))
    return {
        "mean_act_sq": moments.mean_sq(f),
        "mean_act_fourth": moments.mean_fourth(f),
        "mean_act_pair_sq": moments.mean_pair_sq(f),
    }
