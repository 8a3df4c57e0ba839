"""Theorem 3: hand-computed rates, limits, remainder, and the assumptions of blocks."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.gradients_explode import thm3_dilution as thm3
from theory.gradients_explode.probes import Block

CLAIM = thm3.CLAIM


def test_by_hand() -> None:
    assert CLAIM.exact("exact", r=7, k=1) == 5  # sqrt((1 + 49)/2)
    assert CLAIM.exact(r=7, k=1) == 4  # 1 + 6/2
    assert CLAIM.exact("second order", r=7, k=1) == sp.Rational(17, 2)  # 4 + 36/8


def test_rate_one_stays_one_whatever_the_dilution() -> None:
    for law in ("stated", "exact", "second order"):
        assert CLAIM.exact(law, r=1, k=sp.Rational(2, 7)) == 1


@pytest.mark.parametrize("rate", [0.0, 0.3, 0.9, 1.1, 2.0, 30.0])
@pytest.mark.parametrize("k", [0.1, 1.0, 6.0])
def test_one_sided_error(rate: float, k: float) -> None:
    gap = CLAIM.evaluate("exact", r=rate, k=k) - CLAIM.evaluate(r=rate, k=k)
    assert -1e-12 <= gap <= thm3.remainder(rate, k) + 1e-12
    assert rate < 1 or gap <= thm3.second_order(rate, k) + 1e-12


def test_the_remainder_cannot_be_made_smaller_for_every_rate_and_dilution() -> None:
    """r = 0 and k -> infinity: exact - stated over the remainder tends to 1."""
    k = 1e3
    gap = CLAIM.evaluate("exact", r=0, k=k) - CLAIM.evaluate(r=0, k=k)
    assert gap / thm3.remainder(0, k) == pytest.approx(1, abs=2e-3)


def test_margin_of_the_first_order_rows_is_the_remainder() -> None:
    rows = [p for p in CLAIM.probes if p.laws == ("stated",)]
    for row in rows:
        expected = thm3.remainder(row.at["r"], row.at["k"])
        assert {row.margin.quick, row.margin.standard, row.margin.paper} == {expected}
        discrepancy = CLAIM.evaluate("exact", **row.at) - CLAIM.evaluate(**row.at)
        assert 0 < discrepancy < expected
    assert len(rows) == 3


def test_limits_of_dilution() -> None:
    assert CLAIM.evaluate("exact", r=3, k=1e-6) == pytest.approx(3)
    assert CLAIM.evaluate("exact", r=3, k=1e6) == pytest.approx(1)


def test_assumptions() -> None:
    assert CLAIM.admits({}) == "needed"
    assert CLAIM.admits({"backward_correlation": 0.1}) == "outside"
    assert CLAIM.admits(Block(k=1, n=50, n_out=20, skip="gaussian").facts) == "outside"
    assert CLAIM.admits(Block(k=1, kind="skew").facts) == "needed"
