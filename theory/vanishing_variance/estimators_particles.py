"""The kurtosis of a deep network of any weight law, from particles.

    vev.est.smc   particles, resampled by the growth of ||phi(y)||^4

Unlike layer factors (vev.est.product) particles need no Gaussian weights: each carries a literal
layer, and phi(t y) = t phi(y) for t > 0 lets it be rescaled.

How many runs: for Gaussian weights the relative variance of one run is known exactly
(`run_variance`; 0.128 for 256 particles, width 10, depth 14), and `runs_needed` says after how many
a true law is decided with probability 0.999. A run costs 256 particles times all weights, so the
only row whose need exceeds the usual budget is depth 14: 10,900 runs at the standard margin of 3 %
and z = 5.45 (a report of all claims), 2.2 budgets; `budget=DEEP` leaves a seventh for a longer
list of claims. More particles in fewer runs would save a tenth at most, for P run_variance(P)
falls from 33 at P = 256 to 30. Bias plays no part: what is averaged over runs is
the product of mean potentials itself, whose expectation is the fourth moment at every number of
particles (proof `unbiased`); only its logarithm, or a ratio of two such products, would be biased.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.maths.particle_runs import particle_mean
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Estimand,
    Finding,
    Law,
    Mutant,
    Probe,
    Proof,
    stated,
    unstated,
)
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import prop43_kurtosis as prop43
from theory.vanishing_variance.estimator_laws import quenched
from theory.vanishing_variance.gaussian_probes import DIRECT, gaussian_setup


@functools.cache
def particle_means() -> tuple[tuple[tuple[int, ...], int, Fraction], ...]:
    """(widths read, particles, expected estimate)."""
    grid = (((2,), 2), ((2, 2), 1), ((2, 2), 2), ((2, 2, 2), 2), ((3, 2), 2), ((1, 2, 2), 3))
    return tuple((widths, n, particle_mean(widths, n)) for widths, n in grid)


def unbiased(law: Any) -> Finding:
    """The expected particle estimate is the kurtosis, at any number of particles."""
    return prove.cases(
        (
            (
                f"widths {widths}, {n} particles",
                law(widths=widths, slope=0, weight_kurtosis=1, input_kurtosis=1, input_pair=1),
                found,
            )
            for widths, n, found in particle_means()
        ),
        "every weight, input and resampling of small particle runs",
    )


# --- mutants ---------------------------------------------------------------------------------


def _smc_mutant(change: str) -> Any:
    def evaluate(**v: Any) -> Any:
        if change == "potential without the square":
            return prop43.output_kurtosis(**{**v, "widths": tuple(v["widths"])[-1:]})
        if change == "means of logs":
            return quenched(v["widths"], v["slope"])
        return prop43.output_kurtosis(**{**v, "widths": tuple(v["widths"])[:-1]})

    return evaluate


# --- the claim -------------------------------------------------------------------------------


DEEP = 2.5  # see above; tests hold every row's budget to `runs_needed`


def _particle_probe(
    name: str, widths: tuple[int, ...], weights: str, kurtosis: Any, **more: Any
) -> Probe:
    slope = more.pop("slope", 0.0)
    return Probe(
        name=name,
        experiment=more.pop("experiment", "particles"),
        setup=gaussian_setup(
            (*widths, more.pop("units", widths[-1])),
            slope,
            weights=weights,
            extra=more.pop("extra", {}),
        ),
        at={
            "widths": widths,
            "slope": slope,
            "weight_kurtosis": kurtosis,
            "input_kurtosis": 3,
            "input_pair": 1,
        },
        estimand=more.pop(
            "estimand",
            Estimand("mean", ("fourth",), over="particle runs; annealed: E y^4 where E y^2 = 1"),
        ),
        **more,
    )


E = sp.Function("E")
layer, depth = sp.symbols("l d", integer=True, positive=True)

CLAIM = Claim(
    id="vev.est.smc",
    title="particles resampled by the growth of ||phi(y)||^4 estimate the kurtosis without bias",
    source=PAPER.at(
        "Theorem 4.7", "not in the document: how its kurtosis can be estimated for any weight law"
    ),
    kind="algorithm",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Symbol("kappa_d"),
                E(
                    sp.Symbol("M_x")
                    * sp.Product(sp.Symbol("G_l"), (layer, 1, depth - 1))
                    * sp.Symbol("U")
                ),
            ),
            parameters=prop43.PARAMETERS,
            words=(
                "expected value of the particle estimate: mean potentials of input and layers "
                "times the mean y^4 of the last unit; equal to the recursion of Proposition 4.3"
            ),
            evaluate=prop43.output_kurtosis,
            mutants=tuple(
                Mutant(change, _smc_mutant(change))
                for change in ("potential without the square", "means of logs", "d-1 factors")
            ),
        ),
    ),
    assumptions=(
        stated(
            "He variance and homogeneous activation, so that E y^2 = 1",
            lambda p: p.get("fan", "in") == "in" and p.get("activation") != "tanh",
        ),
        unstated(
            "jointly sign-symmetric input",
            lambda p: p.get("inputs") not in ("correlated_pair", "sign_product"),
        ),
    ),
    expected="holds",
    because=(
        "Resampling in proportion to the potential keeps the networks that carry the fourth moment "
        "and the product of the mean potentials repays it exactly, for every weight law."
    ),
    proofs=(
        Proof(
            "unbiased",
            "exact",
            "expected estimate of runs of 1, 2 and 3 particles, visited",
            unbiased,
            law="sharper",
        ),
        Proof(
            "recursion",
            "exact",
            "literal networks enumerated give the same kurtosis",
            prop43.by_enumeration,
            law="sharper",
        ),
    ),
    probes=(
        *(
            _particle_probe(
                f"Gaussian, depth {n}",
                (10,) * n,
                "gaussian",
                3,
                why="beside the product estimator",
                laws=("sharper",),
                curve="depth",
                x=n,
                tiers=TIERS if n < 4 else LATER,
            )
            for n in (2, 4, 7)
        ),
        _particle_probe(
            "Gaussian, depth 14",
            (10,) * 14,
            "gaussian",
            3,
            why="beyond direct averages",
            laws=("sharper",),
            curve="depth",
            x=14,
            tiers=LATER,
            budget=DEEP,
        ),
        _particle_probe(
            "uniform, depth 6",
            (10,) * 6,
            "uniform",
            sp.Rational(9, 5),
            why="no product formula",
            laws=("sharper",),
            tiers=LATER,
        ),
        _particle_probe(
            "+-1 weights, depth 6",
            (10,) * 6,
            "rademacher",
            1,
            why="no product formula",
            laws=("sharper",),
            tiers=LATER,
        ),
        _particle_probe(
            "leaky, uniform",
            (7,) * 6,
            "uniform",
            sp.Rational(9, 5),
            slope=0.25,
            why="general slope",
            laws=("sharper",),
        ),
        _particle_probe(
            "small, by particles",
            (40, 40),
            "uniform",
            sp.Rational(9, 5),
            why="beside the direct average",
            units=16,
            slope=1.0,
            extra={"particles": 64},
            laws=("sharper",),
            tiers=LATER,
        ),
        _particle_probe(
            "small, directly",
            (40, 40),
            "uniform",
            sp.Rational(9, 5),
            why="literal networks averaged directly",
            units=16,
            slope=1.0,
            laws=("sharper",),
            experiment="unit_moments",
            estimand=DIRECT,
            budget=2,
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis of one unit, He-ReLU, width 10, by particles",
            "depth",
            "kurtosis",
            range(1, 21),
            lambda x: {
                "widths": (10,) * int(x),
                "slope": 0,
                "weight_kurtosis": 3,
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            laws=("sharper",),
            log_y=True,
        ),
    ),
    remark=(
        "The potential uses the activated norm, whose growth over a layer is the factor T alone; "
        "that of ||y|| carries a further chi-square and doubles the variance."
    ),
    see=("vev.est.product", "vev.est.naive", "vev.prop4.3"),
)
