"""The tail experiment sees both: intervals that may be believed, and those that must not."""

import numpy as np
import pytest
from scipy import stats

from verify.calibration import thresholds
from verify.calibration.thresholds import FAMILIES, LEVEL

LIGHT = [f for f in FAMILIES if f.parameter <= (1.0 if f.name == "log-normal" else 0.4)]


@pytest.mark.parametrize("family", LIGHT, ids=lambda f: f"{f.name} {f.parameter}")
def test_draws_have_mean_one(family):
    """Of the heavier families a sample mean tells nothing; they share the formula."""
    rng = np.random.default_rng(11)
    assert family.draw(rng, 400_000).mean() == pytest.approx(1.0, abs=0.02)


def run(name, parameter, size=1024, runs=300):
    index = next(i for i, f in enumerate(FAMILIES) if (f.name, f.parameter) == (name, parameter))
    return thresholds.run_family(index, size, runs, seed=3)


def test_light_draws_are_believed_and_rarely_miss():
    found = run("log-normal", 0.1)
    assert found["trusted"] > 0.9 * found["runs"]
    assert found["trusted and missed"] <= stats.binom.isf(1e-6, found["runs"], LEVEL)


def test_heavy_draws_miss_and_are_doubted():
    found = run("log-normal", 16.0)
    assert found["missed"] > 0.4 * found["runs"]
    assert found["trusted and missed"] <= stats.binom.isf(1e-6, found["runs"], LEVEL)


def test_a_sample_is_binned_where_the_other_diagnostics_have_no_doubt():
    found = run("log-normal", 0.1, runs=40)
    for key in ("by_shape", "by_share", "by_skew"):
        assert found["trusted"] <= sum(found[key].values()) <= 40
        assert all(k >= 0 for k, _ in found[key])
