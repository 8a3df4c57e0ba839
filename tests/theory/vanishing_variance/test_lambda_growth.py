import pytest
import sympy as sp

from theory.vanishing_variance.lambda_growth import (
    eigenvalues,
    expansion_max,
    growth_at,
    remainder,
)


@pytest.mark.parametrize(
    ("width", "slope", "kurtosis", "expected"),
    [(2, 0, 1, 2), (5, 0, 3, 2), (2, 1, 1, (1 + sp.sqrt(3)) / 2)],
)
def test_largest_eigenvalue_by_hand(width, slope, kurtosis, expected):
    assert sp.simplify(eigenvalues(width, slope, kurtosis)[0] - expected) == 0


def test_expansion_error_falls_with_the_fourth_power_of_the_width():
    errors = [abs(expansion_max(w, 0, 1) - eigenvalues(w, 0, 1)[0]) for w in (100, 200)]
    assert float(errors[0] / errors[1]) == pytest.approx(16, rel=0.1)


def test_leading_rate_does_not_depend_on_the_weights():
    w = 10**6
    rates = [float(w * (expansion_max(w, 0, kw) - 1)) for kw in (1, 3, 9)]
    assert rates == pytest.approx([5, 5, 5], rel=1e-3)


def test_the_remainder_falls_by_the_ratio_of_the_eigenvalues():
    largest, smallest = (float(v) for v in eigenvalues(12, 0, 1))
    gaps = [float(growth_at(12, 0, 1, depth)) - largest for depth in (6, 7)]
    assert gaps[1] / gaps[0] == pytest.approx(smallest / largest, rel=1e-4)


def test_the_remainder_is_zero_for_gaussian_weights_and_covers_the_expansion():
    assert remainder(24, 0, 3, 1) == 0
    exact, series = eigenvalues(24, 0, 6)[0], expansion_max(24, 0, 6)
    assert remainder(24, 0, 6, 12) == pytest.approx(float(abs(exact / series - 1)), rel=1e-3)
