"""Upper tails to a relative precision: elementary laws, second roads, refusals."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from theory.maths import tails
from theory.maths.layer_factors import mellin_gamma


@pytest.mark.parametrize("x", [-3.0, 0.0, 2.0, 5.0])
def test_log_of_an_exponential(x: float) -> None:
    found, digits = tails.upper_tail(lambda z: tails.log_chi2_mellin(2, z), x)
    assert abs(found / mpmath.exp(-mpmath.exp(x) / 2) - 1) < 1e-8
    assert digits == tails.MOST_DIGITS


@pytest.mark.parametrize("width", [1, 10, 200])
def test_transform_meets_the_gamma_sum(width: int) -> None:
    for c in (0.05, 1.3, 40.0):
        z = c + 1j * np.array([0.0, 0.3, 2.0])
        found = tails.log_mellin(width, 0.0, z)
        line = tails._log_mellin_by_line(width, 0.0, width, z)
        assert np.max(np.abs(np.exp(found - found[0]) - np.exp(line - found[0]))) < 1e-9
        at = abs(mellin_gamma(width, c))
        for value, point in zip(found, z, strict=True):
            exact = mellin_gamma(width, mpmath.mpc(complex(point)))
            assert abs(mpmath.exp(complex(value)) - exact) < 1e-11 * at


def test_many_degrees_by_hand() -> None:
    found = np.exp(tails.log_chi2_mellin(1000, np.array([2 + 0j])))[0]
    assert complex(found).real == pytest.approx(1000 * 1002, rel=1e-12)


def test_out_of_reach() -> None:
    with pytest.raises(ArithmeticError, match="out of reach"):
        tails.upper_tail(lambda z: tails.log_chi2_mellin(2, z), 57.0)
