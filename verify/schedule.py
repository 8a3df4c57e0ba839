"""Hands the work of a run to a pool: proofs and sampling side by side, decisions at each look."""

from __future__ import annotations

import dataclasses
import functools
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from theory import claims
from theory.schema import Claim
from verify.assemble import Evidence
from verify.curves import draw_curve
from verify.exact import ProofRun, proofs_of, run_proof
from verify.maps import draw_maps
from verify.plan import Trial
from verify.pool import Pool, timed_blocks
from verify.progress import Watcher
from verify.rows import Progress, proof_row
from verify.store import Store
from verify.verdict import may_differ

Task = tuple[Callable[[str, str], Any], str, str, Callable[[Any], None]]
"""Work of a claim that is no sampling: function, claim id, name, and what takes its result."""


class Run:
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
        self.evidence = Evidence([self._begin(t) for t in trials])
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
        self._work(pool, jobs, waiting, deque(self.evidence.progress))

    def repeat(self, pool: Pool, jobs: int) -> None:
        """Measure once more, on fresh streams, what differs against its committed verdict."""
        again = [
            self._begin(p.trial.repeated())
            for p in self.evidence.progress
            if any(r.outcome == "differs" and not may_differ(p.trial.claim.expected, r)
                   for r in p.rows)
        ]  # fmt: skip
        if again:
            self.watcher.repeating([p.trial for p in again])
            self.evidence.progress += again
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
            for proof in proofs_of(claim, self.tier):
                note = self.store.notes.get(f"{claim.id}/{proof.name}") if self.store else None
                if note is None:
                    yield run_proof, claim.id, proof.name, self._proof_done(claim.id, proof.name)
                else:
                    self._proved(claim.id, proof.name, ProofRun.of_note(note))

    def _figure_tasks(self) -> Iterable[Task]:
        sample = functools.partial(
            draw_maps, tier=self.tier, seed=self.seed, device=self.device, dtype=self.dtype
        )
        for claim in self.chosen:
            for maps in claim.maps:
                key = claim.id, maps.name
                yield sample, *key, functools.partial(self.evidence.maps.__setitem__, key)
            for curve in claim.curves:
                key = claim.id, curve.name
                yield draw_curve, *key, functools.partial(self.evidence.curves.__setitem__, key)

    def _proof_done(self, claim_id: str, name: str) -> Callable[[Any], None]:
        def done(found: Any) -> None:
            if self.store and not found.error:
                self.store.add_note(f"{claim_id}/{name}", dataclasses.asdict(found))
            self._proved(claim_id, name, found)

        return done

    def _proved(self, claim_id: str, name: str, found: ProofRun) -> None:
        self.evidence.proofs[claim_id, name] = found
        if found.error:
            self.errors.append(f"{claim_id}/{name}: {found.error}")
        claim = claims[claim_id]
        proof = next(p for p in claim.proofs if p.name == name)
        self.watcher.proved(proof_row(claim, proof, found))


def _failed(future: Future[Any]) -> bool:
    return future.cancelled() or future.exception() is not None
