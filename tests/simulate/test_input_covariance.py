import pytest
import torch

from simulate import Setup, SetupError, laws, run
from simulate.experiments.input_covariance import carried
from simulate.seeds import Stream

LINEAR = {"widths": (5, 4, 3), "weights": "gaussian", "gain": 1.0, "activation": "linear"}


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear"])
def test_tangent_is_the_derivative(activation):
    setup = Setup((4, 6, 5), "gaussian", 1.5, activation, n_inputs=4)
    stream, step = Stream(1, "t", 0), 1e-6
    x, v = stream.normal(3, 4, 4), stream.normal(3, 4, 4)
    weights = list(laws.all_weights(setup, stream, 3))
    here, there = (carried(setup, y, v, weights) for y in (x, x + step * v))
    (a, tangent, b) = (here[0], here[1], there[0])
    scale, moved = (torch.exp(found[2]).view(-1, 1, 1) for found in (here, there))
    assert torch.allclose((b * moved - a * scale) / step, tangent * scale, atol=1e-4)


def test_linear_covariance_is_the_one_of_the_weights():
    found = run("input_covariance", Setup(**LINEAR, n_inputs=400), replicates=20, seed=2)
    assert found["trace"].mean() == pytest.approx(found["tangent_sq"].mean(), rel=0.1)
    assert found["sum_sq_plugin"].mean() == pytest.approx(found["sum_sq_unbiased"].mean(), rel=0.1)


def test_too_few_inputs():
    with pytest.raises(SetupError, match="n_inputs must be at least 4"):
        run("input_covariance", Setup(**LINEAR, n_inputs=3), replicates=1, seed=0)
