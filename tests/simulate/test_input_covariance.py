import itertools

import pytest
import torch

from simulate import Setup, SetupError, laws, run
from simulate.experiments.input_covariance import _distinct, carried
from simulate.seeds import Stream

LINEAR = {"widths": (5, 4, 3), "weights": "gaussian", "gain": 1.0, "activation": "linear"}


def test_means_over_distinct_inputs_by_hand():
    g = torch.tensor([[9.0, 1, 2, 5], [1, 7, 3, -1], [2, 3, 8, 4], [5, -1, 4, 6]])
    pairs = list(itertools.permutations(range(4), 2))
    single = sum(g[i, j] ** 2 for i, j in pairs) / 12
    chain = sum(g[i, j] * g[i, k] for i, j, k in itertools.permutations(range(4), 3)) / 24
    apart = sum(g[i, j] * g[k, m] for i, j, k, m in itertools.permutations(range(4), 4)) / 24
    found = [float(v[0]) for v in _distinct(g[None])]
    assert found == pytest.approx([float(single), float(chain), float(apart)])


def test_unbiased_over_all_samples_of_a_small_population():
    # four draws from three equally likely points of the plane: all 81 samples
    points = torch.tensor([[0.0, 1.0], [2.0, -1.0], [3.0, 5.0]], dtype=torch.float64)
    centre = points - points.mean(0)
    cov = centre.T @ centre / 3
    x = torch.stack([points[list(s)].T for s in itertools.product(range(3), repeat=4)])
    y = x - x.mean(-1, keepdim=True)
    inner = y.transpose(1, 2) @ y
    norms = torch.diagonal(inner, dim1=1, dim2=2)
    single, chain, apart = (v.mean() for v in _distinct(inner))
    assert float(single - 2 * chain + apart) == pytest.approx(float((cov @ cov).trace()))
    distance = (norms.unsqueeze(-1) + norms.unsqueeze(-2)) / 2 - inner
    assert float(_distinct(distance)[2].mean()) == pytest.approx(float(cov.trace()) ** 2)


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
