"""Appendix E: the pairs (c_0, kappa_0) of MNIST and CIFAR10, and what ties the two numbers.

    vev.appE.inputs   (0.71, 3.95) and (0.10, 3.28), of inputs whose variance is not said

Behind one weight matrix, z = W x: kappa_0 = 3 (1 + c_0/sigma_0^4) + (kappa_w - 3) F with F =
sum_k E x_k^4/(E||x||^2)^2 (vev.prop3.3). With Gaussian weights the pair of MNIST belongs to inputs
of variance 1.488 to 1.507 and that of CIFAR10 to inputs of variance 1 to 1.070.
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import images, prove
from theory.schema import (
    LATER,
    Choice,
    Claim,
    Curve,
    Evaluate,
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
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, a, kappa_w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import prop33_he_vector as prop33
from theory.vanishing_variance.input_pairs import (
    HALF_DIGIT,
    PRINTED,
    STRETCHED,
    at_depth,
    kurtosis,
    overestimate,
    pair,
    printed_kurtosis,
    scale,
)
from theory.vanishing_variance.probes import (
    IID_WEIGHTS,
    INPUT_KURTOSIS,
    KURTOSIS,
    WIDTHS_READ,
    he_setup,
)
from theory.vanishing_variance.recursion import input_exists, power_sums_exist

c_0, F = sp.symbols("c_0 F", real=True)
s_0, kappa_0 = sp.symbols("sigma_0^2 kappa_0", positive=True)

DATA_SET = Parameter("data_set", Choice(tuple(PRINTED)), "data set")
COVARIANCE = Parameter("covariance", Reals(0), "c_0 = Cov(z_i^2, z_j^2)", c_0)
VARIANCE = Parameter("variance", Reals(0, open_low=True), "sigma_0^2 = Var z_i", s_0)
SHARE = Parameter(
    "fourth_share", Reals(0, 1e6, open_low=True), "F = sum_k E x_k^4/(E||x||^2)^2 of the data x"
)


# --- proofs ----------------------------------------------------------------------------------


def own_covariance(data_set: str, variance: Fraction, least: Fraction = Fraction(3)) -> Any:
    """A check that kappa_0 and the printed c_0 can both be what they round to, at that sigma_0^2.

    With normal weights kappa_0 = 3 m_0. Those of Appendix E have kurtoses 1 to 3, and
    F <= m_0 max_k x_k^2/||x||^2: where no pixel has a third of ||x||^2 kappa_0 is at least
    3 m_0 - 2 m_0/3 = 7/3 m_0, whichever they were; then `least` is 7/3.
    """
    c = PRINTED[data_set][1]
    low = least * (1 + (c - HALF_DIGIT) / variance**2)
    high = 3 * (1 + (c + HALF_DIGIT) / variance**2)

    def check(law: Evaluate) -> Finding:
        value = prove.exact(law(data_set=data_set))
        return prove.truth(
            [
                (f"{value + HALF_DIGIT} >= {low}", bool(value + HALF_DIGIT >= low)),
                (f"{value - HALF_DIGIT} <= {high}", bool(value - HALF_DIGIT <= high)),
            ],
            predicted=f"{float(value - HALF_DIGIT):.3f} to {float(value + HALF_DIGIT):.3f}",
            found=f"{float(low):.3f} to {float(high):.3f} at sigma_0^2 = {variance}",
            detail="over all c_0 and kappa_0 that round to what is printed",
        )

    return check


def consistent(p: Mapping[str, Any]) -> bool:
    """Whether some c_0 and kappa_0 that round to the printed ones satisfy kappa_0 = 3 m_0."""
    if "data_set" not in p or "variance" not in p:
        return True
    kurt, c = PRINTED[p["data_set"]]
    low, high = (3 * (1 + (c + s * HALF_DIGIT) / Fraction(p["variance"]) ** 2) for s in (-1, 1))
    return low <= kurt + HALF_DIGIT and high >= kurt - HALF_DIGIT


def enumerated(law: Evaluate) -> Finding:
    """Every weight matrix and every datum of small layers: c_0, sigma_0^2 and kappa_0 of z."""

    def arguments(x: en.Joint, raw: en.Law, z: en.Joint) -> dict[str, Any]:
        sums, variance = prop33.norms_of(x), en.second_moment(z)
        return {
            "covariance": en.expect(z, lambda v: (v[0] * v[1]) ** 2) - variance**2,
            "variance": variance,
            "weight_kurtosis": en.kurtosis(raw),
            "fourth_share": sums["fourth_sum"] / sums["norm_sq"] ** 2,
        }

    return prove.cases(
        (label, law(**arguments(x, raw, z)), en.unit_kurtosis(z))
        for label, x, raw, z in prop33.layers()
    )


def inverse(law: Evaluate) -> Finding:
    """sigma_0^2 recovered from kappa_0 = 3 (1 + c_0/sigma_0^4), for all c_0 and sigma_0."""
    c = sp.Symbol("c", positive=True)
    claimed = law(covariance=c, kurtosis=3 * pair(c, s_0))
    same = sp.cancel(claimed**2 - s_0**2) == 0  # decides: rational functions
    return prove.truth(
        [("sigma_0^4, for all c_0 and sigma_0", bool(same))],
        predicted=str(claimed),
        found="the identity solved for sigma_0^2",
    )


def printed_scale(law: Evaluate) -> Finding:
    """The pair (0.71, 3.95) over all that rounds to it: sigma_0^4 at the ends, in fractions.

    sigma_0^2 rises with c_0 and falls with kappa_0, so the corners are the ends.
    """
    kurt, c = PRINTED["MNIST"]

    def squared(sign: int) -> Any:
        return law(covariance=c + sign * HALF_DIGIT, kurtosis=kurt - sign * HALF_DIGIT) ** 2

    low, high = Fraction(3 * 705, 955), Fraction(3 * 715, 945)
    return prove.cases(
        [("least sigma_0^4", squared(-1), low), ("largest sigma_0^4", squared(1), high)],
        f"sigma_0^2 from {float(low) ** 0.5:.3f} to {float(high) ** 0.5:.3f}: never 1",
    )


def by_networks(law: Evaluate) -> Finding:
    """Literal networks fed with inputs of variance 5/2, one and two layers."""
    start = {
        "input_kurtosis": en.unit_kurtosis(STRETCHED),
        "variance": en.second_moment(STRETCHED),
        "covariance": en.expect(STRETCHED, lambda v: (v[0] * v[1]) ** 2)
        - en.second_moment(STRETCHED) ** 2,
    }
    return prove.cases(
        (
            f"a = {slope}, {len(layers)} layers, kappa_w = {en.kurtosis(raw)}",
            law(widths=(2, *layers[:-1]), slope=slope, weight_kurtosis=en.kurtosis(raw), **start),
            en.unit_kurtosis(en.network(STRETCHED, layers, raw, en.leaky(slope))),
        )
        for slope, layers, raw in (
            (Fraction(0), (2,), en.SIGN),
            (Fraction(0), (2, 2), en.SIGN),
            (Fraction(1, 2), (2,), en.THREE_POINT),
        )
    )


# --- the claim -------------------------------------------------------------------------------

DIGITS = images.DIGITS
OF_DIGITS = {
    "variance": DIGITS.variance / images.PIXELS["digits"],  # weights of variance 1/64
    "covariance": (DIGITS.pair - 1) * (DIGITS.variance / images.PIXELS["digits"]) ** 2,
}
WIDTH = 48  # at 24 a direct average behind one more layer breaks the rule of probes.py
SLOPE_AT_DEPTH = -1  # phi = |x| halves the log-variance that a rectifier adds


def _probe(
    name: str, layers: tuple[int, ...], law: str, at: dict[str, Any], why: str, **more: Any
) -> Probe:
    widths = (images.PIXELS["digits"], *layers)
    return Probe(
        name=name,
        experiment="unit_moments",
        setup={
            **he_setup(widths, SLOPE_AT_DEPTH, "gaussian", 3),
            "first_gain": 1.0,
            "activate_input": False,
            "inputs": "digits",
        },
        at={**OF_DIGITS, "weight_kurtosis": 3, **at},
        estimand=KURTOSIS,
        laws=(law,),
        why=why,
        **more,
    )


AT_ONE = kurtosis(PRINTED["MNIST"][1], 1, 3, 0)

CLAIM = Claim(
    id="vev.appE.inputs",
    title="(c_0, kappa_0) is (0.71, 3.95) for MNIST and (0.10, 3.28) for CIFAR10",
    source=PAPER.at(
        "Appendix E",
        "from 10^7 random samples c_0 = 0.71, kappa_0 = 3.95 for MNIST, and c_0 = 0.10, kappa_0 = "
        "3.28 for CIFAR10, for the input He random vector (of 'some variance', Proposition 3.3)",
    ),
    kind="empirical numbers",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(kappa_0, sp.Symbol("kappa_printed")),
            parameters=(DATA_SET,),
            words="kappa_0 as printed, beside its c_0",
            evaluate=printed_kurtosis,
            mutants=(
                Mutant("excess kurtosis", lambda data_set: printed_kurtosis(data_set) - 3),
                Mutant(
                    "data sets swapped",
                    lambda data_set: printed_kurtosis(
                        "CIFAR10" if data_set == "MNIST" else "MNIST"
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="identity",
            formula=sp.Eq(kappa_0, 3 * (1 + c_0 / s_0**2) + (kappa_w - 3) * F),
            parameters=(COVARIANCE, VARIANCE, WEIGHT_KURTOSIS, SHARE),
            words="kappa_0 of z = W x from c_0, sigma_0^2 and the weights; F matters unless "
            "they are Gaussian",
            evaluate=kurtosis,
            mutants=(
                Mutant("sigma_0 = 1", lambda variance, **at: kurtosis(variance=1, **at)),
                Mutant(
                    "sigma_0^2 in place of sigma_0^4",
                    lambda variance, **at: kurtosis(variance=sp.sqrt(prove.exact(variance)), **at),
                ),
                Mutant(
                    "kappa_w = 3 always",
                    lambda weight_kurtosis, **at: kurtosis(weight_kurtosis=3, **at),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="scale",
            formula=sp.Eq(s_0, sp.sqrt(3 * c_0 / (kappa_0 - 3))),
            parameters=(
                Parameter("covariance", Reals(0, open_low=True), "c_0"),
                Parameter("kurtosis", Reals(3, open_low=True), "kappa_0"),
            ),
            words="the variance of the inputs that a pair implies, Gaussian weights",
            evaluate=scale,
            mutants=(
                Mutant("sigma_0^4", lambda covariance, kurtosis: scale(covariance, kurtosis) ** 2),
                Mutant(
                    "kappa_0 whole", lambda covariance, kurtosis: scale(covariance, kurtosis + 3)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="at depth",
            formula=sp.Eq(
                sp.Symbol("kappa_1"),
                2 * (1 + a**4) / (1 + a**2) ** 2 * kappa_w * kappa_0 / sp.Symbol("w_0")
                + 3 * (1 - 1 / sp.Symbol("w_0")) * (1 + c_0 / s_0**2),
            ),
            parameters=(
                WIDTHS_READ,
                SLOPE,
                WEIGHT_KURTOSIS,
                INPUT_KURTOSIS,
                Parameter("covariance", Reals(), "c_0"),
                VARIANCE,
            ),
            words="Proposition 4.3 started at inputs of any variance (one layer is shown)",
            evaluate=at_depth,
            mutants=(
                Mutant("c_0 as if sigma_0 = 1", lambda variance, **at: at_depth(variance=1, **at)),
                Mutant(
                    "c_0 of independent entries",
                    lambda covariance, **at: at_depth(covariance=0, **at),
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        unstated(
            "sigma_0^2 of the inputs is one that the pair allows: 1.488 to 1.507 for MNIST, 1 to "
            "1.070 for CIFAR10 (normal weights)",
            consistent,
        ),
        stated(
            "some data have these moments: F <= 1 + c_0/sigma_0^4",
            lambda p: (
                "fourth_share" not in p
                or power_sums_exist(pair(p["covariance"], p["variance"]), p["fourth_share"], 1)
            ),
        ),
        stated(
            "some input has these moments: m_0 = 1 + c_0/sigma_0^4 <= kappa_0 and "
            "kappa_0 + (w_0 - 1) m_0 >= w_0",
            lambda p: (
                "input_kurtosis" not in p
                or input_exists(
                    p["widths"][0], p["input_kurtosis"], pair(p["covariance"], p["variance"])
                )
            ),
        ),
    ),
    expected="holds-if",
    because=(
        "The two numbers fix sigma_0^2, which is not given and without which c_0 means nothing: "
        "1.488 to 1.507 for MNIST, 1 to 1.070 for CIFAR10 (normal weights). Of variance one, as "
        f"the inputs of Section 6 are said to be, those of MNIST would need {float(AT_ONE)}."
    ),
    proofs=(
        *(
            Proof(
                f"{data_set}, variance {float(variance)}",
                "exact",
                "what rounds to the printed kappa_0 and what the printed c_0 allows there",
                own_covariance(data_set, variance),
                point={"data_set": data_set, "variance": variance},
            )
            for data_set, variance in (
                ("MNIST", Fraction(149, 100)),
                ("MNIST", Fraction(3, 2)),
                ("CIFAR10", Fraction(1)),
                ("CIFAR10", Fraction(107, 100)),
                ("CIFAR10", Fraction(3, 2)),
            )
        ),
        Proof(
            "MNIST, variance 1",
            "exact",
            "3.95 and what c_0 = 0.71 allows are disjoint, even with the +-1 or uniform weights",
            own_covariance("MNIST", Fraction(1), Fraction(7, 3)),
            point={"data_set": "MNIST", "variance": Fraction(1)},
        ),
        Proof(
            "enumeration",
            "exact",
            "moments of z = W x summed over every W and x",
            enumerated,
            law="identity",
        ),
        Proof("inverse", "symbolic", "the identity solved for sigma_0^2", inverse, law="scale"),
        Proof(
            "implied variance",
            "exact",
            "sigma_0^4 over all that rounds to (0.71, 3.95)",
            printed_scale,
            law="scale",
        ),
        Proof(
            "networks",
            "exact",
            "literal networks enumerated, inputs of variance 5/2",
            by_networks,
            law="at depth",
        ),
    ),
    probes=(
        _probe(
            "digits",
            (WIDTH,),
            "identity",
            {"fourth_share": DIGITS.fourth_share},
            "real images, sigma_0^2 = 18.8",
        ),
        _probe(
            "digits, one layer more",
            (WIDTH, WIDTH),
            "at depth",
            {"widths": (WIDTH,), "slope": SLOPE_AT_DEPTH, "input_kurtosis": 3 * DIGITS.pair},
            "the recursion started at real images",
            curve="depth",
            x=1,
            tiers=LATER,
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis, phi = |x|, width 48, behind scikit-learn's digits",
            "layers read",
            "kurtosis",
            range(1, 13),
            lambda x: {
                "widths": (WIDTH,) * int(x),
                "slope": SLOPE_AT_DEPTH,
                "weight_kurtosis": 3,
                "input_kurtosis": 3 * DIGITS.pair,
                **OF_DIGITS,
            },
            laws=("at depth",),
            log_y=True,
        ),
    ),
    remark=(
        "The companion code is said to list the two pairs the other way round, and to divide "
        "CIFAR10 by deviations that are not its own. Neither set is measured here, so that the "
        "numbers are those of MNIST and CIFAR10 is not tested, only that they fit: simulate.data "
        "reads one's own files, and simulate.quantities.data_moments gives (m_0, c_0, sigma_0^2, "
        "F) of any data. Read as if sigma_0 = 1, the pair (0.71, 3.95) overestimates the kurtosis "
        f"on the grid of Appendix E by factors of {float(overestimate(5, 5, 3)):.2f} to "
        f"{float(overestimate(50, 5, 1)):.2f}."
    ),
    see=("vev.prop3.3", "vev.prop4.3", "vev.appE.grid"),
)
