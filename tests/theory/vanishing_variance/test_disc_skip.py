"""Residual blocks: the growth of kurtosis and where it stops."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.disc_skip import (
    MEASURED_DEPTH,
    MEASURED_WIDTH,
    block,
    enumerated,
    noncentral,
)
from theory.vanishing_variance.probes import MOST_LOG_VARIANCE, log_variance

SKIP = claim("vev.disc.skip")


def test_values() -> None:
    assert SKIP.exact("kurtosis", width=10, shares=(1, 1)) == 3 * sp.Rational(36, 25)  # plain
    assert SKIP.exact("kurtosis", width=10, shares=(Fraction(1, 2),)) == sp.Rational(69, 20)
    assert SKIP.exact("kurtosis", width=10, shares=(0, 0)) == 3
    assert SKIP.evaluate("corrected", width=10, family="over depth", scale=1) == pytest.approx(
        4.475, abs=5e-4
    )


def test_a_thousand_blocks_stay_below_the_limit() -> None:
    deep = SKIP.evaluate("kurtosis", width=10, shares=(Fraction(1, 1000),) * 1000)
    top = SKIP.evaluate("corrected", width=10, family="over depth", scale=1)
    assert 0.999 * top < deep < top


def test_the_ratio_of_a_plain_layer_is_a_chi_square() -> None:
    w, e = sp.Symbol("w", integer=True, positive=True), sp.Symbol("e", nonnegative=True)
    first, second = noncentral(w)
    assert sp.simplify(first.subs(e, 1)) == 1
    assert sp.simplify(second.subs(e, 1) - 1 - 2 / w) == 0


def test_a_block_without_skip_is_a_layer() -> None:
    sign = {(Fraction(1),): Fraction(1, 2), (Fraction(-1),): Fraction(1, 2)}
    assert block(sign, 0)[(Fraction(0),)] == Fraction(2, 3)
    assert all(found >= 3 for _, _, found in enumerated())


def test_the_measured_width_is_the_narrowest_that_the_rule_allows() -> None:
    def of_plain(width: int) -> float:
        setup = {"widths": (width,) * (MEASURED_DEPTH + 1), "slope": 1, "weights": "gaussian"}
        return log_variance(setup, ("mean_fourth",))

    assert of_plain(MEASURED_WIDTH) <= MOST_LOG_VARIANCE < of_plain(MEASURED_WIDTH - 8)
