import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from verify.report import figures
from verify.report.figures import Axis, tick_text
from verify.results import CurveResult, Line, ReferenceResult

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def claim(fake):
    return fake.claim("al.thm1")


def classes(root, tag):
    return [e.get("class") for e in root.iter(f"{SVG}{tag}") if e.get("class")]


def drawn(claim, curve=None):
    return ET.fromstring(figures.standalone(claim, curve or claim.curves[0]))


def test_one_measurement_for_two_laws_is_one_point(claim):
    points = figures.measured_points(claim.rows, claim.curves[0])
    assert [p.x for p in points] == [3.0, 4.0]
    assert "stated differs, corrected agrees" in points[0].words


def test_stated_is_dashed_beside_the_corrected(claim):
    laws = [
        (e.get("class"), e.get("stroke-dasharray"))
        for e in drawn(claim).iter(f"{SVG}path")
        if e.get("class", "").startswith("law") and e.get("d") != "M0 -4h26"
    ]
    assert laws == [("law stated", "7 5"), ("law corrected", None)]


def test_stated_alone_is_plain_and_solid(claim):
    alone = replace(claim, laws=claim.laws[:1])
    curve = replace(claim.curves[0], lines=claim.curves[0].lines[:1])
    text = figures.standalone(alone, curve)
    assert 'class="law plain"' in text
    assert "stroke-dasharray" not in text


def test_a_gap_where_the_law_is_not_finite(claim):
    text = figures.standalone(claim, claim.curves[0])
    path = next(
        p for p in re.findall(r'class="law stated"[^>]* d="([^"]*)"', text) if "h26" not in p
    )
    assert path.count("M") == 2


def test_everything_lies_inside(claim):
    root = drawn(claim)
    width, height = (float(v) for v in root.get("viewBox").split()[2:])
    for dot in root.iter(f"{SVG}circle"):
        assert 0 <= float(dot.get("cx")) <= width
        assert -5 <= float(dot.get("cy")) <= height


def test_the_measured_point_lies_on_the_line_that_predicts_it(claim):
    frame = figures.Frame.around(claim.curves[0], [], 0.0)
    assert frame.place(3.0, 5.2) == frame.place(3.0, 5.2)
    low, high = frame.place(1.0, 3.0), frame.place(4.0, 24.0)
    assert low[0] < high[0]
    assert low[1] > high[1]


def test_undecided_points_are_hollow(claim):
    rows = [replace(r, outcome="undecided") for r in claim.rows]
    assert "dot undecided" in classes(drawn(replace(claim, rows=rows)), "circle")


def test_what_the_document_prints_is_a_cross_with_words(claim):
    printed = ReferenceResult(9.0, 200.0, "printed: a <crossing>")
    curve = replace(claim.curves[0], references=[printed, replace(printed, x=2.0)])
    root = drawn(claim, curve)
    crosses = [e.get("d") for e in root.iter(f"{SVG}path") if e.get("class") == "printed"]
    assert len(crosses) == 3  # two places and one entry of the legend
    frame = figures.Frame.around(curve, [], 0.0)
    assert frame.x.share(9.0) <= 1  # beyond every line, and inside all the same
    assert frame.y.share(200.0) <= 1
    assert "printed: a <crossing>" in root.get("aria-label")
    assert "printed" not in classes(drawn(claim), "path")


def test_three_laws_of_one_role_have_three_dashes(claim):
    line = claim.curves[0].lines[1]
    three = [replace(line, law=name) for name in ("a", "b", "c")]
    curve = replace(claim.curves[0], lines=three)
    dashes = re.findall(r'class="law corrected"( stroke-dasharray="[^"]*")? d="M0 -4h26"',
                        figures.standalone(claim, curve))  # fmt: skip
    assert dashes[0] == ""
    assert len(set(dashes)) == 3


def test_a_bound_is_two_strands():
    line = Line("stated", "stated", [1.0, 2.0], [[0.5, 1.5], [0.25, None]])
    assert figures.strands(line) == [[(1.0, 0.5), (2.0, 0.25)], [(1.0, 1.5), (2.0, None)]]


@pytest.mark.parametrize("ys", [[0.0, 0.0], [None, None], [1e-300, 1e300], [-1.0, 2.0]])
@pytest.mark.parametrize("log", [True, False])
def test_odd_data_is_drawn_all_the_same(claim, ys, log):
    line = Line("stated", "stated", [1.0, 2.0], ys)
    curve = CurveResult("odd", "odd", "x", "y", log, log, [line])
    root = drawn(replace(claim, rows=[]), curve)
    numbers = re.findall(r"-?\d+\.\d+", ET.tostring(root, encoding="unicode"))
    assert all(math.isfinite(float(v)) for v in numbers)


def test_a_curve_without_lines_or_points_is_drawn(claim):
    drawn(replace(claim, rows=[]), CurveResult("empty", "empty", "x", "y", False, False, []))


@pytest.mark.parametrize(
    ("values", "log", "ticks"),
    [
        ([1, 10], False, [2, 4, 6, 8, 10]),
        ([1, 1e6], True, [1, 100, 1e4, 1e6]),
        ([2.0, 60.0], True, [2, 5, 10, 20, 50]),
    ],
)
def test_ticks_are_round_values_inside(values, log, ticks):
    axis = Axis.over(values, log, 0.0, whole=True)
    found = [t for t in axis.ticks(4) if 0 <= axis.share(t) <= 1]
    assert found == pytest.approx(ticks)


def test_ticks_of_whole_numbers_are_whole():
    assert all(float(t).is_integer() for t in Axis.over([1, 3], False, 0.03, whole=True).ticks(6))


def test_ticks_read_well():
    assert [tick_text(v) for v in (0.001, 12.0, 1e5, 3e-7)] == ["0.001", "12", "10⁵", "3×10⁻⁷"]


def test_labels_cannot_become_markup(claim):
    curve = replace(claim.curves[0], title="<b>", y_label="a & b", x_label='"')
    assert "a & b" in "".join(drawn(claim, curve).itertext())


def test_names_of_files_are_safe(claim):
    curve = replace(claim.curves[0], name="../over depth")
    assert figures.file_name(claim, curve) == "al.thm1-..-over-depth.svg"


def test_a_long_title_wraps(claim):
    curve = replace(claim.curves[0], title="a title of many words " * 5)
    texts = ["".join(t.itertext()) for t in drawn(claim, curve).iter(f"{SVG}text")]
    lines = [t for t in texts if "title" in t]
    assert len(lines) >= 2
    assert max(map(len, lines)) <= 52
