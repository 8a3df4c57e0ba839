"""He: values by hand."""

import pytest
import sympy as sp

from theory import claim

HE = claim("vev.init.he")


def test_values() -> None:
    assert HE.exact("variance", n_in=30, n_out=10) == 1
    assert HE.exact("fourth moment", width=10) == sp.Rational(3, 2)
    assert HE.evaluate("drift", width=10) == pytest.approx(-0.307461, abs=1e-6)


def test_drift_of_wide_layers() -> None:
    assert HE.evaluate("drift", width=400) * 400 == pytest.approx(-2.5, abs=0.03)
