"""Curves of sample quantiles: cases that must fall or rise, and the law of what is sorted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulate import Setup, SetupError, run
from simulate.experiments.sample_curves import sizes
from simulate.seeds import Stream

SEED = 20230117  # fixed before the tests were first run
COLUMNS = ("falls_900", "falls_990", "falls_999")


def curves(gain: float, depth: int = 6, **extra: int) -> list[float]:
    setup = Setup((10,) * (depth + 1), "gaussian", gain, "relu", extra={"draws": 2000, **extra})
    drawn = run("sample_curves", setup, replicates=8, seed=SEED, check="curves").columns
    return [float(drawn[column].mean()) for column in COLUMNS]


def test_a_small_gain_falls_at_every_layer_and_a_large_one_at_none() -> None:
    assert curves(0.02) == [1, 1, 1]
    assert curves(200.0) == [0, 0, 0]


def test_only_steps_after_the_first_layer_count() -> None:
    """At depth 2 from layer 1: the one step from 1 to 2, which He networks take upwards."""
    assert curves(2.0, depth=2, index=1)[2] == 0


def test_upper_quantiles_of_a_sample_take_turns() -> None:
    """The 0.999 quantile of 2,000 networks is their second largest value."""
    nine, _, highest = curves(2.0, depth=50, index=40)
    assert highest < nine


def test_sizes_are_equal_in_law_to_literal_networks() -> None:
    setup = Setup((4, 3, 6, 5), "gaussian", 2.0, "relu", activate_input=True)
    literal = run("variance_at_depth", setup, replicates=10_000, seed=SEED, check="literal")
    *_, last = sizes(setup, Stream(SEED, "radial", 0), 10_000)
    exact = (last.numpy() - np.log(5)) / np.log(10)
    one, other = (np.maximum(x, -30) for x in (literal.columns["log10_scale"], exact))
    assert stats.ks_2samp(np.round(one, 9), np.round(other, 9), method="asymp").pvalue > 1e-3


def test_rectifiers_only() -> None:
    setup = Setup((4, 3, 3), "gaussian", 1.0, "linear", extra={"draws": 100})
    with pytest.raises(SetupError, match="relu"):
        run("sample_curves", setup, replicates=8, seed=SEED, check="x")
