"""How many networks Appendix E trains, and the kurtoses it names.

    vev.appE.grid   "330 experiments per data set" against the grid that the text describes

Ten widths, ten depths, three weight laws, each trained twice: 600. (Eleven depths, 0 to 50, each
once, would be 330.)
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Choice,
    Claim,
    Curve,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    stated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import INPUT_KURTOSIS, INPUT_PAIR
from theory.vanishing_variance.recursion import input_exists, last_state

STEP, LAST = 5, 50
WIDTHS = range(STEP, LAST + 1, STEP)
WEIGHT_LAWS = ("Bernoulli", "uniform", "normal")
FIRST_DEPTH = Parameter(
    "first_depth", Choice((5, 0)), "the smallest depth; the largest is 50, the step 5"
)
REPEATS = Parameter("repeats", Integers(1), "how often each network is trained")
WEIGHTS = Parameter("weights", Choice(WEIGHT_LAWS), "law of one weight; 'Bernoulli' is a fair sign")


def printed_count(first_depth: int, repeats: int) -> sp.Integer:
    """330, the number under the figure, whatever the grid."""
    return sp.Integer(330)


def count(first_depth: int, repeats: int) -> sp.Integer:
    """Widths times depths times weight laws times repeats.

    >>> count(5, 2), count(0, 1)
    (600, 330)
    """
    depths = range(first_depth, LAST + 1, STEP)
    return sp.Integer(len(WIDTHS) * len(depths) * len(WEIGHT_LAWS) * repeats)


def weight_kurtosis(weights: str) -> sp.Rational:
    """1, 9/5 and 3: kurtosis of a fair sign, of a uniform and of a normal weight. Exact.

    >>> [weight_kurtosis(name) for name in WEIGHT_LAWS]
    [1, 9/5, 3]
    """
    return {"Bernoulli": sp.Integer(1), "uniform": sp.Rational(9, 5), "normal": sp.Integer(3)}[
        weights
    ]


def grid_kurtosis(
    width: int, depth: int, weights: str, input_kurtosis: Any, input_pair: Any
) -> sp.Expr:
    """kappa_d of a ReLU network of one width. Exact.

    >>> grid_kurtosis(5, 1, "normal", 3, 1), grid_kurtosis(5, 2, "normal", 3, 1)
    (6, 12)
    """
    kw = weight_kurtosis(weights)
    return last_state((width,) * depth, 0, kw, input_kurtosis, input_pair)[0]


# --- proofs ----------------------------------------------------------------------------------


def counted(cases: tuple[tuple[int, int], ...]) -> Any:
    """A check of the count against the list of all trained networks, written out."""

    def check(law: Evaluate) -> Finding:
        rows = []
        for first, repeats in cases:
            depths = [d for d in range(51) if d % 5 == 0 and d >= first]
            widths = [w for w in range(1, 51) if w % 5 == 0]
            runs = set(itertools.product(widths, depths, WEIGHT_LAWS, range(repeats)))
            label = f"depths {first} to 50, {repeats} times each"
            rows.append((label, law(first_depth=first, repeats=repeats), sp.Integer(len(runs))))
        return prove.cases(rows)

    return check


@functools.cache
def integrated() -> tuple[tuple[str, sp.Expr], ...]:
    """E w^4/(E w^2)^2 from the laws themselves, integrals cross-checked by quadrature."""
    x = sp.Symbol("x", real=True)
    half = sp.Rational(1, 2)
    normal = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    rows = [("Bernoulli", prove.exact(en.kurtosis(en.SIGN)))]
    for name, density, end in (("uniform", half, sp.Integer(1)), ("normal", normal, sp.oo)):
        second, fourth = (sp.integrate(x**p * density, (x, -end, end)) for p in (2, 4))
        with mpmath.workdps(30):
            f = sp.lambdify(x, density, "mpmath")
            stop = mpmath.inf if end is sp.oo else mpmath.mpf(1)
            numeric = 2 * mpmath.quad(lambda t, f=f: t**4 * f(t), [0, stop])
            if abs(numeric - sp.N(fourth, 30)) > mpmath.mpf(10) ** -20:
                raise ArithmeticError(f"E w^4 of the {name} law: {fourth} against {numeric}")
        rows.append((name, sp.simplify(fourth / second**2)))
    return tuple(rows)


def kurtoses(law: Evaluate) -> Finding:
    """Integrals of x^2 and x^4; the sign by its atoms."""
    return prove.cases((name, law(weights=name), found) for name, found in integrated())


CORNERS = tuple(itertools.product((5, 50), (5, 50), WEIGHT_LAWS))
STARTS = (
    (Fraction(395, 100), Fraction(71, 100)),
    (Fraction(328, 100), Fraction(10, 100)),
)
"""(kappa_0, c_0) of MNIST and of CIFAR10 as Appendix E has them."""


def moments(start: tuple[Fraction, Fraction]) -> dict[str, Fraction]:
    """kappa_0 and m_0 = 1 + c_0 at sigma = 1, as arguments of the law."""
    return {"input_kurtosis": start[0], "input_pair": 1 + start[1]}


@functools.cache
def stepped(width: int, depth: int, weights: str, start: tuple[Fraction, Fraction]) -> Fraction:
    """kappa_d by the printed recursion of (kappa, c, 1) at sigma = 1, in fractions.

    kappa' = (2 kappa_w/w) kappa + 3 (1 - 1/w)(1 + c), c' = (2/w) kappa + (1 - 1/w) c - 1/w.
    """
    kw = dict(zip(WEIGHT_LAWS, (Fraction(1), Fraction(9, 5), Fraction(3)), strict=True))[weights]
    kurt, c = start
    for _ in range(depth):
        kurt, c = (
            2 * kw / width * kurt + 3 * (1 - Fraction(1, width)) * (1 + c),
            Fraction(2, width) * kurt + (1 - Fraction(1, width)) * c - Fraction(1, width),
        )
    return kurt


def corners(law: Evaluate) -> Finding:
    """The printed recursion at the corners of the grid; and where it is largest and smallest."""
    rows: list[tuple[str, Any, Any]] = []
    for start in STARTS:
        for width, depth, weights in CORNERS:
            label = f"w = {width}, d = {depth}, {weights}, kappa_0 = {start[0]}"
            at = {"width": width, "depth": depth, "weights": weights, **moments(start)}
            rows.append((label, law(**at), stepped(width, depth, weights, start)))
    return prove.cases(rows)


# --- the claim -------------------------------------------------------------------------------


CLAIM = Claim(
    id="vev.appE.grid",
    title="the grid of Appendix E has 330 experiments per data set",
    source=PAPER.at(
        "Appendix E, text and caption of its Figure 1",
        "constant-width networks trained twice for each width and depth from 5 to 50 in steps of "
        "5 and for Bernoulli (kappa_w = 1), uniform (1.8) and normal (3) weights; results for 330 "
        "experiments per data set",
    ),
    kind="count",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("n"), 330),
            parameters=(FIRST_DEPTH, REPEATS),
            words="number of experiments per data set, as under the figure",
            evaluate=printed_count,
            mutants=(Mutant("300", lambda first_depth, repeats: sp.Integer(300)),),
        ),
        Law(
            role="corrected",
            name="count",
            formula=sp.Eq(
                sp.Symbol("n"),
                sp.Symbol("n_widths")
                * sp.Symbol("n_depths")
                * sp.Symbol("n_laws")
                * sp.Symbol("n_repeats"),
            ),
            parameters=(FIRST_DEPTH, REPEATS),
            words="the grid multiplied out: 600 as the text has it, 330 for depths 0 to 50 once",
            evaluate=count,
            mutants=(
                Mutant("repeats forgotten", lambda first_depth, repeats: count(first_depth, 1)),
                Mutant("smallest depth forgotten", lambda first_depth, repeats: count(5, repeats)),
            ),
        ),
        Law(
            role="stated",
            name="weight kurtosis",
            formula=sp.Eq(
                sp.Symbol("kappa_w"),
                sp.Symbol("E(w^4)") / sp.Symbol("E(w^2)") ** 2,
            ),
            parameters=(WEIGHTS,),
            words="1, 1.8 and 3 for the three weight laws",
            evaluate=weight_kurtosis,
            mutants=(
                Mutant("excess kurtosis", lambda weights: weight_kurtosis(weights) - 3),
                Mutant("normal for all", lambda weights: sp.Integer(3)),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis on the grid",
            formula=sp.Eq(
                sp.Symbol("kappa_d"),
                sp.Function("kappa")(sp.Symbol("w"), sp.Symbol("d")),
                evaluate=False,
            ),
            parameters=(
                Parameter("width", Integers(1, 50), "width of all layers"),
                Parameter("depth", Integers(0, 50), "number of layers"),
                WEIGHTS,
                INPUT_KURTOSIS,
                INPUT_PAIR,
            ),
            words="theoretical kurtosis of one network of the grid, the axis of the figure; "
            "largest at width 5, depth 50, normal weights",
            evaluate=grid_kurtosis,
            mutants=(
                Mutant(
                    "one layer more",
                    lambda depth, **at: grid_kurtosis(depth=depth + 1, **at),
                ),
                Mutant(
                    "normal weights always",
                    lambda weights, **at: grid_kurtosis(weights="normal", **at),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "depths from 5 to 50, each network trained twice",
            lambda p: p.get("grid", "as described") == "as described",
        ),
        stated(
            "some input has these moments: m_0 <= kappa_0 and kappa_0 + (w - 1) m_0 >= w",
            lambda p: (
                "input_kurtosis" not in p
                or "input_pair" not in p
                or input_exists(p.get("width", 1), p["input_kurtosis"], p["input_pair"])
            ),
        ),
    ),
    expected="false-as-stated",
    because=(
        "Ten widths, ten depths, three weight laws and two runs each are 600; 330 is what depths "
        "0 to 50 once each would give."
    ),
    proofs=(
        Proof("as the text has it", "exact", "all runs of the grid listed", counted(((5, 2),))),
        Proof(
            "depths from 0, once each",
            "exact",
            "a grid that has 330 members and is not the one described",
            counted(((0, 1),)),
            point={"grid": "depths 0 to 50, once each"},
        ),
        Proof(
            "listed",
            "exact",
            "all runs of four grids listed",
            counted(((5, 2), (5, 1), (0, 1), (0, 2))),
            law="count",
        ),
        Proof(
            "weight kurtosis",
            "symbolic",
            "integrals of x^2 and x^4",
            kurtoses,
            law="weight kurtosis",
        ),
        Proof(
            "corners",
            "exact",
            "the printed recursion at the corners of the grid, in fractions",
            corners,
            law="kurtosis on the grid",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Theoretical kurtosis, width 5, normal weights, (kappa_0, c_0) = (3.95, 0.71)",
            "depth",
            "kurtosis",
            range(5, 51, 5),
            lambda x: {
                "width": 5,
                "depth": int(x),
                "weights": "normal",
                **moments(STARTS[0]),
            },
            laws=("kurtosis on the grid",),
            log_y=True,
        ),
    ),
    remark=(
        "'Bernoulli' with kappa_w = 1 must be a fair sign +-1. From the document's (kappa_0, c_0) "
        "the largest kurtosis of the grid, at width 5, depth 50 and normal weights, is "
        + " and ".join(f"{float(stepped(5, 50, 'normal', start)):.1e}" for start in STARTS)
        + ", where the figure's axis ends; the pairs themselves are in doubt (vev.appE.inputs)."
    ),
    see=("vev.appE.inputs", "vev.appE.corr", "vev.prop4.3"),
)
