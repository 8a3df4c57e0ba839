"""Error laws of direct averages, of products of layer factors and of particle runs."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.vanishing_variance.estimator_laws import (
    direct_log_variance,
    left_by_own_mean,
    naive_variance,
    networks_needed,
    nine_points,
    power_of_sum,
    product_kurtosis,
    product_variance,
    run_variance,
    runs_needed,
    spread,
)


def test_no_layer_is_a_gaussian_unit() -> None:
    assert naive_variance((), 0) == sp.Rational(105, 9) - 1
    assert product_kurtosis((), 0) == 3


def test_width_one_by_hand() -> None:
    # T = 2 g^2 with probability 1/2: E T^4/(E T^2)^2 = (16 * 105/2)/(4 * 3/2)^2
    assert spread(1, 0) == sp.Rational(840, 36)


def test_growth_per_layer() -> None:
    assert product_kurtosis((10,) * 4, 0) == 3 * sp.Rational(3, 2) ** 4
    assert product_kurtosis((10,) * 4, 1) == 3 * sp.Rational(6, 5) ** 4


def test_one_draw_per_layer_is_the_direct_average_without_its_unit() -> None:
    direct = naive_variance((6, 4), 0) + 1
    assert product_variance((6, 4), 0, 1) + 1 == direct / sp.Rational(105, 9)


def test_error_falls_like_one_over_the_draws() -> None:
    few, many = (float(product_variance((10,) * 100, 0, n)) for n in (10**6, 10**7))
    assert few / many == pytest.approx(10, rel=1e-3)


def test_draws_for_ten_percent_at_depth_100() -> None:
    assert (
        product_variance((10,) * 100, 0, 21_600) < 0.01 < product_variance((10,) * 100, 0, 21_000)
    )


def test_networks_for_ten_percent() -> None:
    """Affordable for two layers of width 20, never at width 10 and depth 20."""
    assert networks_needed((20, 20), 0, Fraction(1, 10)) < 10**4
    assert networks_needed((10,) * 20, 0, Fraction(1, 10)) > 10**12
    assert networks_needed((10,) * 100, 0, Fraction(1, 10)) > 10**52


def test_literal_expansion_of_two_moments() -> None:
    assert power_of_sum(4, sp.Rational(1, 3), 2) == 1
    assert power_of_sum(3, sp.Integer(0), 4) == 3 * (1 + sp.Rational(5, 3))


def test_nine_points_are_a_law() -> None:
    assert min(nine_points().values()) > 0
    assert sum(nine_points().values()) == 1


def test_variance_of_a_run_by_hand() -> None:
    """No layer: the mean of P times n units of g^4, relative variance 105/9 - 1 each."""
    assert run_variance((), 0, 4, 3) == sp.Rational(32, 3) / 12
    one_layer = (1 + (spread(5, 0) - 1) / 4) * (1 + sp.Rational(32, 3) / 12) - 1
    assert run_variance((5,), 0, 4, 3) == one_layer


def test_runs_that_a_margin_needs() -> None:
    assert runs_needed(1, 0.1, 6.71) == 10_000
    assert runs_needed(sp.Rational(1, 4), 0.1, 6.71) == 2_500


def test_width_from_which_an_eighth_power_may_be_averaged() -> None:
    """log T of a wide ReLU layer has variance near 5/w: 16 times that is 1 near width 80."""
    assert direct_log_variance((83,), 0, 4) > 1 > direct_log_variance((84,), 0, 4)
    assert float(direct_log_variance((400,), 0, 4)) == pytest.approx(16 * 5 / 400, rel=0.05)


def test_dividing_by_the_own_mean_by_hand() -> None:
    """|a| = 1, w = 1: T = chi^2_1 with moments 1, 3, 15, 105, so (35/3 - 20 + 12 - 1)/(32/3)."""
    assert left_by_own_mean(1, 1) == sp.Rational(1, 4)


def test_wide_layers_have_nothing_left() -> None:
    """T near 1: T^2 - 1 and 2 (T - 1) are the same to first order."""
    shares = [float(left_by_own_mean(n, 0)) for n in (50, 100)]
    assert shares[0] / shares[1] == pytest.approx(2, rel=0.1)
