"""The size rule of Figure 1: one layer by its exact variance, and the budgets hold what it asks."""

import pytest

from theory import claim
from theory.schema import as_float
from theory.vanishing_nodes import vni_variance
from theory.vanishing_nodes.fig1_mean_vni import mean_linear
from theory.vanishing_nodes.fig1_measured import Z, eq6, networks_needed
from verify import plan


def test_the_size_rule_by_the_exact_variance_of_one_layer():
    exact = as_float(vni_variance.one_layer(24, 24, 1))
    assert networks_needed(24, 1, 0.01) == pytest.approx(exact * (Z / 0.01) ** 2, rel=1e-3)
    assert networks_needed(24, 1, 0.01) == pytest.approx(4 * networks_needed(24, 1, 0.02))


def test_their_protocol_has_room_for_the_plug_in():
    (probe,) = (p for p in claim("vn.fig1").probes if p.experiment == "input_covariance")
    assert probe.margin.paper == pytest.approx(0.05 + 1.055 / 999 / 0.055)


@pytest.mark.parametrize("depth", [5, 10])
def test_the_budget_of_the_networks_of_the_figure_decides(depth):
    """Z standard errors, by the proved variance, fit into what eq. (6) leaves of its 5 %."""
    name = f"hard tanh N=200 L={depth}, Jacobian"
    (trial,) = (t for t in plan.trials([claim("vn.fig1")], "standard") if t.probe.name == name)
    value, high = float(eq6(200, depth, 1)), as_float(mean_linear(200, depth))[1]
    left = 0.05 * value - abs(high - value)
    assert networks_needed(200, depth, left) <= trial.most
    assert trial.z < Z


@pytest.mark.parametrize("width", [50, 100])
def test_rows_over_the_width_fit_the_budget(width):
    (trial,) = (
        t
        for t in plan.trials([claim("vn.fig1")], "standard")
        if t.probe.name == f"linear N={width} L=10"
    )
    low = as_float(mean_linear(width, 10))[0]
    assert networks_needed(width, 10, 0.03 * low) <= trial.most
