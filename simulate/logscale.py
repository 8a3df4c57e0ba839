"""Mantissa and exponent per network, so that depth 10,000 neither under- nor overflows."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LN2 = math.log(2.0)


def representable(value: Tensor, exact: Tensor) -> Tensor:
    """`value`, with nan where it under- or overflowed although `exact` (before scaling) is not 0.

    A column at true scale is then never a silent zero of a living network.
    """
    tiny = torch.finfo(value.dtype).tiny
    lost = (exact != 0) & ((value.abs() < tiny) | torch.isinf(value))
    return torch.where(lost, torch.nan, value)


def rescale(x: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor]:
    """Divide each network's x by a power of two near its largest entry; add its log to log_scale.

    x: (R, ...), log_scale: (R,) natural log. Exact: only exponents change. A network that is
    exactly zero (dead) stays so.
    """
    peak = x.abs().flatten(1).amax(1)
    exponent = torch.frexp(peak).exponent.to(x.dtype)  # 0 for a peak of 0
    factor = torch.exp2(-exponent)  # a power of two: the product is exact
    return x * factor.view(-1, *[1] * (x.dim() - 1)), log_scale + exponent * LN2
