"""How many ReLU networks are alive: Propositions B.1 and B.2.

    vev.propB.1         width 1: P(y^(d) != 0) = 2^-d
    vev.propB.2         any widths: P(y^(d) != 0) = prod_{i=0}^{d-1} (1 - 2^-w_i)
    vev.propB.2.limit   "and so" the limit is 0

A layer dies when no unit of the layer below is positive. With continuous weights the signs of a
layer above the input are fair and independent given that it is not zero; those of the input need
not be, and with +-1 weights a sum may cancel exactly.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
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
    stated,
    unstated,
)
from theory.symbols import DEPTH, d
from theory.vanishing_variance import PAPER

RELU = en.leaky(Fraction(0))
ALL_WIDTHS = Parameter(
    "widths", Tuples(Integers(1), min_size=2), "all widths w_0, ..., w_d, that of the output too"
)
INPUT_ZERO = Parameter("input_zero", Reals(0, 1), "P(x = 0)", sp.Symbol("p_0"))
WEIGHT_ZERO = Parameter("weight_zero", Reals(0, 1), "P(W = 0) of one weight", sp.Symbol("q_0"))

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
    aligned = {(Fraction(2 * s), Fraction(2 * s)): Fraction(1, 10) for s in (-1, 1)}
    opposed = {(Fraction(s), Fraction(-s)): Fraction(2, 5) for s in (-1, 1)}
    return {**aligned, **opposed}


def input_law(name: str, width: int) -> en.Joint:
    """The discrete input law of that name; a Gaussian input has the signs of iid fair ones."""
    if name in ("gaussian", "rademacher"):
        return signs(width)
    laws = {"sign_product": sign_product(1), "negative_sign_product": sign_product(-1)}
    return laws[name] if name in laws else correlated_pair()


# --- the exact law ---------------------------------------------------------------------------

Vector = tuple[int, ...]


def active_part(y: Sequence[Any]) -> Vector:
    """phi_0(y) up to order and scale: positive parts, sorted, without their common divisor.

    >>> active_part((4, -2, 6)), active_part((-1, 0))
    ((0, 2, 3), (0, 0))
    """
    positive = sorted(int(max(value, 0)) for value in y)
    divisor = math.gcd(*positive) or 1
    return tuple(value // divisor for value in positive)


@functools.cache
def signed_sums(active: Vector) -> tuple[tuple[int, Fraction], ...]:
    """Law of sum_j W_j f_j for fair signs W_j."""
    law: dict[int, Fraction] = defaultdict(Fraction)
    law[0] = Fraction(1)
    for f in active:
        after: dict[int, Fraction] = defaultdict(Fraction)
        for total, p in law.items():
            after[total + f] += p / 2
            after[total - f] += p / 2
        law = after
    return tuple(law.items())


@functools.cache
def next_active(active: Vector, width: int) -> tuple[tuple[Vector, Fraction], ...]:
    """One step of the Markov chain on the active parts, +-1 weights; units are iid given it."""
    unit: dict[int, Fraction] = defaultdict(Fraction)
    for total, p in signed_sums(active):
        unit[max(total, 0)] += p
    law: dict[Vector, Fraction] = defaultdict(Fraction)
    for values in itertools.combinations_with_replacement(sorted(unit), width):
        orders = math.factorial(width)
        for value in set(values):
            orders //= math.factorial(values.count(value))
        law[active_part(values)] += orders * math.prod(unit[value] for value in values)
    return tuple(law.items())


def alive_exact(widths: Any, inputs: str, weights: str) -> sp.Rational:
    """P(y^(d) != 0), exact.

    Continuous weights: P(phi_0(x) != 0) prod_{i=1}^{d-1} (1 - 2^-w_i), whatever the input law.
    +-1 weights: the finite Markov chain of the active parts.

    >>> alive_exact((3, 3), "sign_product", "gaussian"), alive_exact((2, 2), "rademacher", "rademacher")
    (1, 11/16)
    """
    start: dict[Vector, Fraction] = defaultdict(Fraction)
    for x, p in input_law(inputs, widths[0]).items():
        start[active_part(x)] += p
    live = 1 - sum(p for f, p in start.items() if not any(f))
    if weights != "rademacher":
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


# --- vev.propB.1 -----------------------------------------------------------------------------


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
            (f"widths {widths}", law(widths=widths, inputs="rademacher", weights="rademacher"), found)
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
    start, end = sp.Matrix([[sp.Rational(1, 2), sp.Rational(1, 4)]]), sp.Matrix([1, 1])
    last = sp.Matrix([1, sp.Rational(3, 4)])  # y = 0 from (1, 1) when both sums cancel
    rows = [("eigenvalue", roots[0], (9 + sp.sqrt(145)) / 32)]
    for depth in (1, 4, 9):
        found = (start * steps ** (depth - 1) * last)[0]
        arguments = {"widths": (2,) * (depth + 1), "inputs": "rademacher", "weights": "rademacher"}
        rows.append((f"depth {depth}", law(**arguments), found))
    del end
    return prove.cases(rows, "two-state chain")


# --- vev.propB.2.limit -----------------------------------------------------------------------

GROWTH = Parameter(
    "growth",
    Choice(("constant", "linear", "logarithmic")),
    "w_i = size, w_i = i + size, or w_i = ceil(size log2(i + 2))",
)
SIZE = Parameter("size", Integers(1, draw_to=6), "the number in the rule for the widths")


def width_rule(growth: str, size: int) -> Iterator[int]:
    """w_0, w_1, ... of the rule."""
    for i in itertools.count():
        if growth == "logarithmic":
            yield ((i + 2) ** size - 1).bit_length()  # ceil(log2((i+2)^size))
        else:
            yield size if growth == "constant" else i + size


def limit_stated(growth: str, size: int) -> Any:
    """0, whatever the widths."""
    return sp.Integer(0)


def limit_alive(growth: str, size: int) -> Any:
    """prod_{i>=0} (1 - 2^-w_i) for joint sign symmetry and continuous weights: 0 iff sum 2^-w_i = oo.

    Linear widths: the q-Pochhammer symbol (2^-size; 1/2). Logarithmic: sum 2^-w_i is at most
    sum (i+2)^-size, finite iff size > 1; factors are grouped by their width.

    >>> limit_alive("constant", 5), mpmath.nstr(limit_alive("linear", 1), 6)
    (0, '0.288788')
    """
    if growth == "constant" or (growth == "logarithmic" and size == 1):
        return sp.Integer(0)
    if growth == "linear":
        return mpmath.qp(mpmath.mpf(2) ** -size, mpmath.mpf(1) / 2)
    total, width = mpmath.mpf(0), 1
    while True:  # integers n = i + 2 >= 2 with ceil(size log2 n) = width: size-th roots of 2^width
        count = _root(width, size) - max(1, _root(width - 1, size))
        total += count * mpmath.log1p(-mpmath.mpf(2) ** -width)
        if width > 4 and mpmath.mpf(2) ** (width / size - width) < mpmath.eps:
            return mpmath.exp(total)
        width += 1


def _root(power: int, size: int) -> int:
    return int(sp.integer_nthroot(2**power, size)[0])


def bounded_widths(law: Any) -> Finding:
    """Constant width: the product is a power below any bound."""
    rows = []
    for size in (1, 3, 6):
        depth = math.ceil(50 / -math.log2(1 - 0.5**size))
        partial = (1 - Fraction(1, 2**size)) ** depth
        inside = bool(0 <= law(growth="constant", size=size) <= prove.exact(partial))
        rows.append((f"w = {size}: at depth {depth} at most 2^-50", inside and partial < 2**-49.9))
    return prove.truth(rows, predicted="0", found="a geometric sequence")


def pentagonal(law: Any) -> Finding:
    """w_i = i + 1: Euler's series 1 - q - q^2 + q^5 + q^7 - ... at q = 1/2, not zero."""
    with mpmath.workdps(30):
        q = Fraction(1, 2)
        series = Fraction(1) + sum(
            (-1) ** k * (q ** (k * (3 * k - 1) // 2) + q ** (k * (3 * k + 1) // 2))
            for k in range(1, 12)
        )
        shifted = series / (1 - q) / (1 - q**2)  # w_i = i + 3
        return prove.close(
            [
                ("w_i = i + 1", law(growth="linear", size=1), prove.exact(series)),
                ("w_i = i + 3", law(growth="linear", size=3), prove.exact(shifted)),
            ],
            digits=20,
            detail="pentagonal numbers",
        )


def comparison(law: Any) -> Finding:
    """Logarithmic widths: the partial product brackets the limit with Weierstrass' inequality.

    prod_{i<n} > limit >= prod_{i<n} (1 - sum_{i>=n} (i+2)^-size), the sum below an integral. At
    size 1 the partial products fall under every level: sum 1/(i+2)/2 diverges.
    """
    rows: list[tuple[str, bool | None]] = []
    for size in (2, 3):
        n, product = 4000, mpmath.mpf(1)
        for width in itertools.islice(width_rule("logarithmic", size), n):
            product *= 1 - mpmath.mpf(2) ** -width
        rest = mpmath.mpf(n + 1) ** (1 - size) / (size - 1)
        value = law(growth="logarithmic", size=size)
        rows.append((f"size {size}: in [{mpmath.nstr(product * (1 - rest), 6)}, "
                     f"{mpmath.nstr(product, 6)}]",
                     bool(product * (1 - rest) <= value <= product)))  # fmt: skip
    # between powers of two there are 2^k widths k+1 each: the product falls by e^{-1/2} per octave
    octave = [(1 - Fraction(1, 2 ** (k + 1))) ** (2**k) for k in range(1, 8)]
    falls = all(Fraction(1, 2) < factor < Fraction(61, 100) for factor in octave)
    rows.append(("size 1: every octave multiplies by less than 0.61", falls))
    rows.append(("size 1: the limit is 0", bool(law(growth="logarithmic", size=1) == 0)))
    return prove.truth(rows, predicted="zero iff sum 2^-w_i diverges", found="comparison test")


# --- mutants ---------------------------------------------------------------------------------


def _alive_mutant(change: str) -> Any:
    def evaluate(widths: Any, inputs: str, weights: str) -> Any:
        if change == "product over w_1 .. w_d":
            return alive_exact(widths[1:] + widths[-1:], "rademacher", weights)
        if change == "2^-(w-1)":
            return alive_exact((widths[0], *(max(n - 1, 1) for n in widths[1:-1]), widths[-1]),
                               inputs, weights)  # fmt: skip
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


def _limit_mutant(change: str) -> Any:
    def evaluate(growth: str, size: int) -> Any:
        if change == "criterion sum 1/w_i":
            return sp.Integer(0)  # diverges for all three rules
        if change == "first layer forgotten":
            return limit_alive(growth, size) / (1 - mpmath.mpf(2) ** -next(width_rule(growth, size)))
        return limit_alive(growth, size) if growth != "logarithmic" else mpmath.mpf(1) / 2

    return evaluate


# --- the claims ------------------------------------------------------------------------------

ALIVE = Estimand("probability", ("alive",), over="networks and inputs")


def _setup(widths: tuple[int, ...], weights: str, inputs: str, **more: Any) -> dict[str, Any]:
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


def _one_probe(depth: int, weights: str, **more: Any) -> Probe:
    atom = Fraction(1, 2) if weights == "three_point" else 0
    return Probe(
        name=f"{weights} weights, depth {depth}",
        experiment="alive",
        setup=_setup((1,) * (depth + 1), weights, "gaussian", weight_kurtosis=2.0),
        at={"depth": depth, "input_zero": 0, "weight_zero": atom},
        estimand=ALIVE,
        laws=("stated", "sharper"),
        **more,
    )


WIDTH_ONE = Claim(
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
                Mutant("zeros of the input per layer", lambda depth, input_zero, weight_zero: (
                    width_one_with_atoms(depth, 0, weight_zero)
                    * (1 - prove.exact(input_zero)) ** depth)),
                Mutant("zeros of the weights once", lambda depth, input_zero, weight_zero: (
                    width_one_with_atoms(depth, input_zero, 0) * (1 - prove.exact(weight_zero)))),
            ),
        ),
    ),
    assumptions=(
        stated("symmetric input and weights, width 1, slope 0",
               lambda p: set(p.get("widths", (1,))) == {1} and p.get("slope", 0) == 0),
        unstated("the input is never 0", lambda p: p.get("input_zero", 0) == 0),
        unstated("a weight is never 0", lambda p: p.get("weight_zero", 0) == 0),
    ),
    expected="holds-if",
    because=(
        "Each layer passes on a non-zero value with probability 1/2, unless the input or a weight "
        "can be exactly zero, which a symmetric law allows and the document leaves open."
    ),
    proofs=(
        Proof("enumeration", "exact", "every network of +-1 weights on a fair sign",
              width_one_enumerated("signs", "signs")),
        Proof("zero weights", "exact", "weights -1, 0, 1: the probability is 4^-d",
              width_one_enumerated("signs", "with zeros"), point={"weight_zero": Fraction(1, 2)}),
        Proof("zero input", "exact", "an input that is 0 half of the time",
              width_one_enumerated("with zeros", "signs"), point={"input_zero": Fraction(1, 2)}),
        *(
            Proof(f"atoms counted: {x}, {w}", "exact", f"input {x}, weights {w}",
                  width_one_enumerated(x, w), law="sharper")
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
        Curve("depth", "Width-1 ReLU networks that are alive", "depth", "probability",
              range(1, 11), lambda x: {"depth": int(x), "input_zero": 0, "weight_zero": 0},
              log_y=True),
    ),
)


def _alive_probe(name: str, widths: tuple[int, ...], weights: str, inputs: str, **more: Any) -> Probe:
    return Probe(
        name=name,
        experiment="alive",
        setup=_setup(widths, weights, inputs),
        at={"widths": widths, "inputs": inputs, "weights": weights},
        estimand=ALIVE,
        laws=("stated", "corrected"),
        **more,
    )


ALIVE_PARAMETERS = (
    ALL_WIDTHS,
    Parameter(
        "inputs",
        Choice(("rademacher", "gaussian", "sign_product", "negative_sign_product",
                "correlated_pair")),
        "law of the input: iid, (s1, s2, +-s1 s2), or the correlated pair of vev.lemma4.2",
    ),
    Parameter("weights", Choice(("gaussian", "rademacher")), "continuous weights, or +-1"),
)
index = sp.Symbol("i", integer=True)
w_i = sp.Indexed("w", index)

ANY_WIDTH = Claim(
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
            role="corrected",
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
        unstated(
            "the input is jointly sign-symmetric and has no zero entry",
            lambda p: p.get("inputs", "rademacher") in ("rademacher", "gaussian"),
        ),
        unstated(
            "a weighted sum of the active units is never exactly 0 (continuous weights)",
            lambda p: p.get("weights", "gaussian") != "rademacher",
        ),
    ),
    expected="false-as-stated",
    because=(
        "Symmetric and uncorrelated entries need not have independent signs, so the factor of the "
        "input is wrong for some inputs the document allows; and with +-1 weights, which it uses, "
        "sums cancel exactly, so that a layer can have some zero entries without being zero."
    ),
    proofs=(
        *(
            Proof(f"sign patterns ({law})", "exact", "continuous weights, jointly symmetric input",
                  continuous_weights, law=law)
            for law in ("stated", "corrected")
        ),
        *(
            Proof(f"other inputs ({law})", "exact", "inputs that are symmetric and uncorrelated only",
                  other_inputs, law=law, point={"inputs": "sign_product"})
            for law in ("stated", "corrected")
        ),
        *(
            Proof(f"+-1 weights ({law})", "exact", "every literal network of +-1 weights",
                  sign_weights, law=law, point={"weights": "rademacher"})
            for law in ("stated", "corrected")
        ),
        Proof("rate of +-1 weights", "exact", "width 2 decays like (9 + sqrt 145)/32 per layer",
              sign_rate, law="corrected", point={"weights": "rademacher"}),
    ),
    probes=(
        _alive_probe("Gaussian, w = 3, d = 7", (3,) * 8, "gaussian", "gaussian",
                     why="the document's own case"),
        _alive_probe("Gaussian, unequal widths", (2, 4, 1, 3, 5), "gaussian", "gaussian",
                     why="which widths are read"),
        _alive_probe("Gaussian, w = 10, d = 100", (10,) * 101, "gaussian", "gaussian",
                     why="the document's experiment"),
        _alive_probe("signs with product", (3, 4), "gaussian", "sign_product",
                     why="no input is ever all negative"),
        _alive_probe("signs with minus product", (3, 4), "gaussian", "negative_sign_product",
                     why="all negative more often than for independent signs"),
        _alive_probe("correlated pair", (2, 4), "gaussian", "correlated_pair",
                     why="all negative less often than for independent signs"),
        *(
            _alive_probe(f"+-1 weights, depth {depth}", (2,) * (depth + 1), "rademacher",
                         "rademacher", why="exact cancellation", curve="signs", x=depth)
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
            laws=("stated", "corrected"),
            log_y=True,
        ),
    ),
    remark=(
        "The widths that enter are w_0, ..., w_{d-1}; the statement introduces w_1, ..., w_d. Its "
        "proof says that a layer is zero in all entries or in none: true of continuous weights."
    ),
)

LIMIT = Claim(
    id="vev.propB.2.limit",
    title="the probability that a ReLU network is alive tends to 0 with depth",
    source=PAPER.at("Proposition B.2", "and so lim p(y^(d) != 0) = 0, for any widths"),
    kind="asymptotic",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(sp.Symbol("lim P(alive)"), sp.Integer(0)),
            parameters=(GROWTH, SIZE),
            words="limit of the probability that the output is not zero",
            evaluate=limit_stated,
            mutants=(Mutant("one layer's factor", lambda growth, size: 1 - sp.Rational(1, 2**size)),),
        ),
        Law(
            role="corrected",
            formula=sp.Eq(
                sp.Symbol("lim P(alive)"), sp.Product(1 - 2**-w_i, (index, 0, sp.oo))
            ),
            parameters=(GROWTH, SIZE),
            words="0 if and only if the sum of 2^-w_i diverges, as it does for bounded widths",
            evaluate=limit_alive,
            mutants=tuple(
                Mutant(change, _limit_mutant(change))
                for change in ("criterion sum 1/w_i", "first layer forgotten", "half for all logs")
            ),
        ),
    ),
    assumptions=(
        unstated(
            "bounded widths (or at least a divergent sum of 2^-w_i)",
            lambda p: p.get("growth", "constant") == "constant"
            or (p.get("growth") == "logarithmic" and p.get("size") == 1),
        ),
    ),
    expected="false-as-stated",
    because=(
        "A product of factors below 1 need not tend to 0: with widths that grow, even linearly, "
        "a positive share of the networks is alive at every depth."
    ),
    proofs=(
        *(
            Proof(f"constant width ({law})", "exact", "a power of 1 - 2^-w", bounded_widths, law=law)
            for law in ("stated", "corrected")
        ),
        *(
            Proof(f"pentagonal numbers ({law})", "exact", "w_i = i + 1 has a positive limit",
                  pentagonal, law=law, point={"growth": "linear"})
            for law in ("stated", "corrected")
        ),
        Proof("comparison test", "exact", "w_i = ceil(s log2(i+2)): zero for s = 1 only",
              comparison, law="corrected", point={"growth": "logarithmic"}),
    ),
    probes=(
        Probe(
            name="w_i = i + 1, 14 layers",
            experiment="alive",
            setup=_setup(tuple(range(1, 16)), "gaussian", "gaussian"),
            at={"growth": "linear", "size": 1},
            estimand=ALIVE,
            laws=("stated", "corrected"),
            why="the layers left out change the limit by 2^-14",
        ),
    ),
    remark=(
        "'Converges to the Dirac delta in probability' is here P(y = 0) -> 1, convergence in total "
        "variation, so the weaker statement follows as well."
    ),
)  # fmt: skip
