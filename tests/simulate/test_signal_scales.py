import math

import numpy as np
import pytest
import torch

from simulate import Setup, SetupError, inputs, laws, run
from simulate.experiments.signal_scales import signal_scales
from simulate.seeds import Stream

NETWORK = {"widths": (5, 7, 4, 6), "weights": "gaussian", "gain": 1.3, "activation": "leaky_relu",
           "slope": 0.2, "n_inputs": 3}  # fmt: skip


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_gradients_are_those_of_automatic_differentiation(layer):
    setup = Setup(**NETWORK, extra={"index": layer})
    found = signal_scales(setup, Stream(1, "check", 0), 2)
    stream = Stream(1, "check", 0)  # the same network once more
    x = inputs.draw(setup, stream, 2)
    weights = [laws.weights(setup, stream, 2, i).requires_grad_() for i in (1, 2, 3)]
    first = x[:, :, :1].clone().requires_grad_()
    y = first
    for w in weights:
        y = torch.nn.functional.leaky_relu(w @ y, 0.2)
    g = stream.normal(2, 6, 1)
    of_input, of_weight = torch.autograd.grad((g * y).sum(), [first, weights[layer - 1]])
    assert found["input_grad_sq"] == pytest.approx(of_input.square().mean((1, 2)))
    assert found["weight_grad_sq"] == pytest.approx(of_weight.square().mean((1, 2)))


def test_variance_is_over_the_inputs():
    setup = Setup((4, 3), "gaussian", 1.0, "linear", n_inputs=2)
    found = signal_scales(setup, Stream(2, "check", 0), 5)
    stream = Stream(2, "check", 0)
    x = inputs.draw(setup, stream, 5)
    y = laws.weights(setup, stream, 5, 1) @ x
    assert found["out_variance"] == pytest.approx((y[..., 0] - y[..., 1]).square().mean(1) / 2)


def test_one_rectified_layer_loses_its_mean():
    setup = Setup((8, 8), "gaussian", 2.0, "relu", n_inputs=4)
    found = run("signal_scales", setup, replicates=4096, seed=3)
    se = found["out_variance"].std() / 64
    assert abs(found["out_variance"].mean() - (1 - 1 / math.pi)) < 5 * se
    assert np.isfinite(found["weight_grad_sq"]).all()


def test_one_input_has_no_variance():
    with pytest.raises(SetupError, match="n_inputs"):
        run("signal_scales", Setup((3, 3), "gaussian", 1.0, "relu"), replicates=2, seed=1)


def test_underflow_is_never_a_silent_zero():
    setup = Setup((4,) * 101, "gaussian", 1e-5, "linear", n_inputs=2)
    found = run("signal_scales", setup, replicates=8, seed=5)
    for column in ("out_sq", "out_variance", "input_grad_sq", "weight_grad_sq"):
        assert np.isnan(found[column]).all(), column
