"""Second moment of the empirical variance over linear networks, the data fixed.

    vev.sec5.shared   E (S^2)^2/(E S^2)^2 = (1 + 2 rho_0) prod_{l=1}^{d-1} (1 + 2/w_l)

S^2 is the unbiased variance of one output unit over the data, Sigma_0 the covariance of the data
(unbiased), rho_0 = tr Sigma_0^2/(tr Sigma_0)^2, its inverse effective rank. The number of inputs
enters through rho_0 only: more data of the same covariance change nothing, and rho_0 is 1/n only
by chance (it is 1/(n-1) for n inputs that are all alike).
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
    LATER,
    TIERS,
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
from theory.vanishing_variance.data_probes import SAMPLES, SECOND_MOMENT, n
from theory.vanishing_variance.gaussian_probes import gaussian_setup

rho_0 = sp.Symbol("rho_0", positive=True)
EIGENVALUES = sp.symbols("lambda_1 lambda_2", positive=True)
layer, depth = sp.symbols("l d", integer=True, positive=True)
HIDDEN = Parameter(
    "hidden", Tuples(Integers(1), min_size=0), "hidden widths w_1, ..., w_{d-1}; empty for d = 1"
)
SPECTRUM = Parameter(
    "spectrum",
    Tuples(Reals(0, open_low=True)),
    "eigenvalues of Sigma_0 that are not 0; rho_0 = (sum of their squares)/(their sum)^2",
)


def inverse_rank(spectrum: Any) -> Any:
    """rho_0 = tr Sigma_0^2/(tr Sigma_0)^2, between 1/(number of directions) and 1.

    >>> inverse_rank((1, 1, 1)), inverse_rank((5,))
    (1/3, 1)
    """
    values = [sp.sympify(prove.exact(v)) for v in spectrum]
    return sum(v**2 for v in values) / sp.Add(*values) ** 2


def second_moment(hidden: Any, rank: Any) -> sp.Expr:
    """E (S^2)^2/(E S^2)^2 over linear Gaussian networks, one output unit; rank is rho_0. Exact.

    >>> second_moment((), 1), second_moment((4, 4), 1)
    (3, 27/4)
    """
    layers = sp.prod([1 + sp.Rational(2, int(w)) for w in hidden])
    return (1 + 2 * sp.sympify(prove.exact(rank))) * layers


def of_data(hidden: Any, spectrum: Any, samples: Any) -> sp.Expr:
    """The same from the spectrum of the data; their number does not matter."""
    return second_moment(hidden, inverse_rank(spectrum))


def _independent(hidden: Any, spectrum: Any, samples: Any) -> Any:
    """The wrong version: 1 + Var S_n^2/sigma^4 of n independent samples of that kurtosis."""
    n = sp.sympify(samples)
    return 1 + (second_moment(hidden, 1) - (n - 3) / (n - 1)) / n


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
        given = law(hidden=hidden, spectrum=EIGENVALUES, samples=n)
        share = sum(v**2 for v in EIGENVALUES) / sum(EIGENVALUES) ** 2
        differences.append((f"hidden {hidden}", given - found.subs(rho_0, share)))
    return prove.identities(
        differences,
        predicted="(1 + 2 rho_0) prod (1 + 2/w_l)",
        found="Wishart moments layer by layer; two eigenvalues, n and w_0 symbols",
    )  # fmt: skip


DATA = (
    ((1, 0), (0, 1), (-1, -1)),
    ((1, 0), (0, 1), (-1, -1)) * 2,  # twice the data, one covariance
    ((2, 0), (0, 1), (1, 1), (-3, -2)),
    ((1, 2), (-1, -2)),
)


@functools.cache
def enumerated() -> tuple[tuple[dict[str, Any], Fraction], ...]:
    """(arguments, ratio) of linear networks with a three-point weight of kurtosis 3.

    (S^2)^2 is of degree 4 in the weights of a layer, so their first four moments are all it sees.
    """
    assert en.kurtosis(en.GAUSS_LIKE) == 3
    return _ratios({-1: 1, 0: 4, 1: 1}, ((), (2,), (1, 2), (2, 2)))  # times 1/6


def _ratios(
    weights: dict[int, int], shapes: tuple[tuple[int, ...], ...]
) -> tuple[tuple[dict[str, Any], Fraction], ...]:
    """The same for weights counted in equal parts, four data sets and those hidden widths."""
    rows = []
    for data in DATA:
        sigma = tuple(tuple(sum(x[i] * x[j] for x in data) for j in range(2)) for i in range(2))
        spectrum = tuple(
            value
            for value, times in sp.Matrix(sigma).eigenvals().items()
            for _ in range(times)
            if value != 0
        )
        for hidden in shapes:
            law = {sigma: 1}
            for width in hidden:
                law = _next(law, width, weights)
            first = second = total = 0
            for state, count in _next(law, 1, weights).items():
                s_sq = state[0][0]
                first, second, total = first + count * s_sq, second + count * s_sq**2, total + count
            ratio = Fraction(second * total, first**2)
            rows.append(({"hidden": hidden, "spectrum": spectrum, "samples": len(data)}, ratio))
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
    """Every weight of small linear networks, four data sets, as fractions."""
    return prove.cases(
        (f"hidden {at['hidden']}, spectrum {at['spectrum']}", law(**at), found)
        for at, found in enumerated()
    )


def by_signs(law: Any) -> Finding:
    """The same for +-1 weights, of kurtosis 1."""
    return prove.cases(
        (f"+-1 weights, hidden {at['hidden']}", law(**at), found)
        for at, found in _ratios({-1: 1, 1: 1}, ((), (2,)))
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
        at={"hidden": hidden, "spectrum": (1,) * (n - 1), "samples": n},
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
            parameters=(HIDDEN, SPECTRUM, SAMPLES),
            words=(
                "second moment of S^2 of a unit over networks, relative to its mean squared; "
                "rho_0 = tr Sigma_0^2/(tr Sigma_0)^2"
            ),
            evaluate=of_data,
            mutants=(
                Mutant(
                    "rho_0 becomes 1/n",
                    lambda hidden, spectrum, samples: second_moment(
                        hidden, 1 / sp.sympify(samples)
                    ),
                ),
                Mutant("Var S_n^2 of independent samples", _independent),
                Mutant(
                    "no product",
                    lambda hidden, spectrum, samples: of_data((), spectrum, samples),
                ),
                Mutant(
                    "rho_0 for 2 rho_0",
                    lambda hidden, spectrum, samples: second_moment(
                        hidden, inverse_rank(spectrum) / 2
                    ),
                ),
                Mutant(
                    "product from l = 0",
                    lambda hidden, spectrum, samples: of_data((2, *hidden), spectrum, samples),
                ),
                Mutant(
                    "1/w for 2/w",
                    lambda hidden, spectrum, samples: of_data(
                        tuple(2 * w for w in hidden), spectrum, samples
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
        stated(
            "n centred inputs span at most n - 1 directions",
            lambda p: len(p.get("spectrum", ())) < p.get("samples", len(p.get("spectrum", ())) + 1),
        ),
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
            "enumeration", "exact", "small linear networks on four data sets", by_enumeration,
            law="sharper",
        ),
        Proof(
            "+-1 weights", "exact", "what a kurtosis of 3 is for: it differs from the first layer",
            by_signs, law="sharper", point={"weights": "rademacher"},
        ),
    ),
    probes=(
        *(
            _probe(
                n,
                (24, 24),
                "more inputs do not bring it to 1",
                curve="inputs",
                x=n,
                tiers=LATER if n == 2 else TIERS,
            )
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
            lambda x: {"hidden": (24, 24), "spectrum": (1,) * (int(x) - 1), "samples": int(x)},
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
