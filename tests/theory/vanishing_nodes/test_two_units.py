"""E[1 - R] at width 2: the ingredients one by one, and values by other roads."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.schema import as_float
from theory.vanishing_nodes.mean_rate import mean_rate
from theory.vanishing_nodes.two_units import (
    FIRST_DEEP,
    deep,
    deep_correction,
    elementary,
    mean_rest,
    step_transform,
    t,
    two_step_density,
)


def test_start_and_one_layer() -> None:
    """R = 1/2 for the identity; one layer has (2N+1)/(N^2+2) = 5/6."""
    assert float(mean_rest(0)) == pytest.approx(1 / 2)
    assert float(mean_rest(1)) == pytest.approx(1 - 5 / 6)


@pytest.mark.parametrize("spectral", [0, 0.7, 2.5])
def test_transform_of_a_step(spectral: float) -> None:
    """h is the mean of a Legendre function over 1/x = e^-v uniform, and g_2 at 0."""
    degree = mpmath.mpc(-0.5, spectral)
    mean = mpmath.quad(
        lambda v: mpmath.exp(-v) * mpmath.re(mpmath.legenp(degree, 0, mpmath.exp(v), type=3)),
        [0, 1, 3, 6, 12, 20],
    )
    assert float(mean) == pytest.approx(float(step_transform(spectral)), abs=1e-10)
    if spectral == 0:
        assert float(mpmath.log(step_transform(0))) == pytest.approx(as_float(mean_rate(2)))


def test_density_of_two_steps() -> None:
    """By quadrature over the second step and the angle, at x = 2; and its value 1/3 at 1."""
    x = mpmath.mpf(2)

    def one(y: object) -> object:
        a, b = x * y, mpmath.sqrt((x * x - 1) * (y * y - 1))
        angle = mpmath.quad(lambda c: (a + b * mpmath.cos(c)) ** -2, [0, 2, 3, mpmath.pi])
        return angle / mpmath.pi / y**2

    with mpmath.workdps(10):
        found = mpmath.quad(lambda w: one(1 / w) / w**2, [0.0001, 0.05, 0.3, 1])
    there = two_step_density().subs(t, sp.acosh(2))
    assert float(found) == pytest.approx(float(there), rel=1e-4)
    assert sp.limit(two_step_density(), t, 0) == sp.Rational(1, 3)


def test_three_layers_are_in_zeta_of_three() -> None:
    assert dict(elementary())[2] == 1 - sp.Catalan
    assert float(mean_rest(3)) == pytest.approx((10 - 7 * float(sp.zeta(3))) / 32)


def test_precision_is_that_of_the_context() -> None:
    with mpmath.workdps(50):
        assert abs(mean_rest(2) + mpmath.catalan - 1) < mpmath.mpf(10) ** -48


def test_leading_order_and_its_correction() -> None:
    steps = 10**4
    with mpmath.workdps(30):
        ratio = mean_rest(steps - 1) / mpmath.mpf(sp.N(deep(steps - 1), 30))
    assert float((ratio - 1) * steps) == pytest.approx(float(deep_correction()), rel=3e-3)


def test_leading_order_begins_where_its_error_is_below_one() -> None:
    most = -float(deep_correction())
    assert most / (FIRST_DEEP + 1) < 1 <= most / FIRST_DEEP
    assert float(deep(0)) > 1  # of a mean that is at most 1/2
    for depth in (0, FIRST_DEEP - 1):
        with pytest.raises(ClaimError, match="depth"):
            claim("vn.quenched.rate").evaluate("two units, deep", depth=depth)
