import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from verify.report import html, maps, markdown
from verify.results import PanelResult

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def found(fake):
    return fake.claim("al.thm1").maps[0]


def ink(svg):
    """(row, column) -> opacity of every cell that is drawn in a piece of SVG."""
    cells = {}
    for shade, d in re.findall(r'class="cells" stroke-opacity="([^"]*)" d="([^"]*)"', svg):
        for at, row, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", d):
            for column in range(int(at), int(at) + int(length)):
                assert (int(row), column) not in cells
                cells[int(row), column] = float(shade)
    return cells


def test_ink_is_the_squared_correlation(found):
    cells = ink(maps._cells(maps._square(found.panels[0]), 200))
    expected = [[1.0, 0.2, 0.05], [0.2, 1.0, 0.6], [0.05, 0.6, 1.0]]  # 0.04 to the nearest shade
    assert [[cells[i, j] for j in range(3)] for i in range(3)] == expected


def test_no_correlation_takes_no_ink():
    assert ink(maps._cells([[1.0, 0.02], [0.02, 1.0]], 9)) == {(0, 0): 1.0, (1, 1): 1.0}


def test_each_panel_says_size_vni_and_law(found):
    texts = [
        "".join(t.itertext()) for t in ET.fromstring(maps.standalone(found)).iter(f"{SVG}text")
    ]
    assert texts[0] == "Maps | <width> 3"
    assert "N = 3, L = 1" in texts
    assert "VNI 0.412, law 0.400" in texts
    assert "VNI 1.000, law 0.980" in texts
    assert "one network a map" in texts


def test_a_file_brings_its_colours_and_everything_lies_inside(found):
    panels = [replace(found.panels[0], depth=k) for k in range(1, 6)]
    text = maps.standalone(replace(found, panels=panels, words="many words " * 30))
    assert "prefers-color-scheme:dark" in text
    assert "url(" not in text
    width, height = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', text).groups())
    corners = [
        tuple(map(float, c))
        for c in re.findall(r'<g transform="translate\((\S+) (\S+)\)"><text y="15"', text)
    ]
    assert len(corners) == 5
    assert all(x + maps.SIDE <= width and y + maps.HEAD + maps.SIDE <= height for x, y in corners)
    baselines = [
        float(t.get("y")) for t in ET.fromstring(text).iter(f"{SVG}text") if t.get("x") == "12"
    ]
    assert max(baselines) <= height


def test_the_page_and_its_strip_show_them(fake):
    text = html.page(fake)
    assert text.count('<figure class="maps">') == 1
    assert "Maps | &lt;width&gt; 3" in text
    assert text.count("N = 3, L = 9") >= 2  # as text, and as a label
    strip = text[text.index('class="strip"') :]
    assert strip[: strip.index("</ul>")].count("<li") == 2
    assert "figures/al.thm1-maps-by-depth.svg" in markdown.page(fake)


def test_a_thumbnail_shows_few_nodes_of_each():
    square = [[1.0 if i == j else 0.5 for j in range(i + 1)] for i in range(40)]
    few = maps.thumbnail(
        maps.MapsResult("m", "t", "l", "w", [PanelResult(40, 1, 0.5, 0.5, square)] * 4)
    )
    assert few.count("M0 9.5") == 4
    assert "M0 10.5" not in few
    ET.fromstring(few)


def test_no_panel_no_failure(found):
    ET.fromstring(maps.standalone(replace(found, panels=[])))
