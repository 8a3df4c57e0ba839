"""The mean over networks of the VNI (quenched), which is not the ratio of means (annealed).

    vn.quenched   E[tr C^2/(tr C)^2]: proved bounds at every width, and its expansion in 1/N

What is proved: at finite width, bounds from exact moments (theory/maths/ratio_bounds.py), narrow up
to (qL+1)/N = 0.3; one layer, exactly. What is an expansion: E R = f(tau) + g(tau)/N + O(1/N^2) at
fixed tau = (qL+1)/N, formal in 1/N, each coefficient of f and g a proved rational number. The
coefficients grow, so f and g are summed by Borel's integral of a Pade approximant: no bound on that
sum is proved; it is compared with the proved bounds where those are narrow, and not used beyond.
"""

from __future__ import annotations

from typing import Any

from theory.schema import LATER, Claim, Curve, Estimand, Probe, stated
from theory.vanishing_nodes import PAPER, mean_bounds, mean_expansion
from theory.vanishing_nodes.probes import ANNEALED, GIVEN_ALIVE, network, with_remainder


def _difference(means: Any) -> float:
    vni, alive, sum_sq, sq_trace = means
    return float(vni / alive - sum_sq / sq_trace)


def _deep(width: int, depth: int, slope: int, law: str, why: str, **more: Any) -> Probe:
    """A network of equal widths, for the law `mean`, `finite width` or `annealed`."""
    kind, widths = "linear" if slope == 1 else "relu", (width,) * (depth + 1)
    name = {"mean": "expansion", "finite width": "quenched"}.get(law, law)
    if law == "mean":
        more["margin"] = with_remainder(
            mean_expansion.relative_remainder(width, depth, slope), "next order g(tau)/N, relative"
        )
    return Probe(
        name=f"{name} {kind} N={width} L={depth}",
        experiment="node_correlation",
        setup=network(widths, slope),
        at={"widths": widths, "slope": slope}
        if law == "finite width"
        else {"width": width, "depth": depth, "slope": slope},
        estimand=ANNEALED if law == "annealed" else GIVEN_ALIVE,
        laws=(law,),
        why=why,
        **more,
    )


def _single(name: str, slope: int, law: str, estimand: Estimand, why: str) -> Probe:
    return Probe(
        name=name,
        experiment="node_correlation",
        setup=network((7, 4), slope),
        at={"inputs": 7, "units": 4, "slope": slope},
        estimand=estimand,
        laws=(law,),
        why=why,
        budget=0.2,
    )


CLAIM = Claim(
    id="vn.quenched",
    title="mean VNI over networks: a function of qL/N that is not the annealed ratio",
    source=PAPER.at(
        "beside eq. (6) and Figure 1",
        "not in the document: its simulations average the VNI of single networks",
    ),
    kind="asymptotic",
    laws=(*mean_expansion.LAWS, *mean_bounds.LAWS),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        stated("no biases (then vn.masklaw applies)", lambda p: p.get("biases", "none") == "none"),
    ),
    expected="holds",
    because=(
        "Bounds from exact moments hold at every width, and sampled networks of width 32 lie in "
        "them: at N = 32, L = 8 (linear) the mean VNI is between 0.282 and 0.284, the annealed "
        "ratio is 0.302. The expansion in 1/N has exact coefficients; its sum is checked against "
        "the bounds, not proved."
    ),
    proofs=(*mean_expansion.PROOFS, *mean_bounds.PROOFS),
    probes=(
        *(
            _deep(32, depth, 1, "finite width", "growth with depth", curve="depth", x=depth)
            for depth in (2, 4, 6, 8)
        ),
        _deep(32, 4, 1, "annealed", "the networks of the quenched row, other average"),
        _deep(32, 6, 1, "annealed", "the networks of the quenched row, other average"),
        _deep(32, 4, 0, "finite width", "ReLU with its own activation pattern"),
        _deep(64, 8, 1, "mean", "linear at tau = 9/64, where g/N is small"),
        _deep(32, 4, 0, "mean", "ReLU: tau = 9/32; half the size of the next row"),
        _deep(64, 8, 0, "mean", "ReLU at nearly the same tau: the error term halves", tiers=LATER),
        _single("linear layer, quenched", 1, "one layer", GIVEN_ALIVE, "exact: the annealed one"),
        _single("relu layer, quenched", 0, "one layer", GIVEN_ALIVE, "exact, given J != 0"),
        Probe(
            name="relu layer, annealed",
            experiment="node_correlation",
            setup=network((5, 5), 0),
            at={"width": 5, "depth": 1, "slope": 0},
            estimand=ANNEALED,
            laws=("annealed",),
            why="one square layer, the other average",
            budget=0.2,
        ),
        _single(
            "relu layer, gap",
            0,
            "gap",
            Estimand(
                "smooth",
                ("vni", "alive", "sum_sq_cov", "sq_trace"),
                over="networks; quenched minus annealed, of the same networks",
                function=_difference,
            ),
            "both averages of the same networks",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Mean VNI of linear networks of width 32, and the annealed ratio",
            "depth L",
            "VNI",
            range(1, 9),
            lambda x: {"width": 32, "depth": int(x), "slope": 1},
            laws=("mean", "annealed"),
        ),
    ),
    remark=(
        "Neither average bounds the other: one ReLU layer 7 -> 4 has 0.671 quenched and 0.538 "
        "annealed, deep linear networks the reverse. Beyond qL/N = 1/2 a sampled ratio of means "
        "drifts, since networks that are never drawn decide it. Beyond (qL+1)/N = 0.3 the proved "
        "bounds are wide and the error of the summed expansion is not known: no check is made."
    ),
    see=("vn.quenched.spread", "vn.quenched.rate", "vn.rec", "vn.eq6", "vn.eq5"),
)
