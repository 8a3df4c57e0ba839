"""ZerO*: its random part is felt over one layer; from then on nothing changes.

    vev.zerostar   S^2 over data and kurtosis over networks: constant after the first layer

The first ReLU is no identity and counts as a change of its own, in ZerO as in ZerO*.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Choice, Claim, Curve, Finding, Law, Mutant, Parameter, Proof, stated
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.init_zero import (
    DEPTH,
    LATER_DEPTH,
    REST,
    S_SQ,
    d,
    output,
    sample_variance,
    variance,
    variance_over_data,
)

t = sp.Symbol("t", real=True)
QUANTITY = Parameter(
    "quantity",
    Choice(("empirical variance", "kurtosis")),
    "S^2 of one network over its data, or E y^4/(E y^2)^2 over networks and data",
)


def gaussian_half(power: int) -> sp.Expr:
    """E relu(g)^p from the density."""
    density = sp.exp(-(t**2) / 2) / sp.sqrt(2 * sp.pi)
    return sp.integrate(t**power * density, (t, 0, sp.oo))


def kurtosis(depth: Any) -> sp.Expr:
    """Central kurtosis over data: 3, then that of relu(g).

    >>> kurtosis(1), sp.N(kurtosis(2), 6)
    (3, 5.40764)
    """
    if depth == 1:
        return sp.Integer(3)
    fourth = sp.Rational(3, 2) - 5 / (2 * sp.pi) - 3 / (4 * sp.pi**2)
    return sp.expand(fourth) / REST**2


def variance_by_integrals(law: Any) -> Finding:
    """Var relu(g) from the density, for a unit that is N(0, 1) over the data."""
    later = gaussian_half(2) - gaussian_half(1) ** 2
    return prove.cases(
        [
            ("layer 1", law(depth=1), sp.Integer(1)),
            *((f"layer {i}", law(depth=i), later) for i in (2, 3, 40)),
        ],
        "identities hand on relu(y), which a ReLU leaves alone",
    )


def kurtosis_by_integrals(law: Any) -> Finding:
    """Central fourth moment of relu(g) over the squared variance, from the density."""
    one, two, three, four = (gaussian_half(p) for p in (1, 2, 3, 4))
    central = four - 4 * one * three + 6 * one**2 * two - 3 * one**4
    later = central / (two - one**2) ** 2
    return prove.cases(
        [
            ("layer 1", law(depth=1), sp.Integer(3)),
            *((f"layer {i}", law(depth=i), later) for i in (2, 40)),
        ],
        "Gaussian integrals",
    )


DATA = tuple(tuple(Fraction(v, 2) for v in x) for x in ((3, -1), (-2, 5), (4, 4), (-1, -7), (0, 2)))


@functools.cache
def outputs(depth: int) -> tuple[tuple[Any, tuple[tuple[Any, ...], ...]], ...]:
    """Layer `depth` of every ZerO* network of width 2 with +-1 weights below, datum by datum."""
    return tuple(
        (rows, tuple(tuple(output(x, (2,) * depth, sp.Matrix(rows))) for x in DATA))
        for rows, _ in en.matrices(2, 2, en.SIGN)
    )


def _kurtosis(networks: Sequence[tuple[Any, tuple[tuple[Any, ...], ...]]]) -> Any:
    values = [y[0] for _, outs in networks for y in outs]
    second, fourth = (sum(v**k for v in values) / sp.Integer(len(values)) for k in (2, 4))
    return fourth / second**2


def layer_by_layer(law: Any) -> Finding:
    """Every first matrix: S^2 of each unit that varies, and the kurtosis over all networks."""
    rows = []
    for depth in (2, 3, 6):
        before, after = outputs(depth), outputs(depth + 1)
        for (label, then), (_, now) in zip(before, after, strict=True):
            for unit in range(2):
                old, new = (sample_variance([y[unit] for y in outs]) for outs in (then, now))
                if old:
                    predicted = law(quantity="empirical variance", depth=depth)
                    rows.append(
                        (
                            f"layer {depth}, first {sp.Matrix(label).tolist()}, unit {unit}",
                            predicted,
                            new / old,
                        )
                    )
        predicted = law(quantity="kurtosis", depth=depth)
        rows.append((f"layer {depth}, kurtosis", predicted, _kurtosis(after) / _kurtosis(before)))
    return prove.cases(rows, "every first matrix of signs, width 2, five data points")


CLAIM = Claim(
    id="vev.zerostar",
    title="the random part of ZerO* changes empirical variance and kurtosis over one layer only",
    source=PAPER.at(
        "Chapter 3, Appendix A",
        "the random part of ZerO* changes empirical variance and kurtosis over a single layer only",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(S_SQ(d + 1) / S_SQ(d), 1),
            parameters=(QUANTITY, LATER_DEPTH),
            words=(
                "S^2 (and likewise kurtosis) of linear layer d + 1 over that of d, for any data "
                "and any first matrix, after the one random layer"
            ),
            evaluate=lambda quantity, depth: sp.Integer(1),
            mutants=(
                Mutant(
                    "S^2 only",
                    lambda quantity, depth: sp.Integer(1 if quantity != "kurtosis" else 2),
                ),
                Mutant("every ReLU takes its share", lambda quantity, depth: sp.expand(REST)),
            ),
        ),
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(S_SQ(d), sp.Piecewise((1, sp.Eq(d, 1)), (sp.expand(REST), True))),
            parameters=(DEPTH,),
            words="S^2 of one unit in units of its first layer: the first ReLU takes from it, once",
            evaluate=variance,
            mutants=(
                Mutant(
                    "mean square in place of the variance",
                    lambda depth: sp.Integer(1) if depth == 1 else sp.Rational(1, 2),
                ),
                Mutant("no drop at the first ReLU", lambda depth: sp.Integer(1)),
                Mutant("every ReLU", lambda depth: REST ** (depth - 1)),
            ),
        ),
        Law(
            role="sharper",
            name="kurtosis",
            formula=sp.Eq(
                sp.Symbol("kappa"),
                sp.Piecewise((3, sp.Eq(d, 1)), (sp.Symbol("kappa_relu"), True)),
            ),
            parameters=(DEPTH,),
            words="central kurtosis over data: 3, then 5.40764, that of relu(g)",
            evaluate=kurtosis,
            mutants=(
                Mutant("3 at every layer", lambda depth: sp.Integer(3)),
                Mutant("not centred", lambda depth: sp.Integer(3 if depth == 1 else 6)),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated(
            "for the values: a first pre-activation that is Gaussian over the data",
            lambda p: p.get("inputs", "gaussian") == "gaussian",
        ),
    ),
    expected="holds",
    because=(
        "Above the random layer stand identities, and relu(relu(y)) = relu(y): from linear layer 2 "
        "on nothing changes. The one change after the random layer is the first ReLU, as in ZerO: "
        "it leaves (1 - 1/pi)/2 = 0.34 of a Gaussian unit's variance."
    ),
    proofs=(
        Proof(
            "layer by layer",
            "exact",
            "every first matrix of signs: S^2 of each network, kurtosis over all of them",
            layer_by_layer,
        ),
        Proof(
            "Gaussian integrals",
            "exact",
            "Var relu(g) from the density",
            variance_by_integrals,
            law="variance",
        ),
        Proof(
            "fourth moment",
            "exact",
            "central moments of relu(g) from the density",
            kurtosis_by_integrals,
            law="kurtosis",
        ),
    ),
    probes=tuple(
        variance_over_data("zerostar", depth, laws=("variance",)) for depth in (1, 2, 3, 20)
    ),
    curves=(
        Curve(
            "depth",
            "Empirical variance of one unit, ZerO*, N(0, I) data",
            "linear layer",
            "variance over data",
            (1, 2, 3, 5, 10, 20, 40),
            lambda x: {"depth": int(x)},
            laws=("variance",),
            log_x=True,
        ),
    ),
    remark=(
        "Counted in linear layers, two steps change S^2: the random matrix and the first ReLU, "
        "which is not random; if a layer is its matrix and its ReLU, there is one. Accuracies on "
        "MNIST and CIFAR10 are not tested here."
    ),
    see=("vev.init.zero", "vev.init.zerostar", "vev.zero_mnist"),
)
