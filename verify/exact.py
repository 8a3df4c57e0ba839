"""Evidence without sampling: runs one proof on its law and on every mutant of that law."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from theory import claim
from theory.schema import Claim, Finding, Proof


def proofs_of(claim: Claim, tier: str) -> tuple[Proof, ...]:
    """The proofs that a tier runs."""
    return tuple(proof for proof in claim.proofs if tier in proof.tiers)


@dataclass(frozen=True)
class ProofRun:
    """What a proof found; `rejected` names the mutants it rejected; `error` if it broke."""

    finding: Finding | None
    rejected: tuple[str, ...]
    seconds: float
    error: str = ""

    @classmethod
    def of_note(cls, note: Mapping[str, Any]) -> ProofRun:
        """The run that `dataclasses.asdict` made this note of."""
        finding = note["finding"]
        if finding is not None:
            finding = Finding(**{**finding, "steps": tuple(finding["steps"])})
        return cls(finding, tuple(note["rejected"]), note["seconds"], note["error"])


def run_proof(claim_id: str, name: str) -> ProofRun:
    """Run proof `name` of a claim on the law and its mutants. Never raises: an error is recorded.

    A mutant that makes the check raise is not counted as rejected: a crash is no evidence.
    """
    chosen = claim(claim_id)
    proof = next(p for p in chosen.proofs if p.name == name)
    law = chosen.law(proof.law)
    start = time.perf_counter()
    try:
        finding = proof.check(law)
    except Exception as error:
        return ProofRun(
            None,
            (),
            time.perf_counter() - start,
            f"the check broke: {type(error).__name__}: {error}",
        )
    rejected = []
    for mutant in law.mutants:
        try:
            if proof.check(mutant.evaluate).agrees is False:
                rejected.append(mutant.name)
        except Exception:  # a crash is no evidence
            continue
    return ProofRun(finding, tuple(rejected), time.perf_counter() - start)
