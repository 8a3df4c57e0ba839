"""Quantiles of S^2 over two inputs of GSM networks: by hand, by limits, by drawn chi-squares."""

import math

import numpy as np
import pytest
from scipy import stats

from theory.vanishing_variance.gsm_two_inputs import DECADES, HALF, PROBES, variance_quantile
from theory.vanishing_variance.scale_quantiles import linear, quantile


def test_wide_networks_keep_one_chi_square():
    """chi^2_h/h -> 1: only the unit's square is left."""
    law = linear(10**6, 3, 1)
    median = math.log(stats.chi2(1).ppf(0.5))
    assert float(law(median)) == pytest.approx(0.5, abs=1e-3)


def test_the_mean_of_the_logarithm_by_digammas():
    """E log S^2 = psi(1/2) + log 2 + d (psi(5/2) - log(5/2))."""
    assert linear(HALF, 4, 1).mean == pytest.approx(-1.270363 - 4 * 0.213134, abs=1e-4)


def test_against_drawn_chi_squares():
    rng = np.random.default_rng(1)
    drawn = rng.chisquare(1, 10**5) * np.prod(rng.chisquare(5, (5, 10**5)) / 5, axis=0)
    share = (np.log10(drawn) < variance_quantile(5, 0.7)).mean()
    assert share == pytest.approx(0.7, abs=5 * math.sqrt(0.21 / 10**5))


def test_the_mean_over_units_is_the_scale_of_one_input():
    assert variance_quantile(7, 0.9, HALF) == pytest.approx(quantile("gsm", 10, 7, 0.9))


def test_probes_keep_the_rule():
    """z sqrt(p(1-p)/n)/f is within the margin at 30,000 networks (quick), at 1e6 (later)."""
    for probe in PROBES:
        depth, level = probe.at["depth"], probe.at["level"]
        law, x = linear(HALF, depth, 1), variance_quantile(depth, level) * math.log(10)
        density = float(law(x + 0.01) - law(x - 0.01)) / 0.02 * math.log(10)
        margin = DECADES.quick if "quick" in probe.tiers else DECADES.standard
        wanted = (5 * math.sqrt(level * (1 - level)) / density / margin) ** 2
        assert wanted < (3e4 if "quick" in probe.tiers else 1e6)
