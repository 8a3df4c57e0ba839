"""Wrong simulators: faults that are made in practice, planted one at a time.

Each is a context manager that replaces one function of `simulate` and puts it back. A suite that
cannot see them measures nothing: under each fault some row must differ.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from simulate import activations, laws, networks, run_blocks
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

    def cut(stream: Stream, *shape: int) -> Tensor:
        drawn = true(stream, *shape)
        while bool((far := drawn.abs() > 2).any()):
            drawn = drawn.where(~far, true(stream, *shape))
        return drawn / math.sqrt(0.774106)

    with mock.patch.object(Stream, "normal", cut):
        yield


@contextmanager
def dropped_layer() -> Iterator[None]:
    """The forward pass leaves out a layer of deep networks: the second, if widths allow it."""
    true = networks.forward

    def shorter(setup: Setup, stream: Stream, replicates: int, **more: Any) -> Iterator[Any]:
        for layer in true(_without_second(setup), stream, replicates, **more):
            if layer.index >= 2 and _without_second(setup) != setup:
                layer.index += 1
            yield layer

    with mock.patch.object(networks, "forward", shorter):
        yield


def _without_second(setup: Setup) -> Setup:
    widths = setup.widths
    if len(widths) < 4 or widths[1] != widths[2]:
        return setup
    return dataclasses.replace(setup, widths=widths[:1] + widths[2:])


@contextmanager
def reused_weights() -> Iterator[None]:
    """Layers of one shape share one matrix."""
    true = laws.all_weights

    def first_of_each(setup: Setup, stream: Stream, replicates: int) -> Iterator[Tensor]:
        kept: dict[tuple[int, ...], Tensor] = {}
        for w in true(setup, stream, replicates):
            yield kept.setdefault(tuple(w.shape), w)

    with mock.patch.object(laws, "all_weights", first_of_each):
        yield


@contextmanager
def half_precision() -> Iterator[None]:
    """Activations rounded to float16 on their way."""
    true = activations.apply

    def rounded(setup: Setup, x: Tensor, **more: Any) -> Tensor:
        return true(setup, x, **more).to(torch.float16).to(x.dtype)

    with mock.patch.object(activations, "apply", rounded):
        yield


FAULTS = {
    "wrong variance": wrong_variance,
    "fan-out for fan-in": fan_out_for_fan_in,
    "truncated normal for normal": truncated_normal,
    "dropped layer": dropped_layer,
    "reused weights": reused_weights,
    "activations in float16": half_precision,
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
            trial = dataclasses.replace(trial, looks=looks or trial.looks[:1])
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
