"""The annealed VNI of Gaussian layers that each have slopes of their own: a law of vn.rec.

    layer-wise   X = (1-R)/(1+2R) times (n_l - 1)/(n_l - 1 + 3 q_l), q_l the spread of layer l

Exact where the slopes of a layer are iid and independent of the weights, such as leaky rectifiers
of another slope in every layer. For tanh, hard tanh and erf they are not: there it is the law to
first order in 1/N, at q_l of the variance of layer l (layer_slopes.spreads).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Assumption,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Proof,
    Reals,
    Tuples,
)
from theory.schema import stated as assume
from theory.symbols import L
from theory.vanishing_nodes import two_traces as two

LAYERS = Parameter("widths", Tuples(Integers(1), min_size=2), "all widths n_0, n_1, ..., n_L")
SPREADS = Parameter(
    "spreads", Tuples(Reals(1)), "q_1, ..., q_L, each mu_2/mu_1^2 of the slopes of its layer"
)
Q, N_L, index = sp.IndexedBase("q"), sp.IndexedBase("n"), sp.Symbol("l", integer=True)


def _one_a_layer(point: Mapping[str, Any]) -> bool:
    return "spreads" not in point or len(point["spreads"]) == len(point["widths"]) - 1


ONE_A_LAYER: Assumption = assume("one spread for each layer after the input", _one_a_layer)


def of_spreads(widths: Any, spreads: Any, factor: Any) -> Any:
    """R at the last layer if layer l multiplies X by factor(n_l, n_{l-1}, q_l)."""
    sizes = [sp.sympify(n) for n in widths]
    x = two.to_x(1 / sizes[0])
    for n, m, q in zip(sizes[:-1], sizes[1:], spreads, strict=True):
        x *= factor(m, n, sp.sympify(prove.exact(q)))
    return two.from_x(x)


def annealed(widths: Any, spreads: Any) -> Any:
    """E tr C^2/E (tr C)^2 for Gaussian weights and slopes independent of them. Exact.

    >>> annealed((2, 2), (2,)), annealed((64, 37, 23, 10), (2, 2, 2))
    (9/10, 43/124)
    """
    return of_spreads(widths, spreads, lambda m, n, q: two.layer_factor(m, q))


CHANGES = ("their mean in every layer", "the spread of the layer above", "q_l - 1 in place of q_l")


def mutants(evaluate: Any) -> tuple[Mutant, ...]:
    """Wrong sequences of spreads, for a law that takes widths and spreads."""

    def changed(change: str, widths: Any, spreads: Any) -> Any:
        exact = [sp.sympify(prove.exact(q)) for q in spreads]
        if change == CHANGES[0]:
            return evaluate(widths, [sum(exact) / len(exact)] * len(exact))
        if change == CHANGES[1]:
            return evaluate(widths, [*exact[1:], exact[0]])
        return evaluate(widths, [q - 1 for q in exact])

    return tuple(Mutant(name, functools.partial(changed, name)) for name in CHANGES)


# --- proofs ----------------------------------------------------------------------------------


def by_recursion(law: Any) -> Finding:
    """One layer from the multiplied-out products, two from the 2 x 2 recursion, all spreads."""
    n, m, k, q, p = sp.symbols("n m k q p", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for above, below in ((2, 2), (2, 3), (3, 2)):
            sum_sq, sq_trace, c = two.wick_moments(above, below)
            found = (sum_sq / sq_trace).subs(dict.fromkeys(c, 1)).subs(sp.Symbol("q"), q)
            claimed = law(widths=(below, above), spreads=(q,))
            yield f"{below} -> {above}, every q", two.same(claimed, found)
        traces = two.one_layer(m, n, q) * sp.Matrix([n, n**2])
        sum_sq, sq_trace = two.one_layer(k, m, p) * traces
        claimed = law(widths=(n, m, k), spreads=(q, p))
        yield "n -> m -> k, every q_1 and q_2", two.same(claimed, sum_sq / sq_trace)

    return prove.truth(
        facts(),
        predicted="X_0 prod (n_l - 1)/(n_l - 1 + 3 q_l)",
        found="products of weights multiplied out; two layers by the recursion",
    )


# widths, slopes of the layers
LISTED: tuple[tuple[tuple[int, ...], tuple[Any, ...]], ...] = (
    ((2, 2, 2), (1, 0)),
    ((2, 2, 2), (0, sp.Rational(1, 2))),
    ((2, 2, 3), (0, 1)),
    ((2, 2, 3), (1, 0)),
    ((2, 2, 2, 2), (0, 1, sp.Rational(1, 2))),
)


def spread_of_pair(slope: Any) -> Any:
    """mu_2/mu_1^2 of slopes 1 and a with equal chances, from the four moments themselves."""
    a = sp.sympify(slope)
    return ((1 + a**4) / 2) / ((1 + a**2) / 2) ** 2


@functools.cache
def listed() -> tuple[tuple[tuple[int, ...], tuple[Any, ...], Any], ...]:
    """(widths, slopes, ratio): every weight and mask, another slope in every layer."""
    return tuple((w, slopes, two.ratio_of_means(w, slopes)) for w, slopes in LISTED)


def by_enumeration(law: Any) -> Finding:
    """Weights in {-1, 0, 1} of kurtosis 3, each layer with masks of its own slope."""
    return prove.cases(
        (
            f"widths {w}, slopes {slopes}",
            law(widths=w, spreads=[spread_of_pair(a) for a in slopes]),
            found,
        )
        for w, slopes, found in listed()
    )


# --- what vn.rec takes from here -------------------------------------------------------------

LAW = Law(
    role="sharper",
    name="layer-wise",
    formula=sp.Eq(
        two.to_x(sp.Symbol("R_L")),
        two.to_x(1 / N_L[0])
        * sp.Product((N_L[index] - 1) / (N_L[index] - 1 + 3 * Q[index]), (index, 1, L)),
    ),
    parameters=(LAYERS, SPREADS),
    words="the same with a spread q_l of its own for every layer; slopes independent of weights",
    evaluate=annealed,
    mutants=mutants(annealed),
)

PROOFS = (
    Proof(
        "every spread",
        "symbolic",
        "one layer multiplied out, two by the recursion, for all spreads",
        by_recursion,
        law="layer-wise",
    ),
    Proof(
        "own slopes counted",
        "exact",
        "every weight and mask of small networks with another slope in every layer",
        by_enumeration,
        law="layer-wise",
        tiers=LATER,
    ),
)
