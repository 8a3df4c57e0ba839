import pytest
import sympy as sp

from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.fig2_correlation_maps import (
    MAPS,
    by_integers,
    by_proportion,
    mean_magnitude,
    mean_square,
    of_loads,
    vni,
)


def test_values_of_the_figure():
    found = [float(vni(*sizes)) for sizes in MAPS]
    expected = [0.0304, 0.2762, 0.9675, 1.0, 1.0, 0.9926, 0.1055]
    assert found == pytest.approx(expected, abs=5e-5)


def test_it_is_the_law_of_equal_widths():
    assert vni(7, 4) == rec.annealed((7,) * 5, 1) == by_integers(7, 4)


def test_proportion_meets_itself():
    assert by_proportion(200, 100, 200) == vni(200, 100)
    assert by_proportion(50, 100, 200) > 1


def test_magnitudes_are_much_larger_than_squares():
    assert mean_magnitude(3) == sp.Rational(1, 2)
    assert float(mean_magnitude(200)) == pytest.approx(0.0565, abs=1e-4)
    assert float(mean_square(200)) == 0.005


def test_one_loaded_node():
    # C = diag(1 + w^2, 1): R = ((1 + w^2)^2 + 1)/(2 + w^2)^2
    assert of_loads((3, 0)) == of_loads((0, 3)) == sp.Rational(101, 121)
    assert of_loads((0, 0, 0)) == sp.Rational(1, 3)
