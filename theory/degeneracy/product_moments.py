"""Second moments of a product of L Gaussian matrices, exact at every width and depth.

    dg.product.m2   E tr S^2, E (tr S)^2 and the participation ratio of the squared singular values

S = P P^T, P = W_L ... W_1, entries N(0, 1/n). With a = E tr S^2, b = E (tr S)^2, one layer more:

    a' = (1 + 1/n) a + b/n,   b' = b + (2/n) a,   a_0 = n, b_0 = n^2.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.degeneracy import PAPER
from theory.maths import products, prove
from theory.schema import (
    EXACT_MARGIN,
    Claim,
    Curve,
    Estimand,
    Finding,
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

n = sp.Symbol("n", integer=True, positive=True)
L = sp.Symbol("L", integer=True, nonnegative=True)

PARAMETERS = (
    Parameter("width", Integers(1), "width n of every layer", n),
    Parameter("depth", Integers(0), "number L of matrices in the product", L),
)

UP, DOWN = 1 + 2 / n, 1 - 1 / n  # eigenvalues of the recursion
M2 = ((n + 2) * UP**L - (n - 1) * DOWN**L) / 3
BETA = ((n + 2) * UP**L + 2 * (n - 1) * DOWN**L) / (3 * n)
PARTICIPATION = ((n + 2) * UP**L + 2 * (n - 1) * DOWN**L) / ((n + 2) * UP**L - (n - 1) * DOWN**L)


def participation(*, width: Any, depth: Any) -> Any:
    """E (tr S)^2 / E tr S^2 = (q + 2)/(q - 1) with q = ((n+2)/(n-1))^(L+1).

    Exact; n at L = 0, and 1 (one direction left) as L -> infinity; 1 at n = 1.

    >>> participation(width=7, depth=0), participation(width=1, depth=5)
    (7, 1)
    """
    if width == 1:
        return sp.Integer(1)
    q = ((sp.sympify(width) + 2) / (sp.sympify(width) - 1)) ** (sp.sympify(depth) + 1)
    return (q + 2) / (q - 1)


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


# --- proofs ----------------------------------------------------------------------------------


def rational(expression: Any) -> Any:
    """Powers base^(c L + k) as base^k times one letter for each factor of the base: rational then.

    (n + 2)^L, (n - 1)^L, ... are independent over the rational functions of n, so the expression is
    zero for all n, L exactly when the result is zero as a rational function of these letters.
    """

    def power(base: Any, exponent: Any) -> Any:
        times = exponent.coeff(L)
        value = base ** (exponent - times * L)
        for part, sign in zip(sp.fraction(sp.together(base)), (1, -1), strict=True):
            constant, factors = sp.factor_list(part)
            assert constant == 1
            for factor, count in factors:
                letter = sp.Symbol(f"({factor})^L", positive=True)
                value *= letter ** (sign * count * times)
        return value

    return sp.together(expression.replace(lambda e: e.is_Pow and e.exp.has(L),
                                          lambda e: power(e.base, e.exp)))  # fmt: skip


def by_pairings(which: str) -> Any:
    """The 3 x 3 matrix of pairings of four weights, diagonalised, for symbolic n and L."""

    def check(law: Any) -> Finding:
        every = products.pairings(4)
        table = sp.Matrix(3, 3, lambda i, j: n ** products.loops(every[i], every[j]) / n**2)
        uniform, other = sp.Matrix([1, 1, 1]), sp.Matrix([1, -1, 0])
        if (table * uniform - UP * uniform).expand() != sp.zeros(3, 1) or (
            table * other - DOWN * other
        ).expand() != sp.zeros(3, 1):
            return Finding(None, "", "", "the eigenvectors are not what is used below")
        # spectral projections: J/3 and 1 - J/3, so element (i, j) of the (L+1)-th power is
        same = (UP ** (L + 1) + 2 * DOWN ** (L + 1)) / 3
        different = (UP ** (L + 1) - DOWN ** (L + 1)) / 3
        inner = every.index(products.inner(2))
        a = n**2 * (same if every.index(products.outer((2,))) == inner else different)
        b = n**2 * (same if every.index(products.outer((1, 1))) == inner else different)
        found = {"m2": a / n, "beta": b / n**2, "ratio": b / a}[which]
        predicted = law(width=n, depth=L)
        difference = sp.expand(sp.numer(rational(predicted - found)))
        return prove.identity(
            difference,
            predicted=str(predicted),
            found=str(found),
            detail="Wick: T_pq = n^loops(p,q); eigenvalues n^2 + 2n and n^2 - n",
        )

    return check


@functools.cache
def one_layer() -> tuple[tuple[int, Any, Any, Any, Any], ...]:
    """(n, E tr S'^2, E (tr S')^2, tr S^2, (tr S)^2), S' = W D W^T, for diagonal D of n symbols."""
    rows = []
    for size in (2, 3):
        spectrum = sp.symbols(f"s1:{size + 1}", positive=True)
        weights = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"w{i}{j}"))
        letters = list(weights)
        gram = weights * sp.diag(*spectrum) * weights.T
        moment = {0: sp.Integer(1), 2: sp.Rational(1, size), 4: sp.Rational(3, size**2)}

        def mean(
            polynomial: Any, letters: Any = letters, spectrum: Any = spectrum, moment: Any = moment
        ) -> Any:
            total = sp.Integer(0)
            for powers, coefficient in sp.Poly(polynomial, *letters).terms():
                if all(power % 2 == 0 for power in powers):
                    total += coefficient * sp.prod([moment[power] for power in powers])
            return sp.expand(total)

        trace_sq = sum((gram[i, j] ** 2 for i in range(size) for j in range(size)), sp.Integer(0))
        rows.append(
            (
                size,
                mean(trace_sq),
                mean(gram.trace() ** 2),
                sum(x**2 for x in spectrum),
                sum(spectrum) ** 2,
            )
        )
    return tuple(rows)


@functools.cache
def is_the_recursion() -> bool:
    """Whether one layer, multiplied out, is the linear map of the module docstring."""
    return all(
        sp.expand(new_a - (1 + sp.Rational(1, size)) * a - b / sp.Integer(size)) == 0
        and sp.expand(new_b - b - sp.Rational(2, size) * a) == 0
        for size, new_a, new_b, a, b in one_layer()
    )


def by_recursion(which: str) -> Any:
    """One layer multiplied out at n = 2, 3; then the recursion in fractions against the law."""

    def check(law: Any) -> Finding:
        if not is_the_recursion():
            return Finding(None, "", "", "one layer multiplied out is not the recursion")
        rows = []
        for width in (1, 2, 7, 50):
            a, b = Fraction(width), Fraction(width**2)
            for depth in range(7):
                found = {"m2": a / width, "beta": b / width**2, "ratio": b / a}[which]
                rows.append((f"n = {width}, L = {depth}", law(width=width, depth=depth), found))
                a, b = (1 + Fraction(1, width)) * a + b / width, b + 2 * a / width
        return prove.cases(rows, "recursion in fractions; one layer multiplied out at n = 2, 3")

    return check


@functools.cache
def enumerated() -> tuple[tuple[int, int, Fraction, Fraction], ...]:
    """(n, L, E tr S^2, E (tr S)^2) of literal products of every matrix of a three-point law.

    Entries -1, 0, 1 with probabilities 1/6, 2/3, 1/6 have the second and fourth moments of a
    Gaussian of variance 1/3; no higher moment of a weight enters.
    """
    rows = []
    for size, deepest in ((2, 3), (3, 1)):
        every = [
            (entries, 4 ** entries.count(0))
            for entries in itertools.product((-1, 0, 1), repeat=size * size)
        ]
        identity = tuple(int(i == j) for i in range(size) for j in range(size))
        law: Counter[tuple[int, ...]] = Counter({identity: 1})
        for depth in range(1, deepest + 1):
            following: Counter[tuple[int, ...]] = Counter()
            for matrix, count in law.items():
                for weights, ways in every:
                    following[_times(weights, matrix, size)] += count * ways
            law = following
            a = b = 0
            for matrix, count in law.items():
                gram = _times(matrix, _transposed(matrix, size), size)
                a += count * sum(x * x for x in gram)
                b += count * sum(gram[:: size + 1]) ** 2
            scale = Fraction(3, size) ** (2 * depth) / 6 ** (size * size * depth)
            rows.append((size, depth, a * scale, b * scale))
    return tuple(rows)


def _times(x: tuple[int, ...], y: tuple[int, ...], size: int) -> tuple[int, ...]:
    return tuple(
        sum(x[i * size + k] * y[k * size + j] for k in range(size))
        for i in range(size)
        for j in range(size)
    )


def _transposed(x: tuple[int, ...], size: int) -> tuple[int, ...]:
    return tuple(x[j * size + i] for i in range(size) for j in range(size))


def by_enumeration(which: str) -> Any:
    """Literal products, every weight matrix visited."""

    def check(law: Any) -> Finding:
        return prove.cases(
            (
                f"n = {size}, L = {depth}",
                law(width=size, depth=depth),
                {"m2": a / size, "beta": b / size**2, "ratio": b / a}[which],
            )
            for size, depth, a, b in enumerated()
        )

    return check


def wide_limit(law: Any) -> Finding:
    """n -> infinity at fixed L: the ratio of the exact participation to the law tends to 1."""
    facts = []
    for depth in (1, 2, 5, 9):
        ratio = sp.limit(
            sp.together(participation(width=n, depth=depth) / law(width=n, depth=depth)), n, sp.oo
        )
        facts.append((f"L = {depth}: limit of the ratio {ratio}", bool(ratio == 1)))
        far = participation(width=10**6, depth=depth) / law(width=10**6, depth=depth)
        facts.append((f"L = {depth}: within 1e-4 at n = 10^6", bool(abs(far - 1) < 1e-4)))
    return prove.truth(facts, predicted="participation ~ law as n -> infinity", found="ratio 1")


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
            error="relative O(L/n)",
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
        _probe("m2, n=7 L=3", 7, 3, M2_ESTIMAND, ("m2",), why="small width, where 1/n matters"),
        _probe("beta, n=7 L=3", 7, 3, BETA_ESTIMAND, ("beta",), why="small width"),
        _probe("m2, n=20 L=5", 20, 5, M2_ESTIMAND, ("m2",), why="another width and depth"),
        _probe(
            "signs, n=7 L=3",
            7,
            3,
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
                    standard=2 / width, why="wide limit: relative error O(L/n), L/n at L = 2"
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
