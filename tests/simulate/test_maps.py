import numpy as np
import pytest
import torch

from simulate import Setup, SetupError, jacobians
from simulate.maps import MOST_NODES, node_map
from simulate.quantities import correlation
from simulate.seeds import Stream

LINEAR = Setup((6, 6, 6, 6), "gaussian", 1.0, "linear")


def test_two_rows_by_hand():
    found = node_map(LINEAR, seed=1, check="c")
    j = jacobians.end_to_end(LINEAR, Stream(1, "c", 0), 1).matrix[0]
    cosine = torch.nn.functional.cosine_similarity(j[1], j[4], dim=0)
    assert found.rho_sq[1, 4] == pytest.approx(float(cosine) ** 2)
    assert found.rho_sq == pytest.approx(np.corrcoef((j @ _white(6)).numpy()) ** 2)


def _white(n):
    """Inputs of mean exactly 0 and covariance exactly proportional to the identity."""
    return torch.cat([torch.eye(n), -torch.eye(n)], dim=1).double()


def test_the_vni_is_that_of_all_nodes_by_definition_3():
    found = node_map(LINEAR, seed=1, check="c", nodes=2)
    cov = np.cov((jacobians.end_to_end(LINEAR, Stream(1, "c", 0), 1).matrix[0] @ _white(6)).numpy())
    variance = np.diag(cov)
    weights = np.outer(variance, variance)
    rho_sq = cov**2 / weights
    assert found.vni == pytest.approx((rho_sq * weights).sum() / weights.sum())
    assert found.rho_sq.shape == (2, 2)


def test_the_order_of_the_nodes_moves_the_map_and_not_the_vni():
    j = jacobians.end_to_end(LINEAR, Stream(1, "c", 0), 1).matrix[0]
    mixed = torch.tensor([3, 0, 5, 1, 4, 2])
    found, again = (correlation.coefficients(m @ m.T) for m in (j, j[mixed]))
    assert torch.allclose(again, found[mixed][:, mixed])
    vni, same = (float(correlation.vni(m @ m.T)) for m in (j, j[mixed]))
    assert vni == pytest.approx(same, rel=1e-14)
    assert vni == pytest.approx(node_map(LINEAR, seed=1, check="c").vni)


def test_rank_one_is_all_black():
    setup = Setup((6, 6, 6), "bottleneck", 1.0, "linear", rank=1)
    found = node_map(setup, seed=1, check="c")
    assert found.rho_sq == pytest.approx(1.0)
    assert found.vni == pytest.approx(1.0)


def test_the_same_arguments_give_the_same_map():
    first, again = (node_map(LINEAR, seed=1, check="c") for _ in range(2))
    assert (first.rho_sq == again.rho_sq).all()
    assert (first.rho_sq != node_map(LINEAR, seed=2, check="c").rho_sq).any()
    assert (first.rho_sq != node_map(LINEAR, seed=1, check="d").rho_sq).any()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_wide_network_shows_some_nodes(dtype):
    setup = Setup((50, 50), "gaussian", 1.0, "linear")
    found = node_map(setup, seed=1, check="c", dtype=dtype)
    assert found.rho_sq.shape == (MOST_NODES, MOST_NODES)
    assert found.rho_sq.max() <= 1.0
    assert found.rho_sq == pytest.approx(found.rho_sq.T)


@pytest.mark.parametrize(
    ("setup", "options", "message"),
    [
        (Setup((3, 3), "gaussian", 2.0, "relu"), {}, "alive"),
        (Setup((3, 1), "gaussian", 1.0, "linear"), {}, "alive"),
        (LINEAR, {"nodes": 41}, r"nodes must be an integer in 2\.\.40; got 41"),
        (LINEAR, {"seed": -1}, "seed must be"),
        (LINEAR, {"dtype": "float16"}, "dtype must be"),
    ],
)
def test_what_has_no_map_is_refused(setup, options, message):
    with pytest.raises(SetupError, match=message):
        node_map(setup, **{"seed": 1, "check": "c", **options})
