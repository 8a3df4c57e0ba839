"""Laws refuse to be built wrong, and evaluate exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp

from theory.schema import ClaimError, Integers, Law, Mutant, Parameter, Reals, stated, unstated

n, x = sp.Symbol("n", integer=True, positive=True), sp.Symbol("x", real=True)
COUNT = Parameter("n", Integers(1, 9), "how many", n)
SHIFT = Parameter("x", Reals(-1, 1, open_low=True), "the shift", x)
LAW = Law("stated", sp.Eq(sp.Symbol("y"), n / 3 + x), (COUNT, SHIFT), "a third and a shift")


def test_a_law_without_evaluate_substitutes_exactly() -> None:
    assert LAW(n=2, x=Fraction(1, 3)) == 1
    assert LAW.rhs == n / 3 + x
    assert replace(LAW, formula=n + x, evaluate=None)(n=1, x=2) == 3  # an expression is its own rhs


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"parameters": (COUNT, replace(SHIFT, name="n"))}, "named twice"),
        ({"mutants": (Mutant("m", len), Mutant("m", max))}, "share a name"),
        (
            {"parameters": (replace(COUNT, symbol=None), SHIFT), "evaluate": None},
            "needs `evaluate`",
        ),
    ],
)
def test_a_law_refuses(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        replace(LAW, **fields)


def test_lambdify_is_elementwise() -> None:
    assert np.allclose(LAW.lambdify()(np.array([3, 6]), 0.5), [1.5, 2.5])
    hidden = Law("stated", sp.Symbol("y"), (COUNT,), "w", evaluate=lambda n: Fraction(n, 2))
    assert hidden.lambdify()(np.array([1, 2])).tolist() == [0.5, 1.0]


def test_assumptions_are_predicates() -> None:
    small = stated("n is small", lambda point: point.get("n", 0) < 5)
    assert [small.holds_at({"n": 4}), small.holds_at({"n": 5}), small.holds_at({})] == [
        True,
        False,
        True,
    ]
    assert small.stated
    assert not unstated("n is small", lambda point: True).stated
