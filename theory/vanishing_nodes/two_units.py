"""E[1 - R_L] of linear Gaussian networks of width 2, exact: laws of vn.quenched.rate.

A 2 x 2 matrix up to scale and rotations on both sides is a distance from the centre of the
hyperbolic plane: with x = (s_1^2 + s_2^2)/(2 s_1 s_2), its cosh, 1 - R = 1/(2 x^2). A Gaussian
layer is an isotropic step, so Legendre functions multiply:

    E P_{-1/2+i lambda}(x_L) = h(lambda)^L, h = E (chi_1/chi_2)^{1/2-i lambda}
                             = |Gamma(3/4 + i lambda/2)|^2/sqrt(pi)

(Laplace's integral: |W u|^2/|det W| = chi_2/chi_1). One step has 1/x uniform on (0, 1), density
1/x^2: twice 1 - R. So 1 - R counts as one step more, and the Mehler-Fock inversion gives

    E[1 - R_L] = (1/2) int_0^inf h(lambda)^{L+1} lambda tanh(pi lambda) d lambda.

1/6 at one layer, 1 - G (Catalan) at two, (10 - 7 zeta(3))/32 at three. Laplace's method: h is
g_2 e^{-kappa lambda^2/2 + ..}, kappa = psi'(3/4)/2, hence g_2^L L^{-3/2}.
"""

from __future__ import annotations

import functools
from typing import Any

import mpmath
import sympy as sp

from theory.maths import prove
from theory.schema import LATER, Finding, Integers, Law, Mutant, Parameter, Proof, as_mpf
from theory.symbols import L
from theory.vanishing_nodes import mean_bounds
from theory.vanishing_nodes import rec_finite_width as rec

# --- the laws --------------------------------------------------------------------------------


def step_transform(spectral: Any) -> Any:
    """h(lambda) of one Gaussian layer, an mpf."""
    return abs(mpmath.gamma(mpmath.mpc(0.75, mpmath.mpf(spectral) / 2))) ** 2 / mpmath.sqrt(
        mpmath.pi
    )


def mean_rest(depth: Any) -> Any:
    """E[1 - R_L], an mpf at the working precision.

    Trapezoidal rule for an even integrand that is analytic up to |Im lambda| = 1/2: the error is
    at most about e^{M kappa y^2/2 - 2 pi y/step} on a line y in there, M = L + 1.

    >>> round(float(mean_rest(1)), 12), round(float(mean_rest(2) + mpmath.catalan), 12)
    (0.166666666667, 1.0)
    """
    return inverted(int(depth) + 1)


def inverted(steps: int) -> Any:
    """(1/2) int h^steps lambda tanh(pi lambda) d lambda over the half line."""
    with mpmath.workdps(mpmath.mp.dps + 10):
        digits = mpmath.mp.dps * mpmath.log(10)
        kappa = mpmath.psi(1, 0.75) / 2
        step = min(mpmath.pi / digits / 1.1, mpmath.pi * mpmath.sqrt(2 / (digits * steps * kappa)))
        total, j = mpmath.mpf(0), 0
        while True:
            j += 1
            at = j * step
            term = step_transform(at) ** steps * at * mpmath.tanh(mpmath.pi * at)
            total += term
            if term < mpmath.eps * total:
                break
        value = total * step / 2
    return +value


KAPPA_2 = sp.pi**2 - 8 * sp.Catalan  # psi'(3/4) = 2 kappa


FIRST_DEEP = 6
"""The depth from which the error of `deep`, at most 6.81/(L+1), is below 1: L + 1 > 6.81.

At L = 0 the leading order has 1.16 for a mean that is at most 1/2."""


def deep(depth: Any) -> Any:
    """(pi/((pi^2 - 8 G)(L+1)))^{3/2} g_2^{L+1}: leading order of E[1 - R_L] as L grows.

    >>> round(float(deep(999) / mean_rest(999)), 4)
    1.0068
    """
    steps = sp.sympify(depth) + 1
    g = sp.gamma(sp.Rational(3, 4)) ** 2 / sp.sqrt(sp.pi)
    return (sp.pi / (KAPPA_2 * steps)) ** sp.Rational(3, 2) * g**steps


def deep_correction() -> Any:
    """a in E[1 - R_L] = deep(L) (1 + a/(L+1) + O(L^-2)): -pi^2/kappa + (5/64) psi'''(3/4)/kappa^2.

    From tanh(pi x) = pi x - (pi x)^3/3 and log h = log g_2 - kappa x^2/2 + psi'''(3/4) x^4/192.
    """
    kappa = KAPPA_2 / 2
    return -(sp.pi**2) / kappa + sp.Rational(5, 64) * sp.polygamma(3, sp.Rational(3, 4)) / kappa**2


# --- mutants ---------------------------------------------------------------------------------


def _mutated_rest(change: str) -> Any:
    def evaluate(depth: Any) -> Any:
        if change == "a layer more":
            return inverted(int(depth) + 2)
        g = step_transform(0)
        if change == "g_2^L throughout":
            return g ** int(depth) / 2
        x = rec.to_x(sp.Rational(1, 2)) * rec.layer_factor(sp.Integer(2), 1) ** int(depth)
        return 1 - rec.from_x(x)  # the annealed ratio

    return evaluate


def _mutated_deep(change: str) -> Any:
    def evaluate(depth: Any) -> Any:
        steps = sp.sympify(depth) + 1
        if change == "L in place of L + 1 in the power":
            return deep(depth) * (steps / (steps - 1)) ** sp.Rational(3, 2)
        if change == "L^(-1/2)":
            return deep(depth) * steps
        return deep(depth) * 2 ** sp.Rational(3, 2)  # kappa halved

    return evaluate


# --- proofs ----------------------------------------------------------------------------------

t = sp.Symbol("t", positive=True)  # distance from the centre: x = cosh t


def two_step_density() -> Any:
    """Density of x_2 at x = cosh t: int (dy/y^2) <1/X^2>, X = x y + sqrt((x^2-1)(y^2-1)) cos theta.

    <1/(a + b cos)^2> = a/(a^2 - b^2)^(3/2), here a = x y, a^2 - b^2 = x^2 + y^2 - 1; then
    y dy/(y^2 (y^2 + c)^(3/2)), c = x^2 - 1, is elementary.
    """
    return sp.cosh(t) / sp.sinh(t) ** 2 * (t / sp.sinh(t) - 1 / sp.cosh(t))


@functools.cache
def elementary() -> tuple[tuple[int, Any], ...]:
    """(L, E[1 - R_L]) for L = 0..3, without Legendre functions.

    1 - R counts as a step more, so E[1 - R_L] is half the density of x_{L+1} at 1: int p p_2/2 and
    int p_2 p_2/2 for L = 2, 3.
    """
    w = sp.Symbol("w", positive=True)
    one = sp.integrate(w**2 / 2, (w, 0, 1))  # 1/x uniform
    if one != 1 - mean_bounds.on_sphere(2, 2):
        raise ArithmeticError("one layer: the sphere says otherwise")
    two_step = two_step_density()
    inner = two_step * sp.sinh(t) / sp.cosh(t) ** 2 / 2
    known = -(t / sp.sinh(t) + 1 / sp.cosh(t)) / 2  # its derivative leaves -t/(2 cosh t): -G
    rest = sp.diff(known, t) - t / sp.cosh(t) / 2 - inner
    if sp.cancel(rest.rewrite(sp.exp).subs(sp.exp(t), w)) != 0:
        raise ArithmeticError("two layers: not the antiderivative")
    two = 0 - sp.limit(known, t, 0) - sp.Catalan
    with mpmath.workdps(45):  # 45: near 0 the bracket of the density cancels
        p_2 = sp.lambdify(t, two_step, "mpmath")
        start = mpmath.mpf(10) ** -9
        ends = [start, 1, 3, 8, 20, 50, 120]
        inside = start**2 / 2  # int sinh below start, where p_2 = 1/3 + O(t^2)
        mass = inside / 3 + mpmath.quad(lambda s: p_2(s) * mpmath.sinh(s), ends)
        three = (inside / 9 + mpmath.quad(lambda s: p_2(s) ** 2 * mpmath.sinh(s), ends)) / 2
    if abs(mass - 1) > mpmath.mpf(10) ** -25:
        raise ArithmeticError(f"two steps: the density has mass {mass}")
    return (0, sp.Rational(1, 2)), (1, one), (2, two), (3, three)


def by_elementary_integrals(law: Any) -> Finding:
    """Depths 0 to 3: 1/2, 1/6, 1 - G, and (10 - 7 zeta(3))/32 to 25 digits."""
    with mpmath.workdps(40):
        rows = [(f"L = {depth}", law(depth=depth), found) for depth, found in elementary()]
        rows.append(("L = 3, in zeta(3)", (10 - 7 * mpmath.zeta(3)) / 32, rows[3][2]))
        return prove.close(rows, digits=25)


@functools.cache
def _where_deep() -> tuple[tuple[int, Any], ...]:
    with mpmath.workdps(30):
        depths = (*range(FIRST_DEEP, FIRST_DEEP + 4), 20, 100, 1000, 4000, 9999)
        return tuple((depth, mean_rest(depth)) for depth in depths)


def deep_by_exact(law: Any) -> Finding:
    """E[1 - R_L]/law - 1 is negative, at most |a|/(L+1) < 1; less a/(L+1) it falls as L^-2."""
    with mpmath.workdps(30):
        a = as_mpf(deep_correction())
        facts, rest = [], []
        for depth, exact in _where_deep():
            error = exact / as_mpf(law(depth=depth)) - 1
            declared = -a / (depth + 1)
            inside = -declared < error < 0 and declared < 1
            facts.append((f"L = {depth}: {mpmath.nstr(error, 6)} is a small error", bool(inside)))
            if depth >= 1000:
                rest.append((depth + 1, error - a / (depth + 1)))
        order = prove.slope(rest)
    falls = f"what is left at L = 1000, 4000, 9999 falls as L^{order:.3f}"
    return prove.truth(
        [(falls, -2.1 < order < -1.9), *facts],
        predicted=f"leading order, with the error a/(L+1) from L = {FIRST_DEEP} on",
        found=f"exact values; a = {mpmath.nstr(a, 8)}",
    )


# --- what the claim takes from here ----------------------------------------------------------

DEPTH = Parameter("depth", Integers(0), "L, number of layers", L)
DEEP = Parameter("depth", Integers(FIRST_DEEP), "L, number of layers", L)
spectral, h = sp.Symbol("lambda", positive=True), sp.Symbol("h_lambda")
g_2 = sp.gamma(sp.Rational(3, 4)) ** 2 / sp.sqrt(sp.pi)
AT_TWO = rec.E(1 - rec.R_sq)

LAWS = (
    Law(
        role="sharper",
        name="two units",
        formula=sp.Eq(
            AT_TWO,
            sp.Integral(
                h ** (L + 1) * spectral * sp.tanh(sp.pi * spectral),
                (spectral, 0, sp.oo),
            )
            / 2,
        ),
        parameters=(DEPTH,),
        words=(
            "mean of 1 - R at width 2, exact at every depth; "
            "h_lambda = |Gamma(3/4 + i lambda/2)|^2/sqrt(pi)"
        ),
        evaluate=mean_rest,
        mutants=tuple(
            Mutant(name, _mutated_rest(name))
            for name in ("a layer more", "g_2^L throughout", "the annealed ratio")
        ),
    ),
    Law(
        role="sharper",
        name="two units, deep",
        formula=sp.Eq(
            AT_TWO,
            (sp.pi / ((sp.pi**2 - 8 * sp.Catalan) * (L + 1))) ** sp.Rational(3, 2) * g_2 ** (L + 1),
            evaluate=False,
        ),
        parameters=(DEEP,),
        words="the same as L grows: g_2^L and the power L^(-3/2)",
        evaluate=deep,
        mutants=tuple(
            Mutant(name, _mutated_deep(name))
            for name in ("L in place of L + 1 in the power", "L^(-1/2)", "kappa halved")
        ),
        error=(
            f"too large by less than 6.81/(L+1) relative, below 1 from L = {FIRST_DEEP} on; "
            "tends to a/(L+1), a = -6.81: closed form in `deep_correction`"
        ),
    ),
)

PROOFS = (
    Proof(
        "elementary integrals",
        "numeric",
        "depths 0 to 3 without Legendre functions: 1/2, 1/6, 1 - G, (10 - 7 zeta(3))/32",
        by_elementary_integrals,
        law="two units",
        tiers=LATER,
    ),
    Proof(
        "decay",
        "numeric",
        "against the exact law: the error is at most |a|/(L+1), what is left of it falls as L^-2",
        deep_by_exact,
        law="two units, deep",
    ),
)
