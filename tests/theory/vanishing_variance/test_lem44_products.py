"""Products of the layers' matrices in the document's coordinates."""

import sympy as sp

from theory import claim
from theory.schema import Bounds
from theory.vanishing_variance.lem44_products import entry, form, inequalities, row_ratio
from theory.vanishing_variance.recursion import trajectory

RELU = {"slope": 0, "weight_kurtosis": 1}


def test_one_relu_layer_by_hand():
    at = {"widths": (2,), "sigma4": 5, **RELU}
    rows = [[entry(row=i, column=j, **at) for j in (1, 2, 3)] for i in (1, 2, 3)]
    assert rows == [
        [1, sp.Rational(3, 10), sp.Rational(3, 2)],
        [5, sp.Rational(1, 2), sp.Rational(-5, 2)],
        [0, 0, 1],
    ]


def test_the_product_carries_kurtosis_and_covariance():
    """(kappa_0, c_0, 1) through B is the recursion: sigma^4 = 4, kappa_0 = 3, c_0 = 2."""
    widths, sigma4, kappa_0, c_0 = (2, 5, 3), 4, 3, 2
    b = sp.Matrix(3, 3, lambda i, j: entry(widths, 0, 1, sigma4, i + 1, j + 1))
    kappa, c, one = b * sp.Matrix([kappa_0, c_0, 1])
    k, m = trajectory(widths, 0, 1, kappa_0, 1 + sp.Rational(c_0, sigma4))[-1]
    assert (kappa, c, one) == (k, sigma4 * (m - 1), 1)


def test_equality_of_alpha_and_gamma():
    assert entry((2,), 0, 1, 1, 1, 1) == entry((2,), 0, 1, 1, 2, 1)
    assert entry((2, 2), 0, 1, 1, 1, 1) > entry((2, 2), 0, 1, 1, 2, 1)


def test_reading_one_unit_first_breaks_the_inequalities():
    assert [inequalities(widths, 0, 3) for widths in ((2, 1), (1,), (1, 2))] == [1, 0, 0]


def test_ratio_is_one_number_for_gaussian_weights():
    assert row_ratio((2, 3), 0, 3) == Bounds(3, 3)
    assert claim("vev.lemma4.4").evaluate("row ratio", widths=(2,), slope=0, weight_kurtosis=1) == (
        1.0,
        3.0,
    )
    assert form(sp.eye(2), 9) == sp.eye(3)
