"""What a run says while it goes on, on stderr: bars in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from verify.plan import Trial
    from verify.results import Row
    from verify.rows import Progress


class Watcher(Protocol):
    """Told what happens while a run goes on; the command line draws it."""

    def planned(self, proofs: Mapping[str, int], trials: Sequence[Trial]) -> None:
        """The plan is fixed: how many proofs each claim has, and what is sampled."""

    def looked(self, progress: Progress) -> None:
        """A decision was tried: `progress.rows` hold the current interval and margin."""

    def proved(self, row: Row) -> None:
        """A proof ended."""

    def repeating(self, trials: Sequence[Trial]) -> None:
        """Rows that differ unexpectedly are measured once more, on fresh streams."""


class Silent:
    """A watcher that says nothing."""

    def planned(self, proofs: Mapping[str, int], trials: Sequence[Trial]) -> None:
        """Nothing."""

    def looked(self, progress: Progress) -> None:
        """Nothing."""

    def proved(self, row: Row) -> None:
        """Nothing."""

    def repeating(self, trials: Sequence[Trial]) -> None:
        """Nothing."""


@contextmanager
def watcher(stream: IO[str]) -> Iterator[Watcher]:
    """A watcher fit for the stream."""
    if stream.isatty():
        from rich.console import Console

        bars = _Bars(Console(file=stream))
        with bars.progress:
            yield bars
    else:
        yield _Lines(stream)


class _Count:
    """Counts of finished checks per claim, and the time left."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.left: dict[str, int] = {}
        self.work, self.total = 0.0, 1.0

    def planned(self, proofs: Mapping[str, int], trials: Sequence[Trial]) -> None:
        self.left = dict(proofs)
        for trial in trials:
            self.left[trial.claim.id] += 1
        self.total = max(1.0, float(sum(self.left.values())))

    def repeating(self, trials: Sequence[Trial]) -> None:
        for trial in trials:
            self.left[trial.claim.id] += 1
        self.total += len(trials)

    def checked(self, claim_id: str) -> bool:
        """One check of a claim ended; whether it was the last."""
        self.left[claim_id] -= 1
        self.work += 1
        return self.left[claim_id] == 0

    def time_left(self) -> str:
        """A guess from the share of checks done so far."""
        if not self.work:
            return ""
        seconds = (time.monotonic() - self.start) * (self.total - self.work) / self.work
        return f"about {seconds:.0f} s left" if seconds >= 1 else ""


def describe(progress: Progress) -> str:
    """Draws so far, and the current interval against the margin."""
    row = progress.rows[0]
    predicted = row.predicted if isinstance(row.predicted, list) else [row.predicted] * 2
    margin = row.margin or 0.0
    return (
        f"{progress.draws:,} of {progress.trial.most:,} draws, [{row.low:.4g}, {row.high:.4g}]"
        f" against [{(predicted[0] or 0) - margin:.4g}, {(predicted[1] or 0) + margin:.4g}]"
    )


class _Lines(_Count):
    """One line a finished claim."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__()
        self.stream = stream
        self.outcomes: dict[str, list[str]] = {}

    def looked(self, progress: Progress) -> None:
        if progress.done:
            for row in progress.rows:
                self.outcomes.setdefault(row.claim, []).append(row.outcome)
            self._ended(progress.trial.claim.id)

    def repeating(self, trials: Sequence[Trial]) -> None:
        super().repeating(trials)
        for trial in trials:
            self._line(f"{trial.check}: differs unexpectedly; measured once more")

    def proved(self, row: Row) -> None:
        self.outcomes.setdefault(row.claim, []).append(row.outcome)
        self._ended(row.claim)

    def _ended(self, claim_id: str) -> None:
        if self.checked(claim_id):
            outcomes = self.outcomes[claim_id]
            counts = ", ".join(
                f"{outcomes.count(o)} {o}"
                for o in ("agrees", "differs", "undecided")
                if o in outcomes
            )
            self._line(f"{claim_id:<20} {counts:<40} {self.time_left()}")

    def _line(self, text: str) -> None:
        """A terminal that is gone, or a full disk behind stderr, ends no run."""
        with suppress(OSError, ValueError):
            self.stream.write(text + "\n")
            self.stream.flush()


class _Bars(_Count):
    """A bar over all checks, and a line for each claim in work."""

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        super().__init__()
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            console=console,
        )
        self.all = self.progress.add_task("all checks", total=None, note="")
        self.tasks: dict[str, Any] = {}

    def planned(self, proofs: Mapping[str, int], trials: Sequence[Trial]) -> None:
        super().planned(proofs, trials)
        self.progress.update(self.all, total=self.total)
        self.totals = dict(self.left)

    def looked(self, progress: Progress) -> None:
        claim_id = progress.trial.claim.id
        self.progress.update(self._task(claim_id), note=describe(progress))
        if progress.done:
            self._ended(claim_id)

    def proved(self, row: Row) -> None:
        self._task(row.claim)
        self._ended(row.claim)

    def repeating(self, trials: Sequence[Trial]) -> None:
        super().repeating(trials)
        self.progress.update(self.all, total=self.total)
        self.totals = dict(self.left)

    def _task(self, claim_id: str) -> Any:
        if claim_id not in self.tasks:
            self.tasks[claim_id] = self.progress.add_task(
                claim_id, total=self.totals[claim_id], note=""
            )
        return self.tasks[claim_id]

    def _ended(self, claim_id: str) -> None:
        last = self.checked(claim_id)
        self.progress.advance(self._task(claim_id))
        self.progress.update(self.all, completed=self.work, note=self.time_left())
        if last:
            self.progress.remove_task(self.tasks.pop(claim_id))
