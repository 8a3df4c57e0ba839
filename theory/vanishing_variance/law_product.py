"""Exact law of the norm of a Gaussian network: a product of independent layer factors.

    vev.law.product   log ||y^(d)||^2 = sum of log T_w over the widths read, + log chi^2

Given the layer below, y^(l+1) ~ N(0, R_l I) with R_l = v ||phi_a(y^(l))||^2, v the weight variance.
So R_l = R_{l-1} T_{w_l}, the factors T_w = 2/((1+a^2) w) ||phi_a(g)||^2, g ~ N(0, I_w), independent
of each other. Three laws: the moments E R^p, the distribution function, the tail P(R > t).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.maths.inversion import Distribution
from theory.maths.layer_factors import (
    chi2_mellin,
    chi2_moment,
    factor_moment,
    mellin,
    mellin_gamma,
)
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
    absolute,
    stated,
    unstated,
)
from theory.symbols import SLOPE, WIDTHS, a, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.prop43_kurtosis import anisotropy, trajectory

ORDER = Parameter("order", Integers(1, draw_to=4), "power p of the squared scale R_{d-1}")
UNITS = Parameter(
    "units",
    Integers(0, draw_to=8),
    "output units whose squares are summed; 0 for the squared scale R_{d-1} itself",
)
THRESHOLD = Parameter("threshold", Reals(0, open_low=True), "level of the squared scale")

# --- the distribution function ---------------------------------------------------------------


@functools.cache
def norm_distribution(
    widths: tuple[int, ...], slope: float, units: int = 0, change: str = ""
) -> Distribution:
    """Distribution of log(R_{d-1} chi^2_units), of log R_{d-1} if units = 0, given alive.

    Input x ~ N(0, I). Natural log. The atom of dead networks (ReLU: 1 - prod(1 - 2^-w)) is left
    out. `change` builds the wrong versions.
    """
    read = widths[:-1] if change == "d-1 factors" else widths
    coins = [n + 1 if change == "K ~ Bin(w+1, 1/2)" else n for n in read]
    scale = 0.5 ** len(read) if change == "T = chi^2_K / w" else 1.0
    strip = 1.0 / len(read) if change == "one T shared by all layers" else 1.0
    kinds = {(n, m): mellin(n, slope, m) for n, m in zip(read, coins, strict=True)}
    powers = {kind: list(zip(read, coins, strict=True)).count(kind) for kind in kinds}
    alive = {(n, m): alive_probability((m,), slope) for n, m in kinds}

    def transform(z: complex) -> complex:
        value = complex(scale) ** z * (complex(chi2_mellin(units, z)) if units else 1.0)
        for kind, of_one in kinds.items():
            count = powers[kind]
            if change == "one T shared by all layers":
                value *= of_one(count * z) / alive[kind]
            else:
                value *= (of_one(z) / alive[kind]) ** count
        return value

    return Distribution(transform, strip)


def alive_probability(widths: Sequence[int], slope: float) -> float:
    """P(R_{d-1} > 0): 1 unless units can be switched off (ReLU, or a^2 = 0 in floating point)."""
    return math.prod(1 - 2.0**-n for n in widths) if slope * slope == 0 else 1.0


def _distribution(change: str = "") -> Any:
    return lambda widths, slope, units: norm_distribution(
        tuple(widths), float(slope), units, change
    )


def _tail(change: str = "") -> Any:
    def evaluate(widths: Any, slope: Any, threshold: Any) -> float:
        law = norm_distribution(tuple(widths), float(slope), 0, change)
        above = 1 - float(law(math.log(float(threshold))))
        return (
            above
            if change == "dead networks left out"
            else above * alive_probability(widths, float(slope))
        )

    return evaluate


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


def _half_line(f: Callable[[Any], Any], step: float = 0.25) -> Any:
    """int_0^inf f(t) dt by the trapezoidal rule in log t."""
    points = [mpmath.exp(j * step) for j in range(-110, 18)]
    return step * mpmath.fsum(f(t) * t for t in points)


def _chi2_density(k: int, t: Any) -> Any:
    half = mpmath.mpf(k) / 2
    return t ** (half - 1) * mpmath.exp(-t / 2) / 2**half / mpmath.gamma(half)


def _chi2_below(k: int, t: Any) -> Any:
    below = mpmath.erf(mpmath.sqrt(t / 2))  # k = 1; for k = 3 by parts
    return below if k == 1 else below - mpmath.sqrt(2 * t / mpmath.pi) * mpmath.exp(-t / 2)


def _args(widths: tuple[int, ...], slope: Any, units: int) -> dict[str, Any]:
    return {"widths": widths, "slope": slope, "units": units}


@functools.cache
def one_layer() -> tuple[tuple[str, dict[str, Any], float, Any], ...]:
    """(label, arguments, x, P(X <= x)) by real integrals that know nothing of transforms."""
    rows: list[tuple[str, dict[str, Any], float, Any]] = []

    def product(k: int, m: int, z: Any) -> Any:  # P(chi^2_k chi^2_m <= z)
        return _half_line(lambda t: _chi2_density(k, t) * _chi2_below(m, z / t))

    for x in (-1.0, 1.0):
        z = mpmath.exp(x)
        rows.append(("w = 1, ReLU, one unit", _args((1,), 0, 1), x, product(1, 1, z / 2)))
        half = (product(1, 1, z / 1.6) + product(1, 1, z / 0.4)) / 2  # 2/(1+a^2) = 1.6, a^2 = 1/4
        rows.append(("w = 1, a = 1/2, one unit", _args((1,), Fraction(1, 2), 1), x, half))
        mixed = (2 * product(1, 3, z) + product(2, 3, z)) / 3  # K = 1, 1, 2 given K >= 1
        rows.append(("w = 2, ReLU, three units", _args((2,), 0, 3), x, mixed))
        # linear, width 2: chi^2_2 / 2 is exponential, so ||y||^2 = 2 E_1 E_2 E_3
        above = _half_line(
            lambda t, z=z: (  # type: ignore[misc]
                mpmath.exp(-t) * mpmath.sqrt(2 * z / t) * mpmath.besselk(1, mpmath.sqrt(2 * z / t))
            )
        )
        rows.append(("widths 2, 2, linear, two units", _args((2, 2), 1, 2), x, 1 - above))
    return tuple(rows)


def by_mixture(law: Any) -> Finding:
    """One and two layers: mixtures of chi-squares and exponentials against the inversion."""
    return prove.close(
        (
            (f"{label}, x = {x}", float(law(**arguments)(x)), exact)
            for label, arguments, x, exact in one_layer()
        ),
        digits=4,
        detail="direct quadrature",
    )


@functools.cache
def inverted() -> tuple[tuple[float, Any], ...]:
    """ReLU, w = 10, 30 layers, 10 units: (x, F(x)) by the Gamma sum and Gauss-Legendre."""
    with mpmath.workdps(20):
        nodes = mpmath.calculus.quadrature.GaussLegendre(mpmath.mp).get_nodes(0, 4, 6, 70)
        values = [
            (
                s,
                weight,
                (mellin_gamma(10, 1j * s) / (1 - mpmath.mpf(2) ** -10)) ** 30
                * chi2_mellin(10, 1j * s),
            )
            for s, weight in nodes
        ]
        return tuple(
            (
                x,
                0.5
                - mpmath.fsum(
                    weight * mpmath.im(mpmath.expj(-s * x) * value) / s
                    for s, weight, value in values
                )
                / mpmath.pi,
            )
            for x in (-15.03, -9.77, -7.01, -3.5, 0.31)
        )


def by_inversion(law: Any) -> Finding:
    """The interpolated function at depth 30 against 20-digit inversion of the Gamma sum."""
    function = law(widths=(10,) * 30, slope=0, units=10)
    return prove.close(
        ((f"x = {x}", float(function(x)), exact) for x, exact in inverted()),
        digits=4,
        detail="off the grid of the interpolation",
    )


def tail_of_one_layer(law: Any) -> Finding:
    """P(R_0 > t) of one ReLU layer: the mixture of chi-square tails, dead units counted."""
    rows = []
    for width, t in ((3, 1.0), (3, 2.5)):
        exact = mpmath.fsum(
            mpmath.binomial(width, k)
            / 2**width
            * mpmath.gammainc(mpmath.mpf(k) / 2, t * width / 4, regularized=True)
            for k in range(1, width + 1)
        )
        rows.append((f"w = {width}, t = {t}", law(widths=(width,), slope=0, threshold=t), exact))
    two = mpmath.quad(  # linear, width 2 twice: E_1 E_2 > t
        lambda s: mpmath.exp(-s - mpmath.mpf("0.7") / s), [0, 1, 5, 60]
    )
    rows.append(("widths 2, 2, linear", law(widths=(2, 2), slope=1, threshold=0.7), two))
    return prove.close(rows, digits=4, detail="chi-square tails")


# --- the claim -------------------------------------------------------------------------------


def _setup(widths: tuple[int, ...], slope: float, **more: Any) -> dict[str, Any]:
    return {
        "widths": widths,
        "weights": "gaussian",
        "gain": 2 / (1 + slope**2),
        "activation": "leaky_relu",
        "slope": slope,
        "activate_input": True,
        **more,
    }


def _norm_probe(name: str, widths: tuple[int, ...], slope: float, why: str) -> Probe:
    return Probe(
        name=name,
        experiment="norm_law",
        setup=_setup(widths, slope),
        at={"widths": widths[:-1], "slope": slope, "units": widths[-1]},
        estimand=Estimand(
            "distribution", ("log_norm_sq",), over="networks and inputs, given y^(d) != 0"
        ),
        laws=("distribution",),
        margin=absolute(
            0.02, quick=0.04, paper=0.01, why="exact law: the Kolmogorov distance asked for"
        ),
        why=why,
    )


def _tail_probe(depth: int) -> Probe:
    return Probe(
        name=f"tail, depth {depth}",
        experiment="alive",
        setup=_setup((10,) * (depth + 1), 0.0, extra={"threshold": 1e-3}),
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
            parameters=(WIDTHS, SLOPE, ORDER),
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
            parameters=(WIDTHS, SLOPE, UNITS),
            words=(
                "distribution function of log(R_{d-1} chi^2_units) over networks that are alive; "
                "phi(s) is the product over the layers of E T_w^{is}, times E (chi^2_units)^{is}"
            ),
            evaluate=_distribution(),
            mutants=tuple(Mutant(change, _distribution(change)) for change in CHANGES),
        ),
        Law(
            role="sharper",
            name="tail",
            formula=sp.Eq(sp.Symbol("P(R > t)"), sp.Symbol("P(alive)") * (1 - F(sp.log(t)))),
            parameters=(WIDTHS, SLOPE, THRESHOLD),
            words="probability that the squared scale exceeds a level; dead networks do not",
            evaluate=_tail(),
            mutants=tuple(
                Mutant(change, _tail(change)) for change in (*CHANGES[:2], "dead networks left out")
            ),
        ),
    ),
    assumptions=(
        unstated(
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
            "one layer",
            "rigorous",
            "the inversion equals direct integrals to four digits",
            by_mixture,
            law="distribution",
        ),
        Proof(
            "depth 30",
            "rigorous",
            "the interpolation equals a 20-digit inversion to four digits",
            by_inversion,
            law="distribution",
        ),
        Proof(
            "chi-square tails",
            "rigorous",
            "the tail of one layer, dead networks counted",
            tail_of_one_layer,
            law="tail",
        ),
    ),
    probes=(
        _norm_probe("ReLU, d = 30", (10,) * 31, 0.0, "deep and narrow, the document's width"),
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
)
