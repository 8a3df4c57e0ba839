"""The direct average: what it needs, and where it is still measured."""

from __future__ import annotations

import pytest

from theory import claim
from theory.vanishing_variance.estimator_laws import direct_log_variance
from theory.vanishing_variance.estimators_direct import two_layer_ratio

CLAIM = claim("vev.est.naive")


@pytest.mark.parametrize("probe", CLAIM.probes, ids=lambda p: p.name)
def test_sizes_keep_the_rule_for_direct_averages(probe) -> None:
    """The eighth power of the scale, the fourth of T, has log-variance at most 1."""
    assert direct_log_variance(probe.at["widths"], int(probe.at["slope"]), 4) <= 1


def test_sentence_in_the_claim() -> None:
    assert "two layers 5e+03 networks give 10 %" in CLAIM.because
    assert "1e+08 networks at depth 10" in CLAIM.because


def test_two_layers_are_more_than_one() -> None:
    law = CLAIM.law("relative variance")
    assert two_layer_ratio(law).agrees
    assert (
        two_layer_ratio(lambda widths, slope: law(widths=widths[:1], slope=slope)).agrees is False
    )
