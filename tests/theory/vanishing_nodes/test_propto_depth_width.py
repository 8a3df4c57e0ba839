import pytest

from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.propto_depth_width import finite, relative_depth, remainder, saturating


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
