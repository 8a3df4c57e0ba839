"""Turning mathematics into findings: symbolic zeros, exact cases, and ball arithmetic.

Every helper returns a `Finding` whose `agrees` is None when nothing was decided: an expression that
sympy cannot simplify is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.schema import Evaluate, Finding, Proof, ProofKind


def is_zero(expression: Any) -> bool | None:
    """True if proved zero for all values of its symbols, False if not zero, None if unknown.

    Not zero is only ever concluded from a point where a ball around the value excludes zero.
    """
    expression = sp.sympify(expression)
    for simplify in (sp.expand, sp.cancel, sp.simplify, lambda e: sp.simplify(sp.expand_func(e))):
        try:
            reduced = simplify(expression)
        except (sp.PolynomialError, NotImplementedError, TypeError):
            continue
        if reduced == 0:
            return True
        expression = reduced
    return False if _nonzero_somewhere(expression) else None


def _nonzero_somewhere(expression: sp.Expr) -> bool:
    symbols = sorted(expression.free_symbols, key=str)
    for shift in range(4):
        point = {
            s: sp.Integer(3 + i + shift) if s.is_integer else sp.Rational(7 + 2 * i + shift, 5)
            for i, s in enumerate(symbols)
        }
        value = expression.xreplace(point).doit()
        if value.is_Rational:
            if value != 0:
                return True
            continue
        try:
            number = complex(sp.N(value, 40))
        except (TypeError, ValueError):
            continue
        if abs(number) > 1e-25:
            return True
    return False


def identity(difference: Any, *, predicted: str, found: str, detail: str = "") -> Finding:
    """The finding that `difference` (predicted minus found) is zero for all symbols."""
    zero = is_zero(difference)
    if zero is None:
        detail = f"undecided: sympy could not reduce {sp.sympify(difference)}. {detail}"
    return Finding(agrees=zero, predicted=predicted, found=found, detail=detail)


def identities(
    differences: Iterable[tuple[str, Any]], *, predicted: str, found: str, detail: str = ""
) -> Finding:
    """All of several named differences are zero; the first that is not, or is unknown, is named."""
    steps: list[str] = []
    for name, difference in differences:
        zero = is_zero(difference)
        if zero is not True:
            word = "is not zero" if zero is False else "could not be reduced"
            return Finding(zero, predicted, found, f"{name}: the difference {word}. {detail}")
        steps.append(f"{name}: zero for all values of the symbols")
    return Finding(True, predicted, found, detail, tuple(steps))


def cases(triples: Iterable[tuple[str, Any, Any]], detail: str = "") -> Finding:
    """Exact values, case by case: (label, predicted, found), rationals or exact sympy numbers.

    Shows the first case that differs, or the last one when all agree.
    """
    steps: list[str] = []
    last: tuple[str, Any, Any] | None = None
    for label, predicted, found in triples:
        difference = sp.sympify(exact(predicted)) - sp.sympify(exact(found))
        equal = True if difference == 0 else is_zero(difference)
        steps.append(f"{label}: {'=' if equal else '!='} {exact(found)}")
        last = (label, predicted, found)
        if not equal:
            return Finding(
                equal, f"{exact(predicted)}", f"{exact(found)}", f"{label}. {detail}", tuple(steps)
            )
    if last is None:
        return Finding(None, "", "", "no case was examined")
    label, predicted, found = last
    return Finding(
        True,
        f"{exact(predicted)}",
        f"{exact(found)}",
        f"{len(steps)} cases. {detail}",
        tuple(steps),
    )


def close(
    triples: Iterable[tuple[str, Any, Any]], *, digits: int = 20, detail: str = ""
) -> Finding:
    """High-precision values agree to `digits` significant digits, case by case.

    Both sides must already carry that precision (mpf or exact); work inside `mpmath.workdps`.
    """
    steps: list[str] = []
    shown = ("", "")
    with mpmath.workdps(digits + 15):
        for label, predicted, found in triples:
            p, f = (mpmath.mpf(sp.N(exact(v), digits + 15)) if isinstance(exact(v), sp.Basic)
                    else mpmath.mpf(v) for v in (predicted, found))  # fmt: skip
            scale = max(abs(p), abs(f), mpmath.mpf(10) ** -digits)
            shown = (mpmath.nstr(p, digits), mpmath.nstr(f, digits))
            steps.append(f"{label}: {shown[1]}")
            if abs(p - f) > scale * mpmath.mpf(10) ** (-digits):
                return Finding(False, *shown, f"{label}. {detail}", tuple(steps))
    if not steps:
        return Finding(None, "", "", "no case was examined")
    return Finding(True, *shown, f"{len(steps)} cases to {digits} digits. {detail}", tuple(steps))


def truth(
    facts: Iterable[tuple[str, bool | None]], *, predicted: str, found: str, detail: str = ""
) -> Finding:
    """All of several exact facts hold (inequalities in rationals, logical equivalences)."""
    steps: list[str] = []
    for label, found_true in facts:
        # sympy's true is not Python's True: an `is` test would stop here and skip the other facts
        fact = None if found_true is None else bool(found_true)
        steps.append(f"{label}: {fact}")
        if fact is not True:
            return Finding(fact, predicted, found, f"{label} fails. {detail}", tuple(steps))
    if not steps:
        return Finding(None, predicted, found, "no case was examined")
    return Finding(True, predicted, found, f"{len(steps)} facts. {detail}", tuple(steps))


def exact(value: Any) -> Any:
    """Fractions as sympy rationals; everything else unchanged."""
    if isinstance(value, Fraction):
        return sp.Rational(value.numerator, value.denominator)
    return value


def both(
    name: str,
    kind: ProofKind,
    statement: str,
    check: Callable[[Evaluate], Finding],
    point: Mapping[str, Any] | None = None,
    beside: str = "corrected",
) -> tuple[Proof, Proof]:
    """One proof run on the stated law and on the one beside it, each named after its law."""
    stated, other = (
        Proof(f"{name} ({law})", kind, statement, check, law=law, point=point or {})
        for law in ("stated", beside)
    )
    return stated, other


def slope(errors: Iterable[tuple[float, float]]) -> float:
    """Least-squares order of convergence: d log|error| / d log size."""
    points = [(float(mpmath.log(size)), float(mpmath.log(abs(error)))) for size, error in errors]
    n = len(points)
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
