"""From evidence to rows: one Monte Carlo trial as it grows, and one finished proof."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp
from scipy import stats

from simulate.registry import get
from simulate.samples import Columns, concatenate
from theory.schema import Bounds, Claim, Evaluate, Margin, Mutant, Proof, as_float
from verify.decide import decide
from verify.estimate import Estimate, estimate
from verify.exact import ProofRun
from verify.plan import REPEAT, Trial
from verify.results import Row
from verify.trust import Tails, trusted

PASSING = ("heavy tail", "skewed", "curved")  # doubts that more draws may settle
POWER = 0.999  # probability with which min_detectable is rejected


class _Measured:
    """The columns of one look, and the estimate from them: one for all laws and wrong versions.

    Only a distribution is estimated anew for each: its distance is to the law itself.
    """

    def __init__(self, trial: Trial, columns: Columns) -> None:
        self.trial, self.columns = trial, columns

    def against(self, prediction: Any) -> tuple[Estimate, Tails, list[str]]:
        """The estimate to decide with, its diagnostics, its doubts."""
        return self._trusted(prediction) if callable(prediction) else self._number

    @functools.cached_property
    def _number(self) -> tuple[Estimate, Tails, list[str]]:
        return self._trusted(None)

    def _trusted(self, cdf: Any) -> tuple[Estimate, Tails, list[str]]:
        trial, estimand = self.trial, self.trial.probe.estimand
        found = estimate(estimand, self.columns, trial.look_alpha, cdf, trial.bounds)
        used = {name: self.columns[name] for name in estimand.columns}
        return trusted(found, used, trial.bounds)


@dataclass
class Progress:
    """A trial in flight: its finished chunks, and the rows of its last look."""

    trial: Trial
    chunks: dict[int, Columns] = field(default_factory=dict)  # first block -> columns
    look: int = 0
    seconds: float = 0.0
    rows: list[Row] = field(default_factory=list)
    mutants: dict[str, dict[str, str]] = field(default_factory=dict)  # law -> name -> outcome
    done: bool = False
    predictions: dict[tuple[str, str], Any] = field(default_factory=dict)  # law, mutant or ""

    def missing(self) -> list[tuple[int, int]]:
        """(first, count) of the chunks that the next look still needs."""
        target = self.trial.looks[self.look]
        start = 0 if self.look == 0 else self.trial.looks[self.look - 1]
        step = self.trial.chunk_blocks
        wanted = [(b, min(step, target - b)) for b in range(start, target, step)]
        return [(first, count) for first, count in wanted if first not in self.chunks]

    @property
    def draws(self) -> int:
        """Replicates so far."""
        return sum(len(next(iter(c.values()))) for c in self.chunks.values())

    def decide(self, seed: int) -> None:
        """Try a decision at this look; finished when every law is decided or the budget ends.

        A row once decided stays as it was decided: the error of every look is paid for, and draws
        made for another law of the probe must not make it undecided again.
        """
        trial = self.trial
        target = trial.looks[self.look]  # a resumed run may hold blocks of later looks
        columns = concatenate(self.chunks[f] for f in sorted(self.chunks) if f < target)
        decided = {row.law: row for row in self.rows if row.outcome != "undecided"}
        measured = _Measured(trial, columns)
        self.rows = []
        for name in trial.probe.laws:
            if name in decided:
                self.rows.append(decided[name])
                continue
            self.rows.append(self._row(name, measured, seed))
            self.mutants[name] = {
                m.name: self._outcome(self._mutant(name, m), measured)
                for m in trial.claim.law(name).mutants
            }
        self.look += 1
        all_decided = all(row.outcome != "undecided" for row in self.rows)
        spent = self.look >= len(trial.looks) - trial.reserve
        self.done = all_decided or self.look == len(trial.looks) or (spent and not self._in_doubt())

    def _in_doubt(self) -> bool:
        """Whether more draws may settle a row: only its tails keep it from a decision."""
        return any(
            row.outcome == "undecided" and row.doubts and would_decide(row) for row in self.rows
        )

    def _law(self, name: str) -> Any:
        """The law's value here, computed once."""
        if (name, "") not in self.predictions:
            self.predictions[name, ""] = self.trial.claim.law(name)(**self.trial.probe.at)
        return self.predictions[name, ""]

    def _mutant(self, name: str, mutant: Mutant) -> Any:
        if (name, mutant.name) not in self.predictions:
            value = _value(mutant.evaluate, self.trial.probe.at)
            self.predictions[name, mutant.name] = value
        return self.predictions[name, mutant.name]

    def _outcome(self, prediction: Any, measured: _Measured) -> str:
        """What becomes of a wrong version in the law's place."""
        if prediction is None:
            return "undecided"
        predicted = predicted_pair(prediction)
        if any(math.isnan(p) for p in predicted):
            return "undecided"
        margin = width_of(self.trial.probe.margin, self.trial.tier, predicted)
        found, _, doubts = measured.against(prediction)
        return decide(predicted, found.low, found.high, margin, doubts)[0]

    def _row(self, law_name: str, of: _Measured, seed: int) -> Row:
        trial, probe = self.trial, self.trial.probe
        law, prediction = trial.claim.law(law_name), self._law(law_name)
        measured, tails, found = of.against(prediction)
        predicted = predicted_pair(prediction)
        margin = width_of(probe.margin, trial.tier, predicted)
        outcome, reason = decide(predicted, measured.low, measured.high, margin, found)
        detectable, unit = min_detectable(trial, measured, predicted, margin)
        return Row(
            check=f"{trial.check}#{law_name}",
            claim=trial.claim.id,
            law=law_name,
            role=law.role,
            kind="monte-carlo",
            name=probe.name + (REPEAT if trial.repeat else ""),
            words=probe.why,
            point=plain_point({**probe.at, **probe.facts}),
            admits=trial.claim.admits(probe.point),
            predicted=_number(predicted),
            predicted_text="0 (distance to the law)" if callable(prediction) else text(prediction),
            found_text=f"{measured.value:.6g} in [{measured.low:.6g}, {measured.high:.6g}]",
            outcome=outcome,
            reason=reason,
            measured=measured.value,
            low=measured.low,
            high=measured.high,
            se=measured.se,
            margin=margin,
            margin_text=margin_text(probe.margin, trial.tier),
            min_detectable=detectable,
            min_detectable_kind=unit,
            doubts=found,
            tails=dataclasses.asdict(tails),
            estimand=f"{probe.estimand.kind}({', '.join(probe.estimand.columns)})",
            over=probe.estimand.over,
            interval=measured.method,
            alpha=trial.alpha,
            looks=self.look + 1,
            sampler=get(probe.experiment).sampler,
            instead=instead_of_direct(trial, of.columns),
            draws=measured.n,
            seed=seed,
            repeat_of=f"{trial.claim.id}/{probe.name}#{law_name}" if trial.repeat else "",
            curve=probe.curve,
            x=None if probe.x is None else float(probe.x),
            seconds=self.seconds,
        )


def _value(evaluate: Evaluate, at: Mapping[str, Any]) -> Any:
    """A mutant's value; None where it has none (a crash rejects nothing)."""
    try:
        value = evaluate(**at)
        if not callable(value):
            predicted_pair(value)
    except Exception:
        return None
    return value


def predicted_pair(prediction: Any) -> tuple[float, float]:
    """The two ends of a prediction: equal for an equation, (0, 0) for a distribution."""
    if callable(prediction):  # a distribution: its distance to itself
        return 0.0, 0.0
    value = as_float(prediction)
    if isinstance(prediction, Bounds):
        return value[0], value[1]
    return float(value), float(value)


def _number(predicted: tuple[float, float]) -> float | list[float | None]:
    return predicted[0] if predicted[0] == predicted[1] else list(predicted)


def width_of(margin: Margin, tier: str, predicted: tuple[float, float]) -> float:
    """The absolute half-width that the margin means around this prediction."""
    if margin.kind == "absolute":
        return margin.at(tier)
    finite = [abs(p) for p in predicted if math.isfinite(p)]
    return margin.at(tier) * max(finite, default=0.0)


def margin_text(margin: Margin, tier: str) -> str:
    """The margin in words, with its reason."""
    size = f"{margin.at(tier):.3g}" if margin.kind == "absolute" else f"{margin.at(tier):.3g} of it"
    return f"{size} ({margin.why})"


def would_decide(row: Row) -> bool:
    """Whether the interval alone lies inside or outside the margin, and its doubts can pass."""
    if not all(doubt.startswith(PASSING) for doubt in row.doubts):
        return False
    low, high, margin = (math.nan if v is None else v for v in (row.low, row.high, row.margin))
    ends = row.predicted if isinstance(row.predicted, list) else [row.predicted] * 2
    floor, ceiling = (math.nan if end is None else float(end) for end in ends)
    return decide((floor, ceiling), low, high, margin)[0] != "undecided"


def instead_of_direct(trial: Trial, columns: Columns) -> str:
    """Why literal networks were not averaged: how many it would take; empty if they were."""
    direct = get(trial.probe.experiment).direct
    if direct is None or trial.probe.margin.kind == "absolute":
        return ""
    # (relative variance) z^2 / margin^2 networks, in powers of ten
    power = direct(columns) + 2 * math.log10(trial.z / trial.probe.margin.at(trial.tier))
    ratio = trial.setup.depth / min(trial.setup.widths)
    return (
        f"depth/width = {ratio:.3g}: a direct average would need about 10^{power:.0f} literal"
        " networks for this margin"
    )


def min_detectable(
    trial: Trial, measured: Estimate, predicted: tuple[float, float], margin: float
) -> tuple[float | None, str]:
    """The smallest error rejected with probability 0.999 by the end of this row's budget.

    By design: the spread is a nuisance parameter taken from the sample, the number of draws is the
    budget's, not the number at which the row happened to stop.
    """
    half = measured.half_at(trial.most)
    if math.isnan(measured.se):  # a band: the empirical distribution strays by a band of its own
        stray = math.sqrt(math.log(2 / (1 - POWER)) / (2 * trial.most))
        return margin + half + stray, "absolute"
    se = measured.se * math.sqrt(measured.n / trial.most)
    error = margin + half + float(stats.norm.ppf(POWER)) * se
    scale = max((abs(p) for p in predicted if math.isfinite(p)), default=0.0)
    if not math.isfinite(error):
        return None, "relative"
    if scale == 0 or trial.probe.margin.kind == "absolute":
        return error, "absolute"
    return error / scale, "relative"


def proof_row(claim: Claim, proof: Proof, run: ProofRun) -> Row:
    """The row of one proof."""
    law = claim.law(proof.law)
    finding = run.finding
    steps: tuple[str, ...] = ()
    if finding is None:
        outcome, reason, predicted, found, detail = "undecided", run.error, "", "", ""
    else:
        outcome = {True: "agrees", False: "differs", None: "undecided"}[finding.agrees]
        reason = finding.detail if finding.agrees is None else ""
        predicted, found, detail = finding.predicted, finding.found, finding.detail
        steps = finding.steps
    return Row(
        check=f"{claim.id}/{proof.name}#{proof.law}",
        claim=claim.id,
        law=proof.law,
        role=law.role,
        kind=proof.kind,
        name=proof.name,
        words=proof.statement,
        point=plain_point(proof.point),
        admits=claim.admits(proof.point),
        predicted=None,
        predicted_text=predicted,
        found_text=found,
        outcome=outcome,
        reason=reason,
        detail=detail,
        steps=list(steps),
        min_detectable=0.0 if outcome == "agrees" else None,
        min_detectable_kind="exact",
        seconds=run.seconds,
    )


def plain_point(point: Mapping[str, Any]) -> dict[str, Any]:
    """A point as JSON: exact numbers as text, sequences as lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, bool | int | str) or value is None:
            return value
        if isinstance(value, float):
            return value
        if isinstance(value, sp.Integer):
            return int(value)
        if isinstance(value, list | tuple | range):
            return [plain(v) for v in value]
        return str(value)

    found: dict[str, Any] = json.loads(json.dumps({k: plain(v) for k, v in point.items()}))
    return found


def text(value: Any) -> str:
    """A prediction as text: the exact fraction when short, and its decimals."""
    if isinstance(value, Bounds):
        return f"between {text(value.low)} and {text(value.high)}"
    decimals = f"{as_float(value):.6g}"
    exact = str(sp.nsimplify(value) if isinstance(value, int) else value)
    is_exact = isinstance(value, int | sp.Rational) or type(value).__name__ == "Fraction"
    if not is_exact or exact == decimals or len(exact) > 16:
        return decimals
    return f"{exact} = {decimals}"
