"""What Figure 1 measures: literal networks over depth and width, their margins and sizes.

The size rule: the number of networks at which Z standard errors, by the proved bound of Var R
(vn.quenched.spread), are what the margin leaves once the law's distance from the proved mean is
taken off. tests/theory/vanishing_nodes/test_fig1_measured.py checks that each budget holds them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.schema import LATER, Estimand, Probe, as_mpf, relative
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes import vni_variance
from theory.vanishing_nodes.probes import QUENCHED, network

CLOSE = Fraction(1, 20)  # our reading of "very close", of the value of eq. (6); see law "off by"


def eq6(width: Any, depth: Any, slope: Any) -> Any:
    """(1 + q L)/N: eq. (6) for iid weights; q = 1 (linear) or 2 (ReLU).

    >>> eq6(200, 100, 1)
    101/200
    """
    return (1 + rec.spread(slope) * int(depth)) / sp.Integer(int(width))


VERY_CLOSE = relative(float(CLOSE), "what 'very close' is taken to mean: 5 % of eq. (6)")
FIFTH = 40  # a fifth of N = 200; depths a fifth of theirs keep L/N


def fifth(depth: int, why: str, **more: Any) -> Probe:
    """Linear networks of a fifth of the width."""
    return Probe(
        name=f"linear N={FIFTH} L={depth}",
        experiment="node_correlation",
        setup=network((FIFTH,) * (depth + 1), 1),
        at={"width": FIFTH, "depth": depth, "slope": 1},
        estimand=QUENCHED,
        margin=VERY_CLOSE,
        why=why,
        curve="depth",
        x=depth,
        **more,
    )


def _only(means: Any) -> float:
    return float(means[0])


def _of_means(column: str, over: str) -> Estimand:
    """A mean by the central limit theorem, its skewness checked.

    That R lies in [0, 1] bounds nothing here: at N = 200, L = 10, where it is 0.056 +- 0.003, the
    interval of a bounded mean asks for 12,000 networks, this one for 130.
    """
    return Estimand("smooth", (column,), over=over, function=_only)


BY_LIMIT = _of_means("vni", "networks; quenched: E of the ratio per network")
THEIR_INPUTS = 1000
Z = 6.0  # two-sided 2e-9: below the level of a look, skewness paid for


def networks_needed(width: int, depth: int, allowed: float) -> float:
    """Networks at which Z standard errors are `allowed`: by the proved bound of Var R."""
    most = as_mpf(vni_variance.bounds((width,) * (depth + 1), 1).high)
    return float(most) * (Z / allowed) ** 2


def measured_hard_tanh(depth: int, budget: float) -> Probe:
    """Literal hard tanh networks, N = 200, inputs of variance 0.1: eq. (5) of their Jacobian."""
    return Probe(
        name=f"hard tanh N=200 L={depth}, Jacobian",
        experiment="node_correlation",
        setup=network((200,) * (depth + 1), 1) | {"activation": "hard_tanh", "first_gain": 0.1},
        at={"width": 200, "depth": depth, "slope": 1},
        estimand=BY_LIMIT,
        margin=VERY_CLOSE,
        why="their networks, 0.2 % of the units of a layer cut off",
        curve="depth, N = 200",
        x=depth,
        budget=budget,
        tiers=LATER,
    )


def by_width(width: int) -> Probe:
    """Linear networks of ten layers, against the proved bounds."""
    return Probe(
        name=f"linear N={width} L=10",
        experiment="node_correlation",
        setup=network((width,) * 11, 1),
        at={"width": width, "depth": 10, "slope": 1},
        estimand=BY_LIMIT,
        laws=("linear",),
        why="over the width",
        curve="width",
        x=width,
        tiers=LATER,
    )


def theirs(depth: int) -> Probe:
    """Hard tanh, N = 200, 1000 inputs of variance 0.1: h_1 has that variance at first_gain 0.1.

    At L = 100 the budget of the paper tier holds 60 networks: no such row.
    """
    value = float(eq6(200, depth, 1))
    high = (1 + value) / (THEIR_INPUTS - 1) / value  # of the plug-in VNI (vn.eq3.estimator)
    return Probe(
        name=f"hard tanh N=200 L={depth}",
        experiment="input_covariance",
        setup={
            "widths": (200,) * (depth + 1),
            "weights": "gaussian",
            "gain": 1.0,
            "first_gain": 0.1,
            "activation": "hard_tanh",
            "n_inputs": THEIR_INPUTS,
        },
        at={"width": 200, "depth": depth, "slope": 1},
        estimand=_of_means("vni_plugin", "networks, each with its own inputs"),
        margin=relative(
            float(CLOSE) + high,
            f"what 'very close' is taken to mean, 5 %, and {high:.2g} for the plug-in of M inputs",
        ),
        why="their protocol, L/N = 0.05",
        tiers=("paper",),
    )
