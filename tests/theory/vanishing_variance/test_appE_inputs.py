"""Appendix E's pairs: rounding, the scale they imply, and a data set whose scale is not 1."""

from fractions import Fraction

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.maths import images
from theory.vanishing_variance.appE_inputs import OF_DIGITS, consistent
from theory.vanishing_variance.input_pairs import PRINTED, pair

CLAIM = claim("vev.appE.inputs")


def test_the_printed_pairs():
    assert CLAIM.exact(data_set="MNIST") == Fraction(79, 20)
    assert PRINTED["CIFAR10"] == (Fraction(82, 25), Fraction(1, 10))


def test_kurtosis_at_variance_one():
    at = {"covariance": Fraction(71, 100), "variance": 1, "fourth_share": Fraction(1, 100)}
    assert CLAIM.exact("identity", weight_kurtosis=3, **at) == sp.Rational(513, 100)
    assert CLAIM.exact("identity", weight_kurtosis=1, **at) == sp.Rational(511, 100)


def test_scale_that_the_pair_implies():
    value = CLAIM.evaluate("scale", covariance=Fraction(71, 100), kurtosis=Fraction(395, 100))
    assert value == pytest.approx(1.4974, abs=5e-5)
    again = CLAIM.evaluate(
        "identity", covariance=0.71, variance=value, weight_kurtosis=3, fourth_share=0.01
    )
    assert again == pytest.approx(3.95)


def test_the_four_digits_of_the_companion_code():
    """(0.7099, 3.9533) implies 1.4947; the document's two digits allow 1.488 to 1.507."""
    assert CLAIM.evaluate("scale", covariance=0.7099, kurtosis=3.9533) == pytest.approx(
        1.4947, abs=5e-5
    )


def test_digits_have_a_scale_of_their_own():
    assert float(OF_DIGITS["variance"]) == pytest.approx(18.773105)
    assert float(OF_DIGITS["covariance"]) == pytest.approx(15.380007)
    assert pair(OF_DIGITS["covariance"], OF_DIGITS["variance"]) == sp.sympify(images.DIGITS.pair)


def test_moments_that_no_data_have():
    with pytest.raises(ClaimError, match="some data have these moments"):
        CLAIM.exact("identity", covariance=0, variance=1, weight_kurtosis=3, fourth_share=2)


def test_variances_that_the_printed_pairs_allow():
    """sqrt(3 c_0/(kappa_0 - 3)) at the corners: 1.4882 to 1.5066, and 1 to 1.0703."""
    ends = {"MNIST": (1.4882, 1.5066), "CIFAR10": (1.0, 1.0703)}
    for data_set, (low, high) in ends.items():
        inside = [
            consistent({"data_set": data_set, "variance": Fraction(k, 10**4)})
            for k in range(9900, 15300)
        ]
        assert (9900 + inside.index(True)) / 1e4 == pytest.approx(low, abs=2e-4)
        assert (9899 + len(inside) - inside[::-1].index(True)) / 1e4 == pytest.approx(
            high, abs=2e-4
        )
