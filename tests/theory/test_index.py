"""The list read from the source text equals the registry, whatever the layout of the text."""

from __future__ import annotations

import importlib
import textwrap

import pytest

from theory import ClaimError, claim, claims
from theory.index import (
    DOCUMENTS,
    Entry,
    entries,
    index,
    items,
    not_tested,
    places,
    selects,
    unknown_id,
    unmatched,
)


def test_index_is_the_registry() -> None:
    """A difference: an id, title, expected or place that is no literal in `NAME = Claim(...)`."""
    found = [
        Entry(
            c.id, c.title, c.expected, c.source.document.key, c.source.where, claims.modules[c.id]
        )
        for c in claims
    ]
    assert index() == found


def test_items_are_those_of_the_documents() -> None:
    tables = [importlib.import_module(f"theory.{document}.items").ITEMS for document in DOCUMENTS]
    assert [(i.id, i.what, i.kind) for i in items()] == [
        (item, what, kind) for table in tables for item, (what, kind) in table.items()
    ]
    assert list(places()) == [i.id for i in items()]


def test_an_item_has_a_claim_or_is_not_tested() -> None:
    missing = {i.id: i.why for i in not_tested()}
    assert missing.keys() | {c.id for c in claims} == {i.id for i in items()}
    assert not missing.keys() & {c.id for c in claims}
    assert missing["vn.table1"] == missing["vev.cause"] == "training"
    assert missing["dg.fold"] == "not yet encoded"


def test_the_message_for_an_item_without_a_claim_says_why() -> None:
    with pytest.raises(ClaimError, match=r"no claim tests vn.table1 .*not-tested: training"):
        claim("vn.table1")


FORMATTED = '''
"""Docstring that mentions Claim in passing."""
A = Claim(
    id="toy.1",
    title="one " "title",
    source=PAPER.at("eq. (1)", "says"),
    laws=(
        Law(
            id="not this", title="nor this",
        ),
    ),
    expected="holds",
    because="x",
)

B: Claim = Claim(
    id="toy.2",
    title="two",
    source=PAPER.at(
        "eq. (2)",
        "says",
    ),
    expected="undecided",
)
'''
LOOSE = """
SOURCE = PAPER.at(where="eq. (1)", says="says")
LATE: Source = PAPER.at("eq. (2)", "says")
A = Claim(id="toy.1", title="one title", source=SOURCE, expected="holds")
B = Claim(
    id="toy.2", title="two", expected="undecided",
    source=LATE)
NOT_ONE = other(id="toy.3")
x: int
"""


@pytest.mark.parametrize("text", [FORMATTED, LOOSE], ids=["formatted", "loose"])
def test_layouts(text: str) -> None:
    found = list(entries(text, "toys", "file"))
    assert found == [
        Entry("toy.1", "one title", "holds", "toys", "eq. (1)", "theory.toys.file"),
        Entry("toy.2", "two", "undecided", "toys", "eq. (2)", "theory.toys.file"),
    ]


def test_the_short_cut_reads_what_a_full_parse_reads() -> None:
    """One more mention of Claim( and the whole text is parsed."""
    long_way = FORMATTED + "\nC = [Claim(1)]\n"
    assert list(entries(long_way, "toys", "file")) == list(entries(FORMATTED, "toys", "file"))


def test_only_the_module_level_counts() -> None:
    inside = "def f():\n" + textwrap.indent(LOOSE, "    ")
    assert list(entries(inside, "toys", "file")) == []


def test_what_is_no_literal_is_empty() -> None:
    (found,) = entries('A = Claim(id=f"toy.{1}", source=make(), expected="holds")', "toys", "file")
    assert (found.id, found.title, found.where, found.expected) == ("", "", "", "holds")


def test_unknown_id_suggests() -> None:
    assert "nearest: toy.12" in unknown_id("toy.13", ["toy.12", "abc"])
    assert "depthlaws list" in unknown_id("zzz", ["toy.12"])


@pytest.mark.parametrize(
    ("pattern", "chosen"),
    [
        ("vn.eq6", True), ("vn.*", True), ("*eq?", True), ("vn", True), ("vanishing_nodes", True),
        ("VN.eq6", False), ("vn.eq", False), ("eq6", False), ("vanishing", False), ("", False),
    ],
)  # fmt: skip
def test_patterns(pattern: str, chosen: bool) -> None:
    assert selects(pattern, "vn.eq6", "vanishing_nodes") is chosen


def test_the_first_pattern_that_names_nothing_is_told() -> None:
    assert unmatched(["vn", "vev.*", "vev.prop4.3", "shattered_gradients"]) == ""
    assert unmatched([]) == ""
    assert unmatched(["vn", "vn.eqq6", "zz"]).startswith("unknown claim id 'vn.eqq6'; nearest: vn")
