"""Where float32 loses a network: by hand at one unit, and nowhere at shallow depth."""

import pytest

from simulate import Setup, SetupError, run

SIGNS = {"weights": "rademacher", "activation": "linear", "inputs": "rademacher"}


@pytest.mark.parametrize(
    ("power", "value", "square"), [(-74, 1, 1), (-76, 1, 0), (-149, 1, 0), (-151, 0, 0)]
)
def test_one_unit_of_known_size(power: int, value: int, square: int) -> None:
    """|y| = 2^power after layers of gain 2^-2 or 2^-1 a step; the smallest float32 is 2^-149."""
    depth = -power
    setup = Setup((1,) * (depth + 1), gain=0.25, **SIGNS)
    found = run("single_precision", setup, replicates=4, seed=0)
    assert set(found["value"].tolist()) == {value}
    assert set(found["square"].tolist()) == {square}


def test_shallow_networks_lose_nothing() -> None:
    setup = Setup((8,) * 6, "gaussian", 2.0, "relu")
    found = run("single_precision", setup, replicates=300, seed=0)
    assert (found["value"] == found["square"]).all()


def test_residual_blocks_are_refused() -> None:
    setup = Setup((3, 3), "gaussian", 2.0, "relu", block="residual")
    with pytest.raises(SetupError, match="block"):
        run("single_precision", setup, replicates=2, seed=0)
