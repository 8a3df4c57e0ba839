"""Experiments by name: `@experiment(...)` registers one, `run` and `run_blocks` execute it."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from simulate.samples import Columns, Samples, concatenate
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError

Measure = Callable[[Setup, Stream, int], Mapping[str, Tensor]]
CACHE_BYTES = 1 << 19  # activations of one block stay in a core's own cache
MOST_PER_BLOCK = 4096


@dataclass(frozen=True)
class Experiment:
    """A registered measurement. `sampler` says in words what is sampled (literal, layer-factor)."""

    name: str
    columns: tuple[str, ...]
    sampler: str
    measure: Measure
    cost: Callable[[Setup], int]
    replicates: Callable[[Setup], int]
    bounds: Callable[[Setup], Mapping[str, tuple[float, float]]]
    direct: Callable[[Columns], float] | None

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]


_EXPERIMENTS: dict[str, Experiment] = {}


def literal_cost(setup: Setup) -> int:
    """Random numbers and multiplications of one literal network, in units of one weight."""
    return setup.n_weights * max(1, setup.n_inputs // 16) + setup.widths[0] * setup.n_inputs


def cache_block(setup: Setup) -> int:
    """Networks per block: a power of two, so that one layer of a block stays in cache."""
    largest = max(
        max(m * n for n, m in zip(setup.widths[:-1], setup.widths[1:], strict=True)),
        max(setup.widths) * setup.n_inputs,
    )
    fit = max(1, CACHE_BYTES // (8 * largest))
    return int(min(MOST_PER_BLOCK, 1 << (fit.bit_length() - 1)))


def unbounded(setup: Setup) -> Mapping[str, tuple[float, float]]:
    """No column has known bounds."""
    return {}


def experiment(
    name: str,
    columns: Sequence[str],
    *,
    sampler: str = "literal",
    cost: Callable[[Setup], int] = literal_cost,
    replicates: Callable[[Setup], int] = cache_block,
    bounds: Callable[[Setup], Mapping[str, tuple[float, float]]] = unbounded,
    direct: Callable[[Columns], float] | None = None,
) -> Callable[[Measure], Measure]:
    """Register `measure(setup, stream, R) -> {column: (R,) tensor}` under a name.

    cost: random numbers drawn per replicate (what budgets count). replicates: how many replicates
    make one block; a function of the set-up only, because it is part of what a seed means.
    bounds: columns that lie in a known interval whatever the weights (a fraction of units, a
    cosine); their means get intervals that hold for every distribution.
    direct: where the sampler stands in for literal networks, log10 of the relative second moment
    that one literal network's value would have had, from the columns.
    """

    def register(measure: Measure) -> Measure:
        if name in _EXPERIMENTS:
            raise SetupError(f"two experiments are named {name!r}")
        _EXPERIMENTS[name] = Experiment(
            name, tuple(columns), sampler, measure, cost, replicates, bounds, direct
        )
        return measure

    return register


def experiments() -> dict[str, Experiment]:
    """All experiments by name."""
    package = importlib.import_module("simulate.experiments")
    for info in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"simulate.experiments.{info.name}")
    return _EXPERIMENTS


def get(name: str) -> Experiment:
    """The experiment of that name."""
    known = experiments()
    if name not in known:
        raise SetupError(f"experiment must be one of {', '.join(sorted(known))}; got {name!r}")
    return known[name]


def run_blocks(
    name: str,
    setup: Setup,
    *,
    seed: int,
    check: str,
    first: int,
    count: int,
    device: str = "cpu",
    dtype: str = "float64",
) -> Columns:
    """Blocks first..first+count-1 of one check, as columns in block order.

    The result of a block depends on (name, setup, seed, check, block, device, dtype) only.
    """
    chosen = get(name)
    size = chosen.replicates(setup)
    parts: list[Columns] = []
    for block in range(first, first + count):
        stream = Stream(seed, check, block, device=device, dtype=getattr(torch, dtype))
        with torch.inference_mode():
            measured = chosen.measure(setup, stream, size)
        missing = set(chosen.columns) ^ set(measured)
        if missing:
            raise SetupError(f"experiment {name!r}: columns {sorted(missing)} do not match")
        parts.append(
            {
                column: measured[column].to("cpu", torch.float64).reshape(size).numpy().copy()
                for column in chosen.columns
            }
        )
    return concatenate(parts)


def run(
    name: str,
    setup: Setup,
    *,
    replicates: int,
    seed: int,
    check: str = "interactive",
    device: str = "cpu",
    dtype: str = "float64",
) -> Samples:
    """Sample `replicates` independent networks and measure them.

    Raises SetupError for an unknown experiment or a set-up that breaks a rule.
    """
    if not isinstance(replicates, int) or replicates < 1:
        raise SetupError(f"replicates must be an integer >= 1; got {replicates!r}")
    start = time.perf_counter()
    size = get(name).replicates(setup)
    columns = run_blocks(
        name,
        setup,
        seed=seed,
        check=check,
        first=0,
        count=-(-replicates // size),
        device=device,
        dtype=dtype,
    )
    kept = {column: np.ascontiguousarray(values[:replicates]) for column, values in columns.items()}
    return Samples(kept, device=device, dtype=dtype, seconds=time.perf_counter() - start)
