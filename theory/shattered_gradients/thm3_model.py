"""Theorem 3 in the document's model: layer l is divided by the root of its second moment.

    sg.thm3.exact   E g_i g_j is a ratio of Gamma functions

n blocks x_l = x_{l-1} + beta W relu(x_{l-1}/sqrt(v_{l-1})) with v_l = 1 + beta^2 l, the second
moment of layer l; the document's L counts n = L - 1 of them. Real batch norm subtracts the mean
first and gives other laws: sg.thm3a, sg.thm3.centred.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
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
    as_mpf,
    unstated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    COVARIANCE,
    model_net,
    scales_sq,
)
from theory.symbols import L, beta

n = sp.Symbol("n", integer=True, nonnegative=True)
i, j = sp.symbols("i j")
a = sp.Symbol("a", positive=True)  # 1/beta^2
HALF = sp.Rational(1, 2)

BLOCKS = Parameter("blocks", Integers(0), "residual blocks n above the neuron", n)
DEPTH = Parameter("depth", Integers(1), "the document's L: n = L - 1 residual blocks", L)
BETA = Parameter("beta", Reals(0, open_low=True), "factor of the branch", beta)

MODEL = unstated(
    "batch normalisation only divides, by the root of the second moment 1 + beta^2 l of layer l, "
    "and the masks are coins (it also subtracts the mean: sg.thm3.centred)",
    lambda p: p.get("norm", "given") == "given",
)


def covariance(blocks: Any, beta: Any) -> Any:
    """E g_i g_j after n blocks: Gamma(n+a+1/2) Gamma(a)/(Gamma(a+1/2) Gamma(n+a)), a = 1/beta^2.

    Exact in the model with a quarter co-active. Symbols give sympy, numbers an mpf.

    >>> mpmath.nstr(covariance(99, 1), 12)
    '11.2696958019'
    """
    blocks, inverse = sp.sympify(blocks), 1 / sp.sympify(prove.exact(beta)) ** 2
    top, bottom = (blocks + inverse + HALF, inverse), (inverse + HALF, blocks + inverse)
    if blocks.free_symbols or inverse.free_symbols:
        return sp.prod([sp.gamma(x) for x in top]) / sp.prod([sp.gamma(x) for x in bottom])
    return mpmath.gammaprod([as_mpf(x) for x in top], [as_mpf(x) for x in bottom])


def variance(blocks: Any, beta: Any) -> Any:
    """E g_i^2 after n blocks: 1 + beta^2 n. Exact in the model.

    >>> variance(99, 1)
    100
    """
    return 1 + sp.sympify(prove.exact(beta)) ** 2 * sp.sympify(blocks)


def correlation(blocks: Any, beta: Any) -> Any:
    """R_n = `covariance` / `variance`, an mpf for numbers."""
    value = variance(blocks, beta)
    return covariance(blocks, beta) / (value if value.free_symbols else as_mpf(value))


# --- proofs ----------------------------------------------------------------------------------


def one_step(co_active: sp.Rational, quantity: str) -> Callable[[Any], Finding]:
    """law(n+1)/law(n) is the factor of block n + 1, and law(0) = 1: the product telescopes."""

    def check(law: Any) -> Finding:
        share = 1 / (a + n)  # beta^2/v_n: the branch relative to the skip, squared
        factor = 1 + 2 * co_active * share  # (2/N) (co-active units)
        if quantity == "correlation":
            factor = factor / (1 + share)
        b = 1 / sp.sqrt(a)
        ratio = sp.gammasimp(law(blocks=n + 1, beta=b) / law(blocks=n, beta=b))
        return prove.identities(
            [
                ("ratio of one block", sp.simplify(ratio - factor)),
                ("no block", sp.simplify(law(blocks=sp.Integer(0), beta=b)) - 1),
            ],
            predicted=str(ratio),
            found=f"{sp.simplify(factor)} with a = 1/beta^2",
        )

    return check


BETAS_SQ = (sp.Integer(1), sp.Rational(1, 100), sp.Rational(9, 100), sp.Rational(5, 2))


def by_masks(which: int) -> Callable[[Any], Finding]:
    """Fixed typical masks of width 8 and given scales, mean over units, in fractions."""

    def check(law: Any) -> Finding:
        rows = []
        for b in BETAS_SQ:
            for blocks in (1, 2, 9):
                shares = [b / v for v in scales_sq(blocks, b)]
                moments = mm.variance_and_covariance(8, blocks, branch_sq=shares)
                found = (*moments, moments[1] / moments[0])[which]
                rows.append((f"beta^2 = {b}, n = {blocks}", (blocks, sp.sqrt(b)), found))
        with mpmath.workdps(45):
            return prove.close(
                ((label, law(blocks=at[0], beta=at[1]), found) for label, at, found in rows),
                digits=30,
                detail="exact recursion of the mask model",
            )

    return check


# --- sg.thm3.exact ---------------------------------------------------------------------------


def _probe(blocks: int, beta: float, law: str, **more: Any) -> Probe:
    return Probe(
        name=f"coins, beta = {beta:g}, n = {blocks}, {law}",
        experiment="gradient_pairs",
        setup=model_net(blocks, beta),
        at={"blocks": blocks, "beta": beta},
        estimand=COVARIANCE if law == "covariance" else CORRELATION_OF_GRADIENTS,
        laws=(law,),
        why="the model, sampled",
        **more,
    )


EXACT = Claim(
    id="sg.thm3.exact",
    title="in the document's model the covariance is exactly a ratio of Gamma functions",
    source=PAPER.at(
        "Theorem 3(b) and its footnote", "not in the document: the appendix it refers to is absent"
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            name="covariance",
            formula=sp.Eq(sp.Function("C")(i, j), covariance(n, beta)),
            parameters=(BLOCKS, BETA),
            words="telescoping product of 1 + beta^2/(2 v_l)",
            evaluate=covariance,
            mutants=(
                Mutant("a = 1/beta", lambda blocks, beta: covariance(blocks, sp.sqrt(beta))),
                Mutant(
                    "a and a + 1/2 exchanged",
                    lambda blocks, beta: covariance(blocks, beta) / covariance(1, beta),
                ),
                Mutant("one block more", lambda blocks, beta: covariance(blocks + 1, beta)),
            ),
        ),
        Law(
            role="sharper",
            name="correlation",
            formula=sp.Eq(sp.Function("R")(i, j), covariance(n, beta) / (1 + beta**2 * n)),
            parameters=(BLOCKS, BETA),
            words="the covariance over 1 + beta^2 n",
            evaluate=correlation,
            mutants=(
                Mutant(
                    "1/sqrt(1 + beta^2 n)",
                    lambda blocks, beta: variance(blocks, beta) ** -HALF,
                ),
                Mutant(
                    "variance of one block more",
                    lambda blocks, beta: (
                        covariance(blocks, beta) / _number(variance(blocks + 1, beta))
                    ),
                ),
            ),
        ),
    ),
    assumptions=(MODEL,),
    expected="holds",
    because="Each block multiplies the covariance by a rational factor; the product telescopes.",
    proofs=tuple(
        proof
        for which, law in ((1, "covariance"), (2, "correlation"))
        for proof in (
            Proof(
                f"one block: {law}",
                "symbolic",
                "ratio of n + 1 to n blocks, and the value without blocks",
                one_step(sp.Rational(1, 4), law),
                law=law,
                tiers=LATER,
            ),
            Proof(
                f"fixed masks: {law}",
                "exact",
                "the recursion in fractions, 30 digits of the Gamma functions",
                by_masks(which),
                law=law,
            ),
        )
    ),
    probes=(
        _probe(5, 1.0, "covariance"),
        _probe(20, 0.3, "covariance"),
        *(_probe(k, 1.0, "correlation", curve="depth", x=k) for k in (1, 2, 5, 10, 20)),
    ),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients in the model of Theorem 3, beta = 1",
            "residual blocks above the neuron",
            "correlation",
            range(1, 31),
            lambda x: {"blocks": int(x), "beta": 1},
            laws=("correlation",),
            log_x=True,
            log_y=True,
        ),
    ),
    see=("sg.thm3b", "sg.thm3.corr", "sg.thm3.centred"),
)


def _number(value: Any) -> Any:
    return value if value.free_symbols else as_mpf(value)
