"""Glorot: values by hand."""

import pytest
import sympy as sp

from theory import claim

GLOROT = claim("vev.init.glorot")


def test_values() -> None:
    assert GLOROT.exact("variance", n_in=10, n_out=10) == sp.Rational(1, 2)
    assert GLOROT.exact("variance", n_in=30, n_out=10) == sp.Rational(3, 4)
    assert GLOROT.exact("fourth moment", width=10) == sp.Rational(3, 8)
    assert GLOROT.evaluate("drift", width=10) == pytest.approx(-1.0006, abs=1e-4)


def test_the_kurtosis_grows_as_with_he() -> None:
    growth = GLOROT.exact("fourth moment", width=7) / GLOROT.exact("variance", n_in=7, n_out=7) ** 2
    assert growth == claim("vev.init.he").exact("fourth moment", width=7)
