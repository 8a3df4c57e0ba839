"""The laws that calibrate the decision code are true, and a false one would be noticed."""

import dataclasses

import pytest

from theory.schema import Bounds, as_float
from verify.calibration import nulls

CHEAP = "networks above a threshold"


@pytest.mark.parametrize("null", nulls.NULLS, ids=lambda null: null.name)
@pytest.mark.parametrize("depth", [1, 3])
def test_every_null_has_a_value_and_wrong_versions(null, depth):
    made, probe = null.build(depth)
    law = made.laws[0]
    value = law(**probe.at)
    assert not isinstance(value, Bounds)
    if callable(value):
        return  # a distribution: its wrong versions are functions too
    assert law.mutants[-1].name == nulls.WRONG
    for mutant in law.mutants:
        assert abs(as_float(mutant.evaluate(**probe.at)) / as_float(value) - 1) >= 0.199


def test_the_grid_reaches_from_a_tenth_to_ten():
    ratios = {depth / nulls.WIDTH for _, depth in nulls.cells()}
    assert (min(ratios), max(ratios)) == (0.1, 10.0)


def test_every_run_is_counted_once_under_each_budget_and_margin():
    cell = nulls.run_cell(CHEAP, 1, first_seed=0, runs=3)
    assert sum(cell["decided"].values()) == 3 * 3 * 2
    assert cell["decided"][0.05, "none", "agrees"] == 0
    assert sum(cell["rules"].values()) == 3 * 2 * (1 + cell["mutants"])
    assert sum(cell["wrong"].values()) == 3 * 3 * cell["mutants"]


def test_runs_are_keyed_by_their_seeds():
    whole = nulls.run_cell(CHEAP, 3, first_seed=5, runs=4)
    parts = [nulls.run_cell(CHEAP, 3, first_seed=s, runs=2) for s in (5, 7)]
    for key in ("decided", "covered", "rules"):
        assert whole[key] == parts[0][key] + parts[1][key]


def test_a_false_null_is_a_storm_of_false_alarms(monkeypatch):
    """What the calibration counts can be large: one law 20 % off."""
    true = next(n for n in nulls.NULLS if n.name == CHEAP)

    def build(depth):
        made, probe = true.build(depth)
        law = made.laws[0]
        wrong = dataclasses.replace(law, evaluate=lambda **v: 1.2 * as_float(law(**v)))
        return dataclasses.replace(made, laws=(wrong,)), probe

    monkeypatch.setattr(nulls, "NULLS", (nulls.Null("false", build),))
    cell = nulls.run_cell("false", 1, first_seed=0, runs=5)
    assert cell["decided"][0.05, "none", "differs"] == 5
