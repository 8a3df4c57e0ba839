"""Shared letters mean one thing: symbols and the domains of their parameters agree."""

from __future__ import annotations

import pytest

from theory import symbols
from theory.schema import Parameter

PARAMETERS = {k: v for k, v in vars(symbols).items() if isinstance(v, Parameter)}


def test_names_are_taken_once() -> None:
    names = [p.name for p in PARAMETERS.values()]
    assert len(set(names)) == len(names)
    assert set(names) == {constant.lower() for constant in PARAMETERS}


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_a_symbol_takes_every_value_of_its_domain(parameter: Parameter) -> None:
    """By substitution at the least member: what sympy assumes must hold there."""
    if parameter.symbol is None:
        return
    low = getattr(parameter.domain, "low", 0)
    least = low if abs(low) < float("inf") else -7
    assert parameter.domain.contains(least)
    assert not parameter.symbol.is_positive or least > 0
    assert not parameter.symbol.is_nonnegative or least >= 0
    assert not parameter.symbol.is_integer or isinstance(least, int)


def test_depth_may_be_zero_and_width_may_not() -> None:
    assert symbols.DEPTH.domain.contains(0)
    assert not symbols.WIDTH.domain.contains(0)
    assert symbols.L.is_nonnegative
    assert symbols.N.is_positive
