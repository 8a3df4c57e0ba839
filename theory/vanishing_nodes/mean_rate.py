"""Rates per layer of 1 - R at fixed width, linear Gaussian layers: laws of vn.quenched.rate.

mean rate       of E[1 - R_L]: log g_N, a theorem (rest_bounds.py)
typical rate    of 1 - R_L in almost every network: Lyapunov exponents
annealed rate   of 1 - E tr C^2/E (tr C)^2
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import Finding, Integers, Law, Mutant, Parameter, Proof, as_mpf
from theory.symbols import L, N
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes import two_units

# --- the laws --------------------------------------------------------------------------------


def annealed_rate(width: Any) -> Any:
    """log((N-1)/(N+2)) per layer, of 1 - E tr C^2/E (tr C)^2. Exact; -3/N + O(1/N^2)."""
    return sp.log((sp.sympify(width) - 1) / (sp.sympify(width) + 2))


def typical_rate(width: Any) -> Any:
    """psi((N-1)/2) - psi(N/2): limit of log(1 - R_L)/L in almost every network; -1/N + O(1/N^2).

    Twice the difference of the two largest Lyapunov exponents.
    """
    n = sp.sympify(width)
    return sp.digamma((n - 1) / 2) - sp.digamma(n / 2)


def mean_rate(width: Any) -> Any:
    """log g_N, limit of log E[1 - R_L]/L: g_N = Gamma(N/2-1/4)^2/(Gamma((N-1)/2) Gamma(N/2)).

    Exact, for every N >= 2; -1/(8N) + O(1/N^2).

    >>> sp.N(mean_rate(2), 6), sp.N(mean_rate(5), 6)
    (-0.165803, -0.0349394)
    """
    n = sp.sympify(width)
    quarter = sp.Rational(1, 4)
    return 2 * sp.loggamma(n / 2 - quarter) - sp.loggamma((n - 1) / 2) - sp.loggamma(n / 2)


# --- proofs ----------------------------------------------------------------------------------

x, degrees, power, n = sp.symbols("x m s n", positive=True)


@functools.cache
def chi_moment() -> Any:
    """E chi_m^s for symbolic m and s, from the density of chi^2_m."""
    density = x ** (degrees / 2 - 1) * sp.exp(-x / 2) / (2 ** (degrees / 2) * sp.gamma(degrees / 2))
    return sp.simplify(sp.integrate(x ** (power / 2) * density, (x, 0, sp.oo)))


@functools.cache
def log_ratio_moment() -> Any:
    """log phi(s) for N = n + 1: log E chi_n^s + log E chi_{n+1}^(-s), symbolic."""
    above, below = chi_moment().subs(degrees, n), chi_moment().subs(degrees, n + 1)
    return sp.expand_log(sp.log(above), force=True) + sp.expand_log(
        sp.log(below.subs(power, -power)), force=True
    )


def annealed_by_wick(law: Any) -> Finding:
    """All products of weights of a layer: a 2 x 2 matrix on (E tr C^2, E (tr C)^2)."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for m in (2, 3):
            sum_sq, sq_trace, (c, d) = rec.wick_moments(m, 2)
            matrix = []
            for moment in (sum_sq, sq_trace):
                poly = sp.Poly(moment.subs(sp.Symbol("q"), 1), c, d)
                pair = poly.coeff_monomial(c * d) / 2
                matrix.append([poly.coeff_monomial(c**2) - pair, pair])
            one, two = sp.Matrix(matrix).eigenvals()
            largest, other = max(one, two), min(one, two)
            ones = sp.Matrix(matrix) * sp.Matrix([1, 1])  # R = 1 is the limit
            if list(ones) != [largest, largest]:
                raise ArithmeticError("R = 1 does not belong to the largest eigenvalue")
            yield f"N = {m}", law(width=m), sp.log(other / largest)

    return prove.cases(rows(), "1 - R falls as the ratio of the eigenvalues")


def typical_by_moments(law: Any) -> Finding:
    """2 phi'(0) for symbolic N, E log chi^2 by its density for some N."""
    rate = sp.simplify(2 * sp.diff(log_ratio_moment(), power).subs(power, 0))
    return prove.identities(
        [("2 d/dp log phi at 0", sp.simplify(law(width=n + 1) - rate))],
        predicted=f"{sp.expand_func(law(width=n + 1))}, N = n + 1",
        found=f"{rate}",
    )


def typical_in_the_plane(law: Any) -> Finding:
    """N = 2: one layer has 1/x = w uniform and |Wu|^2/|det W| the mean log((1 + x)/2)."""
    return prove.cases([("N = 2", sp.expand_func(law(width=2)), -2 * _drift_in_the_plane())])


@functools.cache
def _drift_in_the_plane() -> Any:
    w = sp.Symbol("w", positive=True)
    return sp.simplify(sp.integrate(sp.log((1 + w) / 2) - sp.log(w), (w, 0, 1)))


def mean_by_least_moment(law: Any) -> Finding:
    """min over p of log phi(p) for symbolic N: symmetric about 1/2 and convex."""
    log_phi = log_ratio_moment()
    half = sp.Rational(1, 2)

    def facts() -> Iterator[tuple[str, bool | None]]:
        candidate = law(width=n + 1).replace(sp.loggamma, lambda z: sp.log(sp.gamma(z)))
        excess = sp.expand_log(candidate - log_phi.subs(power, half), force=True)
        apart = abs(sp.N(excess.subs(n, 4), 30)) > 1e-20
        yield "the law is log phi(1/2)", excess == 0 or (False if apart else None)
        yield "phi(p) = phi(1 - p)", sp.expand(log_phi.subs(power, 1 - power) - log_phi) == 0
        curvature = sp.expand(sp.diff(log_phi, power, 2))
        trigammas = [part.as_independent(sp.polygamma) for part in sp.Add.make_args(curvature)]
        yield (
            f"(log phi)'' = {curvature}: trigammas of positive arguments",
            all(c > 0 and g.func == sp.polygamma and g.args[0] == 1 for c, g in trigammas),
        )

    return prove.truth(
        facts(), predicted="log g_N, N = n + 1", found="least exponent of (chi_{N-1}/chi_N)^p"
    )


def mean_by_two_units(law: Any) -> Finding:
    """N = 2: log E[1 - R_{L+1}]/E[1 - R_L] + (3/2) log((L+2)/(L+1)) tends to it as L^-2."""
    with mpmath.workdps(30):
        candidate, rest = as_mpf(law(width=2)), []
        for depth in (250, 1000, 4000):
            ratio = two_units.mean_rest(depth + 1) / two_units.mean_rest(depth)
            power_law = mpmath.log(mpmath.mpf(depth + 2) / (depth + 1)) * 3 / 2
            rest.append((depth + 1, mpmath.log(ratio) + power_law - candidate))
        order = prove.slope(rest)
    return prove.truth(
        [(f"what is left at L = 250, 1000, 4000 falls as L^{order:.3f}", -2.1 < order < -1.9)],
        predicted="log g_2",
        found="ratios of exact values at consecutive depths",
    )


# --- what the claim takes from here ----------------------------------------------------------

WIDTH = Parameter("width", Integers(2), "N, width of every layer", N)
psi, rest = sp.Function("psi"), rec.E(1 - rec.R_sq)


def _limit(of: Any, value: Any) -> Any:
    return sp.Eq(sp.Limit(sp.log(of) / L, L, sp.oo, dir="-"), value, evaluate=False)


LAWS = (
    Law(
        role="sharper",
        name="mean rate",
        formula=_limit(
            rest,
            sp.log(
                sp.gamma(N / 2 - sp.Rational(1, 4)) ** 2 / (sp.gamma((N - 1) / 2) * sp.gamma(N / 2))
            ),
        ),
        parameters=(WIDTH,),
        words="log g_N: rate per layer of the mean over networks of 1 - R, at any width N >= 2",
        evaluate=mean_rate,
        mutants=(
            Mutant("the annealed rate", annealed_rate),
            Mutant("the typical rate", typical_rate),
            Mutant("N off by one", lambda width: mean_rate(width + 1)),
            Mutant("-1/(8N)", lambda width: -1 / (8 * sp.sympify(width))),
        ),
    ),
    Law(
        role="sharper",
        name="typical rate",
        formula=_limit(1 - rec.R_sq, psi((N - 1) / 2) - psi(N / 2)),
        parameters=(WIDTH,),
        words="rate per layer of 1 - R in almost every network: digamma functions",
        evaluate=typical_rate,
        mutants=(
            Mutant("of singular values not squared", lambda width: typical_rate(width) / 2),
            Mutant("the annealed rate", annealed_rate),
            Mutant("N off by one", lambda width: typical_rate(width + 1)),
        ),
    ),
    Law(
        role="sharper",
        name="annealed rate",
        formula=_limit(1 - rec.R_A, sp.log((N - 1) / (N + 2))),
        parameters=(WIDTH,),
        words="rate per layer of 1 - E tr C^2/E (tr C)^2 (vn.rec)",
        evaluate=annealed_rate,
        mutants=(
            Mutant("the typical rate", typical_rate),
            Mutant("(N-1)/(N+1)", lambda width: sp.log(sp.Rational(width - 1, width + 1))),
        ),
    ),
)

PROOFS = (
    Proof(
        "least moment",
        "symbolic",
        "log g_N is the least exponent of (chi_{N-1}/chi_N)^p, at p = 1/2, for symbolic N",
        mean_by_least_moment,
        law="mean rate",
    ),
    Proof(
        "exact decay of two units",
        "numeric",
        "ratios of exact values at N = 2, after the power L^(-3/2), tend to g_2 as L^-2",
        mean_by_two_units,
        law="mean rate",
    ),
    Proof(
        "Lyapunov exponents",
        "symbolic",
        "twice the derivative at 0 of the same exponent, for symbolic N",
        typical_by_moments,
        law="typical rate",
    ),
    Proof(
        "hyperbolic plane",
        "exact",
        "N = 2: drift of a random walk with 1/cosh uniform, -2 log 2",
        typical_in_the_plane,
        law="typical rate",
    ),
    Proof(
        "eigenvalues of a layer",
        "exact",
        "multiplying out one layer: ratio of the eigenvalues of its 2 x 2 matrix",
        annealed_by_wick,
        law="annealed rate",
    ),
)
