"""Random streams keyed by (seed, check, block).

A block is the unit of randomness: all its numbers come from one stream, in one order, whoever
computes it and whenever. On the CPU the numbers come from numpy's SFC64, twice as fast as torch for
float64; a CUDA stream is another seed, never an equal one.
"""

from __future__ import annotations

import zlib

import numpy as np
import torch
from torch import Tensor

from simulate.setup import check_size


class Stream:
    """Draws for one block. Shapes are free; values are float64 unless `dtype` says otherwise."""

    def __init__(
        self,
        seed: int,
        check: str,
        block: int,
        *,
        device: str = "cpu",
        dtype: torch.dtype = torch.float64,
    ) -> None:
        key = np.random.SeedSequence(seed, spawn_key=(zlib.crc32(check.encode()), block))
        self.device = torch.device(device)
        self.dtype = dtype
        self._numpy = np.random.Generator(np.random.SFC64(key))
        self._torch: torch.Generator | None = None
        if self.device.type != "cpu":
            self._torch = torch.Generator(device=self.device)
            self._torch.manual_seed(int(self._numpy.integers(2**63)))

    def normal(self, *shape: int) -> Tensor:
        """Standard normals."""
        check_size(*shape)
        if self._torch is not None:
            return torch.randn(shape, generator=self._torch, device=self.device, dtype=self.dtype)
        return self._wrap(self._numpy.standard_normal(shape, dtype=self._numpy_dtype))

    def uniform(self, *shape: int) -> Tensor:
        """Uniform on [0, 1)."""
        check_size(*shape)
        if self._torch is not None:
            return torch.rand(shape, generator=self._torch, device=self.device, dtype=self.dtype)
        return self._wrap(self._numpy.random(shape, dtype=self._numpy_dtype))

    def signs(self, *shape: int) -> Tensor:
        """Fair signs -1, +1."""
        return self._bits(*shape).mul_(2).sub_(1).to(self.dtype)

    def coins(self, *shape: int) -> Tensor:
        """Fair coins 0, 1."""
        return self._bits(*shape).to(self.dtype)

    def chi2(self, degrees: Tensor) -> Tensor:
        """Chi-square draws with the given degrees of freedom (0 gives 0), elementwise."""
        if self._torch is not None:
            half = (degrees.to(self.device, self.dtype) / 2).clamp_min(1e-300)
            drawn = 2 * torch._standard_gamma(half, generator=self._torch)
            return torch.where(degrees.to(self.device) > 0, drawn, torch.zeros_like(drawn))
        return self._wrap(2 * self._numpy.standard_gamma(degrees.cpu().numpy() / 2))

    def binomial(self, trials: int, probability: float, *shape: int) -> Tensor:
        """Binomial counts."""
        check_size(*shape)
        if self._torch is not None:
            drawn = torch.rand(
                (*shape, trials), generator=self._torch, device=self.device, dtype=self.dtype
            )
            return (drawn < probability).sum(-1).to(self.dtype)
        return self._wrap(self._numpy.binomial(trials, probability, shape))

    def _bits(self, *shape: int) -> Tensor:
        """Fair coins as integers, small ones on the CPU."""
        check_size(*shape)
        if self._torch is not None:
            return torch.randint(2, shape, generator=self._torch, device=self.device)
        return torch.from_numpy(self._numpy.integers(0, 2, shape, dtype=np.int8))

    @property
    def _numpy_dtype(self) -> type[np.float64] | type[np.float32]:
        return np.float32 if self.dtype == torch.float32 else np.float64

    def _wrap(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.dtype)
