"""The annealed VNI for iid weights of any law: only their kurtosis enters.

    vn.rec.iid   three statistics close: a = E tr C^2, b = E (tr C)^2, c = E sum_i C_ii^2

Entries of mean 0, variance v, kurtosis kappa; slopes of spread q; n -> m. With K = W C W^T, for
every C: E K_ii^2 = v^2 g, g = 2a + b + (kappa - 3) c, E K_ij^2 = v^2 a, E K_ii K_jj = v^2 b. Hence

    a' = s [(m-1) a + q g],   b' = s [(m-1) b + q g],   c' = s q g,   s = m mu_1^2 v^2

At kappa = 3 it is vn.rec, where X = (1-R)/(1+2R) multiplies; otherwise it does not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Claim, Curve, Finding, Law, Mutant, Probe, Proof, stated
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, kappa_w
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.probes import ANNEALED, network


def statistics(widths: Any, slope: Any, weight_kurtosis: Any) -> tuple[Any, Any, Any]:
    """(a, b, c) at the last layer, up to a common factor. Exact; rational in, rational out.

    >>> statistics((2, 2), 1, 1)
    (6, 8, 4)
    """
    q, kurtosis = rec.spread(slope), sp.sympify(prove.exact(weight_kurtosis))
    n = sp.sympify(widths[0])
    a, b, c = n, n**2, n
    for width in widths[1:]:
        m = sp.sympify(width)
        own = q * (2 * a + b + (kurtosis - 3) * c)
        a, b, c = (m - 1) * a + own, (m - 1) * b + own, own
    return a, b, c


def annealed(widths: Any, slope: Any, weight_kurtosis: Any) -> Any:
    """E tr C^2/E (tr C)^2 for iid weights of that kurtosis, slopes independent of them. Exact.

    >>> annealed((2, 2, 2), 1, 1), annealed((7, 4), 1, 3)
    (9/10, 2/5)
    """
    a, b, _ = statistics(widths, slope, weight_kurtosis)
    return a / b


def _mutated(change: str) -> Any:
    def evaluate(widths: Any, slope: Any, weight_kurtosis: Any) -> Any:
        q, kurtosis = rec.spread(slope), sp.sympify(prove.exact(weight_kurtosis))
        if change == "kappa in place of kappa - 3":
            kurtosis += 3
        if change == "Gaussian weights":
            kurtosis = sp.Integer(3)
        n = sp.sympify(widths[0])
        a, b, c = n, n**2, n
        for width in widths[1:]:
            m = sp.sympify(width)
            own = 2 * a + b + (kurtosis - 3) * c
            b_own = 0 if change == "g dropped from b'" else q * own
            c_own = own if change == "c' without q" else q * own
            a, b, c = (m - 1) * a + q * own, (m - 1) * b + b_own, c_own
        return a / b if b != 0 else sp.Integer(1)

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


@functools.cache
def multiplied_out(m: int, n: int) -> tuple[Any, Any, Any, sp.Matrix]:
    """(a', b', c', C) of one layer, every product of weights averaged; C any symmetric matrix.

    Entries: E w^2 = 1, E w^4 = kappa, odd moments 0 or in vain: no product holds a single w, w^3
    stands only beside another odd power of an independent entry. Slopes: E D^2 = 1, E D^4 = q.
    """
    entries, d = sp.symbols(f"w1:{m * n + 1}"), sp.symbols(f"d1:{m + 1}")
    cov = sp.Matrix(n, n, lambda i, j: sp.Symbol(f"c{min(i, j)}{max(i, j)}"))
    w = sp.Matrix(m, n, entries)
    k = w * cov * w.T
    squares = sum(k[i, j] ** 2 * d[i] * d[j] for i in range(m) for j in range(m))
    diagonal = sum(k[i, i] ** 2 * d[i] ** 2 for i in range(m))
    trace = sum(k[i, i] * d[i] for i in range(m))
    a, b, c = (_mean(f, entries, d) for f in (squares, trace**2, diagonal))
    return a, b, c, cov


def _mean(expression: Any, entries: Any, d: Any) -> Any:
    q, value = sp.Symbol("q"), sp.Integer(0)
    of_weight, of_slope = {0: 1, 2: 1, 4: kappa_w}, {0: 1, 1: 1, 2: q}
    for powers, coefficient in sp.Poly(expression, *entries, *d).terms():
        weights, slopes = powers[: len(entries)], powers[len(entries) :]
        if all(p in of_weight for p in weights):
            value += coefficient * sp.prod(
                [of_weight[p] for p in weights] + [of_slope[p] for p in slopes]
            )
        elif not any(p == 1 for p in weights):  # a third moment without a first one beside it
            raise ArithmeticError(f"the third moment enters: {powers}")
    return sp.expand(value)


def one_layer(law: Any) -> Finding:
    """One layer multiplied out for every symmetric C, kurtosis and q; C = I gives the law."""
    q = sp.Symbol("q")

    def facts() -> Iterator[tuple[str, bool]]:
        for m, n in ((2, 2), (1, 3), (3, 1)):
            a, b, c, cov = multiplied_out(m, n)
            start = (
                (cov * cov).trace(),
                cov.trace() ** 2,
                sum(cov[i, i] ** 2 for i in range(n)),
            )
            own = q * (2 * start[0] + start[1] + (kappa_w - 3) * start[2])
            step = (m * ((m - 1) * start[0] + own), m * ((m - 1) * start[1] + own), m * own)
            for name, found, claimed in zip("abc", (a, b, c), step, strict=True):
                yield f"{n} -> {m}: {name}', every C", sp.expand(found - claimed) == 0
            identity = {s: int(s.name[1] == s.name[2]) for s in cov.free_symbols}
            ratio = (a / b).subs(identity).subs(q, 2)
            value = law(widths=(n, m), slope=0, weight_kurtosis=kappa_w)
            yield f"{n} -> {m}: R from C = I", rec.same(value, ratio)

    return prove.truth(
        facts(),
        predicted="the recursion of (a, b, c)",
        found="every product of weights multiplied out",
        detail="the third moment never enters",
    )


@functools.cache
def listed() -> tuple[tuple[tuple[int, ...], Any, int, sp.Rational], ...]:
    """(widths, slope, zeros, ratio): every weight in {-1, 0, 1} and every mask."""
    grid = [
        ((2, 2, 2), sp.Integer(1), 0),
        ((2, 2, 2), sp.Integer(0), 2),
        ((3, 2), sp.Integer(0), 0),
        ((3, 2, 2), sp.Integer(0), 0),
        ((2, 2, 2, 2), sp.Integer(1), 0),
        ((2, 3), sp.Rational(1, 2), 2),
        ((2, 2), sp.Integer(0), 18),  # kurtosis 10
    ]
    return tuple((w, s, zeros, rec.ratio_of_means(w, s, zeros=zeros)) for w, s, zeros in grid)


def by_enumeration(law: Any) -> Finding:
    """Every weight and mask of small networks, kurtosis 1, 2 and 10."""
    return prove.cases(
        (
            f"widths {w}, a = {s}, kurtosis {1 + Fraction(zeros, 2)}",
            law(widths=w, slope=s, weight_kurtosis=1 + Fraction(zeros, 2)),
            found,
        )
        for w, s, zeros, found in listed()
    )


def gaussian_weights(law: Any) -> Finding:
    """Kurtosis 3 is vn.rec, at every width of two layers."""
    n, m, k = sp.symbols("n m k", positive=True)
    widths = (n, m, k)
    return prove.truth(
        [
            (f"a = {s}", rec.same(law(widths=widths, slope=s, weight_kurtosis=3),
                                  rec.annealed(widths, s)))
            for s in (0, 1)
        ],
        predicted="the law for kurtosis 3",
        found="X multiplies by (m-1)/(m-1+3q) (vn.rec)",
    )  # fmt: skip


# --- the claim -------------------------------------------------------------------------------

PARAMETERS = (rec.LAYERS, SLOPE, WEIGHT_KURTOSIS)
KURTOSIS = {"uniform": Fraction(9, 5), "rademacher": Fraction(1), "three_point": Fraction(2)}


def _probe(weights: str, widths: tuple[int, ...], slope: Any, why: str, **more: Any) -> Probe:
    kurtosis = KURTOSIS[weights]
    kind = "linear" if slope == 1 else "relu"
    extra = {"weight_kurtosis": float(kurtosis)} if weights == "three_point" else {}
    return Probe(
        name=f"{weights} {kind} {'-'.join(map(str, widths))}",
        experiment="node_correlation",
        setup=network(widths, slope, weights=weights, **extra),
        at={"widths": widths, "slope": slope, "weight_kurtosis": kurtosis},
        estimand=ANNEALED,
        laws=("sharper",),
        why=why,
        budget=0.4,
        **more,
    )


a_l, b_l, c_l = (sp.IndexedBase(x) for x in "abc")
l, m_l, q, g = sp.symbols("l m q g")  # noqa: E741

CLAIM = Claim(
    id="vn.rec.iid",
    title="exact annealed VNI for iid weights of any law: only their kurtosis enters",
    source=PAPER.at(
        "Figure 1, the remark on scaled uniform weights",
        "similar results are obtained with other weight laws (not in the document: which ones)",
    ),
    kind="exact",
    laws=(
        Law(
            role="sharper",
            formula=sp.Eq(
                rec.R_A,
                ((m_l - 1) * a_l[l - 1] + q * g) / ((m_l - 1) * b_l[l - 1] + q * g),
            ),
            parameters=PARAMETERS,
            words="a_L/b_L, g = 2a + b + (kappa-3) c, c' = q g; at first a = c = n_0, b = n_0^2",
            evaluate=annealed,
            mutants=tuple(
                Mutant(name, _mutated(name))
                for name in (
                    "kappa in place of kappa - 3",
                    "Gaussian weights",
                    "c' without q",
                    "g dropped from b'",
                )
            ),
        ),
    ),
    assumptions=(
        stated("iid weights of mean 0", lambda p: p.get("weights", "uniform") != "haar"),
        stated(
            "slopes independent of the weights (linear, or vn.masklaw)",
            lambda p: p.get("activation") != "tanh",
        ),
    ),
    expected="holds",
    because=(
        "One layer multiplied out closes in three statistics for every C; every small network with "
        "weights of kurtosis 1, 2 and 10 gives the same fraction, sampled networks agree."
    ),
    proofs=(
        Proof(
            "one layer",
            "symbolic",
            "every product of weights, for every C, kurtosis and spread of the slopes",
            one_layer,
            law="sharper",
        ),
        Proof(
            "enumeration",
            "exact",
            "every weight and mask of small networks, up to three layers",
            by_enumeration,
            law="sharper",
        ),
        Proof(
            "kurtosis 3",
            "symbolic",
            "two layers of any widths: the law of Gaussian weights",
            gaussian_weights,
            law="sharper",
        ),
    ),
    probes=(
        _probe("uniform", (16, 16, 16), sp.Integer(0), "ReLU with its own activation pattern"),
        _probe("rademacher", (6, 7, 5), sp.Integer(1), "kurtosis 1, unequal widths"),
        _probe("three_point", (8, 8, 8, 8), sp.Integer(1), "kurtosis 2"),
        *(
            _probe("rademacher", (10,) * (depth + 1), sp.Integer(1), "growth with depth",
                   curve="depth", x=depth)
            for depth in (1, 2, 3)
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Annealed VNI of linear networks of width 10 with +-1 weights",
            "depth L",
            "E tr C^2 / E (tr C)^2",
            range(1, 9),
            lambda x: {"widths": (10,) * (int(x) + 1), "slope": 1, "weight_kurtosis": 1},
            laws=("sharper",),
        ),
    ),
    remark=(
        "The kurtosis shifts R by (kappa - 3) q L/N^2 to leading order, so eq. (6) is the same for "
        "all iid laws. The third moment never enters."
    ),
    see=("vn.rec", "vn.eq6", "vn.masklaw"),
)  # fmt: skip
