"""Particles: resampling by hand, no bias against direct averages, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from simulate import Setup, SetupError, run
from simulate.experiments.particles import systematic


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values)))


def test_systematic_by_hand() -> None:
    potential = torch.tensor([[1.0, 3.0, 0.0, 4.0]], dtype=torch.float64)
    # cumulative 1, 4, 4, 8; points 1, 3, 5, 7 at offset 1/2
    parents = systematic(potential, torch.tensor([[0.5]], dtype=torch.float64))
    assert parents.tolist() == [[0, 1, 3, 3]]


def test_copies_are_floor_or_ceil_of_what_is_due() -> None:
    generator = np.random.Generator(np.random.PCG64(3))
    potential = torch.from_numpy(generator.exponential(size=(50, 32)))
    parents = systematic(potential, torch.from_numpy(generator.random((50, 1))))
    due = 32 * potential / potential.sum(1, keepdim=True)
    counts = torch.stack([(parents == i).sum(1) for i in range(32)], 1)
    assert torch.all((counts - due).abs() < 1)


def test_one_layer_needs_no_resampling() -> None:
    """Linear, one layer: E y^4 = 3 E (|x|^2/n)^2 = 3 (1 + 2/n)."""
    setup = Setup((6, 4), "gaussian", 1.0, "linear", extra={"particles": 16})
    mean, error = mean_and_error(run("particles", setup, replicates=4000, seed=1)["fourth"])
    assert abs(mean - 4) < 4.5 * error < 0.2


@pytest.mark.parametrize("weights", ["gaussian", "uniform", "rademacher"])
def test_agrees_with_a_direct_average(weights: str) -> None:
    setup = Setup((24, 24, 8), weights, 2.0, "relu", activate_input=True, extra={"particles": 64})
    direct, wide = mean_and_error(
        run("unit_moments", setup, replicates=30_000, seed=2)["mean_fourth"]
    )
    mean, error = mean_and_error(run("particles", setup, replicates=300, seed=3)["fourth"])
    assert abs(mean - direct) < 4.5 * math.hypot(error, wide)
    assert error < 0.05 * mean


def test_number_of_particles_does_not_bias() -> None:
    found = [
        mean_and_error(
            run(
                "particles",
                Setup((5,) * 6, "rademacher", 2.0, "relu", activate_input=True,
                      extra={"particles": n}),
                replicates=runs,
                seed=4,
            )["fourth"]
        )
        for n, runs in ((8, 8000), (64, 1000))
    ]  # fmt: skip
    assert abs(found[0][0] - found[1][0]) < 4.5 * math.hypot(found[0][1], found[1][1])


def test_dead_runs_are_zero() -> None:
    setup = Setup((1,) * 6, "gaussian", 2.0, "relu", activate_input=True, extra={"particles": 1})
    fourth = run("particles", setup, replicates=256, seed=5)["fourth"]
    assert np.isfinite(fourth).all()
    assert 0 < (fourth == 0).mean() < 1


@pytest.mark.parametrize(
    ("field", "value"), [("activation", "tanh"), ("weights", "haar"), ("n_inputs", 2)]
)
def test_refused(field: str, value: object) -> None:
    base = {"widths": (3, 3, 3), "weights": "gaussian", "gain": 2.0, "activation": "relu"}
    with pytest.raises(SetupError, match="particles need"):
        run("particles", Setup(**{**base, field: value}), replicates=2, seed=0)


def test_the_layer_before_is_the_same_estimate_of_a_shallower_network() -> None:
    """kappa = 3 prod (1 + 5/w) over the layers read: two of them after, one before."""
    setup = Setup((24, 24, 24), "gaussian", 2.0, "relu", activate_input=True,
                  extra={"particles": 64})  # fmt: skip
    runs = run("particles", setup, replicates=300, seed=7)
    for column, exact in (("fourth", 3 * (1 + 5 / 24) ** 2), ("fourth_before", 3 * (1 + 5 / 24))):
        mean, error = mean_and_error(runs[column])
        assert abs(mean - exact) < 5 * error < 0.1 * exact
