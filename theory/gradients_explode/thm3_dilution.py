"""How much of a residual block's growth is left beside a linear skip: Theorem 3.

    ge.thm3   rate r of rho becomes 1 + (r - 1)/(k^2 + 1) + O((r - 1)^2)

Block f(u) = S u + rho(u), R the Jacobian of rho at u, g the incoming gradient; Q x = sqrt(E x^2).

    r = Q|gR| Q|u| / (Q|rho(u)| Q|g|),  k = Q|Su| / Q|rho(u)|,  kappa = Q|gS| Q|u| / (Q|Su| Q|g|),
    a = E (Su).rho(u) / (Q|Su| Q|rho(u)|),   b = E (gR).(gS) / (Q|gR| Q|gS|).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath
import sympy as sp

from theory.gradients_explode import PAPER
from theory.maths import gaussian, prove
from theory.schema import (
    TIERS,
    Assumption,
    Claim,
    Curve,
    Estimand,
    Finding,
    Law,
    Margin,
    Mutant,
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


def mutant(name: str, expression: Any) -> Mutant:
    """A wrong version of a law of (r, k)."""
    return Mutant(name, lambda r, k: sp.sympify(expression).subs(_values(r, k), simultaneous=True))


def _values(rate: Any, dilution: Any) -> dict[Any, Any]:
    return {r: sp.sympify(rate), k: sp.sympify(dilution)}


def remainder(rate: float, dilution: float) -> float:
    """k^2 (r - 1)^2 / (2 (k^2 + 1)^2): by how much at most the exact law is larger, r >= 1.

    >>> remainder(2.0, 1.0)
    0.125
    """
    return dilution**2 * (rate - 1) ** 2 / (2 * (dilution**2 + 1) ** 2)


# --- literal blocks and their exact numbers --------------------------------------------------


STEP = 0.01
NODES = tuple(i * STEP for i in range(-1000, 1001))
MASSES = tuple(math.exp(-(z**2) / 2) * STEP / math.sqrt(2 * math.pi) for z in NODES)


def trapezoid(values: Sequence[float]) -> float:
    """E f(z), z standard normal, from the values f(z) at NODES.

    The error e^(-2 pi d/h), d the distance of f's nearest pole from the real line, is below 1e-16
    up to f = tanh(20 z).

    >>> round(trapezoid([z**4 for z in NODES]), 12)
    3.0
    """
    return math.fsum(v * m for v, m in zip(values, MASSES, strict=True))


@functools.cache
def unit_moments(activation: str, scale: float, offset: float) -> tuple[float, float, float, float]:
    """E phi^2, E phi'^2, E phi', E z^2 phi'^2 of phi(scale z + offset), derivatives in z."""
    if activation == "relu" and offset == 0:
        return scale**2 / 2, scale**2 / 2, scale / 2, scale**2 / 2
    assert activation == "tanh"

    squares = [math.tanh(scale * z + offset) ** 2 for z in NODES]
    slopes = [scale * (1 - square) for square in squares]
    return (
        trapezoid(squares),
        trapezoid([slope**2 for slope in slopes]),
        trapezoid(slopes),
        trapezoid([(z * slope) ** 2 for z, slope in zip(NODES, slopes, strict=True)]),
    )


@dataclass(frozen=True)
class Block:
    """A random block as the sampler builds it, and its r, k, a, b, kappa; exact at this width.

    kind: layer (rho = W phi(scale u + offset)), two_layers (W_2 phi(scale W_1 u), u on the sphere),
    skew (W = G - G^T), negative_gram (W = -C^T C), drift (rho = drift u + W phi, a = drift).
    The entry variance makes Q|rho(u)| = Q|u|, so that the skip is multiplied with k.
    """

    k: float
    kind: str = "layer"
    skip: str = "identity"
    activation: str = "tanh"
    scale: float = 4.0
    offset: float = 0.0
    drift: float = 0.0
    n: int = 40
    n_out: int = 40
    pairs: int = 32
    numbers: Mapping[str, float] = field(init=False, repr=False)
    setup: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        value_sq, slope_sq, slope, z_slope_sq = unit_moments(
            self.activation, self.scale, self.offset
        )
        n, ratio = self.n, math.sqrt(slope_sq / value_sq)
        numbers = {"r": ratio, "k": self.k, "a": 0.0, "b": 0.0, "kappa": 1.0}
        gain, branch, skip, residual, inputs = 1 / value_sq, 1.0, self.k, "layers", "gaussian"
        if self.n_out != n:  # lengths of vectors in R^n and R^n_out, both N(0, I)
            numbers["kappa"] = math.sqrt(n / self.n_out)
            numbers["r"] = ratio * numbers["kappa"]
        if self.kind == "two_layers":
            # given h_i = w_i.u, |w_i|^2 has mean (h_i^2 + n - 1)/n when |u|^2 = n
            numbers["r"] = math.sqrt(((n - 1) * slope_sq + z_slope_sq) / (n * value_sq))
            gain, skip, inputs = 1.0, self.k * math.sqrt(value_sq), "sphere"
        if self.kind == "skew":  # n - 1 entries a row, of twice the variance
            gain, residual = n / (2 * (n - 1) * value_sq), "skew"
        if self.kind == "negative_gram":  # E C^T C = gain, E (C^T C)^2 = (2 + 1/n) gain^2
            gain, residual = 1 / math.sqrt((2 + 1 / n) * value_sq), "negative_gram"
            numbers["a"], numbers["b"] = -gain * slope, -gain * slope / ratio
        if self.kind == "drift":
            branch = math.sqrt(1 - self.drift**2)
            numbers["r"] = math.sqrt(self.drift**2 + branch**2 * ratio**2)
            numbers["a"], numbers["b"] = self.drift, self.drift / numbers["r"]
        object.__setattr__(self, "numbers", numbers)
        widths = (n, n, self.n_out) if self.kind == "two_layers" else (n, self.n_out)
        object.__setattr__(
            self,
            "setup",
            {
                "widths": widths,
                "weights": "gaussian",
                "gain": gain,
                "activation": self.activation,
                "inputs": inputs,
                "n_inputs": self.pairs,
                "block": "residual",
                "skip": skip,
                "branch": branch,
                "extra": {
                    "skip_matrix": self.skip,
                    "residual": residual,
                    "scale": self.scale,
                    "offset": self.offset,
                    "drift": self.drift,
                },
            },
        )

    @property
    def facts(self) -> dict[str, float]:
        """What the assumptions of Theorem 3 ask about."""
        return {
            "forward_correlation": self.numbers["a"],
            "backward_correlation": self.numbers["b"],
            "length_ratio": self.numbers["kappa"],
        }


PRECISE = Margin(
    quick=0.03, standard=0.01, paper=0.003, why="exact law: the precision asked for, no error term"
)
OVER = "weights, inputs and gradients: quadratic means over all of them"
DILUTED = Estimand(
    "root_ratio", ("block_back_sq", "input_sq", "block_sq", "gradient_sq"), over=OVER
)
UNDILUTED = Estimand(
    "root_ratio", ("residual_back_sq", "input_sq", "residual_sq", "gradient_sq"), over=OVER
)

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
    steps = (
        "exact - law = (exact^2 - law^2)/(exact + law) >= 0",
        "r >= 1: exact + law >= 2, hence the bound",
        f"0 <= r < 1: law = k^2/(k^2+1) + {low} > 0, so exact - law <= (r-1)^2/(2 (k^2+1))",
    )
    return Finding(True, found.predicted, found.found, found.detail, steps)


# --- the claim -------------------------------------------------------------------------------


def probe(name: str, block: Block, **more: Any) -> Probe:
    """A measured block, at its exact r and k."""
    return Probe(
        name=name,
        experiment="dilution",
        setup=block.setup,
        at={letter: block.numbers[letter] for letter in more.pop("letters", ("r", "k"))},
        facts=block.facts,
        margin=more.pop("margin", PRECISE),
        estimand=more.pop("estimand", DILUTED),
        **more,
    )


def _second_order(block: Block) -> Margin:
    size = 2 * remainder(block.numbers["r"], block.numbers["k"])
    return absolute(standard=size, why="O((r-1)^2): twice the proved k^2 (r-1)^2/(2 (k^2+1)^2)")


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
            error="O((r-1)^2); between 0 and k^2 (r-1)^2/(2 (k^2+1)^2) for r >= 1",
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
            "exact",
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
                why="the discrepancy shrinks like (r - 1)^2",
                margin=_second_order(block),
                tiers=TIERS if scale > 1 else TIERS[1:],
            )
            for scale in (4.0, 2.0, 1.0)
            for block in (Block(k=1.0, scale=scale),)
        ),
        *(
            probe(
                f"rate, tanh({scale:g} u)",
                block,
                why="identity skip, k = 1, growing r",
                laws=("exact",),
                curve="rate",
                x=block.numbers["r"],
            )
            for scale in (1.0, 2.0, 4.0, 8.0, 16.0)
            for block in (Block(k=1.0, scale=scale),)
        ),
        *(
            probe(
                f"dilution {k_value:g}",
                Block(k=k_value, scale=16.0, skip=skip),
                why=f"{skip} skip, r near 3",
                laws=("exact",),
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
        probe(
            "shrinking residual",
            Block(k=1.0, scale=0.5, offset=1.0),
            why="r below 1: the diluted rate is pulled up towards 1",
            laws=("exact",),
            curve="rate",
            x=Block(k=1.0, scale=0.5, offset=1.0).numbers["r"],
        ),
        probe(
            "two layers",
            Block(k=1.5, kind="two_layers"),
            why="W_2 tanh(4 W_1 u) beside the identity",
            laws=("exact",),
        ),
        probe(
            "skew residual",
            Block(k=1.0, kind="skew", scale=8.0),
            why="W = G - G^T is uncorrelated with the identity in expectation",
            laws=("exact",),
        ),
        probe(
            "correlated parts",
            Block(k=1.0, kind="drift", drift=-0.6, scale=8.0),
            why="a = -0.6: orthogonality is needed (ge.thm3.general)",
            laws=("exact",),
        ),
        probe(
            "width 50 to 20",
            Block(k=2.0, skip="gaussian", scale=1.0, n=50, n_out=20),
            why="rectangular S: kappa^2 = 5/2, not 1 (ge.thm3.general)",
            laws=("exact",),
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
