"""The lines of a figure, laws over an axis, and the values that a document prints."""

from __future__ import annotations

import itertools

from theory import claims
from theory.schema import as_float
from verify.results import CurveResult, Line, ReferenceResult


def draw_curve(claim_id: str, name: str) -> CurveResult:
    """The lines of one figure: its laws, evaluated over its axis."""
    claim = claims[claim_id]
    curve = next(c for c in claim.curves if c.name == name)
    lines = []
    for law_name, member in itertools.product(curve.laws, curve.family):
        law = claim.law(law_name)
        values = [as_float(curve.value(law, x, member)) for x in curve.xs]
        ys = [list(y) if isinstance(y, tuple) else y for y in values]
        label = f"{law_name}, {member}" if member else law_name
        lines.append(Line(label, law.role, [float(x) for x in curve.xs], ys))
    return CurveResult(
        curve.name,
        curve.title,
        curve.x_label,
        curve.y_label,
        curve.log_x,
        curve.log_y,
        lines,
        [ReferenceResult(float(r.x), float(r.y), r.words) for r in curve.references],
    )
