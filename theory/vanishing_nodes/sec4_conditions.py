"""When gradients vanish, and when nodes do: the two conditions of section 4.

    vn.sec4.iff     scales neither explode nor vanish if and only if sigma_w^2 mu_1 = 1
    vn.sec4.close1  vanishing nodes are evident when mu_2/mu_1^2 - 1 - s_1 is close to 1

A layer of N units multiplies the squared scale of a signal by sigma_w^2 mu_1 T, E T = 1: T is
chi^2_N/N (linear) or 2 chi^2_K/N with K ~ Bin(N, 1/2) active units (ReLU). The mean over networks
stays at sigma_w^2 mu_1 = 1; a typical network follows E log T < 0.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import log_factors, prove
from theory.schema import (
    EXACT_MARGIN,
    Bounds,
    Choice,
    Claim,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Margin,
    Mutant,
    Parameter,
    Probe,
    Proof,
    absolute,
    as_mpf,
    stated,
    unstated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.effective_nodes import as_sympy, rational
from theory.vanishing_nodes.probes import ANNEALED, network
from theory.vanishing_nodes.scales import (
    GAIN,
    MU_1,
    OUT_SQ,
    kept,
    mu_1,
    sigma_w,
    signal_setup,
    slope_sq,
    sums,
)

E, psi, R_A = sp.Function("E"), sp.Function("psi"), sp.Symbol("R_A")
scale, K = sp.symbols("s K")
LAYERS = Parameter("depth", Integers(0), "L, number of layers", L)
UNITS = Parameter("width", Integers(1), "N, width of every layer", N)
KIND = Parameter("slope", Choice((0, 1)), "0: ReLU, 1: linear")

# --- vn.sec4.iff -----------------------------------------------------------------------------


def mean_scale(gain: Any, mu_1: Any, depth: Any) -> Fraction:
    """E of the squared scale over networks, from 1: (sigma_w^2 mu_1)^L."""
    return kept(gain, mu_1, depth)


def _log_gain(gain: Any, slope: int) -> sp.Expr:
    return sp.log(as_sympy(rational(gain)) * (1 if slope == 1 else sp.Rational(1, 2)))


def unbiased(width: Any, depth: Any, gain: Any, slope: Any) -> sp.Expr:
    """L log(sigma_w^2 mu_1): the log-scale if every network followed the mean."""
    return int(depth) * _log_gain(gain, slope)


def typical(width: Any, depth: Any, gain: Any, slope: Any) -> sp.Expr:
    """E log of the squared scale after L layers, given that the network is alive. Exact.

    >>> typical(2, 3, 1, 1), typical(1, 1, 2, 0)
    (-3*EulerGamma, -EulerGamma)
    """
    fair = sp.log(sp.Rational(2 if slope == 1 else 4, int(width)))
    drift = fair + log_factors.log_mean(int(width), all_active=slope == 1)
    return sp.expand(int(depth) * (_log_gain(gain, slope) + drift))


def _mutated(change: str) -> Any:
    def evaluate(width: Any, depth: Any, gain: Any, slope: Any) -> Any:
        free = unbiased(width, depth, gain, slope)
        drift = typical(width, depth, gain, slope) - free
        return free + {"twice the drift": 2, "half the drift": sp.Rational(1, 2)}[change] * drift

    return evaluate


def _as_linear(width: Any, depth: Any, gain: Any, slope: Any) -> Any:
    free = unbiased(width, depth, gain, slope)
    return free + typical(width, depth, 1, 1)  # the mask noise left out


def iff(law: Any) -> Finding:
    """(sigma_w^2 mu_1)^L over all networks of +-1 weights; it is 1 for every L only at 1."""

    def facts() -> Iterator[tuple[str, bool]]:
        for widths, gain in itertools.product(
            ((1, 1, 1, 1), (3, 3), (3, 1, 3)), (Fraction(9, 5), Fraction(2), Fraction(1, 3))
        ):
            depth = len(widths) - 1
            found = gain**depth * sums(widths, False).out_sq
            same = law(gain=gain, mu_1=slope_sq(False), depth=depth) == found
            yield f"widths {widths}, sigma_w^2 = {gain}: {found}", same
        for gain in (Fraction(1, 2), Fraction(9, 10), Fraction(1), Fraction(11, 10), Fraction(2)):
            stays = all(law(gain=gain, mu_1=1, depth=depth) == 1 for depth in (1, 7, 50))
            yield f"sigma_w^2 mu_1 = {gain} keeps the mean: {gain == 1}", stays == (gain == 1)

    return prove.truth(
        facts(), predicted="(sigma_w^2 mu_1)^L", found="all networks, mean over them"
    )


def wide_limit(law: Any) -> Finding:
    """E log(chi^2_N/N) = psi(N/2) - log(N/2) -> 0 for N -> infinity; N E log T -> -5/2, ReLU."""
    half = sp.Symbol("n", positive=True)  # N/2
    linear = sp.limit(sp.digamma(half) - sp.log(half), half, sp.oo)

    def facts() -> Iterator[tuple[str, bool]]:
        for gain in (1, Fraction(3, 2)):
            found = sp.simplify(law(width=10**4, depth=5, gain=gain, slope=1) - 5 * sp.log(
                as_sympy(Fraction(gain))) - 5 * linear)  # fmt: skip
            yield f"linear, sigma_w^2 = {gain}: 5 log sigma_w^2 in the limit", found == 0
        relu = [float(typical(w, 1, 2, 0)) * w for w in (125, 250, 500)]
        yield f"ReLU: N times the drift {relu} -> -5/2", abs(relu[-1] + 2.5) < abs(relu[0] + 2.5)
        yield "ReLU at sigma_w^2 mu_1 = 1: 0", law(width=500, depth=1, gain=2, slope=0) == 0

    return prove.truth(facts(), predicted="L log(sigma_w^2 mu_1)", found="the limit of wide layers")


def two_units(law: Any) -> Finding:
    """Two linear units, sigma_w^2 = 1: T = chi^2_2/2, its E log by the Gamma integral."""
    k = sp.Symbol("k", positive=True)
    found = sp.expand(log_factors.log_chi2()[0].subs(k, 2) - sp.log(2))
    return prove.cases([("N = 2, L = 1", law(width=2, depth=1, gain=1, slope=1), found)])


def by_density(law: Any) -> Finding:
    """The number of active units and the density of chi^2_k, integrated exactly."""
    return prove.cases(
        (
            f"N = {n}, L = {depth}, slope {slope}, sigma_w^2 = {gain}",
            law(width=n, depth=depth, gain=gain, slope=slope),
            depth * (log_factors.mixture(n, slope)[0] + _log_gain(gain, slope)),
        )
        for n, depth, slope, gain in (
            (1, 1, 1, 1), (2, 3, 1, 2), (5, 1, 1, Fraction(1, 2)), (1, 2, 0, 2), (4, 1, 0, 2),
            (7, 5, 0, 3),
        )
    )  # fmt: skip


EDGE = Fraction(1, 20)  # of L (3q - 1)/(2N), the leading drift


def leading_drift(width: int, depth: int, slope: int) -> Fraction:
    """L Var T/2 = L (3q - 1)/(2N), q = mu_2/mu_1^2: 1 for linear networks, 2 for ReLU."""
    return Fraction(depth * (2 if slope == 1 else 5), 2 * width)


def drift_margin(width: int, depth: int, slope: int) -> Margin:
    """The exact drift at that size, at most the edge of the domain, plus the precision of a log."""
    drift = abs(float(as_mpf(typical(width, depth, 1 if slope == 1 else 2, slope))))
    size = min(drift, float(EDGE))
    return absolute(
        EXACT_MARGIN.standard + size,
        f"the drift that is left out, {size:.2g}, and the precision asked of an exact scale",
        quick=EXACT_MARGIN.quick + size,
        paper=EXACT_MARGIN.paper + size,
    )


def _log_scale(depth: int) -> Estimand:
    return Estimand(
        "smooth",
        ("log_step", "alive"),
        over="networks and inputs that are alive; mean of the logarithm",
        function=lambda means: float(depth * means[0] / means[1]),
    )


def _typical(
    width: int, depth: int, slope: int, laws: tuple[str, ...], why: str, **more: Any
) -> Probe:
    setup = network((width,) * (depth + 1), slope, activate_input=True)
    exact = laws == ("typical",)
    return Probe(
        name=f"{'linear' if slope == 1 else 'relu'} N={width} L={depth}, {laws[0]}",
        experiment="norm_steps",
        setup=setup,
        at={"width": width, "depth": depth, "gain": rational(setup["gain"]), "slope": slope},
        estimand=_log_scale(depth),
        laws=laws,
        why=why,
        margin=EXACT_MARGIN if exact else drift_margin(width, depth, slope),
        **more,
    )


def _mean(product: Fraction, depth: int) -> Probe:
    widths = (24,) * (depth + 1)
    return Probe(
        name=f"relu N=24 L={depth}, mean at {product}",
        experiment="signal_scales",
        setup={**signal_setup(widths, 0), "gain": float(2 * product)},
        at={"gain": 2 * product, "mu_1": Fraction(1, 2), "depth": depth},
        estimand=OUT_SQ,
        why="the mean over networks on both sides of 1",
    )


IFF = Claim(
    id="vn.sec4.iff",
    title="scales neither explode nor vanish with depth if and only if sigma_w^2 mu_1 = 1",
    source=PAPER.at(
        "sec. 4, after eqs. (15) and (16)",
        "the variances of forward and backward propagation neither explode nor vanish if and only "
        "if sigma_w^2 mu_1 = 1",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(E(scale), (sigma_w**2 * mu_1) ** L),
            parameters=(GAIN, MU_1, LAYERS),
            words="mean over networks of the squared scale after L layers",
            evaluate=mean_scale,
            mutants=(
                Mutant("without mu_1", lambda gain, mu_1, depth: kept(gain, 1, depth)),
                Mutant(
                    "L-1 layers", lambda gain, mu_1, depth: kept(gain, mu_1, abs(int(depth) - 1))
                ),
            ),
        ),
        Law(
            role="stated",
            name="each network",
            formula=sp.Eq(E(sp.log(scale)), L * sp.log(sigma_w**2 * mu_1)),
            parameters=(UNITS, LAYERS, GAIN, KIND),
            words="mean of the log-scale, if networks do what their mean does",
            evaluate=unbiased,
            mutants=(
                Mutant(
                    "sigma_w in place of sigma_w^2",
                    lambda width, depth, gain, slope: unbiased(width, depth, gain, slope)
                    - int(depth) * sp.log(as_sympy(rational(gain))) / 2,
                ),
            ),
        ),
        Law(
            role="sharper",
            name="typical",
            formula=sp.Eq(
                E(sp.log(scale)), L * (sp.log(2 * sigma_w**2 / N) + E(psi(K / 2)))
            ),
            parameters=(UNITS, LAYERS, GAIN, KIND),
            words="mean of the log-scale given K >= 1: K = N (linear) or Bin(N, 1/2) (ReLU)",
            evaluate=typical,
            mutants=(
                Mutant("twice the drift", _mutated("twice the drift")),
                Mutant("half the drift", _mutated("half the drift")),
                Mutant("no mask noise", _as_linear),
            ),
        ),
    ),
    assumptions=(
        unstated(
            "the depth is small against the width: L (3 mu_2/mu_1^2 - 1) <= N/10",
            lambda p: leading_drift(
                int(p.get("width", 10**9)), int(p.get("depth", 0)), int(p.get("slope", 1))
            ) <= EDGE,
        ),
    ),
    expected="holds-if",
    because=(
        "True for the mean over networks at every width. A single network's log-scale falls by "
        "about (3q - 1)/(2N) a layer at sigma_w^2 mu_1 = 1, so the scale of nearly every network "
        "vanishes exponentially in L/N: two linear units lose Euler's gamma in each layer."
    ),
    proofs=(
        Proof("mean", "exact", "all networks of +-1 weights; constant only at 1", iff),
        Proof("wide layers", "symbolic", "the limit of the exact drift", wide_limit,
              law="each network", point={"width": 10**4, "depth": 5, "slope": 1}),
        Proof("two units", "symbolic", "the mean log of chi^2_2/2", two_units,
              law="each network", point={"width": 2, "depth": 1, "slope": 1}),
        Proof("density", "exact", "active units and chi^2 densities", by_density, law="typical"),
    ),
    probes=(
        _mean(Fraction(1), 3),
        _mean(Fraction(9, 10), 3),
        _mean(Fraction(6, 5), 2),
        _typical(40, 1, 1, ("each network",), "width much larger than depth"),
        _typical(64, 1, 0, ("each network",), "ReLU, width much larger than depth"),
        *(
            _typical(8, depth, 1, ("each network",), "beside the mean, the log-scale falls",
                     curve="depth", x=depth)
            for depth in (4, 8, 16)
        ),
        _typical(8, 16, 1, ("typical",), "linear, exact drift"),
        _typical(10, 8, 0, ("typical",), "ReLU, exact drift"),
    ),
    curves=(
        Curve(
            "depth",
            "Log-scale of linear networks of width 8 at sigma_w^2 = 1",
            "depth L",
            "E log of the squared scale",
            range(1, 33),
            lambda x: {"width": 8, "depth": int(x), "gain": 1, "slope": 1},
            laws=("each network", "typical"),
        ),
    ),
    remark=(
        "For tanh sigma_w^2 mu_1 = 1 holds at variance 0 only; at finite variance the product over "
        "the layers falls like 1/L (vn.tanhorth)."
    ),
    see=("vn.eq14", "vn.eq15", "vn.eq16", "vn.quenched", "vn.tanhorth"),
)  # fmt: skip

# --- vn.sec4.close1 --------------------------------------------------------------------------

HALF = sp.Rational(1, 2)  # what "evident" is taken to mean


def evident(width: Any, depth: Any) -> Bounds:
    """The printed condition at q - 1 - s_1 = 1: R_sq at least 1/2, whatever the depth."""
    return Bounds(HALF, sp.Integer(1))


def linear_vni(width: Any, depth: Any) -> Any:
    """Annealed VNI of a square linear Gaussian network, exact: X = ((N-1)/(N+2))^(L+1)."""
    return rec.annealed((int(width),) * (int(depth) + 1), 1)


def half_depth(width: Any) -> int:
    """The least L with R >= 1/2: ((N-1)/(N+2))^(L+1) <= 1/4, X(1/2) = 1/4. About 0.46 N.

    >>> half_depth(1), half_depth(2), half_depth(500)
    (0, 0, 231)
    """
    n = int(width)
    if n == 1:
        return 0
    start = mpmath.log(4) / (mpmath.log(n + 2) - mpmath.log(n - 1))
    power = max(1, int(start) - 1)
    while 4 * (n - 1) ** power > (n + 2) ** power:
        power += 1
    return power - 1


@functools.cache
def _by_traces(width: int, depth: int) -> Any:
    """The recursion of the two traces, layer by layer (its Wick proof is in vn.rec)."""
    sum_sq, sq_trace = rec.expected_traces((width,) * (depth + 1), 1)
    return sum_sq / sq_trace


POINTS = ((2, 1), (3, 2), (500, 1), (20, 9), (20, 12))


def at_once(law: Any) -> Finding:
    """Linear networks have q - 1 - s_1 = 1 at every depth and width; their VNI by recursion."""
    return prove.truth(
        (
            (f"N = {n}, L = {depth}: R = {_by_traces(n, depth)} inside", bool(
                law(width=n, depth=depth).low <= _by_traces(n, depth)
                <= law(width=n, depth=depth).high))
            for n, depth in POINTS
        ),
        predicted="at least 1/2",
        found=f"{_by_traces(500, 1)} at N = 500, L = 1",
    )  # fmt: skip


def one_layer_by_wick(law: Any) -> Finding:
    """The exact value: every product of two Gaussian weights, and the recursion."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n in (2, 3):
            sum_sq, sq_trace, c = rec.wick_moments(n, n)
            ratio = (sum_sq / sq_trace).subs(dict.fromkeys(c, 1)).subs(sp.Symbol("q"), 1)
            yield f"N = {n}, L = 1, Wick", law(width=n, depth=1), sp.cancel(ratio)
        for n, depth in POINTS:
            yield f"N = {n}, L = {depth}", law(width=n, depth=depth), _by_traces(n, depth)

    return prove.cases(rows())


def crossing(law: Any) -> Finding:
    """R below 1/2 one layer earlier, at least 1/2 there, by the recursion of the traces."""

    def facts() -> Iterator[tuple[str, bool]]:
        for n in (2, 3, 5, 11, 40):
            depth = law(width=n)
            yield f"N = {n}: R >= 1/2 at L = {depth}", bool(_by_traces(n, int(depth)) >= HALF)
            before = depth == 0 or bool(_by_traces(n, int(depth) - 1) < HALF)
            yield f"N = {n}: R < 1/2 before", before

    return prove.truth(facts(), predicted="the depth where R passes 1/2", found="about 0.46 N")


def _wide(width: int, depth: int, laws: tuple[str, ...], **more: Any) -> Probe:
    return Probe(
        name=f"linear N={width} L={depth}",
        experiment="node_correlation",
        setup=network((width,) * (depth + 1), 1),
        at={"width": width, "depth": depth},
        estimand=ANNEALED,
        laws=laws,
        **more,
    )


CLOSE1 = Claim(
    id="vn.sec4.close1",
    title="vanishing nodes become evident when mu_2/mu_1^2 - 1 - s_1 is close to 1",
    source=PAPER.at(
        "sec. 4, last paragraph",
        "the occurrence of the vanishing nodes becomes evident when (mu_2/mu_1^2 - 1 - s_1) is "
        "close to 1",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Ge(R_A, HALF),
            parameters=(UNITS, LAYERS),
            words="VNI of a linear Gaussian network, mu_2/mu_1^2 - 1 - s_1 = 1; evident: over 1/2",
            evaluate=evident,
            mutants=(
                Mutant(
                    "R = 1", lambda width, depth: Bounds(sp.Integer(1), sp.Integer(1))
                ),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(R_A, rec.from_x(((N - 1) / (N + 2)) ** (L + 1))),
            parameters=(UNITS, LAYERS),
            words="annealed VNI of a linear Gaussian network: a function of depth and width",
            evaluate=linear_vni,
            mutants=(
                Mutant("L layers", lambda width, depth: linear_vni(width, max(0, int(depth) - 1))),
                Mutant("eq. (6)", lambda width, depth: sp.Rational(1 + int(depth), int(width))),
            ),
        ),
        Law(
            role="sharper",
            name="depth",
            formula=sp.Eq(
                sp.Symbol("L_1/2"), sp.Function("min")(sp.Ge(R_A, HALF, evaluate=False))
            ),
            parameters=(UNITS,),
            words="the least depth with R_A >= 1/2 (0 for N = 1)",
            evaluate=half_depth,
            mutants=(
                Mutant("L = N", lambda width: int(width)),
                Mutant("one layer late", lambda width: half_depth(width) + 1),
                Mutant("one layer early", lambda width: abs(half_depth(width) - 1)),
            ),
        ),
    ),
    assumptions=(
        stated("all layers have the same width", lambda p: len(set(p.get("widths", (1,)))) == 1),
    ),
    expected="false-as-stated",
    because=(
        "By eq. (6) it is (L/N)(mu_2/mu_1^2 - 1 - s_1) that must be near 1. The bracket alone is "
        "exactly 1 for every linear network: at N = 500, L = 1 the VNI is 1001/250002; it passes "
        "1/2 at L = 231, about 0.46 N."
    ),
    proofs=(
        Proof("every depth", "exact", "linear networks, bracket 1, by recursion", at_once),
        Proof("Wick", "exact", "all products of weights, N = 2, 3, and the recursion",
              one_layer_by_wick, law="corrected"),
        Proof("crossing", "exact", "the recursion on both sides of the depth", crossing,
              law="depth"),
    ),
    probes=(
        _wide(40, 1, ("stated", "corrected"), why="bracket 1, one layer", curve="depth", x=1),
        _wide(40, 5, ("stated", "corrected"), why="bracket 1, five layers", curve="depth", x=5),
    ),
    curves=(
        Curve(
            "depth",
            "Annealed VNI of linear networks of width 40: bracket 1 at every depth",
            "depth L",
            "VNI",
            range(1, 81),
            lambda x: {"width": 40, "depth": int(x)},
            laws=("corrected",),
        ),
    ),
    see=("vn.eq6", "vn.rec", "vn.propto"),
)  # fmt: skip
