import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.schema import Bounds
from theory.vanishing_nodes.eq03_vni import by_pairs, covariance, from_values, uncorrelated


def test_uncorrelated_nodes_of_unequal_variance():
    assert uncorrelated((1, sp.Rational(1, 100))) == sp.Rational(10001, 10201)
    assert uncorrelated((1,) * 7) == sp.Rational(1, 7)


def test_values_are_listed_input_by_input():
    # two nodes over three inputs: node 1 is (1, 2, 3), node 2 is (0, 0, 3)
    third = sp.Rational(1, 3)
    assert covariance((1, 0, 2, 0, 3, 3), 2) == sp.Matrix([[2 * third, 1], [1, 2]])


def test_copies_of_one_node_give_one():
    assert from_values((1, 1, 2, 2, 3, 3), 2) == 1
    assert from_values((1, -5, 2, -7, 3, -9), 2) == 1  # an affine copy


def test_shift_of_a_node_changes_nothing():
    assert from_values((1, 2, -1, 0, 3, 1), 2) == from_values((8, 2, 6, 0, 10, 1), 2)


def test_printed_sum_is_the_trace_form():
    values = (4, 1, 0, 2, -2, 3, 1, 1)
    assert by_pairs(values, 2) == from_values(values, 2)


def test_range():
    assert claim("vn.eq3").exact("stated", nodes=8) == Bounds(sp.Rational(1, 8), sp.Integer(1))


def test_values_that_fill_no_row_are_refused():
    with pytest.raises(ClaimError, match="a multiple of the nodes"):
        claim("vn.eq3").evaluate("definition", values=(1, 2, 3), nodes=2)
