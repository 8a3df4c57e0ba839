"""Runs a plan from what was asked for to the results; the only door to a run."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from theory.schema import shown
from verify import plan
from verify.assemble import claim_result, documents
from verify.exact import proofs_of
from verify.plan import PlanError
from verify.pool import MOST_JOBS, Here, Pool, Processes
from verify.progress import Silent, Watcher
from verify.provenance import meta
from verify.results import SCHEMA_VERSION, Results, ResultsError, load
from verify.schedule import Run
from verify.store import Store, fingerprint


def verify(
    patterns: Sequence[str] = (),
    *,
    tier: str = "standard",
    seed: int = 0,
    jobs: int = 1,
    device: str = "cpu",
    dtype: str = "float64",
    folder: Path | str | None = None,
    resume: bool = False,
    watcher: Watcher | None = None,
) -> Results:
    """Verify the claims that `patterns` name (all if empty) and return the results.

    folder: where finished blocks are kept and results.json is written; None keeps nothing.
    Raises PlanError (what was asked for), StoreError (the folder). What is finished when it stops
    early stays in the folder.
    """
    start = time.perf_counter()
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    plan.check_asked(patterns, tier)
    check_options(seed, jobs, dtype)
    if folder is not None and not isinstance(folder, str | Path):
        raise PlanError(f"folder must be a path or None; got {shown(folder)}")
    if not isinstance(resume, bool):
        raise PlanError(f"resume must be True or False; got {shown(resume)}")
    folder = None if folder is None else Path(folder)
    device = choose_device(device)
    with contextlib.ExitStack() as closing:
        pool: Pool = Here() if jobs == 1 else Processes(jobs)  # its processes start meanwhile
        closing.callback(pool.shutdown)
        chosen = plan.select(patterns)
        trials = plan.trials(chosen, tier)
        asked = meta(patterns, tier, seed, device, dtype, plan.count_rows(chosen, tier))
        store = None
        if folder is not None:
            marks = fingerprint(claims=patterns, tier=tier, seed=seed, device=device, dtype=dtype)
            store = Store(folder, marks, resume=resume)
            closing.callback(store.close)
            if resume and (finished := _finished(folder / "results.json", asked)):
                store.finish()
                return finished
        run = Run(chosen, trials, tier, seed, device, dtype, store, watcher or Silent())
        run.watcher.planned({c.id: len(proofs_of(c, tier)) for c in chosen}, trials)
        run.go(pool, jobs)
        run.repeat(pool, jobs)
        results = Results(
            schema_version=SCHEMA_VERSION,
            meta={**asked, "errors": sorted(run.errors)},
            timing={
                "started": started,
                "seconds": round(time.perf_counter() - start, 3),
                "jobs": jobs,
                "resumed": resume,
                "damaged_records": store.damaged if store else 0,
            },
            documents=documents(),
            claims=[claim_result(c, run.evidence, tier) for c in chosen],
        )
        if store and folder is not None:
            results.save(folder / "results.json")
            store.finish()
    return results


def _finished(path: Path, asked: dict[str, Any]) -> Results | None:
    """The results of the same run, if it had come to its end before it was interrupted."""
    try:
        found = load(path)
    except ResultsError:
        return None
    same = {**found.meta, "git_revision": ""} == {**asked, "git_revision": ""}
    return found if same else None


def check_options(seed: int, jobs: int, dtype: str) -> None:
    """Raise PlanError naming the option that breaks its rule."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise PlanError(f"seed must be an integer in [0, 2^63); got {shown(seed)}")
    if isinstance(jobs, bool) or not isinstance(jobs, int) or not 1 <= jobs <= MOST_JOBS:
        raise PlanError(f"jobs must be an integer in [1, {MOST_JOBS}]; got {shown(jobs)}")
    if not isinstance(dtype, str) or dtype not in ("float64", "float32"):
        raise PlanError(f"dtype must be float64 or float32; got {shown(dtype)}")


def choose_device(device: str) -> str:
    """`auto` becomes cuda where there is one. Raises PlanError for cuda where there is none."""
    if not isinstance(device, str) or device not in ("auto", "cpu", "cuda"):
        raise PlanError(f"device must be one of auto, cpu, cuda; got {shown(device)}")
    if device == "cpu":
        return device
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if device == "cuda":
        raise PlanError("device 'cuda' needs a CUDA device and a CUDA build of torch; found none")
    return "cpu"
