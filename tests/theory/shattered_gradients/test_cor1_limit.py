import math
from fractions import Fraction

import pytest

from theory import claim
from theory.shattered_gradients.cor1_limit import (
    finite_depth,
    next_term_law,
    real_finite_depth,
    real_limit,
    recursion_values,
    remainder_bound,
)


def test_finite_depth_by_hand_and_at_the_limit():
    assert finite_depth(1) == Fraction(1, 2)
    assert float(finite_depth(10)) == pytest.approx(0.598736939, abs=1e-9)
    assert float(finite_depth(1000)) == pytest.approx(math.exp(-0.5), rel=2e-4)


def test_remainder_stays_inside_its_bound():
    for depth in range(1, 60):
        error = float(next_term_law(depth) - finite_depth(depth)) * math.exp(0.5)
        assert 0 < error <= float(remainder_bound(depth))


def test_real_limit_and_the_way_to_it():
    assert float(real_limit(0)) == pytest.approx(0.633638, abs=1e-6)
    assert float(recursion_values(0)) == pytest.approx(0.633638, abs=1e-6)
    assert float(real_finite_depth(37, 0)) == pytest.approx(0.631283, abs=1e-6)


def test_limit_claims_are_here():
    assert claim("sg.cor1.lim").expected == "holds-if"
    assert claim("sg.cor1.real").expected == "holds"
