"""The error of a broken rule, and how a value is shown in its message."""

from __future__ import annotations


class ClaimError(ValueError):
    """A claim, or a value handed to one, breaks a rule; the message names both."""


def shown(value: object, most: int = 100) -> str:
    """A value for a message: short, on one line, and no failure whatever the value is."""
    try:
        if isinstance(value, list | tuple) and len(value) > 20:
            return f"{type(value).__name__} of {len(value)} beginning with {shown(value[0], 40)}"
        text = " ".join(repr(value).split())
    except Exception:  # a number of more digits than Python writes, or a repr of its own that fails
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= most else text[: most - 3] + "..."
