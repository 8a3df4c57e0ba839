import dataclasses

import numpy as np
import pytest

from simulate import Setup
from simulate.maps import node_map
from theory import claim, registry
from theory.schema import Maps, Panel
from theory.vanishing_nodes.probes import network
from verify import plan
from verify.engine import verify
from verify.maps import cluster_order, draw_maps

ID = "vn.fig2"
RUN = {"tier": "quick", "seed": 3, "device": "cpu", "dtype": "float64"}


def panel(width, depth, **more):
    setup = network((width,) * (depth + 1), 1)
    return Panel(setup, {"width": width, "depth": depth}, **more)


@pytest.fixture
def small(monkeypatch):
    """The claim of figure 2 with two small maps and one of the standard tier."""
    maps = Maps("m", "t", "maps", "w", (panel(6, 2), panel(45, 3), panel(7, 2, tiers=("paper",))))
    found = dataclasses.replace(claim(ID), probes=(), maps=(maps,))
    monkeypatch.setitem(registry.claims._claims, ID, found)
    return found


def test_a_panel_tells_the_law_and_what_this_network_showed(small):
    first, second = draw_maps(ID, "m", **RUN).panels
    assert (first.width, first.depth, second.width, second.depth) == (6, 2, 45, 3)
    alone = node_map(Setup(**panel(6, 2).setup), seed=3, check="vn.fig2/m N=6 L=2")
    assert first.vni == alone.vni
    assert first.predicted == pytest.approx(float(small.law("maps")(width=6, depth=2)))
    assert [len(row) for row in first.rho_sq] == [1, 2, 3, 4, 5, 6]
    low = sorted(alone.rho_sq[np.tril_indices(6)].round(3))
    assert sorted(v for row in first.rho_sq for v in row) == low  # the order moves, no more


def test_a_map_has_few_nodes_and_three_digits(small):
    rho_sq = draw_maps(ID, "m", **RUN).panels[1].rho_sq
    assert len(rho_sq) == 40
    assert all(0 <= v <= 1 and v == round(v, 3) for row in rho_sq for v in row)
    assert [row[-1] for row in rho_sq] == [1.0] * 40


def test_a_tier_draws_its_own_panels(small):
    assert len(draw_maps(ID, "m", **{**RUN, "tier": "paper"}).panels) == 3


def test_an_order_puts_like_beside_like():
    group = np.array([0, 1, 0, 2, 1, 0, 2, 1])
    rho_sq = np.where(group[:, None] == group, 0.9, 0.1)
    np.fill_diagonal(rho_sq, 1.0)
    order = cluster_order(rho_sq)
    assert sorted(order) == list(range(8))
    assert np.count_nonzero(np.diff(group[order])) == 2


@pytest.mark.parametrize("width", [6, 40])
def test_a_sorted_map_does_not_depend_on_the_order_of_the_nodes(width):
    found = node_map(Setup(**panel(width, 3).setup), seed=3, check="c").rho_sq
    order = cluster_order(found)
    for seed in range(5):
        mixed = np.random.default_rng(seed).permutation(width)
        again = mixed[cluster_order(found[np.ix_(mixed, mixed)])]
        assert (again == order).all()


def test_the_engine_keeps_them_and_the_seed_decides(small, tmp_path, monkeypatch):
    monkeypatch.setitem(plan.BUDGETS, "quick", 1e5)
    first, again, other = (verify([ID], tier="quick", seed=s).claims[0].maps for s in (3, 3, 4))
    assert first == again == [draw_maps(ID, "m", **RUN)]
    assert first != other


def test_the_maps_of_figure_2():
    """Both rows in the sizes of the document, at the standard tier."""
    sizes = [
        [
            (len(p.setup["widths"]) - 1, p.setup["widths"][-1])
            for p in m.panels
            if "standard" in p.tiers
        ]
        for m in claim(ID).maps
    ]
    assert sizes == [
        [(5, 200), (50, 200), (300, 200), (1000, 200)],
        [(100, 5), (100, 50), (100, 200), (100, 1000)],
    ]
