import numpy as np
import pytest
from scipy import stats

from theory.schema import Estimand
from verify.estimate import estimate

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
    assert found.high - found.value == pytest.approx(stats.norm.isf(0.005) * found.se)


@pytest.mark.parametrize(
    ("kind", "names", "expected"),
    [
        ("mean", ("a",), lambda a, b, c: a),
        ("ratio_to_square", ("a", "b"), lambda a, b, c: a / b**2),
        ("normalised", ("a", "b", "c"), lambda a, b, c: a / np.sqrt(b * c)),
        ("log_product", ("a", "b", "c"), lambda a, b, c: np.log(a * b * c)),
    ],
)
def test_functions_of_means(kind, names, expected):
    columns = _columns()
    found = estimate(Estimand(kind, names, "test"), columns, 0.01)
    assert found.value == pytest.approx(expected(*(columns[k].mean() for k in "abc")))
    assert found.influence.mean() == pytest.approx(0.0, abs=1e-9)


def test_coverage_of_the_delta_interval_is_as_promised():
    """2,000 repetitions at level 0.05: the misses are binomial, bounded at level 1e-6."""
    misses = 0
    for _ in range(2000):
        columns = {"a": RNG.gamma(4.0, size=400), "b": RNG.gamma(9.0, size=400)}
        found = estimate(Estimand("ratio", ("a", "b"), "test"), columns, 0.05)
        misses += not found.low <= 4 / 9 <= found.high
    assert misses <= stats.binom.isf(1e-6, 2000, 0.055)
    assert misses >= stats.binom.ppf(1e-6, 2000, 0.045)


def test_probability_interval_is_exact_at_the_ends():
    none = estimate(Estimand("probability", ("a",), "test"), {"a": np.zeros(50)}, 0.01)
    assert none.low == 0.0
    assert none.high == pytest.approx(1 - 0.005 ** (1 / 50))


def test_distribution_distance_matches_the_kolmogorov_statistic():
    x = RNG.normal(size=1000)
    found = estimate(Estimand("distribution", ("a",), "test"), {"a": x}, 0.01, stats.norm.cdf)
    assert found.value == pytest.approx(stats.kstest(x, "norm").statistic)
    assert found.high - found.value == pytest.approx(np.sqrt(np.log(200) / 2000))


def test_unknown_kind_is_named():
    with pytest.raises(ValueError, match="unknown estimand kind 'median'"):
        estimate(Estimand("median", ("a",), "test"), _columns(), 0.01)
