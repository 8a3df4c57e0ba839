"""Products of random matrices in the basis where a layer is a number: zonal polynomials.

C -> D W C W^T D with rotation invariant W is diagonal in the zonal polynomials Z_kappa of C, at
every width and degree (James 1964; Muirhead 1982, section 7.2). kappa runs over the partitions of
the degree; box j of row i (from 0) has content c = 2j - i. Scaled to E tr C kept, the eigenvalue is

    prod (1 + c/m)                          m linear units, Gaussian weights
    E_r prod 2 (r + c)/m                    m ReLU units, r of them active (binomial)
    the same without masks divided out      Haar weights: prod (1 + c/m) divides

From these follow all moments of tr C, and the means of tr C^2 (tr C)^j: the generator G of
`power_sums` has the same eigenvectors, with eigenvalue rho = sum of the contents, and
G p_1^k = k (k-1) p_2 p_1^(k-2).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

from theory.maths import power_sums

Shape = tuple[int, ...]  # a partition, largest part first
Fractions = tuple[Fraction, ...]
REACH = 16  # degrees 2..REACH extrapolate to degree 0: enough for polynomials of degree 14


def shapes(degree: int, largest: int | None = None) -> Iterator[Shape]:
    """The partitions of a degree.

    >>> list(shapes(3))
    [(3,), (2, 1), (1, 1, 1)]
    """
    if degree == 0:
        yield ()
    for first in range(min(degree, largest or degree), 0, -1):
        for rest in shapes(degree - first, first):
            yield (first, *rest)


def contents(shape: Shape) -> tuple[int, ...]:
    """2j - i of every box.

    >>> contents((3, 1))
    (0, 2, 4, -1)
    """
    return tuple(2 * j - i for i, row in enumerate(shape) for j in range(row))


@functools.cache
def start_weight(shape: Shape) -> Fraction:
    """Z_kappa at p_1 = 1, p_2 = p_3 = .. = 0: 2^k k!/prod (2a+l+1)(2a+l+2), arms a and legs l.

    For each degree the weights sum to 1, as p_1^k = sum of Z_kappa. At C = I/n, Z_kappa is this
    weight times prod (1 + c/n): the input counts as a linear layer of its own.

    >>> [str(start_weight(shape)) for shape in shapes(2)]
    ['1/3', '2/3']
    """
    columns = [sum(1 for row in shape if row > j) for j in range(max(shape, default=0))]
    below = 1
    for i, row in enumerate(shape):
        for j in range(row):
            arm, leg = row - j - 1, columns[j] - i - 1
            below *= (2 * arm + leg + 1) * (2 * arm + leg + 2)
    degree = sum(shape)
    return Fraction(2**degree * math.factorial(degree), below)


# --- the series in tau = qL/N and its next order ---------------------------------------------


def at_degree_zero(values: list[Fraction], first: int = 2) -> Fraction:
    """Polynomial extrapolation to k = 0 of values at k = first, first + 1, ...: Newton."""
    found, j = Fraction(0), 0
    while values:  # (0 - first)(0 - first - 1).. over j!
        found += (-1) ** j * math.comb(j + first - 1, j) * values[0]
        values = [b - a for a, b in itertools.pairwise(values)]
        j += 1
    return found


@functools.cache
def mean_ratio(order: int) -> Fractions:
    """Coefficients of tau^0..tau^order of f(tau) = <e^(tau rho)>, the mean of p_2/p_1^2.

    <X> is sum_kappa weight rho X/(k(k-1)), a polynomial in k, at k = 0: the mean of p_2 p_1^(k-2).

    >>> [str(c) for c in mean_ratio(4)]
    ['0', '1', '1/2', '-11/6', '-71/24']
    """
    return tuple(_extrapolated(n, False) / math.factorial(n) for n in range(order + 1))


@functools.cache
def next_order(order: int, slope: int) -> Fractions:
    """Coefficients of g(tau) in E R = f(tau) + g(tau)/N + O(1/N^2), tau = (qL + 1)/N.

    From the logarithm of the eigenvalues. A linear layer (and the input): rho/N - S/(2 N^2), where
    S = sum of c^2, so g = -(tau/2) <S e^(tau rho)>. A ReLU layer given that r units are active,
    scaled by r: E 1/r = (2/N)(1 + 1/N), so 2 rho/N + (2 rho - 2 S)/N^2 and g = tau f' - tau <S
    e^(tau rho)>; what the input adds is of order 1/N^2.

    >>> [str(c) for c in next_order(3, 1)], [str(c) for c in next_order(3, 0)]
    (['0', '-1/2', '7/2', '43/4'], ['0', '0', '8', '16'])
    """
    spread = [Fraction(0)] + [
        _extrapolated(n, True) / math.factorial(n) for n in range(order)
    ]  # of tau <S e^(tau rho)>
    if slope == 1:
        return tuple(-c / 2 for c in spread)
    return tuple(n * f - c for n, (f, c) in enumerate(zip(mean_ratio(order), spread, strict=True)))


@functools.cache
def mean_square(order: int) -> Fractions:
    """Coefficients of tau^0..tau^order of the mean of R^2, R = p_2/p_1^2: `square_share` at k = 0.

    >>> [str(c) for c in mean_square(5)]
    ['0', '0', '1', '1', '-25/12', '-193/60']
    """
    return tuple(_of_square(n, False) / math.factorial(n) for n in range(order + 1))


@functools.cache
def next_order_square(order: int, slope: int) -> Fractions:
    """Coefficients of the order 1/N of the mean of R^2 at tau = (qL + 1)/N: see `next_order`.

    >>> [str(c) for c in next_order_square(3, 1)], [str(c) for c in next_order_square(3, 0)]
    (['0', '0', '-1', '5/2'], ['0', '0', '0', '8'])
    """
    spread = [Fraction(0)] + [_of_square(n, True) / math.factorial(n) for n in range(order)]
    if slope == 1:
        return tuple(-c / 2 for c in spread)
    return tuple(n * f - c for n, (f, c) in enumerate(zip(mean_square(order), spread, strict=True)))


def square_share(k: int, rho: int, squares: int) -> Fraction:
    """The factor of Z_kappa in p_2^2 p_1^(k-4), k >= 4 boxes; rho = sum of c, squares = S.

    In p_2 p_1^(k-2) it is rho/(k(k-1)), in p_3 p_1^(k-3) (3/4)(S - rho - k(k-1))/(k(k-1)(k-2)); and
    G p_2 p_1^j = p_1^(j+2) + p_2 p_1^j + 4j p_3 p_1^(j-1) + j(j-1) p_2^2 p_1^(j-2).
    """
    ratio = Fraction(rho, k * (k - 1))
    cubic = Fraction(3 * (squares - rho - k * (k - 1)), 4 * k * (k - 1) * (k - 2))
    return ((rho - 1) * ratio - 1 - 4 * (k - 2) * cubic) / ((k - 2) * (k - 3))


@functools.cache
def _of_square(power: int, with_squares: bool) -> Fraction:
    """<rho^power> or <rho^power S> at k = 0 for p_2^2 p_1^(k-4), in place of p_2 p_1^(k-2)."""
    values = []
    for k in range(4, REACH + 1):
        total = Fraction(0)
        for weight, rho, squares in _table(k):
            share = square_share(k, rho, squares)
            total += weight * share * rho**power * (squares if with_squares else 1)
        values.append(total)
    return at_degree_zero(values, first=4)


@functools.cache
def _extrapolated(power: int, with_squares: bool) -> Fraction:
    """<rho^power>, or <rho^power S>; their polynomials in k have degree at most 12 to power 12."""
    values = []
    for degree in range(2, REACH + 1):
        total = Fraction(0)
        for weight, rho, squares in _table(degree):
            total += weight * rho ** (power + 1) * (squares if with_squares else 1)
        values.append(total / (degree * (degree - 1)))
    return at_degree_zero(values)


@functools.cache
def _table(degree: int) -> tuple[tuple[Fraction, int, int], ...]:
    """(start weight, rho, sum of c^2) of every shape."""
    rows = ((start_weight(s), contents(s)) for s in shapes(degree))
    return tuple((weight, sum(c), sum(x * x for x in c)) for weight, c in rows)


# --- exact means of functions of degree at most 5 --------------------------------------------


@functools.cache
def projections(monomial: power_sums.Monomial) -> dict[Shape, power_sums.Function]:
    """The components of a product of power sums in the eigenspaces of G (degree at most 5).

    There the eigenvalues rho are all different, so prod (G - rho')/(rho - rho') projects.
    """
    degree = monomial[0] + sum(monomial[1])
    rho = {shape: sum(contents(shape)) for shape in shapes(degree)}
    if len(set(rho.values())) != len(rho):
        raise ValueError(f"degree must be at most 5 for distinct eigenvalues; got {degree}")
    found = {}
    for shape, own in rho.items():
        function: power_sums.Function = {monomial: Fraction(1)}
        for other in rho.values():
            if other != own:
                after = power_sums.generator(function)
                function = {
                    m: (after.get(m, Fraction(0)) - other * function.get(m, Fraction(0)))
                    / (own - other)
                    for m in {*after, *function}
                }
        found[shape] = {m: c for m, c in function.items() if c}
    return found


def value(function: power_sums.Function, sums: tuple[Fraction | int, ...]) -> Fraction:
    """A function at p_1, p_2, .. = sums."""
    total = Fraction(0)
    for (power, parts), c in function.items():
        term = c * Fraction(sums[0]) ** power
        for k in parts:
            term *= sums[k - 1]
        total += term
    return total


@functools.cache
def eigenvalue(shape: Shape, units: int, slope: Fraction, weights: str, masked: bool) -> Fraction:
    """The factor of one layer on Z_kappa (degree at most 5) that keeps E tr C.

    weights: "gaussian", or "haar" (square). masked: fair independent slopes {1, slope}.
    """
    degree = sum(shape)
    free = Fraction(1)  # Z(I_m) over weight m^k
    for c in contents(shape):
        free *= Fraction(units + c, units)
    divisor = free if weights == "haar" else Fraction(1)
    if not masked or slope == 1:
        return free / divisor
    zonal, start = projections((degree, ()))[shape], start_weight(shape)
    mean, sq = Fraction(0), slope**2
    for active in range(units + 1):
        sums = tuple(active + (units - active) * sq**k for k in range(1, degree + 1))
        mean += Fraction(math.comb(units, active), 2**units) * value(zonal, sums)
    return mean / start / (units * (1 + sq) / 2) ** degree / divisor


def mean(
    monomial: power_sums.Monomial,
    widths: tuple[int, ...],
    slope: Fraction,
    weights: str = "gaussian",
    readout: str = "post",
    start: tuple[Fraction | int, ...] = (),
) -> Fraction:
    """E of p_1^e prod p_k of a network's C = J J^T, scaled so that E p_1 = 1. Exact, degree <= 5.

    start: p_1, p_2, .. (p_1 = 1) of an input covariance S, for C = J S J^T; widths[0] counts then
    for nothing.

    >>> mean((0, (2,)), (7, 4), Fraction(1)) / mean((2, ()), (7, 4), Fraction(1))
    Fraction(2, 5)
    """
    total = Fraction(0)
    for shape, part in projections(monomial).items():
        term = value(part, start or (1,) + (0,) * 5)
        if not start:
            term *= eigenvalue(shape, widths[0], Fraction(1), "gaussian", False)
        for layer, units in enumerate(widths[1:], start=1):
            masked = readout == "post" or layer < len(widths) - 1
            term *= eigenvalue(shape, units, slope, weights, masked)
        total += term
    return total
