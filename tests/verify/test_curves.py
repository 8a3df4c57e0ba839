"""A line holds the values of its law."""

import pytest

from theory import claim
from verify.curves import draw_curve

ID = "vev.prop4.3"


def test_a_line_is_its_law_over_the_axis():
    curve = claim(ID).curves[0]
    drawn = draw_curve(ID, curve.name)
    assert [line.law for line in drawn.lines] == list(curve.laws)
    for line in drawn.lines:
        assert line.xs == [float(x) for x in curve.xs]
        at_last = curve.at(curve.xs[-1])
        assert line.ys[-1] == pytest.approx(claim(ID).evaluate(line.law, **at_last), rel=1e-14)
