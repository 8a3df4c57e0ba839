"""Figure 1, green line: the VNI of networks that are fed with images, not with white noise.

    vn.fig1.mnist   eq. (6) is "very close" on MNIST too; exactly, R starts at the input's own R_0

For inputs of covariance S and a linear network C = J S J^T, so the two traces of C obey the
recursion of vn.rec from (tr S^2, (tr S)^2): X(R_L) = X(R_0) prod (n_l - 1)/(n_l - 1 + 3 q_l) with
X(R) = (1-R)/(1+2R) and R_0 = tr S^2/(tr S)^2. MNIST is not needed to see what eq. (6) leaves out:
scikit-learn's digits, and Gaussian images of a power-law spectrum.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import images, prove
from theory.schema import (
    EXACT_MARGIN,
    LATER,
    Choice,
    Claim,
    Curve,
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
from theory.symbols import MOST_WIDTH, SLOPE, L, N, a
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import eq06_vni_depth_width as eq06
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.first_order import IID
from theory.vanishing_nodes.probes import OF_COVARIANCE, over_inputs, with_remainder

R_0, R_L = sp.symbols("R_0 R_L")
n_l, q, index = sp.IndexedBase("n"), sp.Symbol("q"), sp.Symbol("l", integer=True)

ON_DATA = (
    Parameter("inputs", Choice(images.INPUTS), "law of the inputs; gaussian: white"),
    Parameter("input_width", Integers(1), "n_0, entries of one input"),
    Parameter("width", Integers(1, MOST_WIDTH), "N, width of every layer", N),
    Parameter("depth", Integers(0), "L, number of linear layers", L),
)
START = Parameter("start", Reals(0, 1, open_low=True), "R_0 = tr S^2/(tr S)^2 of the input", R_0)
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


def _mutated(change: str) -> Any:
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


def _mutated_start(change: str) -> Any:
    def evaluate(start: Any, widths: Any, slope: Any) -> Any:
        if change == "q = 1 for every activation":
            return from_start(start, widths, 1)
        if change == "the last layer left out":
            return from_start(start, widths[:-1], slope)
        return from_start(1 / sp.sympify(widths[0]), widths, slope)  # starts white

    return evaluate


# --- proofs ----------------------------------------------------------------------------------


def every_covariance(law: Any) -> Finding:
    """One layer with all products of weights multiplied out; then a second by the recursion.

    The law of W is invariant under rotations from the right, so S may be taken as diagonal.
    """
    spread = rec.spread(a)

    def facts() -> Iterator[tuple[str, bool]]:
        for m, n in ((2, 2), (2, 3)):
            sum_sq, sq_trace, c = rec.wick_moments(m, n)
            ratio = sum(v**2 for v in c) / sum(c) ** 2
            claimed = law(start=ratio, widths=(m,), slope=a)
            found = (sum_sq / sq_trace).subs(sp.Symbol("q"), spread)
            yield f"{n} -> {m}, every S and slope", rec.same(claimed, found)
        n, m, k, start = sp.symbols("n m k R_0", positive=True)
        for slope in (0, sp.Rational(1, 2)):
            first, second = (rec.one_layer(*pair, rec.spread(slope)) for pair in ((m, n), (k, m)))
            traces = second * (first * sp.Matrix([start, 1]))
            claimed = law(start=start, widths=(m, k), slope=slope)
            yield f"n -> m -> k, a = {slope}, every width", rec.same(claimed, traces[0] / traces[1])

    return prove.truth(
        facts(),
        predicted="X(R_L) = X(R_0) prod (n_l - 1)/(n_l - 1 + 3 q)",
        found="the multinomial expansion with Gaussian moments, started at S",
    )


@functools.cache
def literal_start() -> tuple[tuple[str, dict[str, Any], sp.Rational], ...]:
    """(label, law of the inputs, tr S^2/(tr S)^2) from covariances written out, not from spectra.

    2 x 2 pixels: S = T^T diag(1, 1/2, 1/2, 1/3) T with T the cosine transform of both axes.
    Digits: S = G/n - s s^T/n^2 multiplied out, so tr S^2 from the sums that are not centred.
    """
    cosines = sp.Matrix([[1, 1], [1, -1]]) / sp.sqrt(2)
    both = sp.kronecker_product(cosines, cosines)
    cov = both.T * sp.diag(1, *(sp.Rational(1, 1 + f) for f in (1, 1, 2))) * both
    small = sp.nsimplify((cov * cov).trace() / cov.trace() ** 2)
    sums, n = images.DIGITS, images.DIGITS.count
    sum_sq = n**2 * sums.raw_trace_2 - 2 * n * sums.raw_cross + sums.raw_mean**2
    centred = sp.Rational(sum_sq, (n * sums.raw_trace - sums.raw_mean) ** 2)
    white = sp.Rational(1, 5)
    return (
        ("2 x 2 pixels", {"inputs": "image_spectrum", "input_width": 4}, small),
        ("digits", {"inputs": "digits", "input_width": 64}, centred),
        ("white, 5 entries", {"inputs": "gaussian", "input_width": 5}, white),
    )


def literal_data(law: Any) -> Finding:
    """The recursion of the two traces from those starts, 0, 1 and 3 layers of 6 units."""

    def triples() -> Iterator[tuple[str, Any, Any]]:
        for label, data, ratio in literal_start():
            traces, below = sp.Matrix([ratio, 1]), data["input_width"]
            for depth in range(4):
                if depth:
                    traces = rec.one_layer(6, below, 1) * traces
                    below = 6
                if depth != 2:
                    claimed = law(**data, width=6, depth=depth)
                    yield f"{label}, L = {depth}", claimed, traces[0] / traces[1]

    return prove.cases(triples(), "covariances written out, then layer by layer")


def never_below_start(inputs: str, input_width: int) -> Any:
    """A check that the law, with its own second order, is not below what R cannot fall under.

    Each factor of X lies in [0, 1), so R_L > R_0 for every width and depth.
    """

    def check(law: Any) -> Finding:
        start = images.start(inputs, input_width)

        def facts() -> Iterator[tuple[str, bool]]:
            for width, depth in ((200, 10), (500, 10), (500, 20)):
                at = {"inputs": inputs, "input_width": input_width, "width": width, "depth": depth}
                value = law(**at) + eq06.second_order(depth, 1, IID) / width**2
                yield f"N = {width}, L = {depth}: {float(value):.4f} >= R_0", bool(value >= start)

        return prove.truth(
            facts(),
            predicted="(1 + L)/N and its second order",
            found=f"R >= R_0 = {float(start):.4f} at every depth",
        )

    return check


# --- the claim -------------------------------------------------------------------------------

N_INPUTS = 16
"""Inputs of one network. Gaussian ones add (4/M) Var(x^T C x)/(tr C^2)^2 <= (4/M) 2 = 1/2 to the
relative variance of the unbiased tr C^2, less than the size rule allows the networks to add."""
WIDTH = 40  # 20 L at L = 2: the edge of the domain of eq. (6)


def _probe(
    inputs: str, input_width: int, depth: int, laws: tuple[str, ...], why: str, **more: Any
) -> Probe:
    at: dict[str, Any] = {"inputs": inputs, "input_width": input_width, "width": WIDTH}
    at["depth"] = depth
    if inputs == "digits":
        more |= {"curve": "depth", "x": depth}
    margin = EXACT_MARGIN
    if "stated" in laws:
        second = eq06.second_order(depth, 1, IID) / (WIDTH**2 * printed(**at))
        margin = with_remainder(second, "second order of eq. (6) at this size")
    return Probe(
        name=f"{inputs} N={WIDTH} L={depth}",
        experiment="input_covariance",
        setup={
            **over_inputs((input_width, *(WIDTH,) * depth), 1, N_INPUTS),
            "inputs": inputs,
        },
        at=at,
        estimand=OF_COVARIANCE,
        laws=laws,
        margin=margin,
        why=why,
        **more,
    )


BOTH = ("stated", "from R_0")

CLAIM = Claim(
    id="vn.fig1.mnist",
    title="eq. (6) is very close to the VNI over MNIST images too",
    source=PAPER.at(
        "Fig. 1 and the text below eq. (6)",
        "R_sq of eq. (3), with 50,000 MNIST images as with iid inputs, is very close to eq. (6)",
    ),
    kind="empirical figure",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(rec.R_sq, (1 + L) / N),
            parameters=ON_DATA,
            words="eq. (6) for linear layers, whatever the inputs are",
            evaluate=printed,
            mutants=(
                Mutant("1/N dropped", lambda depth, width, **_: sp.Integer(depth) / width),
                Mutant(
                    "half the slope", lambda depth, width, **_: (1 + sp.Rational(depth, 2)) / width
                ),
            ),
            error="relative L/(2N) to first order for white inputs",
        ),
        Law(
            role="corrected",
            name="from R_0",
            formula=sp.Eq(
                (1 - R_L) / (1 + 2 * R_L),
                (1 - R_0) / (1 + 2 * R_0) * ((N - 1) / (N + 2)) ** L,
            ),
            parameters=ON_DATA,
            words="annealed VNI over inputs, linear Gaussian layers; R_0 of the centred inputs",
            evaluate=on_data,
            mutants=tuple(
                Mutant(name, _mutated(name))
                for name in (
                    "R_0 = 1/n_0",
                    "data not centred",
                    "R_0 added to eq. (6)",
                    "L-1 layers",
                )
            ),
        ),
        Law(
            role="sharper",
            name="any covariance",
            formula=sp.Eq(
                (1 - R_L) / (1 + 2 * R_L),
                rec.to_x(R_0)
                * sp.Product((n_l[index] - 1) / (n_l[index] - 1 + 3 * q), (index, 1, L)),
            ),
            parameters=(START, LAYERS, SLOPE),
            words="E tr C^2 / E (tr C)^2 of C = J S J^T for any widths and a leaky rectifier",
            evaluate=from_start,
            mutants=tuple(
                Mutant(name, _mutated_start(name))
                for name in (
                    "starts white",
                    "q = 1 for every activation",
                    "the last layer left out",
                )
            ),
        ),
    ),
    assumptions=(
        stated(
            "the inputs have that width: 64 pixels for digits, k^2 for an image spectrum",
            lambda p: images.exists(
                p.get("inputs", "gaussian"), p.get("input_width", p.get("widths", (1,))[0])
            ),
        ),
        unstated(
            "the inputs are white and as many as a layer has units: R_0 = 1/N",
            lambda p: (
                "input_width" not in p
                or (p.get("inputs") == "gaussian" and p["input_width"] == p["width"])
            ),
        ),
    ),
    expected="false-as-stated",
    because=(
        "The VNI starts at R_0 of the data and only rises. scikit-learn's digits have R_0 = 0.076, "
        "above what eq. (6) gives at N = 200 for every depth below 15; at L = 10 it is 0.130 and "
        "eq. (6) says 0.055."
    ),
    proofs=(
        Proof(
            "white inputs",
            "exact",
            "for white inputs eq. (6) is not below the R_0 they start from",
            never_below_start("gaussian", 200),
            point={"inputs": "gaussian", "input_width": 200, "width": 200},
        ),
        Proof(
            "digits",
            "exact",
            "R never falls below R_0, and eq. (6) does, its second order included",
            never_below_start("digits", 64),
            point={"inputs": "digits", "input_width": 64, "width": 200},
        ),
        Proof(
            "literal data",
            "exact",
            "covariances written out entry by entry, then the two traces layer by layer",
            literal_data,
            law="from R_0",
        ),
        Proof(
            "every covariance",
            "symbolic",
            "one layer by Wick for every S, two layers for every width",
            every_covariance,
            law="any covariance",
        ),
    ),
    probes=(
        _probe("gaussian", WIDTH, 2, BOTH, "white inputs: both laws"),
        _probe("digits", 64, 2, BOTH, "real images"),
        _probe(
            "image_spectrum",
            36,
            2,
            BOTH,
            "Gaussian images of 6 x 6 pixels",
            tiers=LATER,
        ),
        *(
            _probe(
                "digits",
                64,
                depth,
                ("from R_0",),
                "growth with depth from R_0",
                tiers=LATER,
            )
            for depth in (1, 4)
        ),
    ),
    curves=(
        Curve(
            "depth",
            f"VNI over scikit-learn's digits, linear layers of {WIDTH} units",
            "depth",
            "E tr C^2 / E (tr C)^2",
            range(13),
            lambda x: {"inputs": "digits", "input_width": 64, "width": WIDTH, "depth": int(x)},
            laws=BOTH,
        ),
    ),
    remark=(
        "Exact for linear layers. A nonlinear network over inputs needs the centring of vn.eq2 "
        "too; the third law is then that of J S J^T. To first order R = R_0 + (qL/N)(1 + 2R_0)(1 - "
        "R_0). R_0 of one's own data: simulate.quantities.data_moments.input_vni."
    ),
    see=("vn.eq6", "vn.rec", "vn.fig1", "vn.eq2"),
)
