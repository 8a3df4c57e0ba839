"""Whether ReLU networks die out with depth: the last words of Proposition B.2.

vev.propB.2.limit   "and so" the probability of being alive tends to 0
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import (
    Choice,
    Claim,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    unstated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import with_remainder
from theory.vanishing_variance.propB_dirac_limit import ALIVE, alive_setup, index, w_i

GROWTH = Parameter(
    "growth",
    Choice(("constant", "linear", "logarithmic")),
    "w_i = size, w_i = i + size, or w_i = ceil(size log2(i + 2))",
)
SIZE = Parameter("size", Integers(1, draw_to=6), "the number in the rule for the widths")


def width_rule(growth: str, size: int) -> Iterator[int]:
    """w_0, w_1, ... of the rule."""
    for i in itertools.count():
        if growth == "logarithmic":
            yield ((i + 2) ** size - 1).bit_length()  # ceil(log2((i+2)^size))
        else:
            yield size if growth == "constant" else i + size


def limit_stated(growth: str, size: int) -> Any:
    """0, whatever the widths."""
    return sp.Integer(0)


def limit_alive(growth: str, size: int) -> Any:
    """prod_{i>=0} (1 - 2^-w_i), 0 iff sum 2^-w_i = oo; signs of the input independent.

    Linear widths: the q-Pochhammer symbol (2^-size; 1/2). Logarithmic: sum 2^-w_i is at most
    sum (i+2)^-size, finite iff size > 1; factors are grouped by their width.

    >>> limit_alive("constant", 5), mpmath.nstr(limit_alive("linear", 1), 6)
    (0, '0.288788')
    """
    if growth == "constant" or (growth == "logarithmic" and size == 1):
        return sp.Integer(0)
    if growth == "linear":
        return mpmath.qp(mpmath.mpf(2) ** -size, mpmath.mpf(1) / 2)
    total, width = mpmath.mpf(0), 1
    while True:  # integers n = i + 2 >= 2 with ceil(size log2 n) = width: size-th roots of 2^width
        count = _root(width, size) - max(1, _root(width - 1, size))
        total += count * mpmath.log1p(-(mpmath.mpf(2) ** -width))
        if width > 4 and mpmath.mpf(2) ** (width / size - width) < mpmath.eps:
            return mpmath.exp(total)
        width += 1


def _root(power: int, size: int) -> int:
    return int(sp.integer_nthroot(2**power, size)[0])


def bounded_widths(law: Any) -> Finding:
    """Constant width: the product is a power below any bound."""
    rows = []
    for size in (1, 3, 6):
        depth = math.ceil(50 / -math.log2(1 - 0.5**size))
        partial = (1 - Fraction(1, 2**size)) ** depth
        inside = bool(0 <= law(growth="constant", size=size) <= prove.exact(partial))
        rows.append((f"w = {size}: at depth {depth} at most 2^-50", inside and partial < 2**-49.9))
    return prove.truth(rows, predicted="0", found="a geometric sequence")


def pentagonal(law: Any) -> Finding:
    """w_i = i + 1: Euler's series 1 - q - q^2 + q^5 + q^7 - ... at q = 1/2, not zero."""
    with mpmath.workdps(30):
        q = Fraction(1, 2)
        series = Fraction(1) + sum(
            (-1) ** k * (q ** (k * (3 * k - 1) // 2) + q ** (k * (3 * k + 1) // 2))
            for k in range(1, 12)
        )
        shifted = series / (1 - q) / (1 - q**2)  # w_i = i + 3
        return prove.close(
            [
                ("w_i = i + 1", law(growth="linear", size=1), prove.exact(series)),
                ("w_i = i + 3", law(growth="linear", size=3), prove.exact(shifted)),
            ],
            digits=20,
            detail="pentagonal numbers",
        )


def comparison(law: Any) -> Finding:
    """Logarithmic widths: the partial product brackets the limit with Weierstrass' inequality.

    prod_{i<n} > limit >= prod_{i<n} (1 - sum_{i>=n} (i+2)^-size), the sum below an integral. At
    size 1 the partial products fall under every level: sum 1/(i+2)/2 diverges.
    """
    rows: list[tuple[str, bool | None]] = []
    for size in (2, 3):
        n, product = 4000, mpmath.mpf(1)
        for width in itertools.islice(width_rule("logarithmic", size), n):
            product *= 1 - mpmath.mpf(2) ** -width
        rest = mpmath.mpf(n + 1) ** (1 - size) / (size - 1)
        value = law(growth="logarithmic", size=size)
        rows.append(
            (
                f"size {size}: in [{mpmath.nstr(product * (1 - rest), 6)}, "
                f"{mpmath.nstr(product, 6)}]",
                bool(product * (1 - rest) <= value <= product),
            )
        )
    # 2^k widths k+1 between 2^k and 2^{k+1}: (1-x)^{1/(2x)} < e^{-1/2}, so the product tends to 0
    octave = [(1 - Fraction(1, 2 ** (k + 1))) ** (2**k) for k in range(1, 8)]
    falls = all(float(factor) < math.exp(-0.5) for factor in octave)
    rows.append(("size 1: 2^k widths k+1 multiply by less than e^{-1/2}, k = 1..7", falls))
    rows.append(("size 1: the limit is 0", bool(law(growth="logarithmic", size=1) == 0)))
    return prove.truth(rows, predicted="zero iff sum 2^-w_i diverges", found="comparison test")


def left_out(layers: int) -> Fraction:
    """How far the first n factors are from the limit, relative to it, at widths 1, 2, 3, ...

    The rest is prod_{i >= n} (1 - 2^-(i+1)) >= 1 - sum_{i >= n} 2^-(i+1) = 1 - 2^-n (Weierstrass),
    and 1/(1 - 2^-n) - 1 = 1/(2^n - 1).
    """
    return Fraction(1, 2**layers - 1)


def _limit_mutant(change: str) -> Any:
    def evaluate(growth: str, size: int) -> Any:
        if change == "criterion sum 1/w_i":
            return sp.Integer(0)  # diverges for all three rules
        if change == "first layer forgotten":
            first = next(width_rule(growth, size))
            return limit_alive(growth, size) / (1 - mpmath.mpf(2) ** -first)
        if growth == "linear":  # 1 - sum 2^-w_i
            return 1 - mpmath.mpf(2) ** (1 - size)
        return limit_alive(growth, size)

    return evaluate


# --- the claim -------------------------------------------------------------------------------

TRUE = "any widths"

CLAIM = Claim(
    id="vev.propB.2.limit",
    title="the probability that a ReLU network is alive tends to 0 with depth",
    source=PAPER.at("Proposition B.2", "and so lim p(y^(d) != 0) = 0, for any widths"),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("lim P(alive)"), sp.Integer(0)),
            parameters=(GROWTH, SIZE),
            words="limit of the probability that the output is not zero",
            evaluate=limit_stated,
            mutants=(Mutant("2^-w", lambda growth, size: sp.Rational(1, 2**size)),),
        ),
        Law(
            role="sharper",
            name=TRUE,
            formula=sp.Eq(sp.Symbol("lim P(alive)"), sp.Product(1 - 2**-w_i, (index, 0, sp.oo))),
            parameters=(GROWTH, SIZE),
            words="0 if and only if the sum of 2^-w_i diverges, as it does for bounded widths",
            evaluate=limit_alive,
            mutants=tuple(
                Mutant(change, _limit_mutant(change))
                for change in (
                    "criterion sum 1/w_i",
                    "first layer forgotten",
                    "1 minus the sum of 2^-w_i",
                )
            ),
        ),
    ),
    assumptions=(
        unstated(
            "bounded widths (or at least a divergent sum of 2^-w_i)",
            lambda p: (
                p.get("growth", "constant") == "constant"
                or (p.get("growth") == "logarithmic" and p.get("size") == 1)
            ),
        ),
    ),
    expected="holds-if",
    because=(
        "A product of factors below 1 need not tend to 0: with widths that grow, even linearly, "
        "a positive share of the networks is alive at every depth."
    ),
    proofs=(
        *prove.both(
            "constant width",
            "exact",
            "a power of 1 - 2^-w",
            bounded_widths,
            beside=TRUE,
        ),
        *prove.both(
            "pentagonal numbers",
            "numeric",
            "w_i = i + 1 has a positive limit",
            pentagonal,
            {"growth": "linear"},
            beside=TRUE,
        ),
        Proof(
            "comparison test",
            "exact",
            "w_i = ceil(s log2(i+2)): zero for s = 1 only",
            comparison,
            law=TRUE,
            point={"growth": "logarithmic"},
        ),
    ),
    probes=(
        Probe(
            name="w_i = i + 1, 14 layers",
            experiment="alive",
            setup=alive_setup(tuple(range(1, 16)), "gaussian", "gaussian"),
            at={"growth": "linear", "size": 1},
            estimand=ALIVE,
            margin=with_remainder(
                left_out(14), "the widths 15, 16, ... are left out, 1/(2^14 - 1)"
            ),
            laws=("stated", TRUE),
            why="the layers left out change the limit by 2^-14",
        ),
    ),
    remark=(
        "Theorem 4.7 asks for bounded widths, this proposition does not. 'Converges to the Dirac "
        "delta in probability' is here P(y = 0) -> 1, convergence in total variation, so the "
        "weaker statement follows as well."
    ),
    see=("vev.propB.2", "vev.propB.1"),
)
