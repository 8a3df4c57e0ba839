"""The dilution correction: a round trip, the bias, and where it has no value."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.gradients_explode.thm3_inverse import CLAIM, diluted
from theory.schema import ClaimError


def test_by_hand() -> None:
    assert CLAIM.exact("corrected", rate=5, k=1) == 7
    assert CLAIM.exact(rate=5, k=1) == 9  # 1 + 2 * 4


@pytest.mark.parametrize("rate", [sp.Rational(1, 3), sp.Integer(1), sp.Rational(9, 4)])
def test_round_trip_and_bias(rate: sp.Rational) -> None:
    back = CLAIM.exact("corrected", rate=diluted(rate, 3), k=3)
    assert sp.simplify(back - rate) == 0
    assert CLAIM.evaluate(rate=diluted(rate, 3), k=3) >= float(rate)


def test_strong_dilution_leaves_half_a_square() -> None:
    excess = CLAIM.evaluate(rate=diluted(sp.Rational(17, 10), 1000), k=1000) - 1.7
    assert excess == pytest.approx(0.7**2 / 2, rel=1e-5)


def test_no_diluted_block_has_so_small_a_rate() -> None:
    with pytest.raises(ClaimError, match=r"k\^2"):
        CLAIM.exact(rate=sp.Rational(1, 2), k=2)
