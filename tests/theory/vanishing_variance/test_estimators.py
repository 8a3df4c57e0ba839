"""The product of layer factors: its claim's numbers at the ends of what it says."""

from __future__ import annotations

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.estimators import kurtosis_is_recursion, kurtosis_of_one_layer

CLAIM = claim("vev.est.product")


def test_a_wide_layer_and_many_draws() -> None:
    assert CLAIM.exact("kurtosis", widths=(200,), slope=1) == 3 + sp.Rational(6, 200)
    few, many = (
        float(CLAIM.exact("relative variance", widths=(10, 10), slope=0, draws=n))
        for n in (10**3, 10**4)
    )
    assert few / many == pytest.approx(10, rel=0.01)


def test_a_factor_is_needed_for_every_layer() -> None:
    def without_last(widths, slope):
        return CLAIM.law("kurtosis")(widths=widths[:-1], slope=slope)

    assert kurtosis_is_recursion(without_last).agrees is False
    assert kurtosis_of_one_layer(without_last).agrees is False
