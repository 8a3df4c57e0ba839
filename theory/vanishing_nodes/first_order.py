"""How far first order in depth over width reaches: one domain for eqs. (5), (6) and m_2. No Claim.

    growth      t = (q - 1 - s_1)(1/n_1 + ... + 1/n_L), q = mu_2/mu_1^2: qL/N for iid weights
    SHALLOW     the assumption t <= EDGE
    MOMENTS, FREE_SLOPES   what mu_1 and mu_2 must be for any of it

Eq. (6) is 1/N + t. At fixed t and N -> infinity what it stands for is, in each of the readings,

    annealed VNI              (1 - e^(-3t))/(1 + 2 e^(-3t))   = t + t^2/2 + O(t^3)
    E m_2/(N (E m_1)^2)       (e^(2t) - e^(-t))/3             = t + t^2/2 + O(t^3)
    mean VNI (vn.quenched)                                      t + t^2/2 + O(t^3)

so its relative error is t/2 and the three differ by O(t^2). The document writes "more accurate when
N >> L", without q and without a number: LEVEL is our reading of "~", and EDGE follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from theory.maths import prove, zonal
from theory.schema import stated, unstated
from theory.vanishing_nodes import rec_finite_width as rec

IID, HAAR = -1, 0  # s_1 of the weights
t = sp.Symbol("t")
ANNEALED_LIMIT = rec.from_x(sp.exp(-3 * t))
MOMENTS_LIMIT = (sp.exp(2 * t) - sp.exp(-t)) / 3


def expansions() -> dict[str, list[Any]]:
    """Coefficients of t^0..t^3 of the three averages.

    >>> expansions()["mean"]
    [0, 1, 1/2, -11/6]
    """
    found = {"mean": [prove.exact(c) for c in zonal.mean_ratio(3)]}
    for name, limit in (("annealed", ANNEALED_LIMIT), ("moments", MOMENTS_LIMIT)):
        series = sp.series(limit, t, 0, 4).removeO()
        found[name] = [series.coeff(t, k) for k in range(4)]
    return found


LEVEL = sp.Rational(1, 40)  # relative error of eq. (6) up to which "~" is taken to hold
EDGE = 2 * LEVEL  # the error is t/2


def growth(point: Mapping[str, Any]) -> Any:
    """t at a point: of its widths, else of depth and width; 0 where it names no network.

    q from mu_1 and mu_2, else `spread`, else the slope of a leaky rectifier (linear if not named).

    >>> growth({"width": 40, "depth": 2, "slope": 0}), growth({"widths": (5, 20, 10)}), growth({})
    (1/10, 3/20, 0)
    """
    if "widths" in point:
        layers = sum(sp.Rational(1, int(n)) for n in point["widths"][1:])
    elif "depth" in point:
        layers = sp.sympify(point["depth"]) / sp.sympify(prove.exact(point.get("width", sp.oo)))
    else:
        return sp.Integer(0)
    if "mu_2" in point and "mu_1" in point:
        q = sp.sympify(prove.exact(point["mu_2"])) / sp.sympify(prove.exact(point["mu_1"])) ** 2
    elif "spread" in point:
        q = sp.sympify(prove.exact(point["spread"]))
    else:
        q = rec.spread(point.get("slope", 1))
    return layers * (q - 1 - point.get("s_1", IID))


def is_shallow(point: Mapping[str, Any]) -> bool:
    """Whether eq. (6) is within LEVEL to second order."""
    return bool(growth(point) <= EDGE)


WORDS = (
    "how much larger than L the width must be (the document: N >> L): t = "
    "L (mu_2/mu_1^2 - 1 - s_1)/N <= 1/20, where the relative error t/2 of eq. (6) is at most 1/40"
)
SHALLOW = unstated(WORDS, is_shallow)


def moments_exist(point: Mapping[str, Any]) -> bool:
    """mu_2 >= mu_1^2, Jensen: else no phi' has these moments."""
    if "mu_1" not in point or "mu_2" not in point:
        return True
    first, second = (sp.sympify(prove.exact(point[name])) for name in ("mu_1", "mu_2"))
    return bool(second >= first**2)


MOMENTS = stated(
    "mu_2 >= mu_1^2, as for the moments E phi'^4 and E phi'^2 of any phi (Jensen)", moments_exist
)
FREE_SLOPES = unstated(
    "the slopes are independent of the weights and alike in every layer: linear, ReLU, leaky ReLU; "
    "for other phi mu_k holds at a fixed point q* only, N -> infinity",
    lambda p: p.get("activation", "linear") in ("linear", "relu", "leaky_relu"),
)
