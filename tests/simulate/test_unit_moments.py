"""unit_moments on networks whose moments are known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulate import Setup, run


def moments(setup: Setup, seed: int, replicates: int = 40_000) -> dict[str, np.ndarray]:
    samples = run("unit_moments", setup, replicates=replicates, seed=seed)
    return dict(samples.columns)


def near(values: np.ndarray, expected: float) -> bool:
    """Within five standard errors; two-sided."""
    return abs(values.mean() - expected) < 5 * values.std() / math.sqrt(len(values))


def test_one_linear_layer_of_gaussians(seed: int) -> None:
    """y = W x with 2 inputs of variance 1, Var W = 1/2: E y^2 = 1, E y^4 = 3 E (|x|^2/2)^2 = 6."""
    found = moments(Setup((2, 3), "gaussian", 1.0, "linear"), seed)
    assert near(found["mean_sq"], 1)
    assert near(found["mean_fourth"], 6)
    assert near(found["mean_pair_sq"], 2)  # E (|x|^2/2)^2


def test_signs_on_signs(seed: int) -> None:
    """y = (w_1 x_1 + w_2 x_2)/sqrt 2 of signs: y^2 is 0 or 2, each with probability 1/2."""
    found = moments(Setup((2, 2), "rademacher", 1.0, "linear", inputs="rademacher"), seed)
    assert near(found["mean_sq"], 1)
    assert near(found["mean_fourth"], 2)


def test_he_relu_keeps_the_variance(seed: int) -> None:
    found = moments(Setup((5, 5, 5), "gaussian", 2.0, "relu", activate_input=True), seed)
    assert near(found["mean_sq"], 1)


def test_true_scale_at_depth() -> None:
    """Linear Haar layers of gain 4 keep directions: norms are exactly 2^L, carried as logs."""
    setup = Setup((3,) * 21, "haar", 4.0, "linear", inputs="sphere")
    found = moments(setup, 0, replicates=5)
    assert found["mean_sq"] == pytest.approx(4.0**20)


def test_one_unit_has_no_pairs() -> None:
    assert np.isnan(moments(Setup((2, 1), "gaussian", 1.0, "linear"), 0, 5)["mean_pair_sq"]).all()
