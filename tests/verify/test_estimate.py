import math

import numpy as np
import pytest
from scipy import stats

from theory.schema import Estimand
from verify.estimate import SKEW_FACTOR, estimate

RNG = np.random.default_rng(20260101)


def _columns(n=4000):
    return {"a": RNG.gamma(2.0, size=n), "b": RNG.gamma(3.0, size=n), "c": RNG.gamma(4.0, size=n)}


def test_ratio_equals_its_textbook_delta_variance():
    c = _columns()
    found = estimate(Estimand("ratio", ("a", "b"), "test"), c, 0.01)
    a, b, n = c["a"], c["b"], len(c["a"])
    value = a.mean() / b.mean()
    residual = (a - value * b) / b.mean()
    assert found.value == pytest.approx(value)
    assert found.se == pytest.approx(residual.std(ddof=1) / np.sqrt(n), rel=1e-4)
    z = stats.norm.isf(0.005 / SKEW_FACTOR)
    assert found.high - found.value == pytest.approx(z * found.se, rel=0.1)
    for end in (found.low, found.high):  # Fieller: there the mean of a - t b is z errors from 0
        rest = a - end * b
        assert abs(rest.mean()) == pytest.approx(z * rest.std(ddof=1) / np.sqrt(n))


@pytest.mark.parametrize(
    ("kind", "names", "expected"),
    [
        ("mean", ("a",), lambda a, b, c: a),
        ("ratio_to_square", ("a", "b"), lambda a, b, c: a / b**2),
        ("normalised", ("a", "b", "c"), lambda a, b, c: a / np.sqrt(b * c)),
    ],
)
def test_functions_of_means(kind, names, expected):
    columns = _columns()
    found = estimate(Estimand(kind, names, "test"), columns, 0.01)
    assert found.value == pytest.approx(expected(*(columns[k].mean() for k in "abc")))
    assert found.influence.mean() == pytest.approx(0.0, abs=1e-9)


def test_a_denominator_that_may_be_zero_gives_no_interval():
    columns = {"a": RNG.normal(1, 1, size=50), "b": RNG.normal(0, 1, size=50)}
    found = estimate(Estimand("ratio", ("a", "b"), "test"), columns, 0.01)
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_an_interval_bends_with_its_function():
    """exp of a mean known to +-1: the upper arm is longer, and the curvature says so."""
    columns = {"a": RNG.normal(0, 1, size=20)}
    kind = Estimand("smooth", ("a",), "test", lambda m: float(np.exp(m[0])))
    found = estimate(kind, columns, 1e-3)
    assert found.high - found.value > found.value - found.low
    assert found.curvature > 0.2
    many = estimate(kind, {"a": RNG.normal(0, 1, size=200_000)}, 1e-3)
    assert many.curvature < 0.02


COVERED = {
    "ratio": (Estimand("ratio", ("a", "b"), "test"), 4 / 9, None),
    "mean": (Estimand("mean", ("b",), "test"), 9.0, None),
    "square": (Estimand("ratio_to_square", ("a", "b"), "test"), 4 / 81, None),
    "growth": (
        Estimand("smooth", ("a", "b"), "test", lambda m: float(np.log(m[1] / m[0]))),
        math.log(9 / 4),
        None,
    ),
    "median": (Estimand("quantile", ("a",), "test", level=0.5), stats.gamma(4).median(), None),
    "bounded": (Estimand("mean", ("c",), "test"), 1 / 3, {"c": (0.0, 1.0)}),
    "probability": (Estimand("probability", ("d",), "test"), 0.05, None),
}


@pytest.mark.parametrize("name", COVERED)
def test_intervals_miss_no_more_often_than_they_promise(name):
    """2,000 repetitions at level 0.05: the misses are binomial, bounded at level 1e-6."""
    kind, truth, bounds = COVERED[name]
    misses = 0
    for _ in range(2000):
        columns = {
            "a": RNG.gamma(4.0, size=400),
            "b": RNG.gamma(9.0, size=400),
            "c": RNG.beta(1, 2, size=400),
            "d": (RNG.random(400) < 0.05).astype(float),
        }
        found = estimate(kind, columns, 0.05, bounds=bounds)
        misses += not found.low <= truth <= found.high
    assert misses <= stats.binom.isf(1e-6, 2000, 0.05)


def test_a_smooth_function_is_that_of_the_means():
    columns = _columns()
    kind = Estimand("smooth", ("a", "b", "c"), "test", lambda m: float(np.log(m).sum()))
    assert estimate(kind, columns, 0.01).value == pytest.approx(
        sum(math.log(columns[k].mean()) for k in "abc")
    )


def test_projected_half_widths_are_those_of_more_draws():
    """What `min_detectable` is computed from: the design, not the luck of one sample."""
    for name, (kind, _, bounds) in COVERED.items():
        few = {k: RNG.beta(2, 5, size=2000) for k in "abc"}
        many = {k: RNG.beta(2, 5, size=32_000) for k in "abc"}
        few["d"], many["d"] = few["a"] < 0.2, many["a"] < 0.2
        at = estimate(kind, few, 1e-4, bounds=bounds).half_at(32_000)
        there = estimate(kind, many, 1e-4, bounds=bounds)
        half = max(there.high - there.value, there.value - there.low)
        assert at == pytest.approx(half, rel=0.2), name


def test_probability_interval_is_exact_at_the_ends():
    none = estimate(Estimand("probability", ("a",), "test"), {"a": np.zeros(50)}, 0.01)
    assert none.low == 0.0
    assert none.high == pytest.approx(1 - 0.005 ** (1 / 50))


@pytest.mark.parametrize("k", [1, 7, 20, 39])
def test_clopper_pearson_leaves_half_of_alpha_at_either_end(k):
    flags = np.zeros(40)
    flags[:k] = 1
    found = estimate(Estimand("probability", ("a",), "test"), {"a": flags}, 1e-3)
    assert stats.binom.sf(k - 1, 40, found.low) == pytest.approx(5e-4)
    assert stats.binom.cdf(k, 40, found.high) == pytest.approx(5e-4)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.97])
def test_quantiles_take_the_ranks_nearest_the_middle_that_keep_alpha(level):
    """The interval misses above if fewer than `below` of n draws lie below the quantile."""
    n, alpha = 400, 1e-3
    kind = Estimand("quantile", ("a",), "test", level=level)
    found = estimate(kind, {"a": RNG.permutation(n) + 1.0}, alpha)
    below, above = found.low, found.high  # the draws are their own ranks
    law = stats.binom(n, level)
    assert law.cdf(below - 1) <= alpha / 2 < law.cdf(below)
    if np.isfinite(above):
        assert law.sf(above - 1) <= alpha / 2 < law.sf(above - 2)
    else:
        assert law.sf(n - 1) > alpha / 2


def test_a_bounded_mean_is_held_by_maurer_and_pontil_theorem_4():
    """Each of four one-sided statements gets a quarter of alpha."""
    n, alpha = 300, 1e-3
    values = 2 + 3 * RNG.beta(1, 2, size=n)
    kind = Estimand("mean", ("a",), "test")
    found = estimate(kind, {"a": values}, alpha, bounds={"a": (2.0, 5.0)})
    delta, unit = alpha / 4, (values - 2) / 3
    reach = np.sqrt(2 * unit.var(ddof=1) * np.log(2 / delta) / n)
    reach += 7 * np.log(2 / delta) / (3 * (n - 1))
    assert found.sure.low == pytest.approx(values.mean() - 3 * reach)
    assert found.sure.high == pytest.approx(values.mean() + 3 * reach)
    z = stats.norm.isf(delta / SKEW_FACTOR)
    assert found.high == pytest.approx(values.mean() + z * values.std(ddof=1) / np.sqrt(n))


@pytest.mark.parametrize("power", [1 / 3, 3])
def test_the_distance_is_taken_on_both_sides_of_a_step(power):
    values = RNG.random(20) ** power
    kind = Estimand("distribution", ("a",), "test")
    found = estimate(kind, {"a": values}, 1e-3, cdf=lambda x: x)
    assert found.value == pytest.approx(stats.kstest(values, "uniform").statistic)


def test_distribution_distance_matches_the_kolmogorov_statistic():
    x = RNG.normal(size=1000)
    found = estimate(Estimand("distribution", ("a",), "test"), {"a": x}, 0.01, stats.norm.cdf)
    assert found.value == pytest.approx(stats.kstest(x, "norm").statistic)
    assert found.high - found.value == pytest.approx(np.sqrt(np.log(200) / 2000))


def test_unknown_kind_is_named():
    with pytest.raises(ValueError, match="unknown estimand kind 'median'"):
        estimate(Estimand("median", ("a",), "test"), _columns(), 0.01)
