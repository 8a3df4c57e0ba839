"""What the claims on initialisers share: their set-ups, their measurements, and second roads.

One ReLU layer with zero biases and one input, constant width w unless said otherwise. T is the
factor by which the layer multiplies the mean square of its units, whatever came before:

    He           2/w chi^2_K              K ~ Bin(w, 1/2)
    Glorot       half of that
    orthogonal   2 ||phi(u)||^2           u uniform on the sphere
    GSM          chi^2_h/h                h = w/2: a linear network of half the width

Three laws of each: E T (variance), E T^2/(E T)^2 (growth of the kurtosis), E[log T | T > 0]. No
claim is made here. `FIELDS` says what the simulation is asked for; tests/theory/vanishing_variance/
test_initialisers.py compares it with simulate/initialisers.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import log_factors, prove
from theory.schema import (
    TIERS,
    Curve,
    Estimand,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    stated,
)
from theory.symbols import WIDTH, by_unit, w
from theory.vanishing_variance.probes import GROWTH

FIELDS: dict[str, dict[str, Any]] = {
    "he": {"weights": "gaussian", "gain": 2.0},
    "glorot": {"weights": "gaussian", "gain": 1.0, "fan": "mean"},
    "orthogonal": {"weights": "haar", "gain": 2.0, "fan": "max"},
    "gsm": {"weights": "mirrored", "gain": 2.0, "first_gain": 1.0},
    "metainit": {"weights": "gaussian", "gain": 2.0, "tuning": 500},
    "zero": {"weights": "zero", "gain": 1.0},
    "zerostar": {"weights": "zero", "gain": 1.0, "first_weights": "gaussian"},
}

# --- parameters and assumptions ----------------------------------------------------------------

n, m, h = sp.symbols("n m h", integer=True, positive=True)
N_IN = Parameter("n_in", Integers(1), "units that the layer reads", n)
N_OUT = Parameter("n_out", Integers(1), "units of the layer", m)
READ_AND_GIVEN = (N_IN, N_OUT)
PAIRED = tuple(replace(p, domain=Integers(2, step=2)) for p in READ_AND_GIVEN)  # units u and -u
HALF_WIDTH = Parameter("half_width", Integers(1), "half of the (even) number of units", h)
VARIANCE_RATIO = sp.Symbol(r"\frac{E y'^2}{E y^2}")
FOURTH_RATIO = sp.Symbol(r"\frac{E y'^4}{E y^4}")
DRIFT = sp.Symbol("drift")
RELU = stated("ReLU (the document's experiments)", lambda p: p.get("activation", "relu") == "relu")

# --- set-ups and measurements ------------------------------------------------------------------

SQUARES = Estimand(
    "ratio",
    ("sq_after", "sq_before"),
    over="networks and inputs; annealed: E y^2 of the last layer over that of the layer before",
)
LOG_STEP = Estimand(
    "ratio",
    ("log_step", "alive"),
    over="networks and inputs that are alive; quenched: mean of the logarithm",
)


def setup(name: str, widths: tuple[int, ...], **more: Any) -> dict[str, Any]:
    """A ReLU network of a named initialiser, as the simulation takes it."""
    return {**FIELDS[name], "widths": widths, "activation": "relu", **more}


def variance_probe(name: str, at: dict[str, Any], widths: tuple[int, ...], why: str) -> Probe:
    """E y'^2/E y^2 over the last layer of a network."""
    return Probe(
        name=f"variance, {' -> '.join(map(str, widths))}",
        experiment="moment_growth",
        setup=setup(name, widths),
        at=at,
        estimand=SQUARES,
        laws=("variance",),
        why=why,
    )


def fourth_probe(name: str, at: dict[str, Any], width: int) -> Probe:
    """E y'^4/E y^4 over the second layer, wide enough for the rule of direct averages.

    The rule (probes.py) is evaluated for He weights, whose factors spread most of all.
    """
    return Probe(
        name=f"fourth moment, w = {width}",
        experiment="moment_growth",
        setup=setup(name, (width,) * 3),
        at=at,
        estimand=GROWTH,
        laws=("fourth moment",),
        why="what one layer does to the kurtosis",
    )


def drift_probe(
    name: str,
    at: dict[str, Any],
    width: int,
    depth: int = 8,
    tiers: tuple[str, ...] = TIERS,
    **more: Any,
) -> Probe:
    """Mean of log T over the layers of a network; its input is as a layer hands it on."""
    return Probe(
        name=f"drift, w = {width}, d = {depth}",
        experiment="norm_steps",
        setup=setup(name, (width,) * (depth + 1), activate_input=True, **more),
        at=at,
        estimand=LOG_STEP,
        laws=("drift",),
        why="typical change of log ||phi(y)||^2 per layer, not of its mean",
        curve="width",
        x=width,
        tiers=tiers,
    )


# --- laws and figures that every claim has -----------------------------------------------------

LOG_OF_ACTIVE = sp.Sum(
    sp.binomial(w, sp.Symbol("k")) * sp.digamma(sp.Symbol("k") / 2) / (2**w - 1),
    (sp.Symbol("k"), 1, w),
)
"""E[psi(K/2) | K >= 1], K ~ Bin(w, 1/2), as it is shown."""
FEW_UNITS = by_unit(WIDTH)
ALIVE_STEP = "typical change of log ||phi(y)||^2 per layer, given that it is alive"


def variance_law(
    formula: Any,
    evaluate: Evaluate,
    mutants: tuple[Mutant, ...],
    *,
    units: tuple[Parameter, ...] = READ_AND_GIVEN,
) -> Law:
    """E y'^2/E y^2 of a layer of n_out units that reads n_in."""
    return Law(
        role="sharper",
        name="variance",
        formula=sp.Eq(VARIANCE_RATIO, formula),
        parameters=units,
        words="mean square of a unit over that of a unit of the layer that it reads",
        evaluate=evaluate,
        mutants=mutants,
    )


def drift_law(
    formula: Any,
    evaluate: Evaluate,
    mutants: tuple[Mutant, ...],
    *,
    width: Parameter = FEW_UNITS,
    words: str = ALIVE_STEP,
) -> Law:
    """E[log T | T > 0] of a layer."""
    return Law(
        role="sharper",
        name="drift",
        formula=sp.Eq(DRIFT, formula),
        parameters=(width,),
        words=words,
        evaluate=evaluate,
        mutants=mutants,
    )


def drift_curve(label: str, *, halved: bool = False) -> Curve:
    """The drift over the width; `halved` where the law takes half of it."""
    return Curve(
        "width",
        f"Typical change of log ||phi(y)||^2 per layer, {label}",
        "width",
        "natural log per layer",
        (4, 6, 8, 10, 14, 20, 30, 40),
        lambda x: {"half_width": int(x) // 2} if halved else {"width": int(x)},
        laws=("drift",),
        log_x=True,
    )


# --- the factors -------------------------------------------------------------------------------


def he_drift(width: int) -> sp.Expr:
    """E[log T | T > 0] of He: log(4/w) + E[psi(K/2) | K >= 1]. Exact.

    >>> sp.N(he_drift(10), 6)
    -0.307461
    """
    return sp.log(sp.Rational(4, width)) + log_factors.log_mean(width, all_active=False)


def orthogonal_drift(width: int) -> sp.Expr:
    """log 2 + E[psi(K/2) | K >= 1] - psi(w/2). Exact.

    >>> sp.N(orthogonal_drift(10), 4)
    -0.2041
    """
    active, whole = (log_factors.log_mean(width, all_active=every) for every in (False, True))
    return sp.expand(sp.log(2) + active - whole)


def gsm_drift(half_width: int) -> sp.Expr:
    """psi(h/2) - log(h/2). Exact.

    >>> sp.N(gsm_drift(5), 4)
    -0.2131
    """
    return sp.log(sp.Rational(2, half_width)) + log_factors.log_mean(half_width, all_active=True)


# --- second roads ------------------------------------------------------------------------------

SIZES = (1, 2, 3, 10)


def drift_by_density(law: Any, name: str, argument: str = "width") -> Finding:
    """The law against the density of chi^2_k, k a symbol, mixed over the number of active units.

    ||phi(g)||^2 = ||g||^2 ||phi(u)||^2 with u uniform and independent of ||g||, so the orthogonal
    factor is the He one divided by chi^2_w/w.
    """
    shifts = {
        "he": lambda w: log_factors.mixture(w, 0)[0],
        "glorot": lambda w: log_factors.mixture(w, 0)[0] - sp.log(2),
        "orthogonal": lambda w: log_factors.mixture(w, 0)[0] - log_factors.mixture(w, 1)[0],
        "gsm": lambda w: log_factors.mixture(w, 1)[0],
    }
    return prove.cases(
        ((f"{argument} = {size}", law(**{argument: size}), shifts[name](size)) for size in SIZES),
        "E log chi^2_k from the Gamma integral of its density, k a symbol",
    )


LAYERS = ((1, 2), (2, 2), (3, 1), (4, 1))  # (units read, units) that are enumerated


def literal_variance(law: Any, variance: Callable[[int, int], Any]) -> Finding:
    """E y'^2/E y^2 of literal ReLU layers of iid +-1 weights, times `variance`(read, units).

    The inputs are iid on {-1, 0, 1}; every matrix and every input is visited.
    """
    rows = []
    for n_in, n_out in LAYERS:
        inputs = en.iid(en.THREE_POINT, n_in)
        after = en.network(inputs, (n_out,), en.SIGN, en.leaky(Fraction(0)))
        gain = en.second_moment(after, n_out - 1) / en.second_moment(inputs)
        found = sp.sympify(gain) * variance(n_in, n_out)
        rows.append((f"{n_in} -> {n_out}", law(n_in=n_in, n_out=n_out), found))
    return prove.cases(rows, "every +-1 matrix of a ReLU layer, rescaled")


def squares_of_units(second: Any, fourth: Any, width: Any) -> Any:
    """E (sum_i s_i)^2 of exchangeable s_i from E s_i^2 = `fourth`, E s_i s_j = `second`."""
    return width * fourth + width * (width - 1) * second
