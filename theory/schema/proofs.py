"""Evidence without sampling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from theory.schema.laws import Evaluate
from theory.schema.probes import TIERS

ProofKind = Literal["symbolic", "exact", "rigorous", "numeric"]


@dataclass(frozen=True)
class Finding:
    """What one run of a proof found. `agrees` None means undecided; `detail` then says why."""

    agrees: bool | None
    predicted: str
    found: str
    detail: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """A check without sampling, as a function of the candidate law.

    The same `check` runs on the law (where it must return what is true) and on each mutant of the
    law (at least one check must then return `agrees=False`): a proof that ignores its argument
    proves nothing.
    kind: `symbolic` (an identity for all parameters), `exact` (rational arithmetic, enumeration),
        `rigorous` (ball or quantified arithmetic: every error bounded), `numeric` (an independent
        computation to many digits whose error is estimated, not bounded).
    point: facts about the situation, looked at by the claim's assumptions (a counterexample names
        the unstated assumption it breaks); empty means generic.
    tiers: those that run it; `LATER` where it takes a second of a core and its law has another
        check at the quick tier.
    """

    name: str
    kind: ProofKind
    statement: str
    check: Callable[[Evaluate], Finding]
    law: str = "stated"
    point: Mapping[str, Any] = field(default_factory=dict)
    tiers: tuple[str, ...] = TIERS
