"""Laws, the wrong versions of them that checks must reject, and the assumptions they rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp

from theory.schema.domains import Parameter
from theory.schema.messages import ClaimError

Role = Literal["stated", "corrected", "sharper", "proof-step"]


@dataclass(frozen=True)
class Bounds:
    """A law that bounds instead of equating: low <= quantity <= high (either may be infinite)."""

    low: Any
    high: Any


Evaluate = Callable[..., Any]


@dataclass(frozen=True)
class Mutant:
    """A wrong version of a law that a sound check must reject: same arguments, wrong value."""

    name: str
    evaluate: Evaluate


@dataclass(frozen=True)
class Law:
    """One formula a claim makes.

    formula: what is shown (an Eq, an inequality, an expression).
    evaluate: keyword arguments -> exact value where possible (sympy, Fraction, int), else an mpf
        honouring the current mpmath precision, or `Bounds`. Left out, it is the right-hand side of
        `formula` with the parameters' symbols replaced.
    error: the declared error term in words; empty for an exact law.
    digits: the same arguments -> how many digits of the value are known; None: all.
    """

    role: Role
    formula: sp.Basic
    parameters: tuple[Parameter, ...]
    words: str
    evaluate: Evaluate | None = None
    mutants: tuple[Mutant, ...] = ()
    error: str = ""
    name: str = ""
    digits: Callable[..., int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.role)
        names = [p.name for p in self.parameters]
        if len(set(names)) != len(names):
            raise ClaimError(f"law {self.name!r}: parameter named twice in {names}")
        if len({m.name for m in self.mutants}) != len(self.mutants):
            raise ClaimError(f"law {self.name!r}: two mutants share a name")
        if self.evaluate is None:
            missing = [p.name for p in self.parameters if p.symbol is None]
            if missing or not isinstance(self.formula, sp.Eq | sp.Expr):
                raise ClaimError(f"law {self.name!r}: needs `evaluate`, or symbols for {missing}")
            object.__setattr__(self, "evaluate", self._substitute)

    @property
    def rhs(self) -> sp.Basic:
        """The right-hand side of the formula (the formula itself when it is no equation)."""
        return self.formula.rhs if isinstance(self.formula, sp.Eq) else self.formula

    def _substitute(self, **values: Any) -> Any:
        exact = {p.symbol: sp.sympify(values[p.name]) for p in self.parameters}
        return self.rhs.xreplace(exact).doit()

    def __call__(self, **values: Any) -> Any:
        """The law's value; arguments are not validated here (see Claim.exact)."""
        assert self.evaluate is not None
        return self.evaluate(**values)

    def lambdify(self) -> Callable[..., Any]:
        """A numpy function of the parameters in order, elementwise over arrays; unchecked."""
        from theory.elementwise import lambdify

        return lambdify(self)


# --- assumptions -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Assumption:
    """A hypothesis as a predicate over a point (parameter names and set-up fields -> values).

    A point that does not mention what the predicate asks about satisfies it: write predicates with
    `point.get(name, <a value that satisfies>)`.
    """

    words: str
    predicate: Callable[[Mapping[str, Any]], bool]
    stated: bool = True

    def holds_at(self, point: Mapping[str, Any]) -> bool:
        """Whether the assumption is satisfied at `point`."""
        return bool(self.predicate(point))


def stated(words: str, predicate: Callable[[Mapping[str, Any]], bool]) -> Assumption:
    """An assumption that the document states."""
    return Assumption(words, predicate, stated=True)


def unstated(words: str, predicate: Callable[[Mapping[str, Any]], bool]) -> Assumption:
    """An assumption that the document needs and leaves out."""
    return Assumption(words, predicate, stated=False)
