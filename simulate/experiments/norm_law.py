"""Norms of literal networks: their law, their typical decay, how many are alive, their powers."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, networks
from simulate.logscale import representable
from simulate.quantities import moments
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown

MOST_BATCHES = 64


@experiment("norm_law", columns=("log_norm_sq",))
def norm_law(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Natural log of ||y^(L)||^2 of networks that are alive; dead ones are drawn again.

    Drawing again gives the law conditional on being alive, exactly; the atom at zero is measured
    by the experiment `alive`. Raises SetupError where nearly all networks are dead.
    """
    live: list[Tensor] = []
    missing = replicates
    for _ in range(MOST_BATCHES):
        layer = networks.last(setup, stream, replicates)
        logs = moments.log_norm_sq(layer.out, layer.log_scale)
        live.append(logs[torch.isfinite(logs)][:missing])
        missing -= len(live[-1])
        if missing == 0:
            return {"log_norm_sq": torch.cat(live)}
    raise SetupError(
        f"widths {shown(setup.widths)}: fewer than 1 network in {MOST_BATCHES} is alive"
    )


@experiment("norm_steps", columns=("alive", "log_step", "log_step_sq"))
def norm_steps(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Growth per layer of log mean phi(y)^2: mean over the layers of the step and of its square.

    The step of layer l is the log of mean_i phi(y_i^(l))^2 over the same mean one layer below
    (that of the input for l = 1). `alive` says whether the last phi(y) is non-zero; both steps are
    0 where it is not, so that ratios to the mean of `alive` condition on being alive.
    """
    x = inputs.draw(setup, stream, replicates)
    below = _log_mean_sq(setup, x, torch.zeros_like(x[:, 0, 0]))
    total, total_sq = torch.zeros_like(below), torch.zeros_like(below)
    for layer in networks.forward(setup, stream, replicates, x=x):
        here = _log_mean_sq(setup, layer.out, layer.log_scale)
        step = here - below  # nan once dead: -inf minus -inf
        total, total_sq, below = total + step, total_sq + step.square(), here
    alive = torch.isfinite(below)
    return {
        "alive": alive.to(total.dtype),
        "log_step": torch.where(alive, total / setup.depth, 0.0),
        "log_step_sq": torch.where(alive, total_sq / setup.depth, 0.0),
    }


@experiment("alive", columns=("alive", "above"))
def alive(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Whether y^(L) != 0, and whether the squared scale below it exceeds extra["threshold"].

    The squared scale is gain times the mean of phi(y_i^(L-1))^2, the variance of a unit of the last
    layer given the layer below. Threshold 0 unless set. With +-1 weights choose the gain so that
    entries are whole numbers (gain = width): only then are sums that cancel exactly zero.
    """
    threshold = setup.extra_number("threshold", 0.0, 0.0, 1e300)
    log_level, layer = _scale_below_last(setup, stream, replicates)
    return {
        "alive": (layer.out.abs().flatten(1).amax(1) > 0).to(log_level.dtype),
        "above": (log_level > torch.tensor(threshold).log()).to(log_level.dtype),
    }


@experiment("scale_powers", columns=("scale_fourth", "scale_eighth"))
def scale_powers(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Square and fourth power of the squared scale below the last layer, at true scale.

    A unit y of the last layer is N(0, scale^2) given the layer below if its weights are Gaussian,
    so E y^4 = 3 E scale^4 and E y^8 = 105 E scale^8: the last layer is integrated out exactly.
    Shallow or wide networks only: the eighth power is heavy-tailed.
    """
    log_level, _ = _scale_below_last(setup, stream, replicates)
    return {
        "scale_fourth": representable(torch.exp(2 * log_level), torch.isfinite(log_level)),
        "scale_eighth": representable(torch.exp(4 * log_level), torch.isfinite(log_level)),
    }


def _scale_below_last(
    setup: Setup, stream: Stream, replicates: int
) -> tuple[Tensor, networks.Layer]:
    """(R,) log of gain times the mean square that the last layer reads, and the last layer."""
    x = inputs.draw(setup, stream, replicates)
    below = activations.apply(setup, x) if setup.activate_input else x
    log_scale = torch.zeros_like(x[:, 0, 0])
    for layer in networks.forward(setup, stream, replicates, x=x):
        if layer.index == setup.depth:
            return moments.mean_sq(below).mul(setup.gain).log() + 2 * log_scale, layer
        below, log_scale = activations.apply(setup, layer.out), layer.log_scale
    raise AssertionError("a network has a last layer")


def _log_mean_sq(setup: Setup, y: Tensor, log_scale: Tensor) -> Tensor:
    """(R, N, B), (R,) -> (R,): log of the mean of phi(y)^2, -inf for a dead network."""
    return moments.mean_sq(activations.apply(setup, y)).log() + 2 * log_scale
