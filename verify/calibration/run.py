"""Runs every part of a calibration and writes its folder: calibration.json and the page of it.

The JSON is a function of (code, seed, sizes); what took how long stands apart under `timing`.
"""

from __future__ import annotations

import json
import math
import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from pathlib import Path
from typing import Any

from verify.calibration import faults, misses, nulls, thresholds
from verify.engine import check_options, revision, verify, versions
from verify.plan import PlanError
from verify.pool import Here, Pool, Processes
from verify.results import Results, ResultsError, load
from verify.store import source_digest, write_whole

VERSION = 1
RUNS = 12_000  # null runs in all, about
SHARES = {1: 30, 3: 30, 10: 25, 30: 15, 100: 6}  # of the runs of one law over the depths
SAMPLES = 2000  # of each family and size
SLICE = 25  # runs that one worker does before it reports back
PANEL = ("vev.prop3.2", "vev.prop4.3", "vev.law.product", "vev.quenched.drift", "vev.fig1",
         "vev.init.orthogonal", "vn.rec", "sg.thm1b", "ge.thm3", "dg.product.lyap")  # fmt: skip
"""Claims whose rows are measured under the planted faults: one or more of each document."""

Say = Callable[[str], None]


def calibrate(
    folder: Path,
    *,
    runs: int = RUNS,
    seed: int = 0,
    jobs: int = 1,
    results: Sequence[Path] = (),
    resume: bool = False,
    say: Say = lambda line: None,
) -> dict[str, Any]:
    """Calibrate the decision code; writes calibration.json, calibration.md and figures.

    runs: null runs in all; the other parts scale with it. results: folders of finished runs whose
    mutants are counted; without any, the quick and the standard tier are run. resume: keep what
    the folder's calibration.json holds and count the mutants anew.
    Raises PlanError (an option), ResultsError (a folder of results), StoreError (the folder).
    """
    check_options(seed, jobs, "float64")
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < len(nulls.NULLS):
        raise PlanError(f"runs must be an integer >= {len(nulls.NULLS)}; got {runs!r}")
    start = time.perf_counter()
    kept = _kept(folder) if resume else None
    finished = [load(path / "results.json") for path in results]
    if kept is not None:
        report = {**kept, "misses": [_missed(r) for r in finished or _both_tiers(seed, jobs, say)]}
        return _write(report, folder)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    write_whole(folder / "calibration.md", "")  # an unwritable folder is known now, not at the end
    pool: Pool = Here() if jobs == 1 else Processes(jobs)
    try:
        found = {
            "nulls": _null_runs(pool, runs, seed, say),
            "thresholds": _thresholds(pool, runs, seed, say),
            "faults": _faults(pool, seed, say),
        }
    finally:
        pool.shutdown()
    finished = finished or _both_tiers(seed, jobs, say)
    report = {
        "version": VERSION,
        "meta": {
            "seed": seed,
            "runs": runs,
            "width": nulls.WIDTH,
            "depths": list(nulls.DEPTHS),
            "replicates": nulls.REPLICATES,
            "levels": list(nulls.LEVELS),
            "report_level": nulls.report_level(),
            "versions": {"python": platform.python_version(), **versions()},
            "git_revision": revision(),
            "source_digest": source_digest(),
        },
        **found,
        "misses": [_missed(r) for r in finished],
        "timing": {"seconds": round(time.perf_counter() - start, 1), "jobs": jobs},
    }
    return _write(report, folder)


def _kept(folder: Path) -> dict[str, Any]:
    path = folder / "calibration.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"--resume needs a finished calibration; {path}: {error}") from None
    if found.get("version") != VERSION:
        raise ResultsError(f"{path} has version {found.get('version')!r}; this reads {VERSION}")
    return found


def _write(report: dict[str, Any], folder: Path) -> dict[str, Any]:
    write_whole(folder / "calibration.json", json.dumps(report, indent=1, allow_nan=False) + "\n")
    render(report, folder)
    return report


def render(report: dict[str, Any], folder: Path) -> None:
    """Write the page and its figures from the records."""
    from verify.calibration import page

    for name, text in page.figures_of(report).items():
        write_whole(folder / "figures" / name, text)
    write_whole(folder / "calibration.md", page.text(report))


def _null_runs(pool: Pool, runs: int, seed: int, say: Say) -> list[dict[str, Any]]:
    """Every cell of the grid; deep cells, which cost most, get fewer runs."""
    waiting: dict[Future[Any], None] = {}
    for name, depth in sorted(nulls.cells(), key=lambda cell: -cell[1]):
        share = SHARES[depth] / sum(SHARES.values())
        wanted = max(1, math.ceil(runs / len(nulls.NULLS) * share))
        for first in range(0, wanted, SLICE):
            count = min(SLICE, wanted - first)
            task = (name, depth, seed * 1_000_003 + first, count)
            waiting[pool.submit(nulls.run_cell, *task)] = None
    merged: dict[tuple[str, int], dict[str, Any]] = {}
    done = 0
    for future in as_completed(waiting):
        part = future.result()
        done += part["runs"]
        cell = merged.setdefault((part["null"], part["depth"]), part)
        if cell is not part:
            cell["runs"] += part["runs"]
            for key in ("decided", "wrong", "rules", "covered"):
                cell[key] = cell[key] + part[key]
        say(f"null runs: {done:,}")
    return [_plain(merged[cell]) for cell in nulls.cells()]


def _thresholds(pool: Pool, runs: int, seed: int, say: Say) -> list[dict[str, Any]]:
    samples = max(10, SAMPLES * runs // RUNS)
    tasks = [
        (index, size, samples, seed)
        for size in thresholds.SIZES
        for index in range(len(thresholds.FAMILIES))
    ]
    futures = [pool.submit(thresholds.run_family, *task) for task in tasks]
    found = []
    for future in futures:
        found.append(_plain(future.result()))
        say(f"tails: {len(found)} of {len(tasks)} families")
    return found


def _faults(pool: Pool, seed: int, say: Say) -> list[dict[str, Any]]:
    """Without a fault first: a panel that is red by itself would show nothing."""
    names = ("none", *faults.FAULTS)
    futures = {
        name: [pool.submit(faults.red_rows, name, [claim_id], seed) for claim_id in PANEL]
        for name in names
    }
    found = []
    for name, parts in futures.items():
        results = [future.result() for future in parts]
        red = [check for some, _ in results for check in some]
        sampled = sum(count for _, count in results)
        found.append({"fault": name, "red": red, "rows": sampled})
        say(f"planted faults: {name}: {len(red)} of {sampled} rows differ")
    return found


def _both_tiers(seed: int, jobs: int, say: Say) -> list[Results]:
    found = []
    for tier in ("quick", "standard"):
        say(f"mutants: every claim at the {tier} tier")
        found.append(verify((), tier=tier, seed=seed, jobs=jobs))
    return found


def _missed(results: Results) -> dict[str, Any]:
    return {
        "tier": results.meta["tier"],
        "seed": results.meta["seed"],
        "seconds": results.timing["seconds"],
        "jobs": results.timing["jobs"],
        "git_revision": results.meta["git_revision"],
        "mutants": [
            {
                "claim": m.claim, "law": m.law, "mutant": m.mutant, "proofs": m.proofs,
                "checks": m.checks, "seconds": m.seconds, "sampled": m.sampled,
            }
            for m in misses.misses(results)
        ],
    }  # fmt: skip


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """Counters as lists of [*key, count], in a fixed order."""
    return {
        key: [[*k, n] for k, n in sorted(value.items(), key=lambda item: str(item[0]))]
        if isinstance(value, Counter)
        else value
        for key, value in found.items()
    }
