"""Records -> pages. Everything a page shows is in results.json; nothing is computed afresh.

`render` writes report.html (one offline file), report.md, junit.xml and figures/*.svg.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from verify.results import Results, load

__all__ = ["render"]


def render(results: Results, folder: Path) -> None:
    """Write every page of one run into `folder`; a reader never sees half a file.

    figures/ belongs to the report: figures that are not of this run are removed from it.
    """
    from verify.report import figures, html, junit, maps, markdown

    results = _as_saved(results)
    drawn = figures.files(results) | maps.files(results)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for old in (folder / "figures").glob("*.svg"):
        if old.name not in drawn:
            old.unlink()
    for name, svg in drawn.items():
        _write(folder / "figures" / name, svg)
    _write(folder / "report.md", markdown.page(results))
    _write(folder / "junit.xml", junit.document(results))
    _write(folder / "report.html", html.page(results))


def _as_saved(results: Results) -> Results:
    """The records as results.json holds them, so that a page never shows what the file does not."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "results.json"
        results.save(path)
        return load(path)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
