"""Rescaling is exact, reaches every float, and leaves dead networks dead."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from simulate.logscale import LN2, rescale

FINITE = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)


@given(st.lists(st.lists(FINITE, min_size=2, max_size=2), min_size=1, max_size=4))
def test_only_exponents_change(rows: list[list[float]]) -> None:
    x = torch.tensor(rows, dtype=torch.float64)
    mantissa, log_scale = rescale(x, torch.zeros(len(rows), dtype=torch.float64))
    exponent = torch.round(log_scale / LN2)
    for row, small, power in zip(rows, mantissa.tolist(), exponent.tolist(), strict=True):
        peak = max(map(abs, row))
        assert peak == 0 or 0.5 <= max(map(abs, small)) < 1
        for before, after in zip(row, small, strict=True):
            if abs(before) > 1e-280 * peak:  # below, the small entry itself underflows
                assert math.ldexp(after, int(power)) == before


def test_by_hand() -> None:
    x = torch.tensor([[[6.0], [-1.0]], [[0.0], [0.0]]], dtype=torch.float64)
    mantissa, log_scale = rescale(x, torch.tensor([1.0, 2.0], dtype=torch.float64))
    assert mantissa.flatten().tolist() == [0.75, -0.125, 0, 0]
    assert log_scale.tolist() == pytest.approx([1 + 3 * LN2, 2])


def test_ten_thousand_layers_of_halving() -> None:
    x, log_scale = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    for _ in range(10_000):
        x, log_scale = rescale(x * 1e-3, log_scale)
    assert float(x.log() + log_scale) == pytest.approx(10_000 * math.log(1e-3), rel=1e-12)
