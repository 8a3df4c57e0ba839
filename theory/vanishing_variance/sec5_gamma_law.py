"""The distribution of the empirical variance: Section 5's gamma law against the exact one.

    vev.sec5.gamma   S_n^2/sigma^2 ~ chi^2(DF)/DF, DF = 2n/(kappa - (n-3)/(n-1)); and the truth

For a linear Gaussian network and x ~ N(0, I) the outputs are v . x_b with one vector v for all
inputs, ||v||^2 = prod_l chi^2_{w_l}/w_l, so S_n^2 = ||v||^2 chi^2_{n-1}/(n-1) exactly. Averaging
over n inputs leaves the factor of the network where it is.
"""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any

import mpmath
import sympy as sp
from mpmath import iv

from theory.maths import enclosure, prove
from theory.schema import (
    LATER,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    as_mpf,
    unstated,
)
from theory.symbols import SLOPE, WIDTHS, by_unit
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.closed_forms import gaussian_kurtosis
from theory.vanishing_variance.data_probes import ABOVE, SAMPLES
from theory.vanishing_variance.gaussian_probes import gaussian_setup
from theory.vanishing_variance.norm_distribution import WIDTHS_READ, norm_tail
from theory.vanishing_variance.sec5_variance_of_s2 import variance_of_s2

ERROR = 2e-6  # allowed against intervals of width 1e-7
THRESHOLD = Parameter(
    "threshold", Reals(0, open_low=True), "level t of S^2/sigma^2", sp.Symbol("t", positive=True)
)
k, t, n = sp.symbols("k t n", positive=True)
LINEAR = replace(SLOPE, domain=Reals(1, 1))  # nothing is known of the other slopes
P, F, Q = sp.Function("P"), sp.Function("F"), sp.Function("Q")
S_SQ = sp.Symbol("S") ** 2


def shape(widths: Any, slope: Any, samples: Any) -> sp.Expr:
    """k = DF/2 = n/(kappa - (n-3)/(n-1)), kappa the pooled kurtosis from x ~ N(0, I). Exact.

    >>> shape((2,), 1, 3)
    1/2
    """
    kurtosis = gaussian_kurtosis(tuple(widths), prove.exact(slope), 3, 1)
    return 1 / variance_of_s2(samples, kurtosis, 1)


def gamma_tail(widths: Any, slope: Any, samples: Any, threshold: Any) -> Any:
    """P(Gamma(k, 1/k) > t) = Q(k, k t), an mpf: the stated law."""
    return _upper(as_mpf(sp.sympify(shape(widths, slope, samples))), threshold)


def _upper(of_shape: Any, threshold: Any) -> Any:
    """Q(k, kt). For kt <= 1 by the series of the lower function: at tiny k nothing else is fast.

    1 - Q = z^k/Gamma(k+1) (1 + k sum_{j>=1} (-z)^j/(j! (k+j))), z = kt.
    """
    z = of_shape * as_mpf(prove.exact(threshold))
    if z > 1:
        return mpmath.gammainc(of_shape, z, regularized=True)
    series = mpmath.fsum((-z) ** j / mpmath.factorial(j) / (of_shape + j) for j in range(1, 40))
    log_lower = (
        of_shape * mpmath.log(z) - _log_gamma_above_one(of_shape) + mpmath.log1p(of_shape * series)
    )
    return -mpmath.expm1(log_lower)


def _log_gamma_above_one(small: Any) -> Any:
    """log Gamma(1 + k), also where 1 + k rounds to 1."""
    if small > 1e-3:
        return mpmath.loggamma(1 + small)
    return -mpmath.euler * small + mpmath.fsum(
        mpmath.zeta(j) * (-small) ** j / j for j in range(2, 16)
    )


def _exact_tail(widths: Any, samples: Any, threshold: Any) -> tuple[Any, int]:
    level = as_mpf(prove.exact(threshold)) * (int(samples) - 1)
    return norm_tail(tuple(widths), 1.0, int(samples) - 1, float(mpmath.log(level)))


def exact_tail(widths: Any, slope: Any, samples: Any, threshold: Any) -> Any:
    """P(S_n^2 > t sigma^2) of a linear Gaussian network over n inputs N(0, I), an mpf."""
    return _exact_tail(widths, samples, threshold)[0]


def exact_digits(widths: Any, slope: Any, samples: Any, threshold: Any) -> int:
    """How many digits of it two lines of integration agree on."""
    return _exact_tail(widths, samples, threshold)[1]


# --- proofs ----------------------------------------------------------------------------------


def degrees_of_freedom(law: Any) -> Finding:
    """Where k = 3/kappa = 1/2 (n = 3, kappa = 6) the tail is erfc(sqrt(t/2)): chi-square of one."""
    with mpmath.workdps(30):
        return prove.close(
            (
                (
                    f"widths {widths}, a = {slope}, n = 3, t = {level}",
                    law(widths=widths, slope=slope, samples=3, threshold=level),
                    mpmath.erfc(mpmath.sqrt(mpmath.mpf(level) / 2)),
                )
                for widths, slope in (((2,), 1), ((5,), 0))
                for level in (0.5, 3)
            ),
            digits=20,
        )


def two_moments(law: Any) -> Finding:
    """int Q dt = 1 and int 2 t Q dt = 1 + Var S_n^2/sigma^4, by quadrature."""
    at = {"widths": (4,), "slope": 1, "samples": 8}
    second = 1 + variance_of_s2(8, gaussian_kurtosis((4,), 1, 3, 1), 1)
    with mpmath.workdps(15):
        moments = [
            mpmath.quad(lambda s, p=p: (1 + p) * s**p * law(**at, threshold=s), [0, 0.2, 2, 25])
            for p in (0, 1)
        ]
        return prove.close(
            [("mean", moments[0], 1), ("mean square", moments[1], second)],
            digits=4,
            detail="mean 1 and the variance of n iid samples",
        )


@functools.cache
def one_layer() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """(label, arguments, interval that holds P(S_n^2 > t)): chi^2_w chi^2_{n-1} above t w (n-1)."""
    rows = []
    for width, samples, level in ((2, 3, 0.5), (3, 5, 2.0), (2, 20, 0.25)):
        below = enclosure.chi2_product_below(
            width, samples - 1, iv.mpf(level) * width * (samples - 1)
        )
        at = {"widths": (width,), "slope": 1, "samples": samples, "threshold": level}
        rows.append((f"w_0 = {width}, n = {samples}, t = {level}", at, 1 - below))
    return tuple(rows)


def against_one_layer(law: Any) -> Finding:
    """One linear layer: the product of two chi-squares, every error bounded."""
    return enclosure.inside(
        ((label, law(**at), interval) for label, at, interval in one_layer()), tolerance=ERROR
    )


def with_second_moment(law: Any) -> Finding:
    """Two and three layers: int 2 t P(S^2 > t) dt = (1 + 2/(n-1)) prod (1 + 2/w_l)."""
    rows = []
    for widths, samples in (((12, 16), 6), ((20, 30, 15), 9)):
        # t = e^x; Simpson's rule in x: the tails fall faster than any power
        nodes = [(-60 + j) / 8 for j in range(121)]
        values = [
            2
            * math.exp(2 * x)
            * law(widths=widths, slope=1, samples=samples, threshold=math.exp(x))
            for x in nodes
        ]
        weights = [1 if j in (0, 120) else 4 if j % 2 else 2 for j in range(121)]
        total = sum(p * q for p, q in zip(weights, values, strict=True)) / 24
        found = (1 + 2 / sp.Integer(samples - 1)) * sp.prod([1 + sp.Rational(2, w) for w in widths])
        rows.append((f"widths {widths}, n = {samples}", total, found))
    return prove.close(rows, digits=3, detail="Simpson's rule in log t")


# --- the claim -------------------------------------------------------------------------------


# Two laws on one probe: only at tiers whose margin is at most half of the distance between them.


def _above(
    name: str,
    depth: int,
    samples: int,
    level: float,
    laws: tuple[str, ...],
    slope: int,
    **more: Any,
) -> Probe:
    widths = (10,) * depth
    return Probe(
        name=name,
        experiment="empirical_variance",
        setup=gaussian_setup(
            (*widths, 1), float(slope), n_inputs=samples, extra={"threshold": level}
        ),
        at={"widths": widths, "slope": slope, "samples": samples, "threshold": level},
        estimand=ABOVE,
        laws=laws,
        why="P(S^2 > t) of one unit of literal networks on fresh inputs",
        **more,
    )


BOTH = ("stated", "corrected")
CLAIM = Claim(
    id="vev.sec5.gamma",
    title="the empirical variance over sigma^2 follows chi^2(DF)/DF, a gamma law",
    source=PAPER.at(
        "Section 5, second and third display",
        "for large n, S_n^2/sigma^2 ~ chi^2(DF_n)/DF_n with DF_n = 2 sigma^4/Var S_n^2, that is "
        "Gamma(DF_n/2, 2/DF_n)",
    ),
    kind="approximation",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(P(t < S_SQ), Q(k, k * t)),
            parameters=(by_unit(WIDTHS), SLOPE, SAMPLES, THRESHOLD),
            words="tail of S_n^2/sigma^2; k = n/(kappa - (n-3)/(n-1)), Gaussian weights",
            evaluate=gamma_tail,
            mutants=(
                Mutant(
                    "DF = 2n/(kappa - 1)",
                    lambda widths, slope, samples, threshold: _upper(
                        as_mpf(samples / (gaussian_kurtosis(widths, slope, 3, 1) - 1)), threshold
                    ),
                ),
                Mutant(
                    "shape DF",
                    lambda widths, slope, samples, threshold: _upper(
                        2 * as_mpf(shape(widths, slope, samples)), threshold
                    ),
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(P(t < S_SQ), 1 - F(sp.log((n - 1) * t))),
            parameters=(WIDTHS_READ, LINEAR, SAMPLES, THRESHOLD),
            words=(
                "linear networks: F is the distribution function of log(chi^2_{n-1} prod T_{w_l}), "
                "T_w = chi^2_w/w (vev.law.product)"
            ),
            evaluate=exact_tail,
            error="relative 1e-8 or less precise: `digits` beyond those that are known are refused",
            digits=exact_digits,
            mutants=(
                Mutant(
                    "one layer more",
                    lambda widths, slope, samples, threshold: exact_tail(
                        (*widths, widths[-1]), slope, samples, threshold
                    ),
                ),
                Mutant(
                    "n for n - 1",
                    lambda widths, slope, samples, threshold: exact_tail(
                        widths, slope, samples + 1, threshold
                    ),
                ),
                Mutant(
                    "network factor left out",
                    lambda widths, slope, samples, threshold: float(
                        _upper(mpmath.mpf(samples - 1) / 2, threshold)
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        unstated(
            "a linear network: for ReLU the law of S_n^2 is known for no n",
            lambda p: p.get("slope", 1) == 1,
        ),
    ),
    expected="false-as-stated",
    because=(
        "The gamma law matches two moments of independent samples. In a network all outputs carry "
        "one common factor, which no number of inputs averages out: with many inputs the gamma law "
        "says that S^2 is near sigma^2, and most networks are far below it."
    ),
    proofs=(
        Proof(
            "degrees of freedom", "numeric", "chi-square of one degree at n = 3, kappa = 6",
            degrees_of_freedom,
        ),
        Proof(
            "two moments", "numeric", "mean 1, variance that of n iid samples", two_moments,
            tiers=LATER,
        ),
        Proof(
            "one layer, stated", "rigorous", "chi^2_w chi^2_{n-1} of one linear layer",
            against_one_layer, point={"slope": 1},
        ),
        Proof(
            "one layer", "rigorous", "chi^2_w chi^2_{n-1} of one linear layer", against_one_layer,
            law="corrected",
        ),
        Proof(
            "second moment", "numeric", "two and three layers against vev.sec5.shared",
            with_second_moment, law="corrected", tiers=LATER,
        ),
    ),
    probes=(
        *(
            _above(f"linear, depth {d}", d, 64, 0.25, BOTH, 1, curve="depth", x=d)
            for d in (5, 10, 20)
        ),
        _above("linear, few inputs", 10, 5, 0.25, BOTH, 1, tiers=LATER),
        _above("ReLU, depth 20", 20, 64, 1e-3, ("stated",), 0),
    ),
    curves=(
        Curve(
            "depth",
            "Linear networks of width 10 with S^2 > sigma^2/4 over 64 inputs",
            "depth",
            "P(S^2 > 1/4)",
            (1, 2, 3, 5, 7, 10, 15, 20, 25, 30),
            lambda x: {"widths": (10,) * int(x), "slope": 1, "samples": 64, "threshold": 0.25},
            laws=BOTH,
        ),
    ),
    remark=(
        "For iid Gaussian samples DF = n - 1 and the law is exact. One input of a ReLU network, on "
        "the same scale: vev.law.product, whose tail the gamma law misses by orders of magnitude."
    ),
    see=("vev.sec5.var_s2", "vev.sec5.gamma_limit", "vev.law.product"),
)  # fmt: skip
