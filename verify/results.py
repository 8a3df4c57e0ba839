"""Records of a run. results.json is exactly these; every other page is rendered from it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import math
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from verify.store import write_whole

SCHEMA_VERSION = 4
READS = (4, 3, 2)  # version 2 has no maps, 3 no references
KINDS = ("symbolic", "exact", "rigorous", "numeric", "monte-carlo")  # strongest first


class ResultsError(ValueError):
    """A results file cannot be read: missing, torn, or of another version."""


@dataclass(frozen=True)
class Row:
    """One check of one law: what was predicted, what was found, and what that means.

    admits: `needed` (all assumptions hold at this point), `stated` (an unstated one is broken),
        `outside` (a stated one is broken; shown, not counted).
    predicted: a number, a pair (bounds; None on disk for an infinite one) or None where only text
        says it; predicted_text always.
    measured, low, high, se: Monte Carlo rows; `found_text` always.
    margin: absolute half-width around the prediction. min_detectable: the smallest relative error
        (absolute where the margin is) that this row would have rejected with probability 0.999.
    tails: what the sample says about its own tails (verify.trust.Tails).
    instead: why literal networks were not averaged directly, where another sampler stands in.
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
    predicted: float | list[float | None] | None
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
    instead: str = ""
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
    ys: list[float | list[float | None] | None]  # a pair where the law is a bound


@dataclass(frozen=True)
class ReferenceResult:
    """A value that the document prints, marked in a figure."""

    x: float
    y: float
    words: str


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
    references: list[ReferenceResult] = field(default_factory=list)


@dataclass(frozen=True)
class PanelResult:
    """One sampled network: the VNI of all its nodes, the law's value, and a map of some nodes.

    rho_sq: squared correlation coefficients, nodes clustered; row i holds the columns 0..i.
    """

    width: int
    depth: int
    vni: float
    predicted: float
    rho_sq: list[list[float]]


@dataclass(frozen=True)
class MapsResult:
    """A figure of maps, a network a panel; `law` names the law of which the panels tell a value."""

    name: str
    title: str
    law: str
    words: str
    panels: list[PanelResult]


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
    maps: list[MapsResult] = field(default_factory=list)

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
        """The file's text: no NaN, keys in the order of the records, a digest of all at the end."""
        plain = _plain(dataclasses.asdict(self))
        return json.dumps({**plain, "digest": digest(plain)}, indent=1, allow_nan=False) + "\n"

    def save(self, path: Path) -> None:
        """Write atomically: a reader never sees half a file. Raises StoppedError if it cannot."""
        write_whole(path, self.to_json())


def digest(plain: dict[str, Any]) -> str:
    """Digest of what a results file says, whatever its layout: a damaged number shows."""
    text = json.dumps(plain, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


# --- reading it back -------------------------------------------------------------------------

MOST_BYTES = 1 << 28
META: dict[str, Any] = {
    "tier": str,
    "tier_means": str,
    "seed": int,
    "device": str,
    "dtype": str,
    "selected": list[str],
    "family_alpha": float,
    "n_monte_carlo_rows": int,
    "budget": float,
    "errors": list[str],
    "versions": dict[str, str],
    "git_revision": str,
    "source_digest": str,
}
TIMING: dict[str, Any] = {"started": str, "seconds": float, "jobs": int}
VERDICTS = ("holds", "holds-if", "false-as-stated", "undecided", "not-tested")
WORDS: dict[tuple[type, str], tuple[str, ...]] = {
    (ClaimResult, "expected"): VERDICTS,
    (ClaimResult, "verdict"): VERDICTS,
    (Row, "kind"): KINDS,
    (Row, "outcome"): ("agrees", "differs", "undecided"),
    (Row, "admits"): ("needed", "stated", "outside"),
    (Row, "role"): ("stated", "corrected", "sharper", "proof-step"),
    (Row, "min_detectable_kind"): ("relative", "absolute", "exact"),
}


class _SchemaError(ValueError):
    pass


def load(path: Path) -> Results:
    """Read results.json; raises ResultsError naming file and reason."""
    raw = _parsed(path)
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if isinstance(version, bool) or version not in READS:
        raise ResultsError(
            f"{path} has schema version {_shown(version)}; this depthlaws reads"
            f" {', '.join(map(str, READS))}"
        )
    if raw.pop("digest", None) != digest(raw):
        raise ResultsError(
            f"{path} is damaged, or was edited: its content does not match its digest"
        )
    try:
        results: Results = _record(Results, raw, "")
        for name, fields in (("meta", META), ("timing", TIMING)):
            for key, kind in fields.items():
                if key not in raw[name]:
                    raise _SchemaError(f"{name}.{key} is missing")
                _typed(kind, raw[name][key], f"{name}.{key}")
    except _SchemaError as error:
        raise ResultsError(f"{path} does not follow the schema: {error}") from None
    return results


def _parsed(path: Path) -> Any:
    try:
        if not path.exists():
            raise ResultsError(f"no results at {path}")
        if not path.is_file():
            raise ResultsError(f"{path} is not a results file: it is no regular file")
        if path.stat().st_size > MOST_BYTES:
            raise ResultsError(
                f"{path} is not a results file: at most {MOST_BYTES} bytes; got"
                f" {path.stat().st_size}"
            )
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
    except OSError as error:
        raise ResultsError(f"cannot read {path}: {error.strerror or error}") from None
    except ResultsError:
        raise
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, an absurd number
        raise ResultsError(f"{str(path)!r} is not a results file: {error}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that a results file holds")


def _record(record: type, raw: Any, where: str) -> Any:
    """A record from parsed JSON, every field of its declared type."""
    if not isinstance(raw, dict):
        raise _SchemaError(f"{where or 'the file'} must be an object; got {_shown(raw)}")
    fields = {f.name: f for f in dataclasses.fields(record)}
    for name in raw:
        if name not in fields:
            raise _SchemaError(f"{where}.{_shown(name)} is unknown".lstrip("."))
    values = {}
    for name, kind in _hints(record).items():
        inner = f"{where}.{name}".lstrip(".")
        if name in raw:
            values[name] = _typed(kind, raw[name], inner)
            allowed = WORDS.get((record, name))
            if allowed and raw[name] not in allowed:
                raise _SchemaError(f"{inner} must be one of {', '.join(allowed)}; got"
                                   f" {_shown(raw[name])}")  # fmt: skip
        elif (
            fields[name].default is dataclasses.MISSING
            and fields[name].default_factory is dataclasses.MISSING
        ):
            raise _SchemaError(f"{inner} is missing")
    return record(**values)


@functools.cache
def _hints(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def _typed(kind: Any, raw: Any, where: str) -> Any:
    """`raw` if it is of the declared type, its records built. Raises _SchemaError naming both."""
    if kind is Any:
        return raw
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, raw, where)
    origin, inside = get_origin(kind), get_args(kind)
    if origin is types.UnionType:
        fitting = [k for k in inside if _fits(k, raw)]
        if fitting:
            return _typed(fitting[0], raw, where)
    elif origin is list and isinstance(raw, list):
        return [_typed(inside[0], member, f"{where}[{i}]") for i, member in enumerate(raw)]
    elif origin is dict and isinstance(raw, dict):
        return {k: _typed(inside[1], v, f"{where}.{_shown(k)}") for k, v in raw.items()}
    elif origin is None and _fits(kind, raw):
        return raw
    raise _SchemaError(f"{where} must be {_named(kind)}; got {_shown(raw)}")


def _fits(kind: Any, raw: Any) -> bool:
    if isinstance(raw, bool) or kind is bool:
        return kind is bool and isinstance(raw, bool)
    if kind is float:
        return isinstance(raw, int | float) and abs(raw) < 1e309
    if kind is int:
        return isinstance(raw, int) and abs(raw) < 2**63
    return isinstance(raw, get_origin(kind) or kind)


def _named(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind) if get_origin(kind) is None else kind)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


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
