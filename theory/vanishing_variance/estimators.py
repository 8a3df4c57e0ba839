"""How the kurtosis of a deep network can be estimated from samples, and how it cannot.

    vev.est.naive     a direct average of y^4: its relative variance explodes with depth
    vev.est.product   product of per-layer means of T^2: Gaussian weights, one input

y_i^(d) = sqrt(R_{d-1}) g with R_{d-1} = prod T_{w_l} (vev.law.product), from x ~ N(0, I).
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.maths.layer_factors import chi2_moment, factor_moment
from theory.schema import (
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
    as_mpf,
    unstated,
)
from theory.symbols import SLOPE, WIDTHS
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import prop43_kurtosis as prop43
from theory.vanishing_variance.quenched_drift import drift

DRAWS = Parameter("draws", Integers(1), "factors drawn for each layer, N", sp.Symbol("N"))
ERROR = Parameter("error", Reals(0, 1, open_low=True), "relative standard error wanted")
GROUPS = 8

# --- the laws --------------------------------------------------------------------------------


def spread(width: int, slope: Any) -> sp.Rational:
    """E T^4/(E T^2)^2 of one layer: 1 + cv^2 of T^2. Exact.

    >>> spread(10, 0)
    1178/375
    """
    return factor_moment(width, slope, 4) / factor_moment(width, slope, 2) ** 2


def over_layers(of_layer: Callable[[int], Any], widths: Any) -> Any:
    """prod_l of_layer(w_l); equal widths are evaluated once."""
    return sp.prod([of_layer(n) ** count for n, count in Counter(widths).items()])


def naive_variance(widths: Any, slope: Any) -> Any:
    """Var(y^4)/(E y^4)^2 = (105/9) prod_l E T^4/(E T^2)^2 - 1: exact, per network.

    105/9 = E g^8/(E g^4)^2 of the Gaussian unit.

    >>> naive_variance((), 0)
    32/3
    """
    unit = sp.Rational(chi2_moment(1, 4), chi2_moment(1, 2) ** 2)
    return unit * over_layers(lambda n: spread(n, slope), widths) - 1


def networks_needed(widths: Any, slope: Any, error: Any) -> Any:
    """Networks in a direct average of y^4 for a relative standard error: variance/error^2."""
    return naive_variance(widths, slope) / sp.sympify(prove.exact(error)) ** 2


def product_kurtosis(widths: Any, slope: Any) -> Any:
    """kappa_d = 3 prod_l E T_{w_l}^2 = 3 prod_l (1 + (3r-1)/w_l), from x ~ N(0, I). Exact.

    >>> product_kurtosis((10, 10), 0)
    27/4
    """
    return 3 * over_layers(lambda n: factor_moment(n, slope, 2), widths)


def product_variance(widths: Any, slope: Any, draws: int) -> Any:
    """Relative variance of prod_l mean_N(T_l^2): prod_l (1 + cv_l^2/N) - 1, cv^2 of T^2. Exact."""
    return over_layers(lambda n: 1 + (spread(n, slope) - 1) / draws, widths) - 1


# --- proofs: moments of literal units --------------------------------------------------------

FIVE_POINTS = (  # Gauss-Hermite: the moments of N(0, 1) up to order 9, values and weights
    (mpmath.mpf(0), mpmath.mpf(8) / 15),
    *(
        (sign * mpmath.sqrt(5 + root * mpmath.sqrt(10)), (7 - 2 * root * mpmath.sqrt(10)) / 60)
        for root in (1, -1)
        for sign in (1, -1)
    ),
)


def power_of_sum(width: int, slope: Any, power: int) -> sp.Expr:
    """E (sum_j W_j phi(x_j))^power, W ~ N(0, v), x ~ N(0, 1): power! [t^power] of an egf to the w.

    Weights and units one by one: no chi-square, no binomial count.
    """
    t = sp.Symbol("t")
    variance = 2 / ((1 + slope**2) * sp.Integer(width))
    unit = sum(
        variance**k
        * sp.Integer(chi2_moment(1, k)) ** 2
        * (1 + slope ** (2 * k))
        / 2
        * t ** (2 * k)
        / sp.factorial(2 * k)
        for k in range(power // 2 + 1)
    )
    product = sp.Poly(unit, t) ** width
    return sp.factorial(power) * product.coeff_monomial(t**power)


@functools.cache
def five_point_networks() -> tuple[tuple[tuple[int, ...], Any, Any], ...]:
    """(widths read, E y^4, E y^8) of two-layer ReLU networks whose numbers take the five points."""
    rows = []
    for n, m in ((1, 2), (2, 1)):
        fourth = eighth = mpmath.mpf(0)
        for numbers in itertools.product(FIVE_POINTS, repeat=n + n * m + m):
            values, p = [z for z, _ in numbers], mpmath.fprod(q for _, q in numbers)
            x, w1, w2 = values[:n], values[n : n + n * m], values[n + n * m :]
            units = [
                sum(w1[i * n + j] * max(x[j], 0) for j in range(n)) for i in range(m)
            ]  # variance left out: ratios are scale-free
            y = sum(w2[i] * max(units[i], 0) for i in range(m))
            fourth, eighth = fourth + p * y**4, eighth + p * y**8
        rows.append(((n, m), fourth, eighth))
    return tuple(rows)


def one_layer_ratio(law: Any) -> Finding:
    """E y^8/(E y^4)^2 - 1 of one layer, expanded over weights and units."""
    rows = []
    for n, slope in ((1, "0"), (3, "0"), (4, "1/2"), (10, "-1")):
        s = sp.Rational(slope)
        ratio = power_of_sum(n, s, 8) / power_of_sum(n, s, 4) ** 2 - 1
        rows.append((f"w = {n}, a = {slope}", law(widths=(n,), slope=s), ratio))
    return prove.cases(rows, "exponential generating function")


def two_layer_ratio(law: Any) -> Finding:
    """The same for two layers: every network whose numbers are Gauss-Hermite points."""
    return prove.close(
        (
            (f"widths {widths}", law(widths=widths, slope=0), eighth / fourth**2 - 1)
            for widths, fourth, eighth in five_point_networks()
        ),
        digits=11,
        detail="enumeration of five-point networks: Gaussian moments up to order 9",
    )


def networks_from_variance(law: Any) -> Finding:
    """The mean of N independent copies has variance/N: N = variance/error^2."""
    rows = []
    for n, error in ((2, Fraction(1, 10)), (5, Fraction(1, 3))):
        s = sp.Integer(0)
        ratio = power_of_sum(n, s, 8) / power_of_sum(n, s, 4) ** 2 - 1
        count = law(widths=(n,), slope=0, error=error)
        rows.append((f"w = {n}, error {error}", ratio / count, prove.exact(error) ** 2))
    return prove.cases(rows)


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


# --- mutants ---------------------------------------------------------------------------------


def quenched(widths: Any, slope: Any, **_: Any) -> Any:
    """A mutant: 3 exp(2 E log T) for each layer, the mean of the logarithm."""
    return 3 * mpmath.exp(2 * mpmath.fsum(as_mpf(drift(n, slope)) for n in widths))


# --- what is measured ------------------------------------------------------------------------


def gaussian_setup(widths: tuple[int, ...], slope: float, **more: Any) -> dict[str, Any]:
    """A He network with Gaussian weights and a Gaussian input that is activated."""
    return {
        "widths": widths,
        "weights": "gaussian",
        "gain": 2 / (1 + slope**2),
        "activation": "leaky_relu",
        "slope": slope,
        "activate_input": True,
        **more,
    }


def _of_means(means: Any) -> float:
    """prod_i E fourth_i/(E second_i)^2."""
    value = 1.0
    for fourth, second in zip(means[:GROUPS], means[GROUPS:], strict=True):
        value *= float(fourth) / float(second) ** 2
    return value


PRODUCT = Estimand(
    "smooth",
    (*(f"fourth_{i}" for i in range(GROUPS)), *(f"second_{i}" for i in range(GROUPS))),
    over="layers, drawn separately; annealed: product over layers of E T^2/(E T)^2",
    function=_of_means,
)
DIRECT = Estimand(
    "ratio_to_square", ("mean_fourth", "mean_sq"), over="networks and inputs; annealed, directly"
)
RELATIVE_VARIANCE = Estimand(
    "smooth",
    ("scale_eighth", "scale_fourth"),
    over="networks and inputs; E y^8/(E y^4)^2 - 1, the last Gaussian layer integrated out",
    function=lambda m: float(105 / 9 * m[0] / m[1] ** 2 - 1),
)


def _naive_probe(name: str, widths: tuple[int, ...], slope: float, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="scale_powers",
        setup=gaussian_setup((*widths, 1), slope),
        at={"widths": widths, "slope": slope},
        estimand=RELATIVE_VARIANCE,
        laws=("relative variance",),
        **more,
    )


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


def _direct_probe(name: str, widths: tuple[int, ...], slope: float) -> Probe:
    return Probe(
        name=name,
        experiment="unit_moments",
        setup=gaussian_setup((*widths, 16), slope),
        at={"widths": widths, "slope": slope},
        estimand=DIRECT,
        laws=("kurtosis",),
        why="where a direct average of literal networks is affordable both must agree",
    )


def _many(widths: tuple[int, ...]) -> str:
    """Networks for 10 %, as words."""
    return f"{float(networks_needed(widths, 0, Fraction(1, 10))):.0e}"


# --- the claims ------------------------------------------------------------------------------

layer, depth, N = sp.symbols("l d N", integer=True, positive=True)
E = sp.Function("E")
T = sp.Indexed(sp.IndexedBase("T"), layer)
CV = E(T**4) / E(T**2) ** 2
GAUSSIAN = unstated(
    "Gaussian weights and one Gaussian input",
    lambda p: (
        p.get("weights", "gaussian") == "gaussian" and p.get("inputs", "gaussian") == "gaussian"
    ),
)

NAIVE = Claim(
    id="vev.est.naive",
    title="a direct average of y^4 has relative variance (105/9) prod E T^4/(E T^2)^2 - 1",
    source=PAPER.at(
        "Section 6", "not in the document: what its sampled kurtosis would need at depth"
    ),
    kind="algorithm",
    laws=(
        Law(
            role="sharper",
            name="relative variance",
            formula=sp.Eq(
                sp.Symbol("v"),
                sp.Rational(105, 9) * sp.Product(CV, (layer, 0, depth - 1)) - 1,
            ),
            parameters=(WIDTHS, SLOPE),
            words="variance of y^4 of one unit over networks, divided by (E y^4)^2",
            evaluate=naive_variance,
            mutants=(
                Mutant(
                    "105/3 for the unit",
                    lambda widths, slope: 3 * naive_variance(widths, slope) + 2,
                ),
                Mutant("one layer fewer", lambda widths, slope: naive_variance(widths[:-1], slope)),
                Mutant(
                    "E T^2 not squared",
                    lambda widths, slope: (
                        naive_variance(widths, slope) * product_kurtosis(widths, slope) / 3
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="networks needed",
            formula=sp.Eq(sp.Symbol("n"), sp.Symbol("v") / sp.Symbol("error") ** 2),
            parameters=(WIDTHS, SLOPE, ERROR),
            words="networks for a given relative standard error of the average of y^4",
            evaluate=networks_needed,
            mutants=(
                Mutant(
                    "error not squared",
                    lambda widths, slope, error: (
                        networks_needed(widths, slope, error) * prove.exact(error)
                    ),
                ),
            ),
        ),
    ),
    assumptions=(GAUSSIAN,),
    expected="holds",
    because=(
        "The fourth moment lives in rare networks. At width 20 and two layers "
        f"{_many((20, 20))} networks give 10 %; at width 10 it takes {_many((10,) * 10)} networks "
        f"at depth 10 and {_many((10,) * 100)} at depth 100, where any affordable average is too "
        "small by many orders of magnitude and its error bar as well: it is refused."
    ),
    proofs=(
        Proof(
            "one layer",
            "exact",
            "eighth and fourth moments expanded over weights and units",
            one_layer_ratio,
            law="relative variance",
        ),
        Proof(
            "two layers",
            "rigorous",
            "five-point networks have the Gaussian moments to order 9",
            two_layer_ratio,
            law="relative variance",
        ),
        Proof(
            "mean of copies",
            "exact",
            "variance/n = error^2 (E y^4)^2",
            networks_from_variance,
            law="networks needed",
        ),
    ),
    probes=(
        *(
            _naive_probe(
                f"w = {n}", (n,), 0.0, why="measured on literal layers", curve="width", x=n
            )
            for n in (40, 60, 100, 200)
        ),
        _naive_probe(
            "linear, two layers",
            (120, 120),
            1.0,
            why="the spreads multiply",
            tiers=("standard", "paper"),
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Networks for 10 % in a direct average of y^4, He-ReLU, width 10",
            "depth",
            "networks",
            range(1, 101),
            lambda x: {"widths": (10,) * int(x), "slope": 0, "error": Fraction(1, 10)},
            laws=("networks needed",),
            log_y=True,
        ),
        Curve(
            "width",
            "Relative variance of y^4 over networks of one layer, He-ReLU",
            "width",
            "relative variance of one network",
            (10, 15, 20, 30, 40, 60, 80, 100, 150, 200),
            lambda x: {"widths": (int(x),), "slope": 0},
            laws=("relative variance",),
            log_x=True,
        ),
    ),
    remark="Rule used here: no direct average of y^4 once d (3r-1)/w exceeds about 1.",
)

BY_PRODUCT = Claim(
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
            parameters=(WIDTHS, SLOPE),
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
            parameters=(WIDTHS, SLOPE, DRAWS),
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
            )
            for n in (5, 10, 25, 50, 100)
        ),
        _product_probe("leaky, depth 23", (7,) * 23, 0.25, why="general slope"),
        _product_probe("unequal widths", (3, 12, 5, 8), 0.0, why="which widths are read"),
        _product_probe("small, by factors", (40, 40), 1.0, why="beside the direct average"),
        _direct_probe("small, directly", (40, 40), 1.0),
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
        "T of the same draws, which leaves a seventh of the variance at width 10."
    ),
)
