import pytest
import torch

from simulate import Setup, SetupError, laws, run
from simulate.experiments.correlation_map import correlation_map
from simulate.seeds import Stream


def test_two_nodes_by_hand():
    setup = Setup((3, 2), "gaussian", 1.0, "linear")
    found = correlation_map(setup, Stream(1, "check", 0), 4)
    w = laws.weights(setup, Stream(1, "check", 0), 4, 1)
    cosine = torch.nn.functional.cosine_similarity(w[:, 0], w[:, 1])
    assert found["rho_abs"] == pytest.approx(cosine.abs())
    assert found["rho_sq"] == pytest.approx(cosine.square())
    first, second = w[:, 0].square().sum(1), w[:, 1].square().sum(1)
    dot = (w[:, 0] * w[:, 1]).sum(1)
    vni = (first.square() + second.square() + 2 * dot.square()) / (first + second).square()
    assert found["growth"] == pytest.approx(vni - 1 / 3)


def test_rank_one_is_all_black():
    setup = Setup((6, 6, 6), "bottleneck", 1.0, "linear", rank=1)
    found = run("correlation_map", setup, replicates=3, seed=1)
    assert found["rho_sq"] == pytest.approx(1.0)
    assert found["growth"] == pytest.approx(0.0)  # both layers have a VNI of 1


def test_dead_nodes_are_refused():
    with pytest.raises(SetupError, match="alive"):
        run("correlation_map", Setup((3, 3), "gaussian", 2.0, "relu"), replicates=2, seed=1)
