"""What MetaInit changes: norms by small steps, directions not at all."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import laws, metainit
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError

ROUNDING = 1e-9


@experiment(
    "metainit_steps",
    columns=("moved", "kept"),
    bounds=lambda setup: {"kept": (0.0, 1.0 + ROUNDING), "moved": (0.0, float(setup.tuning))},
)
def metainit_steps(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Mean over the matrices of |change of the norm|, and the smallest |cosine| with the drawn one.

    A norm that passes 0 changes sign: the matrix then points the other way. No step moves a norm by
    more than 1, the limit of 0.1 + 0.09 + ...
    """
    if setup.tuning < 1:
        raise SetupError(f"tuning must be at least 1 to change a norm; got {setup.tuning!r}")
    drawn = list(laws.drawn(setup, stream, replicates))
    moved, kept = [], []
    for before, after in zip(drawn, metainit.tuned(setup, stream, drawn), strict=True):
        norm = torch.linalg.matrix_norm(before)
        along = (before * after).sum((1, 2)) / norm  # the new norm, with its sign
        moved.append((along - norm).abs())
        kept.append(along.abs() / torch.linalg.matrix_norm(after))
    return {"moved": torch.stack(moved).mean(0), "kept": torch.stack(kept).amin(0)}
