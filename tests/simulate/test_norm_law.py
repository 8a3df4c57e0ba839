"""Norms of literal networks: written out layer by layer, deep ones, and dead ones."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from simulate import Setup, SetupError, inputs, laws, run
from simulate.experiments.norm_law import alive, norm_law, norm_steps, scale_powers
from simulate.seeds import Stream

WIDTHS = (3, 5, 4, 2)
SETUP = Setup(WIDTHS, "gaussian", 2.0, "relu", activate_input=True)


def literal(setup: Setup, replicates: int, block: int = 0) -> list[torch.Tensor]:
    """x, y_1, ..., y_L layer by layer, no rescaling, from the stream that the experiments use."""
    stream = Stream(5, "norm", block)
    values = [inputs.draw(setup, stream, replicates)]
    for layer in range(1, setup.depth + 1):
        f = values[-1].clamp_min(0)
        values.append(laws.weights(setup, stream, replicates, layer) @ f)
    return values


def test_norms_of_networks_written_out() -> None:
    y = literal(SETUP, 64)[-1]
    logs = y.square().sum((1, 2)).log()
    live = logs[torch.isfinite(logs)]
    found = norm_law(SETUP, Stream(5, "norm", 0), 64)["log_norm_sq"]
    assert found[: len(live)].numpy() == pytest.approx(live.numpy())
    assert torch.isfinite(found).all()  # dead ones were drawn again


def test_steps_of_networks_written_out() -> None:
    squares = [v.clamp_min(0).square().mean((1, 2)).log() for v in literal(SETUP, 64)]
    steps = torch.stack([b - a for a, b in itertools.pairwise(squares)])
    found = norm_steps(SETUP, Stream(5, "norm", 0), 64)
    ok = torch.isfinite(steps).all(0)
    assert torch.equal(found["alive"] == 1, ok)
    assert found["log_step"][ok].numpy() == pytest.approx(steps.mean(0)[ok].numpy())
    assert found["log_step_sq"][ok].numpy() == pytest.approx(steps.square().mean(0)[ok].numpy())
    assert not found["log_step"][~ok].any()


def test_alive_and_scale_of_networks_written_out() -> None:
    values = literal(SETUP, 64)
    level = 2.0 * values[-2].clamp_min(0).square().mean((1, 2))
    found = alive(
        Setup(**{**SETUP.as_dict(), "extra": {"threshold": 0.3}}), Stream(5, "norm", 0), 64
    )
    assert torch.equal(found["alive"] == 1, (values[-1] != 0).any(1).squeeze(-1))
    assert torch.equal(found["above"] == 1, level > 0.3)
    powers = scale_powers(SETUP, Stream(5, "norm", 0), 64)
    assert powers["scale_fourth"].numpy() == pytest.approx(level.square().numpy())
    assert powers["scale_eighth"].numpy() == pytest.approx((level**4).numpy())


def test_linear_networks_never_die() -> None:
    setup = Setup((2,) * 30, "gaussian", 1.0, "linear")
    assert run("alive", setup, replicates=500, seed=1)["alive"].mean() == 1


def test_deep_networks_do_not_underflow() -> None:
    """log ||y||^2 near -3000: far outside float64, and finite."""
    setup = Setup((10,) * 41, "gaussian", 2e-30, "relu", activate_input=True)
    logs = run("norm_law", setup, replicates=64, seed=2)["log_norm_sq"]
    assert np.all(np.isfinite(logs))
    assert np.median(logs) == pytest.approx(40 * math.log(1e-30), rel=0.05)


def test_whole_number_weights_cancel_exactly() -> None:
    """|x|, +-1 weights, width 4: y = 0 only if all four sums of four signs cancel, (3/8)^4."""
    setup = Setup((4, 4), "rademacher", 4.0, "abs", activate_input=True, inputs="rademacher")
    dead = 1 - run("alive", setup, replicates=20_000, seed=3)["alive"].mean()
    share = (3 / 8) ** 4
    assert abs(dead - share) < 4.5 * math.sqrt(share / 20_000)


def test_networks_that_are_nearly_all_dead_are_refused() -> None:
    setup = Setup((1,) * 40, "gaussian", 2.0, "relu", activate_input=True)
    with pytest.raises(SetupError, match="alive"):
        run("norm_law", setup, replicates=16, seed=4)
