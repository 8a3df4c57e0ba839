"""Curves of sample quantiles over depth: what a figure drawn from n networks shows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from simulate.exact import radial
from simulate.experiments.layer_factors import COST_OF_A_FACTOR, MOST_DRAWS
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, check_size

LEVELS = (0.9, 0.99, 0.999)
SAMPLER = "radial, exact in law: norms only, a binomial and chi-square draws a layer, no weight"


def n_networks(setup: Setup) -> int:
    """Networks behind one curve: extra["draws"], 1000 unless set."""
    return setup.extra_whole("draws", 1000, 10, MOST_DRAWS)


def _cost(setup: Setup) -> int:
    return COST_OF_A_FACTOR * n_networks(setup) * setup.depth


@experiment(
    "sample_curves",
    columns=tuple(f"falls_{1000 * level:.0f}" for level in LEVELS),
    sampler=SAMPLER,
    cost=_cost,
    replicates=lambda setup: 8,
    bounds=lambda setup: {f"falls_{1000 * level:.0f}": (0.0, 1.0) for level in LEVELS},
)
def sample_curves(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Whether the 0.9, 0.99 and 0.999 quantiles of a sample fall at every layer after the first.

    One sample of extra["draws"] networks, each with its own input, followed over depth, is one
    replicate. The quantile at level p of n networks is the order statistic of rank ceil(p n), of
    log |h_l|^2; "the first" is layer extra["index"], 1 unless set. Rectifiers only.
    """
    first, n = setup.extra_whole("index", 1, 1, setup.depth - 1), n_networks(setup)
    check_size(replicates, n, 8)
    ranks = [math.ceil(level * n - 1e-9) for level in LEVELS]
    falls = torch.ones(len(LEVELS), replicates, dtype=torch.bool, device=stream.device)
    before = torch.full_like(falls, torch.inf, dtype=stream.dtype)
    for size in itertools.islice(sizes(setup, stream, replicates * n), first - 1, None):
        ordered = size.view(replicates, n).sort(dim=1).values
        here = torch.stack([ordered[:, rank - 1] for rank in ranks])
        falls &= here < before
        before = here
    return {
        f"falls_{1000 * level:.0f}": row.to(stream.dtype)
        for level, row in zip(LEVELS, falls, strict=True)
    }


def sizes(setup: Setup, stream: Stream, networks: int) -> Iterator[Tensor]:
    """Yield (R,) log |h_l|^2 of layers 1..L, natural log; -inf in a dead network."""
    if setup.activation != "relu":
        raise SetupError(f"sample curves need activation 'relu'; got {setup.activation!r}")
    read = torch.empty(0)
    for layer in radial.forward(setup, stream, networks):
        if layer.index:
            silent = stream.chi2(layer.width - layer.active).log()
            silent = silent + read + math.log(setup.weight_variance(layer.index))
            yield torch.logaddexp(layer.log_on, silent)
        read = layer.log_read
