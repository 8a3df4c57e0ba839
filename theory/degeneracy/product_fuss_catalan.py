"""Singular values of a product of L random matrices, wide limit: the Fuss-Catalan law.

    dg.product   nearly all singular values of the product go to zero with depth

The law in closed form, its first correction in 1/n and their derivations are in `fuss_catalan`.

Sizes. The next term of an expansion in 1/n is about L/n of the first (exactly (L-1)/n in the second
moment): width n >= 4L, so that it is at most a quarter, and n >= 12, so that several singular
values lie on either side of the threshold; then n is doubled.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp

from theory.degeneracy import PAPER
from theory.degeneracy.fuss_catalan import (
    CORRECTION,
    SQUARE,
    TAIL,
    L,
    below,
    corrected_fraction,
    first_order,
    fraction_below,
    largest_first_order,
    moment_of_square,
    supplement,
    transport,
)
from theory.degeneracy.spectrum_proofs import (
    below_one,
    beyond_one,
    by_first_coefficients,
    by_pairings,
    by_quadrature,
    by_resolvent,
    closed_form,
    finite_width,
    squeeze,
)
from theory.maths import products
from theory.schema import (
    LATER,
    TIERS,
    Bounds,
    Claim,
    Curve,
    Estimand,
    Integers,
    Law,
    Margin,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    absolute,
    as_mpf,
    stated,
)

c = sp.Symbol("c", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
s = sp.Symbol("s", nonnegative=True)
F = sp.Function("F")

DEPTH = Parameter("depth", Integers(1), "number L of matrices in the product", L)
THRESHOLD = Parameter("threshold", Reals(0, open_low=True), "singular value c to compare with", c)
ORDER = Parameter("order", Reals(0), "power s of the SQUARED singular value", s)
WIDTH = Parameter("width", Integers(1), "width n of every layer", n)

# --- mutants and the document's limit ------------------------------------------------------------


def _without_sine(*, threshold: Any, depth: Any) -> Any:
    return supplement(as_mpf(threshold) ** 2, int(depth)) / mpmath.pi


def nearly_all(*, threshold: Any, depth: Any) -> Any:
    """The limit that the document states for every threshold: 1."""
    return sp.Integer(1)


def _around_one(*, threshold: Any, depth: Any) -> Any:
    return sp.Integer(0) if threshold < 1 else sp.Integer(1)


def _catalan(*, depth: Any, order: Any) -> Any:
    return products.fuss_catalan(1, order)


def _undivided(*, depth: Any, order: Any) -> Any:
    return products.fuss_catalan(depth, order) * (sp.sympify(depth) * order + 1)


# --- the claim -------------------------------------------------------------------------------

HALF = 0.5  # the threshold c of the measurements
BELOW = Estimand("mean", ("fraction_below",), over="networks: mean fraction of singular values < c")
MEAN = Estimand("mean", ("mean_singular",), over="networks: mean singular value")


def _vanishing(depth: int, width: int) -> Margin:
    tail = 1 - fraction_below(threshold=HALF, depth=depth)
    return absolute(
        float(tail) + 1 / (4 * width),
        why="1 - F(c, L), of order (ln L)/L; at width n at most 1/(4n) more, to first order",
    )


def _wide(depth: int, width: int) -> Margin:
    return absolute(
        largest_first_order(depth) / width,
        why="wide limit: L/(2(L+1)n), the largest term of order 1/n over all thresholds",
    )


def _setup(width: int, depth: int, **more: Any) -> dict[str, Any]:
    fields = {"widths": (width,) * (depth + 1), "weights": "gaussian", "gain": 1.0}
    return {**fields, "activation": "linear", **more}


def _probe(
    name: str, width: int, depth: int, margin: Margin, *, at: float = HALF, **more: Any
) -> Probe:
    return Probe(
        name=name,
        experiment="product_spectrum",
        setup=_setup(
            width, depth, weights=more.pop("weights", "gaussian"), extra={"threshold": at}
        ),
        at={"threshold": at, "depth": depth},
        estimand=BELOW,
        margin=margin,
        **more,
    )


def width_for(depth: int) -> int:
    """The smallest width at which depth L is measured: 4L, at least 12 (see the top)."""
    return max(12, 4 * depth)


CLAIM = Claim(
    id="dg.product",
    title="all but a vanishing fraction of the singular values of the product go to zero",
    source=PAPER.at(
        "figure adapted from Saxe et al. (1, 10, 100 layers)",
        "with depth the singular values of the product matrix become increasingly concentrated "
        "around [0, lost in print], except for a vanishingly small fraction",
    ),
    kind="asymptotic (n -> infinity at fixed L)",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Limit(F(c, L), L, sp.oo), 1, evaluate=False),
            parameters=(THRESHOLD, DEPTH),
            words="the fraction of singular values below any fixed c tends to 1 with depth",
            evaluate=nearly_all,
            error="none given; at most [1 + ln((L+1)/c^2) + O(1/L)]/(L+1) (derived here)",
            mutants=(
                Mutant("concentrated around 1", _around_one),
                Mutant("half of them stay", lambda threshold, depth: sp.Rational(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="fraction below",
            formula=sp.Tuple(
                sp.Eq(c**2, SQUARE, evaluate=False),
                sp.Eq(F(c, L), 1 - TAIL, evaluate=False),
            ),
            parameters=(THRESHOLD, DEPTH),
            words="fraction of singular values below c; c^2 fixes the angle phi in (0, pi/(L+1))",
            evaluate=fraction_below,
            error="O(1/n); at most L/(2(L+1)n) to first order (law `first correction`)",
            mutants=(
                Mutant(
                    "L+1 for L",
                    lambda threshold, depth: fraction_below(threshold=threshold, depth=depth + 1),
                ),
                Mutant(
                    "singular for squared singular",
                    lambda threshold, depth: below(as_mpf(threshold), int(depth)),
                ),
                Mutant("no L sin term", _without_sine),
                Mutant(
                    "tail for fraction below",
                    lambda threshold, depth: 1 - fraction_below(threshold=threshold, depth=depth),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="moments",
            formula=sp.Eq(
                sp.Function("E")(sp.Symbol("X") ** s), products.fuss_catalan(L, s), evaluate=False
            ),
            parameters=(DEPTH, ORDER),
            words="mean s-th power of the squared singular values (s = 1/2: mean singular value)",
            evaluate=moment_of_square,
            error="O(1/n)",
            mutants=(
                Mutant("L for L+1", lambda depth, order: products.fuss_catalan(depth - 1, order)),
                Mutant("Catalan at every depth", _catalan),
                Mutant("factor 1/(Lk+1) forgotten", _undivided),
            ),
        ),
        Law(
            role="sharper",
            name="first correction",
            formula=sp.Tuple(
                sp.Eq(c**2, SQUARE, evaluate=False),
                sp.Eq(sp.Function("F_n")(c, L), 1 - TAIL + CORRECTION / n, evaluate=False),
            ),
            parameters=(THRESHOLD, DEPTH, WIDTH),
            words="the same at width n, to first order in 1/n",
            evaluate=corrected_fraction,
            error="O(1/n^2) at fixed L; the next term is about L/n of the first correction",
            mutants=(
                Mutant(
                    "no term of order 1/n, as for complex entries",
                    lambda threshold, depth, width: fraction_below(
                        threshold=threshold, depth=depth
                    ),
                ),
                Mutant(
                    "twice as large",
                    lambda threshold, depth, width: corrected_fraction(
                        threshold=threshold, depth=depth, width=as_mpf(width) / 2
                    ),
                ),
                Mutant(
                    "sign",
                    lambda threshold, depth, width: corrected_fraction(
                        threshold=threshold, depth=depth, width=-as_mpf(width)
                    ),
                ),
                Mutant(
                    "that of one matrix",
                    lambda threshold, depth, width: (
                        fraction_below(threshold=threshold, depth=depth)
                        + first_order(threshold=threshold, depth=1) / width
                    ),
                ),
            ),
        ),
        Law(
            role="proof-step",
            name="increasingly",
            formula=sp.Ge(F(c, L + 1), F(c, L)),
            parameters=(THRESHOLD, DEPTH),
            words="'increasingly' at every depth: one layer more leaves a larger fraction below c",
            evaluate=lambda threshold, depth: Bounds(
                fraction_below(threshold=threshold, depth=depth), mpmath.mpf(1)
            ),
            mutants=(
                Mutant(
                    "decreasing",
                    lambda threshold, depth: Bounds(
                        mpmath.mpf(0), fraction_below(threshold=threshold, depth=depth)
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "independent Gaussian entries of variance 1/n (the 'standard' initialisation)",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "The fraction above any c is at most (1/c) times the mean singular value, which falls like "
        "1/sqrt(L). The whole wide-limit spectrum has a closed form; the vanishing fraction is "
        "(ln L)/L to leading order."
    ),
    proofs=(
        Proof(
            "squeeze",
            "symbolic",
            "fraction above c <= (mean singular value)/c -> 0 for every c",
            squeeze,
        ),
        Proof(
            "closed form",
            "symbolic",
            "moments -> resolvent -> density -> tail, for symbolic L",
            closed_form,
            law="fraction below",
        ),
        Proof(
            "resolvent roots",
            "numeric",
            "the closed form equals the integrated resolvent to 13 digits",
            by_resolvent,
            law="fraction below",
        ),
        Proof(
            "pairings",
            "exact",
            "moments k = 1..4 by counting the pairings that survive the wide limit",
            by_pairings,
            law="moments",
        ),
        Proof(
            "broken moments",
            "numeric",
            "E X^s by quadrature of the density, s = 1/2, 3/2, 2, to 15 digits",
            by_quadrature,
            law="moments",
        ),
        Proof(
            "finite width",
            "numeric",
            "exact rational moments at finite n approach the law at order 1/n",
            finite_width,
            law="moments",
        ),
        Proof(
            "Wick moments in 1/n",
            "numeric",
            "moments of the correction equal the exact 1/n-coefficients of Wick moments, 10 digits",
            by_first_coefficients,
            law="first correction",
        ),
        Proof(
            "up to 1",
            "numeric",
            "for c = 1/10, 1/2, 1 the fraction rises with each of 12 layers",
            below_one,
            law="increasingly",
        ),
        Proof(
            "beyond 1",
            "exact",
            "c = 2: one matrix has every singular value below, two have not",
            beyond_one,
            law="increasingly",
        ),
    ),
    probes=(
        *(
            _probe(
                f"nearly all, L={depth}",
                width_for(depth),
                depth,
                _vanishing(depth, width_for(depth)),
                why="the fraction that stays away from zero shrinks like (ln L)/L",
                tiers=TIERS if depth < 12 else LATER,
            )
            for depth in (3, 6, 12)
        ),
        *(
            _probe(
                f"n={width}",
                width,
                3,
                _wide(3, width),
                laws=("fraction below",),
                why="the wide limit is approached at order 1/n",
                tiers=TIERS if width < 48 else LATER,
            )
            for width in (12, 24, 48)
        ),
        *(
            _probe(
                f"L={depth}",
                width_for(depth),
                depth,
                _wide(depth, width_for(depth)),
                laws=("fraction below",),
                why="over depth",
                curve="depth",
                x=depth,
                tiers=TIERS if depth < 12 else LATER,
            )
            for depth in (1, 2, 6, 12)
        ),
        _probe(
            "orthogonal",
            12,
            3,
            _wide(3, 12),
            at=0.9,
            weights="haar",
            laws=("fraction below",),
            why="orthogonal factors do not degenerate: every singular value is 1",
        ),
        *(
            Probe(
                name=f"mean singular value, n={width}",
                experiment="product_spectrum",
                setup=_setup(width, 3),
                at={"depth": 3, "order": sp.Rational(1, 2)},
                estimand=MEAN,
                laws=("moments",),
                margin=absolute(
                    transport(3) / width,
                    why="wide limit: transport distance of the two spectra, to first order in 1/n",
                ),
                why="below 1, and falling like 1/sqrt(L), although the mean square stays 1",
                tiers=TIERS if width < 48 else LATER,
            )
            for width in (12, 24, 48)
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Singular values below 1/2, product of L Gaussian matrices (measured at n = 4L, or 12)",
            "depth L",
            "fraction below 1/2",
            (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100),
            lambda x: {"threshold": HALF, "depth": int(x)},
            laws=("stated", "fraction below"),
            log_x=True,
        ),
    ),
    remark=(
        "The value around which they concentrate is lost in print; 0 is the only reading that "
        "holds. 'Increasingly' is not true layer by layer: for c above 1 the fraction may first "
        "fall (all are below 2 at L = 1, not at L = 2, with its edge at sqrt(27/4)), then it rises."
    ),
    see=("dg.product.large", "dg.product.handful", "dg.product.m2", "dg.product.lyap"),
)
