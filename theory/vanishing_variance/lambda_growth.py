"""The eigenvalues of one layer's matrix: how fast kurtosis grows.

    vev.lambda   both eigenvalues in closed form, and in powers of 1/w

With t and D the trace and the determinant of the 2 x 2 block they are (t +- sqrt(t^2 - 4 D))/2.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Estimand,
    Evaluate,
    Finding,
    Law,
    Mutant,
    Probe,
    Proof,
    stated,
)
from theory.symbols import a, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.lem45_eigenvalue import LAMBDA_MAX, PARAMETERS, block, printed, r
from theory.vanishing_variance.probes import GROWTH, IID_WEIGHTS, he_setup, with_remainder
from theory.vanishing_variance.recursion import anisotropy, trajectory

LAMBDA_MIN = sp.Symbol("lambda_min", real=True)
HALF = sp.Rational(1, 2)


def roots(n: Any, aniso: Any, kw: Any) -> tuple[sp.Expr, sp.Expr]:
    """(t +- sqrt(t^2 - 4 D))/2 with t = 1 + (r kappa_w - 1)/w, D = r (w - 1)(kappa_w - 3)/w^2."""
    t = 1 + (aniso * kw - 1) / n
    root = sp.sqrt(t**2 - 4 * aniso * (n - 1) * (kw - 3) / n**2)
    return t / 2 + root / 2, t / 2 - root / 2


def eigenvalues(width: Any, slope: Any, weight_kurtosis: Any) -> tuple[sp.Expr, sp.Expr]:
    """(lambda_max, lambda_min) of the block at r = 2(a^4 + 1)/(a^2 + 1)^2; exact.

    >>> eigenvalues(5, 0, 3), eigenvalues(2, 1, 1)
    ((2, 0), (1/2 + sqrt(3)/2, 1/2 - sqrt(3)/2))
    """
    n, kw = sp.sympify(width), sp.sympify(weight_kurtosis)
    aniso = anisotropy(slope)
    return roots(n, aniso, kw)


def expansion_max(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """lambda_max up to O(w^-4): 1 + (3r - 1)/w + 3 r^2 (kappa_w - 3)/w^2 + .../w^3.

    The leading growth does not depend on kappa_w.

    >>> expansion_max(5, 0, 3)
    2
    """
    n, kw, aniso = sp.sympify(width), sp.sympify(weight_kurtosis), anisotropy(slope)
    return (
        1
        + (3 * aniso - 1) / n
        + 3 * aniso**2 * (kw - 3) / n**2
        + 3 * aniso**2 * (kw - 3) * (aniso * kw - 6 * aniso + 1) / n**3
    )


def expansion_min(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """lambda_min up to O(w^-3): r (kappa_w - 3)/w - 3 r^2 (kappa_w - 3)/w^2."""
    n, kw, aniso = sp.sympify(width), sp.sympify(weight_kurtosis), anisotropy(slope)
    return aniso * (kw - 3) / n - 3 * aniso**2 * (kw - 3) / n**2


# --- proofs: the eigenvalues -----------------------------------------------------------------


def roots_of_block(which: int) -> Any:
    """A check that the law is an eigenvalue of the printed matrix; the pair has trace and det."""

    def check(law: Evaluate) -> Finding:
        value = law(width=w, slope=a, weight_kurtosis=kappa_w)
        other = eigenvalues(w, a, kappa_w)[1 - which]
        here = {w: 5, a: sp.Rational(1, 2), kappa_w: 7}
        numbers = sorted(
            block(5, anisotropy(sp.Rational(1, 2)), 7).eigenvals(multiple=True), key=sp.N
        )
        gap = sp.N(value.subs(here) - numbers[1 - which], 30)
        if abs(gap) > 1e-20:
            return Finding(
                False,
                str(sp.N(value.subs(here))),
                str(sp.N(numbers[1 - which])),
                "w = 5, a = 1/2, kappa_w = 7",
            )
        matrix = block(w, anisotropy(a), kappa_w)
        full = printed(w, anisotropy(a), kappa_w, sp.Symbol("s", positive=True))
        lam = sp.Symbol("lambda")
        return prove.identities(
            [
                ("sum of both = trace", value + other - matrix.trace()),
                ("product of both = determinant", sp.expand(value * other) - matrix.det()),
                (
                    "det(A - lambda) of the 3 x 3 matrix = (1 - lambda) p(lambda)",
                    sp.cancel(sp.together(
                        (full - lam * sp.eye(3)).det()
                        - (1 - lam) * (lam**2 - matrix.trace() * lam + matrix.det())
                    )),
                ),
            ],
            predicted=str(value),
            found="trace and determinant of the block, for all w, a, kappa_w",
        )  # fmt: skip

    return check


EXAMPLES = (
    (2, Fraction(0), Fraction(1)),
    (5, Fraction(0), Fraction(3)),
    (10, Fraction(0), Fraction(1)),
    (2, Fraction(1), Fraction(1)),
    (3, Fraction(1, 2), Fraction(8)),
)


@functools.cache
def numerical(width: int, slope: Fraction, kw: Fraction) -> tuple[Any, Any]:
    """(largest, smallest) eigenvalue of the block from mpmath's own solver, 40 digits."""
    with mpmath.workdps(40):
        entries = block(width, anisotropy(slope), sp.sympify(kw)).applyfunc(lambda e: sp.N(e, 45))
        found = mpmath.eig(mpmath.matrix(entries.tolist()), left=False, right=False)
        values = sorted((mpmath.re(v) for v in found), reverse=True)
        return values[0], values[1]


def examples(which: int) -> Any:
    """A check of the law against a numerical eigenvalue solver, to 20 digits."""

    def check(law: Evaluate) -> Finding:
        return prove.close(
            (
                (
                    f"w = {n}, a = {slope}, kappa_w = {kw}",
                    law(width=n, slope=slope, weight_kurtosis=kw),
                    numerical(n, slope, kw)[which],
                )
                for n, slope, kw in EXAMPLES
            ),
            digits=20,
        )

    return check


def series(which: int, order: int) -> Any:
    """A check that the law has the Taylor coefficients of the eigenvalue in 1/w, below `order`."""

    def check(law: Evaluate) -> Finding:
        x = sp.Symbol("x", positive=True)  # 1/w
        value = sp.Poly(law(width=1 / x, slope=a, weight_kurtosis=kappa_w), x)
        aniso = anisotropy(a)
        t = sp.Poly(1 + (aniso * kappa_w - 1) * x, x)
        det = sp.Poly(aniso * (kappa_w - 3) * (x - x**2), x)

        def coefficient(k: int) -> Any:
            """Order k of lambda^2 - t lambda + D, which vanishes at an eigenvalue."""
            term = [value.coeff_monomial(x**i) for i in range(k + 1)]
            square = sum(term[i] * term[k - i] for i in range(k + 1))
            shifted = sum(t.coeff_monomial(x**i) * term[k - i] for i in range(min(k, 1) + 1))
            return sp.cancel(sp.together(square - shifted + det.coeff_monomial(x**k)))

        orders = [(f"order {k} of the quadratic", coefficient(k)) for k in range(order)]
        start = ("value at 1/w = 0", value.coeff_monomial(1) - (1 - which))
        measured = measured_order(law, which)
        found = prove.identities(
            [start, *orders],
            predicted=str(value.as_expr()),
            found=f"the quadratic, order by order; measured order {measured:.2f}",
        )
        if found.agrees and abs(measured + order) > 0.2:
            return Finding(False, f"an error of order {-order}", f"{measured:.2f}", "measured")
        return found

    return check


def measured_order(law: Evaluate, which: int) -> float:
    """Slope of log |law - eigenvalue| against log width, at a = 1/2 and kappa_w = 7."""
    errors = []
    for n in (100, 200, 400):
        gap = law(width=n, slope=HALF, weight_kurtosis=7) - eigenvalues(n, HALF, 7)[which]
        errors.append((float(n), float(sp.N(gap, 40))))
    return prove.slope(errors)


# --- the claim --------------------------------------------------------------------------------


def growth_at(width: int, slope: Any, weight_kurtosis: Any, depth: int) -> sp.Expr:
    """kappa_d/kappa_{d-1} at constant width from kappa_0 = 3, m_0 = 1: exact, by the recursion."""
    states = trajectory((width,) * depth, slope, weight_kurtosis, 3, 1)
    return states[-1][0] / states[-2][0]


def remainder(width: int, slope: Any, weight_kurtosis: Any, depth: int) -> float:
    """How far kappa_d/kappa_{d-1} is from lambda_max and from its expansion, relative; the larger.

    The block satisfies (A - lambda_max)(A - lambda_min) = 0, so kappa_d - lambda_max kappa_{d-1} =
    lambda_min^{d-1} (kappa_1 - lambda_max kappa_0): what the second mode leaves at depth d. To it
    comes the O(w^-4) of the expansion. Both exact, from the laws alone; 0 at kappa_w = 3.
    """
    reached = growth_at(width, slope, weight_kurtosis, depth)
    laws = (eigenvalues(width, slope, weight_kurtosis)[0],
            expansion_max(width, slope, weight_kurtosis))  # fmt: skip
    return max(float(sp.N(abs(reached / value - 1), 20)) for value in laws)


def second_mode(law: Evaluate) -> Finding:
    """kappa_d - lambda_max kappa_{d-1} is multiplied by lambda_min per layer: order by order."""
    kurt, pair = sp.symbols("kappa m", positive=True)
    vector = sp.Matrix([kurt, pair])
    rows = []
    for width, slope, kw in ((5, 0, 1), (24, HALF, 6), (10, 1, 1), (7, 0, 20)):
        matrix = block(width, anisotropy(slope), sp.sympify(kw))
        largest = law(width=width, slope=slope, weight_kurtosis=kw)
        smallest = matrix.trace() - largest
        gaps = [(matrix ** (k + 1) * vector)[0] - largest * (matrix**k * vector)[0] for k in (0, 1)]
        rows.append((f"w = {width}, a = {slope}, kappa_w = {kw}",
                     sp.expand(gaps[1] - smallest * gaps[0])))  # fmt: skip
    return prove.identities(
        rows,
        predicted="kappa_{d+1} - lambda_max kappa_d is lambda_min times the same below",
        found="the recursion from any kappa, m: growth settles as (lambda_min/lambda_max)^d",
    )


GROWTH_OF_PARTICLES = Estimand(
    "ratio",
    ("fourth", "fourth_before"),
    over="particle runs; annealed: E y^4 of the last layer over that of the layer below",
)


def _probe(name: str, widths: tuple[int, ...], weights: tuple[str, Any], **more: Any) -> Probe:
    """Growth of E y^4 from the last layer but one to the last, at one width (the last is free)."""
    slope, by = more.pop("slope", sp.Integer(0)), more.pop("by", "moment_growth")
    law, kw = weights
    width, depth = widths[0], len(widths) - 1
    direct = by == "moment_growth"
    return Probe(
        name=name,
        experiment=by,
        setup=he_setup(widths, slope, law, kw, **({"extra": {"lag": 1}} if direct else {})),
        at={"width": width, "slope": slope, "weight_kurtosis": kw},
        estimand=GROWTH if direct else GROWTH_OF_PARTICLES,
        margin=with_remainder(
            remainder(width, slope, kw, depth),
            f"second mode at depth {depth} (and, of the expansion, O(w^-4))",
        ),
        **more,
    )


def _variant(change: str) -> Any:
    def evaluate(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
        n, kw, aniso = sp.sympify(width), sp.sympify(weight_kurtosis), anisotropy(slope)
        exact = expansion_max(width, slope, weight_kurtosis)
        if change == "3r for 3r - 1":
            return exact + 1 / n
        if change == "second order dropped":
            return exact - 3 * aniso**2 * (kw - 3) / n**2
        t = 1 + (aniso * kw - 1) / n  # kappa_w - 1 for kappa_w - 3 in D
        return t / 2 + sp.sqrt(t**2 - 4 * aniso * (n - 1) * (kw - 1) / n**2) / 2

    return evaluate


LAMBDA = Claim(
    id="vev.lambda",
    title="growth of kurtosis per layer is 1 + (3r - 1)/w + O(1/w^2), whatever the weight law",
    source=PAPER.at(
        "makes Lemma 4.5 quantitative",
        "not in the document: both eigenvalues of the block, and their expansion in 1/w",
    ),
    kind="exact / asymptotic",
    laws=(
        Law(
            role="sharper",
            name="largest",
            formula=sp.Eq(LAMBDA_MAX, roots(w, r, kappa_w)[0]),
            parameters=PARAMETERS,
            words="largest eigenvalue of one layer's matrix; r = 2(a^4 + 1)/(a^2 + 1)^2",
            evaluate=lambda width, slope, weight_kurtosis: eigenvalues(
                width, slope, weight_kurtosis
            )[0],
            mutants=(
                Mutant("kappa_w - 1 for kappa_w - 3 in D", _variant("D")),
                Mutant("expansion taken for exact", expansion_max),
            ),
        ),
        Law(
            role="sharper",
            name="smallest",
            formula=sp.Eq(LAMBDA_MIN, roots(w, r, kappa_w)[1]),
            parameters=PARAMETERS,
            words="smallest eigenvalue: how fast the ratio kappa/m settles",
            evaluate=lambda width, slope, weight_kurtosis: eigenvalues(
                width, slope, weight_kurtosis
            )[1],
            mutants=(Mutant("always 0", lambda width, slope, weight_kurtosis: sp.Integer(0)),),
        ),
        Law(
            role="sharper",
            name="largest, wide layers",
            formula=sp.Eq(
                LAMBDA_MAX,
                1
                + (3 * r - 1) / w
                + 3 * r**2 * (kappa_w - 3) / w**2
                + 3 * r**2 * (kappa_w - 3) * (r * kappa_w - 6 * r + 1) / w**3,
                evaluate=False,
            ),
            parameters=PARAMETERS,
            words="largest eigenvalue for w >> kappa_w; the leading rate is free of kappa_w",
            evaluate=expansion_max,
            error="O(w^-4)",
            mutants=(
                Mutant("3r for 3r - 1", _variant("3r for 3r - 1")),
                Mutant("second order dropped", _variant("second order dropped")),
            ),
        ),
        Law(
            role="sharper",
            name="smallest, wide layers",
            formula=sp.Eq(
                LAMBDA_MIN,
                r * (kappa_w - 3) / w - 3 * r**2 * (kappa_w - 3) / w**2,
                evaluate=False,
            ),
            parameters=PARAMETERS,
            words="smallest eigenvalue in powers of 1/w",
            evaluate=expansion_min,
            error="O(w^-3)",
            mutants=(
                Mutant(
                    "kappa_w - 1 for kappa_w - 3",
                    lambda width, slope, weight_kurtosis: expansion_min(
                        width, slope, weight_kurtosis + 2
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        stated(
            "one width for all layers that are read",
            lambda p: len(set(p.get("widths", (1, 1))[:-1])) == 1,
        ),
    ),
    expected="holds",
    because=(
        "Trace and determinant of the 2 x 2 block give both eigenvalues; in wide layers the growth "
        "is 1 + (3r - 1)/w to leading order (ReLU: 1 + 5/w) and kappa_w enters at 1/w^2 only."
    ),
    proofs=(
        Proof(
            "roots",
            "symbolic",
            "trace and determinant, 3 x 3 and 2 x 2",
            roots_of_block(0),
            law="largest",
        ),
        Proof(
            "solver",
            "numeric",
            "a numerical eigenvalue solver, to 20 digits",
            examples(0),
            law="largest",
        ),
        Proof(
            "second mode",
            "exact",
            "what growth at finite depth leaves out, for any kappa and m",
            second_mode,
            law="largest",
        ),
        Proof(
            "roots, smallest",
            "symbolic",
            "trace and determinant, 3 x 3 and 2 x 2",
            roots_of_block(1),
            law="smallest",
        ),
        Proof(
            "solver, smallest",
            "numeric",
            "a numerical eigenvalue solver, to 20 digits",
            examples(1),
            law="smallest",
        ),
        Proof(
            "series",
            "symbolic",
            "the quadratic vanishes up to 1/w^3; the error has slope -4",
            series(0, 4),
            law="largest, wide layers",
        ),
        Proof(
            "series, smallest",
            "symbolic",
            "the quadratic vanishes up to 1/w^2; the error has slope -3",
            series(1, 3),
            law="smallest, wide layers",
        ),
    ),
    probes=(
        *(
            _probe(
                f"+-1 weights, w = {width}, particles",
                (width,) * 4,
                ("rademacher", 1),
                by="particles",
                laws=("largest",),
                why="growth from layer 2 to layer 3, against width",
                curve="width",
                x=width,
                tiers=TIERS if width < 24 else LATER,
            )
            for width in (8, 12, 16, 24)
        ),
        *(
            _probe(
                f"+-1 weights, w = {width}",
                (width,) * 3,
                ("rademacher", 1),
                laws=("largest", "largest, wide layers"),
                why="growth from layer 1 to layer 2 where a direct average keeps the rule",
                curve="width",
                x=width,
            )
            for width in (48, 64)
        ),
        _probe(
            "Gaussian weights, w = 24",
            (24, 48),
            ("gaussian", 3),
            laws=("largest", "largest, wide layers"),
            why="at kappa_w = 3 growth and expansion are exact from the first layer on",
        ),
        *(
            _probe(
                f"sparse weights, a = 1/2, {words}",
                widths,
                ("three_point", 6),
                slope=HALF,
                by=by,
                laws=("largest", "largest, wide layers"),
                tiers=tiers,
                why="kappa_w = 6",
            )
            for words, widths, by, tiers in (
                ("w = 24, particles", (24,) * 4, "particles", LATER),
                ("w = 40", (40,) * 3, "moment_growth", TIERS),
            )
        ),
    ),
    curves=(
        Curve(
            "width",
            "Growth of kurtosis per layer, He-ReLU, +-1 weights",
            "width",
            "lambda_max",
            (8, 10, 12, 14, 16, 20, 24, 32, 48, 64),
            lambda x: {"width": int(x), "slope": 0, "weight_kurtosis": 1},
            laws=("largest", "largest, wide layers"),
        ),
    ),
    remark="The 3 x 3 matrix has the further eigenvalue 1, of the constant that m = 1 + c absorbs.",
    see=("vev.lemma4.5", "vev.ratio_map"),
)
