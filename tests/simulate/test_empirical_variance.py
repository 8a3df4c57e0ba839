import torch

from simulate import Setup, networks, run
from simulate.experiments.empirical_variance import log_variances
from simulate.seeds import Stream

SETUP = Setup(widths=(6,) * 25, weights="gaussian", gain=2.0, activation="relu", n_inputs=12)


def test_logs_equal_torch_var_layer_by_layer():
    logs = log_variances(SETUP, Stream(1, "t", 0), 4)
    for layer, found in zip(networks.forward(SETUP, Stream(1, "t", 0), 4), logs, strict=True):
        expected = layer.out.var(-1).mean(1).log() + 2 * layer.log_scale
        torch.testing.assert_close(found, expected)


def test_dead_networks_are_counted():
    narrow = Setup(widths=(1,) * 8, weights="gaussian", gain=2.0, activation="relu", n_inputs=2)
    samples = run("empirical_variance", narrow, replicates=400, seed=3)
    assert 0 < samples["alive"].mean() < 0.5
    assert (samples["log_variance"][samples["alive"] == 0] == -float("inf")).all()
