"""Second moments of products: by hand, limits, and one unit."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.degeneracy.product_moments import CLAIM
from theory.degeneracy.second_moments import log_variance


def test_one_matrix_by_hand() -> None:
    """E tr(W W^T)^2 = 2n + 1 and E (tr W W^T)^2 = n^2 + 2."""
    assert CLAIM.exact("m2", width=5, depth=1) == sp.Rational(11, 5)
    assert CLAIM.exact("beta", width=5, depth=1) == sp.Rational(27, 25)


def test_one_unit_is_a_product_of_scalars() -> None:
    assert CLAIM.exact("m2", width=1, depth=4) == 3**4
    assert CLAIM.exact("participation", width=1, depth=4) == 1


def test_limits_of_the_participation() -> None:
    assert CLAIM.exact("participation", width=9, depth=0) == 9
    assert CLAIM.evaluate("participation", width=9, depth=500) == pytest.approx(1)
    wide = CLAIM.evaluate("participation", width=10**4, depth=4)
    assert wide == pytest.approx(CLAIM.evaluate("wide limit", width=10**4, depth=4), rel=4e-4)


def test_participation_is_the_ratio_of_the_two_moments() -> None:
    for width, depth in ((3, 2), (8, 11)):
        at = {"width": width, "depth": depth}
        ratio = width * CLAIM.exact("beta", **at) / CLAIM.exact("m2", **at)
        assert sp.simplify(CLAIM.exact("participation", **at) - ratio) == 0


def test_direct_averages_keep_the_rule_of_sizes() -> None:
    """Log-variance at most 1; where a depth was cut for it, one layer more would break it."""
    blocks = {"mean_fourth": (2,), "mean_sq_squared": (1, 1)}
    direct = [p for p in CLAIM.probes if p.experiment == "product_moments"]
    for probe in direct:
        for column in probe.estimand.columns:
            assert log_variance(blocks[column], probe.at["width"], probe.at["depth"]) <= 1
    assert log_variance((2,), 7, 3) > 1
    assert log_variance((1, 1), 7, 4) > 1
    assert len(direct) == 10
