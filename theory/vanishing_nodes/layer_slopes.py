"""The variance of the preactivations from layer to layer, and the spread of the slopes there.

    variances   v_1, ..., v_L of wide networks, v_{l+1} = sigma_w^2 E phi(sqrt(v_l) z)^2
    spreads     q_l = mu_2/mu_1^2 at v_l: what the layer-wise laws of vn.rec and vn.rec.haar take

No Claim in here. Both are limits N -> infinity: v_l fluctuates by O(1/sqrt N), and the mean of a
network of finite width is off by O(1/N).
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import as_mpf
from theory.vanishing_nodes import slope_moments


def second_moment(activation: str, slope: Any, variance: Any) -> Any:
    """E phi(sqrt(v) z)^2, z standard normal. Exact but for tanh, an mpf.

    Activations are those of slope_moments: leaky_relu, hard_tanh, erf (of sqrt(pi) h/2), tanh.

    >>> second_moment("leaky_relu", 0, 3), second_moment("erf", 0, 2 / sp.pi)
    (3/2, 1/3)
    """
    v = sp.sympify(prove.exact(variance))
    if activation == "leaky_relu":
        return v * (1 + sp.sympify(prove.exact(slope)) ** 2) / 2
    if activation == "erf":
        return 2 / sp.pi * sp.asin(sp.pi * v / 2 / (1 + sp.pi * v / 2))
    if activation == "hard_tanh":
        inside = sp.erf(1 / sp.sqrt(2 * v))
        return v * (inside - sp.sqrt(2 / (sp.pi * v)) * sp.exp(-1 / (2 * v))) + 1 - inside
    return _of_tanh(as_mpf(v), mpmath.mp.prec)


@functools.cache
def _of_tanh(variance: Any, prec: int) -> Any:
    """E tanh(sqrt(v) z)^2 at the working precision `prec`, an mpf."""
    with mpmath.workdps(mpmath.mp.dps + 5):
        root = mpmath.sqrt(variance)
        points = [j / max(1, 2 * root) for j in (0, 1, 2, 4, 8)] + [mpmath.inf]
        value = 2 * mpmath.quad(lambda z: mpmath.tanh(root * z) ** 2 * mpmath.npdf(z), points)
    return +value


def variances(activation: str, slope: Any, variance: Any, depth: int, gain: Any = 1) -> list[Any]:
    """v_1, ..., v_depth: v_1 = `variance`, then v_{l+1} = gain E phi(sqrt(v_l) z)^2, mpfs.

    gain: sigma_w^2, the entry variance of a weight matrix times its fan-in.
    """
    found, factor = [as_mpf(sp.sympify(prove.exact(variance)))], sp.sympify(prove.exact(gain))
    while len(found) < int(depth):
        found.append(as_mpf(factor * second_moment(activation, slope, found[-1])))
    return found[: int(depth)]


def spreads(activation: str, slope: Any, variance: Any, depth: int, gain: Any = 1) -> list[Any]:
    """q_1, ..., q_depth, the spread of the slopes of each layer, mpfs.

    >>> [mpmath.nstr(q, 6) for q in spreads("hard_tanh", 0, sp.Rational(1, 10), 3)]
    ['1.00157', '1.00154', '1.00152']
    """
    return [
        as_mpf(slope_moments.spread(activation, slope, v))
        for v in variances(activation, slope, variance, depth, gain)
    ]
