"""Orthogonal: values by hand, and the limit of one unit."""

import pytest
import sympy as sp

from theory import claim

ORTHOGONAL = claim("vev.init.orthogonal")


def test_values() -> None:
    assert ORTHOGONAL.exact("variance", n_in=10, n_out=30) == sp.Rational(1, 3)
    assert ORTHOGONAL.exact("fourth moment", width=10) == sp.Rational(5, 4)
    assert ORTHOGONAL.evaluate("drift", width=10) == pytest.approx(-0.2041, abs=1e-4)


def test_one_unit_is_kept_doubled_or_lost() -> None:
    # T = 2 or 0, each half of the time: E T = 1, E T^2 = 2
    assert ORTHOGONAL.exact("fourth moment", width=1) == 2
    assert ORTHOGONAL.exact("drift", width=1).equals(sp.log(2))
