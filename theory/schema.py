"""What a claim is: frozen records that refuse to be built wrong.

A `Claim` is one checkable item of a document. It makes one or more `Law`s (the stated one exactly
as printed; beside it the corrected or the sharper one), rests on `Assumption`s (stated and
unstated, each an executable predicate), and is tested by `Proof`s (no sampling) and `Probe`s
(networks are sampled). Everything here is plain data or pure functions; nothing here samples or
decides.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any, Literal

import mpmath
import sympy as sp

Role = Literal["stated", "corrected", "sharper", "proof-step"]
VerdictName = Literal["holds", "holds-if", "false-as-stated", "undecided", "not-tested"]
OutcomeName = Literal["agrees", "differs", "undecided"]
ProofKind = Literal["symbolic", "exact", "rigorous", "numeric"]
TIERS = ("quick", "standard", "paper")
LATER = TIERS[1:]  # of rows that quick leaves out, most because they take two seconds of a core
MOST = 10**4  # the largest whole number that a domain without an end of its own takes
LEAST_REAL, MOST_REAL = 1e-25, 1e25  # of a number that is not 0
MOST_MEMBERS = 10**3  # of a sequence
MOST_DIGITS = 10**4


class ClaimError(ValueError):
    """A claim, or a value handed to one, breaks a rule; the message names both."""


def shown(value: object, most: int = 100) -> str:
    """A value for a message: short, on one line, and no failure whatever the value is."""
    try:
        if isinstance(value, list | tuple) and len(value) > 20:
            return f"{type(value).__name__} of {len(value)} beginning with {shown(value[0], 40)}"
        text = " ".join(repr(value).split())
    except Exception:  # a number of more digits than Python writes, or a repr of its own that fails
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= most else text[: most - 3] + "..."


# --- where it stands -------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    """One source document. `key` prefixes no id; ids carry `prefix` (`vev`, `vn`, ...)."""

    key: str
    prefix: str
    title: str
    authors: str
    year: int
    bibtex: str

    def at(self, where: str, says: str) -> Source:
        """The place `where` (down to the equation) and what the document says there."""
        return Source(document=self, where=where, says=says)


@dataclass(frozen=True)
class Source:
    """A place in a document and what is said there (in the document's sense, our words)."""

    document: Document
    where: str
    says: str

    @property
    def bibtex(self) -> str:
        """The BibTeX entry of the document."""
        return self.document.bibtex

    def __str__(self) -> str:
        return f"{self.document.authors} ({self.document.year}), {self.where}"


# --- parameters and their domains ------------------------------------------------------------


@dataclass(frozen=True)
class Integers:
    """Whole numbers low..high (high None: MOST; strategies then stop at `draw_to`).

    Laws are evaluated exactly, many by a recursion: 10^30 layers would never end.
    """

    low: int
    high: int | None = None
    draw_to: int = 50

    def contains(self, value: object) -> bool:
        """Whether `value` is a whole number in range; booleans are not numbers here."""
        if isinstance(value, bool) or not isinstance(value, int | sp.Integer):
            return False
        return bool(self.low <= value <= (MOST if self.high is None else self.high))

    def __str__(self) -> str:
        return f"an integer >= {self.low}" + ("" if self.high is None else f" and <= {self.high}")

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
        return "" if inside else f", 0 or of magnitude {LEAST_REAL} to {MOST_REAL:.0e}"


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


# --- laws and mutants ------------------------------------------------------------------------


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
    """

    role: Role
    formula: sp.Basic
    parameters: tuple[Parameter, ...]
    words: str
    evaluate: Evaluate | None = None
    mutants: tuple[Mutant, ...] = ()
    error: str = ""
    name: str = ""

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
        return self.rhs.subs(exact, simultaneous=True).doit()

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


# --- evidence without sampling ---------------------------------------------------------------


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
    """

    name: str
    kind: ProofKind
    statement: str
    check: Callable[[Evaluate], Finding]
    law: str = "stated"
    point: Mapping[str, Any] = field(default_factory=dict)


# --- evidence by sampling --------------------------------------------------------------------


@dataclass(frozen=True)
class Estimand:
    """What is estimated, and over which randomness.

    kind: `mean` E a · `ratio` E a / E b · `ratio_to_square` E a / (E b)^2 ·
        `normalised` E a / sqrt(E b E c) · `root_ratio` sqrt(E a E b / (E c E d)) ·
        `probability` P(a = 1) · `quantile` of a, at `level` ·
        `log_product` sum of log E a over the columns ·
        `slope` and `log_slope` least-squares slope over `xs` of the means, or of their logs ·
        `distribution` sup |F_n - F| against the law's distribution function ·
        `smooth` any function of the means, given as `function`.
    columns: names of the experiment's columns, in the order of the letters above.
    over: the randomness in words ("networks and inputs; annealed").
    function: for `smooth` only: means (a numpy vector) -> value.
    level: for `quantile` only, in (0, 1). xs: for slopes only, one abscissa a column.
    """

    kind: str
    columns: tuple[str, ...]
    over: str
    function: Callable[[Any], float] | None = None
    level: float = 0.5
    xs: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ClaimError(f"estimand: level must lie in (0, 1); got {self.level}")
        slope = self.kind in ("slope", "log_slope")
        if slope and (len(self.xs) != len(self.columns) or len(set(self.xs)) < 2):
            raise ClaimError(
                f"estimand {self.kind!r}: xs must give one abscissa a column, not all equal;"
                f" got {self.xs} for {self.columns}"
            )


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


@dataclass(frozen=True)
class Curve:
    """A figure: laws over an axis; the probes that name it add measured points.

    at: abscissa -> arguments of the laws. laws: which laws are drawn, each as a line.
    """

    name: str
    title: str
    x_label: str
    y_label: str
    xs: Sequence[float]
    at: Callable[[Any], Mapping[str, Any]]
    laws: tuple[str, ...] = ("stated",)
    log_y: bool = False
    log_x: bool = False

    def value(self, law: Law, x: Any) -> Any:
        """One of the laws at an abscissa, from those of the arguments that it takes."""
        at = self.at(x)
        return law(**{p.name: at[p.name] for p in law.parameters if p.name in at})


@dataclass(frozen=True)
class Panel:
    """One network of a `Maps` figure: what `simulate` runs, and the arguments of the law there."""

    setup: Mapping[str, Any]
    at: Mapping[str, Any]
    tiers: tuple[str, ...] = TIERS


@dataclass(frozen=True)
class Maps:
    """A figure: the squared correlations of the last layer's nodes, of one network a panel.

    Over each map stand the VNI of that very network and the value of `law`. A picture, no check:
    one network decides nothing. words: what a reader needs beside the title.
    """

    name: str
    title: str
    law: str
    words: str
    panels: tuple[Panel, ...]


# --- the claim -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One checkable item of a document, under its permanent id. See the module docstring.

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
        for assumption in self.assumptions:
            if assumption.stated and not assumption.holds_at(values):
                given = ", ".join(f"{name} = {shown(value)}" for name, value in values.items())
                raise ClaimError(f"{self.id}: the law assumes {assumption.words}; got {given}")
        try:
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
        does, and for a value that no float holds (10^400, 10^-400): that needs `digits`.
        """
        allowed = Integers(1, MOST_DIGITS)
        if digits is not None and not allowed.contains(digits):
            raise ClaimError(f"{self.id}: argument 'digits' must be {allowed}; got {shown(digits)}")
        with mpmath.workdps(30 if digits is None else digits + 15):
            value = self.exact(law, **values)
            if _is_function(value):
                return value
            found = as_mpf(value)
            for number in found if isinstance(found, tuple) else (found,):
                self._check_value(number, digits)
        return found if digits is not None else as_float(value)

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


# --- numbers ---------------------------------------------------------------------------------


def as_mpf(value: Any) -> Any:
    """An exact or floating value as an mpf at the current precision; Bounds as a pair."""
    if isinstance(value, Bounds):
        return (as_mpf(value.low), as_mpf(value.high))
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    if isinstance(value, bool | sp.logic.boolalg.BooleanAtom):
        return bool(value)
    if isinstance(value, sp.Basic):
        evaluated = sp.N(value, mpmath.mp.dps)
        if evaluated is sp.oo or evaluated is -sp.oo:
            return mpmath.inf if evaluated is sp.oo else -mpmath.inf
        if not evaluated.is_real:
            raise ClaimError(f"law evaluates to {value}, which is no real number")
        return mpmath.mpf(evaluated._to_mpmath(mpmath.mp.prec))
    return mpmath.mpf(value)


def as_float(value: Any) -> Any:
    """An exact or high-precision value as a float; Bounds as a pair of floats."""
    if isinstance(value, Bounds):
        return (as_float(value.low), as_float(value.high))
    if isinstance(value, bool | sp.logic.boolalg.BooleanAtom):
        return bool(value)
    with mpmath.workdps(30):
        return float(as_mpf(value))


def _is_function(value: object) -> bool:
    return callable(value) and not isinstance(value, sp.Basic)


def plain_number(value: Any) -> Any:
    """A number as an int or a Fraction, without a change of value; others as they are.

    Laws know these two and what sympy makes of them, not every type there is. A float too becomes
    the fraction it is: what a law does with it then is exact, and nothing cancels unseen. So 0.1
    stands for its 55 binary places, not for 1/10: the shortest decimal of a computed number would
    be another number. Who means 1/10 gives Fraction(1, 10).

    >>> plain_number(0.25), plain_number(0.1) == Fraction(1, 10)
    (Fraction(1, 4), False)
    """
    if isinstance(value, list | tuple):
        return tuple(plain_number(member) for member in value)
    if isinstance(value, bool | int | Fraction | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, sp.Rational):
        return int(value) if value.q == 1 else Fraction(value.p, value.q)
    if isinstance(value, Decimal):
        return Fraction(value)
    if isinstance(value, mpmath.mpf | sp.Float):
        number = (
            mpmath.mpf(value) if isinstance(value, mpmath.mpf) else value._to_mpmath(value._prec)
        )
        sign, mantissa, exponent, _ = number._mpf_
        return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent
    return Fraction(float(value)) if isinstance(value, Real) else value


def tuple_of(values: Iterable[Any]) -> tuple[Any, ...]:
    """A tuple (for parameters given as lists)."""
    return tuple(values)
