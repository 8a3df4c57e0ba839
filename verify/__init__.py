"""Meets both sides: runs the proofs and the measurements of the claims, decides, reports.

>>> from verify import check
>>> check("vev.lemma4.1", tier="quick").verdict  # doctest: +SKIP
'holds'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.results import ClaimResult

__all__ = ["check"]


def check(claim_id: str, *, tier: str = "quick", seed: int = 0, **options: Any) -> ClaimResult:
    """Verify one claim in this process and return its result (rows, mutants, verdict).

    Raises PlanError for an unknown id or tier.
    """
    from verify.engine import verify

    return verify([claim_id], tier=tier, seed=seed, **options).claims[0]
