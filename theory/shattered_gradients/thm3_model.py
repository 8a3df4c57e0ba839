"""Theorem 3 in the document's model: layer l is divided by the root of its second moment.

    sg.thm3.exact   E g_i g_j is a ratio of Gamma functions
    sg.thm3b        E g_i g_j ~ beta sqrt L
    sg.thm3.corr    correlation ~ 1/(beta sqrt L)
    sg.thm3.num     0.7 and 0.1 at L = 100

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


# --- sg.thm3b and sg.thm3.corr ---------------------------------------------------------------


def constant(beta: Any) -> Any:
    """K = Gamma(a)/Gamma(a + 1/2), a = 1/beta^2: C_n ~ K sqrt n. Between beta and 1.22 beta.

    >>> constant(1)
    2/sqrt(pi)
    """
    inverse = 1 / sp.sympify(prove.exact(beta)) ** 2
    return sp.gamma(inverse) / sp.gamma(inverse + HALF)


def asymptotic(exact: Callable[..., Any]) -> Callable[[Any], Finding]:
    """law/exact -> 1 as L grows, with an error that shrinks as 1/L."""

    def check(law: Any) -> Finding:
        steps = []
        with mpmath.workdps(40):
            for b in (sp.Integer(1), sp.Rational(3, 10), sp.Rational(1, 10)):
                errors = []
                for depth in (10**6, 10**8):
                    ratio = as_mpf(law(depth=depth, beta=b)) / as_mpf(exact(depth - 1, b))
                    errors.append(abs(ratio - 1))
                    steps.append(f"beta = {b}, L = {depth}: ratio {mpmath.nstr(ratio, 12)}")
                # next term (a - 5/4)/(2 L), so L times the error is bounded by a = 1/beta^2
                if not all(
                    e * d < 1 / as_mpf(b) ** 2 for e, d in zip(errors, (10**6, 10**8), strict=True)
                ):
                    return Finding(False, "ratio -> 1", steps[-1], "", tuple(steps))
        return Finding(True, "ratio -> 1", steps[-1], "error of order 1/L", tuple(steps))

    return check


def squeeze(law: Any) -> Finding:
    """Wendel: sqrt(x/(x + 1/2)) <= Gamma(x + 1/2)/(sqrt(x) Gamma(x)) <= 1, at x = n + a."""
    b, x = 1 / sp.sqrt(a), n + a
    growing = sp.gamma(x + HALF) / sp.gamma(x)  # the only part of C_n that depends on n
    rest = sp.simplify(covariance(n, b) / growing)
    low, high = sp.sqrt(x / (x + HALF)), sp.Integer(1)
    for bound in (low, high):
        if sp.limit(bound * sp.sqrt(x / n), n, sp.oo) != 1:
            return Finding(None, "", "", f"{bound} does not tend to 1")
    with mpmath.workdps(30):  # the inequality itself, at a few points
        for value in (mpmath.mpf(1) / 7, mpmath.mpf(3), mpmath.mpf(10) ** 4):
            ratio = mpmath.gammaprod([value + 0.5], [value]) / mpmath.sqrt(value)
            if not mpmath.sqrt(value / (value + 0.5)) <= ratio <= 1:
                return Finding(None, "", "", f"Wendel's inequality fails at {value}")
    predicted = sp.simplify(law(depth=L, beta=b) / sp.sqrt(L))
    return prove.identity(
        predicted - rest,
        predicted=str(predicted),
        found=f"{rest}, a = 1/beta^2",
        detail="C_n/sqrt n tends to this constant, for every beta",
    )


def exceeds_one(law: Any) -> Finding:
    """A correlation is at most 1."""
    b, depth = sp.Rational(1, 10), 24
    value = as_mpf(law(depth=depth, beta=b))
    found = correlation(depth - 1, b)
    return prove.truth(
        [(f"R <= 1 at beta = 0.1, L = {depth}", bool(value <= 1))],
        predicted=mpmath.nstr(value, 6),
        found=mpmath.nstr(found, 6),
        detail="beta^2 L must be large; at beta = 0.1 that means thousands of layers",
    )


def _asymptotic_claim_laws(
    symbol: sp.Basic, stated_value: sp.Expr, true_value: sp.Expr, wrong: dict[str, sp.Expr]
) -> tuple[Law, ...]:
    def of(value: sp.Expr) -> Callable[..., Any]:
        return lambda depth, beta: value.subs(
            {L: sp.sympify(depth), _B: sp.sympify(prove.exact(beta))}, simultaneous=True
        )

    return (
        Law(
            role="stated",
            formula=sp.Eq(symbol, stated_value.subs(_B, beta)),
            parameters=(DEPTH, BETA),
            words="as printed, read as an asymptotic equality",
            evaluate=of(stated_value),
            error="o(1), relative",
            mutants=(Mutant("L for sqrt L", of(stated_value.subs(sp.sqrt(L), L))),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(symbol, true_value.subs(_B, beta)),
            parameters=(DEPTH, BETA),
            words="the same power of L, another constant",
            evaluate=of(true_value),
            error="O(1/(beta^2 L)), relative",
            mutants=tuple(Mutant(name, of(value)) for name, value in wrong.items()),
        ),
    )


_B = beta
_K = constant(beta)

COVARIANCE_GROWTH = Claim(
    id="sg.thm3b",
    title="with batch norm the covariance of gradients grows as beta sqrt(L)",
    source=PAPER.at("Theorem 3(b)", "the covariance is C(i,j) ~ beta sqrt L"),
    kind="asymptotic",
    laws=_asymptotic_claim_laws(
        sp.Function("C")(i, j),
        beta * sp.sqrt(L),
        _K * sp.sqrt(L),
        {"constant beta": beta * sp.sqrt(L), "sqrt(beta L)": sp.sqrt(beta) * sp.sqrt(L)},
    ),
    assumptions=(MODEL,),
    expected="false-as-stated",
    because=(
        "In the document's own model the growth rate sqrt(L) is right and the constant is not: "
        "Gamma(1/beta^2)/Gamma(1/beta^2 + 1/2), 13 % above beta at beta = 1."
    ),
    proofs=(
        Proof(
            "ratio",
            "exact",
            "law over exact covariance at L = 10^6 and 10^8",
            asymptotic(covariance),
        ),
        Proof(
            "ratio, corrected",
            "exact",
            "law over exact covariance at L = 10^6 and 10^8",
            asymptotic(covariance),
            law="corrected",
        ),
        Proof(
            "limit, corrected",
            "symbolic",
            "limit of C_n/sqrt n for every beta",
            squeeze,
            law="corrected",
        ),
    ),
    see=("sg.thm3.exact",),
)

CORRELATION_DECAY = Claim(
    id="sg.thm3.corr",
    title="with batch norm gradient correlations decay as 1/(beta sqrt(L))",
    source=PAPER.at("Theorem 3, last line", "the correlation is R(i,j) ~ 1/(beta sqrt L)"),
    kind="asymptotic",
    laws=_asymptotic_claim_laws(
        sp.Function("R")(i, j),
        1 / (beta * sp.sqrt(L)),
        _K / (beta**2 * sp.sqrt(L)),
        {"constant 1/beta": 1 / (beta * sp.sqrt(L)), "K/beta": _K / (beta * sp.sqrt(L))},
    ),
    assumptions=(MODEL,),
    expected="false-as-stated",
    because=(
        "In the document's model the power of L is right and the constant 13 % larger at beta = 1; "
        "for beta^2 L < 1 the printed correlation exceeds 1. Real batch norm has the power 0.733."
    ),
    proofs=(
        Proof(
            "ratio",
            "exact",
            "law over exact correlation at L = 10^6 and 10^8",
            asymptotic(correlation),
        ),
        Proof("at most one", "exact", "the printed value at beta = 0.1, L = 24", exceeds_one),
        Proof(
            "ratio, corrected",
            "exact",
            "law over exact correlation at L = 10^6 and 10^8",
            asymptotic(correlation),
            law="corrected",
        ),
    ),
    see=("sg.thm3.exact", "sg.thm3.centred"),
)


# --- sg.thm3.num -----------------------------------------------------------------------------

PRINTED = {sp.Rational(1, 10): sp.Rational(7, 10), sp.Integer(1): sp.Rational(1, 10)}
"""beta -> the correlation the document prints for a 100-layer resnet."""


def printed_formula(depth: Any, beta: Any) -> Any:
    """1/(beta sqrt L), as in Theorem 3.

    >>> printed_formula(100, sp.Rational(1, 10))
    1
    """
    return 1 / (sp.sympify(prove.exact(beta)) * sp.sqrt(sp.sympify(depth)))


def exact_value(depth: Any, beta: Any) -> Any:
    """The model's exact correlation with n = L - 1 blocks."""
    return correlation(sp.sympify(depth) - 1, beta)


def rounds_to(b: sp.Rational) -> Callable[[Any], Finding]:
    """The law's value, rounded to one decimal, is the number that is printed."""

    def check(law: Any) -> Finding:
        value, printed = as_mpf(law(depth=100, beta=b)), PRINTED[b]
        return prove.truth(
            [(f"|law - {float(printed):g}| <= 0.05", bool(abs(value - as_mpf(printed)) <= 0.05))],
            predicted=mpmath.nstr(value, 6),
            found=f"{float(printed):g} (printed)",
        )

    return check


def product_of_blocks(law: Any) -> Finding:
    """99 blocks multiplied out in fractions."""
    rows = []
    with mpmath.workdps(45):
        for b in PRINTED:
            value = sp.Integer(1)
            for v in scales_sq(99, b**2):
                value *= (1 + b**2 / (2 * v)) / (1 + b**2 / v)
            rows.append((f"beta = {b}", law(depth=100, beta=b), value))
        return prove.close(rows, digits=30)


NUMBERS = Claim(
    id="sg.thm3.num",
    title="100 layers with batch norm: correlation 0.7 at beta = 0.1 and 0.1 at beta = 1",
    source=PAPER.at("Section 3.3", "100 layers: R = 0.7 at beta = 0.1, R = 0.1 at beta = 1"),
    kind="numerical",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("R")(L), 1 / (beta * sp.sqrt(L))),
            parameters=(DEPTH, BETA),
            words="the formula that the numbers are said to follow from",
            evaluate=printed_formula,
            mutants=(Mutant("1/(beta L)", lambda depth, beta: 1 / (beta * sp.sympify(depth))),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(sp.Function("R")(L), covariance(L - 1, beta) / (1 + beta**2 * (L - 1))),
            parameters=(DEPTH, BETA),
            words="the model's exact correlation (sg.thm3.exact)",
            evaluate=exact_value,
            mutants=(
                Mutant("n = L", lambda depth, beta: correlation(depth, beta)),
                Mutant(
                    "1/sqrt(beta^2 L + 1)",
                    lambda depth, beta: 1 / sp.sqrt(sp.sympify(beta) ** 2 * depth + 1),
                ),
                Mutant("1/(beta sqrt L)", printed_formula),
            ),
        ),
    ),
    assumptions=(MODEL,),
    expected="false-as-stated",
    because=(
        "The printed formula 1/(beta sqrt L) gives 1.0, not 0.7, at beta = 0.1. Both printed "
        "numbers are right for the exact correlation of the model."
    ),
    proofs=(
        *(
            Proof(
                f"beta = {float(b):g}, {law}",
                "exact",
                "rounds to the printed number",
                rounds_to(b),
                law=law,
            )
            for b in PRINTED
            for law in ("stated", "corrected")
        ),
        Proof(
            "99 blocks",
            "exact",
            "the product of 99 factors in fractions",
            product_of_blocks,
            law="corrected",
        ),
    ),
    probes=tuple(
        Probe(
            name=f"coins, beta = {beta:g}, L = 100",
            experiment="gradient_pairs",
            setup=model_net(99, beta),
            at={"depth": 100, "beta": beta},
            estimand=CORRELATION_OF_GRADIENTS,
            laws=("stated", "corrected"),
            why="the model at the document's depth",
            budget=budget,
        )
        # one net scatters about as much at both; at beta = 1 the correlation is six times smaller
        for beta, budget in ((0.1, 1.0), (1.0, 3.0))
    ),
    remark=(
        "With real batch norm, statistics frozen, the correlations are smaller still "
        "(sg.thm3.centred)."
    ),
    see=("sg.thm3.exact", "sg.thm3.centred"),
)
