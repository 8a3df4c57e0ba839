"""Powers of one layer's matrix: Lemma 4.6.

    vev.lemma4.6   the four parameters of A^m tend to infinity with m, w > 1 as in Lemma 4.4

One vector proves it. With g = r(3w - 3 + kappa_w) - w, which is -w^2 times the characteristic
polynomial at 1 (vev.lemma4.5), A v > v in both entries for v = (1/r + g/(2 r w), 1); so A^m v
grows geometrically, and with it every column of A^m.
"""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

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
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, WIDTH, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.lem45_eigenvalue import block, r
from theory.vanishing_variance.probes import IID_WEIGHTS
from theory.vanishing_variance.recursion import anisotropy

NAMES = ("alpha", "beta", "gamma", "delta")
ENTRY = Parameter("entry", Choice(NAMES), "which parameter of A^m")
POWER = Parameter("power", Integers(1, 250, draw_to=30), "m")
LAYER = (WIDTH, SLOPE, WEIGHT_KURTOSIS)
m = sp.Symbol("m", integer=True, positive=True)
DELTA = sp.IndexedBase("delta")
plus, minus = sp.symbols("lambda_max lambda_min", real=True)
A, I = sp.symbols("A I", commutative=False)  # noqa: E741 (the identity, as everybody writes it)


def layer(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Matrix:
    """[[alpha_1, beta_1], [gamma_1, delta_1]] of one layer. Exact."""
    return block(width, anisotropy(slope), sp.sympify(weight_kurtosis))


def named(matrix: sp.Matrix, entry: str) -> sp.Expr:
    """The entry of a 2 x 2 matrix by the document's letter."""
    return matrix[NAMES.index(entry) // 2, NAMES.index(entry) % 2]


def root_powers(trace: Any, det: Any, power: int) -> tuple[Any, Any]:
    """(u_m, u_{m+1}), u_m = (l_+^m - l_-^m)/(l_+ - l_-), without a root, in log m steps. Exact.

    u_0 = 0, u_1 = 1 and u_{m+1} = tr u_m - det u_{m-1}; hence u_{2m} = u_m (2 u_{m+1} - tr u_m) and
    u_{2m+1} = u_{m+1}^2 - det u_m^2. At trace 1 and determinant -1 these are Fibonacci's numbers.

    >>> root_powers(1, -1, 10)
    (55, 89)
    """
    if power == 0:
        return sp.Integer(0), sp.Integer(1)
    low, high = root_powers(trace, det, power // 2)
    even, odd = low * (2 * high - trace * low), high**2 - det * low**2
    return (odd, trace * odd - det * even) if power % 2 else (even, odd)


def power_entry(width: Any, slope: Any, weight_kurtosis: Any, entry: str, power: int) -> sp.Expr:
    """An entry of A^m = u_m A - det(A) u_{m-1} I, u_m as in `root_powers`. Exact.

    >>> power_entry(2, 0, 1, "delta", 2)
    7/4
    """
    one = layer(width, slope, weight_kurtosis)
    trace, det = one.trace(), one.det()
    below, here = root_powers(trace, det, power - 1)
    return here * named(one, entry) - det * below * named(sp.eye(2), entry)


def leading(width: Any, slope: Any, weight_kurtosis: Any, entry: str) -> sp.Expr:
    """lim A^m/lambda_max^m = (A - lambda_min I)/(lambda_max - lambda_min), one entry. Exact.

    >>> leading(2, 0, 1, "alpha"), leading(1, 0, 3, "beta")
    (3/5, 0)
    """
    one = layer(width, slope, weight_kurtosis)
    trace = one.trace()
    gap = sp.sqrt(trace**2 - 4 * one.det())
    return (named(one, entry) - (trace - gap) / 2 * named(sp.eye(2), entry)) / gap


def _perron_sums(width: Any, slope: Any, weight_kurtosis: Any, entry: str) -> sp.Expr:
    """x_i y_j with the entries of x and of y adding up to 1, as Appendix D has it."""
    entries = [leading(width, slope, weight_kurtosis, name) for name in NAMES]
    i, j = divmod(NAMES.index(entry), 2)
    return (entries[2 * i] + entries[2 * i + 1]) * (entries[j] + entries[j + 2]) / sum(entries) ** 2


def _largest(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    one = layer(width, slope, weight_kurtosis)
    return (one.trace() + sp.sqrt(one.trace() ** 2 - 4 * one.det())) / 2


def _one_power_less(width: Any, slope: Any, weight_kurtosis: Any, entry: str) -> sp.Expr:
    at = (width, slope, weight_kurtosis)
    return leading(*at, entry) / _largest(*at)


def _double_root(width: Any, slope: Any, weight_kurtosis: Any, entry: str, power: int) -> sp.Expr:
    at = (width, slope, weight_kurtosis)
    return power * _largest(*at) ** (power - 1) * named(layer(*at), entry)


def printed_delta(width: Any, slope: Any, weight_kurtosis: Any, power: int) -> sp.Expr:
    """gamma_m beta_1 + delta_m delta_2: delta_{m+1} as the proof prints it, delta_2 that of A^2."""
    at = (width, slope, weight_kurtosis)
    return power_entry(*at, "gamma", power) * power_entry(*at, "beta", 1) + power_entry(
        *at, "delta", power
    ) * power_entry(*at, "delta", 2)


# --- proofs ----------------------------------------------------------------------------------

POINTS = tuple(
    itertools.product(
        (2, 3, 17), (Fraction(0), Fraction(1, 2), Fraction(-1)), (Fraction(1), Fraction(7))
    )
)


def stretched(law: Evaluate) -> Finding:
    """A v - v > 0 for an explicit v > 0, for all w >= 2, r >= 1, kappa_w >= 1.

    Every column of A is at least some c v, c > 0, as all entries of A are positive; so column j of
    A^(m + 1) is at least c (1 + eps)^m v with eps = min over entries of (A v - v)/v.
    """
    g = r * (3 * w - 3 + kappa_w) - w
    v = sp.Matrix([1 / r + g / (2 * r * w), 1])
    grown = block(w, r, kappa_w) * v - v
    wider, s, t = sp.symbols("u s t", nonnegative=True)
    shifted = sp.Poly(sp.expand(g.subs({w: 2 + wider, r: 1 + s, kappa_w: 1 + t})), wider, s, t)
    return prove.truth(
        [
            ("first entry of A v - v is g (1 + r kappa_w/w)/(2 r w)",
             prove.is_zero(grown[0] - g * (1 + r * kappa_w / w) / (2 * r * w))),
            ("second entry of A v - v is g/(2 w^2)",
             prove.is_zero(grown[1] - g / (2 * w**2))),
            (f"g = {shifted.as_expr()} > 0 at w = 2 + u, r = 1 + s, kappa_w = 1 + t",
             bool(all(c > 0 for c in shifted.coeffs()) and shifted.nth(0, 0, 0) > 0)),
            *((f"the law: {entry} at w = {n}, a = {slope}, kappa_w = {kw}",
               law(width=n, slope=slope, weight_kurtosis=kw, entry=entry) == sp.oo)
              for (n, slope, kw), entry in itertools.product(POINTS, NAMES)),
        ],
        predicted="all four parameters tend to infinity",
        found="A v >= (1 + eps) v with v > 0, eps > 0, and all entries of A positive",
    )  # fmt: skip


def one_unit(law: Evaluate) -> Finding:
    """w = 1: A = [[r kappa_w, 0], [r, 0]], A^m = (r kappa_w)^(m - 1) A."""
    one = block(1, r, kappa_w)
    if sp.simplify(one * one - r * kappa_w * one) != sp.zeros(2):
        return Finding(None, "", "", "A^2 = r kappa_w A could not be reduced")
    limits = {
        (kw, entry): sp.oo if entry in ("alpha", "gamma") and 2 * kw > 1 else sp.Integer(0)
        for kw in (1, 3)
        for entry in NAMES
    }
    return prove.truth(
        (
            (f"{entry} at w = 1, a = 0, kappa_w = {kw}",
             bool(law(width=1, slope=0, weight_kurtosis=kw, entry=entry) == limit))
            for (kw, entry), limit in limits.items()
        ),
        predicted="all four parameters tend to infinity",
        found="beta_m = delta_m = 0 for every m",
    )  # fmt: skip


@functools.cache
def multiplied(width: int, slope: Fraction, kw: Fraction, power: int) -> sp.Matrix:
    """A^m by m multiplications, in fractions."""
    one, result = layer(width, slope, kw), sp.eye(2)
    for _ in range(power):
        result = one * result
    return result


def by_products(law: Evaluate) -> Finding:
    """A^m multiplied out, m up to 13, width 1 as well."""
    grid = itertools.product((*POINTS, (1, Fraction(0), Fraction(2))), (1, 2, 5, 13), NAMES)
    return prove.cases(
        (
            f"w = {n}, a = {slope}, kappa_w = {kw}: {entry} of A^{power}",
            law(width=n, slope=slope, weight_kurtosis=kw, entry=entry, power=power),
            named(multiplied(n, slope, kw, power), entry),
        )
        for (n, slope, kw), power, entry in grid
    )


@functools.cache
def scaled_power(width: int, slope: Fraction, kw: Fraction, power: int) -> Any:
    """A^m/lambda_max^m with 50 digits, by repeated multiplication."""
    with mpmath.workdps(50):
        one = mpmath.matrix(
            [[mpmath.mpf(e.p) / e.q for e in row] for row in layer(width, slope, kw).tolist()]
        )
        trace, det = one[0, 0] + one[1, 1], one[0, 0] * one[1, 1] - one[0, 1] * one[1, 0]
        return (one / ((trace + mpmath.sqrt(trace**2 - 4 * det)) / 2)) ** power


def scaled(law: Evaluate) -> Finding:
    """A^m/lambda_max^m at m = 4096, to 20 digits."""
    return prove.close(
        (
            (
                f"w = {n}, a = {slope}, kappa_w = {kw}: {entry}",
                law(width=n, slope=slope, weight_kurtosis=kw, entry=entry),
                scaled_power(n, slope, kw, 4096)[divmod(NAMES.index(entry), 2)],
            )
            for (n, slope, kw), entry in itertools.product(POINTS, NAMES)
        ),
        digits=20,
    )


def projection(law: Evaluate) -> Finding:
    """P = (A - l_- I)/(l_+ - l_-): A P = l_+ P, and A = l_+ P + l_- (I - P), P^2 = P.

    So A^m = l_+^m P + l_-^m (I - P), for any matrix with these roots; and |l_-| < l_+ as their sum,
    the trace, is positive. The law is P.
    """
    x, y = plus, minus
    two = sp.Matrix(
        [
            [x + y - sp.Symbol("d"), sp.Symbol("b")],
            [(sp.Symbol("d") * (x + y - sp.Symbol("d")) - x * y) / sp.Symbol("b"), sp.Symbol("d")],
        ]
    )  # any matrix of trace x + y and determinant x y
    p = (two - y * sp.eye(2)) / (x - y)
    zero = [(two * p - x * p), (p * p - p), (two - x * p - y * (sp.eye(2) - p))]
    if any(gap.applyfunc(sp.cancel) != sp.zeros(2) for gap in zero):
        return Finding(None, "", "", "the projection identities could not be reduced")
    rows = []
    for n, slope, kw in POINTS:
        one = layer(n, slope, kw)
        roots = sorted(one.eigenvals(multiple=True), key=sp.N)
        for entry in NAMES:
            found = named(one - roots[0] * sp.eye(2), entry) / (roots[1] - roots[0])
            predicted = law(width=n, slope=slope, weight_kurtosis=kw, entry=entry)
            rows.append((f"w = {n}, a = {slope}, kappa_w = {kw}: {entry}", predicted, found))
    return prove.cases(rows)


def delta_step(law: Evaluate) -> Finding:
    """delta of A^(m + 1), multiplied out."""
    return prove.cases(
        (
            f"w = {n}, a = {slope}, kappa_w = {kw}, m = {power}",
            law(width=n, slope=slope, weight_kurtosis=kw, power=power),
            multiplied(n, slope, kw, power + 1)[1, 1],
        )
        for (n, slope, kw), power in itertools.product(POINTS[:6], (1, 4))
    )


# --- the claim -------------------------------------------------------------------------------


def _tends(entries: tuple[str, ...]) -> Any:
    return lambda width, slope, weight_kurtosis, entry: sp.oo if entry in entries else sp.Integer(1)


CLAIM = Claim(
    id="vev.lemma4.6",
    title="all four parameters of A^m tend to infinity with m",
    source=PAPER.at(
        "Lemma 4.6",
        "alpha_m, beta_m, gamma_m, delta_m of the m-th power of any A^(l), in the form from Lemma "
        "4.4 (which has w > 1), go to infinity",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Limit(sp.Function("alpha")(m), m, sp.oo), sp.oo, evaluate=False),
            parameters=(*LAYER, ENTRY),
            words="limit of alpha_m, and likewise of beta_m, gamma_m, delta_m",
            evaluate=_tends(NAMES),
            mutants=(
                Mutant("delta bounded", _tends(("alpha", "beta", "gamma"))),
                Mutant("beta and delta bounded", _tends(("alpha", "gamma"))),
                Mutant(
                    "bounded for kappa_w < 3",
                    lambda width, slope, weight_kurtosis, entry: (
                        sp.oo if weight_kurtosis >= 3 else sp.Integer(1)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="power",
            formula=sp.Eq(
                A**m,
                (plus**m - minus**m) / (plus - minus) * A
                - plus * minus * (plus ** (m - 1) - minus ** (m - 1)) / (plus - minus) * I,
                evaluate=False,
            ),
            parameters=(*LAYER, ENTRY, POWER),
            words="the four parameters of every power, from the two roots (Cayley-Hamilton)",
            evaluate=power_entry,
            mutants=(
                Mutant("m lambda_max^(m - 1) A", _double_root),
                Mutant(
                    "one power fewer",
                    lambda width, slope, weight_kurtosis, entry, power: power_entry(
                        width, slope, weight_kurtosis, entry, max(power - 1, 1)
                    ),
                ),
                Mutant(
                    "second term forgotten",
                    lambda width, slope, weight_kurtosis, entry, power: (
                        power_entry(width, slope, weight_kurtosis, entry, power)
                        + (
                            power_entry(width, slope, weight_kurtosis, "beta", power - 1)
                            if power > 1 and entry in ("alpha", "delta")
                            else 0
                        )
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="rate",
            formula=sp.Eq(
                sp.Limit(A**m / plus**m, m, sp.oo),
                (A - minus * I) / (plus - minus),
                evaluate=False,
            ),
            parameters=(*LAYER, ENTRY),
            words="how they grow: each like its own constant times lambda_max^m",
            evaluate=leading,
            mutants=(
                Mutant("x y^T, both adding up to 1 (Appendix D)", _perron_sums),
                Mutant("lambda_max^(m - 1)", _one_power_less),
            ),
        ),
        Law(
            role="proof-step",
            name="delta recursion",
            formula=sp.Eq(
                DELTA[m + 1],
                sp.IndexedBase("gamma")[m] * sp.Symbol("beta_1") + DELTA[m] * DELTA[2],
            ),
            parameters=(*LAYER, POWER),
            words="delta_{m+1} as case 1 of the proof prints it (delta_1 is meant for delta_2)",
            evaluate=printed_delta,
            mutants=(
                Mutant(
                    "delta_m alone",
                    lambda width, slope, weight_kurtosis, power: power_entry(
                        width, slope, weight_kurtosis, "delta", power
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        stated(
            "w >= 2 where a limit is taken (Lemma 4.4, whose form the lemma uses)",
            lambda p: p.get("width", 2) >= 2 or "power" in p,
        ),
    ),
    expected="holds",
    because=(
        "For w >= 2 the 2 x 2 block has positive entries and stretches an explicit positive "
        "vector. (At w = 1, which Lemma 4.4 excludes, two of the four are 0 in every power.)"
    ),
    proofs=(
        Proof(
            "a stretched vector",
            "symbolic",
            "A v > v for an explicit v, all w >= 2, a, kappa_w",
            stretched,
        ),
        Proof(
            "width 1",
            "symbolic",
            "A^2 = r kappa_w A, whose second column is zero",
            one_unit,
            point={"width": 1},
        ),
        Proof("products", "exact", "A^m multiplied out in fractions", by_products, law="power"),
        Proof(
            "projection",
            "symbolic",
            "A^m = l_+^m P + l_-^m (I - P) for any 2 x 2 matrix; P from exact roots",
            projection,
            law="rate",
        ),
        Proof("m = 4096", "numeric", "A^m/lambda_max^m to 20 digits", scaled, law="rate"),
        Proof(
            "delta recursion",
            "exact",
            "delta of A^(m + 1), multiplied out",
            delta_step,
            law="delta recursion",
        ),
    ),
    curves=(
        Curve(
            "power",
            "delta of A^m, He-ReLU, +-1 weights, w = 10",
            "power m",
            "delta",
            range(1, 21),
            lambda x: {
                "width": 10,
                "slope": 0,
                "weight_kurtosis": 1,
                "entry": "delta",
                "power": int(x),
            },
            laws=("power",),
            log_y=True,
        ),
    ),
    remark=(
        "That 'the same can be proven' for w = 1 (after Theorem 4.7) is read of the theorem: this "
        "lemma fails there whatever a and kappa_w are. Proof gap: that "
        "the norm of A^m tends to infinity does not make one entry do so without an argument that "
        "entries do not take turns. Slips: delta_{m+1} = gamma_m beta_1 + "
        "delta_m delta_2 should have delta_1; beta_m > delta_m should be >=, as in Lemma 4.4; "
        "case 1 writes A A^m for gamma and A^m A for delta."
    ),
    see=("vev.lemma4.4", "vev.lemma4.5", "vev.appD", "vev.thm4.7"),
)
