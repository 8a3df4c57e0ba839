"""Experiments by name; what a seed means; errors that name what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulate import Setup, SetupError, all_experiments, registry, run, run_blocks
from simulate.registry import MOST_PER_BLOCK, cache_block, experiment, literal_cost

SETUP = Setup(widths=(3, 3), weights="gaussian", gain=2.0, activation="relu")


def test_run_gives_the_columns_asked_for() -> None:
    samples = run("unit_moments", SETUP, replicates=10, seed=1)
    assert len(samples) == 10
    assert samples["mean_sq"].shape == (10,)
    assert "10 networks" in repr(samples)
    assert samples.seconds >= 0


def test_more_replicates_keep_the_first_ones() -> None:
    few, many = (run("unit_moments", SETUP, replicates=n, seed=1) for n in (10, 5000))
    assert np.array_equal(few["mean_sq"], many["mean_sq"][:10])


def test_blocks_do_not_depend_on_how_they_are_cut() -> None:
    def blocks(first: int, count: int) -> np.ndarray:
        cut = run_blocks("unit_moments", SETUP, seed=4, check="c", first=first, count=count)
        return cut["mean_sq"]

    assert np.array_equal(np.concatenate([blocks(0, 1), blocks(1, 2)]), blocks(0, 3))


@pytest.mark.parametrize("replicates", [0, -1, 2.0, "3", None])
def test_replicates_must_be_a_whole_number(replicates: Any) -> None:
    with pytest.raises(SetupError, match=f"replicates.*{replicates!r}"):
        run("unit_moments", SETUP, replicates=replicates, seed=0)


def test_unknown_experiment_names_the_known_ones() -> None:
    with pytest.raises(SetupError, match=r"unit_moments.*'no such'"):
        run("no such", SETUP, replicates=1, seed=0)


def test_all_experiments_can_be_asked_for_twice() -> None:
    """The package simulate.experiments once hid the function of that name at the second call."""
    assert all_experiments().keys() == all_experiments().keys()
    assert "unit_moments" in all_experiments()


def test_a_name_is_taken_once() -> None:
    all_experiments()
    with pytest.raises(SetupError, match="unit_moments"):
        experiment("unit_moments", columns=("a",))(lambda setup, stream, replicates: {})


@pytest.mark.parametrize("columns", [("a", "b"), ()])
def test_columns_must_be_those_declared(
    columns: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_experiments()
    monkeypatch.setattr(registry, "_EXPERIMENTS", dict(registry._EXPERIMENTS))
    experiment("wrong", columns=columns)(lambda s, stream, r: {"a": stream.normal(r)})
    with pytest.raises(SetupError, match=r"wrong.*columns"):
        run("wrong", SETUP, replicates=1, seed=0)


def test_cost_counted_by_hand() -> None:
    setup = Setup((3, 4, 2), "gaussian", 1.0, "relu", n_inputs=32)
    assert literal_cost(setup) == 20 * 2 + 3 * 32


@pytest.mark.parametrize("widths", [(1, 1), (10, 10), (300, 300), (5000, 5000)])
def test_a_block_is_a_power_of_two_that_fits_the_cache(widths: tuple[int, int]) -> None:
    size = cache_block(Setup(widths, "gaussian", 1.0, "relu"))
    assert size & (size - 1) == 0
    assert 1 <= size <= MOST_PER_BLOCK
    assert size == 1 or size * 8 * widths[0] * widths[1] <= registry.CACHE_BYTES
