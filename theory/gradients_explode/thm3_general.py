"""Dilution by a skip that is correlated with the residual, or changes lengths.

    ge.thm3.general   rate for any forward and backward correlation a, b and length ratio kappa

Letters as in ge.thm3: both squared norms of f = S u + rho(u) and of g(S + R), cross terms kept.
"""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.gradients_explode import PAPER
from theory.gradients_explode.probes import Block, growth, mutants_in, probe
from theory.gradients_explode.thm3_dilution import DILUTION, RATE, k, r
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Law,
    Parameter,
    Probe,
    Proof,
    Reals,
    as_float,
    stated,
)

a, b = sp.symbols("a b", real=True)
kappa = sp.Symbol("kappa", nonnegative=True)

PARAMETERS = (
    RATE,
    DILUTION,
    Parameter("a", Reals(-1, 1), "forward correlation of Su and rho(u)", a),
    Parameter("b", Reals(-1, 1), "backward correlation of gS and gR", b),
    Parameter("kappa", Reals(0), "length ratio Q|gS| Q|u| / (Q|Su| Q|g|)", kappa),
)


def _rate(up: Any, down: Any) -> Any:
    return sp.sqrt(up / down)


GENERAL = _rate(r**2 + 2 * b * r * k * kappa + k**2 * kappa**2, 1 + 2 * a * k + k**2)


_mutant = mutants_in(r=r, k=k, a=a, b=b, kappa=kappa)
MUTANTS = (
    _mutant(
        "sign of a", _rate(r**2 + 2 * b * r * k * kappa + k**2 * kappa**2, 1 - 2 * a * k + k**2)
    ),
    _mutant(
        "sign of b", _rate(r**2 - 2 * b * r * k * kappa + k**2 * kappa**2, 1 + 2 * a * k + k**2)
    ),
    _mutant(
        "factor 2 dropped", _rate(r**2 + b * r * k * kappa + k**2 * kappa**2, 1 + a * k + k**2)
    ),
    _mutant(
        "kappa in one place", _rate(r**2 + 2 * b * r * k + k**2 * kappa**2, 1 + 2 * a * k + k**2)
    ),
    _mutant("correlations ignored", _rate(r**2 + k**2 * kappa**2, 1 + k**2)),
)

# --- proofs ----------------------------------------------------------------------------------


def both_norms(law: Any) -> Finding:
    """The two squared norms with their cross terms, in the letters of the theorem."""
    u, g, rho = sp.symbols("u g rho", positive=True)  # Q|u|, Q|g|, Q|rho(u)|
    residual_back, skip = r * rho * g / u, k * rho
    skip_back = kappa * skip * g / u
    up = residual_back**2 + 2 * b * residual_back * skip_back + skip_back**2
    down = rho**2 + 2 * a * rho * skip + skip**2
    rate_sq = sp.cancel(up * u**2 / (down * g**2))
    candidate = sp.sympify(law(r=r, k=k, a=a, b=b, kappa=kappa))
    return prove.identity(
        sp.cancel(candidate**2 - rate_sq),
        predicted=str(candidate),
        found=f"sqrt({rate_sq})",
        detail="|x + y|^2 = |x|^2 + 2 x.y + |y|^2, forwards and backwards",
    )


@functools.cache
def enumerated() -> tuple[tuple[str, dict[str, Any], Fraction], ...]:
    """(label, letters, squared rate) of literal leaky blocks, every weight, input and gradient.

    rho(u) = (M + W) phi(u) with a fixed M, so that a and b are not zero, W of signs; S 3 x 2 or
    2 x 2, neither orthogonal. All moments are fractions.
    """
    rows = []
    inputs = ((1, 2), (-1, 1), (2, -3), (-2, -1))
    for label, skip, mean in (
        ("2 x 2", ((2, 1), (0, 1)), ((1, 0), (1, 2))),
        ("3 x 2", ((1, 0), (1, 1), (0, -2)), ((-1, 0), (0, -1), (1, 1))),
    ):
        height = len(skip)
        gradients = tuple(itertools.product((-1, 1), repeat=height))
        total = dict.fromkeys(
            ("u", "g", "rho", "gR", "S", "gS", "f", "gf", "cross", "back"), Fraction(0)
        )
        for entries in itertools.product((-1, 1), repeat=2 * height):
            weights = [[mean[i][j] + entries[2 * i + j] for j in range(2)] for i in range(height)]
            for u, g in itertools.product(inputs, gradients):
                slope = [Fraction(1) if x > 0 else Fraction(1, 3) for x in u]
                active = [s * x for s, x in zip(slope, u, strict=True)]
                rho = [sum(w * y for w, y in zip(row, active, strict=True)) for row in weights]
                su = [sum(w * y for w, y in zip(row, u, strict=True)) for row in skip]
                g_r = [sum(g[i] * weights[i][j] for i in range(height)) * slope[j] for j in (0, 1)]
                g_s = [Fraction(sum(g[i] * skip[i][j] for i in range(height))) for j in (0, 1)]
                f = [x + y for x, y in zip(rho, su, strict=True)]
                g_f = [x + y for x, y in zip(g_r, g_s, strict=True)]
                for name, x, y in (
                    ("u", u, u), ("g", g, g), ("rho", rho, rho), ("gR", g_r, g_r), ("S", su, su),
                    ("gS", g_s, g_s), ("f", f, f), ("gf", g_f, g_f), ("cross", su, rho),
                    ("back", g_r, g_s),
                ):  # fmt: skip
                    total[name] += sum(p * q for p, q in zip(x, y, strict=True))
        q = {name: sp.Rational(value.numerator, value.denominator) for name, value in total.items()}
        letters = {
            "r": sp.sqrt(q["gR"] * q["u"] / (q["rho"] * q["g"])),
            "k": sp.sqrt(q["S"] / q["rho"]),
            "a": q["cross"] / sp.sqrt(q["S"] * q["rho"]),
            "b": q["back"] / sp.sqrt(q["gR"] * q["gS"]),
            "kappa": sp.sqrt(q["gS"] * q["u"] / (q["S"] * q["g"])),
        }
        rows.append((label, letters, total["gf"] * total["u"] / (total["f"] * total["g"])))
    return tuple(rows)


def by_enumeration(law: Any) -> Finding:
    """Every weight, input and gradient of two small literal blocks, in fractions."""
    return prove.cases(
        (
            (f"S {label}", sp.expand(law(**letters) ** 2), found)
            for label, letters, found in enumerated()
        ),
        "squared rate; a, b, kappa all away from 0, 0, 1",
    )


def theorem_3(law: Any) -> Finding:
    """a = b = 0, kappa = 1 gives back sqrt((k^2 + r^2)/(k^2 + 1))."""
    candidate = sp.sympify(law(r=r, k=k, a=0, b=0, kappa=1))
    return prove.identity(
        candidate**2 - (k**2 + r**2) / (k**2 + 1),
        predicted=str(candidate),
        found="the exact law of Theorem 3",
    )


# --- the claim -------------------------------------------------------------------------------


def _probe(name: str, block: Block, **more: Any) -> Probe:
    letters = ("r", "k", "a", "b", "kappa")
    at = {s: sp.sympify(block.numbers[s.name]) for s in (r, k, a, b, kappa)}
    rate = as_float(GENERAL.xreplace(at))
    return probe(name, block, growth(rate), laws=("general",), letters=letters, **more)


def _drift(correlation: float) -> Block:
    return Block(k=1.0, kind="drift", drift=correlation, scale=8.0)


CLAIM = Claim(
    id="ge.thm3.general",
    title="rate of a block whose skip and residual are correlated, or whose skip changes lengths",
    source=PAPER.at(
        "Theorem 3 and its notes (section F.3)",
        "not in the document, which says that approximate assumptions are 'not catastrophic'",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            name="general",
            formula=sp.Eq(sp.Symbol("r'"), GENERAL, evaluate=False),
            parameters=PARAMETERS,
            words="rate of the block in terms of r, k, both correlations and the length ratio",
            mutants=MUTANTS,
        ),
    ),
    assumptions=(
        stated(
            "the block is not identically zero",
            lambda p: 1 + 2 * p.get("a", 0) * p.get("k", 1) + p.get("k", 1) ** 2 > 1e-12,
        ),
    ),
    expected="holds",
    because=(
        "Both squared norms are multiplied out with their cross terms; nothing but second moments "
        "enters. A residual that opposes the skip (a, b < 0) makes dilution much weaker."
    ),
    proofs=(
        Proof(
            "both norms",
            "symbolic",
            "two squared norms with cross terms, for all letters",
            both_norms,
            law="general",
        ),
        Proof(
            "enumeration",
            "exact",
            "every weight, input and gradient of small literal blocks, in fractions",
            by_enumeration,
            law="general",
        ),
        Proof(
            "special case",
            "symbolic",
            "uncorrelated and length-preserving: Theorem 3",
            theorem_3,
            law="general",
        ),
    ),
    probes=(
        *(
            _probe(
                f"correlation {correlation:g}",
                _drift(correlation),
                why="residual with a linear part along or against the skip",
                curve="correlation",
                x=correlation,
            )
            for correlation in (-0.8, -0.6, -0.3, 0.0, 0.4, 0.8)
        ),
        _probe(
            "-C^T C, tanh",
            Block(k=1.0, kind="negative_gram", scale=1.0),
            why="negative definite weights: a and b from exact Wishart moments",
        ),
        _probe(
            "-C^T C, steep tanh",
            Block(k=1.5, kind="negative_gram", scale=4.0),
            why="a and b far apart",
        ),
        _probe(
            "skew",
            Block(k=1.0, kind="skew", scale=8.0),
            why="skew weights are uncorrelated with the identity in expectation",
        ),
        _probe(
            "width 50 to 20",
            Block(k=2.0, skip="gaussian", scale=1.0, n=50, n_out=20),
            why="rectangular S: kappa^2 = 5/2",
        ),
    ),
    curves=(
        Curve(
            "correlation",
            "Rate of a block with k = 1 over the correlation of skip and residual",
            "forward correlation a",
            "rate of the block",
            (-0.9, -0.8, -0.7, -0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.2, 0.4, 0.6, 0.8, 0.9),
            lambda x: dict(_drift(float(x)).numbers),
            laws=("general",),
        ),
    ),
    see=("ge.thm3", "ge.t3.ctc", "ge.t3.skew", "ge.thm3.assump"),
)
