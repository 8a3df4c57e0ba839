import numpy as np
import pytest

from simulate import Setup, run


def test_before_and_after_one_layer():
    setup = Setup(
        widths=(32, 32, 32), weights="gaussian", gain=2.0, activation="relu", activate_input=True
    )
    found = run("moment_growth", setup, replicates=4000, seed=6)
    for name in ("sq_before", "sq_after"):
        assert found[name].mean() == pytest.approx(1, abs=0.05)
    assert all(np.isfinite(column).all() for column in found.columns.values())
