"""Second moment of the empirical variance over linear networks, the data fixed.

    vev.sec5.shared   E (S^2)^2/(E S^2)^2 = (1 + 2 rho_0) prod_{l=1}^{d-1} (1 + 2/w_l)

S^2 is the unbiased variance of one output unit over the data, Sigma_0 the covariance of the data
(unbiased), rho_0 = tr Sigma_0^2/(tr Sigma_0)^2, its inverse effective rank. The number of inputs
enters through rho_0 only: more data of the same covariance change nothing.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    stated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.data_probes import SECOND_MOMENT
from theory.vanishing_variance.gaussian_probes import gaussian_setup

rho_0 = sp.Symbol("rho_0", positive=True)
layer, depth = sp.symbols("l d", integer=True, positive=True)
HIDDEN = Parameter(
    "hidden", Tuples(Integers(1), min_size=0), "hidden widths w_1, ..., w_{d-1}; empty for d = 1"
)
RANK = Parameter(
    "inverse_rank",
    Reals(0, 1, open_low=True),
    "rho_0 = tr Sigma_0^2/(tr Sigma_0)^2 of the data: 1 for one direction, 1/(n-1) for n - 1 alike",
    rho_0,
)


def second_moment(hidden: Any, inverse_rank: Any) -> sp.Expr:
    """E (S^2)^2/(E S^2)^2 over linear Gaussian networks, one output unit. Exact.

    >>> second_moment((), 1), second_moment((4, 4), 1)
    (3, 27/4)
    """
    rank = sp.sympify(prove.exact(inverse_rank))
    return (1 + 2 * rank) * sp.prod([1 + sp.Rational(2, int(w)) for w in hidden])


# --- proofs ----------------------------------------------------------------------------------


def through_the_layers(law: Any) -> Finding:
    """A = E (tr S)^2, B = E tr S^2 of S = W Sigma W^T, entries of W iid N(0, 1/w), w' rows.

    tr S = sum_ij lambda_j W_ij^2, so A' = (w'^2 A + 2 w' B)/w^2. Of tr S^2 the terms i = k give
    w'(A + 2B), the terms i != k give w'(w'-1) B: B' = (w' A + (w'^2 + w') B)/w^2.
    """
    w, rows, one, two = sp.symbols("w wprime A B", positive=True)

    def step(pair: tuple[Any, Any], reads: Any, width: Any) -> tuple[Any, Any]:
        big, small = pair
        return (
            (width**2 * big + 2 * width * small) / reads**2,
            (width * big + (width**2 + width) * small) / reads**2,
        )

    first, second = step((one, two), w, rows)
    differences = [
        (
            "A + 2B grows by w'(w'+2)/w^2",
            first + 2 * second - rows * (rows + 2) / w**2 * (one + 2 * two),
        ),
        ("A - B grows by w'(w'-1)/w^2", first - second - rows * (rows - 1) / w**2 * (one - two)),
    ]
    for hidden in ((), (3,), (5, 2), (4, 7, 3)):
        pair, reads = (sp.Integer(1), rho_0), sp.Symbol("w_0", positive=True)
        mean = sp.Integer(1)  # E tr S
        for width in hidden:
            pair, mean, reads = step(pair, reads, sp.Integer(width)), mean * width / reads, width
        found = (pair[0] + 2 * pair[1]) / mean**2  # one unit: w' = 1, S^2 = v^T S v
        differences.append((f"hidden {hidden}", law(hidden=hidden, inverse_rank=rho_0) - found))
    return prove.identities(
        differences,
        predicted="(1 + 2 rho_0) prod (1 + 2/w_l)",
        found="Wishart moments layer by layer, rho_0 and w_0 symbolic",
    )  # fmt: skip


DATA = (((1, 0), (0, 1), (-1, -1)), ((2, 0), (0, 1), (1, 1), (-3, -2)), ((1, 2), (-1, -2)))


@functools.cache
def enumerated() -> tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]:
    """(hidden, rho_0, ratio) of linear networks with a three-point weight of kurtosis 3.

    (S^2)^2 is of degree 4 in the weights of a layer, so their first four moments are all it sees.
    """
    assert en.kurtosis(en.GAUSS_LIKE) == 3
    return _ratios({-1: 1, 0: 4, 1: 1}, ((), (2,), (1, 2), (2, 2)))  # times 1/6


def _ratios(
    weights: dict[int, int], shapes: tuple[tuple[int, ...], ...]
) -> tuple[tuple[tuple[int, ...], Fraction, Fraction], ...]:
    """The same for weights counted in equal parts, three data sets and those hidden widths."""
    rows = []
    for data in DATA:
        sigma = tuple(tuple(sum(x[i] * x[j] for x in data) for j in range(2)) for i in range(2))
        trace = sigma[0][0] + sigma[1][1]
        square = sum(v * v for line in sigma for v in line)
        for hidden in shapes:
            law = {sigma: 1}
            for width in hidden:
                law = _next(law, width, weights)
            first = second = total = 0
            for state, count in _next(law, 1, weights).items():
                s_sq = state[0][0]
                first, second, total = first + count * s_sq, second + count * s_sq**2, total + count
            ratio = Fraction(second * total, first**2)
            rows.append((hidden, Fraction(square, trace**2), ratio))
    return tuple(rows)


Gram = tuple[tuple[int, ...], ...]


def _next(law: dict[Gram, int], width: int, weights: dict[int, int]) -> dict[Gram, int]:
    """Law of W S W^T, counted in units of 6^-(number of weights); rows of W iid."""
    out: dict[Gram, int] = defaultdict(int)
    matrices = _matrices(width, len(next(iter(law))), tuple(weights.items()))
    for s, count in law.items():
        for rows, weight in matrices:
            half = [[_dot(r, column) for column in s] for r in rows]  # s is symmetric
            out[tuple(tuple(_dot(h, r) for r in rows) for h in half)] += count * weight
    return out


def _dot(x: Iterable[int], y: Iterable[int]) -> int:
    return sum(p * q for p, q in zip(x, y, strict=True))


@functools.cache
def _matrices(rows: int, columns: int, weights: Any) -> tuple[tuple[Gram, int], ...]:
    law = {Fraction(value): Fraction(count) for value, count in weights}
    return tuple(
        (tuple(tuple(int(v) for v in row) for row in matrix), int(p))
        for matrix, p in en.matrices(rows, columns, law)
    )


def by_enumeration(law: Any) -> Finding:
    """Every weight of small linear networks, three data sets, as fractions."""
    return prove.cases(
        (
            f"hidden {hidden}, rho_0 = {rank}",
            law(hidden=hidden, inverse_rank=rank),
            found,
        )
        for hidden, rank, found in enumerated()
    )


def by_signs(law: Any) -> Finding:
    """The same for +-1 weights, of kurtosis 1."""
    return prove.cases(
        (f"+-1 weights, hidden {hidden}", law(hidden=hidden, inverse_rank=rank), found)
        for hidden, rank, found in _ratios({-1: 1, 1: 1}, ((), (2,)))
    )


# --- the claim -------------------------------------------------------------------------------


def _probe(n: int, hidden: tuple[int, ...], why: str, **more: Any) -> Probe:
    """n fixed inputs of equal cosines: Sigma_0 has n - 1 equal eigenvalues."""
    return Probe(
        name=f"{n} inputs, {len(hidden) + 1} layers",
        experiment="empirical_variance",
        setup=gaussian_setup(
            (n + 1, *hidden, 48), 1.0, n_inputs=n, inputs="equicorrelated",
            extra={"correlation": 0.25},
        ),
        at={"hidden": hidden, "inverse_rank": sp.Rational(1, n - 1)},
        estimand=SECOND_MOMENT,
        laws=("sharper",),
        why=why,
        **more,
    )  # fmt: skip


CLAIM = Claim(
    id="vev.sec5.shared",
    title="the empirical variance of a linear network fluctuates however large the data set is",
    source=PAPER.at(
        "Section 5, beside the variance of S_n^2",
        "not in the document: its Var S_n^2 falls like 1/n, as for independent samples",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Symbol("M"),
                (1 + 2 * rho_0)
                * sp.Product(1 + 2 / sp.IndexedBase("w")[layer], (layer, 1, depth - 1)),
            ),
            parameters=(HIDDEN, RANK),
            words="second moment of S^2 of a unit over networks, relative to its mean squared",
            evaluate=second_moment,
            mutants=(
                Mutant(
                    "independent samples: no product",
                    lambda hidden, inverse_rank: second_moment((), inverse_rank),
                ),
                Mutant(
                    "rho_0 for 2 rho_0",
                    lambda hidden, inverse_rank: second_moment(
                        hidden, sp.sympify(prove.exact(inverse_rank)) / 2
                    ),
                ),
                Mutant(
                    "product from l = 0",
                    lambda hidden, inverse_rank: second_moment((2, *hidden), inverse_rank),
                ),
                Mutant(
                    "1/w for 2/w",
                    lambda hidden, inverse_rank: second_moment(
                        tuple(2 * w for w in hidden), inverse_rank
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "weights of kurtosis 3, Gaussian or not",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
        stated("a linear network", lambda p: p.get("slope", 1) == 1),
    ),
    expected="holds",
    because=(
        "All inputs pass through the same matrices: each hidden layer multiplies the second moment "
        "of S^2 by 1 + 2/w whatever the number of inputs. Independent samples would bring it to 1."
    ),
    proofs=(
        Proof(
            "layer by layer", "symbolic", "(tr S)^2 and tr S^2 form a closed pair",
            through_the_layers, law="sharper",
        ),
        Proof(
            "enumeration", "exact", "small linear networks on three data sets", by_enumeration,
            law="sharper",
        ),
        Proof(
            "+-1 weights", "exact", "what a kurtosis of 3 is for: it differs from the first layer",
            by_signs, law="sharper", point={"weights": "rademacher"},
        ),
    ),
    probes=(
        *(
            _probe(n, (24, 24), "more inputs do not bring it to 1", curve="inputs", x=n)
            for n in (2, 3, 6, 12)
        ),
        _probe(4, (16,), "one hidden layer"),
    ),
    curves=(
        Curve(
            "inputs",
            "Relative second moment of S^2 over linear networks, two hidden layers of 24 units",
            "number of inputs n",
            "E (S^2)^2 / (E S^2)^2",
            (2, 3, 4, 6, 8, 12, 16, 24, 32, 64),
            lambda x: {"hidden": (24, 24), "inverse_rank": sp.Rational(1, int(x) - 1)},
            laws=("sharper",),
            log_x=True,
        ),
    ),
    remark=(
        "E S^2 = tr Sigma_0/w_0 at every depth. At rho_0 = 1 the law is the kurtosis recursion: "
        "one direction of the data is one input."
    ),
    see=("vev.sec5.var_s2", "vev.sec5.mean_s2", "vev.sec5.relu_pair", "vev.closed_gauss"),
)  # fmt: skip
