"""The mean VNI at finite width, proved: laws and proofs of vn.quenched that are no expansion.

finite width   bounds from exact moments, every width and depth; narrow up to (qL+1)/N = 0.3
one layer      exact
gap            quenched minus annealed of one layer, exact
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove, ratio_bounds
from theory.schema import (
    Bounds,
    Choice,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    as_float,
    plain_number,
)
from theory.vanishing_nodes import rec_finite_width as rec

# --- the laws --------------------------------------------------------------------------------


def bounds(widths: Any, slope: int) -> Bounds:
    """E R given J != 0 of a linear (slope 1) or ReLU (slope 0) network lies between. Proved.

    Every width and depth. Narrow while the trace fluctuates little: to 1 % at (qL+1)/N = 0.3.
    """
    return Bounds(*ratio_bounds.mean_ratio(tuple(int(n) for n in widths), slope == 0))


def one_layer(inputs: Any, units: Any, slope: Any) -> Any:
    """E R of one Gaussian layer, linear (slope 1) or ReLU (slope 0, given J != 0). Exact.

    Linear: R and the trace are independent (Basu), so E R = E tr C^2/E (tr C)^2. ReLU: the k active
    rows form a linear layer, k binomial and not 0.

    >>> one_layer(7, 4, 1), one_layer(2, 1, 0)
    (2/5, 1)
    """
    n, m = sp.Integer(inputs), sp.Integer(units)
    if slope == 1:
        return (m + n + 1) / (m * n + 2)
    terms = (sp.binomial(m, k) * one_layer(n, k, 1) for k in range(1, int(m) + 1))
    return sum(terms) / (2**m - 1)


def gap(inputs: Any, units: Any, slope: Any) -> Any:
    """Quenched minus annealed of one layer; 0 for a linear one."""
    return one_layer(inputs, units, slope) - rec.annealed((inputs, units), slope)


def _mutated_bounds(change: str) -> Any:
    def evaluate(widths: Any, slope: int) -> Bounds:
        if change == "the annealed ratio":
            return Bounds(*(as_float(rec.annealed(widths, slope)),) * 2)
        if change == "the input not counted":
            return bounds((*widths[1:],), slope)
        return bounds(widths, 1)  # every unit active

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def on_sphere(inputs: int, units: int) -> Any:
    """E R of a units x inputs Gaussian matrix: R depends on the direction in R^d, d = units inputs.

    On the unit sphere R = tr (W W^T)^2, whose mean is the Gaussian one over d (d+2).
    """
    sum_sq, _, c = rec.wick_moments(units, inputs)
    d = units * inputs
    return sum_sq.subs(dict.fromkeys(c, 1)).subs(sp.Symbol("q"), 1) / (d * (d + 2))


def by_sphere(law: Any) -> Finding:
    """One layer, linear and ReLU: every subset of active rows, each a Gaussian matrix."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n, m in ((2, 2), (3, 2), (2, 3), (1, 3)):
            yield f"{n} -> {m}, linear", law(inputs=n, units=m, slope=1), on_sphere(n, m)
            subsets = [s for s in itertools.product((0, 1), repeat=m) if any(s)]
            found = sum(on_sphere(n, sum(s)) for s in subsets) / sp.Integer(len(subsets))
            yield f"{n} -> {m}, ReLU", law(inputs=n, units=m, slope=0), found

    return prove.cases(rows(), "every subset of active rows")


def by_eigenvalues(law: Any) -> Finding:
    """Two units: integral over the density of the eigenvalue share, and the same by quadrature."""
    u = sp.Symbol("u", positive=True)

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n in (3, 5, 7):  # density |2u-1| (u(1-u))^((n-3)/2), u the larger share
            density = (2 * u - 1) * (u * (1 - u)) ** ((n - 3) // 2)
            value = density * (u**2 + (1 - u) ** 2)
            half = sp.Rational(1, 2)
            exact = sp.integrate(value, (u, half, 1)) / sp.integrate(density, (u, half, 1))
            with mpmath.workdps(30):
                both = [
                    mpmath.quad(sp.lambdify(u, f, "mpmath"), [0.5, 1]) for f in (value, density)
                ]
                if abs(both[0] / both[1] - mpmath.mpf(sp.N(exact, 30))) > mpmath.mpf(10) ** -25:
                    raise ArithmeticError("integral and quadrature differ")
            yield f"{n} -> 2, linear", law(inputs=n, units=2, slope=1), exact

    return prove.cases(rows())


def ends(found: Bounds) -> tuple[Fraction, Fraction]:
    """Both ends as the fractions that they are: what is compared with them is compared exactly."""
    low, high = (Fraction(plain_number(end)) for end in (found.low, found.high))
    return low, high


def bounds_of_one_layer(law: Any) -> Finding:
    """The exact E R of one layer lies inside, and the bounds are narrow. In fractions."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n, m, slope in ((24, 24, 1), (7, 40, 1), (30, 24, 0)):
            low, high = ends(law(widths=(n, m), slope=slope))
            exact = plain_number(one_layer(n, m, slope))
            yield f"{n} -> {m}, a = {slope}: {float(exact):.6f} inside", low <= exact <= high
            yield f"{n} -> {m}, a = {slope}: to 2 %", high - low < exact / 50

    return prove.truth(facts(), predicted="proved bounds", found="(m+n+1)/(mn+2), and its mixture")


@functools.cache
def two_layers(n: int) -> Any:
    """E R of the linear network n -> 2 -> n, by quadrature over two Wishart shapes.

    Shapes diag(u, 1-u), diag(v, 1-v) at every angle: R = 1 - 2 det/t^2, and the mean over the angle
    of 1/(x cos^2 + y sin^2)^2 is (x+y)/(2 (xy)^(3/2)), x = uv + (1-u)(1-v), y = 1 - x.
    """

    def density(u: Any) -> Any:
        return (2 * u - 1) * (u * (1 - u)) ** ((n - 3) // 2)

    def value(u: Any, v: Any) -> Any:
        x = u * v + (1 - u) * (1 - v)
        det = u * (1 - u) * v * (1 - v)
        return density(u) * density(v) * (1 - det / mpmath.sqrt(x * (1 - x)) ** 3)

    with mpmath.workdps(15):
        ends = [mpmath.mpf("0.5"), mpmath.mpf("0.75"), 1]
        return mpmath.quad(value, ends, ends) / mpmath.quad(density, ends) ** 2


def bounds_of_two_layers(law: Any) -> Finding:
    """A second road to two layers: n -> 2 -> n by quadrature."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n in (31, 41):
            low, high = as_float(law(widths=(n, 2, n), slope=1))
            found = float(two_layers(n))
            yield f"{n} -> 2 -> {n}: {found:.6f}", low - 1e-9 <= found <= high + 1e-9
            yield f"{n} -> 2 -> {n}: to 0.1 %", high - low < 1e-3 * found

    return prove.truth(facts(), predicted="proved bounds", found="quadrature over two shapes")


def gap_by_sphere(law: Any) -> Finding:
    """Quenched from the sphere, annealed from the multiplied-out products."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n, m in ((2, 2), (3, 2)):
            sum_sq, sq_trace, c = rec.wick_moments(m, n)
            ratio = (sum_sq / sq_trace).subs(dict.fromkeys(c, 1))
            found = sum(sp.binomial(m, k) * on_sphere(n, k) for k in range(1, m + 1)) / (2**m - 1)
            relu = found - ratio.subs(sp.Symbol("q"), 2)
            linear = on_sphere(n, m) - ratio.subs(sp.Symbol("q"), 1)
            yield f"{n} -> {m}, linear", law(inputs=n, units=m, slope=1), linear
            yield f"{n} -> {m}, ReLU", law(inputs=n, units=m, slope=0), relu

    return prove.cases(rows())


# --- what the claim takes from here ----------------------------------------------------------

LAYER = (
    Parameter("inputs", Integers(1), "n, width of the input"),
    Parameter("units", Integers(1, 2000), "m, units of the layer"),
    Parameter("slope", Choice((0, 1)), "1: linear, 0: ReLU (given that a unit is active)"),
)
A_low, V_mean = sp.symbols("A_- v")
R_A = rec.R_A
m, n, k = sp.symbols("m n k")

LAWS = (
    Law(
        role="sharper",
        name="finite width",
        formula=sp.And(sp.Le(A_low, rec.E(rec.R_sq)), sp.Le(rec.E(rec.R_sq), A_low + V_mean)),
        parameters=(rec.LAYERS, LAYER[2]),
        words=(
            "proved bounds of the mean VNI at given widths: A_- = E tr C^2 (1 - V(tr C))/"
            "(tr C)^2 and v = E V(tr C) for a polynomial V >= 0, V(0) = 1, V'(0) = 0"
        ),
        evaluate=bounds,
        mutants=tuple(
            Mutant(name, _mutated_bounds(name))
            for name in ("the annealed ratio", "the input not counted", "all units active")
        ),
    ),
    Law(
        role="sharper",
        name="one layer",
        formula=sp.Eq(
            rec.E(rec.R_sq),
            sp.Sum(sp.binomial(m, k) * (k + n + 1) / (k * n + 2), (k, 1, m)) / (2**m - 1),
        ),
        parameters=LAYER,
        words="mean VNI of one layer, exact: shown for ReLU; (m+n+1)/(mn+2) for a linear one",
        evaluate=one_layer,
        mutants=(
            Mutant(
                "the annealed ratio",
                lambda inputs, units, slope: rec.annealed((inputs, units), slope),
            ),
            Mutant(
                "dead networks counted as R = 0",
                lambda inputs, units, slope: (
                    one_layer(inputs, units, slope)
                    * (1 if slope == 1 else 1 - sp.Rational(1, 2 ** int(units)))
                ),
            ),
            Mutant(
                "mn in place of mn + 2",
                lambda inputs, units, slope: sp.Rational(inputs + units + 1, inputs * units),
            ),
        ),
    ),
    Law(
        role="sharper",
        name="gap",
        formula=sp.Eq(
            rec.E(rec.R_sq) - R_A,
            rec.E(rec.tr(rec.C**2) / rec.tr(rec.C) ** 2)
            - rec.E(rec.tr(rec.C**2)) / rec.E(rec.tr(rec.C) ** 2),
        ),
        parameters=LAYER,
        words="quenched minus annealed VNI of one layer: 0 if linear, positive for ReLU",
        evaluate=gap,
        mutants=(
            Mutant("no gap", lambda inputs, units, slope: sp.Integer(0)),
            Mutant("opposite sign", lambda inputs, units, slope: -gap(inputs, units, slope)),
        ),
    ),
)

PROOFS = (
    Proof(
        "one layer inside",
        "rigorous",
        "the bounds are narrow and hold the exact mean of one layer, linear and ReLU",
        bounds_of_one_layer,
        law="finite width",
    ),
    Proof(
        "two layers inside",
        "numeric",
        "n -> 2 -> n by quadrature over the shapes of two Wishart matrices",
        bounds_of_two_layers,
        law="finite width",
    ),
    Proof(
        "sphere",
        "exact",
        "one layer: moments on the sphere, every subset of active rows",
        by_sphere,
        law="one layer",
    ),
    Proof(
        "eigenvalue density",
        "exact",
        "two units: integral over the Wishart density",
        by_eigenvalues,
        law="one layer",
    ),
    Proof(
        "gap of one layer",
        "exact",
        "quenched and annealed of small layers, each by its own road",
        gap_by_sphere,
        law="gap",
    ),
)
