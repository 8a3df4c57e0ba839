"""The named initialisers against their specifications: variance, kurtosis, support, determinism."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from simulate import Setup, SetupError, laws
from simulate.initialisers import INITIALISERS, initialiser
from simulate.seeds import Stream

RANDOM = [name for name in INITIALISERS if name not in ("zero", "metainit")]
N_IN, N_OUT = 6, 4
VARIANCES = {  # of layer 1, then of layer 2, both 6 -> 4 units
    "he": (2 / 6, 2 / 6),
    "glorot": (2 / 10, 2 / 10),
    "orthogonal": (2 / 6, 2 / 6),
    "gsm": (1 / 6, 2 / 6),
    "zerostar": (1 / 6, None),
    "bottleneck": (2 / 10, 2 / 10),
    "scaled_uniform": (1 / 6, 1 / 6),
}


def make(name: str, widths: tuple[int, ...] = (N_IN, N_OUT), **more: Any) -> Setup:
    return Setup(**{"widths": widths, "activation": "relu", **initialiser(name), **more})


def draw(setup: Setup, layer: int, replicates: int = 40_000, seed: int = 0) -> torch.Tensor:
    return laws.weights(setup, Stream(seed, f"{setup.weights}/{layer}", 0), replicates, layer)


def within(values: torch.Tensor, expected: float) -> bool:
    """Five standard errors of a mean over independent networks."""
    error = 5 * float(values.std()) / math.sqrt(len(values)) + 1e-12
    return abs(float(values.mean()) - expected) < error


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("layer", [1, 2])
def test_entry_variance(name: str, layer: int, seed: int) -> None:
    expected = VARIANCES[name][layer - 1]
    if expected is None:
        return
    # two layers of one shape: the second layer reads as many units as the first
    more = {"rank": 2} if name == "bottleneck" else {}
    setup = make(name, (N_IN, N_OUT) if layer == 1 else (N_IN, N_IN, N_OUT), **more)
    w = draw(setup, layer, seed=seed)
    assert w.shape == (40_000, N_OUT, N_IN)
    assert within(w.square().flatten(1).mean(1), expected)
    assert within(w[:, 1, 2], 0.0)


@pytest.mark.parametrize(
    ("name", "kurtosis"),
    [("he", 3.0), ("glorot", 3.0), ("gsm", 3.0), ("zerostar", 3.0), ("scaled_uniform", 1.8),
     # one entry of a Haar 6 x 6 block is a coordinate of a random unit vector: 3 n/(n + 2)
     ("orthogonal", 3 * 6 / 8)],
)  # fmt: skip
def test_entry_kurtosis(name: str, kurtosis: float, seed: int) -> None:
    w = draw(make(name), 1, seed=seed)[:, 1, 2]
    w = w / math.sqrt(VARIANCES[name][0] or 0)
    assert within(w**4, kurtosis)


@pytest.mark.parametrize("rank", [1, 2, 30])
def test_bottleneck_entries_and_rank(rank: int, seed: int) -> None:
    setup = make("bottleneck", rank=rank)
    assert laws.kurtosis(setup) == pytest.approx(3 * (1 + 2 / rank))
    w = draw(setup, 1, 200_000, seed=seed)
    assert within((w[:, 1, 2] * math.sqrt(5)) ** 4, 3 * (1 + 2 / rank))
    found = torch.linalg.matrix_rank(w[:50])
    assert (found == min(rank, N_OUT)).all()


def test_uniform_support() -> None:
    w = draw(make("scaled_uniform"), 1)
    most = math.sqrt(3 / N_IN)
    assert 0.999 * most < float(w.abs().max()) <= most


@pytest.mark.parametrize("widths", [(6, 4), (4, 6), (5, 5)])
def test_orthogonal_is_an_isometry_times_root_two(widths: tuple[int, int]) -> None:
    w = draw(make("orthogonal", widths), 1, 20)
    small = w @ w.mT if widths[1] <= widths[0] else w.mT @ w
    eye = torch.eye(min(widths), dtype=w.dtype)
    assert torch.allclose(small, 2 * eye.expand_as(small), atol=1e-12)


def test_gaussian_submatrix_is_mirrored() -> None:
    w = draw(make("gsm"), 1, 20)
    a, b = w[:, :2, :3], w[:, :2, 3:]
    assert torch.equal(a, -b)
    assert torch.equal(w[:, 2:], -w[:, :2])


def test_gaussian_submatrix_is_a_linear_network_of_half_the_width(seed: int) -> None:
    """relu(u) - relu(-u) = u, so the first halves obey u' = W u."""
    setup = make("gsm", (6, 8, 4, 10), n_inputs=3)
    stream = Stream(seed, "a", 0)
    w = list(laws.all_weights(setup, stream, 5))
    x = stream.normal(5, 6, 3)
    h, u = w[0] @ x, w[0][:, :4, :3] @ (x[:, :3] - x[:, 3:])
    for layer in w[1:]:
        h = layer @ h.relu()
        u = layer[:, : layer.shape[1] // 2, : layer.shape[2] // 2] @ u
        assert torch.allclose(h, torch.cat([u, -u], 1), rtol=1e-12, atol=1e-12)


def test_gaussian_submatrix_needs_even_widths() -> None:
    for widths in ((6, 5), (5, 6), (6, 4, 5), (6, 3, 4)):
        with pytest.raises(SetupError, match=r"widths must be even .* got \("):
            make("gsm", widths)
    make("gsm", (5, 3, 4, 6), weights="gaussian", first_weights="haar")
    with pytest.raises(SetupError, match="even"):
        laws.mirrored(Stream(0, "a", 0), 1, 5, 6)


@pytest.mark.parametrize(
    ("first", "rest", "widths"),
    [
        ("gaussian", "mirrored", (5, 4, 6)),  # layer 1 may read an odd number of units
        ("mirrored", "gaussian", (6, 4, 5)),
        ("mirrored", "", (6, 4)),
    ],
)
def test_only_mirrored_layers_need_even_widths(
    first: str, rest: str, widths: tuple[int, ...]
) -> None:
    fields = {"weights": rest or "gaussian", "first_weights": first, "gain": 1.0}
    setup = Setup(widths, activation="relu", **fields)
    shapes = [w.shape[1:] for w in laws.all_weights(setup, Stream(0, "a", 0), 2)]
    assert shapes == list(zip(widths[1:], widths[:-1], strict=True))
    mirrored = widths.index(4)  # between a mirrored layer and another
    with pytest.raises(SetupError, match="even"):
        Setup((*widths[:mirrored], 3, *widths[mirrored + 1 :]), activation="relu", **fields)


def test_a_bottleneck_has_no_rank_of_its_own() -> None:
    for more in ({}, {"rank": 0}):
        with pytest.raises(SetupError, match="rank must be given, >= 1, where weights"):
            make("bottleneck", **more)
    fields = {"weights": "gaussian", "gain": 1.0, "activation": "relu"}
    with pytest.raises(SetupError, match="rank must be given"):
        Setup((4, 4), first_weights="bottleneck", **fields)
    assert Setup((4, 4), **fields).rank == 0


@pytest.mark.parametrize("widths", [(6, 4), (4, 4)])
def test_zero_is_a_partial_identity(widths: tuple[int, int]) -> None:
    first, second = (draw(make("zero", widths), 1, 3, seed=seed) for seed in (0, 1))
    assert torch.equal(first, second)
    assert torch.equal(first[0], torch.eye(widths[1], widths[0], dtype=first.dtype))


def test_zero_widens_by_a_hadamard_block() -> None:
    w = laws.zero(4, 3)
    assert torch.equal(w.mT @ w, torch.eye(3, dtype=w.dtype))
    assert set(w.flatten().tolist()) == {0.5, -0.5}
    # three rows of order 4: no longer orthonormal, entries still 2^{-k/2}
    assert set(laws.zero(3, 2).flatten().tolist()) == {0.5, -0.5}
    assert torch.equal(laws.zero(1, 1), torch.ones(1, 1, dtype=w.dtype))


def test_zero_star_is_random_in_the_first_layer_only() -> None:
    setup = make("zerostar", (6, 4, 4, 4))
    w = list(laws.all_weights(setup, Stream(0, "a", 0), 7))
    assert not torch.isclose(w[0][0], w[0][1]).any()
    for layer in w[1:]:
        assert torch.equal(layer, torch.eye(4, dtype=layer.dtype).expand(7, 4, 4))


def test_names() -> None:
    with pytest.raises(SetupError, match="glorot"):
        initialiser("xavier")
    fields = initialiser("he")
    fields["gain"] = 7.0
    assert initialiser("he")["gain"] == 2.0
