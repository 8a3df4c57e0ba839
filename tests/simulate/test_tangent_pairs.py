"""tangent_pairs: equal in law to literal weights, and in the mean to gradients; set-ups refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulate import Setup, SetupError, run

SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"extra": {"correlation": 0.3}},
    "residual": {"block": "residual", "skip": 0.8, "branch": 0.6, "extra": {"correlation": -0.4}},
    "centred": {"norm": "centre_frozen", "inputs": "gaussian", "n_inputs": 3},
    "batch": {"block": "residual", "norm": "batch_frozen", "inputs": "gaussian", "n_inputs": 6},
}


def setup_of(width: int = 5, depth: int = 3, **changed: Any) -> Setup:
    base: dict[str, Any] = {
        "widths": (width,) * (depth + 1),
        "weights": "gaussian",
        "gain": 2.0,
        "activation": "relu",
        "inputs": "pair",
        "n_inputs": 2,
        "extra": {"correlation": 0.3},
    }
    return Setup(**{**base, **changed})


@pytest.mark.parametrize("shape", SHAPES)
def test_equal_in_law_to_literal_weights(shape: str) -> None:
    changed = SHAPES[shape]
    extra = dict(changed.get("extra", {})) | {"directions": 2}
    drawn = [
        run(
            "tangent_pairs",
            setup_of(**{**changed, "extra": extra | {"literal": literal}}),
            replicates=10_000,
            seed=4,
            check=f"{shape} {literal}",
        ).columns
        for literal in (False, True)
    ]
    for statistic in (
        lambda c: c["grad_sq_i"],
        lambda c: c["grad_dot"],
        lambda c: c["grad_dot"] / (1e-9 + c["grad_sq_i"] + c["grad_sq_j"]),
        lambda c: c["grad_sq_i"] * c["grad_sq_j"],
    ):
        exact, literal = (np.round(statistic(c), 9) for c in drawn)
        assert stats.ks_2samp(exact, literal).pvalue > 1e-4


def test_the_comparison_sees_another_weight_variance() -> None:
    columns = [
        run(
            "tangent_pairs", setup_of(gain=gain), replicates=10_000, seed=4, check=str(gain)
        ).columns
        for gain in (2.0, 2.3)
    ]
    assert stats.ks_2samp(*(c["grad_sq_i"] for c in columns)).pvalue < 1e-6


@pytest.mark.parametrize("shape", SHAPES)
def test_equal_in_the_mean_to_gradients(shape: str) -> None:
    setup = setup_of(width=8, depth=2, **SHAPES[shape])
    means, errors = [], []
    for name in ("tangent_pairs", "gradient_pairs"):
        column = run(name, setup, replicates=10_000, seed=5, check=shape).columns["grad_dot"]
        means.append(column.mean())
        errors.append(column.std() / np.sqrt(len(column)))
    assert abs(means[0] - means[1]) < 4.5 * np.hypot(*errors)


def test_one_layer_by_hand() -> None:
    """E (J_i e).(J_j e)/N is 1 - angle/pi after one layer, whatever the width."""
    drawn = run(
        "tangent_pairs",
        setup_of(width=4, depth=1, extra={"correlation": 0.5}),
        replicates=40_000,
        seed=6,
    ).columns
    error = drawn["grad_dot"].std() / 200
    assert drawn["grad_dot"].mean() == pytest.approx(2 / 3, abs=4.5 * error)


@pytest.mark.parametrize(
    "changed",
    [
        {"norm": "given"},
        {"masks": "independent"},
        {"weights": "uniform"},
        {"activation": "tanh"},
        {"n_inputs": 1, "inputs": "gaussian"},
        {"widths": (4, 5)},
        {"activate_input": True},
        {"extra": {"correlation": 0.0, "directions": 0}},
    ],
)
def test_refuses(changed: dict[str, Any]) -> None:
    with pytest.raises(SetupError):
        run("tangent_pairs", setup_of(**changed), replicates=1, seed=1)
