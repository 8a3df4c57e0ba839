"""How the kurtosis of a deep Gaussian network can be estimated from samples.

    vev.est.product   product of per-layer means of T^2: Gaussian weights, one input

The direct average is in estimators_direct.py, the one for any weight law in
estimators_particles.py.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.maths.layer_factors import factor_moment
from theory.schema import (
    LATER,
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
)
from theory.symbols import SLOPE, WIDTHS, by_unit
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import prop43_kurtosis as prop43
from theory.vanishing_variance.estimator_laws import (
    left_by_own_mean,
    naive_variance,
    power_of_sum,
    product_kurtosis,
    product_variance,
    quenched,
    spread,
)
from theory.vanishing_variance.gaussian_probes import (
    CV,
    DIRECT,
    GAUSSIAN,
    PRODUCT,
    E,
    T,
    depth,
    gaussian_setup,
    layer,
)

N = sp.Symbol("N", integer=True, positive=True)
DRAWS = Parameter("draws", Integers(1, 10**9), "factors drawn for each layer, N", N)

# --- proofs ---------------------------------------------------------------------------------------


def kurtosis_is_recursion(law: Any) -> Finding:
    """3 prod E T^2 equals the trajectory of Proposition 4.3 as a fraction, to depth 100."""
    grid = [((10,) * 100, "0"), ((7,) * 23, "1/4"), ((3, 1, 8, 2), "-1"), ((4,), "2")]
    return prove.cases(
        (
            f"{len(widths)} layers, a = {slope}",
            law(widths=widths, slope=sp.Rational(slope)),
            prop43.trajectory(widths, sp.Rational(slope), 3, 3, 1)[-1][0],
        )
        for widths, slope in grid
    )


def kurtosis_of_one_layer(law: Any) -> Finding:
    """E y^4/(E y^2)^2 of one layer, expanded over weights and units."""
    rows = []
    for n, slope in ((1, "0"), (3, "1/2"), (6, "-1")):
        s = sp.Rational(slope)
        ratio = power_of_sum(n, s, 4) / power_of_sum(n, s, 2) ** 2
        rows.append((f"w = {n}, a = {slope}", law(widths=(n,), slope=s), ratio))
    return prove.cases(rows, "exponential generating function")


def variance_of_product(law: Any) -> Finding:
    """E (T_1^2 + ... + T_N^2)^2 expanded for N = 3 draws, independent layers multiplied."""
    m2, m4 = sp.symbols("m_2 m_4", positive=True)
    draws = sp.symbols("u1:4")
    expanded = sp.Poly(sp.expand((sum(draws) / 3) ** 2), *draws)
    value = sp.Integer(0)
    for powers, coefficient in expanded.terms():
        value += coefficient * sp.prod([{0: 1, 1: m2, 2: m4}[k] for k in powers])
    ratio = sp.cancel(value / m2**2)  # E mean^2/(E mean)^2, u = T^2
    rows = []
    for widths, slope in (((4,), "0"), ((3, 5), "1/2"), ((10,) * 4, "0")):
        s = sp.Rational(slope)
        exact = sp.prod(
            [ratio.subs({m2: factor_moment(n, s, 2), m4: factor_moment(n, s, 4)}) for n in widths]
        )
        rows.append((f"widths {widths}, N = 3", law(widths=widths, slope=s, draws=3), exact - 1))
    one_draw = naive_variance((4, 6), 0)
    unit = sp.Rational(3, 35)  # without the Gaussian unit: 9/105
    rows.append(
        (
            "N = 1 is the direct average",
            law(widths=(4, 6), slope=0, draws=1),
            (one_draw + 1) * unit - 1,
        )
    )
    return prove.cases(rows)


# --- what is measured -----------------------------------------------------------------------------


def _product_probe(name: str, widths: tuple[int, ...], slope: float, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="layer_factors",
        setup=gaussian_setup((*widths, widths[-1]), slope),
        at={"widths": widths, "slope": slope},
        estimand=PRODUCT,
        laws=("kurtosis",),
        **more,
    )


def _direct_probe(name: str, widths: tuple[int, ...], slope: float, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup=gaussian_setup((*widths, 16), slope),
        at={"widths": widths, "slope": slope},
        estimand=DIRECT,
        laws=("kurtosis",),
        why="where a direct average of literal networks is affordable both must agree",
        **more,
    )


# --- the claim ------------------------------------------------------------------------------------

CLAIM = Claim(
    id="vev.est.product",
    title="means of T^2 layer by layer, multiplied, give the kurtosis at any depth",
    source=PAPER.at(
        "Theorem 4.7", "not in the document: how its kurtosis can be estimated at depth 100"
    ),
    kind="algorithm",
    laws=(
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(sp.Symbol("kappa_d"), 3 * sp.Product(E(T**2), (layer, 0, depth - 1))),
            parameters=(by_unit(WIDTHS), SLOPE),
            words="kurtosis of one unit from an input x ~ N(0, I), Gaussian weights",
            evaluate=product_kurtosis,
            mutants=(
                Mutant("factors without the square", lambda widths, slope: sp.Integer(3)),
                Mutant("means of logs", quenched),
                Mutant("d-1 factors", lambda widths, slope: product_kurtosis(widths[:-1], slope)),
            ),
        ),
        Law(
            role="sharper",
            name="relative variance",
            formula=sp.Eq(sp.Symbol("v"), sp.Product(1 + (CV - 1) / N, (layer, 0, depth - 1)) - 1),
            parameters=(by_unit(WIDTHS), SLOPE, DRAWS),
            words="variance of the product of the means of N draws of T^2, over its squared mean",
            evaluate=product_variance,
            mutants=(
                Mutant(
                    "sum over layers only",
                    lambda widths, slope, draws: sum(
                        (spread(n, slope) - 1) / draws for n in widths
                    ),
                ),
                Mutant(
                    "draws shared by all layers",
                    lambda widths, slope, draws: naive_variance(widths, slope) / draws,
                ),
            ),
        ),
    ),
    assumptions=(GAUSSIAN,),
    expected="holds",
    because=(
        "The layers act through independent factors, so a mean is taken where it is easy, in one "
        "layer, and the product of the means is unbiased; its variance grows linearly with depth."
    ),
    proofs=(
        Proof(
            "recursion",
            "exact",
            "the product equals Proposition 4.3 to depth 100",
            kurtosis_is_recursion,
            law="kurtosis",
        ),
        Proof(
            "one layer",
            "exact",
            "fourth and second moments expanded over weights and units",
            kurtosis_of_one_layer,
            law="kurtosis",
        ),
        Proof(
            "variance of a product",
            "symbolic",
            "the square of a mean of three draws, expanded",
            variance_of_product,
            law="relative variance",
        ),
    ),
    probes=(
        *(
            _product_probe(
                f"depth {n}",
                (10,) * n,
                0.0,
                why="far beyond any direct average",
                curve="depth",
                x=n,
                budget=1.0 if n < 100 else 2.0,  # tests hold it to `runs_needed`
            )
            for n in (5, 10, 25, 50, 100)
        ),
        _product_probe("leaky, depth 23", (7,) * 23, 0.25, why="general slope"),
        _product_probe("unequal widths", (3, 12, 5, 8), 0.0, why="which widths are read"),
        _product_probe("small, by factors", (40, 40), 1.0, why="beside the direct average"),
        _direct_probe("small, directly", (40, 40), 1.0, tiers=LATER),
        _direct_probe("ReLU, directly", (40,), 0.0),
        Probe(
            name="variance of the product",
            experiment="layer_factor_product",
            setup=gaussian_setup((100,) * 5, 0.0, extra={"draws": 8}),
            at={"widths": (100,) * 4, "slope": 0, "draws": 8},
            estimand=Estimand(
                "smooth",
                ("fourth_sq", "fourth"),
                over="runs of 8 draws per layer",
                function=lambda m: float(m[0] / m[1] ** 2 - 1),
            ),
            laws=("relative variance",),
            why="the estimator's own error law",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis of one unit, He-ReLU, width 10, by layer factors",
            "depth",
            "kurtosis",
            (1, *range(5, 101, 5)),
            lambda x: {"widths": (10,) * int(x), "slope": 0},
            laws=("kurtosis",),
            log_y=True,
        ),
    ),
    remark=(
        "The factors are drawn as chi-squares of a binomial count; a two-sample test against "
        "literal networks is part of the test suite. The estimate divides by the squared mean of "
        f"T of the same draws, which leaves {float(left_by_own_mean(10, 0)):.2f} of the variance "
        "at width 10, to first order."
    ),
    see=("vev.est.smc", "vev.est.naive", "vev.law.product"),
)
