"""Work is handed to a pool in any order; the evidence is the same."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest

from theory import claim
from verify import plan
from verify.pool import Here
from verify.progress import Silent
from verify.schedule import Run

ID = "vev.prop4.3"


@pytest.fixture(autouse=True)
def small_budget(monkeypatch):
    monkeypatch.setitem(plan.BUDGETS, "quick", 1e5)
    monkeypatch.setattr(plan, "CHUNK", 1e4)  # many chunks a look


class Threads:
    """Chunks end in whatever order they like."""

    def __init__(self):
        self.executor = ThreadPoolExecutor(3)

    def submit(self, function, *args):
        return self.executor.submit(function, *args)

    def shutdown(self):
        self.executor.shutdown()


def sampled(pool, jobs):
    """The sampled rows of one claim, without their seconds."""
    run = Run([], plan.trials([claim(ID)], "quick"), "quick", 3, "cpu", "float64", None, Silent())
    run.go(pool, jobs)
    pool.shutdown()
    return [dataclasses.replace(r, seconds=0) for p in run.evidence.progress for r in p.rows]


def test_the_order_of_work_changes_nothing():
    rows = sampled(Here(), 1)
    assert {row.claim for row in rows} == {ID}
    assert sampled(Threads(), 3) == rows


def test_every_proof_and_figure_is_done_and_told():
    told = []
    watcher = Silent()
    watcher.proved = told.append
    chosen = [claim(ID)]
    run = Run(chosen, [], "quick", 3, "cpu", "float64", None, watcher)
    run.go(Here(), 1)
    assert run.evidence.proofs.keys() == {(ID, proof.name) for proof in chosen[0].proofs}
    assert run.evidence.curves.keys() == {(ID, curve.name) for curve in chosen[0].curves}
    assert sorted(row.name for row in told) == sorted(proof.name for proof in chosen[0].proofs)
    assert run.errors == []
