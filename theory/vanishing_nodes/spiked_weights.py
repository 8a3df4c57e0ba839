"""Linear layers W = G + s u u^T with random G: exact means of signals and VNI. No Claim in here.

squares    E |W|_F^2 = N sigma_w^2
trace      E tr C, C = J J^T
annealed   E tr C^2/E (tr C)^2

G has N x N independent entries of mean 0 and variance 1/N, u is of length 1, the same in all layers
and independent of G. With t = tr C and p = u^T C u, the mean over G of W C W^T is
(t/N) I + s^2 p u u^T, so one layer takes (t, p) to (t + s^2 p, t/N + s^2 p), for every law of the
entries. The squares need their fourth moment, that of a Gaussian; they close in
(tr C^2, t^2, t p, p^2, u^T C^2 u). From C = I: t = N, p = 1.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from theory.maths import enumeration, prove
from theory.schema import Finding
from theory.vanishing_nodes.effective_nodes import as_sympy, rational


def step(width: Any, spike: Any) -> sp.Matrix:
    """M: (t, p) of the next layer from that of one.

    >>> step(4, 2)
    Matrix([
    [  1, 4],
    [1/4, 4]])
    """
    square, size = sp.sympify(spike) ** 2, sp.sympify(width)
    return sp.Matrix([[1, square], [1 / size, square]])


def squares(width: Any, spike: Any) -> Any:
    """E |W|_F^2 = N + s^2: sigma_w^2 moves by s^2/N. Exact."""
    return int(width) + rational(spike) ** 2


def trace(width: Any, depth: Any, spike: Any) -> Fraction:
    """E tr J J^T. Exact at every N and L, for every law of the entries of G.

    >>> trace(4, 1, 2), trace(4, 2, 2)
    (Fraction(8, 1), Fraction(28, 1))
    """
    size, square = int(width), rational(spike) ** 2
    t, p = Fraction(size), Fraction(1)
    for _ in range(int(depth)):
        t, p = t + square * p, t / size + square * p
    return t


def second_moments(width: Any, depth: Any, spike: Any) -> tuple[Fraction, Fraction]:
    """(E tr C^2, E (tr C)^2) for Gaussian G. Exact.

    K = G C G^T: E K_ii^2 = v^2 (2a + b), E K_ij^2 = v^2 a, E K_ii K_jj = v^2 b, v = 1/N; beside it
    W C W^T has s (u g^T + g u^T) + s^2 p u u^T, g = G C u of covariance v r I. Odd powers of G
    drop.
    """
    n, square = int(width), rational(spike) ** 2
    v = Fraction(1, n)
    a, b, c, d, r = Fraction(n), Fraction(n * n), Fraction(n), Fraction(1), Fraction(1)
    for _ in range(int(depth)):
        top = square**2 * d
        a, b, c, d, r = (
            (1 + v) * a + v * b + 2 * square * ((1 + v) * r + v * c) + top,
            2 * v * a + b + 2 * square * (2 * v * r + c) + top,
            v * b + 2 * v**2 * a + square * (4 * v * r + (1 + v) * c) + top,
            v**2 * (2 * a + b) + square * (4 * v * r + 2 * v * c) + top,
            v**2 * ((n + 1) * a + b) + square * ((1 + 3 * v) * r + 2 * v * c) + top,
        )
    return a, b


def annealed(width: Any, depth: Any, spike: Any) -> Fraction:
    """E tr C^2/E (tr C)^2 for Gaussian G. Exact.

    >>> annealed(4, 1, 0), annealed(1, 3, 2)
    (Fraction(1, 2), Fraction(1, 1))
    """
    sum_sq, sq_trace = second_moments(width, depth, spike)
    return sum_sq / sq_trace


def log_variance(width: Any, depth: Any, spike: Any) -> float:
    """log E (tr C)^2/(E tr C)^2 for Gaussian G: 0 where the trace does not fluctuate."""
    _, sq_trace = second_moments(width, depth, spike)
    return float(sp.log(as_sympy(sq_trace / trace(width, depth, spike) ** 2)))


# --- every network ---------------------------------------------------------------------------

# (N, L, law of an entry of G, up to scale, in theory/maths/enumeration.py)
ANY_LAW = (
    (2, 1, "SIGN"),
    (2, 2, "SIGN"),
    (2, 3, "SIGN"),
    (3, 1, "SIGN"),
    (2, 2, "THREE_POINT"),
)
FOURTH_MOMENT_3 = (
    (1, 2, "GAUSS_LIKE"),
    (2, 1, "GAUSS_LIKE"),
    (2, 2, "GAUSS_LIKE"),
    (3, 1, "GAUSS_LIKE"),
)
SPIKES = (Fraction(0), Fraction(1, 2), Fraction(2))
DIRECTIONS = {1: (1,), 2: (1, 2), 3: (1, 1, 2)}  # u up to its length


@functools.cache
def matrices(size: int, law: str) -> tuple[Any, Any]:
    """(all matrices, their probabilities as whole numbers)."""
    drawn = list(enumeration.matrices(size, size, getattr(enumeration, law)))
    least = min(p for _, p in drawn)
    entries = np.array([[[int(e) for e in row] for row in w] for w, _ in drawn])
    return entries, np.array([int(p / least) for _, p in drawn])


@functools.cache
def counted(size: int, depth: int, law: str, spike: Fraction) -> tuple[Fraction, ...]:
    """(E tr C, E tr C^2, E (tr C)^2) over every G of every layer, multiplied out in whole numbers.

    W = root G + s u u^T, root^2 = 1/(N Var G): J = even + root odd, and what is odd in root has
    mean 0 (G -> -G). Layers are scaled by N b |d|^2, s = a/b and u = d/|d|.
    """
    k, d = int(1 / enumeration.moment(getattr(enumeration, law), 2)), np.array(DIRECTIONS[size])
    below = spike.denominator * int(d @ d)  # root^2 = k/N
    outer = size * spike.numerator * np.outer(d, d)
    g, chance = matrices(size, law)
    even, odd = np.eye(size, dtype=np.int64)[None], np.zeros((1, size, size), dtype=np.int64)
    weight = np.array([1])
    for _ in range(depth):
        up = [np.einsum("gij,rjk->grik", g, j).reshape(-1, size, size) for j in (even, odd)]
        kept = [np.tile(outer @ j, (len(g), 1, 1)) for j in (even, odd)]
        even, odd = kept[0] + k * below * up[1], kept[1] + size * below * up[0]
        weight = np.outer(chance, weight).reshape(-1)
    flip = (0, 2, 1)
    x = size * (even @ even.transpose(flip)) + k * (odd @ odd.transpose(flip))
    y = even @ odd.transpose(flip) + odd @ even.transpose(flip)  # N C = x + N root y
    assert max(np.abs(x).max(), np.abs(y).max()) < 2**50  # no product has overflowed
    x, y, weight = x.astype(object), y.astype(object), weight.astype(object)
    t, o = (np.trace(c, axis1=1, axis2=2) for c in (x, y))
    sum_sq = (x * x + k * size * y * y).sum((1, 2))
    unit = Fraction(1, size * (size * below) ** (2 * depth))
    return (
        (weight * t).sum() * unit / weight.sum(),
        (weight * sum_sq).sum() * unit**2 / weight.sum(),
        (weight * (t * t + k * size * o * o)).sum() * unit**2 / weight.sum(),
    )


def cases(networks: tuple[tuple[int, int, str], ...]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """(label, arguments, means) of every network and spike."""
    for size, depth, law in networks:
        for s in SPIKES:
            at = {"width": size, "depth": depth, "spike": s}
            yield f"N = {size}, L = {depth}, s = {s}", at, counted(size, depth, law, s)


def every_square(law: Any) -> Finding:
    """|W|_F^2 of every matrix: the trace of one layer."""
    return prove.cases(
        (label, law(width=at["width"], spike=at["spike"]), found[0])
        for label, at, found in cases(ANY_LAW) if at["depth"] == 1
    )  # fmt: skip


def every_trace(law: Any) -> Finding:
    """tr J J^T of every network of +-1 and of three-point entries."""
    return prove.cases((label, law(**at), found[0]) for label, at, found in cases(ANY_LAW))


def words(law: Any) -> Finding:
    """Every layer shows either G or the spike: N s^{2k} N^-r for k spikes in r runs.

    G takes any C to (tr C/N) I, and a run of j spikes takes c I to s^{2j} c u u^T.
    """

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for size, depth, s in ((7, 0, 2), (1, 3, 2), (200, 50, 2), (20, 9, 1), (7, 4, 3)):
            found = Fraction(size) + sum(
                Fraction(s ** (2 * k) * math.comb(k - 1, r - 1) * math.comb(depth - k + 1, r),
                         size ** (r - 1))
                for k in range(1, depth + 1) for r in range(1, k + 1)
            )  # fmt: skip
            at = {"width": size, "depth": depth, "spike": s}
            yield f"N = {size}, L = {depth}, s = {s}", law(**at), found

    return prove.cases(rows())


def every_ratio(law: Any) -> Finding:
    """Both squares of every network whose entries have the fourth moment of a Gaussian."""
    return prove.cases(
        (label, law(**at), found[1] / found[2]) for label, at, found in cases(FOURTH_MOMENT_3)
    )
