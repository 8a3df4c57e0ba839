"""Norms of one input and of its gradient, layer by layer, without weights and without vectors.

Exact in law at every width, for one input, plain layers, Gaussian weights and an activation of the
ReLU family; a layer costs a binomial and a few chi-square draws, whatever its width.

Letters: h_l = W_l x_{l-1}, x_l = phi(h_l), phi(t) = t for t > 0 and a t else; the entries of W_l
are N(0, v_l); x_0 is the input, or phi of it. D_l = diag phi'(h_l), and d_l = df/dh_l of a readout
f = r.x_L (or r.h_L) with r ~ N(0, I).

Forward. Given x_{l-1}, h_l is N(0, v_l |x_{l-1}|^2 I): nothing of x_{l-1} but its length matters.
Signs of the entries are fair coins independent of their sizes, so that k ~ Bin(n_l, 1/2) units are
active, the squares of those sum to v_l |x_{l-1}|^2 chi^2_k and of the others to chi^2_{n_l - k}
times the same. With a = 0 and k = 0 the network is dead: all norms above are 0 for ever.

Backward. The forward pass has looked at W_{l+1} in one direction only, q = x_l/|x_l|: it fixed
W_{l+1} q = h_{l+1}/|x_l|. On the complement of q the matrix is still Gaussian, independent of the
forward pass and of the layers above, hence of d_{l+1}. So g = W_{l+1}^T d_{l+1} has
    along q        x_l.g/|x_l| = h_{l+1}.d_{l+1}/|x_l| = f/|x_l|    (Euler: phi is homogeneous),
    across q       iid N(0, v_{l+1} |d_{l+1}|^2) in the n_l - 1 directions left,
and d_l = D_l g. The first is what a sampler with fresh weights in the backward pass leaves out.
For a = 0 q lies within the active units: |d_l|^2 = f^2/|x_l|^2 + v_{l+1} |d_{l+1}|^2 chi^2_{k-1}.
For other a, split q into its active part of length c and its inactive part of length s. In the
plane of the two, g is (c, s) f/|x_l| + (-s, c) e with one normal e of variance v_{l+1} |d_{l+1}|^2;
outside it k - 1 active and n_l - k - 1 inactive directions are left; D_l multiplies whatever is
inactive by a. Where all units are on one side there is no plane, and e is 0.
At the top r takes the place of g, all its entries N(0, 1), and f = |x_L| r.q.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from simulate import activations
from simulate.seeds import Stream
from simulate.setup import HOMOGENEOUS, ONE_LAW, Setup, SetupError


@dataclass(frozen=True)
class Layer:
    """The norms of h_l in R networks, l = 0 being the input; all (R,), logs natural.

    active: how many entries of h_l are positive (all of them where signs do not matter).
    log_on, log_off: log of the sum of h_i^2 over the active and over the other units. `log_off` is
    nan where nobody reads it: a rectifier below the top.
    """

    index: int
    width: int
    slope: float  # of phi on the other side; 1 for an input that is not activated
    active: Tensor
    log_on: Tensor
    log_off: Tensor

    @property
    def log_out(self) -> Tensor:
        """log |h_l|^2."""
        return torch.logaddexp(self.log_on, self.log_off)

    @property
    def log_read(self) -> Tensor:
        """log |x_l|^2, what the next layer reads; -inf for a dead network."""
        return torch.logaddexp(self.log_on, self.log_silent)

    @property
    def log_silent(self) -> Tensor:
        """log of a^2 times the sum of h_i^2 over the units that are not active."""
        if self.slope == 0:
            return torch.full_like(self.log_on, -torch.inf)
        return self.log_off + 2 * math.log(abs(self.slope))


def split(
    stream: Stream, width: int, slope: float, *shape: int, both: bool = False
) -> tuple[Tensor, Tensor, Tensor | None]:
    """(k, chi^2_k, chi^2_{width-k}), k ~ Bin(width, 1/2): the squares of normals by their sign.

    Where |slope| = 1 signs do not matter and k is the width. The last is None where it is not
    needed: there, and (unless `both`) for a rectifier.
    """
    if abs(slope) == 1:
        count = torch.full(shape, float(width), dtype=stream.dtype, device=stream.device)
        return count, stream.chi2(count), None
    count = stream.binomial(width, 0.5, *shape)
    on = stream.chi2(count)
    return count, on, stream.chi2(width - count) if slope or both else None


def free_directions(count: Tensor) -> Tensor:
    """Directions of a set of units that are not the one the forward pass has looked at."""
    return (count - 1).clamp_min(0)


def forward(setup: Setup, stream: Stream, replicates: int) -> Iterator[Layer]:
    """Yield the input and the layers 1..L of `replicates` networks.

    Inputs gaussian or sphere. Raises SetupError where the sampler is not equal in law.
    """
    _check(setup)
    slope = activations.negative_slope(setup)
    layer = _input(setup, stream, replicates, slope if setup.activate_input else 1.0)
    yield layer
    for index, width in enumerate(setup.widths[1:], start=1):
        top = index == setup.depth
        count, on, off = split(stream, width, slope, replicates, both=top)
        size = layer.log_read + math.log(setup.weight_variance(index))
        layer = Layer(index, width, slope, count, on.log() + size, _log_off(off, on, slope) + size)
        yield layer


def backward(setup: Setup, stream: Stream, layers: list[Layer]) -> Iterator[Tensor]:
    """Yield (R,) log |d_l|^2 for l = L, ..., 0, of the networks whose `layers` 0..L are given.

    extra["readout"]: "post" reads phi(h_L) (the usual), "pre" h_L. d_0 is the gradient at the
    input. -inf in a dead network, but for d_L = r of a "pre" readout.
    """
    top = layers[-1]
    along = stream.normal(len(top.active)).square().log()  # f^2/|x_L|^2, or f^2/|h_L|^2
    if setup.extra_word("readout", "post", "pre") == "post":
        log_f = along + top.log_read
        gradient = _through(stream, top, log_f, torch.zeros_like(log_f))
    else:
        log_f = along + top.log_out
        others = stream.chi2(free_directions(torch.full_like(along, float(top.width))))
        gradient = torch.logaddexp(along, others.log())
    yield gradient
    for layer in reversed(layers[:-1]):
        variance = math.log(setup.weight_variance(layer.index + 1))
        gradient = _through(stream, layer, log_f, gradient + variance)
        yield gradient


def _through(stream: Stream, layer: Layer, log_f: Tensor, log_fresh: Tensor) -> Tensor:
    """log |D_l g|^2; log_f: log f^2; log_fresh: log of the variance of g across q."""
    log_along = _along(log_f, layer.log_read)
    unit = torch.maximum(log_along, log_fresh)
    alive = torch.isfinite(layer.log_read) & torch.isfinite(unit)
    along, fresh = ((x - unit).where(alive, -torch.inf).exp() for x in (log_along, log_fresh))
    total = fresh * stream.chi2(free_directions(layer.active))
    a_sq = layer.slope**2
    if a_sq in (0.0, 1.0):
        total = total + along
    else:
        c, s = (
            (part - layer.log_read).where(alive, -torch.inf).mul(0.5).exp()
            for part in (layer.log_on, layer.log_silent)
        )
        e = stream.normal(len(unit)) * fresh.sqrt()
        e = e * ((layer.active > 0) & (layer.active < layer.width))
        along = along.sqrt()
        others = fresh * stream.chi2(free_directions(layer.width - layer.active))
        total = total + (c * along - s * e).square()
        total = total + a_sq * ((s * along + c * e).square() + others)
    return torch.where(alive, total.log() + unit, -torch.inf)


def _along(log_f: Tensor, log_read: Tensor) -> Tensor:
    """log f^2/|x_l|^2: what the weights above, seen by the forward pass, hand down along x_l."""
    return log_f - log_read


def _input(setup: Setup, stream: Stream, replicates: int, slope: float) -> Layer:
    width = setup.widths[0]
    count, on, off = split(stream, width, slope, replicates)
    if setup.inputs == "sphere" and slope == 0:
        off = stream.chi2(width - count)
    layer = Layer(0, width, slope, count, on.log(), _log_off(off, on, slope))
    if setup.inputs == "gaussian":
        return layer
    size = math.log(width) - layer.log_out
    return Layer(0, width, slope, count, layer.log_on + size, layer.log_off + size)


def _log_off(off: Tensor | None, on: Tensor, slope: float) -> Tensor:
    if off is not None:
        return off.log()
    return torch.full_like(on, -torch.inf if slope else torch.nan)


def _check(setup: Setup) -> None:
    what = "the radial sampler"
    if setup.activation not in HOMOGENEOUS:
        raise SetupError(f"{what} needs a ReLU-like activation; got {setup.activation!r}")
    if setup.inputs not in ("gaussian", "sphere"):
        raise SetupError(f"{what} needs inputs gaussian or sphere; got {setup.inputs!r}")
    setup.require(
        what, weights="gaussian", block="plain", n_inputs=1, norm="none", masks="own", **ONE_LAW
    )
