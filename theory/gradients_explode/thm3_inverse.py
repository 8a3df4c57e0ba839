"""From the measured rate of a diluted block back to the rate of its residual.

ge.thm3.inverse   1 + (k^2 + 1)(r' - 1), the correction behind Figure 3C and Table 3
"""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp

from theory.gradients_explode import PAPER
from theory.gradients_explode.probes import UNDILUTED, Block, growth, mutants_in, probe
from theory.gradients_explode.thm3_dilution import ASSUMPTIONS, DILUTION
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

k = sp.Symbol("k", positive=True)
rate = sp.Symbol("r'", nonnegative=True)

MEASURED = Parameter("rate", Reals(0), "rate r' of the diluted block", rate)

LINEAR = 1 + (k**2 + 1) * (rate - 1)
EXACT = sp.sqrt(rate**2 * (k**2 + 1) - k**2)


def diluted(undiluted: Any, dilution: Any) -> Any:
    """r' = sqrt((k^2 + r^2)/(k^2 + 1)), the exact rate of the block (ge.thm3).

    >>> diluted(7, 1)
    5
    """
    return sp.sqrt((dilution**2 + sp.sympify(undiluted) ** 2) / (dilution**2 + 1))


_mutant = mutants_in(rate=rate, k=k)

# --- proofs ----------------------------------------------------------------------------------

x = sp.Symbol("r", nonnegative=True)


def round_trip(law: Any) -> Finding:
    """Dilute r by the exact law, correct, compare: for all r and k."""
    recovered = sp.sympify(law(rate=diluted(x, k), k=k))
    return prove.identity(
        sp.simplify(recovered - x), predicted=str(sp.simplify(recovered)), found="r", detail=BIAS
    )


BIAS = (
    "(1 + (k^2+1)(r'-1))^2 - r^2 = k^2 (k^2+1)(r'-1)^2: the linear correction is too large "
    "whenever r is not 1"
)


def bias_is_up(law: Any) -> Finding:
    """The linear correction against the exact inverse: value, slope and curvature at r' = 1."""
    e = sp.Symbol("e", positive=True)  # r' - 1
    candidate = sp.sympify(law(rate=1 + e, k=k))
    inverse = sp.series(EXACT.subs(rate, 1 + e), e, 0, 3).removeO()
    found = prove.identities(
        (
            (f"coefficient of (r' - 1)^{j}", sp.expand(candidate - inverse).coeff(e, j))
            for j in (0, 1)
        ),
        predicted=str(candidate),
        found=str(sp.expand(inverse)),
    )
    if found.agrees is not True:
        return found
    gap = sp.factor(sp.expand(candidate**2 - EXACT.subs(rate, 1 + e) ** 2))
    curvature = sp.factor(sp.diff(EXACT, rate, 2))
    far = sp.limit(sp.expand(LINEAR.subs(rate, diluted(x, k))), k, sp.oo)
    excess = sp.expand(far - x - (x - 1) ** 2 / 2)
    if excess != 0 or sp.expand(gap - k**2 * (k**2 + 1) * e**2) != 0:
        return Finding(None, "", "", "the size of the bias was not reduced")
    steps = (
        f"law^2 - exact^2 = {gap} >= 0",
        f"d^2 exact/d r'^2 = {curvature} < 0: concave, so its tangent at 1, the law, lies above",
        "k -> infinity at fixed r: the law tends to (1 + r^2)/2, an excess of (r - 1)^2/2",
    )
    return Finding(True, found.predicted, found.found, "tangent of the exact inverse", steps)


# --- the claim -------------------------------------------------------------------------------


def _probe(name: str, block: Block, **more: Any) -> Probe:
    numbers = block.numbers
    made = probe(name, block, growth(numbers["r"]), estimand=UNDILUTED, **more)
    at = {"rate": as_float(diluted(numbers["r"], numbers["k"])), "k": numbers["k"]}
    return dataclasses.replace(made, at=at, laws=("stated", "corrected"))


CLAIM = Claim(
    id="ge.thm3.inverse",
    title="1 + (k^2 + 1)(r' - 1) recovers a residual's rate from the diluted rate r'",
    source=PAPER.at(
        "section 7, Figure 3C; Table 3",
        "the growth rate r_b is replaced by 1 + (k_b^2 + 1)(r_b - 1) to undo the dilution",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("r"), LINEAR, evaluate=False),
            parameters=(MEASURED, DILUTION),
            words="rate of the residual alone, from that of the block",
            mutants=(
                _mutant("k^2 for k^2 + 1", 1 + k**2 * (rate - 1)),
                _mutant("dilutes instead", 1 + (rate - 1) / (k**2 + 1)),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(sp.Symbol("r"), EXACT, evaluate=False),
            parameters=(MEASURED, DILUTION),
            words="rate of the residual alone, exactly",
            mutants=(
                _mutant("k^2 for k^2 + 1", sp.sqrt(rate**2 * k**2 - k**2 + 1)),
                _mutant("no root", EXACT**2),
                _mutant("dilutes instead", sp.sqrt((k**2 + rate**2) / (k**2 + 1))),
            ),
        ),
    ),
    assumptions=(
        *ASSUMPTIONS,
        stated(
            "r' is the rate of a diluted block: r'^2 >= k^2/(k^2 + 1)",
            lambda p: p.get("rate", 1) ** 2 * (p.get("k", 1) ** 2 + 1) >= p.get("k", 1) ** 2,
        ),
    ),
    expected="false-as-stated",
    because=(
        "Section 7 puts this linear correction in place of the rate, as an equality. To first "
        "order in r - 1 it holds: it is the tangent of the exact inverse. That inverse is concave, "
        "so the tangent is too large whenever r is not 1, under strong dilution by (r - 1)^2/2."
    ),
    proofs=(
        Proof(
            "round trip",
            "symbolic",
            "diluting r exactly and correcting with the stated formula does not return r",
            round_trip,
        ),
        Proof(
            "tangent",
            "symbolic",
            "value and slope are right at r' = 1; the bias is upwards and of known size",
            bias_is_up,
        ),
        Proof(
            "round trip, corrected",
            "symbolic",
            "diluting r exactly and correcting returns r, for all r and k",
            round_trip,
            law="corrected",
        ),
    ),
    probes=(
        *(
            _probe(
                f"tanh({scale:g} u), k=2",
                block,
                why="the residual's own rate, against what the diluted rate is corrected to",
                curve="corrected",
                x=block.numbers["r"],
            )
            for scale in (8.0, 12.0, 16.0)
            for block in (Block(k=2.0, scale=scale),)
        ),
        _probe(
            "tanh(8 u), k=5", Block(k=5.0, scale=8.0), why="strong dilution, as in deep ResNets"
        ),
        _probe(
            "shrinking residual, k=2",
            Block(k=2.0, scale=0.5, offset=1.0),
            why="r below 1: the correction is too large there as well",
            curve="corrected",
            x=Block(k=2.0, scale=0.5, offset=1.0).numbers["r"],
        ),
    ),
    curves=(
        Curve(
            "corrected",
            "Dilution-corrected rate of a block with k = 2",
            "true rate r of the residual",
            "corrected rate",
            (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0),
            lambda value: {"rate": as_float(diluted(float(value), 2)), "k": 2.0},
            laws=("stated", "corrected"),
        ),
    ),
    remark=(
        "This is why the corrected curves of Figure 3C come out slightly above those of Figure 1A. "
        "The rate of a single network may fall below k^2/(k^2 + 1), where the linear correction is "
        "not even positive."
    ),
    see=("ge.thm3", "ge.fig3c", "ge.table3"),
)
