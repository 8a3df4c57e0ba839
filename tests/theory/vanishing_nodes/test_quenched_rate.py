from theory import claim
from theory.schema import as_float
from theory.vanishing_nodes import mean_rate, rest_bounds, two_units


def test_numbers_of_the_summary():
    n = 10**4
    rates = (mean_rate.mean_rate, mean_rate.typical_rate, mean_rate.annealed_rate)
    assert [round(-1 / (n * as_float(rate(n))), 2) for rate in rates] == [8.0, 1.0, 0.33]
    assert as_float(mean_rate.typical_rate(2)) == as_float(mean_rate.annealed_rate(2))


def test_a_bound_row_that_could_fail():
    """The upper bound is below 1 - 1/N, and far below it with a wrong rate."""
    (probe,) = (p for p in claim("vn.quenched.rate").probes if "bounds" in p.laws)
    found = rest_bounds.bounds(**probe.at)
    assert found.high < 0.9 * (1 - 1 / probe.at["width"])


def test_mean_is_above_the_typical_decay():
    for depth in (8, 32):
        assert two_units.mean_rest(depth) > 50 * 4.0**-depth
