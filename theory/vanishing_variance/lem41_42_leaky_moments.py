"""Fourth and mixed moments of the leaky ReLU: Lemmas 4.1 and 4.2.

    vev.lemma4.1   E phi_a^4(x) = (a^4 + 1)/2 sigma^4 kappa
    vev.lemma4.2   E phi_a^2(x) phi_a^2(y) = (a^2 + 1)^2/4 (sigma^4 + c): needs sign symmetry

Everything follows from one identity without densities: with s = sgn x,
phi_a(x)^(2j) = x^(2j) [(1 + a^(2j)) + (1 - a^(2j)) s]/2, also at x = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Estimand,
    Evaluate,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
    unstated,
)
from theory.symbols import SLOPE, a
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.fourth_moments import (
    SLOPES,
    even_power,
    fourth_by_atoms,
    fourth_by_sign,
    fourth_of_gaussian,
    fourth_of_lopsided,
    kappa,
    sigma_sq,
)
from theory.vanishing_variance.uncorrelated_pairs import (
    aligned_pair,
    facts,
    lopsided_pair,
    on_pair,
    sign_symmetric_pair,
)

E, phi = sp.Function("E"), sp.Function("phi_a")
phi_x, phi_y = phi(sp.Symbol("x")), phi(sp.Symbol("y"))
c, M_x, M_y, M_xy = sp.symbols("c M_x M_y M_xy", real=True)
VARIANCE = Parameter("variance", Reals(0), "sigma^2 of x (and of y)", sigma_sq)


# --- Lemma 4.1 -------------------------------------------------------------------------------

FOURTH = (a**4 + 1) / 2 * sigma_sq**2 * kappa


OVER_INPUTS = "inputs"


def _inputs(width: int, slope: sp.Rational, inputs: str) -> dict[str, Any]:
    return {
        "widths": (width, 1),  # no weight is drawn
        "weights": "gaussian",
        "gain": 1.0,
        "activation": "leaky_relu",
        "slope": float(slope),
        "inputs": inputs,
    }


LEMMA_41 = Claim(
    id="vev.lemma4.1",
    title="fourth moment of the leaky ReLU: (a^4 + 1)/2 times E x^4, for symmetric x",
    source=PAPER.at(
        "Lemma 4.1, proof in Appendix B",
        "for x zero-mean and symmetric, E phi_a^4(x) = (a^4 + 1)/2 sigma^4 kappa",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(E(phi_x**4), FOURTH),
            parameters=(
                SLOPE,
                VARIANCE,
                Parameter("kurtosis", Reals(1), "kappa = E x^4/sigma^4", kappa),
            ),
            words="fourth moment of the activation of a symmetric variable",
            mutants=(
                Mutant(
                    "(a^2 + 1)^2/4",
                    lambda slope, variance, kurtosis: (
                        (sp.sympify(slope) ** 2 + 1) ** 2
                        / sp.Integer(4)
                        * sp.sympify(variance) ** 2
                        * sp.sympify(kurtosis)
                    ),
                ),
                Mutant(
                    "(a^4 + 1)/4",
                    lambda slope, variance, kurtosis: (
                        (sp.sympify(slope) ** 4 + 1)
                        / sp.Integer(4)
                        * sp.sympify(variance) ** 2
                        * sp.sympify(kurtosis)
                    ),
                ),
            ),
            evaluate=lambda slope, variance, kurtosis: (
                (sp.sympify(slope) ** 4 + 1) / 2 * sp.sympify(variance) ** 2 * sp.sympify(kurtosis)
            ),
        ),
    ),
    assumptions=(
        stated(
            "x is symmetric (its fourth moment finite, as a kurtosis asks)",
            lambda p: p.get("symmetric", True),
        ),
    ),
    expected="holds",
    because=(
        "phi_a^4 is x^4 times the average of 1 and a^4, plus an odd part that vanishes for a "
        "symmetric x; the density that the document's proof writes is not needed."
    ),
    proofs=(
        Proof("sign identity", "symbolic", "for every slope and law of x", fourth_by_sign),
        Proof(
            "laws with atoms", "exact", "discrete x, two of them with mass at 0", fourth_by_atoms
        ),
        Proof(
            "Gaussian",
            "symbolic",
            "integral over the half line, and quadrature",
            fourth_of_gaussian,
        ),
        Proof(
            "lopsided x",
            "exact",
            "an x of mean 0 that is not symmetric: what the assumption is for",
            fourth_of_lopsided,
            point={"symmetric": False},
        ),
    ),
    probes=tuple(
        Probe(
            name=f"{inputs}, a = {slope}",
            experiment="activation_moments",
            setup=_inputs(width, slope, inputs),
            at={"slope": slope, "variance": variance, "kurtosis": kurt},
            estimand=Estimand("mean", ("mean_act_fourth",), over=OVER_INPUTS),
            why=why,
            curve="slope" if inputs == "gaussian" else "",
            x=float(slope) if inputs == "gaussian" else None,
        )
        for inputs, width, slope, variance, kurt, why in (
            ("gaussian", 16, sp.Integer(0), 1, 3, "ReLU"),
            ("gaussian", 16, sp.Rational(1, 2), 1, 3, "leaky"),
            ("gaussian", 16, sp.Rational(-4, 5), 1, 3, "negative slope"),
            (
                "correlated_pair",
                2,
                sp.Integer(0),
                sp.Rational(8, 5),
                sp.Rational(25, 16),
                "needs only the symmetry of one entry",
            ),
        )
    ),
    curves=(
        Curve(
            "slope",
            "E phi_a^4(x) of a standard normal x",
            "negative slope a",
            "E phi_a^4",
            tuple(i / 10 for i in range(-10, 11, 2)),
            lambda x: {"slope": x, "variance": 1, "kurtosis": 3},
        ),
    ),
    see=("vev.lemmaA", "vev.lemma4.2", "vev.prop4.3"),
)

# --- Lemma 4.2 -------------------------------------------------------------------------------

STATED_PAIR = (a**2 + 1) ** 2 / 4 * (sigma_sq**2 + c)
TRUE_PAIR = (
    (1 + a**2) ** 2 * (sigma_sq**2 + c) + (1 - a**4) * (M_x + M_y) + (1 - a**2) ** 2 * M_xy
) / 4

PARAMETERS = (
    SLOPE,
    VARIANCE,
    Parameter("covariance", Reals(), "c = Cov(x^2, y^2), so that M = sigma^4 + c = E x^2 y^2", c),
    Parameter("odd_x", Reals(), "M_x = E x^2 y^2 sgn x (the lemma takes no notice)", M_x),
    Parameter("odd_y", Reals(), "M_y = E x^2 y^2 sgn y (the lemma takes no notice)", M_y),
    Parameter("odd_xy", Reals(), "M_xy = E x^2 y^2 sgn x sgn y (the lemma takes no notice)", M_xy),
)


def _with(formula: sp.Expr) -> Callable[..., sp.Expr]:
    def evaluate(**v: Any) -> sp.Expr:
        exact = {p.symbol: sp.sympify(v[p.name]) for p in PARAMETERS}
        return formula.subs(exact, simultaneous=True)

    return evaluate


def pair_exists(p: Mapping[str, Any]) -> bool:
    """Whether the quadrants' shares of E x^2 y^2, (M + s M_x + t M_y + s t M_xy)/4, are all >= 0.

    s, t = +-1 and M = sigma^4 + c: the share of the quadrant sgn x = s, sgn y = t.
    """
    both = p["variance"] ** 2 + p["covariance"]
    slack = 1e-12 * (1 + abs(float(both)))
    shares = (
        both + s * p["odd_x"] + t * p["odd_y"] + s * t * p["odd_xy"]
        for s in (1, -1)
        for t in (1, -1)
    )
    return all(share >= -slack for share in shares) and (p["variance"] > 0 or both <= slack)


def pair_by_sign(m_x: Any, m_y: Any, m_xy: Any) -> Callable[[Evaluate], Finding]:
    """A check against the product of two sign identities, term by term, for these odd moments."""

    def check(law: Evaluate) -> Finding:
        product, sx, sy = sp.symbols("Z s_x s_y", real=True)  # Z = x^2 y^2
        squares = even_power(product, sx, 2) * even_power(sp.Integer(1), sy, 2)
        moment = {(1, 0, 0): sigma_sq**2 + c, (1, 1, 0): m_x, (1, 0, 1): m_y, (1, 1, 1): m_xy}
        terms = sp.Poly(sp.expand(squares), product, sx, sy).terms()
        found = sum(k * moment[powers] for powers, k in terms)
        predicted = law(slope=a, variance=sigma_sq, covariance=c, odd_x=m_x, odd_y=m_y, odd_xy=m_xy)
        return prove.identity(
            predicted - found, predicted=str(predicted), found=str(sp.factor(found))
        )

    return check


ANY_PAIR = "any pair"
NONZERO = SLOPES[:2]  # slopes with |a| != 1 at which the lemma fails on both pairs

LEMMA_42 = Claim(
    id="vev.lemma4.2",
    title="mixed second moments of the leaky ReLU depend on x and y only through c",
    source=PAPER.at(
        "Lemma 4.2, proof in Appendix C",
        "for x, y identically distributed, uncorrelated, zero-mean, symmetric with "
        "Cov(x^2, y^2) = c: E phi_a^2(x) phi_a^2(y) = (a^2 + 1)^2/4 (sigma^4 + c)",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(E(phi_x**2 * phi_y**2), STATED_PAIR),
            parameters=PARAMETERS,
            words="as if the four quadrants carried equal shares of E x^2 y^2",
            evaluate=_with(STATED_PAIR),
            mutants=(
                Mutant("(a^4 + 1)/2", _with((a**4 + 1) / 2 * (sigma_sq**2 + c))),
                Mutant("c in place of sigma^4 + c", _with((a**2 + 1) ** 2 / 4 * c)),
            ),
        ),
        Law(
            role="sharper",
            name=ANY_PAIR,
            formula=sp.Eq(E(phi_x**2 * phi_y**2), TRUE_PAIR),
            parameters=PARAMETERS,
            words="with the shares of E x^2 y^2 that the quadrants carry; exact for any x, y",
            evaluate=_with(TRUE_PAIR),
            mutants=(
                Mutant("M_xy dropped", _with(TRUE_PAIR.subs(M_xy, 0))),
                Mutant("M_x + M_y dropped", _with(TRUE_PAIR.subs({M_x: 0, M_y: 0}))),
                Mutant("1 - a^2 for 1 - a^4", _with(TRUE_PAIR + (a**4 - a**2) * (M_x + M_y) / 4)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "some x, y have these moments: no quadrant carries a negative share of "
            "E x^2 y^2 = sigma^4 + c, and x^2 y^2 = 0 if sigma = 0",
            lambda p: "covariance" not in p or pair_exists(p),
        ),
        stated(
            "x and y are identically distributed, symmetric and uncorrelated",
            lambda p: p.get("hypotheses", True),
        ),
        unstated(
            "(x, y) is jointly sign-symmetric (or |a| = 1)",
            lambda p: (
                not any(p.get(f"odd_{name}", 0) for name in ("x", "y", "xy"))
                or abs(p.get("slope", 0)) == 1
            ),
        ),
    ),
    expected="holds-if",
    because=(
        "Being uncorrelated does not spread E x^2 y^2 evenly over the quadrants: a pair that is "
        "large when aligned and small when opposed breaks it; joint sign symmetry repairs it."
    ),
    proofs=(
        Proof(
            "aligned pair",
            "exact",
            "(2s, 2s) with probability 1/5, (s, -s) with 4/5: uncorrelated, and not shared equally",
            on_pair(aligned_pair(), NONZERO),
            point=facts(aligned_pair()),
        ),
        Proof(
            "lopsided pair",
            "exact",
            "x = +-2 with y = 1, x = +-1 with y = -1, swapped by a coin: the odd terms matter",
            on_pair(lopsided_pair(), NONZERO),
            point=facts(lopsided_pair()),
        ),
        Proof(
            "jointly sign-symmetric pair",
            "exact",
            "the lemma with the assumption it needs: dependent, jointly sign-symmetric x and y",
            on_pair(sign_symmetric_pair(), SLOPES),
        ),
        Proof(
            "even quadrants",
            "symbolic",
            "the product of two sign identities, for every slope, if the odd moments vanish",
            pair_by_sign(sp.Integer(0), sp.Integer(0), sp.Integer(0)),
        ),
        Proof(
            "|a| = 1",
            "exact",
            "at a = -1 and a = 1 the lemma needs no symmetry",
            on_pair(aligned_pair(), (Fraction(-1), Fraction(1))),
        ),
        Proof(
            "sign identities",
            "symbolic",
            "the product of two sign identities, for every slope and joint law",
            pair_by_sign(M_x, M_y, M_xy),
            law=ANY_PAIR,
        ),
        Proof(
            "aligned pair, shares counted",
            "exact",
            "the first counterexample",
            on_pair(aligned_pair(), SLOPES),
            law=ANY_PAIR,
        ),
        Proof(
            "lopsided pair, shares counted",
            "exact",
            "the second counterexample",
            on_pair(lopsided_pair(), SLOPES),
            law=ANY_PAIR,
        ),
    ),
    probes=tuple(
        Probe(
            name=f"{inputs}, a = {slope}",
            experiment="activation_moments",
            setup=_inputs(width, slope, inputs),
            at={"slope": slope, **moments},
            estimand=Estimand("mean", ("mean_act_pair_sq",), over=OVER_INPUTS),
            laws=("stated", ANY_PAIR),
            why=why,
            curve="slope" if inputs == "correlated_pair" else "",
            x=float(slope) if inputs == "correlated_pair" else None,
        )
        for inputs, width, slope, moments, why in (
            *(
                ("correlated_pair", 2, slope, facts(aligned_pair()), "the first counterexample")
                for slope in (sp.Integer(0), sp.Rational(1, 2), sp.Integer(-1))
            ),
            (
                "sphere",
                4,
                sp.Integer(0),
                # E x_i^2 x_j^2 = n/(n + 2) on the sphere of radius sqrt(n): c = -2/(n + 2)
                {
                    "variance": 1,
                    "covariance": sp.Rational(-2, 6),
                    "odd_x": 0,
                    "odd_y": 0,
                    "odd_xy": 0,
                },
                "dependent but jointly sign-symmetric",
            ),
        )
    ),
    curves=(
        Curve(
            "slope",
            "E phi_a^2(x) phi_a^2(y) of the uncorrelated pair (2s, 2s) or (s, -s)",
            "negative slope a",
            "mixed moment",
            tuple(i / 10 for i in range(-10, 11)),
            lambda x: {"slope": x, **facts(aligned_pair())},
            laws=("stated", ANY_PAIR),
        ),
    ),
    remark=(
        "The lemma holds exactly where the last two terms of the true law cancel: joint sign "
        "symmetry of (x, y) is enough, and so is |a| = 1. Neither equal laws nor uncorrelatedness "
        "plays a part in the true formula. From layer 1 on "
        "the units are jointly sign-symmetric, so the recursion of vev.prop4.3 is touched at its "
        "first step only."
    ),
    see=("vev.def3.1", "vev.prop4.3", "vev.propB.2"),
)
