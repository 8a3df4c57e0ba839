import pytest
import sympy as sp

from theory import claim
from theory.vanishing_nodes.fig7_weight_variance import as_read, scale, variance, vni


def test_no_spike_changes_nothing():
    assert as_read(7, 5, 0) == scale(7, 5, 0) == 1
    assert vni(7, 5, 0) == sp.Rational(1, 7)


def test_one_layer_is_its_own_variance():
    # tr W W^T/N is |W|_F^2/N: the two part from the second layer on
    assert as_read(9, 1, 3) == scale(9, 1, 3)
    assert as_read(9, 2, 3) < scale(9, 2, 3)


def test_the_documents_width():
    assert variance(500, 2, 1) == sp.Rational(8, 500)
    assert float(as_read(500, 50, 1)) == pytest.approx(1.006**50)
    assert scale(500, 50, 1) > 10**27


def test_a_fraction_for_a_decimal():
    assert claim("vn.fig7").exact(width=2, depth=1, spike=0.5) == sp.Rational(13, 8)
