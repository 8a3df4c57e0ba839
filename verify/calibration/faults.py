"""Wrong simulators: faults that are made in practice, planted one at a time.

Each is a context manager that replaces one function of `simulate` and puts it back. A suite that
cannot see them measures nothing: under each fault some row must differ.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest import mock
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from simulate import activations, laws, run_blocks
from simulate.quantities import moments
from simulate.registry import get
from simulate.seeds import Stream
from simulate.setup import Setup
from verify import plan
from verify.plan import Trial
from verify.rows import Progress
from verify.verdict import may_differ


@contextmanager
def wrong_variance() -> Iterator[None]:
    """Weights with a variance 20 % too large."""
    true = Setup.weight_variance
    with mock.patch.object(Setup, "weight_variance", lambda s, layer: 1.2 * true(s, layer)):
        yield


@contextmanager
def fan_out_for_fan_in() -> Iterator[None]:
    """The variance of a weight divided by the other fan."""

    def other(setup: Setup, layer: int) -> float:
        return setup.gain / setup.widths[layer if setup.fan == "in" else layer - 1]

    with mock.patch.object(Setup, "weight_variance", other):
        yield


@contextmanager
def truncated_normal() -> Iterator[None]:
    """Normals cut at two standard deviations, scaled back to variance 1 (kurtosis 2.4)."""
    true = Stream.normal

    def cut(stream: Stream, *shape: int, std: float = 1.0) -> Tensor:
        drawn = true(stream, *shape)
        while bool((far := drawn.abs() > 2).any()):
            drawn = drawn.where(~far, true(stream, *shape))
        return drawn.mul_(std / math.sqrt(0.774106))

    with mock.patch.object(Stream, "normal", cut):
        yield


@contextmanager
def dropped_layer() -> Iterator[None]:
    """The second layer is left out where it is square: its input passes unchanged."""
    one, every = laws.weights, laws.all_weights

    def identity(setup: Setup, layer: int, w: Tensor) -> Tensor:
        if layer != 2 or w.shape[-1] != w.shape[-2]:
            return w
        return torch.eye(w.shape[-1], dtype=w.dtype, device=w.device).expand_as(w).clone()

    def weights(setup: Setup, stream: Stream, replicates: int, layer: int) -> Tensor:
        return identity(setup, layer, one(setup, stream, replicates, layer))

    def all_weights(setup: Setup, stream: Stream, replicates: int) -> Iterator[Tensor]:
        for layer, w in enumerate(every(setup, stream, replicates), start=1):
            yield identity(setup, layer, w)

    with _weights(weights, all_weights):
        yield


@contextmanager
def reused_weights() -> Iterator[None]:
    """Layers of one shape share one matrix."""
    one, every = laws.weights, laws.all_weights
    kept: WeakKeyDictionary[Stream, dict[tuple[int, ...], Tensor]] = WeakKeyDictionary()

    def first(stream: Stream, w: Tensor) -> Tensor:
        return kept.setdefault(stream, {}).setdefault(tuple(w.shape), w.clone()).clone()

    def weights(setup: Setup, stream: Stream, replicates: int, layer: int) -> Tensor:
        return first(stream, one(setup, stream, replicates, layer))

    def all_weights(setup: Setup, stream: Stream, replicates: int) -> Iterator[Tensor]:
        for w in every(setup, stream, replicates):
            yield first(stream, w)

    with _weights(weights, all_weights):
        yield


@contextmanager
def _weights(one: Callable[..., Tensor], every: Callable[..., Iterator[Tensor]]) -> Iterator[None]:
    with mock.patch.object(laws, "weights", one), mock.patch.object(laws, "all_weights", every):
        yield


@contextmanager
def half_precision() -> Iterator[None]:
    """Activations rounded to float16 on their way."""
    true = activations.apply

    def rounded(setup: Setup, x: Tensor, **more: Any) -> Tensor:
        return true(setup, x, **more).to(torch.float16).to(x.dtype)

    with mock.patch.object(activations, "apply", rounded):
        yield


@contextmanager
def orthogonal_without_signs() -> Iterator[None]:
    """Orthogonal matrices as QR leaves them: diag(R) of one sign, so no Haar law."""

    def raw(stream: Stream, replicates: int, rows: int, columns: int) -> Tensor:
        big, small = max(rows, columns), min(rows, columns)
        tall: Tensor = torch.linalg.qr(stream.normal(replicates, big, small)).Q
        return tall if rows >= columns else tall.transpose(-1, -2)

    with mock.patch.object(laws, "haar", raw):
        yield


@contextmanager
def n_for_n_minus_one() -> Iterator[None]:
    """The variance over the data divided by the number of inputs, not by one less."""
    true = moments.variance_over_inputs

    def biased(y: Tensor) -> Tensor:
        n = y.shape[-1]
        return true(y) * ((n - 1) / n)

    with mock.patch.object(moments, "variance_over_inputs", biased):
        yield


@contextmanager
def mean_over_units() -> Iterator[None]:
    """The variance of one unit replaced by the mean over the units of its layer."""

    def mean(y: Tensor) -> Tensor:
        return moments.variance_over_inputs(y).mean(1)

    with mock.patch.object(moments, "variance_of_first_unit", mean):
        yield


FAULTS = {
    "wrong variance": wrong_variance,
    "fan-out for fan-in": fan_out_for_fan_in,
    "truncated normal for normal": truncated_normal,
    "dropped layer": dropped_layer,
    "reused weights": reused_weights,
    "activations in float16": half_precision,
    "QR without its signs": orthogonal_without_signs,
    "variance over n, not n - 1": n_for_n_minus_one,
    "mean over units for one unit": mean_over_units,
}


BUDGET = 2e7  # random numbers per row: what no fault needs more than


def red_rows(fault: str, patterns: Sequence[str], seed: int) -> tuple[list[str], int]:
    """(checks that differ unexpectedly, rows sampled) at the quick tier under one fault.

    fault: a key of FAULTS, or "none".
    """
    red, sampled = [], 0
    with FAULTS[fault]() if fault in FAULTS else nullcontext():
        for trial in plan.trials(plan.select(patterns), "quick"):
            looks = tuple(n for n in trial.looks if n * trial.block * _cost(trial) <= BUDGET)
            trial = dataclasses.replace(trial, looks=looks or trial.looks[:1], reserve=0)
            progress = Progress(trial)
            while not progress.done:
                for first, count in progress.missing():
                    progress.chunks[first] = run_blocks(
                        trial.probe.experiment, trial.setup, seed=seed, check=trial.check,
                        first=first, count=count,
                    )  # fmt: skip
                progress.decide(seed)
            sampled += len(progress.rows)
            red += [
                row.check
                for row in progress.rows
                if row.outcome == "differs" and not may_differ(trial.claim.expected, row)
            ]
    return red, sampled


def _cost(trial: Trial) -> int:
    return get(trial.probe.experiment).cost(trial.setup)
