"""Set-ups, estimands and letters for He networks with Gaussian weights and one Gaussian input.

Shared by the claims on the law of the norm and on estimators; no claim is made here.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.schema import Estimand, unstated

GROUPS = 8  # columns that the layers are dealt to by the experiment `layer_factors`


def gaussian_setup(widths: tuple[int, ...], slope: float, **more: Any) -> dict[str, Any]:
    """A He network with Gaussian weights and a Gaussian input that is activated."""
    return {
        "widths": widths,
        "weights": "gaussian",
        "gain": 2 / (1 + slope**2),
        "activation": "leaky_relu",
        "slope": slope,
        "activate_input": True,
        **more,
    }


def _of_means(means: Any) -> float:
    """prod_i E fourth_i/(E second_i)^2."""
    value = 1.0
    for fourth, second in zip(means[:GROUPS], means[GROUPS:], strict=True):
        value *= float(fourth) / float(second) ** 2
    return value


PRODUCT = Estimand(
    "smooth",
    (*(f"fourth_{i}" for i in range(GROUPS)), *(f"second_{i}" for i in range(GROUPS))),
    over="layers, drawn separately; annealed: product over layers of E T^2/(E T)^2",
    function=_of_means,
)
DIRECT = Estimand(
    "ratio_to_square", ("mean_fourth", "mean_sq"), over="networks and inputs; annealed, directly"
)

layer, depth = sp.symbols("l d", integer=True, positive=True)
E = sp.Function("E")
T = sp.Indexed(sp.IndexedBase("T"), layer)
CV = E(T**4) / E(T**2) ** 2
GAUSSIAN = unstated(
    "Gaussian weights and one Gaussian input",
    lambda p: (
        p.get("weights", "gaussian") == "gaussian" and p.get("inputs", "gaussian") == "gaussian"
    ),
)
