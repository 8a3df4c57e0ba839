"""Any weights: the recursion of Proposition 4.3 as a one-dimensional map of the ratio kappa/m.

    vev.ratio_map   rho' = 3 + (kappa_w - 3) r rho/(r rho + w - 1), and m' = m (1 + (r rho - 1)/w)

With P = r kappa/w and Q = (1 - 1/w) m the recursion is kappa' = kappa_w P + 3 Q, m' = P + Q: the
new ratio rho' = kappa'/m' is an average of kappa_w and 3 with weights P and Q.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import LATER, TIERS, Claim, Curve, Evaluate, Finding, Law, Mutant, Probe, Proof
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, WIDTH, a, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import (
    IID_WEIGHTS,
    INPUT_EXISTS,
    INPUT_KURTOSIS,
    POSITIVE_PAIR,
    SIGN_SYMMETRIC,
    WIDTHS_READ,
    kurtosis_probe,
)
from theory.vanishing_variance.recursion import anisotropy, step, trajectory

m_l, rho = sp.symbols("m_l rho", positive=True)
r = sp.Symbol("r", positive=True)


def next_ratio(ratio: Any, width: Any, aniso: Any, weight_kurtosis: Any) -> Any:
    """rho' = 3 + (kappa_w - 3) r rho/(r rho + w - 1): an average of kappa_w and 3.

    >>> next_ratio(1, 2, 2, 1), next_ratio(5, 1, 2, 4)
    (5/3, 4)
    """
    drive = sp.sympify(aniso * ratio)
    return 3 + (weight_kurtosis - 3) * drive / (drive + width - 1)


def by_ratio(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, input_pair: Any
) -> sp.Expr:
    """kappa_d = rho_d m_d by the ratio map: m' = m (1 + (r rho - 1)/w), rho' as next_ratio. Exact.

    >>> by_ratio((2, 2, 3, 3), 0, 1, 3, 1), by_ratio((3, 3, 2, 2), 0, 1, 3, 1)
    (34, 30)
    """
    aniso, kw = anisotropy(slope), sp.sympify(weight_kurtosis)
    pair = sp.sympify(input_pair)
    ratio = sp.sympify(input_kurtosis) / pair
    for width in widths:
        pair = pair * (1 + (aniso * ratio - 1) / sp.Integer(width))
        ratio = next_ratio(ratio, width, aniso, kw)
    return ratio * pair


def _plain_average(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any, input_pair: Any
) -> sp.Expr:
    aniso, kw = anisotropy(slope), sp.sympify(weight_kurtosis)
    pair = sp.sympify(input_pair)
    ratio = sp.sympify(input_kurtosis) / pair
    for width in widths:
        pair = pair * (1 + (aniso * ratio - 1) / sp.Integer(width))
        ratio = kw / sp.Integer(width) + 3 * (1 - sp.Rational(1, width))
    return ratio * pair


def positive_root(n: Any, aniso: Any, kw: Any) -> sp.Expr:
    """The positive root of r rho^2 + (w - 1 - r kappa_w) rho - 3 (w - 1) = 0."""
    half = (aniso * kw - n + 1) / 2
    return (half + sp.sqrt(half**2 + 3 * aniso * (n - 1))) / aniso


def fixed_ratio(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """rho_inf > 0: r rho^2 + (w - 1 - r kappa_w) rho - 3 (w - 1) = 0, the ratio at great depth.

    At w = 1 it is kappa_w. The growth per layer there is lambda_max = 1 + (r rho_inf - 1)/w.

    >>> fixed_ratio(7, 0, 3), fixed_ratio(1, 0, 2)
    (3, 2)
    """
    return positive_root(sp.sympify(width), anisotropy(slope), sp.sympify(weight_kurtosis))


def ratio_identities(law: Evaluate) -> Finding:
    """The map from the recursion, kappa' - 3 m' = (kappa_w - 3) r kappa/w, and the law itself."""
    kurt, pair = step((rho * m_l, m_l), w, r, kappa_w)
    at = {
        "slope": a,
        "weight_kurtosis": kappa_w,
        "input_kurtosis": rho * m_l,
        "input_pair": m_l,
    }
    states = trajectory((5, 2), a, kappa_w, rho * m_l, m_l)
    differences = (
        ("rho'", kurt / pair - next_ratio(rho, w, r, kappa_w)),
        ("m'", pair - m_l * (1 + (r * rho - 1) / w)),
        ("kappa' - 3 m'", kurt - 3 * pair - (kappa_w - 3) * r * rho * m_l / w),
        ("law at widths (5,)", law(widths=(5,), **at) - states[1][0]),
        ("law at widths (5, 2)", law(widths=(5, 2), **at) - states[2][0]),
    )
    return prove.identities(
        # over one denominator first: expanding these rational functions would take minutes
        [(name, sp.cancel(sp.together(difference))) for name, difference in differences],
        predicted="rho' = 3 + (kappa_w - 3) r rho/(r rho + w - 1)",
        found="the recursion, for all a, kappa_w, rho, m, w",
    )


@functools.cache
def literal() -> tuple[tuple[tuple[int, ...], Fraction, Fraction, Fraction], ...]:
    """(widths, slope, kappa_w, kurtosis) of literal networks whose orders of widths differ."""
    grid: list[tuple[en.Law, tuple[int, ...]]]
    grid = [(en.SIGN, widths) for widths in ((2, 3, 1), (3, 2, 1), (2, 3, 2), (1, 3, 2))]
    grid += [(en.THREE_POINT, widths) for widths in ((1, 2, 2), (2, 1, 2), (3, 2))]
    return tuple(
        (
            widths,
            slope,
            en.kurtosis(weights),
            en.unit_kurtosis(
                en.network(en.iid(en.THREE_POINT, widths[0]), widths[1:], weights, en.leaky(slope))
            ),
        )
        for weights, widths in grid
        for slope in (Fraction(0), Fraction(1, 2), Fraction(-1))
    )


def ratio_enumerated(law: Evaluate) -> Finding:
    """Every weight matrix of literal networks; inputs of kurtosis 2."""
    return prove.cases(
        (
            f"widths {widths}, a = {slope}, kappa_w = {kw}",
            law(
                widths=widths[:-1], slope=slope, weight_kurtosis=kw, input_kurtosis=2, input_pair=1
            ),
            found,
        )
        for widths, slope, kw, found in literal()
    )


def order_matters(law: Evaluate) -> Finding:
    """The same widths in three orders, by the matrices A^(l) of the document, 3 by 3."""

    def matrices(widths: tuple[int, ...], kw: int) -> Any:
        state = sp.Matrix([3, 0, 1])  # kappa_0 = 3, c_0 = 0, sigma = 1
        for n in map(sp.Integer, widths):
            state = sp.Matrix([[2 * kw / n, 3 * (n - 1) / n, 3 * (n - 1) / n],
                               [2 / n, (n - 1) / n, -1 / n], [0, 0, 1]]) * state  # fmt: skip
        return state[0]

    orders = ((2, 2, 3, 3), (2, 3, 2, 3), (3, 3, 2, 2))
    return prove.cases(
        (
            f"widths read {widths}, kappa_w = {kw}",
            law(widths=widths, slope=0, weight_kurtosis=kw, input_kurtosis=3, input_pair=1),
            matrices(widths, kw),
        )
        for kw in (1, 3)
        for widths in orders
    )


def two_modes(law: Evaluate) -> Finding:
    """Constant width: c_+ lambda_+^d u_+ + c_- lambda_-^d u_-, u = (rho, 1), against the law."""
    rows = []
    for width, slope, kw, d in ((5, 0, 1, 4), (3, 1, 1, 5), (4, sp.Rational(1, 2), 6, 3)):
        aniso = anisotropy(slope)
        block = sp.Matrix(
            [
                [aniso * kw / width, 3 * (1 - sp.Rational(1, width))],
                [aniso / width, 1 - sp.Rational(1, width)],
            ]
        )
        modes = [(value, vectors[0]) for value, _, vectors in block.eigenvects()]
        basis = sp.Matrix.hstack(*(u / u[1] for _, u in modes))
        weights = basis.solve(sp.Matrix([3, 1]))
        kurt = sum(c * value**d * u[0] / u[1] for c, (value, u) in zip(weights, modes, strict=True))
        for value, u in modes:
            rows.append((f"w = {width}: rho", (1 + width * (value - 1)) / aniso, u[0] / u[1]))
        rows.append(
            (
                f"w = {width}, a = {slope}, kappa_w = {kw}, d = {d}",
                law(
                    widths=(width,) * d,
                    slope=slope,
                    weight_kurtosis=kw,
                    input_kurtosis=3,
                    input_pair=1,
                ),
                sp.simplify(sp.radsimp(sp.expand(kurt))),
            )
        )
    return prove.cases(rows)


POINTS = (
    (5, Fraction(0), Fraction(3)),
    (2, Fraction(0), Fraction(1)),
    (10, Fraction(1), Fraction(1)),
    (3, Fraction(1, 2), Fraction(8)),
    (1, Fraction(1, 2), Fraction(5)),
)


@functools.cache
def iterated(width: int, slope: Fraction, kw: Fraction) -> Any:
    """kappa_l/m_l of the recursion after many layers, to 25 digits."""
    with mpmath.workdps(40):
        aniso = mpmath.mpf(sp.N(anisotropy(slope), 40))
        kurt, pair = mpmath.mpf(3), mpmath.mpf(1)
        for _ in range(150):
            p, q = aniso * kurt / width, (1 - mpmath.mpf(1) / width) * pair
            kurt, pair = mpmath.mpf(kw.numerator) / kw.denominator * p + 3 * q, p + q
            kurt, pair = kurt / pair, mpmath.mpf(1)
        return kurt


def fixed_point(law: Evaluate) -> Finding:
    """The ratio of the recursion after 150 layers."""
    return prove.close(
        (
            (
                f"w = {n}, a = {slope}, kappa_w = {kw}",
                law(width=n, slope=slope, weight_kurtosis=kw),
                iterated(n, slope, kw),
            )
            for n, slope, kw in POINTS
        ),
        digits=20,
    )


def fixed_point_algebra(law: Evaluate) -> Finding:
    """rho_inf solves the map, and 1 + (r rho_inf - 1)/w is an eigenvalue of the 2 x 2 block."""
    value = law(width=w, slope=a, weight_kurtosis=kappa_w)
    aniso = anisotropy(a)
    growth = 1 + (aniso * value - 1) / w
    block = sp.Matrix([[aniso * kappa_w / w, 3 * (1 - 1 / w)], [aniso / w, 1 - 1 / w]])
    quadratic = aniso * value**2 + (w - 1 - aniso * kappa_w) * value - 3 * (w - 1)
    residue = quadratic.subs({w: 5, a: sp.Rational(1, 2), kappa_w: 2})
    if abs(sp.N(residue, 30)) > 1e-20:  # a plain no, sooner than simplification would find it
        return Finding(False, str(value), "the quadratic's root", f"residue {residue} at w = 5")
    return prove.identities(
        [
            ("r rho^2 + (w - 1 - r kappa_w) rho - 3 (w - 1)", quadratic),
            ("determinant of the block - lambda", (block - growth * sp.eye(2)).det()),
        ],
        predicted="rho_inf",
        found="fixed point of the map and eigenvalue of the block, for all w, a, kappa_w",
    )


# --- the claim --------------------------------------------------------------------------------


def _ratio_probe(name: str, widths: tuple[int, ...], kw: Any, **more: Any) -> Probe:
    """Particles unless `by` says otherwise: the narrow layers here bear no direct average."""
    weights = "rademacher" if kw == 1 else "three_point"
    by = more.pop("by", "particles")
    last, slope = more.pop("last", 12), more.pop("slope", 0)
    return kurtosis_probe(
        name, widths, slope, (weights, kw), by=by, last=last, laws=("sharper",), **more
    )


RATIO_MAP = Claim(
    id="vev.ratio_map",
    title="kappa/m follows a one-dimensional map; each layer averages kappa_w and 3",
    source=PAPER.at(
        "solves the recursion of Proposition 4.3",
        "not in the document: a map of the ratio kappa/m, its fixed point, and the order of widths",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(sp.Symbol("rhoprime"), next_ratio(rho, w, r, kappa_w), evaluate=False),
            parameters=(WIDTHS_READ, SLOPE, WEIGHT_KURTOSIS, INPUT_KURTOSIS, POSITIVE_PAIR),
            words="kurtosis rho_d m_d with m' = m (1 + (r rho - 1)/w), r = 2(a^4 + 1)/(a^2 + 1)^2",
            evaluate=by_ratio,
            mutants=(
                Mutant("average with weights 1/w and 1 - 1/w", _plain_average),
                Mutant(
                    "order of the widths ignored",
                    lambda widths, **v: by_ratio(tuple(sorted(widths)), **v),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="fixed point",
            formula=sp.Eq(sp.Symbol("rho_*"), positive_root(w, r, kappa_w)),
            parameters=(WIDTH, SLOPE, WEIGHT_KURTOSIS),
            words="the ratio kappa/m at great depth and constant width",
            evaluate=fixed_ratio,
            mutants=(
                Mutant("always 3", lambda width, slope, weight_kurtosis: sp.Integer(3)),
                Mutant(
                    "3 w for 3 (w - 1)",
                    lambda width, slope, weight_kurtosis: (
                        fixed_ratio(width, slope, weight_kurtosis) + sp.Rational(1) / width
                    ),
                ),
                Mutant(
                    "average at rho = 3",
                    lambda width, slope, weight_kurtosis: next_ratio(
                        3, width, anisotropy(slope), sp.sympify(weight_kurtosis)
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        INPUT_EXISTS,
        SIGN_SYMMETRIC,
    ),
    expected="holds",
    because=(
        "Both entries of the recursion are combinations of the same two terms P and Q, so their "
        "ratio is an average of kappa_w and 3; the rest is one-dimensional."
    ),
    proofs=(
        Proof(
            "map",
            "symbolic",
            "the map and the drift of m from the recursion",
            ratio_identities,
            law="sharper",
        ),
        Proof(
            "enumeration",
            "exact",
            "literal networks, as fractions",
            ratio_enumerated,
            law="sharper",
        ),
        Proof(
            "order of widths",
            "exact",
            "the same widths in another order: other kurtosis if kappa_w = 1, the same if 3",
            order_matters,
            law="sharper",
        ),
        Proof(
            "two modes",
            "exact",
            "the eigen-decomposition of the constant-width recursion, in exact radicals",
            two_modes,
            law="sharper",
        ),
        Proof(
            "fixed point",
            "symbolic",
            "rho_inf solves the map and gives an eigenvalue of the block",
            fixed_point_algebra,
            law="fixed point",
        ),
        Proof(
            "great depth",
            "numeric",
            "the recursion iterated for 150 layers, to 20 digits",
            fixed_point,
            law="fixed point",
        ),
    ),
    probes=(
        *(
            _ratio_probe(
                f"kappa_w = {kw}",
                (16, 16),
                kw,
                why="from +-1 weights to sparse ones",
                curve="weight kurtosis",
                x=float(kw),
                tiers=TIERS if kw == 1 else LATER,
            )
            for kw in (1, 2, 4, 8)
        ),
        _ratio_probe("narrow first", (12, 48), 1, why="the order of widths matters"),
        _ratio_probe(
            "wide first", (48, 12), 1, why="the same widths the other way round", tiers=LATER
        ),
        *(
            _ratio_probe(
                f"kappa_w = 4, phi = |x|, {words}",
                (24, 24),
                4,
                by=by,
                last=48,
                slope=-1,
                tiers=tiers,
                why="two layers by two methods, which must agree",
            )
            for words, by, tiers in (
                ("directly", "unit_moments", TIERS),
                ("particles", "particles", LATER),
            )
        ),
    ),
    curves=(
        Curve(
            "weight kurtosis",
            "Kurtosis of one unit after two layers of width 16, ReLU",
            "kurtosis of one weight",
            "kurtosis",
            tuple(1 + i / 2 for i in range(0, 17)),
            lambda x: {
                "widths": (16, 16),
                "slope": 0,
                "weight_kurtosis": x,
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            laws=("sharper",),
        ),
    ),
    remark=(
        "At kappa_w = 3 alone the order of the widths is irrelevant. With ReLU and +-1 weights the "
        "widths (2, 2, 3, 3), (2, 3, 2, 3), (3, 3, 2, 2) give kappa_4 = 34, 112/3, 30."
    ),
    see=("vev.prop4.3", "vev.closed_gauss", "vev.lambda"),
)
