import pytest
import sympy as sp

from theory.vanishing_nodes.slope_moments import of_tanh, spread
from theory.vanishing_nodes.tanh_orthogonal import (
    by_series,
    excess,
    layer_means,
    layer_wise,
)

TENTH = sp.Rational(1, 10)


def test_sums_at_depth():
    assert [float(excess(depth, TENTH)) for depth in (1, 10)] == pytest.approx(
        [0.0397, 0.1839], abs=5e-5
    )


def test_means_are_those_of_quadrature():
    _, first, second = layer_means(1)
    assert float(first) == pytest.approx(float(of_tanh(1, 1)), rel=1e-14)
    assert float(second) == pytest.approx(float(of_tanh(1, 2)), rel=1e-14)


def test_one_layer():
    assert float(layer_wise(10, 1, TENTH)) == pytest.approx(
        float(spread("tanh", 0, TENTH)) / 10, rel=1e-12
    )
    assert layer_wise(10, 0, TENTH) == pytest.approx(0.1)


def test_law_at_forty_layers():
    # to compare with simulated N R = 1.272 and 2.378 at N = 200
    assert float(1 + excess(40, TENTH)) == pytest.approx(1.263, abs=5e-4)
    assert float(1 + excess(40, 1)) == pytest.approx(2.348, abs=5e-4)


def test_series_of_one_layer():
    assert float(by_series(1, 1e-4, 4)) == pytest.approx(float(excess(1, 1e-4)), rel=1e-5)
