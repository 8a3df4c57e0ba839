"""The bottleneck initialiser at rank one: eq. (5) gives 1, definition (3) does not; scales fall.

    vn.init.nb1   N_b = 1: "the VNI R_sq of the network will increase to 1"

J holds a factor v u^T, so J J^T has rank one and eq. (5) gives 1 for every activation while J != 0.
Over inputs x_1 = phi_a(v s), s normal: the nodes with v_i > 0 are copies of phi_a(s), the others of
phi_a(-s), whose correlation is r = -(2 pi a + (1-a)^2)/(pi (1+a^2) - (1-a)^2). With A and B the
sums of v_i^2 of the two groups R = (A^2 + B^2 + 2 A B r^2)/(A+B)^2; over directions of v

    E R = (6 + (N-1)(1 + r^2))/(2 (N+2))    one layer, exact;  -> (1 + r^2)/2

A linear J is v_L prod_l (u_l.v_{l-1}/sqrt N) u_1^T/sqrt N: each of the L-1 products u.v carries a
chi^2_1 whose mean log is psi(1/2) + log 2 = -gamma - log 2, near -1.27.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import log_factors, prove
from theory.schema import (
    LATER,
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
    stated,
    unstated,
)
from theory.symbols import SLOPE, L, N, a
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.eq02_covariance import integrals
from theory.vanishing_nodes.probes import OF_COVARIANCE, QUENCHED
from theory.vanishing_nodes.scale_drift import typical
from theory.vanishing_nodes.sec4_conditions import KIND, LAYERS, UNITS
from theory.vanishing_nodes.sec51_initialiser import bottleneck

r, R_sq = sp.Symbol("r"), rec.R_sq
psi, E = sp.Function("psi"), sp.Function("E")
DEFINITION = Parameter(
    "definition", Choice((3, 5)), "3: C over the inputs of one network, 5: C = J J^T at one input"
)


def correlation(slope: Any) -> Any:
    """r of phi_a(s) and phi_a(-s), s normal. Exact.

    >>> correlation(1), correlation(0)
    (-1, -1/(-1 + pi))
    """
    s = sp.sympify(prove.exact(slope))
    return -(2 * sp.pi * s + (1 - s) ** 2) / (sp.pi * (1 + s**2) - (1 - s) ** 2)


def one_layer(width: Any, slope: Any) -> Any:
    """E R of definition (3) after one layer N -> N of rank one, normal V and inputs. Exact.

    R depends on the direction of v only, which is independent of |v|: the annealed ratio is equal.

    >>> one_layer(1, 0), one_layer(9, 1)
    (1, 1)
    """
    n = sp.Integer(int(width))
    return sp.cancel((6 + (n - 1) * (1 + correlation(slope) ** 2)) / (2 * (n + 2)))


def log_scale(width: Any, depth: Any, slope: Any) -> sp.Expr:
    """E log(tr J J^T/N), L >= 1, sigma_w^2 mu_1 = 1, linear (1) or ReLU (0, J != 0). Exact.

    >>> log_scale(2, 1, 1), log_scale(2, 2, 1)
    (-2*EulerGamma, -4*EulerGamma - log(2))
    """
    layers, gain = int(depth), 1 if slope == 1 else 2
    of_u = typical(width, 1, 1, 1)  # |u_1|^2/N
    of_v = layers * typical(width, 1, gain, slope)  # gain |D_l v_l|^2/N
    return sp.expand(of_u + of_v - (layers - 1) * (sp.EulerGamma + sp.log(2)))


def _mutated_scale(change: str) -> Any:
    def evaluate(width: Any, depth: Any, slope: Any) -> Any:
        right, layers = log_scale(width, depth, slope), int(depth)
        return {
            "kept in every network": sp.Integer(0),
            "L products u.v": right - sp.EulerGamma - sp.log(2),
            "psi(1) + log 2": right + (layers - 1) * 2 * sp.log(2),
            "|u_1| not counted": right - typical(width, 1, 1, 1),
        }[change]

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def ratio(cov: sp.Matrix) -> Any:
    """tr C^2/(tr C)^2."""
    return (cov * cov).trace() / cov.trace() ** 2


def symbolic_networks(law: Any) -> Finding:
    """J of one and two layers with any v, u and slopes: tr C^2 = (tr C)^2; linear: C over inputs.

    x_L = J x_0 in a linear network, whose covariance over inputs is J S J^T for any S.
    """

    def facts() -> Iterator[tuple[str, bool]]:
        for size, depth in ((2, 1), (3, 1), (2, 2)):
            jacobian = sp.eye(size)
            for layer in range(depth):
                v, u, d = (sp.symbols(f"{s}{layer}_1:{size + 1}") for s in "vud")
                jacobian = sp.diag(*d) * sp.Matrix(v) * sp.Matrix([u]) * jacobian
            value = law(definition=5, slope=0)
            c = jacobian * jacobian.T
            rest = sp.expand((c * c).trace() - value * c.trace() ** 2)
            yield f"N = {size}, L = {depth}: tr C^2 = {value} (tr C)^2", rest == 0
        v, u = sp.Matrix(sp.symbols("v1:3")), sp.Matrix([sp.symbols("u1:3")])
        entries = sp.symbols("s1:4")
        inputs = sp.Matrix(2, 2, [entries[0], entries[1], entries[1], entries[2]])
        c = v * u * inputs * u.T * v.T
        value = law(definition=3, slope=1)
        rest = sp.expand((c * c).trace() - value * c.trace() ** 2)
        yield f"linear, over inputs: tr C^2 = {value} (tr C)^2", rest == 0

    return prove.truth(facts(), predicted="R = 1", found="a matrix of rank one")


def over(values: Sequence[int], v: Sequence[int]) -> sp.Rational:
    """R of the nodes relu(v_i s), s uniform on `values`."""
    nodes = [[sp.Integer(max(w * s, 0)) for s in values] for w in v]
    means = [sum(x) / sp.Integer(len(values)) for x in nodes]
    cov = sp.Matrix(
        len(v),
        len(v),
        lambda i, j: (
            sum(x * y for x, y in zip(nodes[i], nodes[j], strict=True)) / sp.Integer(len(values))
            - means[i] * means[j]
        ),
    )
    return sp.Rational(ratio(cov))


def two_rectifiers(law: Any) -> Finding:
    """Two ReLU nodes max(s, 0) and max(-s, 0), s uniform on -2, -1, 1, 2."""
    found = over((-2, -1, 1, 2), (1, -1))
    return prove.cases([("v = (1, -1)", law(definition=3, slope=0), found)])


def by_direction(law: Any) -> Finding:
    """N = 1, 2, 3: the mean over the direction of v, r from sympy's integrals over s.

    Two nodes of equal sign have R = 1; of other sign R = c^4 + s^4 + 2 c^2 s^2 r^2. N = 3: v_i^2
    averaged over the sphere, E v_i^4 = 1/5 and E v_i^2 v_j^2 = 1/15, over all signs.
    """
    variance, slope_sq = integrals()  # Var phi_a, and E phi_a^2 = E phi_a'^2 for a normal s
    mean_sq = slope_sq - variance
    z, t = sp.Symbol("z", positive=True), sp.Symbol("t", positive=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    product = -2 * a * sp.integrate(z**2 * density, (z, 0, sp.oo))  # E phi_a(s) phi_a(-s)
    between = (product - mean_sq) / variance
    fourth, mixed = (
        sp.integrate(f, (t, 0, 2 * sp.pi)) / (2 * sp.pi)
        for f in (sp.cos(t) ** 4, sp.cos(t) ** 2 * sp.sin(t) ** 2)
    )

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for slope in (sp.Integer(0), sp.Integer(1), sp.Rational(3, 10), sp.Integer(-1)):
            square = sp.cancel(between.subs(a, slope)) ** 2
            for size, four, two in ((1, sp.Integer(1), 0), (2, fourth, mixed),
                                    (3, sp.Rational(1, 5), sp.Rational(1, 15))):  # fmt: skip
                total, patterns = sp.Integer(0), list(itertools.product((1, -1), repeat=size))
                for signs in patterns:
                    pairs = sum(
                        1 if x == y else square for x, y in itertools.permutations(signs, 2)
                    )
                    total += size * four + two * pairs
                found = sp.cancel(total / len(patterns))
                yield f"N = {size}, a = {slope}", law(width=size, slope=slope), found

    return prove.cases(rows())


def by_density(law: Any) -> Finding:
    """E log chi^2_k by the Gamma integral: k = 1 for u.v given |v|, N for |u_1|, active units."""
    first, _ = log_factors.log_chi2()
    k = sp.Symbol("k", positive=True)

    def mean_log(count: int) -> Any:
        return sp.expand(first.subs(k, count).replace(sp.polygamma, log_factors.reduced))

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for n, depth, slope in ((2, 1, 1), (3, 4, 1), (5, 2, 1), (1, 2, 0), (4, 3, 0)):
            of_layer = log_factors.mixture(n, slope)[0]  # |D v|^2 over its mean
            of_u = mean_log(n) - sp.log(n)
            found = of_u + depth * of_layer + (depth - 1) * mean_log(1)
            value = law(width=n, depth=depth, slope=slope)
            yield f"N = {n}, L = {depth}, slope {slope}", value, sp.expand_log(sp.expand(found))

    return prove.cases(rows())


# --- the claim -------------------------------------------------------------------------------


def _over_inputs(width: int) -> Probe:
    """tr C^2 has |u|^4 |v|^4 as a factor: ((N+4)(N+6)/(N(N+2)))^2 <= e (probes.py) for N >= 14."""
    return Probe(
        name=f"relu N={width}, over inputs",
        experiment="input_covariance",
        setup=bottleneck((width, width), 1, n_inputs=16, activation="relu"),
        at={"width": width, "slope": 0},
        estimand=OF_COVARIANCE,
        laws=("one layer",),
        why="one layer of rank one, definition (3)",
        tiers=LATER,
    )


def _scale(width: int, depth: int, **more: Any) -> Probe:
    return Probe(
        name=f"linear N={width} L={depth}, log-scale",
        experiment="node_correlation",
        setup=bottleneck((width,) * (depth + 1), 1),
        at={"width": width, "depth": depth, "slope": 1},
        estimand=Estimand(
            "smooth",
            ("log_trace",),
            over="networks; mean of the logarithm of tr J J^T/N",
            function=lambda means: float(means[0]) - float(sp.log(width)),
        ),
        laws=("scale",),
        why="the gradient of nearly every network vanishes",
        **more,
    )


CLAIM = Claim(
    id="vn.init.nb1",
    title="with a bottleneck of one the VNI is 1",
    source=PAPER.at(
        "Section 5.1 and Figure 4",
        "N_b = 1: every weight matrix has rank 1, only one non-zero eigenvalue; by eq. (5) R_sq "
        "tends to 1, and the network is norm-preserving",
    ),
    kind="exact",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(R_sq, 1),
            parameters=(DEFINITION, SLOPE),
            words="VNI of a network of rank-one weights, leaky ReLU of slope a",
            evaluate=lambda definition, slope: sp.Integer(1),
            mutants=(
                Mutant("1/2", lambda definition, slope: sp.Rational(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(E(R_sq), (6 + (N - 1) * (1 + r**2)) / (2 * (N + 2))),
            parameters=(UNITS, SLOPE),
            words=(
                "definition (3), one layer N -> N, leaky ReLU; r = -(2 pi a + (1-a)^2)/(pi "
                "(1+a^2) - (1-a)^2), -1/(pi - 1) for ReLU: 0.609 for N -> infinity"
            ),
            evaluate=one_layer,
            mutants=(
                Mutant("1", lambda width, slope: sp.Integer(1)),
                Mutant("N -> infinity", lambda width, slope: (1 + correlation(slope) ** 2) / 2),
                Mutant("groups uncorrelated", lambda width, slope: sp.Rational(
                    int(width) + 5, 2 * (int(width) + 2))),
            ),
        ),
        Law(
            role="sharper",
            name="scale",
            formula=sp.Eq(
                E(sp.log(rec.tr(sp.Symbol("J J^T")) / N)),
                (L - 1) * (psi(sp.Rational(1, 2)) + sp.log(2))
                + (L + 1) * (psi(N / 2) - sp.log(N / 2)),
            ),
            parameters=(UNITS, Parameter("depth", Integers(1), LAYERS.meaning, L), KIND),
            words="shown linear; ReLU: given J != 0, active units in place of N in the L layers",
            evaluate=log_scale,
            mutants=tuple(
                Mutant(name, _mutated_scale(name))
                for name in (
                    "kept in every network",
                    "L products u.v",
                    "psi(1) + log 2",
                    "|u_1| not counted",
                )
            ),
        ),
    ),
    assumptions=(
        stated("rank-one weights", lambda p: p.get("rank", 1) == 1),
        stated("J is not 0", lambda p: bool(p.get("alive", True))),
        unstated(
            "the VNI is that of eq. (5), or the network is linear",
            lambda p: p.get("definition", 5) == 5 or p.get("slope", 1) == 1,
        ),
    ),
    expected="holds-if",
    because=(
        "J J^T has rank one, so eq. (5) gives 1 at every depth. Definition (3) does not: two ReLU "
        "nodes of one layer have 101/121, wide layers 0.609. And log tr J J^T falls by 1.27 a "
        "layer on average: gradients vanish, though their mean square is kept."
    ),
    proofs=(
        Proof("rank one", "symbolic", "any v, u, slopes; N = 2, 3", symbolic_networks,
              point={"definition": 5}),
        Proof("two rectifiers", "exact", "four inputs", two_rectifiers,
              point={"definition": 3, "slope": 0}),
        Proof("directions", "exact", "every direction of v, N = 1, 2, 3", by_direction,
              law="one layer"),
        Proof("density", "exact", "chi^2 densities, and active units", by_density, law="scale"),
    ),
    probes=(
        Probe(
            name="relu N=8 L=3, eq. (5)",
            experiment="node_correlation",
            setup={**bottleneck((8,) * 4, 1), "gain": 2.0, "activation": "leaky_relu",
                   "slope": 0.1},
            at={"definition": 5, "slope": Fraction(1, 10)},
            estimand=QUENCHED,
            why="every network has 1",
        ),
        _over_inputs(48),
        _scale(8, 4, curve="depth", x=4),
    ),
    curves=(
        Curve(
            "depth",
            "Log-scale of linear networks of rank-one weights, N = 8",
            "depth L",
            "E log(tr J J^T/N)",
            range(1, 51),
            lambda x: {"width": 8, "depth": int(x), "slope": 1},
            laws=("scale",),
        ),
    ),
    remark=(
        "A rank-one W has one non-zero singular value; its eigenvalue u.v may be 0. At N = 500, "
        "L = 50 the mean log-scale is -62: a failure there is one of vanishing gradients."
    ),
    see=("vn.init", "vn.init.vni", "vn.sec4.iff", "vn.eq3", "vn.table1"),
)  # fmt: skip
