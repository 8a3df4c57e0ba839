import numpy as np
import pytest

from theory.schema import Estimand
from verify.estimate import estimate
from verify.trust import doubts, tail_index

RNG = np.random.default_rng(20260102)
MEAN = Estimand("mean", ("a",), "test")


def _doubts(values):
    columns = {"a": np.asarray(values)}
    return doubts(estimate(MEAN, columns, 1e-6), columns)


def test_well_behaved_draws_raise_no_doubt():
    assert _doubts(RNG.normal(size=20_000)) == []
    assert _doubts(RNG.exponential(size=20_000)) == []


def test_infinite_variance_is_seen():
    found = _doubts(1 + RNG.pareto(1.2, size=20_000))
    assert any(d.startswith("heavy tail") for d in found)


def test_a_skewed_statistic_at_100_draws_is_not_normal():
    assert any(d.startswith("skewed") for d in _doubts(RNG.exponential(size=100) ** 2))


def test_not_finite_draws_are_counted():
    values = RNG.normal(size=1000)
    values[:3] = np.nan
    assert _doubts(values)[0] == "3 of 1000 draws of a are not finite"


@pytest.mark.parametrize("shape", [0.2, 0.5, 0.9])
def test_tail_index_of_pareto_draws(shape):
    """The mean over 40 samples lies near the true shape (spread about 0.1 per sample)."""
    found = np.mean([tail_index(RNG.pareto(1 / shape, size=20_000)) for _ in range(40)])
    assert found == pytest.approx(shape, abs=0.12)


def test_constant_draws_have_no_tail():
    assert _doubts(np.ones(500)) == []
