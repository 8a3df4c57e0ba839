"""Laws of the network input, by name. Each draws (R, n_0, B): R networks, B inputs each.

Joint laws that only some theorems allow are here on purpose: `correlated_pair` and `sign_product`
have symmetric, uncorrelated entries of equal variance, and are not jointly sign-symmetric.
Images (simulate/data.py) are drawn with replacement: independent inputs whose law is the data set.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from simulate import data
from simulate.seeds import Stream
from simulate.setup import Setup, SetupError, shown

Sampler = Callable[[Setup, Stream, int], Tensor]
INPUTS: dict[str, Sampler] = {}


def law(name: str) -> Callable[[Sampler], Sampler]:
    """Register an input law."""

    def register(sampler: Sampler) -> Sampler:
        INPUTS[name] = sampler
        return sampler

    return register


def draw(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """(R, n_0, B) inputs of the set-up's law."""
    if setup.inputs not in INPUTS:
        raise SetupError(f"inputs must be one of {', '.join(INPUTS)}; got {shown(setup.inputs)}")
    return INPUTS[setup.inputs](setup, stream, replicates)


@law("gaussian")
def gaussian(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Iid standard normal entries."""
    return stream.normal(replicates, setup.widths[0], setup.n_inputs)


@law("faint")
def faint(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Iid normal entries of variance 2^-80: arithmetic that is not scale-free shows."""
    return gaussian(setup, stream, replicates) * 2.0**-40


@law("rademacher")
def rademacher(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Iid fair signs."""
    return stream.signs(replicates, setup.widths[0], setup.n_inputs)


@law("mirrored")
def mirrored(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """(g, -g), g of n_0/2 iid standard normals: what a layer of mirrored weights hands on."""
    if setup.widths[0] % 2:
        raise SetupError(f"inputs 'mirrored' need an even widths[0]; got {shown(setup.widths)}")
    g = stream.normal(replicates, setup.widths[0] // 2, setup.n_inputs)
    return torch.cat([g, -g], dim=1)


@law("blank_half")
def blank_half(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Iid standard normal entries, the first n_0/2 of them (rounded down) replaced by zeros."""
    x = stream.normal(replicates, setup.widths[0], setup.n_inputs)
    x[:, : setup.widths[0] // 2] = 0
    return x


@law("sphere")
def sphere(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Uniform on the sphere of radius sqrt(n_0)."""
    x = stream.normal(replicates, setup.widths[0], setup.n_inputs)
    norm: Tensor = torch.linalg.vector_norm(x, dim=1, keepdim=True)
    return x * (math.sqrt(setup.widths[0]) / norm)


@law("correlated_pair")
def correlated_pair(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 2: s fair sign; (2s, 2s) with probability 1/5, (s, -s) with 4/5. E xy = 0."""
    _needs_width(setup, 2)
    s = stream.signs(replicates, 1, setup.n_inputs)
    aligned = (stream.uniform(replicates, 1, setup.n_inputs) < 0.2).to(s.dtype)
    return torch.cat([s * (1 + aligned), s * (3 * aligned - 1)], dim=1)


@law("sign_product")
def sign_product(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 3: (s1, s2, s1 s2) of fair signs; uncorrelated, symmetric, not jointly so."""
    _needs_width(setup, 3)
    s = stream.signs(replicates, 2, setup.n_inputs)
    return torch.cat([s, s.prod(1, keepdim=True)], dim=1)


@law("negative_sign_product")
def negative_sign_product(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 3: (s1, s2, -s1 s2) of fair signs."""
    x = sign_product(setup, stream, replicates)
    return x * x.new_tensor([1.0, 1.0, -1.0]).view(1, 3, 1)


@law("uncentred_pair")
def uncentred_pair(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 2: (1, 2) or (3, -1), fair coin; not centred, symmetric, uncorrelated, of one size."""
    _needs_width(setup, 2)
    heads = (stream.signs(replicates, 1, setup.n_inputs) + 1) / 2
    return torch.cat([1 + 2 * heads, 2 - 3 * heads], dim=1)


@law("pair")
def pair(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Two vectors of norm sqrt(n_0), uniform direction, cosine extra["correlation"] exactly."""
    if setup.n_inputs != 2 or setup.widths[0] < 2:
        raise SetupError(
            f"inputs 'pair' needs n_inputs = 2 and widths[0] >= 2; got {setup.n_inputs!r} inputs"
            f" of width {setup.widths[0]!r}"
        )
    rho = setup.extra_number("correlation", None, -1.0, 1.0)
    x = stream.normal(replicates, setup.widths[0], 2)
    first = x[..., 0] / torch.linalg.vector_norm(x[..., 0], dim=1, keepdim=True)
    other = x[..., 1] - (x[..., 1] * first).sum(1, keepdim=True) * first
    other = other / torch.linalg.vector_norm(other, dim=1, keepdim=True)
    second = rho * first + math.sqrt(1 - rho**2) * other
    return math.sqrt(setup.widths[0]) * torch.stack([first, second], dim=2)


@law("equicorrelated")
def equicorrelated(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Fixed data of norm sqrt(n_0): B < n_0 vectors, every pair of cosine extra["correlation"]."""
    width, n = setup.widths[0], setup.n_inputs
    if n >= width:
        raise SetupError(
            f"inputs 'equicorrelated' needs n_inputs < widths[0]; got {n} inputs of width {width}"
        )
    rho = setup.extra_number("correlation", None, 0.0, 1.0)
    x = torch.zeros(width, n, dtype=stream.dtype, device=stream.device)
    x[0] = math.sqrt(rho * width)
    x[1 : n + 1].fill_diagonal_(math.sqrt((1 - rho) * width))
    return x.expand(replicates, width, n).contiguous()


@law("sign_vectors")
def sign_vectors(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Fixed data: every vector of signs once, up to a common sign; n_inputs = 2^(n_0 - 1)."""
    width = setup.widths[0]
    if width > 20 or setup.n_inputs != 2 ** (width - 1):
        raise SetupError(
            "inputs 'sign_vectors' needs n_inputs = 2^(widths[0] - 1) and widths[0] <= 20; got"
            f" {shown(setup.n_inputs)} inputs of width {shown(width)}"
        )
    number = torch.arange(setup.n_inputs, device=stream.device)
    place = torch.arange(width, device=stream.device)
    bits = torch.bitwise_right_shift(number.unsqueeze(0), place.unsqueeze(1)) % 2  # (n_0, B)
    return (2 * bits - 1).to(stream.dtype).expand(replicates, width, setup.n_inputs).contiguous()


@law("image_spectrum")
def image_spectrum(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Gaussian images of k x k pixels, n_0 = k^2: power ~ 1/(1 + f^2 + g^2) at frequencies f, g.

    f, g = 0..k-1 of the orthonormal cosine transform; scaled so that E||x||^2 = n_0.
    """
    k = math.isqrt(setup.widths[0])
    _needs_width(setup, k * k, "k^2")
    place = torch.arange(k, dtype=stream.dtype, device=stream.device)
    cosines = torch.cos(math.pi / k * place.unsqueeze(1) * (place + 0.5)) * math.sqrt(2 / k)
    cosines[0] = math.sqrt(1 / k)  # (frequencies, pixels)
    power = 1 / (1 + place.square().unsqueeze(1) + place.square())
    amplitude = (power * (k * k / power.sum())).sqrt().view(1, k, k, 1)
    g = amplitude * stream.normal(replicates, k, k, setup.n_inputs)
    x = torch.einsum("fp,gq,rfgb->rpqb", cosines, cosines, g)
    return x.reshape(replicates, k * k, setup.n_inputs)


@law("digits")
def digits(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 64: scikit-learn's digits, pixels of 0..16, the mean of each pixel subtracted."""
    return _images(setup, stream, replicates, "centred")


@law("mnist")
def mnist(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 784: the user's MNIST training images, mean 0 and variance 1 over all pixels."""
    return _images(setup, stream, replicates, "channel")


@law("cifar10")
def cifar10(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """n_0 = 3072: the user's CIFAR-10 training images, mean 0 and variance 1 of each channel."""
    return _images(setup, stream, replicates, "channel")


@law("all_digits")
def all_digits(setup: Setup, stream: Stream, replicates: int) -> Tensor:
    """Fixed data: each of scikit-learn's digits once, as `digits` has them; n_inputs = 1797."""
    images = data.digits()
    _needs_width(setup, images.images.shape[1])
    if setup.n_inputs != len(images):
        raise SetupError(
            f"inputs 'all_digits' needs n_inputs = {len(images)}; got {shown(setup.n_inputs)}"
        )
    x = images.standardised(setup.extra.get("standardise", "centred"))
    rows = torch.from_numpy(x).to(stream.device, stream.dtype)
    return rows.T.expand(replicates, -1, -1).contiguous()


def _images(setup: Setup, stream: Stream, replicates: int, standardise: str) -> Tensor:
    """Images drawn with replacement; extra["standardise"] as in simulate/data.py."""
    images = data.SETS[setup.inputs]()
    _needs_width(setup, images.images.shape[1])
    drawn = stream.uniform(replicates, setup.n_inputs).cpu().double() * len(images)
    x = images.standardised(setup.extra.get("standardise", standardise), drawn.long().numpy())
    rows = torch.from_numpy(x).to(stream.device, stream.dtype)  # (R, B, n_0)
    return rows.transpose(1, 2).contiguous()


def _needs_width(setup: Setup, width: int, rule: str = "") -> None:
    if setup.widths[0] != width:
        raise SetupError(
            f"inputs {setup.inputs!r} needs widths[0] = {rule or width}; got {shown(setup.widths)}"
        )
