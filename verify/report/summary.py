"""What a run says, in words and counts: shared by all pages, drawn from the records alone."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from theory import index as sources
from verify.report import numbers
from verify.results import KINDS, ClaimResult, DocumentResult, MutantResult, Results, Row

VERDICTS = ("false-as-stated", "holds-if", "holds", "undecided", "not-tested")
NOT_ENCODED, TRAINING = sources.NOT_ENCODED, sources.TRAINING
LABELS = {
    "holds": "holds",
    "holds-if": "holds only if",
    "false-as-stated": "false as stated",
    "undecided": "undecided",
    "not-tested": "not tested",
}
ICONS = {
    "holds": "✓",
    "holds-if": "◐",
    "false-as-stated": "✗",
    "undecided": "?",
    "not-tested": "–",
    "agrees": "✓",
    "differs": "✗",
}
ROLES = {
    "stated": "as stated",
    "corrected": "corrected",
    "sharper": "sharper, derived here",
    "proof-step": "a step of the document's proof",
}


@dataclass(frozen=True)
class DocumentView:
    """A document and the claims of this run that are its own."""

    document: DocumentResult
    claims: list[ClaimResult]

    @property
    def anchor(self) -> str:
        """The fragment of its section."""
        return f"doc-{self.document.prefix or self.document.key}"

    @property
    def cited(self) -> str:
        """Authors and year."""
        return f"{self.document.authors} ({self.document.year})"

    @property
    def authors(self) -> str:
        """The authors, shortened beyond two."""
        names = self.document.authors.split(", ")
        return self.document.authors if len(names) < 3 else f"{names[0]} et al."

    def with_verdict(self, verdict: str) -> list[ClaimResult]:
        """Its claims of one verdict, in the order of the run."""
        return [c for c in self.claims if c.verdict == verdict]

    @property
    def counts(self) -> dict[str, int]:
        """Verdict -> number of claims, the verdicts that occur."""
        found = {v: len(self.with_verdict(v)) for v in VERDICTS}
        return {v: n for v, n in found.items() if n}


def documents(results: Results) -> list[DocumentView]:
    """Every document of the run with its claims; claims of unknown documents come last."""
    views: list[DocumentView] = []
    placed: set[str] = set()
    for document in results.documents:
        own = [c for c in results.claims if c.document in (document.key, document.prefix)]
        own.sort(key=lambda claim: _place(claim.id))
        placed.update(c.id for c in own)
        views.append(DocumentView(document, own))
    lost = [c for c in results.claims if c.id not in placed]
    for key in dict.fromkeys(c.document for c in lost):
        stranger = DocumentResult(key, key, key, "unknown authors", 0, "", [])
        views.append(DocumentView(stranger, [c for c in lost if c.document == key]))
    return views


def coverage(view: DocumentView) -> list[tuple[ClaimResult | None, Mapping[str, str]]]:
    """Every item of a document in its order: (its claim, {}) or (None, the item without one)."""
    rows: list[tuple[ClaimResult | None, Mapping[str, str]]] = [(c, {}) for c in view.claims]
    rows += [(None, item) for item in view.document.not_encoded]
    return sorted(rows, key=lambda row: _place(row[0].id if row[0] else row[1].get("id", "")))


def _place(claim_id: str) -> int:
    """Where the document has an item; what it does not know comes last."""
    places = sources.places()
    return places.get(claim_id, len(places))


# --- sentences -------------------------------------------------------------------------------


def counted(verdict: str, n: int) -> str:
    """A count with its verdict, in the number that grammar asks for.

    >>> counted("holds", 1), counted("holds-if", 2), counted("undecided", 2)
    ('1 holds', '2 hold only if', '2 undecided')
    """
    label = LABELS.get(verdict, verdict)
    return f"{numbers.count(n)} {label if n == 1 else label.replace('holds', 'hold')}"


def tone(role: str, claim: ClaimResult) -> str:
    """The colour of a law: a stated one is set apart only where a corrected one contradicts it."""
    if role == "stated" and not any(law.role == "corrected" for law in claim.laws):
        return "plain"
    return role if role in ROLES else "proof-step"


def plural(n: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "claim"), plural(0, "claim"), plural(2, "hypothesis", "hypotheses")
    ('1 claim', '0 claims', '2 hypotheses')
    """
    return f"{numbers.count(n)} {one if n == 1 else many or one + 's'}"


def joined(parts: Sequence[str]) -> str:
    """Parts as a list in a sentence.

    >>> joined(["a", "b", "c"]), joined(["a"])
    ('a, b and c', 'a')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_SAID = {
    "holds": ("holds", "hold"),
    "holds-if": (
        "holds only under an assumption that its document leaves out",
        "hold only under an assumption that the document leaves out",
    ),
    "false-as-stated": ("is false as stated", "are false as stated"),
    "undecided": ("is undecided", "are undecided"),
    "not-tested": ("was not tested", "were not tested"),
}


def headline(results: Results) -> str:
    """One sentence: how many claims hold, hold only if, and are false."""
    total = len(results.claims)
    where = plural(sum(1 for v in documents(results) if v.claims), "document")
    if not total:
        return "No claim was checked."
    found = {v: sum(1 for c in results.claims if c.verdict == v) for v in VERDICTS}
    order = ("holds", "holds-if", "false-as-stated", "undecided", "not-tested")
    parts = [f"{numbers.count(found[v])} {_SAID[v][found[v] != 1]}" for v in order if found[v]]
    return f"Of {plural(total, 'claim')} checked in {where}, {joined(parts)}."


def tier(results: Results) -> str:
    """The tier and what its margins were, from the rows that were decided by sampling."""
    name = str(results.meta.get("tier", "unknown"))
    means = str(results.meta.get("tier_means", ""))
    said = f"Precision: {name}" + (f" ({means})" if means else "") + "."
    sampled = [r for c in results.claims for r in c.rows if r.kind == "monte-carlo"]
    sizes = [
        s
        for r in sampled
        if r.min_detectable_kind == "relative" and (s := relative_margin(r)) is not None
    ]
    if not sampled:
        return f"{said} Nothing was sampled: every row is a proof."
    if not sizes:
        return f"{said} Margins are absolute and stand in each row."
    low, high, middle = min(sizes), max(sizes), statistics.median(sizes)
    size = numbers.percent(middle)
    spread = (
        f" ({numbers.percent(low)} to {numbers.percent(high)}, by row)"
        if low < 0.999 * high
        else ""
    )
    return (
        f"{said} A sampled quantity counts as in agreement when its whole interval lies within "
        f"{size} of the prediction{spread}; proofs allow no margin."
    )


def relative_margin(row: Row) -> float | None:
    """The margin of a sampled row relative to its prediction, where that has a meaning."""
    if row.margin is None or not isinstance(row.predicted, int | float) or row.predicted == 0:
        return None
    return row.margin / abs(row.predicted)


def error_budget(meta: dict[str, Any]) -> str:
    """The family-wise false-alarm rate in words."""
    alpha, rows = meta.get("family_alpha"), meta.get("n_monte_carlo_rows")
    if alpha is None:
        return "The family-wise false-alarm rate was not recorded."
    shared = f", shared evenly over {plural(rows, 'sampled row')}" if rows else ""
    return (
        f"The probability that any sampled row of this report differs from a law that is true "
        f"is at most {numbers.number(alpha)}{shared} and paid for at every look at the data."
    )


@dataclass(frozen=True)
class Notice:
    """Something a reader must know before the verdicts; `links` are (claim id, words)."""

    level: str
    title: str
    links: list[tuple[str, str]]
    text: str = ""


def notices(results: Results) -> list[Notice]:
    """Unexpected verdicts first, then what is broken, undecided or missing."""
    found: list[Notice] = []
    if unexpected := results.unexpected:
        found.append(
            Notice(
                "alarm",
                f"{plural(len(unexpected), 'verdict')} not as expected",
                [
                    (
                        c.id,
                        f"{c.title}: expected {c.expected}, found {c.verdict} ({reason(c)})",
                    )
                    for c in unexpected
                ],
            )
        )
    if not results.meta.get("complete", True):
        found.append(
            Notice(
                "alarm",
                "This run was interrupted",
                [],
                "What had finished is shown; other rows are missing, and a verdict may change.",
            )
        )
    if errors := results.meta.get("errors"):
        found.append(
            Notice(
                "alarm", f"{plural(len(errors), 'check')} broke", [], "; ".join(map(str, errors))
            )
        )
    if mutants := results.surviving_mutants:
        found.append(
            Notice(
                "warn",
                f"{plural(len(mutants), 'wrong version')} of a law not rejected by any check",
                [(claim_id, f"{m.law}: {m.name}") for claim_id, m in mutants],
            )
        )
    if rows := results.undecided_rows:
        found.append(
            Notice(
                "warn",
                f"{plural(len(rows), 'row')} undecided",
                [(r.claim, f"{r.name} ({r.law}): {r.reason}") for r in rows],
            )
        )
    return found


def selection(results: Results) -> str:
    """What was asked for, if not everything."""
    chosen = results.meta.get("selected") or []
    return f"Only these claims were asked for: {', '.join(map(str, chosen))}." if chosen else ""


def condition(claim: ClaimResult) -> str:
    """The assumptions that the document leaves out, joined."""
    return "; ".join(
        str(a.get("words", "")) for a in claim.assumptions if not a.get("stated", True)
    )


def is_ours(claim: ClaimResult) -> bool:
    """Whether no document states the claim: all its laws were derived here."""
    return not any(law.role == "stated" for law in claim.laws)


def derived(results: Results) -> str:
    """How many of the claims are laws that no document states; empty if none."""
    ours = sum(is_ours(c) for c in results.claims)
    if not ours:
        return ""
    one = ours == 1
    return (
        f"{numbers.count(ours)} of the claims {'is' if one else 'are'} stated in no document: "
        f"{'a law' if one else 'laws'} derived here, marked as such."
    )


def short(claim: ClaimResult) -> str:
    """What the first screen says after the title of a claim."""
    if claim.verdict == "holds-if":
        return condition(claim) or claim.because
    if claim.verdict == "false-as-stated":
        return claim.because
    if claim.verdict in ("undecided", "not-tested"):
        return reason(claim)
    return ""


# --- rows ------------------------------------------------------------------------------------


def kind_rank(kind: str) -> int:
    """Strongest first; kinds nobody knows last."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


def sorted_rows(claim: ClaimResult) -> list[Row]:
    """Rows of the strongest kind first, else in the order of the claim."""
    return sorted(claim.rows, key=lambda r: kind_rank(r.kind))


def shared_settings(rows: Iterable[Row]) -> dict[str, Any]:
    """Coordinates that all sampled rows have in common (empty for fewer than two points)."""
    points = [r.point for r in rows if r.kind == "monte-carlo"]
    if len({repr(p) for p in points}) < 2:
        return {}
    return {k: v for k, v in points[0].items() if all(k in p and p[k] == v for p in points)}


def point(row: Row, shared: dict[str, Any]) -> list[str]:
    """The coordinates of a row, without those that all rows share."""
    hidden = shared if row.kind == "monte-carlo" else {}
    return [numbers.setting(k, v) for k, v in row.point.items() if k not in hidden]


def tally(rows: Sequence[Row]) -> str:
    """How many rows ended how.

    >>> tally([])
    'no rows'
    """
    if not rows:
        return "no rows"
    found = {o: sum(1 for r in rows if r.outcome == o) for o in ("agrees", "differs", "undecided")}
    said = {"agrees": ("agrees", "agree"), "differs": ("differs", "differ")}
    return joined([f"{n} {said.get(o, (o, o))[n != 1]}" for o, n in found.items() if n])


def rejects(row: Row, mutants: Sequence[MutantResult]) -> tuple[int, int]:
    """(how many wrong versions of the row's law its check rejected, how many there are)."""
    own = [m for m in mutants if m.law == row.law]
    check = row.check.split("#")[0]
    return sum(1 for m in own if check in m.rejected_by), len(own)


def would_have_caught(row: Row, mutants: Sequence[MutantResult]) -> str:
    """The smallest error a sampled row rejects; for a proof, the wrong versions it rejected."""
    size = numbers.detectable(row)
    if size:
        return size
    rejected, total = rejects(row, mutants)
    if total:
        return f"{rejected} of {total} wrong versions"
    return (
        "any difference" if row.min_detectable_kind == "exact" and row.outcome == "agrees" else ""
    )


def same_draws(first: Row, second: Row) -> bool:
    """Whether two rows compare one measurement, of as many draws, with two laws."""
    same = first.check.split("#")[0] == second.check.split("#")[0]
    return bool(second.draws) and same and first.draws == second.draws


def check_name(check: str) -> str:
    """The name of a check without its claim."""
    return check.split("/", 1)[-1].split("#")[0]


def reason(claim: ClaimResult) -> str:
    """Why the verdict is what it is, with checks by their names instead of their full ids."""
    return re.sub(rf"{re.escape(claim.id)}/([^#;:]+)#([\w-]+)", r"“\1” (\2)", claim.verdict_reason)


def missing(view: DocumentView) -> list[tuple[str, int]]:
    """(why, how many) of the items that no claim tests."""
    whys = [why_missing(item) for item in view.document.not_encoded]
    return [(why, whys.count(why)) for why in (NOT_ENCODED, TRAINING) if why in whys]


def why_missing(item: Mapping[str, str]) -> str:
    """Why no claim tests an item: it is about trained networks, or nobody has encoded it."""
    return sources.why_missing(item.get("kind", ""))
