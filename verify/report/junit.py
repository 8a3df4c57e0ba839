"""JUnit XML for continuous integration: one suite a document, one case a claim's verdict."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from verify.report import numbers, summary
from verify.results import ClaimResult, Results, Row

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(results: Results) -> str:
    """The file's text. A case fails if its verdict is not the committed one, is skipped if nothing
    was tested; items that no claim encodes yet are skipped cases too, so none disappears."""
    suites = [_suite(view, results) for view in summary.documents(results)]
    root = ET.Element("testsuites", name="depthlaws", time=_time(results.timing.get("seconds")))
    for key in ("tests", "failures", "skipped"):
        root.set(key, str(sum(int(suite.get(key, 0)) for suite in suites)))
    root.set("errors", "0")
    root.extend(suites)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(view: summary.DocumentView, results: Results) -> ET.Element:
    cases = [_case(claim, view) for claim in view.claims]
    for item in view.document.not_encoded:
        case = ET.Element(
            "testcase",
            classname=_clean(view.document.key),
            name=_clean(f"{item.get('id', '')}: {item.get('what', '')}"),
            time="0",
        )
        ET.SubElement(case, "skipped", message=f"not-tested: {summary.why_missing(item)}")
        cases.append(case)
    suite = ET.Element(
        "testsuite",
        name=_clean(f"{view.document.title} ({view.document.year})"),
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors="0",
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        time=_time(sum(seconds(claim) for claim in view.claims)),
    )
    if started := results.timing.get("started"):
        suite.set("timestamp", _clean(str(started)).rstrip("Z"))
    suite.extend(cases)
    return suite


def _case(claim: ClaimResult, view: summary.DocumentView) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=_clean(view.document.key),
        name=_clean(f"{claim.id}: {claim.title}"),
        time=_time(seconds(claim)),
    )
    if not claim.as_expected:
        message = f"expected {claim.expected}, found {claim.verdict}: {claim.verdict_reason}"
        ET.SubElement(case, "failure", type="verdict", message=_clean(message))
    elif claim.verdict == "not-tested":
        ET.SubElement(case, "skipped", message=_clean(f"not-tested: {claim.verdict_reason}"))
    out = ET.SubElement(case, "system-out")
    lines = [f"{claim.verdict} (strongest evidence: {claim.strongest}). {claim.verdict_reason}"]
    lines += [_row(row) for row in summary.sorted_rows(claim)]
    out.text = _clean("\n".join(lines))
    return case


def _row(row: Row) -> str:
    """One row on one line."""
    parts = [f"{row.outcome:<9} {row.kind:<11} {row.name} [{row.law}]"]
    if where := ", ".join(numbers.setting(k, v) for k, v in row.point.items()):
        parts.append(f"at {where}")
    parts.append(f"predicted {numbers.predicted(row)}")
    parts.append(f"found {numbers.measured(row)} {numbers.interval(row)}".rstrip())
    if row.margin is not None:
        parts.append(f"margin {numbers.margin(row)}")
    if size := numbers.detectable(row):
        parts.append(f"would have caught {size} ({row.min_detectable_kind})")
    if row.draws:
        parts.append(f"{row.draws} draws, seed {row.seed}")
    if row.reason:
        parts.append(row.reason)
    return "; ".join(parts)


def seconds(claim: ClaimResult) -> float:
    """The time a claim took; one measurement compared with two laws is counted once."""
    return sum({row.check.split("#")[0]: row.seconds for row in claim.rows}.values())


def _time(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "0"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
