"""The lines of a figure: laws over an axis."""

from __future__ import annotations

from theory import claims
from theory.schema import as_float
from verify.results import CurveResult, Line


def draw_curve(claim_id: str, name: str) -> CurveResult:
    """The lines of one figure: its laws, evaluated over its axis."""
    claim = claims[claim_id]
    curve = next(c for c in claim.curves if c.name == name)
    lines = []
    for law_name in curve.laws:
        law = claim.law(law_name)
        values = [as_float(curve.value(law, x)) for x in curve.xs]
        ys = [list(y) if isinstance(y, tuple) else y for y in values]
        lines.append(Line(law_name, law.role, [float(x) for x in curve.xs], ys))
    return CurveResult(
        curve.name, curve.title, curve.x_label, curve.y_label, curve.log_x, curve.log_y, lines
    )
