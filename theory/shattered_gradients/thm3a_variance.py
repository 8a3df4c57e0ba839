"""Variance of gradients in residual nets with batch norm: Theorem 3(a).

    sg.thm3a   beta^2 (L - 1) + 1

Exact if batch norm left the mean in; what it does instead is sg.thm3.centred (thm3_centred.py).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Probe,
    Proof,
    unstated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    VARIANCE,
    model_net,
    scales_sq,
)
from theory.shattered_gradients.thm3_centred import (
    BATCH,
    BETA,
    DEPTH,
    PRODUCT,
    VARIANCE_MUTANTS,
    M,
    batch_probe,
    from_densities,
    i,
    variance,
)
from theory.shattered_gradients.thm3_model import BETAS_SQ
from theory.symbols import L, beta


def printed(depth: Any, beta: Any, batch: Any) -> Any:
    """beta^2 (L - 1) + 1; the batch does not enter.

    >>> printed(24, 1, 48)
    24
    """
    return sp.sympify(prove.exact(beta)) ** 2 * (sp.sympify(depth) - 1) + 1


# --- proofs ----------------------------------------------------------------------------------


def telescoping(law: Any) -> Finding:
    """Scales 1 + beta^2 l: block l multiplies the variance by (1 + beta^2 l)/(1 + beta^2 (l-1))."""
    n = sp.Symbol("n", integer=True, nonnegative=True)
    block = 1 + 2 * sp.Rational(1, 2) * beta**2 / (1 + beta**2 * n)  # half of the units active
    after, before = (law(depth=k, beta=beta, batch=M) for k in (n + 2, n + 1))
    return prove.identities(
        [
            ("block n + 1", sp.together(after / before - block)),
            ("no block", law(depth=sp.Integer(1), beta=beta, batch=M) - 1),
        ],
        predicted=str(law(depth=L, beta=beta, batch=M)),
        found=f"product of {sp.together(block)}",
    )


def by_masks(law: Any) -> Finding:
    """Fixed typical masks of width 8 and the scales 1 + beta^2 l, mean over units, in fractions."""
    return prove.cases(
        (
            f"beta^2 = {b}, L = {blocks + 1}",
            law(depth=blocks + 1, beta=sp.sqrt(b), batch=4),
            mm.variance_and_covariance(8, blocks, branch_sq=[b / v for v in scales_sq(blocks, b)])[
                0
            ],
        )
        for b in BETAS_SQ
        for blocks in (1, 2, 9)
    )


# --- the claim -------------------------------------------------------------------------------

CLAIM = Claim(
    id="sg.thm3a",
    title="with batch norm the variance of the gradient is beta^2 (L - 1) + 1",
    source=PAPER.at(
        "Theorem 3(a)", "resnets with batch norm and beta-rescaling: C(i) = beta^2 (L-1) + 1"
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("C")(i), beta**2 * (L - 1) + 1),
            parameters=(DEPTH, BETA, BATCH),
            words="as printed; the batch does not enter",
            evaluate=printed,
            mutants=(
                Mutant("L for L - 1", lambda depth, beta, batch: printed(depth + 1, beta, batch)),
                Mutant(
                    "beta for beta^2",
                    lambda depth, beta, batch: printed(depth, sp.sqrt(beta), batch),
                ),
                Mutant(
                    "(1 + beta^2)^(L-1)",
                    lambda depth, beta, batch: (1 + sp.sympify(beta) ** 2) ** (depth - 1),
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(sp.Function("C")(i), PRODUCT),
            parameters=(DEPTH, BETA, BATCH),
            words="batch norm with its mean subtracted, N -> inf: sg.thm3.centred",
            evaluate=variance,
            mutants=VARIANCE_MUTANTS,
            error="O(1/N) at fixed L",
        ),
    ),
    assumptions=(
        unstated(
            "batch normalisation only divides, by the root of the second moment 1 + beta^2 l of "
            "layer l (it also subtracts the mean, as the document's section 2 says)",
            lambda p: p.get("norm", "given") == "given",
        ),
    ),
    expected="false-as-stated",
    because=(
        "Batch norm subtracts the mean and divides by what is left, which grows by 0.68 beta^2 per "
        "block and not by beta^2: the variance grows as L^1.47. The printed line is exact only if "
        "the mean is left in."
    ),
    proofs=(
        Proof(
            "telescoping",
            "symbolic",
            "division by 1 + beta^2 l, for all L and beta",
            telescoping,
            point={"norm": "given"},
        ),
        Proof(
            "fixed masks",
            "exact",
            "the mask model with these scales, in fractions",
            by_masks,
            point={"norm": "given"},
        ),
        Proof(
            "batch norm",
            "numeric",
            "the constants of real batch norm, integrated",
            from_densities("variance"),
            point={"norm": "batch_frozen"},
        ),
        Proof(
            "batch norm, corrected",
            "numeric",
            "the constants of real batch norm, integrated",
            from_densities("variance"),
            law="corrected",
            point={"norm": "batch_frozen"},
        ),
    ),
    probes=(
        Probe(
            name="coins and given scales, L = 11",
            experiment="gradient_pairs",
            setup=model_net(10, 1.0),
            at={"depth": 11, "beta": 1.0, "batch": 16},
            estimand=VARIANCE,
            why="the model in which the printed line is exact",
        ),
        *(
            batch_probe(
                k,
                1.0,
                16,
                ("stated", "corrected"),
                curve="depth",
                x=k + 1,
                tiers=TIERS if k < 5 else LATER,
            )
            for k in (1, 2, 5, 10)
        ),
        batch_probe(10, 0.3, 16, ("stated", "corrected"), tiers=LATER),
        batch_probe(5, 1.0, 48, ("stated", "corrected"), why="a larger batch", budget=8),
    ),
    curves=(
        Curve(
            "depth",
            "Variance of the gradient, residual net with batch norm (M = 16, beta = 1)",
            "L",
            "variance",
            range(1, 21),
            lambda x: {"depth": int(x), "beta": 1, "batch": 16},
            laws=("stated", "corrected"),
            log_y=True,
        ),
    ),
    see=("sg.thm3.centred",),
)
