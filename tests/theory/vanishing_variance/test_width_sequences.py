import mpmath
import pytest

from theory.vanishing_variance.recursion import trajectory
from theory.vanishing_variance.width_sequences import diverges, linear_widths, squares_limit

POINT = {"slope": 0, "input_kurtosis": 3, "input_pair": 1}


def test_widths_squared_have_a_finite_limit():
    limit = squares_limit(1, **POINT)
    with mpmath.workdps(20):
        by_product = 18 * mpmath.nprod(lambda n: 1 + 5 / n**2, [1, mpmath.inf])
    assert float(limit) == pytest.approx(float(by_product), rel=1e-12)
    reached = trajectory((1, *(n * n for n in range(1, 60))), 0, 3, 3, 1)[-1][0]
    assert 0.9 * float(limit) < float(reached) < float(limit)


def test_linear_widths_grow_like_a_power():
    assert linear_widths(1, 1, **POINT) == 18
    assert float(linear_widths(2000, 1, **POINT) / linear_widths(1000, 1, **POINT)) == (
        pytest.approx(2**5, rel=0.02)
    )


def test_criterion():
    assert [diverges(p, 0, 1) for p in (0, 1, 1.5)] == [1, 1, 0]
    assert diverges(0, 1, 1) == 0
