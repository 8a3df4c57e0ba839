"""Places in documents."""

from __future__ import annotations

from theory.schema import Document


def test_a_place_names_its_document() -> None:
    paper = Document("toy", "toy", "Toys", "Doe", 2020, "@misc{doe}")
    source = paper.at("eq. (1)", "y = n/3 + x")
    assert str(source) == "Doe (2020), eq. (1)"
    assert source.bibtex == "@misc{doe}"
    assert source.says == "y = n/3 + x"
