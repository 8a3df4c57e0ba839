from fractions import Fraction

import pytest

from theory.vanishing_nodes.masklaw import survival, trace_distribution


def test_survival_by_hand():
    assert float(survival((10,) * 6)) == pytest.approx(1 - 0.0048733, abs=1e-7)
    assert survival((3, 1)) == Fraction(1, 2)


def test_trace_of_one_unit_is_half_an_exponential():
    assert trace_distribution(2, 1)(2.0) == pytest.approx(0.5 + 0.5 * (1 - 2.718281828459045**-1))
