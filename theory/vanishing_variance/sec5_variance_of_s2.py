"""Variance of the sample variance: Section 5, first formula.

    vev.sec5.var_s2   Var S_n^2 = (kappa - (n-3)/(n-1)) sigma^4/n, for independent samples

S_n^2 is the unbiased sample variance, kappa the kurtosis (3 for a Gaussian). The formula is a fact
about n independent samples. The outputs of one network on n inputs share its weights.
"""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
    unstated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.closed_forms import gaussian_kurtosis
from theory.vanishing_variance.data_probes import SAMPLES, VARIANCE_OF_VARIANCE, n
from theory.vanishing_variance.gaussian_probes import gaussian_setup

kappa, sigma_sq, mu_4 = sp.symbols("kappa sigma^2 mu_4", positive=True)
KURTOSIS = Parameter("kurtosis", Reals(1), "kurtosis kappa of one sample (not excess)", kappa)
SIGMA_SQ = Parameter(
    "variance", Reals(0, open_low=True), "variance sigma^2 of one sample", sigma_sq
)
SHARED = "inputs of one network"


def variance_of_s2(samples: Any, kurtosis: Any, variance: Any) -> sp.Expr:
    """Var S_n^2 = (kappa - (n-3)/(n-1)) sigma^4/n. Exact for n >= 2 independent samples.

    >>> variance_of_s2(4, 3, 1), variance_of_s2(2, 1, 1)
    (2/3, 1)
    """
    size = sp.sympify(samples)
    kurt, second = sp.sympify(prove.exact(kurtosis)), sp.sympify(prove.exact(variance))
    return (kurt - (size - 3) / (size - 1)) * second**2 / size


# --- proofs ----------------------------------------------------------------------------------


def expansion(law: Any) -> Finding:
    """S^2 = (sum x^2 - (sum x)^2/n)/(n-1), squared and expanded, n symbolic, E x = 0."""
    pairs = n * (n - 1) * sigma_sq**2  # i != j; odd moments never survive: each index pairs up
    sq_sq = n * mu_4 + pairs  # E (sum x^2)^2
    sq_sum = n * mu_4 + pairs  # E (sum x^2)(sum x)^2
    fourth = n * mu_4 + 3 * pairs  # E (sum x)^4
    square = (sq_sq - 2 * sq_sum / n + fourth / n**2) / (n - 1) ** 2
    truth = square.subs(mu_4, kappa * sigma_sq**2) - sigma_sq**2
    return prove.identity(
        law(samples=n, kurtosis=kappa, variance=sigma_sq) - truth,
        predicted=str(law(samples=n, kurtosis=kappa, variance=sigma_sq)),
        found="E (S^2)^2 - sigma^4, term by term, for every n, kappa and sigma^2",
    )


def sample_variance(values: Any) -> Fraction:
    """Unbiased variance of a few fractions."""
    mean = Fraction(sum(values), len(values))
    return sum(((v - mean) ** 2 for v in values), Fraction(0)) / (len(values) - 1)


def _moments_of_s2(samples: en.Joint) -> Fraction:
    first = en.expect(samples, sample_variance)
    return en.expect(samples, lambda x: sample_variance(x) ** 2) - first**2


SKEWED: en.Law = {Fraction(-1): Fraction(2, 3), Fraction(2): Fraction(1, 3)}


@functools.cache
def enumerated() -> tuple[tuple[str, dict[str, Any], Fraction], ...]:
    """(label, arguments, Var S_n^2) over all samples of small laws of mean 0."""
    return tuple(
        (
            f"{name}, n = {size}",
            {"samples": size, "kurtosis": en.kurtosis(law), "variance": en.moment(law, 2)},
            _moments_of_s2(en.iid(law, size)),
        )
        for name, law in (("signs", en.SIGN), ("three points", en.GAUSS_LIKE), ("skewed", SKEWED))
        for size in (2, 3, 4, 5)
    )


def by_enumeration(law: Any) -> Finding:
    """Every sample of two to five members, also of a skewed law."""
    return prove.cases((label, law(**at), found) for label, at, found in enumerated())


@functools.cache
def shared_weights() -> tuple[dict[str, Any], Fraction]:
    """(arguments, Var S_3^2) of y_b = W_1 x_b1 + W_2 x_b2, data of iid signs, one W for all b."""
    data = list(itertools.product((-1, 1), repeat=6))
    outputs: dict[tuple[Fraction, ...], Fraction] = {}
    pooled: dict[Fraction, Fraction] = {}
    for w1, w2 in itertools.product((-1, 0, 1), repeat=2):
        p = en.GAUSS_LIKE[Fraction(w1)] * en.GAUSS_LIKE[Fraction(w2)] / len(data)
        for x in data:
            y = tuple(Fraction(w1 * x[2 * b] + w2 * x[2 * b + 1]) for b in range(3))
            outputs[y] = outputs.get(y, Fraction(0)) + p
            pooled[y[0]] = pooled.get(y[0], Fraction(0)) + p
    at = {"samples": 3, "kurtosis": en.kurtosis(pooled), "variance": en.moment(pooled, 2)}
    return at, _moments_of_s2(outputs)


def outputs_of_one_network(law: Any) -> Finding:
    """One linear layer, three inputs of independent signs: every weight and every data set."""
    at, found = shared_weights()
    return prove.cases([("two weights, three inputs", law(**at), found)])


# --- the claim -------------------------------------------------------------------------------


def _units(name: str, size: int, reads: int, weights: str, kw: Any, why: str, **more: Any) -> Probe:
    """Units of one linear layer over a fixed input of signs: independent samples."""
    return Probe(
        name=name,
        experiment="variance_over_units",
        setup={
            "widths": (reads, size), "weights": weights, "weight_kurtosis": float(kw), "gain": 1.0,
            "activation": "linear", "inputs": "rademacher",
        },
        at={"samples": size, "kurtosis": 3 + (sp.sympify(kw) - 3) / reads, "variance": 1},
        estimand=VARIANCE_OF_VARIANCE,
        why=why,
        **more,
    )  # fmt: skip


CLAIM = Claim(
    id="vev.sec5.var_s2",
    title="variance of the sample variance: Var S_n^2 = (kappa - (n-3)/(n-1)) sigma^4/n",
    source=PAPER.at(
        "Section 5, first display",
        "the variance of the outputs' sample variance depends on their kurtosis like this; n is "
        "the sample size",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("Var_S"), (kappa - (n - 3) / (n - 1)) * sigma_sq**2 / n),
            parameters=(SAMPLES, KURTOSIS, SIGMA_SQ),
            words="variance of the unbiased sample variance of n samples",
            evaluate=variance_of_s2,
            mutants=(
                Mutant(
                    "excess kurtosis",
                    lambda samples, kurtosis, variance: variance_of_s2(
                        samples, sp.sympify(prove.exact(kurtosis)) - 3, variance
                    ),
                ),
                Mutant(
                    "variance with 1/n",
                    lambda samples, kurtosis, variance: (
                        variance_of_s2(samples, kurtosis, variance)
                        * (1 - 1 / sp.sympify(samples)) ** 2
                    ),
                ),
                Mutant(
                    "kappa - (n-1)/(n-3)",
                    lambda samples, kurtosis, variance: (
                        (
                            sp.sympify(prove.exact(kurtosis))
                            - (sp.sympify(samples) - 1) / (sp.sympify(samples) - 3)
                        )
                        * sp.sympify(prove.exact(variance)) ** 2
                        / samples
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated("finite fourth moment", lambda p: p.get("kurtosis", 3) < sp.oo),
        unstated(
            "the samples are independent; the outputs of one network on n inputs share its weights",
            lambda p: p.get("sampled_over") != SHARED,
        ),
    ),
    expected="holds-if",
    because=(
        "The formula is exact for independent samples. The outputs of one network share its "
        "weights: there the variance does not fall like 1/n (vev.sec5.shared), and the formula is "
        "too small by any factor as n grows."
    ),
    proofs=(
        Proof("expansion", "symbolic", "E (S^2)^2 term by term, n symbolic", expansion),
        Proof("enumeration", "exact", "every sample of small laws, n = 2, ..., 5", by_enumeration),
        Proof(
            "outputs of one network",
            "exact",
            "one linear layer on three inputs, every weight and every data set",
            outputs_of_one_network,
            point={"sampled_over": SHARED},
        ),
    ),
    probes=(
        *(
            _units(
                f"units, n = {size}",
                size,
                1,
                "three_point",
                6,
                "units of one layer over one fixed input are independent",
                curve="samples",
                x=size,
            )
            for size in (5, 10, 40)
        ),
        _units("uniform weights", 12, 2, "uniform", sp.Rational(9, 5), "two weights a unit"),
        Probe(
            name="40 inputs of one network",
            experiment="empirical_variance",
            setup=gaussian_setup((24, 48, 48, 48), 1.0, n_inputs=40),
            at={
                "samples": 40,
                "kurtosis": gaussian_kurtosis((24, 48, 48), 1, 3, 1),
                "variance": 1,
            },
            facts={"sampled_over": SHARED},
            estimand=VARIANCE_OF_VARIANCE,
            why="the document's use: one linear network on 40 inputs",
        ),
    ),
    curves=(
        Curve(
            "samples",
            "Variance of the sample variance of n independent samples, kurtosis 6",
            "n",
            "Var S^2",
            (2, 3, 5, 7, 10, 20, 40, 60),
            lambda x: {"samples": int(x), "kurtosis": 6, "variance": 1},
            log_x=True,
            log_y=True,
        ),
    ),
    remark="The document credits the formula to O'Neill (2014), who states it for iid samples.",
    see=("vev.sec5.shared", "vev.sec5.gamma"),
)
