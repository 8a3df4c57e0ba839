"""Each planted fault of the simulator turns a row red, and is gone afterwards."""

import dataclasses

import pytest

from simulate import Setup, run
from verify.calibration import faults
from verify.calibration.run import PANEL

SEEN_BY = {
    "wrong variance": "vev.prop3.2",
    "fan-out for fan-in": "vev.prop3.2",
    "truncated normal for normal": "vev.prop4.3",
    "dropped layer": "vev.prop4.3",
    "reused weights": "vev.law.product",
    "activations in float16": "vev.prop3.2",
    "QR without its signs": "vev.init.orthogonal",
    "variance over n, not n - 1": "vev.fig1",
    "mean over units for one unit": "vev.fig1",
}
OF_THE_DATA = ("variance over n, not n - 1", "mean over units for one unit")
PLAIN = Setup(widths=(6, 6, 6, 6), weights="gaussian", gain=2.0, activation="relu")
WITH_DATA = dataclasses.replace(PLAIN, n_inputs=3)
ORTHOGONAL = dataclasses.replace(PLAIN, weights="haar", fan="max")


@pytest.mark.parametrize("fault", faults.FAULTS)
def test_a_planted_fault_turns_a_row_red(fault):
    red, sampled = faults.red_rows(fault, [SEEN_BY[fault]], seed=2)
    assert sampled
    assert red, f"no row of {SEEN_BY[fault]} sees {fault}"


def test_without_a_fault_nothing_is_red():
    for claim_id in sorted(set(SEEN_BY.values())):
        assert faults.red_rows("none", [claim_id], seed=2)[0] == []
    assert set(SEEN_BY.values()) <= set(PANEL)


@pytest.mark.parametrize("fault", faults.FAULTS)
def test_a_fault_changes_the_draws_and_is_put_back(fault):
    if fault in OF_THE_DATA:
        setup, experiment, column = WITH_DATA, "variance_at_depth", "variance"
    else:
        setup, experiment, column = PLAIN, "unit_moments", "mean_fourth"
        if fault == "QR without its signs":
            setup = ORTHOGONAL
    before = run(experiment, setup, replicates=64, seed=1)[column]
    with faults.FAULTS[fault]():
        during = run(experiment, setup, replicates=64, seed=1)[column]
    after = run(experiment, setup, replicates=64, seed=1)[column]
    assert (before == after).all()
    if fault != "fan-out for fan-in":  # equal widths: the fans are equal
        assert (before != during).any()


def test_the_variance_over_three_inputs_loses_a_third():
    true = run("variance_at_depth", WITH_DATA, replicates=64, seed=1)["variance"]
    with faults.n_for_n_minus_one():
        biased = run("variance_at_depth", WITH_DATA, replicates=64, seed=1)["variance"]
    assert biased.tolist() == pytest.approx((true * 2 / 3).tolist())
