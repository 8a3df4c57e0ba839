"""Figure 1: crossings beside the published ones, peaks of the upper quantiles."""

from __future__ import annotations

import pytest

from theory import claim
from theory.vanishing_variance.fig1 import PUBLISHED, quantile

FIG1 = claim("vev.fig1")


def test_crossings_lie_near_the_published_ones() -> None:
    """One input of mean square 1 that is activated; CIFAR10 has 1.56 and is not: a few layers."""
    found = {name: int(FIG1.evaluate("crossing", initialiser=name)) for name in PUBLISHED}
    assert found == {"he": 48, "glorot": 11, "orthogonal": 75, "gsm": 66}
    assert all(abs(found[name] - PUBLISHED[name]) <= 3 for name in PUBLISHED)


@pytest.mark.parametrize(("name", "peak"), [("he", 20), ("orthogonal", 34), ("gsm", 25)])
def test_peaks_of_the_highest_quantile(name: str, peak: int) -> None:
    before, at, after = (quantile(name, peak + k, 0.999) for k in (-1, 0, 1))
    assert before < at > after
