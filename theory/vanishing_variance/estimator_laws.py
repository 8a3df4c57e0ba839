"""What the estimators of a deep kurtosis cost: their exact relative variances, Gaussian weights.

The squared scale is a product of independent layer factors T_w (vev.law.product), so every variance
here is a product over layers of moments of T_w. Second roads: the moments of one unit expanded over
its weights and inputs, and literal networks whose numbers take nine rational values with the
moments of a Gaussian. No claim is made here: the laws are those of estimators.py and
estimators_particles.py.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.maths.layer_factors import chi2_moment, factor_moment
from theory.schema import as_mpf
from theory.vanishing_variance.quenched_drift import drift, log_variance

UNIT = sp.Rational(chi2_moment(1, 4), chi2_moment(1, 2) ** 2)
"""E g^8/(E g^4)^2 = 105/9 of a standard normal g."""

# --- the laws --------------------------------------------------------------------------------


def spread(width: int, slope: Any) -> sp.Rational:
    """E T^4/(E T^2)^2 of one layer: 1 + cv^2 of T^2. Exact.

    >>> spread(10, 0)
    1178/375
    """
    return factor_moment(width, slope, 4) / factor_moment(width, slope, 2) ** 2


def left_by_own_mean(width: int, slope: Any) -> sp.Rational:
    """Share of the variance that stays if the mean of T^2 is divided by that of T, squared. Exact.

    To first order in the draws: Var(T^2/E T^2 - 2 T/E T)/Var(T^2/E T^2).

    >>> round(float(left_by_own_mean(10, 0)), 3)
    0.141
    """
    one, two, three, four = (factor_moment(width, slope, k) for k in (1, 2, 3, 4))
    own = four / two**2 - 4 * three / (one * two) + 4 * two / one**2 - 1
    return own / (spread(width, slope) - 1)


def over_layers(of_layer: Callable[[int], Any], widths: Any) -> Any:
    """prod_l of_layer(w_l); equal widths are evaluated once."""
    return sp.prod([of_layer(n) ** count for n, count in Counter(widths).items()])


def naive_variance(widths: Any, slope: Any) -> Any:
    """Var(y^4)/(E y^4)^2 = (105/9) prod_l E T^4/(E T^2)^2 - 1: exact, per network.

    105/9 = E g^8/(E g^4)^2 of the Gaussian unit.

    >>> naive_variance((), 0)
    32/3
    """
    return UNIT * over_layers(lambda n: spread(n, slope), widths) - 1


def networks_needed(widths: Any, slope: Any, error: Any) -> Any:
    """Networks in a direct average of y^4 for a relative standard error: variance/error^2."""
    return naive_variance(widths, slope) / sp.sympify(prove.exact(error)) ** 2


def product_kurtosis(widths: Any, slope: Any) -> Any:
    """kappa_d = 3 prod_l E T_{w_l}^2 = 3 prod_l (1 + (3r-1)/w_l), from x ~ N(0, I). Exact.

    >>> product_kurtosis((10, 10), 0)
    27/4
    """
    return 3 * over_layers(lambda n: factor_moment(n, slope, 2), widths)


def product_variance(widths: Any, slope: Any, draws: int) -> Any:
    """Relative variance of prod_l mean_N(T_l^2): prod_l (1 + cv_l^2/N) - 1, cv^2 of T^2. Exact."""
    return over_layers(lambda n: 1 + (spread(n, slope) - 1) / draws, widths) - 1


def run_variance(widths: Any, slope: Any, particles: int, units: int) -> Any:
    """Relative variance of one particle run: prod (1 + cv_l^2/P) (1 + (105/9 - 1)/(P units)) - 1.

    Gaussian weights, exact. Given the unit vector f of its parent, a particle's next layer W f is
    N(0, v I) whatever f is, so potentials T^2 are independent of each other, of the layers and of
    every resampling: a run is the product of means of P draws of T^2 and of one mean over P
    particles and `units` output units. Other weights: no closed form, T^2 depends on f.

    >>> run_variance((10,) * 5, 0, 1, 1) == naive_variance((10,) * 5, 0)
    True
    """
    last = 1 + (UNIT - 1) / (particles * units)
    return (product_variance(widths, slope, particles) + 1) * last - 1


def runs_needed(variance: Any, margin: float, z: float) -> int:
    """Independent runs after which a true law agrees with probability 0.999.

    The interval +- z se fits inside the margin unless the mean is more than margin - z se off,
    which for margin = (z + 3.29) se happens once in a thousand.
    """
    return math.ceil(float(variance) * ((z + 3.29) / margin) ** 2)


def direct_log_variance(widths: Any, slope: Any, power: int) -> sp.Expr:
    """Variance of log T^power summed over layers, |a| in {0, 1}: what an average of R^power faces.

    A direct average is used only where this is at most 1: a log-normal of log-variance 1 has
    relative variance 1.7 and skewness 6.
    """
    return sp.Integer(power) ** 2 * sum(log_variance(n, slope) for n in widths)


# --- second roads ----------------------------------------------------------------------------


def power_of_sum(width: int, slope: Any, power: int) -> sp.Expr:
    """E (sum_j W_j phi(x_j))^power, W ~ N(0, v), x ~ N(0, 1): power! [t^power] of an egf to the w.

    Weights and units one by one: no chi-square, no binomial count.
    """
    t = sp.Symbol("t")
    variance = 2 / ((1 + slope**2) * sp.Integer(width))
    unit = sum(
        variance**k
        * sp.Integer(chi2_moment(1, k)) ** 2
        * (1 + slope ** (2 * k))
        / 2
        * t ** (2 * k)
        / sp.factorial(2 * k)
        for k in range(power // 2 + 1)
    )
    product = sp.Poly(unit, t) ** width
    return sp.factorial(power) * product.coeff_monomial(t**power)


@functools.cache
def nine_points() -> en.Law:
    """A law on -4, ..., 4 whose moments are those of N(0, 1) up to order 9. Exact.

    >>> [en.moment(nine_points(), p) for p in (0, 2, 4, 6, 8)] == [1, 1, 3, 15, 105]
    True
    """
    rows = sp.Matrix(5, 5, lambda power, j: (2 if j or power else 1) * sp.Integer(j) ** (2 * power))
    half = rows.LUsolve(sp.Matrix([chi2_moment(1, power) for power in range(5)]))
    return {Fraction(j): Fraction(int(half[abs(j)].p), int(half[abs(j)].q)) for j in range(-4, 5)}


@functools.cache
def nine_point_networks() -> tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]:
    """(widths read, E y^4, E y^8) of two-layer ReLU networks whose numbers take the nine points.

    Rows of weights are symmetric, so only even powers of every phi(x_j) and weight survive, half of
    a moment each: to order 8 these are the numbers of Gaussian networks.
    """
    law, relu = nine_points(), en.leaky(Fraction(0))
    rows = []
    for n, m in ((1, 2), (2, 1)):
        joint = en.network(en.iid(law, n), (m, 1), law, relu)
        fourth, eighth = (en.expect(joint, lambda y, p=p: y[0] ** p) for p in (4, 8))  # type: ignore[misc]
        rows.append(((n, m), fourth, eighth))  # variance left out: ratios are scale-free
    return tuple(rows)


# --- a wrong version that two claims share ---------------------------------------------------


def quenched(widths: Any, slope: Any, **_: Any) -> Any:
    """3 exp(2 E log T) for each layer, the mean of the logarithm."""
    counted = Counter(widths).items()
    return 3 * mpmath.exp(2 * mpmath.fsum(count * as_mpf(drift(n, slope)) for n, count in counted))
