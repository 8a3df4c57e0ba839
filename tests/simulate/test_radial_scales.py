"""Scales from norms alone: equal in law to the literal experiments of the same columns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulate import Setup, SetupError, run

SEED = 20230117  # fixed before the tests were first run
LEVEL = 1e-3
RELU = Setup((4, 3, 6, 5), "gaussian", 2.0, "relu", extra={"index": 2})
SETUPS = {
    "relu": RELU,
    "leaky": Setup((4, 3, 6, 5), "gaussian", 1.6, "leaky_relu", slope=0.5, extra={"index": 3}),
    "linear": Setup((5, 3, 4), "gaussian", 1.0, "linear"),
}


def logs(name: str, setup: Setup, *columns: str) -> list[np.ndarray]:
    drawn = run(name, setup, replicates=10_000, seed=SEED, check=name).columns
    return [np.log(np.maximum(drawn[column], 1e-30)) for column in columns]


def p_value(one: np.ndarray, other: np.ndarray) -> float:
    return float(stats.ks_2samp(np.round(one, 9), np.round(other, 9), method="asymp").pvalue)


@pytest.mark.parametrize("name", SETUPS)
def test_radial_scales_are_equal_in_law_to_signal_scales(name: str) -> None:
    setup = SETUPS[name]
    columns = "out_sq", "input_grad_sq", "weight_grad_sq"
    one_twice = {"n_inputs": 2, "inputs": "pair", "extra": {**setup.extra, "correlation": 1.0}}
    literal = logs("signal_scales", Setup(**{**setup.as_dict(), **one_twice}), *columns)
    exact = logs("radial_scales", Setup(**{**setup.as_dict(), "inputs": "sphere"}), *columns)
    for sample in (literal, exact):
        out, below, weight = sample[:3]
        sample += [out + below, below - weight, out - weight]
    found = [p_value(a, b) for a, b in zip(literal, exact, strict=True)]
    assert min(found) * len(found) * len(SETUPS) > LEVEL


def test_gradients_of_other_networks_are_rejected() -> None:
    """Each column keeps its law; a dead network has a gradient."""
    out, below = logs("radial_scales", RELU, "out_sq", "input_grad_sq")
    assert p_value(out + below, out + np.roll(below, 1)) < 1e-6


@pytest.mark.parametrize("activate", [False, True])
def test_radial_moments_are_equal_in_law_to_literal_scales(activate: bool) -> None:
    setup = Setup((4, 3, 6, 5), "gaussian", 2.0, "relu", activate_input=activate)
    (literal,) = logs("scale_powers", setup, "scale_fourth")
    second, fourth = logs("radial_moments", setup, "mean_sq", "mean_fourth")
    alive = second > -60
    assert np.allclose(fourth[alive] - math.log(3), 2 * second[alive])
    exact = np.where(alive, 2 * second, literal.min())
    assert p_value(literal, exact) > LEVEL / 2
    assert p_value(literal, exact + 0.1) < 1e-6


def test_dead_networks_count_as_zero() -> None:
    setup = Setup((4, 1, 1, 1), "gaussian", 2.0, "relu")
    columns = run("radial_scales", setup, replicates=4_000, seed=SEED).columns
    for column in columns.values():
        assert (column == 0).mean() == pytest.approx(7 / 8, abs=0.03)


def test_refuses_an_activated_input() -> None:
    with pytest.raises(SetupError, match="activate_input"):
        run("radial_scales", Setup(**{**RELU.as_dict(), "activate_input": True}),
            replicates=1, seed=1)  # fmt: skip
