"""chain_pairs: equal in law to the gradients of literal networks; set-ups refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from simulate import Setup, SetupError, run
from simulate.exact import gram_chain

SEED = 20230117  # fixed before the tests were first run
LEVEL = 1e-3
PAIR: dict[str, Any] = {
    "widths": (6,) * 4, "weights": "gaussian", "gain": 2.0, "activation": "relu",
    "inputs": "pair", "n_inputs": 2, "extra": {"correlation": 0.3, "readouts": 2},
}  # fmt: skip
BATCH = {**PAIR, "inputs": "gaussian", "n_inputs": 4, "widths": (5, 7, 3, 6)}
STATISTICS: tuple[Callable[[dict[str, np.ndarray]], np.ndarray], ...] = (
    lambda c: c["grad_sq_i"],
    lambda c: c["grad_dot"],
    lambda c: c["grad_dot"] / (1e-9 + c["grad_sq_i"] + c["grad_sq_j"]),
    lambda c: c["grad_sq_i"] * c["grad_sq_j"],
    lambda c: c["grad_sq_i"] - c["grad_sq_j"],
)


def p_values(fields: dict[str, Any]) -> list[float]:
    drawn = [
        run(name, Setup(**fields), replicates=10_000, seed=SEED, check=name).columns
        for name in ("gradient_pairs", "chain_pairs")
    ]
    return [
        float(stats.ks_2samp(*(np.round(f(c), 9) for c in drawn), method="asymp").pvalue)
        for f in STATISTICS
    ]


@pytest.mark.parametrize("fields", [PAIR, BATCH], ids=["pair", "batch"])
def test_equal_in_law_to_gradients_of_literal_networks(fields: dict[str, Any]) -> None:
    assert min(p_values(fields)) > LEVEL / len(STATISTICS) / 2


def test_without_the_pull_back_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gram_chain, "_seen", lambda s, p, g: s.new_zeros(*s.shape[:2], g.shape[1]))
    assert min(p_values(PAIR)) < 1e-6


def test_one_layer_by_hand() -> None:
    """E g_i.g_j is 1 - angle/pi after one layer, whatever the width; a wide one needs no mean."""
    fields = {**PAIR, "widths": (20_000, 20_000), "extra": {"correlation": 0.5}}
    drawn = run("chain_pairs", Setup(**fields), replicates=8, seed=SEED).columns
    assert drawn["grad_dot"].mean() == pytest.approx(2 / 3, abs=0.02)
    assert torch.isfinite(torch.from_numpy(drawn["grad_sq_i"])).all()


@pytest.mark.parametrize(
    "changed",
    [
        {"n_inputs": 1, "inputs": "gaussian"},
        {"activate_input": True},
        {"weights": "uniform"},
        {"block": "residual"},
        {"norm": "batch_frozen"},
        {"extra": {"correlation": 0.0, "readouts": 0}},
    ],
)
def test_refuses(changed: dict[str, Any]) -> None:
    with pytest.raises(SetupError):
        run("chain_pairs", Setup(**{**PAIR, **changed}), replicates=1, seed=1)
