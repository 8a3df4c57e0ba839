"""The mean over networks of the VNI (quenched), which is not the ratio of means (annealed).

    vn.quenched   E[tr C^2/(tr C)^2]: proved bounds at every width, and its expansion in 1/N

What is proved: at finite width, bounds from exact moments (theory/maths/ratio_bounds.py), narrow up
to (qL+1)/N = 0.3; one layer, exactly. What is an expansion: E R = f(tau) + g(tau)/N + O(1/N^2) at
fixed tau = (qL+1)/N, formal in 1/N, each coefficient of f and g a proved rational number. The
coefficients grow, so f and g are summed by Borel's integral of a Pade approximant: no bound on that
sum is proved; it is compared with the proved bounds where those are narrow, and not used beyond.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import power_sums, prove, ratio_bounds, zonal
from theory.schema import (
    Bounds,
    Choice,
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
    as_float,
    stated,
)
from theory.symbols import SLOPE, L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import ANNEALED, GIVEN_ALIVE, network, with_remainder

tau, q = sp.symbols("tau q", positive=True)


# --- the laws --------------------------------------------------------------------------------


def coefficient(order: int) -> Any:
    """The coefficient of tau^order in E R. Exact."""
    return power_sums.mean_ratio(int(order))[int(order)]


def start_and_depth(width: Any, depth: Any, slope: Any) -> Any:
    """tau + 1/N = (qL + 1)/N: an isotropic input has R = 1/N, as if 1/q layer had gone before."""
    return (rec.spread(slope) * depth + 1) / sp.sympify(width)


def mean_vni(width: Any, depth: Any, slope: Any) -> Any:
    """f(tau) at tau = (qL+1)/N, leading order of E R; the next one is `remainder`.

    Checked against proved bounds up to tau = 0.3. Beyond, an extrapolation without a known error.
    """
    return power_sums.summed(start_and_depth(width, depth, slope))


def remainder_coefficient(order: int, slope: int) -> Any:
    """The coefficient of tau^order in g. Exact; linear (slope 1) or ReLU (slope 0)."""
    return zonal.next_order(int(order), int(slope))[int(order)]


def remainder(width: Any, depth: Any, slope: int) -> Any:
    """g(tau)/N, the next order of E R - f(tau), an mpf; linear or ReLU.

    >>> round(float(remainder(32, 8, 1)), 4), round(float(remainder(64, 8, 0)), 4)
    (0.0036, 0.0075)
    """
    series = zonal.next_order(power_sums.ORDER, slope)
    return power_sums.borel(series, start_and_depth(width, depth, slope)) / width


def bounds(widths: Any, slope: int) -> Bounds:
    """E R given J != 0 of a linear (slope 1) or ReLU (slope 0) network lies between. Proved.

    Every width and depth. Narrow while the trace fluctuates little: to 1 % at (qL+1)/N = 0.3.
    """
    return Bounds(*ratio_bounds.mean_ratio(tuple(int(n) for n in widths), slope == 0))


def annealed(width: Any, depth: Any, slope: Any) -> Any:
    """E tr C^2/E (tr C)^2 of the same network, exact (vn.rec)."""
    x = rec.to_x(1 / sp.sympify(width))
    return rec.from_x(x * rec.layer_factor(sp.sympify(width), rec.spread(slope)) ** depth)


def one_layer(inputs: Any, units: Any, slope: Any) -> Any:
    """E R of one Gaussian layer, linear (slope 1) or ReLU (slope 0, given J != 0). Exact.

    Linear: R and the trace are independent (Basu), so E R = E tr C^2/E (tr C)^2. ReLU: the k active
    rows form a linear layer, k binomial and not 0.

    >>> one_layer(7, 4, 1), one_layer(2, 1, 0)
    (2/5, 1)
    """
    n, m = sp.Integer(inputs), sp.Integer(units)
    if slope == 1:
        return (m + n + 1) / (m * n + 2)
    terms = (sp.binomial(m, k) * one_layer(n, k, 1) for k in range(1, int(m) + 1))
    return sum(terms) / (2**m - 1)


def gap(inputs: Any, units: Any, slope: Any) -> Any:
    """Quenched minus annealed of one layer; 0 for a linear one."""
    return one_layer(inputs, units, slope) - rec.annealed((inputs, units), slope)


# --- mutants ---------------------------------------------------------------------------------


def _annealed_coefficient(order: int) -> Any:
    """Coefficient of tau^order in (1 - e^(-3 tau))/(1 + 2 e^(-3 tau))."""
    limit = (1 - sp.exp(-3 * tau)) / (1 + 2 * sp.exp(-3 * tau))
    return sp.diff(limit, tau, int(order)).subs(tau, 0) / sp.factorial(int(order))


def _without(**part: bool) -> Any:
    """Coefficients from a generator that lacks a part."""
    return lambda order: power_sums.mean_ratio(int(order), **part)[int(order)]


def _mutated_mean(change: str) -> Any:
    def evaluate(width: Any, depth: Any, slope: Any) -> Any:
        if change == "the annealed ratio":
            return annealed(width, depth, slope)
        time = start_and_depth(width, depth, slope)
        if change == "tau = L/N for every activation":
            time = start_and_depth(width, depth, 1)
        if change == "start at R = 0":
            time -= 1 / sp.sympify(width)
        if change == "-1/2 tau^3":
            series = power_sums.mean_ratio(power_sums.ORDER)
            return power_sums.borel((*series[:3], Fraction(-1, 2), *series[4:]), time)
        return power_sums.summed(time)

    return evaluate


def _mutated_coefficient(change: str) -> Any:
    def evaluate(order: int, slope: int) -> Any:
        if change == "the linear one for ReLU":
            return remainder_coefficient(order, 1)
        value = remainder_coefficient(order, slope)
        if change == "opposite sign":
            return -value
        if slope == 0:  # without the fluctuating number of active units
            return value - order * coefficient(order)
        return value

    return evaluate


def _mutated_bounds(change: str) -> Any:
    def evaluate(widths: Any, slope: int) -> Bounds:
        if change == "the annealed ratio":
            return Bounds(*(as_float(rec.annealed(widths, slope)),) * 2)
        if change == "the input not counted":
            return bounds((*widths[1:],), slope)
        return bounds(widths, 1)  # every unit active

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def by_pairings(law: Any) -> Finding:
    """The generator itself, from all pairings of up to eight Gaussian entries, with masks."""
    return prove.cases(
        (
            (f"tau^{k}", law(order=k) * q**k, found)
            for k, found in enumerate(power_sums.wick_series())
        ),
        "masks only enter through q: their common factor acts on the degree, and R has degree 0",
    )


def by_differentiation(law: Any) -> Finding:
    """A second implementation of G; with it d E R/d tau = 1 + E R + 6 E R^2 - 8 E P_3."""
    p_1, p_2, p_3 = power_sums.P[:3]
    r, cubic = p_2 / p_1**2, p_3 / p_1**3
    if sp.expand(power_sums.operator(r) - (1 + r + 6 * r**2 - 8 * cubic)) != 0:
        return Finding(False, "1 + R + 6 R^2 - 8 P_3", str(power_sums.operator(r)))
    return prove.cases(
        (f"tau^{k}", law(order=k), found) for k, found in enumerate(power_sums.differentiated())
    )


def by_shapes(law: Any) -> Finding:
    """The zonal road: eigenvalues of G, weighted as at the start, extrapolated to degree 0."""
    return prove.cases(
        (f"tau^{k}", law(order=k), found) for k, found in enumerate(zonal.mean_ratio(8))
    )


EIGHTH = Fraction(1, 8)  # (qL + 1)/N of the networks below
DOUBLING = {1: ((16, 1), (32, 3), (64, 7)), 0: ((24, 1), (40, 2), (72, 4))}  # (N, L) by slope


@functools.cache
def proved(width: int, depth: int, slope: int) -> tuple[Any, Any]:
    """Bounds of E R from moments up to degree 12: to 1e-6 at tau = 1/8, to 1 % at 9/32."""
    return ratio_bounds.mean_ratio((width,) * (depth + 1), slope == 0, half_degree=6)


def second_order(slope: int, expansion: Any) -> Iterator[tuple[str, bool]]:
    """E R - expansion(N, L) is of order N^-2 at (qL+1)/N = 1/8, wherever E R is in its bounds."""
    for end in (0, 1):
        rest = [
            (n, proved(n, depth, slope)[end] - expansion(n, depth)) for n, depth in DOUBLING[slope]
        ]
        order = prove.slope(rest)
        sizes = ", ".join(f"{mpmath.nstr(r, 3)} (N = {n})" for n, r in rest)
        yield f"a = {slope}: {sizes}: N^{order:.2f}", -2.5 < order < -1.5


def by_proved_bounds(law: Any) -> Finding:
    """E R - f - g/N is of order 1/N^2, g summed from the candidate's coefficients."""

    def facts() -> Iterator[tuple[str, bool]]:
        leading = power_sums.summed(EIGHTH)
        for slope in (1, 0):
            series = tuple(
                Fraction(int(c.p), int(c.q))
                for c in (
                    sp.Rational(prove.exact(law(order=k, slope=slope)))
                    for k in range(power_sums.ORDER + 1)
                )
            )
            correction = power_sums.borel(series, EIGHTH)
            yield from second_order(slope, lambda n, _, g=correction: leading + g / n)

    return prove.truth(
        facts(),
        predicted="E R - f(tau) - g(tau)/N = O(1/N^2)",
        found="proved bounds of E R as N doubles, tau = 1/8",
    )


def mean_by_proved_bounds(law: Any) -> Finding:
    """The error of the law is g/N, and what is left then falls fourfold as N doubles."""

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (1, 0):
            correction = power_sums.borel(zonal.next_order(power_sums.ORDER, slope), EIGHTH)
            yield from second_order(
                slope,
                lambda n, depth, a=slope, g=correction: law(width=n, depth=depth, slope=a) + g / n,
            )
        for width, depth, slope in ((32, 8, 1), (64, 8, 0)):  # the largest tau of the rows
            low, high = proved(width, depth, slope)
            found = law(width=width, depth=depth, slope=slope) + remainder(width, depth, slope)
            label = f"a = {slope}, N = {width}, L = {depth}: f + g/N = {mpmath.nstr(found, 5)}"
            yield f"{label} in its bounds", bool(low <= found <= high)

    return prove.truth(
        facts(),
        predicted="E R - f(tau) = g(tau)/N + O(1/N^2)",
        found="proved bounds of E R as N doubles, tau = 1/8; at 9/32 too",
    )


def small_time(law: Any) -> Finding:
    """At tau of one millionth the sum equals the series: 25 digits."""
    with mpmath.workdps(40):
        rows = []
        for width, depth, slope in ((10**7, 9, 1), (10**7, 5, 0)):
            time = start_and_depth(width, depth, slope)
            series = sum(c * time**k for k, c in enumerate(power_sums.differentiated()))
            predicted = law(width=width, depth=depth, slope=slope)
            rows.append((f"N = {width}, L = {depth}, a = {slope}", predicted, series))
        return prove.close(rows, digits=25)


def double_scaling(law: Any) -> Finding:
    """N -> infinity at fixed tau: one layer multiplies X by 1 - 3q/N + O(1/N^2), so X = e^(-3 tau).

    Also: this limit agrees with the quenched series to tau^2 and differs by (4/3) tau^3.
    """

    e = sp.Symbol("epsilon", positive=True)  # 1/N

    def facts() -> Iterator[tuple[str, bool]]:
        for slope in (1, 0):
            start, one, two = (
                sp.cancel(rec.to_x(sp.cancel(law(width=1 / e, depth=k, slope=slope))))
                for k in (0, 1, 2)
            )
            yield "X_0 = (1-e)/(1+2e), e = 1/N", sp.cancel(start - (1 - e) / (1 + 2 * e)) == 0
            rate = -sp.diff(sp.cancel(one / start), e).subs(e, 0)
            yield f"a = {slope}: N (1 - X_1/X_0) -> {rate}", rate == 3 * rec.spread(slope)
            yield f"a = {slope}: X_2 X_0 = X_1^2", sp.cancel(two * start - one**2) == 0
        difference = [coefficient(k) - _annealed_coefficient(k) for k in range(4)]
        yield f"quenched - annealed: {difference}", difference == [0, 0, 0, sp.Rational(-4, 3)]

    return prove.truth(facts(), predicted="X = e^(-3 tau)", found="limit of the exact law")


@functools.cache
def on_sphere(inputs: int, units: int) -> Any:
    """E R of a units x inputs Gaussian matrix: R depends on the direction in R^d, d = units inputs.

    On the unit sphere R = tr (W W^T)^2, whose mean is the Gaussian one over d (d+2).
    """
    sum_sq, _, c = rec.wick_moments(units, inputs)
    d = units * inputs
    return sum_sq.subs(dict.fromkeys(c, 1)).subs(sp.Symbol("q"), 1) / (d * (d + 2))


def by_sphere(law: Any) -> Finding:
    """One layer, linear and ReLU: every subset of active rows, each a Gaussian matrix."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n, m in ((2, 2), (3, 2), (2, 3), (1, 3)):
            yield f"{n} -> {m}, linear", law(inputs=n, units=m, slope=1), on_sphere(n, m)
            subsets = [s for s in itertools.product((0, 1), repeat=m) if any(s)]
            found = sum(on_sphere(n, sum(s)) for s in subsets) / sp.Integer(len(subsets))
            yield f"{n} -> {m}, ReLU", law(inputs=n, units=m, slope=0), found

    return prove.cases(rows(), "every subset of active rows")


def by_eigenvalues(law: Any) -> Finding:
    """Two units: integral over the density of the eigenvalue share, and the same by quadrature."""
    u = sp.Symbol("u", positive=True)

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n in (3, 5, 7):  # density |2u-1| (u(1-u))^((n-3)/2), u the larger share
            density = (2 * u - 1) * (u * (1 - u)) ** ((n - 3) // 2)
            value = density * (u**2 + (1 - u) ** 2)
            half = sp.Rational(1, 2)
            exact = sp.integrate(value, (u, half, 1)) / sp.integrate(density, (u, half, 1))
            with mpmath.workdps(30):
                both = [
                    mpmath.quad(sp.lambdify(u, f, "mpmath"), [0.5, 1]) for f in (value, density)
                ]
                if abs(both[0] / both[1] - mpmath.mpf(sp.N(exact, 30))) > mpmath.mpf(10) ** -25:
                    raise ArithmeticError("integral and quadrature differ")
            yield f"{n} -> 2, linear", law(inputs=n, units=2, slope=1), exact

    return prove.cases(rows())


def bounds_of_one_layer(law: Any) -> Finding:
    """The exact E R of one layer lies inside, and the bounds are narrow."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n, m, slope in ((24, 24, 1), (7, 40, 1), (30, 24, 0)):
            found, exact = law(widths=(n, m), slope=slope), as_float(one_layer(n, m, slope))
            low, high = as_float(found)
            yield (
                f"{n} -> {m}, a = {slope}: {exact:.6f} inside",
                low - 1e-12 <= exact <= high + 1e-12,
            )
            yield f"{n} -> {m}, a = {slope}: to 2 %", high - low < 0.02 * exact

    return prove.truth(facts(), predicted="proved bounds", found="(m+n+1)/(mn+2), and its mixture")


@functools.cache
def two_layers(n: int) -> Any:
    """E R of the linear network n -> 2 -> n, by quadrature over two Wishart shapes.

    Shapes diag(u, 1-u), diag(v, 1-v) at every angle: R = 1 - 2 det/t^2, and the mean over the angle
    of 1/(x cos^2 + y sin^2)^2 is (x+y)/(2 (xy)^(3/2)), x = uv + (1-u)(1-v), y = 1 - x.
    """

    def density(u: Any) -> Any:
        return (2 * u - 1) * (u * (1 - u)) ** ((n - 3) // 2)

    def value(u: Any, v: Any) -> Any:
        x = u * v + (1 - u) * (1 - v)
        det = u * (1 - u) * v * (1 - v)
        return density(u) * density(v) * (1 - det / mpmath.sqrt(x * (1 - x)) ** 3)

    with mpmath.workdps(15):
        ends = [mpmath.mpf("0.5"), mpmath.mpf("0.75"), 1]
        return mpmath.quad(value, ends, ends) / mpmath.quad(density, ends) ** 2


def bounds_of_two_layers(law: Any) -> Finding:
    """A second road to two layers: n -> 2 -> n by quadrature."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n in (31, 41):
            low, high = as_float(law(widths=(n, 2, n), slope=1))
            found = float(two_layers(n))
            yield f"{n} -> 2 -> {n}: {found:.6f}", low - 1e-9 <= found <= high + 1e-9
            yield f"{n} -> 2 -> {n}: to 0.1 %", high - low < 1e-3 * found

    return prove.truth(facts(), predicted="proved bounds", found="quadrature over two shapes")


def gap_by_sphere(law: Any) -> Finding:
    """Quenched from the sphere, annealed from the multiplied-out products."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n, m in ((2, 2), (3, 2)):
            sum_sq, sq_trace, c = rec.wick_moments(m, n)
            ratio = (sum_sq / sq_trace).subs(dict.fromkeys(c, 1))
            found = sum(sp.binomial(m, k) * on_sphere(n, k) for k in range(1, m + 1)) / (2**m - 1)
            relu = found - ratio.subs(sp.Symbol("q"), 2)
            linear = on_sphere(n, m) - ratio.subs(sp.Symbol("q"), 1)
            yield f"{n} -> {m}, linear", law(inputs=n, units=m, slope=1), linear
            yield f"{n} -> {m}, ReLU", law(inputs=n, units=m, slope=0), relu

    return prove.cases(rows())


# --- the claim -------------------------------------------------------------------------------


def _difference(means: Any) -> float:
    vni, alive, sum_sq, sq_trace = means
    return float(vni / alive - sum_sq / sq_trace)


def _deep(width: int, depth: int, slope: int, law: str, why: str, **more: Any) -> Probe:
    """A network of equal widths, for the law `mean`, `finite width` or `annealed`."""
    kind, widths = "linear" if slope == 1 else "relu", (width,) * (depth + 1)
    name = {"mean": "expansion", "finite width": "quenched"}.get(law, law)
    if law == "mean":
        share = remainder(width, depth, slope) / mean_vni(width, depth, slope)
        more["margin"] = with_remainder(abs(share), "next order g(tau)/N, relative")
    return Probe(
        name=f"{name} {kind} N={width} L={depth}",
        experiment="node_correlation",
        setup=network(widths, slope),
        at={"widths": widths, "slope": slope}
        if law == "finite width"
        else {"width": width, "depth": depth, "slope": slope},
        estimand=ANNEALED if law == "annealed" else GIVEN_ALIVE,
        laws=(law,),
        why=why,
        **more,
    )


def _single(name: str, slope: int, law: str, estimand: Estimand, why: str) -> Probe:
    return Probe(
        name=name,
        experiment="node_correlation",
        setup=network((7, 4), slope),
        at={"inputs": 7, "units": 4, "slope": slope},
        estimand=estimand,
        laws=(law,),
        why=why,
        budget=0.2,
    )


SIZE = (
    Parameter("width", Integers(1), "N, width of every layer", N),
    Parameter("depth", Integers(0), "L, number of layers", L),
    SLOPE,
)
LAYER = (
    Parameter("inputs", Integers(1), "n, width of the input"),
    Parameter("units", Integers(1), "m, units of the layer"),
    Parameter("slope", Choice((0, 1)), "1: linear, 0: ReLU (given that a unit is active)"),
)
f, g = sp.Function("f"), sp.Function("g")
A_low, V_mean = sp.symbols("A_- v")
R_A = rec.R_A
m, n, k = sp.symbols("m n k")
SHOWN = sum(prove.exact(coefficient(k)) * tau**k for k in range(1, 6))

CLAIM = Claim(
    id="vn.quenched",
    title="mean VNI over networks: a function of qL/N that is not the annealed ratio",
    source=PAPER.at(
        "beside eq. (6) and Figure 1",
        "not in the document: its simulations average the VNI of single networks",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="sharper",
            name="series",
            formula=sp.Eq(f(tau), SHOWN + sp.Order(tau**6)),
            parameters=(Parameter("order", Integers(0, draw_to=8), "power of tau = qL/N"),),
            words="coefficient of tau^order in the mean VNI f, N -> infinity at fixed tau = qL/N",
            evaluate=coefficient,
            mutants=(
                Mutant("the annealed series", _annealed_coefficient),
                Mutant("without the fluctuation of the trace", _without(trace_noise=False)),
                Mutant("without the self-interaction", _without(self_term=False)),
            ),
        ),
        Law(
            role="sharper",
            name="mean",
            formula=sp.Eq(rec.E(rec.R_sq), f((q * L + 1) / N)),
            parameters=SIZE,
            words="mean VNI over networks of equal width: the series f summed at tau + 1/N",
            evaluate=mean_vni,
            mutants=tuple(
                Mutant(name, _mutated_mean(name))
                for name in (
                    "the annealed ratio",
                    "tau = L/N for every activation",
                    "start at R = 0",
                    "-1/2 tau^3",
                )
            ),
            error="g(tau)/N, of which the coefficients are the next law; used up to tau = 0.3",
        ),
        Law(
            role="sharper",
            name="next order",
            formula=sp.Eq(rec.E(rec.R_sq), f(tau) + g(tau) / N + sp.Order(N**-2, (N, sp.oo))),
            parameters=(Parameter("order", Integers(0, draw_to=8), "power of tau"), LAYER[2]),
            words="coefficient of tau^order in g, the correction of order 1/N at fixed tau",
            evaluate=remainder_coefficient,
            mutants=tuple(
                Mutant(name, _mutated_coefficient(name))
                for name in ("the linear one for ReLU", "opposite sign", "all units active")
            ),
        ),
        Law(
            role="sharper",
            name="finite width",
            formula=sp.And(sp.Le(A_low, rec.E(rec.R_sq)), sp.Le(rec.E(rec.R_sq), A_low + V_mean)),
            parameters=(rec.LAYERS, LAYER[2]),
            words=(
                "proved bounds of the mean VNI at given widths: A_- = E tr C^2 (1 - V(tr C))/"
                "(tr C)^2 and v = E V(tr C) for a polynomial V >= 0, V(0) = 1, V'(0) = 0"
            ),
            evaluate=bounds,
            mutants=tuple(
                Mutant(name, _mutated_bounds(name))
                for name in ("the annealed ratio", "the input not counted", "all units active")
            ),
        ),
        Law(
            role="sharper",
            name="annealed",
            formula=sp.Eq(
                (1 - R_A) / (1 + 2 * R_A),
                (N - 1) / (N + 2) * ((N - 1) / (N - 1 + 3 * q)) ** L,
            ),
            parameters=SIZE,
            words="annealed VNI E tr C^2/E (tr C)^2 of the same networks (vn.rec)",
            evaluate=annealed,
            mutants=(
                Mutant(
                    "tau = L/N for every activation",
                    lambda width, depth, slope: annealed(width, depth, 1),
                ),
                Mutant(
                    "one layer more", lambda width, depth, slope: annealed(width, depth + 1, slope)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(
                rec.E(rec.R_sq),
                sp.Sum(sp.binomial(m, k) * (k + n + 1) / (k * n + 2), (k, 1, m)) / (2**m - 1),
            ),
            parameters=LAYER,
            words="mean VNI of one layer, exact: shown for ReLU; (m+n+1)/(mn+2) for a linear one",
            evaluate=one_layer,
            mutants=(
                Mutant(
                    "the annealed ratio",
                    lambda inputs, units, slope: rec.annealed((inputs, units), slope),
                ),
                Mutant(
                    "dead networks counted as R = 0",
                    lambda inputs, units, slope: (
                        one_layer(inputs, units, slope)
                        * (1 if slope == 1 else 1 - sp.Rational(1, 2 ** int(units)))
                    ),
                ),
                Mutant(
                    "mn in place of mn + 2",
                    lambda inputs, units, slope: sp.Rational(inputs + units + 1, inputs * units),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="gap",
            formula=sp.Eq(
                rec.E(rec.R_sq) - R_A,
                rec.E(rec.tr(rec.C**2) / rec.tr(rec.C) ** 2)
                - rec.E(rec.tr(rec.C**2)) / rec.E(rec.tr(rec.C) ** 2),
            ),
            parameters=LAYER,
            words="quenched minus annealed VNI of one layer: 0 if linear, positive for ReLU",
            evaluate=gap,
            mutants=(
                Mutant("no gap", lambda inputs, units, slope: sp.Integer(0)),
                Mutant("opposite sign", lambda inputs, units, slope: -gap(inputs, units, slope)),
            ),
        ),
    ),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        stated("no biases (then vn.masklaw applies)", lambda p: p.get("biases", "none") == "none"),
    ),
    expected="holds",
    because=(
        "Bounds from exact moments hold at every width, and sampled networks of width 32 lie in "
        "them: at N = 32, L = 8 (linear) the mean VNI is between 0.282 and 0.284, the annealed "
        "ratio is 0.302. The expansion in 1/N has exact coefficients; its sum is checked against "
        "the bounds, not proved."
    ),
    proofs=(
        Proof(
            "generator from pairings",
            "exact",
            "drift and covariance of the power sums from all pairings of eight Gaussian entries",
            by_pairings,
            law="series",
        ),
        Proof(
            "differentiation",
            "exact",
            "the same coefficients by symbolic differentiation, to order 5",
            by_differentiation,
            law="series",
        ),
        Proof(
            "eigenvalues",
            "exact",
            "the same coefficients from the zonal polynomials, the eigenvectors of every layer",
            by_shapes,
            law="series",
        ),
        Proof(
            "second order by proved bounds",
            "numeric",
            "what f + g/N leaves of the proved mean VNI falls fourfold as N doubles",
            by_proved_bounds,
            law="next order",
        ),
        Proof(
            "error by proved bounds",
            "numeric",
            "the error is g/N, and what is left then falls fourfold as N doubles",
            mean_by_proved_bounds,
            law="mean",
        ),
        Proof(
            "one layer inside",
            "rigorous",
            "the bounds are narrow and hold the exact mean of one layer, linear and ReLU",
            bounds_of_one_layer,
            law="finite width",
        ),
        Proof(
            "two layers inside",
            "numeric",
            "n -> 2 -> n by quadrature over the shapes of two Wishart matrices",
            bounds_of_two_layers,
            law="finite width",
        ),
        Proof(
            "small time",
            "exact",
            "the summed series equals its partial sum at tau = 1e-6, to 25 digits",
            small_time,
            law="mean",
        ),
        Proof(
            "double scaling",
            "symbolic",
            "the exact annealed law tends to X = e^(-3 tau)",
            double_scaling,
            law="annealed",
        ),
        Proof(
            "sphere",
            "exact",
            "one layer: moments on the sphere, every subset of active rows",
            by_sphere,
            law="one layer",
        ),
        Proof(
            "eigenvalue density",
            "exact",
            "two units: integral over the Wishart density",
            by_eigenvalues,
            law="one layer",
        ),
        Proof(
            "gap of one layer",
            "exact",
            "quenched and annealed of small layers, each by its own road",
            gap_by_sphere,
            law="gap",
        ),
    ),
    probes=(
        *(
            _deep(32, depth, 1, "finite width", "growth with depth", curve="depth", x=depth)
            for depth in (2, 4, 6, 8)
        ),
        _deep(32, 4, 1, "annealed", "the networks of the quenched row, other average"),
        _deep(32, 6, 1, "annealed", "the networks of the quenched row, other average"),
        _deep(32, 4, 0, "finite width", "ReLU with its own activation pattern"),
        _deep(64, 8, 1, "mean", "linear at tau = 9/64, where g/N is small"),
        _deep(32, 4, 0, "mean", "ReLU: tau = 9/32; half the size of the next row"),
        _deep(64, 8, 0, "mean", "ReLU at nearly the same tau: the error term halves"),
        _single("linear layer, quenched", 1, "one layer", GIVEN_ALIVE, "exact: the annealed one"),
        _single("relu layer, quenched", 0, "one layer", GIVEN_ALIVE, "exact, given J != 0"),
        Probe(
            name="relu layer, annealed",
            experiment="node_correlation",
            setup=network((5, 5), 0),
            at={"width": 5, "depth": 1, "slope": 0},
            estimand=ANNEALED,
            laws=("annealed",),
            why="one square layer, the other average",
            budget=0.2,
        ),
        _single(
            "relu layer, gap",
            0,
            "gap",
            Estimand(
                "smooth",
                ("vni", "alive", "sum_sq_cov", "sq_trace"),
                over="networks; quenched minus annealed, of the same networks",
                function=_difference,
            ),
            "both averages of the same networks",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Mean VNI of linear networks of width 32, and the annealed ratio",
            "depth L",
            "VNI",
            range(1, 9),
            lambda x: {"width": 32, "depth": int(x), "slope": 1},
            laws=("mean", "annealed"),
        ),
    ),
    remark=(
        "Neither average bounds the other: one ReLU layer 7 -> 4 has 0.671 quenched and 0.538 "
        "annealed, deep linear networks the reverse. Beyond qL/N = 1/2 a sampled ratio of means "
        "drifts, since networks that are never drawn decide it. Beyond (qL+1)/N = 0.3 the proved "
        "bounds are wide and the error of the summed expansion is not known: no check is made."
    ),
    see=("vn.rec", "vn.eq6", "vn.eq5"),
)
