"""Gaussian submatrix initialisation (GSM): a ReLU network that is a linear one of half the width.

    vev.init.gsm   W = [[W0, -W0], [-W0, W0]]: 1, 1 + 4/w, psi(w/4) - log(w/4); never dies

relu(u) - relu(-u) = u, so a layer (u, -u) hands on (W0 u, -W0 u). In h = w/2, half of the width,
the laws are those of a linear Gaussian network: 1 + 2/h and psi(h/2) - log(h/2).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import Claim, Finding, Law, Mutant, Proof, stated
from theory.vanishing_variance import PAPER
from theory.vanishing_variance import initialisers as init
from theory.vanishing_variance.recursion import trajectory

h = init.h


def mirrored_layer(past: en.Joint, half: int, block: en.Law) -> en.Joint:
    """Law of W relu(y), W = [[W0, -W0], [-W0, W0]] with iid entries of W0: every W0 is visited."""
    result: en.Joint = defaultdict(Fraction)
    read = len(next(iter(past)))
    for rows, p in en.matrices(half, read // 2, block):
        for y, q in past.items():
            active = [max(v, Fraction(0)) for v in y]
            first, second = active[: read // 2], active[read // 2 :]
            u = tuple(
                sum((w * (a - b) for w, a, b in zip(row, first, second, strict=True)), Fraction(0))
                for row in rows
            )
            result[(*u, *(-v for v in u))] += p * q
    return dict(result)


def half_width_network(law: Any) -> Finding:
    """Literal mirrored ReLU layers, +-1 blocks, against the linear recursion at half the width.

    The growth of the fourth moment from a Gaussian layer follows from the same recursion with
    kurtosis 3 (`recursion`); here every matrix of small networks is visited.
    """
    signs = en.iid(en.SIGN, 4)
    one = mirrored_layer(signs, 2, en.SIGN)  # reads differences of the two halves
    two = mirrored_layer(one, 1, en.SIGN)
    # differences of signs: {-1, 0, 1} after the ReLU, a three-point law of kurtosis 2
    linear = [state[0] for state in trajectory((2, 2), 1, 1, 2, 1)]
    rows = [
        ("one layer", en.unit_kurtosis(one), linear[1]),
        ("two layers", en.unit_kurtosis(two), linear[2]),
    ]
    for n_in, n_out in ((2, 2), (2, 4), (4, 2), (4, 4), (6, 2)):  # blocks of variance 2/n_in
        past = mirrored_layer(en.iid(en.SIGN, 2), n_in // 2, en.SIGN)
        gain = en.second_moment(mirrored_layer(past, n_out // 2, en.SIGN), n_out - 1)
        found = gain / en.second_moment(past) * Fraction(2, n_in)
        rows.append((f"variance, {n_in} -> {n_out}", found, law(n_in=n_in, n_out=n_out)))
    return prove.cases(rows, "ReLU networks of mirrored +-1 blocks")


def against_recursion(law: Any) -> Finding:
    """One step of Proposition 4.3 at a = 1 and width h, from a Gaussian layer."""
    return prove.cases(
        (f"h = {size}", law(half_width=size), trajectory((size,), 1, 3, 3, 1)[1][0] / 3)
        for size in init.SIZES
    )


def moments_of_chi2(law: Any) -> Finding:
    """E (chi^2_h/h)^2 = h (h + 2)/h^2, h symbolic."""
    return prove.identity(
        law(half_width=h) - init.squares_of_units(1, 3, h) / h**2,
        predicted="1 + 2/h",
        found="(3h + h(h - 1))/h^2",
    )


CLAIM = Claim(
    id="vev.init.gsm",
    title="Gaussian submatrix: a ReLU network that is a linear one of half the width",
    source=PAPER.at(
        "Section 6.1",
        "GSM (Burkholz and Dubatovka 2019) is one of the methods whose empirical variance vanishes",
    ),
    kind="algorithm",
    laws=(
        init.variance_law(
            1,
            lambda n_in, n_out: sp.Integer(1),
            (
                Mutant("hidden variance 1/fan_in", lambda n_in, n_out: sp.Rational(1, 2)),
                Mutant("2/(fan_in/2)", lambda n_in, n_out: sp.Integer(2)),
            ),
            units=init.PAIRED,
        ),
        Law(
            role="sharper",
            name="fourth moment",
            formula=sp.Eq(init.FOURTH_RATIO, 1 + 2 / h),
            parameters=(init.HALF_WIDTH,),
            words="growth of the fourth moment, hence of the kurtosis, per layer: 1 + 4/w",
            mutants=(
                Mutant("width for half of it", lambda half_width: 1 + 1 / sp.sympify(half_width)),
                Mutant("that of He", lambda half_width: 1 + sp.Rational(5, 2) / half_width),
            ),
        ),
        init.drift_law(
            sp.digamma(h / 2) - sp.log(h / 2),
            lambda half_width: init.gsm_drift(half_width),
            (
                Mutant("linear at full width", lambda half_width: init.gsm_drift(2 * half_width)),
                Mutant("leading order", lambda half_width: -1 / sp.sympify(half_width)),
            ),
            width=init.HALF_WIDTH,
            words="typical change of log ||y||^2 per layer; no network is ever dead",
        ),
    ),
    assumptions=(
        init.RELU,
        stated("mirrored Gaussian blocks", lambda p: p.get("weights", "mirrored") == "mirrored"),
    ),
    expected="holds",
    because=(
        "relu(u) - relu(-u) = u: the mirrored blocks undo the ReLU, and what is left is a linear "
        "Gaussian network of half the width, whose scale varies all the same."
    ),
    proofs=(
        Proof(
            "every matrix",
            "exact",
            "literal mirrored ReLU networks are linear networks of half the width",
            half_width_network,
            law="variance",
        ),
        Proof(
            "moments of chi^2",
            "symbolic",
            "E (chi^2_h/h)^2 for every h",
            moments_of_chi2,
            law="fourth moment",
        ),
        Proof(
            "recursion",
            "exact",
            "one step of Proposition 4.3 at a = 1 and half the width",
            against_recursion,
            law="fourth moment",
        ),
        Proof(
            "density",
            "exact",
            "E log chi^2_k from its density",
            lambda law: init.drift_by_density(law, "gsm", "half_width"),
            law="drift",
        ),
    ),
    probes=(
        init.variance_probe("gsm", {"n_in": 30, "n_out": 10}, (20, 30, 10), "unequal widths"),
        init.fourth_probe("gsm", {"half_width": 24}, 48),
        *(
            init.drift_probe(
                "gsm", {"half_width": size // 2}, size, inputs="mirrored", first_gain=2.0
            )
            for size in (6, 10, 20)
        ),
    ),
    curves=(init.drift_curve("GSM", halved=True),),
    remark=(
        "The first layer has variance 1/fan_in and is mirrored too, so only the difference of the "
        "two halves of an input is seen. Blocks that are orthogonal instead of Gaussian keep every "
        "norm (vev.hyp.offdiag)."
    ),
    see=("vev.hyp.offdiag", "vev.init.he"),
)
