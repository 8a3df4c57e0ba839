"""Figures 7 and 8: weights of the right variance, and gradients that explode all the same.

    vn.fig7   sigma_w^2 mu_1 near 1 shows that gradients neither vanish nor explode

A change s u v^T of a matrix, u and v of length 1, changes sigma_w^2 = |W|_F^2/N by
(s^2 + 2 s u^T W v)/N: of order 1/N, whatever it does to gradients. Take L linear layers
W = I + s e e^T: sigma_w^2 = 1 + (2s + s^2)/N, and J = W^L has the singular values (1 + s)^L, once,
and 1, N - 1 times. With random weights beside the spike the means are as blind and as exact
(spiked_weights.py): for s > 1 the spike rules, E tr J J^T grows like s^{2L}.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
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
)
from theory.symbols import L, N
from theory.vanishing_nodes import PAPER, spiked_weights
from theory.vanishing_nodes.probes import ANNEALED, network
from theory.vanishing_nodes.rec_finite_width import R_A, R_sq, annealed

s, overlap = sp.symbols("s omega", real=True)
PARAMETERS = (
    Parameter("width", Integers(2), "N, units of every layer", N),
    Parameter("depth", Integers(1, 200), "L, number of linear layers", L),
    Parameter("spike", Reals(0, 10), "s: every W is I + s e e^T, |e| = 1", s),
)
SPIKED = (
    *PARAMETERS[:2],
    Parameter("spike", Reals(0, 10), "s: every W is G + s u u^T, G random, |u| = 1", s),
)
CHANGE = (
    PARAMETERS[0],
    PARAMETERS[2],
    Parameter("overlap", Reals(-100, 100), "u^T W v of the matrix that is changed", overlap),
)


def variance(width: Any, spike: Any, overlap: Any = 1) -> sp.Expr:
    """Change of sigma_w^2 = |W|_F^2/N by s u v^T: (s^2 + 2 s u^T W v)/N. Exact.

    >>> variance(500, 2), variance(500, 2, 0)
    (2/125, 1/125)
    """
    size, weight = sp.sympify(prove.exact(width)), sp.sympify(prove.exact(spike))
    return (weight**2 + 2 * weight * sp.sympify(prove.exact(overlap))) / size


def as_read(width: Any, depth: Any, spike: Any) -> sp.Expr:
    """(sigma_w^2 mu_1)^L of those layers: what eqs. (14) and (15) make of their variance.

    >>> as_read(2, 1, 1)
    5/2
    """
    return (1 + variance(width, spike)) ** sp.sympify(depth)


def scale(width: Any, depth: Any, spike: Any) -> sp.Expr:
    """tr J J^T/N = ((1 + s)^{2L} + N - 1)/N. Exact.

    >>> scale(2, 2, 1), scale(500, 50, 0)
    (17/2, 1)
    """
    size, top = sp.sympify(width), _top(depth, spike)
    return (top + size - 1) / size


def vni(width: Any, depth: Any, spike: Any) -> sp.Expr:
    """R_sq of J J^T, eq. (5): (t^2 + N - 1)/(t + N - 1)^2, t = (1 + s)^{2L}. Exact.

    >>> vni(2, 1, 1), vni(10, 3, 0)
    (17/25, 1/10)
    """
    size, top = sp.sympify(width), _top(depth, spike)
    return (top**2 + size - 1) / (top + size - 1) ** 2


def _top(depth: Any, spike: Any) -> sp.Expr:
    return (1 + sp.sympify(prove.exact(spike))) ** (2 * sp.sympify(depth))


# --- proofs ----------------------------------------------------------------------------------


def changed(law: Any) -> Finding:
    """|W + s u v^T|_F^2 - |W|_F^2, all entries symbols: s^2 |u|^2 |v|^2 + 2 s u^T W v."""

    def differences() -> Iterator[tuple[str, Any]]:
        for n in (2, 3):
            w = sp.Matrix(n, n, sp.symbols(f"w1:{n * n + 1}"))
            u, v = (sp.Matrix(sp.symbols(f"{name}1:{n + 1}")) for name in "uv")
            after, before = (sum(x**2 for x in matrix) for matrix in (w + s * u * v.T, w))
            norms = (u.T * u)[0] * (v.T * v)[0]  # 1 in the law
            own = law(width=n, spike=s, overlap=(u.T * w * v)[0])
            yield f"N = {n}", sp.expand(own * n + s**2 * (norms - 1) - (after - before))

    return prove.identities(
        differences(), predicted="(s^2 + 2 s u^T W v)/N", found="all entries multiplied out"
    )


def _literal() -> Iterator[tuple[dict[str, Any], sp.Matrix]]:
    """Arguments and J of small networks whose spikes lie along (3, 4)/5 and along an axis."""
    for size, depth, weight in ((2, 1, 1), (2, 3, 2), (3, 2, sp.Rational(1, 2)), (4, 2, 1)):
        e = sp.Matrix([sp.Rational(3, 5), sp.Rational(4, 5), *[0] * (size - 2)])
        w = sp.eye(size) + weight * e * e.T
        yield {"width": size, "depth": depth, "spike": weight}, w**depth


def literal_scale(law: Any) -> Finding:
    """tr J J^T/N of networks multiplied out in fractions."""
    return prove.cases(
        (f"N = {at['width']}, L = {at['depth']}, s = {at['spike']}", law(**at),
         sum(x**2 for x in j) / at["width"])
        for at, j in _literal()
    )  # fmt: skip


def literal_vni(law: Any) -> Finding:
    """Eq. (5) of the same networks."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for at, j in _literal():
            c = j * j.T
            found = (c * c).trace() / c.trace() ** 2
            yield f"N = {at['width']}, L = {at['depth']}, s = {at['spike']}", law(**at), found

    return prove.cases(rows())


def wide(law: Any) -> Finding:
    """N -> infinity with s and L kept: sigma_w^2 -> 1, and the largest singular value stays."""
    at = {"depth": 50, "spike": sp.Integer(1)}
    facts = [
        ("sigma_w^2 -> 1", sp.limit(1 + variance(N, s), N, sp.oo) == 1),
        ("at N = 500, s = 1: 1 + 3/500", variance(500, 1) == sp.Rational(3, 500)),
        ("and R_sq = 1 to 25 digits", bool(1 - law(width=500, **at) < sp.Rational(1, 10**25))),
    ]
    return prove.truth(facts, predicted="a VNI of 1", found="a variance of 1.006")


def without_spike(law: Any) -> Finding:
    """s = 0: the law of Gaussian weights, vn.rec; and N = 1, where R = 1."""
    sizes = ((2, 5, 0), (20, 7, 0), (200, 50, 0))
    return prove.cases(
        [
            *((f"N = {n}, L = {k}, s = 0", law(width=n, depth=k, spike=s),
               annealed((n,) * (k + 1), 1)) for n, k, s in sizes),
            ("N = 1, L = 3, s = 2", law(width=1, depth=3, spike=2), 1),
        ]
    )  # fmt: skip


# --- the claim -------------------------------------------------------------------------------

spikes, runs = sp.symbols("k r", integer=True, positive=True)
WORDS = (
    s ** (2 * spikes)
    * N ** (1 - runs)
    * sp.binomial(spikes - 1, runs - 1)
    * sp.binomial(L - spikes + 1, runs)
)
MEAN_TRACE = sp.Function("E")(sp.Symbol("tr J J^T"))


def spiked_as_read(width: Any, depth: Any, spike: Any) -> Any:
    """N (1 + s^2/N)^L: eq. (14) with sigma_w^2 = 1 + s^2/N, the mean over random weights."""
    size = sp.sympify(width)
    return size * (1 + variance(width, spike, 0)) ** sp.sympify(depth)


def _probe(
    name: str, size: tuple[int, int, Any], laws: tuple[str, ...], why: str, **more: Any
) -> Probe:
    width, depth, spike = size
    at = {"width": width, "depth": depth, "spike": spike}
    trace = Estimand("mean", ("trace",), over="networks; E tr J J^T")
    return Probe(
        name=f"{name}, N={width} L={depth} s={spike}",
        experiment="node_correlation",
        setup=network((width,) * (depth + 1), 1, weights="spiked", spike=float(spike)),
        at={k: v for k, v in at.items() if k != "depth" or laws != ("squares",)},
        estimand=ANNEALED if name == "VNI" else trace,
        laws=laws,
        why=why,
        **more,
    )


CLAIM = Claim(
    id="vn.fig7",
    title="sigma_w^2 mu_1 near one shows that gradients neither vanish nor explode",
    source=PAPER.at(
        "Section 6.1, Figures 7 and 8",
        "both successful and failed networks have sigma_w^2 mu_1 near one, which indicates that "
        "they satisfy a condition that prevents vanishing/exploding gradients",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("g"), (1 + (2 * s + s**2) / N) ** L),
            parameters=PARAMETERS,
            words="squared scale of signals and gradients from the variance of the weights",
            evaluate=as_read,
            mutants=(
                Mutant("one layer", lambda width, depth, spike: as_read(width, 1, spike)),
            ),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(sp.Symbol("g"), ((1 + s) ** (2 * L) + N - 1) / N),
            parameters=PARAMETERS,
            words="squared scale of signals and gradients: tr J J^T/N of those layers",
            evaluate=scale,
            mutants=(
                Mutant(
                    "(1 + s)^L", lambda width, depth, spike: scale(width, sp.Rational(depth, 2),
                                                                   spike)
                ),
                Mutant("as from the variance", as_read),
            ),
        ),
        Law(
            role="sharper",
            name="change",
            formula=sp.Eq(
                sp.Symbol("Delta") * sp.Symbol("sigma_w") ** 2, (s**2 + 2 * s * overlap) / N
            ),
            parameters=CHANGE,
            words="change of sigma_w^2 by s u v^T, |u| = |v| = 1, whatever the matrix is",
            evaluate=variance,
            mutants=(
                Mutant(
                    "operator norm in place of the variance",
                    lambda width, spike, overlap: variance(1, spike, overlap),
                ),
                Mutant(
                    "s^2/N alone", lambda width, spike, overlap: variance(width, spike, 0)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="VNI",
            formula=sp.Eq(
                R_sq, ((1 + s) ** (4 * L) + N - 1) / ((1 + s) ** (2 * L) + N - 1) ** 2
            ),
            parameters=PARAMETERS,
            words="VNI of the same layers, eq. (5): near 1 while sigma_w^2 is",
            evaluate=vni,
            mutants=(
                Mutant("1/N", lambda width, depth, spike: sp.Rational(1, int(width))),
                Mutant(
                    "one spike in all", lambda width, depth, spike: vni(width, 1, spike)
                ),
            ),
        ),
        Law(
            role="stated",
            name="spiked",
            formula=sp.Eq(MEAN_TRACE, N * (1 + s**2 / N) ** L),
            parameters=SPIKED,
            words="E tr J J^T from the variance of random weights with a spike",
            evaluate=spiked_as_read,
            mutants=(Mutant("(1 + s^2)^L", lambda width, depth, spike: spiked_as_read(
                width, depth, spike * sp.sqrt(width))),),
        ),
        Law(
            role="sharper",
            name="squares",
            formula=sp.Eq(sp.Function("E")(sp.Symbol("|W|_F") ** 2), N + s**2),
            parameters=(SPIKED[0], SPIKED[2]),
            words="N sigma_w^2 of random weights with a spike, any law of variance 1/N",
            evaluate=spiked_weights.squares,
            mutants=(
                Mutant("no spike", lambda width, spike: int(width)),
                Mutant("operator norm", lambda width, spike: width * spiked_weights.squares(
                    1, spike)),
            ),
        ),
        Law(
            role="corrected",
            name="spiked, corrected",
            formula=sp.Eq(
                MEAN_TRACE,
                N + sp.Sum(WORDS, (runs, 1, spikes), (spikes, 1, L)),
            ),
            parameters=SPIKED,
            words="E tr J J^T of the same layers: exact at every width, any law of variance 1/N",
            evaluate=spiked_weights.trace,
            mutants=(
                Mutant("as from the variance", spiked_as_read),
                Mutant("one layer fewer", lambda width, depth, spike: spiked_weights.trace(
                    width, max(0, int(depth) - 1), spike)),
                Mutant("spikes do not meet", lambda width, depth, spike: spiked_weights.trace(
                    width, 1, spike) ** int(depth) / width ** (int(depth) - 1)),
            ),
        ),
        Law(
            role="sharper",
            name="spiked, VNI",
            formula=sp.Eq(R_A, sp.Symbol("E tr C^2") / sp.Symbol("E (tr C)^2")),
            parameters=SPIKED,
            words="annealed VNI of layers of Gaussian weights with a spike, by a linear recursion "
            "of five means",
            evaluate=spiked_weights.annealed,
            mutants=(
                Mutant("no spike", lambda width, depth, spike: spiked_weights.annealed(
                    width, depth, 0)),
                Mutant("one layer fewer", lambda width, depth, spike: spiked_weights.annealed(
                    width, max(0, int(depth) - 1), spike)),
                Mutant("no weights beside it", vni),
            ),
        ),
    ),
    assumptions=(),
    expected="false-as-stated",
    because=(
        "A spike s u v^T moves sigma_w^2 by order 1/N only, and (1+s)^L of the gradient by it: "
        "fifty layers I + e e^T of 500 units have sigma_w^2 = 1.006, one singular value 2^50 and a "
        "VNI of 1. So it is on average with random weights beside the spike, for s > 1. The "
        "figure does not tell vanishing nodes from exploding gradients."
    ),
    proofs=(
        Proof("networks", "exact", "small networks multiplied out", literal_scale),
        Proof(
            "networks, corrected", "exact", "small networks multiplied out", literal_scale,
            law="corrected",
        ),
        Proof("entries", "symbolic", "all entries of W, u and v", changed, law="change"),
        Proof("eq. (5)", "exact", "the same networks", literal_vni, law="VNI"),
        Proof("500 units", "exact", "the document's width, L = 50, s = 1", wide, law="VNI"),
        Proof("every network, as read", "exact", "all networks of discrete weights, N = 2, 3",
              spiked_weights.every_trace, law="spiked"),
        Proof("every matrix", "exact", "all matrices of discrete entries, N = 2, 3",
              spiked_weights.every_square, law="squares"),
        Proof("every network", "exact", "all networks of discrete weights, N = 2, 3",
              spiked_weights.every_trace, law="spiked, corrected"),
        Proof("words", "exact", "G or spike in each layer, N = 200 and L = 50 among them",
              spiked_weights.words, law="spiked, corrected"),
        Proof("fourth moment 3", "exact", "all networks of three-point weights, N = 1, 2, 3",
              spiked_weights.every_ratio, law="spiked, VNI", tiers=LATER),
        Proof("no spike", "exact", "the law of Gaussian weights, and N = 1",
              without_spike, law="spiked, VNI"),
    ),
    probes=(
        _probe("one matrix", (20, 1, 2), ("squares",), "|W|_F^2 hardly moves"),
        _probe("trace", (20, 4, 2), ("spiked", "spiked, corrected"), "what four spikes do"),
        _probe("VNI", (20, 4, 2), ("spiked, VNI",), "0.22 without a spike"),
        _probe("VNI", (100, 10, Fraction(3, 2)), ("spiked, VNI",), "sigma_w^2 = 1.0225",
               tiers=LATER),
    ),
    curves=(
        Curve(
            "spike",
            "Squared scale after 50 linear layers of 500 units with a spike s",
            "s",
            "tr J J^T/N",
            tuple(k / 10 for k in range(11)),
            lambda x: {"width": 500, "depth": 50, "spike": x},
            laws=("stated", "corrected"),
            log_y=True,
        ),
    ),
    remark=(
        "No network is trained here: what the trained matrices were is not known. mu_1 belongs to "
        "the preactivations after training, which the document does not say how it measured."
    ),
    see=("vn.sec4.iff", "vn.eq14", "vn.eq15", "vn.fig9", "vn.walkingdead"),
)  # fmt: skip
