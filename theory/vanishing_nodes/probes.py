"""What the claims of this document measure, on which networks, how precisely: no Claim in here.

    network        the set-up of a literal network at the gain that keeps the trace
    over_inputs    the same, read at many inputs
    ANNEALED ..    the averages over networks that are called "the VNI"
    with_remainder the margin of an asymptotic law: the precision of an exact one + its next term
    doubling       a probe of lim N R: networks of width N and 2N, where terms of order 1/N cancel
    log_variance   the size rule of the annealed probes, from the law alone (exact, no sampling)

The size rule of `doubling`. What 2 (2N R(2N)) - N R(N) leaves is of order 1/N^2. It is taken from
an exact law with the same layers (vn.rec, vn.rec.haar), goes into the margin, and N is the least
power of two from 16 on at which it is at most a sixth of the standard precision.

The size rule of annealed probes. tr C^2 and (tr C)^2 of deep networks have heavy tails: a direct
sample of them is trusted where each has a relative variance of at most e - 1, that of a log-normal
variable whose logarithm has variance 1. `log_variance` is log(1 + relative variance) of the worse
of the two, from the exact fourth moments (theory/maths/zonal.py): every direct annealed probe keeps
it <= 1. Of spiked weights the second moments are known: it is 4 times the number of the trace, as
if that were log-normal.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from theory.maths import images, zonal
from theory.schema import EXACT_MARGIN, Estimand, Margin, Probe, as_float, relative
from theory.vanishing_nodes import spiked_weights

ANNEALED = Estimand(
    "ratio", ("sum_sq_cov", "sq_trace"), over="networks; annealed: E tr C^2 over E (tr C)^2"
)
MOMENTS = Estimand("ratio_to_square", ("sum_sq_cov", "trace"), over="networks; E tr C^2/(E tr C)^2")
QUENCHED = Estimand("mean", ("vni",), over="networks; quenched: E of the ratio per network")
GIVEN_ALIVE = Estimand(
    "ratio", ("vni", "alive"), over="networks with J != 0; quenched: E of the ratio per network"
)
OF_COVARIANCE = Estimand(
    "ratio",
    ("sum_sq_unbiased", "sq_trace_unbiased"),
    over="networks, C over their inputs; annealed: E tr C^2 over E (tr C)^2",
)
MOST_LOG_VARIANCE = 1.0


def network(widths: tuple[int, ...], slope: Any, **more: Any) -> dict[str, Any]:
    """Set-up of a literal network at the gain that keeps the trace: 1/mu_1 over the fan-in."""
    return {
        "widths": widths,
        "weights": "gaussian",
        "gain": float(2 / (1 + slope**2)),
        "activation": "linear" if slope == 1 else "leaky_relu",
        "slope": float(slope),
        **more,
    }


def over_inputs(widths: tuple[int, ...], slope: Any, n_inputs: int, **more: Any) -> dict[str, Any]:
    """The same networks, their nodes read at `n_inputs` standard normal inputs."""
    return network(widths, slope, inputs="gaussian", n_inputs=n_inputs, **more)


def with_remainder(remainder: Any, why: str) -> Margin:
    """The precision asked of an exact law, plus the derived relative error of an asymptotic one."""
    size = float(remainder)
    return relative(
        EXACT_MARGIN.standard + size,
        f"{why}: {size:.2g}, and the precision asked of an exact law",
        quick=EXACT_MARGIN.quick + size,
        paper=EXACT_MARGIN.paper + size,
    )


def extrapolated(width: int, means: Any) -> float:
    """2 (2N R(2N)) - N R(N) from the means of both traces at N = `width` and at 2N.

    >>> extrapolated(10, (0.3, 1, 0.2, 1))
    5.0
    """
    narrow, wide = means[0] / means[1], means[2] / means[3]
    return float(2 * (2 * width * wide) - width * narrow)


def left_by_doubling(exact: Callable[[int], Any], width: int) -> float:
    """Relative remainder of the extrapolation of an exact law N -> R, its limit from 2^20.

    >>> left_by_doubling(lambda n: 3 / n + 4 / n**2, 10) < 1e-5, left_by_doubling(
    ...     lambda n: 1 / n + 2 / n**3, 10) > 0.009
    (True, True)
    """
    far = 2**20
    limit = far * as_float(exact(far))
    narrow, wide = as_float(exact(width)), as_float(exact(2 * width))
    return float(abs(extrapolated(width, (narrow, 1, wide, 1)) / limit - 1))


def doubling(
    name: str, exact: Callable[[int], Any], setup: Callable[[int], Mapping[str, Any]], **fields: Any
) -> Probe:
    """A probe of lim N R, at the width of the size rule; `exact` stands in for the remainder."""
    width = 16
    while left_by_doubling(exact, width) > EXACT_MARGIN.standard / 6:
        width *= 2
    kind = "inputs" if setup(width).get("n_inputs", 1) > 1 else "J J^T"
    return Probe(
        name=f"{name} N={width} and {2 * width}",
        experiment="width_doubling",
        setup=setup(width),
        estimand=Estimand(
            "smooth",
            ("sum_sq_narrow", "sq_trace_narrow", "sum_sq_wide", "sq_trace_wide"),
            over=f"networks, C of {kind}; annealed: 2 (2N R(2N)) - N R(N), rid of the 1/N term",
            function=functools.partial(extrapolated, width),
        ),
        margin=with_remainder(
            left_by_doubling(exact, width), "remainder of the exact law with these layers, 1/N^2"
        ),
        **fields,
    )


def is_annealed(probe: Probe) -> bool:
    """Whether a probe averages tr C^2 or (tr C)^2 of whole networks directly."""
    return bool({"sum_sq_cov", "sq_trace"} & set(probe.estimand.columns))


def log_variance(setup: Mapping[str, Any]) -> float:
    """log(1 + relative variance) of tr C^2 or (tr C)^2, the larger. Exact for Gaussian and Haar.

    Weights of other laws, and Haar layers that narrow, are taken as Gaussian ones, whose fourth
    moment is larger. Inputs that resemble images start from their own covariance.

    >>> round(log_variance(network((20,) * 6, 1)), 3), round(log_variance(network((24,) * 5, 0)), 3)
    (0.51, 1.04)
    """
    linear = setup["activation"] == "linear"
    if setup["weights"] == "spiked":
        width, depth = setup["widths"][0], len(setup["widths"]) - 1
        return 4 * spiked_weights.log_variance(width, depth, setup["spike"])
    rises = all(n <= m for n, m in itertools.pairwise(setup["widths"]))  # zonal: rows of O(m)
    at: dict[str, Any] = {
        "widths": tuple(setup["widths"]),
        "slope": Fraction(1) if linear else Fraction(str(setup.get("slope", 0.0))),
        "weights": "haar" if setup["weights"] == "haar" and rises else "gaussian",
        "readout": setup.get("extra", {}).get("readout", "post"),
    }
    if setup.get("inputs") in images.CORRELATED:
        at["start"] = images.power_sums(setup["inputs"], setup["widths"][0])
    sum_sq, its_square = zonal.mean((0, (2,)), **at), zonal.mean((0, (2, 2)), **at)
    sq_trace, fourth = zonal.mean((2, ()), **at), zonal.mean((4, ()), **at)
    return math.log(max(its_square / sum_sq**2, fourth / sq_trace**2))
