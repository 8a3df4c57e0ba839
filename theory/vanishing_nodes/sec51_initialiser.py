"""The bottleneck initialiser: its entries have Glorot's variance, and are not those of Glorot.

    vn.init   W = V U/sqrt(N_b N_mean), U N_b x N_i and V N_o x N_b of iid entries of variance 1

Var W_ij = 1/N_mean = 2/(N_i + N_o) at every N_b. A square scale is multiplied by N_i Var W forward
and by N_o Var W backward, both 1 only for N_i = N_o. Entries are sums of N_b products: kurtosis
3 + (kappa^2 - 3)/N_b for factors of kurtosis kappa, 3 (1 + 2/N_b) for normal ones; two entries of
one row or column share a factor, E W_ij^2 W_kj^2 = (1 + (kappa - 1)/N_b) (Var W)^2.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import sympy as sp

from theory.maths import enumeration, prove
from theory.schema import (
    Choice,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
    unstated,
)
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes.effective_nodes import as_sympy, rational
from theory.vanishing_nodes.scales import INPUT_GRAD, OUT_SQ

N_i, N_o, N_b = sp.symbols("N_i N_o N_b", integer=True, positive=True)
kappa = sp.Symbol("kappa", positive=True)
Var, E = sp.Function("Var"), sp.Function("E")
W_ij, W_kj = sp.symbols("W_ij W_kj")
INPUTS = Parameter("inputs", Integers(1), "N_i, width that is read", N_i)
OUTPUTS = Parameter("outputs", Integers(1), "N_o, units of the layer", N_o)
RANK = Parameter("rank", Integers(1), "N_b, the bottleneck", N_b)
FACTOR_KURTOSIS = Parameter(
    "factor_kurtosis", Reals(1), "kappa = E u^4/(E u^2)^2 of an entry of U or V", kappa
)
DIRECTION = Parameter("direction", Choice(("forward", "backward")), "of the signal or the gradient")
SIZES = (INPUTS, OUTPUTS)


def variance(inputs: Any, outputs: Any) -> Fraction:
    """Var W_ij = 2/(N_i + N_o).

    >>> variance(37, 23)
    Fraction(1, 30)
    """
    return Fraction(2, int(inputs) + int(outputs))


def whatever_the_rank(inputs: Any, outputs: Any, rank: Any) -> Fraction:
    """The same: sqrt(N_b) below the line takes N_b products of variance 1 back."""
    return variance(inputs, outputs)


def scale(inputs: Any, outputs: Any, direction: str) -> Fraction:
    """E |W x|^2/N_o over |x|^2/N_i, or E |W^T g|^2/N_i over |g|^2/N_o; linear layer.

    >>> scale(784, 500, "forward"), scale(784, 500, "backward")
    (Fraction(392, 321), Fraction(250, 321))
    """
    return variance(inputs, outputs) * int(inputs if direction == "forward" else outputs)


def entry_kurtosis(rank: Any, factor_kurtosis: Any) -> Fraction:
    """E W^4/(E W^2)^2 = 3 + (kappa^2 - 3)/N_b.

    >>> entry_kurtosis(1, 3), entry_kurtosis(5, 3)
    (Fraction(9, 1), Fraction(21, 5))
    """
    return 3 + (rational(factor_kurtosis) ** 2 - 3) / int(rank)


def pair(rank: Any, factor_kurtosis: Any) -> Fraction:
    """E W_ij^2 W_kj^2/(E W^2)^2 = 1 + (kappa - 1)/N_b for two entries of one column (or row)."""
    return 1 + (rational(factor_kurtosis) - 1) / int(rank)


# --- proofs ----------------------------------------------------------------------------------

LAWS_OF_A_FACTOR = (enumeration.SIGN, enumeration.THREE_POINT, enumeration.GAUSS_LIKE)
SHAPES = ((2, 1, 1), (1, 2, 2), (2, 2, 1), (1, 3, 1))  # N_i, N_o, N_b


class Moments(NamedTuple):
    """Exact means over all U and V of a discrete law, W = V U/sqrt(N_b N_mean)."""

    second: Fraction  # E W_11^2
    fourth: Fraction  # E W_11^4
    shared: Fraction | None  # E W_11^2 W_21^2
    forward: Fraction  # E |W x|^2/N_o over |x|^2/N_i
    backward: Fraction  # E |W^T g|^2/N_i over |g|^2/N_o


@functools.cache
def counted(shape: tuple[int, int, int], which: int) -> Moments:
    """Every U and V of LAWS_OF_A_FACTOR[which], scaled to variance 1; x = g = (1, 2, 3)."""
    n_in, n_out, rank = shape
    law = LAWS_OF_A_FACTOR[which]
    # the square of the scale of W = V U: 1/(N_b N_mean), and both factors to variance 1
    unit = Fraction(2, rank * (n_in + n_out)) / enumeration.moment(law, 2) ** 2
    x, g = range(1, n_in + 1), range(1, n_out + 1)
    sums = [Fraction(0)] * 5
    for entries, p in enumeration.iid(law, (n_in + n_out) * rank).items():
        u, v = entries[: rank * n_in], entries[rank * n_in :]
        w = [
            [sum(v[i * rank + k] * u[k * n_in + j] for k in range(rank)) for j in range(n_in)]
            for i in range(n_out)
        ]
        wx = sum(sum(w[i][j] * x[j] for j in range(n_in)) ** 2 for i in range(n_out))
        wg = sum(sum(w[i][j] * g[i] for i in range(n_out)) ** 2 for j in range(n_in))
        found = (w[0][0] ** 2, w[0][0] ** 4, w[0][0] ** 2 * w[-1][0] ** 2, wx, wg)
        sums = [s + p * value for s, value in zip(sums, found, strict=True)]
    second, fourth, shared, wx, wg = sums
    return Moments(
        second * unit,
        fourth * unit**2,
        shared * unit**2 if n_out > 1 else None,
        wx * unit / n_out * n_in / sum(t * t for t in x),
        wg * unit / n_in * n_out / sum(t * t for t in g),
    )


def all_factors() -> Iterator[tuple[str, tuple[int, int, int], Fraction, Moments]]:
    """(label, shape, kappa, moments) of every case."""
    for shape in SHAPES:
        for which, law in enumerate(LAWS_OF_A_FACTOR):
            kurtosis = enumeration.kurtosis(law)
            n_in, n_out, rank = shape
            label = f"{n_in} -> {n_out}, N_b = {rank}, kappa = {kurtosis}"
            yield label, shape, kurtosis, counted(shape, which)


def by_counting(law: Any) -> Finding:
    """The variance of one entry over all U and V."""
    return prove.cases(
        (label, law(inputs=shape[0], outputs=shape[1], rank=shape[2]), found.second)
        for label, shape, _, found in all_factors()
    )


def equal_widths(law: Any) -> Finding:
    """The square scale of a linear layer over all U and V, N_i = N_o."""
    return prove.cases(
        (f"{label}, {way}", law(inputs=shape[0], outputs=shape[1], direction=way),
         getattr(found, way))
        for label, shape, _, found in all_factors() if shape[0] == shape[1]
        for way in ("forward", "backward")
    )  # fmt: skip


def all_widths(law: Any) -> Finding:
    """The same at every pair of widths."""
    return prove.cases(
        (f"{label}, {way}", law(inputs=shape[0], outputs=shape[1], direction=way),
         getattr(found, way))
        for label, shape, _, found in all_factors()
        for way in ("forward", "backward")
    )  # fmt: skip


def multiplied_out(rank: int) -> tuple[sp.Expr, sp.Expr]:
    """(E (v.u)^4, E (v.u)^2 (v'.u)^2) over N_b^2: every product of entries, E u^4 = kappa."""
    u, v, t = (sp.symbols(f"{name}1:{rank + 1}") for name in "uvt")
    moments = {0: sp.Integer(1), 2: sp.Integer(1), 4: kappa}
    first = sum(x * y for x, y in zip(u, v, strict=True))
    other = sum(x * y for x, y in zip(u, t, strict=True))

    def mean(expression: sp.Expr) -> sp.Expr:
        terms = sp.Poly(sp.expand(expression), *u, *v, *t).terms()
        return sp.expand(
            sum(c * sp.prod([moments.get(p, 0) for p in powers]) for powers, c in terms)
        )

    return mean(first**4) / rank**2, mean(first**2 * other**2) / rank**2


def one_entry(law: Any) -> Finding:
    """Fourth moment of an entry: multiplied out for every kappa, and over all U and V."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for rank in (1, 2, 3):
            fourth, _ = multiplied_out(rank)
            for value in (Fraction(1), Fraction(9, 5), Fraction(3), Fraction(7)):
                found = fourth.subs(kappa, as_sympy(value))
                yield f"N_b = {rank}, kappa = {value}", law(rank=rank, factor_kurtosis=value), found
        for label, shape, value, found in all_factors():
            ratio = found.fourth / found.second**2
            yield label, law(rank=shape[2], factor_kurtosis=value), ratio

    return prove.cases(rows())


def two_entries(law: Any) -> Finding:
    """Two entries of one column: multiplied out for every kappa, and over all U and V."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for rank in (1, 2, 3):
            _, shared = multiplied_out(rank)
            for value in (Fraction(1), Fraction(9, 5), Fraction(3), Fraction(7)):
                found = shared.subs(kappa, as_sympy(value))
                yield f"N_b = {rank}, kappa = {value}", law(rank=rank, factor_kurtosis=value), found
        for label, shape, value, found in all_factors():
            if found.shared is not None:
                ratio = found.shared / found.second**2
                yield label, law(rank=shape[2], factor_kurtosis=value), ratio

    return prove.cases(rows())


# --- the claim -------------------------------------------------------------------------------


def _normalised(variance_of: Callable[[int, int, int], Fraction]) -> Callable[..., Fraction]:
    return lambda inputs, outputs, rank: variance_of(int(inputs), int(outputs), int(rank))


def bottleneck(widths: tuple[int, ...], rank: int, **more: Any) -> dict[str, Any]:
    """Set-up of linear networks of this initialiser (`bottleneck` of simulate's initialisers)."""
    return {
        "widths": widths,
        "weights": "bottleneck",
        "gain": 1.0,
        "fan": "mean",
        "rank": rank,
        "activation": "linear",
        **more,
    }


def _scale(n_in: int, n_out: int, way: str, laws: tuple[str, ...], why: str) -> Probe:
    return Probe(
        name=f"{n_in} -> {n_out}, {way}",
        experiment="signal_scales",
        setup=bottleneck((n_in, n_out), 8, n_inputs=2),
        at={"inputs": n_in, "outputs": n_out, "direction": way},
        estimand=OUT_SQ if way == "forward" else INPUT_GRAD,
        laws=laws,
        why=why,
    )


# fourth moments of entries: E |u|^8/(E |u|^4)^2 (1 + 10.7/m) = 2.45 for N_b = 8, m = 64 units, a
# log-variance of 0.9: the size rule of probes.py (<= 1)
EIGHT, SIXTY_FOUR = 8, 64


def _entries(law: str, columns: tuple[str, str], why: str) -> Probe:
    return Probe(
        name=f"{law}, N_b = {EIGHT}",
        experiment="unit_moments",
        setup=bottleneck((1, SIXTY_FOUR), EIGHT, inputs="rademacher"),
        at={"rank": EIGHT, "factor_kurtosis": 3},
        estimand=Estimand("ratio_to_square", columns, over="matrices; entries W_ij, up to sign"),
        laws=(law,),
        why=why,
    )


CLAIM = Claim(
    id="vn.init",
    title="the bottleneck initialiser has Glorot's variance and preserves norms",
    source=PAPER.at(
        "Section 5.1, steps 1-5, and 5.2",
        "W = V U/sqrt(N_b N_mean), N_mean = (N_i + N_o)/2, satisfies the norm-preserving condition "
        "of section 4: Var[W] = N_b/(N_b N_mean), so sigma_w^2 = Var[W] N_mean = 1",
    ),
    kind="algorithm",
    laws=(
        Law(
            role="stated",
            name="variance",
            formula=sp.Eq(Var(W_ij), 2 / (N_i + N_o)),
            parameters=(*SIZES, RANK),
            words="variance of an entry, whatever N_b",
            evaluate=whatever_the_rank,
            mutants=(
                Mutant("1/N_i", _normalised(lambda n_i, n_o, n_b: Fraction(1, n_i))),
                Mutant("N_o in place of N_mean",
                       _normalised(lambda n_i, n_o, n_b: Fraction(1, n_o))),
                Mutant("1/(N_i + N_o)", _normalised(lambda n_i, n_o, n_b: Fraction(1, n_i + n_o))),
                Mutant("sqrt(N_b) dropped",
                       _normalised(lambda n_i, n_o, n_b: n_b * variance(n_i, n_o))),
                Mutant("rank N_b, normalised by N_i",
                       _normalised(lambda n_i, n_o, n_b: variance(n_i, n_o) * n_b / n_i)),
            ),
        ),
        Law(
            role="stated",
            name="norms",
            formula=sp.Eq(sp.Symbol("s"), 1),
            parameters=(*SIZES, DIRECTION),
            words="factor of the square scale of a signal or a gradient in one linear layer",
            evaluate=lambda inputs, outputs, direction: 1,
            mutants=(
                Mutant("1/2", lambda inputs, outputs, direction: Fraction(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="scales",
            formula=sp.Eq(sp.Symbol("s"), 2 * N_i / (N_i + N_o)),
            parameters=(*SIZES, DIRECTION),
            words="shown forward; backward N_o stands in place of N_i above the line",
            evaluate=scale,
            mutants=(
                Mutant(
                    "N_i and N_o exchanged",
                    lambda inputs, outputs, direction: scale(outputs, inputs, direction),
                ),
                Mutant("1", lambda inputs, outputs, direction: 1),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(E(W_ij**4) / E(W_ij**2) ** 2, 3 + (kappa**2 - 3) / N_b),
            parameters=(RANK, FACTOR_KURTOSIS),
            words="kurtosis of an entry; 3 (1 + 2/N_b) for normal factors",
            evaluate=entry_kurtosis,
            mutants=(
                Mutant("normal entries", lambda rank, factor_kurtosis: 3),
                Mutant("independent of N_b", lambda rank, factor_kurtosis: rational(
                    factor_kurtosis) ** 2),
                Mutant("kappa in place of its square", lambda rank, factor_kurtosis: 3 + (
                    rational(factor_kurtosis) - 3) / int(rank)),
            ),
        ),
        Law(
            role="sharper",
            name="pairs",
            formula=sp.Eq(
                E(W_ij**2 * W_kj**2) / E(W_ij**2) ** 2, 1 + (kappa - 1) / N_b
            ),
            parameters=(RANK, FACTOR_KURTOSIS),
            words="two entries of one row or one column are uncorrelated, their squares are not",
            evaluate=pair,
            mutants=(
                Mutant("independent entries", lambda rank, factor_kurtosis: 1),
                Mutant("kappa in place of kappa - 1", lambda rank, factor_kurtosis: pair(
                    rank, rational(factor_kurtosis) + 1)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "independent entries of U and V, mean 0 and variance 1",
            lambda p: p.get("weights", "bottleneck") == "bottleneck",
        ),
        unstated(
            "the layer is as wide as what it reads: N_i = N_o",
            lambda p: "direction" not in p or p.get("inputs") == p.get("outputs"),
        ),
    ),
    expected="holds-if",
    because=(
        "The variance is exact at every N_b. It preserves norms for N_i = N_o only: MNIST's first "
        "layer 784 -> 500 multiplies the squared signal by 392/321 and the gradient by 250/321."
    ),
    proofs=(
        Proof("all factors", "exact", "every U and V of three discrete laws", by_counting,
              law="variance"),
        Proof("equal widths", "exact", "the same, squared lengths", equal_widths, law="norms",
              point={"direction": "both", "inputs": 2, "outputs": 2}),
        Proof("unequal widths", "exact", "the same, N_i = 2, N_o = 1 and 1 -> 2, 1 -> 3",
              all_widths, law="norms",
              point={"direction": "both", "inputs": 2, "outputs": 1}),
        Proof("scales", "exact", "the same", all_widths, law="scales"),
        Proof("one entry", "exact", "every product of entries, N_b = 1, 2, 3", one_entry,
              law="kurtosis"),
        Proof("two entries", "exact", "every product of entries, N_b = 1, 2, 3", two_entries,
              law="pairs"),
    ),
    probes=(
        _scale(12, 12, "forward", ("norms", "scales"), "N_i = N_o"),
        _scale(12, 24, "backward", ("norms", "scales"), "twice as many units as inputs"),
        _entries("kurtosis", ("mean_fourth", "mean_sq"), "kurtosis 15/4, not 3"),
        _entries("pairs", ("mean_pair_sq", "mean_sq"), "entries of one column"),
    ),
    curves=(
        Curve(
            "rank",
            "Kurtosis of an entry, normal factors",
            "bottleneck N_b",
            "kurtosis",
            (1, 2, 3, 4, 5, 6, 8, 12, 20, 30, 50, 100),
            lambda x: {"rank": int(x), "factor_kurtosis": 3},
            laws=("kurtosis",),
            log_x=True,
        ),
    ),
    remark=(
        "Section 4 has sigma_w^2/N as variance with N the width that is read, so sigma_w^2 = N_i "
        "Var W there; section 5.2 takes N_mean. A last layer 500 -> 10 has 1.96 and 0.039."
    ),
    see=("vn.init.vni", "vn.init.nb1", "vn.eq14", "vev.init.glorot"),
)  # fmt: skip
