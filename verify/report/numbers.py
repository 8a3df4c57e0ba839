"""Numbers as a reader wants them: digits decided by the standard error, powers of ten as such."""

from __future__ import annotations

import math
import re
from typing import Any

from verify.report import prose
from verify.results import Row

NONE = "–"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_EXPONENT = re.compile(r"(?<=\d)[eE]([+-]?\d+)\b")


def power(exponent: int) -> str:
    """Ten to an integer power.

    >>> power(-21)
    '10⁻²¹'
    """
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def number(value: float | None, se: float | None = None, digits: int = 6) -> str:
    """A number; two digits of its standard error are kept, or `digits` significant ones.

    >>> number(0.319123, 0.00071), number(5.0), number(8.1234567e17), number(1234567.0, 10.0)
    ('0.31912', '5', '8.12346×10¹⁷', '1.234567×10⁶')
    """
    if value is None:
        return NONE
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if se is None or not math.isfinite(se) or se <= 0:
        return pretty(f"{value:.{digits}g}")
    if value == 0 or _is_plain(value, se):
        return f"{value:.{min(max(0, 1 - _exponent(se)), 12)}f}"
    exponent = _exponent(value)
    return f"{value / 10.0**exponent:.{_places(exponent, se)}f}×{power(exponent)}"


def _is_plain(value: float, se: float) -> bool:
    """Whether a number needs no power of ten: neither large, small, nor known to tens only."""
    return -4 <= _exponent(value) < 6 and _exponent(se) <= 1


def _places(exponent: int, se: float) -> int:
    return min(max(0, exponent + 1 - _exponent(se)), 12)


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def pretty(text: str) -> str:
    """E notation in a text as powers of ten.

    >>> pretty("1.5e+06 in [1e-7, 2]")
    '1.5×10⁶ in [1×10⁻⁷, 2]'
    """
    return _EXPONENT.sub(lambda m: "×" + power(int(m[1])), text)


def measured(row: Row) -> str:
    """The measured number of a row and its standard error."""
    if row.measured is None:
        return pretty(row.found_text)
    if not row.se or not math.isfinite(row.se):
        return number(row.measured, _error(row))
    return shared_power("{} ± {}", (row.measured, row.se), row.se, brackets=("(", ")"))


def interval(row: Row) -> str:
    """The interval that decided a row; empty where nothing was sampled."""
    if row.low is None or row.high is None:
        return ""
    return shared_power("[{}, {}]", (row.low, row.high), _error(row))


def shared_power(
    form: str, values: tuple[float, float], se: float | None, brackets: tuple[str, str] = ("", "")
) -> str:
    """Two numbers of one size; a power of ten is written once, behind them.

    >>> shared_power("{} ± {}", (75953.1, 1320.0), 1320.0, brackets=("(", ")"))
    '(7.60 ± 0.13)×10⁴'
    """
    largest = max(values, key=abs)
    if se is None or se <= 0 or not math.isfinite(se) or _is_plain(largest, se):
        return form.format(*(number(v, se) for v in values))
    exponent = _exponent(largest)
    places = _places(exponent, se)
    left, right = brackets
    shown = form.format(*(f"{v / 10.0**exponent:.{places}f}" for v in values))
    return f"{left}{shown}{right}×{power(exponent)}"


def _error(row: Row) -> float | None:
    """What decides the digits: the standard error, or a fifth of the interval's half-width."""
    if row.se:
        return row.se
    if row.low is not None and row.high is not None and row.high > row.low:
        return (row.high - row.low) / 10
    return None


def predicted(row: Row) -> str:
    """What the law says at the row's point."""
    return pretty(row.predicted_text) if row.predicted_text else number_or_pair(row.predicted)


def number_or_pair(value: Any) -> str:
    """A number, or a range of two (None at an end that is infinite)."""
    if isinstance(value, list):
        low, high = value
        return f"{'-∞' if low is None else number(low)} to {'∞' if high is None else number(high)}"
    return number(value)


def margin(row: Row) -> str:
    """The margin of a row around its prediction."""
    return "" if row.margin is None else f"± {number(row.margin, digits=3)}"


def percent(value: float, digits: int = 2) -> str:
    r"""A ratio in per cent.

    >>> percent(0.1), percent(0.03456), percent(12.5)
    ('10\xa0%', '3.5\xa0%', '1250\xa0%')
    """
    shown = 100 * value
    return pretty(f"{shown:.{digits}g}" if shown < 100 else f"{shown:.0f}") + "\N{NO-BREAK SPACE}%"


def detectable(row: Row) -> str:
    """The smallest error that the row would have caught; empty if it says none."""
    if row.min_detectable is None or row.min_detectable_kind == "exact":
        return ""
    if row.min_detectable_kind == "relative":
        return percent(row.min_detectable)
    return number(row.min_detectable, digits=2)


def seconds(value: Any) -> str:
    """A duration.

    >>> seconds(0.0312), seconds(75), seconds(7300)
    ('0.031 s', '1 min 15 s', '2 h 1 min')
    """
    if not isinstance(value, int | float):
        return NONE
    if value < 60:
        return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"
    if value < 3600:
        return f"{int(value) // 60} min {int(value) % 60} s"
    return f"{int(value) // 3600} h {int(value) % 3600 // 60} min"


def count(value: int) -> str:
    r"""A whole number with thin spaces between thousands.

    >>> count(1234567)
    '1\u202f234\u202f567'
    """
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def setting(name: str, value: Any) -> str:
    """One coordinate of a point: its name in words, or the symbol that it is.

    >>> setting("widths", [20, 20, 20]), setting("batch_norm", True), setting("slope", "1/4")
    ('widths = 20 (3 times)', 'batch norm', 'slope = 1/4')
    >>> setting("mu_1", 1), setting("kappa", 3)
    ('μ₁ = 1', 'κ = 3')
    """
    label = prose.plain(name).replace("_", " ")
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        if len(value) > 1 and all(v == value[0] for v in value):
            return f"{_value(value[0])} ({len(value)} times)"
        return "(" + ", ".join(_value(v) for v in value) + ")"
    if isinstance(value, float):
        return number(value)
    return str(value).replace("_", " ")


def tails(row: Row) -> str:
    """What the sample says about its own tails, in words; empty where nothing was looked at."""
    found = row.tails
    parts = []
    for key, words in (
        ("pareto_shape", "Pareto shape {}"),
        ("largest_share", "largest draw {} of the squared error"),
        ("skew_factor", "skewness factor {}"),
        ("curvature", "curvature {}"),
    ):
        value = found.get(key)
        if value is not None and math.isfinite(value):
            parts.append(
                words.format(percent(value) if key == "largest_share" else number(value, digits=2))
            )
    for key, words in (
        ("zeros", "{} draws exactly 0"),
        ("subnormal", "{} draws below the smallest normal number"),
        ("not_finite", "{} draws not finite"),
    ):
        if found.get(key):
            parts.append(words.format(f"{found[key]:,}"))
    return ", ".join(parts)
