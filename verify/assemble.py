"""From evidence to results: the rows, mutants, figures and verdict of a claim."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import sympy as sp

from theory import claims
from theory.index import DOCUMENTS
from theory.schema import Claim, Proof
from verify.exact import ProofRun, proofs_of
from verify.results import (
    ClaimResult,
    CurveResult,
    DocumentResult,
    LawInfo,
    MapsResult,
    MutantResult,
)
from verify.rows import Progress, proof_row
from verify.verdict import strongest, verdict

Key = tuple[str, str]  # claim id, name


@dataclass
class Evidence:
    """What a run has found so far: its trials, and the finished proofs and figures."""

    progress: list[Progress]
    proofs: dict[Key, ProofRun] = field(default_factory=dict)
    curves: dict[Key, CurveResult] = field(default_factory=dict)
    maps: dict[Key, MapsResult] = field(default_factory=dict)


def claim_result(claim: Claim, found: Evidence, tier: str) -> ClaimResult:
    """Rows, mutants, curves and verdict of one claim."""
    proofs = proofs_of(claim, tier)
    rows = [proof_row(claim, p, found.proofs[claim.id, p.name]) for p in proofs]
    mine = [p for p in found.progress if p.trial.claim.id == claim.id]
    rows += [row for p in mine for row in p.rows]
    fresh, reason = verdict(claim, rows)
    return ClaimResult(
        id=claim.id,
        title=claim.title,
        document=claim.source.document.key,
        where=claim.source.where,
        says=claim.source.says,
        kind=claim.kind,
        module=claims.modules[claim.id],
        laws=[
            LawInfo(law.name, law.role, sp.latex(law.formula), law.words, law.error)
            for law in claim.laws
        ],
        assumptions=[{"words": a.words, "stated": a.stated} for a in claim.assumptions],
        expected=claim.expected,
        verdict=fresh,
        verdict_reason=reason,
        because=claim.because,
        remark=claim.remark,
        strongest=strongest(rows),
        rows=rows,
        mutants=_mutants(claim, proofs, found, mine),
        curves=[found.curves[claim.id, curve.name] for curve in claim.curves],
        maps=[found.maps[claim.id, maps.name] for maps in claim.maps],
    )


def _mutants(
    claim: Claim, proofs: Sequence[Proof], found: Evidence, mine: Sequence[Progress]
) -> list[MutantResult]:
    results = []
    for law in claim.laws:
        for mutant in law.mutants:
            by = [
                f"{claim.id}/{proof.name}"
                for proof in proofs
                if proof.law == law.name
                and mutant.name in found.proofs[claim.id, proof.name].rejected
            ]
            by += [
                p.trial.check
                for p in mine
                if not p.trial.repeat and p.mutants.get(law.name, {}).get(mutant.name) == "differs"
            ]
            results.append(MutantResult(law.name, mutant.name, by))
    return results


def documents() -> list[DocumentResult]:
    """The documents, each with those of its items that no claim encodes."""
    result = []
    for key in DOCUMENTS:
        paper = importlib.import_module(f"theory.{key}").PAPER
        items = importlib.import_module(f"theory.{key}.items").ITEMS
        missing = [
            {"id": item, "what": what, "kind": kind}
            for item, (what, kind) in items.items()
            if item not in claims
        ]
        result.append(
            DocumentResult(
                key, paper.prefix, paper.title, paper.authors, paper.year, paper.bibtex, missing
            )
        )
    return result
