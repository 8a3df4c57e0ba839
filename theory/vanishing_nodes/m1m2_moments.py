"""The first two moments of the eigenvalues of J J^T that the document quotes from its ref. [18].

    vn.m1m2   m_1 = (s_w^2 mu_1)^L;  m_2 = m_1^2 L (mu_2/mu_1^2 + 1/L - 1 - s_1), N -> infinity

m_1 is exact at every width where the slopes do not know the size of the weights: linear and (leaky)
ReLU networks. A hard-tanh unit sees its own weight, and m_1 is less. m_2 is the limit N -> infinity
at fixed L; for N x N Gaussian weights and free slopes, with q = mu_2/mu_1^2, exactly

    m_2/m_1^2 = [(N+2)(1 + (3q-1)/N)^L - (N-1)(1 - 1/N)^L]/3

from the eigenvectors of vn.rec: the error of the limit is of order L^2/N, relatively.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    TIERS,
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
    stated,
    unstated,
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import eq06_vni_depth_width as eq06
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.first_order import FREE_SLOPES, HAAR, IID, MOMENTS, WORDS, is_shallow
from theory.vanishing_nodes.probes import network, with_remainder

GAIN = sp.Symbol("sigma_w", positive=True)
q = sp.Symbol("q", positive=True)
WEIGHT_VARIANCE = Parameter(
    "gain", Reals(0, open_low=True), "sigma_w^2, N times the variance of one weight", GAIN**2
)
WIDTH, DEPTH, MU_1, MU_2, S_1 = eq06.PARAMETERS
DEPTH = Parameter("depth", Integers(0, 1000), DEPTH.meaning, L)


def first_moment(depth: Any, gain: Any, mu_1: Any) -> Any:
    """E m_1 = (sigma_w^2 mu_1)^L."""
    scale = sp.sympify(prove.exact(gain)) * sp.sympify(prove.exact(mu_1))
    return scale ** sp.sympify(depth)


def limit(width: Any, depth: Any, mu_1: Any, mu_2: Any, s_1: Any) -> Any:
    """E m_2/(E m_1)^2 as quoted: 1 + L (q - 1 - s_1), whatever the width.

    >>> limit(37, 23, 1, 1, -1), limit(37, 23, 1, 2, -1)
    (24, 47)
    """
    spread = sp.sympify(prove.exact(mu_2)) / sp.sympify(prove.exact(mu_1)) ** 2
    return 1 + sp.sympify(depth) * (spread - 1 - s_1)


def finite(width: Any, depth: Any, mu_1: Any, mu_2: Any, s_1: Any, change: str = "") -> Any:
    """E m_2/(E m_1)^2 of N x N layers, Gaussian (s_1 = -1) or Haar (s_1 = 0) weights. Exact.

    >>> finite(1, 1, 1, 1, -1), finite(2, 3, 1, 1, 0)
    (3, 1)
    """
    n, layers = sp.sympify(prove.exact(width)), sp.sympify(depth)
    spread = sp.sympify(prove.exact(mu_2)) / sp.sympify(prove.exact(mu_1)) ** 2
    if s_1 == HAAR:
        # eigenvectors of eq06.recursion: (2a + b) times 1 + 3 (q-1)/(N+2), b - a kept
        grown = (1 + 3 * (spread - 1) / (n + 2)) ** layers
        return ((n + 2) * grown - (n - 1)) / 3
    rate = (3 * spread + 1) / n if change == "(3q+1)/N" else (3 * spread - 1) / n
    low = n - 2 if change == "N-2" else n - 1
    return ((n + 2) * (1 + rate) ** layers - low * (1 - 1 / n) ** layers) / 3


def trace_square(width: Any, depth: Any, mu_1: Any, mu_2: Any, s_1: Any, second: int = 2) -> Any:
    """E m_1^2/(E m_1)^2, as `finite`, from b = ((2a + b) + 2 (b - a))/3. Exact.

    >>> trace_square(1, 1, 1, 1, -1), trace_square(2, 3, 1, 1, 0)
    (3, 1)
    """
    n, layers = sp.sympify(prove.exact(width)), sp.sympify(depth)
    spread = sp.sympify(prove.exact(mu_2)) / sp.sympify(prove.exact(mu_1)) ** 2
    haar = s_1 == HAAR
    rate = 3 * (spread - 1) / (n + 2) if haar else (3 * spread - 1) / n
    kept = sp.Integer(1) if haar else (1 - 1 / n) ** layers
    return ((n + 2) * (1 + rate) ** layers + second * (n - 1) * kept) / (3 * n)


def remainder(width: int, depth: int, spread: Any) -> Any:
    """Relative error of the limit at that size, from the exact law (Gaussian weights)."""
    exact = finite(width, depth, 1, spread, IID)
    return abs(exact - limit(width, depth, 1, spread, IID)) / exact


# --- proofs ----------------------------------------------------------------------------------


def mean_trace(law: Any) -> Finding:
    """One layer multiplies E tr C by sigma_w^2 mu_1, for every C: the entries multiplied out."""
    gain, m = sp.symbols("g m", positive=True)

    def facts() -> Iterator[tuple[str, bool]]:
        for n in (1, 2, 3):
            c = sp.symbols(f"c1:{n + 1}")
            entries = sp.symbols(f"w1:{n * n + 1}")
            w = sp.Matrix(n, n, entries)
            trace = sp.Poly(m * (w * sp.diag(*c) * w.T).trace(), *entries)  # E D_i^2 = m
            mean = sum(
                coefficient * (gain / n) ** (sum(powers) // 2)
                for powers, coefficient in trace.terms()
                if all(p % 2 == 0 for p in powers)
            )
            factor = sp.cancel(mean / sum(c))
            value = law(depth=3, gain=gain, mu_1=m)
            yield f"N = {n}: factor {factor}, three layers", rec.same(value, factor**3)
        yield "no layer", bool(law(depth=0, gain=gain, mu_1=m) == 1)

    return prove.truth(
        facts(), predicted="(sigma_w^2 mu_1)^L", found="every product of weights, every C"
    )


def hard_tanh(law: Any) -> Finding:
    """One hard-tanh unit at input 1: E w^2 1(|w| < 1), w standard normal, against E 1(|w| < 1)."""
    w = sp.Symbol("w", real=True)
    density = sp.exp(-(w**2) / 2) / sp.sqrt(2 * sp.pi)
    active, found = (sp.integrate(w**k * density, (w, -1, 1)) for k in (0, 2))
    return prove.truth(
        [("m_1 = E (w phi'(w))^2", rec.same(law(depth=1, gain=1, mu_1=active), found))],
        predicted=f"mu_1 = {float(active):.4f}",
        found=f"{float(found):.4f}: a unit that is not saturated has a small weight",
    )


def wide_limit(law: Any) -> Finding:
    """N -> infinity at fixed L and q of the exact law."""
    e = sp.Symbol("epsilon", positive=True)

    def differences() -> Iterator[tuple[str, Any]]:
        for s in (IID, HAAR):
            at = {"depth": L, "mu_1": 1, "mu_2": q, "s_1": s}
            # (1/e) ((1 + 2e) f - (1 - e) g)/3 at e = 0: by one derivative
            exact = finite(width=1 / e, **at)
            top = sp.simplify(e * exact)
            value = sp.simplify(sp.diff(top, e).subs(e, 0))
            yield f"s_1 = {s}", sp.simplify(value - law(width=N, **at))

    return prove.identities(
        differences(),
        predicted="1 + L (q - 1 - s_1)",
        found="the limit of the exact law at fixed L, every q",
    )


def at_finite_width(law: Any) -> Finding:
    """One unit: tr C^2 = w^4, E w^4 = 3; and N = 37, L = 23."""
    return prove.cases(
        [
            (
                f"N = {n}, L = {depth}, q = {spread}",
                law(width=n, depth=depth, mu_1=1, mu_2=spread, s_1=IID),
                by_recursion(n, depth, sp.Integer(spread), IID)[0],
            )
            for n, depth, spread in ((1, 1, 1), (37, 23, 1), (37, 23, 2))
        ]
    )


def by_recursion(n: int, depth: int, spread: Any, s_1: int) -> tuple[Any, Any]:
    """(E m_2, E m_1^2)/(E m_1)^2 from the recursion of (E tr C^2, E (tr C)^2)."""
    size = sp.Integer(n)
    step = rec.one_layer(size, size, spread)
    if s_1 == HAAR:
        own = sp.Matrix([[2, 1]]) / (size * (size + 2))
        step = sp.eye(2) + (spread - 1) * size * sp.Matrix([own, own])
    traces = sp.Matrix([size, size**2])
    for _ in range(depth):
        traces = step * traces
    return traces[0] / size, traces[1] / size**2


def closed_form(law: Any) -> Finding:
    """The rational recursion for every N <= 10 and L <= 10, three spreads, both weight laws."""
    return prove.cases(
        (
            f"N = {n}, L = {depth}, q = {spread}, s_1 = {s}",
            law(width=n, depth=depth, mu_1=1, mu_2=spread, s_1=s),
            by_recursion(n, depth, spread, s)[0],
        )
        for s in (IID, HAAR)
        for spread in (sp.Integer(1), sp.Integer(2), sp.Rational(34, 25))
        for n in range(1, 11)
        for depth in range(11)
    )


def closed_square(law: Any) -> Finding:
    """The other trace of the same recursion."""
    return prove.cases(
        (
            f"N = {n}, L = {depth}, q = {spread}, s_1 = {s}",
            law(width=n, depth=depth, mu_1=1, mu_2=spread, s_1=s),
            by_recursion(n, depth, sp.Integer(spread), s)[1],
        )
        for s in (IID, HAAR)
        for spread, n, depth in itertools.product((1, 2), (1, 2, 5), (0, 1, 4))
    )


# --- the claim -------------------------------------------------------------------------------


def _second_moment(width: int, means: Any) -> float:
    return float(width * means[0] / means[1] ** 2)


def _first_moment(width: int, means: Any) -> float:
    return float(means[0] / width)


def _second(
    width: int, depth: int, slope: int, laws: tuple[str, ...], why: str, **more: Any
) -> Probe:
    spread = rec.spread(slope)
    mu = sp.Rational(1, 2) if slope == 0 else sp.Integer(1)
    kind = "relu" if slope == 0 else "linear"
    if laws == ("m_2",):
        more["margin"] = with_remainder(
            remainder(width, depth, spread), "relative error of the limit, from the exact law"
        )
    return Probe(
        name=f"m_2 {kind} N={width} L={depth}" + (", limit" if laws == ("m_2",) else ""),
        experiment="node_correlation",
        setup=network((width,) * (depth + 1), slope),
        at={"width": width, "depth": depth, "mu_1": mu, "mu_2": mu, "s_1": IID},
        estimand=Estimand(
            "smooth",
            ("sum_sq_cov", "trace"),
            over="networks; N E tr C^2/(E tr C)^2",
            function=functools.partial(_second_moment, width),
        ),
        laws=laws,
        why=why,
        **more,
    )


def _first(width: int, depth: int, slope: int, why: str) -> Probe:
    mu = sp.Rational(1, 2) if slope == 0 else sp.Integer(1)
    gain = sp.Rational(5, 2)
    return Probe(
        name=f"m_1 {'relu' if slope == 0 else 'linear'} N={width} L={depth}",
        experiment="node_correlation",
        setup={**network((width,) * (depth + 1), slope), "gain": float(gain)},
        at={"depth": depth, "gain": gain, "mu_1": mu},
        estimand=Estimand(
            "smooth",
            ("trace",),
            over="networks; E tr C/N",
            function=functools.partial(_first_moment, width),
        ),
        laws=("m_1",),
        why=why,
        budget=0.2,
    )


PARAMETERS = (WIDTH, DEPTH, MU_1, MU_2, S_1)
EXACT_PARAMETERS = (*PARAMETERS[:4], eq06.EXACT_PARAMETERS[4])
m_1, m_2 = sp.symbols("m_1 m_2")

CLAIM = Claim(
    id="vn.m1m2",
    title="moments of J J^T: m_1 = (s_w^2 mu_1)^L, m_2/m_1^2 = 1 + L (mu_2/mu_1^2 - 1 - s_1)",
    source=PAPER.at(
        "before eq. (6), from its ref. [18]",
        "m_1 = (s_w^2 mu_1)^L, m_2 = (s_w^2 mu_1)^{2L} L (mu_2/mu_1^2 + 1/L - 1 - s_1)",
    ),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            name="m_1",
            formula=sp.Eq(m_1, (GAIN**2 * eq06.mu_1) ** L),
            parameters=(DEPTH, WEIGHT_VARIANCE, MU_1),
            words="mean eigenvalue of J J^T",
            evaluate=first_moment,
            mutants=(
                Mutant("L-1 layers", lambda depth, gain, mu_1: first_moment(depth - 1, gain, mu_1)),
                Mutant("sigma_w", lambda gain, **at: first_moment(gain=sp.sqrt(gain), **at)),
            ),
        ),
        Law(
            role="stated",
            name="m_2",
            formula=sp.Eq(m_2 / m_1**2, L * (eq06.mu_2 / eq06.mu_1**2 + 1 / L - 1 - eq06.s_1)),
            parameters=PARAMETERS,
            words="second moment of the eigenvalues over the square of the first",
            evaluate=limit,
            mutants=(
                Mutant("1/L left out", lambda **at: limit(**at) - 1),
                Mutant("sign of s_1", lambda s_1, **at: limit(s_1=-s_1, **at)),
                Mutant("mu_2/mu_1", lambda mu_1, **at: limit(mu_1=sp.sqrt(mu_1), **at)),
            ),
            error="relative t/2, t = L (q-1-s_1)/N, to first order; exact only in the limit",
        ),
        Law(
            role="sharper",
            name="finite width",
            formula=sp.Eq(
                m_2 / m_1**2,
                ((N + 2) * (1 + (3 * q - 1) / N) ** L - (N - 1) * (1 - 1 / N) ** L) / 3,
            ),
            parameters=EXACT_PARAMETERS,
            words="the same for Gaussian weights (shown) or Haar weights, free slopes; exact",
            evaluate=finite,
            mutants=(
                Mutant("(3q+1)/N", lambda **at: finite(**at, change="(3q+1)/N")),
                Mutant("N-2", lambda **at: finite(**at, change="N-2")),
                Mutant("the limit", limit),
            ),
        ),
        Law(
            role="sharper",
            name="fluctuation of the trace",
            formula=sp.Eq(
                sp.Function("E")(m_1**2) / sp.Function("E")(m_1) ** 2,
                ((1 + 2 / N) * (1 + (3 * q - 1) / N) ** L + 2 * (1 - 1 / N) ** (L + 1)) / 3,
            ),
            parameters=EXACT_PARAMETERS,
            words="what the two averages of eq. (5) differ by, exact (shown for Gaussian weights)",
            evaluate=trace_square,
            mutants=(
                Mutant("no fluctuation", lambda **at: sp.Integer(1)),
                Mutant("1 for 2", lambda **at: trace_square(**at, second=1)),
            ),
        ),
    ),
    assumptions=(
        stated("every layer has the same width", lambda p: len(set(p.get("widths", (1,)))) == 1),
        MOMENTS,
        unstated("for m_2: " + WORDS, lambda p: "mu_2" not in p or is_shallow(p)),
        FREE_SLOPES,
    ),
    expected="holds-if",
    because=(
        "m_1 is exact at every width for linear and (leaky) ReLU networks; one hard-tanh unit has "
        "0.199 in place of 0.683. m_2 is the limit N -> infinity at fixed depth: at finite width "
        "it grows exponentially in qL/N, 233.5 in place of 47 for ReLU at N = 37, L = 23."
    ),
    proofs=(
        Proof("mean trace", "symbolic", "one layer, for every C", mean_trace, law="m_1"),
        Proof("hard tanh", "symbolic", "one unit, by integration", hard_tanh, law="m_1",
              point={"activation": "hard_tanh"}, tiers=LATER),
        Proof(
            "wide limit", "symbolic", "the exact law at fixed L, N -> infinity, both weight laws",
            wide_limit, law="m_2", point={"regime": "N -> infinity"},
        ),
        Proof(
            "finite width", "exact", "one unit, and N = 37, L = 23", at_finite_width, law="m_2",
            point={"width": 37, "depth": 23, "mu_1": 1, "mu_2": 1, "s_1": IID},
        ),
        Proof(
            "recursion", "exact", "the recursion of the traces, all N <= 10 and L <= 10",
            closed_form, law="finite width",
        ),
        Proof(
            "recursion, other trace", "exact", "(tr C)^2 of the recursion",
            closed_square, law="fluctuation of the trace",
        ),
    ),
    probes=(
        _first(20, 3, 1, "not only at sigma_w^2 mu_1 = 1"),
        _first(20, 3, 0, "ReLU with its own activation pattern"),
        *(_second(64, 3, 1, (law,), "L much smaller than N") for law in ("m_2", "finite width")),
        _second(
            128, 3, 1, ("m_2",), "twice the width: the error term halves", tiers=LATER,
        ),
        *(
            _second(
                20, depth, 1, ("finite width",), "growth with depth", curve="depth", x=depth,
                tiers=TIERS if depth < 6 else LATER,
            )
            for depth in (1, 3, 6)
        ),
        _second(32, 4, 0, ("finite width",), "ReLU with its own activation pattern"),
    ),
    curves=(
        Curve(
            "depth",
            "Second moment of J J^T for linear networks of width 20", "depth L", "m_2/m_1^2",
            range(1, 21),
            lambda x: {"width": 20, "depth": int(x), "mu_1": 1, "mu_2": 1, "s_1": IID},
            laws=("m_2", "finite width"),
        ),
    ),
    remark=(
        "The annealed VNI (vn.rec) divides by E m_1^2, which is not (E m_1)^2 at finite width. "
        "For smooth phi q* must be a fixed point, and mu_k are those of its variance."
    ),
    see=("vn.eq5", "vn.eq6", "vn.rec", "vn.table.mu"),
)  # fmt: skip
