"""How fast the nodes of deep linear networks become one at fixed width: three averages.

    vn.quenched.rate   the rate of E[1 - R] in depth, beside the typical and the annealed one

The rates are theorems for every width, and so are the bounds of E[1 - R] (rest_bounds.py); width 2
is exact at every depth, and there the power of L is proved too (two_units.py).
"""

from __future__ import annotations

from theory.schema import Claim, Curve, Estimand, Probe, stated
from theory.vanishing_nodes import PAPER, mean_rate, rest_bounds, two_units
from theory.vanishing_nodes.probes import network

REST = Estimand(
    "smooth",
    ("vni",),
    over="networks; quenched: 1 - E of the ratio per network",
    function=lambda means: float(1 - means[0]),
)


def _two_units(depth: int) -> Probe:
    return Probe(
        name=f"two units, L = {depth}",
        experiment="node_correlation",
        setup=network((2,) * (depth + 1), 1),
        at={"depth": depth},
        estimand=REST,
        laws=("two units",),
        why="exact at every depth",
        curve="depth",
        x=depth,
    )


CLAIM = Claim(
    id="vn.quenched.rate",
    title="mean of 1 - VNI falls as g_N^L: not the typical rate, not the annealed one",
    source=PAPER.at(
        "beside eq. (6) and Figure 1",
        "not in the document: at fixed width the VNI tends to 1, how fast depends on the average",
    ),
    kind="exact; bounds",
    laws=(*mean_rate.LAWS, *rest_bounds.LAWS, *two_units.LAWS),
    assumptions=(
        stated("iid Gaussian weights", lambda p: p.get("weights", "gaussian") == "gaussian"),
        stated("linear network", lambda p: p.get("activation", "linear") == "linear"),
        stated("square layers", lambda p: len(set(p.get("widths", (2,)))) == 1),
    ),
    expected="holds",
    because=(
        "Proved bounds of E[1 - R] share the rate log g_N, about -1/(8N); the typical one is about "
        "-1/N, the annealed one -3/N: rare networks that have not collapsed decide the mean."
    ),
    proofs=(*mean_rate.PROOFS, *rest_bounds.PROOFS, *two_units.PROOFS),
    probes=(
        *(_two_units(depth) for depth in (1, 2, 4, 6)),
        Probe(
            name="bounds N=3 L=20",
            experiment="node_correlation",
            setup=network((3,) * 21, 1),
            at={"width": 3, "depth": 20},
            estimand=REST,
            laws=("bounds",),
            why="wide bounds, but above what the typical and the annealed rate allow",
        ),
    ),
    curves=(
        Curve(
            "depth",
            "Mean of 1 - VNI at width 2: exact",
            "depth L",
            "E[1 - R]",
            range(1, 17),
            lambda x: {"depth": int(x)},
            laws=("two units",),
            log_y=True,
        ),
        Curve(
            "leading order",
            "Mean of 1 - VNI at width 2: exact, and its leading order in depth",
            "depth L",
            "E[1 - R]",
            range(two_units.FIRST_DEEP, 61, 2),
            lambda x: {"depth": int(x)},
            laws=("two units", "two units, deep"),
            log_y=True,
        ),
    ),
    remark=(
        "For N = 2 the factor L^(-3/2) beside g_2^L is proved; for N > 2 the bounds leave a factor "
        "e^(o(L)) open. Two layers of width 2 have E R = Catalan's constant. At N = 2 the "
        "typical and the annealed rate happen to be equal, -2 log 2."
    ),
    see=("vn.quenched", "vn.rec"),
)
