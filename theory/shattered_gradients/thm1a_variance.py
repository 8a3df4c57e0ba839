"""Variance of gradients in feedforward rectifier nets: Theorem 1(a).

    sg.thm1a   E g_i^2 = 1 at every width and depth

g = derivative of r . (output) with respect to the units of a layer, L rectifier layers below the
output; the readout r is independent of the net and E r r^T = I. (The document sums rectified
outputs; then the mean of g is not zero.)
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    VARIANCE,
    direct_width,
    real_net,
)
from theory.symbols import MOST_WIDTH, L, N, rho

WIDTH = Parameter("width", Integers(1, MOST_WIDTH), "number N of units in every layer", N)
DEPTH = Parameter("depth", Integers(0), "rectifier layers L above the neuron", L)
CORRELATION = Parameter("correlation", Reals(-1, 1), "cosine of the two inputs", rho)
ORTHOGONAL = ((10, 3), (-3, 10))  # no two sums of +-1 multiples tie
THREE = ((70, 21, 10), (7, 10, -70))

GAUSSIAN_OR_SYMMETRIC = stated(
    "weights of variance 2/N, symmetric about zero (He et al. draw them Gaussian)",
    lambda p: p.get("gain", 2.0) == 2.0 and p.get("weight_law", "symmetric") == "symmetric",
)


# --- proofs ----------------------------------------------------------------------------------


def flip_symmetry(law: Any) -> Finding:
    """Flipping one row of weights flips its mask and leaves its square: each layer keeps E g^2."""
    t, s = sp.symbols("t s", positive=True)  # |row . h| > 0 and |row . v|, v the gradient below
    active = [sp.Heaviside(sign * t, 0) * (sign * s) ** 2 for sign in (1, -1)]
    half = sum(active) / 2 / s**2
    weights = sp.symbols("w1:4")
    v = sp.symbols("v1:4")
    square = sp.Poly(sp.expand(sum(a * b for a, b in zip(weights, v, strict=True)) ** 2), *weights)
    norm_sq = sum(b**2 for b in v)
    variance = sum(  # uncorrelated entries of variance 2/N: only squares survive
        c * 2 / N for powers, c in square.terms() if max(powers) == 2
    )
    factor = sp.simplify(N * half * variance / norm_sq)
    return prove.identities(
        [
            ("one row: half of its square", half - sp.Rational(1, 2)),
            ("the law at L against factor^L", law(width=N, depth=L) - factor**L),
        ],
        predicted=str(law(width=N, depth=L)),
        found=f"{factor} per layer",
        detail="N rows, each active for exactly one of w and -w, each with E (w.v)^2 = (2/N)|v|^2",
    )


@functools.cache
def every_small_net() -> tuple[tuple[str, int, int, Fraction], ...]:
    """(label, width, depth, E g[n]^2) of every small real net, for each unit n."""
    grid: list[tuple[tuple[tuple[int, ...], tuple[int, ...]], int, tuple[int, ...]]] = [
        (ORTHOGONAL, depth, (-1, 1)) for depth in (1, 2, 3, 4)
    ]
    grid += [(ORTHOGONAL, depth, (-2, -1, 1, 2)) for depth in (1, 2)]
    grid += [(THREE, depth, (-1, 1)) for depth in (1, 2)]
    rows = []
    for (x_i, x_j), depth, values in grid:
        same, _ = mm.real(x_i, x_j, depth, values=values)
        for n, value in enumerate(same):
            label = f"N = {len(x_i)}, L = {depth}, weights in {values}, unit {n}"
            rows.append((label, len(x_i), depth, value))
    return tuple(rows)


def variance_by_enumeration(law: Any) -> Finding:
    """Every network of small width and depth, its own masks, unit by unit."""
    return prove.cases(
        (
            (label, law(width=width, depth=depth), found)
            for label, width, depth, found in every_small_net()
        ),
        "real nets, not the mask model",
    )


def skewed_weights(law: Any) -> Finding:
    """N = 1, w = 2 with probability 1/3 and -1 with 2/3: mean 0, variance 2/N, not symmetric."""
    outcomes = ((Fraction(2), Fraction(1, 3)), (Fraction(-1), Fraction(2, 3)))
    found = sum((p * w**2 for w, p in outcomes if w > 0), Fraction(0))
    return prove.cases([("N = 1, L = 1, x = 1", law(width=1, depth=1), found)])


# --- the claim -------------------------------------------------------------------------------

DEEPEST = direct_width([1] * 8)
"""Width of the rows over depth: the one that the deepest of them needs."""


def _variance_probe(name: str, depth: int, why: str, **more: Any) -> Probe:
    width = more.pop("width", direct_width([1] * depth))
    drawn = {k: more.pop(k) for k in ("curve", "x", "tiers") if k in more}
    return Probe(
        name=name,
        experiment="gradient_pairs",
        setup=real_net(width, depth, **more),
        at={"width": width, "depth": depth},
        estimand=VARIANCE,
        why=why,
        **drawn,
    )


CLAIM = Claim(
    id="sg.thm1a",
    title="He weights keep the variance of the gradient at 1, at every width and depth",
    source=PAPER.at("Theorem 1(a)", "the variance of the gradient at x_i is C(i) = 1"),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("C")(sp.Symbol("i")), 1),
            parameters=(WIDTH, DEPTH),
            words="E g_i^2 = 1 for every unit, whatever the input",
            evaluate=lambda width, depth: sp.Integer(1),
            mutants=(
                Mutant("weight variance 1/N", lambda width, depth: sp.Integer(2) ** -depth),
                Mutant("own mask dropped", lambda width, depth: sp.Integer(2) ** depth),
                Mutant(
                    "a kurtosis factor", lambda width, depth: (1 + sp.Integer(5) / width) ** depth
                ),
            ),
        ),
    ),
    assumptions=(
        GAUSSIAN_OR_SYMMETRIC,
        stated("no batch normalisation", lambda p: p.get("norm", "none") != "batch_frozen"),
    ),
    expected="holds",
    because=(
        "Changing the sign of one row of weights switches its unit on or off and leaves the square "
        "of its gradient: exactly half of it survives, in every real network, at every width."
    ),
    proofs=(
        Proof("sign flips", "symbolic", "each layer multiplies E g^2 by exactly 1", flip_symmetry),
        Proof(
            "every small net",
            "exact",
            "E g^2 = 1 for each unit over all real nets of width 2 and 3",
            variance_by_enumeration,
        ),
        Proof(
            "skewed weights",
            "exact",
            "weights of mean zero that are not symmetric break it",
            skewed_weights,
            point={"weight_law": "skewed"},
        ),
    ),
    probes=(
        _variance_probe("N = 8, L = 1", 1, "a narrow real net", width=8),
        *(
            _variance_probe(
                f"N = {DEEPEST}, L = {d}",
                d,
                "no drift with depth",
                width=DEEPEST,
                curve="depth",
                x=d,
                tiers=TIERS if d < 8 else LATER,
            )
            for d in (1, 2, 4, 8)
        ),
        _variance_probe("uniform weights", 4, "not Gaussian", weights="uniform"),
        _variance_probe("signs", 4, "+-1 weights", weights="rademacher"),
        _variance_probe("masks are coins", 4, "the mask model", masks="independent"),
        _variance_probe(
            "mean-centred",
            4,
            "also exact with per-layer centring, statistics frozen",
            norm="centre_frozen",
            inputs="gaussian",
            n_inputs=3,
        ),
    ),
    curves=(
        Curve(
            "depth",
            f"Variance of the gradient, real He-ReLU nets of width {DEEPEST}",
            "rectifier layers above the neuron",
            "variance",
            range(1, 11),
            lambda x: {"width": DEEPEST, "depth": int(x)},
        ),
    ),
    remark=(
        "Batch normalisation changes it: the deviation it divides by is smaller than the root "
        "second moment (see sg.thm3.centred for the residual case)."
    ),
)
