"""One residual block at its input: how much of its growth is left beside a linear skip."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor

from simulate import activations, inputs, laws
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import MOST_SCALE, Setup, SetupError, shown

RESIDUALS = ("layers", "skew", "negative_gram")
SKIPS = ("identity", "gaussian", "haar")


def _cost(setup: Setup) -> int:
    """Weights of block and skip, the pairs (u, g), and four products with each matrix."""
    matrices = setup.n_weights
    if setup.extra.get("skip_matrix", "identity") != "identity":
        matrices += setup.widths[0] * setup.widths[-1]
    return int(matrices * (1 + setup.n_inputs / 4) + 4 * setup.widths[0] * setup.n_inputs)


@experiment(
    "dilution",
    columns=(
        "input_sq",
        "gradient_sq",
        "residual_sq",
        "residual_back_sq",
        "skip_sq",
        "skip_back_sq",
        "block_sq",
        "block_back_sq",
        "cross",
        "cross_back",
    ),
    cost=_cost,
)
def dilution(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Squared lengths of u, g and of both through residual, skip, block; their inner products.

    Block f(u) = S u + rho(u), rho(u) = drift u + branch W_L phi(scale v + offset); v = u for one
    weight matrix, v = W_1 u for two. u is drawn from the set-up's input law, g is N(0, I) and
    independent of the block; backwards, g is multiplied with the Jacobian of each part at u. Every
    column is a mean over the pairs (u, g) of one network.

    extra: skip_matrix (identity, gaussian with variance 1/n_in, haar; times `skip`), residual
    (layers; skew: W = G - G^T; negative_gram: W = -C^T C), scale, offset, drift.
    """
    setup.require("dilution", norm="none", masks="own")
    u = inputs.draw(setup, stream, replicates)  # (R, n_0, B)
    skip = _skip(setup, stream, replicates)
    weights = [_residual_weights(setup, stream, replicates, k + 1) for k in range(setup.depth)]
    g = stream.normal(replicates, setup.widths[-1], setup.n_inputs)

    scale, offset, drift = (
        setup.extra_number(name, default, -MOST_SCALE, MOST_SCALE)
        for name, default in (("scale", 1.0), ("offset", 0.0), ("drift", 0.0))
    )
    first = weights[0] @ u if len(weights) == 2 else u
    before = scale * first + offset
    rho = setup.branch * (weights[-1] @ activations.apply(setup, before))
    rho_back = (weights[-1].transpose(1, 2) @ g) * activations.derivative(setup, before)
    rho_back = rho_back * (setup.branch * scale)
    if len(weights) == 2:
        rho_back = weights[0].transpose(1, 2) @ rho_back
    if drift:
        rho, rho_back = rho + drift * u, rho_back + drift * g
    straight = setup.skip * (u if skip is None else skip @ u)
    straight_back = setup.skip * (g if skip is None else skip.transpose(1, 2) @ g)
    return {
        "input_sq": _dot(u, u),
        "gradient_sq": _dot(g, g),
        "residual_sq": _dot(rho, rho),
        "residual_back_sq": _dot(rho_back, rho_back),
        "skip_sq": _dot(straight, straight),
        "skip_back_sq": _dot(straight_back, straight_back),
        "block_sq": _dot(rho + straight, rho + straight),
        "block_back_sq": _dot(rho_back + straight_back, rho_back + straight_back),
        "cross": _dot(straight, rho),
        "cross_back": _dot(straight_back, rho_back),
    }


def _dot(x: Tensor, y: Tensor) -> Tensor:  # (R, n, B) -> (R,)
    """Mean over inputs of the inner product over units."""
    return (x * y).sum(1).mean(1)


def _skip(setup: Setup, stream: Stream, replicates: int) -> Tensor | None:
    """(R, n_out, n_in) skip matrix before the factor `skip`; None for the identity."""
    kind = setup.extra.get("skip_matrix", "identity")
    n_in, n_out = setup.widths[0], setup.widths[-1]
    if kind not in SKIPS:
        raise SetupError(f"skip_matrix must be one of {', '.join(SKIPS)}; got {shown(kind)}")
    if kind == "gaussian":
        return stream.normal(replicates, n_out, n_in) / math.sqrt(n_in)
    if kind == "haar":
        return laws.haar(stream, replicates, n_out, n_in)
    if n_in != n_out:
        raise SetupError(f"skip_matrix 'identity' needs equal widths; got {shown(setup.widths)}")
    return None


def _residual_weights(setup: Setup, stream: Stream, replicates: int, layer: int) -> Tensor:
    """(R, n_l, n_{l-1}) weights of the residual; its structured kinds are built of iid factors."""
    kind = setup.extra.get("residual", "layers")
    if kind not in RESIDUALS:
        raise SetupError(f"residual must be one of {', '.join(RESIDUALS)}; got {shown(kind)}")
    if setup.depth > 2:
        raise SetupError(
            f"a residual has one or two weight layers; got widths {shown(setup.widths)}"
        )
    factor = laws.weights(setup, stream, replicates, layer)
    if kind == "skew":
        return factor - factor.transpose(1, 2)
    if kind == "negative_gram":
        return -(factor.transpose(1, 2) @ factor)
    return factor
