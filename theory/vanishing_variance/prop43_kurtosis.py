"""Kurtosis and covariance of squares, layer to layer: Proposition 4.3.

    vev.prop4.3   (kappa, c, 1) follows a linear recursion; and the first step from any input

The homogeneous form used here: m = 1 + c/sigma^4, P = r kappa/w, Q = (1 - 1/w) m, and then
kappa' = kappa_w P + 3 Q, m' = P + Q, with w the width that is read. The width of the last layer
never enters.
"""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
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
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, a, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import (
    IID_WEIGHTS,
    INPUT_EXISTS,
    INPUT_KURTOSIS,
    INPUT_PAIR,
    SIGN_SYMMETRIC,
    SUMS_EXIST,
    UNCENTRED_PAIR,
    WIDTHS_READ,
    kurtosis_probe,
)
from theory.vanishing_variance.recursion import anisotropy as anisotropy
from theory.vanishing_variance.recursion import first_step, last_state, power_sums
from theory.vanishing_variance.recursion import trajectory as trajectory
from theory.vanishing_variance.uncorrelated_pairs import aligned_pair

S_2, S_4 = sp.symbols("S_2 S_4", nonnegative=True)
E = sp.Function("E")
kappa, c, sigma4, m = sp.symbols("kappa_l c_l sigma^4 m", positive=True)

PARAMETERS = (WIDTHS_READ, SLOPE, WEIGHT_KURTOSIS, INPUT_KURTOSIS, INPUT_PAIR)


def output_kurtosis(**v: Any) -> Any:
    """kappa_d. Scale-free: no sigma."""
    return last_state(**v)[0]


# --- mutants: what a sound check must reject -------------------------------------------------


def _mutated(change: str) -> Any:
    def evaluate(**v: Any) -> Any:
        widths = tuple(v["widths"])
        r, kw = anisotropy(v["slope"]), sp.sympify(v["weight_kurtosis"])
        kurt = sp.sympify(v["input_kurtosis"])
        pair = sp.sympify(v["input_pair"])
        if change == "reads the next width":
            widths = (*widths[1:], widths[-1] + 1)
        if change == "one layer fewer":
            widths = widths[:-1]
        for width in widths:
            n = sp.Integer(width)
            p, q = r * kurt / n, (1 - 1 / n) * pair
            if change == "r = 2 always":
                p = 2 * kurt / n
            if change == "no weight kurtosis":
                kurt = p + 3 * q
            elif change == "3(w-1)/w becomes 3":
                kurt = kw * p + 3 * pair
            else:
                kurt = kw * p + 3 * q
            pair = p + q + (1 / n if change == "-sigma^4/w forgotten" else 0)
        return kurt

    return evaluate


MUTANTS = tuple(
    Mutant(name, _mutated(name))
    for name in (
        "reads the next width",
        "one layer fewer",
        "r = 2 always",
        "no weight kurtosis",
        "3(w-1)/w becomes 3",
        "-sigma^4/w forgotten",
    )
)

# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def enumerated() -> tuple[tuple[tuple[int, ...], Fraction, Fraction, Fraction], ...]:
    """(widths, slope, weight kurtosis, output kurtosis) of small literal networks, in fractions."""
    slopes = (Fraction(0), Fraction(1, 2), Fraction(-1), Fraction(-3, 10), Fraction(2))
    grid: list[tuple[en.Law, tuple[int, ...]]]
    grid = [(en.SIGN, widths) for widths in ((2, 3, 2), (3, 2), (2, 1, 2))]
    grid += [(en.THREE_POINT, widths) for widths in ((2, 2), (3, 2), (2, 1, 2))]
    return tuple(
        (
            widths,
            slope,
            en.kurtosis(weights),
            en.unit_kurtosis(
                en.network(en.iid(en.SIGN, widths[0]), widths[1:], weights, en.leaky(slope))
            ),
        )
        for weights, widths in grid
        for slope in slopes
    )


def by_enumeration(law: Any) -> Finding:
    """Every weight matrix of small literal networks, in fractions."""
    return prove.cases(
        (
            (
                f"widths {widths}, a = {slope}, kappa_w = {kw}",
                law(
                    widths=widths[:-1],
                    slope=slope,
                    weight_kurtosis=kw,
                    input_kurtosis=1,
                    input_pair=1,
                ),
                found,
            )
            for widths, slope, kw, found in enumerated()
        ),
        "exhaustive enumeration of literal networks",
    )


PAIR = aligned_pair()  # a He vector that is not jointly sign-symmetric


def he_only_input(law: Any) -> Finding:
    """First step from an input that is only symmetric and uncorrelated."""
    out = en.network(PAIR, (2,), en.SIGN, en.leaky(Fraction(0)))
    predicted = law(
        widths=(2,),
        slope=0,
        weight_kurtosis=1,
        input_kurtosis=en.unit_kurtosis(PAIR),
        input_pair=en.pair_moment(PAIR),
    )
    return prove.cases([("ReLU, w_0 = 2, +-1 weights", predicted, en.unit_kurtosis(out))])


@functools.cache
def first_steps() -> tuple[tuple[str, dict[str, Fraction], Fraction], ...]:
    """(label, arguments of the first step, exact kappa_1) from inputs that break every symmetry."""
    return tuple(
        (
            f"{name}, a = {slope}, kappa_w = {en.kurtosis(weights)}",
            {"weight_kurtosis": en.kurtosis(weights), **power_sums(inputs, slope)},
            en.unit_kurtosis(en.network(inputs, (2,), weights, en.leaky(slope))),
        )
        for name, inputs in (("aligned pair", PAIR), ("centred nowhere", UNCENTRED_PAIR))
        for weights in (en.SIGN, en.THREE_POINT, en.GAUSS_LIKE)
        for slope in (Fraction(0), Fraction(1, 2), Fraction(-1))
    )


def first_step_enumerated(law: Any) -> Finding:
    """One literal layer on inputs that are dependent, asymmetric, or not centred."""
    return prove.cases((label, law(**at), found) for label, at, found in first_steps())


def expanded(width: int, kurt: Any, pair: Any) -> tuple[Any, Any]:
    """(kappa', m') of one layer by expanding E y_1^4 and E y_1^2 y_2^2, y = W f, term by term."""
    of_weights = {0: sp.Integer(1), 2: sp.Rational(1, width), 4: kappa_w / width**2}
    of_units = {(4,): anisotropy(a) * kurt, (2, 2): pair}  # in units where E f^2 = 1
    f = sp.symbols(f"f1:{width + 1}")
    u, v = sp.symbols(f"U1:{width + 1}"), sp.symbols(f"V1:{width + 1}")
    one, two = (sum(x * y for x, y in zip(row, f, strict=True)) for row in (u, v))

    def mean(product: Any) -> Any:
        total = sp.Integer(0)
        for powers, coefficient in sp.Poly(sp.expand(product), *u, *v, *f).terms():
            weights, units = powers[: 2 * width], powers[2 * width :]
            if all(power % 2 == 0 for power in weights):  # symmetric weights: odd powers vanish
                factor = sp.prod([of_weights[power] for power in weights])
                total += coefficient * factor * of_units[tuple(sorted(filter(None, units)))]
        return total

    return mean(one**4), mean(one**2 * two**2)


@functools.cache
def two_steps() -> tuple[Any, Any]:
    """kappa after reading 3 units, and after reading 3 and then 2, for all a, kappa_w, kappa, m."""
    kurt, pair = expanded(3, kappa, m)
    return kurt, expanded(2, kurt, pair)[0]


def expansion(law: Any) -> Finding:
    """E (sum_j W_j f_j)^4 and E (sum U f)^2 (sum V f)^2 expanded, through two layers."""
    at = {"slope": a, "weight_kurtosis": kappa_w, "input_kurtosis": kappa, "input_pair": m}
    one, two = two_steps()
    return prove.identities(
        [
            ("kappa_1, 3 units read", law(widths=(3,), **at) - one),
            ("kappa_2, 3 and 2 units read", law(widths=(3, 2), **at) - two),
        ],
        predicted=str(law(widths=(3,), **at)),
        found="the multinomial expansion, for all a, kappa_w, kappa_0, m_0",
    )


# --- the claim -------------------------------------------------------------------------------

PAIR_VARIANCE = en.second_moment(PAIR)


def over_variance(means: Any) -> float:
    """E y^4 over the square of E y^2, which the He variance keeps at that of the pair."""
    return float(means[0] / PAIR_VARIANCE**2)


PAIR_FOURTH = Estimand(
    "smooth",
    ("fourth",),
    over="particle runs; annealed: E y^4 over (E x^2)^2, which E y^2 equals (vev.prop3.2)",
    function=over_variance,
)


def _signs(name: str, widths: tuple[int, ...], by: str, why: str, **more: Any) -> Probe:
    return kurtosis_probe(
        name, widths, more.pop("slope", 0), ("rademacher", 1), by=by, why=why, **more
    )


def _pair(name: str, law: str, at: Any, why: str) -> Probe:
    return kurtosis_probe(
        name,
        (2,),
        0,
        ("gaussian", 3),
        at=at,
        inputs={"inputs": "correlated_pair"},
        by="particles",
        estimand=PAIR_FOURTH,
        laws=(law,),
        why=why,
    )


AS_PRINTED = sp.Eq(
    sp.Matrix(sp.symbols("kappaprime cprime 1")),
    sp.MatMul(
        sp.Matrix(
            [
                [anisotropy(a) * kappa_w / w, 3 * (w - 1) / (w * sigma4), 3 * (w - 1) / w],
                [anisotropy(a) * sigma4 / w, (w - 1) / w, -sigma4 / w],
                [0, 0, 1],
            ]
        ),
        sp.Matrix([kappa, c, 1]),
        evaluate=False,
    ),
    evaluate=False,
)

CLAIM = Claim(
    id="vev.prop4.3",
    title="kurtosis recursion: (kappa, c, 1) is a linear function of the layer below",
    source=PAPER.at(
        "Proposition 4.3",
        "k^(l+1) = A^(l) k^(l) with k^(l) = [kappa_l, c_l, 1]^T, for any He random input",
    ),
    kind="exact identity",
    laws=(
        Law(
            role="stated",
            formula=AS_PRINTED,
            parameters=PARAMETERS,
            words="evaluated: kappa_d, the first entry, after layers that read the widths",
            evaluate=output_kurtosis,
            mutants=MUTANTS,
        ),
        Law(
            role="sharper",
            name="first step",
            formula=sp.Eq(
                sp.Symbol("kappa_1"),
                (3 * E(S_2**2) + (kappa_w - 3) * E(S_4)) / E(S_2) ** 2,
            ),
            parameters=(
                WEIGHT_KURTOSIS,
                Parameter("square_sum_sq", Reals(0), "E S_2^2, S_2 = sum_j phi_a(x_j)^2"),
                Parameter("fourth_sum", Reals(0), "E S_4, S_4 = sum_j phi_a(x_j)^4"),
                Parameter("square_sum", Reals(0, open_low=True), "E S_2"),
            ),
            words="kurtosis after the first layer for any input at all, symmetric or not",
            evaluate=first_step,
            mutants=(
                Mutant(
                    "kappa_w = 3 always",
                    lambda weight_kurtosis, **sums: first_step(3, **sums),
                ),
                Mutant(
                    "kappa_w - 1",
                    lambda weight_kurtosis, **sums: first_step(weight_kurtosis + 2, **sums),
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        INPUT_EXISTS,
        SUMS_EXIST,
        SIGN_SYMMETRIC,
    ),
    expected="holds-if",
    because=(
        "The recursion is exact when the input is jointly sign-symmetric; for inputs that are only "
        "symmetric and uncorrelated, as the document allows, the first step is wrong. From layer 1 "
        "on it is exact whatever the input was."
    ),
    proofs=(
        Proof(
            "expansion",
            "symbolic",
            "the multinomial expansions of E y_i^4 and E y_i^2 y_j^2 give the recursion",
            expansion,
        ),
        Proof(
            "enumeration",
            "exact",
            "kurtosis of every small literal network equals the recursion as a fraction",
            by_enumeration,
        ),
        Proof(
            "he-only input",
            "exact",
            "a He input that is not jointly sign-symmetric breaks the first step",
            he_only_input,
            point={"inputs": "correlated_pair", "slope": 0},
        ),
        Proof(
            "any input",
            "exact",
            "one literal layer, inputs that are dependent, asymmetric or not centred",
            first_step_enumerated,
            law="first step",
        ),
    ),
    probes=(
        kurtosis_probe(
            "uniform d=2",
            (48, 48),
            0.25,
            ("uniform", sp.Rational(9, 5)),
            why="non-Gaussian weights",
        ),
        kurtosis_probe(
            "widths 32, 48",
            (32, 48),
            -1,
            ("gaussian", 3),
            inputs={"fan": "out"},
            tiers=LATER,
            why="unequal widths, phi = |x|, and the printed variance: kurtosis is scale-free",
        ),
        _signs(
            "depth 1",
            (24,),
            "unit_moments",
            "growth with depth, +-1 weights; a direct average",
            last=48,
            curve="depth",
            x=1,
        ),
        _signs("width 48", (48, 48), "unit_moments", "two layers wide enough for a direct average"),
        *(
            _signs(
                f"depth {depth}, particles",
                (24,) * depth,
                "particles",
                "at width 24 a direct average keeps the rule of probes at depth 1 only",
                curve="depth",
                x=depth,
                tiers=LATER,
            )
            for depth in (2, 3, 4)
        ),
        *(
            _signs(
                f"phi = |x|, {words}",
                (24, 24),
                by,
                "two layers by two methods, which must agree",
                slope=-1,
                last=48,
            )
            for words, by in (("directly", "unit_moments"), ("particles", "particles"))
        ),
        _pair(
            "correlated pair",
            "stated",
            {
                "widths": (2,),
                "slope": 0,
                "weight_kurtosis": 3,
                "input_kurtosis": sp.Rational(25, 16),
                "input_pair": sp.Rational(25, 16),
            },
            why="He input, not jointly symmetric",
        ),
        _pair(
            "correlated pair, first step",
            "first step",
            {"weight_kurtosis": 3, **power_sums(PAIR, Fraction(0))},
            why="the same networks under the law for any input",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis of one unit, He-ReLU, +-1 weights, width 24",
            "depth",
            "kurtosis",
            range(1, 9),
            lambda x: {
                "widths": (24,) * int(x),
                "slope": 0,
                "weight_kurtosis": 1,
                "input_kurtosis": 3,
                "input_pair": 1,
            },
            log_y=True,
        ),
    ),
    remark=(
        "The printed He variance carries the wrong index (vev.prop3.2.index); kurtosis is "
        "scale-free. If kappa_0 and c_0 differ over entries and pairs, their averages serve."
    ),
    see=("vev.lemma4.2", "vev.def3.1", "vev.closed_gauss", "vev.ratio_map"),
)
