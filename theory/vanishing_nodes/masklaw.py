"""A ReLU network at one input is a linear network with independent random masks, in law.

    vn.masklaw   J of a (leaky) ReLU network = product with fair independent slopes {1, a}, in law

Write W_l = S_l W'_l with S_l independent row signs. Unit i of layer l is active according to the
sign of s_i h'_i, a fair coin independent of W'_l and of the layers below. The sign matrix
diag(sign h') that is left over commutes with the mask and is absorbed by the column signs of the
next layer. So all that depends on J^T J only (traces, VNI, singular values) has the law of the mask
model, whatever the input is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import prove
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
    Reals,
    Tuples,
    absolute,
    stated,
)
from theory.symbols import SLOPE, L
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.masks import (
    NETWORKS,
    STATISTICS,
    mask_model,
    over_signs,
    survivors,
)
from theory.vanishing_nodes.probes import network

ENTRIES = Tuples(Integers(-99), min_size=4, draw_to=4)
PARAMETERS = (
    Parameter("first", ENTRIES, "entries of W_1 (2 x 2, row by row), known up to signs"),
    Parameter("second", ENTRIES, "entries of W_2 (2 x 2, row by row), known up to signs"),
    SLOPE,
    Parameter("statistic", Choice(STATISTICS), "tr C, tr C^2 or their ratio, C = J J^T"),
    Parameter("threshold", Reals(), "t"),
)


# --- the laws --------------------------------------------------------------------------------


def _probability(**change: Any) -> Callable[..., Fraction]:
    def evaluate(first: Any, second: Any, slope: Any, statistic: str, threshold: Any) -> Fraction:
        law = mask_model(first, second, slope, statistic, **change)
        return sum((p for value, p in law.items() if value <= threshold), Fraction(0))

    return evaluate


def survival(widths: Any) -> Any:
    """P(J != 0) of a ReLU network: every layer keeps an active unit. Exact; the input is no layer.

    >>> survival((7, 2, 1))
    3/8
    """
    return sp.prod([1 - sp.Rational(1, 2 ** int(n)) for n in widths[1:]])


def trace_distribution(inputs: int, units: int, active: float = 0.5) -> Callable[[Any], Any]:
    """Distribution function of tr C of one ReLU layer at gain 2: k active of `units`, chi^2_kn.

    tr C = (2/n) chi^2_(k n), k binomial: the size of a row does not depend on whether it is active.
    """
    t = sp.Symbol("t")
    terms = [
        sp.binomial(units, k)
        * active**k
        * (1 - active) ** (units - k)
        * sp.lowergamma(sp.Rational(k * inputs, 2), inputs * t / 4)
        / sp.gamma(sp.Rational(k * inputs, 2))
        for k in range(1, units + 1)
    ]
    positive = sp.lambdify(t, (1 - active) ** units + sum(terms), modules=["scipy", "numpy"])

    def distribution(trace: Any) -> Any:
        import numpy as np

        values = np.asarray(trace, dtype=float)
        return np.where(values < 0, 0.0, positive(np.maximum(values, 0.0)))

    return distribution


# --- proofs: every sign of literal networks --------------------------------------------------


def _signs_against_masks(law: Any, biases: str, name: str = "integers") -> Finding:
    first, second = (tuple(v for row in w for v in row) for w in NETWORKS[name][:2])

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for slope in (Fraction(0), Fraction(3, 10)):
            for statistic in STATISTICS:
                found = over_signs(slope, biases, statistic, name)
                for t in sorted(found):
                    below = sum((p for v, p in found.items() if v <= t), Fraction(0))
                    predicted = law(
                        first=first, second=second, slope=slope, statistic=statistic, threshold=t
                    )
                    yield f"a = {slope}, P({statistic} <= {float(t):g})", predicted, below

    return prove.cases(rows(), "all 256 signs of rows and columns of one network, in integers")


def without_biases(law: Any) -> Finding:
    """The document's networks: no biases."""
    return _signs_against_masks(law, "none")


def symmetric_biases(law: Any) -> Finding:
    """Biases that change sign with their row: the law is the same."""
    return _signs_against_masks(law, "flipped")


def fixed_biases(law: Any) -> Finding:
    """Negative control: biases held fixed break the symmetry, and the law."""
    return _signs_against_masks(law, "fixed")


def harmless_ties(law: Any) -> Finding:
    """+-1 weights, input in general position: h = 0 only where the row of J is zero anyway."""
    return _signs_against_masks(law, "none", "+-1 weights")


def harmful_ties(law: Any) -> Finding:
    """Negative control: +-1 weights and a +-1 input give h = 0 at rows of J that are not zero."""
    return _signs_against_masks(law, "none", "+-1 weights, +-1 input")


def by_counting(law: Any) -> Finding:
    """Every sign of small literal ReLU networks: how many still pass a gradient."""
    return prove.cases(
        (f"widths {widths}", law(widths=widths), found) for widths, found in survivors()
    )


def erlang(law: Any) -> Finding:
    """Two inputs: chi^2_2k has an elementary distribution function, so has the mixture."""

    def rows() -> Iterator[tuple[str, Any, Any]]:
        for units in (1, 2, 3):
            function = law(inputs=2, units=units)
            for t in (0.5, 1.0, 3.0):
                half = t / 2  # tr C = chi^2_2k at gain 2 and n = 2
                found = sum(
                    math.comb(units, k)
                    / 2**units
                    * (1 - math.exp(-half) * sum(half**j / math.factorial(j) for j in range(k)))
                    for k in range(units + 1)
                )
                yield f"2 -> {units}, P(tr C <= {t})", float(function(t)), found

    return prove.close(rows(), digits=12)


# --- the claim -------------------------------------------------------------------------------


def relu(widths: tuple[int, ...], weights: str) -> dict[str, Any]:
    """Set-up of a literal ReLU network with its own activation pattern."""
    return {**network(widths, 0), "weights": weights, "activation": "relu"}


def _survival(widths: tuple[int, ...], weights: str, why: str, **more: Any) -> Probe:
    return Probe(
        name=more.pop("name", f"{weights} {'-'.join(map(str, widths))}"),
        experiment="node_correlation",
        setup=relu(widths, weights),
        at={"widths": widths},
        estimand=Estimand("probability", ("alive",), over="networks and inputs: J != 0"),
        laws=("survival",),
        why=why,
        budget=0.1,
        **more,
    )


index = sp.Symbol("l", integer=True)
PR, T = sp.Function("P"), sp.Function("T")
J, M, t, k, m, n = sp.symbols("J M t k m n")
LAWS = (
    Law(
        role="sharper",
        formula=sp.Eq(PR(sp.Le(T(J), t)), PR(sp.Le(T(M), t))),
        parameters=PARAMETERS,
        words=(
            "T a statistic of J J^T: its law over the signs of two 2 x 2 layers is the same with "
            "fair masks in place of the activation pattern (M = D_2 W_2 D_1 W_1)"
        ),
        evaluate=_probability(),
        mutants=(
            Mutant("units active with probability 1/3", _probability(active=Fraction(1, 3))),
            Mutant("one mask for both layers", _probability(shared=True)),
            Mutant("no mask at the last layer", _probability(readout="pre")),
            Mutant(
                "masks of a ReLU whatever the slope",
                lambda slope, **v: _probability()(slope=Fraction(0), **v),
            ),
        ),
    ),
    Law(
        role="sharper",
        name="survival",
        formula=sp.Eq(
            PR(sp.Ne(J, 0)),
            sp.Product(1 - 2 ** (-sp.IndexedBase("n")[index]), (index, 1, L)),
        ),
        parameters=(rec.LAYERS,),
        words="probability that a ReLU network still has a gradient: no layer is all inactive",
        evaluate=survival,
        mutants=(
            Mutant("the input counted as a layer", lambda widths: survival((1, *widths))),
            Mutant("the last layer left out", lambda widths: survival(widths[:-1])),
            Mutant(
                "one mask for all layers", lambda widths: survival((widths[0], min(widths[1:])))
            ),
        ),
    ),
    Law(
        role="sharper",
        name="one layer",
        formula=sp.Eq(
            PR(sp.Le(rec.tr(rec.C), t)),
            2**-m
            + sp.Sum(
                sp.binomial(m, k)
                / 2**m
                * sp.lowergamma(k * n / 2, n * t / 4)
                / sp.gamma(k * n / 2),
                (k, 1, m),
            ),
        ),
        parameters=(
            Parameter("inputs", Integers(1, 30), "n, width of the input"),
            Parameter(
                "units", Integers(1, 10), "m, units of the layer; k of them active, binomial"
            ),
        ),
        words="distribution function of tr C of one Gaussian ReLU layer at one input, gain 2",
        evaluate=trace_distribution,
        mutants=(
            Mutant(
                "units active with probability 0.45",
                lambda inputs, units: trace_distribution(inputs, units, 0.45),
            ),
            Mutant("one input more", lambda inputs, units: trace_distribution(inputs + 1, units)),
        ),
    ),
)

CLAIM = Claim(
    id="vn.masklaw",
    title="at one input a ReLU network has the law of a linear one with fair random masks",
    source=PAPER.at(
        "Section 3.1, the use of mu_k for ReLU",
        "not in the document: it uses mu_k as if the slopes were independent of the weights",
    ),
    kind="exact in law",
    laws=LAWS,
    assumptions=(
        stated(
            "no biases, or random ones whose sign is symmetric and independent",
            lambda p: p.get("biases", "none") != "fixed",
        ),
        stated(
            "weights whose law is invariant under sign flips of rows and columns, with a density "
            "(Gaussian, uniform, Haar)",
            lambda p: p.get("weights", "gaussian") not in ("rademacher", "three_point"),
        ),
        stated(
            "no tie h_i = 0 unless row i of J vanishes",
            lambda p: p.get("ties", "none") in ("none", "harmless"),
        ),
        stated("phi is linear on both sides of 0", lambda p: p.get("activation") != "tanh"),
    ),
    expected="holds",
    because=(
        "Row and column signs of the weights turn the activation pattern into fair coins: over all "
        "256 signs of an integer network the laws agree exactly, and fixed biases break them."
    ),
    proofs=(
        Proof(
            "all signs",
            "exact",
            "256 signs of a literal network against fair masks: equal distributions",
            without_biases,
            law="sharper",
            tiers=LATER,
        ),
        Proof(
            "biases with a sign",
            "exact",
            "the same with biases that flip with their rows",
            symmetric_biases,
            law="sharper",
            point={"biases": "flipped with their rows"},
            tiers=LATER,
        ),
        Proof(
            "fixed biases",
            "exact",
            "negative control: with biases held fixed the distributions differ",
            fixed_biases,
            law="sharper",
            point={"biases": "fixed"},
        ),
        Proof(
            "harmless ties",
            "exact",
            "+-1 weights at an input in general position: still equal",
            harmless_ties,
            law="sharper",
            point={"ties": "harmless"},
        ),
        Proof(
            "harmful ties",
            "exact",
            "negative control: +-1 weights at a +-1 input",
            harmful_ties,
            law="sharper",
            point={"ties": "at rows of J that are not zero"},
        ),
        Proof(
            "counting survivors",
            "exact",
            "every sign of small literal ReLU networks",
            by_counting,
            law="survival",
        ),
        Proof(
            "elementary case",
            "numeric",
            "two inputs: the mixture of Erlang laws, to 12 digits",
            erlang,
            law="one layer",
        ),
    ),
    probes=(
        *(
            _survival(
                (3,) * (depth + 1),
                "gaussian",
                "all layers must keep an active unit",
                name=f"gaussian width 3, depth {depth}",
                curve="survival",
                x=depth,
            )
            for depth in (1, 3, 6, 12)
        ),
        _survival((5, 4, 2, 3, 2), "uniform", "another sign-symmetric law, unequal widths"),
        _survival((3, 3, 3), "haar", "dependent entries, still sign-symmetric"),
        _survival((2,) * 5, "rademacher", "negative control: products of +-1 weights cancel"),
        Probe(
            name="one layer, tr C",
            experiment="node_correlation",
            setup=relu((4, 10), "gaussian"),
            at={"inputs": 4, "units": 10},
            estimand=Estimand("distribution", ("trace",), over="networks and inputs"),
            laws=("one layer",),
            margin=absolute(
                0.01,
                "exact law: distance of distribution functions, atom of 2^-10 at 0",
                quick=0.03,
            ),
            why="the row of an active unit is no longer or shorter than any other",
            budget=0.1,
        ),
    ),
    curves=(
        Curve(
            "survival",
            "Probability that a ReLU network of width 3 passes a gradient",
            "depth L",
            "P(J != 0)",
            range(1, 16),
            lambda x: {"widths": (3,) * (int(x) + 1)},
            laws=("survival",),
        ),
    ),
    remark=(
        "It does not hold for averages over inputs of one network (the VNI of definition (3)). "
        "With +-1 weights it still holds at an input in general position, but J may vanish with "
        "no layer dead. "
        "Dead networks count as J = 0: annealed averages need no conditioning, quenched ones do."
    ),
    see=("vn.rec", "vn.quenched"),
)
