"""What a measurement would cost before it is made: a pilot sample, and the draws it asks for.

The pilot has a stream of its own and decides nothing. From its spread follow the draws at which the
interval fits into the margin, the smallest error that the planned budget would reject, and, from
its speed, the seconds that takes here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from theory.schema import Claim
from verify import plan
from verify.estimate import SKEW_FACTOR
from verify.plan import PlanError, Trial
from verify.pool import timed_blocks
from verify.rows import min_detectable, predicted_pair, width_of
from verify.trust import LARGEST_SHARE, Tails, trusted

PILOT = " (pilot)"


@dataclass(frozen=True)
class Design:
    """One row's plan.

    margin: absolute half-width; margin_relative: over the prediction (nan where that is 0).
    needed: replicates at which the interval fits into the margin and its skewness and its largest
    draw are admissible (inf: never). budget: replicates the tier allows. seconds: for `needed`, on
    one core, at the pilot's speed. detectable: the smallest error that the whole budget rejects
    with probability 0.999, `unit` relative or absolute. doubt: why `needed` is no more than a
    lower bound.
    """

    check: str
    margin: float
    margin_relative: float
    needed: float
    budget: int
    seconds: float
    detectable: float
    unit: str
    sampler: str
    doubt: str


def design(
    chosen: Sequence[Claim], tier: str, *, margin: float | None = None, seed: int = 0
) -> list[Design]:
    """Every Monte Carlo row of the claims. margin: relative, in place of the declared ones.

    Raises PlanError for a margin that is no positive number or an unknown tier.
    """
    if margin is not None and not 0 < margin < math.inf:
        raise PlanError(f"margin must be a positive number; got {margin!r}")
    return [row for trial in plan.trials(chosen, tier) for row in design_trial(trial, margin, seed)]


def design_trial(trial: Trial, margin: float | None, seed: int) -> list[Design]:
    """The rows of one probe, from a pilot of its first look."""
    from simulate.registry import get
    from verify.estimate import estimate

    probe = trial.probe
    columns, seconds = timed_blocks(
        probe.experiment, trial.setup, seed, trial.check + PILOT, 0, trial.looks[0], "cpu",
        "float64",
    )  # fmt: skip
    used = {name: columns[name] for name in probe.estimand.columns}
    rows = []
    for name in probe.laws:
        prediction = trial.claim.law(name)(**probe.at)
        predicted = predicted_pair(prediction)
        measured = estimate(
            probe.estimand, columns, trial.look_alpha,
            prediction if callable(prediction) else None, trial.bounds,
        )  # fmt: skip
        measured, tails, doubts = trusted(measured, used, trial.bounds)
        scale = max((abs(p) for p in predicted if math.isfinite(p)), default=0.0)
        width = width_of(probe.margin, trial.tier, predicted) if margin is None else margin * scale
        needed = max(
            draws_for(measured.half_at, width),
            draws_to_trust(tails, measured.n) if doubts else 0.0,
            float(trial.looks[0] * trial.block),
        )
        detectable, unit = min_detectable(trial, measured, predicted, width)
        rows.append(
            Design(
                check=f"{trial.check}#{name}",
                margin=width,
                margin_relative=width / scale if scale else math.nan,
                needed=needed,
                budget=trial.most,
                seconds=seconds / measured.n * needed,
                detectable=math.inf if detectable is None else detectable,
                unit=unit,
                sampler=get(probe.experiment).sampler,
                doubt=next((d for d in doubts if d.startswith(("heavy", "curved"))), ""),
            )
        )
    return rows


def draws_for(half_at: object, margin: float) -> float:
    """The least number of replicates at which a half-width falls to `margin`; inf if none does."""
    assert callable(half_at)
    low, high = 1, 2
    while not half_at(high) <= margin:
        low, high = high, 2 * high
        if high > 2**100:
            return math.inf
    while high - low > max(1, low // 1000):
        middle = (low + high) // 2
        low, high = (low, middle) if half_at(middle) <= margin else (middle, high)
    return float(high)


def draws_to_trust(tails: Tails, n: int) -> float:
    """Replicates at which skewness and the largest draw become admissible, if the tail is light.

    The log of the skewness factor falls as 1/sqrt(n), the share of the largest draw about as 1/n.
    """
    skewed = n * (math.log(tails.skew_factor) / math.log(SKEW_FACTOR)) ** 2
    return max(skewed, n * tails.largest_share / LARGEST_SHARE)
