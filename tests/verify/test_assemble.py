"""From evidence to results: who rejected which mutant, and what is left unencoded."""

import pytest

from theory import claim, claims
from theory.schema import Finding
from verify.assemble import Evidence, claim_result, documents
from verify.curves import draw_curve
from verify.exact import ProofRun

ID = "vev.prop4.3"


def evidence(agrees, rejected):
    """Each proof finds the same; figures as they are."""
    chosen = claim(ID)
    run = ProofRun(Finding(agrees, "1", "2"), rejected, 0.1)
    return Evidence(
        [],
        proofs={(ID, proof.name): run for proof in chosen.proofs},
        curves={(ID, curve.name): draw_curve(ID, curve.name) for curve in chosen.curves},
    )


def test_a_mutant_lists_the_proofs_of_its_law_that_rejected_it():
    chosen = claim(ID)
    first, second = chosen.laws[0].mutants[:2]
    found = claim_result(chosen, evidence(True, (first.name,)), "quick").mutants
    by = {(m.law, m.name): m.rejected_by for m in found}
    assert by.keys() == {(law.name, m.name) for law in chosen.laws for m in law.mutants}
    law = chosen.laws[0].name
    assert by[law, first.name] == [f"{ID}/{p.name}" for p in chosen.proofs if p.law == law]
    assert by[law, second.name] == []


@pytest.mark.parametrize(("agrees", "verdict"), [(True, "holds"), (None, "undecided")])
def test_the_verdict_is_that_of_the_rows(agrees, verdict):
    found = claim_result(claim(ID), evidence(agrees, ()), "quick")
    assert len(found.rows) == len(claim(ID).proofs)
    assert found.verdict == verdict
    assert found.expected == claim(ID).expected


def test_documents_list_what_no_claim_encodes():
    for document in documents():
        assert all(item["id"].startswith(document.prefix + ".") for item in document.not_encoded)
        assert not any(item["id"] in claims for item in document.not_encoded)
