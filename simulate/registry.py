"""Experiments by name: `@experiment(...)` registers one, `run` and `run_blocks` execute it."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from simulate import metainit
from simulate.samples import Columns, Samples, concatenate
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, check_size, is_whole, shown

Measure = Callable[[Setup, Stream, int], Mapping[str, Tensor]]
CACHE_BYTES = 1 << 19  # activations of one block stay in a core's own cache
MOST_PER_BLOCK = 4096
MOST_REPLICATES = 10**9
MOST_BLOCKS = 2**32
MOST_RANDOM = 10**12  # random numbers of one call: some hours
DEVICES, DTYPES = ("cpu", "cuda"), ("float64", "float32")


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
    """Random numbers and multiplications of one literal network, in units of one weight.

    A step of MetaInit differentiates three times through a batch of inputs.
    """
    per_weight = max(1, setup.n_inputs // 16) + 3 * metainit.BATCH * setup.tuning
    return setup.n_weights * per_weight + setup.widths[0] * setup.n_inputs


def cache_block(setup: Setup) -> int:
    """Networks per block: a power of two, so that one layer of a block stays in cache."""
    largest = max(
        max(m * n for n, m in zip(setup.widths[:-1], setup.widths[1:], strict=True)),
        max(setup.widths) * max(setup.n_inputs, metainit.BATCH if setup.tuning else 1),
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
    _import_all()
    return _EXPERIMENTS


@functools.cache
def _import_all() -> None:
    """Import every module of `simulate.experiments`, once: each registers its experiments."""
    package = importlib.import_module("simulate.experiments")
    for info in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"simulate.experiments.{info.name}")


def get(name: str) -> Experiment:
    """The experiment of that name."""
    known = experiments()
    if not isinstance(name, str) or name not in known:
        raise SetupError(f"experiment must be one of {', '.join(sorted(known))}; got {shown(name)}")
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

    The result of a block depends on (name, setup, seed, check, block, device, dtype) only. Raises
    SetupError naming an argument that breaks a rule.
    """
    chosen = get(name)
    check_arguments(setup, seed, check, device, dtype)
    for argument, value, low in (("first", first, 0), ("count", count, 1)):
        if not is_whole(value, low, MOST_BLOCKS):
            raise SetupError(f"{argument} must be an integer >= {low} and <= {MOST_BLOCKS}; got"
                             f" {shown(value)}")  # fmt: skip
    size = chosen.replicates(setup)
    _check_work(chosen, setup, size, count)
    parts: list[Columns] = []
    for block in range(first, first + count):
        stream = Stream(seed, check, block, device=device, dtype=getattr(torch, dtype))
        measured = _measured(chosen, setup, stream, size)
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
    chosen = get(name)
    check_arguments(setup, seed, check, device, dtype)
    if not is_whole(replicates, 1, MOST_REPLICATES):
        raise SetupError(f"replicates must be an integer >= 1 and <= {MOST_REPLICATES}; got"
                         f" {shown(replicates)}")  # fmt: skip
    start = time.perf_counter()
    size = chosen.replicates(setup)
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


def _check_work(chosen: Experiment, setup: Setup, size: int, count: int) -> None:
    """Refuse what would not fit in memory, or never end."""
    if chosen.sampler.startswith("literal"):
        check_size(size, max(setup.widths), max(setup.widths[0], setup.n_inputs))
        check_size(size, setup.widths[-1], setup.widths[-1])
    numbers = chosen.cost(setup) * size * count
    if numbers > MOST_RANDOM:
        raise SetupError(
            f"one call may draw {MOST_RANDOM} random numbers at most; these widths, inputs and"
            f" replicates (or this count of blocks) need {shown(numbers)}"
        )


def _measured(chosen: Experiment, setup: Setup, stream: Stream, size: int) -> Mapping[str, Tensor]:
    try:
        with torch.inference_mode():
            return chosen.measure(setup, stream, size)
    except MemoryError:
        pass
    except RuntimeError as error:  # torch has no class of its own for this
        if isinstance(error, SetupError) or "memory" not in str(error):
            raise
    raise SetupError(f"experiment {chosen.name!r}: a block of {size} networks of widths"
                     f" {shown(setup.widths)} does not fit in memory")  # fmt: skip


def check_arguments(setup: object, seed: object, check: object, device: str, dtype: str) -> None:
    """Raise SetupError naming the argument of a measurement that breaks its rule."""
    if not isinstance(setup, Setup):
        raise SetupError(f"setup must be a Setup; got {shown(setup)}")
    if not is_whole(seed, 0, 2**63 - 1):
        raise SetupError(f"seed must be an integer in [0, 2^63); got {shown(seed)}")
    if not isinstance(check, str) or not check.isprintable():
        raise SetupError(f"check must be printable text; got {shown(check)}")
    for name, value, options in (("device", device, DEVICES), ("dtype", dtype, DTYPES)):
        if not isinstance(value, str) or value not in options:
            raise SetupError(f"{name} must be one of {', '.join(options)}; got {shown(value)}")
    if device == "cuda" and not torch.cuda.is_available():
        raise SetupError("device 'cuda' needs a CUDA device and a CUDA build of torch; found none")
