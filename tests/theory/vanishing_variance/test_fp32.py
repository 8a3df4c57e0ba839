"""Bounds on what float32 leaves: order, limits, and the depth where squares go."""

import pytest

from theory import claim

FP32 = claim("vev.fp32")


@pytest.mark.parametrize("depth", [10, 100, 300, 600])
def test_bounds_are_in_order(depth: int) -> None:
    squares, values = (FP32.exact(law, width=10, depth=depth) for law in ("squares", "values"))
    assert 0 <= squares.low <= squares.high <= values.high <= 1
    assert squares.high <= values.low + 1e-6


def test_shallow_networks_lose_nothing() -> None:
    for law in ("squares", "values"):
        bounds = FP32.exact(law, width=10, depth=100)
        assert float(bounds.low) == pytest.approx((1 - 2**-10) ** 100, abs=1e-6)


def test_depth_400_keeps_values_and_loses_squares() -> None:
    assert FP32.exact("values", width=10, depth=400).low > 0.67
    assert FP32.exact("squares", width=10, depth=400).high < 0.13
