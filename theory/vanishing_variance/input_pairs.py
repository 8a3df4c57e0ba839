"""The pairs (c_0, kappa_0) of Appendix E as functions: what ties them, what they imply.

z = W x, W iid and symmetric, x any data: c_0 = Cov(z_i^2, z_j^2), sigma_0^2 = Var z_i, and
F = sum_k E x_k^4/(E||x||^2)^2. No claim stands here; see appE_inputs.py.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.vanishing_variance.appE_grid import STARTS
from theory.vanishing_variance.recursion import first_step, last_state

PRINTED = dict(zip(("MNIST", "CIFAR10"), STARTS, strict=True))
"""(kappa_0, c_0), as printed, to two decimals."""
HALF_DIGIT = Fraction(1, 200)
STRETCHED: en.Joint = {
    (t * u, t * v): Fraction(1, 8)
    for t in (Fraction(1), Fraction(2))
    for u in (Fraction(1), Fraction(-1))
    for v in (Fraction(1), Fraction(-1))
}
"""t (s_1, s_2), t = 1 or 2, fair signs: sigma_0^2 = 5/2, c_0 = 9/4, kappa_0 = 34/25."""


def printed_kurtosis(data_set: str) -> Fraction:
    """kappa_0 as Appendix E has it."""
    return PRINTED[data_set][0]


def pair(covariance: Any, variance: Any) -> Any:
    """m_0 = 1 + c_0/sigma_0^4, which is E||x||^4/(E||x||^2)^2: free of scale.

    >>> pair(sp.Rational(9, 4), sp.Rational(5, 2))
    34/25
    """
    c, s = (sp.sympify(prove.exact(v)) for v in (covariance, variance))
    return 1 + c / s**2


def kurtosis(covariance: Any, variance: Any, weight_kurtosis: Any, fourth_share: Any) -> Any:
    """kappa_0 = 3 m_0 + (kappa_w - 3) F. Exact for iid symmetric weights and any data."""
    kw, share = prove.exact(weight_kurtosis), prove.exact(fourth_share)
    return first_step(kw, pair(covariance, variance), share, 1)


def scale(covariance: Any, kurtosis: Any) -> Any:
    """sigma_0^2 = sqrt(3 c_0/(kappa_0 - 3)): what a pair implies, Gaussian weights.

    >>> scale(2, 9), round(float(scale(Fraction(71, 100), Fraction(395, 100))), 4)
    (1, 1.4974)
    """
    c, k = (sp.sympify(prove.exact(v)) for v in (covariance, kurtosis))
    return sp.sqrt(3 * c / (k - 3))


def overestimate(width: int, depth: int, weight_kurtosis: Any) -> Any:
    """kappa_d from the pair (0.71, 3.95) read at sigma_0 = 1, over kappa_d at the scale it implies.

    ReLU, constant width. At that scale m_0 = kappa_0/3.

    >>> round(float(overestimate(5, 5, 3)), 3), round(float(overestimate(50, 5, 1)), 3)
    (1.119, 1.268)
    """
    kurt, c = PRINTED["MNIST"]
    as_one, own = (
        last_state((width,) * depth, 0, prove.exact(weight_kurtosis), prove.exact(kurt),
                   prove.exact(m))[0]
        for m in (1 + c, kurt / 3)
    )  # fmt: skip
    return as_one / own


def at_depth(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, covariance: Any,
    variance: Any,
) -> Any:  # fmt: skip
    """kappa_d by Proposition 4.3 from (kappa_0, c_0, sigma_0^2). Exact."""
    a, kw, kurt = (sp.sympify(prove.exact(v)) for v in (slope, weight_kurtosis, input_kurtosis))
    return last_state(widths, a, kw, kurt, pair(covariance, variance))[0]
