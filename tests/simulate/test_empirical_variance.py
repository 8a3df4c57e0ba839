"""What one network shows on its data, on networks whose numbers are known by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulate import Setup, SetupError, run
from simulate.registry import get

LINEAR = Setup((3, 3), "haar", 1.0, "linear", n_inputs=2, inputs="equicorrelated",
               extra={"correlation": 0.0})  # fmt: skip


def test_a_rotation_keeps_distances() -> None:
    """Two inputs of norm sqrt 3 at a right angle: the S^2 of the units sum to |x - x'|^2/2 = 3."""
    found = run("empirical_variance", LINEAR, replicates=7, seed=1)
    assert found["variance"] == pytest.approx(1.0)
    assert found["mean_sq"] == pytest.approx(1.0)
    assert (found["variance_sq"] >= 1).all()
    assert set(np.unique(found["above"])) <= {0.0, 1.0}


def test_the_threshold_is_that_of_one_unit(seed: int) -> None:
    """One linear unit, two inputs e_1, e_2 of norm sqrt 3: S^2 = 3 (g - h)^2/(2*3) = chi^2_1."""
    setup = Setup((3, 1), "gaussian", 1.0, "linear", n_inputs=2, inputs="equicorrelated",
                  extra={"correlation": 0.0, "threshold": 1.0})  # fmt: skip
    above = run("empirical_variance", setup, replicates=40_000, seed=seed)["above"]
    expected = math.erfc(math.sqrt(0.5))
    assert abs(above.mean() - expected) < 5 * math.sqrt(expected / 40_000)
    assert get("empirical_variance").bounds(setup) == {"above": (0.0, 1.0)}


def test_true_scale_at_depth() -> None:
    deep = Setup((3,) * 31, "haar", 4.0, "linear", n_inputs=2, inputs="equicorrelated",
                 extra={"correlation": 0.0})  # fmt: skip
    found = run("empirical_variance", deep, replicates=3, seed=1)
    assert found["variance"] == pytest.approx(4.0**30)


def test_units_of_signs() -> None:
    """Two units of one weight +-1 on an input +-1: S^2 is 0 or 2."""
    setup = Setup((1, 2), "rademacher", 1.0, "linear", inputs="rademacher")
    found = run("variance_over_units", setup, replicates=100, seed=3)
    assert set(np.round(found["variance"], 12)) == {0.0, 2.0}
    assert found["variance_sq"] == pytest.approx(found["variance"] ** 2)


def test_kurtosis_over_inputs_by_hand() -> None:
    """One input entry of +-1: y^2 is the same for all inputs, kurtosis 1."""
    setup = Setup((1, 2), "gaussian", 1.0, "linear", inputs="rademacher", n_inputs=5)
    assert run("kurtosis_over_inputs", setup, replicates=9, seed=1)["kurtosis"] == pytest.approx(1)
    assert get("kurtosis_over_inputs").bounds(setup) == {"kurtosis": (1.0, 5.0)}


def test_scales_of_equal_inputs() -> None:
    setup = Setup((4, 6), "gaussian", 2.0, "relu", n_inputs=2, inputs="pair",
                  extra={"correlation": 1.0})  # fmt: skip
    found = run("scale_pairs", setup, replicates=50, seed=2)
    assert found["pair"] == pytest.approx(found["scale"] ** 2)


def test_root_of_a_rotation() -> None:
    setup = Setup((4, 4, 4), "haar", 1.0, "linear", inputs="sphere")
    assert run("root_scale", setup, replicates=5, seed=1)["root_mean_sq"] == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["empirical_variance", "kurtosis_over_inputs", "scale_pairs"])
def test_one_input_is_no_data_set(name: str) -> None:
    with pytest.raises(SetupError, match="n_inputs"):
        run(name, Setup((3, 3), "gaussian", 1.0, "linear"), replicates=2, seed=1)


def test_units_need_a_sample() -> None:
    with pytest.raises(SetupError, match="n_inputs"):
        run("variance_over_units", LINEAR, replicates=2, seed=1)
    with pytest.raises(SetupError, match="widths"):
        run("variance_over_units", Setup((3, 1), "gaussian", 1.0, "linear"), replicates=2, seed=1)
