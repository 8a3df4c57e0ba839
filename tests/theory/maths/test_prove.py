"""Findings say what is proved: zero, not zero, or unknown; never more."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.maths import prove
from theory.schema import Finding

x, n = sp.Symbol("x", positive=True), sp.Symbol("n", integer=True, positive=True)
MYSTERY = sp.Function("f")(x) - sp.Function("g")(x)  # nobody knows


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ((x + 1) ** 2 - x**2 - 2 * x - 1, True),
        (sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, True),
        (1 / (x + 1) - x / (x + 1) + (x - 1) / (x + 1), True),
        (sp.gamma(n + 1) - n * sp.gamma(n), True),
        (x**2 - x, False),
        (sp.Rational(1, 10**30), False),
        (sp.exp(x) - 1 - x, False),
        (0, True),
        (MYSTERY, None),
    ],
)
def test_is_zero(expression: object, answer: bool | None) -> None:
    assert prove.is_zero(expression) is answer


@given(st.lists(st.fractions(-5, 5, max_denominator=9), min_size=1, max_size=4))
def test_polynomials_are_decided(coefficients: list[Fraction]) -> None:
    """An identity is accepted, and rejected as soon as one coefficient is off."""
    p = sum(sp.Rational(c) * x**k for k, c in enumerate(coefficients))
    assert prove.is_zero(p.subs(x, x + 1).expand() - p.subs(x, x + 1)) is True
    assert prove.is_zero(p - (p + x / 7)) is False


def test_identities_name_the_first_that_fails() -> None:
    found = prove.identities([("fine", x - x), ("wrong", x)], predicted="p", found="f")
    assert (found.agrees, "wrong" in found.detail) == (False, True)
    unknown = prove.identities([("open", MYSTERY)], predicted="p", found="f")
    assert unknown.agrees is None
    assert "could not be reduced" in unknown.detail
    good = prove.identities([("fine", x - x)], predicted="p", found="f")
    assert (good.agrees, len(good.steps)) == (True, 1)


def test_identity() -> None:
    assert prove.identity(x - x, predicted="p", found="f").agrees is True
    assert prove.identity(x, predicted="p", found="f").agrees is False
    unknown = prove.identity(MYSTERY, predicted="p", found="f")
    assert unknown.agrees is None
    assert "undecided" in unknown.detail


def test_cases_compare_exactly() -> None:
    third = Fraction(1, 3)
    assert prove.cases([("a", third, sp.Rational(1, 3)), ("b", 2, 2)]).agrees is True
    wrong = prove.cases([("a", third, third), ("b", third, third + Fraction(1, 10**40))])
    assert (wrong.agrees, wrong.detail.startswith("b")) == (False, True)
    assert prove.cases([("root", sp.sqrt(2) * sp.sqrt(3), sp.sqrt(6))]).agrees is True


@pytest.mark.parametrize(
    "nothing",
    [prove.cases([]), prove.close([]), prove.truth([], predicted="p", found="f")],
    ids=["cases", "close", "truth"],
)
def test_no_case_proves_nothing(nothing: Finding) -> None:
    assert nothing.agrees is None


def test_close_looks_at_the_digits_asked_for() -> None:
    with mpmath.workdps(40):
        near = mpmath.pi + mpmath.mpf(10) ** -25
        assert prove.close([("pi", near, sp.pi)], digits=20).agrees is True
        assert prove.close([("pi", near, sp.pi)], digits=30).agrees is False
        assert prove.close([("small", mpmath.mpf("1e-40"), 0)], digits=20).agrees is True


def test_truth_keeps_unknown_unknown() -> None:
    assert prove.truth([("a", True)], predicted="p", found="f").agrees is True
    assert prove.truth([("a", True), ("b", None)], predicted="p", found="f").agrees is None
    assert prove.truth([("a", False), ("b", None)], predicted="p", found="f").agrees is False


@pytest.mark.parametrize("order", [-2, -1, 0.5, 3])
def test_slope_is_the_order(order: float) -> None:
    assert prove.slope([(k, -5 * k**order) for k in (8, 16, 32)]) == pytest.approx(order)


def test_a_sympy_truth_does_not_end_the_list_early() -> None:
    found = prove.truth([("a", sp.true), ("b", False)], predicted="p", found="f")
    assert found.agrees is False


def test_both_laws_meet_the_same_proof() -> None:
    one, two = prove.both(
        "two", "exact", "adding up", lambda law: prove.cases([("", law(), 2)]), {"width": 1}
    )
    assert [(p.name, p.law, dict(p.point)) for p in (one, two)] == [
        ("two (stated)", "stated", {"width": 1}),
        ("two (corrected)", "corrected", {"width": 1}),
    ]
    assert (one.check(lambda: 3).agrees, two.check(lambda: 2).agrees) == (False, True)
