"""Quantiles of the scale: against draws of the factors, means, and elementary layers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from theory.vanishing_variance import scale_quantiles as scales


@pytest.mark.parametrize("name", ["he", "orthogonal", "gsm"])
def test_the_mean_of_a_factor_is_one(name: str) -> None:
    living = scales.alive(name, 6, 1)
    assert scales.factor(name, 6, 1) * living == pytest.approx(1)
    second = {"he": 1 + 5 / 6, "orthogonal": 11 / 8, "gsm": 1 + 4 / 6}[name]
    assert scales.factor(name, 6, 2) * living == pytest.approx(second)


def test_two_orthogonal_layers_against_draws() -> None:
    """||y||^2 = ||x||^2 T T', T = 2 ||relu(u)||^2: 2e5 draws by numpy."""
    rng = np.random.default_rng(0)
    square = np.ones(200_000)
    for _ in range(2):
        g = rng.standard_normal((len(square), 4))
        u = g / np.linalg.norm(g, axis=1, keepdims=True)
        square *= 2 * (np.maximum(u, 0) ** 2).sum(1)
    square *= rng.chisquare(4, len(square))
    found = np.quantile(square / 4, 0.9)
    assert 10 ** scales.quantile("orthogonal", 4, 2, 0.9) == pytest.approx(found, rel=0.02)


def test_mostly_dead_networks_have_no_quantile() -> None:
    assert scales.quantile("he", 2, 20, 0.9) == -math.inf


def test_glorot_is_he_halved() -> None:
    he, glorot = (scales.quantile(name, 10, 12, 0.9) for name in ("he", "glorot"))
    assert he - glorot == pytest.approx(12 * math.log10(2))


def test_crossing_is_between_its_neighbours() -> None:
    layer = scales.crossing("gsm", 10, 0.9, -3.0)
    before, at = (scales.quantile("gsm", 10, k, 0.9) for k in (layer - 1, layer))
    assert before >= -3 > at


def test_a_peak_is_higher_than_its_neighbours() -> None:
    before, at, after = (scales.quantile("he", 10, 11 + k, 0.99) for k in (-1, 0, 1))
    assert scales.peak("he", 10, 0.99) == 11
    assert before < at > after


def test_half_of_the_networks_shrink_from_the_first_layer_on() -> None:
    assert scales.peak("he", 10, 0.5) == 1


def test_one_linear_factor_by_an_f_of_chi_squares() -> None:
    """No layer: the quantile of chi^2_3/3 itself."""
    wanted = math.log10(stats.chi2(3).ppf(0.8) / 3)
    assert scales.linear_quantile(5, 0, 3, 0.8) == pytest.approx(wanted, abs=1e-4)


def test_quantiles_next_to_the_dead_networks_are_refused() -> None:
    dead = 1 - scales.alive("he", 10, 300, raw=True)
    assert scales.quantile("he", 10, 300, dead - 1e-3, raw=True) == -math.inf
    assert scales.quantile("he", 10, 300, dead + 1e-3, raw=True) > -math.inf
    with pytest.raises(ArithmeticError, match="dead networks end"):
        scales.quantile("he", 10, 300, dead + scales.TABLE / 2, raw=True)


def test_certain_digits() -> None:
    assert scales.certain(lambda level: -math.inf, 0.1) == scales.MOST_DIGITS
    assert scales.certain(lambda level: -math.inf if level < 0.1 else 3.0, 0.1) == 0
    assert scales.certain(lambda level: 10 * level, 0.5) == 5  # 5 to 4e-5
