"""Rates per layer of 1 - R: values by hand, their order and their limits."""

from __future__ import annotations

import math

import pytest

from theory.schema import as_float
from theory.vanishing_nodes.mean_rate import annealed_rate, mean_rate, typical_rate


def test_values_by_hand() -> None:
    assert as_float(annealed_rate(3)) == pytest.approx(math.log(2 / 5))
    assert as_float(typical_rate(3)) == pytest.approx(2 * math.log(2) - 2)  # psi(1) - psi(3/2)
    g_2 = math.gamma(3 / 4) ** 2 / math.sqrt(math.pi)
    assert as_float(mean_rate(2)) == pytest.approx(math.log(g_2))


def test_rates_in_order_and_their_leading_orders() -> None:
    for width in (3, 10, 100):
        annealed, typical, mean = (
            as_float(rate(width)) for rate in (annealed_rate, typical_rate, mean_rate)
        )
        assert annealed < typical < mean < 0
    n = 10**4
    for rate, leading in ((annealed_rate, 3), (typical_rate, 1), (mean_rate, 1 / 8)):
        assert as_float(rate(n)) * n == pytest.approx(-leading, rel=1e-3)
