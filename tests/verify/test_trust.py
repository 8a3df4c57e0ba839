import numpy as np
import pytest

from theory.schema import Estimand
from verify.estimate import estimate
from verify.trust import tail_index, trusted

RNG = np.random.default_rng(20260102)
MEAN = Estimand("mean", ("a",), "test")


def _doubts(values):
    columns = {"a": np.asarray(values)}
    return trusted(estimate(MEAN, columns, 1e-6), columns)[2]


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


def test_a_bounded_mean_falls_back_on_the_bound_without_conditions():
    """Rare ones: too skewed for a normal interval, but no distribution on [0, 1] is excluded."""
    columns = {"a": (np.arange(20_000) % 1000 == 0).astype(float)}
    bounds = {"a": (0.0, 1.0)}
    found = estimate(MEAN, columns, 1e-6, bounds=bounds)
    assert trusted(estimate(MEAN, columns, 1e-6), columns)[2]
    settled, tails, doubts = trusted(found, columns, bounds)
    assert doubts == []
    assert settled is found.sure
    assert np.isnan(tails.pareto_shape)


def test_draws_outside_their_declared_bounds_are_a_doubt():
    columns = {"a": np.linspace(0, 1.5, 4000)}
    bounds = {"a": (0.0, 1.0)}
    found = trusted(estimate(MEAN, columns, 1e-6, bounds=bounds), columns, bounds)[2]
    assert "lie outside its declared bounds" in found[0]


def test_underflow_and_dead_networks_are_counted():
    values = RNG.normal(size=4000)
    values[:7] = 0.0
    values[7:9] = 1e-310
    columns = {"a": values}
    _, tails, doubts = trusted(estimate(MEAN, columns, 1e-3), columns)
    assert (tails.zeros, tails.subnormal) == (7, 2)
    assert doubts[0].startswith("underflow: 2 draws")


def test_huge_draws_do_not_overflow_their_own_diagnostics():
    assert _doubts(1e200 * (2 + RNG.normal(size=20_000))) == []
