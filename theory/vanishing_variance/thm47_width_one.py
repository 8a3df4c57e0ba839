"""Theorem 4.7 with layers of width 1: the remark after its proof.

    vev.thm4.7.w1   width 1 may be allowed if |a| != 1 or kappa_w != 1

A layer that reads one unit turns (kappa, m) into (r kappa_w kappa, r kappa), the ratio kappa/m into
kappa_w. Every ratio from layer 1 on lies between kappa_w and 3, and a layer of width w multiplies m
by 1 + (r ratio - 1)/w. So r min(kappa_w, 3) > 1, which is |a| != 1 or kappa_w != 1, is enough at
any bounded widths. Where it fails a layer of width >= 2 still lifts the ratio to 3/2 or more for
the next one: only widths that are 1 from some layer on keep kurtosis finite.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    Tuples,
    stated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.lem45_eigenvalue import block, r
from theory.vanishing_variance.probes import (
    IID_WEIGHTS,
    INPUT_EXISTS,
    INPUT_KURTOSIS,
    INPUT_PAIR,
    kurtosis_probe,
)
from theory.vanishing_variance.ratio_map import next_ratio
from theory.vanishing_variance.recursion import anisotropy, last_state, trajectory
from theory.vanishing_variance.thm47_kurtosis_diverges import PATTERN, product

FIRST = Parameter(
    "first", Tuples(Integers(1), min_size=0, draw_to=3), "widths of the lowest layers, before it"
)
d = sp.Symbol("d")
LIMIT = sp.Limit(sp.Function("kappa")(d), d, sp.oo)
REPEATED = replace(PATTERN, name="repeated")  # another name: no assumption asks about it
REST = (SLOPE, WEIGHT_KURTOSIS, INPUT_KURTOSIS, INPUT_PAIR)


def exceptional(slope: Any, weight_kurtosis: Any) -> bool:
    """Whether |a| = 1 and kappa_w = 1, that is r kappa_w = 1.

    >>> exceptional(-1, 1), exceptional(-1, 3), exceptional(0, 1)
    (True, False, False)
    """
    return bool(abs(slope) == 1 and weight_kurtosis == 1)


def limit(
    first: Any,
    repeated: Any,
    slope: Any,
    weight_kurtosis: Any,
    input_kurtosis: Any,
    input_pair: Any,
) -> sp.Expr:
    """lim kappa_d: infinite unless |a| = 1, kappa_w = 1 and all but finitely many widths are 1.

    There |y_i| is one number from one layer of width 1 to the next, and kappa stays at what it is
    after the lowest layers. Exact.

    >>> at = {"slope": 1, "weight_kurtosis": 1, "input_kurtosis": 3, "input_pair": 1}
    >>> limit((), (1,), **at), limit((4,), (1,), **at), limit((), (1, 2), **at)
    (3, 3, oo)
    """
    if not exceptional(slope, weight_kurtosis) or max(repeated) > 1:
        return sp.oo
    return last_state(first, slope, weight_kurtosis, input_kurtosis, input_pair)[0]


def growth(pattern: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """Factor of kappa per pass of a pattern that has a width 1: the trace of the product. Exact.

    The matrix of a layer of width 1 has rank one, and so has every product with it.

    >>> growth((1,), 0, 3), growth((1, 2), 1, 1)
    (6, 2)
    """
    return product(pattern, anisotropy(slope), sp.sympify(weight_kurtosis)).trace()


# --- proofs ----------------------------------------------------------------------------------

PATTERNS = ((1,), (1, 2), (2, 1), (1, 1, 7), (3, 1, 5), (4,))
LAWS = (
    (Fraction(0), Fraction(1)),
    (Fraction(-1), Fraction(9, 5)),
    (Fraction(1, 2), Fraction(1)),
    (Fraction(1), Fraction(3)),
)
EXCEPTIONAL = ((Fraction(1), Fraction(1)), (Fraction(-1), Fraction(1)))
STARTS = ((), (2,), (1, 3))
INPUTS: tuple[tuple[Any, Any], ...] = ((1, 1), (3, 1), (Fraction(7, 2), 2))


@functools.cache
def true_limit(
    first: tuple[int, ...], pattern: tuple[int, ...], slope: Fraction, kw: Fraction,
    kurt: Any, pair: Any,
) -> Any:  # fmt: skip
    """The limit from the matrix of one pass, exactly; None if neither argument applies.

    Infinite: the matrix is nonnegative and its root exceeds 1 (its characteristic polynomial is
    negative at 1), and the state after two passes is positive, hence has a part along the root's
    vector. Finite: kappa is the same after every one of the last passes.
    """
    one = product(pattern, anisotropy(slope), sp.sympify(kw))
    states = trajectory((*first, *pattern * 4), slope, kw, kurt, pair)
    if (one - sp.eye(2)).det() < 0 and min(states[-1]) > 0:
        return sp.oo
    ends = {states[len(first) + k * len(pattern)][0] for k in range(5)}
    return ends.pop() if len(ends) == 1 else None


def passes(laws: Any, name: str = "pattern") -> Any:
    """A check of the limit on repeated patterns with and without widths of 1, in fractions."""

    def check(law: Evaluate) -> Finding:
        return prove.truth(
            (
                (
                    f"widths {first}, then {pattern} repeated, a = {slope}, kappa_w = {kw}, "
                    f"kappa_0 = {kurt}",
                    bool(
                        law(
                            first=first,
                            slope=slope,
                            weight_kurtosis=kw,
                            input_kurtosis=kurt,
                            input_pair=pair,
                            **{name: pattern},
                        )
                        == true_limit(first, pattern, slope, kw, kurt, pair)
                    ),
                )
                for pattern, (slope, kw), first, (kurt, pair) in itertools.product(
                    PATTERNS, laws, STARTS, INPUTS
                )
            ),
            predicted="kappa_d -> infinity, and where not",
            found="characteristic polynomial of one pass at 1, and trajectories, in fractions",
        )

    return check


AT = {"first": (), "input_kurtosis": 3, "input_pair": 1}


def any_widths(law: Evaluate) -> Finding:
    """Any bounded widths >= 1: the ratio stays between kappa_w and 3, and m grows in every layer.

    ratio' - kappa_w and ratio' - 3 have the signs of (3 - kappa_w) and (kappa_w - 3), so with
    k = min(kappa_w, 3) each layer multiplies m by 1 + (r k - 1)/w_max or more, and r k > 1 unless
    r = 1 and kappa_w = 1.
    """
    u, s, t = sp.symbols("u s t", nonnegative=True)
    ratio = sp.Symbol("rho", positive=True)
    image = next_ratio(ratio, w, r, kappa_w)
    drive = r * ratio + w - 1
    return prove.truth(
        [
            ("ratio' - 3 = (kappa_w - 3) r ratio/(r ratio + w - 1)",
             prove.is_zero(image - 3 - (kappa_w - 3) * r * ratio / drive)),
            ("ratio' - kappa_w = (3 - kappa_w)(w - 1)/(r ratio + w - 1)",
             prove.is_zero(image - kappa_w - (3 - kappa_w) * (w - 1) / drive)),
            ("r kappa_w - 1 = s + t + s t > 0 at r = 1 + s, kappa_w = 1 + t, unless s = t = 0",
             prove.is_zero((1 + s) * (1 + t) - 1 - (s + t + s * t))),
            ("3 r - 1 >= 2", bool((3 * (1 + u) - 1 - 2).is_nonnegative)),
            *((f"the law: widths {pattern} repeated, a = {slope}, kappa_w = {kw}",
               bool(law(pattern=pattern, slope=slope, weight_kurtosis=kw, **AT) == sp.oo))
              for pattern, (slope, kw) in itertools.product(PATTERNS, LAWS)),
        ],
        predicted="kappa_d -> infinity",
        found="m_d >= m_1 (1 + (r min(kappa_w, 3) - 1)/w_max)^(d - 1), for all widths >= 1",
    )  # fmt: skip


def where_it_fails(law: Evaluate) -> Finding:
    """r = kappa_w = 1: ratio' - 1 = 2 (w - 1)/(w - 1 + ratio), 0 at w = 1 and >= 1/2 above.

    Ratios lie in [1, 3]. So m never falls, and a layer above one of width >= 2 multiplies it by
    1 + 1/(2 w_max) or more: infinitely many widths >= 2 make kurtosis grow without bound.
    """
    u, v = sp.symbols("u v", nonnegative=True)
    ratio = sp.Symbol("rho", positive=True)
    lift = next_ratio(ratio, w, 1, 1) - 1
    at_two = sp.cancel((2 * (w - 1) / (w - 1 + ratio) - sp.Rational(1, 2)).subs(
        {w: 2 + u, ratio: 3 / (1 + v)}))  # fmt: skip
    top, bottom = (sp.Poly(e, u, v) for e in sp.fraction(at_two))
    one = block(1, 1, 1)
    return prove.truth(
        [
            ("ratio' - 1 = 2 (w - 1)/(w - 1 + ratio)",
             prove.is_zero(lift - 2 * (w - 1) / (w - 1 + ratio))),
            ("it is >= 1/2 for w >= 2 and ratio <= 3",
             all(c >= 0 for c in (*top.coeffs(), *bottom.coeffs()))),
            ("width 1: kappa' = kappa", bool(one[0, 0] == 1 and one[0, 1] == 0)),
            *((f"the law: widths {pattern} repeated",
               bool((law(repeated=pattern, slope=1, weight_kurtosis=1, **AT) == sp.oo)
                    == (max(pattern) > 1))) for pattern in PATTERNS),
        ],
        predicted="infinite unless all but finitely many widths are 1",
        found="each layer above one of width >= 2 multiplies m by 1 + 1/(2 w_max) or more",
    )  # fmt: skip


def rank_one(law: Evaluate) -> Finding:
    """kappa after three passes over kappa after two, by the recursion, and det = 0."""
    if sp.cancel(block(1, r, kappa_w).det()) != 0:
        return Finding(None, "", "", "the block at w = 1 is not of rank one")
    rows = []
    for pattern, (slope, kw) in itertools.product(PATTERNS[:-1], (*LAWS, *EXCEPTIONAL)):
        states = trajectory(pattern * 3, slope, kw, 3, 1)
        found = states[-1][0] / states[2 * len(pattern)][0]
        label = f"widths {pattern} repeated, a = {slope}, kappa_w = {kw}"
        predicted = law(pattern=pattern, slope=slope, weight_kurtosis=kw)
        rows.append((label, predicted, found))
    return prove.cases(rows)


# --- the claim -------------------------------------------------------------------------------


def _finite_where(condition: Any, name: str = "pattern") -> Any:
    def evaluate(**v: Any) -> sp.Expr:
        finite = condition(v[name], v["slope"], v["weight_kurtosis"])
        return sp.sympify(v["input_kurtosis"]) if finite else sp.oo

    return evaluate


def _probe(layers: int) -> Any:
    width = 48
    at = {"first": (width,), "repeated": (1,), "slope": 1, "weight_kurtosis": 1,
          "input_kurtosis": 3, "input_pair": 1}  # fmt: skip
    return kurtosis_probe(
        f"{layers} layers of width 1 on one of {width}",
        (width, *(1,) * layers),
        1,
        ("rademacher", 1),
        at=at,
        by="particles",
        last=1,
        laws=("limit",),
        why="+-1 weights, linear: from the first layer on kurtosis stays as it is",
        curve="layers",
        x=layers,
    )


CLAIM = Claim(
    id="vev.thm4.7.w1",
    title="kurtosis also diverges with layers of width 1 if |a| != 1 or kappa_w != 1",
    source=PAPER.at(
        "Remark after the proof of Theorem 4.7",
        "the same can be proven allowing for w = 1, with the assumption that |a| != 1 or "
        "kappa_w != 1",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(LIMIT, sp.oo, evaluate=False),
            parameters=(FIRST, PATTERN, *REST),
            words="limit of the kurtosis of one unit: lowest layers, then a pattern of widths, 1 "
            "allowed, repeated for ever",
            evaluate=_finite_where(lambda pattern, slope, kw: False),
            mutants=(
                Mutant(
                    "w >= 2 everywhere",
                    _finite_where(lambda pattern, slope, kw: min(pattern) == 1),
                ),
                Mutant("kappa_w != 1 needed", _finite_where(lambda pattern, slope, kw: kw == 1)),
                Mutant(
                    "|a| != 1 needed", _finite_where(lambda pattern, slope, kw: abs(slope) == 1)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="limit",
            formula=sp.Eq(
                LIMIT,
                sp.Piecewise(
                    (
                        sp.Symbol("kappa_first"),
                        sp.And(sp.Eq(r * kappa_w, 1), sp.Eq(sp.Symbol("w_max"), 1)),
                    ),
                    (sp.oo, True),
                ),
                evaluate=False,
            ),
            parameters=(FIRST, REPEATED, *REST),
            words="the assumption is needed only if all but finitely many widths are 1 (w_max is "
            "the largest width of the pattern); kurtosis then stays at that of the lowest layers",
            evaluate=limit,
            mutants=(
                Mutant(
                    "always infinite", _finite_where(lambda widths, slope, kw: False, "repeated")
                ),
                Mutant(
                    "finite if any width is 1",
                    _finite_where(
                        lambda widths, slope, kw: exceptional(slope, kw) and min(widths) == 1,
                        "repeated",
                    ),
                ),
                Mutant(
                    "kappa_0 in place of that of the lowest layers",
                    _finite_where(
                        lambda widths, slope, kw: exceptional(slope, kw) and max(widths) == 1,
                        "repeated",
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="growth per pass",
            formula=sp.Eq(
                sp.Limit(
                    sp.Function("kappa")(d + sp.Symbol("p")) / sp.Function("kappa")(d), d, sp.oo
                ),
                sp.Function("tr")(sp.Symbol("B")),
                evaluate=False,
            ),
            parameters=(PATTERN, SLOPE, WEIGHT_KURTOSIS),
            words="factor of kurtosis per pass of p layers, one of them of width 1: the trace of "
            "their product B, exactly from the second pass on",
            evaluate=growth,
            mutants=(
                Mutant(
                    "product of the traces",
                    lambda pattern, slope, weight_kurtosis: sp.prod(
                        [growth((n,), slope, weight_kurtosis) for n in pattern]
                    ),
                ),
                Mutant(
                    "layers of width 1 left out",
                    lambda pattern, slope, weight_kurtosis: growth(
                        tuple(n for n in pattern if n > 1) or (2,), slope, weight_kurtosis
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "|a| != 1 or kappa_w != 1, or no width is 1 (Theorem 4.7)",
            lambda p: (
                "first" not in p
                or "pattern" not in p
                or not exceptional(p.get("slope", 0), p.get("weight_kurtosis", 3))
                or min((*p["pattern"], *p["first"])) > 1
            ),
        ),
        stated(
            "a growth per pass is asked of patterns with a width 1 only",
            lambda p: "pattern" not in p or "first" in p or min(p["pattern"]) == 1,
        ),
        IID_WEIGHTS,
        INPUT_EXISTS,
    ),
    expected="holds",
    because=(
        "Every ratio kappa/m lies between kappa_w and 3, so r min(kappa_w, 3) > 1 makes every "
        "layer multiply m by more than 1, width 1 included. The assumption is needed only if all "
        "but finitely many widths are 1."
    ),
    proofs=(
        Proof(
            "any widths",
            "symbolic",
            "the ratio between kappa_w and 3, for every sequence of bounded widths >= 1",
            any_widths,
        ),
        Proof(
            "repeated patterns",
            "exact",
            "one pass and its characteristic polynomial, in rationals",
            passes(LAWS),
        ),
        Proof(
            "|a| = 1, +-1 weights",
            "exact",
            "what the assumption excludes: widths 1, 1, 1, ... keep kurtosis where it is",
            passes(EXCEPTIONAL),
            point={"slope": 1, "weight_kurtosis": 1, "first": (), "pattern": (1,)},
        ),
        Proof(
            "where the assumption fails",
            "symbolic",
            "r = kappa_w = 1: a width of 2 or more lifts the ratio to 3/2 or more",
            where_it_fails,
            law="limit",
        ),
        Proof(
            "all patterns",
            "exact",
            "one pass and its characteristic polynomial, the exceptional case among them",
            passes((*LAWS, *EXCEPTIONAL), "repeated"),
            law="limit",
        ),
        Proof(
            "rank one",
            "exact",
            "the recursion over three passes",
            rank_one,
            law="growth per pass",
        ),
    ),
    probes=tuple(_probe(layers) for layers in (1, 2, 4)),
    curves=(
        Curve(
            "layers",
            "Kurtosis after layers of width 1 on one of 48, linear, +-1 weights",
            "layers of width 1",
            "kurtosis",
            range(1, 9),
            lambda x: {
                "first": (48,),
                "repeated": (1,),
                "slope": 1,
                "weight_kurtosis": 1,
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            laws=("limit",),
        ),
    ),
    remark=(
        "Widths 1, 2, 1, 2, ... with |a| = 1 and +-1 weights diverge, by a factor of 2 per pass, "
        "although the remark's assumption fails. The criterion without bounds on the widths is in "
        "vev.thm4.7.sharp."
    ),
    see=("vev.thm4.7", "vev.thm4.7.sharp", "vev.lemma4.5"),
)
