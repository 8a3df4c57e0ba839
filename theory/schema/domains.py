"""The arguments of a law: what each may be, checked before a law sees it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real

import mpmath
import sympy as sp

from theory.schema.messages import ClaimError, shown

MOST = 10**4  # the largest whole number that a domain without an end of its own takes
LEAST_REAL, MOST_REAL = 1e-25, 1e25  # of a number that is not 0
MOST_MEMBERS = 10**3  # of a sequence


@dataclass(frozen=True)
class Integers:
    """Whole numbers low..high (high None: MOST; strategies then stop at `draw_to`).

    step: only multiples of it, such as 2 for the even numbers.
    Laws are evaluated exactly, many by a recursion: 10^30 layers would never end.
    """

    low: int
    high: int | None = None
    draw_to: int = 50
    step: int = 1

    def contains(self, value: object) -> bool:
        """Whether `value` is a whole number in range, numpy's too; booleans are no numbers."""
        if isinstance(value, bool) or not isinstance(value, Integral | sp.Integer):
            return False
        number = int(value)
        inside = self.low <= number <= (MOST if self.high is None else self.high)
        return inside and number % self.step == 0

    def __str__(self) -> str:
        kind = {1: "an integer", 2: "an even integer"}.get(self.step, f"a multiple of {self.step}")
        return f"{kind} >= {self.low}" + ("" if self.high is None else f" and <= {self.high}")

    @property
    def limits(self) -> str:
        """What the words leave out, for a message."""
        return f", at most {MOST}" if self.high is None else ""


@dataclass(frozen=True)
class Reals:
    """Finite real numbers between low and high; `open_low`/`open_high` exclude the end.

    0 or of magnitude LEAST_REAL..MOST_REAL: beyond, powers of it leave the range of floats.
    """

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def contains(self, value: object) -> bool:
        """Whether `value` is a finite real number in range (float, Fraction, sympy, mpf)."""
        # float() alone would take "1", b"1", True and an array of one
        if isinstance(value, bool) or not isinstance(value, Real | Decimal | sp.Expr | mpmath.mpf):
            return False
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return False
        if not math.isfinite(number) or (value != 0 and not self._ordinary(number)):
            return False
        above = number > self.low if self.open_low else number >= self.low
        below = number < self.high if self.open_high else number <= self.high
        return above and below

    @staticmethod
    def _ordinary(number: float) -> bool:
        return LEAST_REAL <= abs(number) <= MOST_REAL

    def __str__(self) -> str:
        left = "(" if self.open_low or self.low == -math.inf else "["
        right = ")" if self.open_high or self.high == math.inf else "]"
        return f"a real number in {left}{self.low}, {self.high}{right}"

    @property
    def limits(self) -> str:
        """What the words leave out, for a message."""
        inside = self._ordinary(self.low) and self._ordinary(self.high)
        zero = "0 or " if self.contains(0) else ""
        return "" if inside else f", {zero}of magnitude {LEAST_REAL} to {MOST_REAL:.0e}"


@dataclass(frozen=True)
class Choice:
    """One of a few named values."""

    options: tuple[object, ...]

    def contains(self, value: object) -> bool:
        """Whether `value` is one of the options (of the same type: True is not 1)."""
        return any(type(value) is type(option) and value == option for option in self.options)

    def __str__(self) -> str:
        return "one of " + ", ".join(repr(option) for option in self.options)

    @property
    def limits(self) -> str:
        """What the words leave out, for a message."""
        return ""


@dataclass(frozen=True)
class Tuples:
    """A sequence of min_size..MOST_MEMBERS members of `each`, such as the widths of the layers."""

    each: Integers | Reals
    min_size: int = 1
    draw_to: int = 6

    def contains(self, value: object) -> bool:
        """Whether `value` is a list or tuple, long enough, with every member in `each`."""
        if not isinstance(value, list | tuple) or not self.min_size <= len(value) <= MOST_MEMBERS:
            return False
        return all(self.each.contains(member) for member in value)

    def __str__(self) -> str:
        return f"a sequence of at least {self.min_size}, each {self.each}"

    @property
    def limits(self) -> str:
        """What the words leave out, for a message."""
        return f"{self.each.limits}; at most {MOST_MEMBERS} of them"


Domain = Integers | Reals | Choice | Tuples


@dataclass(frozen=True)
class Parameter:
    """A letter of a law: keyword name, domain, meaning in words, and the document's symbol."""

    name: str
    domain: Domain
    meaning: str
    symbol: sp.Basic | None = None

    def check(self, claim_id: str, value: object) -> None:
        """Raise ClaimError naming claim, argument, rule and value if `value` is not allowed."""
        if not self.domain.contains(value):
            raise ClaimError(
                f"{claim_id}: argument {self.name!r} ({self.meaning}) must be {self.domain}"
                f"{self.domain.limits}; got {shown(value)}"
            )
