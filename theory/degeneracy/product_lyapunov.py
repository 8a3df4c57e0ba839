"""Growth of frames through a product of L Gaussian matrices: independent log chi-squares.

    dg.product.lyap   exact Lyapunov spectrum, at every depth

Gram-Schmidt in front of each layer: a Gaussian matrix maps an orthonormal frame to Gaussian
columns, and the part of the k-th column orthogonal to the k - 1 before it has squared length
chi^2_{n-k+1}/n, whatever happened below.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import mpmath
import sympy as sp

from theory.degeneracy import PAPER
from theory.maths import prove
from theory.schema import (
    LATER,
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
    stated,
)

n = sp.Symbol("n", integer=True, positive=True)
k = sp.Symbol("k", integer=True, positive=True)
L = sp.Symbol("L", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True, positive=True)
R_k, V_k = sp.symbols("R_k V_k", positive=True)  # length of the k-th direction, k-volume
psi = sp.Function("psi")  # digamma, for display

PARAMETERS = (
    Parameter("width", Integers(1), "width n of every layer", n),
    Parameter("depth", Integers(0), "number L of matrices in the product", L),
    Parameter("index", Integers(1), "index k of the direction, 1 (fastest) .. n", k),
)


def exponent(width: Any, index: Any) -> Any:
    """lambda_k = (ln(2/n) + psi((n - k + 1)/2))/2 per layer. Exact.

    >>> sp.N(exponent(7, 1), 6)
    -0.0748032
    """
    width, index = sp.sympify(width), sp.sympify(index)
    return (sp.log(2 / width) + sp.digamma((width - index + 1) / 2)) / 2


def log_growth(*, width: Any, depth: Any, index: Any) -> Any:
    """E of the log growth of the k-th orthogonal direction: L lambda_k. Exact at every L."""
    return depth * exponent(width, index)


def log_growth_variance(*, width: Any, depth: Any, index: Any) -> Any:
    """Its variance: L psi'((n - k + 1)/2)/4, trigamma. Exact at every L."""
    return depth * sp.polygamma(1, (sp.sympify(width) - sp.sympify(index) + 1) / 2) / 4


def log_volume(*, width: Any, depth: Any, index: Any) -> Any:
    """E log of the k-volume of the image of a unit k-cube; log |det P| at k = n."""
    return depth * sum((exponent(width, j) for j in range(1, int(index) + 1)), sp.Integer(0))


# --- proofs ----------------------------------------------------------------------------------

x, degrees, power = sp.symbols("x m s", positive=True)


@functools.cache
def log_chi_square() -> tuple[Any, Any, tuple[str, ...]]:
    """Mean and variance of log chi^2_m for symbolic m, from the derivatives of log E (chi^2)^s."""
    density = x ** (degrees / 2 - 1) * sp.exp(-x / 2) / (2 ** (degrees / 2) * sp.gamma(degrees / 2))
    moment = sp.simplify(sp.integrate(x**power * density, (x, 0, sp.oo)))
    cumulants = sp.log(moment)
    mean = sp.simplify(sp.diff(cumulants, power).subs(power, 0))
    variance = sp.simplify(sp.diff(cumulants, power, 2).subs(power, 0))
    return mean, variance, (
        f"E (chi^2_m)^s = {moment}",
        f"E log chi^2_m = d/ds log E (chi^2)^s at 0 = {mean}",
        f"Var log chi^2_m = second derivative at 0 = {variance}",
    )  # fmt: skip


@functools.cache
def _integrated(m: int, moment: int) -> Any:
    """E (log chi^2_m)^moment by quadrature of the density."""
    with mpmath.workdps(30):
        half = mpmath.mpf(m) / 2
        constant = 2**half * mpmath.gamma(half)
        # y = log x: smooth and doubly exponentially small at both ends
        return mpmath.quad(
            lambda y: y**moment * mpmath.exp(half * y - mpmath.exp(y) / 2) / constant,
            [-160, -20, -5, 0, 3, 6],
        )


CASES = ((7, 12, 1), (7, 12, 4), (7, 12, 7), (2, 3, 2), (20, 1, 5))


def _by_derivative(
    law: Any, symbolic: Any, numeric: Callable[[int, int], Any], steps: tuple[str, ...], digits: int
) -> Finding:
    """`symbolic` (width, depth, degrees) against quadrature, then the law against `symbolic`."""
    rows = []
    with mpmath.workdps(30):
        for width, depth, index in CASES:
            m = width - index + 1
            value, other = symbolic(width, depth, m), depth * numeric(width, m)
            if abs(mpmath.mpf(sp.N(value, 30)) - other) > 10.0**-digits:
                return Finding(None, str(value), str(other), "derivative and quadrature differ")
            label = f"n = {width}, L = {depth}, k = {index}"
            rows.append((label, law(width=width, depth=depth, index=index), value))
        found = prove.close(rows, digits=20, detail=f"quadrature agrees to {digits} digits")
    return Finding(found.agrees, found.predicted, found.found, found.detail, (*steps, *found.steps))


def mean_by_derivative(law: Any) -> Finding:
    """The derivative of the moments of a chi-square gives psi; quadrature agrees."""
    mean, _, steps = log_chi_square()
    return _by_derivative(
        law,
        lambda n, depth, m: depth * (mean.subs(degrees, m) - sp.log(n)) / 2,
        lambda n, m: (_integrated(m, 1) - mpmath.log(n)) / 2,
        steps,
        15,
    )


def variance_by_derivative(law: Any) -> Finding:
    """The second derivative gives psi'; quadrature agrees."""
    _, variance, steps = log_chi_square()
    return _by_derivative(
        law,
        lambda n, depth, m: depth * variance.subs(degrees, m) / 4,
        lambda n, m: (_integrated(m, 2) - _integrated(m, 1) ** 2) / 4,
        steps,
        13,
    )


@functools.cache
def plane_determinant() -> Any:
    """E log |w_11 w_22 - w_12 w_21| of four standard normals, without Gram-Schmidt.

    A product of two independent standard normals has characteristic function 1/sqrt(1 + t^2), so
    the determinant has 1/(1 + t^2): it is Laplace, density e^{-|x|}/2.
    """
    with mpmath.workdps(30):
        z = sp.Symbol("z", positive=True)
        product = sp.simplify(  # E e^{i t u v} = E e^{-t^2 v^2/2}
            2
            * sp.integrate(
                sp.exp(-(z**2) * power**2 / 2) * sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi),
                (z, 0, sp.oo),
            )
        )
        if sp.simplify(product**2 - 1 / (1 + power**2)) != 0:
            return None
        return mpmath.quad(lambda y: mpmath.log(y) * mpmath.exp(-y), [0, 1, 10, mpmath.inf])


def volume_in_the_plane(law: Any) -> Finding:
    """n = 2: log |det| of a 2 x 2 Gaussian matrix from its Laplace law; -Euler's constant."""
    standard = plane_determinant()
    if standard is None:
        return Finding(None, "", "", "the characteristic function was not reduced")
    with mpmath.workdps(30):
        rows = [
            (
                f"n = k = 2, L = {depth}",
                law(width=2, depth=depth, index=2),
                depth * (standard - mpmath.log(2)),
            )
            for depth in (1, 5)
        ]
        rows.append(("Euler's constant", -mpmath.euler, standard))
        line = [
            (f"n = k = 1, L = {depth}", law(width=1, depth=depth, index=1),
             depth * (-mpmath.euler - mpmath.log(2)) / 2)
            for depth in (1, 4)
        ]  # fmt: skip
        return prove.close([*rows, *line], digits=18, detail="E log |N(0,1)| = -(gamma + ln 2)/2")


def volume_wide(law: Any) -> Finding:
    """(1/n) E log |det P| -> -L/2: half the mean log of the Fuss-Catalan law, at order (ln n)/n."""
    facts = []
    with mpmath.workdps(20):
        for depth in (1, 10):
            for width in (50, 400):
                whole = law(width=width, depth=depth, index=width)
                error = abs(mpmath.mpf(sp.N(whole, 20)) / (width * depth) + mpmath.mpf(1) / 2)
                scale = mpmath.log(width) / width
                label = f"n = {width}, L = {depth}: distance {mpmath.nstr(error, 3)} below ln(n)/n"
                facts.append((label, bool(error < scale)))
    return prove.truth(facts, predicted="(1/nL) E log|det P|", found="-1/2 + O(ln n/n)")


# --- the claim -------------------------------------------------------------------------------

GROWTH = Estimand("mean", ("log_growth",), over="networks: E of the log growth, typical")
VOLUME = Estimand("mean", ("log_volume",), over="networks: E log of the k-volume, typical")
VARIANCE = Estimand(
    "smooth",
    ("log_growth", "log_growth_sq"),
    over="networks: variance of the log growth",
    function=lambda means: float(means[1] - means[0] ** 2),
)


def _probe(
    name: str, width: int, depth: int, index: int, law: str, estimand: Estimand, **more: Any
) -> Probe:
    at = {"width": width, "depth": depth, "index": index}
    return Probe(
        name=name,
        experiment="product_frames",
        setup={
            "widths": (width,) * (depth + 1),
            "weights": more.pop("weights", "gaussian"),
            "gain": 1.0,
            "activation": "linear",
            "extra": {"index": index},
        },
        at=at,
        estimand=estimand,
        laws=(law,),
        **more,
    )


CLAIM = Claim(
    id="dg.product.lyap",
    title="each direction of the product shrinks at its own exact exponential rate",
    source=PAPER.at(
        "figure adapted from Saxe et al. (1, 10, 100 layers)",
        "not in the document: the rates at which the directions of its product part",
    ),
    kind="exact in law",
    laws=(
        Law(
            role="sharper",
            name="mean",
            formula=sp.Eq(
                sp.Function("E")(sp.log(R_k)),
                L * (sp.log(2 / n) + psi((n - k + 1) / 2)) / 2,
                evaluate=False,
            ),
            parameters=PARAMETERS,
            words="mean log growth of the k-th orthogonal direction of a frame; k = 1: E log |Px|",
            evaluate=log_growth,
            mutants=(
                Mutant(
                    "psi(n - k + 1)/2",
                    lambda width, depth, index: (
                        depth
                        * (sp.log(sp.Rational(2) / width) + sp.digamma(width - index + 1) / 2)
                        / 2
                    ),
                ),
                Mutant(
                    "ln 2 forgotten",
                    lambda width, depth, index: depth * (exponent(width, index) - sp.log(2) / 2),
                ),
                Mutant(
                    "k off by one",
                    lambda width, depth, index: depth * exponent(width, index - 1),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(
                sp.Function("Var")(sp.log(R_k)),
                L * sp.polygamma(1, (n - k + 1) / 2) / 4,
                evaluate=False,
            ),
            parameters=PARAMETERS,
            words="variance of that log growth over networks",
            evaluate=log_growth_variance,
            mutants=(
                Mutant(
                    "of the squared length",
                    lambda **v: 4 * log_growth_variance(**v),
                ),
                Mutant(
                    "k off by one",
                    lambda width, depth, index: log_growth_variance(
                        width=width, depth=depth, index=index - 1
                    ),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="volume",
            formula=sp.Eq(
                sp.Function("E")(sp.log(V_k)),
                L
                * sp.Sum(
                    (sp.log(2 / n) + psi((n - j + 1) / 2)) / 2,
                    (j, 1, k),
                ),
                evaluate=False,
            ),
            parameters=PARAMETERS,
            words="mean log volume of the image of a k-dimensional unit cube; k = n: log |det P|",
            evaluate=log_volume,
            mutants=(
                Mutant(
                    "all directions alike",
                    lambda width, depth, index: depth * index * exponent(width, 1),
                ),
                Mutant(
                    "last direction left out",
                    lambda width, depth, index: (
                        log_volume(width=width, depth=depth, index=index)
                        - depth * exponent(width, index)
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "independent real Gaussian entries of variance 1/n",
            lambda p: p.get("weights", "gaussian") == "gaussian",
        ),
        stated("equal widths", lambda p: len(set(p.get("widths", (1,)))) == 1),
        stated("the index is at most the width", lambda p: p.get("index", 1) <= p.get("width", 1)),
    ),
    expected="holds",
    because=(
        "In front of each layer the frame may be made orthonormal; its image has independent "
        "chi-square lengths, whose logarithm has mean and variance psi and psi'. Even the fastest "
        "direction shrinks, at about 1/(2n) per layer, while mean squares stay 1."
    ),
    proofs=(
        Proof(
            "digamma",
            "symbolic",
            "E log chi^2_m by differentiating its moments, for symbolic m; quadrature beside it",
            mean_by_derivative,
            law="mean",
        ),
        Proof(
            "trigamma",
            "symbolic",
            "Var log chi^2_m likewise",
            variance_by_derivative,
            law="variance",
        ),
        Proof(
            "determinant in the plane",
            "numeric",
            "log |det| of a 2 x 2 Gaussian matrix from the Laplace law of its determinant",
            volume_in_the_plane,
            law="volume",
        ),
        Proof(
            "all directions",
            "numeric",
            "mean of all exponents -> -1/2, as the Fuss-Catalan spectrum demands",
            volume_wide,
            law="volume",
            tiers=LATER,
        ),
    ),
    probes=(
        _probe("log |Px|, n=7", 7, 12, 1, "mean", GROWTH, why="a vector through 12 layers"),
        _probe("slowest, n=7", 7, 12, 7, "mean", GROWTH, why="the last direction"),
        _probe("log |det P|, n=5", 5, 6, 5, "volume", VOLUME, why="sum over all directions"),
        _probe("plane in n=9", 9, 8, 2, "volume", VOLUME, why="area of a square"),
        _probe("variance, k=n=5", 5, 4, 5, "variance", VARIANCE, why="the widest logarithm"),
        _probe("variance, n=7", 7, 12, 1, "variance", VARIANCE, why="spread of log |Px|"),
        *(
            _probe(
                f"k={index}",
                20,
                10,
                index,
                "mean",
                GROWTH,
                why="the spectrum of exponents",
                curve="spectrum",
                x=index,
            )
            for index in (2, 5, 10, 15, 20)
        ),
        _probe(
            "orthogonal",
            7,
            12,
            1,
            "mean",
            GROWTH,
            weights="haar",
            why="orthogonal layers keep every length: exponent 0",
        ),
    ),
    curves=(
        Curve(
            "spectrum",
            "Mean log growth of the k-th direction, 10 layers of width 20",
            "direction k",
            "E log growth",
            range(1, 21),
            lambda index: {"width": 20, "depth": 10, "index": int(index)},
            laws=("mean",),
        ),
    ),
    remark=(
        "log sigma_k / L tends to these rates only for L far above n; at L near n the largest "
        "singular value is still above 1."
    ),
    see=("dg.product", "dg.product.large", "dg.gpD"),
)
