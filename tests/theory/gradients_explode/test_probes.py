"""Literal blocks: their exact numbers by quadrature, by hand and in limits."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy as sp

from theory.gradients_explode import probes
from theory.gradients_explode.probes import Block, mutants_in
from theory.maths import gaussian
from theory.schema import EXACT_MARGIN


def test_precision_is_that_of_the_growth() -> None:
    for rate in (0.5, 1.5):
        assert probes.growth(rate).standard == pytest.approx(0.5 * EXACT_MARGIN.standard)
        assert probes.growth(rate).kind == "absolute"


@pytest.mark.parametrize(("scale", "offset"), [(16.0, 0.0), (0.5, 1.0)])
def test_gaussian_moments_by_quadrature(scale: float, offset: float) -> None:
    found = probes.unit_moments("tanh", scale, offset)
    kink = (-offset / scale,)
    with mpmath.workdps(20):
        value_sq = gaussian.expect(lambda z: mpmath.tanh(scale * z + offset) ** 2, kinks=kink)
        slope_sq = gaussian.expect(
            lambda z: (scale / mpmath.cosh(scale * z + offset) ** 2) ** 2, kinks=kink
        )
    assert found[:2] == pytest.approx((float(value_sq), float(slope_sq)), rel=1e-10)


def test_slope_is_the_hermite_coefficient() -> None:
    """Stein: E phi' = E z phi."""
    slope = probes.unit_moments("tanh", 3.0, 0.0)[2]
    hermite = probes.trapezoid([z * math.tanh(3 * z) for z in probes.NODES])
    assert slope == pytest.approx(hermite, rel=1e-12)


def test_relu_neither_grows_nor_shrinks() -> None:
    assert probes.Block(k=2.0, activation="relu", scale=1.0).numbers["r"] == 1
    two = probes.Block(k=2.0, kind="two_layers", activation="relu", scale=1.0)
    assert two.numbers["r"] == pytest.approx(1)


def test_gram_block_at_infinite_width() -> None:
    """-C^T C: a -> -(1/sqrt 2) cos(u, phi(u)), -1/2 for ReLU."""
    wide = Block(k=1.0, kind="negative_gram", activation="relu", scale=1.0, n=10**6, n_out=10**6)
    assert wide.numbers["a"] == pytest.approx(-0.5, abs=1e-6)
    assert wide.numbers["b"] == pytest.approx(-0.5, abs=1e-6)


def test_drift_block() -> None:
    numbers = Block(k=1.0, kind="drift", drift=0.6, scale=8.0).numbers
    assert numbers["a"] == 0.6
    assert numbers["b"] * numbers["r"] == pytest.approx(0.6)
    assert Block(k=1.0, n=50, n_out=20).numbers["kappa"] == math.sqrt(2.5)


def test_a_wrong_version_is_evaluated_by_its_letters() -> None:
    x, y = sp.symbols("x y")
    wrong = mutants_in(first=x, second=y)("exchanged", x - 2 * y)
    assert wrong.name == "exchanged"
    assert wrong.evaluate(second=1, first=5) == 3
