import dataclasses
import json

from theory import claim, registry
from verify.exact import ProofRun, run_proof


def test_a_proof_agrees_and_rejects_mutants():
    run = run_proof("vev.prop4.3", "enumeration")
    assert run.finding is not None
    assert run.finding.agrees is True
    assert set(run.rejected) == {m.name for m in claim("vev.prop4.3").law("stated").mutants}


def test_a_check_that_breaks_is_recorded_and_rejects_nothing(monkeypatch):
    original = claim("vev.prop4.3")

    def broken(law):
        raise ZeroDivisionError("planted")

    proof = dataclasses.replace(original.proofs[0], check=broken)
    planted = dataclasses.replace(original, proofs=(proof,))
    monkeypatch.setitem(registry.claims._claims, "vev.prop4.3", planted)
    run = run_proof("vev.prop4.3", proof.name)
    assert run.finding is None
    assert run.rejected == ()
    assert run.error == "the check broke: ZeroDivisionError: planted"


def test_a_note_reads_back_as_the_run():
    run = run_proof("vev.prop4.3", "enumeration")
    broken = ProofRun(None, (), 0.5, "the check broke")
    for found in (run, broken):
        assert ProofRun.of_note(json.loads(json.dumps(dataclasses.asdict(found)))) == found
