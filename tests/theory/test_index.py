"""The list read from the source text equals the registry, whatever the layout of the text."""

from __future__ import annotations

import textwrap

import pytest

from theory import claims
from theory.index import Entry, entries, index, unknown_id


def test_index_is_the_registry() -> None:
    """A difference: an id, title, expected or place that is no literal in `NAME = Claim(...)`."""
    found = [
        Entry(
            c.id, c.title, c.expected, c.source.document.key, c.source.where, claims.modules[c.id]
        )
        for c in claims
    ]
    assert index() == found


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
