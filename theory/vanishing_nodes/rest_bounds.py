"""E[1 - R_L] of linear networks with square Gaussian layers, between proved bounds, and its rate.

J = W_L .. W_1, s_1 >= s_2 its largest singular values, a_1, a_2 their right singular vectors,
X = s_2/s_1, and u, v an orthonormal pair.

 1. Gram-Schmidt in front of every layer: |Ju ^ Jv|/|Ju|^2 is a product of L independent copies of
    chi_{N-1}/chi_N. Its p-th moment is phi(p)^L, phi(p) = E chi_{N-1}^p E chi_N^-p, convex in log,
    phi(p) = phi(1-p), least at p = 1/2: phi(1/2) = g_N.
 2. |Ju ^ Jv| >= s_1 s_2 |(u ^ v, a_1 ^ a_2)|, |Ju| <= s_1. The law of J is that of J O, so u, v may
    be averaged over: E X^p <= phi(p)^L/c(p), c(p) = E|det of a 2 x 2 corner of an orthogonal O|^p.
 3. |Ju ^ Jv| <= s_1 s_2, |Ju| >= s_1 |(u, a_1)|: E X^p >= phi(p)^L/b(p), b(p) = E|(u, a_1)|^(-2p),
    finite for p < 1/2.
 4. log E X^p is convex in p: with q < r < 1/2 < 2 and t = (r - q)/(2 - q),
    E X^2 >= (E X^r)^(1/t) (E X^q)^(1 - 1/t). Let L grow, then q, r -> 1/2: phi is flat there, so
    E X^2 falls no faster than g_N^L up to e^o(L).
 5. 1 - R is twice the sum of s_i^2 s_j^2, i < j, over (tr C)^2: it lies between 2 X^2/N^2 and
    min(1, N(N-1) X^2) <= (N(N-1))^(1/4) X^(1/2).

So (1/L) log E[1 - R_L] -> log g_N for every N >= 2; the power of L beside it is proved for N = 2
only (two_units.py).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp
from mpmath.ctx_iv import MPIntervalContext

from theory.maths import prove, ratio_bounds
from theory.schema import Bounds, Finding, Integers, Law, Mutant, Parameter, Proof, as_mpf
from theory.symbols import L
from theory.vanishing_nodes import two_units
from theory.vanishing_nodes.mean_rate import WIDTH, annealed_rate, mean_rate, rest, typical_rate

iv = MPIntervalContext()
iv.prec = 240  # step 4 multiplies by 2/(r - q), and by L

# --- the law ---------------------------------------------------------------------------------


def log_phi(width: int, p: Any) -> Any:
    """log E (chi_{N-1}/chi_N)^p of independent chis, an interval; step 1."""
    return _log_chi(width - 1, p) + _log_chi(width, -p)


def log_corner(width: int, p: Any) -> Any:
    """log c(p), an interval: a 2 x 2 corner of N x 2 Gaussians is that of O times the R of QR."""
    corner = _log_chi(2, p) + _log_chi(1, p)
    return corner - _log_chi(width, p) - _log_chi(width - 1, p)


def log_overlap(width: int, p: Any) -> Any:
    """log b(p) = log E|(u, a_1)|^(-2p), p < 1/2, an interval: a coordinate of a unit vector."""
    return _log_chi(1, -2 * p) - _log_chi(width, -2 * p)


def _log_chi(degrees: int, p: Any) -> Any:
    """log E chi_k^p without its factor 2^(p/2), which cancels everywhere above."""
    return iv.loggamma((degrees + iv.mpf(p)) / 2) - iv.loggamma(iv.mpf(degrees) / 2)


def log_bounds(width: int, depth: int, *, corner: Any = log_corner) -> tuple[Any, Any]:
    """Intervals for the log of the lower and of the upper bound of E[1 - R_L]; steps 2 to 5."""
    half = iv.mpf(1) / 2
    scale = iv.log(iv.mpf(2)) - 2 * iv.log(iv.mpf(width))
    low = iv.mpf("-inf")
    for i in range(2, 60):  # r = 1/2 - 2^-i; any q < r < 1/2 gives a bound
        gap = iv.mpf(2) ** -i
        r, q = half - gap, half - min(3, 2 ** (i - 1)) * gap
        t = (r - q) / (2 - q)
        at_r = depth * log_phi(width, r) - log_overlap(width, r)
        at_q = depth * log_phi(width, q) - corner(width, q)
        found = scale + at_r / t + (1 - 1 / t) * at_q
        if found.a < low.a:
            break
        low = found
    high = depth * log_phi(width, half) - corner(width, half)
    return low, high + iv.log(iv.mpf(width * (width - 1))) / 4


def bounds(width: int, depth: int, *, corner: Any = log_corner) -> Bounds:
    """E[1 - R_L] of a linear network with L square Gaussian layers lies between. Proved.

    >>> found = bounds(3, 40)
    >>> mpmath.nstr(found.low, 3), mpmath.nstr(found.high, 3)
    ('1.04e-11', '0.113')
    """
    low, high = (iv.exp(end) for end in log_bounds(int(width), int(depth), corner=corner))
    rounding = 4 * mpmath.mp.eps
    most = 1 - mpmath.mpf(1) / int(width)
    return Bounds(
        mpmath.mpf(low.a) * (1 - rounding), min(mpmath.mpf(high.b) * (1 + rounding), most)
    )


def _mutated_bounds(change: str) -> Any:
    def evaluate(width: int, depth: int) -> Bounds:
        if change == "without c(p)":
            return bounds(width, depth, corner=lambda width, p: iv.mpf(0))
        found = bounds(width, depth)
        if change == "lower end twice as large":
            return Bounds(2 * found.low, found.high)
        if change == "the annealed rate above":
            return Bounds(0, found.high * mpmath.exp(depth * _more(width, annealed_rate)))
        if change == "the typical rate above":
            return Bounds(0, found.high * mpmath.exp(depth * _more(width, typical_rate)))
        least = 2 / mpmath.mpf(width) ** 2 * mpmath.exp(depth * as_mpf(mean_rate(width)))
        return Bounds(least, found.high)  # no power of L beside g_N^L

    return evaluate


def _more(width: int, rate: Any) -> Any:
    return as_mpf(rate(width) - mean_rate(width))


# --- proofs ----------------------------------------------------------------------------------

DEEP = (10**6, 10**10, 10**14)


def mean_by_bounds(law: Any) -> Finding:
    """The proved bounds of (1/L) log E[1 - R_L] close in on it, in interval arithmetic."""

    def facts() -> Iterator[tuple[str, bool]]:
        for width in (2, 3, 20, 1000):
            candidate = iv.mpf(mpmath.nstr(_digits(law(width=width)), 50))
            gaps = []
            for depth in DEEP:
                low, high = (end / depth for end in log_bounds(width, depth))
                yield (
                    f"N = {width}, L = {depth:.0e}: in [{_short(low)}, {_short(high)}]",
                    low.a <= candidate.b and candidate.a <= high.b,
                )
                gaps.append(high.b - low.a)
            falls = all(b < a / 50 for a, b in itertools.pairwise(gaps))  # as (log L/L)^(1/2)
            yield f"N = {width}: the gap falls to {_short(gaps[-1])}", falls

    return prove.truth(facts(), predicted="log g_N", found="proved bounds of (1/L) log E[1 - R_L]")


def _digits(value: Any) -> Any:
    with mpmath.workdps(60):
        return as_mpf(value)


def _short(value: Any) -> str:
    return str(mpmath.nstr(mpmath.mpf(value.mid), 8))


def bounds_of_one_layer(law: Any) -> Finding:
    """1 - (2N+1)/(N^2+2), exact (R and the trace of one layer are independent), lies inside."""
    return _inside(law, [(w, 1, 1 - mpmath.mpf(2 * w + 1) / (w**2 + 2)) for w in (2, 3, 8, 40)])


def bounds_of_two_units(law: Any) -> Finding:
    """N = 2: the exact value of every depth lies inside."""
    return _inside(law, [(2, *row) for row in _of_two_units()])


@functools.cache
def _of_two_units() -> list[tuple[int, Any]]:
    return [(depth, two_units.mean_rest(depth)) for depth in (0, 1, 3, 10, 40, 200, 1000)]


@functools.cache
def _by_quadrature(degrees: int, p: Any) -> Any:
    """E chi_k^p up to a factor of k, which cancels in chi_(N-1)/chi_N once p = 0 is divided out."""
    return mpmath.quad(lambda r: r ** (degrees - 1 + p) * mpmath.exp(-r * r / 2), (0, 2, 5, 12))


@functools.cache
def steps_on_the_sphere(width: int, depth: int) -> tuple[Any, Any]:
    """Both ends, widths 3 and 4, at one precision as values are kept."""
    with mpmath.workdps(20):
        return _on_the_sphere(width, depth)


def _on_the_sphere(width: int, depth: int) -> tuple[Any, Any]:
    """Both ends from steps 2 to 5, their moments by quadrature.

    c: N = 3 has a coordinate of the normal, uniform on (-1, 1). N = 4: a simple unit bivector is a
    pair of points of two spheres, its coordinate the mean of two such, triangular on (-1, 1).
    b: density of a coordinate of a unit vector, constant at N = 3, (1 - x^2)^(1/2) at N = 4.
    """

    def layers(p: Any) -> Any:
        pairs = ((width - 1, p), (width, -p))
        return mpmath.fprod(_by_quadrature(k, s) / _by_quadrature(k, 0) for k, s in pairs) ** depth

    def corner(p: Any) -> Any:
        return 1 / (p + 1) if width == 3 else 2 / ((p + 1) * (p + 2))

    def overlap(p: Any) -> Any:  # x^(-2p) dx = power dy, y = x^(1-2p)
        power = 1 / (1 - 2 * p)
        if width == 3:
            return power
        root = mpmath.quad(lambda y: mpmath.sqrt(1 - y ** (2 * power)), (0, 1))
        return 4 / mpmath.pi * power * root

    half, lows = mpmath.mpf(1) / 2, [mpmath.mpf(0)]
    for i in range(2, 60):
        r, q = half - half**i, half - min(3, 2 ** (i - 1)) * half**i
        t = (r - q) / (2 - q)
        squared = (layers(r) / overlap(r)) ** (1 / t) * (layers(q) / corner(q)) ** (1 - 1 / t)
        lows.append(2 * squared / width**2)
        if lows[-1] < lows[-2]:
            break
    high = mpmath.root(width * (width - 1), 4) * layers(half) / corner(half)
    return max(lows), min(high, 1 - mpmath.mpf(1) / width)


def bounds_step_by_step(law: Any) -> Finding:
    """Both ends are those of steps 2 to 5 with every moment taken on the sphere."""
    with mpmath.workdps(20):
        rows = []
        for width, depth in ((3, 1), (3, 40), (4, 60)):
            found, (low, high) = law(width=width, depth=depth), steps_on_the_sphere(width, depth)
            rows.append((f"N = {width}, L = {depth}, below", found.low, low))
            rows.append((f"N = {width}, L = {depth}, above", found.high, high))
        return prove.close(rows, digits=12, detail="moments by quadrature")


@functools.cache
def _mean_vni(width: int, depth: int) -> tuple[Any, Any]:
    return ratio_bounds.mean_ratio((width,) * (depth + 1), False, half_degree=6)


def bounds_of_moments(law: Any) -> Finding:
    """Bounds of E R from exact moments (ratio_bounds), shallow networks of three widths."""

    def facts() -> Iterator[tuple[str, bool]]:
        for width, depth in ((8, 1), (16, 3), (32, 4)):
            least, most = _mean_vni(width, depth)
            found = law(width=width, depth=depth)
            inside = found.low <= 1 - most and 1 - least <= found.high
            yield f"N = {width}, L = {depth}: 1 - {mpmath.nstr(least, 6)}", bool(inside)

    return prove.truth(facts(), predicted="proved bounds", found="bounds of E R from exact moments")


def _inside(law: Any, rows: list[tuple[int, int, Any]]) -> Finding:
    def facts() -> Iterator[tuple[str, bool]]:
        for width, depth, exact in rows:
            found = law(width=width, depth=depth)
            label = f"N = {width}, L = {depth}: {mpmath.nstr(exact, 8)}"
            slack = exact * mpmath.mpf(10) ** -12  # the depth 0 meets its bound
            yield label, bool(found.low <= exact + slack and exact - slack <= found.high)

    return prove.truth(facts(), predicted="proved bounds", found="exact values")


# --- what the claim takes from here ----------------------------------------------------------

DEPTH = Parameter("depth", Integers(0), "L, number of layers", L)
lower, upper = sp.symbols("l_L u_L")

LAWS = (
    Law(
        role="sharper",
        name="bounds",
        formula=sp.And(sp.Le(lower, rest), sp.Le(rest, upper)),
        parameters=(WIDTH, DEPTH),
        words=(
            "proved bounds of E[1 - R] at every width and depth: (N(N-1))^(1/4) g_N^L/c above, "
            "log-convexity of the moments of s_2/s_1 below; both of the rate log g_N"
        ),
        evaluate=bounds,
        mutants=tuple(
            Mutant(name, _mutated_bounds(name))
            for name in (
                "the annealed rate above",
                "the typical rate above",
                "no power of L below",
                "without c(p)",
                "lower end twice as large",
            )
        ),
    ),
)

PROOFS = (
    Proof(
        "bounds close in",
        "rigorous",
        "proved bounds of (1/L) log E[1 - R_L] up to L = 10^14, widths 2 to 1000",
        mean_by_bounds,
        law="mean rate",
    ),
    Proof(
        "one layer inside",
        "rigorous",
        "the exact mean of one layer lies inside the bounds",
        bounds_of_one_layer,
        law="bounds",
    ),
    Proof(
        "step by step",
        "numeric",
        "both ends at widths 3 and 4 from moments on the sphere, by quadrature",
        bounds_step_by_step,
        law="bounds",
    ),
    Proof(
        "two units inside",
        "numeric",
        "N = 2: the exact mean lies inside the bounds, up to depth 1000",
        bounds_of_two_units,
        law="bounds",
    ),
    Proof(
        "moments inside",
        "rigorous",
        "widths 8 to 32: bounds from exact moments lie inside",
        bounds_of_moments,
        law="bounds",
    ),
)
