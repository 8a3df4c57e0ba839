import json
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from verify.report import render
from verify.results import digest, load

VOID = {"meta", "input", "br", "img", "link", "hr"}


class Checker(HTMLParser):
    """Tags that are opened are closed, in order; ids and references are collected."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.loads, self.words = [], [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.links.append(found["href"][1:])
        if tag in ("script", "img", "link", "iframe") or "src" in found:
            self.loads.append(found.get("src") or found.get("href"))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        self.words.append(data)


def read(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


@pytest.fixture
def folder(fake, tmp_path) -> Path:
    render(fake, tmp_path)
    return tmp_path


def test_every_page_is_written(folder):
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    drawn = {"figures/al.thm1-depth.svg", "figures/al.thm1-maps-by-depth.svg"}
    assert found == {"report.html", "report.md", "junit.xml", *drawn}


def test_pages_are_the_same_when_rendered_again_from_the_file(fake, folder):
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    fake.save(folder / "results.json")
    again = load(folder / "results.json")
    render(again, folder)
    assert again.to_json() == fake.to_json()
    assert {p: p.read_bytes() for p in before} == before


def test_results_of_a_time_without_maps_are_rendered(fake, folder, tmp_path):
    raw = json.loads(fake.to_json())
    del raw["digest"]
    raw["schema_version"] = 2
    for claim in raw["claims"]:
        del claim["maps"]
    (folder / "results.json").write_text(json.dumps({**raw, "digest": digest(raw)}))
    old = load(folder / "results.json")
    render(old, folder)
    assert old.schema_version == 2
    assert 'class="maps"' not in (folder / "report.html").read_text()
    assert not list(folder.glob("figures/*maps*"))


def test_results_of_a_time_without_references_are_rendered(fake, folder):
    raw = json.loads(fake.to_json())
    del raw["digest"]
    raw["schema_version"] = 3
    for claim in raw["claims"]:
        for curve in claim["curves"]:
            del curve["references"]
    (folder / "results.json").write_text(json.dumps({**raw, "digest": digest(raw)}))
    old = load(folder / "results.json")
    render(old, folder)
    assert old.schema_version == 3
    figure = (folder / "figures" / "al.thm1-depth.svg").read_text()
    assert 'class="printed"' not in figure
    assert 'class="dot"' in figure


def test_not_a_number_is_shown_as_the_file_has_it(fake, tmp_path):
    claim = fake.claims[2]
    rows = [replace(r, se=math.nan, predicted=math.inf) for r in claim.rows]
    render(replace(fake, claims=[replace(claim, rows=rows)]), tmp_path)
    assert not re.search(r"\bnan\b", (tmp_path / "report.html").read_text(), re.IGNORECASE)


def test_figures_of_an_earlier_run_are_removed(fake, calm, folder):
    (folder / "figures" / "notes.txt").write_text("not ours")
    render(calm, folder)
    assert [p.name for p in (folder / "figures").iterdir()] == ["notes.txt"]


def test_items_and_names_are_set_as_mathematics(fake, tmp_path):
    item = {"id": "al.lemma9", "what": "E x^2 <= sigma_w", "kind": "proof"}
    documents = [replace(fake.documents[0], not_encoded=[item]), *fake.documents[1:]]
    first = fake.claims[0]
    rows = [replace(first.rows[0], name="phi = |x|, p < q"), *first.rows[1:]]
    claims = [replace(first, rows=rows), *fake.claims[1:]]
    render(replace(fake, documents=documents, claims=claims), tmp_path)
    text = (tmp_path / "report.html").read_text()
    assert "E x<sup>2</sup> ≤ σ<sub>w</sub>" in text
    assert "φ = |x|, p &lt; q</span>" in text


def test_the_page_is_whole_and_offline(folder):
    text = (folder / "report.html").read_text()
    page = read(text)
    assert page.loads == [None]  # the one inline script
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= set(page.ids)
    outside = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert outside <= {"http://www.w3.org/2000/svg"}
    assert "url(" not in text
    assert "@import" not in text


def test_the_unexpected_comes_first(folder):
    words = " ".join(read((folder / "report.html").read_text()).words)
    body = words[words.index("quick report") :]
    alarm = body.index("1 verdict not as expected")
    assert alarm < body.index("Of 5 claims checked in 2 documents") < body.index("Precision: quick")
    assert body.index("expected holds, found undecided") < body.index("On alpha")
    for notice in ("1 wrong version", "2 rows undecided"):
        assert notice in body


def test_an_interrupted_run_says_so(fake, calm, tmp_path):
    assert "interrupted" not in text_of(calm, tmp_path)
    assert "interrupted" in text_of(replace(calm, meta={**fake.meta, "complete": False}), tmp_path)


def test_a_calm_run_has_no_notice(calm, tmp_path):
    assert 'class="notice' not in text_of(calm, tmp_path)


def test_text_of_a_claim_cannot_become_markup(folder):
    text = (folder / "report.html").read_text()
    assert "<b>matters</b>" not in text
    assert "&lt;b&gt;matters&lt;/b&gt; &amp; the document forgets w<sub>l-1</sub>" in text
    assert "<code>snake_case</code> name and κ<sub>w</sub> ≥ 3" in text


def test_the_number_shown_is_the_number_that_decided(folder):
    text = (folder / "report.html").read_text()
    assert 'value="5.2037123456" title="5.2037123456">5.204 ± 0.012</data>' in text
    assert 'title="5.1412345 to 5.2661901">in [5.141, 5.266]' in text
    assert "(8.12 ± 0.31)×10²¹" in text


def test_every_row_stands_in_every_page(fake, folder):
    html = read((folder / "report.html").read_text())
    words = " ".join(html.words)
    markdown = (folder / "report.md").read_text()
    junit = " ".join(ET.parse(folder / "junit.xml").getroot().itertext())
    for claim in fake.claims:
        for row in claim.rows:
            assert row.name in words
            assert row.name in markdown
            assert row.name in junit
    assert len(re.findall(r'<td class="outcome">', (folder / "report.html").read_text())) == sum(
        len(c.rows) for c in fake.claims
    )


def test_the_strongest_kind_comes_first(folder):
    text = (folder / "report.html").read_text()
    article = text[text.index('<article id="al.thm1"') :]
    assert article.index(">counterexample<") < article.index(">depth 3<")


def test_items_without_a_claim_are_listed(folder):
    for page in ("report.html", "report.md", "junit.xml"):
        text = (folder / page).read_text()
        assert "al.fig9" in text
        assert "not-tested: not yet encoded" in text


def test_coverage_is_in_the_order_of_the_document(fake, tmp_path):
    """Which theory/<document>/items.py has; what it does not know keeps its place, last."""
    missing = [{"id": i, "what": i, "kind": "x"} for i in ("al.fig9", "vev.fig2", "vev.lemmaA")]
    first = replace(fake.documents[0], not_encoded=missing)
    claims = [replace(fake.claims[0], id="vev.prop4.3"), *fake.claims[1:]]
    text = text_of(replace(fake, documents=[first, *fake.documents[1:]], claims=claims), tmp_path)
    table = text[text.index('id="coverage"') :]
    found = [table.index(f">{i}<") for i in ("vev.lemmaA", "vev.prop4.3", "vev.fig2", "al.fig9")]
    assert found == sorted(found)


def test_an_empty_run_renders(fake, tmp_path):
    assert "No claim was checked" in text_of(replace(fake, claims=[], documents=[]), tmp_path)


def text_of(results, folder) -> str:
    render(results, folder)
    text = (folder / "report.html").read_text()
    read(text)
    return text
