"""What the claim files of this document share on the side of measurement; no claim in here.

Estimands, the assumptions about masks that Theorem 2 and its corollaries need, and set-ups of the
networks: plain, residual, highway, the mask model with given scales, and real batch norm. Each is
for the experiment `gradient_pairs`, which draws every weight; `wide` makes it one for
`tangent_pairs`, which draws none and reaches any width.

Sizes, by rules that sample nothing. Where a law holds at every width, it is `direct_width`. Where
it is the N -> inf value, a plain net has the derived first term of sg.thm1.fw: its margin is that
term beside the precision asked for, its width the one at which the two are equal. For skip
connections no such term is known: there the margin is the precision alone, and the width,
`residual_width`, is the one at which a plain net of `equivalent_depth` is within 1 % of its limit.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable
from typing import Any

from theory.schema import (
    EXACT_MARGIN,
    Estimand,
    Finding,
    Proof,
    ProofKind,
    stated,
    unstated,
)
from theory.shattered_gradients.finite_width import width_for

# --- what is measured ------------------------------------------------------------------------

CORRELATION_OF_GRADIENTS = Estimand(
    "normalised",
    ("grad_dot", "grad_sq_i", "grad_sq_j"),
    over="networks, readouts or directions, and inputs; annealed: a ratio of expectations",
)
VARIANCE = Estimand(
    "mean", ("grad_sq_i",), over="networks, readouts or directions, inputs and masks"
)
COVARIANCE = Estimand("mean", ("grad_dot",), over="networks, readouts and masks")

WIDE_MARGIN = dataclasses.replace(
    EXACT_MARGIN,
    why="the precision asked for; nothing is added for the law's O(1/N), of unknown constant",
)
"""For N -> inf laws at the width of `residual_width`: an error that is too large there differs."""

# --- proofs ----------------------------------------------------------------------------------


def fixed_masks_proof(
    check: Callable[[Any], Finding],
    law: str,
    *,
    name: str = "",
    kind: ProofKind = "exact",
    statement: str = "masks fixed in advance, mean over units",
) -> Proof:
    """A proof of `law` about masks that are fixed in advance, in fractions unless `kind` says."""
    name = name or f"fixed masks: {law}"
    return Proof(name, kind, statement, check, law=law, point={"masks": "fixed"})


# --- assumptions -----------------------------------------------------------------------------

TYPICAL = stated(
    "typical pair (Assumption 1): half of the units active for each input, a quarter for both; for "
    "a net's own masks orthogonal inputs arrange this at the bottom only",
    lambda p: p.get("correlation", 0) == 0,
)
MASKS = unstated(
    "the masks are independent of the weights, fixed or drawn by coins (a network's masks are "
    "computed from its weights)",
    lambda p: p.get("masks", "independent") != "own",
)
MEAN = unstated(
    "the gradient is averaged over the units of the layer, or over the masks (with fixed masks one "
    "unit depends on its own)",
    lambda p: p.get("masks") != "fixed" or p.get("unit", "mean") == "mean",
)

# --- set-ups ---------------------------------------------------------------------------------


def real_net(width: int, depth: int, correlation: float = 0.0, **more: Any) -> dict[str, Any]:
    """The set-up of a real plain net with two inputs of the given cosine."""
    return {
        "widths": (width,) * (depth + 1),
        "weights": "gaussian",
        "gain": 2.0,
        "activation": "relu",
        "inputs": "pair",
        "n_inputs": 2,
        "masks": "own",
        "extra": {"correlation": correlation},
    } | more


def residual_net(
    width: int, depth: int, *, alpha: float = 1.0, beta: float = 1.0, **more: Any
) -> dict[str, Any]:
    """The set-up of a residual net with two orthogonal inputs; masks="independent" for coins."""
    return real_net(width, depth, block="residual", skip=alpha, branch=alpha * beta, **more)


def highway_net(width: int, depth: int, gate_sq: float, masks: str) -> dict[str, Any]:
    """The set-up of a highway net with two orthogonal inputs."""
    gates = {"skip": (1 - gate_sq) ** 0.5, "branch": gate_sq**0.5}
    return real_net(width, depth, block="residual", masks=masks, **gates)


def scales_sq(blocks: int, beta_sq: Any) -> list[Any]:
    """v_0, ..., v_{n-1}: what the document divides the branch of each block by, squared."""
    return [1 + beta_sq * layer for layer in range(blocks)]


def model_net(blocks: int, beta: float) -> dict[str, Any]:
    """The set-up of Theorem 3's model: coins as masks, branches divided by the given scales."""
    squares = [float(v) for v in scales_sq(blocks, beta**2)]
    width = direct_width(beta**2 / (v + beta**2) for v in squares)
    scales = [v**0.5 for v in squares]
    net = real_net(width, blocks, block="residual", branch=beta, masks="independent", norm="given")
    return net | {"extra": {"scales": scales}}


def batch_net(width: int, blocks: int, beta: float, batch: int) -> dict[str, Any]:
    """The set-up of a residual net with real batch norm, statistics frozen."""
    net = real_net(width, blocks, block="residual", branch=beta, norm="batch_frozen")
    return net | {"inputs": "gaussian", "n_inputs": batch, "extra": {"readouts": 4}}


def wide(setup: dict[str, Any], directions: int = 4) -> dict[str, Any]:
    """The same network for `tangent_pairs`."""
    extra = {k: v for k, v in setup["extra"].items() if k != "readouts"}
    return setup | {"extra": extra | {"directions": directions}}


# --- sizes -----------------------------------------------------------------------------------

NARROW = 16
"""Smallest width of a row whose law holds at every width."""


def direct_width(shares: Iterable[float]) -> int:
    """Width at which |gradient|^2 of one net has a log-variance of at most 1; at least `NARROW`.

    A block multiplies |g|^2 by (1-p) + 2 sqrt(p(1-p)) X + p Y, p the branch's share: X is the
    cosine of g with the branch's image of it, variance 1/N; Y the squared norm of that image, of
    relative variance 3/N (the mask, g Gaussian) + 2/N (the weights). To first order in 1/N the
    log-variance is (4 p (1-p) + 5 p^2)/N = (4 p + p^2)/N: 5/N for a plain layer.

    >>> direct_width([1] * 4), direct_width([0.5] * 2)
    (20, 16)
    """
    return max(NARROW, math.ceil(sum(4 * p + p**2 for p in shares) - 1e-9))


def equivalent_depth(shares: Iterable[float]) -> int:
    """Plain layers that move a pair as far as blocks with these branch shares, rounded up.

    The share is the branch's part of a block's second moment: 1 for a plain layer.

    >>> equivalent_depth([0.5] * 5)
    3
    """
    return max(1, math.ceil(sum(shares) - 1e-9))


def residual_width(shares: Iterable[float]) -> int:
    """Width for rows of a residual N -> inf law: a plain net of equivalent depth is within 1 %.

    >>> residual_width([0.5] * 5)
    361
    """
    return width_for(equivalent_depth(shares))
