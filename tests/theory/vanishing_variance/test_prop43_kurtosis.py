import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.recursion import anisotropy, trajectory

START = {"input_kurtosis": 3, "input_pair": 1}


@pytest.mark.parametrize(
    ("widths", "kurtosis"),
    [((2, 2, 3, 3), 34), ((2, 3, 2, 3), sp.Rational(112, 3)), ((3, 3, 2, 2), 30)],
)
def test_sign_weights_depend_on_the_order_of_the_widths(widths, kurtosis):
    assert trajectory(widths, 0, 1, **START)[-1][0] == kurtosis


@pytest.mark.parametrize("widths", [(2, 2, 3, 3), (2, 3, 2, 3), (3, 3, 2, 2)])
def test_gaussian_weights_do_not(widths):
    assert trajectory(widths, 0, 3, **START)[-1][0] == sp.Rational(784, 3)


def test_anisotropy_is_symmetric_and_bounded():
    assert anisotropy(0) == 2
    assert anisotropy(1) == anisotropy(-1) == 1
    assert anisotropy(sp.Rational(1, 3)) == anisotropy(3)


def test_infinite_width_keeps_the_pair_moment():
    kappa, m = trajectory((10**9,), 0, 3, **START)[-1]
    assert float(kappa) == pytest.approx(3)
    assert float(m) == pytest.approx(1)


def test_every_mutant_is_another_number_somewhere():
    law = claim("vev.prop4.3").laws[0]
    at = {"widths": (3, 5), "slope": sp.Rational(1, 2), "weight_kurtosis": 2, **START}
    assert all(m.evaluate(**at) != law(**at) for m in law.mutants)
