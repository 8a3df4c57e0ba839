"""When gradients vanish, and when nodes do: the two conditions of section 4.

    vn.sec4.iff     scales neither explode nor vanish if and only if sigma_w^2 mu_1 = 1
    vn.sec4.close1  vanishing nodes are evident when mu_2/mu_1^2 - 1 - s_1 is close to 1

A layer of N units multiplies the squared scale of a signal by sigma_w^2 mu_1 T, E T = 1: T is
chi^2_N/N (linear) or 2 chi^2_K/N with K ~ Bin(N, 1/2) active units (ReLU). The mean over networks
stays at sigma_w^2 mu_1 = 1; a typical network follows E log T < 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.schema import (
    EXACT_MARGIN,
    Bounds,
    Choice,
    Claim,
    Curve,
    Estimand,
    Integers,
    Law,
    Margin,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    absolute,
    as_mpf,
    stated,
    unstated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.effective_nodes import as_sympy, rational
from theory.vanishing_nodes.half_vni import (
    HALF,
    at_once,
    crossing,
    linear_vni,
    one_layer_by_wick,
    passing_depth,
)
from theory.vanishing_nodes.probes import ANNEALED, network
from theory.vanishing_nodes.scale_drift import (
    by_density,
    every_trace,
    iff,
    leading_drift,
    mean_scale,
    of_trace,
    two_units,
    typical,
    unbiased,
    wide_limit,
)
from theory.vanishing_nodes.scales import (
    GAIN,
    MU_1,
    OUT_SQ,
    kept,
    mu_1,
    sigma_w,
    signal_setup,
)

E, psi, R_A = sp.Function("E"), sp.Function("psi"), sp.Symbol("R_A")
scale, K = sp.symbols("s K")
R, SPREAD, UNITS_OF_LAYER = sp.symbols("R_sq q m", positive=True)
LAYERS = Parameter("depth", Integers(0), "L, number of layers", L)
UNITS = Parameter("width", Integers(1), "N, width of every layer", N)
EVIDENT = sp.Symbol("h")
AT_LEVEL = Parameter("level", Reals(0.01, 0.99), "h, the VNI that is called evident", EVIDENT)
KIND = Parameter("slope", Choice((0, 1)), "0: ReLU, 1: linear")

# --- vn.sec4.iff -----------------------------------------------------------------------------


def _mutated(change: str) -> Any:
    def evaluate(width: Any, depth: Any, gain: Any, slope: Any) -> Any:
        free = unbiased(width, depth, gain, slope)
        drift = typical(width, depth, gain, slope) - free
        return free + {"twice the drift": 2, "half the drift": sp.Rational(1, 2)}[change] * drift

    return evaluate


def _as_linear(width: Any, depth: Any, gain: Any, slope: Any) -> Any:
    free = unbiased(width, depth, gain, slope)
    return free + typical(width, depth, 1, 1)  # the mask noise left out


EDGE = Fraction(1, 20)  # of L (3q - 1)/(2N), the leading drift


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
        Law(
            role="sharper",
            name="trace",
            formula=sp.Eq(
                sp.Function("Var")(sp.Symbol("tr(C')")) / E(sp.Symbol("tr(C')")) ** 2,
                (2 * SPREAD * R + SPREAD - 1) / UNITS_OF_LAYER,
            ),
            parameters=(
                Parameter("units", Integers(1), "m, units of the layer", UNITS_OF_LAYER),
                Parameter("vni", Reals(0, 1, open_low=True), "R of C = J J^T below it", R),
                Parameter("spread", Reals(1, 100), "q = mu_2/mu_1^2 of its slopes", SPREAD),
            ),
            words="fluctuation of tr J J^T in one Gaussian layer; half of it is the fall of its "
            "mean logarithm: -R dtau - (q-1)/(2N) dL, tau = q L/N",
            evaluate=of_trace,
            mutants=(
                Mutant("-2R", lambda units, vni, spread: of_trace(units, vni, spread)
                       + 2 * rational(spread) * rational(vni) / int(units)),
                Mutant("no mask noise", lambda units, vni, spread: 2 * rational(spread)
                       * rational(vni) / int(units)),
                Mutant("q = 1", lambda units, vni, spread: of_trace(units, vni, 1)),
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
        Proof("every layer", "exact", "all weights and slopes of one layer above three networks",
              every_trace, law="trace"),
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


def evident(width: Any, depth: Any) -> Bounds:
    """The printed condition at q - 1 - s_1 = 1: R_sq at least 1/2, whatever the depth."""
    return Bounds(HALF, sp.Integer(1))


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
            formula=sp.Eq(sp.Symbol("L_h"), sp.Function("min")(sp.Ge(R_A, EVIDENT))),
            parameters=(UNITS, AT_LEVEL),
            words="the least depth with R_A >= h, what 'evident' is taken to mean (0 for N = 1)",
            evaluate=passing_depth,
            mutants=(
                Mutant("L = N", lambda width, level: int(width)),
                Mutant("one layer late", lambda width, level: passing_depth(width, level) + 1),
                Mutant("one layer early", lambda width, level: abs(
                    passing_depth(width, level) - 1)),
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
        "1/10 at L = 47, 1/2 at 231, 9/10 at 555. So whatever 'evident' is taken to mean, between "
        "0.004 and 1, one layer refutes it."
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
        Curve(
            "level",
            "Depth at which the VNI of linear networks of width 500 passes a level",
            "level",
            "depth L",
            tuple(k / 20 for k in range(1, 20)),
            lambda x: {"width": 500, "level": x},
            laws=("depth",),
        ),
    ),
    see=("vn.eq6", "vn.rec", "vn.propto"),
)  # fmt: skip
