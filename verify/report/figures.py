"""Figures as SVG: laws as lines, measured points with their intervals.

Drawn by hand rather than by a plotting library: colours are CSS variables (so that a page's own
dark mode applies), text stays text, a file is a few kilobytes, and equal records give equal bytes.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from verify.report import numbers, prose
from verify.report.summary import ROLES, tone
from verify.results import (
    ClaimResult,
    CurveResult,
    Line,
    MapsResult,
    ReferenceResult,
    Results,
    Row,
)

# Vermillion, blue and green keep apart for colour-blind readers; dashes say the same again.
STYLE = """
.dl-fig{font:14px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.dl-fig .grid{stroke:var(--line);stroke-width:1}
.dl-fig .axis{stroke:var(--muted);stroke-width:1}
.dl-fig .tick,.dl-fig .label{fill:var(--muted)}
.dl-fig .law{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:butt}
.dl-fig .stated{stroke:var(--stated)}
.dl-fig .corrected,.dl-fig .plain{stroke:var(--corrected)}
.dl-fig .sharper{stroke:var(--sharper)}
.dl-fig .proof-step{stroke:var(--muted)}
.dl-fig .bar{stroke:var(--ink);stroke-width:1.6}
.dl-fig .dot{fill:var(--ink);stroke:var(--paper);stroke-width:1.2}
.dl-fig .dot.undecided{fill:var(--paper);stroke:var(--ink);stroke-width:1.6}
.dl-fig .printed{fill:none;stroke:var(--ink);stroke-width:1.8}
"""
LIGHT = (
    "--ink:#1c1e22;--muted:#5b616b;--line:#e3dfd6;--paper:#fffdf9;"
    "--stated:#c2410c;--corrected:#0b61a4;--sharper:#0f766e"
)
DARK = (
    "--ink:#e9e6df;--muted:#a3a8b1;--line:#34373d;--paper:#1b1d21;"
    "--stated:#ff9b63;--corrected:#74b9ff;--sharper:#4fd0b8"
)
DASHES = {"stated": "7 5", "proof-step": "2 4"}
RANKS = ("", "3 3", "10 3 2 3", "10 3 2 3 2 3")  # several laws of one role, in turn
CROSS = "m-6 -6l12 12m0 -12l-12 12"
WIDTH, PLOT, LEFT, RIGHT, BOTTOM = 460.0, 224.0, 64.0, 14.0, 46.0


@dataclass(frozen=True)
class Point:
    """One measurement: all rows that compare it with a law share it."""

    x: float
    y: float
    low: float | None
    high: float | None
    decided: bool
    words: str


def files(results: Results) -> dict[str, str]:
    """File name -> SVG text of every figure of a run."""
    return {
        file_name(claim, curve): standalone(claim, curve)
        for claim in results.claims
        for curve in claim.curves
    }


def file_name(claim: ClaimResult, figure: CurveResult | MapsResult) -> str:
    """The name of a figure's file, from the ids of claim and figure."""
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", f"{claim.id}-{figure.name}").strip("-") + ".svg"


def page_style(style: str = STYLE) -> str:
    """The style sheet of a figure that is a file of its own: colours, light and dark."""
    return (
        f":root{{{LIGHT}}}@media (prefers-color-scheme:dark){{:root{{{DARK}}}}}"
        f"{style}.ground{{fill:var(--paper)}}"
    )


def standalone(claim: ClaimResult, curve: CurveResult) -> str:
    """A figure as a file of its own: it brings its colours, light and dark."""
    return inline(claim, curve, heading=True, style=page_style())


def inline(claim: ClaimResult, curve: CurveResult, heading: bool = False, style: str = "") -> str:
    """A figure as an element of a page that defines STYLE and the colours."""
    points = measured_points(claim.rows, curve)
    title = textwrap.wrap(prose.plain(curve.title), 52) if heading else []
    top, legend = _legend(claim, curve, points, 8.0 + 18 * len(title) + (8 if title else 0))
    frame = Frame.around(curve, points, top + 34)
    parts = [
        f'<rect class="ground" width="{WIDTH:g}" height="{frame.height:g}"/>' if style else "",
        *(
            f'<text x="12" y="{22 + 18 * k}" font-weight="600">{escape(words)}</text>'
            for k, words in enumerate(title)
        ),
        legend,
        f'<text class="label" x="12" y="{top + 22:.0f}">',
        escape(prose.plain(curve.y_label)) + "</text>",
        frame.axes(curve.x_label),
        *(_line(line, claim, curve, frame) for line in curve.lines),
        *(_cross(reference, frame) for reference in curve.references),
        *(_dot(point, frame) for point in points),
    ]
    return _svg(curve, points, "".join(parts), WIDTH, frame.height, style)


def thumbnail(claim: ClaimResult, curve: CurveResult) -> str:
    """A figure without words, for a strip of figures; its link must say what it is."""
    points = measured_points(claim.rows, curve)
    frame = Frame.around(curve, points, 8, width=200, plot=96, left=8, right=8, bottom=8)
    box = (
        f'<path class="axis" fill="none" d="M{frame.left:g} {frame.top:g}'
        f'V{frame.top + frame.plot:g}H{frame.width - frame.right:g}"/>'
    )
    marks = [_line(line, claim, curve, frame) for line in curve.lines]
    marks += [_dot(point, frame, radius=2.4, words=False) for point in points]
    return (
        f'<svg class="dl-fig" viewBox="0 0 {frame.width:g} {frame.height:g}" aria-hidden="true" '
        f'focusable="false">{box}{"".join(marks)}</svg>'
    )


def _svg(
    curve: CurveResult, points: Sequence[Point], inner: str, width: float, height: float, style: str
) -> str:
    laws = ", ".join(f"{line.law}" for line in curve.lines)
    about = f"{curve.title}: {curve.y_label} over {curve.x_label}. Lines: {laws or 'none'}."
    if curve.references:
        about += " Printed: " + "; ".join(r.words for r in curve.references) + "."
    if points:
        about += " Measured: " + "; ".join(p.words for p in points) + "."
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="dl-fig" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(about, quote=True)}">'
        + (f"<style>{style}</style>" if style else "")
        + f"{inner}</svg>\n"
    )


# --- what is drawn -----------------------------------------------------------------------------


def measured_points(rows: Sequence[Row], curve: CurveResult) -> list[Point]:
    """The measurements of a curve in the order of x, each once."""
    groups: dict[tuple[float, float], list[Row]] = {}
    for row in rows:
        if row.curve == curve.name and row.x is not None and row.measured is not None:
            groups.setdefault((row.x, row.measured), []).append(row)
    return [_point(curve, x, y, group) for (x, y), group in sorted(groups.items())]


def _point(curve: CurveResult, x: float, y: float, rows: Sequence[Row]) -> Point:
    first = rows[0]
    outcomes = ", ".join(f"{r.law} {r.outcome}" for r in rows)
    words = (
        f"{curve.x_label} {numbers.number(x)}: {numbers.measured(first)} "
        f"{numbers.interval(first)} ({outcomes})"
    )
    decided = any(r.outcome != "undecided" for r in rows)
    return Point(x, y, first.low, first.high, decided, words)


def ends(y: Any) -> tuple[float | None, ...]:
    """The values of a line at one place: one, or the two ends of a bound."""
    return tuple(y) if isinstance(y, list | tuple) else (y,)


def strands(line: Line) -> list[list[tuple[float, float | None]]]:
    """A line as one strand, or two where it is a bound."""
    count = max((len(ends(y)) for y in line.ys), default=1)
    return [
        [
            (x, ends(y)[k] if k < len(ends(y)) else None)
            for x, y in zip(line.xs, line.ys, strict=True)
        ]
        for k in range(count)
    ]


def _line(line: Line, claim: ClaimResult, curve: CurveResult, frame: Frame) -> str:
    found = []
    for strand in strands(line):
        pen, parts = "M", []
        for x, y in strand:
            place = None if y is None else frame.place(x, y)
            if place is None:
                pen = "M"
                continue
            parts.append(f"{pen}{place[0]:.1f} {place[1]:.1f}")
            pen = "L"
        if parts:
            found.append(f'<path {_pen(line, claim, curve)} d="{"".join(parts)}"/>')
    return "".join(found)


def _pen(line: Line, claim: ClaimResult, curve: CurveResult) -> str:
    """Class and dash of a law: the stated one is dashed where another stands beside it."""
    colour = tone(line.role, claim)
    rank = [other for other in curve.lines if other.role == line.role].index(line)
    dash = DASHES.get(colour, "")
    if line.role == "stated" and any(other.role != "stated" for other in curve.lines):
        dash = DASHES["stated"]
    if rank:
        dash = f"{dash} {RANKS[rank % len(RANKS)]}".strip()
    return f'class="law {colour}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def _dot(point: Point, frame: Frame, radius: float = 4.2, words: bool = True) -> str:
    place = frame.place(point.x, point.y)
    if place is None:
        return ""
    x, y = place
    bar, cap = "", radius - 0.5
    if point.low is not None and point.high is not None:
        bottom, top = frame.place(point.x, point.low, True), frame.place(point.x, point.high, True)
        if bottom and top:
            bar = (
                f'<path class="bar" d="M{x:.1f} {bottom[1]:.1f}V{top[1]:.1f}'
                f"M{x - cap:.1f} {bottom[1]:.1f}h{2 * cap:g}"
                f'M{x - cap:.1f} {top[1]:.1f}h{2 * cap:g}"/>'
            )
    state = "dot" if point.decided else "dot undecided"
    title = f"<title>{escape(point.words)}</title>" if words else ""
    return f'<g>{title}{bar}<circle class="{state}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/></g>'


def _cross(reference: ReferenceResult, frame: Frame) -> str:
    """A value that the document prints: a cross, its words on demand."""
    place = frame.place(reference.x, reference.y)
    if place is None:
        return ""
    return (
        f"<g><title>{escape(reference.words)}</title>"
        f'<path class="printed" d="M{place[0]:.1f} {place[1]:.1f}{CROSS}"/></g>'
    )


def _legend(
    claim: ClaimResult, curve: CurveResult, points: Sequence[Point], y: float
) -> tuple[float, str]:
    """(the height it ends at, the legend): one entry a law, then the points; wraps."""
    entries = [
        (
            f'<path {_pen(line, claim, curve)} d="M0 -4h26"/>',
            # lines of a calibration are no laws of a document: their names say all
            _law_label(line, curve.lines) if claim.document else line.law,
        )
        for line in curve.lines
    ]
    if any(p.decided for p in points):
        entries.append(('<circle class="dot" cx="13" cy="-4" r="4.2"/>', "measured, with interval"))
    if any(not p.decided for p in points):
        hollow = '<circle class="dot undecided" cx="13" cy="-4" r="4.2"/>'
        entries.append((hollow, "measured, undecided"))
    entries += [
        (f'<path class="printed" d="M13 -4{CROSS}"/>', prose.plain(words))
        for words in dict.fromkeys(r.words for r in curve.references)
    ]
    x, parts = 12.0, []
    y += 12
    for mark, label in entries:
        width = 32 + 7.4 * len(label) + 18
        if x > 12 and x + width > WIDTH:
            x, y = 12.0, y + 20
        parts.append(
            f'<g transform="translate({x:.0f} {y:.0f})">{mark}'
            f'<text x="32">{escape(label)}</text></g>'
        )
        x += width
    return (y, "".join(parts)) if entries else (y - 12, "")


def _law_label(line: Line, lines: Sequence[Line]) -> str:
    role = ROLES.get(line.role, line.role)
    named = line.law not in (line.role, "")
    alone = sum(1 for other in lines if other.role == line.role) == 1
    if not named:
        return role
    return line.law if not alone or line.role in line.law else f"{line.law} ({role})"


# --- axes --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """Data to the unit interval, and its ticks."""

    low: float
    high: float
    log: bool
    whole: bool

    @classmethod
    def over(cls, values: Sequence[float], log: bool, pad: float, whole: bool = False) -> Axis:
        """An axis that shows the values (the positive ones if logarithmic) with some room."""
        kept = [v for v in values if math.isfinite(v) and (not log or v > 0)]
        if not kept:
            kept = [1.0, 10.0] if log else [0.0, 1.0]
        low, high = (
            (math.log10(min(kept)), math.log10(max(kept))) if log else (min(kept), max(kept))
        )
        if high - low <= 1e-9 * max(abs(low), abs(high), 1e-12):
            room = 0.3 if log else 0.1 * (abs(high) or 1.0)
            low, high = low - room, high + room
        room = pad * (high - low)
        return cls(low - room, high + room, log, whole)

    def share(self, value: float) -> float | None:
        """Where a value lies, 0 to 1 inside; None where it has no place."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return None
        return ((math.log10(value) if self.log else value) - self.low) / (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        """About `most` round values inside."""
        if not self.log:
            return _round_values(self.low, self.high, most, self.whole)
        if self.high - self.low < 1:
            inside = _round_values(10**self.low, 10**self.high, most, self.whole)
            return [v for v in inside if v > 0]
        first, last = math.ceil(self.low), math.floor(self.high)
        if last - first >= 2:
            step = max(1, math.ceil((last - first) / most))
            return [10.0**k for k in range(first, last + 1, step)]
        steps = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
        return [v for v in steps if self.low <= math.log10(v) <= self.high]


def _round_values(low: float, high: float, most: int, whole: bool) -> list[float]:
    raw = (high - low) / max(1, most)
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(m * scale for m in (1, 2, 2.5, 5, 10) if m * scale >= raw * 0.999)
    if whole:
        step = max(1.0, float(round(step)))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


@dataclass(frozen=True)
class Frame:
    """The plot's rectangle and its two axes."""

    x: Axis
    y: Axis
    top: float
    width: float
    plot: float
    left: float
    right: float
    bottom: float

    @classmethod
    def around(
        cls,
        curve: CurveResult,
        points: Sequence[Point],
        top: float,
        *,
        width: float = WIDTH,
        plot: float = PLOT,
        left: float = LEFT,
        right: float = RIGHT,
        bottom: float = BOTTOM,
    ) -> Frame:
        """A frame that shows every line and every interval of a curve."""
        xs = [x for line in curve.lines for x in line.xs] + [p.x for p in points]
        xs += [r.x for r in curve.references]
        ys = [y for line in curve.lines for v in line.ys for y in ends(v) if y is not None]
        ys += [v for p in points for v in (p.y, p.low, p.high) if v is not None]
        ys += [r.y for r in curve.references]
        whole = all(float(x).is_integer() for x in xs)
        return cls(
            Axis.over(xs, curve.log_x, 0.03, whole),
            Axis.over(ys, curve.log_y, 0.06),
            top,
            width,
            plot,
            left,
            right,
            bottom,
        )

    @property
    def height(self) -> float:
        """The height of the figure."""
        return self.top + self.plot + self.bottom

    def place(self, x: float, y: float, clip: bool = False) -> tuple[float, float] | None:
        """Where a value is drawn; None if it has no place (clip moves it to the bottom edge)."""
        across, up = self.x.share(x), self.y.share(y)
        if up is None and clip:
            up = 0.0
        if across is None or up is None:
            return None
        wide = self.width - self.left - self.right
        return self.left + across * wide, self.top + (1 - up) * self.plot

    def axes(self, x_label: str) -> str:
        """Grid, ticks, axis line and the label of x."""
        base, end = self.top + self.plot, self.width - self.right
        parts = []
        up: Callable[[float], float | None] = self.y.share
        for value in self.y.ticks(5):
            share = up(value)
            if share is None or not -0.001 <= share <= 1.001:
                continue
            y = self.top + (1 - share) * self.plot
            parts.append(f'<path class="grid" d="M{self.left:g} {y:.1f}H{end:g}"/>')
            parts.append(
                f'<text class="tick" x="{self.left - 6:g}" y="{y + 4:.1f}" text-anchor="end">'
                f"{tick_text(value)}</text>"
            )
        parts.append(f'<path class="axis" d="M{self.left:g} {base:g}H{end:g}"/>')
        for value in self.x.ticks(6):
            share = self.x.share(value)
            if share is None or not -0.001 <= share <= 1.001:
                continue
            x = self.left + share * (end - self.left)
            parts.append(f'<path class="axis" d="M{x:.1f} {base:g}v4"/>')
            parts.append(
                f'<text class="tick" x="{x:.1f}" y="{base + 18:g}" text-anchor="middle">'
                f"{tick_text(value)}</text>"
            )
        parts.append(
            f'<text class="label" x="{end:g}" y="{base + 39:g}" text-anchor="end">'
            f"{escape(prose.plain(x_label))}</text>"
        )
        return "".join(parts)


def tick_text(value: float) -> str:
    """A tick: powers of ten as such, everything else short.

    >>> tick_text(1e6), tick_text(2.5), tick_text(-0.0), tick_text(2e5)
    ('10⁶', '2.5', '0', '2×10⁵')
    """
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    if -3 <= exponent <= 4 and value != 1e4:
        return f"{value:.6g}"
    mantissa = f"{value / 10.0**exponent:.3g}"
    ten = numbers.power(exponent)
    return ten if mantissa == "1" else f"{mantissa}×{ten}"
