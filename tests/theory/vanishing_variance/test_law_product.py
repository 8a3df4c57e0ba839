"""The law of the norm: elementary cases, limits, and wrong versions."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from theory import claim
from theory.schema import ClaimError
from theory.vanishing_variance.norm_distribution import alive_probability

LAW = claim("vev.law.product")


def test_tail_counts_dead_networks() -> None:
    tiny = LAW.evaluate("tail", widths=(2, 3), slope=0, threshold=1e-12)
    assert tiny == pytest.approx(3 / 4 * 7 / 8, abs=1e-4)


def test_moments_are_exact() -> None:
    assert LAW.exact("moments", widths=(10, 10), slope=0, order=2) == sp.Rational(9, 4)
    assert LAW.exact("moments", widths=(3,), slope=1, order=2) == sp.Rational(5, 3)


@pytest.mark.parametrize("mutant", LAW.law("distribution").mutants, ids=lambda m: m.name)
def test_a_wrong_law_is_a_distribution_at_a_distance(mutant) -> None:
    x = np.linspace(-20, 5, 401)
    arguments = {"widths": (5, 5, 5), "slope": 0, "units": 5}
    right, wrong = LAW.law("distribution")(**arguments)(x), mutant.evaluate(**arguments)(x)
    assert np.all(np.diff(wrong) >= -1e-9)
    assert np.max(np.abs(right - wrong)) > 0.04


def test_digits_beyond_those_known_are_refused():
    with pytest.raises(ClaimError, match="digits"):
        LAW.evaluate("tail", widths=(10,) * 100, slope=0, threshold=1e-3, digits=30)
    found = LAW.evaluate("tail", widths=(1,), slope=1, threshold=40, digits=8)
    assert abs(found / mpmath.erfc(mpmath.sqrt(20)) - 1) < 1e-8


def test_tail_meets_the_tabulated_function():
    for widths, slope in (((10,) * 10, 0), ((5, 9, 4), 0.25)):
        table = LAW.exact("distribution", widths=widths, slope=slope, units=0)
        alive = alive_probability(widths, slope)
        for t in (1e-3, 1.0):
            tail = LAW.evaluate("tail", widths=widths, slope=slope, threshold=t)
            assert tail == pytest.approx(alive * (1 - float(table(np.log(t)))), abs=2e-6)
