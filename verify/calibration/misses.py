"""Wrong laws: the share of all registered mutants that a report rejects, and how fast.

Read from the results of finished runs: a mutant is rejected if a check of its law came out
`differs` with the mutant in the law's place. Its time is that of the quickest such check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify.results import Results


@dataclass(frozen=True)
class Miss:
    """One mutant under one tier. seconds: of the quickest rejecting check; None if it survived.
    sampled: of the quickest rejecting Monte Carlo check; None if sampling alone lets it live."""

    claim: str
    law: str
    mutant: str
    checks: int
    seconds: float | None
    sampled: float | None
    proofs: int


def misses(results: Results) -> list[Miss]:
    """Every mutant of a run."""
    found = []
    for claim in results.claims:
        seconds = {
            (row.check.rpartition("#")[0], row.law): (row.seconds, row.kind)
            for row in claim.rows
            if not row.repeat_of
        }
        for mutant in claim.mutants:
            by = [seconds[check, mutant.law] for check in mutant.rejected_by]
            sampled = [s for s, kind in by if kind == "monte-carlo"]
            found.append(
                Miss(
                    claim.id, mutant.law, mutant.name, len(by),
                    min((s for s, _ in by), default=None), min(sampled, default=None),
                    len(by) - len(sampled),
                )
            )  # fmt: skip
    return found


def score(times: Sequence[float | None], at: float) -> float:
    """Share of mutants rejected by a check of at most `at` seconds."""
    return sum(t is not None and t <= at for t in times) / max(1, len(times))
