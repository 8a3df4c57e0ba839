"""Exact law of the norm of a Gaussian network: a product of independent layer factors.

    vev.law.product   log ||y^(d)||^2 = sum of log T_w over the widths read, + log chi^2

Given the layer below, y^(l+1) ~ N(0, R_l I) with R_l = v ||phi_a(y^(l))||^2, v the weight variance.
So R_l = R_{l-1} T_{w_l}, the factors T_w = 2/((1+a^2) w) ||phi_a(g)||^2, g ~ N(0, I_w), independent
of each other. Three laws: the moments E R^p, the distribution function, the tail P(R > t).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enclosure, prove
from theory.maths.layer_factors import chi2_moment, factor_moment
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
    Reals,
    absolute,
    stated,
)
from theory.symbols import SLOPE, WIDTHS, a, by_unit, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.gaussian_probes import gaussian_setup
from theory.vanishing_variance.norm_distribution import (
    WIDTHS_READ,
    alive_probability,
    enclosed,
    enclosed_tails,
    inverted,
    norm_distribution,
    norm_tail,
)
from theory.vanishing_variance.prop43_kurtosis import anisotropy, trajectory

ORDER = Parameter("order", Integers(1, 200, draw_to=4), "power p of the squared scale R_{d-1}")
UNITS = Parameter(
    "units",
    Integers(0, draw_to=8),
    "output units whose squares are summed; 0 for the squared scale R_{d-1} itself",
)
THRESHOLD = Parameter("threshold", Reals(0, open_low=True), "level of the squared scale")

ERROR = 2e-6  # of the tabulated distribution functions

# --- the laws and their wrong versions --------------------------------------------------------


def _distribution(change: str = "") -> Any:
    return lambda widths, slope, units: norm_distribution(
        tuple(widths), float(slope), units, change
    )


def _tail(change: str = "") -> Any:
    def evaluate(widths: Any, slope: Any, threshold: Any) -> Any:
        x = math.log(float(threshold))
        above, _ = norm_tail(tuple(widths), float(slope), 0, x, change)
        return (
            above
            if change == "dead networks left out"
            else above * alive_probability(widths, float(slope))
        )

    return evaluate


def tail_digits(widths: Any, slope: Any, threshold: Any) -> int:
    """How many digits of the tail two lines of integration agree on."""
    return norm_tail(tuple(widths), float(slope), 0, math.log(float(threshold)))[1]


def _moments(change: str = "") -> Any:
    def evaluate(widths: Any, slope: Any, order: int) -> Any:
        widths = widths[:-1] if change == "d-1 factors" else widths
        if change == "one T shared by all layers":
            return factor_moment(widths[0], slope, order * len(widths))
        value = sp.Integer(1)
        for n in widths:
            coins = n + 1 if change == "K ~ Bin(w+1, 1/2)" else n
            value *= factor_moment(n, slope, order, coins)
            if change == "T = chi^2_K / w":
                value /= 2**order
        return value

    return evaluate


CHANGES = ("K ~ Bin(w+1, 1/2)", "T = chi^2_K / w", "one T shared by all layers", "d-1 factors")

# --- proofs ----------------------------------------------------------------------------------


def mean_and_square(law: Any) -> Finding:
    """E T = 1 and E T^2 = 1 + (3r-1)/w, from E phi^2 = (1+a^2)/2 and E phi^4 = 3(1+a^4)/2."""
    c, r = 2 / ((1 + a**2) * w), anisotropy(a)
    second, fourth = (1 + a**2) / 2, 3 * (1 + a**4) / 2
    square = c**2 * (w * fourth + w * (w - 1) * second**2)
    points = [(n, sp.Rational(s)) for n in (1, 3, 10) for s in ("0", "1/2", "-1", "2")]
    return prove.identities(
        [
            ("E T - 1", c * w * second - 1),
            ("E T^2 - 1 - (3r-1)/w", square - 1 - (3 * r - 1) / w),
            *(
                (
                    f"two layers, w = {n}, a = {s}, order {p}",
                    law(widths=(n, n), slope=s, order=p)
                    - (sp.Integer(1), square**2)[p - 1].subs({w: n, a: s}),
                )
                for n, s in points
                for p in (1, 2)
            ),
        ],
        predicted="E R = 1, E R^2 = prod (1 + (3r-1)/w)",
        found="unit moments, w symbolic",
    )


def by_unit_expansion(law: Any) -> Finding:
    """Higher moments without K: p! [t^p] (sum_j E phi^{2j} t^j / j!)^w, rational arithmetic."""
    t = sp.Symbol("t")

    def one(n: int, slope: Any, order: int) -> Any:
        unit = sum(
            sp.Rational(chi2_moment(1, j), 2) * (1 + slope ** (2 * j)) * t**j / sp.factorial(j)
            for j in range(order + 1)
        )
        power = sp.Integer(1)
        for _ in range(n):
            power = sum(
                sp.Poly(sp.expand(power * unit), t).coeff_monomial(t**j) * t**j
                for j in range(order + 1)
            )
        coefficient = sp.Poly(power, t).coeff_monomial(t**order)
        return (2 / ((1 + slope**2) * sp.Integer(n))) ** order * sp.factorial(order) * coefficient

    grid = [((2, 3), "0", 4), ((4,), "1/2", 3), ((3, 5), "-1/3", 3), ((2, 2), "1", 4)]
    return prove.cases(
        (
            f"widths {widths}, a = {s}, order {p}",
            law(widths=widths, slope=sp.Rational(s), order=p),
            sp.prod([one(n, sp.Rational(s), p) for n in widths]),
        )
        for widths, s, p in grid
    )


def against_recursion(law: Any) -> Finding:
    """3 E R^2 is the kurtosis that the recursion of Proposition 4.3 gives, as a fraction."""
    grid = [((3, 5, 2), "0"), ((4, 1, 6, 2), "1/4"), ((7,) * 6, "-1")]
    return prove.cases(
        (
            f"widths {widths}, a = {s}",
            3 * law(widths=widths, slope=sp.Rational(s), order=2),
            trajectory(widths, sp.Rational(s), 3, 3, 1)[-1][0],
        )
        for widths, s in grid
    )


def by_mixture(law: Any) -> Finding:
    """One and two layers against mixtures of products of two chi-squares, inside intervals."""
    return enclosure.inside(
        (
            (f"{label}, x = {x}", float(law(**arguments)(x)), interval)
            for label, arguments, x, interval in enclosed()
        ),
        tolerance=ERROR,
        detail="trapezoidal rule with a bound of the integrand in a strip, tails bounded",
    )


def by_inversion(law: Any) -> Finding:
    """The interpolated function at depth 30 against 20-digit inversion of the Gamma sum."""
    function = law(widths=(10,) * 30, slope=0, units=10)
    return prove.close(
        ((f"x = {x}", float(function(x)), exact) for x, exact in inverted()),
        digits=4,
        detail="off the grid of the interpolation",
    )


def sign_weights(law: Any) -> Finding:
    """x ~ N(0, I), two units, linear, +-1 weights: R = (x_1^2 + x_2^2 + (e + e') x_1 x_2)/2.

    y = (+-x_1 +- x_2)/sqrt 2, e and e' independent signs: E R^2 = (E |x|^4 + 2 E x_1^2 x_2^2)/4.
    """
    found = sp.Rational(3 + 3 + 2 + 2, 4)
    return prove.cases([("widths 2, 2", law(widths=(2, 2), slope=1, order=2), found)])


def tail_of_small_networks(law: Any) -> Finding:
    """P(R_{d-1} > t) of one and two layers: mixtures of chi-square tails, dead units counted."""
    return enclosure.inside(
        ((label, law(**arguments), interval) for label, arguments, interval in enclosed_tails()),
        tolerance=ERROR,
        detail="power series and trapezoidal rule, every error bounded",
    )


def far_tails(law: Any) -> Finding:
    """Far tails relative to their size: erfc, an exponential, a Bessel function."""

    def ratios() -> Iterator[tuple[str, Any, Any]]:
        for t in (mpmath.mpf(1), mpmath.mpf(40), mpmath.mpf(60)):
            for widths, exact in (
                ((1,), mpmath.erfc(mpmath.sqrt(t / 2))),  # chi^2_1
                ((2,), mpmath.exp(-t)),  # chi^2_2/2
                ((2, 2), 2 * mpmath.sqrt(t) * mpmath.besselk(1, 2 * mpmath.sqrt(t))),
            ):
                found = law(widths=widths, slope=1, threshold=t)
                yield f"widths {widths}, t = {t}", found / exact, mpmath.mpf(1)

    with mpmath.workdps(30):
        return prove.close(ratios(), digits=8, detail="ratio to the closed form")


# --- the claim -------------------------------------------------------------------------------


def _norm_probe(name: str, widths: tuple[int, ...], slope: float, why: str, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="norm_law",
        setup=gaussian_setup(widths, slope),
        at={"widths": widths[:-1], "slope": slope, "units": widths[-1]},
        estimand=Estimand(
            "distribution", ("log_norm_sq",), over="networks and inputs, given y^(d) != 0"
        ),
        laws=("distribution",),
        margin=absolute(
            0.02, quick=0.04, paper=0.01, why="exact law: the Kolmogorov distance asked for"
        ),
        why=why,
        **more,
    )


def _tail_probe(depth: int) -> Probe:
    return Probe(
        name=f"tail, depth {depth}",
        experiment="alive",
        setup=gaussian_setup((10,) * (depth + 1), 0.0, extra={"threshold": 1e-3}),
        at={"widths": (10,) * depth, "slope": 0, "threshold": 1e-3},
        estimand=Estimand("probability", ("above",), over="networks and inputs, dead ones counted"),
        laws=("tail",),
        why="how many networks still have a squared scale above 1/1000",
        curve="depth",
        x=depth,
    )


layer, d, p = sp.symbols("l d p", integer=True, positive=True)
x, s, t = sp.symbols("x s t", real=True)
E, F, PHI = sp.Function("E"), sp.Function("F"), sp.Function("phi")
R, T, w_l = sp.Symbol("R"), sp.IndexedBase("T"), sp.Indexed("w", layer)

CLAIM = Claim(
    id="vev.law.product",
    title="the squared norm of a Gaussian network is a product of independent layer factors",
    source=PAPER.at(
        "Section 4, beside Proposition 4.3",
        "not in the document: it follows kurtosis only; here is the whole law of the output",
    ),
    kind="exact in law",
    laws=(
        Law(
            role="sharper",
            name="moments",
            formula=sp.Eq(E(R**p), sp.Product(E(T[w_l] ** p), (layer, 0, d - 1))),
            parameters=(by_unit(WIDTHS), SLOPE, ORDER),
            words="moments of the squared scale R_{d-1} from an input x ~ N(0, I)",
            evaluate=_moments(),
            mutants=tuple(Mutant(change, _moments(change)) for change in CHANGES),
        ),
        Law(
            role="sharper",
            name="distribution",
            formula=sp.Eq(
                F(x),
                sp.Rational(1, 2)
                - sp.Integral(sp.im(sp.exp(-sp.I * s * x) * PHI(s)) / s, (s, 0, sp.oo)) / sp.pi,
            ),
            parameters=(WIDTHS_READ, SLOPE, UNITS),
            words=(
                "distribution function of log(R_{d-1} chi^2_units) over networks that are alive; "
                "phi(s) is the product over the layers of E T_w^{is}, times E (chi^2_units)^{is}"
            ),
            evaluate=_distribution(),
            error=f"{ERROR:.0e} absolute: tabulated; far tails are those of the law 'tail'",
            mutants=tuple(Mutant(change, _distribution(change)) for change in CHANGES),
        ),
        Law(
            role="sharper",
            name="tail",
            formula=sp.Eq(sp.Symbol("P(R > t)"), sp.Symbol("P(alive)") * (1 - F(sp.log(t)))),
            parameters=(WIDTHS_READ, SLOPE, THRESHOLD),
            words="probability that the squared scale exceeds a level; dead networks do not",
            evaluate=_tail(),
            error="relative 1e-8 or less precise: `digits` beyond those that are known are refused",
            digits=tail_digits,
            mutants=tuple(
                Mutant(change, _tail(change)) for change in (*CHANGES[:2], "dead networks left out")
            ),
        ),
    ),
    assumptions=(
        stated(
            "Gaussian weights (for other laws the direction of a layer is not uniform)",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
        stated("fan-in He variance", lambda p: p.get("fan", "in") == "in"),
    ),
    expected="holds",
    because=(
        "A Gaussian layer is N(0, R I) given the layer below, so that each layer multiplies the "
        "squared scale by a fresh independent factor; product and atom at zero follow."
    ),
    proofs=(
        Proof(
            "unit moments",
            "symbolic",
            "E T = 1 and E T^2 = 1 + (3r-1)/w for every w and a",
            mean_and_square,
            law="moments",
        ),
        Proof(
            "expansion over units",
            "exact",
            "third and fourth moments without the count K",
            by_unit_expansion,
            law="moments",
        ),
        Proof(
            "kurtosis recursion",
            "exact",
            "3 E R^2 equals the recursion of Proposition 4.3",
            against_recursion,
            law="moments",
        ),
        Proof(
            "one and two layers",
            "rigorous",
            "products of two chi-squares, mixed, inside intervals of width 1e-7",
            by_mixture,
            law="distribution",
            tiers=LATER,
        ),
        Proof(
            "depth 30",
            "numeric",
            "the interpolation equals a 20-digit inversion to four digits",
            by_inversion,
            law="distribution",
        ),
        Proof(
            "chi-square tails",
            "rigorous",
            "one and two layers inside intervals of width 1e-7, dead networks counted",
            tail_of_small_networks,
            law="tail",
        ),
        Proof(
            "far tails",
            "numeric",
            "tails down to 1e-27 to eight digits of their own size",
            far_tails,
            law="tail",
        ),
        Proof(
            "+-1 weights",
            "exact",
            "what Gaussian weights are for: E R^2 is 5/2, not 4",
            sign_weights,
            law="moments",
            point={"weights": "rademacher"},
        ),
    ),
    probes=(
        _norm_probe(
            "ReLU, d = 30", (10,) * 31, 0.0, "deep and narrow, the document's width", tiers=LATER
        ),
        _norm_probe("leaky, unequal widths", (5, 9, 4, 7, 3), 0.25, "general slope"),
        _norm_probe("linear, d = 10", (4,) * 11, 1.0, "no activation"),
        _norm_probe("one output unit", (*(10,) * 8, 1), 0.0, "the law of one output"),
        *(_tail_probe(depth) for depth in (5, 10, 20, 30)),
    ),
    curves=(
        Curve(
            "depth",
            "Networks whose squared scale is above 1/1000, He-ReLU, width 10",
            "depth",
            "probability",
            (1, *range(5, 61, 5)),
            lambda x: {"widths": (10,) * int(x), "slope": 0, "threshold": 1e-3},
            laws=("tail",),
        ),
    ),
    remark=(
        "The directions of the layers are uniform and independent of the norms, so one input needs "
        "no more than these factors. Several inputs are not covered: their angles interact."
    ),
    see=("vev.quenched.drift", "vev.closed_gauss", "vev.propB.2", "vev.sec5.relu_pair"),
)
