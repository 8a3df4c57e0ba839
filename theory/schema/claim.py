"""The claim: one item of a document with its laws, its evidence and its expected verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import mpmath
import sympy as sp

from theory.schema.domains import Integers, Parameter
from theory.schema.figures import Curve, Maps
from theory.schema.laws import Assumption, Law, Mutant
from theory.schema.messages import ClaimError, shown
from theory.schema.numbers import as_float, as_mpf, plain_number
from theory.schema.probes import Probe
from theory.schema.proofs import Proof
from theory.schema.sources import Source

VerdictName = Literal["holds", "holds-if", "false-as-stated", "undecided", "not-tested"]
MOST_DIGITS = 10**4


@dataclass(frozen=True)
class Claim:
    """One checkable item of a document, under its permanent id. See the package docstring.

    expected: the committed verdict; a fresh verdict that differs fails a report.
    because: one sentence a reader needs to understand the verdict.
    remark: what else the reader should know (an invalid proof step, a typo).
    """

    id: str
    title: str
    source: Source
    kind: str
    laws: tuple[Law, ...]
    assumptions: tuple[Assumption, ...]
    expected: VerdictName
    because: str
    proofs: tuple[Proof, ...] = ()
    probes: tuple[Probe, ...] = ()
    curves: tuple[Curve, ...] = ()
    maps: tuple[Maps, ...] = ()
    remark: str = ""
    see: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id.startswith(self.source.document.prefix + "."):
            raise ClaimError(f"{self.id}: id must start with {self.source.document.prefix!r}")
        if not self.laws:
            raise ClaimError(f"{self.id}: a claim needs a law")
        checks: list[Proof | Probe] = [*self.proofs, *self.probes]
        for label, names in (
            ("law", [law.name for law in self.laws]),
            ("check", [check.name for check in checks]),
            ("figure", [*(curve.name for curve in self.curves), *(m.name for m in self.maps)]),
        ):
            if len(set(names)) != len(names):
                raise ClaimError(f"{self.id}: two {label}s share a name in {names}")
        known = {law.name for law in self.laws}
        for check in checks:
            for name in (check.law,) if isinstance(check, Proof) else check.laws:
                if name not in known:
                    raise ClaimError(f"{self.id}/{check.name}: no law named {name!r} in {known}")
        for probe in self.probes:
            for name in probe.laws:
                self._check_arguments(self.law(name), probe.at)
            if probe.curve and probe.curve not in {c.name for c in self.curves}:
                raise ClaimError(f"{self.id}/{probe.name}: no curve named {probe.curve!r}")
        for maps in self.maps:
            for panel in maps.panels:
                self._check_arguments(self.law(maps.law), panel.at)

    # -- looking at it

    def law(self, name: str | None = None) -> Law:
        """The law of that name; the one that is true (corrected, sharper, else stated) if None."""
        if name is None:
            for role in ("corrected", "sharper", "stated", "proof-step"):
                for law in self.laws:
                    if law.role == role:
                        return law
        for law in self.laws:
            if law.name == name:
                return law
        raise ClaimError(f"{self.id}: no law {shown(name)}; has {[law.name for law in self.laws]}")

    @property
    def formula(self) -> sp.Basic:
        """The first law's formula: the stated one where the document states one."""
        return self.laws[0].formula

    @property
    def mutants(self) -> tuple[Mutant, ...]:
        """The wrong versions that the checks must reject, of all laws."""
        return tuple(m for law in self.laws for m in law.mutants)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the first law."""
        return self.laws[0].parameters

    # -- evaluating it

    def exact(self, law: str | None = None, /, **values: Any) -> Any:
        """The law's value, exact where the law is; arguments checked first.

        Raises ClaimError naming a missing, unknown or out-of-domain argument, or the stated
        assumption that the arguments break. Unstated assumptions are what the document's law needs
        to be true: that law is evaluated as stated, and the laws beside it are true without them.
        """
        chosen = self.law(law) if law else self.laws[0]
        self._check_arguments(chosen, values)
        values = {name: plain_number(value) for name, value in values.items()}
        try:
            for assumption in self.assumptions:
                if assumption.stated and not assumption.holds_at(values):
                    given = ", ".join(f"{name} = {shown(value)}" for name, value in values.items())
                    raise ClaimError(f"{self.id}: the law assumes {assumption.words}; got {given}")
            return chosen(**values)
        except ArithmeticError as error:
            raise ClaimError(
                f"{self.id}: the law {chosen.name!r} cannot be computed at these arguments: {error}"
            ) from None
        except (TypeError, AttributeError):
            symbolic = [n for n, v in values.items() if isinstance(v, sp.Basic)]
            if not symbolic:
                raise
            raise ClaimError(
                f"{self.id}: argument {symbolic[0]!r} must be a plain number or a fraction for the"
                f" law {chosen.name!r}; got {shown(values[symbolic[0]])}"
            ) from None

    def evaluate(
        self, law: str | None = None, /, *, digits: int | None = None, **values: Any
    ) -> Any:
        """The law's value as a float, or as an mpmath number of `digits` significant digits.

        The first law unless `law` names another. Bounds give a pair, a law of a distribution its
        distribution function. `mpmath.nstr(value, digits)` shows all digits. Raises as `exact`
        does, for a value that no float holds (10^400, 10^-400: that needs `digits`), and for more
        `digits` than the law has.
        """
        allowed = Integers(1, MOST_DIGITS)
        if digits is not None and not allowed.contains(digits):
            raise ClaimError(f"{self.id}: argument 'digits' must be {allowed}; got {shown(digits)}")
        with mpmath.workdps(30 if digits is None else digits + 15):
            value = self.exact(law, **values)
            if digits is not None:
                self._check_digits(self.law(law) if law else self.laws[0], digits, values)
            if _is_function(value):
                return value
            found = as_mpf(value)
            for number in found if isinstance(found, tuple) else (found,):
                self._check_value(number, digits)
        return found if digits is not None else as_float(value)

    def _check_digits(self, law: Law, digits: int, values: Mapping[str, Any]) -> None:
        if law.digits is None:
            return
        known = law.digits(**{name: plain_number(value) for name, value in values.items()})
        if digits > known:
            given = ", ".join(f"{name} = {shown(value)}" for name, value in values.items())
            raise ClaimError(
                f"{self.id}: argument 'digits' must be at most {known}, the digits of the law"
                f" {law.name!r} that are known at {given}; got {digits}"
            )

    def _check_value(self, number: Any, digits: int | None) -> None:
        if isinstance(number, bool):
            return
        if mpmath.isnan(number):
            raise ClaimError(f"{self.id}: the law has no value (nan) at these arguments")
        small = number != 0 and abs(number) < sys.float_info.min
        if digits is None and (small or sys.float_info.max < abs(number) < mpmath.inf):
            raise ClaimError(
                f"{self.id}: the value {mpmath.nstr(number, 8)} fits no float; ask for `digits`"
            )

    def lambdify(self, law: str | None = None) -> Callable[..., Any]:
        """A numpy function of the law's parameters, in their order, elementwise.

        It raises ClaimError for an argument with a member outside its domain, as `exact` does;
        assumptions are not looked at.
        """
        from theory.elementwise import checked

        return checked(self.id, self.law(law) if law else self.laws[0])

    def _check_arguments(self, law: Law, values: Mapping[str, Any]) -> None:
        names = [p.name for p in law.parameters]
        for name in values:
            if name not in names:
                raise ClaimError(f"{self.id}: unknown argument {shown(name)}; law takes {names}")
        for parameter in law.parameters:
            if parameter.name not in values:
                raise ClaimError(
                    f"{self.id}: missing argument {parameter.name!r}"
                    f" ({parameter.meaning}), {parameter.domain}"
                )
            parameter.check(self.id, values[parameter.name])

    # -- assumptions

    def admits(self, point: Mapping[str, Any]) -> Literal["needed", "stated", "outside"]:
        """Whether a point satisfies all needed assumptions, only the stated ones, or not those."""
        if not all(a.holds_at(point) for a in self.assumptions if a.stated):
            return "outside"
        return "needed" if all(a.holds_at(point) for a in self.assumptions) else "stated"

    # -- printing it

    def __repr__(self) -> str:
        from theory.display import claim_text

        return claim_text(self)

    def _repr_latex_(self) -> str:
        return f"$${sp.latex(self.formula)}$$"

    def _repr_html_(self) -> str:
        from theory.display import claim_html

        return claim_html(self)


def _is_function(value: object) -> bool:
    return callable(value) and not isinstance(value, sp.Basic)
