"""Limits of the probability of being alive, for three rules of widths."""

from __future__ import annotations

import itertools
import math

import mpmath
import pytest

from theory.vanishing_variance.propB2_limit import limit_alive, width_rule


def test_rules_by_hand() -> None:
    first = {name: list(itertools.islice(width_rule(name, 2), 5)) for name in
             ("constant", "linear", "logarithmic")}  # fmt: skip
    assert first == {
        "constant": [2] * 5,
        "linear": [2, 3, 4, 5, 6],
        "logarithmic": [2, 4, 4, 5, 6],  # ceil(2 log2 n), n = 2 .. 6
    }


@pytest.mark.parametrize(("growth", "size"), [("linear", 1), ("linear", 4), ("logarithmic", 3)])
def test_partial_products_reach_the_limit(growth: str, size: int) -> None:
    product = 1.0
    for width in itertools.islice(width_rule(growth, size), 3000):
        product *= 1 - 2.0**-width
    assert product == pytest.approx(float(limit_alive(growth, size)), rel=1e-6)


def test_pentagonal_value() -> None:
    assert limit_alive("linear", 1) == pytest.approx(mpmath.mpf("0.288788095086602421"), rel=1e-15)


def test_more_than_half_survive_twice_the_logarithm() -> None:
    assert 0.5 < limit_alive("logarithmic", 2) < 0.75


def test_bounded_and_slowly_growing_widths_die_out() -> None:
    assert limit_alive("constant", 12) == limit_alive("logarithmic", 1) == 0
    product = math.prod(1 - 2.0**-w for w in itertools.islice(width_rule("logarithmic", 1), 60000))
    assert product < 0.01
