"""Determinism, resumption, planted errors: the engine as a whole, on one small claim."""

import dataclasses
import json

import pytest

from theory import claim, registry
from verify import engine, plan, rows
from verify.engine import Silent, choose_device, verify
from verify.plan import PlanError
from verify.results import load
from verify.verdict import contradicted

ID = "vev.prop4.3"
LIGHT = "dg.product.lyap"  # statistics that few draws decide


@pytest.fixture(autouse=True)
def small_budget(monkeypatch):
    monkeypatch.setitem(plan.BUDGETS, "quick", 1e6)


def strip(results):
    """All but timings."""
    plain = json.loads(results.to_json())
    plain.pop("timing")
    plain.pop("digest")  # of the timings too
    for found in plain["claims"]:
        for row in found["rows"]:
            row.pop("seconds")
    return plain


def test_chunk_size_and_order_change_nothing(monkeypatch):
    one = verify([ID], tier="quick")
    monkeypatch.setattr(plan, "CHUNK", 1e5)
    other = verify([ID], tier="quick")
    assert strip(one) == strip(other)


def test_seed_changes_the_draws_and_nothing_else():
    found = [verify([ID], tier="quick", seed=s).claims[0].rows for s in (0, 1)]
    for a, b in zip(*found, strict=True):
        assert a.check == b.check
        assert (a.measured != b.measured) == (a.kind == "monte-carlo")


def test_a_folder_holds_the_results_and_no_log(tmp_path):
    results = verify([ID], tier="quick", folder=tmp_path)
    assert strip(load(tmp_path / "results.json")) == strip(results)
    assert not (tmp_path / "blocks.log").exists()


def test_planted_wrong_law_is_not_as_expected(monkeypatch):
    monkeypatch.setitem(plan.BUDGETS, "quick", 2e7)
    original = claim(LIGHT)
    wrong = dataclasses.replace(
        original.laws[0],
        evaluate=lambda **v: original.laws[0](**v) * 3 / 2,
        mutants=(),
    )
    monkeypatch.setitem(
        registry.claims._claims,
        LIGHT,
        dataclasses.replace(original, laws=(wrong, *original.laws[1:])),
    )
    found = verify([LIGHT], tier="quick").claims[0]
    assert not found.as_expected
    assert contradicted(found)  # not merely undecided
    first = next(r for r in found.rows if r.outcome == "differs" and r.kind == "monte-carlo")
    again = next(r for r in found.rows if r.repeat_of == first.check)
    assert again.outcome == "differs"
    assert again.measured != first.measured  # fresh streams


def test_what_differs_only_once_is_undecided_and_both_are_shown(monkeypatch):
    """The first measurement is spoiled, its repetition is not."""
    sample = rows.estimate

    def spoiled(estimand, columns, alpha, cdf=None, bounds=None):
        found = sample(estimand, columns, alpha, cdf, bounds)
        if not running:
            return found
        shift = found.value * 0.2
        return dataclasses.replace(
            found, value=found.value + shift, low=found.low + shift, high=found.high + shift
        )

    monkeypatch.setitem(plan.BUDGETS, "quick", 2e7)
    running = [True]
    monkeypatch.setattr(rows, "estimate", spoiled)
    watcher = Silent()
    watcher.repeating = lambda trials: running.clear()
    found = verify([LIGHT], tier="quick", watcher=watcher).claims[0]
    pairs = [r for r in found.rows if r.repeat_of]
    assert pairs
    assert all(r.outcome == "agrees" for r in pairs)
    assert found.verdict == found.expected  # the proofs decide
    assert not contradicted(found)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed must be an integer in"),
        ({"seed": 1.5}, "seed must be an integer in"),
        ({"jobs": 0}, "jobs must be an integer in"),
        ({"dtype": "float16"}, "dtype must be float64 or float32; got 'float16'"),
        ({"device": "tpu"}, "device must be one of auto, cpu, cuda; got 'tpu'"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(PlanError, match=message):
        verify([ID], tier="quick", **options)


@pytest.mark.parametrize(
    ("patterns", "tier", "message"),
    [
        (["no.such.id"], "quick", "unknown claim id 'no.such.id'"),
        ([ID, "vq.*"], "quick", r"unknown claim id 'vq\.\*'"),
        ([3], "quick", "patterns must be texts; got 3"),
        (ID, "quick", "patterns must be a list of texts"),
        ([ID], "fast", "tier must be one of"),
    ],
)
def test_no_worker_starts_for_what_cannot_be_run(monkeypatch, patterns, tier, message):
    def started(jobs):
        raise AssertionError("a worker was started")

    monkeypatch.setattr(engine, "Processes", started)
    with pytest.raises(PlanError, match=message):
        verify(patterns, tier=tier, jobs=2)
    with pytest.raises(AssertionError, match="a worker was started"):
        verify([ID], tier="quick", jobs=2)


def test_cuda_where_there_is_none(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(PlanError, match="needs a CUDA device"):
        choose_device("cuda")
