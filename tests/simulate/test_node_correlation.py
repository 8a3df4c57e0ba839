import numpy as np
import pytest
from scipy import stats

from simulate import Setup, run
from simulate.experiments.node_correlation import product_cost
from simulate.registry import get


def test_orthogonal_linear_networks_keep_independent_nodes():
    setup = Setup(widths=(6,) * 4, weights="haar", gain=1.0, activation="linear")
    found = run("node_correlation", setup, replicates=64, seed=2)
    assert found["vni"] == pytest.approx(np.full(64, 1 / 6), rel=1e-10)
    assert found["trace"] == pytest.approx(np.full(64, 6.0), rel=1e-10)


def test_one_unit_is_one_node_and_dead_networks_are_counted():
    setup = Setup(widths=(4, 1, 4), weights="gaussian", gain=2.0, activation="relu")
    found = run("node_correlation", setup, replicates=4096, seed=3)
    alive = found["alive"] == 1
    assert found["vni"][alive] == pytest.approx(np.ones(alive.sum()))
    assert alive.mean() == pytest.approx(0.5 * (1 - 2**-4), abs=0.05)
    for column in ("vni", "trace", "sq_trace", "sum_sq_cov"):
        assert not found[column][~alive].any()
    assert np.isneginf(found["log_trace"][~alive]).all()


def test_columns_are_at_one_scale():
    setup = Setup(widths=(5, 9, 4), weights="uniform", gain=1.5, activation="leaky_relu", slope=0.2)
    found = run("node_correlation", setup, replicates=32, seed=4)
    assert found["sum_sq_cov"] / found["sq_trace"] == pytest.approx(found["vni"])
    assert np.log(found["trace"]) == pytest.approx(found["log_trace"])
    assert found["trace"] ** 2 == pytest.approx(found["sq_trace"])
    assert found["vni_sq"] == pytest.approx(found["vni"] ** 2)


def test_underflow_is_never_a_silent_zero():
    setup = Setup(widths=(4,) * 101, weights="gaussian", gain=1e-5, activation="linear")
    found = run("node_correlation", setup, replicates=8, seed=5)
    assert np.isnan(found["sq_trace"]).all()
    assert np.isfinite(found["log_trace"]).all()
    assert (found["vni"] > 0.25).all()


@pytest.mark.parametrize("weights", ["gaussian", "uniform", "haar"])
@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_own_pattern_has_the_law_of_independent_masks(weights, slope):
    own = {"widths": (4, 6, 3, 5), "weights": weights, "gain": 2.0, "activation": "leaky_relu"}
    real = run("node_correlation", Setup(**own, slope=slope), replicates=4096, seed=6)
    coins = Setup(**own, slope=slope, masks="independent")
    model = run("node_correlation", coins, replicates=4096, seed=7)
    for column in ("vni", "trace"):
        both = [np.round(s[column], 9) for s in (real, model)]
        assert stats.ks_2samp(*both, method="asymp").pvalue > 1e-4, column


@pytest.mark.parametrize(("inputs", "same"), [("gaussian", True), ("rademacher", False)])
def test_ties_break_it_only_for_inputs_that_make_them(inputs, same):
    own = {"widths": (4, 4, 4), "weights": "rademacher", "gain": 2.0, "activation": "relu"}
    real = run("node_correlation", Setup(**own, inputs=inputs), replicates=4096, seed=6)
    model = run("node_correlation", Setup(**own, masks="independent"), replicates=4096, seed=7)
    both = [np.round(s["trace"], 9) for s in (real, model)]
    assert bool(stats.ks_2samp(*both, method="asymp").pvalue > 1e-4) is same


def test_cost_counts_weights_products_and_factorisations():
    plain = Setup(widths=(64, 64), weights="gaussian", gain=1.0, activation="linear")
    assert product_cost(plain) == 2 * 64**2
    assert product_cost(Setup(**{**plain.as_dict(), "weights": "haar"})) == 4 * 64**2


@pytest.mark.parametrize(
    "setup",
    [
        Setup(widths=(4, 1, 4), weights="gaussian", gain=2.0, activation="relu"),  # VNI 1, or dead
        Setup(widths=(6,) * 4, weights="haar", gain=1.0, activation="linear"),  # VNI 1/6
        Setup(widths=(5, 30, 7), weights="rademacher", gain=3.0, activation="tanh"),
    ],
    ids=("one unit", "orthogonal", "tanh"),
)
def test_columns_stay_within_their_bounds(setup):
    bounds = get("node_correlation").bounds(setup)
    found = run("node_correlation", setup, replicates=2048, seed=6)
    assert set(bounds) == {"vni", "vni_sq", "alive"}
    for column, (low, high) in bounds.items():
        assert ((low <= found[column]) & (found[column] <= high)).all()
