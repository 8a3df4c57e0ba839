"""The page: one offline HTML file, rendered from the records alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verify.report import figures, maps, numbers, prose, summary
from verify.report.formulas import Formulas
from verify.report.junit import seconds
from verify.results import ClaimResult, Results

TEMPLATES = Path(__file__).parent / "templates"


def page(results: Results) -> str:
    """The page's text."""
    import jinja2
    from markupsafe import Markup

    formulas = Formulas()

    def formula(latex: str) -> Markup:
        return Markup(formulas.show(latex))

    def mathematics(text: str) -> Markup:
        return Markup(prose.html(text))

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(
        prose=mathematics, formula=formula, plain=prose.plain, seconds=numbers.seconds
    )
    environment.globals.update(
        n=numbers,
        title=lambda claim: Markup(prose.html(prose.sentence(claim.title))),
        say=summary,
        figure=lambda claim, curve: Markup(figures.inline(claim, curve)),
        thumbnail=lambda claim, curve: Markup(figures.thumbnail(claim, curve)),
        maps=lambda found: Markup(maps.inline(found)),
        small_maps=lambda found: Markup(maps.thumbnail(found)),
        style=Markup(figures.STYLE + maps.STYLE),
        light=Markup(figures.LIGHT),
        dark=Markup(figures.DARK),
        claim_seconds=seconds,
        numbered=lambda value: value is not None,
        glyphs=lambda: Markup(formulas.glyphs()),
    )
    template = environment.get_template("report.html.j2")
    return template.render(
        r=results,
        views=summary.documents(results),
        notices=summary.notices(results),
        machine=machine(results),
        total_draws=total_draws(results),
    )


def machine(results: Results) -> list[tuple[str, str]]:
    """What makes the run reproducible, as label and text."""
    meta, timing = results.meta, results.timing
    versions = meta.get("versions") or {}
    pairs: list[tuple[str, Any]] = [
        ("Precision", meta.get("tier")),
        ("Seed", meta.get("seed")),
        ("Device", meta.get("device")),
        ("Arithmetic", meta.get("dtype")),
        ("Code", meta.get("git_revision") or "no git revision"),
        ("Source digest", meta.get("source_digest")),
        ("Versions", ", ".join(f"{name} {number}" for name, number in versions.items())),
        ("Networks drawn", numbers.count(total_draws(results))),
        ("Started", timing.get("started")),
        ("Took", numbers.seconds(timing.get("seconds"))),
        ("Worker processes", timing.get("jobs")),
        ("Went on after an interruption", "yes" if timing.get("resumed") else None),
        ("Damaged records redone", timing.get("damaged_records") or None),
    ]
    return [(label, str(value)) for label, value in pairs if value not in (None, "")]


def total_draws(results: Results) -> int:
    """Networks drawn in the run; one measurement compared with two laws is counted once."""
    return sum(sum(draws(claim).values()) for claim in results.claims)


def draws(claim: ClaimResult) -> dict[str, int]:
    """Check -> networks drawn for it."""
    return {row.check.split("#")[0]: row.draws for row in claim.rows if row.draws}
