import dataclasses

import pytest

from theory import claim
from verify.results import Row
from verify.verdict import may_differ, settled, strongest, verdict

CLAIM = claim("vev.prop4.3")  # one stated law, one unstated assumption


def row(outcome, *, admits="needed", role="stated", law="stated", kind="exact", name="row"):
    return Row(
        check=f"vev.prop4.3/{name}#{law}", claim="vev.prop4.3", law=law, role=role, kind=kind,
        name=name, words="", point={}, admits=admits, predicted=None, predicted_text="",
        found_text="", outcome=outcome,
    )  # fmt: skip


def with_roles(*roles):
    laws = tuple(dataclasses.replace(CLAIM.laws[0], role=role, name=role) for role in roles)
    return dataclasses.replace(CLAIM, laws=laws, proofs=(), probes=(), curves=())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("agrees")], "holds"),
        ([row("agrees"), row("differs", admits="stated")], "holds-if"),
        ([row("agrees"), row("undecided", admits="stated")], "undecided"),
        ([row("agrees"), row("agrees", admits="stated")], "holds"),
        ([row("agrees"), row("differs", admits="outside")], "holds"),
        ([row("differs")], "undecided"),
        ([row("undecided")], "undecided"),
        ([row("agrees"), row("undecided", kind="monte-carlo")], "holds"),
        ([row("undecided"), row("agrees", kind="monte-carlo")], "undecided"),
        ([row("undecided"), row("differs", admits="stated")], "undecided"),
        ([row("differs", role="proof-step"), row("agrees")], "holds"),
        ([], "not-tested"),
        ([row("agrees", admits="outside")], "not-tested"),
    ],
)
def test_stated_law_alone(rows, expected):
    assert verdict(CLAIM, rows)[0] == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("differs"), row("agrees", role="corrected", law="corrected")], "false-as-stated"),
        ([row("differs"), row("differs", role="corrected", law="corrected")], "undecided"),
        ([row("differs"), row("undecided", role="corrected", law="corrected")], "undecided"),
        ([row("differs")], "undecided"),  # no correction was verified
        ([row("agrees"), row("agrees", role="corrected", law="corrected")], "holds"),
        ([row("agrees"), row("differs", role="sharper", law="sharper")], "undecided"),
    ],
)
def test_a_false_law_needs_a_verified_correction(rows, expected):
    assert verdict(with_roles("stated", "corrected"), rows)[0] == expected


def test_a_law_of_ours_must_agree_everywhere():
    sharper = with_roles("sharper")
    agrees = row("agrees", role="sharper", law="sharper")
    differs = row("differs", role="sharper", law="sharper", kind="monte-carlo")
    assert verdict(sharper, [agrees])[0] == "holds"
    assert verdict(sharper, [agrees, differs])[0] == "undecided"


def test_strongest_evidence_is_a_decided_one():
    rows = [row("undecided", kind="symbolic"), row("agrees", kind="monte-carlo")]
    assert strongest(rows) == "monte-carlo"
    assert strongest([]) == "none"


def test_a_repeated_row_counts_only_if_it_differs_again():
    first = row("differs")
    again = dataclasses.replace(row("differs", name="row (repeated)"), repeat_of=first.check)
    assert [r.outcome for r in settled([first, again])] == ["differs"]
    better = dataclasses.replace(again, outcome="agrees")
    assert [r.outcome for r in settled([first, better])] == ["undecided"]
    assert "repeated on fresh streams it agrees" in settled([first, better])[0].reason


@pytest.mark.parametrize(
    ("expected", "found", "allowed"),
    [
        ("holds", row("differs"), False),
        ("holds", row("differs", admits="outside"), True),
        ("holds", row("differs", role="proof-step"), True),
        ("holds-if", row("differs", admits="stated"), True),
        ("holds-if", row("differs"), False),
        ("false-as-stated", row("differs"), True),
        ("false-as-stated", row("differs", role="corrected"), False),
    ],
)
def test_which_rows_a_committed_verdict_lets_differ(expected, found, allowed):
    assert may_differ(expected, found) is allowed
