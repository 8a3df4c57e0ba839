"""Records of a run. results.json is exactly these; every other page is rendered from it."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 2
KINDS = ("symbolic", "exact", "rigorous", "numeric", "monte-carlo")  # strongest first


class ResultsError(ValueError):
    """A results file cannot be read: missing, torn, or of another version."""


@dataclass(frozen=True)
class Row:
    """One check of one law: what was predicted, what was found, and what that means.

    admits: `needed` (all assumptions hold at this point), `stated` (an unstated one is broken),
        `outside` (a stated one is broken; shown, not counted).
    predicted: a number, a pair (bounds) or None where only text says it; predicted_text always.
    measured, low, high, se: Monte Carlo rows; `found_text` always.
    margin: absolute half-width around the prediction. min_detectable: the smallest relative error
        (absolute where the margin is) that this row would have rejected with probability 0.999.
    tails: what the sample says about its own tails (verify.trust.Tails).
    repeat_of: the check that this row repeats on fresh streams, because it differed unexpectedly.
    """

    check: str
    claim: str
    law: str
    role: str
    kind: str
    name: str
    words: str
    point: dict[str, Any]
    admits: str
    predicted: float | list[float] | None
    predicted_text: str
    found_text: str
    outcome: str
    reason: str = ""
    detail: str = ""
    steps: list[str] = field(default_factory=list)
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    margin: float | None = None
    margin_text: str = ""
    min_detectable: float | None = None
    min_detectable_kind: str = "relative"
    doubts: list[str] = field(default_factory=list)
    tails: dict[str, float | None] = field(default_factory=dict)
    estimand: str = ""
    over: str = ""
    interval: str = ""
    alpha: float | None = None
    looks: int = 0
    sampler: str = ""
    draws: int = 0
    seed: int = 0
    repeat_of: str = ""
    curve: str = ""
    x: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class MutantResult:
    """A wrong version of a law, and the checks that rejected it."""

    law: str
    name: str
    rejected_by: list[str]


@dataclass(frozen=True)
class LawInfo:
    """A law as it is shown."""

    name: str
    role: str
    latex: str
    words: str
    error: str


@dataclass(frozen=True)
class Line:
    """One law over the axis of a figure; y None where the law is not finite."""

    law: str
    role: str
    xs: list[float]
    ys: list[float | None]


@dataclass(frozen=True)
class CurveResult:
    """A figure: lines from the laws; the measured points are the rows that name the curve."""

    name: str
    title: str
    x_label: str
    y_label: str
    log_x: bool
    log_y: bool
    lines: list[Line]


@dataclass(frozen=True)
class ClaimResult:
    """All that a run found about one claim."""

    id: str
    title: str
    document: str
    where: str
    says: str
    kind: str
    module: str
    laws: list[LawInfo]
    assumptions: list[dict[str, Any]]
    expected: str
    verdict: str
    verdict_reason: str
    because: str
    remark: str
    strongest: str
    rows: list[Row]
    mutants: list[MutantResult]
    curves: list[CurveResult]

    @property
    def as_expected(self) -> bool:
        """Whether the fresh verdict equals the committed one."""
        return self.verdict == self.expected


@dataclass(frozen=True)
class DocumentResult:
    """A document, and those of its items that no claim encodes yet."""

    key: str
    prefix: str
    title: str
    authors: str
    year: int
    bibtex: str
    not_encoded: list[dict[str, str]]


@dataclass(frozen=True)
class Results:
    """One run. `meta` holds what makes it reproducible; `timing` what may differ when repeated."""

    schema_version: int
    meta: dict[str, Any]
    timing: dict[str, Any]
    documents: list[DocumentResult]
    claims: list[ClaimResult]

    @property
    def unexpected(self) -> list[ClaimResult]:
        """Claims whose verdict is not the committed one."""
        return [c for c in self.claims if not c.as_expected]

    @property
    def undecided_rows(self) -> list[Row]:
        """Rows that ended undecided."""
        return [r for c in self.claims for r in c.rows if r.outcome == "undecided"]

    @property
    def surviving_mutants(self) -> list[tuple[str, MutantResult]]:
        """(claim id, mutant) that no check rejected."""
        return [(c.id, m) for c in self.claims for m in c.mutants if not m.rejected_by]

    def claim(self, claim_id: str) -> ClaimResult:
        """The result of one claim."""
        return next(c for c in self.claims if c.id == claim_id)

    def to_json(self) -> str:
        """The file's text: no NaN, keys in the order of the records."""
        return json.dumps(_plain(dataclasses.asdict(self)), indent=1, allow_nan=False) + "\n"

    def save(self, path: Path) -> None:
        """Write atomically: a reader never sees half a file."""
        temporary = path.with_suffix(".tmp")
        temporary.write_text(self.to_json(), encoding="utf-8")
        temporary.replace(path)


def load(path: Path) -> Results:
    """Read results.json; raises ResultsError naming file and reason."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(f"no results at {path}") from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ResultsError(f"{path} is not a results file: {error}") from None
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if version != SCHEMA_VERSION:
        raise ResultsError(
            f"{path} has schema version {version!r}; this depthlaws reads {SCHEMA_VERSION}"
        )
    try:
        return Results(
            schema_version=version,
            meta=raw["meta"],
            timing=raw["timing"],
            documents=[DocumentResult(**d) for d in raw["documents"]],
            claims=[_claim(c) for c in raw["claims"]],
        )
    except (KeyError, TypeError) as error:
        raise ResultsError(f"{path} does not follow the schema: {error}") from None


def _claim(raw: dict[str, Any]) -> ClaimResult:
    raw = dict(raw)
    raw["laws"] = [LawInfo(**law) for law in raw["laws"]]
    raw["rows"] = [Row(**row) for row in raw["rows"]]
    raw["mutants"] = [MutantResult(**mutant) for mutant in raw["mutants"]]
    raw["curves"] = [
        CurveResult(**{**curve, "lines": [Line(**line) for line in curve["lines"]]})
        for curve in raw["curves"]
    ]
    return ClaimResult(**raw)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
