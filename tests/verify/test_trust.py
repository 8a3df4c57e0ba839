import numpy as np
import pytest
from scipy import stats

from theory.schema import Estimand
from verify.estimate import SKEW_FACTOR, estimate
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


def test_a_bounded_mean_without_doubts_keeps_its_narrower_interval():
    columns = {"a": RNG.random(2000)}
    found = estimate(MEAN, columns, 1e-6, bounds={"a": (0.0, 1.0)})
    assert trusted(found, columns, {"a": (0.0, 1.0)})[0] is found
    assert found.high - found.low < found.sure.high - found.sure.low


@pytest.mark.parametrize(("share", "heavy"), [(0.045, False), (0.055, True)])
def test_the_largest_draw_may_carry_a_twentieth_of_the_squared_error(share, heavy):
    """Two draws +-v beside 20,000 normal ones: v^2 = share (2 v^2 + sum of the others)."""
    rest = RNG.normal(size=10_000)
    v = np.sqrt(share * 2 * np.square(rest).sum() / (1 - 2 * share))
    found = _doubts(np.concatenate([rest, -rest, [v, -v]]))
    assert [d.startswith("heavy tail: the largest draw") for d in found] == [True] * heavy


@pytest.mark.parametrize(("bend", "curved"), [(0.4, False), (0.6, True)])
def test_the_interval_may_bend_by_half_of_its_half_width(bend, curved):
    """The square of a mean m, half-width h of m: ends m^2 +- 2 m h + h^2, bent by h/(2 m)."""
    n, alpha = 10_000, 1e-6
    h = stats.norm.isf(alpha / SKEW_FACTOR / 2) / np.sqrt(n)
    columns = {"a": h / (2 * bend) + np.tile([1.0, -1.0], n // 2)}
    square = Estimand("smooth", ("a",), "test", function=lambda m: float(m[0] ** 2))
    found = estimate(square, columns, alpha)
    assert found.curvature == pytest.approx(bend, rel=1e-3)
    assert [d.startswith("curved") for d in trusted(found, columns)[2]] == [True] * curved


@pytest.mark.parametrize(("shape", "heavy"), [(0.6, False), (0.8, True)])
def test_a_pareto_shape_beyond_seven_tenths_is_a_doubt(shape, heavy):
    """Quantiles of a Pareto law, of both signs; the largest draws are a doubt of their own."""
    x = (1 - (np.arange(100_000) + 0.5) / 100_000) ** -shape
    found = _doubts(np.concatenate([x, -x]))
    assert any(d.startswith("heavy tail: Pareto shape") for d in found) == heavy


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
