"""Orthogonal: values by hand, and the limit of one unit."""

import pytest
import sympy as sp

from theory import claim
from theory.vanishing_variance.init_orthogonal import signed_permutations

ORTHOGONAL = claim("vev.init.orthogonal")


def test_values() -> None:
    assert ORTHOGONAL.exact("variance", n_in=10, n_out=30) == sp.Rational(1, 3)
    assert ORTHOGONAL.exact("fourth moment", width=10) == sp.Rational(5, 4)
    assert ORTHOGONAL.evaluate("drift", width=10) == pytest.approx(-0.2041, abs=1e-4)


def test_one_unit_is_kept_doubled_or_lost() -> None:
    # T = 2 or 0, each half of the time: E T = 1, E T^2 = 2
    assert ORTHOGONAL.exact("fourth moment", width=1) == 2
    assert ORTHOGONAL.exact("drift", width=1).equals(sp.log(2))


def test_signed_permutations_have_the_second_moments_of_haar() -> None:
    """E Q_ij Q_kl = delta_ik delta_jl/n, over all 2^n n! of them."""
    every = list(signed_permutations(3))
    assert len(every) == 48
    assert all(q.T * q == sp.eye(3) for q in every)
    mean = sum((sp.Matrix(q.vec() * q.vec().T) for q in every), sp.zeros(9)) / 48
    assert mean == sp.eye(9) / 3
