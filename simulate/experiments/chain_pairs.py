"""The statistics of `gradient_pairs` from true gradients, at any width: no weight is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from simulate.exact import gram_chain
from simulate.experiments.gradient_pairs import MOST_READOUTS, statistics
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError


def readouts(setup: Setup) -> int:
    """Readout vectors one network's statistics are averaged over: extra["readouts"], 1 unless set.

    One is enough at large widths, where the mean over the units of layer 0 varies little.
    """
    return setup.extra_whole("readouts", 1, 1, MOST_READOUTS)


def _vectors(setup: Setup) -> int:
    return setup.n_inputs * (1 + readouts(setup))


def cost(setup: Setup) -> int:
    """Normals drawn, and the products of vectors of a layer in units of one draw."""
    return int(sum(setup.widths) * _vectors(setup) * (1 + _vectors(setup) / 8))


def block(setup: Setup) -> int:
    """Networks per block: one layer of them stays in cache, all layers in memory."""
    numbers = max(setup.widths) * _vectors(setup)
    fit = min((1 << 17) // numbers, (1 << 24) // (numbers * setup.depth))
    return 1 << (max(1, min(1024, fit)).bit_length() - 1)


@experiment(
    "chain_pairs",
    columns=("grad_sq_i", "grad_sq_j", "grad_dot"),
    sampler="Gram chain, exact in law: what inputs and gradients see of the weights, none drawn",
    cost=cost,
    replicates=block,
)
def chain_pairs(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Means over the units n of layer 0 of g_i^2, g_j^2 and g_i g_j, with g = d(r . x_L)/d x_0.

    Equal in law to `gradient_pairs` of a plain network without normalisation, with as many readouts
    r (there 16 unless set); `tangent_pairs` is so in the mean only.
    """
    setup.require("chain pairs", activate_input=False)
    if setup.n_inputs < 2:
        raise SetupError(f"n_inputs must be at least 2 for a pair; got {setup.n_inputs!r}")
    layers = list(gram_chain.forward(setup, stream, replicates))
    *_, last = gram_chain.backward(setup, stream, layers, readouts(setup))
    gradient = last.vectors * last.log_scale.exp().view(-1, 1, 1, 1)  # (R, B, K, N)
    return statistics(gradient.permute(0, 3, 1, 2))
