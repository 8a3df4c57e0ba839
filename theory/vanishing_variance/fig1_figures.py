"""Figure 1 drawn anew: the exact quantiles, sampled networks, and where the printed curves cross.

The networks are those of the figure, as their code is described: no activated input. Each scale is
the mean square of a layer for one N(0, I) input; the claim stands in fig1.py. ZerO, which draws
nothing, has a figure of its own (vev.init.zero).

The size rule of a row at a level and a depth. The ends of an interval for the p-quantile lie
Z sqrt(p (1 - p)/n) dq/dp from it, q the exact law: this is DECADES at n(p, d) networks. A row is
sampled where n(p, d) d, the layers to be drawn, is at most MOST_LAYERS.
"""

from __future__ import annotations

import itertools
from typing import Any

from theory.schema import (
    LATER,
    TIERS,
    Curve,
    Estimand,
    Probe,
    Reference,
    absolute,
)
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance import scale_quantiles as scales
from theory.vanishing_variance.fig1_quantiles import (
    LEVELS,
    PROTOCOLS,
    PUBLISHED,
    WIDTH,
    point,
    quantile,
)

OVER = "networks and inputs, dead ones counted: a quantile over networks"
ACTIVATED, RAW = PROTOCOLS
WORDS = {"he": "He", "glorot": "Glorot", "orthogonal": "orthogonal", "gsm": "GSM"}
DEPTHS = (10, 20, 40, 80)
Z = 5.0  # two-sided 6e-7: below the level of a look in any report
MOST_LAYERS = 2e6
DECADES = absolute(
    0.2, quick=0.5, paper=0.1,
    why="exact law: a fifth of a decade, as near 0 a precision relative to a logarithm is none",
)  # fmt: skip


def setup(name: str, depth: int, n_inputs: int, protocol: str) -> dict[str, Any]:
    """A network of width 10; GSM reads a mirrored input where the protocol activates it."""
    activated = protocol == ACTIVATED
    more = {"inputs": "mirrored", "first_gain": 2.0} if name == "gsm" and activated else {}
    fields = {"activate_input": activated, "n_inputs": n_inputs, **more}
    return init.setup(name, (WIDTH,) * (depth + 1), **fields)


def networks_needed(name: str, depth: int, level: float) -> float:
    """n(p, d): networks at which the interval of the quantile is DECADES wide, either way."""
    h = (1 - level) / 20
    upper, lower = (quantile(name, depth, level + s * h, RAW) for s in (1, -1))
    slope = (upper - lower) / (2 * h)
    return level * (1 - level) * (Z * slope / DECADES.standard) ** 2


def scale_probe(
    name: str,
    depth: int,
    level: float,
    protocol: str = RAW,
    tiers: tuple[str, ...] = TIERS,
) -> Probe:
    """One quantile of literal networks."""
    drawn = protocol == RAW
    return Probe(
        name=f"{name}, layer {depth}, {level} quantile" + ("" if drawn else ", input activated"),
        experiment="variance_at_depth",
        setup=setup(name, depth, 1, protocol),
        at=point(name, depth, level, protocol),
        estimand=Estimand("quantile", ("log10_scale",), over=OVER, level=level),
        laws=("quantile",),
        why="one input, the mean square over the units",
        margin=DECADES,
        curve=name if drawn else "",
        x=depth if drawn else None,
        tiers=tiers,
    )


FAR = (
    *(scale_probe("he", depth, 0.9) for depth in (60, 80)),
    scale_probe("he", 100, 0.9, tiers=LATER),
    scale_probe("glorot", 40, 0.9),
    *(scale_probe("orthogonal", depth, 0.9, tiers=LATER) for depth in (80, 100)),
    *(scale_probe("gsm", depth, 0.9) for depth in (60, 100)),
    scale_probe("he", 60, 0.9, ACTIVATED, tiers=LATER),
    scale_probe("orthogonal", 80, 0.9, ACTIVATED, tiers=LATER),
)
"""The depths where the printed curves have crossed, and both protocols."""

NEAR = tuple(
    scale_probe(name, depth, level, tiers=LATER)
    for name, level, depth in itertools.product(scales.INITIALISERS, LEVELS, DEPTHS)
    if not any(probe.at == point(name, depth, level, RAW) for probe in FAR)
    and networks_needed(name, depth, level) * depth <= MOST_LAYERS
)
"""All others of DEPTHS and LEVELS that the size rule admits."""

PROBES = (*FAR, *NEAR)

CURVES = tuple(
    Curve(
        name,
        f"{words}, width 10: quantiles over networks of the scale",
        "layer",
        "log10 of the quantile",
        (1, 5, *range(10, 101, 10)),
        (lambda chosen: lambda x: point(chosen, int(x), LEVELS[0], RAW))(name),
        laws=("quantile",),
        family={str(level): {"level": level} for level in LEVELS},
        references=(
            Reference(PUBLISHED[name] + 1, -3, "printed: the 0.9 quantile of S^2 passes 1/1000"),
        ),
    )
    for name, words in WORDS.items()
)
