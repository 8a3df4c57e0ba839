"""The radial sampler: dead networks, widths nobody draws, set-ups refused.

That it is equal in law to literal networks is tested in test_exact.py.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simulate import Setup, SetupError
from simulate.exact import radial
from simulate.seeds import Stream

SEED = 20230117
NETWORKS = 20_000
RELU = Setup((5, 4, 6, 3, 4), "gaussian", 2.0, "relu", activate_input=True)


def test_dead_networks_stay_dead() -> None:
    """Width 1: half of the living networks die in each layer; nothing comes back."""
    setup = Setup((4, *(1,) * 6), "gaussian", 2.0, "relu", extra={"readout": "pre"})
    stream = Stream(SEED, "dead", 0)
    layers = list(radial.forward(setup, stream, NETWORKS))
    top, *gradients = radial.backward(setup, stream, layers)
    alive = torch.stack([torch.isfinite(layer.log_read) for layer in layers]).to(torch.float64)
    assert torch.all(alive[1:] <= alive[:-1])
    expected = 2.0 ** -torch.arange(7)
    assert torch.all((alive.mean(1) - expected).abs() < 4.5 * (expected / NETWORKS).sqrt())
    assert torch.all(torch.isfinite(top))  # r itself
    for gradient in gradients:
        assert torch.equal(torch.isfinite(gradient), alive[-2] == 1)


def test_at_a_width_nobody_draws(device: str) -> None:
    """A million units, 100 layers: |h_L|^2/n and 2 |d_0|^2/n: log-variance 5 * 100/n, mean 1."""
    setup = Setup((10**6,) * 101, "gaussian", 2.0, "relu", activate_input=True)
    stream = Stream(SEED, "wide", 0, device=device)
    layers = list(radial.forward(setup, stream, 1000))
    gradients = list(radial.backward(setup, stream, layers))
    for norm in (layers[-1].log_out, gradients[-1] + np.log(2)):
        log = norm.cpu() - np.log(10**6)
        assert log.std() == pytest.approx(np.sqrt(5e-4), rel=0.1)
        assert abs(log.mean() + 2.5e-4) < 4.5 * log.std() / np.sqrt(1000)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weights", "uniform"),
        ("activation", "tanh"),
        ("inputs", "rademacher"),
        ("block", "residual"),
        ("n_inputs", 2),
        ("masks", "independent"),
        ("tuning", 1),
    ],
)
def test_refuses_what_it_is_not_exact_for(field: str, value: object) -> None:
    setup = Setup(**{**RELU.as_dict(), field: value})
    with pytest.raises(SetupError, match="the radial sampler"):
        next(radial.forward(setup, Stream(1, "a", 0), 2))


def test_refuses_an_unknown_readout() -> None:
    setup = Setup(**{**RELU.as_dict(), "extra": {"readout": "middle"}})
    stream = Stream(1, "a", 0)
    with pytest.raises(SetupError, match=r"readout.*middle"):
        next(radial.backward(setup, stream, list(radial.forward(setup, stream, 2))))
