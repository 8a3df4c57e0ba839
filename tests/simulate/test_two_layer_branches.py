"""Residual blocks with two weight layers a branch, against the loop and by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulate import Setup, SetupError, activations, inputs, laws, run
from simulate.experiments.two_layer_branches import two_layer_branches
from simulate.seeds import Stream

SETUP = Setup(
    (3, 5, 3, 2, 3), "gaussian", 2.0, "relu", block="residual", skip=0.8, branch=0.6, n_inputs=2
)


def test_it_is_the_loop() -> None:
    stream = Stream(1, "loop", 0)
    y = inputs.draw(SETUP, stream, 4)
    for layer in (1, 3):
        first = laws.weights(SETUP, stream, 4, layer)
        second = laws.weights(SETUP, stream, 4, layer + 1)
        y = 0.8 * y + 0.6 * second @ activations.apply(SETUP, first @ y)
    found = two_layer_branches(SETUP, Stream(1, "loop", 0), 4)
    for name, power in (("mean_sq", 2), ("mean_fourth", 4)):
        assert np.allclose(found[name].numpy(), (y**power).mean((1, 2)).numpy())


def test_one_unit_by_hand(seed: int) -> None:
    """y' = x + w' relu(w x) with N(0, 2) weights: E y'^2 = 3 (the mean of w^2 relu^2 is 2)."""
    setup = replace(SETUP, widths=(1, 1, 1), skip=1.0, branch=1.0, n_inputs=1, gain=2.0)
    found = run("two_layer_branches", setup, replicates=40_000, seed=seed).columns["mean_sq"]
    assert abs(found.mean() - 3) < 5 * found.std() / math.sqrt(40_000)


def test_scale_at_depth_is_carried() -> None:
    deep = replace(SETUP, widths=(3, 4) * 200 + (3,), skip=1e3, branch=1e3)
    assert math.isnan(float(two_layer_branches(deep, Stream(1, "deep", 0), 1)["mean_sq"][0]))


@pytest.mark.parametrize("fields", [{"block": "plain"}, {"widths": (3, 5, 4)}, {"widths": (3, 3)}])
def test_what_it_does_not_build_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(SetupError, match=next(iter(fields))):
        run("two_layer_branches", replace(SETUP, **fields), replicates=2, seed=0)
