"""Quantiles behind Figure 1: the protocols, the peaks, the band of a printed crossing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from theory.vanishing_variance.fig1_quantiles import PROTOCOLS, PUBLISHED, printed_band, quantile

ACTIVATED, RAW = PROTOCOLS


def test_one_orthogonal_layer_by_hand() -> None:
    """Raw: 2 chi^2_10/10 over the units; the median of chi^2_10 is 9.3418."""
    assert 10 ** quantile("orthogonal", 1, 0.5, RAW) == pytest.approx(2 * 9.34182 / 10, rel=1e-4)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_gsm_knows_no_protocol(protocol: str) -> None:
    assert quantile("gsm", 30, 0.9, protocol) == quantile("gsm", 30, 0.9)


def test_glorot_is_he_halved_in_every_layer() -> None:
    gap = quantile("he", 7, 0.9, RAW) - quantile("glorot", 7, 0.9, RAW)
    assert gap == pytest.approx(7 * math.log10(2))


def test_a_raw_input_by_sampling_factors() -> None:
    """He, three layers: 2 chi^2/10 of the first, two of 2 chi^2_K/10, chi^2/10 of the last."""
    rng, n = np.random.default_rng(20230117), 200_000
    value = 2 * rng.chisquare(10, n) / 10 * rng.chisquare(10, n) / 10
    for _ in range(2):
        g = rng.standard_normal((n, 10))
        value *= (np.maximum(g, 0) ** 2).sum(axis=1) / 5
    below = int((value <= 10 ** quantile("he", 3, 0.9, RAW)).sum())
    assert stats.binomtest(below, n, 0.9).pvalue > 1e-3


@pytest.mark.parametrize(("name", "peak"), [("he", 20), ("orthogonal", 34), ("gsm", 25)])
def test_peaks_of_the_highest_quantile(name: str, peak: int) -> None:
    before, at, after = (quantile(name, peak + k, 0.999) for k in (-1, 0, 1))
    assert before < at > after


def test_the_band_of_a_printed_crossing() -> None:
    """He: two steps of 0.1, 0.178 of the data, 0.15 of noise below -3; one step and noise above."""
    he = printed_band("he")
    assert he.low == pytest.approx(-3.527, abs=5e-3)
    assert he.high == pytest.approx(-2.751, abs=5e-3)
    for name, layer in PUBLISHED.items():
        found, one = printed_band(name), quantile(name, layer, 0.9, RAW)
        one -= quantile(name, layer + 1, 0.9, RAW)
        assert found.low < -3 - 2 * one - math.log10(1.5)
        assert found.high > -3 + one
        assert found.high - found.low < 1.5
