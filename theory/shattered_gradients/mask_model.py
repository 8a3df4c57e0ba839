"""The document's model made exact: masks that do not depend on the weights, and small real nets.

Gradients g = J^T r with E r r^T = I, so that moments are those of the Jacobian J: everything here
is `E g_i[n] g_j[n]` for each unit n of layer 0, weights of variance 2/N, in fractions.

plain:     g_{l-1} = W^T D g_l                      (the mask D above the weights)
residual:  g_{l-1} = skip g_l + branch D W^T g_l    (the mask D of the block's input)
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

Mask = tuple[int, ...]
Matrix = tuple[tuple[int, ...], ...]
SIGNS = (-1, 1)


# --- fixed masks, every width and depth ------------------------------------------------------


def typical_masks(width: int, layers: int) -> list[tuple[Mask, Mask]]:
    """Masks of two inputs in each layer as Assumption 1 asks; `width` a multiple of 4.

    Half of the units on for each input, a quarter for both; the pattern moves from layer to layer.

    >>> typical_masks(4, 1)
    [((1, 1, 0, 0), (1, 0, 1, 0))]
    """
    first = tuple(int(n < width // 2) for n in range(width))
    second = tuple(int(n % 2 == 0) for n in range(width))
    order = [[(n * step) % width for n in range(width)] for step in (1, 3)]
    return [
        tuple(tuple(mask[n] for n in order[layer % 2]) for mask in (first, second))  # type: ignore[misc]
        for layer in range(layers)
    ]


def plain(pairs: Sequence[tuple[Mask, Mask]]) -> list[Fraction]:
    """K[n] = E g_i[n] g_j[n] at layer 0 below the given masks (bottom first). Exact.

    E W^T A W = (2/N) tr(A) I, so the second-moment matrix is a multiple of the identity.
    """
    width = len(pairs[0][0])
    k = [Fraction(1)] * width
    for a, b in reversed(pairs):
        k = [Fraction(2, width) * sum(x * y * v for x, y, v in zip(a, b, k, strict=True))] * width
    return k


def residual(
    pairs: Sequence[tuple[Mask, Mask]], *, skip_sq: Any = 1, branch_sq: Sequence[Any] | Any = 1
) -> list[Any]:
    """K[n] = E g_i[n] g_j[n] at layer 0, below blocks with the given input masks (bottom first).

    K -> skip^2 K + branch^2 (2/N) tr(K) D_i D_j: the cross terms are linear in a weight of mean
    zero. branch_sq may hold one value for each block.
    """
    width = len(pairs[0][0])
    shares = branch_sq if isinstance(branch_sq, list | tuple) else [branch_sq] * len(pairs)
    k: list[Any] = [Fraction(1)] * width
    for (a, b), share in zip(reversed(pairs), reversed(shares), strict=True):
        spread = share * Fraction(2, width) * sum(k, start=Fraction(0))
        k = [skip_sq * v + spread * x * y for v, x, y in zip(k, a, b, strict=True)]
    return k


def variance_and_covariance(
    width: int, depth: int, *, skip_sq: Any = 1, branch_sq: Any = 1
) -> tuple[Any, Any]:
    """Means over the units of E g_i^2 and E g_i g_j for a residual net with typical masks."""
    masks = typical_masks(width, depth)
    same = residual([(a, a) for a, _ in masks], skip_sq=skip_sq, branch_sq=branch_sq)
    both = residual(masks, skip_sq=skip_sq, branch_sq=branch_sq)
    return sum(same, start=Fraction(0)) / width, sum(both, start=Fraction(0)) / width


def averaged_step(width: int) -> tuple[sp.Matrix, sp.Matrix]:
    """(E[(s I + b W D_i)^T K (s I + b W D_j)], what the recursion says), symbolic in K, D, s, b.

    One layer of backward gradients, averaged over weights of variance 2/N by expanding the product:
    only squares of a weight survive. s = 0 is a plain layer with the mask below its weights.
    """
    s, b = sp.symbols("s b", real=True)
    k = sp.Matrix(width, width, sp.symbols(f"k:{width**2}"))
    w = sp.Matrix(width, width, sp.symbols(f"w:{width**2}"))
    d_i, d_j = (sp.diag(*sp.symbols(f"{name}:{width}")) for name in ("i", "j"))
    eye = sp.eye(width)
    product = (s * eye + b * w * d_i).T * k * (s * eye + b * w * d_j)

    def average(entry: sp.Expr) -> sp.Expr:
        terms = sp.Poly(sp.expand(entry), *w).terms()
        moment = {0: 1, 2: sp.Rational(2, width)}  # powers 0 and 2; a power 1 has mean zero
        return sum(
            c * sp.prod([moment[p] for p in powers]) for powers, c in terms if 1 not in powers
        )

    recursion = s**2 * k + b**2 * sp.Rational(2, width) * k.trace() * d_i * d_j
    return product.applyfunc(average), recursion


# --- exhaustive enumeration at N = 2, where the He variance is 1 -----------------------------


def coins(depth: int, *, block: str) -> tuple[list[Fraction], list[Fraction]]:
    """(E g_i[n]^2, E g_i[n] g_j[n]) for n = 0, 1: every +-1 weight and every coin is visited.

    N = 2; the masks of i and of j are independent fair coins for each unit and layer.
    """
    layers = [
        (_factor(w, a, block), _factor(w, b, block))
        for w in _matrices()
        for a in itertools.product((0, 1), repeat=2)
        for b in itertools.product((0, 1), repeat=2)
    ]
    states: dict[tuple[Matrix, Matrix], int] = {(_EYE, _EYE): 1}
    for _ in range(depth):
        after: dict[tuple[Matrix, Matrix], int] = defaultdict(int)
        for (p, q), count in states.items():
            for f, g in layers:
                after[_times(p, f), _times(q, g)] += count
        states = dict(after)
    total = len(layers) ** depth
    return _moments(((p, p, c) for (p, _), c in states.items()), total), _moments(
        ((p, q, c) for (p, q), c in states.items()), total
    )


def real(
    x_i: Sequence[int],
    x_j: Sequence[int],
    depth: int,
    *,
    values: Sequence[int] = SIGNS,
) -> tuple[list[Fraction], list[Fraction]]:
    """(E g_i[n]^2, E g_i[n] g_j[n]) of real plain nets that use their own masks; every net visited.

    Entries are uniform on `values`; the net is homogeneous, so their scale is divided out at the
    end. Rows of the top layer are iid given what they read: one row stands for all. A tie, a row
    orthogonal to what it reads, is harmless where the row also annihilates the Jacobian (because
    rows below are equal); any other tie raises.
    """
    width = len(x_i)
    rows = list(itertools.product(values, repeat=width))
    eye = tuple(tuple(int(r == c) for c in range(width)) for r in range(width))
    states = {((tuple(x_i), eye), (tuple(x_j), eye)): 1}
    for _ in range(depth - 1):
        after: dict[Any, int] = defaultdict(int)
        for (i, j), count in states.items():
            seen_i, seen_j = _units(rows, *i), _units(rows, *j)
            for chosen in itertools.product(range(len(rows)), repeat=width):
                above_i, above_j = ([seen[k] for k in chosen] for seen in (seen_i, seen_j))
                after[_stack(above_i), _stack(above_j)] += count
        states = dict(after)
    same, both = [0] * width, [0] * width
    for (i, j), count in states.items():
        for (_, g), (_, h) in zip(_units(rows, *i), _units(rows, *j), strict=True):
            for n in range(width):
                same[n] += count * g[n] ** 2
                both[n] += count * g[n] * h[n]
    variance = Fraction(sum(v * v for v in values), len(values))
    # N top rows; each matrix entry to be divided by variance N/2; count of nets
    scale = (variance * Fraction(width, 2)) ** depth * len(rows) ** (width * (depth - 1) + 1)
    return [width * v / scale for v in same], [width * v / scale for v in both]


def _units(
    rows: Sequence[tuple[int, ...]], h: tuple[int, ...], jacobian: Matrix
) -> list[tuple[int, tuple[int, ...]]]:
    """(output, row of the Jacobian) of one rectifier, for every row of weights it may have."""
    columns = list(zip(*jacobian, strict=True))
    units = []
    for row in rows:
        pre = sum(w * v for w, v in zip(row, h, strict=True))
        pushed = tuple(sum(w * v for w, v in zip(row, column, strict=True)) for column in columns)
        if pre == 0 and any(pushed):
            raise ValueError(f"a tie that matters: row {row} reads {h}")
        units.append((pre, pushed) if pre > 0 else (0, (0,) * len(h)))
    return units


def _stack(units: Sequence[tuple[int, tuple[int, ...]]]) -> tuple[tuple[int, ...], Matrix]:
    return tuple(h for h, _ in units), tuple(row for _, row in units)


EIGHT = (
    (3, 5, 8, 11, -4, -7, -6, -2),
    (7, -3, 4, -9, 10, -5, 6, -1),
)
"""Two inputs of width 8: four units on for each, two for both; no sum of signs ties."""


def real_residual(inputs: tuple[tuple[int, ...], ...] = EIGHT) -> tuple[Fraction, Fraction]:
    """Means over units of E g_i^2 and E g_i g_j: two residual blocks, own masks, +-1/2 weights.

    N = 8, where the He variance is 1/4. The top block is averaged in closed form (its input masks
    D_1 are fixed by the block below): K = I + 2 D_1i D_1j. Then row r of the lower weights decides
    unit r of D_1 and nothing else, so 2^8 rows are visited for each r.
    """
    width = len(inputs[0])
    x = [tuple(inputs[0]), tuple(inputs[1])]
    on = [tuple(max(v, 0) for v in vector) for vector in x]
    moments = {(0, 0): Fraction(0), (0, 1): Fraction(0)}
    for r in range(width):
        for signs in itertools.product(SIGNS, repeat=width):
            pre = [
                2 * x[k][r] + sum(s * v for s, v in zip(signs, on[k], strict=True)) for k in (0, 1)
            ]
            if 0 in pre:
                raise ValueError(f"a tie at unit {r}")
            rows = [
                [
                    Fraction(int(r == n)) + (Fraction(s, 2) if x[k][n] > 0 else 0)
                    for n, s in enumerate(signs)
                ]
                for k in (0, 1)
            ]
            for k, m in moments:
                weight = 1 + 2 * int(pre[k] > 0 and pre[m] > 0)
                moments[k, m] += weight * sum(a * b for a, b in zip(rows[k], rows[m], strict=True))
    total = width * len(SIGNS) ** width
    return moments[0, 0] / total, moments[0, 1] / total


_EYE: Matrix = ((1, 0), (0, 1))


def _matrices() -> Iterator[Matrix]:
    for a, b, c, d in itertools.product(SIGNS, repeat=4):
        yield ((a, b), (c, d))


def _factor(w: Matrix, mask: tuple[int, ...], block: str) -> Matrix:
    """One layer's Jacobian: D W for a plain layer, I + W D for a residual block."""
    if block == "plain":
        return tuple(tuple(mask[r] * w[r][c] for c in range(2)) for r in range(2))
    return tuple(tuple(int(r == c) + w[r][c] * mask[c] for c in range(2)) for r in range(2))


def _times(p: Matrix, q: Matrix) -> Matrix:
    return (
        (p[0][0] * q[0][0] + p[0][1] * q[1][0], p[0][0] * q[0][1] + p[0][1] * q[1][1]),
        (p[1][0] * q[0][0] + p[1][1] * q[1][0], p[1][0] * q[0][1] + p[1][1] * q[1][1]),
    )


def _moments(pairs: Iterator[tuple[Matrix, Matrix, int]], total: int) -> list[Fraction]:
    """Column sums of the entrywise product: E over the readout of g_i[n] g_j[n]."""
    sums = [0, 0]
    for p, q, count in pairs:
        for n in range(2):
            sums[n] += count * (p[0][n] * q[0][n] + p[1][n] * q[1][n])
    return [Fraction(s, total) for s in sums]
