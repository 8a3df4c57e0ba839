"""The committed calibration is what its records say, and its numbers keep what was promised."""

import json
from pathlib import Path

import pytest

from verify.calibration import nulls, page

FOLDER = Path(__file__).parents[3] / "reports" / "calibration"


@pytest.fixture(scope="module")
def report():
    return json.loads((FOLDER / "calibration.json").read_text())


def test_the_upper_bound_is_that_of_a_proportion():
    assert page.upper(0, 100) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert page.upper(100, 100) == 1.0
    assert page.upper(3, 50) > 3 / 50


def test_the_page_is_rendered_from_the_records(report):
    assert (FOLDER / "calibration.md").read_text() == page.text(report)
    for name, text in page.figures_of(report).items():
        assert (FOLDER / "figures" / name).read_text() == text


def test_ten_thousand_true_laws_raised_no_alarm_beyond_the_budget(report):
    runs = sum(cell["runs"] for cell in report["nulls"])
    assert runs >= 10_000
    decided = page.total(report["nulls"], "decided")
    for level in (*report["meta"]["levels"], report["meta"]["report_level"]):
        for margin in ("declared", "none"):
            alarms = decided[level, margin, "differs"]
            assert alarms <= level * runs + 4 * (level * runs) ** 0.5


def test_intervals_miss_no_more_often_than_they_promise(report):
    covered = page.total(report["nulls"], "covered")
    for method, level in {key[:2] for key in covered}:
        held, missed, doubted = (covered[method, level, o] for o in ("held", "missed", "doubted"))
        of = held + missed + doubted
        assert missed <= level * of + 4 * (level * of) ** 0.5 + 1, method


def test_every_mutant_is_rejected_and_every_fault_is_seen(report):
    for tier in report["misses"]:
        assert [m for m in tier["mutants"] if m["seconds"] is None] == []
    for fault in report["faults"]:
        assert bool(fault["red"]) == (fault["fault"] != "none"), fault["fault"]


def test_the_grid_is_the_one_that_is_described(report):
    assert {c["depth"] for c in report["nulls"]} == set(nulls.DEPTHS)
