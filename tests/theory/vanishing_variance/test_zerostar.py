"""ZerO*: central moments of relu(g) against quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from theory import claim
from theory.vanishing_variance.zerostar import outputs

STAR = claim("vev.zerostar")


def test_against_quadrature() -> None:
    mean = 1 / np.sqrt(2 * np.pi)

    def central(power: int) -> float:
        tail = integrate.quad(lambda x: (x - mean) ** power * stats.norm.pdf(x), 0, np.inf)[0]
        return float(tail + (-mean) ** power / 2)

    assert STAR.evaluate("variance", depth=3) == pytest.approx(central(2))
    assert STAR.evaluate("kurtosis", depth=3) == pytest.approx(central(4) / central(2) ** 2)


def test_one_network_by_hand() -> None:
    """First matrix [[1, 1], [1, -1]] at (3, -1)/2: y = (1, 2), kept by every later layer."""
    rows = ((1, 1), (1, -1))
    networks = dict(outputs(4))
    assert len(networks) == 16
    assert networks[rows][0] == (1, 2)


def test_the_first_relu_is_the_last_change() -> None:
    assert STAR.exact("variance", depth=1) == 1
    assert STAR.exact("variance", depth=2) == STAR.exact("variance", depth=9) != 1
    assert STAR.exact(quantity="kurtosis", depth=2) == 1
