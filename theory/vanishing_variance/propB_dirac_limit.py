"""How many ReLU networks are alive: Proposition B.2.

    vev.propB.2   any widths: P(y^(d) != 0) = prod_{i=0}^{d-1} (1 - 2^-w_i)

A layer dies when no unit of the layer below is positive. With continuous weights the signs of a
layer above the input are fair and independent given that it is not zero; those of the input need
not be, and with +-1 weights a sum may cancel exactly.
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.maths.sign_networks import Vector, active_part, next_active, signed_sums
from theory.schema import (
    Choice,
    Claim,
    ClaimError,
    Curve,
    Estimand,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Tuples,
    stated,
    unstated,
)
from theory.symbols import d
from theory.vanishing_variance import PAPER

RELU = en.leaky(Fraction(0))
ALL_WIDTHS = Parameter(
    "widths",
    Tuples(Integers(1, draw_to=3), min_size=2, draw_to=5),
    "all widths w_0, ..., w_d, the output's too (+-1 weights: small, every state is visited)",
)

# --- input laws, as the simulation names them ------------------------------------------------


def signs(width: int) -> en.Joint:
    """Iid fair signs."""
    return en.iid(en.SIGN, width)


def sign_product(sign: int) -> en.Joint:
    """(s1, s2, sign s1 s2): symmetric, uncorrelated, not jointly sign-symmetric."""
    pairs = itertools.product((Fraction(-1), Fraction(1)), repeat=2)
    return {(s, t, sign * s * t): Fraction(1, 4) for s, t in pairs}


def correlated_pair() -> en.Joint:
    """(2s, 2s) with probability 1/5, (s, -s) with 4/5: uncorrelated, not jointly symmetric."""
    joint: en.Joint = {}
    for s in (Fraction(-1), Fraction(1)):
        joint[(2 * s, 2 * s)] = Fraction(1, 10)
        joint[(s, -s)] = Fraction(2, 5)
    return joint


ENTRIES = {"sign_product": 3, "negative_sign_product": 3, "correlated_pair": 2}
"""Inputs that exist at one width only."""


def special_input(name: str) -> en.Joint:
    """The input law of that name, as the simulation names it."""
    laws = {"sign_product": sign_product(1), "negative_sign_product": sign_product(-1)}
    return laws[name] if name in laws else correlated_pair()


# --- the exact law ---------------------------------------------------------------------------


def alive_exact(widths: Any, inputs: str, weights: str) -> sp.Rational:
    """P(y^(d) != 0), exact.

    Continuous weights: P(phi_0(x) != 0) prod_{i=1}^{d-1} (1 - 2^-w_i), whatever the input law.
    +-1 weights: the finite Markov chain of the active parts, from a discrete input.

    >>> alive_exact((3, 3), "sign_product", "gaussian")
    1
    >>> alive_exact((2, 2), "rademacher", "rademacher")
    11/16
    """
    if inputs == "gaussian" and weights == "rademacher":
        raise ClaimError("vev.propB.2: argument 'inputs' must be discrete for +-1 weights")
    start: dict[Vector, Fraction] = defaultdict(Fraction)
    if inputs in ("gaussian", "rademacher"):  # k positive entries
        n = widths[0]
        for k in range(n + 1):
            start[(0,) * (n - k) + (1,) * k] = Fraction(math.comb(n, k), 2**n)
    else:
        for x, p in special_input(inputs).items():
            start[active_part(x)] += p
    if weights != "rademacher":
        live = 1 - sum(p for f, p in start.items() if not any(f))
        return prove.exact(live * math.prod(1 - Fraction(1, 2**n) for n in widths[1:-1]))
    law = {f: p for f, p in start.items() if any(f)}
    for width in widths[1:-1]:
        after: dict[Vector, Fraction] = defaultdict(Fraction)
        for f, p in law.items():
            for g, q in next_active(f, width):
                if any(g):
                    after[g] += p * q
        law = after
    zero = {f: dict(signed_sums(f)).get(0, Fraction(0)) for f in law}
    return prove.exact(sum((p * (1 - zero[f] ** widths[-1]) for f, p in law.items()), Fraction(0)))


def alive_stated(widths: Any, inputs: str, weights: str) -> sp.Rational:
    """prod_{i=0}^{d-1} (1 - 2^-w_i): neither input law nor weight law enters."""
    return prove.exact(math.prod(1 - Fraction(1, 2**n) for n in widths[:-1]))


# --- vev.propB.2: proofs ---------------------------------------------------------------------


@functools.cache
def by_sign_patterns(widths: tuple[int, ...]) -> Fraction:
    """Share of the sign patterns of the layers read in which every layer has a plus."""
    patterns = itertools.product(*(itertools.product((0, 1), repeat=n) for n in widths))
    return Fraction(
        sum(all(any(layer) for layer in pattern) for pattern in patterns), 2 ** sum(widths)
    )


def continuous_weights(law: Any) -> Finding:
    """Weights without atoms: y^(l) given a live layer below has iid symmetric non-zero entries."""
    return prove.cases(
        (
            (
                f"widths {widths}",
                law(widths=widths, inputs="rademacher", weights="gaussian"),
                by_sign_patterns(widths[:-1]),
            )
            for widths in ((3, 1), (2, 3, 1), (1, 2, 4, 2), (3, 3, 3, 5))
        ),
        "all sign patterns, equally likely",
    )


def other_inputs(law: Any) -> Finding:
    """P(phi_0(x) != 0) of the inputs that the document's definition allows, weights continuous."""
    named = (
        ("(s1, s2, s1 s2)", "sign_product", sign_product(1)),
        ("(s1, s2, -s1 s2)", "negative_sign_product", sign_product(-1)),
        ("correlated pair", "correlated_pair", correlated_pair()),
    )
    rows = []
    for words, name, x in named:
        alive = sum((p for v, p in x.items() if max(v) > 0), Fraction(0))
        n = len(next(iter(x)))
        rows.append((f"{words}, d = 1", law(widths=(n, 2), inputs=name, weights="gaussian"), alive))
        deeper = law(widths=(n, 2, 4), inputs=name, weights="gaussian")
        rows.append((f"{words}, d = 2, w_1 = 2", deeper, alive * Fraction(3, 4)))
    return prove.cases(rows, "the input's signs, visited")


@functools.cache
def sign_networks() -> tuple[tuple[tuple[int, ...], Fraction], ...]:
    """(widths, P(alive)) of literal +-1 networks on fair signs, every weight matrix visited."""
    rows = []
    for widths in ((2, 2), (2, 2, 2), (2, 2, 2, 2), (3, 2, 1), (2, 3, 2), (1, 3, 2)):
        joint = en.network(signs(widths[0]), widths[1:], en.SIGN, RELU)
        rows.append((widths, 1 - joint.get((Fraction(0),) * widths[-1], Fraction(0))))
    return tuple(rows)


def sign_weights(law: Any) -> Finding:
    """+-1 weights: sums cancel exactly, so units may be zero while others are not."""
    return prove.cases(
        (
            (
                f"widths {widths}",
                law(widths=widths, inputs="rademacher", weights="rademacher"),
                found,
            )
            for widths, found in sign_networks()
        ),
        "exhaustive enumeration of literal +-1 networks",
    )


def sign_rate(law: Any) -> Finding:
    """Width 2, +-1 weights: the chain on (0, 1), (1, 1) and its eigenvalue (9 + sqrt 145)/32."""
    states: list[Vector] = [(0, 1), (1, 1)]
    steps = sp.Matrix(
        2, 2, lambda i, j: prove.exact(dict(next_active(states[i], 2)).get(states[j], Fraction(0)))
    )
    roots = sorted(steps.eigenvals(), key=lambda e: -abs(sp.N(e)))
    start = sp.Matrix([[sp.Rational(1, 2), sp.Rational(1, 4)]])
    last = sp.Matrix([1, sp.Rational(3, 4)])  # y = 0 from (1, 1) when both sums cancel
    rows = [("eigenvalue", roots[0], (9 + sp.sqrt(145)) / 32)]
    for depth in (1, 4, 9):
        found = (start * steps ** (depth - 1) * last)[0]
        arguments = {"widths": (2,) * (depth + 1), "inputs": "rademacher", "weights": "rademacher"}
        rows.append((f"depth {depth}", law(**arguments), found))
    return prove.cases(rows, "two-state chain")


# --- mutants ---------------------------------------------------------------------------------


def _alive_mutant(change: str) -> Any:
    def evaluate(widths: Any, inputs: str, weights: str) -> Any:
        if change == "product over w_1 .. w_d":
            return alive_exact(widths[1:] + widths[-1:], "rademacher", weights)
        if change == "2^-(w-1)":
            return alive_exact(
                (widths[0], *(max(n - 1, 1) for n in widths[1:-1]), widths[-1]), inputs, weights
            )
        if change == "w_d read as well":
            return alive_exact((*widths, widths[-1]), inputs, weights)
        return alive_exact(widths, "rademacher", weights)

    return evaluate


def _product_mutant(change: str) -> Any:
    def evaluate(widths: Any, inputs: str, weights: str) -> Any:
        if change == "product over w_1 .. w_d":
            return alive_stated((*widths[1:], widths[-1]), inputs, weights)
        return prove.exact(math.prod(1 - Fraction(2, 2**n) for n in widths[:-1]))

    return evaluate


# --- the claim -------------------------------------------------------------------------------

TRUE = "any input and weights"
ALIVE = Estimand("probability", ("alive",), over="networks and inputs")


def alive_setup(widths: tuple[int, ...], weights: str, inputs: str, **more: Any) -> dict[str, Any]:
    """A ReLU network as the document has it, its input activated too."""
    return {
        "widths": widths,
        "weights": weights,
        # entries +-1, so that sums which cancel are exactly zero; being alive has no scale
        "gain": widths[0] if weights in ("rademacher", "three_point") else 2.0,
        "activation": "relu",
        "activate_input": True,
        "inputs": inputs,
        **more,
    }


def _alive_probe(
    name: str, widths: tuple[int, ...], weights: str, inputs: str, **more: Any
) -> Probe:
    return Probe(
        name=name,
        experiment="alive",
        setup=alive_setup(widths, weights, inputs),
        at={"widths": widths, "inputs": inputs, "weights": weights},
        estimand=ALIVE,
        laws=("stated", TRUE),
        **more,
    )


ALIVE_PARAMETERS = (
    ALL_WIDTHS,
    Parameter(
        "inputs",
        Choice(
            ("rademacher", "gaussian", "sign_product", "negative_sign_product", "correlated_pair")
        ),
        "law of the input: iid, (s1, s2, +-s1 s2), or the correlated pair of vev.lemma4.2",
    ),
    Parameter("weights", Choice(("gaussian", "rademacher")), "continuous weights, or +-1"),
)
index = sp.Symbol("i", integer=True)
w_i = sp.Indexed("w", index)

CLAIM = Claim(
    id="vev.propB.2",
    title="a ReLU network is alive with probability prod (1 - 2^-w_i), i = 0 .. d-1",
    source=PAPER.at(
        "Proposition B.2",
        "p(y^(d) != 0) = prod_{i=0}^{d-1} (2^w_i - 1)/2^w_i for any He random input",
    ),
    kind="exact in law",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("P(alive)"), sp.Product(1 - 2**-w_i, (index, 0, d - 1))),
            parameters=ALIVE_PARAMETERS,
            words="probability that the output of a ReLU network is not the zero vector",
            evaluate=alive_stated,
            mutants=tuple(
                Mutant(change, _product_mutant(change))
                for change in ("product over w_1 .. w_d", "2^-(w-1)")
            ),
        ),
        Law(
            role="sharper",
            name=TRUE,
            formula=sp.Eq(
                sp.Symbol("P(alive)"),
                sp.Symbol("P(phi(x)!=0)") * sp.Product(1 - 2**-w_i, (index, 1, d - 1)),
            ),
            parameters=ALIVE_PARAMETERS,
            words=(
                "continuous weights, any input: the input's own probability of a positive entry in "
                "place of the first factor. +-1 weights: the finite Markov chain on the positive "
                "parts up to order and scale, in fractions"
            ),
            evaluate=alive_exact,
            mutants=tuple(
                Mutant(change, _alive_mutant(change))
                for change in (
                    "product over w_1 .. w_d",
                    "2^-(w-1)",
                    "w_d read as well",
                    "the input's signs taken for fair and independent",
                )
            ),
        ),
    ),
    assumptions=(
        stated("slope 0 and symmetric iid weights", lambda p: p.get("slope", 0) == 0),
        stated(
            "an input law that has w_0 entries: three for (s1, s2, +-s1 s2), two for the pair",
            lambda p: (
                "widths" not in p
                or ENTRIES.get(p.get("inputs", ""), p["widths"][0]) == p["widths"][0]
            ),
        ),
        unstated(
            "the input is jointly sign-symmetric and has no zero entry",
            lambda p: p.get("inputs", "rademacher") in ("rademacher", "gaussian"),
        ),
        unstated(
            "a weighted sum of the active units is never exactly 0 (continuous weights)",
            lambda p: p.get("weights", "gaussian") != "rademacher",
        ),
    ),
    expected="holds-if",
    because=(
        "Symmetric and uncorrelated entries need not have independent signs, so the factor of the "
        "input is wrong for some inputs the document allows; and with +-1 weights, which it uses, "
        "sums cancel exactly, so that a layer can have some zero entries without being zero."
    ),
    proofs=(
        *prove.both(
            "sign patterns",
            "exact",
            "continuous weights, jointly symmetric input",
            continuous_weights,
            beside=TRUE,
        ),
        *prove.both(
            "other inputs",
            "exact",
            "symmetric and uncorrelated inputs",
            other_inputs,
            {"inputs": "sign_product"},
            beside=TRUE,
        ),
        *prove.both(
            "+-1 weights",
            "exact",
            "every literal network of +-1 weights",
            sign_weights,
            {"weights": "rademacher"},
            beside=TRUE,
        ),
        Proof(
            "rate of +-1 weights",
            "exact",
            "width 2 decays like (9 + sqrt 145)/32 per layer",
            sign_rate,
            law=TRUE,
            point={"weights": "rademacher"},
        ),
    ),
    probes=(
        _alive_probe(
            "Gaussian, w = 3, d = 7",
            (3,) * 8,
            "gaussian",
            "gaussian",
            why="the document's own case",
        ),
        _alive_probe(
            "Gaussian, unequal widths",
            (2, 4, 1, 3, 5),
            "gaussian",
            "gaussian",
            why="which widths are read",
        ),
        _alive_probe(
            "Gaussian, w = 10, d = 100",
            (10,) * 101,
            "gaussian",
            "gaussian",
            why="the document's experiment",
        ),
        _alive_probe(
            "signs with product",
            (3, 4),
            "gaussian",
            "sign_product",
            why="no input is ever all negative",
        ),
        _alive_probe(
            "signs with minus product",
            (3, 4),
            "gaussian",
            "negative_sign_product",
            why="all negative more often than for independent signs",
        ),
        _alive_probe(
            "correlated pair",
            (2, 4),
            "gaussian",
            "correlated_pair",
            why="all negative less often than for independent signs",
        ),
        *(
            _alive_probe(
                f"+-1 weights, depth {depth}",
                (2,) * (depth + 1),
                "rademacher",
                "rademacher",
                why="exact cancellation",
                curve="signs",
                x=depth,
            )
            for depth in (1, 2, 4, 6, 8)
        ),
    ),
    curves=(
        Curve(
            "signs",
            "ReLU networks of width 2 with +-1 weights that are alive",
            "depth",
            "probability",
            range(1, 13),
            lambda x: {
                "widths": (2,) * (int(x) + 1),
                "inputs": "rademacher",
                "weights": "rademacher",
            },
            laws=("stated", TRUE),
            log_y=True,
        ),
    ),
    remark=(
        "The widths that enter are w_0, ..., w_{d-1}; the statement introduces w_1, ..., w_d. Its "
        "proof says that a layer is zero in all entries or in none: true of continuous weights."
    ),
    see=("vev.def3.1", "vev.lemma4.2", "vev.propB.1", "vev.propB.2.limit", "vev.law.product"),
)
