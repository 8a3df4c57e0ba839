"""MetaInit: the quotient against a Hessian built entry by entry, one step, directions kept."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from simulate import Setup, SetupError, jacobians, laws, metainit
from simulate.initialisers import initialiser
from simulate.seeds import Stream

WIDTHS = (3, 4, 2)


def make(steps: int, widths: tuple[int, ...] = WIDTHS, **more: Any) -> Setup:
    return Setup(widths, activation="relu", **{**initialiser("metainit"), "tuning": steps}, **more)


def drawn(steps: int, replicates: int = 6) -> list[torch.Tensor]:
    return list(laws.all_weights(make(steps), Stream(0, "a", 0), replicates))


def test_quotient_is_the_one_of_the_whole_hessian() -> None:
    setup, stream = make(1), Stream(3, "q", 0)
    w = drawn(0, 2)
    x, labels = stream.normal(2, 3, 5), torch.tensor([[0, 1, 1, 0, 1], [1, 1, 0, 0, 0]])
    found = metainit.gradient_quotient(setup, [v.requires_grad_() for v in w], x, labels)
    shapes = [*(v.shape[1:] for v in w), (WIDTHS[1], 1), (WIDTHS[2], 1)]
    sizes = [math.prod(shape) for shape in shapes]
    for r in range(2):

        def loss(flat: torch.Tensor, r: int = r) -> torch.Tensor:
            parts = zip(flat.split(sizes), shapes, strict=True)
            first, second, inner, outer = (part.view(shape) for part, shape in parts)
            h = second @ (first @ x[r] + inner).relu() + outer
            return torch.nn.functional.cross_entropy(h.mT, labels[r])

        flat = torch.cat([*(v[r].detach().flatten() for v in w), torch.zeros(sum(WIDTHS[1:]))])
        g = torch.autograd.functional.jacobian(loss, flat)
        hg = torch.autograd.functional.hessian(loss, flat) @ g
        sign = torch.where(g >= 0, 1.0, -1.0)
        expected = ((g - hg) / (g + 1e-5 * sign) - 1).abs().mean()
        assert float(found[r].detach()) == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("steps", [1, 12])
def test_only_norms_change(steps: int) -> None:
    """The first step moves every norm by 0.1; directions stay to the last bit of rounding."""
    for before, after in zip(drawn(0), drawn(steps), strict=True):
        norm, new = (torch.linalg.matrix_norm(w, keepdim=True) for w in (before, after))
        sign = torch.sign((before * after).sum((1, 2), keepdim=True))
        assert torch.allclose(before / norm, sign * after / new, atol=1e-13)
        if steps == 1:
            assert torch.allclose((new - norm).abs(), torch.full_like(norm, 0.1), atol=1e-13)


def test_tuning_lowers_the_quotient() -> None:
    """In the median over networks, at fresh inputs."""
    setup, stream = make(1), Stream(5, "q", 0)
    x = stream.normal(32, 3, 64)
    labels = (stream.uniform(32, 64) * 2).long()
    medians = [
        float(
            metainit.gradient_quotient(
                setup, [w.requires_grad_() for w in drawn(steps, 32)], x, labels
            )
            .detach()
            .median()
        )
        for steps in (0, 100)
    ]
    assert medians[1] < medians[0] / 2


def test_it_runs_where_gradients_are_switched_off() -> None:
    with torch.inference_mode():
        inside = list(laws.all_weights(make(3), Stream(0, "a", 0), 6))
    assert all(torch.equal(a, b) for a, b in zip(inside, drawn(3), strict=True))


def test_it_needs_a_whole_network() -> None:
    with pytest.raises(SetupError, match="tuning"):
        jacobians.end_to_end(make(3), Stream(0, "a", 0), 2)


def test_the_starting_point_is_he() -> None:
    w = next(iter(laws.all_weights(make(0, (50, 50)), Stream(0, "a", 0), 200)))
    assert float(w.square().mean()) == pytest.approx(2 / 50, rel=5 * math.sqrt(2 / w.numel()))
