"""Residual blocks: the growth of kurtosis and where it stops."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.disc_skip import MEASURED_DEPTH, MEASURED_WIDTH
from theory.vanishing_variance.probes import MOST_LOG_VARIANCE, log_variance

SKIP = claim("vev.disc.skip")


def test_values() -> None:
    assert SKIP.exact("kurtosis", width=10, shares=(1, 1)) == 3 * sp.Rational(36, 25)  # plain
    assert SKIP.exact("kurtosis", width=10, shares=(Fraction(1, 2),)) == sp.Rational(69, 20)
    assert SKIP.exact("kurtosis", width=10, shares=(0, 0)) == 3
    assert SKIP.evaluate("limit", width=10, family="over depth", scale=1) == pytest.approx(
        4.475, abs=5e-4
    )


def test_a_thousand_blocks_stay_below_the_limit() -> None:
    deep = SKIP.evaluate("kurtosis", width=10, shares=(Fraction(1, 1000),) * 1000)
    top = SKIP.evaluate("limit", width=10, family="over depth", scale=1)
    assert 0.999 * top < deep < top


def test_the_measured_width_is_the_narrowest_that_the_rule_allows() -> None:
    def of_plain(width: int) -> float:
        setup = {"widths": (width,) * (MEASURED_DEPTH + 1), "slope": 1, "weights": "gaussian"}
        return log_variance(setup, ("mean_fourth",))

    assert of_plain(MEASURED_WIDTH) <= MOST_LOG_VARIANCE < of_plain(MEASURED_WIDTH - 8)


def test_what_is_left_out_is_the_scale_of_the_branches() -> None:
    """At width 2 one block of share 1/2 multiplies by 7/4, so ten of them by 269."""
    at = {"width": 2, "scale": Fraction(1, 2)}
    assert SKIP.admits({**at, "family": "constant"}) == "needed"
    assert SKIP.admits({**at, "family": "over depth"}) == "stated"
    assert SKIP.exact(family="constant", **at) == SKIP.exact("limit", family="constant", **at)
    assert (
        SKIP.exact("kurtosis", width=2, shares=(Fraction(1, 2),) * 10)
        == 3 * sp.Rational(7, 4) ** 10
    )
