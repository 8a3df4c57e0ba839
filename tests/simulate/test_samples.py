"""Samples and how blocks are joined."""

from __future__ import annotations

import numpy as np
import pytest

from simulate.samples import Samples, concatenate


def test_blocks_are_joined_in_the_order_given() -> None:
    parts = [{"a": np.array([1.0, 2.0])}, {"a": np.array([3.0])}]
    assert concatenate(iter(parts))["a"].tolist() == [1, 2, 3]


def test_a_missing_column_is_an_error() -> None:
    with pytest.raises(KeyError):
        concatenate([{"a": np.ones(1), "b": np.ones(1)}, {"a": np.ones(1)}])


def test_length_and_columns() -> None:
    samples = Samples({"a": np.arange(3.0)}, device="cpu", dtype="float64", seconds=0.1)
    assert len(samples) == 3
    assert samples["a"][2] == 2
    assert "3 networks: a" in repr(samples)
