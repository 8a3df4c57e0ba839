import pytest
import sympy as sp

from theory.schema import ClaimError
from theory.vanishing_nodes.eq03_vni import from_values, uncorrelated
from theory.vanishing_nodes.eq04_vni_traces import (
    covariance,
    double_sum,
    from_factor,
    rotated,
    stretched,
    vni,
)


def test_identity_and_rank_one():
    assert from_factor((1, 0, 1, 0, 0, 1)) == sp.Rational(1, 3)
    assert from_factor((1, 2, 0, 3, 0, 0)) == 1


def test_by_hand():
    # T = [[1, 0], [1, 1]]: C = [[1, 1], [1, 2]], (1 + 1 + 1 + 4)/9
    assert from_factor((1, 1, 1)) == double_sum((1, 1, 1)) == sp.Rational(7, 9)


def test_equals_the_definition_from_node_values():
    # two nodes over three inputs, centred: (1, -1, 0) and (0, -1, 1); inner products 2, 1, 2
    root = sp.sqrt(2)
    by_factor = from_factor((root, 1 / root, sp.sqrt(sp.Rational(3, 2))))
    assert sp.nsimplify(by_factor) == from_values((1, 0, -1, -1, 0, 1), 2)


def test_a_rotation_keeps_it_and_a_stretch_does_not():
    third = sp.Rational(1, 3)
    assert vni(rotated((2, 1, 3, -1, 4, 5), 7, third)) == from_factor((2, 1, 3, -1, 4, 5))
    assert stretched((1, 0, 1), 10) == uncorrelated((100, 1))


def test_an_incomplete_triangle_is_named():
    with pytest.raises(ClaimError, match=r"vn\.eq4: .* got 7"):
        covariance((1,) * 7)
