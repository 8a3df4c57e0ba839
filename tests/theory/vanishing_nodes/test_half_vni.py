"""The depth at which the VNI of a linear network passes one half."""

import pytest
import sympy as sp

from theory.vanishing_nodes.half_vni import half_depth, linear_vni


def test_half_depth_by_hand():
    # N = 2: R = 1/2 without any layer; N = 3: X = (2/5)^(L+1) <= 1/4 first at L = 1
    assert half_depth(2) == 0
    assert half_depth(3) == 1
    assert linear_vni(3, 1) == sp.Rational(7, 11)


@pytest.mark.parametrize("n", [2, 3, 17, 500])
def test_half_depth_is_where_the_vni_passes_one_half(n):
    assert linear_vni(n, half_depth(n)) >= sp.Rational(1, 2)
    assert half_depth(n) == 0 or linear_vni(n, half_depth(n) - 1) < sp.Rational(1, 2)
