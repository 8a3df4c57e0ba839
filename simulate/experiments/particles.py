"""Fourth moment of deep networks of any weight law, by particles (sequential Monte Carlo)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from simulate import activations, inputs, laws
from simulate.logscale import representable
from simulate.registry import CACHE_BYTES, experiment
from simulate.seeds import Stream
from simulate.setup import IID, ONE_LAW, Setup, SetupError

MOST_PARTICLES = 2**16


def n_particles(setup: Setup) -> int:
    """Particles of one run: extra["particles"], 256 unless set."""
    return setup.extra_whole("particles", 256, 1, MOST_PARTICLES)


def _cost(setup: Setup) -> int:
    return n_particles(setup) * (setup.n_weights + setup.widths[0])


def _block(setup: Setup) -> int:
    largest = max(m * n for n, m in zip(setup.widths[:-1], setup.widths[1:], strict=True))
    fit = max(1, CACHE_BYTES // (8 * largest * n_particles(setup)))
    return max(8, 1 << (fit.bit_length() - 1))


@experiment(
    "particles",
    columns=("fourth", "fourth_before"),
    sampler="particles: literal layers, systematic resampling by the growth of ||phi(y)||^4",
    cost=_cost,
    replicates=_block,
)
def particles(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Unbiased estimate of E y_i^4 of a unit of the last layer, at true scale; one run a replicate.

    A run carries extra["particles"] networks. Every particle draws fresh weights in every layer;
    its potential is (||phi(y_l)||/||phi(y_{l-1})||)^4. The mean potential multiplies the estimate,
    and particles are resampled in proportion to it, so that networks with a large norm, which carry
    the fourth moment, are kept in number. phi(t y) = t phi(y) for t > 0 lets each particle be
    rescaled to norm 1 after every layer; the scale is kept as a logarithm. The last factor is the
    mean over units of y_i^4 under the last weights. Mean of potentials, never of their logs.
    `fourth_before` estimates E y_i^4 one layer below in the same run, so that their ratio varies
    little.

    What a direct average over networks would have needed, E y^8/(E y^4)^2, is no function of this
    column: its spread is that of a mean over particles at every layer, and resampling forgets how
    each particle's own path grew. For Gaussian weights `layer_factors` gives it; for other weights
    it would take a second run with the potential squared and y^8 at the end.
    """
    if not activations.is_homogeneous(setup):
        raise SetupError(f"particles need a ReLU-like activation; got {setup.activation!r}")
    if setup.block != "plain" or setup.weights not in IID or setup.n_inputs != 1:
        raise SetupError("particles need plain layers of iid weights and one input")
    setup.require("particles", norm="none", masks="own", **ONE_LAW)
    n = n_particles(setup)
    x = inputs.draw(setup, stream, replicates * n).squeeze(-1).view(replicates, n, -1)
    before = x.square().square().mean((1, 2))
    f, log_fourth = _resampled(setup, stream, x, activate=setup.activate_input)
    for layer in range(1, setup.depth + 1):
        w = laws.weights(setup, stream, replicates * n, layer)
        y = torch.bmm(w, f.reshape(replicates * n, -1, 1)).view(replicates, n, -1)
        mean = y.square().square().mean((1, 2))
        living = (mean != 0) & torch.isfinite(log_fourth)
        fourth = representable(mean * log_fourth.exp(), living)
        if layer == setup.depth:
            return {"fourth": fourth, "fourth_before": before}
        before = fourth
        f, log_mean = _resampled(setup, stream, y, activate=True)
        log_fourth = log_fourth + log_mean
    raise AssertionError("a network has a last layer")


def _resampled(setup: Setup, stream: Stream, y: Tensor, *, activate: bool) -> tuple[Tensor, Tensor]:
    """(R, P, N) -> unit vectors phi(y)/||phi(y)|| resampled by ||phi(y)||^4, and log mean of it.

    Where all particles of a run are dead the log mean is -inf and the vectors stay zero.
    """
    f = activations.apply(setup, y) if activate else y
    sq_norm = f.square().sum(-1)  # (R, P)
    potential = sq_norm.square()
    f = f / sq_norm.sqrt().clamp_min(torch.finfo(f.dtype).tiny).unsqueeze(-1)
    parents = systematic(potential, stream.uniform(y.shape[0], 1))
    chosen = torch.gather(f, 1, parents.unsqueeze(-1).expand_as(f))
    return chosen, potential.mean(1).log()


def systematic(potential: Tensor, offset: Tensor) -> Tensor:
    """(R, P) weights, (R, 1) uniforms -> (R, P) indices of parents, expected copies proportional.

    Parent i gets floor or ceil of P weight_i/sum weight copies: the points (j + offset)/P of the
    cumulative weights.
    """
    n = potential.shape[1]
    edges = potential.cumsum(1)
    total = edges[:, -1:]
    points = (torch.arange(n, dtype=potential.dtype, device=potential.device) + offset) / n * total
    return torch.searchsorted(edges, points.contiguous()).clamp_max(n - 1)
