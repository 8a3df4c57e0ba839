import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_variance.closed_forms import gaussian_kurtosis
from theory.vanishing_variance.sec5_shared_weights import inverse_rank, second_moment


def test_one_direction_is_one_input():
    """rho_0 = 1, S^2 ~ y^2: 3 (1 + 2/w_1) ..., the kurtosis above a fixed first layer."""
    assert second_moment((5, 4), 1) == gaussian_kurtosis((5, 4), 1, 3, 1)


def test_one_layer_by_hand():
    """v ~ N(0, I), S^2 = sum of m terms g^2/m: E (S^2)^2 = 1 + 2/m."""
    assert second_moment((), sp.Rational(1, 7)) == 1 + sp.Rational(2, 7)


def test_more_data_leave_the_product():
    n = sp.Symbol("n", positive=True)
    assert sp.limit(second_moment((8, 8), 1 / n), n, sp.oo) == sp.Rational(25, 16)


def test_inverse_rank_by_hand():
    assert inverse_rank((3, 1)) == sp.Rational(5, 8)
    assert inverse_rank((2, 2)) == sp.Rational(1, 2)


def test_the_number_of_inputs_does_not_matter():
    at = {"hidden": (4,), "spectrum": (3, 1)}
    values = {claim("vev.sec5.shared").exact(**at, samples=n) for n in (3, 10, 1000)}
    assert values == {sp.Rational(27, 8)}


def test_two_inputs_have_one_direction():
    with pytest.raises(ClaimError, match="at most n - 1 directions"):
        claim("vev.sec5.shared").evaluate(hidden=(4,), spectrum=(3, 1), samples=2)
