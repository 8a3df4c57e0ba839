"""Distribution functions from transforms, against laws whose function is known."""

from __future__ import annotations

import cmath
import math

import mpmath
import numpy as np
import pytest

from theory.maths.inversion import Distribution

POINTS = np.linspace(-6, 3, 91)


def test_log_of_an_exponential() -> None:
    found = Distribution(lambda z: complex(mpmath.gamma(1 + z)))
    assert np.max(np.abs(found(POINTS) - (1 - np.exp(-np.exp(POINTS))))) < 3e-7
    assert found.mean == pytest.approx(-float(mpmath.euler), abs=1e-4)
    assert found.deviation == pytest.approx(math.pi / math.sqrt(6), abs=1e-4)


@pytest.mark.parametrize("deviation", [0.05, 1.0, 20.0])
def test_normal(deviation: float) -> None:
    found = Distribution(lambda z: cmath.exp(0.3 * z + (deviation * z) ** 2 / 2))
    x = 0.3 + deviation * np.linspace(-5, 5, 41)
    exact = [float(mpmath.ncdf((v - 0.3) / deviation)) for v in x]
    assert np.max(np.abs(found(x) - exact)) < 3e-7


def test_it_is_a_distribution_function() -> None:
    found = Distribution(lambda z: complex(mpmath.gamma(0.5 + z) / mpmath.gamma(0.5)))
    values = found(np.linspace(-200, 50, 5001))
    assert np.all(np.diff(values) >= -1e-12)
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert found(-math.inf) == 0.0


def test_shape_of_the_argument_is_kept() -> None:
    found = Distribution(lambda z: complex(mpmath.gamma(1 + z)))
    assert np.shape(found(0.0)) == ()
    assert found(np.zeros((2, 3))).shape == (2, 3)
