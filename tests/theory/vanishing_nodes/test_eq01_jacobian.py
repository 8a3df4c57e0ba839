import pytest

from theory import claim
from theory.schema import ClaimError
from theory.vanishing_nodes.eq01_jacobian import FIRST, LAST, jacobian_entry

W = (1, 2, 3, 4, 0, 1, 1, 0)  # W_2 swaps the rows of W_1


def test_last_layer_acts_on_rows():
    assert [jacobian_entry(W, (1,) * 4, 1, j) for j in (1, 2)] == [3, 4]
    assert [jacobian_entry(W, (1,) * 4, 1, j, FIRST) for j in (1, 2)] == [2, 1]


def test_slopes_scale_rows_of_their_layer():
    assert jacobian_entry(W, (1, 5, 7, 1), 1, 1) == 7 * 5 * 3
    assert jacobian_entry(W, (1, 0, 1, 1), 1, 1) == 0


def test_sizes_that_do_not_fit_are_named():
    with pytest.raises(ClaimError, match=r"vn\.eq1: .* got 8 and 5"):
        jacobian_entry(W, (1,) * 5, 1, 1)


def test_order_is_an_assumption_that_matters():
    found = claim("vn.eq1")
    assert found.admits({"order": LAST}) == "needed"
    assert found.admits({"order": FIRST}) == "stated"
    assert found.admits({"tie": True}) == "outside"
