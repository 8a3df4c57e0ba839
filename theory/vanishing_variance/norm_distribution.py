"""Distribution function of the log norm of a Gaussian network, and second roads to it.

`norm_distribution` inverts the Mellin transform of the layer factors. The second roads know nothing
of transforms: one and two layers are mixtures of products of two chi-squares, held in intervals;
depth 30 is inverted again at 20 digits from the Gamma sum. No claim is made here: the laws are
those of law_product.py.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
from mpmath import iv

from theory.maths import enclosure, tails
from theory.maths.inversion import Distribution
from theory.maths.layer_factors import chi2_mellin, mellin, mellin_gamma
from theory.schema import Integers, Tuples
from theory.symbols import WIDTHS

WIDTHS_READ = replace(WIDTHS, domain=Tuples(Integers(1, 500)))
"""What the inversion takes: its errors are tested up to 500 units."""

# --- the distribution function ---------------------------------------------------------------


@functools.cache
def norm_distribution(
    widths: tuple[int, ...], slope: float, units: int = 0, change: str = ""
) -> Distribution:
    """Distribution of log(R_{d-1} chi^2_units), of log R_{d-1} if units = 0, given alive.

    Input x ~ N(0, I). Natural log. The atom of dead networks (ReLU: 1 - prod(1 - 2^-w)) is left
    out. `change` builds the wrong versions.
    """
    read = widths[:-1] if change == "d-1 factors" else widths
    coins = [n + 1 if change == "K ~ Bin(w+1, 1/2)" else n for n in read]
    scale = 0.5 ** len(read) if change == "T = chi^2_K / w" else 1.0
    strip = 1.0 / len(read) if change == "one T shared by all layers" else 1.0
    kinds = {(n, m): mellin(n, slope, m) for n, m in zip(read, coins, strict=True)}
    powers = {kind: list(zip(read, coins, strict=True)).count(kind) for kind in kinds}
    alive = {(n, m): alive_probability((m,), slope) for n, m in kinds}

    def transform(z: complex) -> complex:
        value = complex(scale) ** z * (complex(chi2_mellin(units, z)) if units else 1.0)
        for kind, of_one in kinds.items():
            count = powers[kind]
            if change == "one T shared by all layers":
                value *= of_one(count * z) / alive[kind]
            else:
                value *= (of_one(z) / alive[kind]) ** count
        return value

    return Distribution(transform, strip)


@functools.cache
def norm_tail(
    widths: tuple[int, ...], slope: float, units: int, x: float, change: str = ""
) -> tuple[Any, int]:
    """(P(log(R_{d-1} chi^2_units) > x), its right digits), given alive; maths/tails.py.

    No transform is shared with `norm_distribution`. `change` builds two of the wrong versions.
    """
    more = change == "K ~ Bin(w+1, 1/2)"
    kinds = {n: widths.count(n) for n in widths}
    halved = math.log(2) * len(widths) if change == "T = chi^2_K / w" else 0.0

    def cumulants(z: Any) -> Any:
        layers = sum(m * tails.log_mellin(n, slope, z, n + more) for n, m in kinds.items())
        last = tails.log_chi2_mellin(units, z) if units else 0.0
        return (
            layers
            + last
            - halved * z
            - math.log(alive_probability([n + more for n in widths], slope))
        )

    return tails.upper_tail(cumulants, x)


def alive_probability(widths: Sequence[int], slope: float) -> float:
    """P(R_{d-1} > 0): 1 unless units can be switched off (ReLU, or a^2 = 0 in floating point)."""
    return math.prod(1 - 2.0**-n for n in widths) if slope * slope == 0 else 1.0


# --- second roads ----------------------------------------------------------------------------


def of_relu(width: int) -> list[tuple[int, Fraction]]:
    """(k, P(K = k | K >= 1)): T_w is (2/w) chi^2_k for k active units."""
    return [(k, Fraction(math.comb(width, k), 2**width - 1)) for k in range(1, width + 1)]


def _mixed(parts: Sequence[tuple[Fraction, Any]]) -> Any:
    """sum of weight times interval."""
    return sum((interval * p.numerator / p.denominator for p, interval in parts), iv.mpf(0))


def _two_layers(z: Any) -> Any:
    """P(T_2 T_3 <= z) of the ReLU, both alive: chi^2_k (2/3) chi^2_m."""
    return _mixed(
        [
            (p * q, enclosure.chi2_product_below(k, m, z * 3 / 2))
            for k, p in of_relu(2)
            for m, q in of_relu(3)
        ]
    )


MIXTURES: tuple[tuple[str, tuple[int, ...], Any, int, Callable[[Any], Any]], ...] = (
    (
        "w = 1, ReLU, one unit",  # 2 chi^2_1 chi^2_1
        (1,), 0, 1, lambda z: enclosure.chi2_product_below(1, 1, z / 2),
    ),
    (
        "w = 1, a = 1/2, one unit",  # 2/(1+a^2) = 8/5, times a^2 = 1/4 half of the time
        (1,), Fraction(1, 2), 1,
        lambda z: _mixed(
            [(Fraction(1, 2), enclosure.chi2_product_below(1, 1, z * 5 / c)) for c in (8, 2)]
        ),
    ),
    (
        "w = 2, ReLU, three units",  # chi^2_K chi^2_3
        (2,), 0, 3,
        lambda z: _mixed([(p, enclosure.chi2_product_below(k, 3, z)) for k, p in of_relu(2)]),
    ),
    ("widths 2, 3, ReLU, squared scale", (2, 3), 0, 0, _two_layers),
    (
        "widths 2, 2, linear, squared scale",  # chi^2_2/2 twice
        (2, 2), 1, 0, lambda z: enclosure.chi2_product_below(2, 2, 4 * z),
    ),
)  # fmt: skip


@functools.cache
def enclosed() -> tuple[tuple[str, dict[str, Any], float, Any], ...]:
    """(label, arguments, x, interval that holds P(X <= x)) of one and two layers."""
    return tuple(
        (label, {"widths": widths, "slope": slope, "units": units}, x, below(iv.exp(iv.mpf(x))))
        for label, widths, slope, units, below in MIXTURES
        for x in ((-1.0, 1.0) if len(widths) == 1 else (-0.5,))
    )


@functools.cache
def enclosed_tails() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """(label, arguments, interval that holds P(R > t)), dead networks counted."""
    rows: list[tuple[str, dict[str, Any], Any]] = []
    for t in (1.0, 2.5):  # one ReLU layer of three units: (2/3) chi^2_K, K ~ Bin(3, 1/2)
        above = _mixed(
            [
                (Fraction(math.comb(3, k), 8), 1 - enclosure.chi2_below(k, iv.mpf(t) * 3 / 2))
                for k in range(1, 4)
            ]
        )
        rows.append((f"w = 3, t = {t}", {"widths": (3,), "slope": 0, "threshold": t}, above))
    t = 0.7
    linear = 1 - enclosure.chi2_product_below(2, 2, 4 * iv.mpf(t))
    relu = (1 - _two_layers(iv.mpf(t))) * 3 / 4 * 7 / 8
    rows.append(("widths 2, 2, linear", {"widths": (2, 2), "slope": 1, "threshold": t}, linear))
    rows.append(("widths 2, 3, ReLU", {"widths": (2, 3), "slope": 0, "threshold": t}, relu))
    return tuple(rows)


@functools.cache
def inverted() -> tuple[tuple[float, Any], ...]:
    """ReLU, w = 10, 30 layers, 10 units: (x, F(x)) by the Gamma sum and Gauss-Legendre."""
    with mpmath.workdps(20):
        nodes = mpmath.calculus.quadrature.GaussLegendre(mpmath.mp).get_nodes(0, 4, 6, 70)
        values = [
            (
                s,
                weight,
                (mellin_gamma(10, 1j * s) / (1 - mpmath.mpf(2) ** -10)) ** 30
                * chi2_mellin(10, 1j * s),
            )
            for s, weight in nodes
        ]
        return tuple(
            (
                x,
                0.5
                - mpmath.fsum(
                    weight * mpmath.im(mpmath.expj(-s * x) * value) / s
                    for s, weight, value in values
                )
                / mpmath.pi,
            )
            for x in (-15.03, -9.77, -7.01, -3.5, 0.31)
        )
