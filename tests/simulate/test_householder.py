import pytest
import torch

from simulate import Setup, SetupError, run
from simulate.experiments.householder import product
from simulate.seeds import Stream


@pytest.mark.parametrize("size", [1, 4, 5, 20])
def test_orthogonal_with_the_sign_of_n_reflections(size):
    w = product(Stream(1, "check", 0), 3, size)
    assert (w.transpose(1, 2) @ w - torch.eye(size, dtype=w.dtype)).abs().max() < 1e-12
    assert torch.linalg.det(w) == pytest.approx((-1.0) ** size)


def test_one_unit_changes_its_sign():
    setup = Setup((1, 1), "haar", 1.0, "linear")
    assert set(run("householder", setup, replicates=4, seed=1)["diagonal"]) == {-1.0}


def test_other_layers_are_refused():
    with pytest.raises(SetupError, match="square"):
        run("householder", Setup((3, 4), "haar", 1.0, "linear"), replicates=2, seed=1)
