"""The profile of S^2 over depth: layers by hand, scales that fall or rise, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from simulate import Setup, SetupError, networks, run
from simulate.initialisers import initialiser

SEED = 20230117  # fixed before the tests were first run


def make(gain: float = 2.0, depth: int = 4, **more: Any) -> Setup:
    return Setup((6,) * (depth + 1), "gaussian", gain, "relu", **{"n_inputs": 16, **more})


def shares(setup: Setup, replicates: int = 8) -> list[float]:
    drawn = run("variance_profile", setup, replicates=replicates, seed=SEED, check="profile")
    return [float(drawn.columns[name].mean()) for name in ("falls", "rises_and_falls")]


@pytest.mark.parametrize(
    ("variances", "expected"),
    [
        ((1.0, 2e3, 1.0), [1, 1]),  # up and down
        ((1.0, 2e3, 3.0), [0, 0]),  # not far enough down
        ((1.0, 9e2, 0.5), [1, 0]),  # not far enough up
        ((1.0, 9e5, 9e8), [0, 0]),  # largest at the output
        ((1.0, 2e3, 0.0), [1, 1]),  # dies in the end
        ((0.0, 0.0, 0.0), [0, 0]),  # never lived
    ],
)
def test_layers_by_hand(
    monkeypatch: pytest.MonkeyPatch, variances: tuple[float, ...], expected: list[float]
) -> None:
    """Two inputs, +-s: unbiased variance 2 s^2. The scale stands in the tensor or beside it."""

    def layers(setup: Setup, stream: object, replicates: int) -> Iterator[networks.Layer]:
        for index, variance in enumerate(variances, start=1):
            s = (variance / 2) ** 0.5 * torch.tensor([1.0, -1.0]).expand(replicates, 6, 2)
            hidden = torch.full((replicates,), 7.0 * index)
            yield networks.Layer(index, torch.empty(0), s * torch.exp(-hidden[0]), hidden)

    monkeypatch.setattr(networks, "forward", layers)
    assert shares(make(n_inputs=2)) == expected


def test_a_small_gain_falls_and_a_large_one_does_not() -> None:
    assert shares(make(1e-3)) == [1, 0]
    assert shares(make(1e3)) == [0, 0]


def test_tuned_networks_fall_where_he_networks_mostly_do_not() -> None:
    """Sixty steps at depth 5."""
    tuned = Setup(
        (6,) * 6, activation="relu", n_inputs=16, **{**initialiser("metainit"), "tuning": 60}
    )
    assert shares(tuned, 64)[0] > shares(make(depth=5), 64)[0] + 0.3


def test_one_input_has_no_variance() -> None:
    with pytest.raises(SetupError, match="n_inputs"):
        shares(make(n_inputs=1))
