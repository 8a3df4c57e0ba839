"""Can skip connections stop the growth of kurtosis? Not those of a constant scale.

    vev.disc.skip   y' = sqrt(1-e) y + sqrt(e) W y keeps the kurtosis bounded if sum e_l/w is finite

The document argues from linear networks, and so does this file. Given y, the new y' is Gaussian
around sqrt(1-e) y with variance e |y|^2/w per unit, so |y'|^2/|y|^2 = (e/w) times a noncentral
chi-square of w degrees and noncentrality w (1-e)/e: mean 1, variance 2e(2-e)/w, whatever y is.
Layers are independent, and kappa_d = 3 prod (1 + 2 e_l (2-e_l)/w) from N(0, I) inputs. A block
s y + b W y has the share e = b^2/(s^2 + b^2); e = 1 is the plain layer of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Bounds,
    Choice,
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    stated,
    unstated,
)
from theory.symbols import WIDTH, d, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import KURTOSIS
from theory.vanishing_variance.residual_blocks import (
    by_enumeration,
    by_moments,
    e,
    excess,
    kurtosis,
)

c = sp.Symbol("c", positive=True)
LAYERS = sp.Symbol("l", integer=True, positive=True)
SHARES_OF = sp.IndexedBase("e")
SHARES = Parameter(
    "shares", Tuples(Reals(0, 1)), "share e_l of the branch in the variance of block l"
)
FAMILY = Parameter(
    "family", Choice(("constant", "over depth")), "e_l = c, or e_l = c/d in d blocks"
)
SCALE = Parameter("scale", Reals(0, 1, open_low=True), "c of the shares", c)


# --- laws ------------------------------------------------------------------------------------


def between(width: Any, shares: Sequence[Any], *, low: Any = 2, high: Any = 4) -> Bounds:
    """3 (1 + 2 sum e_l/w) <= kappa_d <= 3 exp(4 sum e_l/w)."""
    total = sum((prove.exact(share) for share in shares), sp.Integer(0)) / sp.sympify(width)
    return Bounds(3 * (1 + low * total), 3 * sp.exp(high * total))


def limit(width: Any, family: str, scale: Any, *, rate: Any = 4) -> Any:
    """kappa_d as d grows: infinite at a constant share, 3 exp(4c/w) at shares c/d."""
    if family == "constant":
        return sp.oo
    return 3 * sp.exp(rate * sp.sympify(prove.exact(scale)) / sp.sympify(width))


# --- proofs ----------------------------------------------------------------------------------


def ends_of_a_block(law: Any) -> Finding:
    """2e/w <= 2e(2-e)/w <= 4e/w, then 1 + sum x <= prod (1 + x) <= exp(sum x); both are sharp.

    The law's ends at one block are those of these steps, and d equal blocks of share c/d reach the
    upper one as d grows while one block of share 1 reaches the lower one.
    """
    one = law(width=w, shares=(e,))
    many = sp.limit(3 * (1 + excess(c / d, w)) ** d, d, sp.oo)
    gaps = sp.expand(w * (excess(e, w) - 2 * e / w)), sp.expand(w * (4 * e / w - excess(e, w)))
    return prove.identities(
        [
            ("low end of one block", one.low - 3 * (1 + 2 * e / w)),
            ("high end of one block", sp.log(one.high / 3) - 4 * e / w),
            ("above the low end by 2e(1-e)/w", gaps[0] - 2 * e * (1 - e)),
            ("below the high end by 2e^2/w", gaps[1] - 2 * e**2),
            (
                "reached by shares c/d",
                sp.log(many / 3) - sp.log(law(width=w, shares=(c,)).high / 3),
            ),
            (
                "reached by one plain layer",
                law(width=w, shares=(1,)).low - 3 * (1 + excess(1, w)),
            ),
        ],
        predicted="3 (1 + 2 sum e/w) <= kappa_d <= 3 exp(4 sum e/w)",
        found="one block for all e in [0, 1] and w; 1 + x <= exp(x)",
    )


def constant_share(law: Any) -> Finding:
    """d -> infinity at one share c in (0, 1]: 1 + 2c(2 - c)/w > 1, and its powers are unbounded."""
    u = sp.Symbol("u", nonnegative=True)
    over = sp.cancel(excess(1 / (1 + u), w) * w * (1 + u) ** 2)  # c = 1/(1 + u)
    terms = sp.Poly(sp.expand(over), u)
    grows = all(k > 0 for k in terms.all_coeffs())
    x, depth = sp.symbols("x d", positive=True)
    points = ((1, 1), (2, Fraction(1, 2)), (10, Fraction(1, 1000)))
    return prove.truth(
        (
            (f"c = 1/(1 + u): a block multiplies by 1 + ({over})/(w (1 + u)^2)", grows),
            ("(1 + x)^d is unbounded", sp.limit((1 + x) ** depth, depth, sp.oo) == sp.oo),
            *(
                (
                    f"the law: infinite at width {width}, share {share}",
                    bool(law(width=width, family="constant", scale=share) == sp.oo),
                )
                for width, share in points
            ),
        ),
        predicted="infinite",
        found="a geometric sequence above 1, for all c in (0, 1] and w",
    )


def vanishing_shares(law: Any) -> Finding:
    """d -> infinity at shares c/d: 3 prod tends to 3 exp(4c/w)."""
    depth = sp.Symbol("d", positive=True)
    at_depth = sp.limit(3 * (1 + excess(c / depth, w)) ** depth, depth, sp.oo)
    return prove.truth(
        (
            (
                "width 2, shares 1/d: 3 e^2",
                law(width=2, family="over depth", scale=1) == at_depth.subs({c: 1, w: 2}),
            ),
            (
                "every width, shares c/d: 3 exp(4c/w)",
                bool(law(width=w, family="over depth", scale=c) == at_depth),
            ),
        ),
        predicted="the limit of the law",
        found="3 exp(4c/w): the limit in sympy, for all c and w",
    )


# --- the claim -------------------------------------------------------------------------------

MEASURED_WIDTH, MEASURED_DEPTH = 32, 2
"""Two blocks, and the narrowest width in steps of 8 at which they may be averaged directly.

The rule of probes.py is evaluated for plain linear layers (share 1), whose log-variance bounds that
of blocks; narrow, because a report is to end in minutes.
"""


def _probe(name: str, skip: float, branch: float, share: Fraction, why: str, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            "widths": (MEASURED_WIDTH,) * (MEASURED_DEPTH + 1),
            "weights": "gaussian",
            "gain": 1.0,
            "activation": "linear",
            "slope": 1.0,
            "block": "residual",
            "skip": skip,
            "branch": branch,
        },
        at={"width": MEASURED_WIDTH, "shares": (share,) * MEASURED_DEPTH},
        estimand=KURTOSIS,
        laws=("kurtosis", "two-sided"),
        why=why,
        **more,
    )


def _wrong_share(change: Any) -> Any:
    def evaluate(width: Any, shares: Sequence[Any]) -> Any:
        return 3 * sp.prod([1 + change(prove.exact(sp.sympify(s))) / width for s in shares])

    return evaluate


CLAIM = Claim(
    id="vev.disc.skip",
    title="skip connections cannot stop the growth of kurtosis, unless branches shrink with depth",
    source=PAPER.at(
        "Section 7",
        "addition of skip connections cannot stop the growth of kurtosis, because kurtosis "
        "explodes even for the networks with no activation function",
    ),
    kind="hypothesis",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("kappa_infty"), sp.oo),
            parameters=(WIDTH, FAMILY, SCALE),
            words="kurtosis of a unit as the number of residual blocks grows",
            evaluate=lambda width, family, scale: sp.oo,
            mutants=(Mutant("always 3", lambda width, family, scale: sp.Integer(3)),),
        ),
        Law(
            role="sharper",
            name="limit",
            formula=sp.Eq(sp.Symbol("kappa_infty"), 3 * sp.exp(4 * c / w)),
            parameters=(WIDTH, FAMILY, SCALE),
            words="at shares e_l = c/d of d blocks (shown); infinite at a constant share",
            evaluate=limit,
            mutants=(
                Mutant(
                    "finite at a constant share",
                    lambda width, family, scale: limit(width, "over depth", scale),
                ),
                Mutant("exp(2c/w)", lambda **v: limit(**v, rate=2)),
                Mutant("infinite at every share", lambda width, family, scale: sp.oo),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(
                sp.Symbol("kappa_d"),
                3
                * sp.Product(
                    1 + 2 * SHARES_OF[LAYERS] * (2 - SHARES_OF[LAYERS]) / w, (LAYERS, 1, d)
                ),
            ),
            parameters=(WIDTH, SHARES),
            words="d residual blocks, Gaussian weights, N(0, I) inputs, no activation function",
            evaluate=kurtosis,
            mutants=(
                Mutant("2e/w", _wrong_share(lambda s: 2 * s)),
                Mutant("2e^2/w", _wrong_share(lambda s: 2 * s**2)),
                Mutant("4e/w", _wrong_share(lambda s: 4 * s)),
                Mutant(
                    "one block fewer",
                    lambda width, shares: kurtosis(width, tuple(shares)[1:]),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="two-sided",
            formula=sp.Le(
                sp.Symbol("kappa_d"),
                3 * sp.exp(sp.Sum(4 * SHARES_OF[LAYERS] / w, (LAYERS, 1, d))),
            ),
            parameters=(WIDTH, SHARES),
            words="and at least 3 (1 + 2 sum e_l/w): bounded in depth iff sum e_l/w is finite",
            evaluate=between,
            mutants=(
                Mutant("exp(2 sum e/w)", lambda **v: between(**v, high=2)),
                Mutant("at least 3 (1 + 4 sum e/w)", lambda **v: between(**v, low=4)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "no activation function, as in the document's argument",
            lambda p: p.get("activation", "linear") == "linear",
        ),
        stated(
            "Gaussian weights and inputs (no moment beyond their fourth enters)",
            lambda p: p.get("weights", "gaussian") == p.get("inputs", "gaussian") == "gaussian",
        ),
        unstated(
            "branches keep their share of the variance as blocks are added (the sum diverges)",
            lambda p: p.get("family", "constant") == "constant",
        ),
    ),
    expected="holds-if",
    because=(
        "A block sqrt(1-e) y + sqrt(e) W y multiplies the second moment of the squared norm by "
        "1 + 2e(2-e)/w: at a constant share, y + W y among them, the kurtosis grows without end; "
        "at shares e = c/d, which the document does not exclude, it stays below 3 exp(4c/w)."
    ),
    proofs=(
        Proof(
            "constant share",
            "symbolic",
            "powers of a number above 1, for every share in (0, 1] and width",
            constant_share,
        ),
        Proof(
            "shares c/d",
            "symbolic",
            "the limit of infinitely many blocks; smallest: width 2, shares 1/d, 3 e^2",
            vanishing_shares,
            point={"family": "over depth"},
        ),
        Proof(
            "constant share, limit",
            "symbolic",
            "powers of a number above 1, for every share in (0, 1] and width",
            constant_share,
            law="limit",
        ),
        Proof(
            "shares c/d, limit",
            "symbolic",
            "the limit of infinitely many blocks, for every c and width",
            vanishing_shares,
            law="limit",
        ),
        Proof(
            "noncentral chi-square",
            "symbolic",
            "second moment of |y'|^2/|y|^2 for every share and width",
            by_moments,
            law="kurtosis",
        ),
        Proof(
            "enumeration",
            "exact",
            "every matrix of literal residual networks, widths 1 to 3",
            by_enumeration,
            law="kurtosis",
        ),
        Proof(
            "one block",
            "symbolic",
            "both ends, and where they are reached",
            ends_of_a_block,
            law="two-sided",
        ),
    ),
    probes=(
        _probe(
            "y + W y",
            1.0,
            1.0,
            Fraction(1, 2),
            "the plain skip connection: it grows",
            tiers=LATER,
        ),
        _probe("shares 1/(2d)", 0.75**0.5, 0.5, Fraction(1, 4), "scaled branches, bounded"),
    ),
    curves=(
        Curve(
            "depth",
            "Residual blocks of shares 1/d, linear, width 10",
            "number of blocks d",
            "kurtosis",
            (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
            lambda x: {"width": 10, "shares": (sp.Rational(1, int(x)),) * int(x)},
            laws=("kurtosis", "two-sided"),
        ),
    ),
    remark=(
        "The inference is invalid, whatever the conclusion: that plain layers grow without an "
        "activation function says nothing of layers that are not plain. y + W y at every layer "
        "(e = 1/2) still grows, by 1 + 3/(2w) a block. Branches with an activation function: "
        "vev.disc.skip.relu."
    ),
    see=("vev.disc.skip.relu", "vev.closed_gauss", "vev.thm4.7.sharp", "vev.hyp.offdiag"),
)
