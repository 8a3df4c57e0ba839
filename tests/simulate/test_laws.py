"""Weight laws: variance and kurtosis as declared, orthogonality of Haar weights."""

from __future__ import annotations

import math

import pytest
import torch

from simulate import Setup, laws
from simulate.seeds import Stream

IID = ("gaussian", "uniform", "rademacher", "three_point")


def setup(weights: str, widths: tuple[int, ...] = (4, 3), **more: object) -> Setup:
    return Setup(widths=widths, weights=weights, gain=2.0, activation="linear", **more)


@pytest.mark.parametrize("name", IID)
@pytest.mark.parametrize("kurtosis", [3.0, 7.5])
def test_moments_of_one_weight(name: str, kurtosis: float, seed: int, device: str) -> None:
    """First, second and fourth moment within five standard errors."""
    chosen = setup(name, weight_kurtosis=kurtosis)
    w = laws.iid(chosen, Stream(seed, name, 0, device=device), 100_000)
    for power, expected in ((1, 0.0), (2, 1.0), (4, laws.kurtosis(chosen))):
        values = w**power
        error = 5 * float(values.std()) / math.sqrt(len(w)) + 1e-12
        assert abs(float(values.mean()) - expected) < error, f"E w^{power}"


def test_kurtosis_by_hand() -> None:
    found = [laws.kurtosis(setup(name, weight_kurtosis=5.0)) for name in IID]
    assert found == [3.0, 1.8, 1.0, 5.0]
    assert math.isnan(laws.kurtosis(setup("haar")))
    assert math.isnan(laws.kurtosis(setup("spiked", spike=1.0)))


def test_three_point_takes_three_values() -> None:
    w = laws.iid(setup("three_point", weight_kurtosis=4.0), Stream(0, "a", 0), 1000)
    assert set(w.tolist()) == {-2.0, 0.0, 2.0}


@pytest.mark.parametrize("name", [*IID, "haar"])
@pytest.mark.parametrize("fan", ["in", "out"])
def test_entry_variance_of_a_layer(name: str, fan: str, seed: int) -> None:
    """gain / fan, within five standard errors (networks are independent, entries need not be)."""
    chosen = setup(name, widths=(4, 3), fan=fan)
    w = laws.weights(chosen, Stream(seed, name, 0), 20_000, 1)
    assert w.shape == (20_000, 3, 4)
    per_network = w.square().flatten(1).mean(1)
    error = 5 * float(per_network.std()) / math.sqrt(len(w)) + 1e-12
    assert abs(float(per_network.mean()) - chosen.weight_variance(1)) < error


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (5, 3), (3, 5), (1, 1)])
def test_haar_is_semi_orthogonal(rows: int, columns: int, device: str) -> None:
    q = laws.haar(Stream(0, "a", 0, device=device), 50, rows, columns)
    small = q.mT @ q if rows >= columns else q @ q.mT
    eye = torch.eye(min(rows, columns), dtype=q.dtype, device=q.device)
    assert torch.allclose(small, eye.expand_as(small), atol=1e-12)


def test_haar_is_uniform_not_the_raw_qr(seed: int) -> None:
    """Without the sign correction E q_11 is not 0: LAPACK makes diag(R) of one sign."""
    q = laws.haar(Stream(seed, "haar", 0), 20_000, 3, 3)
    assert abs(float(q[:, 0, 0].mean())) < 5 / math.sqrt(3 * 20_000)
    # E q^4 = 3/(n (n + 2)) for one entry of a Haar matrix
    fourth = q[:, 1, 2] ** 4
    assert abs(float(fourth.mean()) - 3 / 15) < 5 * float(fourth.std()) / math.sqrt(20_000)


def test_haar_has_no_iid_entries() -> None:
    with pytest.raises(ValueError, match="haar"):
        laws.iid(setup("haar"), Stream(0, "a", 0), 3)


def test_a_spike_is_one_singular_value() -> None:
    """Gaussian weights of the same stream lie below; u and v are of length 1."""
    spiked = setup("spiked", widths=(4, 9), spike=5.0)
    w = laws.weights(spiked, Stream(0, "a", 0), 3, 1)
    below = laws.weights(setup("gaussian", widths=(4, 9)), Stream(0, "a", 0), 3, 1)
    expected = torch.zeros(3, 4, dtype=w.dtype)
    expected[:, 0] = 5.0
    assert torch.allclose(torch.linalg.svdvals(w - below), expected, atol=1e-12)


def test_spikes_of_successive_layers_meet() -> None:
    """v of a layer is u of the layer below: almost without noise, two spikes of 3 multiply to 9."""
    quiet = Setup((4, 9, 6), "spiked", 1e-20, "linear", spike=3.0)
    first, second = laws.all_weights(quiet, Stream(0, "a", 0), 1)
    assert float(torch.linalg.matrix_norm(second @ first, ord=2)) == pytest.approx(9.0)
