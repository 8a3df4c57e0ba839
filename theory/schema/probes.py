"""Evidence by sampling: what is estimated, at which sizes, to which margin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from theory.schema.messages import ClaimError

TIERS = ("quick", "standard", "paper")
# Of rows that quick leaves out, most because they take one second of a core and another check of
# their law stays.
LATER = TIERS[1:]


@dataclass(frozen=True)
class Estimand:
    """What is estimated, and over which randomness.

    kind: `mean` E a · `ratio` E a / E b · `ratio_to_square` E a / (E b)^2 ·
        `normalised` E a / sqrt(E b E c) · `root_ratio` sqrt(E a E b / (E c E d)) ·
        `probability` P(a = 1) · `quantile` of a, at `level` ·
        `distribution` sup |F_n - F| against the law's distribution function ·
        `smooth` any function of the means, given as `function`.
    columns: names of the experiment's columns, in the order of the letters above.
    over: the randomness in words ("networks and inputs; annealed").
    function: for `smooth` only: means (a numpy vector) -> value.
    level: for `quantile` only, in (0, 1).
    """

    kind: str
    columns: tuple[str, ...]
    over: str
    function: Callable[[Any], float] | None = None
    level: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ClaimError(f"estimand: level must lie in (0, 1); got {self.level}")


@dataclass(frozen=True)
class Margin:
    """The equivalence margin, declared before sampling: relative to the prediction, or absolute."""

    quick: float
    standard: float
    paper: float
    why: str
    kind: Literal["relative", "absolute"] = "relative"

    def __post_init__(self) -> None:
        if not 0 < self.paper <= self.standard <= self.quick:
            raise ClaimError(f"margin must have 0 < paper <= standard <= quick; got {self}")

    def at(self, tier: str) -> float:
        """The margin of a tier."""
        return float(getattr(self, tier))


EXACT_MARGIN = Margin(
    quick=0.10, standard=0.03, paper=0.01, why="exact law: the precision asked for, no error term"
)


def relative(
    standard: float, why: str, quick: float | None = None, paper: float | None = None
) -> Margin:
    """A margin relative to the prediction; unset tiers equal the standard one."""
    return Margin(quick or standard, standard, paper or standard, why, "relative")


def absolute(
    standard: float, why: str, quick: float | None = None, paper: float | None = None
) -> Margin:
    """A margin in the units of the quantity; unset tiers equal the standard one."""
    return Margin(quick or standard, standard, paper or standard, why, "absolute")


@dataclass(frozen=True)
class Probe:
    """One measurement on sampled networks, compared with one or more laws.

    experiment, setup: what `simulate` runs (plain data; names checked in tests/test_contract.py).
    at: the arguments of the laws at this point. Facts the assumptions ask about that are neither
        arguments nor set-up fields go into `facts`.
    laws: which laws are compared with this one measurement (stated beside corrected).
    budget: multiplies the tier's number of draws; the default 1 is right nearly always. The quick
        tier, a first look, leaves a row that needs more to the others.
    curve, x: the figure and abscissa this point belongs to.
    """

    name: str
    experiment: str
    setup: Mapping[str, Any]
    at: Mapping[str, Any]
    estimand: Estimand
    why: str
    laws: tuple[str, ...] = ("stated",)
    margin: Margin = EXACT_MARGIN
    facts: Mapping[str, Any] = field(default_factory=dict)
    budget: float = 1.0
    curve: str = ""
    x: float | None = None
    tiers: tuple[str, ...] = TIERS

    @property
    def point(self) -> dict[str, Any]:
        """All that the assumptions may ask about."""
        return {**self.setup, **self.at, **self.facts}

    def belongs_to(self, tier: str) -> bool:
        """Whether that tier measures this row."""
        return tier in self.tiers and not (tier == TIERS[0] and self.budget > 1)
