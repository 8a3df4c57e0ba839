"""Kurtosis of very deep Gaussian networks from independent layer factors; never a direct average.

A direct average of y^4 at depth 100 is wrong by many orders of magnitude and shows a small error
bar: the fourth moment lives in networks that no sample contains. What one layer does to the squared
scale can be sampled well, and layers are independent, so means are taken layer by layer and
multiplied. The sampler is equal in law to the literal network for one Gaussian input and Gaussian
weights only; tests/simulate/test_layer_factors.py compares the two by a two-sample test.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simulate import activations
from simulate.exact import radial
from simulate.registry import experiment
from simulate.seeds import Stream
from simulate.setup import ONE_LAW, Setup, SetupError

GROUPS = 8
MOST_DRAWS = 2**16
COST_OF_A_FACTOR = 8  # in normals: a binomial and a gamma draw
SAMPLER = "layer factors: chi-square of a binomial count of active units per layer"


def n_draws(setup: Setup) -> int:
    """Draws per layer of one replicate: extra["draws"], 256 unless set."""
    return setup.extra_whole("draws", 256, 1, MOST_DRAWS)


def _cost(setup: Setup) -> int:
    return COST_OF_A_FACTOR * n_draws(setup) * setup.depth


def _block(setup: Setup) -> int:
    return max(8, 1 << (15 - (n_draws(setup) - 1).bit_length()))


def slope_of(setup: Setup) -> float:
    """The negative slope; raises SetupError where the sampler is not equal in law."""
    if not activations.is_homogeneous(setup):
        raise SetupError(f"layer factors need a ReLU-like activation; got {setup.activation!r}")
    for name, needed in (("weights", "gaussian"), ("inputs", "gaussian"), ("block", "plain")):
        if getattr(setup, name) != needed:
            raise SetupError(
                f"layer factors need {name} = {needed!r}; got {getattr(setup, name)!r}"
            )
    if not setup.activate_input or setup.fan != "in" or setup.n_inputs != 1:
        raise SetupError("layer factors need an activated input, fan-in variance and one input")
    setup.require("layer factors", norm="none", masks="own", **ONE_LAW)
    return activations.negative_slope(setup)


def factors(setup: Setup, stream: Stream, layer: int, *shape: int) -> Tensor:
    """Draws of gain/n sum_i phi(g_i)^2, g standard normal in n = widths[layer] units.

    The factor by which the layer that reads n units multiplies the variance of a unit, given the
    layer below. Positive entries: K ~ Bin(n, 1/2), their squares sum to chi^2_K, the others to
    slope^2 chi^2_{n-K}. O(1) per draw at any width.
    """
    width, slope = setup.widths[layer], slope_of(setup)
    _, total, others = radial.split(stream, width, slope, *shape)
    if others is not None:
        total = total + slope**2 * others
    return total * (setup.gain / width)


def direct_relative_variance(columns: Mapping[str, NDArray[np.float64]]) -> float:
    """log10 of E y^8/(E y^4)^2, from the columns of `layer_factors`.

    The relative second moment, 1 + relative variance, of y^4 of one unit over literal networks: a
    direct average needs (10^x - 1)/e^2 networks for a relative standard error e. Numpy only;
    logarithms of column means, so that no depth overflows. At 1e5 draws per layer its own standard
    error is 0.02, from g^8 of the output unit alone, and 0.03 at width 10 and depth 100.
    """
    return float(
        sum(
            np.log10(columns[f"eighth_{i}"].mean()) - 2 * np.log10(columns[f"fourth_{i}"].mean())
            for i in range(GROUPS)
        )
    )


@experiment(
    "layer_factors",
    columns=(
        *(f"fourth_{i}" for i in range(GROUPS)),
        *(f"second_{i}" for i in range(GROUPS)),
        *(f"eighth_{i}" for i in range(GROUPS)),
    ),
    sampler=SAMPLER,
    cost=_cost,
    replicates=_block,
    direct=direct_relative_variance,
)
def layer_factors(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """Products over a group of layers of the means of the factor and of its powers 2 and 4.

    Layers 0..L-1 and the output unit are dealt round to 8 groups. In one replicate each layer has
    extra["draws"] fresh factors T; `fourth_i` multiplies the means of T^2 over the layers of group
    i, `second_i` the means of T, `eighth_i` those of T^4 (for the output unit T = g^2, g ~ N(0, 1):
    means of g^4, g^2 and g^8). The columns are per-layer means of independent layers, multiplied:
    the mean of `eighth_i` is the product of E T^4, so that the product over groups of
    E eighth_i/(E fourth_i)^2 is prod_l E T_l^4/(E T_l^2)^2 = E y^8/(E y^4)^2, the relative second
    moment of y^4 in a direct average over networks (`direct_relative_variance`). The spread of
    `fourth_i` itself does not tell it: there every T^2 is a mean over the draws already. Groups
    are independent, so the product over groups of E fourth_i/(E second_i)^2 is exactly
    E y^4/(E y^2)^2. Means of products, never means of logs. Eight columns instead of one keep each
    column light-tailed; T and T^2 of the same draws vary together, so that the ratio needs seven
    times fewer draws than the fourth moment alone: 5 % at width 10, depth 100 takes about
    15,000 draws per layer, a quarter of a second.
    """
    n = n_draws(setup)
    fourth = [torch.ones(replicates, dtype=stream.dtype, device=stream.device)] * GROUPS
    second, eighth = list(fourth), list(fourth)
    for layer in range(setup.depth + 1):
        if layer == setup.depth:
            drawn = stream.normal(replicates, n).square()
        else:
            drawn = factors(setup, stream, layer, replicates, n)
        group = layer % GROUPS
        squared = drawn.square()
        fourth[group] = fourth[group] * squared.mean(1)
        second[group] = second[group] * drawn.mean(1)
        eighth[group] = eighth[group] * squared.square().mean(1)
    return {
        f"{name}_{i}": column
        for name, columns in (("fourth", fourth), ("second", second), ("eighth", eighth))
        for i, column in enumerate(columns)
    }


@experiment(
    "layer_factor_product",
    columns=("fourth", "fourth_sq"),
    sampler=SAMPLER,
    cost=_cost,
    replicates=_block,
)
def layer_factor_product(setup: Setup, stream: Stream, replicates: int) -> Mapping[str, Tensor]:
    """One whole product of the means of T^2 over all layers, and its square.

    What decides how many draws per layer the product needs. Shallow networks only: the square of
    the product leaves float64 near depth 1700 at width 10.
    """
    product = torch.ones(replicates, dtype=stream.dtype, device=stream.device)
    for layer in range(setup.depth):
        drawn = factors(setup, stream, layer, replicates, n_draws(setup))
        product = product * drawn.square().mean(1)
    return {"fourth": product, "fourth_sq": product.square()}
