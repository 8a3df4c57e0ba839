"""Each planted fault of the simulator turns a row red, and is gone afterwards."""

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
}
PLAIN = Setup(widths=(6, 6, 6, 6), weights="gaussian", gain=2.0, activation="relu")


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
    before = run("unit_moments", PLAIN, replicates=64, seed=1)["mean_fourth"]
    with faults.FAULTS[fault]():
        during = run("unit_moments", PLAIN, replicates=64, seed=1)["mean_fourth"]
    after = run("unit_moments", PLAIN, replicates=64, seed=1)["mean_fourth"]
    assert (before == after).all()
    if fault != "fan-out for fan-in":  # equal widths: the fans are equal
        assert (before != during).any()
