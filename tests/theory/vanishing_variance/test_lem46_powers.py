"""Powers of one layer's matrix."""

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.lem46_powers import NAMES, layer, leading, named, power_entry

RELU_SIGNS = (2, 0, 1)  # [[1, 3/2], [1, 1/2]], roots 2 and -1/2


def test_by_hand():
    square = sp.Matrix(
        [[sp.Rational(5, 2), sp.Rational(9, 4)], [sp.Rational(3, 2), sp.Rational(7, 4)]]
    )
    assert [power_entry(*RELU_SIGNS, name, 2) for name in NAMES] == list(square)
    assert [leading(*RELU_SIGNS, name) for name in NAMES] == [
        sp.Rational(3, 5), sp.Rational(3, 5), sp.Rational(2, 5), sp.Rational(2, 5),
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_first_power_is_the_matrix(name):
    assert power_entry(5, -1, 3, name, 1) == named(layer(5, -1, 3), name)


def test_growth_is_that_of_the_largest_root():
    ratio = power_entry(*RELU_SIGNS, "gamma", 60) / power_entry(*RELU_SIGNS, "gamma", 59)
    assert float(ratio) == pytest.approx(2, rel=1e-12)


def test_one_unit_leaves_two_parameters_at_zero():
    assert power_entry(1, 0, 3, "beta", 9) == power_entry(1, 0, 3, "delta", 9) == 0
    assert power_entry(1, 0, 3, "alpha", 3) == 6**3
    assert leading(1, 0, 3, "gamma") == sp.Rational(1, 3)


def test_a_large_power_is_exact():
    assert (
        claim("vev.lemma4.6")
        .exact("power", width=3, slope=0, weight_kurtosis=3, entry="alpha", power=250)
        .is_Rational
    )
