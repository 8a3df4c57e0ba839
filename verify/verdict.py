"""All rows of one claim -> its verdict. The rule, in one place.

Rows at points outside the stated assumptions are shown and not counted. A row that differs
unexpectedly and was repeated counts as differing only if it differs again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from theory.schema import Claim
from verify.results import KINDS, ClaimResult, Row


def verdict(claim: Claim, rows: Sequence[Row]) -> tuple[str, str]:
    """(verdict, the reason in words)."""
    counted = [r for r in settled(rows) if r.admits != "outside" and r.role != "proof-step"]
    if not counted:
        return "not-tested", "no check of this claim ran"
    own = [r for r in counted if r.role == "stated"]
    if not own:  # the claim is ours: every law of it must agree
        return _all_agree(counted, "every decided check of the law agrees")
    others = [r for r in counted if r.role in ("corrected", "sharper")]
    differing = [r for r in own if r.outcome == "differs"]
    if not differing:
        wrong = [r for r in others if r.outcome == "differs"]
        if wrong:
            return "undecided", f"the stated law agrees, but {_name(wrong)} differs"
        broken = [r for r in own if r.admits == "stated"]
        if broken and all(r.outcome == "undecided" for r in broken):
            return "undecided", (
                "no check decides whether the assumption that is left out matters: "
                f"{broken[0].check} is undecided: {broken[0].reason}"
            )
        return _all_agree(own, "every decided check of the stated law agrees")
    corrected = [r for r in others if r.role == "corrected"]
    if any(law.role == "corrected" for law in claim.laws):
        ok, why = _all_agree(corrected, "the corrected law agrees with every decided check of it")
        if ok == "holds":
            return "false-as-stated", f"{_name(differing)} differs; {why}"
        return "undecided", f"{_name(differing)} differs, but of the corrected law: {why}"
    inside = [r for r in differing if r.admits == "needed"]
    if inside:
        return "undecided", f"{_name(inside)} differs although every assumption holds"
    ok, why = _all_agree([r for r in own if r.admits == "needed"], "")
    if ok != "holds":
        return "undecided", f"{_name(differing)} differs without the unstated assumption; {why}"
    return "holds-if", (
        "agrees wherever the unstated assumption holds; "
        f"{_name(differing)} differs where it is broken"
    )


def may_differ(expected: str, row: Row) -> bool:
    """Whether the committed verdict leaves room for this row to differ."""
    if row.admits == "outside" or row.role == "proof-step":
        return True
    if row.role != "stated":
        return False
    return expected == "false-as-stated" or (expected == "holds-if" and row.admits == "stated")


def contradicted(found: ClaimResult) -> bool:
    """Whether something speaks against the committed verdict; false if it is only undecided."""
    if found.verdict not in (found.expected, "undecided", "not-tested"):
        return True
    return any(
        r.outcome == "differs" and not may_differ(found.expected, r) for r in settled(found.rows)
    )


def settled(rows: Sequence[Row]) -> list[Row]:
    """The rows that count: a repeated one counts as `differs` only if its repetition differs."""
    again = {r.repeat_of: r for r in rows if r.repeat_of}
    kept = []
    for row in rows:
        if row.repeat_of:
            continue
        repetition = again.get(row.check)
        if repetition is not None and repetition.outcome != "differs":
            reason = f"differed once; repeated on fresh streams it {repetition.outcome}"
            row = dataclasses.replace(row, outcome="undecided", reason=reason)
        kept.append(row)
    return kept


def _all_agree(rows: Sequence[Row], reason: str) -> tuple[str, str]:
    """`holds` if nothing differs and each law has a decided row of its strongest kind."""
    for row in rows:
        if row.outcome == "differs":
            return "undecided", f"{row.check} differs"
    for law in dict.fromkeys(r.law for r in rows):
        of_law = [r for r in rows if r.law == law]
        best = min(KINDS.index(r.kind) for r in of_law)
        if not any(r.outcome == "agrees" and KINDS.index(r.kind) == best for r in of_law):
            first = next((r for r in of_law if r.outcome == "undecided"), of_law[0])
            return "undecided", f"{first.check} is undecided: {first.reason}"
    if not rows:
        return "undecided", "no check of it ran"
    return "holds", reason


def strongest(rows: Sequence[Row]) -> str:
    """The strongest kind of evidence among the decided rows."""
    decided = [r for r in rows if r.outcome != "undecided"]
    return min((r.kind for r in decided), key=KINDS.index, default="none")


def _name(rows: Sequence[Row]) -> str:
    """The differing row a reader should see first: the strongest kind."""
    return min(rows, key=lambda r: KINDS.index(r.kind)).check
