"""Norms move, directions stay."""

import pytest

from simulate import Setup, SetupError, run
from simulate.initialisers import initialiser


def make(steps: int) -> Setup:
    return Setup((4, 5, 3), activation="relu", **{**initialiser("metainit"), "tuning": steps})


def test_one_step() -> None:
    found = run("metainit_steps", make(1), replicates=20, seed=0)
    assert found["moved"].tolist() == pytest.approx([0.1] * 20)
    assert found["kept"].tolist() == pytest.approx([1.0] * 20)


def test_without_steps_there_is_nothing_to_measure() -> None:
    with pytest.raises(SetupError, match="tuning"):
        run("metainit_steps", make(0), replicates=2, seed=0)
