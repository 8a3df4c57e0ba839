import pytest
import torch

from simulate import Setup, SetupError, activations, networks
from simulate.jacobians import cumulative, end_to_end
from simulate.seeds import Stream

GAUSSIAN = {"widths": (5, 7, 4), "weights": "gaussian", "gain": 2.0}


@pytest.mark.parametrize("activation", ["linear", "relu", "leaky_relu", "abs", "tanh"])
@pytest.mark.parametrize("readout", ["post", "pre"])
def test_equals_autograd(activation, readout):
    setup = Setup(**GAUSSIAN, activation=activation, slope=0.3, extra={"readout": readout})
    x = Stream(1, "x", 0).normal(3, 5, 1)
    found = end_to_end(setup, Stream(1, "j", 0), 3, x=x)
    w = [layer.weights for layer in networks.forward(setup, Stream(1, "j", 0), 3, x=x)]

    def network(v):
        for number, weights in enumerate(w, start=1):
            h = torch.einsum("rmn,rn->rm", weights, v)
            v = h if readout == "pre" and number == len(w) else activations.apply(setup, h)
        return v

    full = torch.autograd.functional.jacobian(network, x.squeeze(-1))  # (R, m, R, n)
    expected = torch.stack([full[r, :, r] for r in range(3)])
    scale = found.log_scale.exp().view(-1, 1, 1)
    torch.testing.assert_close(found.matrix * scale, expected, rtol=1e-12, atol=1e-12)


def test_every_depth_is_a_prefix_of_one_network():
    deep = Setup(widths=(4,) * 10, weights="gaussian", gain=2.0, activation="leaky_relu", slope=0.5)
    shallow = Setup(
        widths=(4,) * 4, weights="gaussian", gain=2.0, activation="leaky_relu", slope=0.5
    )
    layers = list(cumulative(deep, Stream(3, "d", 0), 2))
    short = end_to_end(shallow, Stream(3, "d", 0), 2)
    assert [layer.layer for layer in layers] == list(range(1, 10))
    third = layers[2].matrix * layers[2].log_scale.exp().view(-1, 1, 1)
    torch.testing.assert_close(third, short.matrix * short.log_scale.exp().view(-1, 1, 1))


def test_scale_survives_great_depth():
    setup = Setup(widths=(8,) * 3001, weights="gaussian", gain=1e-3, activation="relu")
    masked = Setup(**{**setup.as_dict(), "activation": "linear"})
    found = end_to_end(masked, Stream(4, "s", 0), 2)
    assert (found.matrix.abs().amax((1, 2)) > 0.1).all()
    assert (found.log_scale < -8000).all()  # far below what a float can hold


def test_mask_model_draws_no_input():
    setup = Setup(**GAUSSIAN, activation="relu", masks="independent", inputs="correlated_pair")
    rows = end_to_end(setup, Stream(5, "m", 0), 4096).matrix.abs().sum(-1)  # (R, 4)
    assert (rows == 0).double().mean().item() == pytest.approx(0.5 + 0.5 / 2**7, abs=0.02)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"extra": {"readout": "middle"}}, "readout"),
        ({"n_inputs": 2}, "n_inputs"),
        ({"activate_input": True}, "activate_input"),
        ({"widths": (4, 4), "block": "residual"}, "block"),
        ({"activation": "tanh", "masks": "independent"}, "masks"),
    ],
)
def test_refuses_what_it_does_not_build(change, word):
    setup = Setup(**{**GAUSSIAN, "activation": "relu", **change})
    with pytest.raises(SetupError, match=word):
        end_to_end(setup, Stream(1, "r", 0), 1)
