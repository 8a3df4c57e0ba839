"""What a direct average of y^4 over networks needs, and why it is refused at depth.

    vev.est.naive     its relative variance explodes with depth

y_i^(d) = sqrt(R_{d-1}) g with R_{d-1} = prod T_{w_l} (vev.law.product), from x ~ N(0, I).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Claim,
    Curve,
    Estimand,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
)
from theory.symbols import SLOPE, WIDTHS, by_unit
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.estimator_laws import (
    naive_variance,
    networks_needed,
    nine_point_networks,
    power_of_sum,
    product_kurtosis,
)
from theory.vanishing_variance.gaussian_probes import CV, GAUSSIAN, depth, gaussian_setup, layer

ERROR = Parameter("error", Reals(0, 1, open_low=True), "relative standard error wanted")

# --- proofs ---------------------------------------------------------------------------------------


def one_layer_ratio(law: Any) -> Finding:
    """E y^8/(E y^4)^2 - 1 of one layer, expanded over weights and units."""
    rows = []
    for n, slope in ((1, "0"), (3, "0"), (4, "1/2"), (10, "-1")):
        s = sp.Rational(slope)
        ratio = power_of_sum(n, s, 8) / power_of_sum(n, s, 4) ** 2 - 1
        rows.append((f"w = {n}, a = {slope}", law(widths=(n,), slope=s), ratio))
    return prove.cases(rows, "exponential generating function")


def two_layer_ratio(law: Any) -> Finding:
    """The same for two layers: every network whose numbers take nine values."""
    return prove.cases(
        (
            (f"widths {widths}", law(widths=widths, slope=0), eighth / fourth**2 - 1)
            for widths, fourth, eighth in nine_point_networks()
        ),
        "enumeration of networks on -4, ..., 4 with the Gaussian moments up to order 9",
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


# --- what is measured -----------------------------------------------------------------------------

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


def _many(widths: tuple[int, ...]) -> str:
    """Networks for 10 %, as words."""
    return f"{float(networks_needed(widths, 0, Fraction(1, 10))):.0e}"


# --- the claim ------------------------------------------------------------------------------------

CLAIM = Claim(
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
            parameters=(by_unit(WIDTHS), SLOPE),
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
            parameters=(by_unit(WIDTHS), SLOPE, ERROR),
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
            "exact",
            "every network on nine points with the Gaussian moments to order 9",
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
            for n in (90, 100, 150, 200)  # direct_log_variance(T^4) <= 1 from width 84 on
        ),
        _naive_probe(
            "linear, two layers",
            (120, 120),
            1.0,
            why="the spreads multiply",
            tiers=LATER,
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
    see=("vev.est.product", "vev.est.smc", "vev.law.product"),
)
