"""Finding claims: by id, by attribute, by words; duplicates and unknown ids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from theory import Claim, ClaimError, claim, claims
from theory import registry as module
from theory.index import DOCUMENTS
from theory.registry import Registry

ROOT = Path(__file__).parents[2]


def test_lookup() -> None:
    found = claim("vev.prop4.3")
    assert found is claims["vev.prop4.3"]
    assert found is claims.vev_prop4_3
    assert "vev.prop4.3" in claims
    assert "no such" not in claims
    assert found in claims()
    assert len(claims) == len(claims()) == len({c.id for c in claims})


def test_completion_offers_ids() -> None:
    assert "vev_prop4_3" in dir(claims)
    assert "vev.prop4.3" in claims._ipython_key_completions_()


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("vev.prop43", "nearest: .*vev.prop4.3"),
        ("qqqqqq", "depthlaws list"),
        (3, "3"),
        ([], r"\[\]"),
    ],
)
def test_unknown_ids_name_the_nearest(wrong: Any, hint: str) -> None:
    with pytest.raises(ClaimError, match=hint) as caught:
        claim(wrong)
    assert repr(wrong) in str(caught.value)


def test_unknown_attribute() -> None:
    with pytest.raises(AttributeError, match="no_such"):
        _ = claims.no_such


def test_search_wants_every_word_and_puts_titles_first() -> None:
    assert claims.search("kurtosis recursion")[0].id == "vev.prop4.3"
    assert claims.search("vev.prop4.3")[0].id == "vev.prop4.3"
    assert claims.search("kurtosis zebra") == []
    assert claims.search("") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Grzejdziak kurtosis recursion", "vev.prop4.3"),  # the authors
        ("mellin", "vev.law.product"),  # what its file uses
        ("criterion", "vev.thm4.7.sharp"),  # its file
        ("Vanishing Node Indicator", "vn.eq3"),
        ("hadamard", "vev.init.zero"),
        ("layer-wise q", "vn.rec"),
        ("squared scale exceeds", "vev.law.product"),  # the words of a law
        ("fourth moment", "vev.init.gsm"),  # the name of a law
    ],
)
def test_search_looks_into_laws_sources_and_files(text: str, wanted: str) -> None:
    assert wanted in [c.id for c in claims.search(text)]


def test_search_ignores_case_and_hyphens() -> None:
    assert claims.search("FOURTH-moment") == claims.search("fourth moment")
    assert claims.search("-") == []


def test_order_is_by_document() -> None:
    order = [DOCUMENTS.index(c.source.document.key) for c in claims]
    assert order == sorted(order)


def test_homes_are_where_the_claim_is_defined() -> None:
    assert claims.modules["vev.prop4.3"] == "theory.vanishing_variance.prop43_kurtosis"
    assert claims.modules.keys() == {c.id for c in claims}
    for c in claims:
        assert claims.modules[c.id].startswith(f"theory.{c.source.document.key}.")


def test_two_claims_with_one_id_stop_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from theory.vanishing_variance import prop43_kurtosis as home

    twin = dataclasses.replace(home.CLAIM, title="the same id")
    monkeypatch.setattr(home, "TWIN", twin, raising=False)
    with pytest.raises(ClaimError, match=r"vev.prop4.3.*prop43_kurtosis"):
        len(Registry())


def test_a_claim_imported_elsewhere_keeps_its_home(monkeypatch: pytest.MonkeyPatch) -> None:
    import theory.vanishing_variance as elsewhere
    from theory.vanishing_variance.prop43_kurtosis import CLAIM

    items = __import__("theory.vanishing_variance.items", fromlist=["items"])
    monkeypatch.setattr(items, "IMPORTED", CLAIM, raising=False)
    assert elsewhere.PAPER is CLAIM.source.document
    fresh = Registry()
    assert fresh.modules["vev.prop4.3"] == "theory.vanishing_variance.prop43_kurtosis"
    assert [c.id for c in fresh] == [c.id for c in claims]


def test_printing_is_one_line_each() -> None:
    lines = repr(claims).splitlines()
    assert len(lines) == len(claims)
    assert any(line.startswith("vev.prop4.3 ") and "holds-if" in line for line in lines)


def test_the_package_gives_four_names_and_no_more() -> None:
    import theory

    wrong = "no_such"
    assert set(theory.__all__) <= set(dir(theory))
    assert theory.Claim is Claim
    assert theory.claims is module.claims
    with pytest.raises(AttributeError, match="no_such"):
        getattr(theory, wrong)


def test_one_claim_is_read_without_the_others() -> None:
    """In a fresh process: the other documents are not imported, and the claim is the same one."""
    code = (
        "import sys; from theory import claim, claims; found = claim('vn.eq6');"
        "assert not any(m.startswith('theory.degeneracy.') for m in sys.modules);"
        "assert claims['vn.eq6'] is found"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
