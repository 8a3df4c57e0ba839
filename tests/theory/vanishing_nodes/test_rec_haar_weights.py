from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_nodes import eq06_vni_depth_width as eq06
from theory.vanishing_nodes.rec_haar_weights import annealed, fixed_factors, listed


def test_isometries_keep_one_over_n():
    assert annealed((12,) * 7, 1) == sp.Rational(1, 12)
    assert annealed((5, 9, 9), 1) == sp.Rational(1, 5)  # five of nine directions are used


def test_one_relu_layer_of_two_nodes_by_hand():
    # J = D O: both active (1/4): tr C = 2, tr C^2 = 2; one active (1/2): 1, 1
    assert annealed((2, 2), 0) == Fraction(2 + 2, 4 + 2)


def test_square_law_of_eq_6():
    half = sp.Rational(1, 2)
    assert annealed((7,) * 4, 0) == eq06.annealed(7, 3, half, half, eq06.HAAR)


def test_values():
    assert float(annealed((12,) * 7, 0)) == pytest.approx(0.50658, abs=5e-6)
    assert float(annealed((5, 9, 4, 4, 8), 0)) == pytest.approx(0.73859, abs=5e-6)
    factor = [v * v for v in (1.7, 1.2, 1, 0.6, 0.3, 0.1)]
    assert 1 / 6 < float(fixed_factors(factor, 1)) < float(fixed_factors(factor, 3)) < 1


def test_one_node_is_one():
    assert annealed((1, 1), 0) == annealed((3, 1, 4), 0) == annealed((1, 4), 1) == 1


def test_enumeration_covers_both_directions():
    assert {(2, 1), (1, 2)} <= {widths for widths, _, _ in listed()}
