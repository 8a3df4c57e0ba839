"""Letters that more than one claim uses, and the parameters they stand for."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.schema import Integers, Parameter, Reals, Tuples

a = sp.Symbol("a", real=True)
L = sp.Symbol("L", integer=True, nonnegative=True)
N = sp.Symbol("N", integer=True, positive=True)
w = sp.Symbol("w", integer=True, positive=True)
d = sp.Symbol("d", integer=True, nonnegative=True)
kappa_w = sp.Symbol("kappa_w", positive=True)
beta = sp.Symbol("beta", positive=True)
rho = sp.Symbol("rho", real=True)

MOST_WIDTH = 10**6  # for laws whose cost does not grow with the width

SLOPE = Parameter("slope", Reals(), "negative slope a of the leaky ReLU", a)
WEIGHT_KURTOSIS = Parameter(
    "weight_kurtosis", Reals(1), "kurtosis E w^4/(E w^2)^2 of one weight", kappa_w
)
WIDTH = Parameter("width", Integers(1, MOST_WIDTH), "number of units of a layer", w)
DEPTH = Parameter("depth", Integers(0), "number of weight layers", d)
WIDTHS = Parameter(
    "widths",
    Tuples(Integers(1, MOST_WIDTH)),
    "widths that are read: w_0, ..., w_{d-1} (the last is not read)",
)


def by_unit(parameter: Parameter) -> Parameter:
    """WIDTH or WIDTHS for a law that sums over units: it ends where other whole numbers do."""
    few = Integers(1)
    return replace(parameter, domain=few if parameter is WIDTH else Tuples(few))
