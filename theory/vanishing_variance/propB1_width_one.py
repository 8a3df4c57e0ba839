"""ReLU networks of width 1: Proposition B.1.

vev.propB.1   P(y^(d) != 0) = 2^-d
"""

# ruff: noqa: N999 (the document's own name of the item)

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Finding,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    stated,
    unstated,
)
from theory.symbols import DEPTH, d
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.propB_dirac_limit import ALIVE, RELU, alive_setup

INPUT_ZERO = Parameter("input_zero", Reals(0, 1), "P(x = 0)", sp.Symbol("p_0"))
WEIGHT_ZERO = Parameter("weight_zero", Reals(0, 1), "P(W = 0) of one weight", sp.Symbol("q_0"))


def width_one(depth: int, input_zero: Any, weight_zero: Any) -> sp.Expr:
    """2^-d."""
    return sp.Rational(1, 2**depth)


def width_one_with_atoms(depth: int, input_zero: Any, weight_zero: Any) -> sp.Expr:
    """(1 - p_0) ((1 - q_0)/2)^d: exact for symmetric input and weights of width 1.

    >>> width_one_with_atoms(3, 0, sp.Rational(1, 2))
    1/64
    """
    p_0, q_0 = sp.sympify(prove.exact(input_zero)), sp.sympify(prove.exact(weight_zero))
    return (1 - p_0) * ((1 - q_0) / 2) ** depth


@functools.cache
def chain_of_width_one(inputs: str, weights: str, depth: int) -> Fraction:
    """P(y^(d) != 0), every sign and every zero of a literal chain visited."""
    laws = {"signs": en.SIGN, "with zeros": en.THREE_POINT}
    joint = en.network(en.iid(laws[inputs], 1), (1,) * depth, laws[weights], RELU)
    return 1 - joint.get((Fraction(0),), Fraction(0))


def width_one_enumerated(inputs: str, weights: str) -> Any:
    """A check of the laws of vev.propB.1 on depths 1..6."""
    zero = {"signs": Fraction(0), "with zeros": Fraction(1, 2)}

    def check(law: Any) -> Finding:
        return prove.cases(
            (
                (
                    f"d = {depth}, input {inputs}, weights {weights}",
                    law(depth=depth, input_zero=zero[inputs], weight_zero=zero[weights]),
                    chain_of_width_one(inputs, weights, depth),
                )
                for depth in range(1, 7)
            ),
            "exhaustive enumeration",
        )

    return check


# --- the claim -------------------------------------------------------------------------------


def _one_probe(depth: int, weights: str, **more: Any) -> Probe:
    atom = Fraction(1, 2) if weights == "three_point" else 0
    return Probe(
        name=f"{weights} weights, depth {depth}",
        experiment="alive",
        setup=alive_setup((1,) * (depth + 1), weights, "gaussian", weight_kurtosis=2.0),
        at={"depth": depth, "input_zero": 0, "weight_zero": atom},
        estimand=ALIVE,
        laws=("stated", "sharper"),
        **more,
    )


CLAIM = Claim(
    id="vev.propB.1",
    title="a width-1 ReLU network of depth d is alive with probability 2^-d",
    source=PAPER.at("Proposition B.1", "p(y^(d) != 0) = (1/2)^d for a symmetric random input x"),
    kind="exact in law",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("P(alive)"), sp.Integer(2) ** -d),
            parameters=(DEPTH, INPUT_ZERO, WEIGHT_ZERO),
            words="probability that the output of d layers of one unit is not zero",
            evaluate=width_one,
            mutants=(
                Mutant("2^-(d-1)", lambda **v: 2 * width_one(**v)),
                Mutant("2^-(d+1)", lambda **v: width_one(**v) / 2),
            ),
        ),
        Law(
            role="sharper",
            formula=sp.Eq(
                sp.Symbol("P(alive)"),
                (1 - sp.Symbol("p_0")) * ((1 - sp.Symbol("q_0")) / 2) ** d,
            ),
            parameters=(DEPTH, INPUT_ZERO, WEIGHT_ZERO),
            words="the same with the zeros of input and weights counted",
            evaluate=width_one_with_atoms,
            mutants=(
                Mutant(
                    "zeros of the input per layer",
                    lambda depth, input_zero, weight_zero: (
                        width_one_with_atoms(depth, 0, weight_zero)
                        * (1 - prove.exact(input_zero)) ** depth
                    ),
                ),
                Mutant(
                    "zeros of the weights once",
                    lambda depth, input_zero, weight_zero: (
                        width_one_with_atoms(depth, input_zero, 0) * (1 - prove.exact(weight_zero))
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "symmetric input and weights, width 1, slope 0",
            lambda p: set(p.get("widths", (1,))) == {1} and p.get("slope", 0) == 0,
        ),
        unstated("the input is never 0", lambda p: p.get("input_zero", 0) == 0),
        unstated("a weight is never 0", lambda p: p.get("weight_zero", 0) == 0),
    ),
    expected="holds-if",
    because=(
        "Each layer passes on a non-zero value with probability 1/2, unless the input or a weight "
        "can be exactly zero, which a symmetric law allows and the document leaves open."
    ),
    proofs=(
        Proof(
            "enumeration",
            "exact",
            "every network of +-1 weights on a fair sign",
            width_one_enumerated("signs", "signs"),
        ),
        Proof(
            "zero weights",
            "exact",
            "weights -1, 0, 1: the probability is 4^-d",
            width_one_enumerated("signs", "with zeros"),
            point={"weight_zero": Fraction(1, 2)},
        ),
        Proof(
            "zero input",
            "exact",
            "an input that is 0 half of the time",
            width_one_enumerated("with zeros", "signs"),
            point={"input_zero": Fraction(1, 2)},
        ),
        *(
            Proof(
                f"atoms counted: {x}, {w}",
                "exact",
                f"input {x}, weights {w}",
                width_one_enumerated(x, w),
                law="sharper",
            )
            for x, w in itertools.product(("signs", "with zeros"), repeat=2)
        ),
    ),
    probes=(
        *(
            _one_probe(depth, "gaussian", why="halves with each layer", curve="depth", x=depth)
            for depth in (1, 2, 4, 6, 8)
        ),
        _one_probe(3, "rademacher", why="+-1 weights are never 0"),
        _one_probe(2, "three_point", why="weights 0 half of the time: 1/16, not 1/4"),
    ),
    curves=(
        Curve(
            "depth",
            "Width-1 ReLU networks that are alive",
            "depth",
            "probability",
            range(1, 11),
            lambda x: {"depth": int(x), "input_zero": 0, "weight_zero": 0},
            log_y=True,
        ),
    ),
    see=("vev.propB.2", "vev.propB.2.limit"),
)
