"""The report as GitHub-flavoured Markdown: the same content, condensed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verify.report import figures, html, latex, numbers, prose, summary
from verify.results import ClaimResult, CurveResult, MapsResult, Results, Row


def page(results: Results) -> str:
    """The text of report.md."""
    blocks = ["# Which laws of very deep random networks hold?"]
    blocks += [_notice(notice) for notice in summary.notices(results)]
    blocks.append(f"**{summary.headline(results)}**")
    blocks.append(
        " ".join(
            filter(
                None, (summary.derived(results), summary.tier(results), summary.selection(results))
            )
        )
    )
    views = [v for v in summary.documents(results) if v.claims]
    if views:
        columns = [v for v in summary.VERDICTS if any(v in view.counts for view in views)]
        blocks.append(
            _table(
                ["document", *(summary.LABELS[c] for c in columns)],
                (
                    [
                        f"[{_escaped(view.document.title)}](#{_fragment(_heading(view))})",
                        *(str(view.counts.get(c, "")) for c in columns),
                    ]
                    for view in views
                ),
            )
        )
    for view in summary.documents(results):
        blocks += _document(view)
    blocks.append("## How it was made")
    blocks.append(
        "\n".join(f"- {label}: {_escaped(text)}" for label, text in html.machine(results))
    )
    blocks.append(summary.error_budget(results.meta))
    return "\n\n".join(blocks) + "\n"


def _notice(notice: summary.Notice) -> str:
    lines = [
        f"> [!{'CAUTION' if notice.level == 'alarm' else 'WARNING'}]",
        f"> **{notice.title}.**",
    ]
    if notice.text:
        lines.append(f"> {_text(notice.text)}")
    links = [f"> - `{claim_id}` {_text(words)}" for claim_id, words in notice.links]
    if notice.level != "alarm":
        links = ["> <details><summary>Which</summary>", ">", *links, ">", "> </details>"]
    return "\n".join([*lines, *links])


def _heading(view: summary.DocumentView) -> str:
    return f"{view.document.title}: {view.cited}"


def _document(view: summary.DocumentView) -> list[str]:
    blocks = [f"## {_escaped(_heading(view))}"]
    if view.claims:
        blocks.append(_table(COVERAGE, _coverage(view)))
    else:
        blocks.append("No claim of this document was checked in this run.")
    why = summary.NOT_ENCODED
    missing = [i for i in view.document.not_encoded if summary.why_missing(i) == why]
    if missing:
        items = ", ".join(f"`{i.get('id', '')}` ({_text(i.get('what', ''))})" for i in missing)
        blocks.append(
            f"<details><summary>{summary.plural(len(missing), 'item')} not-tested: "
            f"{why}</summary>\n\n{items}\n\n</details>"
        )
    for claim in view.claims:
        blocks += _claim(claim)
    return blocks


COVERAGE = ("item", "claim", "verdict", "what it says", "why", "strongest evidence")


def _coverage(view: summary.DocumentView) -> Iterator[list[str]]:
    """The items in the order of the document; those that are not encoded yet are folded below."""
    for claim, item in summary.coverage(view):
        if claim is not None:
            yield [
                _text(claim.where),
                f"`{claim.id}`",
                f"{summary.ICONS[claim.verdict]} {summary.LABELS[claim.verdict]}",
                _text(claim.title) + (" (derived here)" if summary.is_ours(claim) else ""),
                _text(summary.short(claim)),
                claim.strongest,
            ]
        elif (why := summary.why_missing(item)) != summary.NOT_ENCODED:
            yield [
                _text(item.get("kind", "")),
                f"`{item.get('id', '')}`",
                f"{summary.ICONS['not-tested']} {summary.LABELS['not-tested']}",
                _text(item.get("what", "")),
                why,
                "none",
            ]


def _claim(claim: ClaimResult) -> list[str]:
    expected = "" if claim.as_expected else f" **(expected {claim.expected})**"
    blocks = [
        f"### {_escaped(claim.id)}: {_text(claim.title)}",
        f"**{summary.ICONS[claim.verdict]} {summary.LABELS[claim.verdict]}**{expected} · "
        f"{_text(claim.where)} · strongest evidence: {claim.strongest}",
        f"The document: {_text(claim.says)}",
    ]
    for law in claim.laws:
        role = summary.ROLES.get(law.role, law.role)
        error = f" Error term: {_text(law.error)}." if law.error else ""
        blocks.append(f"{role[0].upper()}{role[1:]}: {_text(law.words)}.{error}")
        blocks.append(f"```math\n{latex.mended(law.latex)}\n```")
    assumptions = [
        f"- {'stated' if a.get('stated') else '**left out by the document**'}: "
        f"{_text(str(a.get('words', '')))}"
        for a in claim.assumptions
    ]
    if assumptions:
        blocks.append("Assumptions:\n\n" + "\n".join(assumptions))
    blocks.append(_text(claim.because))
    if claim.remark:
        blocks.append(f"Remark: {_text(claim.remark)}")
    if claim.rows:
        blocks.append(_rows(claim))
    if claim.mutants:
        rejected = sum(bool(m.rejected_by) for m in claim.mutants)
        names = "; ".join(
            f"{_text(m.name)}: {', '.join(map(summary.check_name, m.rejected_by)) or '**lives**'}"
            for m in claim.mutants
        )
        blocks.append(
            f"<details><summary>{rejected} of {len(claim.mutants)} wrong versions rejected"
            f"</summary>\n\n{names}\n\n</details>"
        )
    drawn: list[CurveResult | MapsResult] = [*claim.curves, *claim.maps]
    blocks += [
        f"![{_text(figure.title)}](figures/{figures.file_name(claim, figure)})" for figure in drawn
    ]
    return blocks


def _rows(claim: ClaimResult) -> str:
    shared = summary.shared_settings(claim.rows)
    return _table(
        [
            "outcome",
            "check",
            "law",
            "at",
            "predicted",
            "found",
            "margin",
            "would have caught",
            "doubts",
        ],
        (
            [
                f"{summary.ICONS.get(row.outcome, '?')} {row.outcome}",
                f"{_text(row.name)} ({row.kind})",
                _text(row.law),
                _text(", ".join(summary.point(row, shared))),
                _short(numbers.predicted(row)),
                _short(" ".join(filter(None, (numbers.measured(row), numbers.interval(row))))),
                numbers.margin(row),
                summary.would_have_caught(row, claim.mutants),
                _text("; ".join(row.doubts) or row.reason) + _outside(row),
            ]
            for row in summary.sorted_rows(claim)
        ),
    )


def _outside(row: Row) -> str:
    return {
        "outside": " (outside the stated assumptions: shown, not counted)",
        "stated": " (an assumption that the document leaves out is broken here)",
    }.get(row.admits, "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def _short(text: str, most: int = 120) -> str:
    return _text(text if len(text) <= most else text[: most - 1] + "…")


def _text(text: str) -> str:
    """Plain text that Markdown leaves alone, on one line, safe inside a table.

    >>> _text("a|b * <c>")
    'a\\\\|b \\\\* &lt;c>'
    """
    return _escaped(prose.plain(text))


def _escaped(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"([\\|*_`\[\]$~])", r"\\\1", text)
    return text.replace("<", "&lt;")


def _fragment(heading: str) -> str:
    """The fragment that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
