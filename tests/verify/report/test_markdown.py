import dataclasses
import re

import pytest

from verify.report import markdown


@pytest.fixture
def text(fake):
    return markdown.page(fake)


def tables(text):
    return re.findall(r"(?:^\|.*\n)+", text + "\n", re.M)


def test_every_table_is_rectangular(text):
    found = tables(text)
    assert len(found) >= 6
    for table in found:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_items_stand_in_the_order_of_the_document_those_about_training_among_them(fake):
    ids = ["vev.fig1", "vev.appD", "vev.prop4.3"]
    claims = [
        dataclasses.replace(c, id=i, where=f"place of {i}")
        for i, c in zip(ids, fake.claims, strict=False)
    ]
    claims = [dataclasses.replace(c, document="alpha") for c in claims]
    missing = [
        {"id": "vev.init.he", "what": "not there yet", "kind": "algorithm"},
        {"id": "vev.fig2", "what": "accuracy vs depth", "kind": "training figure"},
    ]
    alpha = dataclasses.replace(fake.documents[0], key="alpha", not_encoded=missing)
    text = markdown.page(dataclasses.replace(fake, claims=claims, documents=[alpha]))
    (table,) = [t for t in tables(text) if t.startswith("| item | claim | verdict |")]
    rows = [line.split(" | ") for line in table.splitlines()[2:]]
    assert [row[1] for row in rows] == ["`vev.prop4.3`", "`vev.appD`", "`vev.fig1`", "`vev.fig2`"]
    assert rows[0][0] == "| place of vev.prop4.3"
    assert rows[-1] == [
        "| training figure", "`vev.fig2`", "– not tested", "accuracy vs depth", "training", "none |"
    ]  # fmt: skip
    assert "1 item not-tested: not yet encoded" in text
    assert "not-tested: training" not in text
    heads = re.findall(r"^### (\S+):", text, re.M)
    assert heads == ["vev.prop4.3", "vev.appD", "vev.fig1"]


def test_headline_and_notices(text):
    assert text.index("> [!CAUTION]") < text.index("**Of 5 claims checked in 2 documents")
    assert "expected holds, found undecided" in text


def test_formulas_are_mathematics(text):
    assert "```math\n\\kappa_{l} = 2^{l}\n```" in text


def test_figures_are_shown(text):
    assert "![Kurtosis \\| width 20](figures/al.thm1-depth.svg)" in text


def test_what_made_the_run_is_printed_as_it_is(fake):
    meta = {**fake.meta, "git_revision": "d6c6737fc6e5", "source_digest": "1e9 phi <= 2"}
    text = markdown.page(dataclasses.replace(fake, meta=meta))
    assert "- Code: d6c6737fc6e5\n" in text
    assert "- Source digest: 1e9 phi &lt;= 2\n" in text


def test_a_surviving_mutant_is_named(text):
    assert "factor 3: **lives**" in text


def test_markup_is_escaped(text):
    assert "<b>" not in text
    assert "&lt;b>matters" in text


def test_links_lead_to_headings(text):
    headings = {markdown._fragment(h) for h in re.findall(r"^## (.*)$", text, re.M)}
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= headings


def test_an_id_is_printed_as_it_is(fake):
    first = dataclasses.replace(fake.claims[0], id="vn.table.mu", title="moments mu_k")
    text = markdown.page(dataclasses.replace(fake, claims=(first, *fake.claims[1:])))
    assert "### vn.table.mu: moments μ" in text
