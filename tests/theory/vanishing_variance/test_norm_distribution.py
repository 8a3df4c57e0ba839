"""The distribution of the log norm: elementary cases, limits, and the second roads."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from theory.vanishing_variance.norm_distribution import (
    alive_probability,
    enclosed,
    enclosed_tails,
    norm_distribution,
    of_relu,
)


def test_two_exponentials_by_hand() -> None:
    # linear, width 2, two units: ||y||^2 = 2 E E', and P(E E' > z) = 2 sqrt z K_1(2 sqrt z)
    z = sp.Rational(1, 2)
    above = float((2 * sp.sqrt(z) * sp.besselk(1, 2 * sp.sqrt(z))).evalf())
    assert float(norm_distribution((2,), 1.0, 2)(0.0)) == pytest.approx(1 - above, abs=1e-6)


def test_wide_layers_leave_the_norm_alone() -> None:
    found = norm_distribution((500,) * 2, 0.0, 0)
    assert abs(found.mean) < 0.02
    assert found.deviation == pytest.approx(math.sqrt(2 * 5 / 500), rel=0.01)


def test_order_of_the_widths_does_not_matter() -> None:
    x = np.linspace(-10, 5, 31)
    assert norm_distribution((2, 7, 3), 0.0, 4)(x) == pytest.approx(
        norm_distribution((7, 3, 2), 0.0, 4)(x), abs=1e-9
    )


def test_means_match_the_drift() -> None:
    from theory.vanishing_variance.quenched_drift import drift, log_variance

    found = norm_distribution((6,) * 5, 0.0, 0)
    assert found.mean == pytest.approx(5 * float(drift(6, 0)), abs=1e-4)
    assert found.deviation**2 == pytest.approx(5 * float(log_variance(6, 0)), rel=1e-3)


def test_quantiles_of_the_documents_size() -> None:
    """Width 10: nine of ten networks have lost half of log10 of the scale by layer 20."""
    alive = alive_probability((10,) * 20, 0.0)
    at = norm_distribution((10,) * 20, 0.0, 0)(np.log(10) * np.array([-0.472, 1.073, 2.119]))
    assert 1 - alive + alive * at == pytest.approx([0.9, 0.99, 0.999], abs=1e-4)


def test_active_units_given_one() -> None:
    assert [k for k, _ in of_relu(3)] == [1, 2, 3]
    assert sum(p for _, p in of_relu(3)) == 1


def test_intervals_are_narrow() -> None:
    intervals = [row[-1] for row in (*enclosed(), *enclosed_tails())]
    assert max(float(interval.delta.b) for interval in intervals) < 1e-7
    assert all(interval.a > 0 and interval.b < 1 for interval in intervals)
