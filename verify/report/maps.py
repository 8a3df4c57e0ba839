"""Maps of squared correlations as SVG: the more ink, the more correlated.

Cells of one shade are one path, runs of them one stroke: a map is a few kilobytes. Shades are
shares of the page's own ink, so that a dark page has light maps; the scale says which end is 1.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from verify.report import figures, prose
from verify.results import MapsResult, PanelResult, Results

SHADES = 20
SIDE, GAP, HEAD, FOOT = 200.0, 16.0, 44.0, 40.0
ACROSS = 4
STYLE = """
.dl-fig .cells{stroke:var(--ink);stroke-width:1;fill:none;shape-rendering:crispEdges}
.dl-fig .edge{stroke:var(--muted);stroke-width:1;fill:none}
"""


def files(results: Results) -> dict[str, str]:
    """File name -> SVG text of the maps of a run."""
    return {
        figures.file_name(claim, found): standalone(found)
        for claim in results.claims
        for found in claim.maps
    }


def standalone(maps: MapsResult) -> str:
    """A figure as a file of its own: it brings its colours, light and dark."""
    across = min(ACROSS, max(1, len(maps.panels)))
    width = 24 + across * (SIDE + GAP) - GAP
    letters = int(width / 7.4)
    title = textwrap.wrap(prose.plain(maps.title), letters)
    words = textwrap.wrap(prose.plain(maps.words), letters)
    top = 16 + 18 * len(title)
    rows = -(-len(maps.panels) // across)
    below = top + rows * (HEAD + SIDE + GAP)
    height = below + FOOT + 18 * len(words)
    inner = [f'<rect class="ground" width="{width:g}" height="{height:g}"/>']
    inner += _lines(title, 22, 'font-weight="600"')
    for k, panel in enumerate(maps.panels):
        x, y = 12 + k % across * (SIDE + GAP), top + k // across * (HEAD + SIDE + GAP)
        inner.append(f'<g transform="translate({x:g} {y:g})">{_panel(panel)}</g>')
    inner.append(f'<g transform="translate(12 {below:g})">{_scale()}</g>')
    inner += _lines(words, below + FOOT, 'class="label"')
    about = f"{maps.title}. {'; '.join(map(_said, maps.panels))}."
    return _svg("".join(inner), width, height, about, figures.page_style(figures.STYLE + STYLE))


def inline(maps: MapsResult) -> str:
    """The panels and their scale as elements of a page that defines STYLE and the colours."""
    panels = "".join(_svg(_panel(p), SIDE, HEAD + SIDE, _said(p)) for p in maps.panels)
    scale = _svg(_scale(), 2 * SIDE, 26, "The more ink, the larger the squared correlation.")
    return f'<div class="panels">{panels}</div><div class="scale">{scale}</div>'


def thumbnail(maps: MapsResult) -> str:
    """The figure without words and with few nodes a map, for a strip of figures."""
    side, parts = 44.0, []
    for k, panel in enumerate(maps.panels):
        few = _square(panel)[:: max(1, len(panel.rho_sq) // 10)]
        few = [row[:: max(1, len(panel.rho_sq) // 10)] for row in few]
        place = f"translate({3 + k % ACROSS * 50} 34)"
        parts.append(f'<g transform="{place}">{_cells(few, side)}</g>')
    return (
        '<svg class="dl-fig" viewBox="0 0 200 112" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def _svg(inner: str, width: float, height: float, about: str, style: str = "") -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="dl-fig" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(about, quote=True)}">'
        f"{f'<style>{style}</style>' if style else ''}{inner}</svg>\n"
    )


def _said(panel: PanelResult) -> str:
    return f"{_size(panel)}: {_values(panel)}"


def _size(panel: PanelResult) -> str:
    return f"N = {panel.width}, L = {panel.depth}"


def _values(panel: PanelResult) -> str:
    return f"VNI {panel.vni:.3f}, law {panel.predicted:.3f}"


def _lines(lines: Sequence[str], y: float, attributes: str) -> Iterator[str]:
    for k, words in enumerate(lines):
        yield f'<text x="12" y="{y + 18 * k:g}" {attributes}>{escape(words)}</text>'


def _panel(panel: PanelResult) -> str:
    return (
        f'<text y="15" font-weight="600">{_size(panel)}</text>'
        f'<text class="label" y="34">{_values(panel)}</text>'
        f'<g transform="translate(0 {HEAD:g})">{_cells(_square(panel), SIDE)}</g>'
    )


def _square(panel: PanelResult) -> list[list[float]]:
    """The whole symmetric matrix from its lower triangle."""
    low = panel.rho_sq
    return [[low[max(i, j)][min(i, j)] for j in range(len(low))] for i in range(len(low))]


def _cells(square: Sequence[Sequence[float]], side: float) -> str:
    """A map in a frame, side x side."""
    paths: dict[int, list[str]] = {}
    for i, row in enumerate(square):
        at = 0
        for shade, run in groupby(round(value * SHADES) for value in row):
            length = len(list(run))
            paths.setdefault(shade, []).append(f"M{at} {i}.5h{length}")
            at += length
    drawn = "".join(_path(shade, "".join(paths[shade])) for shade in sorted(paths) if shade)
    scale = side / max(1, len(square))
    return (
        f'<g transform="scale({scale:g})">{drawn}</g>'
        f'<rect class="edge" width="{side:g}" height="{side:g}"/>'
    )


def _path(shade: int, d: str) -> str:
    return f'<path class="cells" stroke-opacity="{shade / SHADES:g}" d="{d}"/>'


def _scale() -> str:
    """Every shade in a row, from 0 to 1."""
    steps = "".join(_path(k, f"M{k} .5h1") for k in range(1, SHADES + 1))
    length = 6.0 * (SHADES + 1)
    return (
        '<text class="label" y="13">\u03c1\u1d62\u2c7c\u00b2 = 0</text>'
        f'<g transform="translate(62 2)"><g transform="scale(6 12)">{steps}</g>'
        f'<rect class="edge" width="{length:g}" height="12"/></g>'
        f'<text class="label" x="{70 + length:g}" y="13">1</text>'
    )
