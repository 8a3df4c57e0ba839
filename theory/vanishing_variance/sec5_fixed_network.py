"""Kurtosis over the inputs of ONE network: not what the recursion of Proposition 4.3 follows.

    vev.sec5.fixed_net   linear network, Gaussian inputs: 3 at every depth; 3n/(n+2) over n inputs

A linear network is y = v . x with one vector v. Over Gaussian inputs y is Gaussian whatever v is:
the kurtosis that grows with depth is the variation of ||v||^2 from network to network.
"""

from __future__ import annotations

import itertools
from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
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
    stated,
)
from theory.symbols import WIDTHS
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.closed_forms import gaussian_kurtosis
from theory.vanishing_variance.data_probes import SAMPLES
from theory.vanishing_variance.gaussian_probes import gaussian_setup

n, w_0, kappa_0 = sp.symbols("n w_0 kappa_0", positive=True)
KURTOSIS = Parameter("input_kurtosis", Reals(1), "kurtosis kappa_0 of one input entry", kappa_0)
FIRST = Parameter("first_width", Integers(1), "width w_0 of the input", w_0)
PER_NETWORK = Estimand(
    "mean",
    ("kurtosis",),
    over="networks; quenched: E of the kurtosis over the inputs of one network",
)


def over_samples(widths: Any, samples: Any) -> sp.Expr:
    """E of n sum y^4/(sum y^2)^2 over n Gaussian inputs of one linear network: 3n/(n+2). Exact.

    For any weights and any depth: the widths do not enter. 3 as n -> infinity.

    >>> over_samples((10,) * 30, 1), over_samples((2,), 4)
    (1, 2)
    """
    size = sp.sympify(samples)
    return 3 * size / (size + 2)


def over_all_inputs(first_width: Any, input_kurtosis: Any) -> sp.Expr:
    """3 + 3 (kappa_0 - 3)/(w_0 + 2): mean kurtosis over iid inputs of one linear Gaussian network.

    Exact at every depth; the mean is over networks, of the kurtosis of each.

    >>> over_all_inputs(1, 5), over_all_inputs(4, 1)
    (5, 2)
    """
    return 3 + 3 * (sp.sympify(prove.exact(input_kurtosis)) - 3) / (
        sp.sympify(prove.exact(first_width)) + 2
    )


# --- proofs ----------------------------------------------------------------------------------


def direction_and_norm(law: Any) -> Finding:
    """Of n normals sum g^4/(sum g^2)^2 does not depend on sum g^2: a ratio of means, n symbolic."""
    fourth = 3 * n  # E sum g^4
    square = 3 * n + n * (n - 1)  # E (sum g^2)^2
    return prove.identities(
        [
            ("any depth", law(widths=(10,) * 20, samples=n) - n * fourth / square),
            ("one layer", law(widths=(3,), samples=n) - n * fourth / square),
            ("n -> infinity", sp.limit(law(widths=(10,) * 20, samples=n), n, sp.oo) - 3),
        ],
        predicted=str(law(widths=(10,) * 20, samples=n)),
        found="n E sum g^4 / E (sum g^2)^2",
        detail="y_b = ||v|| g_b for all n inputs, and ||v|| cancels",
    )


def by_expansion(law: Any) -> Finding:
    """(v . x)^4 expanded over iid x, then over the direction of a Gaussian v, for w_0 = 2, 3, 4."""
    rows = []
    for width in (2, 3, 4):
        v, u = sp.symbols(f"v1:{width + 1}"), sp.symbols(f"x1:{width + 1}")
        product = sp.Poly(sp.expand(sum(p * q for p, q in zip(v, u, strict=True)) ** 4), *u, *v)
        of_x, of_v = {0: 1, 2: 1, 4: kappa_0}, {0: 1, 2: 1, 4: 3}
        numerator = sp.Integer(0)  # E over x and v: ||v||^4 factors out of the direction
        for powers, coefficient in product.terms():
            if all(p % 2 == 0 for p in powers):
                factors = [of_x[p] for p in powers[:width]] + [of_v[p] for p in powers[width:]]
                numerator += coefficient * sp.prod(factors)
        norm = sum(
            of_v[4] if i == j else 1 for i, j in itertools.product(range(width), repeat=2)
        )  # E ||v||^4
        rows.append(
            (f"w_0 = {width}", law(first_width=width, input_kurtosis=kappa_0) - numerator / norm)
        )
    return prove.identities(
        rows,
        predicted=str(law(first_width=w_0, input_kurtosis=kappa_0)),
        found="the expansion, kappa_0 symbolic",
        detail="directions of v are uniform at every depth and independent of ||v||",
    )


def one_rectifier(law: Any) -> Finding:
    """y = w relu(x) at two inputs: one of them 0 in two of three live cases, and then K = 2."""
    one_dead = sp.Integer(2)  # n y^4/y^4
    both_live = law(widths=(1,), samples=2)  # two half-normals: the ratio of the even moments
    return prove.cases(
        [("one ReLU, two inputs", both_live, sp.Rational(2, 3) * one_dead + both_live / 3)],
        "the sign of an input is independent of its size",
    )


def sign_weights(law: Any) -> Finding:
    """+-1 weights, inputs the four sign vectors: y = +-x_1 +- x_2, K = E y^4/(E y^2)^2."""
    values = [sum(x) for x in itertools.product((1, -1), repeat=2)]
    second, fourth = (sp.Rational(sum(v**k for v in values), len(values)) for k in (2, 4))
    return prove.cases(
        [("w_0 = 2", law(first_width=2, input_kurtosis=1), fourth / second**2)],
        "every +-1 row gives the same values",
    )


# --- the claim -------------------------------------------------------------------------------


def _gaussian(name: str, depth: int, samples: int, why: str, **more: Any) -> Probe:
    widths = (10,) * depth
    weights = more.pop("weights", "gaussian")
    return Probe(
        name=name,
        experiment="kurtosis_over_inputs",
        setup=gaussian_setup((*widths, 2), 1.0, n_inputs=samples, weights=weights),
        at={"widths": widths, "samples": samples},
        estimand=PER_NETWORK,
        laws=("Gaussian inputs",),
        why=why,
        **more,
    )


CLAIM = Claim(
    id="vev.sec5.fixed_net",
    title="one linear network keeps the kurtosis of its inputs: 3 at every depth if Gaussian",
    source=PAPER.at(
        "Section 5 and Appendix E",
        "not in the document: it speaks of the kurtosis of the output distribution, over networks "
        "and inputs together",
    ),
    kind="exact",
    laws=(
        Law(
            role="sharper",
            name="Gaussian inputs",
            formula=sp.Eq(sp.Symbol("K"), 3 * n / (n + 2)),
            parameters=(WIDTHS, SAMPLES),
            words="mean of n sum y^4/(sum y^2)^2 over n Gaussian inputs of one linear network",
            evaluate=over_samples,
            mutants=(
                Mutant(
                    "the pooled kurtosis",
                    lambda widths, samples: gaussian_kurtosis(tuple(widths), 1, 3, 1),
                ),
                Mutant("3", lambda widths, samples: sp.Integer(3)),
                Mutant(
                    "centred: 3(n-1)/(n+1)",
                    lambda widths, samples: over_samples(widths, sp.sympify(samples) - 1),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="any inputs",
            formula=sp.Eq(sp.Symbol("K"), 3 + 3 * (kappa_0 - 3) / (w_0 + 2)),
            parameters=(FIRST, KURTOSIS),
            words="kurtosis over all iid inputs of one network, mean over Gaussian networks",
            evaluate=over_all_inputs,
            mutants=(
                Mutant(
                    "as for +-1 weights: (kappa_0 - 3)/w_0",
                    lambda first_width, input_kurtosis: (
                        3
                        + (sp.sympify(prove.exact(input_kurtosis)) - 3)
                        / sp.sympify(prove.exact(first_width))
                    ),
                ),
                Mutant(
                    "always Gaussian", lambda first_width, input_kurtosis: sp.Integer(3)
                ),
            ),
        ),
    ),
    assumptions=(
        stated("a linear network", lambda p: p.get("slope", 1) == 1),
        stated(
            "inputs that are not Gaussian: Gaussian weights",
            lambda p: (
                p.get("inputs", "gaussian") == "gaussian"
                or p.get("weights", "gaussian") == "gaussian"
            ),
        ),
    ),
    expected="holds",
    because=(
        "Over its inputs one linear network shows the kurtosis of a weighted sum of input entries, "
        "at depth 1 as at depth 30. What explodes is the kurtosis over networks: one scale factor "
        "for all inputs, so a test over a data set must not be compared with kappa_d."
    ),
    proofs=(
        Proof(
            "direction and norm", "symbolic", "n E sum g^4/E (sum g^2)^2, n symbolic",
            direction_and_norm, law="Gaussian inputs",
        ),
        Proof(
            "expansion", "symbolic", "(v . x)^4 over inputs and directions", by_expansion,
            law="any inputs",
        ),
        Proof(
            "one rectifier", "exact", "what a linear network is for: 11/6 in place of 3/2",
            one_rectifier, law="Gaussian inputs", point={"slope": 0},
        ),
        Proof(
            "+-1 weights", "exact", "what Gaussian weights are for: 2 in place of 3/2",
            sign_weights, law="any inputs", point={"inputs": "signs", "weights": "rademacher"},
        ),
    ),
    probes=(
        *(
            _gaussian(f"depth {d}", d, 32, "kappa_d grows 1.2-fold a layer", curve="depth", x=d)
            for d in (1, 5, 15, 30)
        ),
        _gaussian("uniform weights", 6, 16, "any weights", weights="uniform"),
        *(
            Probe(
                name=f"signs, depth {d}",
                experiment="kurtosis_over_inputs",
                setup=gaussian_setup(
                    (4, *(6,) * (d - 1), 2), 1.0, n_inputs=8, inputs="sign_vectors"
                ),
                at={"first_width": 4, "input_kurtosis": 1},
                estimand=PER_NETWORK,
                laws=("any inputs",),
                why="all sign vectors: the whole distribution of the inputs of one network",
            )
            for d in (1, 10)
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Kurtosis over 32 Gaussian inputs of one linear network of width 10, mean",
            "depth",
            "kurtosis",
            (1, 2, 3, 5, 8, 10, 15, 20, 30),
            lambda x: {"widths": (10,) * int(x), "samples": 32},
            laws=("Gaussian inputs",),
        ),
    ),
    remark=(
        "Kurtosis around zero. At depth 30 and width 10 the kurtosis over networks and inputs is "
        f"{float(gaussian_kurtosis((10,) * 30, 1, 3, 1)):.0f}. ReLU networks: no closed form is "
        "known for one network."
    ),
    see=("vev.prop4.3", "vev.sec5.shared"),
)  # fmt: skip
