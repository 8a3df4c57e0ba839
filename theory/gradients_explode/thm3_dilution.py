"""How much of a residual block's growth is left beside a linear skip: Theorem 3.

    ge.thm3   rate r of rho becomes 1 + (r - 1)/(k^2 + 1) + O((r - 1)^2)

Block f(u) = S u + rho(u); the letters r, k, a, b, kappa are those of `probes`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.gradients_explode import PAPER
from theory.gradients_explode.probes import Block, growth, mutants_in, probe, unit_moments
from theory.maths import gaussian, prove
from theory.schema import (
    LATER,
    TIERS,
    Assumption,
    Claim,
    Curve,
    Finding,
    Law,
    Margin,
    Parameter,
    Probe,
    Proof,
    Reals,
    absolute,
    stated,
)

r = sp.Symbol("r", nonnegative=True)
k = sp.Symbol("k", positive=True)

RATE = Parameter("r", Reals(0), "rate r of the residual alone", r)
DILUTION = Parameter("k", Reals(0, open_low=True), "dilution k: skip over residual, in length", k)

LINEAR = 1 + (r - 1) / (k**2 + 1)
EXACT = sp.sqrt((k**2 + r**2) / (k**2 + 1))
SECOND = LINEAR + k**2 * (r - 1) ** 2 / (2 * (k**2 + 1) ** 2)


mutant = mutants_in(r=r, k=k)


def second_order(rate: float, dilution: float) -> float:
    """k^2 (r - 1)^2 / (2 (k^2 + 1)^2): by how much at most the exact rate is larger, r >= 1.

    >>> second_order(2.0, 1.0)
    0.125
    """
    return dilution**2 * (rate - 1) ** 2 / (2 * (dilution**2 + 1) ** 2)


def remainder(rate: float, dilution: float) -> float:
    """(r - 1)^2 / (2 (k^2 + 1)): the same for every r >= 0; the O((r - 1)^2) of the theorem.

    exact^2 - stated^2 = k^2 (r - 1)^2/(k^2 + 1)^2 and exact >= stated >= k^2/(k^2 + 1), so their
    difference is at most k^2 (r - 1)^2/(k^2 + 1)^2 over 2 k^2/(k^2 + 1); see `error_bound`.

    >>> remainder(2.0, 1.0), remainder(0.0, 1.0)
    (0.25, 0.25)
    """
    return (rate - 1) ** 2 / (2 * (dilution**2 + 1))


ASSUMPTIONS: tuple[Assumption, ...] = (
    stated(
        "E (Su).rho(u) = 0: skip and residual are uncorrelated forwards",
        lambda p: p.get("forward_correlation", 0) == 0,
    ),
    stated(
        "E (gR).(gS) = 0: skip and residual are uncorrelated backwards",
        lambda p: p.get("backward_correlation", 0) == 0,
    ),
    stated(
        "Q|gS| Q|u| = Q|Su| Q|g|: true for square orthogonal or Gaussian S, false between "
        "layers of different widths",
        lambda p: p.get("length_ratio", 1) == 1,
    ),
)

# --- proofs ----------------------------------------------------------------------------------


def both_norms(law: Any) -> Finding:
    """Both squared norms of the block, cross terms zero, in the letters of the theorem."""
    u, g, rho = sp.symbols("u g rho", positive=True)  # Q|u|, Q|g|, Q|rho(u)|
    residual_back = r * rho * g / u  # definition of r
    skip = k * rho  # definition of k
    skip_back = skip * g / u  # kappa = 1
    rate_sq = (residual_back**2 + skip_back**2) * u**2 / ((rho**2 + skip**2) * g**2)
    found = prove.identity(
        sp.simplify(sp.sympify(law(r=r, k=k)) ** 2 - sp.cancel(rate_sq)),
        predicted=str(law(r=r, k=k)),
        found=f"sqrt({sp.factor(sp.cancel(rate_sq))})",
        detail="Pythagoras forwards and backwards",
    )
    positive = sp.N(law(r=2, k=1)) > 0  # the square does not fix the sign
    return found if positive else Finding(False, found.predicted, found.found, "negative")


def hermite_moments(degree: int) -> tuple[Any, Any]:
    """E h^2 and E h'^2 of the probabilists' Hermite polynomial, by the moments of a Gaussian.

    >>> hermite_moments(3)
    (6, 18)
    """
    z = sp.Symbol("z")
    polynomial = sp.Poly(sp.expand(sp.hermite_prob(degree, z)), z)

    def mean(p: Any) -> Any:
        return sum(
            c * (sp.factorial2(e - 1) if e > 1 else 1) for (e,), c in p.terms() if e % 2 == 0
        )

    return mean(polynomial**2), mean(polynomial.diff(z) ** 2)


def by_hermite(law: Any) -> Finding:
    """phi(z) = alpha z + beta He_d(z): skip and residual of one unit, every moment an integer."""
    rows = []
    for degree in (2, 3, 4, 5):
        norm, slope = hermite_moments(degree)
        for alpha, beta in ((1, 1), (3, 2), (1, sp.Rational(1, 7))):
            # E z He_d = 0 and E He_d' = 0 for d >= 2; E phi^2 and E phi'^2 of the whole
            value_sq, slope_sq = alpha**2 + beta**2 * norm, alpha**2 + beta**2 * slope
            rows.append(
                (
                    f"z and He_{degree}, weights {alpha} and {beta}",
                    sp.sympify(law(r=sp.sqrt(slope / norm), k=alpha / (beta * sp.sqrt(norm)))) ** 2,
                    sp.sympify(slope_sq) / value_sq,
                )
            )
    return prove.cases(rows, "squared rate of the whole function from its own moments")


@functools.cache
def tanh_split(scale: int) -> tuple[Any, Any, Any]:
    """(r, k, rate) of tanh(s z) = a_1 z + rest, rest uncorrelated with z; adaptive quadrature."""
    with mpmath.workdps(30):
        value_sq = gaussian.expect(lambda z: mpmath.tanh(scale * z) ** 2)
        slope = gaussian.expect(lambda z: scale * (1 - mpmath.tanh(scale * z) ** 2))
        slope_sq = gaussian.expect(lambda z: (scale * (1 - mpmath.tanh(scale * z) ** 2)) ** 2)
        rest_sq, rest_slope_sq = value_sq - slope**2, slope_sq - slope**2
        return (
            mpmath.sqrt(rest_slope_sq / rest_sq),
            slope / mpmath.sqrt(rest_sq),
            mpmath.sqrt(slope_sq / value_sq),
        )


def by_splitting(law: Any) -> Finding:
    """tanh split into its linear part and the rest; checks the trapezoid sums of the probes."""
    rows = []
    with mpmath.workdps(30):
        for scale in (1, 4):
            rate, dilution, whole = tanh_split(scale)
            value_sq, slope_sq, _, _ = unit_moments("tanh", float(scale), 0.0)
            if abs(math.sqrt(slope_sq / value_sq) - float(whole)) > 1e-13:
                return Finding(None, str(slope_sq / value_sq), str(whole), "quadratures differ")
            rows.append((f"tanh({scale} z)", law(r=rate, k=dilution), whole))
        return prove.close(rows, digits=18, detail="the trapezoid sums agree to 13 digits")


def series(order: int) -> Callable[[Any], Finding]:
    """The law and the exact rate agree up to (r - 1)^order."""

    def check(law: Any) -> Finding:
        e = sp.Symbol("e", positive=True)  # r - 1
        expansion = sp.series(EXACT.subs(r, 1 + e), e, 0, 5).removeO()
        candidate = sp.expand(sp.sympify(law(r=1 + e, k=k)))
        found = prove.identities(
            (
                (
                    f"coefficient of (r - 1)^{j}",
                    sp.expand(candidate).coeff(e, j) - sp.expand(expansion).coeff(e, j),
                )
                for j in range(order + 1)
            ),
            predicted=str(candidate),
            found=f"exact rate up to (r - 1)^{order}",
            detail="the exact rate is sqrt((k^2 + r^2)/(k^2 + 1))",
        )
        if found.agrees is not True:
            return found
        steps = tuple(
            f"exact coefficient of (r - 1)^{j}: {sp.factor(sp.expand(expansion).coeff(e, j))}"
            for j in range(5)
        )
        return Finding(True, found.predicted, found.found, found.detail, (*found.steps, *steps))

    return check


def error_bound(law: Any) -> Finding:
    """exact^2 - law^2 = k^2 (r - 1)^2/(k^2 + 1)^2: the error is one-sided, of second order."""
    candidate = sp.sympify(law(r=r, k=k))
    gap = k**2 * (r - 1) ** 2 / (k**2 + 1) ** 2
    found = prove.identity(
        EXACT**2 - candidate**2 - gap,
        predicted=str(candidate),
        found=f"{EXACT} with squares {gap} apart",
        detail="0 <= exact - law <= k^2 (r-1)^2/(2 (k^2+1)^2) for r >= 1",
    )
    if found.agrees is not True:
        return found
    low = sp.simplify(candidate - k**2 / (k**2 + 1))  # the law's value at r = 0 is k^2/(k^2 + 1)
    if sp.cancel(gap / (2 * k**2 / (k**2 + 1)) - remainder(r, k)) != 0:
        return Finding(None, found.predicted, found.found, "the remainder is not the one derived")
    steps = (
        "exact - law = (exact^2 - law^2)/(exact + law) >= 0",
        "r >= 1: exact + law >= 2, hence exact - law <= k^2 (r-1)^2/(2 (k^2+1)^2)",
        f"r >= 0: law = k^2/(k^2+1) + {low}, so exact + law >= 2 k^2/(k^2+1)",
        "hence exact - law <= (r-1)^2/(2 (k^2+1)) for every r >= 0 (the margin of the rows)",
    )
    return Finding(True, found.predicted, found.found, found.detail, steps)


# --- the claim -------------------------------------------------------------------------------


def _to_first_order(block: Block) -> Margin:
    size = remainder(block.numbers["r"], block.numbers["k"])
    return absolute(size, why="the proved remainder (r-1)^2/(2 (k^2+1)), every r >= 0")


def _exact(name: str, block: Block, **more: Any) -> Probe:
    rate = math.sqrt((block.k**2 + block.numbers["r"] ** 2) / (block.k**2 + 1))
    return probe(name, block, growth(rate), laws=("exact",), **more)


CLAIM = Claim(
    id="ge.thm3",
    title="a linear skip k times as long leaves (r - 1)/(k^2 + 1) of a block's growth r - 1",
    source=PAPER.at(
        "Theorem 3 (section F.3)",
        "diluted rate = 1 + (r - 1)/(k^2 + 1) + O((r - 1)^2), if skip and residual are "
        "uncorrelated forwards and backwards and S preserves length ratios",
    ),
    kind="exact identity and its first-order expansion",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("r'"), LINEAR, evaluate=False),
            parameters=(RATE, DILUTION),
            words="rate of the diluted block, to first order in r - 1",
            error="O((r-1)^2); between 0 and (r-1)^2/(2 (k^2+1)), and k^2/(k^2+1) of it for r >= 1",
            mutants=(
                mutant("k for k^2", 1 + (r - 1) / (k + 1)),
                mutant("k^2 for k^2 + 1", 1 + (r - 1) / k**2),
                mutant("residual over the whole", 1 + (r - 1) * k**2 / (k**2 + 1)),
            ),
        ),
        Law(
            role="sharper",
            name="exact",
            formula=sp.Eq(sp.Symbol("r'"), EXACT, evaluate=False),
            parameters=(RATE, DILUTION),
            words="rate of the diluted block, every r and k (a line of the document's proof)",
            mutants=(
                mutant("k for k^2", sp.sqrt((k + r**2) / (k + 1))),
                mutant("k^2 for k^2 + 1", sp.sqrt((k**2 + r**2) / k**2)),
                mutant("no root", EXACT**2),
                mutant("k multiplies the residual", sp.sqrt((1 + k**2 * r**2) / (k**2 + 1))),
            ),
        ),
        Law(
            role="sharper",
            name="second order",
            formula=sp.Eq(sp.Symbol("r'"), SECOND, evaluate=False),
            parameters=(RATE, DILUTION),
            words="the same to second order",
            error="O((r-1)^3)",
            mutants=(
                mutant("coefficient 1/(2(k^2+1))", LINEAR + (r - 1) ** 2 / (2 * (k**2 + 1))),
                mutant("sign", LINEAR - k**2 * (r - 1) ** 2 / (2 * (k**2 + 1) ** 2)),
            ),
        ),
    ),
    assumptions=ASSUMPTIONS,
    expected="holds",
    because=(
        "Lengths add in squares, so the diluted rate is sqrt((k^2 + r^2)/(k^2 + 1)) exactly; the "
        "stated law is its tangent at r = 1 and never above it."
    ),
    proofs=(
        Proof(
            "first order",
            "symbolic",
            "the stated law has the value and slope of the exact rate at r = 1",
            series(1),
        ),
        Proof(
            "remainder",
            "symbolic",
            "exact squares differ by k^2 (r-1)^2/(k^2+1)^2: a one-sided second-order error",
            error_bound,
        ),
        Proof(
            "both norms",
            "symbolic",
            "both squared norms expanded in the theorem's letters",
            both_norms,
            law="exact",
        ),
        Proof(
            "Hermite residuals",
            "exact",
            "z plus a Hermite polynomial: rates of parts and whole, as rational squares",
            by_hermite,
            law="exact",
        ),
        Proof(
            "tanh split",
            "numeric",
            "tanh as its linear part plus the rest, to 18 digits",
            by_splitting,
            law="exact",
        ),
        Proof(
            "second order",
            "symbolic",
            "coefficients of the exact rate up to (r - 1)^2",
            series(2),
            law="second order",
        ),
    ),
    probes=(
        *(
            probe(
                f"to first order, tanh({scale:g} u)",
                block,
                _to_first_order(block),
                why="the discrepancy shrinks like (r - 1)^2",
                tiers=TIERS if scale > 1 else LATER,
            )
            for scale in (4.0, 2.0, 1.0)
            for block in (Block(k=1.0, scale=scale),)
        ),
        *(
            _exact(
                f"rate, tanh({scale:g} u)",
                block,
                why="identity skip, k = 1, growing r",
                curve="rate",
                x=block.numbers["r"],
            )
            for scale in (1.0, 2.0, 4.0, 8.0, 16.0)
            for block in (Block(k=1.0, scale=scale),)
        ),
        *(
            _exact(
                f"dilution {k_value:g}",
                Block(k=k_value, scale=16.0, skip=skip),
                why=f"{skip} skip, r near 3",
                curve="dilution",
                x=k_value,
            )
            for k_value, skip in (
                (0.5, "identity"),
                (1.5, "gaussian"),
                (2.0, "haar"),
                (4.0, "identity"),
            )
        ),
        _exact(
            "shrinking residual",
            Block(k=1.0, scale=0.5, offset=1.0),
            why="r below 1: the diluted rate is pulled up towards 1",
            curve="rate",
            x=Block(k=1.0, scale=0.5, offset=1.0).numbers["r"],
        ),
        _exact(
            "two layers",
            Block(k=1.5, kind="two_layers"),
            why="W_2 tanh(4 W_1 u) beside the identity",
        ),
        _exact(
            "skew residual",
            Block(k=1.0, kind="skew", scale=8.0),
            why="W = G - G^T is uncorrelated with the identity in expectation",
        ),
        _exact(
            "correlated parts",
            Block(k=1.0, kind="drift", drift=-0.6, scale=8.0),
            why="a = -0.6: orthogonality is needed (ge.thm3.general)",
        ),
        _exact(
            "width 50 to 20",
            Block(k=2.0, skip="gaussian", scale=1.0, n=50, n_out=20),
            why="rectangular S: kappa^2 = 5/2, not 1 (ge.thm3.general)",
        ),
    ),
    curves=(
        Curve(
            "rate",
            "Rate of a block of dilution 1",
            "rate r of the residual alone",
            "rate of the block",
            (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25),
            lambda x: {"r": float(x), "k": 1.0},
            laws=("stated", "exact"),
        ),
        Curve(
            "dilution",
            "Rate over dilution, residual W tanh(16 u) with r near 3",
            "dilution k",
            "rate of the block",
            (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0),
            lambda x: {"r": Block(k=1.0, scale=16.0).numbers["r"], "k": float(x)},
            laws=("stated", "exact"),
        ),
    ),
    remark=(
        "The note that a Gaussian S always satisfies the third assumption holds for square S only: "
        "lengths, not lengths per entry, enter, so kappa = sqrt(n_in/n_out)."
    ),
    see=("ge.thm3.general", "ge.thm3.inverse", "ge.thm3.assump", "ge.def4"),
)
