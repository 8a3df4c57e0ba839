import numpy as np
import pytest

from theory.maths import gaussian
from theory.vanishing_nodes.four_inputs import PAIRS, Layer, leading


def entry(i, j):
    return PAIRS.index((i, j))


def test_moments_of_a_relu_unit_by_hand():
    # orthogonal inputs: E phi^2 = 1, E phi = 1/sqrt(pi) for phi = sqrt(2) relu
    unit = Layer("relu", 1.0, 0.0)
    assert unit.mean[entry(0, 0)] == pytest.approx(1)
    assert unit.mean[entry(0, 1)] == pytest.approx(1 / np.pi)
    assert unit.noise[entry(0, 0), entry(0, 0)] == pytest.approx(6 - 1)  # E phi^4 = 6
    assert unit.of_inputs[entry(0, 1), entry(0, 1)] == pytest.approx(1)


@pytest.mark.parametrize("off", [0.2, 0.6])
def test_derivative_is_that_of_the_kernels(off):
    unit = Layer("relu", 1.0, off)
    pair = entry(0, 1)
    assert unit.mean[pair] == pytest.approx(float(gaussian.kappa1(off)))
    assert unit.derivative[pair, pair] == pytest.approx(float(gaussian.kappa0(off)))
    assert unit.derivative[pair, entry(2, 3)] == pytest.approx(0, abs=1e-12)
    # homogeneous: scaling all of G scales the mean
    assert unit.derivative[pair] @ [1.0 if i == j else off for i, j in PAIRS] == pytest.approx(
        unit.mean[pair]
    )


def test_nearly_linear_networks():
    assert leading("tanh", "iid", 5, 1e-9) == pytest.approx(6)
    assert leading("tanh", "orthogonal", 5, 1e-9) == pytest.approx(1)


def test_no_layer_is_the_input():
    assert leading("relu", "iid", 0) == leading("tanh", "iid", 0) == 1
