"""Second moments of a product of L Gaussian matrices, exact at every width and depth.

    dg.product.m2   E tr S^2, E (tr S)^2 and the participation ratio of the squared singular values

S = P P^T, P = W_L ... W_1, entries N(0, 1/n). Closed forms and proofs are in `second_moments`.

Sizes. A column is averaged over literal products where its `log_variance` is at most 1 (at n = 7:
L <= 3 for (tr S)^2, L <= 2 for tr S^2); deeper products are measured layer by layer.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.degeneracy import PAPER
from theory.degeneracy.second_moments import (
    BETA,
    DOWN,
    M2,
    PARTICIPATION,
    UP,
    L,
    by_enumeration,
    by_pairings,
    by_recursion,
    n,
    participation,
    wide_error,
    wide_limit,
)
from theory.schema import (
    EXACT_MARGIN,
    Claim,
    Curve,
    Estimand,
    Integers,
    Law,
    Margin,
    Mutant,
    Parameter,
    Probe,
    Proof,
    relative,
    stated,
)
from theory.symbols import MOST_WIDTH

PARAMETERS = (
    Parameter("width", Integers(1, MOST_WIDTH), "width n of every layer", n),
    Parameter("depth", Integers(0), "number L of matrices in the product", L),
)

# --- mutants ---------------------------------------------------------------------------------


def _of(expression: Any, **changes: Any) -> Any:
    """The expression as a law, with letters replaced: a mutant."""
    replaced = expression.subs({globals()[k]: v for k, v in changes.items()}, simultaneous=True)
    return lambda width, depth: replaced.subs({n: width, L: depth}, simultaneous=True)


def _swapped(trace_first: int) -> Any:
    """UP and DOWN exchanged in m2 (1) or beta (-2)."""
    both = ((n + 2) * DOWN**L - trace_first * (n - 1) * UP**L) / 3
    both = both if trace_first == 1 else both / n
    return lambda width, depth: both.subs({n: width, L: depth}, simultaneous=True)


def _complex(which: str) -> Any:
    """Complex Gaussian entries: a' = a + b/n, b' = b + a/n."""

    def evaluate(*, width: Any, depth: Any) -> Any:
        up, down = (1 + sp.Integer(1) / width) ** depth, (1 - sp.Integer(1) / width) ** depth
        m2 = ((width + 1) * up - (width - 1) * down) / 2
        beta = ((width + 1) * up + (width - 1) * down) / (2 * sp.sympify(width))
        return {"m2": m2, "beta": beta, "ratio": width * beta / m2}[which]

    return evaluate


# --- the claim -------------------------------------------------------------------------------


def _ratio(width: int) -> Estimand:
    return Estimand(
        "smooth",
        ("mean_sq_squared", "mean_fourth"),
        over="networks; annealed: E (tr S)^2 over E tr S^2",
        function=lambda means: float(width * means[0] / means[1]),
    )


def _by_layers(width: int, depth: int) -> Estimand:
    """Participation after `depth` layers from what one layer does to S = 1 and S = e_1 e_1^T."""

    def function(means: Any) -> float:
        sum_fourth, sq_sum_sq, vector = (float(m) for m in means)
        across_a = (sum_fourth - width * vector) / (width**2 - width)
        across_b = (sq_sum_sq - width * vector) / (width**2 - width)
        a, b = float(width), float(width**2)
        for _ in range(depth):
            a, b = (
                (vector - across_a) * a + across_a * b,
                (vector - across_b) * a + across_b * b,
            )
        return b / a

    return Estimand(
        "smooth",
        ("sum_fourth", "sq_sum_sq", "vector_fourth"),
        over="networks; annealed, layer by layer: E (tr S)^2 over E tr S^2",
        function=function,
    )


M2_ESTIMAND = Estimand("mean", ("mean_fourth",), over="networks: E tr S^2 / n")
BETA_ESTIMAND = Estimand("mean", ("mean_sq_squared",), over="networks: E (tr S / n)^2")


def _probe(
    name: str,
    width: int,
    depth: int,
    estimand: Estimand,
    laws: tuple[str, ...],
    *,
    weights: str = "gaussian",
    margin: Margin = EXACT_MARGIN,
    **more: Any,
) -> Probe:
    return Probe(
        name=name,
        experiment="product_moments",
        setup={
            "widths": (width,) * (depth + 1),
            "weights": weights,
            "gain": 1.0,
            "activation": "linear",
        },
        at={"width": width, "depth": depth},
        estimand=estimand,
        laws=laws,
        margin=margin,
        **more,
    )


def _mutants(which: str, exact: Any, swapped: Any) -> tuple[Mutant, ...]:
    return (
        Mutant("complex Gaussian: a' = a + b/n", _complex(which)),
        Mutant("eigenvalues swapped", swapped),
        Mutant("one layer more", lambda width, depth: exact(width=width, depth=depth + 1)),
    )


def _proofs(which: str, law: str) -> tuple[Proof, ...]:
    return (
        Proof(
            f"{law}: pairings",
            "symbolic",
            "Wick's theorem as a 3 x 3 matrix, diagonalised for all n and L",
            by_pairings(which),
            law=law,
        ),
        Proof(
            f"{law}: recursion",
            "exact",
            "one layer multiplied out, iterated in fractions, equals the closed form",
            by_recursion(which),
            law=law,
        ),
        Proof(
            f"{law}: enumeration",
            "exact",
            "every literal product of small matrices with Gaussian second and fourth moments",
            by_enumeration(which),
            law=law,
        ),
    )


CLAIM = Claim(
    id="dg.product.m2",
    title="second moments of the singular values of the product, exact at every width and depth",
    source=PAPER.at(
        "figure adapted from Saxe et al. (1, 10, 100 layers)",
        "not in the document: the exact size of the degeneracy that its figure shows",
    ),
    kind="exact in law",
    laws=(
        Law(
            role="sharper",
            name="m2",
            formula=sp.Eq(sp.Symbol("m_2"), M2, evaluate=False),
            parameters=PARAMETERS,
            words="m_2 = E tr S^2/n, the mean fourth power of the singular values",
            mutants=_mutants("m2", _of(M2), _swapped(1)),
        ),
        Law(
            role="sharper",
            name="beta",
            formula=sp.Eq(sp.Symbol("beta"), BETA, evaluate=False),
            parameters=PARAMETERS,
            words="beta = E (tr S/n)^2, for the mean square tr S/n of the singular values",
            mutants=_mutants("beta", _of(BETA), _swapped(-2)),
        ),
        Law(
            role="sharper",
            name="participation",
            formula=sp.Eq(sp.Symbol("PR"), PARTICIPATION, evaluate=False),
            parameters=PARAMETERS,
            words="annealed number of directions that carry the product, between 1 and n",
            evaluate=participation,
            mutants=_mutants(
                "ratio",
                participation,
                lambda width, depth: width * _swapped(-2)(width, depth) / _swapped(1)(width, depth),
            ),
        ),
        Law(
            role="sharper",
            name="wide limit",
            formula=sp.Eq(sp.Symbol("PR"), n / (L + 1), evaluate=False),
            parameters=PARAMETERS,
            words="what is left of it for n >> L; below 1, which is impossible, once L >= n",
            error="relative error at most L/n for n >= 3",
            mutants=(
                Mutant("n/L", lambda width, depth: sp.sympify(width) / depth),
                Mutant("2n/(L+2)", lambda width, depth: 2 * sp.sympify(width) / (depth + 2)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "independent Gaussian entries of variance 1/n (the kurtosis 3 is used)",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
        stated("equal widths", lambda p: len(set(p.get("widths", (1,)))) == 1),
    ),
    expected="holds",
    because=(
        "One layer maps (E tr S^2, E (tr S)^2) linearly with eigenvalues 1 + 2/n and 1 - 1/n. So "
        "about n/(L + 1) directions carry a wide product, and a single one when L is far above n."
    ),
    proofs=(
        *_proofs("m2", "m2"),
        *_proofs("beta", "beta"),
        *_proofs("ratio", "participation"),
        Proof(
            "wide limit",
            "symbolic",
            "exact participation over n/(L+1) tends to 1 as n -> infinity",
            wide_limit,
            law="wide limit",
        ),
    ),
    probes=(
        _probe("m2, n=7 L=2", 7, 2, M2_ESTIMAND, ("m2",), why="small width, where 1/n matters"),
        _probe("beta, n=7 L=3", 7, 3, BETA_ESTIMAND, ("beta",), why="small width"),
        _probe("m2, n=20 L=5", 20, 5, M2_ESTIMAND, ("m2",), why="another width and depth"),
        _probe(
            "signs, n=7 L=2",
            7,
            2,
            M2_ESTIMAND,
            ("m2",),
            weights="rademacher",
            why="entries +-1/sqrt n have kurtosis 1: the law uses 3",
        ),
        *(
            _probe(
                f"participation, L={depth}",
                32,
                depth,
                _ratio(32),
                ("participation",),
                why="number of directions that carry the product, over depth",
                curve="participation",
                x=depth,
            )
            for depth in (1, 2, 4)
        ),
        *(
            Probe(
                name=f"participation by layers, L={depth}",
                experiment="layer_moments",
                setup={
                    "widths": (32, 32),
                    "weights": "gaussian",
                    "gain": 1.0,
                    "activation": "linear",
                },
                at={"width": 32, "depth": depth},
                estimand=_by_layers(32, depth),
                laws=("participation",),
                why=(
                    "the same, where a direct average is heavy-tailed"
                    if depth > 4
                    else "the estimate by layers agrees with the direct one"
                ),
                curve="participation" if depth > 4 else "",
                x=depth if depth > 4 else None,
            )
            for depth in (4, 8, 16, 32, 64)
        ),
        *(
            _probe(
                f"wide limit, n={width}",
                width,
                2,
                _ratio(width),
                ("wide limit",),
                margin=relative(
                    wide_error(width, 2), why="wide limit: the proved relative error L/n"
                ),
                why="the wide limit is approached at order 1/n",
            )
            for width in (16, 32, 64)
        ),
    ),
    curves=(
        Curve(
            "participation",
            "Directions that carry a product of L Gaussian matrices, n = 32",
            "depth L",
            "annealed participation ratio",
            (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
            lambda x: {"width": 32, "depth": int(x)},
            laws=("participation", "wide limit"),
            log_x=True,
            log_y=True,
        ),
    ),
    remark="Annealed: a ratio of expectations. The median over networks is smaller at small depth.",
    see=("dg.product", "dg.product.lyap", "dg.relu.m2"),
)
