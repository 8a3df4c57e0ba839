"""The Gram chain: Euler's identity, inputs that become parallel, widths nobody draws, refusals.

That it is equal in law to literal networks is tested in test_exact.py.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simulate import Setup, SetupError
from simulate.exact import gram_chain
from simulate.seeds import Stream

SEED = 20230117
PAIR = {"inputs": "pair", "n_inputs": 2, "extra": {"correlation": 0.3}}
RELU = Setup((5, 4, 6, 3, 4), "gaussian", 2.0, "relu", activate_input=True, **PAIR)


def test_euler_holds_path_by_path() -> None:
    """h_l.d_l is the output, at every layer, for every input and readout."""
    setup = Setup((4, 3, 7, 3), "gaussian", 1.6, "leaky_relu", slope=0.5, n_inputs=3)
    stream = Stream(SEED, "euler", 0)
    layers = list(gram_chain.forward(setup, stream, 50))
    values = [
        torch.einsum("rbn,rbkn->rbk", layers[d.index].out, d.vectors)
        * (layers[d.index].log_scale + d.log_scale).exp().view(-1, 1, 1)
        for d in gram_chain.backward(setup, stream, layers, readouts=2)
    ]
    for value in values[1:]:
        torch.testing.assert_close(value, values[0], rtol=1e-10, atol=1e-12)


def test_inputs_that_become_parallel_are_no_failure() -> None:
    """Depth 300 at width 10: some living networks hold both inputs on one line, to rounding."""
    setup = Setup((10,) * 301, "gaussian", 2.0, "relu", **PAIR)
    stream = Stream(SEED, "parallel", 0)
    layers = list(gram_chain.forward(setup, stream, 200))
    gradients = list(gram_chain.backward(setup, stream, layers))
    alive = layers[-1].out.abs().amax((1, 2)) > 0
    assert 0.3 < alive.double().mean() < 0.9
    _, c = gram_chain.orthogonal(layers[-1].out[alive])
    assert (c[:, 1, 1] < 1e-12 * c[:, 1, 0].abs()).any()
    assert all(torch.isfinite(v.out).all() for v in layers)
    assert all(torch.isfinite(d.vectors).all() for d in gradients)
    assert gradients[-1].vectors[alive].abs().amax((1, 2, 3)).min() > 0


def test_orthogonal_by_hand(device: str) -> None:
    """Rows (3, 4), twice that, (1, 0): one direction, none, and the rest of the plane."""
    x = torch.tensor([[[3.0, 4.0], [6.0, 8.0], [1.0, 0.0], [0.0, 0.0]]], device=device).double()
    q, c = gram_chain.orthogonal(x)
    torch.testing.assert_close(c @ q, x)
    assert q[0, 1].tolist() == q[0, 3].tolist() == [0, 0]
    torch.testing.assert_close(q[0, 2].abs(), q.new_tensor([0.8, 0.6]))
    assert c.triu(1).abs().max() == 0


def test_at_a_width_nobody_draws(device: str) -> None:
    """10^5 units, 5 layers: cosines follow kappa_1, to a few 1/sqrt(N) = 0.003."""
    setup = Setup((10**5,) * 6, "gaussian", 2.0, "relu", **PAIR)
    angle = np.arccos(0.3)
    _, *layers = gram_chain.forward(setup, Stream(SEED, "wide", 0, device=device), 2)
    for layer in layers:
        found = torch.nn.functional.cosine_similarity(layer.out[:, 0], layer.out[:, 1]).cpu()
        assert found.numpy() == pytest.approx(np.cos(angle), abs=0.02)
        angle = np.arccos((np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi)


@pytest.mark.parametrize(
    ("field", "value"),
    [("weights", "haar"), ("activation", "tanh"), ("block", "residual"), ("norm", "batch_frozen")],
)
def test_refuses_what_it_is_not_exact_for(field: str, value: object) -> None:
    setup = Setup(**{**RELU.as_dict(), field: value})
    with pytest.raises(SetupError, match="the Gram chain"):
        next(gram_chain.forward(setup, Stream(1, "a", 0), 2))


def test_refuses_an_unknown_readout() -> None:
    setup = Setup(**{**RELU.as_dict(), "extra": {"correlation": 0, "readout": 3}})
    stream = Stream(1, "a", 0)
    with pytest.raises(SetupError, match=r"readout.*3"):
        next(gram_chain.backward(setup, stream, list(gram_chain.forward(setup, stream, 2))))
