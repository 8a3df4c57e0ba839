"""ZerO*: central moments of relu(g) against quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from theory import claim

STAR = claim("vev.zerostar")


def test_against_quadrature() -> None:
    mean = 1 / np.sqrt(2 * np.pi)

    def central(power: int) -> float:
        tail = integrate.quad(lambda x: (x - mean) ** power * stats.norm.pdf(x), 0, np.inf)[0]
        return float(tail + (-mean) ** power / 2)

    assert STAR.evaluate("corrected", depth=3) == pytest.approx(central(2))
    assert STAR.evaluate("kurtosis", depth=3) == pytest.approx(central(4) / central(2) ** 2)


def test_the_stated_law_is_right_at_the_first_layer_only() -> None:
    assert STAR.exact(depth=1) == STAR.exact("corrected", depth=1) == 1
    assert STAR.exact(depth=2) != STAR.exact("corrected", depth=2)
