"""Residual nets without batch normalisation, rescaled: section 3.3.

    sg.thm2.ab   variance (a^2 (1 + b^2))^L, covariance (a^2 (1 + b^2/2))^L; a drops out of R
    sg.alpha     a = 1/sqrt(2) gives variance 1 and leaves R = (3/4)^L

x_l = alpha (x_{l-1} + beta W_l relu(x_{l-1})).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients import mask_model as mm
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    COVARIANCE,
    MASKS,
    MEAN,
    TYPICAL,
    VARIANCE,
    direct_width,
    fixed_masks_proof,
    residual_net,
)
from theory.shattered_gradients.thm2_resnet import DEPTH, alpha, derived_factors, of_three, own
from theory.symbols import L, beta

i, j = sp.symbols("i j")

ALPHA = Parameter("alpha", Reals(0, open_low=True), "factor of the whole block", alpha)
BETA = Parameter("beta", Reals(0, open_low=True), "factor of the branch", beta)


def block_factors(alpha_sq: Any, beta_sq: Any) -> tuple[Any, Any]:
    """(variance, covariance) of the gradient gained by one block: (a^2 (1+b^2), a^2 (1+b^2/2)).

    Mask model, mean over the units; half of the units active, a quarter co-active. Exact.

    >>> block_factors(1, 1)
    (2, 3/2)
    """
    a, b = sp.sympify(alpha_sq), sp.sympify(beta_sq)
    return a * (1 + b), a * (1 + b / 2)


# --- sg.thm2.ab ------------------------------------------------------------------------------

SCALES = ((1, 1), (sp.Rational(1, 2), 1), (1, sp.Rational(1, 100)), (sp.Rational(3, 5), 2))
"""(alpha^2, beta^2) at which the exact recursion is run."""


def rescaled(which: int) -> Callable[..., Any]:
    """(depth, alpha, beta) -> variance, covariance or correlation, by `block_factors`."""

    def evaluate(depth: Any, alpha: Any, beta: Any) -> Any:
        moments = block_factors(_sq(alpha), _sq(beta))
        return of_three(moments, which) ** sp.sympify(depth)

    return evaluate


def _sq(value: Any) -> Any:
    return sp.sympify(prove.exact(value)) ** 2


def rescaled_block(which: int) -> Callable[[Any], Finding]:
    """One averaged block for all N, alpha and beta."""

    def check(law: Any) -> Finding:
        variance, covariance, differences = derived_factors()
        factor = of_three((variance, covariance), which)
        return prove.identities(
            [
                *((f"averaged block, entry {n}", d) for n, d in enumerate(differences)),
                ("the law at L = 3", law(depth=3, alpha=alpha, beta=beta) - factor**3),
            ],
            predicted=str(law(depth=1, alpha=alpha, beta=beta)),
            found=str(sp.factor(factor)),
        )

    return check


def rescaled_masks(which: int) -> Callable[[Any], Finding]:
    """Fixed typical masks of width 8, mean over the units, in rationals."""
    return lambda law: prove.cases(
        (
            f"alpha^2 = {a}, beta^2 = {b}, L = {depth}",
            law(depth=depth, alpha=sp.sqrt(a), beta=sp.sqrt(b)),
            of_three(mm.variance_and_covariance(8, depth, skip_sq=a, branch_sq=a * b), which),
        )
        for a, b in SCALES
        for depth in (1, 4)
    )


def _rescaled_mutant(
    name: str, which: int, change: Callable[[Any, Any], tuple[Any, Any]]
) -> Mutant:
    def evaluate(depth: Any, alpha: Any, beta: Any) -> Any:
        return of_three(change(sp.sympify(alpha), sp.sympify(beta)), which) ** sp.sympify(depth)

    return Mutant(name, evaluate)


def _rescaled_law(name: str, which: int, words: str, mutants: tuple[Mutant, ...]) -> Law:
    value = of_three(block_factors(alpha**2, beta**2), which) ** L
    return Law(
        role="sharper",
        name=name,
        formula=sp.Eq(sp.Symbol({"correlation": "R"}.get(name, "C") + "_" + name), value),
        parameters=(DEPTH, ALPHA, BETA),
        words=words,
        evaluate=rescaled(which),
        mutants=mutants,
    )


RESCALED = Claim(
    id="sg.thm2.ab",
    title="rescaled residual nets: alpha sets the variance, only beta sets the correlation",
    source=PAPER.at("Section 3.3, equation (2)", "not in the document for general alpha and beta"),
    kind="exact identity",
    laws=(
        _rescaled_law(
            "variance",
            0,
            "alpha^2 (1 + beta^2) per block",
            (
                _rescaled_mutant("beta for beta^2", 0, lambda a, b: block_factors(a**2, b)),
                _rescaled_mutant("alpha for alpha^2", 0, lambda a, b: block_factors(a, b**2)),
            ),
        ),
        _rescaled_law(
            "covariance",
            1,
            "alpha^2 (1 + beta^2/2) per block",
            (
                _rescaled_mutant("co-active half", 1, lambda a, b: block_factors(a**2, 2 * b**2)),
                _rescaled_mutant("alpha on the skip only", 1, lambda a, b: (1, a**2 + b**2 / 2)),
            ),
        ),
        _rescaled_law(
            "correlation",
            2,
            "(2 + beta^2)/(2 + 2 beta^2) per block, whatever alpha is",
            (
                _rescaled_mutant("alpha stays", 2, lambda a, b: (1 + b**2, a**2 * (1 + b**2 / 2))),
                _rescaled_mutant("beta for beta^2", 2, lambda a, b: block_factors(a**2, b)),
            ),
        ),
    ),
    assumptions=(TYPICAL, MASKS, MEAN),
    expected="holds",
    because="The recursion of Theorem 2 with the two factors kept; exact in the mask model.",
    proofs=tuple(
        proof
        for which, law in enumerate(("variance", "covariance", "correlation"))
        for proof in (
            fixed_masks_proof(
                rescaled_block(which),
                law,
                name=f"one block: {law}",
                kind="symbolic",
                statement="one averaged block, all N, alpha, beta",
            ),
            fixed_masks_proof(rescaled_masks(which), law),
        )
    ),
    probes=tuple(
        Probe(
            name=f"coins, alpha = {a:g}, beta = {b:g}, {law}",
            experiment="gradient_pairs",
            setup=residual_net(
                direct_width([b**2 / (1 + b**2)] * 5), 5, alpha=a, beta=b, masks="independent"
            ),
            at={"depth": 5, "alpha": a, "beta": b},
            estimand=estimand,
            laws=(law,),
            why="the mask model",
        )
        for a, b in ((0.5**0.5, 1.0), (0.9, 0.5))
        for law, estimand in (
            ("variance", VARIANCE),
            ("covariance", COVARIANCE),
            ("correlation", CORRELATION_OF_GRADIENTS),
        )
    ),
    see=("sg.thm2", "sg.alpha"),
)


# --- sg.alpha --------------------------------------------------------------------------------


def alpha_masks(which: int) -> Callable[[Any], Finding]:
    """alpha^2 = 1/2 in the exact recursion, mean over the units."""
    half = sp.Rational(1, 2)
    return lambda law: prove.cases(
        (
            f"N = 8, L = {depth}",
            law(depth=depth),
            of_three(mm.variance_and_covariance(8, depth, skip_sq=half, branch_sq=half), which),
        )
        for depth in (1, 2, 6)
    )


def alpha_own_masks(which: int) -> Callable[[Any], Finding]:
    """Every real net of two blocks, width 8 and +-1/2 weights, at alpha^2 = 1/2.

    alpha multiplies every x_l by a positive number: no mask changes, and each block's gradient
    gains the factor alpha. Both moments of `own` are divided by 2^2; the correlation stays.
    """
    variance, covariance = (value / 4 for value in own())
    return lambda law: prove.cases(
        [("N = 8, L = 2", law(depth=2), of_three((variance, covariance), which))],
        "a unit of the second block is likelier active where it was active before",
    )


def _alpha_probe(law: str, width: int, masks: str) -> Probe:
    return Probe(
        name=f"{'coins' if masks == 'independent' else 'own masks'}, {law}",
        experiment="gradient_pairs",
        setup=residual_net(width, 5, alpha=0.5**0.5, masks=masks),
        at={"depth": 5},
        estimand=VARIANCE if law == "variance" else CORRELATION_OF_GRADIENTS,
        laws=(law,),
        why="the mask model" if masks == "independent" else "a real net keeps more correlation",
    )


ALPHA_CLAIM = Claim(
    id="sg.alpha",
    title="alpha = 1/sqrt(2) stops the growth of the variance and not the loss of correlation",
    source=PAPER.at("Section 3.3", "alpha = 1/sqrt 2 gives C(i) = 1 and R = (3/4)^L"),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            name="variance",
            formula=sp.Eq(sp.Function("C")(i), 1),
            parameters=(DEPTH,),
            words="alpha^2 (1 + 1) = 1",
            evaluate=lambda depth: sp.Integer(1),
            mutants=(
                Mutant("alpha = sqrt(2)", lambda depth: sp.Integer(4) ** depth),
                Mutant("alpha = 1/2", lambda depth: sp.Integer(2) ** -depth),
            ),
        ),
        Law(
            role="stated",
            name="correlation",
            formula=sp.Eq(sp.Function("R")(i, j), sp.Rational(3, 4) ** L),
            parameters=(DEPTH,),
            words="as with alpha = 1",
            evaluate=lambda depth: sp.Rational(3, 4) ** depth,
            mutants=(Mutant("(3/8)^L", lambda depth: sp.Rational(3, 8) ** depth),),
        ),
    ),
    assumptions=(TYPICAL, MASKS, MEAN),
    expected="holds-if",
    because=(
        "It is Theorem 2 with both moments multiplied by alpha^(2L): alpha cancels in the "
        "correlation and changes no mask. So it holds where Theorem 2 does, for masks independent "
        "of the weights, and fails where Theorem 2 fails: in a real net already at two blocks."
    ),
    proofs=tuple(
        fixed_masks_proof(alpha_masks(which), law, statement="the recursion at alpha^2 = 1/2")
        for which, law in ((0, "variance"), (2, "correlation"))
    )
    + tuple(
        Proof(
            f"own masks: {law}",
            "exact",
            "every real net of two blocks",
            alpha_own_masks(which),
            law=law,
            point={"masks": "own", "correlation": 0},
        )
        for which, law in ((0, "variance"), (2, "correlation"))
    ),
    probes=(
        _alpha_probe("variance", direct_width([0.5] * 5), "independent"),
        _alpha_probe("correlation", direct_width([0.5] * 5), "independent"),
        _alpha_probe("correlation", 100, "own"),
    ),
    remark="The document's subscript reads alpha = sqrt 2, for which the variance would be 4^L.",
    see=("sg.thm2.ab",),
)
