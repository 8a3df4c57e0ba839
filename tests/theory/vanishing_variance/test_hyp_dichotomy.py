"""The gain between 1 and the critical one."""

import pytest
import sympy as sp

from theory import claim

DICHOTOMY = claim("vev.hyp.dichotomy")


def test_critical_gain() -> None:
    assert DICHOTOMY.evaluate("critical gain", width=10) == pytest.approx(1.36, abs=0.001)
    assert DICHOTOMY.exact("critical gain", width=1) == sp.exp(sp.EulerGamma)


def test_between_one_and_the_critical_gain_mean_and_typical_part() -> None:
    stated = DICHOTOMY.exact(width=10, gain=sp.Rational(6, 5))
    typical = DICHOTOMY.evaluate("corrected", width=10, gain=1.2)
    assert typical == pytest.approx(-0.12514, abs=1e-5)
    assert stated.low == 0


def test_wide_layers_leave_no_room() -> None:
    assert DICHOTOMY.evaluate("critical gain", width=300) == pytest.approx(1 + 2.5 / 300, abs=1e-4)


def test_networks_die_at_every_gain() -> None:
    """2^-d at width 1; at width 10 nine in ten are alive at depth 100, and e^-1 at depth 2^10."""
    assert DICHOTOMY.exact("alive", width=1, gain=3, depth=4) == sp.Rational(1, 16)
    assert DICHOTOMY.evaluate("alive", width=10, gain=3, depth=100) == pytest.approx(
        0.907, abs=1e-3
    )
    assert DICHOTOMY.evaluate("alive", width=10, gain=3, depth=1024) == pytest.approx(
        0.3677, abs=1e-3
    )
    assert DICHOTOMY.exact("in the limit", width=1, gain=3) == 1  # as stated
