"""A line holds the values of its law."""

import pytest

from theory import claim
from verify.curves import draw_curve

ID = "vev.prop4.3"
FIG1 = "vev.fig1"


def test_a_line_is_its_law_over_the_axis():
    curve = claim(ID).curves[0]
    drawn = draw_curve(ID, curve.name)
    assert [line.law for line in drawn.lines] == list(curve.laws)
    for line in drawn.lines:
        assert line.xs == [float(x) for x in curve.xs]
        at_last = curve.at(curve.xs[-1])
        assert line.ys[-1] == pytest.approx(claim(ID).evaluate(line.law, **at_last), rel=1e-14)


def test_a_law_is_drawn_once_for_each_member_of_a_family():
    curve = next(c for c in claim(FIG1).curves if c.name == "gsm")
    drawn = draw_curve(FIG1, curve.name)
    assert [line.law for line in drawn.lines] == [
        "quantile, 0.9",
        "quantile, 0.99",
        "quantile, 0.999",
    ]
    for line, level in zip(drawn.lines, (0.9, 0.99, 0.999), strict=True):
        at = {**curve.at(50), "level": level}
        assert line.ys[line.xs.index(50.0)] == claim(FIG1).evaluate("quantile", **at)


def test_what_the_document_prints_is_handed_on():
    (printed,) = draw_curve(FIG1, "he").references
    assert (printed.x, printed.y) == (52.0, -3.0)
    assert "1/1000" in printed.words
