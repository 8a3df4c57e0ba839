"""Samples: named columns, one number per independent network, and how they were drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class Samples:
    """Columns (R,) float64; `seconds` is the time the sampling took."""

    columns: Mapping[str, np.ndarray]
    device: str
    dtype: str
    seconds: float

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __repr__(self) -> str:
        names = ", ".join(self.columns)
        return f"Samples({len(self)} networks: {names}; {self.dtype} on {self.device})"


def concatenate(parts: Iterable[Mapping[str, np.ndarray]]) -> Columns:
    """Columns of several blocks, in the order given."""
    listed = list(parts)
    return {name: np.concatenate([part[name] for part in listed]) for name in listed[0]}
