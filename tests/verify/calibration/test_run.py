"""A whole small calibration, written and rendered."""

import json
from pathlib import Path

import pytest

from verify.calibration import page, run
from verify.engine import verify
from verify.plan import PlanError
from verify.results import ResultsError

ID = "vev.propB.2.limit"
COMMITTED = Path(__file__).parents[3] / "reports" / "calibration"


def test_a_small_calibration_is_complete(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PANEL", ("vev.prop3.2",))
    monkeypatch.setattr(run.nulls, "DEPTHS", (1,))
    monkeypatch.setattr(run.thresholds, "SIZES", (256,))
    finished = tmp_path / "finished"
    verify([ID], tier="quick", folder=finished)
    said = []
    report = run.calibrate(tmp_path / "out", runs=11, seed=4, results=[finished], say=said.append)
    stored = json.loads((tmp_path / "out" / "calibration.json").read_text())
    assert page.text(stored) == (tmp_path / "out" / "calibration.md").read_text()
    assert page.figures_of(stored).keys() == {
        p.name for p in (tmp_path / "out" / "figures").iterdir()
    }
    assert {cell["null"] for cell in stored["nulls"]} == {n.name for n in run.nulls.NULLS}
    assert [f["fault"] for f in stored["faults"]] == ["none", *run.faults.FAULTS]
    assert report["misses"][0]["tier"] == "quick"
    assert said


def test_resume_counts_mutants_anew_and_keeps_the_rest(tmp_path):
    folder = tmp_path / "out"
    with pytest.raises(ResultsError, match="--resume needs a finished calibration"):
        run.calibrate(folder, resume=True)
    old = json.loads((COMMITTED / "calibration.json").read_text())
    (folder / "figures").mkdir(parents=True)
    (folder / "calibration.json").write_text(json.dumps(old))
    verify([ID], tier="quick", folder=tmp_path / "finished")
    found = run.calibrate(folder, results=[tmp_path / "finished"], resume=True)
    assert found["nulls"] == old["nulls"]
    assert {m["claim"] for m in found["misses"][0]["mutants"]} == {ID}


@pytest.mark.parametrize("runs", [0, 3, True, 1.5])
def test_bad_numbers_of_runs_are_named(tmp_path, runs):
    with pytest.raises(PlanError, match="runs must be an integer >= "):
        run.calibrate(tmp_path, runs=runs)
