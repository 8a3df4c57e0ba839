"""A value in a message: short, one line, whatever it is."""

from __future__ import annotations

import pytest

from theory.schema import shown


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb", "'a\\nb'"),
        ([1, 2], "[1, 2]"),
        ([7] * 21, "list of 21 beginning with 7"),
        ("x" * 200, "'" + "x" * 96 + "..."),
        (Mute(), "a value of type Mute"),
        (10**5000, "a value of type int"),
    ],
    ids=["text", "short", "sequence", "long", "mute", "digits"],
)
def test_shown(value: object, text: str) -> None:
    assert shown(value) == text
