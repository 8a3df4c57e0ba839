"""How much the VNI of one network differs from the mean over networks.

    vn.quenched.spread   E R^2 and Var R: series in tau = qL/N, finite width, one layer

The series are those of the diffusion of vn.quenched: Var R = (4/3) tau^4 + .., so one standard
deviation is (2/sqrt 3) tau^2. At finite width Var R is bounded by exact moments
(theory/maths/square_bounds.py), for one layer it is a fraction.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maths import prove
from theory.schema import (
    LATER,
    Choice,
    Claim,
    Estimand,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    stated,
)
from theory.vanishing_nodes import PAPER
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes import vni_variance as of
from theory.vanishing_nodes.probes import network
from theory.vanishing_nodes.vni_variance import tau

# --- the claim -------------------------------------------------------------------------------

SPREAD = Estimand(
    "smooth",
    ("vni", "vni_sq", "alive"),
    over="networks with J != 0: variance of the ratio per network",
    function=lambda means: float(means[1] / means[2] - (means[0] / means[2]) ** 2),
)
ORDER = Parameter("order", Integers(0, 16, draw_to=8), "power of tau = qL/N")
KIND = Parameter("slope", Choice((0, 1)), "1: linear, 0: ReLU (given that J is not 0)")
LAYER = (
    Parameter("inputs", Integers(1), "n, width of the input"),
    Parameter("units", Integers(1, 2000), "m, units of the layer"),
    KIND,
)
Var = sp.Function("Var")
f_2, g_2 = sp.Function("f_2"), sp.Function("g_2")
m, n, N = sp.symbols("m n N")
lower, upper = sp.symbols("l u")
FOURTH, FIFTH = (prove.exact(of.variance(k)) for k in (4, 5))


def _network(widths: tuple[int, ...], slope: int, **more: Any) -> Probe:
    kind = "linear" if slope == 1 else "relu"
    return Probe(
        name=f"{kind} N={widths[0]} L={len(widths) - 1}",
        experiment="node_correlation",
        setup=network(widths, slope),
        at={"widths": widths, "slope": slope},
        estimand=SPREAD,
        laws=("finite width",),
        **more,
    )


def _single(slope: int, why: str) -> Probe:
    return Probe(
        name=f"{'linear' if slope == 1 else 'relu'} layer",
        experiment="node_correlation",
        setup=network((7, 4), slope),
        at={"inputs": 7, "units": 4, "slope": slope},
        estimand=SPREAD,
        laws=("one layer",),
        why=why,
    )


CLAIM = Claim(
    id="vn.quenched.spread",
    title="the VNI of one network scatters about the mean by (2/sqrt 3)(qL/N)^2",
    source=PAPER.at(
        "beside eq. (6) and Figure 1",
        "not in the document: its figure shows standard deviations over networks, without a law",
    ),
    kind="asymptotic, exact",
    laws=(
        Law(
            role="sharper",
            name="variance",
            formula=sp.Eq(
                Var(rec.R_sq), FOURTH * tau**4 + FIFTH * tau**5 + sp.Order(tau**6), evaluate=False
            ),
            parameters=(ORDER,),
            words="coefficient of tau^order in Var R, N -> infinity at fixed tau = qL/N",
            evaluate=of.variance,
            mutants=(
                Mutant("the second moment", of.second_moment),
                Mutant("no self-interaction", of.without("variance", self_term=False)),
                Mutant("no fluctuation of the trace", of.without("variance", trace_noise=False)),
            ),
        ),
        Law(
            role="sharper",
            name="second moment",
            formula=sp.Eq(
                rec.E(rec.R_sq**2),
                sum(prove.exact(of.second_moment(k)) * tau**k for k in range(2, 6))
                + sp.Order(tau**6),
                evaluate=False,
            ),
            parameters=(ORDER,),
            words="coefficient of tau^order in E R^2 = f_2(tau)",
            evaluate=of.second_moment,
            mutants=(
                Mutant(
                    "the square of the mean",
                    lambda order: of.second_moment(order) - of.variance(order),
                ),
                Mutant("no self-interaction", of.without("second moment", self_term=False)),
                Mutant(
                    "no fluctuation of the trace", of.without("second moment", trace_noise=False)
                ),
            ),
        ),
        Law(
            role="sharper",
            name="next order",
            formula=sp.Eq(
                rec.E(rec.R_sq**2), f_2(tau) + g_2(tau) / N + sp.Order(N**-2, (N, sp.oo))
            ),
            parameters=(ORDER, KIND),
            words="coefficient of tau^order in g_2, tau = (qL+1)/N: linear, or ReLU",
            evaluate=of.next_order,
            mutants=(
                Mutant("opposite sign", lambda order, slope: -of.next_order(order, slope)),
                Mutant("the linear one for ReLU", lambda order, slope: of.next_order(order, 1)),
            ),
        ),
        Law(
            role="sharper",
            name="finite width",
            formula=sp.And(sp.Le(lower, Var(rec.R_sq)), sp.Le(Var(rec.R_sq), upper)),
            parameters=(rec.LAYERS, KIND),
            words="proved bounds of Var R at given widths, from exact moments of tr C and tr C^2",
            evaluate=of.bounds,
            mutants=tuple(
                Mutant(name, of.mutated_bounds(name))
                for name in (
                    "the leading order alone",
                    "the input not counted",
                    "all units active",
                )
            ),
        ),
        Law(
            role="sharper",
            name="one layer",
            formula=sp.Eq(
                Var(rec.R_sq),
                4
                * (m - 1)
                * (m + 2)
                * (n - 1)
                * (n + 2)
                / ((m * n + 2) ** 2 * (m * n + 4) * (m * n + 6)),
                evaluate=False,
            ),
            parameters=LAYER,
            words="Var R of one layer n -> m, exact: shown if linear; ReLU: a binomial mixture",
            evaluate=of.one_layer,
            mutants=tuple(
                Mutant(name, of.mutated_layer(name))
                for name in ("k not random", "second moment", "mn + 2 in place of mn + 6")
            ),
        ),
    ),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        stated("no biases (then vn.masklaw applies)", lambda p: p.get("biases", "none") == "none"),
    ),
    expected="holds",
    because=(
        "Both moments have exact rational series, by three roads; at finite width bounds from "
        "exact moments hold, and sampled networks lie in them. One layer is a fraction."
    ),
    proofs=(
        Proof(
            "differentiation",
            "exact",
            "both moments by symbolic differentiation of the generator, to tau^5",
            of.variance_by_differentiation,
            law="variance",
            tiers=LATER,
        ),
        Proof(
            "eigenvalues",
            "exact",
            "both moments from the zonal polynomials, the eigenvectors of every layer, to tau^10",
            of.variance_by_shapes,
            law="variance",
        ),
        Proof(
            "second moment from pairings",
            "exact",
            "to tau^3, from all pairings of eight Gaussian entries, with masks",
            of.moment_by_pairings,
            law="second moment",
        ),
        Proof(
            "second moment by differentiation",
            "exact",
            "the same coefficients by symbolic differentiation, to tau^5",
            of.moment_by_differentiation,
            law="second moment",
        ),
        Proof(
            "second moment by eigenvalues",
            "exact",
            "the same coefficients from the zonal polynomials, to tau^10",
            of.moment_by_shapes,
            law="second moment",
        ),
        Proof(
            "second order by proved bounds",
            "numeric",
            "what f_2 + g_2/N leaves of the proved E R^2 falls fourfold as N doubles",
            of.next_order_by_proved_bounds,
            law="next order",
        ),
        Proof(
            "one layer inside",
            "rigorous",
            "the bounds are narrow and hold the exact variance of one layer, linear and ReLU",
            of.bounds_of_one_layer,
            law="finite width",
        ),
        Proof(
            "grid",
            "exact",
            "25 exact values determine the polynomial: all widths of a linear layer",
            of.layer_on_a_grid,
            law="one layer",
        ),
        Proof(
            "sphere",
            "exact",
            "all products of weights of small layers, every subset of active rows",
            of.layer_by_sphere,
            law="one layer",
        ),
        Proof(
            "eigenvalue density",
            "exact",
            "two units: integrals over the Wishart density",
            of.layer_by_eigenvalues,
            law="one layer",
        ),
    ),
    probes=(
        _single(1, "exact, every layer"),
        _single(0, "exact, given J != 0"),
        _network((16,) * 3, 1, why="tau = 3/16"),
        _network((32,) * 5, 1, why="tau = 5/32", tiers=LATER),
    ),
    remark=(
        "At finite width the next term counts: at N = 64, L = 8 (linear) Var R is 3.7e-4, its "
        "leading order at tau = (L+1)/N is 5.2e-4. At tau above 0.15 the bounds widen."
    ),
    see=("vn.quenched", "vn.quenched.rate", "vn.fig1"),
)
