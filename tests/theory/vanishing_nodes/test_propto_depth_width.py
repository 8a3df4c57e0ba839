import pytest
import sympy as sp

from theory import claim
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.propto_depth_width import (
    by_traces,
    doubled,
    finite,
    least_depth,
    relative_depth,
    remainder,
    saturating,
)


def test_known_values_of_the_limit():
    assert float(saturating(10, 10, 1)) == pytest.approx(0.864, abs=5e-4)
    assert float(saturating(10, 10, 2)) == pytest.approx(0.9926, abs=5e-5)


def test_finite_is_the_law_of_equal_widths():
    assert finite(9, 4, 1) == rec.annealed((9,) * 5, 1)


def test_small_depth_is_linear():
    assert float(saturating(10**4, 1, 1) / relative_depth(10**4, 1, 1)) == pytest.approx(
        1, abs=1e-4
    )


def test_error_halves_at_twice_the_width():
    assert float(remainder(256, 64, 1) / remainder(512, 128, 1)) == pytest.approx(2, rel=0.02)


def test_one_layer_to_two_by_hand():
    # N R -> 1 + L
    assert sp.limit(by_traces(sp.Symbol("n"), 1, 1) * sp.Symbol("n"), sp.Symbol("n"), sp.oo) == 2
    assert sp.limit(by_traces(sp.Symbol("n"), 2, 1) * sp.Symbol("n"), sp.Symbol("n"), sp.oo) == 3
    assert doubled(100, 1, 1) == sp.Rational(3, 2)


def test_the_two_roads_agree():
    assert by_traces(9, 4, 2) == finite(9, 4, 2)


def test_how_deep_it_must_be():
    for level in (sp.Rational(1, 40), sp.Rational(1, 10), sp.Rational(1, 4)):
        depth = least_depth(level)
        assert 1 - doubled(100, depth, 1) / 2 == level
    at = {"spread": 1, "width": 1000}
    found = [claim("vn.propto").admits({**at, "depth": depth}) for depth in (18, 19, 50, 51)]
    assert found == ["stated", "needed", "needed", "stated"]
