"""Units of one layer are uncorrelated, and not independent: the text after Proposition 3.2.

    vev.indep   uncorrelatedness is preserved, independence is not; how strongly squares correlate

Two units of one layer read the same vector phi_a(y): given it they are independent, and what they
share is its norm. So E y_i y_j = 0 while Cov(y_i^2, y_j^2) is sigma^4 times the relative variance
of the squared norm.
"""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    LATER,
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
    stated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, WIDTH, a
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import (
    IID_WEIGHTS,
    INPUT_KURTOSIS,
    WIDTHS_READ,
    he_setup,
)
from theory.vanishing_variance.prop33_he_vector import CORRELATED, covariance
from theory.vanishing_variance.ratio_map import fixed_ratio
from theory.vanishing_variance.recursion import anisotropy, last_state, trajectory

Cov, Corr = sp.Function("Cov"), sp.Function("Corr")
y_i, y_j = sp.symbols("y_i y_j")
kappa_0 = sp.Symbol("kappa_0", positive=True)
w_0 = sp.Symbol("w_0", integer=True, positive=True)
rho = sp.Symbol("rho", positive=True)
kappa_d, m_d = sp.symbols("kappa_d m_d", positive=True)
unit_i, unit_j = sp.symbols("i j", integer=True, positive=True)
sigma_sq = sp.Symbol("sigma^2", nonnegative=True)


def first_covariance(width: Any, slope: Any, input_kurtosis: Any) -> sp.Expr:
    """c_1/sigma^4 = (r kappa_0 - 1)/w_0 from independent entries, whatever the weights. Exact.

    >>> first_covariance(5, 0, 3), first_covariance(5, 1, 1)
    (1, 0)
    """
    return (anisotropy(slope) * sp.sympify(input_kurtosis) - 1) / sp.sympify(width)


def square_correlation(
    widths: Any, slope: Any, weight_kurtosis: Any, input_kurtosis: Any
) -> sp.Expr:
    """Corr(y_i^2, y_j^2) = (m_d - 1)/(kappa_d - 1), from independent input entries. Exact.

    >>> square_correlation((5,), 0, 3, 3)
    1/5
    """
    kurt, pair = last_state(widths, slope, weight_kurtosis, input_kurtosis, 1)
    return (pair - 1) / (kurt - 1)


def limit_correlation(width: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """lim Corr(y_i^2, y_j^2) = 1/rho_inf with depth at constant width; 1/3 if kappa_w = 3.

    kappa and m grow without bound and kappa/m tends to rho_inf (vev.ratio_map).

    >>> limit_correlation(7, 0, 3)
    1/3
    """
    return 1 / fixed_ratio(width, slope, weight_kurtosis)


# --- literal networks, enumerated ------------------------------------------------------------

SLOPES = (Fraction(0), Fraction(1, 2), Fraction(-1))
GRID = tuple(
    (raw, entry, widths)
    for raw in (en.SIGN, en.THREE_POINT)
    for entry in (en.SIGN, en.THREE_POINT)
    for widths in ((2, 2), (3, 2), (2, 1, 2), (2, 2, 2))
    if len(widths) == 2 or raw is entry
)


@functools.cache
def outputs() -> tuple[tuple[str, dict[str, Any], en.Joint], ...]:
    """(label, arguments of the laws, joint law of the last layer at raw scale)."""
    rows = []
    for (raw, entry, widths), slope in itertools.product(GRID, SLOPES):
        at = {
            "widths": widths[:-1],
            "slope": slope,
            "weight_kurtosis": en.kurtosis(raw),
            "input_kurtosis": en.kurtosis(entry),
        }
        label = (
            f"widths {widths}, a = {slope}, kappa_w = {en.kurtosis(raw)}, "
            f"kappa_0 = {en.kurtosis(entry)}"
        )
        out = en.network(en.iid(entry, widths[0]), widths[1:], raw, en.leaky(slope))
        rows.append((label, at, out))
    return tuple(rows)


def uncorrelated(law: Evaluate) -> Finding:
    """Covariances of the last layer, summed over every weight matrix."""
    return prove.cases(
        (
            f"{label}: Cov(y_{i}, y_{j})",
            law(row=i, column=j, variance=en.second_moment(out)),
            en.expect(out, lambda y, i=i, j=j: y[i - 1] * y[j - 1]),  # type: ignore[misc]
        )
        for label, _, out in outputs()
        for i, j in ((1, 1), (1, 2), (2, 2))
    )


@functools.cache
def dependence() -> tuple[tuple[str, bool, bool], ...]:
    """(label, P(y_1, y_2) = P(y_1) P(y_2) for all values, Cov(y_1^2, y_2^2) = 0)."""
    rows = []
    for label, _, out in outputs():
        unit: dict[Fraction, Fraction] = {}
        for y, p in out.items():
            unit[y[0]] = unit.get(y[0], Fraction(0)) + p
        apart = all(out.get((u, v), 0) == p * q for u, p in unit.items() for v, q in unit.items())
        rows.append((label, apart, en.pair_moment(out) == 1))
    return tuple(rows)


def first_layers(law: Evaluate) -> Finding:
    """c_1/sigma^4 of one literal layer; where it is not zero the units are found dependent."""
    for label, apart, no_covariance in dependence():
        if apart and not no_covariance:
            return Finding(None, "", "", f"{label}: independent units whose squares are not")
    return prove.cases(
        (
            label,
            law(width=at["widths"][0], slope=at["slope"], input_kurtosis=at["input_kurtosis"]),
            en.pair_moment(out) - 1,
        )
        for label, at, out in outputs()
        if len(at["widths"]) == 1
    )


def norm_shared(law: Evaluate) -> Finding:
    """Var(S)/(E S)^2, S = sum of phi_a(x_k)^2 over independent entries, expanded for 2 to 5.

    E phi^2 = (1 + a^2)/2 and E phi^4 = (1 + a^4)/2 kappa_0 at sigma = 1; E y_i^2 y_j^2 = v^2 E S^2.
    """
    rows = []
    for n in range(2, 6):
        f = sp.symbols(f"f1:{n + 1}")
        of = {0: sp.Integer(1), 2: (1 + a**2) / 2, 4: (1 + a**4) / 2 * kappa_0}
        square = sp.Poly(sum(e**2 for e in f) ** 2, *f)
        second = sum(c * sp.prod([of[p] for p in powers]) for powers, c in square.terms())
        first = n * of[2]
        rows.append((f"w_0 = {n}", law(width=n, slope=a, input_kurtosis=kappa_0)
                     - (second / first**2 - 1)))  # fmt: skip
    return prove.identities(
        rows,
        predicted=str(law(width=3, slope=a, input_kurtosis=kappa_0)),
        found="relative variance of the squared norm that the units share",
    )


def correlations(law: Evaluate) -> Finding:
    """Corr(y_1^2, y_2^2) of small literal networks, where y^2 is not constant."""
    rows = []
    for label, at, out in outputs():
        second = en.second_moment(out)
        spread = en.expect(out, lambda y: y[0] ** 4) - second**2
        both = en.expect(out, lambda y: y[0] ** 2 * y[1] ** 2) - second**2
        if spread:
            rows.append((label, law(**at), both / spread))
    return prove.cases(rows)


def deep(law: Evaluate) -> Finding:
    """The recursion itself through 1500 layers, to 20 digits."""
    grid = ((5, Fraction(0), Fraction(3)), (5, Fraction(0), Fraction(1)),
            (9, Fraction(-1), Fraction(1)), (1, Fraction(0), Fraction(2)),
            (8, Fraction(1, 2), Fraction(9)))  # fmt: skip
    return prove.close(
        (
            (
                f"w = {n}, a = {slope}, kappa_w = {kw}",
                law(width=n, slope=slope, weight_kurtosis=kw),
                after(1500, n, slope, kw),
            )
            for n, slope, kw in grid
        ),
        digits=20,
    )


@functools.cache
def after(layers: int, width: int, slope: Fraction, kw: Fraction) -> Any:
    """(m - 1)/(kappa - 1) after that many layers of one width, from (kappa, m) = (3, 1)."""
    with mpmath.workdps(40):
        aniso = mpmath.mpf(sp.N(anisotropy(slope), 40))
        weight = mpmath.mpf(kw.numerator) / kw.denominator
        kurt, pair = mpmath.mpf(3), mpmath.mpf(1)
        for _ in range(layers):
            p, q = aniso * kurt / width, (1 - mpmath.mpf(1) / width) * pair
            kurt, pair = weight * p + 3 * q, p + q
        return (pair - 1) / (kurt - 1)


def gaussian_limit(law: Evaluate) -> Finding:
    """kappa_w = 3: rho' = 3 whatever rho, w and a, as kappa_1 = 3 m_1; so the limit is 1/3."""
    kurt, pair = trajectory((3,), a, 3, kappa_0, 1)[-1]
    if prove.is_zero(kurt - 3 * pair) is not True:
        return Finding(None, "", "", "kappa_1 = 3 m_1 could not be reduced")
    return prove.cases(
        (
            f"w = {n}, a = {slope}",
            law(width=n, slope=slope, weight_kurtosis=3),
            sp.Rational(1, 3),
        )
        for n in (1, 2, 7, 100)
        for slope in (*SLOPES, Fraction(3))
    )


# --- the claim -------------------------------------------------------------------------------


def square_covariance(means: Any) -> float:
    """Cov(y_i^2, y_j^2) over (E y^2)^2, from E y_i^2 y_j^2 and E y^2."""
    return float(means[0] / means[1] ** 2 - 1)


COVARIANCE = Estimand(
    "smooth",
    ("mean_pair_sq", "mean_sq"),
    over="networks and inputs; annealed: E y_i^2 y_j^2/(E y^2)^2 - 1",
    function=square_covariance,
)


def correlation_of(means: Any) -> float:
    """Corr(y_i^2, y_j^2) from E y_i^2 y_j^2, E y^4 and E y^2."""
    return float((means[0] - means[2] ** 2) / (means[1] - means[2] ** 2))


CORRELATION = Estimand(
    "smooth",
    ("mean_pair_sq", "mean_fourth", "mean_sq"),
    over="networks and inputs; annealed: Cov(y_i^2, y_j^2)/Var(y_i^2)",
    function=correlation_of,
)
SIGNS = {"inputs": "rademacher"}  # independent entries of kurtosis 1


def _first(width: int, slope: Any, **more: Any) -> Probe:
    return Probe(
        name=f"first layer, w_0 = {width}, a = {slope}",
        experiment="unit_moments",
        setup=he_setup((width, 48), slope, "gaussian", 3),
        at={"width": width, "slope": slope, "input_kurtosis": 3},
        estimand=COVARIANCE,
        laws=("first covariance",),
        why="independent inputs, dependent units",
        curve="width" if slope == 0 else "",
        x=width if slope == 0 else None,
        **more,
    )


CLAIM = Claim(
    id="vev.indep",
    title="independence of the units is not preserved, uncorrelatedness is",
    source=PAPER.at(
        "Section 3, text after Proposition 3.2",
        "He et al. (2015) assumed that independence is preserved through the network, but what "
        "is preserved is uncorrelatedness",
    ),
    kind="exact",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(Cov(y_i, y_j), sigma_sq * sp.KroneckerDelta(unit_i, unit_j)),
            parameters=(
                Parameter("row", Integers(1), "i", unit_i),
                Parameter("column", Integers(1), "j", unit_j),
                Parameter("variance", Reals(0), "sigma^2 of one unit", sigma_sq),
            ),
            words="covariance of two units of one layer: uncorrelatedness is preserved",
            evaluate=covariance,
            mutants=CORRELATED,
        ),
        Law(
            role="sharper",
            name="first covariance",
            formula=sp.Eq(Cov(y_i**2, y_j**2) / sigma_sq**2, (anisotropy(a) * kappa_0 - 1) / w_0),
            parameters=(
                Parameter("width", Integers(1), "w_0, the width that is read", w_0),
                SLOPE,
                INPUT_KURTOSIS,
            ),
            words="covariance of squares after one layer, from independent input entries: "
            "independence is lost at once unless kappa_0 = 1 and |a| = 1",
            evaluate=first_covariance,
            mutants=(
                Mutant("independent", lambda width, slope, input_kurtosis: sp.Integer(0)),
                Mutant(
                    "r dropped",
                    lambda width, slope, input_kurtosis: first_covariance(width, 1, input_kurtosis),
                ),
                Mutant(
                    "1 not subtracted",
                    lambda width, slope, input_kurtosis: (
                        anisotropy(slope) * sp.sympify(input_kurtosis) / width
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="correlation of squares",
            formula=sp.Eq(Corr(y_i**2, y_j**2), (m_d - 1) / (kappa_d - 1)),
            parameters=(WIDTHS_READ, SLOPE, WEIGHT_KURTOSIS, INPUT_KURTOSIS),
            words="correlation of the squares of two units after d layers",
            evaluate=square_correlation,
            mutants=(
                Mutant(
                    "m/kappa",
                    lambda widths, slope, weight_kurtosis, input_kurtosis: (
                        lambda state: state[1] / state[0]
                    )(trajectory(widths, slope, weight_kurtosis, input_kurtosis, 1)[-1]),
                ),
                Mutant(
                    "Gaussian weights always",
                    lambda widths, slope, weight_kurtosis, input_kurtosis: square_correlation(
                        widths, slope, 3, input_kurtosis
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="limit",
            formula=sp.Eq(
                sp.Limit(sp.Function("C")(sp.Symbol("d")), sp.Symbol("d"), sp.oo),
                1 / sp.Symbol("rho_inf", positive=True),
            ),
            parameters=(WIDTH, SLOPE, WEIGHT_KURTOSIS),
            words="limit of that correlation C with depth at one width, where kurtosis grows "
            "(vev.ratio_map has rho_inf)",
            evaluate=limit_correlation,
            mutants=(
                Mutant(
                    "squares fully correlated",
                    lambda width, slope, weight_kurtosis: sp.Integer(1),
                ),
                Mutant(
                    "1/3 for any weights",
                    lambda width, slope, weight_kurtosis: sp.Rational(1, 3),
                ),
            ),
        ),
    ),
    assumptions=(
        IID_WEIGHTS,
        stated(
            "the input entries are independent, symmetric and alike",
            lambda p: p.get("inputs", "gaussian") in ("gaussian", "rademacher"),
        ),
        stated(
            "the squares vary at all: kurtosis above 1 after the layers",
            lambda p: (
                "widths" not in p
                or "input_kurtosis" not in p
                or p.get("weight_kurtosis", 3) > 1
                or max(p["widths"]) > 1
                or anisotropy(p.get("slope", 0)) * p["input_kurtosis"] > 1
            ),
        ),
        stated(
            "kurtosis grows (not w = 1, |a| = 1 and +-1 weights together)",
            lambda p: (
                "widths" in p
                or p.get("width", 2) > 1
                or abs(p.get("slope", 0)) != 1
                or p.get("weight_kurtosis", 3) != 1
            ),
        ),
    ),
    expected="holds",
    because=(
        "Units share the norm of the vector they read, so their squares correlate: c_1 = "
        "(r kappa_0 - 1) sigma^4/w_0 after one layer, and with Gaussian weights the correlation "
        "of squares tends to 1/3 with depth."
    ),
    proofs=(
        Proof("uncorrelated", "exact", "covariances from every weight matrix", uncorrelated),
        Proof(
            "norm that is shared",
            "symbolic",
            "relative variance of sum phi_a(x_k)^2, expanded for all a and kappa_0",
            norm_shared,
            law="first covariance",
        ),
        Proof(
            "first layer",
            "exact",
            "every weight matrix of one layer; independence tested on the joint law itself",
            first_layers,
            law="first covariance",
        ),
        Proof(
            "correlation",
            "exact",
            "every weight matrix of networks of one and two layers",
            correlations,
            law="correlation of squares",
        ),
        Proof(
            "Gaussian weights",
            "exact",
            "kappa_1 = 3 m_1 whatever was read, so 1/3 at every width and slope",
            gaussian_limit,
            law="limit",
        ),
        Proof("depth 1500", "numeric", "the recursion, to 20 digits", deep, law="limit"),
    ),
    probes=(
        _first(24, 0),
        *(_first(width, 0, tiers=LATER) for width in (32, 48)),
        _first(12, -1),
        Probe(
            name="two layers, +-1 weights and inputs",
            experiment="unit_moments",
            setup=he_setup((48, 48, 48), 0, "rademacher", 1, **SIGNS),
            at={"widths": (48, 48), "slope": 0, "weight_kurtosis": 1, "input_kurtosis": 1},
            estimand=CORRELATION,
            laws=("correlation of squares",),
            why="correlation of squares beside that of the units, which is zero",
        ),
    ),
    curves=(
        Curve(
            "width",
            "Covariance of the squares of two units after one layer, He-ReLU, Gaussian inputs",
            "width that is read",
            "Cov(y_i^2, y_j^2)/sigma^4",
            (8, 12, 16, 24, 32, 48, 64, 96),
            lambda x: {"width": int(x), "slope": 0, "input_kurtosis": 3},
            laws=("first covariance",),
            log_x=True,
            log_y=True,
        ),
    ),
    remark=(
        "The exception: from +-1 inputs with |a| = 1 the vector that is read has one norm, and the "
        "first layer's units are independent still; the second layer's are not. The dependence "
        "falls like 1/width and does not vanish with depth."
    ),
    see=("vev.prop3.2", "vev.prop4.3", "vev.ratio_map"),
)
