"""Empirical variance against numpy on literal outputs, at depth, and where nothing varies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulate import Setup, networks, run
from simulate.experiments.variance_at_depth import LOWEST
from simulate.initialisers import initialiser
from simulate.seeds import Stream


def make(depth: int = 3, **more: Any) -> Setup:
    fields = {"widths": (6,) * (depth + 1), "activation": "relu", "n_inputs": 9, **more}
    return Setup(**{**initialiser("he"), **fields})


def test_it_is_the_variance_of_unit_zero() -> None:
    setup = make()
    found = run("variance_at_depth", setup, replicates=5, seed=2, check="v")
    size = 4096  # a block is drawn whole
    layer = networks.last(setup, Stream(2, "v", 0), min(size, len_block(setup)))
    y = (layer.out * layer.log_scale.exp().view(-1, 1, 1)).numpy()[:5]
    assert np.allclose(found["variance"], y[:, 0].var(1, ddof=1))
    assert np.allclose(found["log10_variance"], np.log10(y[:, 0].var(1, ddof=1)))
    assert np.allclose(found["log10_scale"], np.log10((y**2).mean((1, 2))))


def len_block(setup: Setup) -> int:
    from simulate.registry import get

    return get("variance_at_depth").replicates(setup)


def test_no_depth_underflows() -> None:
    deep = run("variance_at_depth", make(2000, widths=(10,) * 2001), replicates=16, seed=1)
    living = deep["log10_scale"] > LOWEST
    assert living.any()
    assert (deep["log10_scale"][living] < -100).all()


def test_a_blank_corner_through_zero_is_constant() -> None:
    setup = Setup(
        (8, 4, 4), activation="relu", inputs="blank_half", n_inputs=5, **initialiser("zero")
    )
    found = run("variance_at_depth", setup, replicates=3, seed=0)
    assert found["varies"].tolist() == [0, 0, 0]
    assert found["log10_variance"].tolist() == [LOWEST] * 3


def test_identities_keep_the_variance() -> None:
    setup = Setup((4, 4), activation="relu", n_inputs=2, **initialiser("zero"))
    found = run("variance_at_depth", setup, replicates=4000, seed=0)
    assert found["variance"].mean() == pytest.approx(1, abs=5 * math.sqrt(2 / 4000))


def test_one_input_has_no_variance_and_a_scale() -> None:
    found = run("variance_at_depth", make(n_inputs=1), replicates=2, seed=0)
    assert found["varies"].tolist() == [0, 0]
    assert np.isfinite(found["log10_scale"]).all()
