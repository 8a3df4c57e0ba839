import math

import pytest
import torch

from simulate import Setup, SetupError, inputs, laws, run
from simulate.experiments.gradient_ratio import _log_gradient, gradient_ratio
from simulate.seeds import Stream

TANH = Setup((4, 6, 5), "bottleneck", 1.5, "tanh", fan="mean", rank=2)


def test_gradient_is_that_of_automatic_differentiation():
    stream = Stream(1, "check", 0)
    x, g = inputs.draw(TANH, stream, 3), stream.normal(3, 5, 1)
    found = _log_gradient(TANH, Stream(2, "check", 0), x, g)
    weights = list(laws.all_weights(TANH, Stream(2, "check", 0), 3))
    y = first = x.clone().requires_grad_()
    for w in weights:
        y = torch.tanh(w @ y)
    (of_input,) = torch.autograd.grad((g * y).sum(), [first])
    assert found == pytest.approx(of_input.square().sum((1, 2)).log())


def test_deep_networks_do_not_underflow():
    setup = Setup((3,) * 401, "bottleneck", 1.0, "linear", fan="mean", rank=1)
    found = gradient_ratio(setup, Stream(3, "check", 0), 8)["log_ratio"]
    assert torch.isfinite(found).all()
    assert found.mean() < -100


def test_gaussian_against_gaussian_is_zero_on_average():
    setup = Setup((8,) * 4, "gaussian", 1.0, "linear")
    found = run("gradient_ratio", setup, replicates=2000, seed=1)["log_ratio"]
    assert abs(found.mean()) < 5 * found.std() / math.sqrt(2000)


def test_dead_units_are_refused():
    with pytest.raises(SetupError, match="alive"):
        run("gradient_ratio", Setup((3, 3), "gaussian", 2.0, "relu"), replicates=2, seed=1)
