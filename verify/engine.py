"""Runs a plan: proofs and sampling side by side, decisions at each look, verdicts at the end."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import platform
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import sympy as sp

from theory import claims
from theory.registry import DOCUMENTS
from theory.schema import Claim, Finding, as_float, shown
from verify import plan
from verify.exact import ProofRun, run_proof
from verify.maps import draw_maps
from verify.plan import PlanError, Trial
from verify.pool import MOST_JOBS, Here, Pool, Processes, timed_blocks
from verify.results import (
    SCHEMA_VERSION,
    ClaimResult,
    CurveResult,
    DocumentResult,
    LawInfo,
    Line,
    MapsResult,
    MutantResult,
    Results,
    ResultsError,
    Row,
    load,
)
from verify.rows import Progress, proof_row
from verify.store import Store, fingerprint, source_digest
from verify.verdict import may_differ, strongest, verdict

Task = tuple[Callable[[str, str], Any], str, str, Callable[[Any], None]]
"""Work of a claim that is no sampling: function, claim id, name, and what takes its result."""


class Watcher(Protocol):
    """Told what happens while a run goes on; the command line draws it."""

    def planned(self, chosen: Sequence[Claim], trials: Sequence[Trial]) -> None:
        """The plan is fixed."""

    def looked(self, progress: Progress) -> None:
        """A decision was tried: `progress.rows` hold the current interval and margin."""

    def proved(self, row: Row) -> None:
        """A proof ended."""

    def repeating(self, trials: Sequence[Trial]) -> None:
        """Rows that differ unexpectedly are measured once more, on fresh streams."""


class Silent:
    """A watcher that says nothing."""

    def planned(self, chosen: Sequence[Claim], trials: Sequence[Trial]) -> None:
        """Nothing."""

    def looked(self, progress: Progress) -> None:
        """Nothing."""

    def proved(self, row: Row) -> None:
        """Nothing."""

    def repeating(self, trials: Sequence[Trial]) -> None:
        """Nothing."""


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
        meta = _meta(patterns, tier, seed, device, dtype, plan.count_rows(chosen, tier))
        store = None
        if folder is not None:
            marks = fingerprint(claims=patterns, tier=tier, seed=seed, device=device, dtype=dtype)
            store = Store(folder, marks, resume=resume)
            closing.callback(store.close)
            if resume and (finished := _finished(folder / "results.json", meta)):
                store.finish()
                return finished
        run = _Run(chosen, trials, tier, seed, device, dtype, store, watcher or Silent())
        run.watcher.planned(chosen, trials)
        run.go(pool, jobs)
        run.repeat(pool, jobs)
        results = Results(
            schema_version=SCHEMA_VERSION,
            meta={**meta, "errors": sorted(run.errors)},
            timing={
                "started": started,
                "seconds": round(time.perf_counter() - start, 3),
                "jobs": jobs,
                "resumed": resume,
                "damaged_records": store.damaged if store else 0,
            },
            documents=_documents(),
            claims=[run.result(c) for c in chosen],
        )
        if store and folder is not None:
            results.save(folder / "results.json")
            store.finish()
    return results


def _finished(path: Path, meta: dict[str, Any]) -> Results | None:
    """The results of the same run, if it had come to its end before it was interrupted."""
    try:
        found = load(path)
    except ResultsError:
        return None
    same = {**found.meta, "git_revision": ""} == {**meta, "git_revision": ""}
    return found if same else None


class _Run:
    """The state of one run: what is finished, what is in flight."""

    def __init__(
        self,
        chosen: Sequence[Claim],
        trials: Sequence[Trial],
        tier: str,
        seed: int,
        device: str,
        dtype: str,
        store: Store | None,
        watcher: Watcher,
    ) -> None:
        self.chosen, self.tier = chosen, tier
        self.seed, self.device, self.dtype = seed, device, dtype
        self.store, self.watcher = store, watcher
        self.progress = [self._begin(t) for t in trials]
        self.proofs: dict[tuple[str, str], ProofRun] = {}
        self.curves: dict[tuple[str, str], CurveResult] = {}
        self.maps: dict[tuple[str, str], MapsResult] = {}
        self.errors: list[str] = []

    def _begin(self, trial: Trial) -> Progress:
        """A trial with what the store already holds of it."""
        progress = Progress(trial)
        for (check, first, _), columns in (self.store.columns if self.store else {}).items():
            if check == trial.check:
                progress.chunks[first] = columns
        return progress

    def go(self, pool: Pool, jobs: int) -> None:
        """Work until proofs and figures are done and every trial is decided or out of budget."""
        waiting = deque([*self._proof_tasks(), *self._figure_tasks()])
        self._work(pool, jobs, waiting, deque(self.progress))

    def repeat(self, pool: Pool, jobs: int) -> None:
        """Measure once more, on fresh streams, what differs against its committed verdict."""
        again = [
            self._begin(p.trial.repeated())
            for p in self.progress
            if any(r.outcome == "differs" and not may_differ(p.trial.claim.expected, r)
                   for r in p.rows)
        ]  # fmt: skip
        if again:
            self.watcher.repeating([p.trial for p in again])
            self.progress += again
            self._work(pool, jobs, deque(), deque(again))

    def _work(self, pool: Pool, jobs: int, waiting: deque[Task], trials: deque[Progress]) -> None:
        active: list[tuple[Progress, deque[tuple[int, int]], set[int]]] = []
        running: dict[Future[Any], Callable[[Any], None]] = {}
        while waiting or trials or active or running:
            while len(running) < 2 * jobs and (waiting or trials or active):
                task = self._next_task(pool, waiting, trials, active, jobs)
                if task is None:
                    break
                running[task[0]] = task[1]
            if not running:
                continue
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=_failed):  # what is finished is kept first
                running.pop(future)(future.result())

    def _next_task(
        self,
        pool: Pool,
        waiting: deque[Task],
        trials: deque[Progress],
        active: list[tuple[Progress, deque[tuple[int, int]], set[int]]],
        jobs: int,
    ) -> tuple[Future[Any], Callable[[Any], None]] | None:
        for entry in list(active):
            progress, todo, out = entry
            if not todo and not out:  # the look has all its chunks
                self._look(progress)
                if progress.done:
                    active.remove(entry)
                else:
                    todo.extend(progress.missing())
        while trials and len(active) <= jobs:
            progress = trials.popleft()
            active.append((progress, deque(progress.missing()), set()))
        for progress, todo, out in active:
            if todo:
                first, count = todo.popleft()
                out.add(first)
                trial = progress.trial
                arguments = (trial.probe.experiment, trial.setup, self.seed, trial.check)
                future = pool.submit(
                    timed_blocks, *arguments, first, count, self.device, self.dtype
                )
                return future, self._chunk_done(progress, out, first, count)
        if waiting:
            function, claim_id, name, done = waiting.popleft()
            return pool.submit(function, claim_id, name), done
        return None

    def _chunk_done(
        self, progress: Progress, out: set[int], first: int, count: int
    ) -> Callable[[Any], None]:
        def done(result: Any) -> None:
            columns, seconds = result
            out.discard(first)
            progress.chunks[first] = columns
            progress.seconds += seconds
            if self.store:
                self.store.add_columns((progress.trial.check, first, count), columns)

        return done

    def _look(self, progress: Progress) -> None:
        progress.decide(self.seed)
        self.watcher.looked(progress)

    def _proof_tasks(self) -> Iterable[Task]:
        for claim in self.chosen:
            for proof in claim.proofs:
                note = self.store.notes.get(f"{claim.id}/{proof.name}") if self.store else None
                if note is None:
                    yield run_proof, claim.id, proof.name, self._proof_done(claim.id, proof.name)
                else:
                    self._proved(claim.id, proof.name, _load_proof(note))

    def _figure_tasks(self) -> Iterable[Task]:
        sample = functools.partial(
            draw_maps, tier=self.tier, seed=self.seed, device=self.device, dtype=self.dtype
        )
        for claim in self.chosen:
            for maps in claim.maps:
                key = claim.id, maps.name
                yield sample, *key, functools.partial(self.maps.__setitem__, key)
            for curve in claim.curves:
                key = claim.id, curve.name
                yield draw_curve, *key, functools.partial(self.curves.__setitem__, key)

    def _proof_done(self, claim_id: str, name: str) -> Callable[[Any], None]:
        def done(found: Any) -> None:
            if self.store and not found.error:
                self.store.add_note(f"{claim_id}/{name}", dataclasses.asdict(found))
            self._proved(claim_id, name, found)

        return done

    def _proved(self, claim_id: str, name: str, found: ProofRun) -> None:
        self.proofs[claim_id, name] = found
        if found.error:
            self.errors.append(f"{claim_id}/{name}: {found.error}")
        claim = claims[claim_id]
        proof = next(p for p in claim.proofs if p.name == name)
        self.watcher.proved(proof_row(claim, proof, found))

    # -- assembling

    def result(self, claim: Claim) -> ClaimResult:
        """Rows, mutants, curves and verdict of one claim."""
        rows = [proof_row(claim, p, self.proofs[claim.id, p.name]) for p in claim.proofs]
        mine = [p for p in self.progress if p.trial.claim.id == claim.id]
        rows += [row for p in mine for row in p.rows]
        found, reason = verdict(claim, rows)
        return ClaimResult(
            id=claim.id,
            title=claim.title,
            document=claim.source.document.key,
            where=claim.source.where,
            says=claim.source.says,
            kind=claim.kind,
            module=claims.modules[claim.id],
            laws=[
                LawInfo(law.name, law.role, sp.latex(law.formula), law.words, law.error)
                for law in claim.laws
            ],
            assumptions=[{"words": a.words, "stated": a.stated} for a in claim.assumptions],
            expected=claim.expected,
            verdict=found,
            verdict_reason=reason,
            because=claim.because,
            remark=claim.remark,
            strongest=strongest(rows),
            rows=rows,
            mutants=self._mutants(claim, mine),
            curves=[self.curves[claim.id, curve.name] for curve in claim.curves],
            maps=[self.maps[claim.id, maps.name] for maps in claim.maps],
        )

    def _mutants(self, claim: Claim, mine: Sequence[Progress]) -> list[MutantResult]:
        results = []
        for law in claim.laws:
            for mutant in law.mutants:
                by = [
                    f"{claim.id}/{proof.name}"
                    for proof in claim.proofs
                    if proof.law == law.name
                    and mutant.name in self.proofs[claim.id, proof.name].rejected
                ]
                by += [
                    p.trial.check
                    for p in mine
                    if not p.trial.repeat
                    and p.mutants.get(law.name, {}).get(mutant.name) == "differs"
                ]
                results.append(MutantResult(law.name, mutant.name, by))
        return results


def _failed(future: Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None


def draw_curve(claim_id: str, name: str) -> CurveResult:
    """The lines of one figure: its laws, evaluated over its axis."""
    claim = claims[claim_id]
    curve = next(c for c in claim.curves if c.name == name)
    lines = []
    for law_name in curve.laws:
        law = claim.law(law_name)
        values = [as_float(curve.value(law, x)) for x in curve.xs]
        ys = [list(y) if isinstance(y, tuple) else y for y in values]
        lines.append(Line(law_name, law.role, [float(x) for x in curve.xs], ys))
    return CurveResult(
        curve.name, curve.title, curve.x_label, curve.y_label, curve.log_x, curve.log_y, lines
    )


def _load_proof(note: dict[str, Any]) -> ProofRun:
    finding = note["finding"]
    if finding is not None:
        finding = Finding(**{**finding, "steps": tuple(finding["steps"])})
    return ProofRun(finding, tuple(note["rejected"]), note["seconds"], note["error"])


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


def _documents() -> list[DocumentResult]:
    result = []
    for key in DOCUMENTS:
        paper = importlib.import_module(f"theory.{key}").PAPER
        items = importlib.import_module(f"theory.{key}.items").ITEMS
        missing = [
            {"id": item, "what": what, "kind": kind}
            for item, (what, kind) in items.items()
            if item not in claims
        ]
        result.append(
            DocumentResult(
                key, paper.prefix, paper.title, paper.authors, paper.year, paper.bibtex, missing
            )
        )
    return result


def _meta(
    patterns: Sequence[str],
    tier: str,
    seed: int,
    device: str,
    dtype: str,
    n_rows: int,
) -> dict[str, Any]:
    return {
        "tier": tier,
        "tier_means": plan.ABOUT[tier],
        "seed": seed,
        "device": device,
        "dtype": dtype,
        "selected": sorted(set(patterns)),
        "family_alpha": plan.FAMILY_ALPHA,
        "n_monte_carlo_rows": n_rows,
        "budget": plan.BUDGETS[tier],
        "errors": [],
        "versions": {"python": platform.python_version(), **versions()},
        "git_revision": revision(),
        "source_digest": source_digest(),
    }


def versions() -> dict[str, str]:
    """Versions of this package and of what its numbers depend on."""
    found = {}
    for name in ("depthlaws", "torch", "numpy", "scipy", "sympy", "mpmath"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def revision() -> str:
    """The git revision of the source, with -dirty; empty outside a checkout."""
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
