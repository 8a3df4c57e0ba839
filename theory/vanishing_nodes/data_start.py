"""The VNI of linear layers over data: its laws from R_0 = tr S^2/(tr S)^2. No Claim in here.

    from_start   any widths and slope, from R_0
    on_data      one width, from the R_0 of a named law of inputs
    turns        the R_0 between which eq. (6) is within a level of it

Derivation: theory/vanishing_nodes/fig1_correlated_inputs.py, which makes the claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import images, prove
from theory.schema import Bounds, Choice, Integers, Parameter, Reals, Tuples
from theory.symbols import MOST_WIDTH, L, N
from theory.vanishing_nodes import eq06_vni_depth_width as eq06
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.fig1_measured import CLOSE
from theory.vanishing_nodes.first_order import IID

R_0, R_L, level_ = sp.symbols("R_0 R_L epsilon")

ON_DATA = (
    Parameter("inputs", Choice(images.INPUTS), "law of the inputs; gaussian: white"),
    Parameter("input_width", Integers(1), "n_0, entries of one input"),
    Parameter("width", Integers(1, MOST_WIDTH), "N, width of every layer", N),
    Parameter("depth", Integers(0), "L, number of linear layers", L),
)
START = Parameter("start", Reals(0, 1, open_low=True), "R_0 = tr S^2/(tr S)^2 of the input", R_0)
SIZE = (
    Parameter("width", Integers(2, MOST_WIDTH), "N, width of every layer", N),
    ON_DATA[3],
    Parameter("level", Reals(0, 0.5, open_low=True), "relative error that is allowed", level_),
)
LAYERS = Parameter("widths", Tuples(Integers(1, MOST_WIDTH)), "widths n_1, ..., n_L of the layers")
LINEAR = {"mu_1": 1, "mu_2": 1, "s_1": IID}


def printed(inputs: str, input_width: int, width: Any, depth: Any) -> Any:
    """Eq. (6) for linear layers and iid weights, whatever the input: (1 + L)/N."""
    return eq06.stated_law(width, depth, **LINEAR)


def from_start(start: Any, widths: Any, slope: Any) -> Any:
    """E tr C^2/E (tr C)^2 for C = J S J^T, R_0 that of S; slopes independent of the weights. Exact.

    >>> from_start(1, (5, 7), 1), from_start(sp.Rational(1, 7), (4,), 1)
    (1, 2/5)
    """
    x = rec.to_x(sp.sympify(prove.exact(start)))
    for width in widths:
        x *= rec.layer_factor(sp.sympify(prove.exact(width)), rec.spread(slope))
    return rec.from_x(x)


def on_data(inputs: str, input_width: int, width: Any, depth: int) -> Any:
    """The same for a linear network of one width, from the R_0 of an input law. Exact.

    >>> on_data("gaussian", 7, 4, 1), round(float(on_data("digits", 64, 200, 10)), 4)
    (2/5, 0.1299)
    """
    return from_start(images.start(inputs, input_width), (width,) * depth, 1)


def turns(width: Any, depth: Any, level: Any) -> Bounds:
    """The R_0 between which (1 + L)/N is within `level` of the exact VNI, relative to itself.

    X(R_0) = X((1 -+ level)(1 + L)/N) ((N+2)/(N-1))^L. Negative ends: no data reaches them.

    >>> [round(float(end), 5) for end in (turns(200, 10, CLOSE).low, turns(200, 10, CLOSE).high)]
    [0.00114, 0.00641]
    """
    n, e = sp.sympify(prove.exact(width)), sp.sympify(prove.exact(level))
    grown = rec.layer_factor(n, 1) ** sp.sympify(depth)
    ends = [
        rec.from_x(rec.to_x((1 + sign * e) * (1 + depth) / n) / grown) if n > 1 else sp.Integer(1)
        for sign in (-1, 1)
    ]
    return Bounds(*ends)


def mutated_turns(change: str) -> Any:
    """Wrong versions of `turns`, by name."""

    def evaluate(width: Any, depth: Any, level: Any) -> Bounds:
        if change == "one layer fewer":
            return turns(width, depth - 1, level)
        n, e = sp.sympify(width), sp.sympify(level)  # "R = R_0 + L/N"
        return Bounds(*((1 + sign * e) * (1 + depth) / n - depth / n for sign in (-1, 1)))

    return evaluate


def data_is_close(point: Mapping[str, Any]) -> bool:
    """Whether R_0 of the inputs of a point lies between the turns; true where it names none."""
    if "input_width" not in point or "width" not in point:
        return True
    start = images.start(point["inputs"], point["input_width"])
    ends = turns(point["width"], point.get("depth", 0), CLOSE)
    return bool(ends.low <= prove.exact(start) <= ends.high)


def mutated(change: str) -> Any:
    """Wrong versions of `on_data`, by name."""

    def evaluate(inputs: str, input_width: int, width: Any, depth: int) -> Any:
        start = images.start(inputs, input_width)
        if change == "R_0 = 1/n_0":
            start = Fraction(1, input_width)
        if change == "data not centred" and inputs == "digits":
            start = images.DIGITS.uncentred
        if change == "R_0 added to eq. (6)":
            return prove.exact(start) + sp.Integer(depth) / width
        layers = depth - 1 if change == "L-1 layers" else depth
        return from_start(start, (width,) * layers, 1)

    return evaluate


def mutated_start(change: str) -> Any:
    """Wrong versions of `from_start`, by name."""

    def evaluate(start: Any, widths: Any, slope: Any) -> Any:
        if change == "q = 1 for every activation":
            return from_start(start, widths, 1)
        if change == "the last layer left out":
            return from_start(start, widths[:-1], slope)
        return from_start(1 / sp.sympify(widths[0]), widths, slope)  # starts white

    return evaluate
