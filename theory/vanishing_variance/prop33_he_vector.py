"""Any input becomes a He random vector behind one weight matrix: Proposition 3.3.

    vev.prop3.3   z = W x: centred, symmetric, uncorrelated, of one variance; and what else it is

Given x the entries of z are independent, alike and symmetric. So z is jointly sign-symmetric and
exchangeable, more than is claimed, and its moments follow from E||x||^2, E||x||^4 and
sum_k E x_k^4. W need not be square.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Estimand,
    Evaluate,
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
from theory.symbols import WEIGHT_KURTOSIS, kappa_w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import IID_WEIGHTS, KURTOSIS, UNCENTRED_PAIR, he_setup
from theory.vanishing_variance.recursion import first_step, power_sums, power_sums_exist
from theory.vanishing_variance.uncorrelated_pairs import aligned_pair, lopsided_pair

i, j = sp.symbols("i j", integer=True, positive=True)
sigma_z, v = sp.symbols("sigma_z^2 v", nonnegative=True)
norm_sq, norm_fourth, fourths = sp.symbols("N_2 N_4 F_4", positive=True)
E, Var, Cov = sp.Function("E"), sp.Function("Var"), sp.Function("Cov")
z_i, z_j = sp.symbols("z_i z_j")

ENTRY_VARIANCE = Parameter("variance", Reals(0), "sigma_z^2, the variance of one entry", sigma_z)
NORM_SQ = Parameter("norm_sq", Reals(0, open_low=True), "E ||x||^2", norm_sq)
NORM_FOURTH = Parameter("norm_fourth", Reals(0, open_low=True), "E ||x||^4", norm_fourth)
FOURTHS = Parameter("fourth_sum", Reals(0, open_low=True), "sum_k E x_k^4", fourths)


def covariance(row: Any, column: Any, variance: Any) -> sp.Expr:
    """Cov(z_i, z_j): sigma_z^2 on the diagonal, 0 beside it. Exact for any x."""
    return sp.sympify(variance) if row == column else sp.Integer(0)


CORRELATED = (
    Mutant("correlated", lambda row, column, variance: sp.sympify(variance)),
    Mutant(
        "variance of the row",
        lambda row, column, variance: row * covariance(row, column, variance),
    ),
)
"""Wrong versions of it."""


def entry_variance(weight_variance: Any, means: Any, variances: Any) -> sp.Expr:
    """Var z_i = Var W E||x||^2, with E||x||^2 = sum of variances and of squared means. Exact.

    >>> entry_variance(sp.Rational(1, 2), (2, sp.Rational(1, 2)), (1, sp.Rational(9, 4)))
    15/4
    """
    total = sum((sp.sympify(m) ** 2 + sp.sympify(s) for m, s in zip(means, variances, strict=True)),
                sp.Integer(0))  # fmt: skip
    return sp.sympify(weight_variance) * total


def entry_kurtosis(weight_kurtosis: Any, norm_fourth: Any, fourth_sum: Any, norm_sq: Any) -> Any:
    """kappa_z = 3 E||x||^4/(E||x||^2)^2 + (kappa_w - 3) sum_k E x_k^4/(E||x||^2)^2. Exact.

    The first step of the recursion without an activation.
    """
    return first_step(weight_kurtosis, norm_fourth, fourth_sum, norm_sq)


def pair_moment(norm_fourth: Any, norm_sq: Any) -> sp.Expr:
    """m_z = E z_i^2 z_j^2/sigma_z^4 = E||x||^4/(E||x||^2)^2, whatever the weights. Exact.

    >>> pair_moment(sp.Rational(125, 2), sp.Rational(15, 2))
    10/9
    """
    return sp.sympify(norm_fourth) / sp.sympify(norm_sq) ** 2


# --- literal layers, enumerated --------------------------------------------------------------

ONE = Fraction(1)
LINEAR = en.leaky(ONE)
INPUTS: tuple[tuple[str, en.Joint], ...] = (
    ("(1, 2) or (3, -1)", UNCENTRED_PAIR),
    ("(2s, 2s) or (s, -s)", aligned_pair()),
    ("a lopsided pair", lopsided_pair()),
    ("(1, 0, 0) always", {(ONE, 0 * ONE, 0 * ONE): ONE}),
    ("(5, -1, 2) or 0", {(5 * ONE, -ONE, 2 * ONE): ONE / 4, (0 * ONE,) * 3: 3 * ONE / 4}),
)


@functools.cache
def layers() -> tuple[tuple[str, en.Joint, en.Law, en.Joint], ...]:
    """(label, law of x, law of a weight, joint law of z = W x of two entries)."""
    return tuple(
        (f"x = {name}, kappa_w = {en.kurtosis(raw)}", x, raw, en.network(x, (2,), raw, LINEAR))
        for name, x in INPUTS
        for raw in (en.SIGN, en.THREE_POINT, en.GAUSS_LIKE)
    )


def is_he(law: Evaluate) -> Finding:
    """Covariances of z summed over every W and x; sigma_z^2 is what E z_1^2 is found to be."""
    return prove.cases(
        (
            f"{label}: Cov(z_{row}, z_{column})",
            law(row=row, column=column, variance=en.second_moment(z)),
            en.expect(z, lambda v, k=row - 1, n=column - 1: v[k] * v[n]),  # type: ignore[misc]
        )
        for label, _, _, z in layers()
        for row, column in itertools.product((1, 2), repeat=2)
    )


def cross_terms(law: Evaluate) -> Finding:
    """E over W of (sum_k W_1k x_k)(sum_k W_jk x_k), term by term, x held fixed."""
    x = sp.symbols("x1:4", real=True)
    one, two = sp.symbols("U1:4"), sp.symbols("V1:4")
    first, second = (sum(a * b for a, b in zip(row, x, strict=True)) for row in (one, two))

    def mean(product: Any) -> sp.Expr:
        terms = sp.Poly(sp.expand(product), *one, *two).terms()
        return sum((c * v ** (sum(powers) // 2) for powers, c in terms
                    if all(p % 2 == 0 for p in powers)), sp.Integer(0))  # fmt: skip

    return prove.identities(
        [
            ("i = j", law(row=1, column=1, variance=v * sum(e**2 for e in x)) - mean(first**2)),
            ("i != j", law(row=1, column=2, variance=v * sum(e**2 for e in x))
             - mean(first * second)),
        ],
        predicted="sigma_z^2 on the diagonal, 0 beside it",
        found=f"{mean(first**2)} and {mean(first * second)}, for all x",
    )  # fmt: skip


def jointly_symmetric(law: Evaluate) -> Finding:
    """The joint law of z under every flip of signs and every exchange; and its odd moments."""
    facts: list[tuple[str, bool | None]] = []
    for label, _, _, z in layers():
        flips = all(z.get((s * v[0], t * v[1])) == p
                    for v, p in z.items() for s in (1, -1) for t in (1, -1))  # fmt: skip
        facts.append((f"{label}: flips of signs keep the law", flips))
        facts.append((f"{label}: so does exchange", all(z.get(v[::-1]) == p for v, p in z.items())))
        facts += [
            (
                f"{label}: E z_1^{2 * k + 1} z_2^{q}",
                bool(law(half=k, other=q)
                     == en.expect(z, lambda v, k=k, q=q: v[0] ** (2 * k + 1) * v[1] ** q)),  # type: ignore[misc]
            )
            for k in (0, 1)
            for q in (0, 1, 2)
        ]  # fmt: skip
    return prove.truth(
        facts, predicted="E z_1^(2k + 1) z_2^q = 0", found="exact joint laws of z = W x"
    )


def moments_of(x: en.Joint) -> dict[str, Any]:
    """Means and variances of the entries of x."""
    size = len(next(iter(x)))
    means = [en.expect(x, lambda v, k=k: v[k]) for k in range(size)]  # type: ignore[misc]
    variances = [en.second_moment(x, k) - means[k] ** 2 for k in range(size)]
    return {"means": tuple(means), "variances": tuple(variances)}


def norms_of(x: en.Joint) -> dict[str, Fraction]:
    """E||x||^4, sum_k E x_k^4 and E||x||^2."""
    sums = power_sums(x, ONE)
    return {
        "norm_fourth": sums["square_sum_sq"],
        "fourth_sum": sums["fourth_sum"],
        "norm_sq": sums["square_sum"],
    }


def variance_enumerated(law: Evaluate) -> Finding:
    """Var z_1 summed over every W and x."""
    return prove.cases(
        (
            label,
            law(weight_variance=en.moment(raw, 2), **moments_of(x)),
            en.second_moment(z),
        )
        for label, x, raw, z in layers()
    )


def kurtosis_enumerated(law: Evaluate) -> Finding:
    """Kurtosis of z_1 summed over every W and x."""
    return prove.cases(
        (label, law(weight_kurtosis=en.kurtosis(raw), **norms_of(x)), en.unit_kurtosis(z))
        for label, x, raw, z in layers()
    )


def pairs_enumerated(law: Evaluate) -> Finding:
    """E z_1^2 z_2^2 over (E z_1^2)^2 summed over every W and x."""
    return prove.cases(
        (
            label,
            law(norm_fourth=norms_of(x)["norm_fourth"], norm_sq=norms_of(x)["norm_sq"]),
            en.pair_moment(z),
        )
        for label, x, _, z in layers()
    )


# --- the claim -------------------------------------------------------------------------------


def _sums_exist(p: Mapping[str, Any]) -> bool:
    if "norm_fourth" not in p or "norm_sq" not in p:
        return True
    fourth_sum = p.get("fourth_sum", p["norm_fourth"])
    return power_sums_exist(p["norm_fourth"], fourth_sum, p["norm_sq"])


def _probe(weights: str, kw: Any, estimand: Estimand, law: str, at: Any) -> Probe:
    return Probe(
        name=f"{law}, {weights} weights",
        experiment="unit_moments",
        setup={**he_setup((2, 48), 1, weights, kw), "activate_input": False,
               "activation": "linear", "inputs": "uncentred_pair"},
        at=at,
        estimand=estimand,
        laws=(law,),
        why="an input that is neither centred nor symmetric nor uncorrelated; W is not square",
    )  # fmt: skip


UNCENTRED_NORMS = norms_of(UNCENTRED_PAIR)
PAIRS = Estimand(
    "ratio_to_square",
    ("mean_pair_sq", "mean_sq"),
    over="networks and inputs; annealed: E z_i^2 z_j^2 over (E z^2)^2",
)

CLAIM = Claim(
    id="vev.prop3.3",
    title="W x is a He random vector, whatever x is",
    source=PAPER.at(
        "Proposition 3.3",
        "for any finite-variance x and W of iid centred symmetric entries of finite variance, "
        "independent of x, z = W x is a He random vector with some variance sigma_z^2",
    ),
    kind="exact",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(Cov(z_i, z_j), sigma_z * sp.KroneckerDelta(i, j)),
            parameters=(
                Parameter("row", Integers(1), "i", i),
                Parameter("column", Integers(1), "j", j),
                ENTRY_VARIANCE,
            ),
            words="uncorrelated entries of one variance (their symmetry is the next law)",
            evaluate=covariance,
            mutants=CORRELATED,
        ),
        Law(
            role="sharper",
            name="joint symmetry",
            formula=sp.Eq(
                E(z_i ** (2 * sp.Symbol("k") + 1) * z_j ** sp.Symbol("q")), 0, evaluate=False
            ),
            parameters=(
                Parameter("half", Integers(0), "k: the power of z_i is 2k + 1"),
                Parameter("other", Integers(0), "q: the power of another entry"),
            ),
            words="jointly sign-symmetric: a moment odd in one entry vanishes, alone (which is "
            "the symmetry that is claimed) or beside any power of another",
            evaluate=lambda half, other: sp.Integer(0),
            mutants=(
                Mutant("the single entry only", lambda half, other: sp.Integer(min(other, 1))),
                Mutant("skewed", lambda half, other: sp.Integer(min(half, 1))),
            ),
        ),
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(
                Var(z_i),
                v
                * sp.Sum(
                    E(sp.Indexed("x", sp.Symbol("k")) ** 2), (sp.Symbol("k"), 1, sp.Symbol("w"))
                ),
            ),
            parameters=(
                Parameter("weight_variance", Reals(0), "v = Var W, of one weight", v),
                Parameter("means", Tuples(Reals()), "mean of each entry of x"),
                Parameter("variances", Tuples(Reals(0)), "variance of each entry of x"),
            ),
            words="which variance: Var W times E||x||^2, the means of x included",
            evaluate=entry_variance,
            mutants=(
                Mutant(
                    "Var x for E||x||^2",
                    lambda weight_variance, means, variances: entry_variance(
                        weight_variance, (0,) * len(means), variances
                    ),
                ),
                Mutant(
                    "divided by the width",
                    lambda weight_variance, means, variances: (
                        entry_variance(weight_variance, means, variances) / len(means)
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(
                sp.Symbol("kappa_z"),
                (3 * norm_fourth + (kappa_w - 3) * fourths) / norm_sq**2,
            ),
            parameters=(WEIGHT_KURTOSIS, NORM_FOURTH, FOURTHS, NORM_SQ),
            words="kurtosis of an entry of z; N_2 = E||x||^2, N_4 = E||x||^4, F_4 = sum E x_k^4",
            evaluate=entry_kurtosis,
            mutants=(
                Mutant(
                    "3 m_z for any weights",
                    lambda weight_kurtosis, **sums: entry_kurtosis(3, **sums),
                ),
                Mutant(
                    "kappa_w - 1",
                    lambda weight_kurtosis, **sums: entry_kurtosis(weight_kurtosis + 2, **sums),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="pairs",
            formula=sp.Eq(sp.Symbol("m_z"), norm_fourth / norm_sq**2),
            parameters=(NORM_FOURTH, NORM_SQ),
            words="E z_i^2 z_j^2/sigma_z^4: 1 only if ||x|| is one number, so z is not independent",
            evaluate=pair_moment,
            mutants=(
                Mutant("independent entries", lambda norm_fourth, norm_sq: sp.Integer(1)),
                Mutant(
                    "not squared",
                    lambda norm_fourth, norm_sq: pair_moment(norm_fourth, norm_sq) ** 2,
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        stated("W and x independent", lambda p: p.get("independent", True)),
        stated(
            "as many means as variances",
            lambda p: len(p.get("means", ())) == len(p.get("variances", p.get("means", ()))),
        ),
        stated(
            "some x has these sums: (E||x||^2)^2 <= E||x||^4 and 0 < F_4 <= E||x||^4 (x is not 0 "
            "almost surely)",
            _sums_exist,
        ),
    ),
    expected="holds",
    because=(
        "Cross terms vanish because the weights are centred and independent. Given x the entries "
        "are independent and symmetric, so z is even jointly sign-symmetric and exchangeable."
    ),
    proofs=(
        Proof("cross terms", "symbolic", "E over W of z_i z_j, term by term, any x", cross_terms),
        Proof(
            "enumeration",
            "exact",
            "every W and x: asymmetric, uncentred, correlated, even constant x",
            is_he,
        ),
        Proof(
            "joint symmetry",
            "exact",
            "the exact joint law of z under flips of signs and exchange",
            jointly_symmetric,
            law="joint symmetry",
        ),
        Proof("variance", "exact", "every W and x", variance_enumerated, law="variance"),
        Proof("kurtosis", "exact", "every W and x", kurtosis_enumerated, law="kurtosis"),
        Proof("pairs", "exact", "every W and x", pairs_enumerated, law="pairs"),
    ),
    probes=(
        _probe(
            "uniform",
            sp.Rational(9, 5),
            Estimand("mean", ("mean_sq",), over="networks and inputs; annealed: E z^2"),
            "variance",
            # gain 1 over a fan-in of 2
            {"weight_variance": sp.Rational(1, 2), **moments_of(UNCENTRED_PAIR)},
        ),
        _probe(
            "rademacher",
            1,
            KURTOSIS,
            "kurtosis",
            {"weight_kurtosis": 1, **UNCENTRED_NORMS},
        ),
        _probe(
            "rademacher",
            1,
            PAIRS,
            "pairs",
            {k: UNCENTRED_NORMS[k] for k in ("norm_fourth", "norm_sq")},
        ),
    ),
    curves=(
        Curve(
            "weight kurtosis",
            "Kurtosis of an entry of W x, x = (1, 2) or (3, -1)",
            "kurtosis of one weight",
            "kurtosis",
            (1, 1.5, 2, 2.5, 3, 4, 6),
            lambda x: {"weight_kurtosis": x, **UNCENTRED_NORMS},
            laws=("kurtosis",),
        ),
    ),
    remark=(
        "Proof gap: 'a sum of symmetric variables is symmetric' is false for dependent ones "
        "(vev.prop3.2 has the example) and W_i1 x_1, W_i2 x_2 are dependent through x; given x "
        "they are independent, which repairs it. W need not be square; z = 0 only if x = 0."
    ),
    see=("vev.prop3.2", "vev.def3.1", "vev.prop4.3"),
)
