"""Random streams keyed by (seed, check, block).

A block is the unit of randomness: all its numbers come from one stream, in one order, whoever
computes it and whenever. On the CPU the bits come from numpy's SFC64, three times as fast as
torch's; a CUDA stream is another seed, never an equal one.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import torch
from torch import Tensor

from simulate.setup import check_size

FEW = 1 << 13  # normals; fewer are drawn one by one
PIECE = 1 << 14  # numbers that are shaped while they lie in the cache
MOST_TOSSES = 1 << 8  # trials that a CUDA stream tosses one by one


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

    def normal(self, *shape: int, std: float = 1.0) -> Tensor:
        """Normals of mean zero and standard deviation `std`, in memory of their own."""
        check_size(*shape)
        if self._torch is not None:
            g = torch.randn(shape, generator=self._torch, device=self.device, dtype=self.dtype)
            return g.mul_(std)
        n = math.prod(shape)
        if n < FEW:
            return self._wrap(self._numpy.standard_normal(shape)).mul_(std)
        pairs = torch.from_numpy(self._numpy.random(n + n % 2))
        for start in range(0, n, PIECE):
            _box_muller(pairs[start : start + PIECE], std)
        return pairs[:n].view(shape).to(self.dtype)

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
        """Binomial counts. On a CUDA device few trials are tossed one by one, many are not."""
        check_size(*shape)
        if self._torch is not None and trials > MOST_TOSSES:
            counts = torch.full(shape, float(trials), device=self.device, dtype=self.dtype)
            chances = torch.full_like(counts, probability)
            return torch.binomial(counts, chances, generator=self._torch)
        if self._torch is not None:
            drawn = torch.rand(
                (*shape, trials), generator=self._torch, device=self.device, dtype=self.dtype
            )
            return (drawn < probability).sum(-1).to(self.dtype)
        if probability == 1 / 2 and trials < 64:  # the ones among fair bits: ten times as fast
            bits = self._numpy.integers(0, 1 << trials, shape, dtype=np.uint64)
            return self._wrap(np.bitwise_count(bits))
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


def _box_muller(piece: Tensor, std: float) -> None:
    """An even number of uniforms on [0, 1), turned in place into normals of that deviation.

    For U, V uniform, sqrt(-2 log(1 - U)) (cos 2 pi V, sin 2 pi V) is a pair of independent standard
    normals; 53 random bits reach |z| = 8.5, which a normal passes with probability 1e-17.
    """
    u, v = piece.chunk(2)
    radius = u.neg().log1p_().mul_(-2 * std**2).sqrt_()
    v.mul_(2 * math.pi)
    torch.cos(v, out=u)
    u.mul_(radius)
    v.sin_().mul_(radius)
