"""Mean square and variance of the VNI over networks: laws and proofs of vn.quenched.spread.

second moment, variance   coefficients of tau^k, N -> infinity at fixed tau = qL/N
next order                of E R^2, the coefficients of the term 1/N
bounds                    Var R at given widths, proved (theory/maths/square_bounds.py)
one layer                 Var R, a fraction
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import power_sums, prove, square_bounds, zonal
from theory.schema import Bounds, Finding, as_float
from theory.vanishing_nodes import mean_bounds
from theory.vanishing_nodes import rec_finite_width as rec

tau = sp.Symbol("tau", positive=True)

# --- the laws --------------------------------------------------------------------------------


def second_moment(order: int) -> Any:
    """The coefficient of tau^order in E R^2, N -> infinity at fixed tau = qL/N. Exact."""
    return power_sums.mean_square(int(order))[int(order)]


def variance(order: int) -> Any:
    """The coefficient of tau^order in Var R = E R^2 - (E R)^2. Exact.

    >>> [str(variance(k)) for k in range(6)]
    ['0', '0', '0', '0', '4/3', '68/15']
    """
    return _variance(int(order))[int(order)]


def _variance(order: int, **part: bool) -> tuple[Fraction, ...]:
    mean = power_sums.mean_ratio(order, **part)
    squares = power_sums.mean_square(order, **part)
    return tuple(a - b for a, b in zip(squares, power_sums.product(mean, mean), strict=True))


def next_order(order: int, slope: int) -> Any:
    """The coefficient of tau^order in the 1/N term of E R^2, tau = (qL+1)/N. Exact."""
    return zonal.next_order_square(int(order), int(slope))[int(order)]


def bounds(widths: Any, slope: int) -> Bounds:
    """Var R given J != 0 of a linear (slope 1) or ReLU (slope 0) network lies between. Proved.

    Every width and depth; to 1 % up to (qL+1)/N = 0.15, if layers of a ReLU are wider than 60.
    """
    return Bounds(*square_bounds.variance(tuple(int(n) for n in widths), slope == 0))


def one_layer(inputs: Any, units: Any, slope: Any) -> Any:
    """Var R of one Gaussian layer n -> m, linear or ReLU (given J != 0). Exact.

    Linear: 4 (m-1)(m+2)(n-1)(n+2)/((mn+2)^2 (mn+4)(mn+6)). ReLU: k active rows, k binomial and not
    0, form a linear layer; the variance of its mean adds to the mean of its variance.

    >>> one_layer(7, 4, 1), one_layer(7, 4, 0)
    (27/6800, 3381869/67447500)
    """
    n, m = sp.Integer(inputs), sp.Integer(units)
    if slope == 1:
        scale = (m * n + 2) ** 2 * (m * n + 4) * (m * n + 6)
        return 4 * (m - 1) * (m + 2) * (n - 1) * (n + 2) / scale
    square, total = sp.Integer(0), 2**m - 1
    for k in range(1, int(m) + 1):
        square += sp.binomial(m, k) * (one_layer(n, k, 1) + mean_bounds.one_layer(n, k, 1) ** 2)
    return square / total - mean_bounds.one_layer(n, m, 0) ** 2


# --- mutants ---------------------------------------------------------------------------------


def without(law: str, **part: bool) -> Any:
    """Coefficients from a generator that lacks a part."""
    series = power_sums.mean_square if law == "second moment" else _variance
    return lambda order: series(int(order), **part)[int(order)]


def mutated_bounds(change: str) -> Any:
    """Wrong versions of `bounds`."""

    def evaluate(widths: Any, slope: int) -> Bounds:
        if change == "the leading order alone":
            time = (rec.spread(slope) * (len(widths) - 1) + 1) / sp.Integer(widths[0])
            return Bounds(*(sp.Rational(4, 3) * time**4,) * 2)
        if change == "the input not counted":
            return bounds(widths[1:], slope)
        return bounds(widths, 1)  # every unit active

    return evaluate


def mutated_layer(change: str) -> Any:
    """Wrong versions of `one_layer`."""

    def evaluate(inputs: Any, units: Any, slope: Any) -> Any:
        if change == "k not random":
            return one_layer(inputs, units, 1)
        if change == "second moment":
            return (
                one_layer(inputs, units, slope) + mean_bounds.one_layer(inputs, units, slope) ** 2
            )
        n, m = sp.Integer(inputs), sp.Integer(units)
        return one_layer(inputs, units, slope) * (m * n + 6) / (m * n + 2)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def moment_by_pairings(law: Any) -> Finding:
    """To tau^3, from all pairings of Gaussian entries, with masks: powers of q, as tau = qL/N."""
    q = power_sums.q
    return prove.cases(
        (f"tau^{k}", law(order=k) * q**k, found)
        for k, found in enumerate(power_sums.wick_series(2))
    )


def moment_by_differentiation(law: Any) -> Finding:
    """To tau^5, by symbolic differentiation."""
    return prove.cases(
        (f"tau^{k}", law(order=k), found) for k, found in enumerate(power_sums.differentiated(2))
    )


def moment_by_shapes(law: Any) -> Finding:
    """To tau^10, the zonal road: eigenvalues of a layer, extrapolated to degree 0."""
    return prove.cases(
        (f"tau^{k}", law(order=k), found) for k, found in enumerate(zonal.mean_square(10))
    )


def variance_by_differentiation(law: Any) -> Finding:
    """Both moments by symbolic differentiation, to tau^5; the first term is of order tau^4."""
    mean, square = power_sums.differentiated(), power_sums.differentiated(2)
    first = sum(c * tau**k for k, c in enumerate(mean))
    squared = sp.Poly(first**2, tau)
    return prove.cases(
        (f"tau^{k}", law(order=k), c - squared.coeff_monomial(tau**k)) for k, c in enumerate(square)
    )


def variance_by_shapes(law: Any) -> Finding:
    """Both moments by the zonal road, to tau^10."""
    mean = zonal.mean_ratio(10)
    rest = power_sums.product(mean, mean)
    return prove.cases(
        (f"tau^{k}", law(order=k), a - b)
        for k, (a, b) in enumerate(zip(zonal.mean_square(10), rest, strict=True))
    )


EIGHTH = Fraction(1, 8)  # (qL + 1)/N of the networks below
DOUBLING = {1: ((16, 1), (32, 3), (64, 7)), 0: ((40, 2), (72, 4), (104, 6))}  # (N, L) by slope


@functools.cache
def _proved(width: int, depth: int, slope: int) -> tuple[Any, Any]:
    return square_bounds.mean_square((width,) * (depth + 1), slope == 0)


@functools.cache
def _leading() -> Any:
    return power_sums.borel(power_sums.mean_square(power_sums.ORDER), EIGHTH)


def next_order_by_proved_bounds(law: Any) -> Finding:
    """E R^2 - f_2 - g_2/N is of order N^-2, g_2 summed from the candidate's coefficients."""

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (1, 0):
            coefficients = (law(order=k, slope=slope) for k in range(power_sums.ORDER + 1))
            series = tuple(Fraction(str(prove.exact(c))) for c in coefficients)
            correction = power_sums.borel(series, EIGHTH)
            for end in (0, 1):
                rest = [
                    (n, _proved(n, depth, slope)[end] - _leading() - correction / n)
                    for n, depth in DOUBLING[slope]
                ]
                order = prove.slope(rest)
                sizes = ", ".join(f"{mpmath.nstr(r, 3)} (N = {n})" for n, r in rest)
                yield f"a = {slope}: {sizes}: N^{order:.2f}", -2.5 < order < -1.5

    return prove.truth(
        facts(),
        predicted="E R^2 - f_2(tau) - g_2(tau)/N = O(1/N^2)",
        found="proved bounds of E R^2 as N doubles, tau = 1/8",
    )


def bounds_of_one_layer(law: Any) -> Finding:
    """The exact variance of one layer lies inside, and the bounds are narrow."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n, m, slope in ((12, 40, 1), (64, 64, 0)):
            low, high = as_float(law(widths=(n, m), slope=slope))
            found = as_float(one_layer(n, m, slope))
            label = f"{n} -> {m}, a = {slope}: {found:.6g}"
            yield f"{label} inside", low * (1 - 1e-12) <= found <= high * (1 + 1e-12)
            yield f"{label} to 1 %", high - low < 0.01 * found

    return prove.truth(facts(), predicted="proved bounds", found="the fraction of one layer")


def layer_on_a_grid(law: Any) -> Finding:
    """Linear: E p_2^2 is of degree 4 in m and in n, so 25 exact values prove it for all m, n."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        one = Fraction(1)
        for n in range(1, 6):
            for m in range(1, 6):
                square = zonal.mean((0, (2, 2)), (n, m), one) / zonal.mean((4, ()), (n, m), one)
                ratio = zonal.mean((0, (2,)), (n, m), one) / zonal.mean((2, ()), (n, m), one)
                yield f"{n} -> {m}", law(inputs=n, units=m, slope=1), square - ratio**2

    return prove.cases(rows(), "R and the trace are independent (Basu)")


@functools.cache
def square_on_sphere(inputs: int, units: int) -> Any:
    """E R^2 of a units x inputs Gaussian matrix: (tr (W W^T)^2)^2 multiplied out, over E |W|^8."""
    entries = sp.symbols(f"w1:{units * inputs + 1}")
    w = sp.Matrix(units, inputs, entries)
    quartic = sp.Poly(sum(x**2 for x in w * w.T), *entries)
    total = sp.Integer(0)
    for powers, c in (quartic**2).terms():
        if all(power % 2 == 0 for power in powers):
            total += c * sp.prod([sp.factorial2(power - 1) for power in powers if power])
    d = units * inputs
    return total / (d * (d + 2) * (d + 4) * (d + 6))


def layer_by_sphere(law: Any) -> Finding:
    """Linear and ReLU, every subset of active rows: all products of weights."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n, m in ((2, 2), (3, 2), (2, 3)):
            linear = square_on_sphere(n, m) - mean_bounds.on_sphere(n, m) ** 2
            yield f"{n} -> {m}, linear", law(inputs=n, units=m, slope=1), linear
            ways = [(sp.binomial(m, k), k) for k in range(1, m + 1)]
            mean, square = (
                sum(c * moment(n, k) for c, k in ways) / sp.Integer(2**m - 1)
                for moment in (mean_bounds.on_sphere, square_on_sphere)
            )
            yield f"{n} -> {m}, ReLU", law(inputs=n, units=m, slope=0), square - mean**2

    return prove.cases(rows(), "every number of active rows")


def layer_by_eigenvalues(law: Any) -> Finding:
    """Two units: integrals over the Wishart density of the larger share u."""
    u, half = sp.Symbol("u", positive=True), sp.Rational(1, 2)

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n in (3, 5, 7):
            density = (2 * u - 1) * (u * (1 - u)) ** ((n - 3) // 2)
            mass, first, second = (
                sp.integrate(density * (u**2 + (1 - u) ** 2) ** k, (u, half, 1)) for k in range(3)
            )
            found = second / mass - (first / mass) ** 2
            yield f"{n} -> 2, linear", law(inputs=n, units=2, slope=1), found

    return prove.cases(rows())
