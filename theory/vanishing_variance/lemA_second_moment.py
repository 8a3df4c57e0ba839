"""Second moment of the leaky ReLU: the lemma of Appendix A.

    vev.lemmaA   E phi_a^2(x) = (a^2 + 1)/2 sigma^2 for symmetric x

The same identity as for Lemma 4.1, without densities: with s = sgn x,
phi_a(x)^2 = x^2 [(1 + a^2) + (1 - a^2) s]/2, also at x = 0.
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
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
)
from theory.symbols import SLOPE, a
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.fourth_moments import (
    ATOMS,
    SLOPES,
    even_power,
    sigma_sq,
)
from theory.vanishing_variance.fourth_moments import LOPSIDED as CENTRED
from theory.vanishing_variance.lem41_42_leaky_moments import OVER_INPUTS, VARIANCE, E, phi_x
from theory.vanishing_variance.uncorrelated_pairs import sgn

M_s, x_sq = sp.symbols("M_s M", real=True)
STATED = (a**2 + 1) / 2 * sigma_sq
SECOND = Parameter("second", Reals(0), "M = E x^2, about 0 and not about the mean", x_sq)
ODD = Parameter("odd", Reals(), "M_s = E x^2 sgn x, 0 for a symmetric x", M_s)


def second_moment(slope: Any, variance: Any) -> sp.Expr:
    """E phi_a^2(x) = (a^2 + 1)/2 sigma^2 for a symmetric x. Exact.

    >>> second_moment(0, 1), second_moment(-1, 3)
    (1/2, 3)
    """
    return (sp.sympify(slope) ** 2 + 1) / sp.Integer(2) * sp.sympify(variance)


def second_moment_of_any(slope: Any, second: Any, odd: Any) -> sp.Expr:
    """E phi_a^2(x) = [(1 + a^2) E x^2 + (1 - a^2) E x^2 sgn x]/2 for any x. Exact.

    >>> second_moment_of_any(0, 1, -1)
    0
    """
    slope_sq = sp.sympify(slope) ** 2
    return ((1 + slope_sq) * sp.sympify(second) + (1 - slope_sq) * sp.sympify(odd)) / 2


LOPSIDED: tuple[en.Law, ...] = (
    CENTRED,  # centred, not symmetric
    {Fraction(0): Fraction(1, 2), Fraction(3): Fraction(1, 2)},
)


def by_sign(law: Evaluate) -> Finding:
    """E of the sign identity: E x^2 sgn x = 0 for a symmetric x."""
    sign = sp.Symbol("s", real=True)
    found = even_power(x_sq, sign, 2).subs(sign, 0).subs(x_sq, sigma_sq)
    predicted = law(slope=a, variance=sigma_sq)
    return prove.identity(predicted - found, predicted=str(predicted), found=str(found))


def by_sign_of_any(law: Evaluate) -> Finding:
    """E of the sign identity, term by term."""
    sign, size = sp.symbols("s X", real=True)
    terms = sp.Poly(sp.expand(even_power(size, sign, 2)), size, sign).terms()
    found = sum(c * {(1, 0): x_sq, (1, 1): M_s}[powers] for powers, c in terms)
    predicted = law(slope=a, second=x_sq, odd=M_s)
    return prove.identity(predicted - found, predicted=str(predicted), found=str(found))


def summed(x: en.Law, slope: Fraction) -> Fraction:
    """E phi_a^2(x), atom by atom."""
    return sum((p * en.leaky(slope)(v) ** 2 for v, p in x.items()), Fraction(0))


def by_atoms(laws: tuple[en.Law, ...]) -> Callable[[Evaluate], Finding]:
    """A check of the lemma on discrete laws, their variance taken about the mean."""

    def check(law: Evaluate) -> Finding:
        return prove.cases(
            (
                f"law {i}, a = {slope}",
                law(slope=slope, variance=en.moment(x, 2) - en.moment(x, 1) ** 2),
                summed(x, slope),
            )
            for i, x in enumerate(laws)
            for slope in SLOPES
        )

    return check


def any_by_atoms(law: Evaluate) -> Finding:
    """The law for any x on symmetric and lopsided laws."""
    return prove.cases(
        (
            f"law {i}, a = {slope}",
            law(
                slope=slope,
                second=en.moment(x, 2),
                odd=sum((p * v**2 * sgn(v) for v, p in x.items()), Fraction(0)),
            ),
            summed(x, slope),
        )
        for i, x in enumerate((*ATOMS, *LOPSIDED))
        for slope in SLOPES
    )


def of_gaussian(law: Evaluate) -> Finding:
    """N(0, 1) by sympy's half-line integral, cross-checked by quadrature to 20 digits."""
    x = sp.Symbol("x", real=True)
    half = sp.integrate(x**2 * sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi), (x, 0, sp.oo))
    with mpmath.workdps(30):
        numeric = mpmath.quad(lambda t: t**2 * mpmath.npdf(t), [0, 3, mpmath.inf])
    checked = prove.close([("half line", half, numeric)], digits=20)
    if checked.agrees is not True:
        return checked
    predicted = law(slope=a, variance=1)
    return prove.identity(
        predicted - half * (1 + a**2), predicted=str(predicted), found=str(half * (1 + a**2))
    )


def _exists(p: Mapping[str, Any]) -> bool:
    return "odd" not in p or "second" not in p or abs(p["odd"]) <= p["second"] * (1 + 1e-12)


def _probe(name: str, width: int, inputs: str, slope: Any, variance: Any, why: str) -> Probe:
    on_curve = inputs == "gaussian"
    return Probe(
        name=name,
        experiment="activation_moments",
        setup={
            "widths": (width, 1),  # no weight is drawn
            "weights": "gaussian",
            "gain": 1.0,
            "activation": "leaky_relu",
            "slope": float(slope),
            "inputs": inputs,
        },
        at={"slope": slope, "variance": variance},
        estimand=Estimand("mean", ("mean_act_sq",), over=OVER_INPUTS),
        why=why,
        curve="slope" if on_curve else "",
        x=float(slope) if on_curve else None,
    )


CLAIM = Claim(
    id="vev.lemmaA",
    title="second moment of the leaky ReLU: (a^2 + 1)/2 times the variance, for symmetric x",
    source=PAPER.at(
        "Appendix A, lemma",
        "for x zero-mean and symmetric, E phi_a^2(x) = (a^2 + 1)/2 sigma^2",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(E(phi_x**2), STATED),
            parameters=(SLOPE, VARIANCE),
            words="second moment of the activation of a symmetric variable",
            evaluate=second_moment,
            mutants=(
                Mutant(
                    "a for a^2",
                    lambda slope, variance: (1 + sp.sympify(slope)) * sp.sympify(variance) / 2,
                ),
                Mutant("variance kept", lambda slope, variance: sp.sympify(variance)),
            ),
        ),
        Law(
            role="sharper",
            name="any x",
            formula=sp.Eq(E(phi_x**2), ((1 + a**2) * x_sq + (1 - a**2) * M_s) / 2),
            parameters=(SLOPE, SECOND, ODD),
            words="the same for any x, symmetric or not",
            evaluate=second_moment_of_any,
            mutants=(
                Mutant("odd part dropped", lambda slope, second, odd: second_moment(slope, second)),
                Mutant(
                    "sign of the odd part",
                    lambda slope, second, odd: second_moment_of_any(slope, second, -odd),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("x is symmetric", lambda p: p.get("symmetric", True)),
        stated("some x has these moments: |E x^2 sgn x| <= E x^2", _exists),
    ),
    expected="holds",
    because=(
        "phi_a^2 is x^2 times the average of 1 and a^2, plus an odd part that vanishes for a "
        "symmetric x; the density that the document's proof writes is not needed."
    ),
    proofs=(
        Proof("sign identity", "symbolic", "for every slope and law of x", by_sign),
        Proof("laws with atoms", "exact", "discrete x, two with mass at 0", by_atoms(ATOMS)),
        Proof("Gaussian", "symbolic", "integral over the half line, and quadrature", of_gaussian),
        Proof(
            "lopsided x",
            "exact",
            "centred or not, an x that is not symmetric: what the assumption is for",
            by_atoms(LOPSIDED),
            point={"symmetric": False},
        ),
        Proof("sign identity, any x", "symbolic", "term by term", by_sign_of_any, law="any x"),
        Proof("any discrete law", "exact", "symmetric and lopsided", any_by_atoms, law="any x"),
    ),
    probes=(
        _probe("ReLU", 16, "gaussian", sp.Integer(0), 1, "half of the variance"),
        _probe("a = 1/2", 16, "gaussian", sp.Rational(1, 2), 1, "leaky"),
        _probe("a = -4/5", 16, "gaussian", sp.Rational(-4, 5), 1, "negative slope"),
        _probe(
            "correlated pair",
            2,
            "correlated_pair",
            sp.Rational(1, 2),
            sp.Rational(8, 5),
            "needs only the symmetry of one entry",
        ),
    ),
    curves=(
        Curve(
            "slope",
            "E phi_a^2(x) of a standard normal x",
            "negative slope a",
            "E phi_a^2",
            tuple(i / 10 for i in range(-10, 11, 2)),
            lambda x: {"slope": x, "variance": 1},
        ),
    ),
    see=("vev.prop3.2", "vev.lemma4.1"),
)
