"""Gaussian weights: the recursion of Proposition 4.3 is a product over layers.

    vev.closed_gauss   kappa_d = 3 m_1 prod (1 + (3r - 1)/w_l)

With P = r kappa/w and Q = (1 - 1/w) m the recursion is kappa' = kappa_w P + 3 Q, m' = P + Q. At
kappa_w = 3 the ratio kappa'/m' is 3 whatever came before, and only m is left: a product.
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    LATER,
    Claim,
    Curve,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Tuples,
    stated,
)
from theory.symbols import SLOPE, a, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.gaussian_probes import PRODUCT
from theory.vanishing_variance.probes import (
    INPUT_EXISTS,
    INPUT_KURTOSIS,
    INPUT_PAIR,
    SIGN_SYMMETRIC,
    WIDTHS_READ,
    deepest,
    kurtosis_probe,
)
from theory.vanishing_variance.recursion import anisotropy, step, trajectory

kappa_0, m_0, m_l = sp.symbols("kappa_0 m_0 m_l", positive=True)
l_index = sp.Symbol("l", integer=True, positive=True)
depth = sp.Symbol("d", integer=True, positive=True)
r = sp.Symbol("r", positive=True)
P = sp.Function("P")


# --- Gaussian weights ------------------------------------------------------------------------


def gaussian_kurtosis(widths: Any, slope: Any, input_kurtosis: Any, input_pair: Any) -> sp.Expr:
    """kappa_d = 3 m_1 prod_{l=1}^{d-1} (1 + (3r - 1)/w_l), m_1 = r kappa_0/w_0 + (1 - 1/w_0) m_0.

    Exact for kappa_w = 3, Gaussian or not. ReLU: factors 1 + 5/w; linear or |x|: 1 + 2/w.

    >>> gaussian_kurtosis((5, 5), 0, 3, 1)
    12
    """
    aniso, (first, *rest) = anisotropy(slope), widths
    m_1 = aniso * sp.sympify(input_kurtosis) / first + (1 - sp.Rational(1, first)) * sp.sympify(
        input_pair
    )
    return 3 * m_1 * sp.prod([1 + (3 * aniso - 1) / sp.Integer(width) for width in rest])


def alive_kurtosis(widths: Any) -> sp.Expr:
    """Kurtosis of a unit given that the ReLU network is alive: kappa_d P(alive), x ~ N(0, I).

    E y^4 and E y^2 are both divided by P(alive) = prod (1 - 2^-w_l). Exact.

    >>> alive_kurtosis((1,)), alive_kurtosis((5, 5))
    (9, 2883/256)
    """
    some = math.prod(2 ** int(width) - 1 for width in widths)
    return gaussian_kurtosis(widths, 0, 3, 1) * sp.Rational(some, 2 ** sum(map(int, widths)))


def _six_for_five(widths: Any, slope: Any, input_kurtosis: Any, input_pair: Any) -> sp.Expr:
    exact = gaussian_kurtosis(widths[:1], slope, input_kurtosis, input_pair)
    return exact * sp.prod([1 + 3 * anisotropy(slope) / sp.Integer(n) for n in widths[1:]])


def _from_zero(widths: Any, slope: Any, input_kurtosis: Any, input_pair: Any) -> sp.Expr:
    exact = gaussian_kurtosis(widths, slope, input_kurtosis, input_pair)
    return exact * (1 + (3 * anisotropy(slope) - 1) / sp.Integer(widths[0]))


def _shifted(widths: Any, slope: Any, input_kurtosis: Any, input_pair: Any) -> sp.Expr:
    exact = gaussian_kurtosis(widths[:1], slope, input_kurtosis, input_pair)
    growth = 3 * anisotropy(slope) - 1
    return exact * sp.prod([(n + growth) / (n + 1) for n in map(sp.Integer, widths[1:])])


def rank_one(law: Evaluate) -> Finding:
    """At kappa_w = 3: kappa' = 3 m' and, from kappa = 3 m, m' = (1 + (3r - 1)/w) m."""
    kurt, pair = step((kappa_0, m_0), w, r, 3)
    kurt_2, pair_2 = step((3 * m_l, m_l), w, r, 3)
    at = {"slope": a, "input_kurtosis": kappa_0, "input_pair": m_0}
    states = trajectory((4, 7, 3), a, 3, kappa_0, m_0)
    return prove.identities(
        [
            ("kappa' - 3 m' from any state", kurt - 3 * pair),
            ("kappa'' - 3 m''", kurt_2 - 3 * pair_2),
            ("m''/m' - 1 - (3r - 1)/w", pair_2 / m_l - 1 - (3 * r - 1) / w),
            ("law at widths (4,)", law(widths=(4,), **at) - states[1][0]),
            ("law at widths (4, 7, 3)", law(widths=(4, 7, 3), **at) - states[3][0]),
        ],
        predicted="3 m_1 (1 + (3r - 1)/w_1) ...",
        found="the recursion, for all a, kappa_0, m_0",
    )


@functools.cache
def kurtosis_three() -> tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]:
    """(widths, slope, kurtosis) of literal networks with a three-point weight of kurtosis 3."""
    return tuple(
        (
            widths,
            slope,
            en.unit_kurtosis(
                en.network(en.iid(en.SIGN, widths[0]), widths[1:], en.GAUSS_LIKE, en.leaky(slope))
            ),
        )
        for widths in ((3, 2), (1, 2, 1), (2, 2, 1), (2, 1, 2))
        for slope in (Fraction(0), Fraction(1, 2), Fraction(-1))
    )


def gaussian_enumerated(law: Evaluate) -> Finding:
    """Only the kurtosis 3 of the weights matters: {-1, 0, 1} with 1/6, 2/3, 1/6 will do."""
    return prove.cases(
        (
            f"widths {widths}, a = {slope}",
            law(widths=widths[:-1], slope=slope, input_kurtosis=1, input_pair=1),
            found,
        )
        for widths, slope, found in kurtosis_three()
    )


def by_active_units(law: Evaluate) -> Finding:
    """3 prod E[T^2 | K >= 1]/E[T | K >= 1]^2, T = (2/w) chi^2_K, K ~ Bin(w, 1/2)."""

    def factor(width: int) -> Any:
        some = [(Fraction(math.comb(width, k)), k) for k in range(1, width + 1)]
        one = sum(p * k for p, k in some)
        two = sum(p * k * (k + 2) for p, k in some)
        return two * (2**width - 1) / one**2  # the scale 2/w cancels

    return prove.cases(
        (f"widths {widths}", law(widths=widths), 3 * math.prod(map(factor, widths)))
        for widths in ((1,), (3,), (2, 1, 4), (10, 10))
    )


# --- the claim -------------------------------------------------------------------------------


def _gaussian_probe(name: str, widths: tuple[int, ...], slope: Any, **more: Any) -> Probe:
    return kurtosis_probe(
        name,
        widths,
        slope,
        ("gaussian", 3),
        at={"widths": widths, "slope": slope, "input_kurtosis": 3, "input_pair": 1},
        laws=("sharper",),
        **more,
    )


CLOSED_GAUSS = Claim(
    id="vev.closed_gauss",
    title="kurtosis is a product over layers for Gaussian weights: factors 1 + (3r - 1)/w",
    source=PAPER.at(
        "solves the recursion of Proposition 4.3",
        "not in the document: for kappa_w = 3 the recursion collapses to a product",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Symbol("kappa_d"),
                3
                * sp.Symbol("m_1")
                * sp.Product(
                    1 + (3 * r - 1) / sp.IndexedBase("w")[l_index],
                    (l_index, 1, depth - 1),
                ),
            ),
            parameters=(WIDTHS_READ, SLOPE, INPUT_KURTOSIS, INPUT_PAIR),
            words="kurtosis; m_1 = r kappa_0/w_0 + (1 - 1/w_0) m_0, r = 2(a^4 + 1)/(a^2 + 1)^2",
            evaluate=gaussian_kurtosis,
            mutants=(
                Mutant("3r for 3r - 1 (ReLU: 6/w for 5/w)", _six_for_five),
                Mutant("product from l = 0 beside m_1", _from_zero),
                Mutant("factor (w + 5)/(w + 1)", _shifted),
            ),
        ),
        Law(
            role="sharper",
            name="alive",
            formula=sp.Eq(sp.Symbol("kappa_alive"), sp.Symbol("kappa_d") * P(sp.Symbol("alive"))),
            parameters=(Parameter("widths", Tuples(Integers(1, 1000)), WIDTHS_READ.meaning),),
            words="kurtosis given that the ReLU network is not dead (vev.propB.2); x ~ N(0, I)",
            evaluate=alive_kurtosis,
            mutants=(
                Mutant("not conditioned", lambda widths: gaussian_kurtosis(widths, 0, 3, 1)),
                Mutant(
                    "divided by P(alive)",
                    lambda widths: gaussian_kurtosis(widths, 0, 3, 1) ** 2 / alive_kurtosis(widths),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("kappa_w = 3", lambda p: p.get("weights", "gaussian") == "gaussian"),
        INPUT_EXISTS,
        SIGN_SYMMETRIC,
    ),
    expected="holds",
    because=(
        "With kappa_w = 3 the 2 x 2 block of the recursion has rank one, so kappa = 3 m from layer "
        "1 on and each layer multiplies m by 1 + (3r - 1)/w: 1 + 5/w for ReLU, 1 + 2/w for linear."
    ),
    proofs=(
        Proof(
            "rank one",
            "symbolic",
            "kappa' = 3 m', and the product from it",
            rank_one,
            law="sharper",
        ),
        Proof(
            "enumeration",
            "exact",
            "literal networks with a three-point weight of kurtosis 3, as fractions",
            gaussian_enumerated,
            law="sharper",
        ),
        Proof(
            "active units",
            "exact",
            "moments of chi^2_K given one active unit at least, layer by layer",
            by_active_units,
            law="alive",
        ),
    ),
    probes=(
        _gaussian_probe(
            "depth 1",
            (24,),
            0,
            why="growth with depth; a direct average",
            last=48,
            curve="depth",
            x=1,
        ),
        *(
            _gaussian_probe(
                f"depth {d}, layer factors",
                (24,) * d,
                0,
                why="at width 24 a direct average keeps the rule of probes at depth 1 only",
                curve="depth",
                x=d,
                by="layer_factors",
                estimand=PRODUCT,
            )
            for d in (2, 4, 8)
        ),
        _gaussian_probe(
            "width 48, directly",
            (48, 48),
            0,
            tiers=LATER,
            why="two layers by two methods, which must agree",
        ),
        _gaussian_probe(
            "width 48, layer factors",
            (48, 48),
            0,
            why="two layers by two methods, which must agree",
            by="layer_factors",
            estimand=PRODUCT,
        ),
        _gaussian_probe(
            f"width 1000, depth {deepest(1000)}, radial",
            (1000,) * deepest(1000),
            0,
            why="as deep as a direct average may be, by norms: no weight is drawn",
            by="radial_moments",
        ),
        _gaussian_probe("linear", (32, 32), 1, why="a linear network: factors 1 + 2/w"),
        _gaussian_probe(
            "unequal widths",
            (24, 48),
            sp.Rational(1, 2),
            why="widths enter one by one",
            tiers=LATER,
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis of one unit, He-ReLU, Gaussian weights, width 24",
            "depth",
            "kurtosis",
            range(1, 9),
            lambda x: {
                "widths": (24,) * int(x),
                "slope": 0,
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            laws=("sharper",),
            log_y=True,
        ),
    ),
    remark=(
        "From iid N(0, 1) input kappa_d = 3 prod_{l=0}^{d-1} (1 + (3r - 1)/w_l): the growth per "
        "layer is exactly log(1 + (3r - 1)/w), and the order of the widths does not matter."
    ),
    see=("vev.prop4.3", "vev.ratio_map", "vev.propB.2"),
)
