"""Covariance of the nodes of the last layer over the inputs of one network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import representable, rescale
from simulate.quantities import correlation
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError


def cost(setup: Setup) -> int:
    """Weights drawn, values and derivatives carried forward, and the inner products of inputs."""
    batch = setup.n_inputs
    carried = setup.n_weights * (1 + batch // 8) + 2 * setup.widths[0] * batch
    return carried + setup.widths[-1] * batch * (batch + setup.widths[-1]) // 16


@experiment(
    "input_covariance",
    columns=(
        "trace",
        "sum_sq_unbiased",
        "sq_trace_unbiased",
        "sum_sq_plugin",
        "sq_trace_plugin",
        "tangent_sq",
        "vni_plugin",
    ),
    cost=cost,
    bounds=lambda setup: {"vni_plugin": (0.0, 1.0 + correlation.ROUNDING)},
)
def input_covariance(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Traces of the covariance C over inputs of the post-activations x_L, from M inputs a network.

    trace: tr S of the sample covariance S (over M - 1), unbiased for tr C. ..plugin: tr S^2 and
    (tr S)^2, as one computes them. ..unbiased: averages over distinct inputs whose expectation over
    the inputs is tr C^2 and (tr C)^2 of the network. tangent_sq: |J(x) v|^2 averaged over the
    inputs x, v standard normal, whose expectation is tr J J^T. At true scale; M >= 4. vni_plugin:
    tr S^2/(tr S)^2 of the network, free of scale.
    """
    x, tangent, log_scale = _forward(setup, stream, replicates)
    sample = correlation.covariance_over_inputs(x)
    trace = correlation.trace(sample)
    quadratic, quartic = torch.exp(2 * log_scale), torch.exp(4 * log_scale)

    def scaled(value: Tensor, scale: Tensor) -> Tensor:
        return representable(value * scale, value)

    sum_sq, sq_trace = correlation.unbiased_traces(x)
    return {
        "trace": scaled(trace, quadratic),
        "sum_sq_unbiased": scaled(sum_sq, quartic),
        "sq_trace_unbiased": scaled(sq_trace, quartic),
        "sum_sq_plugin": scaled(correlation.sum_sq(sample), quartic),
        "sq_trace_plugin": scaled(trace.square(), quartic),
        "tangent_sq": scaled(tangent.square().sum(1).mean(-1), quadratic),
        "vni_plugin": correlation.vni(sample),
    }


def _forward(setup: Setup, stream: Stream, replicates: int) -> tuple[Tensor, Tensor, Tensor]:
    """x_L and J v at every input, both (R, N, B), and the common log of their scale (R,)."""
    setup.require(
        "a covariance over inputs", block="plain", norm="none", masks="own", activate_input=False
    )
    if setup.n_inputs < correlation.FEWEST:
        raise SetupError(f"n_inputs must be at least {correlation.FEWEST}; got {setup.n_inputs!r}")
    x = inputs.draw(setup, stream, replicates)
    tangent = stream.normal(replicates, setup.widths[0], setup.n_inputs)
    return carried(setup, x, tangent, laws.all_weights(setup, stream, replicates))


def carried(
    setup: Setup, x: Tensor, tangent: Tensor, weights: Iterable[Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """x_L and J v of given inputs x and directions v, (R, N, B), and the log of their scale."""
    log_scale = x.new_zeros(x.shape[0])
    for w in weights:
        h = w @ x
        tangent = activations.derivative(setup, h) * (w @ tangent)
        x = activations.apply(setup, h)
        if activations.is_homogeneous(setup):
            x, log = rescale(x, torch.zeros_like(log_scale))
            tangent *= torch.exp2(-torch.round(log / math.log(2))).view(-1, 1, 1)
            log_scale = log_scale + log
    return x, tangent, log_scale
