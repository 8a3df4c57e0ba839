"""Formulas as inline SVG in the text's own colour, or as readable text where that fails.

Glyphs are set by matplotlib's mathtext, drawn once per page and referred to. A long formula is a
row of pieces broken at its relations and sums, which the browser wraps like words. Cases and
matrices, which mathtext does not know, are laid out here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from verify.report.latex import ENVIRONMENT, cells, pieces, plain, translate

EM = 100.0  # units of one em
ONE_LINE = 18.0  # em: what fits a phone without breaking
AXIS, STRUT = 25.0, 72.0  # height of the minus sign; height of a row at least
ROW_GAP, COLUMN_GAP, FENCE_GAP, GAP = 30.0, 90.0, 8.0, 22.0
_FENCES = {"cases": ("{", "."), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|")}
_FENCED = re.compile(
    r"(?:\\left(?P<left>\\?[\[({|.])\s*)?"
    + ENVIRONMENT.pattern
    + r"(?(left)\s*\\right(?P<right>\\?[\])}|.]))",
    re.S,
)


@dataclass(frozen=True)
class Box:
    """One piece, set: glyphs as (id, x, y, scale), bars as rectangles; em hundredths."""

    width: float
    height: float
    depth: float
    glyphs: tuple[tuple[str, float, float, float], ...]
    bars: tuple[tuple[float, float, float, float], ...]
    strokes: tuple[str, ...] = ()

    def moved(self, right: float, up: float) -> Box:
        """The same marks elsewhere; strokes carry absolute coordinates and move by a prefix."""
        return Box(
            self.width,
            self.height + up,
            self.depth - up,
            tuple((g, x + right, y + up, s) for g, x, y, s in self.glyphs),
            tuple((x + right, y + up, w, h) for x, y, w, h in self.bars),
            tuple(_moved_path(path, right, up) for path in self.strokes),
        )


_PATHS: dict[str, str] = {}  # glyph id -> path data; glyphs are facts of a font, never change


@functools.cache
def box(latex: str) -> Box | None:
    """A formula or a piece of one, set; None if it cannot be."""
    found = _outer_environment(latex)
    if found is None:
        return _mathtext(latex) if latex.strip() else Box(0, 0, 0, (), ())
    before, after = box(latex[: found.start()].strip()), box(latex[found.end() :].strip())
    middle = _grid(found)
    if before is None or middle is None or after is None:
        return _mathtext(latex)
    return _beside([b for b in (before, middle, after) if b.width], GAP)


def _mathtext(latex: str) -> Box | None:
    """A formula without environments (they become columns), set by matplotlib."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=EM, math_fontfamily="stix")
    text = f"${translate(latex)}$"
    try:
        width, height, depth = text_to_path.get_text_width_height_descent(text, font, True)
        glyphs, outlines, bars = text_to_path.get_glyphs_mathtext(font, text)
    except (ValueError, RuntimeError, KeyError):
        return None
    for name, (vertices, codes) in outlines.items():
        _PATHS.setdefault(_glyph_id(name), _path(vertices, codes))
    return Box(
        float(width),
        float(height - depth),
        float(depth),
        tuple((_glyph_id(n), float(x), float(y), float(s)) for n, x, y, s in glyphs),
        tuple(_extent(vertices) for vertices, _ in bars),
    )


# --- cases and matrices, side by side and below each other -------------------------------------


def _outer_environment(latex: str) -> re.Match[str] | None:
    """The first innermost environment that stands in no group, with its \\left and \\right."""
    found = _FENCED.search(latex)
    if found is None:
        return None
    before = latex[: found.start()]
    open_groups = before.count("{") - before.count("}")
    open_fences = len(re.findall(r"\\left(?![a-z])", before)) - len(
        re.findall(r"\\right(?![a-z])", before)
    )
    open_groups += before.count("\\begin") - before.count("\\end{")
    return found if open_groups == open_fences == 0 else None


def _grid(found: re.Match[str]) -> Box | None:
    """The cells of an environment in rows and columns, between its delimiters."""
    name = found["name"]
    left, right = _FENCES.get(name, (found["left"] or ".", found["right"] or "."))
    rows = [[box(cell) for cell in row] for row in cells(found["body"])]
    table = [[cell for cell in row if cell is not None] for row in rows]
    if not table or any(len(a) != len(b) for a, b in zip(rows, table, strict=True)):
        return None
    widths = [max(cell.width for cell in column) for column in zip(*table, strict=True)]
    heights = [max(max(c.height for c in row), STRUT) for row in table]
    depths = [max(max(c.depth for c in row), EM - STRUT) for row in table]
    total = sum(heights) + sum(depths) + ROW_GAP * (len(table) - 1)
    baseline, placed = AXIS + total / 2, []
    for row, height, depth in zip(table, heights, depths, strict=True):
        baseline -= height
        x = 0.0
        for cell, width in zip(row, widths, strict=True):
            room = 0.0 if name in ("cases", "aligned", "split", "array") else width - cell.width
            placed.append(cell.moved(x + room / 2, baseline))
            x += width + COLUMN_GAP
        baseline -= depth + ROW_GAP
    inner = _together(placed, sum(widths) + COLUMN_GAP * (len(widths) - 1), total)
    fences = [_fence(mark.lstrip("\\"), total) for mark in (left, right)]
    return _beside([b for b in (fences[0], inner, fences[1]) if b.width], FENCE_GAP)


def _together(boxes: Sequence[Box], width: float, total: float) -> Box:
    return Box(
        width,
        AXIS + total / 2,
        total / 2 - AXIS,
        tuple(g for b in boxes for g in b.glyphs),
        tuple(r for b in boxes for r in b.bars),
        tuple(p for b in boxes for p in b.strokes),
    )


def _beside(boxes: Sequence[Box], gap: float) -> Box:
    """Boxes on one baseline, left to right."""
    x, placed = 0.0, []
    for b in boxes:
        placed.append(b.moved(x, 0.0))
        x += b.width + gap
    return Box(
        x - gap,
        max(b.height for b in boxes),
        max(b.depth for b in boxes),
        tuple(g for b in placed for g in b.glyphs),
        tuple(r for b in placed for r in b.bars),
        tuple(p for b in placed for p in b.strokes),
    )


def _fence(mark: str, total: float) -> Box:
    """A delimiter as tall as what it holds, drawn as a stroke; nothing for a dot."""
    low, middle, high = AXIS - total / 2, AXIS, AXIS + total / 2
    shapes = {
        "[": (18.0, [(18, high), (4, high), (4, low), (18, low)]),
        "]": (18.0, [(0, high), (14, high), (14, low), (0, low)]),
        "|": (10.0, [(5, high), (5, low)]),
        "(": (24.0, [(22, high), (4, high - 0.3 * total), (4, low + 0.3 * total), (22, low)]),
        ")": (24.0, [(2, high), (20, high - 0.3 * total), (20, low + 0.3 * total), (2, low)]),
        "{": (28.0, [(26, high), (14, high - 8), (14, high - 20), (14, middle + 16), (2, middle),
                     (14, middle - 16), (14, low + 20), (14, low + 8), (26, low)]),
        "}": (28.0, [(2, high), (14, high - 8), (14, high - 20), (14, middle + 16), (26, middle),
                     (14, middle - 16), (14, low + 20), (14, low + 8), (2, low)]),
    }  # fmt: skip
    width, places = shapes.get(mark, (0.0, []))
    if not places:
        return Box(0, 0, 0, (), ())
    words = [f"{x:.1f} {y:.1f}" for x, y in places]
    if mark in "()":
        path = f"M{words[0]}C{words[1]} {words[2]} {words[3]}"
    elif mark in "{}":
        path = (
            f"M{words[0]}Q{words[1]} {words[2]}L{words[3]}L{words[4]}L{words[5]}L{words[6]}"
            f"Q{words[7]} {words[8]}"
        )
    else:
        path = "M" + "L".join(words)
    return Box(width, high, -low, (), (), (path,))


def _moved_path(path: str, right: float, up: float) -> str:
    """Path data of absolute coordinate pairs, shifted."""

    def shift(match: re.Match[str]) -> str:
        return f"{float(match[1]) + right:.1f} {float(match[2]) + up:.1f}"

    return re.sub(r"(-?[\d.]+) (-?[\d.]+)", shift, path)


def _glyph_id(name: str) -> str:
    return "g" + re.sub(r"[^A-Za-z0-9]+", "", name.removeprefix("STIX"))


def _extent(vertices: Any) -> tuple[float, float, float, float]:
    # the last vertex only closes the path
    xs, ys = [float(v[0]) for v in vertices[:-1]], [float(v[1]) for v in vertices[:-1]]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _path(vertices: Any, codes: Any) -> str:
    """Path data, in hundredths of an em, y upwards (the glyph is flipped where it is used)."""
    letters = {1: "M", 2: "L", 3: "Q", 4: "C"}
    parts: list[str] = []
    pending: list[str] = []
    needed = {1: 1, 2: 1, 3: 2, 4: 3}
    for (x, y), code in zip(vertices, codes, strict=True):
        if code == 79:
            parts.append("Z")
            continue
        pending.append(f"{x:.1f} {y:.1f}".replace(".0", ""))
        if len(pending) == needed[int(code)]:
            parts.append(letters[int(code)] + " ".join(pending))
            pending = []
    return "".join(parts)


@dataclass
class Formulas:
    """The formulas of one page: `show` as they come, then `glyphs` once."""

    used: set[str] = field(default_factory=set)

    def show(self, latex: str) -> str:
        """Inline HTML of a formula: SVG pieces with the formula as their text alternative."""
        spoken = escape(plain(latex), quote=True)
        boxes = _boxes(latex)
        if boxes is None:
            return f'<span class="math text" title="{escape(latex, quote=True)}">{spoken}</span>'
        inner = " ".join(self._svg(b) for b in boxes)
        return (
            f'<span class="math" role="img" aria-label="{spoken}" title="{spoken}">{inner}</span>'
        )

    def glyphs(self) -> str:
        """The outlines of every glyph shown so far, to stand once in the page."""
        paths = "".join(f'<path id="{g}" d="{_PATHS[g]}"/>' for g in sorted(self.used))
        return (
            '<svg width="0" height="0" style="position:absolute" aria-hidden="true" '
            f'focusable="false"><defs>{paths}</defs></svg>'
        )

    def _svg(self, b: Box) -> str:
        pad = 4.0  # glyphs may overhang their box
        self.used.update(g for g, *_ in b.glyphs)
        width, height = b.width + 2 * pad, b.height + b.depth + 2 * pad
        marks = "".join(
            f'<use href="#{g}" transform="translate({x:.1f} {y:.1f}) scale({s:.3g})"/>'
            for g, x, y, s in b.glyphs
        ) + "".join(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{max(h, 3.5):.1f}"/>'
            for x, y, w, h in b.bars
        )
        marks += "".join(f'<path class="stroke" d="{path}"/>' for path in b.strokes)
        return (
            f'<svg aria-hidden="true" focusable="false" style="width:{width / EM:.2f}em;'
            f'height:{height / EM:.2f}em;vertical-align:{-(b.depth + pad) / EM:.2f}em" '
            f'viewBox="{-pad:g} {-(b.height + pad):.1f} {width:.1f} {height:.1f}">'
            f'<g transform="scale(1 -1)">{marks}</g></svg>'
        )


def _boxes(latex: str) -> list[Box] | None:
    whole = box(latex)
    if whole is None or whole.width <= ONE_LINE * EM:
        return None if whole is None else [whole]
    cut = [box(piece) for piece in pieces(latex)]
    return [whole] if any(b is None for b in cut) else [b for b in cut if b is not None]
