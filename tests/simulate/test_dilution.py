"""The residual block: Jacobian against autograd, identities that hold on every sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from simulate import Setup, SetupError, run
from simulate.experiments import dilution
from simulate.seeds import Stream


def block(**more: Any) -> Setup:
    fields: dict[str, Any] = {
        "widths": (6, 6),
        "weights": "gaussian",
        "gain": 1.3,
        "activation": "tanh",
        "block": "residual",
        "skip": 0.7,
        "branch": 1.2,
        "n_inputs": 3,
        "extra": {"scale": 2.0, "offset": 0.4, "drift": -0.3},
    }
    return Setup(**{**fields, **more})


@pytest.mark.parametrize(
    ("widths", "residual"),
    [((6, 6), "layers"), ((6, 5, 6), "layers"), ((6, 6), "skew"), ((6, 6), "negative_gram")],
)
def test_backward_is_the_jacobian(
    widths: tuple[int, ...], residual: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """|g (S + R)|^2 by autograd through the block, rebuilt from the same stream."""
    setup = block(widths=widths, extra={**block().extra, "residual": residual})
    drawn: list[torch.Tensor] = []
    normal = Stream.normal

    def record(self: Stream, *shape: int, std: float = 1.0) -> torch.Tensor:
        drawn.append(normal(self, *shape))
        return drawn[-1] * std

    monkeypatch.setattr(Stream, "normal", record)
    found = dilution.dilution(setup, Stream(3, "t", 0), 2)
    u, *factors, g = drawn
    weights = [w * math.sqrt(setup.weight_variance(i + 1)) for i, w in enumerate(factors)]
    if residual == "skew":
        weights = [w - w.transpose(1, 2) for w in weights]
    if residual == "negative_gram":
        weights = [-w.transpose(1, 2) @ w for w in weights]

    def f(x: torch.Tensor) -> torch.Tensor:
        before = weights[0] @ x if len(weights) == 2 else x
        rho = 1.2 * weights[-1] @ torch.tanh(2.0 * before + 0.4) - 0.3 * x
        return rho + 0.7 * x

    _, back = torch.autograd.functional.vjp(f, u, g)
    assert torch.allclose(found["block_back_sq"], back.square().sum(1).mean(1))
    assert torch.allclose(found["block_sq"], f(u).square().sum(1).mean(1))


def test_pythagoras_with_the_cross_term(seed: int) -> None:
    found = run("dilution", block(), replicates=20, seed=seed)
    whole = found["residual_sq"] + 2 * found["cross"] + found["skip_sq"]
    assert np.allclose(found["block_sq"], whole)
    back = found["residual_back_sq"] + 2 * found["cross_back"] + found["skip_back_sq"]
    assert np.allclose(found["block_back_sq"], back)


def test_skew_weights_are_orthogonal_to_the_identity_for_linear_residuals(seed: int) -> None:
    setup = block(activation="linear", extra={"residual": "skew"})
    found = run("dilution", setup, replicates=20, seed=seed)
    assert np.allclose(found["cross"], 0, atol=1e-12)


def test_haar_skip_keeps_lengths(seed: int) -> None:
    setup = block(widths=(7, 7), extra={"skip_matrix": "haar"})
    found = run("dilution", setup, replicates=20, seed=seed)
    assert np.allclose(found["skip_sq"], 0.49 * found["input_sq"])
    assert np.allclose(found["skip_back_sq"], 0.49 * found["gradient_sq"])


def test_rectangular_gaussian_skip(seed: int) -> None:
    """E |S u|^2 = n_out skip^2 for u in R^n_in; four standard errors."""
    setup = block(widths=(9, 4), extra={"skip_matrix": "gaussian"})
    found = run("dilution", setup, replicates=4000, seed=seed)["skip_sq"]
    assert abs(found.mean() - 4 * 0.49) < 4 * found.std() / math.sqrt(len(found))


def test_refuses() -> None:
    with pytest.raises(SetupError, match="equal widths"):
        run("dilution", block(widths=(6, 4), extra={}), replicates=1, seed=0)
    with pytest.raises(SetupError, match="skip_matrix"):
        run("dilution", block(extra={"skip_matrix": "dense"}), replicates=1, seed=0)
    with pytest.raises(SetupError, match="residual"):
        run("dilution", block(extra={"residual": "dense"}), replicates=1, seed=0)
