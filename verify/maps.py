"""Pictures of sampled networks: one network a panel, its nodes clustered, the law beside it."""

from __future__ import annotations

import numpy as np
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from simulate import Setup
from simulate.maps import node_map
from theory import claims
from theory.schema import Claim, Maps, Panel, as_float
from verify.results import MapsResult, PanelResult

DIGITS = 3


def draw_maps(
    claim_id: str, name: str, *, tier: str, seed: int, device: str, dtype: str
) -> MapsResult:
    """The panels that a tier draws of one figure, each of a network on a stream of its own."""
    claim = claims[claim_id]
    maps = next(m for m in claim.maps if m.name == name)
    panels = [
        _drawn(claim, maps, panel, seed, device, dtype)
        for panel in maps.panels
        if tier in panel.tiers
    ]
    return MapsResult(maps.name, maps.title, maps.law, maps.words, panels)


def _drawn(
    claim: Claim, maps: Maps, panel: Panel, seed: int, device: str, dtype: str
) -> PanelResult:
    setup = Setup(**panel.setup)
    width, depth = setup.widths[-1], setup.depth
    check = f"{claim.id}/{maps.name} N={width} L={depth}"
    found = node_map(setup, seed=seed, check=check, device=device, dtype=dtype)
    order = cluster_order(found.rho_sq)
    rho_sq = found.rho_sq[np.ix_(order, order)].round(DIGITS).tolist()
    return PanelResult(
        width=width,
        depth=depth,
        vni=found.vni,
        predicted=float(as_float(claim.law(maps.law)(**panel.at))),
        rho_sq=[row[: k + 1] for k, row in enumerate(rho_sq)],
    )


def cluster_order(rho_sq: np.ndarray) -> np.ndarray:  # (k, k) -> (k,)
    """Nodes in the order of the leaves of their average-linkage tree, like beside like.

    Distance 1 - rho_ij^2; of all orders that the tree allows, the one of the shortest path (Bar-
    Joseph, Gifford and Jaakkola 2001, scipy's optimal_ordering); of its two directions, the one
    that starts with the less correlated node. So it does not depend on the order of the nodes.
    """
    distance = squareform(1 - rho_sq, checks=False)
    tree = hierarchy.linkage(distance, method="average", optimal_ordering=True)
    order = np.asarray(hierarchy.leaves_list(tree))
    first, last = rho_sq.sum(1)[order[[0, -1]]]
    return order if first <= last else order[::-1]
