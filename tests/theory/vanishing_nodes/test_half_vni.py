"""The depth at which the VNI of a linear network passes one half."""

import pytest
import sympy as sp

from theory.vanishing_nodes.half_vni import linear_vni, passing_depth


def test_passing_depth_by_hand():
    # N = 2: R = 1/2 without any layer; N = 3: X = (2/5)^(L+1) <= 1/4 first at L = 1
    assert passing_depth(2) == 0
    assert passing_depth(3) == 1
    assert linear_vni(3, 1) == sp.Rational(7, 11)


@pytest.mark.parametrize("n", [2, 3, 17, 500])
def test_passing_depth_is_where_the_vni_passes_one_half(n):
    assert linear_vni(n, passing_depth(n)) >= sp.Rational(1, 2)
    assert passing_depth(n) == 0 or linear_vni(n, passing_depth(n) - 1) < sp.Rational(1, 2)


@pytest.mark.parametrize("level", [0.1, 0.9])
def test_other_levels(level):
    depth = passing_depth(40, level)
    assert linear_vni(40, depth) >= level > linear_vni(40, depth - 1)
    assert passing_depth(4000, level) / 4000 == pytest.approx(
        float(sp.log((1 + 2 * level) / (1 - level))) / 3, abs=1e-3
    )
