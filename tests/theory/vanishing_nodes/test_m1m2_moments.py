import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.m1m2_moments import (
    by_recursion,
    finite,
    first_moment,
    limit,
    remainder,
    trace_square,
)


def test_one_unit():
    # J = w_1 .. w_L: E w^4 = 3 a layer
    assert finite(1, 4, 1, 1, -1) == 81
    assert finite(1, 4, 1, 1, 0) == 1


def test_values():
    assert float(finite(37, 23, 1, 1, -1)) == pytest.approx(37.24047, abs=5e-6)
    assert float(finite(37, 23, 1, 2, -1)) == pytest.approx(233.51396, abs=5e-6)
    assert limit(37, 23, 1, 2, -1) == 47


def test_haar_recursion():
    assert finite(5, 3, 1, 2, 0) == by_recursion(5, 3, sp.Integer(2), 0)[0]


def test_one_layer_by_hand():
    # Gaussian, N -> N: E tr C^2 = N (2N + 1)/N: (2N+1)/N eigenvalue moment
    assert finite(9, 1, 1, 1, -1) == sp.Rational(19, 9)
    assert rec.expected_traces((9, 9), 1)[0] / 9 == sp.Rational(19, 9)


def test_remainder_halves_with_the_width():
    one, two = (float(remainder(n, 3, 1)) for n in (64, 128))
    assert 1.9 < one / two < 2.1


def test_first_moment_and_assumption():
    assert first_moment(3, 2, sp.Rational(1, 2)) == 1
    at = {"width": 37, "depth": 23, "mu_1": 1, "mu_2": 1, "s_1": -1}
    assert claim("vn.m1m2").admits(at) == "stated"
    assert claim("vn.m1m2").admits({"depth": 1, "activation": "tanh"}) == "stated"
    assert claim("vn.m1m2").admits({"depth": 1, "activation": "relu"}) == "needed"


def test_moments_that_no_slope_has_are_refused():
    at = {"width": 10, "depth": 3, "mu_1": 1, "mu_2": 0.1, "s_1": 0}
    for law in ("m_2", "finite width", "fluctuation of the trace"):
        with pytest.raises(ClaimError, match="mu_2 >= mu_1"):
            claim("vn.m1m2").evaluate(law, **at)


def test_the_trace_fluctuates_less_with_orthogonal_weights():
    """N = 41, L = 29, ReLU: 10.15 for Gaussian weights; linear orthogonal layers keep the trace."""
    assert float(trace_square(41, 29, 1, 2, -1)) == pytest.approx(10.1536, abs=1e-4)
    assert trace_square(41, 29, 1, 1, 0) == 1
