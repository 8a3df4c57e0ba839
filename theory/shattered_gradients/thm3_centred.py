"""Batch norm as it is subtracts the mean before it divides: what becomes of Theorem 3.

    sg.thm3.centred  variance and correlation under real batch norm; decay exponent 0.733, not 1/2

n = L - 1 blocks x_l = x_{l-1} + beta W relu(BN(x_{l-1})), statistics over a batch of M inputs held
constant in the derivative, inputs with iid entries of variance 1, width N -> inf. One unit's M
centred values are an isotropic Gaussian vector of M - 1 dimensions: direction and length are
independent. Pairs of inputs have correlation rho = -1/(M - 1) at every layer.

    v_l = 1 + beta^2 l (1 - kappa1(rho))     variance of layer l over the batch
    V  *= 1 + beta^2 h/v_l                   h = M E[1/chi2_{M-1}] = M/(M - 3)
    C  *= 1 + beta^2 h kappa0(rho)/v_l
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import gaussian, prove
from theory.schema import (
    LATER,
    TIERS,
    Claim,
    Curve,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    as_mpf,
    stated,
)
from theory.shattered_gradients import PAPER
from theory.shattered_gradients.probes import (
    CORRELATION_OF_GRADIENTS,
    VARIANCE,
    WIDE_MARGIN,
    batch_net,
    residual_width,
    wide,
)
from theory.symbols import L, beta

i, j = sp.symbols("i j")
l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741
M = sp.Symbol("M", integer=True, positive=True)
h, c, r0 = sp.symbols("h c kappa_0", positive=True)

DEPTH = Parameter("depth", Integers(1), "the document's L: n = L - 1 residual blocks", L)
BETA = Parameter("beta", Reals(0, open_low=True), "factor of the branch", beta)
BATCH = Parameter("batch", Integers(4), "inputs M of a batch (the variance is infinite below 4)", M)


def constants(batch: Any) -> tuple[Any, Any, Any]:
    """(h, c, k0) = (M/(M-3), 1 - kappa1(rho), kappa0(rho)) at rho = -1/(M-1); exact.

    >>> constants(4)[0]
    4
    """
    batch = sp.sympify(batch)
    rho = -1 / (batch - 1)
    inverse = gaussian.inverse_chi2(batch - 1)
    return batch * inverse, 1 - gaussian.kappa1(rho), gaussian.kappa0(rho)


def product(blocks: int, beta: Any, gain: Any, growth: Any) -> Any:
    """prod_{l<n} (1 + beta^2 gain/v_l), v_l = 1 + beta^2 l growth; an mpf.

    >>> product(2, 1, 1, 1)
    mpf('3.0')
    """
    b, gain, growth = as_mpf(sp.sympify(beta)) ** 2, as_mpf(gain), as_mpf(growth)
    return mpmath.fprod(1 + b * gain / (1 + b * layer * growth) for layer in range(int(blocks)))


def variance(depth: Any, beta: Any, batch: Any) -> Any:
    """E g_i^2 = prod (1 + beta^2 h/v_l), N -> inf, exact in M; grows as n^1.467 for M -> inf."""
    gain, growth, _ = constants(batch)
    return product(depth - 1, beta, gain, growth)


def correlation(depth: Any, beta: Any, batch: Any) -> Any:
    """Correlation for two inputs of the batch, N -> inf, exact in M; falls as n^-0.733."""
    gain, growth, both = constants(batch)
    return product(depth - 1, beta, gain * both, growth) / product(depth - 1, beta, gain, growth)


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def integrated(batch: int) -> tuple[Any, Any, Any]:
    """(h, c, k0) from the chi-square and Gaussian densities, to 15 digits."""
    with mpmath.workdps(20):
        rho = -sp.Integer(1) / (batch - 1)
        return (
            batch * gaussian.inverse_chi2_quadrature(batch - 1),
            1 - gaussian.kappa1_quadrature(rho),
            gaussian.kappa0_quadrature(rho),
        )


def batch_geometry() -> bool:
    """Centring leaves variance 1 - kappa of an exchangeable batch, and correlation -1/(M-1)."""
    size, k = 5, sp.Symbol("k")
    ones = sp.ones(size, size)
    covariance = (1 - k) * sp.eye(size) + k * ones  # diagonal 1: 2 E relu(y)^2 = 1
    centring = sp.eye(size) - ones / size
    centred = (centring * covariance * centring).applyfunc(sp.expand)
    isotropic = (centred - (1 - k) * centring).applyfunc(sp.simplify) == sp.zeros(size, size)
    pair = sp.simplify(centred[0, 1] / centred[0, 0]) == -sp.Rational(1, size - 1)
    return bool(isotropic and pair)


def from_densities(quantity: str, batches: tuple[int, ...] = (4, 8, 48)) -> Any:
    """A check of `variance` or `correlation` against constants integrated from the densities."""

    def check(law: Any) -> Finding:
        if not batch_geometry():
            return Finding(None, "", "", "the centred batch is not isotropic")
        rows = []
        with mpmath.workdps(30):
            for batch in batches:
                gain, growth, both = integrated(batch)
                for b in (sp.Integer(1), sp.Rational(3, 10)):
                    for blocks in (1, 2, 10):
                        found = product(blocks, b, gain, growth)
                        if quantity == "correlation":
                            found = product(blocks, b, gain * both, growth) / found
                        label = f"M = {batch}, beta = {b}, L = {blocks + 1}"
                        rows.append((label, law(depth=blocks + 1, beta=b, batch=batch), found))
            return prove.close(
                rows, digits=13, detail="h, c and kappa0 integrated from the chi2 and normal laws"
            )

    return check


def exponents(law: Any) -> Finding:
    """M -> inf: the product is a Gamma ratio, so log R/log n -> -(1/c - 1/(2c)), c = 1 - 1/pi."""
    n, b = sp.symbols("n b", positive=True)  # b = 1/(c beta^2)
    growth, both = 1 - gaussian.kappa1(0), gaussian.kappa0(0)
    powers = []
    for gain in (sp.Integer(1), both):
        # 1 + beta^2 gain/v_n, v_n = (n + b) beta^2 c, against Gamma(n + b + gain/c)/Gamma(n + b)
        factor = 1 + gain / (c * (n + b))
        gammas = sp.gamma(n + 1 + b + gain / c) * sp.gamma(n + b)
        gammas /= sp.gamma(n + b + gain / c) * sp.gamma(n + 1 + b)
        if sp.simplify(sp.gammasimp(gammas) - factor) != 0:
            return Finding(None, "", "", "the product is not the Gamma ratio")
        powers.append((gain / c).subs(c, growth))  # Gamma(n + s)/Gamma(n) ~ n^s
    found = sp.simplify(powers[0] - powers[1])
    predicted = sp.sympify(law(beta=sp.Integer(1)))
    with mpmath.workdps(25):  # the recursion itself: local exponent between n and 2 n
        top, bottom = (as_mpf(p) for p in powers)
        start = 1 / as_mpf(growth)

        def log_ratio(blocks: int) -> Any:
            return mpmath.log(mpmath.gammaprod([blocks + start + bottom], [blocks + start + top]))

        local = (log_ratio(10**6) - log_ratio(2 * 10**6)) / mpmath.log(2)
    steps = (
        f"variance grows as n^({sp.simplify(powers[0])})",
        f"covariance as n^({sp.simplify(powers[1])})",
        f"local exponent at n = 10^6, beta = 1: {mpmath.nstr(local, 10)}",
    )
    ok = prove.is_zero(predicted - found) and abs(local - as_mpf(found)) < 1e-5
    return Finding(ok, str(predicted), f"{found} = {mpmath.nstr(as_mpf(found), 8)}", "", steps)


# --- sg.thm3.centred -------------------------------------------------------------------------


def shares(blocks: int, beta: float, batch: int) -> list[float]:
    """Branch's part of each block's second moment, beta^2 h/(v_l + beta^2 h): for the sizes."""
    gain, growth, _ = (float(v) for v in constants(batch))
    moments = [1 + beta**2 * layer * growth for layer in range(blocks)]
    return [beta**2 * gain / (v + beta**2 * gain) for v in moments]


def batch_probe(
    blocks: int, beta: float, batch: int, laws: tuple[str, ...], *, times: int = 1, **more: Any
) -> Probe:
    """Real batch norm at the width of `residual_width`, or `times` that; one block is literal.

    budget: rows whose networks are dear get a few hundred of them, without which one draw always
    carries more of the squared error than the tail check lets pass.
    """
    is_variance = laws != ("correlation",)
    quantity = "variance" if is_variance else "correlation"
    width = times * residual_width(shares(blocks, beta, batch))
    net = batch_net(width, blocks, beta, batch)
    return Probe(
        name=f"batch norm, N = {width}, n = {blocks}, beta = {beta:g}, M = {batch}, {quantity}",
        experiment="gradient_pairs" if blocks == 1 else "tangent_pairs",
        setup=net if blocks == 1 else wide(net, directions=1),
        at={"depth": blocks + 1, "beta": beta, "batch": batch},
        estimand=VARIANCE if is_variance else CORRELATION_OF_GRADIENTS,
        laws=laws,
        margin=WIDE_MARGIN,
        why=more.pop("why", "real batch norm, statistics frozen"),
        budget=times * more.pop("budget", 1.0),
        **more,
    )


PRODUCT = sp.Product(1 + beta**2 * h / (1 + beta**2 * l * c), (l, 0, L - 2))
VARIANCE_MUTANTS = (
    Mutant("the mean is not subtracted (c = 1)", lambda depth, beta, batch: product(
        depth - 1, beta, constants(batch)[0], 1)),
    Mutant("h = 1", lambda depth, beta, batch: product(depth - 1, beta, 1, constants(batch)[1])),
    Mutant("one block fewer", lambda depth, beta, batch: variance(depth - 1, beta, batch)),
    Mutant("M - 1 for M - 3", lambda depth, beta, batch: product(
        depth - 1, beta, sp.Rational(batch, batch - 1), constants(batch)[1])),
)  # fmt: skip

CENTRED = Claim(
    id="sg.thm3.centred",
    title="real batch norm: gradient correlations decay as L^-0.733, not as L^-1/2",
    source=PAPER.at(
        "Theorem 3, with batch normalisation as section 2 describes it",
        "not in the document: it leaves out that batch norm subtracts the mean",
    ),
    kind="asymptotic (N -> inf), exact in M",
    laws=(
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(sp.Function("C")(i), PRODUCT),
            parameters=(DEPTH, BETA, BATCH),
            words="h = M/(M-3), c = 1 - kappa1(-1/(M-1)); n = L - 1 blocks",
            evaluate=variance,
            mutants=VARIANCE_MUTANTS,
            error="O(1/N) at fixed L",
        ),
        Law(
            role="sharper",
            name="correlation",
            formula=sp.Eq(
                sp.Function("R")(i, j),
                sp.Product(1 + beta**2 * h * r0 / (1 + beta**2 * l * c), (l, 0, L - 2)) / PRODUCT,
            ),
            parameters=(DEPTH, BETA, BATCH),
            words="the branch keeps kappa_0 = kappa0(-1/(M-1)) of the covariance",
            evaluate=correlation,
            mutants=(
                Mutant(
                    "co-active share 1/2",
                    lambda depth, beta, batch: _with(depth, beta, batch, both=sp.Rational(1, 2)),
                ),
                Mutant("h = 1", lambda depth, beta, batch: _with(depth, beta, batch, gain=1)),
                Mutant("c = 1", lambda depth, beta, batch: _with(depth, beta, batch, growth=1)),
                Mutant(
                    "covariance grows like the variance",
                    lambda depth, beta, batch: _with(depth, beta, batch, both=1),
                ),
            ),
            error="O(1/N) at fixed L",
        ),
        Law(
            role="sharper",
            name="exponent",
            formula=sp.Eq(
                sp.Limit(-sp.log(sp.Function("R")(L)) / sp.log(L), L, sp.oo),
                sp.pi / (2 * (sp.pi - 1)),
            ),
            parameters=(BETA,),
            words="decay exponent for M -> inf, whatever beta is",
            evaluate=lambda beta: sp.pi / (2 * (sp.pi - 1)),
            mutants=(
                Mutant("1/2 (the document)", lambda beta: sp.Rational(1, 2)),
                Mutant("pi/(pi - 1)", lambda beta: sp.pi / (sp.pi - 1)),
            ),
        ),
    ),
    assumptions=(
        stated(
            "batch norm with statistics held constant in the derivative",
            lambda p: p.get("norm", "batch_frozen") == "batch_frozen",
        ),
        stated(
            "exchangeable inputs with iid entries of variance 1",
            lambda p: p.get("inputs", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "Batch norm divides by the spread around the mean, which grows more slowly than the second "
        "moment: later blocks count for more, and the correlation decays faster."
    ),
    proofs=(
        Proof(
            "densities: variance",
            "numeric",
            "constants integrated from the densities",
            from_densities("variance"),
            law="variance",
        ),
        Proof(
            "densities: correlation",
            "numeric",
            "constants integrated from the densities",
            from_densities("correlation"),
            law="correlation",
        ),
        Proof(
            "exponent",
            "symbolic",
            "Gamma ratio for M -> inf and its power",
            exponents,
            law="exponent",
        ),
    ),
    probes=(
        batch_probe(2, 1.0, 16, ("variance",)),
        batch_probe(5, 0.3, 16, ("variance",), tiers=LATER),
        batch_probe(10, 1.0, 16, ("variance",), tiers=LATER),
        batch_probe(10, 1.0, 16, ("variance",), times=2, why="twice the width"),
        *(
            batch_probe(
                k, 1.0, 16, ("correlation",), curve="depth", x=k, tiers=TIERS if k < 5 else LATER
            )
            for k in (1, 2, 5, 10)
        ),
        batch_probe(10, 1.0, 16, ("correlation",), times=2, why="twice the width"),
        batch_probe(5, 0.3, 8, ("correlation",), why="a small batch"),
        batch_probe(50, 0.1, 16, ("correlation",), why="a deep net, beta as in practice", budget=4),
    ),
    curves=(
        Curve(
            "depth",
            "Correlation of the gradients, residual net with batch norm (M = 16, beta = 1)",
            "residual blocks above the neuron",
            "correlation",
            range(1, 31),
            lambda x: {"depth": int(x) + 1, "beta": 1, "batch": 16},
            laws=("correlation",),
            log_x=True,
            log_y=True,
        ),
    ),
    see=("sg.thm3a", "sg.thm3.exact"),
)


def _with(depth: Any, beta: Any, batch: Any, **changed: Any) -> Any:
    """The correlation with some of its constants replaced."""
    gain, growth, both = constants(batch)
    gain, growth = changed.get("gain", gain), changed.get("growth", growth)
    both = changed.get("both", both)
    return product(depth - 1, beta, gain * both, growth) / product(depth - 1, beta, gain, growth)
