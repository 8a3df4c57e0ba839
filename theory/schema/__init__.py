"""What a claim is: frozen records that refuse to be built wrong.

A `Claim` is one checkable item of a document. It makes one or more `Law`s (the stated one exactly
as printed; beside it the corrected or the sharper one), rests on `Assumption`s (stated and
unstated, each an executable predicate), and is tested by `Proof`s (no sampling) and `Probe`s
(networks are sampled). Everything here is plain data or pure functions; nothing here samples or
decides. Claim files import from this package; its rooms import from one another.
"""

from __future__ import annotations

from theory.schema.claim import Claim
from theory.schema.domains import Choice, Domain, Integers, Parameter, Reals, Tuples
from theory.schema.figures import Curve, Maps, Panel, Reference
from theory.schema.laws import Assumption, Bounds, Evaluate, Law, Mutant, stated, unstated
from theory.schema.messages import ClaimError, shown
from theory.schema.numbers import as_float, as_mpf, plain_number
from theory.schema.probes import (
    EXACT_MARGIN,
    LATER,
    TIERS,
    Estimand,
    Margin,
    Probe,
    absolute,
    relative,
)
from theory.schema.proofs import Finding, Proof, ProofKind
from theory.schema.sources import Document, Source

__all__ = [
    "EXACT_MARGIN",
    "LATER",
    "TIERS",
    "Assumption",
    "Bounds",
    "Choice",
    "Claim",
    "ClaimError",
    "Curve",
    "Document",
    "Domain",
    "Estimand",
    "Evaluate",
    "Finding",
    "Integers",
    "Law",
    "Maps",
    "Margin",
    "Mutant",
    "Panel",
    "Parameter",
    "Probe",
    "Proof",
    "ProofKind",
    "Reals",
    "Reference",
    "Source",
    "Tuples",
    "absolute",
    "as_float",
    "as_mpf",
    "plain_number",
    "relative",
    "shown",
    "stated",
    "unstated",
]
