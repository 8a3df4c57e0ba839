"""ZerO*: which layers its random part changes. Not one but two: the first ReLU counts too.

vev.zerostar   S^2 and kurtosis over data, constant from linear layer 2 on, not from 1 on
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import Claim, Curve, Finding, Law, Mutant, Proof, stated
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.init_zero import DEPTH, REST, d, variance, variance_over_data

t = sp.Symbol("t", real=True)


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


CLAIM = Claim(
    id="vev.zerostar",
    title="ZerO* changes empirical variance and kurtosis over a single layer only: over two",
    source=PAPER.at(
        "Chapter 3, Appendix A",
        "the random part of ZerO* changes empirical variance and kurtosis over a single layer only",
    ),
    kind="statement",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Function("S^2")(d), 1),
            parameters=(DEPTH,),
            words="variance over data of a unit of linear layer d, in units of that of layer 1",
            evaluate=lambda depth: sp.Integer(1),
            mutants=(Mutant("halved at layer 1", lambda depth: sp.Rational(1, 2)),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(
                sp.Function("S^2")(d), sp.Piecewise((1, sp.Eq(d, 1)), (sp.expand(REST), True))
            ),
            parameters=(DEPTH,),
            words="the first ReLU changes it too; constant from linear layer 2 on",
            evaluate=variance,
            mutants=(
                Mutant(
                    "mean square in place of the variance",
                    lambda depth: sp.Integer(1) if depth == 1 else sp.Rational(1, 2),
                ),
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
            "a first pre-activation that is Gaussian over the data",
            lambda p: p.get("inputs", "gaussian") == "gaussian",
        ),
    ),
    expected="false-as-stated",
    because=(
        "The first ReLU is not the identity: it leaves (1 - 1/pi)/2 = 0.34 of the variance and "
        "raises the kurtosis from 3 to 5.41; only from linear layer 2 on does nothing change."
    ),
    proofs=(
        Proof("Gaussian integrals", "exact", "Var relu(g) from the density", variance_by_integrals),
        Proof(
            "Gaussian integrals, corrected",
            "exact",
            "Var relu(g) from the density",
            variance_by_integrals,
            law="corrected",
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
        variance_over_data("zerostar", depth, laws=("stated", "corrected"))
        for depth in (1, 2, 3, 20)
    ),
    curves=(
        Curve(
            "depth",
            "Empirical variance of one unit, ZerO*, N(0, I) data",
            "linear layer",
            "variance over data",
            (1, 2, 3, 5, 10, 20, 40),
            lambda x: {"depth": int(x)},
            laws=("stated", "corrected"),
            log_x=True,
        ),
    ),
    remark=(
        "The point of the statement stands: nothing changes with depth. Accuracies on MNIST and "
        "CIFAR10 are not tested here."
    ),
    see=("vev.init.zerostar", "vev.zero_mnist"),
)
