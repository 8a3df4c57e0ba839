"""The chain of scales: its moments by quadrature, its expansion by hand, its fixed points."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from mpmath import iv

from theory.maths import enclosure
from theory.maths.gaussian import expect
from theory.vanishing_variance.saturation import (
    Chain,
    Jet,
    Moments,
    enclosed_plateau,
    enclosed_powers,
    even_power,
    fixed_point,
    jet,
    one_layer,
    powers,
    ratio,
    two_terms,
)


@pytest.mark.parametrize("q", [0.01, 1, 20])
def test_powers_by_another_quadrature(q: float) -> None:
    with mpmath.workdps(25):
        root = mpmath.sqrt(q)
        cuts = (-8, -4, -2, -1, 0, 1, 2, 4, 8)
        for k, found in enumerate(powers(mpmath.mpf(q), 3)):
            again = expect(lambda z, k=k: mpmath.tanh(root * z) ** (2 * k), kinks=cuts)
            assert abs(found / again - 1) < 1e-18


def test_small_scales_are_linear() -> None:
    """E tanh^2(sqrt(q) z) = q - 2q^2 + O(q^3)."""
    q = mpmath.mpf("1e-6")
    assert abs(powers(q, 1)[1] - q + 2 * q**2) < 20 * q**3


def test_a_sigmoid_is_half_of_a_tanh() -> None:
    assert even_power("sigmoid", 1) == (
        {0: Fraction(1, 4), 1: Fraction(1, 4)},
        Fraction(1, 4),
    )
    mean = jet("sigmoid", 1, mpmath.mpf(2)).mean[0]
    again = expect(lambda z: (1 + mpmath.exp(-mpmath.sqrt(2) * z)) ** -2, kinks=(-3, 0, 3))
    assert mean == pytest.approx(again, rel=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_derivatives_are_differences(activation: str) -> None:
    with mpmath.workdps(30):
        q, h, g = mpmath.mpf("0.7"), mpmath.mpf("1e-8"), mpmath.mpf(2)
        low, here, high = (jet(activation, g, q + s * h) for s in (-1, 0, 1))
        for order in (0, 1, 2):
            slope = (high.mean[order] - low.mean[order]) / (2 * h)
            assert abs(slope - here.mean[order + 1]) < 1e-12
        for order in (0, 1):
            slope = (high.variance[order] - low.variance[order]) / (2 * h)
            assert abs(slope - here.variance[order + 1]) < 1e-12


def test_two_layers_by_taylor_for_any_maps() -> None:
    """E F(q_1) and E F(q_1)^2 + E V(q_1)/w, q_1 = m + d with E d^2 = V/w, E d^3 = K/w^2."""
    f0, f1, f2, f3, f4, v0, v1, v2, spread, skew, x, d, any_k = sp.symbols(
        "f0 f1 f2 f3 f4 v0 v1 v2 V K x d k"
    )  # x = 1/w
    f = f0 + f1 * d + f2 * d**2 / 2 + f3 * d**3 / 6 + f4 * d**4 / 24
    v = v0 + v1 * d + v2 * d**2 / 2
    moment = {0: 1, 1: 0, 2: spread * x, 3: skew * x**2, 4: 3 * spread**2 * x**2}

    def mean(expression: sp.Expr) -> sp.Expr:
        terms = sp.Poly(sp.expand(expression), d).terms()
        return sum(c * moment.get(power, 0) for (power,), c in terms)

    first, second = mean(f), mean(f**2 + x * v)
    series = sp.series(second / first**2, x, 0, 3).removeO()
    start = Moments(sp.Integer(1), *(sp.Integer(0),) * 4)
    after = one_layer(start, Jet((sp.Symbol("m"), 0, 0, 0), (spread, 0, 0), skew))
    twice = ratio(one_layer(after, Jet((f0, f1, f2, f3), (v0, v1, v2), any_k)))
    for power, term in enumerate(twice, 1):
        assert sp.simplify(series.coeff(x, power) - term) == 0


def test_one_layer_of_the_chain_is_a_mean_of_iid_terms() -> None:
    with mpmath.workdps(30):
        first, second = Chain("tanh", 3, Fraction(9, 4), degree=6).at(1)
        m = powers(mpmath.mpf(1), 2)
        assert abs(first / m[1] - mpmath.mpf(9) / 4) < 1e-15
        assert abs(second / first**2 - 1 - (m[2] / m[1] ** 2 - 1) / 3) < 1e-15


def test_fixed_points() -> None:
    q = fixed_point("tanh", Fraction(9, 4))
    assert q == pytest.approx(0.793354042606778, rel=1e-14)
    assert two_terms("tanh", Fraction(9, 4), 40)[0] == pytest.approx(q, rel=1e-11)
    # F = g q - 2 g q^2 + ...: q* -> (g - 1)/2 as g falls to 1
    assert fixed_point("tanh", Fraction(1001, 1000)) == pytest.approx(5e-4, rel=1e-2)


def test_a_ball_holds_the_value_and_no_wrong_fixed_point() -> None:
    with enclosure.precision(90):
        for inside, value in zip(
            enclosed_powers(iv.mpf(1), 2), powers(mpmath.mpf(1), 2), strict=True
        ):
            assert abs(mpmath.mpf(inside.mid) - value) < 1e-12
            assert inside.delta < 1e-12
        with pytest.raises(ArithmeticError, match="no change of sign"):
            enclosed_plateau(Fraction(9, 4), "0.7934")


def test_the_fixed_point_is_found_next_to_gain_one() -> None:
    """F(q) = g (q - 2 q^2 + O(q^3)): q* is near (1 - 1/g)/2."""
    with mpmath.workdps(30):
        gain = 1 + mpmath.mpf(10) ** -4
        assert float(2 * fixed_point("tanh", gain) / (1 - 1 / gain)) == pytest.approx(1, rel=1e-3)
