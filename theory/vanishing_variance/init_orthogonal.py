"""Orthogonal initialisation with gain sqrt 2: a ReLU keeps half of a random direction, not exactly.

vev.init.orthogonal   T = 2 ||phi(u)||^2: min(1, n/m), (w + 5)/(w + 2), log 2 + E psi - psi
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import LATER, Claim, Finding, Law, Mutant, Proof, stated
from theory.symbols import WIDTH, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.recursion import trajectory


def variance_ratio(n_in: Any, n_out: Any) -> sp.Expr:
    """n/max(n, m): entries have mean square 2/max(n, m), half of the square each.

    >>> variance_ratio(20, 10), variance_ratio(10, 20)
    (1, 1/2)
    """
    return sp.sympify(n_in) / sp.Max(sp.sympify(n_in), sp.sympify(n_out))


def norms(law: Any) -> Finding:
    """W^T W or W W^T is 2; the projection on m of n coordinates keeps m/n of a mean square.

    n >= m: the m units share 2 (m/n) ||phi||^2. n < m: they share 2 ||phi||^2.
    """
    pairs = [(2, 2), (5, 3), (3, 5), (10, 1)]
    return prove.cases(
        (
            f"{n_in} -> {n_out}",
            law(n_in=n_in, n_out=n_out),
            2 * min(sp.Rational(n_out, n_in), sp.Integer(1)) * sp.Rational(n_in, 2) / n_out,
        )
        for n_in, n_out in pairs
    )


def by_sphere(law: Any) -> Finding:
    """E (2 ||phi(u)||^2)^2 from E u_i^4 = 3/(w(w+2)), E u_i^2 u_j^2 = 1/(w(w+2)), w symbolic."""
    unit = 1 / (w * (w + 2))
    square = 4 * init.squares_of_units(unit / 4, 3 * unit / 2, w)
    return prove.identity(
        law(width=w) - square, predicted="(w + 5)/(w + 2)", found="moments of the sphere"
    )


def he_without_its_radius(law: Any) -> Finding:
    """T of He is T times chi^2_w/w, independent: (1 + 5/w)/(1 + 2/w), by the recursion."""
    return prove.cases(
        (
            f"w = {size}",
            law(width=size),
            sp.cancel(
                trajectory((size,), 0, 3, 3, 1)[1][0] / trajectory((size,), 1, 3, 3, 1)[1][0]
            ),
        )
        for size in init.SIZES
    )


CLAIM = Claim(
    id="vev.init.orthogonal",
    title="orthogonal initialisation, ReLU: fourth moment times (w + 5)/(w + 2) per layer",
    source=PAPER.at(
        "Section 6.1",
        "orthogonal initialisation (Saxe et al. 2014) is one of the methods whose empirical "
        "variance vanishes; the gain is not given",
    ),
    kind="algorithm",
    laws=(
        init.variance_law(
            init.n / sp.Max(init.n, init.m),
            variance_ratio,
            (
                Mutant("kept", lambda n_in, n_out: sp.Integer(1)),
                Mutant("gain 1", lambda n_in, n_out: variance_ratio(n_in, n_out) / 2),
            ),
        ),
        Law(
            role="sharper",
            name="fourth moment",
            formula=sp.Eq(init.FOURTH_RATIO, (w + 5) / (w + 2)),
            parameters=(WIDTH,),
            words="growth of the fourth moment, hence of the kurtosis, per layer",
            mutants=(
                Mutant("that of He", lambda width: 1 + 5 / sp.sympify(width)),
                Mutant("none", lambda width: sp.Integer(1) + 0 * width),
                Mutant("1 + 3/w", lambda width: 1 + 3 / sp.sympify(width)),
            ),
        ),
        init.drift_law(
            sp.log(2) + init.LOG_OF_ACTIVE - sp.digamma(w / 2),
            lambda width: init.orthogonal_drift(width),
            (
                Mutant("that of He", lambda width: init.he_drift(width)),
                Mutant("gain 1", lambda width: init.orthogonal_drift(width) - sp.log(2)),
            ),
        ),
    ),
    assumptions=(
        init.RELU,
        stated("Haar-distributed matrices", lambda p: p.get("weights", "haar") == "haar"),
    ),
    expected="holds",
    because=(
        "The matrix keeps the norm exactly and the ReLU does not: which part of a uniform "
        "direction is positive varies from network to network."
    ),
    proofs=(
        Proof(
            "norms",
            "exact",
            "semi-orthogonal matrices times the root of 2, wide and tall",
            norms,
            law="variance",
        ),
        Proof(
            "sphere",
            "symbolic",
            "fourth moments of a uniform direction, for every w",
            by_sphere,
            law="fourth moment",
        ),
        Proof(
            "He without its radius",
            "exact",
            "the He factor is the orthogonal one times an independent chi^2_w/w",
            he_without_its_radius,
            law="fourth moment",
        ),
        Proof(
            "density",
            "exact",
            "E log chi^2_k over the number of active units, minus that of the radius",
            lambda law: init.drift_by_density(law, "orthogonal"),
            law="drift",
        ),
    ),
    probes=(
        init.variance_probe("orthogonal", {"n_in": 30, "n_out": 10}, (20, 30, 10), "narrowing"),
        init.variance_probe("orthogonal", {"n_in": 10, "n_out": 30}, (20, 10, 30), "widening"),
        init.fourth_probe("orthogonal", {"width": 48}, 48),
        *(init.drift_probe("orthogonal", {"width": size}, size) for size in (6, 10)),
        init.drift_probe("orthogonal", {"width": 20}, 20, tiers=LATER),
    ),
    curves=(init.drift_curve("orthogonal"),),
    remark=(
        "Gain sqrt 2, as the companion code has it; with gain 1 every layer also halves the "
        "variance, and Figure 1 would be another one. At |a| = 1 nothing grows at all "
        "(vev.hyp.offdiag)."
    ),
    see=("vev.hyp.offdiag", "vev.init.he"),
)
