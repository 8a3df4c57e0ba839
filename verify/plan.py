"""Claims -> trials: sample sizes, looks, and the error budget, all fixed before sampling.

The family-wise false-alarm rate of a report is split evenly over its Monte Carlo rows and, in each
row, over the looks (alpha spending by Bonferroni: valid at every look whatever their dependence).
Budgets are counted in random numbers, never in seconds, so that a report does not depend on the
speed of a machine.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from simulate import Setup
from simulate.registry import get
from theory import claims
from theory.index import selects, unmatched
from theory.schema import Claim, Probe, shown
from verify.estimate import SKEW_FACTOR

FAMILY_ALPHA = 1e-3
CHUNK = 2e7  # random numbers one worker draws before it reports back
FIRST_LOOK = 1000  # replicates
REPEAT = " (repeated)"  # ends the id of a check that is run a second time
RESERVE = 2  # looks beyond the budget, each doubling, for rows that are only in doubt
BUDGETS = {"quick": 1.5e8, "standard": 1.8e9, "paper": 3e10}  # random numbers per probe
ABOUT = {
    "quick": "wide margins, a first look",
    "standard": "the default for a report",
    "paper": "the documents' own sizes; for a GPU or a cluster",
}


class PlanError(ValueError):
    """What was asked for cannot be planned; the message names argument, rule and value."""


@dataclass(frozen=True)
class Trial:
    """One probe, planned. looks: cumulative numbers of blocks after which a decision is tried.

    reserve: how many of the looks, the last ones, lie beyond the budget. They are for rows whose
    interval would decide and whose tails are in doubt: more draws settle the doubt. Their error is
    paid for from the start, whether they are needed or not.
    repeat: the second run of a row that came out `differs` against its committed verdict, on fresh
    streams that the check's id fixes beforehand.
    """

    claim: Claim
    probe: Probe
    setup: Setup
    alpha: float
    block: int
    looks: tuple[int, ...]
    chunk_blocks: int
    tier: str
    reserve: int = 0
    repeat: bool = False

    @property
    def check(self) -> str:
        """The check's id; with the seed and the block number it keys the random streams."""
        return f"{self.claim.id}/{self.probe.name}" + (REPEAT if self.repeat else "")

    @property
    def look_alpha(self) -> float:
        """Level of one look, after paying for the looks."""
        return self.alpha / len(self.looks)

    @property
    def z(self) -> float:
        """Normal quantile of one look, after paying for admissible skewness."""
        return float(stats.norm.isf(self.look_alpha / SKEW_FACTOR / 2))

    @property
    def bounds(self) -> Mapping[str, tuple[float, float]]:
        """Columns of the experiment that lie in a known interval."""
        return get(self.probe.experiment).bounds(self.setup)

    def repeated(self) -> Trial:
        """The same measurement on the streams set aside for its repetition."""
        return dataclasses.replace(self, repeat=True)

    @property
    def most(self) -> int:
        """Replicates at the last look within the budget."""
        return self.looks[-1 - self.reserve] * self.block


def check_asked(patterns: Sequence[str], tier: str) -> None:
    """Raise PlanError naming a pattern that names no claim, or an unknown tier.

    Read from the source text of the claims: at once, before any of them is imported.
    """
    _check_patterns(patterns)
    _check_tier(tier)


def _check_patterns(patterns: Sequence[str]) -> None:
    if not isinstance(patterns, list | tuple):  # a text would be taken letter by letter
        raise PlanError(f"patterns must be a list of texts; got {shown(patterns)}")
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise PlanError(f"patterns must be texts; got {shown(pattern)}")
    if message := unmatched(patterns):
        raise PlanError(message)


def _check_tier(tier: str) -> None:
    if not isinstance(tier, str) or tier not in BUDGETS:
        raise PlanError(f"tier must be one of {', '.join(BUDGETS)}; got {shown(tier)}")


def select(patterns: Sequence[str]) -> list[Claim]:
    """Claims named by ids, document keys or prefixes, or globs; all if empty.

    Raises PlanError naming the pattern and the nearest ids.
    """
    _check_patterns(patterns)
    return [
        c
        for c in claims
        if not patterns or any(selects(p, c.id, c.source.document.key) for p in patterns)
    ]


def count_rows(chosen: Sequence[Claim], tier: str) -> int:
    """Monte Carlo rows: one for each law that a probe of this tier speaks of."""
    return sum(len(p.laws) for c in chosen for p in c.probes if p.belongs_to(tier))


def trials(chosen: Sequence[Claim], tier: str) -> list[Trial]:
    """The planned Monte Carlo measurements of some claims. Raises PlanError on an unknown tier."""
    _check_tier(tier)
    rows = max(1, count_rows(chosen, tier))
    return [
        plan_probe(c, p, tier, FAMILY_ALPHA / rows)
        for c in chosen
        for p in c.probes
        if p.belongs_to(tier)
    ]


def plan_probe(claim: Claim, probe: Probe, tier: str, alpha: float) -> Trial:
    """Looks at doubling numbers of blocks up to the budget, and RESERVE more beyond it."""
    setup = Setup(**probe.setup)
    experiment = get(probe.experiment)
    block = experiment.replicates(setup)
    cost = max(1, experiment.cost(setup))
    most = max(1, int(BUDGETS[tier] * probe.budget / cost / block))
    looks = [min(most, max(1, -(-FIRST_LOOK // block)))]
    while looks[-1] < most:
        looks.append(min(most, 2 * looks[-1]))
    if len(looks) > 1 and looks[-1] < 1.3 * looks[-2]:  # no look for a few draws more
        looks.pop(-2)
    looks += [most * 2 ** (k + 1) for k in range(RESERVE)]
    chunk = max(1, int(CHUNK / cost / block))
    return Trial(claim, probe, setup, alpha, block, tuple(looks), chunk, tier, RESERVE)
