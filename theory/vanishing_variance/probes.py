"""What the claims on kurtosis share: parameters, assumptions, set-ups, estimands, and the rule.

The rule says which averages may be sampled directly; it is evaluated without sampling. The fourth
moment of a deep network lives in rare networks, so a direct average of y^4 over literal networks is
skewed beyond use long before it is expensive. `log_variance` is the variance of the logarithm of
what is averaged, as the law has it; a direct average is taken only where that is at most
`MOST_LOG_VARIANCE`. Beyond it the fourth moment is measured by layer factors or by particles,
which are shown to equal the direct average at a size that obeys the rule.
tests/theory/vanishing_variance/test_probes.py holds every direct probe to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.schema import (
    EXACT_MARGIN,
    Estimand,
    Integers,
    Margin,
    Parameter,
    Probe,
    Reals,
    Tuples,
    stated,
    unstated,
)
from theory.symbols import MOST_WIDTH
from theory.vanishing_variance.recursion import (
    anisotropy,
    first_step,
    input_exists,
    power_sums,
    power_sums_exist,
    step,
)
from theory.vanishing_variance.saturation_proofs import drawn_scale_moment
from theory.vanishing_variance.uncorrelated_pairs import aligned_pair

# --- parameters ------------------------------------------------------------------------------

WIDTHS_READ = Parameter(
    "widths",
    Tuples(Integers(1, MOST_WIDTH)),
    "widths that are read: w_0, ..., w_{d-1}; the last is not",
)
INPUT_KURTOSIS = Parameter(
    "input_kurtosis", Reals(1), "kappa_0 of the input entries", sp.Symbol("kappa_0", positive=True)
)
PAIR_MEANING = "m_0 = 1 + c_0/sigma^4 = E x_i^2 x_j^2 / sigma^4, i != j"
INPUT_PAIR = Parameter("input_pair", Reals(0), PAIR_MEANING)
POSITIVE_PAIR = Parameter(
    "input_pair", Reals(0, open_low=True), PAIR_MEANING, sp.Symbol("m_0", positive=True)
)
"""For laws that divide by m_0."""

# --- assumptions -----------------------------------------------------------------------------


def _input_exists(p: Mapping[str, Any]) -> bool:
    if "input_kurtosis" not in p or "input_pair" not in p:
        return True
    first = p["first_width"] if "first_width" in p else p.get("widths", (1,))[0]
    return input_exists(first, p["input_kurtosis"], p["input_pair"])


INPUT_EXISTS = stated(
    "some input has these moments: m_0 <= kappa_0 (Cauchy-Schwarz) and "
    "kappa_0 + (w_0 - 1) m_0 >= w_0 (the variance of the sum of squares is not negative)",
    _input_exists,
)
SUMS_EXIST = stated(
    "some input has these sums: (E S_2)^2 <= E S_2^2 and 0 < E S_4 <= E S_2^2",
    lambda p: (
        "square_sum" not in p
        or power_sums_exist(p["square_sum_sq"], p["fourth_sum"], p["square_sum"])
    ),
)
IID_WEIGHTS = stated("weights iid and symmetric", lambda p: p.get("weights") != "haar")
NOT_SYMMETRIC = ("correlated_pair", "sign_product", "negative_sign_product")
SIGN_SYMMETRIC = unstated(
    "the input is jointly sign-symmetric, or |a| = 1 (its definition asks only that each "
    "entry is symmetric and the entries uncorrelated)",
    lambda p: (
        p.get("inputs") not in NOT_SYMMETRIC
        or abs(p.get("slope", 0)) == 1
        or "square_sum" in p  # the law for any input
    ),
)

# --- margins ---------------------------------------------------------------------------------


def with_remainder(remainder: Any, why: str) -> Margin:
    """The precision of an exact law plus a remainder derived from the law, relative to it."""
    extra = float(remainder)
    return Margin(
        quick=EXACT_MARGIN.quick + extra,
        standard=EXACT_MARGIN.standard + extra,
        paper=EXACT_MARGIN.paper + extra,
        why=f"precision of an exact law, plus the derived remainder {extra:.2g}: {why}",
    )


# --- estimands and set-ups -------------------------------------------------------------------

KURTOSIS = Estimand(
    "ratio_to_square",
    ("mean_fourth", "mean_sq"),
    over="networks and inputs; annealed: E y^4 over (E y^2)^2",
)
FOURTH = Estimand(
    "mean", ("fourth",), over="particle runs; annealed: E y^4, where E y^2 = 1 by the He variance"
)
GROWTH = Estimand(
    "ratio",
    ("fourth_after", "fourth_before"),
    over="networks and inputs; annealed: E y^4 of the last layer over E y^4 `lag` layers before",
)


def he_setup(
    widths: tuple[int, ...], slope: Any, weights: str, kw: Any, **more: Any
) -> dict[str, Any]:
    """A He-initialised network of the document, as the simulation takes it (phi on the input)."""
    return {
        "widths": widths,
        "weights": weights,
        "weight_kurtosis": float(kw),
        "gain": float(2 / (1 + slope**2)),
        "activation": "leaky_relu",
        "slope": float(slope),
        "activate_input": True,
        **more,
    }


def kurtosis_probe(
    name: str,
    widths: tuple[int, ...],
    slope: Any,
    weights: tuple[str, Any],
    *,
    at: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    by: str = "unit_moments",
    **more: Any,
) -> Probe:
    """Kurtosis of the unit that reads `widths` last, from N(0, 1) inputs unless `at` says others.

    weights: law and its kurtosis. at: arguments in place of the usual ones. inputs: fields of the
    set-up in place of the usual ones. by: `unit_moments` (direct), `radial_moments` (direct, by
    norms) or `particles` (true scale, E y^2 = 1). The width of the last layer, `last`, enters no
    law.
    """
    law, kw = weights
    last = more.pop("last", widths[-1])
    estimand = {"unit_moments": KURTOSIS, "radial_moments": KURTOSIS, "particles": FOURTH}.get(by)
    usual = {
        "widths": widths, "slope": slope, "weight_kurtosis": kw, "input_kurtosis": 3,
        "input_pair": 1,
    }  # fmt: skip
    return Probe(
        name=name,
        experiment=by,
        setup=he_setup((*widths, last), slope, law, kw, **(inputs or {})),
        at=usual if at is None else at,
        estimand=more.pop("estimand", estimand),
        **more,
    )


# --- the rule --------------------------------------------------------------------------------

MOST_LOG_VARIANCE = 1.0
"""A log-normal of log-variance 1 has relative variance 1.7 and skewness 6."""
POWER_OF_SCALE = {
    "mean_sq": 1, "sq_before": 1, "sq_after": 1,
    "mean_fourth": 2, "mean_pair_sq": 2, "fourth_before": 2, "fourth_after": 2,
}  # fmt: skip
"""Columns that average over literal networks: which power of the squared scale they carry."""
SPREAD_OF_A_UNIT = {1: sp.Integer(2), 2: sp.Rational(32, 3)}
"""Relative variance of g^2 and of g^4, g standard normal: what one unit adds given the scale."""


UNCENTRED_PAIR: en.Joint = {
    (Fraction(1), Fraction(2)): Fraction(1, 2),
    (Fraction(3), Fraction(-1)): Fraction(1, 2),
}
"""Neither centred nor symmetric nor uncorrelated nor of one variance."""
OTHER_INPUTS = {"correlated_pair": aligned_pair(), "uncentred_pair": UNCENTRED_PAIR}
"""Inputs that are not N(0, 1), as the simulation names them."""


def scale_moment(
    widths: tuple[int, ...], slope: Any, weight_kurtosis: Any, inputs: str = "gaussian"
) -> sp.Expr:
    """m_d = E T^2/(E T)^2, T the mean square that the last layer reads. Exact.

    By the recursion from kappa_0 = 3, m_0 = 1; inputs of another law take their first step by their
    sums.

    >>> scale_moment((5, 5), 0, 3)
    4
    """
    kw, r = sp.nsimplify(weight_kurtosis, rational=True), anisotropy(sp.nsimplify(slope))
    state: tuple[Any, Any] = (sp.Integer(3), sp.Integer(1))
    rest = widths
    if inputs in OTHER_INPUTS:
        sums = power_sums(OTHER_INPUTS[inputs], Fraction(str(sp.nsimplify(slope))))
        second = sp.sympify(sums["square_sum_sq"] / sums["square_sum"] ** 2)
        state, rest = (first_step(kw, **sums), second), widths[1:]
    for width in rest:
        state = step(state, sp.Integer(width), r, kw)
    return state[1]


def sigmoid_scale_moment(width: int, gain: Any) -> sp.Expr:
    """Bounds E S^2/(E S)^2 of sigmoid networks at every depth, S the mean square of `width` units.

    Given the layer below, units are iid of variance at most `gain`, so E S is in [1/4, 1/4 + g/16]
    (a sigmoid has slope 1/4 at most): that spread adds (M + m)^2/(4Mm). The variance of one unit's
    square is at most 25/24 of its squared mean (vev.disc.bounded), shared over `width` units.

    >>> sigmoid_scale_moment(100, 0)
    97/96
    """
    ratio = 1 + sp.nsimplify(gain, rational=True) / 4
    return (1 + ratio) ** 2 / (4 * ratio) * (1 + sp.Rational(25, 24) / width)


def log_variance(setup: Mapping[str, Any], columns: tuple[str, ...]) -> float:
    """Variance of the log of the heaviest of some columns of literal networks, from the law.

    Such a column is T^p times a mean over the last layer's units of |g|^{2p}: T is a product of
    layer factors, close to log-normal, and a log-normal with E T^2/(E T)^2 = m has log-variance
    log m; to the power p, p^2 log m. The mean over w_d Gaussian units adds log(1 + v/w_d). At wide
    layers log m is the sum over layers of (r rho - 1)/w: 5/w for a ReLU layer, 2/w for a linear.
    """
    widths = tuple(setup["widths"])
    if setup.get("activation") == "sigmoid":
        m = sigmoid_scale_moment(widths[-2], setup["gain"])
    elif setup.get("activation") == "tanh":
        m = sp.Float(drawn_scale_moment(widths[-2], setup["gain"], len(widths) - 1))
    else:
        m = scale_moment(
            widths[:-1],
            setup["slope"],
            KURTOSIS_OF_WEIGHTS.get(setup["weights"], setup.get("weight_kurtosis", 3)),
            setup.get("inputs", "gaussian"),
        )
    p = max(POWER_OF_SCALE[column] for column in columns)
    return p**2 * math.log(float(m)) + math.log1p(float(SPREAD_OF_A_UNIT[p]) / widths[-1])


KURTOSIS_OF_WEIGHTS: dict[str, Any] = {
    "gaussian": sp.Integer(3), "uniform": sp.Rational(9, 5), "rademacher": sp.Integer(1)
}  # fmt: skip


def deepest(width: int) -> int:
    """Most layers of `width` ReLU units, Gaussian weights, whose kurtosis may be averaged directly.

    `log_variance` of that network, solved for its depth.

    >>> deepest(24), deepest(48), deepest(1000)
    (0, 2, 49)
    """
    unit = math.log1p(float(SPREAD_OF_A_UNIT[2]) / width)
    return int((MOST_LOG_VARIANCE - unit) / (4 * math.log1p(5 / width)))


def is_direct(probe: Probe) -> bool:
    """Whether a probe averages powers of the scale over networks, literal or equal in law."""
    return probe.experiment in ("unit_moments", "moment_growth", "radial_moments")


def obeys_the_rule(probe: Probe) -> bool:
    """Whether a direct probe's log-variance is at most `MOST_LOG_VARIANCE`; others always."""
    if not is_direct(probe):
        return True
    setup = {"slope": SLOPES.get(str(probe.setup.get("activation")), 0), **probe.setup}
    return log_variance(setup, probe.estimand.columns) <= MOST_LOG_VARIANCE


SLOPES = {"relu": 0, "linear": 1, "abs": -1}
